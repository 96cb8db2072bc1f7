/* The fields of a packet that is sent: flat ones, the Will, filters and
 * properties. */
#include "script/compile.h"

#include <string.h>

static bool add_field(struct compiler *compiler, struct send_step *send,
                      const struct send_field *field)
{
    struct send_field *fields =
        compile_grow(compiler, send->fields, send->field_count, sizeof *fields);

    if (!fields)
        return false;
    send->fields = fields;
    fields[send->field_count++] = *field;
    return true;
}

/* ---- values ------------------------------------------------------------- */

/* {text: abc, length: 500}: a length that lies. */
static bool lying_text(struct compiler *compiler, const struct node *value,
                       struct send_field *field)
{
    static const struct number_rule length = {
        .what = "a length", .bounded = true, .max = 65535};

    field->stated_length =
        parse_number(compiler, node_get(value, "length"), &length);
    field->value = parse_bytes(compiler, node_get(value, "text"));
    return field->stated_length && field->value;
}

/* {value: 5, width: 2}: a Variable Byte Integer that is too long. */
static bool wide_number(struct compiler *compiler, const struct node *value,
                        struct send_field *field)
{
    static const struct number_rule width = {
        .what = "a width", .bounded = true, .min = 1, .max = 5};
    struct number_rule rule = field_number_rule((enum mqtt_field)field->field);

    field->width = parse_number(compiler, node_get(value, "width"), &width);
    field->value = parse_number(compiler, node_get(value, "value"), &rule);
    return field->width && field->value;
}

static bool has_pair(const struct node *value, const char *a, const char *b)
{
    return value->kind == NODE_MAP && value->count == 2 && node_get(value, a) &&
           node_get(value, b);
}

static bool has_length(enum mqtt_kind kind)
{
    return kind == MQTT_KIND_STRING || kind == MQTT_KIND_BINARY;
}

static bool read_pair(struct compiler *compiler, const struct node *pair,
                      struct send_field *field)
{
    pair = resolve(compiler, pair);
    if (!pair)
        return false;
    if (pair->kind != NODE_LIST || pair->count != 2) {
        fault(compiler, pair->source, "[name, value]", NULL,
              "a user property is a pair");
        return false;
    }
    field->value = parse_bytes(compiler, pair->items[0]);
    field->second = parse_bytes(compiler, pair->items[1]);
    return field->value && field->second;
}

static bool read_value(struct compiler *compiler, const struct node *value,
                       struct send_field *field)
{
    enum mqtt_field id = (enum mqtt_field)field->field;
    enum mqtt_kind kind = mqtt_field_row(id)->kind;
    struct number_rule rule = field_number_rule(id);

    if (kind == MQTT_KIND_PAIR)
        return read_pair(compiler, value, field);
    if (kind == MQTT_KIND_VARINT && has_pair(value, "value", "width"))
        return wide_number(compiler, value, field);
    if (has_length(kind) && has_pair(value, "text", "length"))
        return lying_text(compiler, value, field);
    field->value = field_is_number(id) ? parse_number(compiler, value, &rule)
                                       : parse_bytes(compiler, value);
    return field->value != NULL;
}

static bool check_version(struct compiler *compiler, const struct node *key,
                          enum mqtt_field field)
{
    if (!mqtt_field_row(field)->property || compiler->version == MQTT_5_0)
        return true;
    fault(compiler, key->source, "the property within a '5.0:' block", NULL,
          "MQTT %s has no properties", mqtt_version_name(compiler->version));
    return false;
}

static void put_field(struct compiler *compiler, struct send_step *send,
                      enum mqtt_field id, bool in_will, const struct node *key,
                      const struct node *value)
{
    struct send_field field = {
        .field = (int)id, .in_will = in_will, .source = key->source};

    if (check_version(compiler, key, id) && read_value(compiler, value, &field))
        add_field(compiler, send, &field);
}

/* ---- flat fields -------------------------------------------------------- */

static bool can_send(enum mqtt_type type, enum mqtt_field field)
{
    const struct mqtt_field_row *row = mqtt_field_row(field);

    if (field == MQTT_FIELD_NONE || row->derived || field == MQTT_WILL_TOPIC ||
        field == MQTT_WILL_PAYLOAD)
        return false;
    return row->property || (row->packets >> type & 1);
}

static bool has_codes(enum mqtt_type type, struct slice name)
{
    return slice_is(name, "reason_codes") &&
           (type == MQTT_SUBACK || type == MQTT_UNSUBACK);
}

