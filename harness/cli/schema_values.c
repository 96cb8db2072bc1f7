/* What many places of a schema share. */
#include "cli/schema.h"
#include "script/capability.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *schema_ref(const char *name)
{
    struct part ref = object_new();
    char text[100];

    snprintf(text, sizeof text, "#/$defs/%s", name);
    put(&ref, "$ref", json_string(text));
    return ref.value;
}

/* YAML reads some words as values of other types: 5.0, true. */
static void add_word(struct part *words, const char *word)
{
    char *end;
    double number = strtod(word, &end);

    add(words, json_string(word));
    if (*word && !*end)
        add(words, json_real(number));
    if (strcmp(word, "true") == 0)
        add(words, json_true());
    if (strcmp(word, "false") == 0)
        add(words, json_false());
}

json_t *schema_words(const char *const *words)
{
    struct part list = array_new(), schema = object_new();

    for (size_t i = 0; words[i]; i++)
        add_word(&list, words[i]);
    put(&schema, "enum", list.value);
    return schema.value;
}

json_t *schema_words_or_name(const char *const *words)
{
    return schema_either(schema_words(words), schema_ref("name"));
}

json_t *schema_list(json_t *items)
{
    struct part schema = object_new();

    put(&schema, "type", json_string("array"));
    put(&schema, "items", items);
    return schema.value;
}

json_t *schema_either(json_t *one, json_t *other)
{
    struct part both = array_new(), schema = object_new();

    add(&both, one);
    add(&both, other);
    put(&schema, "anyOf", both.value);
    return schema.value;
}

json_t *schema_named(json_t *values)
{
    struct part schema = object_new();

    put(&schema, "type", json_string("object"));
    put(&schema, "additionalProperties", values);
    return schema.value;
}

json_t *schema_map(json_t *properties, json_t *required)
{
    struct part schema = object_new();

    put(&schema, "type", json_string("object"));
    put(&schema, "properties", properties);
    put(&schema, "additionalProperties", json_false());
    if (required)
        put(&schema, "required", required);
    return schema.value;
}

json_t *schema_requires(const char *key)
{
    struct part keys = array_new(), schema = object_new();

    add(&keys, json_string(key));
    put(&schema, "required", keys.value);
    return schema.value;
}

json_t *schema_described(json_t *schema, const char *text)
{
    struct part part = {schema};

    put(&part, "description", text_value(text));
    return part.value;
}

/* Each name alone, with its meaning; and the map {name: value}. */
json_t *schema_capability(void)
{
    struct part names = array_new(), keys = object_new(), map, all;
    const char *const *words = capability_names();

    for (size_t i = 0; words[i]; i++) {
        const char *meaning = capability_find(slice_of(words[i]))->meaning;
        struct part name = object_new();

        put(&name, "const", json_string(words[i]));
        add(&names, schema_described(name.value, meaning));
        put(&keys, words[i], schema_described(json_object(), meaning));
    }
    map = (struct part){schema_map(keys.value, NULL)};
    put(&map, "minProperties", json_integer(1));
    put(&map, "maxProperties", json_integer(1));
    add(&names, map.value);
    all = object_new();
    put(&all, "anyOf", names.value);
    return all.value;
}
