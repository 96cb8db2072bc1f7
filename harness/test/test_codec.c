#include "mqtt/mqtt.h"

#include <check.h>
#include <string.h>

Suite *codec_suite(void);

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- names and tables -------------------------------------------------- */

START_TEST(versions_have_names)
{
    static const enum mqtt_version versions[] = {MQTT_3_1, MQTT_3_1_1,
                                                 MQTT_5_0};
    static const char *const names[] = {"3.1", "3.1.1", "5.0"};
    enum mqtt_version version;

    for (size_t i = 0; i < COUNT(versions); i++) {
        ck_assert_str_eq(mqtt_version_name(versions[i]), names[i]);
        ck_assert(mqtt_version_parse(slice_of(names[i]), &version));
        ck_assert_int_eq(version, versions[i]);
    }
    ck_assert(!mqtt_version_parse(slice_of("5"), &version));
    ck_assert_str_eq(mqtt_version_name((enum mqtt_version)6),
                     "unknown version");
}
END_TEST

START_TEST(types_have_names)
{
    enum mqtt_type type;

    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++) {
        const char *name = mqtt_type_name((enum mqtt_type)i);

        ck_assert(mqtt_type_parse(slice_of(name), &type));
        ck_assert_int_eq(type, i);
    }
    ck_assert_str_eq(mqtt_type_name(MQTT_UNSUBACK), "unsuback");
    ck_assert_str_eq(mqtt_type_name((enum mqtt_type)0), "type 0");
    ck_assert(!mqtt_type_parse(slice_of("type 0"), &type));
    ck_assert(!mqtt_type_parse(slice_of("CONNECT"), &type));
}
END_TEST

START_TEST(types_have_versions_and_directions)
{
    ck_assert(mqtt_type_in_version(MQTT_AUTH, MQTT_5_0));
    ck_assert(!mqtt_type_in_version(MQTT_AUTH, MQTT_3_1_1));
    ck_assert(mqtt_type_in_version(MQTT_DISCONNECT, MQTT_3_1));
    ck_assert(!mqtt_type_in_version((enum mqtt_type)0, MQTT_5_0));
    ck_assert(mqtt_type_to_client(MQTT_CONNACK));
    ck_assert(!mqtt_type_to_server(MQTT_CONNACK));
    ck_assert(mqtt_type_to_server(MQTT_SUBSCRIBE));
    ck_assert(!mqtt_type_to_client(MQTT_SUBSCRIBE));
    ck_assert(mqtt_type_to_client(MQTT_PUBREL));
    ck_assert(mqtt_type_to_server(MQTT_PUBREL));
    ck_assert(!mqtt_type_to_client((enum mqtt_type)0));
}
END_TEST

START_TEST(every_field_has_a_row_and_a_name_of_its_own)
{
    for (int i = MQTT_FIELD_NONE + 1; i < MQTT_FIELDS; i++) {
        enum mqtt_field field = (enum mqtt_field)i;
        const struct mqtt_field_row *row = mqtt_field_row(field);
        bool flat = field != MQTT_UNKNOWN_PROPERTY;

        ck_assert_msg(row->name != NULL, "field %d has no row", i);
        ck_assert_int_eq(row->field, field);
        ck_assert_uint_le(row->min, row->max);
        ck_assert_int_eq(mqtt_field_parse(slice_of(row->name)),
                         flat ? field : MQTT_FIELD_NONE);
        if (flat && i >= MQTT_FIRST_PROPERTY)
            ck_assert_int_eq(mqtt_property_field(row->property), field);
        else
            ck_assert_uint_eq(row->property, 0);
    }
    ck_assert_int_eq(mqtt_field_parse(slice_of("none")), MQTT_FIELD_NONE);
    ck_assert_int_eq(mqtt_field_parse(slice_of("")), MQTT_FIELD_NONE);
    ck_assert_int_eq(mqtt_field_row((enum mqtt_field)999)->field,
                     MQTT_FIELD_NONE);
}
END_TEST

