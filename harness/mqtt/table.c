#include "mqtt/mqtt.h"

#define BIT(type) (1u << MQTT_##type)
#define ACKS (BIT(PUBACK) | BIT(PUBREC) | BIT(PUBREL) | BIT(PUBCOMP))
#define REQUESTS (BIT(SUBSCRIBE) | BIT(UNSUBSCRIBE))
#define ANSWERS (BIT(SUBACK) | BIT(UNSUBACK))
#define PINGS (BIT(PINGREQ) | BIT(PINGRESP))
#define LAST (BIT(DISCONNECT) | BIT(AUTH))
#define HANDSHAKE (BIT(CONNECT) | BIT(CONNACK))
#define WITH_ID (BIT(PUBLISH) | ACKS | REQUESTS | ANSWERS)
#define WITH_PROPERTIES (HANDSHAKE | WITH_ID | LAST)
#define EVERY (WITH_PROPERTIES | PINGS)

enum { U8_MAX = 0xff, U16_MAX = 0xffff, VARINT_MAX = 268435455 };
#define U32_MAX 0xffffffffu

/* FIELD(field, name, kind, packets, least, greatest, traits)
 * PROPERTY(identifier, field, name, kind, packets, least, greatest, traits) */
#define FIELD(id, text, how, types, low, high, ...)                            \
    [MQTT_##id] = {.field = MQTT_##id,                                         \
                   .name = text,                                               \
                   .kind = MQTT_KIND_##how,                                    \
                   .packets = types,                                           \
                   .min = low,                                                 \
                   .max = high,                                                \
                   __VA_ARGS__}
#define PROPERTY(number, id, text, how, types, low, high, ...)                 \
    FIELD(id, text, how, types, low, high, .property = number, __VA_ARGS__)
#define PLAIN .derived = false
#define DERIVED .derived = true
#define SECRET .secret = true
#define REPEATABLE .repeatable = true
#define IN_WILL .in_will = true
#define ABSENT(value) .has_meaning = true, .absent_value = value

