/* What `$name.part` stands for: parameters, vars and their parts. */
#include "script/substitute.h"

struct slice slice_behind(struct slice text, size_t at)
{
    return slice_make(text.data + at, text.size - at);
}

struct slice slice_within(struct slice text, size_t at, size_t size)
{
    return slice_make(text.data + at, size);
}

const struct binding *binding_find(const struct compiler *compiler,
                                   struct slice name)
{
    for (size_t i = 0; i < compiler->binding_count; i++)
        if (slice_equal(compiler->bindings[i].name, name))
            return &compiler->bindings[i];
    return NULL;
}

/* ---- into maps and lists ------------------------------------------------ */

static const char *const *map_keys(struct compiler *compiler,
                                   const struct node *map)
{
    const char **words =
        compile_new(compiler, (map->count + 1) * sizeof *words);

    for (size_t i = 0; words && i < map->count; i++)
        words[i] = compile_text(compiler, map->keys[i]->text);
    return words;
}

static const struct node *list_item(const struct node *list, struct slice index)
{
    size_t number = 0;

    for (size_t i = 0; i < index.size; i++) {
        if (index.data[i] < '0' || index.data[i] > '9' || number > 100000)
            return NULL;
        number = number * 10 + (size_t)(index.data[i] - '0');
    }
    return number >= 1 && number <= list->count ? list->items[number - 1]
                                                : NULL;
}

static const struct node *map_item(const struct node *map, struct slice key)
{
    for (size_t i = 0; i < map->count; i++)
        if (slice_equal(map->keys[i]->text, key))
            return map->items[i];
    return NULL;
}

static void fault_part(struct compiler *compiler, const struct node *whole,
                       struct slice part, struct source source)
{
    const char *const *words = NULL;
    char room[FAULT_NODE];

    if (whole->kind == NODE_MAP)
        words = map_keys(compiler, whole);
    fault(compiler, source, fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, part, words),
          "there is no '%.*s' in %s", (int)part.size, (const char *)part.data,
          whole->kind == NODE_SCALAR
              ? fault_node(whole, room, sizeof room)
              : (whole->kind == NODE_MAP ? "this map" : "this list"));
}

/* A part's own name: `.key`, `.3`, or `.$other` with a scalar parameter.
 * size 0: none. */
struct slice part_name_read(struct compiler *compiler, struct slice text,
                            size_t *at)
{
    struct slice rest = slice_behind(text, *at);
    const struct binding *binding;
    const struct node *value;
    size_t size = 0;

    if (rest.size > 1 && rest.data[0] == '$') {
        size = name_length(slice_behind(rest, 1));
        binding = binding_find(compiler, slice_within(rest, 1, size));
        value = binding ? resolve(compiler, binding->value) : NULL;
        if (!size || !value || value->kind != NODE_SCALAR)
            return slice_make(NULL, 0);
        *at += size + 1;
        return value->text;
    }
    while (size < rest.size && name_goes_on(rest.data[size]))
        size++;
    *at += size;
    return slice_within(rest, 0, size);
}

bool part_follows(struct slice text, size_t at)
{
    return at + 1 < text.size && text.data[at] == '.' &&
           (name_goes_on(text.data[at + 1]) || text.data[at + 1] == '$');
}

static const struct node *row_name(struct compiler *compiler,
                                   const struct row *row)
{
    struct node *node = compile_new(compiler, sizeof *node);

    if (node)
        *node = (struct node){.kind = NODE_SCALAR,
                              .source = row->source,
                              .text = slice_of(row->name)};
    return node;
}

const struct node *part_follow(struct compiler *compiler,
                               const struct node *scalar,
                               const struct binding *binding, size_t *at,
                               enum missing missing)
{
    const struct node *node = binding->value;
    const struct row *row = binding->row;

    while (node && part_follows(scalar->text, *at)) {
        size_t begin = *at;
        struct slice part;
        const struct node *inner = NULL;

        node = resolve(compiler, node);
        if (!node)
            return NULL;
        *at += 1;
        part = part_name_read(compiler, scalar->text, at);
        if (part.size && node->kind == NODE_MAP)
            inner = map_item(node, part);
        else if (part.size && node->kind == NODE_LIST)
            inner = list_item(node, part);
        if (!inner && row && node->kind == NODE_MAP && slice_is(part, "name"))
            inner = row_name(compiler, row);
        row = NULL;
        if (!inner && missing == MISSING_FAULT)
            fault_part(compiler, node, part, fault_within(scalar, begin + 1));
        node = inner;
    }
    return node;
}

/* ---- resolve ------------------------------------------------------------ */

/* A chain of names keeps its levels entered while it is walked, so that one
 * that bites its tail ends. */
static const struct node *resolve_binding(struct compiler *compiler,
                                          const struct node *scalar,
                                          const struct binding *binding,
                                          enum missing missing)
{
    size_t at = 1 + binding->name.size;
    const struct node *found;

    if (!compile_enter(compiler, scalar->source))
        return NULL;
    found = part_follow(compiler, scalar, binding, &at, missing);
    if (found && at != scalar->text.size)
        found = scalar;
    else if (found)
        found = resolve_part(compiler, found, missing);
    compile_leave(compiler);
    return found;
}

const struct node *resolve_part(struct compiler *compiler,
                                const struct node *node, enum missing missing)
{
    const struct binding *binding;
    struct slice name;

    if (!node || node->kind != NODE_SCALAR || node->text.size < 2 ||
        node->text.data[0] != '$')
        return node;
    name = slice_behind(node->text, 1);
    name.size = name_length(name);
    binding = name.size ? binding_find(compiler, name) : NULL;
    return binding ? resolve_binding(compiler, node, binding, missing) : node;
}

const struct node *resolve(struct compiler *compiler, const struct node *node)
{
    return resolve_part(compiler, node, MISSING_FAULT);
}

const struct node *resolve_get(struct compiler *compiler,
                               const struct node *map, const char *key)
{
    const struct node *value = node_get(map, key);

    return value ? resolve(compiler, value) : NULL;
}
