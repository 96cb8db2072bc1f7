/* Damage that generators made, against the strict decoder: each packet that a
 * case expects to be rejected is wrong, and wrong in the way that the case is
 * about; its legal twins are right. */
#include "script/compile.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SIZE_OF(rows) (sizeof rows / sizeof *rows)

static const struct {
    const char *cases; /* the begin of their ids */
    enum mqtt_rule rules[4];
} kinds[] = {
    {"framing/truncated-request",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_EMPTY_LIST}},
    {"framing/truncated-", {MQTT_RULE_LENGTH_BOUNDS}},
    {"framing/trailing-bytes", {MQTT_RULE_TRAILING, MQTT_RULE_LENGTH_BOUNDS}},
    /* U+0000: the length of the next text has become a part of this one;
     * options: the end of this text has become the next field. */
    {"framing/text-length",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_TRAILING, MQTT_RULE_UTF8_NUL,
      MQTT_RULE_OPTIONS}},
    {"framing/wrong-flags", {MQTT_RULE_FLAGS}},
    {"framing/options-byte", {MQTT_RULE_OPTIONS}},
    {"framing/qos-3", {MQTT_RULE_QOS3}},
    {"framing/reserved-type", {MQTT_RULE_TYPE}},
    {"framing/reserved-3.1", {MQTT_RULE_QOS3, MQTT_RULE_TYPE}},
    {"framing/wrong-direction", {MQTT_RULE_DIRECTION}},
    {"framing/packet-id-0", {MQTT_RULE_PACKET_ID_ZERO}},
    {"framing/five-byte-length", {MQTT_RULE_NONE}},
    {"framing/disconnect-five-byte-length", {MQTT_RULE_NONE}},
    {"framing/disconnect-long-", {MQTT_RULE_LENGTH_MINIMAL}},
    {"framing/disconnect-lengths",
     {MQTT_RULE_TRAILING, MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_PROPERTY_UNKNOWN,
      MQTT_RULE_UTF8_NUL}},
    {"framing/long-", {MQTT_RULE_LENGTH_MINIMAL}},
    {"properties/foreign", {MQTT_RULE_PROPERTY_ILLEGAL}},
    {"properties/unknown", {MQTT_RULE_PROPERTY_UNKNOWN}},
    {"properties/repeated", {MQTT_RULE_PROPERTY_REPEATED}},
    {"properties/request-values", {MQTT_RULE_PROPERTY_VALUE}},
    {"properties/format-values", {MQTT_RULE_PROPERTY_VALUE}},
    {"properties/no-length", {MQTT_RULE_LENGTH_BOUNDS}},
    {"properties/length",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_LENGTH_MALFORMED, MQTT_RULE_TRAILING,
      MQTT_RULE_PROPERTY_UNKNOWN}},
    {"properties/truncated", {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_EMPTY_LIST}},
    {"properties/text-length",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_LENGTH_MALFORMED,
      MQTT_RULE_PROPERTY_UNKNOWN, MQTT_RULE_PROPERTY_ILLEGAL}},
    {"properties/user-property-length",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_PROPERTY_UNKNOWN, MQTT_RULE_UTF8_NUL}},
    {"enhanced_auth/lengths",
     {MQTT_RULE_TRAILING, MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_PROPERTY_UNKNOWN,
      MQTT_RULE_UTF8_NUL}},
    {"enhanced_auth/five-byte-length", {MQTT_RULE_NONE}},
    {"enhanced_auth/long-", {MQTT_RULE_LENGTH_MINIMAL}},
    {"enhanced_auth/wrong-flags", {MQTT_RULE_FLAGS}},
    {"enhanced_auth/property-length",
     {MQTT_RULE_LENGTH_BOUNDS, MQTT_RULE_LENGTH_MALFORMED, MQTT_RULE_TRAILING,
      MQTT_RULE_PROPERTY_UNKNOWN}},
    {"enhanced_auth/foreign-property",
     {MQTT_RULE_PROPERTY_ILLEGAL, MQTT_RULE_PROPERTY_UNKNOWN}},
    {"enhanced_auth/repeated-", {MQTT_RULE_PROPERTY_REPEATED}},
    {"enhanced_auth/text", {MQTT_RULE_UTF8, MQTT_RULE_UTF8_NUL}},
    {"utf8/null", {MQTT_RULE_UTF8_NUL}},
    {"utf8/", {MQTT_RULE_UTF8}},
};

static bool is_of_kind(const char *id, enum mqtt_rule rule)
{
    for (size_t i = 0; i < SIZE_OF(kinds); i++) {
        if (strncmp(id, kinds[i].cases, strlen(kinds[i].cases)) != 0)
            continue;
        for (size_t j = 0; j < SIZE_OF(kinds[i].rules); j++)
            if (kinds[i].rules[j] == rule && (rule || j == 0))
                return true;
        return false;
    }
    return false;
}

/* The packets of a script in order, and whether it expects a refusal. */
struct found {
    const struct step *sends[32];
    size_t count;
    bool rejected;
    bool chooses; /* any_of: either may be right */
};

static void look(const struct step *step, struct found *found)
{
    if (step->verb == VERB_ANY_OF)
        found->chooses = true;
    if (step->verb == VERB_SEND && step->send->thing == THING_PACKET &&
        found->count < SIZE_OF(found->sends))
        found->sends[found->count++] = step;
    if (step->verb == VERB_EXPECT && step->expect->thing == THING_REJECTED)
        found->rejected = true;
    for (size_t i = 0; i < step->child_count; i++)
        look(step->children[i], found);
}

