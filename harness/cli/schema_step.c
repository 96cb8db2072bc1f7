/* The schema of steps: one definition for each verb, packet and event, with
 * the keys and fields that the tables give it. */
#include "cli/schema.h"
#include "script/compile.h"
#include <stdio.h>
#include <string.h>

/* ---- values ------------------------------------------------------------- */

static json_t *one_or_list(void)
{
    return schema_either(schema_ref("scalar"),
                         schema_list(schema_ref("scalar")));
}

static json_t *step(void)
{
    return schema_ref("step");
}

static json_t *steps(void)
{
    return schema_either(schema_list(schema_ref("step")), schema_ref("name"));
}

static json_t *step_or_steps(void)
{
    return schema_either(schema_ref("step"), steps());
}

static json_t *members(void)
{
    return schema_either(schema_list(step_or_steps()), schema_ref("name"));
}

static json_t *lists_of_steps(void)
{
    return schema_either(schema_list(steps()), schema_ref("name"));
}

static json_t *boolean(void)
{
    static const char *const words[] = {"true", "false", NULL};

    return schema_words_or_name(words);
}

static json_t *scalar(void)
{
    return schema_ref("scalar");
}

static json_t *packets(bool (*goes)(enum mqtt_type type))
{
    const char *words[MQTT_TYPES + 1] = {NULL};
    size_t count = 0;

    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (goes((enum mqtt_type)i))
            words[count++] = mqtt_type_name((enum mqtt_type)i);
    return schema_words_or_name(words);
}

static json_t *packet_of_client(void)
{
    return packets(mqtt_type_to_server);
}

static json_t *packet_of_broker(void)
{
    return packets(mqtt_type_to_client);
}

static json_t *words_after(bool (*get)(size_t index, struct step_word *word))
{
    const char *words[MQTT_TYPES + SUBJECTS + 1] = {NULL};
    struct step_word word;

    for (size_t i = 0; get(i, &word); i++)
        words[i] = word.name;
    return schema_words_or_name(words);
}

static json_t *packet(void)
{
    return words_after(step_send_word);
}

static json_t *event(void)
{
    return words_after(step_expect_word);
}

static void put_merged(struct part *properties, const char *definition)
{
    for (size_t i = 0; MERGED_KEYS[i]; i++)
        put(properties, MERGED_KEYS[i], schema_ref(definition));
}

/* A map with these properties, or `$name`. */
static json_t *map_or_name(json_t *properties)
{
    struct part schema = {schema_map(properties, NULL)};

    put(&schema, "type", json_pack("[ss]", "object", "string"));
    put(&schema, "pattern", json_string("^\\$"));
    return schema.value;
}

static json_t *will_parts(void)
{
    struct part properties = object_new();

    for (size_t i = 0; will_word(i); i++)
        put(&properties, will_word(i), json_object());
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        put(&properties, mqtt_field_row((enum mqtt_field)i)->name,
            json_object());
    put_merged(&properties, "will");
    return map_or_name(properties.value);
}

static json_t *will(void)
{
    return schema_ref("will");
}

/* A map that says `filter` has options; other maps are bytes. */
static json_t *filters(void)
{
    struct part properties = object_new(), item = object_new();

    for (size_t i = 0; filter_word(i); i++)
        put(&properties, filter_word(i), json_object());
    put(&item, "if",
        json_pack("{sss[s]}", "type", "object", "required", "filter"));
    put(&item, "then", schema_map(properties.value, NULL));
    return schema_either(schema_list(item.value), schema_ref("name"));
}

static json_t *lists(void)
{
    return schema_either(schema_list(json_object()), schema_ref("name"));
}

