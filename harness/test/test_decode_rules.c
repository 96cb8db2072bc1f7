/* What the strict decoder finds. Each broken packet stands beside its legal
 * twin, so that it is the difference that is found. */
#include "mqtt/mqtt.h"
#include "packet_samples.h"

#include <check.h>

Suite *decode_rules_suite(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define FROM_CLIENT false
#define FROM_SERVER true

struct broken_packet {
    enum mqtt_version version;
    bool to_client;
    const char *hex;
    enum mqtt_rule rule;
    enum mqtt_field field;
    uint32_t offset;
    const char *twin; /* NULL: this packet itself, from the other side */
};

#define RULE(name) MQTT_RULE_##name
#define NO_FIELD MQTT_FIELD_NONE

static const struct broken_packet header_rows[] = {
    {MQTT_5_0, FROM_SERVER, "00 00", RULE(TYPE), MQTT_PACKET_TYPE, 0, "d0 00"},
    {MQTT_3_1_1, FROM_SERVER, "f0 00", RULE(TYPE), MQTT_PACKET_TYPE, 0,
     "d0 00"},
    {MQTT_3_1, FROM_SERVER, "f0 02 18 00", RULE(TYPE), MQTT_PACKET_TYPE, 0,
     "d0 00"},
    {MQTT_5_0, FROM_SERVER, "c0 00", RULE(DIRECTION), MQTT_PACKET_TYPE, 0,
     NULL},
    {MQTT_5_0, FROM_CLIENT, "20 03 00 00 00", RULE(DIRECTION), MQTT_PACKET_TYPE,
     0, NULL},
    {MQTT_5_0, FROM_CLIENT, "90 04 0001 00 00", RULE(DIRECTION),
     MQTT_PACKET_TYPE, 0, NULL},
    {MQTT_5_0, FROM_SERVER, "a2 06 0001 00 0001 61", RULE(DIRECTION),
     MQTT_PACKET_TYPE, 0, NULL},
    {MQTT_3_1_1, FROM_SERVER, "e0 00", RULE(DIRECTION), MQTT_PACKET_TYPE, 0,
     NULL},
    {MQTT_3_1, FROM_SERVER, "e0 00", RULE(DIRECTION), MQTT_PACKET_TYPE, 0,
     NULL},
    {MQTT_5_0, FROM_SERVER, "d1 00", RULE(FLAGS), MQTT_FLAGS, 0, "d0 00"},
    {MQTT_5_0, FROM_SERVER, "60 02 0001", RULE(FLAGS), MQTT_FLAGS, 0,
     "62 02 0001"},
    {MQTT_3_1_1, FROM_CLIENT, "8a 06 0001 0001 61 00", RULE(FLAGS), MQTT_FLAGS,
     0, "82 06 0001 0001 61 00"},
    {MQTT_3_1, FROM_CLIENT, "80 06 0001 0001 61 00", RULE(FLAGS), MQTT_FLAGS, 0,
     "8a 06 0001 0001 61 00"},
    {MQTT_3_1, FROM_SERVER, "64 02 0001", RULE(FLAGS), MQTT_FLAGS, 0,
     "63 02 0001"},
    {MQTT_5_0, FROM_SERVER, "36 06 0001 61 0001 00", RULE(QOS3), MQTT_QOS, 0,
     "34 06 0001 61 0001 00"},
    {MQTT_3_1, FROM_SERVER, "36 05 0001 61 0001", RULE(QOS3), MQTT_QOS, 0,
     "3c 05 0001 61 0001"},
    {MQTT_5_0, FROM_SERVER, "38 04 0001 61 00", RULE(DUP_QOS0), MQTT_DUP, 0,
     "30 04 0001 61 00"},
    {MQTT_3_1_1, FROM_SERVER, "38 03 0001 61", RULE(DUP_QOS0), MQTT_DUP, 0,
     "3a 05 0001 61 0001"},
    {MQTT_5_0, FROM_SERVER, "d0 8000", RULE(LENGTH_MINIMAL),
     MQTT_REMAINING_LENGTH, 1, "d0 00"},
};

static const struct broken_packet length_rows[] = {
    {MQTT_5_0, FROM_SERVER, "d0 8080808000", RULE(LENGTH_MALFORMED),
     MQTT_REMAINING_LENGTH, 1, "d0 00"},
    {MQTT_5_0, FROM_SERVER, "30 08 0001 61 8080808000", RULE(LENGTH_MALFORMED),
     MQTT_PROPERTY_LENGTH, 5, "30 04 0001 61 00"},
    {MQTT_5_0, FROM_SERVER, "30 06 0001 61 8000 70", RULE(LENGTH_MINIMAL),
     MQTT_PROPERTY_LENGTH, 5, "30 05 0001 61 00 70"},
    {MQTT_5_0, FROM_SERVER, "30 07 0001 61 03 0b 8100", RULE(LENGTH_MINIMAL),
     MQTT_SUBSCRIPTION_IDENTIFIER, 7, "30 06 0001 61 02 0b 01"},
    {MQTT_5_0, FROM_SERVER, "30 07 0001 61 03 8b00 01", RULE(LENGTH_MINIMAL),
     MQTT_UNKNOWN_PROPERTY, 6, "30 04 0001 61 00"},
    {MQTT_5_0, FROM_SERVER, "30 09 0001 61 05 8080808000",
     RULE(LENGTH_MALFORMED), MQTT_UNKNOWN_PROPERTY, 6, "30 04 0001 61 00"},
    {MQTT_3_1_1, FROM_SERVER, "30 03 0002 61", RULE(LENGTH_BOUNDS), MQTT_TOPIC,
     2, "30 03 0001 61"},
    {MQTT_3_1_1, FROM_SERVER, "32 04 0001 61 00", RULE(LENGTH_BOUNDS),
     MQTT_PACKET_ID, 5, "32 05 0001 61 0001"},
    {MQTT_5_0, FROM_SERVER, "20 02 00 00", RULE(LENGTH_BOUNDS),
     MQTT_PROPERTY_LENGTH, 4, "20 03 00 00 00"},
    {MQTT_5_0, FROM_SERVER, "20 03 00 00 01", RULE(LENGTH_BOUNDS),
     MQTT_PROPERTY_LENGTH, 4, "20 03 00 00 00"},
    {MQTT_5_0, FROM_SERVER, "20 05 00 00 02 2101", RULE(LENGTH_BOUNDS),
     MQTT_RECEIVE_MAXIMUM, 6, "20 06 00 00 03 210100"},
    {MQTT_5_0, FROM_SERVER, "20 07 00 00 04 1f 0002 61", RULE(LENGTH_BOUNDS),
     MQTT_REASON_STRING, 6, "20 07 00 00 04 1f 0001 61"},
    {MQTT_5_0, FROM_SERVER, "20 09 00 00 06 26 0001 61 0002",
     RULE(LENGTH_BOUNDS), MQTT_USER_PROPERTY, 6,
     "20 09 00 00 06 26 0001 61 0000"},
    {MQTT_5_0, FROM_SERVER, "30 06 0001 61 02 0b 80", RULE(LENGTH_BOUNDS),
     MQTT_SUBSCRIPTION_IDENTIFIER, 7, "30 06 0001 61 02 0b 01"},
    {MQTT_3_1_1, FROM_SERVER, "40 03 0001 00", RULE(TRAILING), NO_FIELD, 4,
     "40 02 0001"},
    {MQTT_5_0, FROM_SERVER, "40 05 0001 00 00 00", RULE(TRAILING), NO_FIELD, 6,
     "40 04 0001 00 00"},
    {MQTT_3_1_1, FROM_SERVER, "d0 01 00", RULE(TRAILING), NO_FIELD, 2, "d0 00"},
    {MQTT_3_1_1, FROM_SERVER, "b0 03 0001 00", RULE(TRAILING), NO_FIELD, 4,
     "b0 02 0001"},
    {MQTT_3_1_1, FROM_SERVER, "90 02 0001", RULE(EMPTY_LIST), MQTT_REASON_CODE,
     4, "90 03 0001 00"},
    {MQTT_5_0, FROM_SERVER, "b0 03 0001 00", RULE(EMPTY_LIST), MQTT_REASON_CODE,
     5, "b0 04 0001 00 00"},
    {MQTT_5_0, FROM_CLIENT, "82 03 0001 00", RULE(EMPTY_LIST), MQTT_FILTER, 5,
     "82 07 0001 00 0001 61 00"},
    {MQTT_3_1_1, FROM_CLIENT, "a2 02 0001", RULE(EMPTY_LIST), MQTT_FILTER, 4,
     "a2 05 0001 0001 61"},
};

static const struct broken_packet text_rows[] = {
    {MQTT_5_0, FROM_SERVER, "30 06 0003 eda080 00", RULE(UTF8), MQTT_TOPIC, 2,
     "30 06 0003 ed9fbf 00"},
    {MQTT_3_1_1, FROM_SERVER, "30 04 0002 c080", RULE(UTF8), MQTT_TOPIC, 2,
     "30 04 0002 c280"},
    {MQTT_5_0, FROM_SERVER, "20 0a 00 00 07 26 0001 61 0001 ff", RULE(UTF8),
     MQTT_USER_PROPERTY, 6, "20 0a 00 00 07 26 0001 61 0001 7f"},
    {MQTT_5_0, FROM_SERVER, "20 07 00 00 04 1f 0001 00", RULE(UTF8_NUL),
     MQTT_REASON_STRING, 6, "20 07 00 00 04 1f 0001 01"},
    {MQTT_3_1_1, FROM_CLIENT, "82 08 0001 0003 610062 00", RULE(UTF8_NUL),
     MQTT_FILTER, 4, "82 08 0001 0003 610162 00"},
    {MQTT_5_0, FROM_SERVER, "30 06 0003 612f2b 00", RULE(TOPIC_WILDCARD),
     MQTT_TOPIC, 2, "30 06 0003 612f2a 00"},
    {MQTT_3_1, FROM_SERVER, "30 03 0001 23", RULE(TOPIC_WILDCARD), MQTT_TOPIC,
     2, "30 03 0001 22"},
    {MQTT_5_0, FROM_SERVER, "30 08 0001 61 04 08 0001 2b", RULE(TOPIC_WILDCARD),
     MQTT_RESPONSE_TOPIC, 7, "30 08 0001 61 04 08 0001 2a"},
    {MQTT_5_0, FROM_SERVER, "30 07 0001 61 03 08 0000", RULE(TOPIC_EMPTY),
     MQTT_RESPONSE_TOPIC, 7, "30 08 0001 61 04 08 0001 2a"},
    {MQTT_5_0, FROM_SERVER, "30 03 0000 00", RULE(TOPIC_EMPTY), MQTT_TOPIC, 2,
     "30 06 0000 03 23 0001"},
    {MQTT_3_1_1, FROM_SERVER, "30 02 0000", RULE(TOPIC_EMPTY), MQTT_TOPIC, 2,
     "30 03 0001 61"},
    {MQTT_5_0, FROM_CLIENT, "a2 05 0001 00 0000", RULE(TOPIC_EMPTY),
     MQTT_FILTER, 5, "a2 06 0001 00 0001 23"},
    {MQTT_3_1_1, FROM_CLIENT,
     "10 11 0004 4d515454 04 06 0000 0000 0001 2b 0000", RULE(TOPIC_WILDCARD),
     MQTT_WILL_TOPIC, 14, "10 11 0004 4d515454 04 06 0000 0000 0001 2a 0000"},
    {MQTT_3_1_1, FROM_CLIENT, "10 10 0004 4d515454 04 06 0000 0000 0000 0000",
     RULE(TOPIC_EMPTY), MQTT_WILL_TOPIC, 14,
     "10 11 0004 4d515454 04 06 0000 0000 0001 2a 0000"},
};

static const struct broken_packet property_rows[] = {
    {MQTT_5_0, FROM_SERVER, "20 05 00 00 02 7f00", RULE(PROPERTY_UNKNOWN),
     MQTT_UNKNOWN_PROPERTY, 5, "20 05 00 00 02 2500"},
    {MQTT_5_0, FROM_SERVER, "20 04 00 00 01 00", RULE(PROPERTY_UNKNOWN),
     MQTT_UNKNOWN_PROPERTY, 5, "20 05 00 00 02 2500"},
    {MQTT_5_0, FROM_SERVER, "20 06 00 00 03 23 0001", RULE(PROPERTY_ILLEGAL),
     MQTT_TOPIC_ALIAS, 5, "20 06 00 00 03 22 0001"},
    {MQTT_5_0, FROM_CLIENT, "30 06 0001 61 02 0b 01", RULE(PROPERTY_ILLEGAL),
     MQTT_SUBSCRIPTION_IDENTIFIER, 6, NULL},
    {MQTT_5_0, FROM_SERVER, "e0 07 81 05 11 00000000", RULE(PROPERTY_ILLEGAL),
     MQTT_SESSION_EXPIRY_INTERVAL, 4, NULL},
    {MQTT_5_0, FROM_CLIENT, "e0 06 81 04 1c 0001 61", RULE(PROPERTY_ILLEGAL),
     MQTT_SERVER_REFERENCE, 4, NULL},
    {MQTT_5_0, FROM_CLIENT, "a2 08 0001 02 0b 01 0001 61",
     RULE(PROPERTY_ILLEGAL), MQTT_SUBSCRIPTION_IDENTIFIER, 5,
     "82 09 0001 02 0b 01 0001 61 00"},
    {MQTT_5_0, FROM_CLIENT,
     "10 12 0004 4d515454 05 02 0000 05 18 00000001 0000",
     RULE(PROPERTY_ILLEGAL), MQTT_WILL_DELAY_INTERVAL, 13,
     "10 12 0004 4d515454 05 02 0000 05 11 00000001 0000"},
    {MQTT_5_0, FROM_CLIENT,
     "10 18 0004 4d515454 05 06 0000 00 0000 05 11 00000001 0001 77 0000",
     RULE(PROPERTY_ILLEGAL), MQTT_SESSION_EXPIRY_INTERVAL, 16,
     "10 18 0004 4d515454 05 06 0000 00 0000 05 18 00000001 0001 77 0000"},
    {MQTT_5_0, FROM_CLIENT, "10 11 0004 4d515454 05 02 0000 04 16 0001 00 0000",
     RULE(PROPERTY_ILLEGAL), MQTT_AUTHENTICATION_DATA, 13,
     "10 15 0004 4d515454 05 02 0000 08 16 0001 00 15 0001 6d 0000"},
    {MQTT_5_0, FROM_SERVER, "20 09 00 00 06 21 0001 21 0001",
     RULE(PROPERTY_REPEATED), MQTT_RECEIVE_MAXIMUM, 8,
     "20 09 00 00 06 21 0001 22 0001"},
    {MQTT_5_0, FROM_CLIENT, "82 0b 0001 04 0b 01 0b 02 0001 61 00",
     RULE(PROPERTY_REPEATED), MQTT_SUBSCRIPTION_IDENTIFIER, 7,
     "82 09 0001 02 0b 01 0001 61 00"},
    {MQTT_5_0, FROM_SERVER, "20 05 00 00 02 24 02", RULE(PROPERTY_VALUE),
     MQTT_MAXIMUM_QOS, 6, "20 05 00 00 02 24 01"},
    {MQTT_5_0, FROM_SERVER, "20 05 00 00 02 2a 02", RULE(PROPERTY_VALUE),
     MQTT_SHARED_SUBSCRIPTION_AVAILABLE, 6, "20 05 00 00 02 2a 01"},
    {MQTT_5_0, FROM_SERVER, "20 06 00 00 03 21 0000", RULE(PROPERTY_VALUE),
     MQTT_RECEIVE_MAXIMUM, 6, "20 06 00 00 03 21 0001"},
    {MQTT_5_0, FROM_SERVER, "20 08 00 00 05 27 00000000", RULE(PROPERTY_VALUE),
     MQTT_MAXIMUM_PACKET_SIZE, 6, "20 08 00 00 05 27 00000001"},
    {MQTT_5_0, FROM_SERVER, "30 07 0001 61 03 23 0000", RULE(PROPERTY_VALUE),
     MQTT_TOPIC_ALIAS, 7, "30 07 0001 61 03 23 0001"},
    {MQTT_5_0, FROM_SERVER, "30 06 0001 61 02 01 02", RULE(PROPERTY_VALUE),
     MQTT_PAYLOAD_FORMAT_INDICATOR, 7, "30 06 0001 61 02 01 01"},
    {MQTT_5_0, FROM_CLIENT, "82 09 0001 02 0b 00 0001 61 00",
     RULE(PROPERTY_VALUE), MQTT_SUBSCRIPTION_IDENTIFIER, 6,
     "82 09 0001 02 0b 01 0001 61 00"},
    {MQTT_5_0, FROM_CLIENT, "10 0f 0004 4d515454 05 02 0000 02 17 02 0000",
     RULE(PROPERTY_VALUE), MQTT_REQUEST_PROBLEM_INFORMATION, 14,
     "10 0f 0004 4d515454 05 02 0000 02 17 01 0000"},
};

static const struct broken_packet field_rows[] = {
    {MQTT_3_1_1, FROM_SERVER, "20 02 00 06", RULE(REASON_CODE),
     MQTT_REASON_CODE, 3, "20 02 00 05"},
    {MQTT_3_1_1, FROM_SERVER, "20 02 00 87", RULE(REASON_CODE),
     MQTT_REASON_CODE, 3, "20 02 00 05"},
    {MQTT_3_1, FROM_SERVER, "20 02 00 06", RULE(REASON_CODE), MQTT_REASON_CODE,
     3, "20 02 00 05"},
    {MQTT_5_0, FROM_SERVER, "20 03 00 01 00", RULE(REASON_CODE),
     MQTT_REASON_CODE, 3, "20 03 00 80 00"},
    {MQTT_5_0, FROM_SERVER, "40 03 0001 92", RULE(REASON_CODE),
     MQTT_REASON_CODE, 4, "70 03 0001 92"},
    {MQTT_3_1_1, FROM_SERVER, "90 04 0001 00 03", RULE(REASON_CODE),
     MQTT_REASON_CODE, 5, "90 04 0001 00 80"},
    {MQTT_3_1, FROM_SERVER, "90 03 0001 03", RULE(REASON_CODE),
     MQTT_REASON_CODE, 4, "90 03 0001 80"},
    {MQTT_5_0, FROM_SERVER, "90 04 0001 00 03", RULE(REASON_CODE),
     MQTT_REASON_CODE, 5, "90 04 0001 00 02"},
    {MQTT_5_0, FROM_SERVER, "b0 04 0001 00 01", RULE(REASON_CODE),
     MQTT_REASON_CODE, 5, "b0 04 0001 00 11"},
    {MQTT_5_0, FROM_SERVER, "e0 01 04", RULE(REASON_CODE), MQTT_REASON_CODE, 2,
     NULL},
    {MQTT_5_0, FROM_CLIENT, "e0 01 8e", RULE(REASON_CODE), MQTT_REASON_CODE, 2,
     NULL},
    {MQTT_5_0, FROM_SERVER, "f0 01 19", RULE(REASON_CODE), MQTT_REASON_CODE, 2,
     NULL},
    {MQTT_5_0, FROM_SERVER, "e0 01 01", RULE(REASON_CODE), MQTT_REASON_CODE, 2,
     "e0 01 8c"},
    {MQTT_5_0, FROM_SERVER, "40 02 0000", RULE(PACKET_ID_ZERO), MQTT_PACKET_ID,
     2, "40 02 0001"},
    {MQTT_3_1_1, FROM_SERVER, "32 05 0001 61 0000", RULE(PACKET_ID_ZERO),
     MQTT_PACKET_ID, 5, "32 05 0001 61 0001"},
    {MQTT_3_1, FROM_CLIENT, "82 06 0000 0001 61 00", RULE(PACKET_ID_ZERO),
     MQTT_PACKET_ID, 2, "82 06 0001 0001 61 00"},
    {MQTT_5_0, FROM_SERVER, "20 03 02 00 00", RULE(ACKNOWLEDGE_FLAGS),
     MQTT_ACKNOWLEDGE_FLAGS, 2, "20 03 01 00 00"},
    {MQTT_3_1_1, FROM_SERVER, "20 02 80 00", RULE(ACKNOWLEDGE_FLAGS),
     MQTT_ACKNOWLEDGE_FLAGS, 2, "20 02 01 00"},
    {MQTT_5_0, FROM_SERVER, "20 03 01 87 00", RULE(SESSION_PRESENT),
     MQTT_SESSION_PRESENT, 2, "20 03 00 87 00"},
    {MQTT_3_1_1, FROM_SERVER, "20 02 01 05", RULE(SESSION_PRESENT),
     MQTT_SESSION_PRESENT, 2, "20 02 00 05"},
    {MQTT_5_0, FROM_SERVER, "20 02 01 05", RULE(SESSION_PRESENT),
     MQTT_SESSION_PRESENT, 2, "20 02 00 05"},
    {MQTT_5_0, FROM_CLIENT, "82 07 0001 00 0001 61 03", RULE(OPTIONS),
     MQTT_OPTIONS, 8, "82 07 0001 00 0001 61 02"},
    {MQTT_5_0, FROM_CLIENT, "82 07 0001 00 0001 61 40", RULE(OPTIONS),
     MQTT_OPTIONS, 8, "82 07 0001 00 0001 61 2e"},
    {MQTT_5_0, FROM_CLIENT, "82 07 0001 00 0001 61 30", RULE(OPTIONS),
     MQTT_RETAIN_HANDLING, 8, "82 07 0001 00 0001 61 20"},
    {MQTT_5_0, FROM_CLIENT, "82 10 0001 00 000a 2473686172652f672f74 04",
     RULE(OPTIONS), MQTT_NO_LOCAL, 17,
     "82 10 0001 00 000a 2473686172652f672f74 00"},
    {MQTT_3_1_1, FROM_CLIENT, "82 06 0001 0001 61 04", RULE(OPTIONS),
     MQTT_OPTIONS, 7, "82 06 0001 0001 61 02"},
    {MQTT_3_1, FROM_CLIENT, "82 06 0001 0001 61 03", RULE(OPTIONS),
     MQTT_OPTIONS, 7, "82 06 0001 0001 61 fc"},
};

static const struct broken_packet connect_rows[] = {
    {MQTT_3_1_1, FROM_CLIENT, "10 0c 0004 4d515454 04 03 0000 0000",
     RULE(CONNECT_FLAGS), MQTT_RESERVED_FLAG, 9,
     "10 0c 0004 4d515454 04 02 0000 0000"},
    {MQTT_5_0, FROM_CLIENT, "10 0d 0004 4d515454 05 08 0000 00 0000",
     RULE(CONNECT_FLAGS), MQTT_WILL_FLAG, 9,
     "10 0d 0004 4d515454 05 00 0000 00 0000"},
    {MQTT_5_0, FROM_CLIENT, "10 0d 0004 4d515454 05 20 0000 00 0000",
     RULE(CONNECT_FLAGS), MQTT_WILL_RETAIN, 9,
     "10 0d 0004 4d515454 05 00 0000 00 0000"},
    {MQTT_5_0, FROM_CLIENT,
     "10 14 0004 4d515454 05 1c 0000 00 0000 00 0001 77 0001 6d",
     RULE(CONNECT_FLAGS), MQTT_WILL_QOS, 9,
     "10 14 0004 4d515454 05 14 0000 00 0000 00 0001 77 0001 6d"},
    {MQTT_3_1, FROM_CLIENT,
     "10 13 0006 4d5149736470 03 1c 0000 0000 0001 77 0000",
     RULE(CONNECT_FLAGS), MQTT_WILL_QOS, 11,
     "10 13 0006 4d5149736470 03 15 0000 0000 0001 77 0000"},
    {MQTT_3_1_1, FROM_CLIENT, "10 0f 0004 4d515454 04 40 0000 0000 0001 70",
     RULE(CONNECT_FLAGS), MQTT_PASSWORD_FLAG, 9,
     "10 0f 0004 4d515454 04 80 0000 0000 0001 70"},
    {MQTT_3_1_1, FROM_CLIENT, "10 0c 0004 4d515458 04 02 0000 0000",
     RULE(PROTOCOL), MQTT_PROTOCOL_NAME, 2,
     "10 0c 0004 4d515454 04 02 0000 0000"},
    {MQTT_3_1_1, FROM_CLIENT, "10 0c 0004 4d515454 03 02 0000 0000",
     RULE(PROTOCOL), MQTT_PROTOCOL_NAME, 2,
     "10 0e 0006 4d5149736470 03 02 0000 0000"},
    {MQTT_5_0, FROM_CLIENT, "10 0d 0004 4d515454 06 02 0000 00 0000",
     RULE(PROTOCOL), MQTT_PROTOCOL_LEVEL, 8,
     "10 0d 0004 4d515454 05 02 0000 00 0000"},
    {MQTT_3_1_1, FROM_CLIENT, "10 0c 0004 4d515454 04 82 0000 0000",
     RULE(LENGTH_BOUNDS), MQTT_USER_NAME, 14,
     "10 0e 0004 4d515454 04 82 0000 0000 0000"},
};

static struct mqtt_findings find(const char *hex, enum mqtt_version version,
                                 bool to_client)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_findings findings;
    bool readable;

    mqtt_packet_free(mqtt_decode(bytes_of_hex(hex, room), version, to_client,
                                 &findings, &readable));
    return findings;
}