START_TEST(property_identifiers_are_the_standards)
{
    static const uint8_t ids[] = {0x01, 0x02, 0x03, 0x08, 0x09, 0x0b, 0x11,
                                  0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19,
                                  0x1a, 0x1c, 0x1f, 0x21, 0x22, 0x23, 0x24,
                                  0x25, 0x26, 0x27, 0x28, 0x29, 0x2a};
    size_t found = 0;

    for (uint32_t id = 0; id < 300; id++) {
        bool known = mqtt_property_field(id) != MQTT_FIELD_NONE;

        ck_assert_int_eq(known, id < 256 && memchr(ids, (int)id, COUNT(ids)));
        found += known;
    }
    ck_assert_uint_eq(found, COUNT(ids));
}
END_TEST

START_TEST(properties_know_their_packets)
{
    ck_assert(mqtt_property_legal(MQTT_USER_PROPERTY, MQTT_AUTH, true));
    ck_assert(!mqtt_property_legal(MQTT_USER_PROPERTY, MQTT_PINGREQ, false));
    ck_assert(
        !mqtt_property_legal(MQTT_WILL_DELAY_INTERVAL, MQTT_CONNECT, false));
    ck_assert(mqtt_field_row(MQTT_WILL_DELAY_INTERVAL)->in_will);
    ck_assert(!mqtt_property_legal(MQTT_SUBSCRIPTION_IDENTIFIER, MQTT_PUBLISH,
                                   false));
    ck_assert(
        mqtt_property_legal(MQTT_SUBSCRIPTION_IDENTIFIER, MQTT_PUBLISH, true));
    ck_assert(
        mqtt_property_repeatable(MQTT_SUBSCRIPTION_IDENTIFIER, MQTT_PUBLISH));
    ck_assert(!mqtt_property_repeatable(MQTT_SUBSCRIPTION_IDENTIFIER,
                                        MQTT_SUBSCRIBE));
    ck_assert(mqtt_property_repeatable(MQTT_USER_PROPERTY, MQTT_CONNECT));
    ck_assert(!mqtt_property_repeatable(MQTT_TOPIC_ALIAS, MQTT_PUBLISH));
}
END_TEST

START_TEST(absent_properties_have_their_meaning)
{
    ck_assert_uint_eq(mqtt_field_row(MQTT_RECEIVE_MAXIMUM)->absent_value,
                      65535);
    ck_assert_uint_eq(mqtt_field_row(MQTT_MAXIMUM_QOS)->absent_value, 2);
    ck_assert_uint_eq(mqtt_field_row(MQTT_RETAIN_AVAILABLE)->absent_value, 1);
    ck_assert(mqtt_field_row(MQTT_TOPIC_ALIAS_MAXIMUM)->has_meaning);
    ck_assert(!mqtt_field_row(MQTT_MAXIMUM_PACKET_SIZE)->has_meaning);
    ck_assert(!mqtt_field_row(MQTT_MESSAGE_EXPIRY_INTERVAL)->has_meaning);
}
END_TEST

START_TEST(values_are_found_in_and_outside_the_will)
{
    struct mqtt_value values[] = {
        {.field = MQTT_USER_PROPERTY, .number = 1},
        {.field = MQTT_USER_PROPERTY, .number = 2, .in_will = true},
        {.field = MQTT_USER_PROPERTY, .number = 3}};
    struct mqtt_packet packet = {.values = values, .count = COUNT(values)};

    ck_assert_ptr_eq(mqtt_value_at(&packet, MQTT_USER_PROPERTY, 1), &values[2]);
    ck_assert_ptr_null(mqtt_value_at(&packet, MQTT_USER_PROPERTY, 2));
    ck_assert_ptr_eq(mqtt_will_value_at(&packet, MQTT_USER_PROPERTY, 0),
                     &values[1]);
    ck_assert_ptr_null(mqtt_will_value_at(&packet, MQTT_USER_PROPERTY, 1));
    ck_assert_uint_eq(mqtt_number(&packet, MQTT_USER_PROPERTY, 9), 1);
    ck_assert_uint_eq(mqtt_number(&packet, MQTT_QOS, 9), 9);
}
END_TEST

/* ---- reason codes and rules -------------------------------------------- */

