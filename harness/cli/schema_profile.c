/* The schema of profiles, from the tables of their keys. */
#include "cli/schema.h"
#include "script/profile_inside.h"

static json_t *schema_of(const struct profile_shape *shape);

static json_t *map_of(const struct profile_key *keys)
{
    struct part properties = object_new(), required = array_new();
    struct part company = object_new(), schema;

    for (size_t i = 0; keys[i].name; i++) {
        put(&properties, keys[i].name, schema_of(keys[i].shape));
        if (keys[i].required)
            add(&required, json_string(keys[i].name));
        if (keys[i].with)
            put(&company, keys[i].name, json_pack("[s]", keys[i].with));
    }
    schema = (struct part){schema_map(properties.value, required.value)};
    put(&schema, "dependentRequired", company.value);
    return schema.value;
}

/* Any scalar; what has to look like something, YAML reads as a text. */
static json_t *text_of(const struct profile_shape *shape)
{
    if (!shape->pattern)
        return schema_ref("scalar");
    return json_pack("{ssss}", "type", "string", "pattern", shape->pattern);
}

static json_t *number_of(const struct profile_shape *shape)
{
    struct part schema = object_new();

    put(&schema, "type", json_string("integer"));
    put(&schema, "minimum", json_integer(0));
    put(&schema, "maximum", json_integer(shape->most));
    return schema.value;
}

static json_t *list_of(const struct profile_shape *shape)
{
    struct part schema = {schema_list(schema_of(shape->item))};

    if (shape->least)
        put(&schema, "minItems", json_integer((json_int_t)shape->least));
    return schema.value;
}

static json_t *named_of(const struct profile_shape *shape)
{
    struct part schema = {schema_named(schema_of(shape->item))};

    if (shape->needed)
        put(&schema, "required", json_pack("[s]", shape->needed));
    return schema.value;
}

static json_t *schema_of(const struct profile_shape *shape)
{
    static const char *const booleans[] = {"true", "false", NULL};

    switch (shape->kind) {
    case PROFILE_CHOICE:
        return schema_words(shape->words);
    case PROFILE_MAP:
        return map_of(shape->keys);
    case PROFILE_NAMED:
        return named_of(shape);
    case PROFILE_LIST:
        return list_of(shape);
    case PROFILE_CAPABILITY:
        return schema_capability();
    case PROFILE_BOOLEAN:
        return schema_words(booleans);
    case PROFILE_TEXTS:
        return schema_either(schema_ref("scalar"),
                             schema_list(schema_ref("scalar")));
    case PROFILE_NUMBER:
        return number_of(shape);
    case PROFILE_TEXT:
        break;
    }
    return text_of(shape);
}

json_t *schema_file_of_profile(void)
{
    return schema_of(&PROFILE);
}
