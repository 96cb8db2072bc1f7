#include "script/generator_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- nodes -------------------------------------------------------------- */

struct node *generator_scalar(struct generation *generation, struct slice text)
{
    struct node *node = compile_new(generation->compiler, sizeof *node);

    if (node) {
        node->kind = NODE_SCALAR;
        node->source = generation->source;
        node->text = text;
    }
    return node;
}

static struct node *scalar(struct generation *generation, const char *text)
{
    return text ? generator_scalar(generation, slice_of(text)) : NULL;
}

struct node *generator_number(struct generation *generation, int64_t number)
{
    return scalar(generation, arena_format(generation->compiler->arena,
                                           "%" PRId64, number));
}

struct node *generator_list(struct generation *generation, struct node *first,
                            struct node *second)
{
    struct node *node = compile_new(generation->compiler, sizeof *node);
    struct node **items = compile_new(generation->compiler, 2 * sizeof *items);

    if (!node || !items || !first)
        return NULL;
    node->kind = NODE_LIST;
    node->source = generation->source;
    node->items = items;
    items[node->count++] = first;
    if (second)
        items[node->count++] = second;
    return node;
}

struct node *generator_map(struct generation *generation, const char *key,
                           struct node *value)
{
    struct node *node = compile_new(generation->compiler, sizeof *node);
    struct node **both = compile_new(generation->compiler, 2 * sizeof *both);

    if (!node || !both || !value)
        return NULL;
    node->kind = NODE_MAP;
    node->source = generation->source;
    node->keys = both;
    node->items = both + 1;
    node->count = 1;
    both[0] = scalar(generation, key);
    both[1] = value;
    return both[0] ? node : NULL;
}

/* ---- one generator ------------------------------------------------------ */

static bool is_excepted(const struct generation *generation, const char *name)
{
    const struct node *except = generation->except;

    for (size_t i = 0; except && i < except->count; i++)
        if (node_is(except->items[i], name))
            return true;
    return false;
}

static const struct node *shaped(struct generation *generation,
                                 const struct node *value)
{
    if (!generation->as_list || !value || value->kind == NODE_LIST)
        return value;
    return generator_list(generation, (struct node *)(uintptr_t)value, NULL);
}

void generator_add(struct generation *generation, const char *name,
                   const struct node *value)
{
    struct compiler *compiler = generation->compiler;
    struct row_list *list = generation->list;
    const char *prefix = generation->prefix;
    struct row *rows;

    if (name && is_excepted(generation, name))
        return;
    rows = compile_grow(compiler, list->rows, list->count, sizeof *rows);
    value = shaped(generation, value);
    if (prefix && name)
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
    if (mqtt_field_row(field)->kind == MQTT_KIND_PAIR)
        return generator_list(generation, scalar(generation, "name"),
                              scalar(generation, "value"));
    if (field == MQTT_MAXIMUM_PACKET_SIZE)
        return scalar(generation, "1000"); /* an answer must fit */
    if (field_is_number(field))
        return scalar(generation, "1");
    if (mqtt_field_row(field)->kind == MQTT_KIND_BINARY)
        return generator_map(generation, "hex", scalar(generation, "00ff"));
    return scalar(generation, "text");
}

static struct node *property(struct generation *generation,
                             enum mqtt_field field)
{
    return generator_map(generation, mqtt_field_row(field)->name,
                         valid_value(generation, field));
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

static void illegal_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (!is_legal(generation, (enum mqtt_field)i))
            generator_add(generation, mqtt_field_row((enum mqtt_field)i)->name,
                          property(generation, (enum mqtt_field)i));
}

static void single_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (is_legal(generation, (enum mqtt_field)i) &&
            !may_repeat(generation, (enum mqtt_field)i))
            generator_add(generation, mqtt_field_row((enum mqtt_field)i)->name,
                          property(generation, (enum mqtt_field)i));
}

static void repeated_properties(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++) {
        enum mqtt_field field = (enum mqtt_field)i;

        if (!is_legal(generation, field) || may_repeat(generation, field))
            continue;
        generator_add(generation, mqtt_field_row(field)->name,
                      generator_list(generation, property(generation, field),
                                     property(generation, field)));
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
        const char *text;

        if (!wrong_nibble(generation->type, nibble))
            continue;
        text = arena_format(generation->compiler->arena, "%u", nibble);
        generator_add(generation, text, scalar(generation, text));
    }
}

static void packets_to_server(struct generation *generation)
{
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++) {
        enum mqtt_type type = (enum mqtt_type)i;

        if (mqtt_type_to_server(type) &&
            mqtt_type_in_version(type, generation->compiler->version))
            generator_add(generation, mqtt_type_name(type),
                          scalar(generation, mqtt_type_name(type)));
    }
}

/* {0x07: {hex: 00}}: the identifiers between those that exist, and some far
 * away from them. */
static void unknown_property(struct generation *generation, uint32_t id)
{
    const char *text = arena_format(generation->compiler->arena, "%u", id);

    if (mqtt_property_field(id) != MQTT_FIELD_NONE)
        return;
    generator_add(generation, text,
                  text ? generator_map(generation, text,
                                       generator_map(generation, "hex",
                                                     scalar(generation, "00")))
                       : NULL);
}

