#include "mqtt/mqtt.h"
#include "packet_samples.h"

#include <check.h>

Suite *decode_suite(void);

static struct mqtt_packet *decode_sample(const struct packet_sample *sample,
                                         struct mqtt_findings *findings,
                                         bool *readable)
{
    uint8_t room[BYTES_ROOM];

    return mqtt_decode(bytes_of_hex(sample->hex, room), sample->version,
                       sample->to_client, findings, readable);
}

static struct mqtt_packet *
decode_clean(struct slice bytes, enum mqtt_version version, bool to_client)
{
    struct mqtt_findings findings;
    bool readable;
    struct mqtt_packet *packet =
        mqtt_decode(bytes, version, to_client, &findings, &readable);

    ck_assert_msg(findings.count == 0, "%s",
                  mqtt_rule_text(findings.rows[0].rule));
    ck_assert(readable);
    ck_assert_ptr_nonnull(packet);
    return packet;
}

/* ---- whole packets ----------------------------------------------------- */

START_TEST(samples_are_read_without_findings)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        const struct packet_sample *sample = &packet_samples[i];
        uint8_t room[BYTES_ROOM];
        struct slice bytes = bytes_of_hex(sample->hex, room);
        struct mqtt_packet *packet =
            decode_clean(bytes, sample->version, sample->to_client);
        struct buffer line = buffer_make(10000);

        ck_assert_int_eq(packet->type, sample->type);
        ck_assert_int_eq(packet->version, sample->version);
        ck_assert_uint_eq(packet->size, bytes.size);
        ck_assert_uint_eq(packet->remaining_length, bytes.size - 2);
        ck_assert_uint_eq(packet->flags, bytes.data[0] & 0x0f);
        ck_assert(slice_equal(mqtt_packet_bytes(packet), bytes));
        ck_assert(mqtt_packet_bytes(packet).data != bytes.data);
        mqtt_print(packet, false, &line);
        ck_assert_str_eq(buffer_string(&line), sample->line);
        buffer_free(&line);
        mqtt_packet_free(packet);
    }
}
END_TEST

START_TEST(what_was_read_encodes_to_the_same_bytes)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct mqtt_findings findings;
        bool readable;
        struct mqtt_packet *packet =
            decode_sample(&packet_samples[i], &findings, &readable);
        struct buffer out = buffer_make(ENCODED_MAX);

        ck_assert(mqtt_encode(packet, NULL, &out));
        ck_assert(slice_equal(buffer_slice(&out), mqtt_packet_bytes(packet)));
        buffer_free(&out);
        mqtt_packet_free(packet);
    }
}
END_TEST

/* The body cut to `size` bytes, with a Remaining Length that fits. */
static struct slice cut_body(const struct packet_sample *sample, size_t size,
                             uint8_t room[BYTES_ROOM])
{
    struct slice bytes = bytes_of_hex(sample->hex, room);

    room[1] = (uint8_t)size;
    bytes.size = 2 + size;
    return bytes;
}

/* From how many bytes on the sample's body is a legal packet of its type:
 * what may be left out at the end, in 5.0, and an application message. */
static bool legal_when_cut(const struct packet_sample *sample, size_t size,
                           size_t whole)
{
    enum mqtt_type type = sample->type;
    bool acknowledges = type >= MQTT_PUBACK && type <= MQTT_PUBCOMP;

    if (sample->version == MQTT_5_0 && acknowledges)
        return size == 2 || size == 3;
    if (sample->version == MQTT_5_0 && type >= MQTT_DISCONNECT)
        return size == 0 || size == 1;
    if (type == MQTT_PUBLISH && sample->version == MQTT_5_0)
        return whole == 12 && size == 11; /* without its payload */
    if (type == MQTT_PUBLISH)
        return size >= 5 && sample->version == MQTT_3_1_1;
    if (sample->version == MQTT_5_0 && type == MQTT_UNSUBSCRIBE)
        return size == 6;
    if (sample->version == MQTT_5_0 && type >= MQTT_SUBACK)
        return size == 4;
    if (type == MQTT_SUBSCRIBE && sample->version == MQTT_3_1_1)
        return size == 6;
    return type == MQTT_SUBACK && sample->version == MQTT_3_1_1 && size == 3;
}

