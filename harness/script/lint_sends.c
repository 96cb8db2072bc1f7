/* A send that breaks the standard by accident makes its case worthless
 * (language.md, trap 27): every packet is encoded and looked at by the strict
 * decoder, unless the case is about broken packets. */
#include "script/compile.h"

#include <stdlib.h>
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

struct trial {
    struct environment environment;
    struct mqtt_packet packet;
    struct mqtt_value values[VALUES_MAX];
    struct mqtt_damage damage;
    bool unknown; /* something cannot be told before the play */
};

/* ---- filling in --------------------------------------------------------- */

static int64_t number_of(struct trial *trial,
                         const struct expression *expression)
{
    const char *error;
    int64_t number = 0;

    if (!expression_number(expression, &trial->environment, &number, &error))
        trial->unknown = true;
    return number;
}

static struct slice bytes_of(struct trial *trial,
                             const struct expression *expression)
{
    struct slice bytes = {NULL, 0};
    const char *error;

    if (!expression_bytes(expression, &trial->environment, &bytes, &error))
        trial->unknown = true;
    return bytes;
}

static void fill(struct trial *trial, const struct send_field *field)
{
    struct mqtt_value *value = &trial->values[trial->packet.count++];

    *value = (struct mqtt_value){.field = (enum mqtt_field)field->field,
                                 .in_will = field->in_will};
    if (field->field == MQTT_UNKNOWN_PROPERTY)
        value->number = (uint32_t)number_of(trial, field->identifier);
    else if (field_is_number(value->field))
        value->number = (uint32_t)number_of(trial, field->value);
    /* A payload may be long and is never illegal. */
    if (!field_is_number(value->field) && field->field != MQTT_PAYLOAD &&
        field->field != MQTT_WILL_PAYLOAD)
        value->bytes = bytes_of(trial, field->value);
    if (field->second)
        value->second = bytes_of(trial, field->second);
    if (field->width)
        value->width = (uint8_t)number_of(trial, field->width);
    value->has_stated_length = field->stated_length != NULL;
    if (field->stated_length)
        value->stated_length = (uint16_t)number_of(trial, field->stated_length);
}

static bool states(const struct trial *trial, enum mqtt_field field)
{
    return mqtt_value_at(&trial->packet, field, 0) != NULL;
}

static void fill_in(struct trial *trial, enum mqtt_field field, bool in_will,
                    uint32_t number, const char *text)
{
    struct mqtt_value *value = &trial->values[trial->packet.count];

    if (in_will ? mqtt_will_value_at(&trial->packet, field, 0) != NULL
                : states(trial, field))
        return;
    *value = (struct mqtt_value){.field = field,
                                 .in_will = in_will,
                                 .number = number,
                                 .bytes = slice_of(text)};
    trial->packet.count++;
}

