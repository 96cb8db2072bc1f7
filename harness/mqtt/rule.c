#include "mqtt/mqtt.h"

static const char *const texts[MQTT_RULES] = {
    [MQTT_RULE_NONE] = "nothing is wrong",
    [MQTT_RULE_TYPE] = "this packet type does not exist in this version",
    [MQTT_RULE_DIRECTION] = "only the other side may send this packet",
    [MQTT_RULE_FLAGS] = "the reserved flags of the fixed header are wrong",
    [MQTT_RULE_QOS3] = "both QoS bits are set",
    [MQTT_RULE_DUP_QOS0] = "DUP is set although the QoS is 0",
    [MQTT_RULE_LENGTH_MALFORMED] =
        "a Variable Byte Integer does not end within four bytes",
    [MQTT_RULE_LENGTH_MINIMAL] =
        "a Variable Byte Integer takes more bytes than it needs",
    [MQTT_RULE_LENGTH_BOUNDS] =
        "a field is missing or reaches past the end of what contains it",
    [MQTT_RULE_TRAILING] = "bytes follow the last field of the packet",
    [MQTT_RULE_UTF8] = "a text is not well-formed UTF-8",
    [MQTT_RULE_UTF8_NUL] = "a text contains U+0000",
    [MQTT_RULE_PROPERTY_UNKNOWN] = "a Property Identifier does not exist",
    [MQTT_RULE_PROPERTY_ILLEGAL] = "a property does not belong here",
    [MQTT_RULE_PROPERTY_REPEATED] =
        "a property that may stand once stands again",
    [MQTT_RULE_PROPERTY_VALUE] = "a property has a value outside its range",
    [MQTT_RULE_REASON_CODE] =
        "a code is not among those of this packet and version",
    [MQTT_RULE_PACKET_ID_ZERO] = "the Packet Identifier is 0",
    [MQTT_RULE_TOPIC_WILDCARD] = "a Topic Name contains a wildcard",
    [MQTT_RULE_TOPIC_EMPTY] = "a Topic Name or Topic Filter is empty",
    [MQTT_RULE_ACKNOWLEDGE_FLAGS] =
        "reserved bits of the Connect Acknowledge Flags are set",
    [MQTT_RULE_SESSION_PRESENT] =
        "Session Present is set although the connection is refused",
    [MQTT_RULE_EMPTY_LIST] = "the packet must have at least one entry",
    [MQTT_RULE_CONNECT_FLAGS] =
        "the Connect Flags are reserved or contradict each other",
    [MQTT_RULE_OPTIONS] = "the subscription options are not allowed",
    [MQTT_RULE_PROTOCOL] = "the protocol name or level is unknown",
};

const char *mqtt_rule_text(enum mqtt_rule rule)
{
    unsigned index = (unsigned)rule;

    return texts[index < MQTT_RULES ? index : MQTT_RULE_NONE];
}

/* Which statement demands a rule. A row holds for one type and one field, or
 * for any (0). The first that fits is taken, so the rows of a rule go from
 * the special to the general. */
struct statement_row {
    enum mqtt_rule rule;
    enum mqtt_type type;
    enum mqtt_field field;
    const char *in_3_1, *in_3_1_1, *in_5_0;
};

#define ANY_TYPE ((enum mqtt_type)0)
#define ANY_FIELD MQTT_FIELD_NONE
#define ANY_PROPERTY MQTT_UNKNOWN_PROPERTY