static void assert_cut(const struct packet_sample *sample, size_t size,
                       size_t whole)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_findings findings;
    bool readable;
    struct slice bytes = cut_body(sample, size, room);
    struct mqtt_packet *packet = mqtt_decode(
        bytes, sample->version, sample->to_client, &findings, &readable);
    bool legal = legal_when_cut(sample, size, whole);

    ck_assert_int_eq(readable, packet != NULL);
    ck_assert_msg(
        (findings.count == 0) == legal, "%s cut to %zu: %s", sample->hex, size,
        findings.count ? mqtt_rule_text(findings.rows[0].rule) : "no finding");
    mqtt_packet_free(packet);
}

START_TEST(a_cut_body_is_found)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        uint8_t room[BYTES_ROOM];
        size_t whole = bytes_of_hex(packet_samples[i].hex, room).size - 2;

        for (size_t size = 0; size < whole; size++)
            assert_cut(&packet_samples[i], size, whole);
    }
}
END_TEST

START_TEST(a_packet_that_is_not_all_there_is_unreadable)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        uint8_t room[BYTES_ROOM];
        struct slice bytes = bytes_of_hex(packet_samples[i].hex, room);

        while (bytes.size-- > 0) {
            struct mqtt_findings findings;
            bool readable;

            ck_assert_ptr_null(
                mqtt_decode(bytes, MQTT_5_0, true, &findings, &readable));
            ck_assert(!readable);
            ck_assert_uint_eq(findings.count, 1);
            ck_assert_int_eq(findings.rows[0].rule, MQTT_RULE_LENGTH_BOUNDS);
        }
    }
}
END_TEST

START_TEST(no_memory_is_told_from_unreadable)
{
    for (size_t i = 0; i < packet_sample_count; i++) {
        struct mqtt_findings findings;
        bool readable = false;

        memory_fail_after(1);
        ck_assert_ptr_null(
            decode_sample(&packet_samples[i], &findings, &readable));
        memory_fail_after(0);
        ck_assert(readable);
    }
}
END_TEST

/* ---- values ------------------------------------------------------------ */

START_TEST(connect_gives_its_flags_one_by_one)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet = decode_clean(
        bytes_of_hex("10 14 0004 4d515454 04 8e 0009 0001 63 0001 77 0000 0000",
                     room),
        MQTT_5_0, false);

    ck_assert_int_eq(packet->version, MQTT_3_1_1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_CONNECT_FLAGS, 0), 0x8e);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_CLEAN_START, 9), 1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_USER_NAME_FLAG, 9), 1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_PASSWORD_FLAG, 9), 0);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_WILL_FLAG, 9), 1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_WILL_QOS, 9), 1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_WILL_RETAIN, 9), 0);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_RESERVED_FLAG, 9), 0);
    ck_assert_ptr_nonnull(mqtt_value_at(packet, MQTT_USER_NAME, 0));
    ck_assert_ptr_null(mqtt_value_at(packet, MQTT_PASSWORD, 0));
    ck_assert_ptr_nonnull(mqtt_will_value_at(packet, MQTT_WILL_PAYLOAD, 0));
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(options_are_given_for_each_filter)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet =
        decode_clean(bytes_of_hex("82 0b 0001 00 0001 61 01 0001 62 2c", room),
                     MQTT_5_0, false);

    ck_assert_uint_eq(mqtt_value_at(packet, MQTT_OPTIONS, 1)->number, 0x2c);
    ck_assert_uint_eq(mqtt_value_at(packet, MQTT_QOS, 0)->number, 1);
    ck_assert_uint_eq(mqtt_value_at(packet, MQTT_NO_LOCAL, 0)->number, 0);
    ck_assert_uint_eq(mqtt_value_at(packet, MQTT_NO_LOCAL, 1)->number, 1);
    ck_assert_uint_eq(mqtt_value_at(packet, MQTT_RETAIN_HANDLING, 1)->number,
                      2);
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(an_absent_reason_code_is_no_value)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet =
        decode_clean(bytes_of_hex("40 02 0001", room), MQTT_5_0, true);

    ck_assert_ptr_null(mqtt_value_at(packet, MQTT_REASON_CODE, 0));
    mqtt_packet_free(packet);
    packet =
        decode_clean(bytes_of_hex("40 04 0001 00 00", room), MQTT_5_0, true);
    ck_assert_ptr_nonnull(mqtt_value_at(packet, MQTT_REASON_CODE, 0));
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(connack_of_3_1_has_no_session_present)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet =
        decode_clean(bytes_of_hex("20 02 ff 00", room), MQTT_3_1, true);

    ck_assert_ptr_null(mqtt_value_at(packet, MQTT_SESSION_PRESENT, 0));
    ck_assert_uint_eq(mqtt_number(packet, MQTT_ACKNOWLEDGE_FLAGS, 0), 0xff);
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(a_refusal_of_3_1_1_form_is_read_on_5_0)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet =
        decode_clean(bytes_of_hex("20 02 00 01", room), MQTT_5_0, true);

    ck_assert_int_eq(packet->version, MQTT_3_1_1);
    ck_assert_uint_eq(mqtt_number(packet, MQTT_REASON_CODE, 0), 1);
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(user_name_and_password_may_be_missing_in_3_1)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_packet *packet = decode_clean(
        bytes_of_hex("10 0f 0006 4d5149736470 03 c0 0000 0001 63", room),
        MQTT_3_1, false);

    ck_assert_ptr_null(mqtt_value_at(packet, MQTT_USER_NAME, 0));
    mqtt_packet_free(packet);
}
END_TEST

