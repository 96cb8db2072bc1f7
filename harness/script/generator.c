#include "script/generator.h"

#include <stdio.h>
#include <string.h>

/* ---- nodes -------------------------------------------------------------- */

static struct node *scalar(struct compiler *compiler, struct source source,
                           const char *text)
{
    struct node *node = compile_new(compiler, sizeof *node);

    if (node) {
        node->kind = NODE_SCALAR;
        node->source = source;
        node->text = slice_of(text);
    }
    return node;
}

static struct node *list_of(struct compiler *compiler, struct source source,
                            struct node *first, struct node *second)
{
    struct node *node = compile_new(compiler, sizeof *node);
    struct node **items = compile_new(compiler, 2 * sizeof *items);

    if (!node || !items || !first)
        return NULL;
    node->kind = NODE_LIST;
    node->source = source;
    node->items = items;
    items[node->count++] = first;
    if (second)
        items[node->count++] = second;
    return node;
}

static struct node *map_of(struct compiler *compiler, struct source source,
                           const char *key, struct node *value)
{
    struct node *node = compile_new(compiler, sizeof *node);
    struct node **both = compile_new(compiler, 2 * sizeof *both);

    if (!node || !both || !value)
        return NULL;
    node->kind = NODE_MAP;
    node->source = source;
    node->keys = both;
    node->items = both + 1;
    node->count = 1;
    both[0] = scalar(compiler, source, key);
    both[1] = value;
    return both[0] ? node : NULL;
}

/* ---- one generator ------------------------------------------------------ */

struct generation {
    struct compiler *compiler;
    struct source source;
    enum mqtt_type type;
    bool of_will;
    bool as_list;
    const char *prefix; /* the row's own name, in front of those made */
    const struct node *requires;
    struct row_list *list;
};

static void add(struct generation *generation, const char *name,
                struct node *value)
{
    struct compiler *compiler = generation->compiler;
    struct row_list *list = generation->list;
    struct row *rows =
        compile_grow(compiler, list->rows, list->count, sizeof *rows);
    const char *prefix = generation->prefix;

    if (generation->as_list && value && value->kind != NODE_LIST)
        value = list_of(compiler, generation->source, value, NULL);
    if (prefix)
        name = arena_format(compiler->arena, "%s_%s", prefix, name);
    if (!rows || !name || !value) {
        compiler->failed = true;
        return;
    }
    list->rows = rows;
    rows[list->count++] = (struct row){.name = name,
                                       .value = value,
                                       .requires = generation->requires,
                                       .source = generation->source};
}

/* A value that the property may legally have. */
static struct node *valid_value(struct generation *generation,
                                enum mqtt_field field)
{
    struct compiler *compiler = generation->compiler;
    struct source source = generation->source;

    if (mqtt_field_row(field)->kind == MQTT_KIND_PAIR)
        return list_of(compiler, source, scalar(compiler, source, "name"),
                       scalar(compiler, source, "value"));
    if (field_is_number(field))
        return scalar(compiler, source, "1");
    if (mqtt_field_row(field)->kind == MQTT_KIND_BINARY)
        return map_of(compiler, source, "hex",
                      scalar(compiler, source, "00ff"));
    return scalar(compiler, source, "text");
}

static struct node *property(struct generation *generation,
                             enum mqtt_field field)
{
    return map_of(generation->compiler, generation->source,
                  mqtt_field_row(field)->name, valid_value(generation, field));
}

static bool is_legal(const struct generation *generation, enum mqtt_field field)
{
    if (generation->of_will)
        return mqtt_field_row(field)->in_will;
    return mqtt_property_legal(field, generation->type, false);
}

static bool may_repeat(const struct generation *generation,
                       enum mqtt_field field)
{
    if (generation->of_will)
        return field == MQTT_USER_PROPERTY;
    return mqtt_property_repeatable(field, generation->type);
}

typedef void generate(struct generation *generation);

static void illegal_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (!is_legal(generation, (enum mqtt_field)i))
            add(generation, mqtt_field_row((enum mqtt_field)i)->name,
                property(generation, (enum mqtt_field)i));
}

static void single_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (is_legal(generation, (enum mqtt_field)i) &&
            !may_repeat(generation, (enum mqtt_field)i))
            add(generation, mqtt_field_row((enum mqtt_field)i)->name,
                property(generation, (enum mqtt_field)i));
}

static void repeated_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++) {
        enum mqtt_field field = (enum mqtt_field)i;

        if (!is_legal(generation, field) || may_repeat(generation, field))
            continue;
        add(generation, mqtt_field_row(field)->name,
            list_of(generation->compiler, generation->source,
                    property(generation, field), property(generation, field)));
    }
}

/* Any bits of PUBLISH are legal but both of QoS (2.1.3). */
static bool wrong_nibble(enum mqtt_type type, unsigned nibble)
{
    if (type == MQTT_PUBLISH)
        return (nibble & 6) == 6;
    if (type == MQTT_PUBREL || type == MQTT_SUBSCRIBE ||
        type == MQTT_UNSUBSCRIBE)
        return nibble != 2;
    return nibble != 0;
}