/* The order is that of enum mqtt_field. */
static const struct mqtt_field_row field_rows[MQTT_FIELDS] = {
    [MQTT_FIELD_NONE] = {.name = "none"},
    FIELD(FLAGS, "flags", BITS, EVERY, 0, 15, PLAIN),
    FIELD(PACKET_TYPE, "packet_type", BITS, EVERY, 1, 15, PLAIN),
    FIELD(REMAINING_LENGTH, "remaining_length", VARINT, EVERY, 0, VARINT_MAX,
          DERIVED),
    FIELD(PACKET_SIZE, "packet_size", U32, EVERY, 2, VARINT_MAX + 5, DERIVED),
    FIELD(DUP, "dup", BIT, BIT(PUBLISH) | BIT(PUBREL) | REQUESTS, 0, 1, PLAIN),
    FIELD(QOS, "qos", BITS, BIT(PUBLISH) | BIT(SUBSCRIBE), 0, 2, PLAIN),
    FIELD(RETAIN, "retain", BIT, BIT(PUBLISH), 0, 1, PLAIN),
    FIELD(PROTOCOL_NAME, "protocol_name", STRING, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(PROTOCOL_LEVEL, "protocol_level", U8, BIT(CONNECT), MQTT_3_1,
          MQTT_5_0, PLAIN),
    FIELD(CONNECT_FLAGS, "connect_flags", U8, BIT(CONNECT), 0, U8_MAX, PLAIN),
    FIELD(CLEAN_START, "clean_start", BIT, BIT(CONNECT), 0, 1, PLAIN),
    FIELD(USER_NAME_FLAG, "user_name_flag", BIT, BIT(CONNECT), 0, 1, PLAIN),
    FIELD(PASSWORD_FLAG, "password_flag", BIT, BIT(CONNECT), 0, 1, PLAIN),
    FIELD(WILL_FLAG, "will_flag", BIT, BIT(CONNECT), 0, 1, PLAIN),
    FIELD(WILL_QOS, "will_qos", BITS, BIT(CONNECT), 0, 2, PLAIN),
    FIELD(WILL_RETAIN, "will_retain", BIT, BIT(CONNECT), 0, 1, PLAIN),
    FIELD(RESERVED_FLAG, "reserved_flag", BIT, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(KEEP_ALIVE, "keep_alive", U16, BIT(CONNECT), 0, U16_MAX, PLAIN),
    FIELD(CLIENT_ID, "client_id", STRING, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(WILL_TOPIC, "will_topic", STRING, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(WILL_PAYLOAD, "will_payload", BINARY, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(USER_NAME, "user_name", STRING, BIT(CONNECT), 0, 0, PLAIN),
    FIELD(PASSWORD, "password", BINARY, BIT(CONNECT), 0, 0, SECRET),
    FIELD(ACKNOWLEDGE_FLAGS, "acknowledge_flags", U8, BIT(CONNACK), 0, 1,
          PLAIN),
    FIELD(SESSION_PRESENT, "session_present", BIT, BIT(CONNACK), 0, 1, PLAIN),
    FIELD(REASON_CODE, "reason_code", U8, BIT(CONNACK) | ACKS | ANSWERS | LAST,
          0, U8_MAX, ABSENT(0)),
    FIELD(TOPIC, "topic", STRING, BIT(PUBLISH), 0, 0, PLAIN),
    FIELD(PACKET_ID, "packet_id", U16, WITH_ID, 1, U16_MAX, PLAIN),
    FIELD(PAYLOAD, "payload", REST, BIT(PUBLISH), 0, 0, PLAIN),
    FIELD(FILTER, "filter", STRING, REQUESTS, 0, 0, REPEATABLE),
    FIELD(OPTIONS, "options", U8, BIT(SUBSCRIBE), 0, U8_MAX, REPEATABLE),
    FIELD(NO_LOCAL, "no_local", BIT, BIT(SUBSCRIBE), 0, 1, REPEATABLE),
    FIELD(RETAIN_AS_PUBLISHED, "retain_as_published", BIT, BIT(SUBSCRIBE), 0, 1,
          REPEATABLE),
    FIELD(RETAIN_HANDLING, "retain_handling", BITS, BIT(SUBSCRIBE), 0, 2,
          REPEATABLE),
    FIELD(PROPERTY_LENGTH, "property_length", VARINT, WITH_PROPERTIES, 0,
          VARINT_MAX, DERIVED),
    FIELD(WILL_PROPERTY_LENGTH, "will_property_length", VARINT, BIT(CONNECT), 0,
          VARINT_MAX, DERIVED),
    PROPERTY(0x01, PAYLOAD_FORMAT_INDICATOR, "payload_format_indicator", U8,
             BIT(PUBLISH), 0, 1, IN_WILL, ABSENT(0)),
    PROPERTY(0x02, MESSAGE_EXPIRY_INTERVAL, "message_expiry_interval", U32,
             BIT(PUBLISH), 0, U32_MAX, IN_WILL),
    PROPERTY(0x03, CONTENT_TYPE, "content_type", STRING, BIT(PUBLISH), 0, 0,
             IN_WILL),
    PROPERTY(0x08, RESPONSE_TOPIC, "response_topic", STRING, BIT(PUBLISH), 0, 0,
             IN_WILL),
    PROPERTY(0x09, CORRELATION_DATA, "correlation_data", BINARY, BIT(PUBLISH),
             0, 0, IN_WILL),
    PROPERTY(0x0b, SUBSCRIPTION_IDENTIFIER, "subscription_identifier", VARINT,
             BIT(PUBLISH) | BIT(SUBSCRIBE), 1, VARINT_MAX, REPEATABLE),
    PROPERTY(0x11, SESSION_EXPIRY_INTERVAL, "session_expiry_interval", U32,
             HANDSHAKE | BIT(DISCONNECT), 0, U32_MAX, ABSENT(0)),
    PROPERTY(0x12, ASSIGNED_CLIENT_IDENTIFIER, "assigned_client_identifier",
             STRING, BIT(CONNACK), 0, 0, PLAIN),
    PROPERTY(0x13, SERVER_KEEP_ALIVE, "server_keep_alive", U16, BIT(CONNACK), 0,
             U16_MAX, PLAIN),
    PROPERTY(0x15, AUTHENTICATION_METHOD, "authentication_method", STRING,
             HANDSHAKE | BIT(AUTH), 0, 0, PLAIN),
    PROPERTY(0x16, AUTHENTICATION_DATA, "authentication_data", BINARY,
             HANDSHAKE | BIT(AUTH), 0, 0, SECRET),
    PROPERTY(0x17, REQUEST_PROBLEM_INFORMATION, "request_problem_information",
             U8, BIT(CONNECT), 0, 1, ABSENT(1)),
    PROPERTY(0x18, WILL_DELAY_INTERVAL, "will_delay_interval", U32, 0, 0,
             U32_MAX, IN_WILL, ABSENT(0)),
    PROPERTY(0x19, REQUEST_RESPONSE_INFORMATION, "request_response_information",
             U8, BIT(CONNECT), 0, 1, ABSENT(0)),
    PROPERTY(0x1a, RESPONSE_INFORMATION, "response_information", STRING,
             BIT(CONNACK), 0, 0, PLAIN),
    PROPERTY(0x1c, SERVER_REFERENCE, "server_reference", STRING,
             BIT(CONNACK) | BIT(DISCONNECT), 0, 0, PLAIN),
    PROPERTY(0x1f, REASON_STRING, "reason_string", STRING,
             BIT(CONNACK) | ACKS | ANSWERS | LAST, 0, 0, PLAIN),
    PROPERTY(0x21, RECEIVE_MAXIMUM, "receive_maximum", U16, HANDSHAKE, 1,
             U16_MAX, ABSENT(U16_MAX)),
    PROPERTY(0x22, TOPIC_ALIAS_MAXIMUM, "topic_alias_maximum", U16, HANDSHAKE,
             0, U16_MAX, ABSENT(0)),
    PROPERTY(0x23, TOPIC_ALIAS, "topic_alias", U16, BIT(PUBLISH), 1, U16_MAX,
             PLAIN),
    PROPERTY(0x24, MAXIMUM_QOS, "maximum_qos", U8, BIT(CONNACK), 0, 1,
             ABSENT(2)),
    PROPERTY(0x25, RETAIN_AVAILABLE, "retain_available", U8, BIT(CONNACK), 0, 1,
             ABSENT(1)),
    PROPERTY(0x26, USER_PROPERTY, "user_property", PAIR, WITH_PROPERTIES, 0, 0,
             IN_WILL, REPEATABLE),
    PROPERTY(0x27, MAXIMUM_PACKET_SIZE, "maximum_packet_size", U32, HANDSHAKE,
             1, U32_MAX, PLAIN),
    PROPERTY(0x28, WILDCARD_SUBSCRIPTION_AVAILABLE,
             "wildcard_subscription_available", U8, BIT(CONNACK), 0, 1,
             ABSENT(1)),
    PROPERTY(0x29, SUBSCRIPTION_IDENTIFIER_AVAILABLE,
             "subscription_identifier_available", U8, BIT(CONNACK), 0, 1,
             ABSENT(1)),
    PROPERTY(0x2a, SHARED_SUBSCRIPTION_AVAILABLE,
             "shared_subscription_available", U8, BIT(CONNACK), 0, 1,
             ABSENT(1)),
    FIELD(UNKNOWN_PROPERTY, "unknown_property", REST, 0, 0, 0, PLAIN),
};

/* struct mqtt_damage keeps a bit per field in two words. */
_Static_assert(MQTT_FIELDS <= 128, "omit has no room for every field");

const struct mqtt_field_row *mqtt_field_row(enum mqtt_field field)
{
    unsigned index = (unsigned)field;

    return &field_rows[index < MQTT_FIELDS ? index : MQTT_FIELD_NONE];
}

enum mqtt_field mqtt_field_parse(struct slice name)
{
    for (int i = MQTT_FIELD_NONE + 1; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (slice_is(name, field_rows[i].name))
            return (enum mqtt_field)i;
    return MQTT_FIELD_NONE;
}

enum mqtt_field mqtt_property_field(uint32_t property_id)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++)
        if (field_rows[i].property == property_id)
            return (enum mqtt_field)i;
    return MQTT_FIELD_NONE;
}

/* Properties that only one side may put into a packet that both send. */
static const struct {
    enum mqtt_field field;
    enum mqtt_type type;
    bool to_client;
} one_way_rows[] = {
    {MQTT_SUBSCRIPTION_IDENTIFIER, MQTT_PUBLISH, true},     /* 3.3.2.3.8 */
    {MQTT_SESSION_EXPIRY_INTERVAL, MQTT_DISCONNECT, false}, /* 3.14.2.2.2 */
    {MQTT_SERVER_REFERENCE, MQTT_DISCONNECT, true},         /* 3.14.2.2.5 */
};

bool mqtt_property_legal(enum mqtt_field field, enum mqtt_type type,
                         bool to_client)
{
    size_t count = sizeof one_way_rows / sizeof *one_way_rows;

    if (!(mqtt_field_row(field)->packets >> type & 1))
        return false;
    for (size_t i = 0; i < count; i++)
        if (one_way_rows[i].field == field && one_way_rows[i].type == type)
            return one_way_rows[i].to_client == to_client;
    return true;
}

bool mqtt_property_repeatable(enum mqtt_field field, enum mqtt_type type)
{
    if (field == MQTT_SUBSCRIPTION_IDENTIFIER)
        return type == MQTT_PUBLISH;
    return mqtt_field_row(field)->repeatable;
}
