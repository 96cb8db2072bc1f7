#include "cli/diagram_label.h"

#include "script/expression.h"

/* ---- times ------------------------------------------------------------- */

/* A constant in ns as "2s" or "20ms", everything else as it is written. */
static void put_duration(struct buffer *out, const struct expression *duration)
{
    int64_t ns;
    const char *error;
    if (!duration)
        buffer_text(out, "0s");
    else if (!expression_number(duration, NULL, &ns, &error))
        expression_print(duration, out);
    else if (ns % INT64_C(1000000000) == 0)
        buffer_format(out, "%llds", (long long)(ns / INT64_C(1000000000)));
    else
        buffer_format(out, "%lldms", (long long)(ns / 1000000));
}

void label_moment(struct buffer *out, const struct moment *moment)
{
    if (moment->mark)
        buffer_text(out, moment->mark);
    if (moment->mark && moment->duration)
        buffer_text(out, "+");
    if (moment->duration || !moment->mark)
        put_duration(out, moment->duration);
}

static void put_limit(struct buffer *out, const char *word,
                      const struct moment *moment)
{
    if (!moment->given)
        return;
    buffer_format(out, " %s ", word);
    label_moment(out, moment);
}

/* ---- sends ------------------------------------------------------------- */

static void put_field(struct buffer *out, const struct send_field *field)
{
    buffer_format(out, " %s%s=", field->in_will ? "will." : "",
                  field->field == MQTT_UNKNOWN_PROPERTY
                      ? "unknown"
                      : mqtt_field_row((enum mqtt_field)field->field)->name);
    if (field->value)
        expression_print(field->value, out);
    if (!field->second)
        return;
    buffer_text(out, ":");
    expression_print(field->second, out);
}

static void put_damage(struct buffer *out, const char *name,
                       const struct expression *value)
{
    if (!value)
        return;
    buffer_format(out, " %s=", name);
    expression_print(value, out);
}

static void put_thing(struct buffer *out, enum thing thing, enum mqtt_type type)
{
    static const char *const names[] = {[THING_BYTES] = "bytes",
                                        [THING_WS_PING] = "WebSocket Ping",
                                        [THING_WS_PONG] = "WebSocket Pong",
                                        [THING_WS_CLOSE] = "WebSocket Close",
                                        [THING_CLOSE] = "end of the connection",
                                        [THING_REJECTED] =
                                            "refusal and end of the connection",
                                        [THING_SILENCE] = "nothing",
                                        [THING_UPGRADE] = "upgrade",
                                        [THING_TLS] = "TLS handshake"};
    if (thing == THING_PACKET)
        mqtt_print_type(type, out);
    else
        buffer_text(out, names[thing]);
}

void label_send(struct buffer *out, const struct send_step *send)
{
    put_thing(out, send->thing, send->type);
    for (size_t i = 0; i < send->field_count; i++)
        put_field(out, &send->fields[i]);
    if (send->data) {
        buffer_text(out, " ");
        expression_print(send->data, out);
    }
    put_damage(out, "flags", send->flags);
    put_damage(out, "packet_type", send->packet_type);
    put_damage(out, "insert", send->insert);
    put_damage(out, "append", send->append);
    put_damage(out, "truncate", send->truncate);
    put_damage(out, "remaining_length", send->remaining_length.value);
    put_damage(out, "property_length", send->property_length.value);
    put_damage(out, "stop_after", send->stop_after);
    put_damage(out, "count", send->count);
}

const char *label_answer(const struct send_step *send)
{
    if (!send->ack || send->thing != THING_PACKET)
        return "";
    switch (send->type) {
    case MQTT_CONNECT:
        return "CONNACK";
    case MQTT_SUBSCRIBE:
        return "SUBACK";
    case MQTT_UNSUBSCRIBE:
        return "UNSUBACK";
    case MQTT_PINGREQ:
        return "PINGRESP";
    case MQTT_PUBLISH:
        return "acknowledged to its end";
    default:
        return "acknowledged";
    }
}