static const struct {
    const char *shape;
    json_t *(*make)(void);
} SHAPES[] = {
    {"packet", packet},
    {"event", event},
    {"packet of a client", packet_of_client},
    {"packet of a broker", packet_of_broker},
    {"steps", steps},
    {"members", members},
    {"step or steps", step_or_steps},
    {"lists of steps", lists_of_steps},
    {"step", step},
    {"boolean", boolean},
    {"moment", scalar},
    {"duration", scalar},
    {"name", scalar},
    {"condition", scalar},
    {"client or clients", one_or_list},
    {"versions or transports", one_or_list},
    {"field names", one_or_list},
    {"statements", lists},
    {"pairs", lists},
    {"properties", lists},
    {"will", will},
    {"filters", filters},
};

static json_t *parts_of(const struct step_key *key)
{
    struct part properties = object_new();

    for (size_t i = 0; key->parts[i]; i++)
        put(&properties, key->parts[i], json_object());
    return map_or_name(properties.value);
}

static json_t *shaped(const struct step_key *key)
{
    if (key->words && key->parts)
        return schema_either(schema_words(key->words), parts_of(key));
    if (key->parts)
        return parts_of(key);
    /* `split` alone takes a list beside its words. */
    if (key->words && strncmp(key->shape, "offsets", 7) == 0)
        return schema_either(schema_words_or_name(key->words), lists());
    if (key->words)
        return schema_words_or_name(key->words);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (strcmp(SHAPES[i].shape, key->shape) == 0)
            return SHAPES[i].make();
    return json_object();
}

static json_t *value_of(const struct step_key *key)
{
    return schema_described(shaped(key), key->shape);
}

/* ---- one kind of step --------------------------------------------------- */

struct kind {
    char name[60]; /* of its definition */
    enum subject subject;
    enum mqtt_type type;
};

static struct kind kind_of_word(const char *verb, const struct step_word *word)
{
    struct kind kind = {.subject = word->subject, .type = word->type};

    snprintf(kind.name, sizeof kind.name, "%s_%s", verb, word->name);
    return kind;
}

static struct kind kind_of_verb(const struct step_key *verb)
{
    struct kind kind = {.subject = SUBJECT_MARK};

    snprintf(kind.name, sizeof kind.name, "step_%s", verb->name);
    for (unsigned i = 0; verb->role == KEY_VERB && i < SUBJECTS; i++)
        if (verb->subjects >> i & 1) {
            kind.subject = (enum subject)i;
            break;
        }
    return kind;
}

static bool takes_field(const struct kind *kind, const char *name)
{
    if (kind->subject == SUBJECT_SEND)
        return field_sent(kind->type, slice_of(name));
    return kind->subject == SUBJECT_EXPECT &&
           field_expected(kind->type, slice_of(name));
}

/* Of sent fields: a value, or a map that gives the bytes. */
static json_t *field_value(const struct kind *kind, const char *name)
{
    enum mqtt_field field = mqtt_field_parse(slice_of(name));
    struct part schema = object_new();

    if (kind->subject == SUBJECT_SEND && field != MQTT_FIELD_NONE &&
        mqtt_field_row(field)->kind != MQTT_KIND_PAIR)
        put(&schema, "type",
            json_pack("[sssss]", "string", "number", "boolean", "null",
                      "object"));
    return schema.value;
}

static void put_definition(struct part *definitions, const struct kind *kind)
{
    struct part properties = object_new();
    const struct step_key *key;
    const char *name;

    for (size_t i = 0; (name = field_word(i)); i++)
        if (takes_field(kind, name))
            put(&properties, name, field_value(kind, name));
    for (size_t i = 0; (key = step_key_row(i)); i++)
        if (key->subjects >> kind->subject & 1)
            put(&properties, key->name, value_of(key));
    put_merged(&properties, kind->name);
    put(definitions, kind->name, map_or_name(properties.value));
}

/* A step whose verb stands elsewhere: any key that some step has. */
static void put_any(struct part *definitions)
{
    struct part properties = object_new();
    const struct step_key *key;
    const char *name;

    for (size_t i = 0; (name = field_word(i)); i++)
        put(&properties, name, json_object());
    for (size_t i = 0; (key = step_key_row(i)); i++)
        put(&properties, key->name, json_object());
    put_merged(&properties, "step_any");
    put(definitions, "step_any", map_or_name(properties.value));
}