static void wrong_flags(struct generation *generation)
{
    for (unsigned nibble = 0; nibble < 16; nibble++) {
        struct compiler *compiler = generation->compiler;
        const char *text;

        if (!wrong_nibble(generation->type, nibble))
            continue;
        text = arena_format(compiler->arena, "%u", nibble);
        add(generation, text,
            text ? scalar(compiler, generation->source, text) : NULL);
    }
}

static void packets_to_server(struct generation *generation)
{
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++) {
        enum mqtt_type type = (enum mqtt_type)i;

        if (mqtt_type_to_server(type) &&
            mqtt_type_in_version(type, generation->compiler->version))
            add(generation, mqtt_type_name(type),
                scalar(generation->compiler, generation->source,
                       mqtt_type_name(type)));
    }
}

static const struct generator {
    const char *name;
    generate *make;
    bool of_packet;
} GENERATORS[] = {
    {"illegal_properties", illegal_properties, true},
    {"single_properties", single_properties, true},
    {"repeated_properties", repeated_properties, true},
    {"wrong_flags", wrong_flags, true},
    {"packets_to_server", packets_to_server, false},
};

/* ---- {generate: G, of: PACKET, as: list} -------------------------------- */

static bool read_of(struct generation *generation, const struct node *map,
                    bool needed)
{
    const char *words[MQTT_TYPES + 2] = {NULL};
    struct compiler *compiler = generation->compiler;
    const struct node *of = resolve_get(compiler, map, "of");
    size_t count = 0;

    if (!of && needed)
        fault(compiler, map->source, "of: a packet, or of: will", NULL,
              "this generator has no 'of'");
    if (!of)
        return !needed;
    words[count++] = "will";
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        words[count++] = mqtt_type_name((enum mqtt_type)i);
    if (parse_word(compiler, of, words, "a packet") < 0)
        return false;
    generation->of_will = node_is(of, "will");
    generation->type = MQTT_CONNECT;
    if (!generation->of_will)
        mqtt_type_parse(of->text, &generation->type);
    return true;
}

static bool read_keys(struct generation *generation, const struct node *map)
{
    static const char *const keys[] = {"generate", "of",       "as",
                                       "only",     "requires", NULL};
    static const char *const shapes[] = {"list", NULL};
    struct compiler *compiler = generation->compiler;
    const struct node *as = node_get(map, "as");

    for (size_t i = 0; i < map->count; i++)
        if (parse_word(compiler, map->keys[i], keys, "a key of a generator") <
            0)
            return false;
    generation->as_list = as != NULL;
    return !as || parse_word(compiler, as, shapes, "a shape of rows") == 0;
}

static void run(struct generation *generation, const struct node *map)
{
    const char *words[sizeof GENERATORS / sizeof *GENERATORS + 1] = {NULL};
    const struct node *only = node_get(map, "only");
    int index;

    for (size_t i = 0; i < sizeof GENERATORS / sizeof *GENERATORS; i++)
        words[i] = GENERATORS[i].name;
    generation->source = map->source;
    generation->requires = node_get(map, "requires");
    if (only && !only_allows(generation->compiler, only))
        return;
    index = parse_word(generation->compiler, node_get(map, "generate"), words,
                       "a generator");
    if (index >= 0 && read_keys(generation, map) &&
        read_of(generation, map, GENERATORS[index].of_packet))
        GENERATORS[index].make(generation);
}

static bool is_generator(const struct node *node)
{
    return node->kind == NODE_MAP && node_get(node, "generate");
}

/* One row of a table that mixes generators with plain rows. */
static void mixed(struct generation *generation, const struct node *table,
                  size_t index)
{
    const struct node *item = table->items[index];
    const struct node *key =
        table->kind == NODE_MAP ? table->keys[index] : NULL;
    struct compiler *compiler = generation->compiler;
    struct row_list *list = generation->list;
    struct row *rows;

    if (is_generator(item)) {
        generation->prefix = key ? compile_text(compiler, key->text) : NULL;
        run(generation, item);
        return;
    }
    rows = compile_grow(compiler, list->rows, list->count, sizeof *rows);
    if (!rows)
        return;
    list->rows = rows;
    if (row_make(&rows[list->count], table, index, compiler->arena))
        list->count++;
    else
        compiler->failed = true;
}

bool generator_rows(struct compiler *compiler,
                    const struct parameter *parameter, struct row_list *list)
{
    struct generation generation = {.compiler = compiler, .list = list};
    bool failed = compiler->failed;

    compiler->failed = false;
    *list = (struct row_list){.count = 0};
    if (is_generator(parameter->table))
        run(&generation, parameter->table);
    else
        for (size_t i = 0; i < parameter->table->count; i++)
            mixed(&generation, parameter->table, i);
    if (compiler->failed)
        return false;
    compiler->failed = failed;
    return true;
}