START_TEST(an_unknown_property_takes_the_rest_of_its_section)
{
    uint8_t room[BYTES_ROOM];
    struct mqtt_findings findings;
    bool readable;
    struct mqtt_packet *packet =
        mqtt_decode(bytes_of_hex("30 0b 0001 74 06 23 0001 7f aabb 70", room),
                    MQTT_5_0, true, &findings, &readable);
    const struct mqtt_value *unknown =
        mqtt_value_at(packet, MQTT_UNKNOWN_PROPERTY, 0);

    ck_assert_uint_eq(findings.count, 1);
    ck_assert_uint_eq(findings.rows[0].offset, 9);
    ck_assert_uint_eq(unknown->number, 0x7f);
    ck_assert(slice_is(unknown->bytes, "\xaa\xbb"));
    ck_assert(slice_is(mqtt_value_at(packet, MQTT_PAYLOAD, 0)->bytes, "p"));
    mqtt_packet_free(packet);
}
END_TEST

/* ---- every property, there and back ------------------------------------ */

static struct mqtt_value legal_value(const struct mqtt_field_row *row,
                                     bool greatest)
{
    struct mqtt_value value = {.field = row->field};

    value.number = greatest ? row->max : row->min;
    value.bytes = slice_of(greatest ? "text" : "x");
    value.second = slice_of(greatest ? "second" : "");
    return value;
}

static void assert_same_value(const struct mqtt_value *a,
                              const struct mqtt_value *b)
{
    enum mqtt_kind kind = mqtt_field_row(a->field)->kind;
    bool text = kind == MQTT_KIND_STRING || kind == MQTT_KIND_BINARY ||
                kind == MQTT_KIND_PAIR;

    ck_assert_int_eq(a->field, b->field);
    ck_assert_int_eq(a->in_will, b->in_will);
    if (text)
        ck_assert(slice_equal(a->bytes, b->bytes));
    else
        ck_assert_uint_eq(a->number, b->number);
    if (kind == MQTT_KIND_PAIR)
        ck_assert(slice_equal(a->second, b->second));
}

/* What else the packet needs to be legal with this property. */
static size_t companions(enum mqtt_type type, enum mqtt_field field,
                         struct mqtt_value values[4])
{
    size_t count = 0;

