/* What a step expects and what came, as one line each. */
#include "engine/play.h"

#include <string.h>

#define TEXT_CAP 700
#define ALTERNATIVES_CAP 4000 /* of any_of */

static const char *keep(struct player *player, struct buffer *out)
{
    const char *text = arena_text(player->arena, buffer_string(out));
    buffer_free(out);
    return text ? text : "";
}

static void upper_case(const char *name, struct buffer *out)
{
    for (; *name; name++)
        buffer_u8(out,
                  (uint8_t)(*name >= 'a' && *name <= 'z' ? *name - 'a' + 'A'
                                                         : *name));
}

static void put_size(enum mqtt_type type, size_t size, struct buffer *out)
{
    upper_case(mqtt_type_name(type), out);
    buffer_format(out, " of %zu bytes", size);
}

const char *play_packet_text(struct player *player,
                             const struct mqtt_packet *packet)
{
    struct buffer out = buffer_make(TEXT_CAP);
    mqtt_print(packet, false, &out);
    if (out.failed) {
        buffer_clear(&out);
        put_size(packet->type, packet->size, &out);
    }
    return keep(player, &out);
}

const char *play_bytes_text(struct player *player, struct slice bytes)
{
    struct buffer out = buffer_make(TEXT_CAP);
    put_size((enum mqtt_type)(bytes.data[0] >> 4), bytes.size, &out);
    return keep(player, &out);
}

const char *play_field_name(int field)
{
    switch (field) {
    case EVENT_WIRE_TOPIC:
        return "wire_topic";
    case EVENT_OPTIONS_PROPERTIES:
        return "properties";
    case EVENT_STATUS:
        return "status";
    case EVENT_ACCEPT:
        return "accept";
    case EVENT_SUBPROTOCOL:
        return "subprotocol";
    case EVENT_TLS_VERSION:
        return "version";
    case EVENT_CODE:
        return "code";
    case EVENT_PAYLOAD:
        return "payload";
    case EVENT_HOW:
        return "how";
    default:
        return mqtt_field_row((enum mqtt_field)field)->name;
    }
}

static bool is_hexadecimal(int field)
{
    return field == MQTT_REASON_CODE || field == MQTT_FLAGS ||
           field == MQTT_ACKNOWLEDGE_FLAGS;
}

/* Fields of events are not secret. */
static bool is_secret(int field)
{
    return field < MQTT_FIELDS &&
           mqtt_field_row((enum mqtt_field)field)->secret;
}

static const char *thing_name(const struct expect_step *expect)
{
    switch (expect->thing) {
    case THING_PACKET:
        return mqtt_type_name(expect->type);
    case THING_WS_PONG:
        return "a WebSocket Pong";
    case THING_WS_CLOSE:
        return "a WebSocket Close frame";
    case THING_CLOSE:
        return "the broker closes the connection";
    case THING_REJECTED:
        return "the broker rejects this and closes the connection";
    case THING_SILENCE:
        return "silence";
    case THING_UPGRADE:
        return "the answer to the WebSocket upgrade";
    case THING_TLS:
        return "the end of the TLS handshake";
    default:
        return "bytes";
    }
}

void play_put_value(struct player *player, const struct field_matcher *field,
                    const struct value *value, struct buffer *out)
{
    struct environment environment = play_environment(player);
    bool hexadecimal = is_hexadecimal(field->field);
    if (is_secret(field->field)) {
        buffer_text(out, value->kind == VALUE_NONE ? "absent instead of ***"
                                                   : "*** instead of ***");
        return;
    }
    value_print(value, hexadecimal, out);
    buffer_text(out, " instead of ");
    matcher_print(field->matcher, &environment, hexadecimal, out);
}

static void expected_fields(struct player *player,
                            const struct expect_step *expect,
                            struct buffer *out)
{
    struct environment environment = play_environment(player);
    for (size_t i = 0; i < expect->field_count; i++) {
        const struct field_matcher *field = &expect->fields[i];
        buffer_format(out, "%s %s: ", i ? "," : " with",
                      play_field_name(field->field));
        if (is_secret(field->field))
            buffer_text(out, "***");
        else
            matcher_print(field->matcher, &environment,
                          is_hexadecimal(field->field), out);
    }
    if (expect->reason_code) {
        buffer_text(out, ", reason_code: ");
        matcher_print(expect->reason_code, &environment, true, out);
    }
}