static void check_variant(const struct variant *variant,
                          const struct script *script)
{
    struct found found = {.count = 0};

    look(script->steps, &found);
    if (found.chooses)
        return;
    ck_assert_uint_gt(found.count, 0);
    for (size_t i = 0; i < found.count; i++) {
        bool last = i + 1 == found.count;

        if (found.sends[i]->send->stop_after)
            continue; /* unfinished, not illegal */
        struct trial trial = send_try(found.sends[i]->send, script->version);

        ck_assert_msg(trial.known, "%s", variant->id);
        if (found.rejected && last)
            ck_assert_msg(trial.found &&
                              is_of_kind(variant->case_id, trial.finding.rule),
                          "%s: %s", variant->id,
                          trial.found ? trial.found : "nothing is wrong");
        else
            ck_assert_msg(!trial.found, "%s: %s", variant->id, trial.found);
    }
}

static void check_folder(const char *folder, size_t least)
{
    const char *paths[] = {folder};
    struct target_shape shape = {.versions = {false}};
    struct diagnostics diagnostics;
    const struct variant *variants;
    struct suite *suite;
    size_t count;

    ck_assert(diagnostics_begin(&diagnostics));
    suite = suite_load(paths, 1, NULL, &diagnostics);
    ck_assert_ptr_nonnull(suite);
    shape.versions[MQTT_3_1] = shape.versions[MQTT_3_1_1] = true;
    shape.versions[MQTT_5_0] = shape.transports[NET_TCP] = true;
    variants = suite_variants(suite, &shape, &count);
    ck_assert_uint_ge(count, least);
    for (size_t i = 0; i < count; i++) {
        struct script *script = script_compile(suite, &variants[i]);

        ck_assert_ptr_nonnull(script);
        check_variant(&variants[i], script);
        script_free(script);
    }
    suite_free(suite);
    diagnostics_end(&diagnostics);
}

static const struct {
    const char *folder;
    size_t least;
} folders[] = {{"cases/framing", 1500},
               {"cases/properties", 900},
               {"cases/utf8", 1500},
               {"cases/enhanced_auth/damage.yaml", 250}};

START_TEST(damage_is_damage_and_twins_are_legal)
{
    check_folder(folders[_i].folder, folders[_i].least);
}
END_TEST

/* ---- names -------------------------------------------------------------- */

static void check_rows(const char *table, const char *rows)
{
    char text[512], all[1024] = "";
    const char *paths[] = {"generated.yaml"};
    struct target_shape shape = {.versions = {false}};
    struct diagnostics diagnostics;
    const struct variant *variants;
    struct suite *suite;
    size_t count;
    FILE *file = fopen(paths[0], "w");

    ck_assert_ptr_nonnull(file);
    snprintf(text, sizeof text,
             "area: test\ncases:\n- id: test/a\n  title: A\n  versions: [5.0]\n"
             "  statements: {5.0: [X]}\n  each: {row: %s}\n"
             "  steps: [{do: $row}, {expect: close}]\n",
             table);
    ck_assert_int_ge(fputs(text, file), 0);
    fclose(file);
    ck_assert(diagnostics_begin(&diagnostics));
    suite = suite_load(paths, 1, NULL, &diagnostics);
    remove(paths[0]);
    ck_assert_ptr_nonnull(suite);
    shape.versions[MQTT_5_0] = shape.transports[NET_TCP] = true;
    variants = suite_variants(suite, &shape, &count);
    for (size_t i = 0; i < count; i++) {
        strcat(all, i ? " " : "");
        strcat(all, variants[i].rows + strlen("row="));
    }
    ck_assert_str_eq(all, rows);
    suite_free(suite);
    diagnostics_end(&diagnostics);
}

/* 3.4.2.1: two, three and four bytes are PUBACKs, the end of a property is
 * none. */
START_TEST(short_forms_are_not_damage)
{
    check_rows("{generate: body_lengths, of: {send: puback, packet_id: 1, "
               "reason_code: 0, reason_string: x}}",
               "0 1 4 5 6 7");
    check_rows("{a: {generate: wire_lengths, of: {send: pingreq}}}", "a_1");
}
END_TEST

START_TEST(lengths_that_lie_have_names)
{
    check_rows("{generate: text_lengths, of: {send: connect, client_id: x}}",
               "client_id_one_short client_id_one_long client_id_past_end "
               "client_id_longest");
    check_rows("{generate: long_integers, of: {send: pingreq}}",
               "remaining_length_2 remaining_length_3 remaining_length_4");
    check_rows("{generate: null_characters, of: {send: publish, topic: $topic, "
               "payload: x}, except: [topic_null_last]}",
               "topic_null_first topic_null_within topic_null_alone");
}
END_TEST

Suite *damage_cases_suite(void)
{
    Suite *suite = suite_create("damage cases");
    TCase *tests = tcase_create("damage cases");

    tcase_add_loop_test(tests, damage_is_damage_and_twins_are_legal, 0,
                        (int)SIZE_OF(folders));
    tcase_add_test(tests, short_forms_are_not_damage);
    tcase_add_test(tests, lengths_that_lie_have_names);
    suite_add_tcase(suite, tests);
    return suite;
}