/* The codes that each type may carry, as one side at least may send it. */
static const struct {
    enum mqtt_version version;
    enum mqtt_type type;
    const char *codes;
    size_t count;
} legal_codes[] = {
#define CODES(text) text, sizeof(text) - 1
    {MQTT_3_1, MQTT_CONNACK, CODES("\0\1\2\3\4\5")},
    {MQTT_3_1, MQTT_SUBACK, CODES("\0\1\2")},
    {MQTT_3_1_1, MQTT_CONNACK, CODES("\0\1\2\3\4\5")},
    {MQTT_3_1_1, MQTT_SUBACK, CODES("\0\1\2\x80")},
    {MQTT_3_1_1, MQTT_UNSUBACK, CODES("")},
    {MQTT_3_1_1, MQTT_DISCONNECT, CODES("")},
    {MQTT_5_0, MQTT_CONNACK,
     CODES("\x00\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8c\x90\x95\x97"
           "\x99\x9a\x9b\x9c\x9d\x9f")},
    {MQTT_5_0, MQTT_PUBACK, CODES("\x00\x10\x80\x83\x87\x90\x91\x97\x99")},
    {MQTT_5_0, MQTT_PUBREC, CODES("\x00\x10\x80\x83\x87\x90\x91\x97\x99")},
    {MQTT_5_0, MQTT_PUBREL, CODES("\x00\x92")},
    {MQTT_5_0, MQTT_PUBCOMP, CODES("\x00\x92")},
    {MQTT_5_0, MQTT_SUBACK,
     CODES("\x00\x01\x02\x80\x83\x87\x8f\x91\x97\x9e\xa1\xa2")},
    {MQTT_5_0, MQTT_UNSUBACK, CODES("\x00\x11\x80\x83\x87\x8f\x91")},
    {MQTT_5_0, MQTT_DISCONNECT,
     CODES("\x00\x04\x80\x81\x82\x83\x87\x89\x8b\x8c\x8d\x8e\x8f\x90\x93\x94"
           "\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0\xa1\xa2")},
    {MQTT_5_0, MQTT_AUTH, CODES("\x00\x18\x19")},
    {MQTT_5_0, MQTT_PUBLISH, CODES("")},
#undef CODES
};

START_TEST(codes_have_names_where_they_are_legal)
{
    for (size_t i = 0; i < COUNT(legal_codes); i++)
        for (int code = 0; code < 256; code++) {
            const char *name = mqtt_reason_name(
                legal_codes[i].version, legal_codes[i].type, (uint8_t)code);
            bool legal = memchr(legal_codes[i].codes, code,
                                legal_codes[i].count) != NULL;

            ck_assert_msg((name != NULL) == legal, "code 0x%02x of %s in %s",
                          (unsigned)code, mqtt_type_name(legal_codes[i].type),
                          mqtt_version_name(legal_codes[i].version));
        }
}
END_TEST

START_TEST(a_code_is_named_by_its_packet)
{
    ck_assert_str_eq(mqtt_reason_name(MQTT_5_0, MQTT_PUBACK, 0), "Success");
    ck_assert_str_eq(mqtt_reason_name(MQTT_5_0, MQTT_DISCONNECT, 0),
                     "Normal disconnection");
    ck_assert_str_eq(mqtt_reason_name(MQTT_5_0, MQTT_SUBACK, 0),
                     "Granted QoS 0");
    ck_assert_str_eq(mqtt_reason_name(MQTT_5_0, MQTT_CONNACK, 0x81),
                     "Malformed Packet");
    ck_assert_str_eq(mqtt_reason_name(MQTT_5_0, MQTT_CONNACK, 0x86),
                     "Bad User Name or Password");
    ck_assert_str_eq(mqtt_reason_name(MQTT_3_1_1, MQTT_SUBACK, 0x80),
                     "Failure");
}
END_TEST

START_TEST(every_rule_has_a_text_and_a_statement)
{
    for (int i = MQTT_RULE_NONE + 1; i < MQTT_RULES; i++) {
        enum mqtt_rule rule = (enum mqtt_rule)i;

        ck_assert_msg(mqtt_rule_text(rule) != NULL, "rule %d", i);
        ck_assert_msg(mqtt_rule_statement(rule, MQTT_5_0) != NULL, "rule %d",
                      i);
    }
    ck_assert_ptr_nonnull(mqtt_rule_text((enum mqtt_rule)999));
    ck_assert_ptr_null(mqtt_rule_statement(MQTT_RULE_NONE, MQTT_5_0));
}
END_TEST