static bool has_id(const struct trial *trial)
{
    switch (trial->packet.type) {
    case MQTT_PUBLISH:
        return mqtt_number(&trial->packet, MQTT_QOS, 0) > 0;
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
static void fill_defaults(struct trial *trial, const struct send_step *send)
{
    if (send->type == MQTT_CONNECT) {
        fill_in(trial, MQTT_CLEAN_START, false, 1, "");
        fill_in(trial, MQTT_CLIENT_ID, false, 0, "standin");
    }
    if (send->has_will) {
        fill_in(trial, MQTT_WILL_TOPIC, true, 0, "standin");
        fill_in(trial, MQTT_WILL_PAYLOAD, true, 0, "x");
    }
    if (send->type == MQTT_PUBLISH)
        fill_in(trial, MQTT_TOPIC, false, 0, "standin");
    if (has_id(trial))
        fill_in(trial, MQTT_PACKET_ID, false, 1, "");
}

static struct mqtt_length length_of(struct trial *trial,
                                    const struct send_length *stated)
{
    struct mqtt_length length = {.form = stated->form};

    if (stated->form == MQTT_LENGTH_BYTES)
        length.bytes = bytes_of(trial, stated->value);
    else if (stated->form != MQTT_LENGTH_TRUE)
        length.number = number_of(trial, stated->value);
    return length;
}

static void fill_damage(struct trial *trial, const struct send_step *send)
{
    struct mqtt_damage *damage = &trial->damage;

    damage->omit[0] = send->omit[0];
    damage->omit[1] = send->omit[1];
    damage->has_flags = send->flags != NULL;
    if (send->flags)
        damage->flags = (uint8_t)number_of(trial, send->flags);
    damage->has_packet_type = send->packet_type != NULL;
    if (send->packet_type)
        damage->packet_type = (uint8_t)number_of(trial, send->packet_type);
    damage->property_length = length_of(trial, &send->property_length);
    damage->will_property_length =
        length_of(trial, &send->will_property_length);
    damage->remaining_length = length_of(trial, &send->remaining_length);
    damage->has_insert = send->insert != NULL;
    if (send->insert) {
        damage->insert_at = (size_t)number_of(trial, send->insert_at);
        damage->insert = bytes_of(trial, send->insert);
    }
    if (send->append)
        damage->append = bytes_of(trial, send->append);
    damage->has_truncate = send->truncate != NULL;
    if (send->truncate)
        damage->truncate = (size_t)number_of(trial, send->truncate);
}

/* ---- looking at it ------------------------------------------------------ */

static const char *judge(struct slice bytes, enum mqtt_version version)
{
    struct mqtt_findings findings = {.count = 0};
    struct mqtt_packet *packet;
    bool readable = true;
    size_t size;

    if (mqtt_frame(bytes, &size) != MQTT_FRAME_WHOLE || size != bytes.size)
        return "its length is wrong";
    packet = mqtt_decode(bytes, version, false, &findings, &readable);
    mqtt_packet_free(packet);
    if (findings.count)
        return mqtt_rule_text(findings.rows[0].rule);
    return packet || readable ? NULL : "it cannot be read";
}

static const char *encode(struct trial *trial)
{
    struct buffer bytes = buffer_make(PACKET_MAX);
    const char *found = NULL;

    if (mqtt_encode(&trial->packet, &trial->damage, &bytes))
        found = judge(buffer_slice(&bytes), trial->packet.version);
    buffer_free(&bytes);
    return found;
}

static const char *try_send(const struct send_step *send,
                            enum mqtt_version version, struct arena *arena)
{
    struct trial trial = {.environment = {.lookup = stand_in,
                                          .auth = stand_in_move,
                                          .arena = arena},
                          .packet = {.version = version, .type = send->type}};

    trial.packet.values = trial.values;
    for (size_t i = 0; i < send->field_count && !trial.unknown; i++)
        fill(&trial, &send->fields[i]);
    fill_defaults(&trial, send);
    fill_damage(&trial, send);
    return trial.unknown ? NULL : encode(&trial);
}

/* Most sends are plain, and plain ones are legal. */
static bool is_plain(const struct send_step *send)
{
    return send->field_count == 0 && !send->has_will && !send->omit[0] &&
           !send->omit[1] && !send->flags && !send->packet_type &&
           !send->insert && !send->append && !send->truncate &&
           send->remaining_length.form == MQTT_LENGTH_TRUE &&
           send->property_length.form == MQTT_LENGTH_TRUE;
}

static void check_send(struct compiler *compiler, const struct step *step)
{
    const struct send_step *send = step->send;
    enum mqtt_version version;
    const char *found;
    struct arena *arena;

    /* What stops half-way is unfinished, not illegal. */
    if (step->verb != VERB_SEND || send->thing != THING_PACKET ||
        is_plain(send) || send->stop_after ||
        send->field_count > VALUES_MAX - 8)
        return;
    version = step_version(compiler->script, step);
    arena = arena_new(TRIAL_ARENA_MAX);
    found = arena ? try_send(send, version, arena) : NULL;
    arena_free(arena);
    if (found)
        fault(compiler, step->source,
              "a legal packet, or a step that expects rejected or close", NULL,
              "this %s breaks the standard: %s", mqtt_type_name(send->type),
              found);
}

/* ---- which steps --------------------------------------------------------- */

static bool expects_end(const struct step *step)
{
    if (step->verb == VERB_EXPECT && (step->expect->thing == THING_CLOSE ||
                                      step->expect->thing == THING_REJECTED ||
                                      step->expect->thing == THING_WS_CLOSE))
        return true;
    for (size_t i = 0; i < step->child_count; i++)
        if (expects_end(step->children[i]))
            return true;
    return false;
}

void lint_sends(struct compiler *compiler)
{
    const struct script *script = compiler->script;
    bool ends = expects_end(script->steps);

    lint_walk(compiler, script->given, check_send);
    if (!ends)
        lint_walk(compiler, script->steps, check_send);
    lint_goodbye(compiler, !ends);
}
