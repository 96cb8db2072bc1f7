/* Variable Byte Integers (1.5.5), and the frames whose length they are. */
#include "mqtt/mqtt.h"

#include <check.h>

Suite *varint_suite(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
    uint32_t number;
    const char *bytes;
    size_t size;
} varints[] = {
    {0, "\x00", 1},
    {1, "\x01", 1},
    {127, "\x7f", 1},
    {128, "\x80\x01", 2},
    {16383, "\xff\x7f", 2},
    {16384, "\x80\x80\x01", 3},
    {2097151, "\xff\xff\x7f", 3},
    {2097152, "\x80\x80\x80\x01", 4},
    {268435455, "\xff\xff\xff\x7f", 4},
};

static void assert_varint(struct slice bytes, uint32_t expected,
                          bool expected_minimal)
{
    size_t at = 0;
    uint32_t number;
    bool minimal;

    ck_assert(mqtt_get_varint(bytes, &at, &number, &minimal));
    ck_assert_uint_eq(number, expected);
    ck_assert_uint_eq(at, bytes.size);
    ck_assert_int_eq(minimal, expected_minimal);
}

START_TEST(integers_change_their_length_at_the_boundaries)
{
    for (size_t i = 0; i < COUNT(varints); i++) {
        struct slice bytes = slice_make(varints[i].bytes, varints[i].size);
        struct buffer out = buffer_make(10);

        mqtt_put_varint(&out, varints[i].number, 0);
        ck_assert(slice_equal(buffer_slice(&out), bytes));
        assert_varint(bytes, varints[i].number, true);
        buffer_free(&out);
    }
}
END_TEST

START_TEST(wider_integers_are_not_minimal)
{
    for (size_t i = 0; i < COUNT(varints); i++)
        for (unsigned width = (unsigned)varints[i].size + 1; width <= 4;
             width++) {
            struct buffer out = buffer_make(10);

            mqtt_put_varint(&out, varints[i].number, width);
            ck_assert_uint_eq(out.size, width);
            assert_varint(buffer_slice(&out), varints[i].number, false);
            buffer_free(&out);
        }
}
END_TEST

START_TEST(integers_end_within_four_bytes_and_their_slice)
{
    static const char five[] = "\x80\x80\x80\x80\x01";
    size_t at = 0;
    uint32_t number;
    bool minimal;

    ck_assert(!mqtt_get_varint(slice_make(five, 5), &at, &number, &minimal));
    for (size_t size = 0; size < 4; size++)
        ck_assert(
            !mqtt_get_varint(slice_make(five, size), &at, &number, &minimal));
    ck_assert_uint_eq(at, 0);
    at = 4;
    ck_assert(mqtt_get_varint(slice_make(five, 5), &at, &number, &minimal));
    ck_assert_uint_eq(at, 5);
    at = 7;
    ck_assert(!mqtt_get_varint(slice_make(five, 5), &at, &number, &minimal));
}
END_TEST

static void assert_frame(const char *bytes, size_t length,
                         enum mqtt_frame expected, size_t expected_size)
{
    size_t size = 99;

    ck_assert_int_eq(mqtt_frame(slice_make(bytes, length), &size), expected);
    ck_assert_uint_eq(size, expected_size);
}

START_TEST(frames_are_cut_from_the_stream)
{
    assert_frame("", 0, MQTT_FRAME_MORE, 0);
    assert_frame("\xc0", 1, MQTT_FRAME_MORE, 0);
    assert_frame("\xc0\x00", 2, MQTT_FRAME_WHOLE, 2);
    assert_frame("\xc0\x00\xc0\x00", 4, MQTT_FRAME_WHOLE, 2);
    assert_frame("\x30\x02\x00", 3, MQTT_FRAME_MORE, 4);
    assert_frame("\x30\x80", 2, MQTT_FRAME_MORE, 0);
    assert_frame("\x30\x80\x01", 3, MQTT_FRAME_MORE, 131);
    assert_frame("\x30\x80\x80\x80", 4, MQTT_FRAME_MORE, 0);
    assert_frame("\x30\xff\xff\xff\x7f", 5, MQTT_FRAME_MORE, 268435460);
    assert_frame("\x30\xff\xff\xff\xff", 5, MQTT_FRAME_MALFORMED, 0);
    assert_frame("\x30\x80\x80\x80\x80\x01", 6, MQTT_FRAME_MALFORMED, 0);
}
END_TEST

Suite *varint_suite(void)
{
    Suite *suite = suite_create("varint");
    TCase *tcase = tcase_create("varint");

    tcase_add_test(tcase, integers_change_their_length_at_the_boundaries);
    tcase_add_test(tcase, wider_integers_are_not_minimal);
    tcase_add_test(tcase, integers_end_within_four_bytes_and_their_slice);
    tcase_add_test(tcase, frames_are_cut_from_the_stream);
    suite_add_tcase(suite, tcase);
    return suite;
}
