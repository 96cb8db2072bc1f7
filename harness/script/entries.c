/* The keys of a step as its variant sees them: its own, those of its version
 * blocks, and those of what it is `with`. */
#include "script/compile.h"

/* The step's own keys win over `with`, blocks over plain keys. */
enum {
    RANK_STEP = 3,
    RANK_RELATED = 1, /* 3.x */
    RANK_EXACT = 2,
    RANK_FORCED = 100
};

struct entry *entries_find(struct entries *entries, const char *key)
{
    for (size_t i = 0; i < entries->count; i++)
        if (slice_is(entries->rows[i].key->text, key))
            return &entries->rows[i];
    return NULL;
}

static struct entry *find_same(struct entries *entries, struct slice key)
{
    for (size_t i = 0; i < entries->count; i++)
        if (slice_equal(entries->rows[i].key->text, key))
            return &entries->rows[i];
    return NULL;
}

static bool put(struct compiler *compiler, struct entries *entries,
                const struct entry *entry)
{
    struct entry *same = find_same(entries, entry->key->text);

    if (same) {
        if (entry->rank > same->rank)
            *same = *entry;
        return true;
    }
    if (entries->count == ENTRIES_MAX) {
        fault(compiler, entry->key->source, NULL, NULL,
              "more than %d keys in one step", ENTRIES_MAX);
        return false;
    }
    entries->rows[entries->count++] = *entry;
    return true;
}

void entries_force(struct compiler *compiler, struct entries *entries,
                   const struct entry *entry)
{
    struct entry forced = *entry;

    forced.rank = RANK_FORCED;
    forced.used = false;
    put(compiler, entries, &forced);
}

/* How a version block's name relates to this version. */
enum block { BLOCK_NONE, BLOCK_OTHER, BLOCK_RELATED, BLOCK_EXACT };
static enum block block_of(const struct compiler *compiler, struct slice key)
{
    enum mqtt_version version;

    if (slice_is(key, "3.x"))
        return compiler->version < MQTT_5_0 ? BLOCK_RELATED : BLOCK_OTHER;
    if (!mqtt_version_parse(key, &version))
        return BLOCK_NONE;
    return version == compiler->version ? BLOCK_EXACT : BLOCK_OTHER;
}

static const struct node *map_of(struct compiler *compiler,
                                 const struct node *node, const char *what)
{
    const struct node *map = resolve(compiler, node);
    char room[FAULT_NODE];

    if (map && map->kind != NODE_MAP) {
        fault(compiler, map->source, "a map of fields", NULL, "%s is %s", what,
              fault_node(map, room, sizeof room));
        return NULL;
    }
    return map;
}

static bool merge(struct compiler *compiler, struct entries *entries,
                  const struct node *map, int rank, bool in_block);

static bool merge_block(struct compiler *compiler, struct entries *entries,
                        const struct node *value, int rank)
{
    const struct node *map = map_of(compiler, value, "a version block");

    return map && merge(compiler, entries, map, rank, true);
}

static bool merge_with(struct compiler *compiler, struct entries *entries,
                       const struct node *value, int rank)
{
    const struct node *map = map_of(compiler, value, "'with'");

    return map && merge(compiler, entries, map, rank - RANK_STEP, false);
}

static bool merge_key(struct compiler *compiler, struct entries *entries,
                      const struct node *map, size_t index, int rank,
                      bool in_block)
{
    const struct node *key = map->keys[index], *value = map->items[index];
    enum block block = block_of(compiler, key->text);
    struct entry entry = {
        .key = key, .value = value, .rank = rank, .in_block = in_block};

    if (slice_is(key->text, "with"))
        return merge_with(compiler, entries, value, rank);
    if (block == BLOCK_NONE)
        return put(compiler, entries, &entry);
    if (in_block) {
        fault(compiler, key->source, "a field", NULL,
              "a version block within a version block");
        return false;
    }
    if (block == BLOCK_OTHER)
        return true;
    return merge_block(compiler, entries, value,
                       rank +
                           (block == BLOCK_EXACT ? RANK_EXACT : RANK_RELATED));
}

static bool merge(struct compiler *compiler, struct entries *entries,
                  const struct node *map, int rank, bool in_block)
{
    bool ok = true;

    if (!compile_enter(compiler, map->source))
        return false;
    for (size_t i = 0; ok && i < map->count; i++)
        ok = merge_key(compiler, entries, map, i, rank, in_block);
    compile_leave(compiler);
    return ok;
}

bool entries_merge(struct compiler *compiler, struct entries *entries,
                   const struct node *map)
{
    return merge(compiler, entries, map, 0, false);
}
