/* The schema of profiles, from the tables of their keys. */
#include "cli/schema.h"
#include "script/profile_inside.h"

static json_t *schema_of(const struct profile_shape *shape);

static json_t *map_of(const struct profile_key *keys)
{
    struct part properties = object_new(), required = array_new();

    for (size_t i = 0; keys[i].name; i++) {
        put(&properties, keys[i].name, schema_of(keys[i].shape));
        if (keys[i].required)
            add(&required, json_string(keys[i].name));
    }
    return schema_map(properties.value, required.value);
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
        return schema_named(schema_of(shape->item));
    case PROFILE_LIST:
        return schema_list(schema_of(shape->item));
    case PROFILE_CAPABILITY:
        return schema_capability();
    case PROFILE_BOOLEAN:
        return schema_words(booleans);
    case PROFILE_TEXTS:
        return schema_either(schema_ref("scalar"),
                             schema_list(schema_ref("scalar")));
    case PROFILE_NUMBER:
    case PROFILE_TEXT:
        break;
    }
    return schema_ref("scalar");
}

json_t *schema_file_of_profile(void)
{
    return schema_of(&PROFILE);
}