static const char *found(const struct mqtt_findings *findings)
{
    return findings->count ? mqtt_rule_text(findings->rows[0].rule) : "nothing";
}

static void assert_row(const struct broken_packet *row)
{
    struct mqtt_findings findings =
        find(row->hex, row->version, row->to_client);
    struct mqtt_findings twin =
        find(row->twin ? row->twin : row->hex, row->version,
             row->twin ? row->to_client : !row->to_client);
    const struct mqtt_finding *first = &findings.rows[0];

    ck_assert_msg(twin.count == 0, "the twin of %s: %s", row->hex,
                  found(&twin));
    ck_assert_msg(findings.count == 1, "%s: %zu findings, %s", row->hex,
                  findings.count, found(&findings));
    ck_assert_msg(first->rule == row->rule && first->field == row->field &&
                      first->offset == row->offset,
                  "%s: %s (%s) at %lu", row->hex, found(&findings),
                  mqtt_field_row(first->field)->name,
                  (unsigned long)first->offset);
}

static const struct {
    const struct broken_packet *rows;
    size_t count;
} tables[] = {
    {header_rows, COUNT(header_rows)}, {length_rows, COUNT(length_rows)},
    {text_rows, COUNT(text_rows)},     {property_rows, COUNT(property_rows)},
    {field_rows, COUNT(field_rows)},   {connect_rows, COUNT(connect_rows)},
};

