/* Which fields a packet has, and what their values may be: all of it read
 * from the table of the mqtt room. */
#include "script/compile.h"

#include <string.h>

bool field_is_number(enum mqtt_field field)
{
    switch (mqtt_field_row(field)->kind) {
    case MQTT_KIND_BIT:
    case MQTT_KIND_BITS:
    case MQTT_KIND_U8:
    case MQTT_KIND_U16:
    case MQTT_KIND_U32:
    case MQTT_KIND_VARINT:
        return true;
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
    case MQTT_KIND_PAIR:
    case MQTT_KIND_REST:
        break;
    }
    return false;
}

/* What the bits or bytes can hold, legal or not. */
static int64_t type_max(const struct mqtt_field_row *row)
{
    switch (row->kind) {
    case MQTT_KIND_BIT:
        return 1;
    case MQTT_KIND_BITS:
        return row->max > 3 ? 15 : 3;
    case MQTT_KIND_U8:
        return 0xff;
    case MQTT_KIND_U16:
        return 0xffff;
    case MQTT_KIND_VARINT:
        return 268435455;
    case MQTT_KIND_U32:
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
    case MQTT_KIND_PAIR:
    case MQTT_KIND_REST:
        break;
    }
    return 0xffffffff;
}

struct number_rule field_number_rule(enum mqtt_field field)
{
    const struct mqtt_field_row *row = mqtt_field_row(field);

    return (struct number_rule){.what = row->name,
                                .boolean = row->max <= 1,
                                .bounded = true,
                                .max = type_max(row)};
}

/* ---- events ------------------------------------------------------------- */

enum on_event { ON_PUBLISH, ON_UPGRADE, ON_TLS, ON_WS_CLOSE, ON_PONG, ON_END };
static const struct event_row {
    const char *name;
    int field;
    enum on_event on;
    bool is_number;
    enum match_shape shape;
} EVENT_ROWS[] = {
    {"wire_topic", EVENT_WIRE_TOPIC, ON_PUBLISH, false, MATCH_SCALAR},
    {"status", EVENT_STATUS, ON_UPGRADE, true, MATCH_SCALAR},
    {"accept", EVENT_ACCEPT, ON_UPGRADE, false, MATCH_SCALAR},
    {"subprotocol", EVENT_SUBPROTOCOL, ON_UPGRADE, false, MATCH_SCALAR},
    {"version", EVENT_TLS_VERSION, ON_TLS, false, MATCH_SCALAR},
    {"code", EVENT_CODE, ON_WS_CLOSE, true, MATCH_SCALAR},
    {"payload", EVENT_PAYLOAD, ON_PONG, false, MATCH_SCALAR},
    {"how", EVENT_HOW, ON_END, false, MATCH_SIGNS},
};
enum { EVENT_ROW_COUNT = sizeof EVENT_ROWS / sizeof *EVENT_ROWS };

static bool event_fits(const struct event_row *row,
                       const struct expect_step *expect)
{
    switch (row->on) {
    case ON_PUBLISH:
        return expect->thing == THING_PACKET && expect->type == MQTT_PUBLISH;
    case ON_UPGRADE:
        return expect->thing == THING_UPGRADE;
    case ON_TLS:
        return expect->thing == THING_TLS;
    case ON_WS_CLOSE:
        return expect->thing == THING_WS_CLOSE;
    case ON_PONG:
        return expect->thing == THING_WS_PONG;
    case ON_END:
        break;
    }
    return expect->thing == THING_CLOSE;
}

static const struct event_row *find_event(int field)
{
    for (size_t i = 0; i < EVENT_ROW_COUNT; i++)
        if (EVENT_ROWS[i].field == field)
            return &EVENT_ROWS[i];
    return NULL;
}

static struct match_rule event_rule(int field)
{
    const struct event_row *row = find_event(field);

    if (field == EVENT_OPTIONS_PROPERTIES)
        return (struct match_rule){.shape = MATCH_PROPERTIES};
    return (struct match_rule){
        .is_number = row->is_number,
        .number = {.what = row->name, .bounded = true, .max = 0xffff},
        .shape = row->shape};
}

struct match_rule field_match_rule(int field)
{
    enum mqtt_field packet_field = (enum mqtt_field)field;
    struct match_rule rule = {.shape = MATCH_SCALAR};

    if (field >= MQTT_FIELDS)
        return event_rule(field);
    rule.is_number = field_is_number(packet_field);
    rule.number = field_number_rule(packet_field);
    rule.is_remaining = packet_field == MQTT_MESSAGE_EXPIRY_INTERVAL;
    if (packet_field == MQTT_SUBSCRIPTION_IDENTIFIER)
        rule.shape = MATCH_SET;
    if (packet_field == MQTT_USER_PROPERTY) {
        rule.shape = MATCH_LIST;
        rule.is_pair = true;
    }
    return rule;
}

/* ---- packets ------------------------------------------------------------ */

/* Fields of the fixed header: what an expect and a save may ask of any. */
static bool is_header(enum mqtt_field field)
{
    return field == MQTT_FLAGS || field == MQTT_PACKET_TYPE ||
           field == MQTT_REMAINING_LENGTH || field == MQTT_PACKET_SIZE;
}

