#include "mqtt/mqtt.h"
#include "packet_samples.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *print_suite(void);

static void assert_printed(struct buffer *out, const char *expected)
{
    ck_assert_str_eq(buffer_string(out), expected);
    buffer_free(out);
}

static void assert_text(const char *bytes, size_t size, size_t max,
                        const char *expected)
{
    struct buffer out = buffer_make(1000);

    mqtt_print_text(slice_make(bytes, size), max, &out);
    assert_printed(&out, expected);
}

START_TEST(texts_are_quoted_and_cut)
{
    assert_text("abc", 3, 3, "\"abc\"");
    assert_text("abc", 3, 2, "\"ab\" … 1 more byte");
    assert_text("abc", 3, 0, "\"\" … 3 more bytes");
    assert_text("", 0, 5, "\"\"");
    assert_text("a\"b\\", 4, 9, "\"a\\\"b\\\\\"");
    assert_text("\0\x1f ~\x7f\xc3\xa9", 7, 9,
                "\"\\x00\\x1f ~\\x7f\\xc3\\xa9\"");
}
END_TEST

static void assert_hex(const char *bytes, size_t size, size_t max,
                       const char *expected)
{
    struct buffer out = buffer_make(1000);

    mqtt_print_hex(slice_make(bytes, size), max, &out);
    assert_printed(&out, expected);
}

START_TEST(bytes_are_shown_in_hex_and_cut)
{
    assert_hex("\x30\x0a\x00", 3, 3, "30 0a 00");
    assert_hex("\x30\x0a\x00", 3, 1, "30 … 2 more bytes");
    assert_hex("", 0, 4, "");
}
END_TEST

static void assert_value(struct mqtt_value value, bool reveal,
                         const char *expected)
{
    struct buffer out = buffer_make(1000);

    mqtt_print_value(&value, reveal, &out);
    assert_printed(&out, expected);
}

START_TEST(values_have_their_names)
{
    struct mqtt_value password = TEXT(PASSWORD, "pw");
    struct mqtt_value data = TEXT(AUTHENTICATION_DATA, "pw");
    struct mqtt_value code = NUMBER(REASON_CODE, 0x8e);
    struct mqtt_value size = NUMBER(MAXIMUM_PACKET_SIZE, 0xffffffff);
    struct mqtt_value pair = PAIR(USER_PROPERTY, "a", "b c");
    struct mqtt_value expiry = WILL_NUMBER(MESSAGE_EXPIRY_INTERVAL, 3);
    struct mqtt_value unknown = {
        .field = MQTT_UNKNOWN_PROPERTY, .number = 0x7f, .bytes = BYTES("\x01")};

    assert_value(password, false, "password=***");
    assert_value(password, true, "password=\"pw\"");
    assert_value(data, false, "authentication_data=***");
    assert_value(code, false, "reason_code=0x8e");
    assert_value(size, false, "maximum_packet_size=4294967295");
    assert_value(pair, false, "user_property=\"a\":\"b c\"");
    assert_value(expiry, false, "will.message_expiry_interval=3");
    assert_value(unknown, false, "property_0x7f=\"\\x01\"");
}
END_TEST

START_TEST(long_texts_are_cut_after_60_bytes)
{
    char text[200];
    struct mqtt_value value = {.field = MQTT_PAYLOAD};
    char expected[200];

    memset(text, 'x', sizeof text);
    value.bytes = slice_make(text, 100);
    snprintf(expected, sizeof expected, "payload=\"%.60s\" … 40 more bytes",
             text);
    assert_value(value, false, expected);
}
END_TEST

static void assert_line(const char *hex, enum mqtt_version version,
                        const char *expected)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_findings findings;
    bool readable;
    struct mqtt_packet *packet = mqtt_decode(bytes_of_hex(hex, room), version,
                                             true, &findings, &readable);
    struct buffer out = buffer_make(1000);

    ck_assert_ptr_nonnull(packet);
    mqtt_print(packet, false, &out);
    mqtt_packet_free(packet);
    assert_printed(&out, expected);
}

START_TEST(what_is_odd_is_shown)
{
    assert_line("62 02 0001", MQTT_3_1_1, "PUBREL packet_id=1");
    assert_line("60 02 0001", MQTT_3_1_1, "PUBREL flags=0x00 packet_id=1");
    assert_line("d3 00", MQTT_5_0, "PINGRESP flags=0x03");
    assert_line("20 02 03 00", MQTT_3_1_1,
                "CONNACK acknowledge_flags=0x03 session_present=1 "
                "reason_code=0x00");
    assert_line("00 00", MQTT_5_0, "TYPE 0");
    assert_line("40 03 0001 7f", MQTT_5_0,
                "PUBACK packet_id=1 "
                "reason_code=0x7f");
}
END_TEST

START_TEST(raw_bytes_are_shown_where_no_bits_are)
{
    struct mqtt_value values[] = {NUMBER(CONNECT_FLAGS, 0xff)};
    struct mqtt_packet packet = {.version = MQTT_5_0,
                                 .type = MQTT_CONNECT,
                                 .values = values,
                                 .count = 1};
    struct buffer out = buffer_make(1000);

    mqtt_print(&packet, false, &out);
    assert_printed(&out, "CONNECT connect_flags=0xff");
}
END_TEST

START_TEST(a_line_ends_after_100_values)
{
    static struct mqtt_value values[150];
    struct mqtt_packet packet = {.version = MQTT_5_0,
                                 .type = MQTT_SUBACK,
                                 .values = values,
                                 .count = 150};
    struct buffer out = buffer_make(10000);

    for (size_t i = 0; i < 150; i++)
        values[i].field = MQTT_REASON_CODE;
    mqtt_print(&packet, false, &out);
    ck_assert(slice_ends(buffer_slice(&out),
                         slice_of("reason_code=0x00 … 50 more values")));
    buffer_free(&out);
}
END_TEST

Suite *print_suite(void)
{
    Suite *suite = suite_create("print");
    TCase *tcase = tcase_create("print");

    tcase_add_test(tcase, texts_are_quoted_and_cut);
    tcase_add_test(tcase, bytes_are_shown_in_hex_and_cut);
    tcase_add_test(tcase, values_have_their_names);
    tcase_add_test(tcase, long_texts_are_cut_after_60_bytes);
    tcase_add_test(tcase, what_is_odd_is_shown);
    tcase_add_test(tcase, raw_bytes_are_shown_where_no_bits_are);
    tcase_add_test(tcase, a_line_ends_after_100_values);
    suite_add_tcase(suite, tcase);
    return suite;
}
