#include "mqtt/mqtt.h"
#include "packet_samples.h"

#include <check.h>

Suite *encode_suite(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- what the standard says -------------------------------------------- */

START_TEST(samples_give_their_bytes)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct mqtt_packet packet = packet_of_sample(&packet_samples[i]);

        assert_encoded(&packet, NULL, packet_samples[i].hex);
    }
}
END_TEST

/* The shortest form of each type in each version. */
static const struct {
    enum mqtt_type type;
    const char *in_3_1, *in_3_1_1, *in_5_0;
} empty_packets[] = {
    {MQTT_CONNECT, "10 0e 0006 4d5149736470 03 00 0000 0000",
     "10 0c 0004 4d515454 04 00 0000 0000",
     "10 0d 0004 4d515454 05 00 0000 00 0000"},
    {MQTT_CONNACK, "20 02 00 00", "20 02 00 00", "20 03 00 00 00"},
    {MQTT_PUBLISH, "30 02 0000", "30 02 0000", "30 03 0000 00"},
    {MQTT_PUBACK, "40 02 0000", "40 02 0000", "40 02 0000"},
    {MQTT_PUBREC, "50 02 0000", "50 02 0000", "50 02 0000"},
    {MQTT_PUBREL, "62 02 0000", "62 02 0000", "62 02 0000"},
    {MQTT_PUBCOMP, "70 02 0000", "70 02 0000", "70 02 0000"},
    {MQTT_SUBSCRIBE, "82 02 0000", "82 02 0000", "82 03 0000 00"},
    {MQTT_SUBACK, "90 02 0000", "90 02 0000", "90 03 0000 00"},
    {MQTT_UNSUBSCRIBE, "a2 02 0000", "a2 02 0000", "a2 03 0000 00"},
    {MQTT_UNSUBACK, "b0 02 0000", "b0 02 0000", "b0 03 0000 00"},
    {MQTT_PINGREQ, "c0 00", "c0 00", "c0 00"},
    {MQTT_PINGRESP, "d0 00", "d0 00", "d0 00"},
    {MQTT_DISCONNECT, "e0 00", "e0 00", "e0 00"},
    {MQTT_AUTH, "f0 00", "f0 00", "f0 00"},
};

START_TEST(nothing_stated_gives_the_shortest_form)
{
    for (size_t i = 0; i < COUNT(empty_packets); i++) {
        struct mqtt_packet packet = {.type = empty_packets[i].type};

        packet.version = MQTT_3_1;
        assert_encoded(&packet, NULL, empty_packets[i].in_3_1);
        packet.version = MQTT_3_1_1;
        assert_encoded(&packet, NULL, empty_packets[i].in_3_1_1);
        packet.version = MQTT_5_0;
        assert_encoded(&packet, NULL, empty_packets[i].in_5_0);
    }
}
END_TEST

START_TEST(packets_follow_each_other_in_the_buffer)
{
    struct mqtt_packet ping = {.version = MQTT_5_0, .type = MQTT_PINGREQ};
    struct buffer out = buffer_make(ENCODED_MAX);

    ck_assert(mqtt_encode(&ping, NULL, &out));
    ck_assert(mqtt_encode(&ping, NULL, &out));
    assert_bytes(buffer_slice(&out), "c0 00 c0 00");
    buffer_free(&out);
}
END_TEST

/* ---- CONNECT ----------------------------------------------------------- */

START_TEST(a_single_flag_overrides_its_bit)
{
    struct mqtt_value values[] = {
        TEXT(USER_NAME, "u"), NUMBER(USER_NAME_FLAG, 0),
        NUMBER(PASSWORD_FLAG, 1), NUMBER(RESERVED_FLAG, 1)};
    struct mqtt_packet packet = PACKET(MQTT_3_1_1, MQTT_CONNECT, values);

    assert_encoded(&packet, NULL,
                   "10 0f 0004 4d515454 04 41 0000 0000 0001 75");
}
END_TEST

START_TEST(the_raw_flags_override_all)
{
    struct mqtt_value values[] = {NUMBER(CLEAN_START, 1),
                                  NUMBER(CONNECT_FLAGS, 0x14),
                                  TEXT(PASSWORD, "p")};
    struct mqtt_packet packet = PACKET(MQTT_3_1_1, MQTT_CONNECT, values);

    assert_encoded(&packet, NULL,
                   "10 0f 0004 4d515454 04 14 0000 0000 0001 70");
}
END_TEST