    if (type != MQTT_CONNECT && type != MQTT_CONNACK && type != MQTT_PUBLISH &&
        type < MQTT_PINGREQ)
        values[count++] =
            (struct mqtt_value){.field = MQTT_PACKET_ID, .number = 1};
    if (type == MQTT_PUBLISH)
        values[count++] =
            (struct mqtt_value){.field = MQTT_TOPIC, .bytes = slice_of("t")};
    if (type == MQTT_SUBSCRIBE || type == MQTT_UNSUBSCRIBE)
        values[count++] =
            (struct mqtt_value){.field = MQTT_FILTER, .bytes = slice_of("t")};
    if (type == MQTT_SUBACK || type == MQTT_UNSUBACK || type == MQTT_AUTH)
        values[count++] = (struct mqtt_value){
            .field = MQTT_REASON_CODE, .number = type == MQTT_AUTH ? 0x18 : 0};
    if (field == MQTT_AUTHENTICATION_DATA)
        values[count++] = (struct mqtt_value){
            .field = MQTT_AUTHENTICATION_METHOD, .bytes = slice_of("m")};
    return count;
}

static void assert_round_trip(enum mqtt_type type, bool to_client,
                              struct mqtt_value value)
{
    struct mqtt_value values[5] = {value};
    struct mqtt_packet packet = {
        .version = MQTT_5_0, .type = type, .values = values};
    struct buffer out = buffer_make(ENCODED_MAX);
    struct mqtt_packet *read;
    const struct mqtt_value *got;

    packet.count = 1 + companions(type, value.field, values + 1);
    if (value.in_will)
        values[packet.count++] = (struct mqtt_value){.field = MQTT_WILL_TOPIC,
                                                     .bytes = slice_of("w")};
    ck_assert(mqtt_encode(&packet, NULL, &out));
    read = decode_clean(buffer_slice(&out), MQTT_5_0, to_client);
    got = value.in_will ? mqtt_will_value_at(read, value.field, 0)
                        : mqtt_value_at(read, value.field, 0);
    ck_assert_ptr_nonnull(got);
    assert_same_value(got, &value);
    mqtt_packet_free(read);
    buffer_free(&out);
}

static size_t round_trips(const struct mqtt_field_row *row, bool to_client,
                          bool greatest)
{
    size_t count = 0;

    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++) {
        enum mqtt_type type = (enum mqtt_type)i;

        if (!mqtt_property_legal(row->field, type, to_client) ||
            !(to_client ? mqtt_type_to_client(type)
                        : mqtt_type_to_server(type)))
            continue;
        assert_round_trip(type, to_client, legal_value(row, greatest));
        count++;
    }
    return count;
}

START_TEST(every_property_survives_in_every_packet_that_may_carry_it)
{
    for (int i = MQTT_FIRST_PROPERTY; i < MQTT_UNKNOWN_PROPERTY; i++) {
        const struct mqtt_field_row *row = mqtt_field_row((enum mqtt_field)i);
        size_t count = 0;

        for (int greatest = 0; greatest < 2; greatest++) {
            struct mqtt_value will = legal_value(row, greatest);

            count += round_trips(row, true, greatest);
            count += round_trips(row, false, greatest);
            will.in_will = true;
            if (row->in_will) {
                assert_round_trip(MQTT_CONNECT, false, will);
                count++;
            }
        }
        ck_assert_uint_ge(count, 2);
    }
}
END_TEST

Suite *decode_suite(void)
{
    Suite *suite = suite_create("decode");
    TCase *tcase = tcase_create("decode");

    tcase_add_test(tcase, samples_are_read_without_findings);
    tcase_add_test(tcase, what_was_read_encodes_to_the_same_bytes);
    tcase_add_test(tcase, a_cut_body_is_found);
    tcase_add_test(tcase, a_packet_that_is_not_all_there_is_unreadable);
    tcase_add_test(tcase, no_memory_is_told_from_unreadable);
    tcase_add_test(tcase, connect_gives_its_flags_one_by_one);
    tcase_add_test(tcase, options_are_given_for_each_filter);
    tcase_add_test(tcase, an_absent_reason_code_is_no_value);
    tcase_add_test(tcase, connack_of_3_1_has_no_session_present);
    tcase_add_test(tcase, a_refusal_of_3_1_1_form_is_read_on_5_0);
    tcase_add_test(tcase, user_name_and_password_may_be_missing_in_3_1);
    tcase_add_test(tcase, an_unknown_property_takes_the_rest_of_its_section);
    tcase_add_test(tcase,
                   every_property_survives_in_every_packet_that_may_carry_it);
    suite_add_tcase(suite, tcase);
    return suite;
}