static void assert_statement(struct mqtt_finding finding,
                             enum mqtt_version version, enum mqtt_type type,
                             const char *expected)
{
    ck_assert_pstr_eq(mqtt_finding_statement(&finding, version, type),
                      expected);
}

START_TEST(findings_have_the_statement_of_their_packet)
{
    struct mqtt_finding code = {MQTT_RULE_REASON_CODE, MQTT_REASON_CODE, 0};
    struct mqtt_finding expiry = {MQTT_RULE_PROPERTY_ILLEGAL,
                                  MQTT_SESSION_EXPIRY_INTERVAL, 0};
    struct mqtt_finding cut = {MQTT_RULE_LENGTH_BOUNDS, MQTT_REASON_STRING, 0};
    struct mqtt_finding flags = {MQTT_RULE_FLAGS, MQTT_FLAGS, 0};

    assert_statement(code, MQTT_5_0, MQTT_PUBACK, "MQTT-3.4.2-1");
    assert_statement(code, MQTT_5_0, MQTT_AUTH, "MQTT-3.15.2-1");
    assert_statement(code, MQTT_3_1_1, MQTT_SUBACK, "MQTT-3.9.3-2");
    assert_statement(code, MQTT_3_1, MQTT_CONNACK, "V3.1-CONNACK-1");
    assert_statement(expiry, MQTT_5_0, MQTT_DISCONNECT, "MQTT-3.14.2-2");
    assert_statement(expiry, MQTT_5_0, MQTT_PUBACK, "BEYOND-properties-8");
    assert_statement(cut, MQTT_5_0, MQTT_PUBACK, "BEYOND-properties-12");
    assert_statement(flags, MQTT_5_0, MQTT_PUBREL, "MQTT-2.1.3-1");
    assert_statement(flags, MQTT_3_1, MQTT_PUBREL, NULL);
}
END_TEST

/* ---- UTF-8 ------------------------------------------------------------- */

static const struct {
    const char *bytes;
    size_t size;
    bool valid;
} texts[] = {
#define TEXT(bytes, valid)                                                     \
    {                                                                          \
        bytes, sizeof(bytes) - 1, valid                                        \
    }
    TEXT("", true),
    TEXT("plain", true),
    TEXT("\x7f", true),
    TEXT("\xc2\x80", true),
    TEXT("\xdf\xbf", true),
    TEXT("\xe0\xa0\x80", true),
    TEXT("\xed\x9f\xbf", true),
    TEXT("\xee\x80\x80", true),
    TEXT("\xef\xbb\xbf", true),
    TEXT("\xef\xbf\xbf", true),
    TEXT("\xf0\x90\x80\x80", true),
    TEXT("\xf4\x8f\xbf\xbf", true),
    TEXT("a\xe2\x82\xac"
         "b",
         true),
    TEXT("\x80", false),
    TEXT("a\xbf", false),
    TEXT("\xc0\x80", false),
    TEXT("\xc1\xbf", false),
    TEXT("\xe0\x9f\xbf", false),
    TEXT("\xed\xa0\x80", false),
    TEXT("\xed\xbf\xbf", false),
    TEXT("\xf0\x8f\xbf\xbf", false),
    TEXT("\xf4\x90\x80\x80", false),
    TEXT("\xf5\x80\x80\x80", false),
    TEXT("\xf8\x88\x80\x80\x80", false),
    TEXT("\xfe", false),
    TEXT("\xff", false),
    TEXT("\xc2", false),
    TEXT("\xc2"
         "a",
         false),
    TEXT("\xe2\x82", false),
    TEXT("\xe2\x82"
         "a",
         false),
    TEXT("\xf0\x90\x80", false),
#undef TEXT
};

START_TEST(utf8_is_judged_by_the_standards_table)
{
    for (size_t i = 0; i < COUNT(texts); i++) {
        bool nul;
        struct slice text = slice_make(texts[i].bytes, texts[i].size);

        ck_assert_msg(mqtt_utf8_valid(text, &nul) == texts[i].valid, "text %zu",
                      i);
        ck_assert(!nul);
    }
}
END_TEST