static const char *exchange_text(const struct task *task)
{
    return task->awaits == MQTT_CONNACK ? "CONNACK with reason_code: 0x00"
                                        : NULL;
}

static void put_expectation(struct player *player,
                            const struct expect_step *expect,
                            struct buffer *out)
{
    if (expect->thing == THING_PACKET)
        upper_case(thing_name(expect), out);
    else
        buffer_text(out, thing_name(expect));
    expected_fields(player, expect, out);
}

/* What a step begins to expect, or each of its alternatives does. */
static void put_step(struct player *player, const struct step *step,
                     struct buffer *out)
{
    if (step->verb == VERB_EXPECT) {
        buffer_text(out, out->size ? "\nor " : "");
        put_expectation(player, step->expect, out);
        return;
    }
    size_t count = step->verb == VERB_ANY_OF ? step->child_count
                   : step->child_count       ? 1
                                             : 0;
    for (size_t i = 0; i < count; i++)
        put_step(player, step->children[i], out);
}

const char *play_alternatives(struct player *player, const struct task *task)
{
    struct buffer out = buffer_make(ALTERNATIVES_CAP);
    player->scope = play_scope(task);
    put_step(player, task->step, &out);
    if (out.failed) {
        buffer_clear(&out);
        buffer_text(&out, "one of the alternatives");
    }
    return keep(player, &out);
}

const struct task *play_any_of(const struct task *task)
{
    const struct task *found = NULL;
    for (; task->parent && task->parent->step; task = task->parent) {
        const struct step *step = task->parent->step;
        if (step->verb == VERB_ANY_OF)
            found = task->parent;
        else if (step->child_count && step->children[0] != task->step)
            break;
    }
    return found;
}

const char *play_expected(struct player *player, const struct task *task)
{
    if (task->kind == TASK_EXCHANGE && exchange_text(task))
        return exchange_text(task);
    struct buffer out = buffer_make(TEXT_CAP);
    if (task->kind == TASK_EXCHANGE) {
        upper_case(mqtt_type_name(task->awaits), &out);
        if (task->packet_id)
            buffer_format(&out, " with packet_id: %u", task->packet_id);
        return keep(player, &out);
    }
    if (play_any_of(task))
        return play_alternatives(player, play_any_of(task));
    player->scope = play_scope(task);
    put_expectation(player, task->step->expect, &out);
    if (out.failed) {
        buffer_clear(&out);
        buffer_text(&out, thing_name(task->step->expect));
    }
    return keep(player, &out);
}

static void unfinished_text(size_t size, struct buffer *out)
{
    buffer_format(out, "%zu byte%s no whole packet", size,
                  size == 1 ? " that makes" : "s that make");
}

static const char *end_text(struct player *player, const struct client *client)
{
    struct buffer out = buffer_make(TEXT_CAP);
    size_t unfinished = client->stream.size;
    if (!client_ended(client) && unfinished) {
        unfinished_text(unfinished, &out);
        return keep(player, &out);
    }
    if (!client_ended(client))
        return client->link == LINK_NONE ? "nothing: the connection is ours "
                                           "to open"
                                         : "nothing";
    buffer_text(&out, "the broker closed the connection (");
    bool more = false;
    for (unsigned i = 0; i < NET_SIGNS; i++)
        if (client->signs[i]) {
            buffer_format(&out, "%s%s", more ? ", " : "",
                          net_sign_name((enum net_sign)i));
            more = true;
        }
    buffer_text(&out, ")");
    if (unfinished) {
        buffer_text(&out, " behind ");
        unfinished_text(unfinished, &out);
    }
    return keep(player, &out);
}

const char *play_arrived_text(struct player *player,
                              const struct client *client)
{
    struct received *oldest = client_oldest(client, 0);
    if (oldest)
        return play_packet_text(player, oldest->packet);
    return end_text(player, client);
}