START_TEST(one_value_of_the_will_makes_a_will)
{
    struct mqtt_value values[] = {WILL_NUMBER(WILL_DELAY_INTERVAL, 1)};
    struct mqtt_value plain[] = {TEXT(WILL_TOPIC, "w"), NUMBER(WILL_FLAG, 0)};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_CONNECT, values);

    assert_encoded(&packet, NULL,
                   "10 17 0004 4d515454 05 04 0000 00 0000 "
                   "05 18 00000001 0000 0000");
    packet.version = MQTT_3_1_1;
    packet.values = plain;
    packet.count = COUNT(plain);
    assert_encoded(&packet, NULL,
                   "10 11 0004 4d515454 04 00 0000 0000 0001 77 0000");
}
END_TEST

START_TEST(name_and_level_are_written_as_stated)
{
    struct mqtt_value values[] = {TEXT(PROTOCOL_NAME, "X"),
                                  NUMBER(PROTOCOL_LEVEL, 9)};
    struct mqtt_packet packet = PACKET(MQTT_3_1_1, MQTT_CONNECT, values);

    assert_encoded(&packet, NULL, "10 09 0001 58 09 00 0000 0000");
}
END_TEST

/* ---- other packets ----------------------------------------------------- */

START_TEST(illegal_numbers_are_written_as_stated)
{
    struct mqtt_value values[] = {NUMBER(QOS, 3), NUMBER(DUP, 1),
                                  NUMBER(RETAIN, 1), TEXT(TOPIC, "+")};
    struct mqtt_packet packet = PACKET(MQTT_3_1_1, MQTT_PUBLISH, values);

    assert_encoded(&packet, NULL, "3f 05 0001 2b 0000");
}
END_TEST

START_TEST(a_stated_packet_id_is_written_at_qos_0)
{
    struct mqtt_value values[] = {NUMBER(PACKET_ID, 3)};
    struct mqtt_packet packet = PACKET(MQTT_3_1_1, MQTT_PUBLISH, values);

    assert_encoded(&packet, NULL, "30 04 0000 0003");
}
END_TEST

START_TEST(options_belong_to_the_filter_before_them)
{
    struct mqtt_value values[] = {TEXT(FILTER, "a"),
                                  NUMBER(RETAIN_HANDLING, 1),
                                  TEXT(FILTER, "b"),
                                  NUMBER(QOS, 3),
                                  NUMBER(OPTIONS, 0xc1),
                                  TEXT(FILTER, "c"),
                                  NUMBER(PACKET_ID, 1),
                                  NUMBER(NO_LOCAL, 1),
                                  NUMBER(SUBSCRIPTION_IDENTIFIER, 1)};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_SUBSCRIBE, values);

    assert_encoded(&packet, NULL,
                   "82 11 0001 02 0b 01 0001 61 10 0001 62 c1 0001 63 04");
}
END_TEST

START_TEST(stated_reason_codes_are_written)
{
    struct mqtt_value code[] = {NUMBER(REASON_CODE, 0)};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_PUBACK, code);

    assert_encoded(&packet, NULL, "40 03 0000 00");
    packet.type = MQTT_DISCONNECT;
    assert_encoded(&packet, NULL, "e0 01 00");
    packet.version = MQTT_3_1_1;
    assert_encoded(&packet, NULL, "e0 00");
}
END_TEST

START_TEST(properties_bring_the_reason_code_along)
{
    struct mqtt_value values[] = {TEXT(REASON_STRING, "r")};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_DISCONNECT, values);

    assert_encoded(&packet, NULL, "e0 06 00 04 1f 0001 72");
}
END_TEST

START_TEST(every_packet_of_5_0_takes_properties)
{
    struct mqtt_value values[] = {NUMBER(TOPIC_ALIAS, 1)};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_PINGREQ, values);

    assert_encoded(&packet, NULL, "c0 04 03 23 0001");
    packet.type = (enum mqtt_type)0;
    assert_encoded(&packet, NULL, "00 04 03 23 0001");
    packet.type = MQTT_PUBREL;
    assert_encoded(&packet, NULL, "62 07 0000 00 03 23 0001");
    packet.version = MQTT_3_1_1;
    assert_encoded(&packet, NULL, "62 02 0000");
}
END_TEST

