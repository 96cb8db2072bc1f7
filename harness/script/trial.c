/* A packet as it will be on the wire, tried before there is a play: what only
 * a play knows is stood in for. */
#include "script/compile.h"

#include <string.h>

#define TRIAL_ARENA_MAX ((size_t)1 << 20)
enum { PACKET_MAX = 1 << 20, VALUES_MAX = 64 };

/* What stands for all that only a play knows. */
static bool stand_in(void *user, const char *name, struct value *value)
{
    (void)user;
    *value = (struct value){.kind = VALUE_NUMBER, .number = 1};
    if (!strcmp(name, "id") || !strcmp(name, "topic") ||
        !strcmp(name, "auth.method") || !strncmp(name, "profile.", 8))
        *value =
            (struct value){.kind = VALUE_BYTES, .bytes = slice_of("standin")};
    else if (!strcmp(name, "grace") || !strncmp(name, "limits.", 7))
        value->number = INT64_C(1000000000);
    return true;
}

static bool stand_in_move(void *user, struct slice move, struct value *value)
{
    (void)user;
    (void)move;
    *value = (struct value){.kind = VALUE_BYTES, .bytes = slice_of("move")};
    return true;
}

struct attempt {
    struct environment environment;
    struct mqtt_packet packet;
    struct mqtt_value values[VALUES_MAX];
    struct mqtt_damage damage;
    bool unknown; /* something cannot be told before the play */
};

/* ---- filling in --------------------------------------------------------- */

static int64_t number_of(struct attempt *attempt,
                         const struct expression *expression)
{
    const char *error;
    int64_t number = 0;

    if (!expression_number(expression, &attempt->environment, &number, &error))
        attempt->unknown = true;
    return number;
}

static struct slice bytes_of(struct attempt *attempt,
                             const struct expression *expression)
{
    struct slice bytes = {NULL, 0};
    const char *error;

    if (!expression_bytes(expression, &attempt->environment, &bytes, &error))
        attempt->unknown = true;
    return bytes;
}

/* It may be made of any number of bytes, and none of them is illegal. */
static bool is_payload(const struct send_field *field)
{
    return field->field == MQTT_PAYLOAD || field->field == MQTT_WILL_PAYLOAD;
}

static void fill(struct attempt *attempt, const struct send_field *field)
{
    struct mqtt_value *value = &attempt->values[attempt->packet.count++];

    *value = (struct mqtt_value){.field = (enum mqtt_field)field->field,
                                 .in_will = field->in_will};
    if (field->field == MQTT_UNKNOWN_PROPERTY)
        value->number = (uint32_t)number_of(attempt, field->identifier);
    else if (field_is_number(value->field))
        value->number = (uint32_t)number_of(attempt, field->value);
    if (is_payload(field) && field->value->kind != EXPRESSION_BYTES)
        value->bytes = slice_of("");
    else if (!field_is_number(value->field))
        value->bytes = bytes_of(attempt, field->value);
    if (field->second)
        value->second = bytes_of(attempt, field->second);
    if (field->width)
        value->width = (uint8_t)number_of(attempt, field->width);
    value->has_stated_length = field->stated_length != NULL;
    if (field->stated_length)
        value->stated_length =
            (uint16_t)number_of(attempt, field->stated_length);
}

static bool states(const struct attempt *attempt, enum mqtt_field field)
{
    return mqtt_value_at(&attempt->packet, field, 0) != NULL;
}

static void fill_in(struct attempt *attempt, enum mqtt_field field,
                    bool in_will, uint32_t number, const char *text)
{
    struct mqtt_value *value = &attempt->values[attempt->packet.count];

    if (in_will ? mqtt_will_value_at(&attempt->packet, field, 0) != NULL
                : states(attempt, field))
        return;
    *value = (struct mqtt_value){.field = field,
                                 .in_will = in_will,
                                 .number = number,
                                 .bytes = slice_of(text)};
    attempt->packet.count++;
}

static bool has_id(const struct attempt *attempt)
{
    switch (attempt->packet.type) {
    case MQTT_PUBLISH:
        return mqtt_number(&attempt->packet, MQTT_QOS, 0) > 0;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        return true;
    default:
        return false;
    }
}