/* The Will's own parts have their place within `will`. */
static bool is_nested(enum mqtt_field field)
{
    return field == MQTT_WILL_TOPIC || field == MQTT_WILL_PAYLOAD ||
           field == MQTT_WILL_PROPERTY_LENGTH || field == MQTT_PROPERTY_LENGTH;
}

static bool packet_has(enum mqtt_type type, enum mqtt_field field, bool sent)
{
    const struct mqtt_field_row *row = mqtt_field_row(field);

    if (is_nested(field) || (sent && row->derived))
        return false;
    if (is_header(field))
        return !sent;
    if (!sent && row->property)
        return mqtt_property_legal(field, type, true);
    return (row->packets >> type & 1) != 0;
}

static size_t add_events(enum mqtt_type type, const char **words)
{
    size_t count = 0;

    words[count++] = "properties";
    if (type == MQTT_SUBACK || type == MQTT_UNSUBACK)
        words[count++] = "reason_codes";
    if (type == MQTT_PUBLISH)
        words[count++] = "wire_topic";
    return count;
}

static size_t add_parts(enum mqtt_type type, const char **words)
{
    size_t count = 0;

    words[count++] = "properties";
    if (type == MQTT_CONNECT)
        words[count++] = "will";
    if (type == MQTT_SUBSCRIBE || type == MQTT_UNSUBSCRIBE)
        words[count++] = "filters";
    return count;
}

const char *const *field_names(struct compiler *compiler, enum mqtt_type type,
                               bool sent)
{
    const char **words =
        compile_new(compiler, (MQTT_FIELDS + 4) * sizeof *words);
    size_t count = 0;

    if (!words)
        return NULL;
    for (int i = MQTT_FIELD_NONE + 1; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (packet_has(type, (enum mqtt_field)i, sent))
            words[count++] = mqtt_field_row((enum mqtt_field)i)->name;
    count +=
        sent ? add_parts(type, words + count) : add_events(type, words + count);
    words[count] = NULL;
    return words;
}

static int find_of_expect(const struct expect_step *expect, struct slice name,
                          bool save)
{
    enum mqtt_field field = mqtt_field_parse(name);

    for (size_t i = 0; i < EVENT_ROW_COUNT; i++)
        if (slice_is(name, EVENT_ROWS[i].name) &&
            event_fits(&EVENT_ROWS[i], expect))
            return EVENT_ROWS[i].field;
    if (expect->thing != THING_PACKET)
        return MQTT_FIELD_NONE;
    if (!save && slice_is(name, "properties"))
        return EVENT_OPTIONS_PROPERTIES;
    if (slice_is(name, "reason_codes"))
        return expect->type == MQTT_SUBACK || expect->type == MQTT_UNSUBACK
                   ? MQTT_REASON_CODE
                   : MQTT_FIELD_NONE;
    /* The keep alive that CONNACK grants has a value in any version. */
    if (save && field == MQTT_KEEP_ALIVE && expect->type == MQTT_CONNACK)
        return (int)field;
    return packet_has(expect->type, field, false) ? (int)field
                                                  : MQTT_FIELD_NONE;
}

const char *field_word(size_t index)
{
    static const char *const others[] = {"properties", "reason_codes", NULL};
    const size_t fields = MQTT_UNKNOWN_PROPERTY - MQTT_FLAGS;

    if (index < fields)
        return mqtt_field_row((enum mqtt_field)(MQTT_FLAGS + index))->name;
    index -= fields;
    if (index < EVENT_ROW_COUNT)
        return EVENT_ROWS[index].name;
    return index - EVENT_ROW_COUNT < 2 ? others[index - EVENT_ROW_COUNT] : NULL;
}

bool field_expected(enum mqtt_type type, struct slice name)
{
    const struct expect_step expect = {.thing = THING_PACKET, .type = type};

    return find_of_expect(&expect, name, false) != MQTT_FIELD_NONE;
}

static const char *const *event_names(struct compiler *compiler,
                                      const struct expect_step *expect)
{
    const char **words =
        compile_new(compiler, (EVENT_ROW_COUNT + 1) * sizeof *words);
    size_t count = 0;

    for (size_t i = 0; words && i < EVENT_ROW_COUNT; i++)
        if (event_fits(&EVENT_ROWS[i], expect))
            words[count++] = EVENT_ROWS[i].name;
    return words;
}

int field_of_expect(struct compiler *compiler, const struct expect_step *expect,
                    const struct node *key, bool save)
{
    int field = find_of_expect(expect, key->text, save);
    const char *const *words;

    if (field != MQTT_FIELD_NONE)
        return field;
    words = expect->thing == THING_PACKET
                ? field_names(compiler, expect->type, false)
                : event_names(compiler, expect);
    fault(compiler, key->source, fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, key->text, words),
          "'%.*s' is not a field of %s from a broker", (int)key->text.size,
          (const char *)key->text.data,
          expect->thing == THING_PACKET ? mqtt_type_name(expect->type)
                                        : "this event");
    return MQTT_FIELD_NONE;
}
