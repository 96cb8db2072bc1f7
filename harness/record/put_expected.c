/* What a step demands of a packet from the broker: what the standard makes
 * follow from the conversation, and nothing of what is the broker's choice. */
#include "record/story.h"

static void put_code(struct buffer *out, uint32_t code)
{
    buffer_format(out, ", reason_code: 0x%02x", (unsigned)code);
}

/* A session from before the recording is not there when it is played. */
static void put_connack(const struct story *story, size_t event,
                        struct buffer *out)
{
    uint32_t code = seen_number(story, event, MQTT_REASON_CODE);
    put_code(out, code);
    if (!code && asks_for_session(story, seen_at(story, event)->connection))
        buffer_format(
            out, ", session_present: %s",
            seen_number(story, event, MQTT_SESSION_PRESENT) ? "true" : "false");
}

/* What travels unaltered from publisher to subscriber (5.0: 3.3.2.3). */
static bool is_passed_on(enum mqtt_field field)
{
    return field != MQTT_TOPIC_ALIAS && field != MQTT_MESSAGE_EXPIRY_INTERVAL;
}

static void put_delivery(const struct story *story, size_t event,
                         struct buffer *out)
{
    const struct mqtt_packet *packet = seen_at(story, event)->packet;
    buffer_text(out, ", topic: ");
    put_topic(out, story->insights[event].topic);
    buffer_format(out, ", qos: %u, retain: %u, payload: ",
                  (unsigned)seen_number(story, event, MQTT_QOS),
                  (unsigned)seen_number(story, event, MQTT_RETAIN));
    put_bytes(out, seen_bytes(story, event, MQTT_PAYLOAD));
    for (size_t i = 0; i < packet->count; i++)
        if (is_passed_on(packet->values[i].field))
            put_property(out, packet, i);
}

static bool has_failure(const struct mqtt_packet *packet)
{
    const struct mqtt_value *code;
    for (size_t i = 0; (code = mqtt_value_at(packet, MQTT_REASON_CODE, i)); i++)
        if (code->number >= 0x80)
            return true;
    return false;
}

/* Which QoS is granted is the broker's choice, a refusal is what was seen. */
static void put_codes(const struct mqtt_packet *packet, struct buffer *out)
{
    const struct mqtt_value *code;
    bool failure = has_failure(packet);
    if (!mqtt_value_at(packet, MQTT_REASON_CODE, 0))
        return;
    buffer_text(out, ", reason_codes: [");
    for (size_t i = 0; (code = mqtt_value_at(packet, MQTT_REASON_CODE, i));
         i++) {
        buffer_text(out, i ? ", " : "");
        if (failure && code->number >= 0x80)
            buffer_format(out, "0x%02x", (unsigned)code->number);
        else
            buffer_text(out, "{below: 0x80}");
    }
    buffer_text(out, "]");
}

static void put_answer(const struct story *story, size_t event,
                       struct buffer *out)
{
    const struct mqtt_packet *packet = seen_at(story, event)->packet;
    unsigned variable = variable_of(story, event);
    if (has_failure(packet))
        put_code(out, mqtt_number(packet, MQTT_REASON_CODE, 0));
    if (variable && packet->type == MQTT_PUBREC)
        buffer_format(out, ", save: {p%u: packet_id}", variable);
    else if (variable && packet->type != MQTT_PUBACK)
        buffer_format(out, ", packet_id: $p%u", variable);
}

void put_expected_fields(const struct story *story, size_t event,
                         struct buffer *out)
{
    const struct insight *insight = &story->insights[event];
    switch (seen_at(story, event)->packet->type) {
    case MQTT_CONNACK:
        put_connack(story, event, out);
        break;
    case MQTT_PUBLISH:
        put_delivery(story, event, out);
        if (insight->variable)
            buffer_format(out, ", save: {p%u: packet_id}", insight->variable);
        break;
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        put_codes(seen_at(story, event)->packet, out);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
        put_answer(story, event, out);
        break;
    case MQTT_DISCONNECT:
    case MQTT_AUTH:
        if (role_of(story, event)->version == MQTT_5_0)
            put_code(out, seen_number(story, event, MQTT_REASON_CODE));
        break;
    default:
        break;
    }
}