/* ---- which kind a step is ----------------------------------------------- */

static bool takes_words(const struct step_key *verb)
{
    return strcmp(verb->shape, "packet") == 0 ||
           strcmp(verb->shape, "event") == 0;
}

/* {"if": {the key is there, and with this value}, "then": {"$ref"}} */
static json_t *branch(const char *key, json_t *value, const char *definition)
{
    struct part condition = {schema_requires(key)}, properties = object_new();
    struct part schema = object_new();

    put(&properties, key, value);
    /* `repeat` brings its `do` along. */
    if (strcmp(key, "do") == 0)
        put(&properties, "repeat", json_false());
    put(&condition, "properties", properties.value);
    put(&schema, "if", condition.value);
    put(&schema, "then", schema_ref(definition));
    return schema.value;
}

static void add_words(struct part *branches, struct part *definitions,
                      const struct step_key *verb)
{
    bool sends = strcmp(verb->shape, "packet") == 0;
    struct part only = object_new();
    struct step_word word;

    for (size_t i = 0;
         sends ? step_send_word(i, &word) : step_expect_word(i, &word); i++) {
        struct kind kind = kind_of_word(verb->name, &word);
        struct part value = object_new();

        put(&value, "const", json_string(word.name));
        add(branches, branch(verb->name, value.value, kind.name));
        put_definition(definitions, &kind);
    }
    add(branches, branch(verb->name, schema_ref("name"), "step_any"));
    put(&only, verb->name, sends ? packet() : event());
    add(branches, json_pack("{so}", "properties", only.value));
}

static json_t *branches_of(struct part *definitions)
{
    struct part branches = array_new();
    const struct step_key *key;

    for (size_t i = 0; (key = step_key_row(i)); i++) {
        struct kind kind = kind_of_verb(key);

        if (key->role == KEY_VERB && takes_words(key)) {
            add_words(&branches, definitions, key);
        } else if (key->role == KEY_VERB) {
            add(&branches, branch(key->name, json_object(), kind.name));
            put_definition(definitions, &kind);
        }
    }
    return branches.value;
}

/* One of the verbs is there. */
static json_t *some_verb(void)
{
    struct part any = array_new();
    const struct step_key *key;

    for (size_t i = 0; (key = step_key_row(i)); i++)
        if (key->role == KEY_VERB)
            add(&any, schema_requires(key->name));
    return json_pack("{so}", "anyOf", any.value);
}

/* A verb of its own that no version block replaces. */
static json_t *own_verb(void)
{
    struct part schema = {some_verb()}, blocks = object_new();

    for (size_t i = 0; MERGED_KEYS[i]; i++)
        if (strcmp(MERGED_KEYS[i], "with") != 0)
            put(&blocks, MERGED_KEYS[i], json_pack("{so}", "not", some_verb()));
    put(&schema, "properties", blocks.value);
    return schema.value;
}

static json_t *verb_from_elsewhere(void)
{
    struct part any = array_new(), schema;

    add(&any, some_verb());
    add(&any, schema_requires("mark"));
    for (size_t i = 0; MERGED_KEYS[i]; i++)
        add(&any, schema_requires(MERGED_KEYS[i]));
    schema = (struct part){json_pack("{so}", "anyOf", any.value)};
    put(&schema, "$ref", json_string("#/$defs/step_any"));
    return schema.value;
}

void schema_put_steps(struct part *definitions)
{
    struct part schema = object_new();

    put(&schema, "type", json_pack("[ss]", "object", "string"));
    put(&schema, "pattern", json_string("^\\$"));
    put(&schema, "if", own_verb());
    put(&schema, "then", json_pack("{so}", "allOf", branches_of(definitions)));
    put(&schema, "else", verb_from_elsewhere());
    put(definitions, "step", schema.value);
    put(definitions, "will", will_parts());
    put_any(definitions);
}
