#include "packet_samples.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define FROM_CLIENT false
#define FROM_SERVER true

const struct packet_sample packet_samples[] = {
    /* CONNECT */
    {MQTT_3_1,
     MQTT_CONNECT,
     FROM_CLIENT,
     "10 11 0006 4d5149736470 03 02 003c 0003 616263",
     "CONNECT protocol_name=\"MQIsdp\" protocol_level=3 clean_start=1 "
     "keep_alive=60 client_id=\"abc\"",
     {NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 60), TEXT(CLIENT_ID, "abc")}},
    {MQTT_3_1_1,
     MQTT_CONNECT,
     FROM_CLIENT,
     "10 0f 0004 4d515454 04 02 003c 0003 616263",
     "CONNECT protocol_name=\"MQTT\" protocol_level=4 clean_start=1 "
     "keep_alive=60 client_id=\"abc\"",
     {NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 60), TEXT(CLIENT_ID, "abc")}},
    {MQTT_3_1_1,
     MQTT_CONNECT,
     FROM_CLIENT,
     "10 1b 0004 4d515454 04 f6 000a 0001 63 0001 77 0003 627965 0001 75 "
     "0001 70",
     "CONNECT protocol_name=\"MQTT\" protocol_level=4 user_name_flag=1 "
     "password_flag=1 will_retain=1 will_qos=2 will_flag=1 clean_start=1 "
     "keep_alive=10 client_id=\"c\" will_topic=\"w\" will_payload=\"bye\" "
     "user_name=\"u\" password=***",
     {NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 10), TEXT(CLIENT_ID, "c"),
      WILL_TEXT(WILL_TOPIC, "w"), WILL_TEXT(WILL_PAYLOAD, "bye"),
      NUMBER(WILL_QOS, 2), NUMBER(WILL_RETAIN, 1), TEXT(USER_NAME, "u"),
      TEXT(PASSWORD, "p")}},
    {MQTT_5_0,
     MQTT_CONNECT,
     FROM_CLIENT,
     "10 10 0004 4d515454 05 02 003c 00 0003 616263",
     "CONNECT protocol_name=\"MQTT\" protocol_level=5 clean_start=1 "
     "keep_alive=60 client_id=\"abc\"",
     {NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 60), TEXT(CLIENT_ID, "abc")}},
    {MQTT_5_0,
     MQTT_CONNECT,
     FROM_CLIENT,
     "10 2e 0004 4d515454 05 0e 0000 0f 11 0000000a 21 0014 26 0001 61 0001 62 "
     "0001 63 09 18 00000005 03 0001 74 0001 77 0002 00ff",
     "CONNECT protocol_name=\"MQTT\" protocol_level=5 will_qos=1 will_flag=1 "
     "clean_start=1 keep_alive=0 session_expiry_interval=10 "
     "receive_maximum=20 user_property=\"a\":\"b\" client_id=\"c\" "
     "will.will_delay_interval=5 will.content_type=\"t\" will_topic=\"w\" "
     "will_payload=\"\\x00\\xff\"",
     {NUMBER(CLEAN_START, 1), TEXT(CLIENT_ID, "c"),
      NUMBER(SESSION_EXPIRY_INTERVAL, 10), NUMBER(RECEIVE_MAXIMUM, 20),
      PAIR(USER_PROPERTY, "a", "b"), WILL_NUMBER(WILL_DELAY_INTERVAL, 5),
      WILL_TEXT(CONTENT_TYPE, "t"), WILL_TEXT(WILL_TOPIC, "w"),
      WILL_TEXT(WILL_PAYLOAD, "\x00\xff"), WILL_NUMBER(WILL_QOS, 1)}},
    /* CONNACK */
    {MQTT_3_1,
     MQTT_CONNACK,
     FROM_SERVER,
     "20 02 00 05",
     "CONNACK acknowledge_flags=0x00 reason_code=0x05 "
     "(Connection Refused: not authorized)",
     {NUMBER(REASON_CODE, 5)}},
    {MQTT_3_1_1,
     MQTT_CONNACK,
     FROM_SERVER,
     "20 02 01 00",
     "CONNACK session_present=1 reason_code=0x00",
     {NUMBER(SESSION_PRESENT, 1)}},
    {MQTT_3_1_1,
     MQTT_CONNACK,
     FROM_SERVER,
     "20 02 00 01",
     "CONNACK session_present=0 reason_code=0x01 "
     "(Connection Refused, unacceptable protocol version)",
     {NUMBER(REASON_CODE, 1)}},
    {MQTT_5_0,
     MQTT_CONNACK,
     FROM_SERVER,
     "20 06 00 00 03 22 000a",
     "CONNACK session_present=0 reason_code=0x00 topic_alias_maximum=10",
     {NUMBER(TOPIC_ALIAS_MAXIMUM, 10)}},
    {MQTT_5_0,
     MQTT_CONNACK,
     FROM_SERVER,
     "20 03 00 87 00",
     "CONNACK session_present=0 reason_code=0x87 (Not authorized)",
     {NUMBER(REASON_CODE, 0x87)}},
    /* PUBLISH */
    {MQTT_3_1,
     MQTT_PUBLISH,
     FROM_CLIENT,
     "32 07 0003 612f62 000a",
     "PUBLISH dup=0 qos=1 retain=0 topic=\"a/b\" packet_id=10 payload=\"\"",
     {NUMBER(QOS, 1), TEXT(TOPIC, "a/b"), NUMBER(PACKET_ID, 10)}},
    {MQTT_3_1_1,
     MQTT_PUBLISH,
     FROM_CLIENT,
     "31 07 0003 612f62 6869",
     "PUBLISH dup=0 qos=0 retain=1 topic=\"a/b\" payload=\"hi\"",
     {NUMBER(RETAIN, 1), TEXT(TOPIC, "a/b"), TEXT(PAYLOAD, "hi")}},
    {MQTT_5_0,
     MQTT_PUBLISH,
     FROM_SERVER,
     "30 04 0001 74 00",
     "PUBLISH dup=0 qos=0 retain=0 topic=\"t\" payload=\"\"",
     {TEXT(TOPIC, "t")}},
    {MQTT_5_0,
     MQTT_PUBLISH,
     FROM_SERVER,
     "3c 0c 0001 74 0005 05 01 01 0b 8001 70",
     "PUBLISH dup=1 qos=2 retain=0 topic=\"t\" packet_id=5 "
     "payload_format_indicator=1 subscription_identifier=128 payload=\"p\"",
     {NUMBER(DUP, 1), NUMBER(QOS, 2), TEXT(TOPIC, "t"), NUMBER(PACKET_ID, 5),
      NUMBER(PAYLOAD_FORMAT_INDICATOR, 1), NUMBER(SUBSCRIPTION_IDENTIFIER, 128),
      TEXT(PAYLOAD, "p")}},
    /* PUBACK, PUBREC, PUBREL, PUBCOMP */
    {MQTT_3_1,
     MQTT_PUBACK,
     FROM_SERVER,
     "40 02 1234",
     "PUBACK packet_id=4660",
     {NUMBER(PACKET_ID, 0x1234)}},
    {MQTT_3_1_1,
     MQTT_PUBACK,
     FROM_CLIENT,
     "40 02 1234",
     "PUBACK packet_id=4660",
     {NUMBER(PACKET_ID, 0x1234)}},
    {MQTT_5_0,
     MQTT_PUBACK,
     FROM_CLIENT,
     "40 02 1234",
     "PUBACK packet_id=4660",
     {NUMBER(PACKET_ID, 0x1234)}},
    {MQTT_5_0,
     MQTT_PUBACK,
     FROM_SERVER,
     "40 03 1234 10",
     "PUBACK packet_id=4660 reason_code=0x10 (No matching subscribers)",
     {NUMBER(PACKET_ID, 0x1234), NUMBER(REASON_CODE, 0x10)}},
    {MQTT_5_0,
     MQTT_PUBACK,
     FROM_SERVER,
     "40 09 0001 87 05 1f 0002 6e6f",
     "PUBACK packet_id=1 reason_code=0x87 (Not authorized) "
     "reason_string=\"no\"",
     {NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 0x87),
      TEXT(REASON_STRING, "no")}},
    {MQTT_3_1,
     MQTT_PUBREC,
     FROM_SERVER,
     "50 02 0001",
     "PUBREC packet_id=1",
     {NUMBER(PACKET_ID, 1)}},
    {MQTT_3_1_1,
     MQTT_PUBREC,
     FROM_CLIENT,
     "50 02 0001",
     "PUBREC packet_id=1",
     {NUMBER(PACKET_ID, 1)}},
    {MQTT_5_0,
     MQTT_PUBREC,
     FROM_SERVER,
     "50 03 0001 97",
     "PUBREC packet_id=1 reason_code=0x97 (Quota exceeded)",
     {NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 0x97)}},
    {MQTT_3_1,
     MQTT_PUBREL,
     FROM_CLIENT,
     "6a 02 0001",
     "PUBREL dup=1 packet_id=1",
     {NUMBER(DUP, 1), NUMBER(PACKET_ID, 1)}},
    {MQTT_3_1_1,
     MQTT_PUBREL,
     FROM_SERVER,
     "62 02 0001",
     "PUBREL packet_id=1",
     {NUMBER(PACKET_ID, 1)}},
    {MQTT_5_0,
     MQTT_PUBREL,
     FROM_CLIENT,
     "62 03 0001 92",
     "PUBREL packet_id=1 reason_code=0x92 (Packet Identifier not found)",
     {NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 0x92)}},
    {MQTT_3_1,
     MQTT_PUBCOMP,
     FROM_SERVER,
     "70 02 ffff",
     "PUBCOMP packet_id=65535",
     {NUMBER(PACKET_ID, 65535)}},
    {MQTT_3_1_1,
     MQTT_PUBCOMP,
     FROM_SERVER,
     "70 02 ffff",
     "PUBCOMP packet_id=65535",
     {NUMBER(PACKET_ID, 65535)}},
    {MQTT_5_0,
     MQTT_PUBCOMP,
     FROM_SERVER,
     "70 0c 0001 00 08 26 0001 6b 0002 7631",
     "PUBCOMP packet_id=1 reason_code=0x00 user_property=\"k\":\"v1\"",
     {NUMBER(PACKET_ID, 1), PAIR(USER_PROPERTY, "k", "v1")}},
    /* SUBSCRIBE and SUBACK */
    {MQTT_3_1,
     MQTT_SUBSCRIBE,
     FROM_CLIENT,
     "8a 08 0007 0003 612f62 01",
     "SUBSCRIBE dup=1 packet_id=7 filter=\"a/b\" qos=1",
     {NUMBER(DUP, 1), NUMBER(PACKET_ID, 7), TEXT(FILTER, "a/b"),
      NUMBER(QOS, 1)}},
    {MQTT_3_1_1,
     MQTT_SUBSCRIBE,
     FROM_CLIENT,
     "82 0b 0007 0001 61 00 0002 6263 02",
     "SUBSCRIBE packet_id=7 filter=\"a\" qos=0 filter=\"bc\" qos=2",
     {NUMBER(PACKET_ID, 7), TEXT(FILTER, "a"), TEXT(FILTER, "bc"),
      NUMBER(QOS, 2)}},
    {MQTT_5_0,
     MQTT_SUBSCRIBE,
     FROM_CLIENT,
     "82 0b 0007 02 0b 05 0003 612f23 2d",
     "SUBSCRIBE packet_id=7 subscription_identifier=5 filter=\"a/#\" qos=1 "
     "no_local=1 retain_as_published=1 retain_handling=2",
     {NUMBER(PACKET_ID, 7), NUMBER(SUBSCRIPTION_IDENTIFIER, 5),
      TEXT(FILTER, "a/#"), NUMBER(QOS, 1), NUMBER(NO_LOCAL, 1),
      NUMBER(RETAIN_AS_PUBLISHED, 1), NUMBER(RETAIN_HANDLING, 2)}},
    {MQTT_3_1,
     MQTT_SUBACK,
     FROM_SERVER,
     "90 03 0007 01",
     "SUBACK packet_id=7 reason_code=0x01 (Granted QoS 1)",
     {NUMBER(PACKET_ID, 7), NUMBER(REASON_CODE, 1)}},
    {MQTT_3_1_1,
     MQTT_SUBACK,
     FROM_SERVER,
     "90 04 0007 00 80",
     "SUBACK packet_id=7 reason_code=0x00 reason_code=0x80 (Failure)",
     {NUMBER(PACKET_ID, 7), NUMBER(REASON_CODE, 0), NUMBER(REASON_CODE, 0x80)}},
    {MQTT_5_0,
     MQTT_SUBACK,
     FROM_SERVER,
     "90 05 0007 00 02 a2",
     "SUBACK packet_id=7 reason_code=0x02 (Granted QoS 2) reason_code=0xa2 "
     "(Wildcard Subscriptions not supported)",
     {NUMBER(PACKET_ID, 7), NUMBER(REASON_CODE, 2), NUMBER(REASON_CODE, 0xa2)}},
    /* UNSUBSCRIBE and UNSUBACK */
    {MQTT_3_1,
     MQTT_UNSUBSCRIBE,
     FROM_CLIENT,
     "aa 05 0008 0001 61",
     "UNSUBSCRIBE dup=1 packet_id=8 filter=\"a\"",
     {NUMBER(DUP, 1), NUMBER(PACKET_ID, 8), TEXT(FILTER, "a")}},
    {MQTT_3_1_1,
     MQTT_UNSUBSCRIBE,
     FROM_CLIENT,
     "a2 05 0008 0001 61",
     "UNSUBSCRIBE packet_id=8 filter=\"a\"",
     {NUMBER(PACKET_ID, 8), TEXT(FILTER, "a")}},
    {MQTT_5_0,
     MQTT_UNSUBSCRIBE,
     FROM_CLIENT,
     "a2 09 0008 00 0001 61 0001 62",
     "UNSUBSCRIBE packet_id=8 filter=\"a\" filter=\"b\"",
     {NUMBER(PACKET_ID, 8), TEXT(FILTER, "a"), TEXT(FILTER, "b")}},
    {MQTT_3_1,
     MQTT_UNSUBACK,
     FROM_SERVER,
     "b0 02 0008",
     "UNSUBACK packet_id=8",
     {NUMBER(PACKET_ID, 8)}},
    {MQTT_3_1_1,
     MQTT_UNSUBACK,
     FROM_SERVER,
     "b0 02 0008",
     "UNSUBACK packet_id=8",
     {NUMBER(PACKET_ID, 8)}},
    {MQTT_5_0,
     MQTT_UNSUBACK,
     FROM_SERVER,
     "b0 05 0008 00 00 11",
     "UNSUBACK packet_id=8 reason_code=0x00 reason_code=0x11 "
     "(No subscription existed)",
     {NUMBER(PACKET_ID, 8), NUMBER(REASON_CODE, 0), NUMBER(REASON_CODE, 0x11)}},
    /* PINGREQ and PINGRESP */
    {MQTT_3_1, MQTT_PINGREQ, FROM_CLIENT, "c0 00", "PINGREQ", {{0}}},
    {MQTT_3_1_1, MQTT_PINGREQ, FROM_CLIENT, "c0 00", "PINGREQ", {{0}}},
    {MQTT_5_0, MQTT_PINGREQ, FROM_CLIENT, "c0 00", "PINGREQ", {{0}}},
    {MQTT_3_1, MQTT_PINGRESP, FROM_SERVER, "d0 00", "PINGRESP", {{0}}},
    {MQTT_3_1_1, MQTT_PINGRESP, FROM_SERVER, "d0 00", "PINGRESP", {{0}}},
    {MQTT_5_0, MQTT_PINGRESP, FROM_SERVER, "d0 00", "PINGRESP", {{0}}},
    /* DISCONNECT and AUTH */
    {MQTT_3_1, MQTT_DISCONNECT, FROM_CLIENT, "e0 00", "DISCONNECT", {{0}}},
    {MQTT_3_1_1, MQTT_DISCONNECT, FROM_CLIENT, "e0 00", "DISCONNECT", {{0}}},
    {MQTT_5_0, MQTT_DISCONNECT, FROM_CLIENT, "e0 00", "DISCONNECT", {{0}}},
    {MQTT_5_0,
     MQTT_DISCONNECT,
     FROM_SERVER,
     "e0 01 8e",
     "DISCONNECT reason_code=0x8e (Session taken over)",
     {NUMBER(REASON_CODE, 0x8e)}},
    {MQTT_5_0,
     MQTT_DISCONNECT,
     FROM_CLIENT,
     "e0 07 04 05 11 00000000",
     "DISCONNECT reason_code=0x04 (Disconnect with Will Message) "
     "session_expiry_interval=0",
     {NUMBER(REASON_CODE, 4), NUMBER(SESSION_EXPIRY_INTERVAL, 0)}},
    {MQTT_5_0, MQTT_AUTH, FROM_SERVER, "f0 00", "AUTH", {{0}}},
    {MQTT_5_0,
     MQTT_AUTH,
     FROM_CLIENT,
     "f0 0b 18 09 15 0001 58 16 0002 01ff",
     "AUTH reason_code=0x18 (Continue authentication) "
     "authentication_method=\"X\" authentication_data=***",
     {NUMBER(REASON_CODE, 0x18), TEXT(AUTHENTICATION_METHOD, "X"),
      TEXT(AUTHENTICATION_DATA, "\x01\xff")}},
};
const size_t packet_sample_count =
    sizeof packet_samples / sizeof *packet_samples;

