/* Packets that are broken on purpose. */
#include "mqtt/mqtt.h"
#include "packet_samples.h"

#include <check.h>

Suite *damage_suite(void);

static struct mqtt_value publish_values[] = {
    TEXT(TOPIC, "t"), NUMBER(QOS, 1), NUMBER(PACKET_ID, 1),
    NUMBER(TOPIC_ALIAS, 2), TEXT(PAYLOAD, "pq")};
/* 32 0b 0001 74 0001 03 23 0002 7071 */
static const struct mqtt_packet publish =
    PACKET(MQTT_5_0, MQTT_PUBLISH, publish_values);

START_TEST(flags_and_type_are_replaced)
{
    struct mqtt_damage damage = {.has_flags = true, .flags = 0x0f};

    assert_encoded(&publish, &damage, "3f 0b 0001 74 0001 03 23 0002 7071");
    damage.has_packet_type = true;
    damage.packet_type = 0;
    assert_encoded(&publish, &damage, "0f 0b 0001 74 0001 03 23 0002 7071");
}
END_TEST

static void assert_omitted(const struct mqtt_packet *packet,
                           enum mqtt_field field, const char *hex)
{
    struct mqtt_damage damage = {0};

    mqtt_damage_omit(&damage, field);
    ck_assert(mqtt_damage_omits(&damage, field));
    ck_assert(!mqtt_damage_omits(&damage, MQTT_USER_PROPERTY));
    assert_encoded(packet, &damage, hex);
}

START_TEST(any_field_can_be_left_out)
{
    static struct mqtt_value will[] = {WILL_TEXT(WILL_TOPIC, "w"),
                                       WILL_TEXT(WILL_PAYLOAD, "m")};
    struct mqtt_packet connect = PACKET(MQTT_5_0, MQTT_CONNECT, will);

    assert_omitted(&publish, MQTT_TOPIC, "32 08 0001 03 23 0002 7071");
    assert_omitted(&publish, MQTT_PACKET_ID, "32 09 0001 74 03 23 0002 7071");
    assert_omitted(&publish, MQTT_PROPERTY_LENGTH,
                   "32 0a 0001 74 0001 23 0002 7071");
    assert_omitted(&publish, MQTT_TOPIC_ALIAS, "32 08 0001 74 0001 00 7071");
    assert_omitted(&publish, MQTT_PAYLOAD, "32 09 0001 74 0001 03 23 0002");
    assert_omitted(&publish, MQTT_QOS, "30 0b 0001 74 0001 03 23 0002 7071");
    assert_omitted(&publish, MQTT_REMAINING_LENGTH,
                   "32 0001 74 0001 03 23 0002 7071");
    assert_omitted(&publish, MQTT_PACKET_TYPE,
                   "0b 0001 74 0001 03 23 0002 7071");
    assert_omitted(&connect, MQTT_PROTOCOL_NAME,
                   "10 0e 05 04 0000 00 0000 00 0001 77 0001 6d");
    assert_omitted(&connect, MQTT_CONNECT_FLAGS,
                   "10 13 0004 4d515454 05 0000 00 0000 00 0001 77 0001 6d");
    assert_omitted(&connect, MQTT_WILL_PROPERTY_LENGTH,
                   "10 13 0004 4d515454 05 04 0000 00 0000 0001 77 0001 6d");
    assert_omitted(&connect, MQTT_WILL_TOPIC,
                   "10 11 0004 4d515454 05 04 0000 00 0000 00 0001 6d");
}
END_TEST

START_TEST(parts_of_lists_can_be_left_out)
{
    struct mqtt_value filters[] = {TEXT(FILTER, "a"), TEXT(FILTER, "b")};
    struct mqtt_value codes[] = {NUMBER(REASON_CODE, 1)};
    struct mqtt_packet subscribe = PACKET(MQTT_3_1_1, MQTT_SUBSCRIBE, filters);
    struct mqtt_packet suback = PACKET(MQTT_3_1_1, MQTT_SUBACK, codes);

    assert_omitted(&subscribe, MQTT_OPTIONS, "82 08 0000 0001 61 0001 62");
    assert_omitted(&subscribe, MQTT_FILTER, "82 04 0000 00 00");
    assert_omitted(&suback, MQTT_REASON_CODE, "90 02 0000");
}
END_TEST

static struct mqtt_length length_of(enum mqtt_length_form form, int64_t number)
{
    struct mqtt_length length = {.form = form, .number = number};

    return length;
}

START_TEST(the_property_length_lies)
{
    struct mqtt_damage damage = {.property_length =
                                     length_of(MQTT_LENGTH_IS, 200)};

    assert_encoded(&publish, &damage, "32 0c 0001 74 0001 c801 23 0002 7071");
    damage.property_length = length_of(MQTT_LENGTH_ADD, -1);
    assert_encoded(&publish, &damage, "32 0b 0001 74 0001 02 23 0002 7071");
    damage.property_length = length_of(MQTT_LENGTH_ADD, -9);
    assert_encoded(&publish, &damage, "32 0b 0001 74 0001 00 23 0002 7071");
    damage.property_length = length_of(MQTT_LENGTH_WIDTH, 3);
    assert_encoded(&publish, &damage, "32 0d 0001 74 0001 838000 23 0002 7071");
    damage.property_length = length_of(MQTT_LENGTH_BYTES, 0);
    damage.property_length.bytes = slice_make("\xff\xff", 2);
    assert_encoded(&publish, &damage, "32 0c 0001 74 0001 ffff 23 0002 7071");
}
END_TEST