START_TEST(a_broken_packet_is_found_and_its_twin_is_not)
{
    for (size_t i = 0; i < tables[_i].count; i++)
        assert_row(&tables[_i].rows[i]);
}
END_TEST

START_TEST(every_rule_is_broken_somewhere)
{
    bool broken[MQTT_RULES] = {false};

    for (size_t i = 0; i < COUNT(tables); i++)
        for (size_t k = 0; k < tables[i].count; k++)
            broken[tables[i].rows[k].rule] = true;
    for (int i = MQTT_RULE_NONE + 1; i < MQTT_RULES; i++)
        ck_assert_msg(broken[i], "%s", mqtt_rule_text((enum mqtt_rule)i));
}
END_TEST

/* ---- what the standard leaves open ------------------------------------- */

static const struct {
    enum mqtt_version version;
    bool to_client;
    const char *hex;
} tolerated[] = {
    /* 3.1: unused flags, DUP with QoS 0, reserved bits. */
    {MQTT_3_1, FROM_SERVER, "29 02 00 00"},
    {MQTT_3_1, FROM_SERVER, "df 00"},
    {MQTT_3_1, FROM_SERVER, "38 03 0001 61"},
    {MQTT_3_1, FROM_SERVER, "20 02 ff 05"},
    {MQTT_3_1, FROM_CLIENT, "10 0e 0006 4d5149736470 03 3b 0000 0000"},
    /* 3.x: only 5.0 demands the shortest length. */
    {MQTT_3_1_1, FROM_SERVER, "d0 808000"},
    /* 5.0: a password without a user name; several identifiers and equal
     * user properties; an empty payload that is marked as text. */
    {MQTT_5_0, FROM_CLIENT, "10 10 0004 4d515454 05 42 0000 00 0000 0001 70"},
    {MQTT_5_0, FROM_SERVER, "30 0a 0001 61 06 0b 01 0b 01 0101"},
    {MQTT_5_0, FROM_SERVER, "20 0d 00 00 0a 26 0000 0000 26 0000 0000"},
    {MQTT_5_0, FROM_SERVER, "e0 01 00"},
    {MQTT_5_0, FROM_SERVER, "e0 02 00 00"},
    /* U+FEFF and non-characters are well-formed. */
    {MQTT_5_0, FROM_SERVER, "30 09 0006 efbbbfefbfbf 00"},
};