bool field_sent(enum mqtt_type type, struct slice name)
{
    return has_codes(type, name) || can_send(type, mqtt_field_parse(name));
}

/* "it is a field of publish": what the writer may have had in mind. */
static const char *field_elsewhere(struct compiler *compiler, struct slice name)
{
    enum mqtt_field field = mqtt_field_parse(name);

    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (field != MQTT_FIELD_NONE && can_send((enum mqtt_type)i, field))
            return arena_format(compiler->arena, "it is a field of %s",
                                mqtt_type_name((enum mqtt_type)i));
    return step_key_known(name) ? "it is a key of other steps" : NULL;
}

static const char *field_hint(struct compiler *compiler, const struct node *key,
                              const char *const *fields)
{
    const char *hint = NULL;

    if (node_is(key, "will_topic") || node_is(key, "will_payload"))
        hint = "write will: {topic: …, payload: …}";
    if (!hint)
        hint = field_elsewhere(compiler, key->text);
    if (!hint)
        hint = fault_suggest(compiler->diagnostics, key->text, fields);
    if (!hint)
        hint = fault_suggest(compiler->diagnostics, key->text,
                             step_key_names(compiler, SUBJECT_SEND));
    return hint;
}

static void unknown_field(struct verbing *verbing, const struct node *key)
{
    struct compiler *compiler = verbing->compiler;
    enum mqtt_type type = verbing->step->send->type;
    const char *const *words = field_names(compiler, type, true);

    fault(compiler, key->source, fault_one_of(compiler->diagnostics, words),
          field_hint(compiler, key, words), "'%.*s' is not a field of %s",
          (int)key->text.size, (const char *)key->text.data,
          mqtt_type_name(type));
}

void send_field_read(struct verbing *verbing, const struct entry *entry,
                     const struct node *value)
{
    struct send_step *send = verbing->step->send;
    enum mqtt_field field = mqtt_field_parse(entry->key->text);

    /* One code of a list, as SUBACK has it. */
    if (has_codes(send->type, entry->key->text) && value->kind == NODE_LIST) {
        for (size_t i = 0; i < value->count; i++)
            put_field(verbing->compiler, send, MQTT_REASON_CODE, false,
                      entry->key, value->items[i]);
        return;
    }
    if (can_send(send->type, field))
        put_field(verbing->compiler, send, field, false, entry->key, value);
    else
        unknown_field(verbing, entry->key);
}

/* ---- properties --------------------------------------------------------- */

static void put_pairs(struct compiler *compiler, struct send_step *send,
                      bool in_will, const struct node *key,
                      const struct node *value)
{
    if (value->kind != NODE_LIST) {
        fault(compiler, value->source, "[[name, value], …]", NULL,
              "user properties are a list of pairs");
        return;
    }
    for (size_t i = 0; i < value->count; i++)
        put_field(compiler, send, MQTT_USER_PROPERTY, in_will, key,
                  value->items[i]);
}

void send_user_property(struct verbing *verbing, const struct entry *entry,
                        const struct node *value)
{
    put_pairs(verbing->compiler, verbing->step->send, false, entry->key, value);
}

/* {0x7f: {hex: …}}: an identifier that the standard does not know. */
static void put_unknown(struct compiler *compiler, struct send_step *send,
                        bool in_will, const struct node *key,
                        const struct node *value)
{
    static const struct number_rule identifier = {
        .what = "a property identifier", .bounded = true, .max = 268435455};
    struct send_field field = {.field = MQTT_UNKNOWN_PROPERTY,
                               .in_will = in_will,
                               .source = key->source};

    field.identifier = parse_number(compiler, key, &identifier);
    field.value = parse_bytes(compiler, value);
    if (field.identifier && field.value)
        add_field(compiler, send, &field);
}

static const char *const *property_names(struct compiler *compiler)
{
    const char **words =
        compile_new(compiler, (MQTT_FIELDS + 1) * sizeof *words);
    size_t count = 0;

    for (int i = MQTT_FIRST_PROPERTY; words && i < MQTT_UNKNOWN_PROPERTY; i++)
        words[count++] = mqtt_field_row((enum mqtt_field)i)->name;
    return words;
}