START_TEST(the_will_property_length_lies)
{
    struct mqtt_value will[] = {WILL_TEXT(WILL_TOPIC, "w")};
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_CONNECT, will);
    struct mqtt_damage damage = {.will_property_length =
                                     length_of(MQTT_LENGTH_ADD, 4)};

    assert_encoded(&packet, &damage,
                   "10 13 0004 4d515454 05 04 0000 00 0000 04 0001 77 0000");
}
END_TEST

START_TEST(a_stated_property_length_is_written_even_if_not_needed)
{
    struct mqtt_packet packet = {.version = MQTT_5_0, .type = MQTT_PUBACK};
    struct mqtt_damage damage = {.property_length =
                                     length_of(MQTT_LENGTH_IS, 0)};

    assert_encoded(&packet, &damage, "40 04 0000 00 00");
    packet.type = MQTT_PINGREQ;
    assert_encoded(&packet, &damage, "c0 01 00");
}
END_TEST

START_TEST(the_remaining_length_lies)
{
    struct mqtt_packet ping = {.version = MQTT_5_0, .type = MQTT_PINGREQ};
    struct mqtt_damage damage = {.remaining_length =
                                     length_of(MQTT_LENGTH_IS, 268435455)};

    assert_encoded(&ping, &damage, "c0 ffffff7f");
    damage.remaining_length = length_of(MQTT_LENGTH_IS, 268435456);
    assert_encoded(&ping, &damage, "c0 8080808001");
    damage.remaining_length = length_of(MQTT_LENGTH_ADD, 5);
    assert_encoded(&ping, &damage, "c0 05");
    damage.remaining_length = length_of(MQTT_LENGTH_ADD, INT64_MAX);
    assert_encoded(&ping, &damage, "c0 ffffffff0f");
    damage.remaining_length = length_of(MQTT_LENGTH_ADD, INT64_MIN);
    assert_encoded(&ping, &damage, "c0 00");
    damage.remaining_length = length_of(MQTT_LENGTH_WIDTH, 5);
    assert_encoded(&ping, &damage, "c0 8080808000");
    damage.remaining_length = length_of(MQTT_LENGTH_BYTES, 0);
    assert_encoded(&ping, &damage, "c0");
}
END_TEST

START_TEST(the_body_is_patched_and_its_length_follows)
{
    struct mqtt_damage damage = {
        .has_insert = true, .insert_at = 1, .insert = slice_make("\xaa", 1)};

    assert_encoded(&publish, &damage, "32 0c 00aa01 74 0001 03 23 0002 7071");
    damage.insert_at = 1000;
    assert_encoded(&publish, &damage, "32 0c 0001 74 0001 03 23 0002 7071 aa");
    damage.append = slice_make("\xbb", 1);
    assert_encoded(&publish, &damage,
                   "32 0d 0001 74 0001 03 23 0002 7071 aa bb");
    damage.has_truncate = true;
    damage.truncate = 4;
    assert_encoded(&publish, &damage, "32 04 0001 74 00");
    damage.truncate = 0;
    assert_encoded(&publish, &damage, "32 00");
    damage.truncate = 1000;
    assert_encoded(&publish, &damage,
                   "32 0d 0001 74 0001 03 23 0002 7071 aa bb");
}
END_TEST

START_TEST(stopping_leaves_the_length)
{
    struct mqtt_damage damage = {.has_stop_after = true, .stop_after = 4};
    struct buffer out = buffer_make(ENCODED_MAX);

    assert_encoded(&publish, &damage, "32 0b 0001");
    damage.stop_after = 0;
    assert_encoded(&publish, &damage, "");
    damage.stop_after = 99;
    assert_encoded(&publish, &damage, "32 0b 0001 74 0001 03 23 0002 7071");
    damage.stop_after = 1;
    buffer_text(&out, "x");
    ck_assert(mqtt_encode(&publish, &damage, &out));
    ck_assert(slice_is(buffer_slice(&out), "x2"));
    buffer_free(&out);
}
END_TEST

START_TEST(values_lie_about_themselves)
{
    struct mqtt_value topic = TEXT(TOPIC, "t");
    struct mqtt_value id = NUMBER(SUBSCRIPTION_IDENTIFIER, 1);
    struct mqtt_value pair = PAIR(USER_PROPERTY, "n", "v");
    struct mqtt_value values[3];
    struct mqtt_packet packet = PACKET(MQTT_5_0, MQTT_PUBLISH, values);

    topic.has_stated_length = true;
    topic.stated_length = 500;
    id.width = 2;
    pair.has_stated_length = true;
    pair.stated_length = 2;
    values[0] = topic;
    values[1] = id;
    values[2] = pair;
    assert_encoded(&packet, NULL,
                   "30 0e 01f4 74 0a 0b 8100 26 0002 6e 0001 76");
}
END_TEST

Suite *damage_suite(void)
{
    Suite *suite = suite_create("damage");
    TCase *tcase = tcase_create("damage");

    tcase_add_test(tcase, flags_and_type_are_replaced);
    tcase_add_test(tcase, any_field_can_be_left_out);
    tcase_add_test(tcase, parts_of_lists_can_be_left_out);
    tcase_add_test(tcase, the_property_length_lies);
    tcase_add_test(tcase, the_will_property_length_lies);
    tcase_add_test(tcase,
                   a_stated_property_length_is_written_even_if_not_needed);
    tcase_add_test(tcase, the_remaining_length_lies);
    tcase_add_test(tcase, the_body_is_patched_and_its_length_follows);
    tcase_add_test(tcase, stopping_leaves_the_length);
    tcase_add_test(tcase, values_lie_about_themselves);
    suite_add_tcase(suite, tcase);
    return suite;
}