START_TEST(nul_is_well_formed_and_told)
{
    bool nul;

    ck_assert(mqtt_utf8_valid(slice_make("a\0b", 3), &nul));
    ck_assert(nul);
    ck_assert(mqtt_utf8_valid(slice_make(NULL, 0), &nul));
    ck_assert(!nul);
}
END_TEST

/* ---- topics ------------------------------------------------------------ */

static const struct {
    const char *filter, *topic;
    bool matches;
} matches[] = {
    {"a", "a", true},
    {"a", "A", false},
    {"a", "b", false},
    {"a", "a/", false},
    {"a/", "a", false},
    {"/a", "a", false},
    {"a/b", "a/b", true},
    {"a/b", "a/b/c", false},
    {"a//b", "a//b", true},
    {"a/b", "a//b", false},
    {"sport/tennis/player1/#", "sport/tennis/player1", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
    {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
    {"sport/tennis/player1/#", "sport/tennis/player2", false},
    {"sport/#", "sport", true},
    {"sport/#", "sport/", true},
    {"sport/#", "sports", false},
    {"#", "a", true},
    {"#", "/", true},
    {"#", "a/b/c", true},
    {"+", "a", true},
    {"+", "a/b", false},
    {"+", "/a", false},
    {"+/+", "/finance", true},
    {"/+", "/finance", true},
    {"+", "/finance", false},
    {"sport/tennis/+", "sport/tennis/player1", true},
    {"sport/tennis/+", "sport/tennis/player1/ranking", false},
    {"sport/+", "sport", false},
    {"sport/+", "sport/", true},
    {"+/tennis/#", "sport/tennis", true},
    {"+/tennis/#", "sport/tennis/a/b", true},
    {"sport/+/player1", "sport/tennis/player1", true},
    {"sport/+/player1", "sport//player1", true},
    {"+/a/#", "b/c/a", false},
    {"#", "$SYS/monitor", false},
    {"+/monitor", "$SYS/monitor", false},
    {"+", "$SYS", false},
    {"$SYS/#", "$SYS/monitor", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/+", "$SYS/monitor", true},
    {"a/+", "a/$b", true},
    {"a/#", "a/$b", true},
    /* Not wildcards, because they do not fill a level. */
    {"a+", "ab", false},
    {"a+", "a+", true},
    {"a#", "ab", false},
    {"#/a", "b/a", false},
    {"a/#/b", "a/c/b", false},
    {"", "a", false},
    {"a", "", false},
    {"#", "", false},
    {"\xc3\xa9", "e\xcc\x81", false},
};

START_TEST(topics_match_by_the_standards_examples)
{
    for (size_t i = 0; i < COUNT(matches); i++)
        ck_assert_msg(mqtt_topic_matches(slice_of(matches[i].filter),
                                         slice_of(matches[i].topic)) ==
                          matches[i].matches,
                      "%s against %s", matches[i].filter, matches[i].topic);
}
END_TEST

static TCase *table_cases(void)
{
    TCase *tcase = tcase_create("tables");

    tcase_add_test(tcase, versions_have_names);
    tcase_add_test(tcase, types_have_names);
    tcase_add_test(tcase, types_have_versions_and_directions);
    tcase_add_test(tcase, every_field_has_a_row_and_a_name_of_its_own);
    tcase_add_test(tcase, property_identifiers_are_the_standards);
    tcase_add_test(tcase, properties_know_their_packets);
    tcase_add_test(tcase, absent_properties_have_their_meaning);
    tcase_add_test(tcase, values_are_found_in_and_outside_the_will);
    tcase_add_test(tcase, codes_have_names_where_they_are_legal);
    tcase_add_test(tcase, a_code_is_named_by_its_packet);
    tcase_add_test(tcase, every_rule_has_a_text_and_a_statement);
    tcase_add_test(tcase, findings_have_the_statement_of_their_packet);
    return tcase;
}

static TCase *text_cases(void)
{
    TCase *tcase = tcase_create("texts");

    tcase_add_test(tcase, utf8_is_judged_by_the_standards_table);
    tcase_add_test(tcase, nul_is_well_formed_and_told);
    tcase_add_test(tcase, topics_match_by_the_standards_examples);
    return tcase;
}

Suite *codec_suite(void)
{
    Suite *suite = suite_create("codec");

    suite_add_tcase(suite, table_cases());
    suite_add_tcase(suite, text_cases());
    return suite;
}