static void put_property(struct compiler *compiler, struct send_step *send,
                         bool in_will, const struct node *item)
{
    const struct node *key;
    enum mqtt_field field;

    item = resolve(compiler, item);
    if (!item)
        return;
    if (item->kind != NODE_MAP || item->count != 1) {
        fault(compiler, item->source, "{property: value}", NULL,
              "this is not one property with its value");
        return;
    }
    key = item->keys[0];
    field = mqtt_field_parse(key->text);
    if (field >= MQTT_FIRST_PROPERTY) {
        const struct node *value = resolve(compiler, item->items[0]);

        if (value)
            put_field(compiler, send, field, in_will, key, value);
        return;
    }
    if (key->text.size && key->text.data[0] >= '0' &&
        key->text.data[0] <= '9') {
        put_unknown(compiler, send, in_will, key, item->items[0]);
        return;
    }
    fault(compiler, key->source, "a property, or an identifier such as 0x7f",
          fault_suggest(compiler->diagnostics, key->text,
                        property_names(compiler)),
          "'%.*s' is not a property", (int)key->text.size,
          (const char *)key->text.data);
}

static void put_properties(struct compiler *compiler, struct send_step *send,
                           bool in_will, const struct node *value)
{
    if (compiler->version != MQTT_5_0) {
        fault(compiler, value->source, "'properties' within a '5.0:' block",
              NULL, "MQTT %s has no properties",
              mqtt_version_name(compiler->version));
        return;
    }
    if (value->kind != NODE_LIST) {
        fault(compiler, value->source, "[{property: value}, …]", NULL,
              "properties are a list");
        return;
    }
    for (size_t i = 0; i < value->count; i++)
        put_property(compiler, send, in_will, value->items[i]);
}

void send_properties(struct verbing *verbing, const struct entry *entry,
                     const struct node *value)
{
    (void)entry;
    verbing->step->send->exact_properties = true;
    put_properties(verbing->compiler, verbing->step->send, false, value);
}

/* ---- the Will ----------------------------------------------------------- */

static const struct {
    const char *name;
    enum mqtt_field field;
} WILL_PARTS[] = {
    {"topic", MQTT_WILL_TOPIC},
    {"payload", MQTT_WILL_PAYLOAD},
    {"qos", MQTT_WILL_QOS},
    {"retain", MQTT_WILL_RETAIN},
};
enum { WILL_PART_COUNT = sizeof WILL_PARTS / sizeof *WILL_PARTS };

static enum mqtt_field will_part(struct slice name)
{
    enum mqtt_field field;

    for (size_t i = 0; i < WILL_PART_COUNT; i++)
        if (slice_is(name, WILL_PARTS[i].name))
            return WILL_PARTS[i].field;
    field = mqtt_field_parse(name);
    return field >= MQTT_FIRST_PROPERTY ? field : MQTT_FIELD_NONE;
}

const char *will_word(size_t index)
{
    static const char *const others[] = {"properties", "property_length", NULL};

    if (index < WILL_PART_COUNT)
        return WILL_PARTS[index].name;
    index -= WILL_PART_COUNT;
    return index < 2 ? others[index] : NULL;
}

static void unknown_part(struct compiler *compiler, const struct node *key)
{
    const char **words =
        compile_new(compiler, (MQTT_FIELDS + 8) * sizeof *words);
    size_t count = 0;

    for (size_t i = 0; words && i < WILL_PART_COUNT; i++)
        words[count++] = WILL_PARTS[i].name;
    for (int i = MQTT_FIRST_PROPERTY; words && i < MQTT_UNKNOWN_PROPERTY; i++)
        if (mqtt_field_row((enum mqtt_field)i)->in_will)
            words[count++] = mqtt_field_row((enum mqtt_field)i)->name;
    for (size_t i = WILL_PART_COUNT; words && will_word(i); i++)
        words[count++] = will_word(i);
    fault(compiler, key->source, fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, key->text, words),
          "'%.*s' is not a part of a Will", (int)key->text.size,
          (const char *)key->text.data);
}

static void will_key(struct verbing *verbing, const struct node *key,
                     const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;
    enum mqtt_field field = will_part(key->text);

    if (node_is(key, "properties"))
        put_properties(compiler, send, true, value);
    else if (node_is(key, "property_length"))
        damage_length(compiler, value, &send->will_property_length);
    else if (field == MQTT_USER_PROPERTY)
        put_pairs(compiler, send, true, key, value);
    else if (field != MQTT_FIELD_NONE)
        put_field(compiler, send, field, true, key, value);
    else
        unknown_part(compiler, key);
}