static void unknown_properties(struct generation *generation)
{
    static const uint32_t far[] = {0x7e, 0x7f, 0x80, 16383, 16384, 268435455};
    uint32_t last =
        mqtt_field_row((enum mqtt_field)(MQTT_UNKNOWN_PROPERTY - 1))->property;

    for (uint32_t id = 0; id <= last + 1; id++)
        unknown_property(generation, id);
    for (size_t i = 0; i < sizeof far / sizeof *far; i++)
        unknown_property(generation, far[i]);
}

/* Whatever fits into the field and not into the range of the table. */
static void wrong_values(struct generation *generation, enum mqtt_field field)
{
    const struct mqtt_field_row *row = mqtt_field_row(field);
    const int64_t tries[] = {row->min - INT64_C(1), row->max + INT64_C(1),
                             field_number_rule(field).max};

    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        const char *name = arena_format(generation->compiler->arena,
                                        "%s_%" PRId64, row->name, tries[i]);

        if (tries[i] >= 0 && tries[i] <= field_number_rule(field).max &&
            (tries[i] < row->min || tries[i] > row->max))
            generator_add(
                generation, name,
                generator_map(generation, row->name,
                              generator_number(generation, tries[i])));
    }
}

static void property_values(struct generation *generation)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (is_legal(generation, (enum mqtt_field)i) &&
            field_is_number((enum mqtt_field)i))
            wrong_values(generation, (enum mqtt_field)i);
}

enum needs { NEEDS_NOTHING, NEEDS_PACKET, NEEDS_SAMPLE };
static const struct generator {
    const char *name;
    generate *make;
    enum needs of;
} GENERATORS[] = {
    {"illegal_properties", illegal_properties, NEEDS_PACKET},
    {"single_properties", single_properties, NEEDS_PACKET},
    {"repeated_properties", repeated_properties, NEEDS_PACKET},
    {"unknown_properties", unknown_properties, NEEDS_NOTHING},
    {"property_values", property_values, NEEDS_PACKET},
    {"wrong_flags", wrong_flags, NEEDS_PACKET},
    {"packets_to_server", packets_to_server, NEEDS_NOTHING},
    {"body_lengths", damage_body_lengths, NEEDS_SAMPLE},
    {"wire_lengths", damage_wire_lengths, NEEDS_SAMPLE},
    {"trailing_bytes", damage_trailing_bytes, NEEDS_SAMPLE},
    {"text_lengths", damage_text_lengths, NEEDS_SAMPLE},
    {"property_lengths", damage_property_lengths, NEEDS_SAMPLE},
    {"long_integers", damage_long_integers, NEEDS_SAMPLE},
    {"wrong_options", damage_options, NEEDS_SAMPLE},
    {"bad_utf8", texts_bad_utf8, NEEDS_SAMPLE},
    {"null_characters", texts_null_characters, NEEDS_SAMPLE},
    {"good_utf8", texts_good_utf8, NEEDS_SAMPLE},
};

/* ---- {generate: G, of: PACKET, as: list} -------------------------------- */

static bool read_packet(struct generation *generation, const struct node *of)
{
    const char *words[MQTT_TYPES + 2] = {NULL};
    size_t count = 0;

    words[count++] = "will";
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        words[count++] = mqtt_type_name((enum mqtt_type)i);
    if (parse_word(generation->compiler, of, words, "a packet") < 0)
        return false;
    generation->of_will = node_is(of, "will");
    generation->type = MQTT_CONNECT;
    if (!generation->of_will)
        mqtt_type_parse(of->text, &generation->type);
    return true;
}

static bool read_of(struct generation *generation, const struct node *map,
                    enum needs needs)
{
    struct compiler *compiler = generation->compiler;
    const struct node *of = resolve_get(compiler, map, "of");

    if (!of && needs != NEEDS_NOTHING)
        fault(compiler, map->source,
              needs == NEEDS_SAMPLE ? "of: a step that sends a packet"
                                    : "of: a packet, or of: will",
              NULL, "this generator has no 'of'");
    if (!of)
        return needs == NEEDS_NOTHING;
    return needs == NEEDS_SAMPLE ? sample_read(generation, of)
                                 : read_packet(generation, of);
}

const char *const GENERATOR_PARTS[] = {"generate", "of",     "as", "only",
                                       "requires", "except", NULL};

static bool read_keys(struct generation *generation, const struct node *map)
{
    static const char *const shapes[] = {"list", NULL};
    struct compiler *compiler = generation->compiler;
    const struct node *as = node_get(map, "as");

    for (size_t i = 0; i < map->count; i++)
        if (parse_word(compiler, map->keys[i], GENERATOR_PARTS,
                       "a key of a generator") < 0)
            return false;
    generation->as_list = as != NULL;
    generation->except = resolve_get(compiler, map, "except");
    return !as || parse_word(compiler, as, shapes, "a shape of rows") == 0;
}

const char *generator_name(size_t index)
{
    return index < sizeof GENERATORS / sizeof *GENERATORS
               ? GENERATORS[index].name
               : NULL;
}

static void run(struct generation *generation, const struct node *map)
{
    const char *words[sizeof GENERATORS / sizeof *GENERATORS + 1] = {NULL};
    const struct node *only = node_get(map, "only");
    int index;

    for (size_t i = 0; generator_name(i); i++)
        words[i] = generator_name(i);
    generation->source = map->source;
    generation->requires = node_get(map, "requires");
    if (only && !only_allows(generation->compiler, only))
        return;
    index = parse_word(generation->compiler, node_get(map, "generate"), words,
                       "a generator");
    if (index >= 0 && read_keys(generation, map) &&
        read_of(generation, map, GENERATORS[index].of))
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