START_TEST(properties_keep_their_order)
{
    struct mqtt_value unknown = {
        .field = MQTT_UNKNOWN_PROPERTY, .number = 0x7f, .bytes = BYTES("\xaa")};
    struct mqtt_value values[] = {NUMBER(TOPIC_ALIAS, 1),
                                  PAIR(USER_PROPERTY, "", "x"), unknown,
                                  NUMBER(TOPIC_ALIAS, 2)};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_PUBLISH, values);

    assert_encoded(&packet, NULL,
                   "30 11 0000 0e 23 0001 26 0000 0001 78 7f aa 23 0002");
}
END_TEST

/* ---- failures ---------------------------------------------------------- */

START_TEST(a_string_of_65536_bytes_is_refused)
{
    static uint8_t bytes[65536];
    struct mqtt_value value = {.field = MQTT_TOPIC,
                               .bytes = {bytes, sizeof bytes}};
    struct mqtt_packet packet = {.version = MQTT_3_1_1,
                                 .type = MQTT_PUBLISH,
                                 .values = &value,
                                 .count = 1};
    struct buffer out = buffer_make(ENCODED_MAX);

    buffer_text(&out, "kept");
    ck_assert(!mqtt_encode(&packet, NULL, &out));
    ck_assert(slice_is(buffer_slice(&out), "kept"));
    ck_assert(!out.failed);
    value.bytes.size = 65535;
    ck_assert(mqtt_encode(&packet, NULL, &out));
    ck_assert_uint_eq(out.size, 4 + 4 + 2 + 65535);
    value.bytes.size = 65536;
    value.has_stated_length = true;
    ck_assert(mqtt_encode(&packet, NULL, &out));
    buffer_free(&out);
}
END_TEST

START_TEST(the_cap_is_kept)
{
    struct mqtt_value values[] = {TEXT(PAYLOAD, "12345678")};
    struct mqtt_packet publish = PACKET(MQTT_5_0, MQTT_PUBLISH, values);

    for (size_t cap = 0; cap < 13; cap++) {
        struct buffer out = buffer_make(cap);

        ck_assert(!mqtt_encode(&publish, NULL, &out));
        ck_assert_uint_eq(out.size, 0);
        buffer_free(&out);
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct mqtt_packet packet = packet_of_sample(&packet_samples[i]);
        bool done = false;

        for (long n = 1; !done; n++) {
            struct buffer out = buffer_make(ENCODED_MAX);

            ck_assert_int_lt(n, 100);
            memory_fail_after(n);
            done = mqtt_encode(&packet, NULL, &out);
            memory_fail_after(0);
            ck_assert(done || (out.failed && out.size == 0));
            buffer_free(&out);
        }
    }
}
END_TEST

Suite *encode_suite(void)
{
    Suite *suite = suite_create("encode");
    TCase *tcase = tcase_create("encode");

    tcase_add_test(tcase, samples_give_their_bytes);
    tcase_add_test(tcase, nothing_stated_gives_the_shortest_form);
    tcase_add_test(tcase, packets_follow_each_other_in_the_buffer);
    tcase_add_test(tcase, a_single_flag_overrides_its_bit);
    tcase_add_test(tcase, the_raw_flags_override_all);
    tcase_add_test(tcase, one_value_of_the_will_makes_a_will);
    tcase_add_test(tcase, name_and_level_are_written_as_stated);
    tcase_add_test(tcase, illegal_numbers_are_written_as_stated);
    tcase_add_test(tcase, a_stated_packet_id_is_written_at_qos_0);
    tcase_add_test(tcase, options_belong_to_the_filter_before_them);
    tcase_add_test(tcase, stated_reason_codes_are_written);
    tcase_add_test(tcase, properties_bring_the_reason_code_along);
    tcase_add_test(tcase, every_packet_of_5_0_takes_properties);
    tcase_add_test(tcase, properties_keep_their_order);
    tcase_add_test(tcase, a_string_of_65536_bytes_is_refused);
    tcase_add_test(tcase, the_cap_is_kept);
    tcase_add_test(tcase, each_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    return suite;
}