struct mqtt_packet packet_of_sample(const struct packet_sample *sample)
{
    struct mqtt_packet packet = {.version = sample->version,
                                 .type = sample->type};

    /* The encoder only reads. */
    packet.values = (struct mqtt_value *)(uintptr_t)sample->values;
    while (sample->values[packet.count].field != MQTT_FIELD_NONE)
        packet.count++;
    return packet;
}

struct slice bytes_of_hex(const char *hex, uint8_t room[BYTES_ROOM])
{
    size_t size = 0;

    for (; *hex; hex++) {
        unsigned byte;

        if (*hex == ' ')
            continue;
        ck_assert_msg(sscanf(hex, "%2x", &byte) == 1 && size < BYTES_ROOM,
                      "not hexadecimal: %s", hex);
        room[size++] = (uint8_t)byte;
        hex++;
    }
    return slice_make(room, size);
}

void assert_bytes(struct slice got, const char *hex)
{
    uint8_t room[BYTES_ROOM];
    struct slice expected = bytes_of_hex(hex, room);
    struct buffer text = buffer_make(10000);

    mqtt_print_hex(got, 200, &text);
    ck_assert_msg(slice_equal(got, expected), "got %s instead of %s",
                  buffer_string(&text), hex);
    buffer_free(&text);
}

void assert_encoded(const struct mqtt_packet *packet,
                    const struct mqtt_damage *damage, const char *hex)
{
    struct buffer out = buffer_make(ENCODED_MAX);

    ck_assert(mqtt_encode(packet, damage, &out));
    assert_bytes(buffer_slice(&out), hex);
    buffer_free(&out);
}
