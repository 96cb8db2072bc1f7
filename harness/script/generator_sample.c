/* `of: {send: …}`: a step that generators damage. */
#include "script/generator_inside.h"

#include <string.h>

/* ---- maps --------------------------------------------------------------- */

static struct node *new_map(struct generation *generation, size_t room)
{
    struct compiler *compiler = generation->compiler;
    struct node *map = compile_new(compiler, sizeof *map);
    struct node **keys = compile_new(compiler, (room + 1) * sizeof *keys);
    struct node **items = compile_new(compiler, (room + 1) * sizeof *items);

    if (!map || !keys || !items)
        return NULL;
    map->kind = NODE_MAP;
    map->source = generation->source;
    map->keys = keys;
    map->items = items;
    return map;
}

static void set(struct node *map, const struct node *key,
                const struct node *value)
{
    size_t at = 0;

    while (at < map->count && !slice_equal(map->keys[at]->text, key->text))
        at++;
    map->keys[at] = (struct node *)(uintptr_t)key;
    map->items[at] = (struct node *)(uintptr_t)value;
    if (at == map->count)
        map->count++;
}

const struct node *sample_with(struct generation *generation,
                               const struct node *map, const char *key,
                               const struct node *value)
{
    struct node *copy = map ? new_map(generation, map->count + 1) : NULL;
    struct node *name = generator_scalar(generation, slice_of(key));

    if (!copy || !name || !value)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        set(copy, map->keys[i], map->items[i]);
    set(copy, name, value);
    return copy;
}

/* The map as this version sees it, without blocks and `with`. */
static struct node *merged(struct generation *generation,
                           const struct node *map)
{
    struct entries entries = {.count = 0};
    struct node *whole;

    if (map->kind != NODE_MAP ||
        !entries_merge(generation->compiler, &entries, map))
        return NULL;
    whole = new_map(generation, entries.count);
    for (size_t i = 0; whole && i < entries.count; i++) {
        const struct node *value =
            resolve(generation->compiler, entries.rows[i].value);

        if (!value)
            return NULL;
        set(whole, entries.rows[i].key, value);
    }
    return whole;
}

/* ---- trying ------------------------------------------------------------- */

static struct trial try_in(struct compiler *compiler, const struct node *step)
{
    struct expression *client =
        expression_of_bytes(compiler, step->source, slice_of("client"));
    struct around around = {.at = &client, .at_count = 1};
    struct step *compiled =
        client ? compile_step(compiler, step, &around) : NULL;

    if (!compiled || compiled->verb != VERB_SEND)
        return (struct trial){.known = false};
    return send_try(compiled->send, compiler->version);
}

struct trial sample_try(struct generation *generation, const struct node *step)
{
    struct compiler compiler = *generation->compiler;
    struct script script = {.version = compiler.version,
                            .transport = compiler.transport};
    struct trial trial = {.known = false};

    compiler.arena = arena_new((size_t)1 << 20);
    compiler.script = &script;
    compiler.diagnostics = NULL;
    compiler.names = NULL;
    compiler.name_count = 0;
    compiler.named = compiler.nameless = NULL;
    if (compiler.arena && step)
        trial = try_in(&compiler, step);
    arena_free(compiler.arena);
    return trial;
}

void sample_offer(struct generation *generation, const char *name,
                  const struct node *step)
{
    struct trial trial;

    if (!name || !step) {
        generator_add(generation, NULL, NULL);
        return;
    }
    trial = sample_try(generation, step);
    if (trial.known && trial.statement)
        generator_add(generation, name, step);
}

bool sample_read(struct generation *generation, const struct node *step)
{
    const struct node *sample = merged(generation, step);
    const struct node *will = sample ? node_get(sample, "will") : NULL;
    struct trial trial;

    if (will)
        sample =
            sample_with(generation, sample, "will", merged(generation, will));
    if (!sample)
        return false;
    generation->sample = sample;
    trial = sample_try(generation, sample);
    if (trial.known && !trial.found && node_get(sample, "send"))
        return true;
    fault(generation->compiler, step->source, "a legal packet that is sent",
          NULL, "this cannot be damaged: %s",
          trial.found ? trial.found : "it is not known before the play");
    return false;
}

/* ---- places ------------------------------------------------------------- */

static bool is_text(enum mqtt_kind kind)
{
    return kind == MQTT_KIND_STRING || kind == MQTT_KIND_BINARY ||
           kind == MQTT_KIND_PAIR;
}

static void visit_pair(struct generation *generation, struct place place,
                       each_place *each)
{
    static const char *const halves[] = {"name", "value"};
    struct compiler *compiler = generation->compiler;
    const char *name = place.name;
    const struct node *pair;

    if (place.value->kind != NODE_LIST || !place.value->count)
        return;
    pair = place.value->items[0];
    if (pair->kind != NODE_LIST || pair->count != 2)
        return;
    place.pairs = place.value;
    for (size_t i = 0; i < 2; i++) {
        place.half = i ? HALF_VALUE : HALF_NAME;
        place.value = pair->items[i];
        place.name = arena_format(compiler->arena, "%s_%s", name, halves[i]);
        each(generation, &place);
    }
}

static void visit(struct generation *generation, const struct node *map,
                  bool in_will, each_place *each)
{
    struct compiler *compiler = generation->compiler;

    for (size_t i = 0; i < map->count; i++) {
        enum mqtt_field field = mqtt_field_parse(map->keys[i]->text);
        struct place place = {.value = map->items[i], .in_will = in_will};

        place.key = arena_text_of(compiler->arena, map->keys[i]->text);
        place.name =
            arena_format(compiler->arena, "%s%s", in_will ? "will_" : "",
                         place.key ? place.key : "");
        place.kind = mqtt_field_row(field)->kind;
        if (in_will && node_is(map->keys[i], "payload"))
            place.kind = MQTT_KIND_BINARY;
        if (!place.key || !is_text(place.kind) ||
            (field == MQTT_FIELD_NONE && !in_will))
            continue;
        if (place.kind == MQTT_KIND_PAIR)
            visit_pair(generation, place, each);
        else
            each(generation, &place);
    }
}

void sample_places(struct generation *generation, each_place *each)
{
    const struct node *will = node_get(generation->sample, "will");

    visit(generation, generation->sample, false, each);
    if (will)
        visit(generation, will, true, each);
}

const struct node *sample_put(struct generation *generation,
                              const struct place *place,
                              const struct node *value)
{
    const struct node *sample = generation->sample;

    if (place->pairs && value) {
        struct node *pair = place->pairs->items[0];
        struct node *other = pair->items[place->half == HALF_NAME];
        struct node *same = (struct node *)(uintptr_t)value;

        value = generator_list(generation,
                               place->half == HALF_NAME
                                   ? generator_list(generation, same, other)
                                   : generator_list(generation, other, same),
                               NULL);
    }
    if (!place->in_will)
        return sample_with(generation, sample, place->key, value);
    return sample_with(
        generation, sample, "will",
        sample_with(generation, node_get(sample, "will"), place->key, value));
}