/* What the player adds to a packet by itself. */
static void fill_defaults(struct attempt *attempt, const struct send_step *send)
{
    if (send->type == MQTT_CONNECT) {
        fill_in(attempt, MQTT_CLEAN_START, false, 1, "");
        fill_in(attempt, MQTT_CLIENT_ID, false, 0, "standin");
    }
    if (send->has_will) {
        fill_in(attempt, MQTT_WILL_TOPIC, true, 0, "standin");
        fill_in(attempt, MQTT_WILL_PAYLOAD, true, 0, "x");
    }
    if (send->type == MQTT_PUBLISH)
        fill_in(attempt, MQTT_TOPIC, false, 0, "standin");
    if (has_id(attempt))
        fill_in(attempt, MQTT_PACKET_ID, false, 1, "");
}

static struct mqtt_length length_of(struct attempt *attempt,
                                    const struct send_length *stated)
{
    struct mqtt_length length = {.form = stated->form};

    if (stated->form == MQTT_LENGTH_BYTES)
        length.bytes = bytes_of(attempt, stated->value);
    else if (stated->form != MQTT_LENGTH_TRUE)
        length.number = number_of(attempt, stated->value);
    return length;
}

static void fill_damage(struct attempt *attempt, const struct send_step *send)
{
    struct mqtt_damage *damage = &attempt->damage;

    damage->omit[0] = send->omit[0];
    damage->omit[1] = send->omit[1];
    damage->has_flags = send->flags != NULL;
    if (send->flags)
        damage->flags = (uint8_t)number_of(attempt, send->flags);
    damage->has_packet_type = send->packet_type != NULL;
    if (send->packet_type)
        damage->packet_type = (uint8_t)number_of(attempt, send->packet_type);
    damage->property_length = length_of(attempt, &send->property_length);
    damage->will_property_length =
        length_of(attempt, &send->will_property_length);
    damage->remaining_length = length_of(attempt, &send->remaining_length);
    damage->has_insert = send->insert != NULL;
    if (send->insert) {
        damage->insert_at = (size_t)number_of(attempt, send->insert_at);
        damage->insert = bytes_of(attempt, send->insert);
    }
    if (send->append)
        damage->append = bytes_of(attempt, send->append);
    damage->has_truncate = send->truncate != NULL;
    if (send->truncate)
        damage->truncate = (size_t)number_of(attempt, send->truncate);
}

/* ---- looking at it ------------------------------------------------------ */

static void judge(struct slice bytes, enum mqtt_version version,
                  struct trial *trial)
{
    struct mqtt_findings findings = {.count = 0};
    struct mqtt_packet *packet;
    bool readable = true;
    size_t size;

    trial->size = bytes.size;
    if (mqtt_frame(bytes, &size) != MQTT_FRAME_WHOLE || size != bytes.size) {
        trial->found = "its length is wrong";
        return;
    }
    packet = mqtt_decode(bytes, version, false, &findings, &readable);
    if (packet)
        trial->body = packet->remaining_length;
    mqtt_packet_free(packet);
    if (findings.count) {
        trial->finding = findings.rows[0];
        trial->statement = mqtt_finding_statement(
            &findings.rows[0], version, (enum mqtt_type)(bytes.data[0] >> 4));
        trial->found = mqtt_rule_text(findings.rows[0].rule);
    } else if (!packet && !readable) {
        trial->found = "it cannot be read";
    }
}

static void encode(struct attempt *attempt, struct trial *trial)
{
    struct buffer bytes = buffer_make(PACKET_MAX);

    trial->known = mqtt_encode(&attempt->packet, &attempt->damage, &bytes);
    if (trial->known)
        judge(buffer_slice(&bytes), attempt->packet.version, trial);
    buffer_free(&bytes);
}

struct trial send_try(const struct send_step *send, enum mqtt_version version)
{
    struct attempt attempt = {
        .environment = {.lookup = stand_in, .auth = stand_in_move},
        .packet = {.version = version, .type = send->type}};
    struct trial trial = {.known = false};

    if (send->thing != THING_PACKET || send->field_count > VALUES_MAX - 8)
        return trial;
    attempt.environment.arena = arena_new(TRIAL_ARENA_MAX);
    if (!attempt.environment.arena)
        return trial;
    attempt.packet.values = attempt.values;
    for (size_t i = 0; i < send->field_count && !attempt.unknown; i++)
        fill(&attempt, &send->fields[i]);
    fill_defaults(&attempt, send);
    fill_damage(&attempt, send);
    if (!attempt.unknown)
        encode(&attempt, &trial);
    arena_free(attempt.environment.arena);
    return trial;
}