static const struct statement_row statement_rows[] = {
    {MQTT_RULE_TYPE, MQTT_AUTH, ANY_FIELD, "V3.1-FRAMING-4", "BEYOND-connect-2",
     "BEYOND-framing-3"},
    {MQTT_RULE_TYPE, ANY_TYPE, ANY_FIELD, "V3.1-FRAMING-4", "BEYOND-framing-3",
     "BEYOND-framing-3"},
    {MQTT_RULE_DIRECTION, MQTT_DISCONNECT, ANY_FIELD, "BEYOND-framing-4",
     "BEYOND-connect-2", "BEYOND-framing-4"},
    {MQTT_RULE_DIRECTION, ANY_TYPE, ANY_FIELD, "BEYOND-framing-4",
     "BEYOND-framing-4", "BEYOND-framing-4"},
    {MQTT_RULE_FLAGS, ANY_TYPE, ANY_FIELD, NULL, "MQTT-2.2.2-1",
     "MQTT-2.1.3-1"},
    {MQTT_RULE_QOS3, ANY_TYPE, ANY_FIELD, "V3.1-FRAMING-2", "MQTT-3.3.1-4",
     "MQTT-3.3.1-4"},
    {MQTT_RULE_DUP_QOS0, ANY_TYPE, ANY_FIELD, NULL, "MQTT-3.3.1-2",
     "MQTT-3.3.1-2"},
    {MQTT_RULE_LENGTH_MALFORMED, ANY_TYPE, MQTT_REMAINING_LENGTH,
     "V3.1-FRAMING-1", "BEYOND-framing-1", "BEYOND-framing-1"},
    {MQTT_RULE_LENGTH_MALFORMED, ANY_TYPE, ANY_FIELD, "V3.1-FRAMING-1",
     "BEYOND-framing-1", "MQTT-1.5.5-1"},
    {MQTT_RULE_LENGTH_MINIMAL, ANY_TYPE, ANY_FIELD, NULL, NULL, "MQTT-1.5.5-1"},
    {MQTT_RULE_LENGTH_BOUNDS, ANY_TYPE, MQTT_PROPERTY_LENGTH, NULL, NULL,
     "MQTT-2.2.2-1"},
    {MQTT_RULE_LENGTH_BOUNDS, ANY_TYPE, MQTT_WILL_PROPERTY_LENGTH, NULL, NULL,
     "MQTT-2.2.2-1"},
    {MQTT_RULE_LENGTH_BOUNDS, ANY_TYPE, ANY_PROPERTY, NULL, NULL,
     "BEYOND-properties-12"},
    {MQTT_RULE_LENGTH_BOUNDS, MQTT_CONNECT, MQTT_WILL_TOPIC, "BEYOND-framing-6",
     "MQTT-3.1.2-9", "MQTT-3.1.2-9"},
    {MQTT_RULE_LENGTH_BOUNDS, MQTT_CONNECT, MQTT_WILL_PAYLOAD,
     "BEYOND-framing-6", "MQTT-3.1.2-9", "MQTT-3.1.2-9"},
    {MQTT_RULE_LENGTH_BOUNDS, MQTT_CONNECT, MQTT_USER_NAME, "BEYOND-framing-6",
     "MQTT-3.1.2-19", "MQTT-3.1.2-17"},
    {MQTT_RULE_LENGTH_BOUNDS, MQTT_CONNECT, MQTT_PASSWORD, "BEYOND-framing-6",
     "MQTT-3.1.2-21", "MQTT-3.1.2-19"},
    {MQTT_RULE_LENGTH_BOUNDS, MQTT_CONNECT, MQTT_CLIENT_ID, "BEYOND-framing-6",
     "MQTT-3.1.3-3", "MQTT-3.1.3-3"},
    {MQTT_RULE_LENGTH_BOUNDS, ANY_TYPE, ANY_FIELD, "BEYOND-framing-6",
     "BEYOND-framing-6", "BEYOND-framing-6"},
    {MQTT_RULE_TRAILING, MQTT_CONNACK, ANY_FIELD, "V3.1-CONNACK-1",
     "BEYOND-framing-6", "BEYOND-framing-6"},
    {MQTT_RULE_TRAILING, ANY_TYPE, ANY_FIELD, "BEYOND-framing-6",
     "BEYOND-framing-6", "BEYOND-framing-6"},
    {MQTT_RULE_UTF8, ANY_TYPE, MQTT_USER_PROPERTY, NULL, NULL, "MQTT-1.5.7-1"},
    {MQTT_RULE_UTF8, ANY_TYPE, ANY_FIELD, NULL, "MQTT-1.5.3-1", "MQTT-1.5.4-1"},
    {MQTT_RULE_UTF8_NUL, ANY_TYPE, MQTT_TOPIC, "V3.1-TOPIC-3", "MQTT-1.5.3-2",
     "MQTT-1.5.4-2"},
    {MQTT_RULE_UTF8_NUL, ANY_TYPE, MQTT_FILTER, "V3.1-TOPIC-3", "MQTT-1.5.3-2",
     "MQTT-1.5.4-2"},
    {MQTT_RULE_UTF8_NUL, ANY_TYPE, MQTT_WILL_TOPIC, "V3.1-TOPIC-3",
     "MQTT-1.5.3-2", "MQTT-1.5.4-2"},
    {MQTT_RULE_UTF8_NUL, ANY_TYPE, ANY_FIELD, NULL, "MQTT-1.5.3-2",
     "MQTT-1.5.4-2"},
    {MQTT_RULE_PROPERTY_UNKNOWN, ANY_TYPE, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-1"},
    {MQTT_RULE_PROPERTY_ILLEGAL, MQTT_DISCONNECT, MQTT_SESSION_EXPIRY_INTERVAL,
     NULL, NULL, "MQTT-3.14.2-2"},
    {MQTT_RULE_PROPERTY_ILLEGAL, MQTT_PUBLISH, MQTT_SUBSCRIPTION_IDENTIFIER,
     NULL, NULL, "MQTT-3.3.4-6"},
    {MQTT_RULE_PROPERTY_ILLEGAL, MQTT_CONNECT, MQTT_AUTHENTICATION_DATA, NULL,
     NULL, "BEYOND-enhanced-auth-3"},
    {MQTT_RULE_PROPERTY_ILLEGAL, ANY_TYPE, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-8"},
    {MQTT_RULE_PROPERTY_REPEATED, MQTT_CONNACK, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-7"},
    {MQTT_RULE_PROPERTY_REPEATED, ANY_TYPE, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-2"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNACK, MQTT_MAXIMUM_QOS, NULL, NULL,
     "MQTT-3.2.2-9"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNACK, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-7"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNECT, MQTT_RECEIVE_MAXIMUM, NULL, NULL,
     "BEYOND-flow-control-6"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNECT, MQTT_MAXIMUM_PACKET_SIZE, NULL,
     NULL, "BEYOND-size-limits-4"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNECT, MQTT_REQUEST_PROBLEM_INFORMATION,
     NULL, NULL, "BEYOND-properties-4"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_CONNECT, MQTT_REQUEST_RESPONSE_INFORMATION,
     NULL, NULL, "BEYOND-properties-4"},
    {MQTT_RULE_PROPERTY_VALUE, ANY_TYPE, MQTT_PAYLOAD_FORMAT_INDICATOR, NULL,
     NULL, "BEYOND-properties-5"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_PUBLISH, MQTT_TOPIC_ALIAS, NULL, NULL,
     "MQTT-3.3.2-8"},
    {MQTT_RULE_PROPERTY_VALUE, MQTT_SUBSCRIBE, MQTT_SUBSCRIPTION_IDENTIFIER,
     NULL, NULL, "BEYOND-subscribe-3"},
    {MQTT_RULE_PROPERTY_VALUE, ANY_TYPE, ANY_FIELD, NULL, NULL,
     "BEYOND-properties-8"},
    {MQTT_RULE_REASON_CODE, MQTT_CONNACK, ANY_FIELD, "V3.1-CONNACK-1",
     "MQTT-3.2.2-6", "MQTT-3.2.2-8"},
    {MQTT_RULE_REASON_CODE, MQTT_PUBACK, ANY_FIELD, NULL, NULL, "MQTT-3.4.2-1"},
    {MQTT_RULE_REASON_CODE, MQTT_PUBREC, ANY_FIELD, NULL, NULL, "MQTT-3.5.2-1"},
    {MQTT_RULE_REASON_CODE, MQTT_PUBREL, ANY_FIELD, NULL, NULL, "MQTT-3.6.2-1"},
    {MQTT_RULE_REASON_CODE, MQTT_PUBCOMP, ANY_FIELD, NULL, NULL,
     "MQTT-3.7.2-1"},
    {MQTT_RULE_REASON_CODE, MQTT_SUBACK, ANY_FIELD, "V3.1-SUBSCRIBE-1",
     "MQTT-3.9.3-2", "MQTT-3.9.3-2"},
    {MQTT_RULE_REASON_CODE, MQTT_UNSUBACK, ANY_FIELD, NULL, NULL,
     "MQTT-3.11.3-2"},
    {MQTT_RULE_REASON_CODE, MQTT_DISCONNECT, ANY_FIELD, NULL, NULL,
     "MQTT-3.14.2-1"},
    {MQTT_RULE_REASON_CODE, MQTT_AUTH, ANY_FIELD, NULL, NULL, "MQTT-3.15.2-1"},
    {MQTT_RULE_REASON_CODE, ANY_TYPE, ANY_FIELD, NULL, NULL,
     "BEYOND-reason-codes-1"},
    {MQTT_RULE_PACKET_ID_ZERO, MQTT_PUBLISH, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-1", "MQTT-2.2.1-4"},
    {MQTT_RULE_PACKET_ID_ZERO, MQTT_SUBACK, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-7", "MQTT-2.2.1-6"},
    {MQTT_RULE_PACKET_ID_ZERO, MQTT_UNSUBACK, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-7", "MQTT-2.2.1-6"},
    {MQTT_RULE_PACKET_ID_ZERO, MQTT_SUBSCRIBE, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-1", "MQTT-2.2.1-3"},
    {MQTT_RULE_PACKET_ID_ZERO, MQTT_UNSUBSCRIBE, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-1", "MQTT-2.2.1-3"},
    {MQTT_RULE_PACKET_ID_ZERO, ANY_TYPE, ANY_FIELD, "V3.1-FRAMING-3",
     "MQTT-2.3.1-6", "MQTT-2.2.1-5"},
    {MQTT_RULE_TOPIC_WILDCARD, ANY_TYPE, MQTT_WILL_TOPIC, NULL, "MQTT-4.7.1-1",
     "MQTT-4.7.0-1"},
    {MQTT_RULE_TOPIC_WILDCARD, ANY_TYPE, MQTT_RESPONSE_TOPIC, NULL, NULL,
     "MQTT-3.3.2-14"},
    {MQTT_RULE_TOPIC_WILDCARD, ANY_TYPE, ANY_FIELD, "V3.1-PUBLISH-2",
     "MQTT-3.3.2-2", "MQTT-3.3.2-2"},
    {MQTT_RULE_TOPIC_EMPTY, MQTT_PUBLISH, MQTT_TOPIC, NULL, "MQTT-4.7.3-1",
     "BEYOND-topic-alias-6"},
    {MQTT_RULE_TOPIC_EMPTY, ANY_TYPE, ANY_FIELD, NULL, "MQTT-4.7.3-1",
     "MQTT-4.7.3-1"},
    {MQTT_RULE_ACKNOWLEDGE_FLAGS, ANY_TYPE, ANY_FIELD, NULL, "BEYOND-connack-3",
     "MQTT-3.2.2-1"},
    {MQTT_RULE_SESSION_PRESENT, ANY_TYPE, ANY_FIELD, NULL, "MQTT-3.2.2-4",
     "MQTT-3.2.2-6"},
    {MQTT_RULE_EMPTY_LIST, MQTT_SUBSCRIBE, ANY_FIELD, NULL, "MQTT-3.8.3-3",
     "MQTT-3.8.3-2"},
    {MQTT_RULE_EMPTY_LIST, MQTT_UNSUBSCRIBE, ANY_FIELD, NULL, "MQTT-3.10.3-2",
     "MQTT-3.10.3-2"},
    {MQTT_RULE_EMPTY_LIST, MQTT_UNSUBACK, ANY_FIELD, NULL, NULL,
     "MQTT-3.11.3-2"},
    {MQTT_RULE_EMPTY_LIST, ANY_TYPE, ANY_FIELD, "V3.1-SUBSCRIBE-1",
     "MQTT-3.8.4-5", "MQTT-3.8.4-6"},
    {MQTT_RULE_CONNECT_FLAGS, ANY_TYPE, MQTT_WILL_FLAG, NULL, "MQTT-3.1.2-13",
     "MQTT-3.1.2-11"},
    {MQTT_RULE_CONNECT_FLAGS, ANY_TYPE, MQTT_WILL_QOS, "V3.1-FRAMING-2",
     "MQTT-3.1.2-14", "MQTT-3.1.2-12"},
    {MQTT_RULE_CONNECT_FLAGS, ANY_TYPE, MQTT_WILL_RETAIN, NULL, "MQTT-3.1.2-15",
     "MQTT-3.1.2-13"},
    {MQTT_RULE_CONNECT_FLAGS, ANY_TYPE, MQTT_PASSWORD_FLAG, "V3.1-CONNECT-12",
     "MQTT-3.1.2-22", NULL},
    {MQTT_RULE_CONNECT_FLAGS, ANY_TYPE, ANY_FIELD, NULL, "MQTT-3.1.2-3",
     "MQTT-3.1.2-3"},
    {MQTT_RULE_OPTIONS, ANY_TYPE, MQTT_NO_LOCAL, NULL, NULL, "MQTT-3.8.3-4"},
    {MQTT_RULE_OPTIONS, ANY_TYPE, MQTT_RETAIN_HANDLING, NULL, NULL,
     "BEYOND-subscribe-11"},
    {MQTT_RULE_OPTIONS, ANY_TYPE, ANY_FIELD, "V3.1-FRAMING-2", "MQTT-3.8.3-4",
     "MQTT-3.8.3-5"},
    {MQTT_RULE_PROTOCOL, ANY_TYPE, MQTT_PROTOCOL_LEVEL, "V3.1-CONNECT-2",
     "MQTT-3.1.2-2", "MQTT-3.1.2-2"},
    {MQTT_RULE_PROTOCOL, ANY_TYPE, ANY_FIELD, "V3.1-CONNECT-2", "MQTT-3.1.2-1",
     "MQTT-3.1.2-1"},
};
enum { STATEMENTS = sizeof statement_rows / sizeof *statement_rows };

static const char *row_statement(const struct statement_row *row,
                                 enum mqtt_version version)
{
    if (version >= MQTT_5_0)
        return row->in_5_0;
    return version == MQTT_3_1 ? row->in_3_1 : row->in_3_1_1;
}

static bool field_fits(enum mqtt_field wanted, enum mqtt_field field)
{
    if (wanted == ANY_PROPERTY)
        return field >= MQTT_FIRST_PROPERTY;
    return wanted == ANY_FIELD || wanted == field;
}

static bool row_fits(const struct statement_row *row, enum mqtt_rule rule,
                     enum mqtt_type type, enum mqtt_field field)
{
    return row->rule == rule && (row->type == ANY_TYPE || row->type == type) &&
           field_fits(row->field, field);
}

const char *mqtt_finding_statement(const struct mqtt_finding *finding,
                                   enum mqtt_version version,
                                   enum mqtt_type type)
{
    for (size_t i = 0; i < STATEMENTS; i++)
        if (row_fits(&statement_rows[i], finding->rule, type, finding->field))
            return row_statement(&statement_rows[i], version);
    return NULL;
}

const char *mqtt_rule_statement(enum mqtt_rule rule, enum mqtt_version version)
{
    struct mqtt_finding finding = {.rule = rule};

    return mqtt_finding_statement(&finding, version, ANY_TYPE);
}