START_TEST(what_the_standard_leaves_open_is_no_finding)
{
    for (size_t i = 0; i < COUNT(tolerated); i++) {
        struct mqtt_findings findings = find(
            tolerated[i].hex, tolerated[i].version, tolerated[i].to_client);

        ck_assert_msg(findings.count == 0, "%s: %s", tolerated[i].hex,
                      found(&findings));
    }
}
END_TEST

START_TEST(findings_stop_at_their_limit)
{
    struct mqtt_findings findings =
        find("20 17 00 00 14 2502 2502 2502 2502 2502 2502 2502 2502 2502 2502",
             MQTT_5_0, true);

    ck_assert_uint_eq(findings.count, MQTT_FINDINGS_MAX);
}
END_TEST

START_TEST(a_second_violation_is_found_too)
{
    struct mqtt_findings findings =
        find("3e 06 0001 2b 0000 00", MQTT_5_0, true);

    ck_assert_uint_eq(findings.count, 3);
    ck_assert_int_eq(findings.rows[0].rule, MQTT_RULE_QOS3);
    ck_assert_int_eq(findings.rows[1].rule, MQTT_RULE_TOPIC_WILDCARD);
    ck_assert_int_eq(findings.rows[2].rule, MQTT_RULE_PACKET_ID_ZERO);
}
END_TEST

Suite *decode_rules_suite(void)
{
    Suite *suite = suite_create("decode_rules");
    TCase *tcase = tcase_create("rules");

    tcase_add_loop_test(tcase, a_broken_packet_is_found_and_its_twin_is_not, 0,
                        COUNT(tables));
    tcase_add_test(tcase, every_rule_is_broken_somewhere);
    tcase_add_test(tcase, what_the_standard_leaves_open_is_no_finding);
    tcase_add_test(tcase, findings_stop_at_their_limit);
    tcase_add_test(tcase, a_second_violation_is_found_too);
    suite_add_tcase(suite, tcase);
    return suite;
}