void send_will(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;
    struct entries keys = {.count = 0};

    (void)entry;
    if (send->type != MQTT_CONNECT) {
        unknown_field(verbing, entry->key);
        return;
    }
    send->has_will = true;
    if (value->kind != NODE_MAP) {
        fault(compiler, value->source, "{topic: …, payload: …}", NULL,
              "a Will is a map");
        return;
    }
    if (!entries_merge(compiler, &keys, value))
        return;
    for (size_t i = 0; i < keys.count; i++) {
        const struct node *part = resolve(compiler, keys.rows[i].value);

        if (part)
            will_key(verbing, keys.rows[i].key, part);
    }
}

/* ---- filters ------------------------------------------------------------ */

static const enum mqtt_field OPTION_PARTS[] = {
    MQTT_QOS, MQTT_NO_LOCAL, MQTT_RETAIN_AS_PUBLISHED, MQTT_RETAIN_HANDLING,
    MQTT_OPTIONS};
enum { OPTION_COUNT = sizeof OPTION_PARTS / sizeof *OPTION_PARTS };

static enum mqtt_field filter_part(struct slice name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (slice_is(name, mqtt_field_row(OPTION_PARTS[i])->name))
            return OPTION_PARTS[i];
    return MQTT_FIELD_NONE;
}

const char *filter_word(size_t index)
{
    if (index == 0)
        return "filter";
    return index <= OPTION_COUNT ? mqtt_field_row(OPTION_PARTS[index - 1])->name
                                 : NULL;
}

static void unknown_option(struct compiler *compiler, const struct node *key)
{
    const char *words[OPTION_COUNT + 2] = {NULL};

    for (size_t i = 0; filter_word(i); i++)
        words[i] = filter_word(i);
    fault(compiler, key->source, fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, key->text, words),
          "'%.*s' is not a part of a filter", (int)key->text.size,
          (const char *)key->text.data);
}

static void put_filter_map(struct compiler *compiler, struct send_step *send,
                           const struct node *map)
{
    const struct node *filter = resolve_get(compiler, map, "filter");

    if (!filter) {
        fault(compiler, map->source, "{filter: …, qos: …}", NULL,
              "this map has no filter");
        return;
    }
    put_field(compiler, send, MQTT_FILTER, false, filter, filter);
    for (size_t i = 0; i < map->count; i++) {
        enum mqtt_field field = filter_part(map->keys[i]->text);
        const struct node *value = resolve(compiler, map->items[i]);

        if (!value || node_is(map->keys[i], "filter"))
            continue;
        if (field == MQTT_FIELD_NONE || send->type != MQTT_SUBSCRIBE)
            unknown_option(compiler, map->keys[i]);
        else
            put_field(compiler, send, field, false, map->keys[i], value);
    }
}

/* A map that says `filter` has options; other maps are bytes. */
static void put_filter(struct compiler *compiler, struct send_step *send,
                       const struct node *item)
{
    item = resolve(compiler, item);
    if (!item)
        return;
    if (item->kind == NODE_MAP && !parse_bytes_form(item) &&
        !has_pair(item, "text", "length"))
        put_filter_map(compiler, send, item);
    else
        put_field(compiler, send, MQTT_FILTER, false, item, item);
}

static void refuse_flat(struct verbing *verbing)
{
    struct compiler *compiler = verbing->compiler;

    for (size_t i = 0; i < verbing->entries->count; i++) {
        const struct node *key = verbing->entries->rows[i].key;

        if (node_is(key, "filter") || filter_part(key->text) != MQTT_FIELD_NONE)
            fault(compiler, key->source, "{filter: …, qos: …} in the list",
                  NULL, "'%.*s' beside 'filters'", (int)key->text.size,
                  (const char *)key->text.data);
    }
}

void send_filters(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;

    if (send->type != MQTT_SUBSCRIBE && send->type != MQTT_UNSUBSCRIBE) {
        unknown_field(verbing, entry->key);
        return;
    }
    if (value->kind != NODE_LIST) {
        fault(compiler, value->source, "a list of filters", NULL,
              "'filters' takes a list");
        return;
    }
    refuse_flat(verbing);
    for (size_t i = 0; i < value->count; i++)
        put_filter(compiler, send, value->items[i]);
    /* An empty list means that no filter is written, not the default one, and
     * no options either. */
    if (!value->count) {
        send->omit[MQTT_FILTER / 64] |= UINT64_C(1) << MQTT_FILTER % 64;
        send->omit[MQTT_OPTIONS / 64] |= UINT64_C(1) << MQTT_OPTIONS % 64;
    }
}