/* ---- expects ----------------------------------------------------------- */

static const char *expected_field_name(int field)
{
    static const char *const events[] = {
        [EVENT_WIRE_TOPIC - MQTT_FIELDS] = "wire_topic",
        [EVENT_OPTIONS_PROPERTIES - MQTT_FIELDS] = "properties",
        [EVENT_STATUS - MQTT_FIELDS] = "status",
        [EVENT_ACCEPT - MQTT_FIELDS] = "accept",
        [EVENT_SUBPROTOCOL - MQTT_FIELDS] = "subprotocol",
        [EVENT_TLS_VERSION - MQTT_FIELDS] = "version",
        [EVENT_CODE - MQTT_FIELDS] = "code",
        [EVENT_PAYLOAD - MQTT_FIELDS] = "payload",
        [EVENT_HOW - MQTT_FIELDS] = "how"};
    return field < MQTT_FIELDS ? mqtt_field_row((enum mqtt_field)field)->name
                               : events[field - MQTT_FIELDS];
}

static void put_matcher(struct buffer *out, const char *name,
                        const struct matcher *matcher, bool hex)
{
    if (!matcher)
        return;
    buffer_format(out, " %s: ", name);
    matcher_print(matcher, NULL, hex, out);
}

void label_expect(struct buffer *out, const struct expect_step *expect)
{
    put_thing(out, expect->thing, expect->type);
    if (expect->thing == THING_SILENCE && expect->of_type) {
        buffer_text(out, " of ");
        mqtt_print_type(expect->type, out);
    }
    for (size_t i = 0; i < expect->field_count; i++)
        put_matcher(out, expected_field_name(expect->fields[i].field),
                    expect->fields[i].matcher,
                    expect->fields[i].field == MQTT_REASON_CODE);
    put_matcher(out, "reason_code", expect->reason_code, true);
    put_matcher(out, "count", expect->count, false);
    if (expect->duration) {
        buffer_text(out, " for ");
        put_duration(out, expect->duration);
    }
    put_limit(out, "not before", &expect->after);
    put_limit(out, "at best not before", &expect->soft_after);
    put_limit(out, "within", &expect->within);
    if (expect->optional)
        buffer_text(out, " (may come)");
    if (expect->ack)
        buffer_text(out, ", acknowledged");
}

/* ---- what clients do themselves ---------------------------------------- */

static const char *const ends[] = {[NET_CLOSE_FIN] = "closes in order",
                                   [NET_CLOSE_RESET] = "resets",
                                   [NET_CLOSE_HALF] = "closes its side",
                                   [NET_CLOSE_NOTIFY] = "sends close_notify"};
static const char *const actions[] = {[BROKER_RESTART] = "is restarted",
                                      [BROKER_STOP] = "is stopped",
                                      [BROKER_START] = "is started"};

void label_action(struct buffer *out, const struct step *step)
{
    switch (step->verb) {
    case VERB_OPEN:
        buffer_format(out, "opens %s",
                      step->open->has_transport
                          ? net_transport_name(step->open->transport)
                          : "a connection");
        break;
    case VERB_CLOSE:
        buffer_text(out, ends[step->close]);
        break;
    case VERB_READING:
        buffer_text(out, step->reading ? "reads again" : "stops reading");
        break;
    case VERB_REACH:
        buffer_text(out, "gets to where it may send ");
        mqtt_print_type(step->reach, out);
        break;
    case VERB_FENCE:
        buffer_text(out, "PINGREQ, PINGRESP");
        break;
    case VERB_PAUSE:
        buffer_text(out, "pause ");
        label_moment(out, &step->pause);
        break;
    case VERB_BROKER:
        buffer_format(out, "the broker %s", actions[step->broker]);
        break;
    default:
        break;
    }
}
