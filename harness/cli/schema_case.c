/* The schema of case files, from the table of case keys. */
#include "cli/schema.h"
#include "script/case_reader.h"
#include "script/generator.h"
#include <string.h>

/* ---- the values of case keys -------------------------------------------- */

static json_t *some_type(const char *type)
{
    struct part schema = object_new();

    put(&schema, "type", json_string(type));
    return schema.value;
}

static json_t *some_text(void)
{
    return schema_ref("scalar");
}

static json_t *area_and_name(void)
{
    struct part schema = {some_type("string")};

    put(&schema, "pattern", json_string("^[a-z0-9._/-]+$"));
    return schema.value;
}

static json_t *capabilities(void)
{
    return schema_list(schema_either(schema_capability(), schema_ref("name")));
}

static json_t *statements(void)
{
    struct part keys = object_new();

    for (size_t i = 0; STATEMENT_KEYS[i]; i++)
        put(&keys, STATEMENT_KEYS[i], schema_list(some_type("string")));
    return schema_either(schema_words(STATEMENT_CHOICES),
                         schema_map(keys.value, NULL));
}

static json_t *clients(void)
{
    struct part keys = object_new();

    for (size_t i = 0; CLIENT_WORDS[i]; i++)
        put(&keys, CLIENT_WORDS[i], schema_ref("scalar"));
    return schema_named(
        schema_either(schema_map(keys.value, NULL), schema_ref("name")));
}

/* {generate: …} has keys of its own; anything else is a table of rows. */
static json_t *generator(void)
{
    struct part keys = object_new(), names = array_new(), name = object_new();
    struct part schema = object_new();

    for (size_t i = 0; generator_name(i); i++)
        add(&names, json_string(generator_name(i)));
    put(&name, "enum", names.value);
    for (size_t i = 0; GENERATOR_PARTS[i]; i++)
        put(&keys, GENERATOR_PARTS[i], json_object());
    put(&keys, "generate", name.value);
    put(&schema, "if", schema_requires("generate"));
    put(&schema, "then",
        schema_either(schema_map(keys.value, NULL), schema_ref("no_map")));
    return schema.value;
}

static json_t *parameters(void)
{
    struct part table = {generator()};

    put(&table, "items", generator());
    put(&table, "type", json_pack("[ss]", "object", "array"));
    return schema_named(table.value);
}

static json_t *any_map(void)
{
    return some_type("object");
}

static json_t *steps(void)
{
    return schema_list(schema_ref("step"));
}

static const struct {
    const char *shape;
    json_t *(*make)(void);
} SHAPES[] = {
    {"area/name", area_and_name},
    {"sentence", some_text},
    {"statements", statements},
    {"capabilities", capabilities},
    {"clients", clients},
    {"parameters", parameters},
    {"vars", any_map},
    {"list of steps", steps},
};

static json_t *value_of(const struct case_key *key)
{
    if (key->words)
        return schema_either(schema_words(key->alone),
                             schema_list(schema_words(key->words)));
    if (key->alone)
        return schema_words(key->alone);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (strcmp(SHAPES[i].shape, key->shape) == 0)
            return SHAPES[i].make();
    return json_object();
}

/* ---- cases and files ---------------------------------------------------- */

static json_t *map_of_keys(bool defaults)
{
    struct part properties = object_new(), required = array_new();
    const struct case_key *key;

    for (size_t i = 0; (key = case_key_row(i)); i++) {
        if (defaults && key->own)
            continue;
        put(&properties, key->name,
            schema_described(value_of(key), key->shape));
        if (key->required && key->own)
            add(&required, json_string(key->name));
    }
    return schema_map(properties.value, required.value);
}

/* {"properties": {key: schema}}, which is taken over. */
static json_t *has(const char *key, json_t *schema)
{
    struct part properties = object_new(), whole = object_new();

    put(&properties, key, schema);
    put(&whole, "properties", properties.value);
    return whole.value;
}

/* What a case needs stands in each one, or once in `defaults`. */
static json_t *stated_somewhere(const char *key)
{
    struct part items = object_new(), inherited;

    put(&items, "items", schema_requires(key));
    inherited = (struct part){has("defaults", schema_requires(key))};
    put(&inherited, "required", json_pack("[s]", "defaults"));
    return schema_either(has("cases", items.value), inherited.value);
}

static json_t *file_value(const char *key)
{
    if (strcmp(key, "cases") == 0)
        return schema_list(map_of_keys(false));
    return strcmp(key, "defaults") == 0 ? map_of_keys(true) : some_text();
}

json_t *schema_file_of_cases(void)
{
    struct part properties = object_new(), needed = array_new(), file;
    const struct case_key *key;

    for (size_t i = 0; FILE_KEYS[i]; i++)
        put(&properties, FILE_KEYS[i], file_value(FILE_KEYS[i]));
    file = (struct part){
        schema_map(properties.value, json_pack("[ss]", "area", "cases"))};
    for (size_t i = 0; (key = case_key_row(i)); i++)
        if (key->required && !key->own)
            add(&needed, stated_somewhere(key->name));
    put(&file, "allOf", needed.value);
    return file.value;
}
