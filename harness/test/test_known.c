/* The profile's list of known failures. */
#include "engine/known.h"

#include <check.h>
#include <string.h>

static const char *const statements[] = {"MQTT-A-1", "MQTT-B-2"};
static const struct variant variant = {.id = "area/case@5.0+tcp[row]",
                                       .case_id = "area/case",
                                       .area = "area",
                                       .version = MQTT_5_0,
                                       .statements = statements,
                                       .statement_count = 2};

static struct profile_known entry;
static struct profile profile;
static struct play_record play;

static const char *const *one(const char *statement)
{
    static const char *ids[2];
    ids[0] = statement;
    return ids;
}

static struct result judge(enum verdict verdict)
{
    struct result result = {.verdict = verdict, .play = &play};

    if (verdict == VERDICT_FLAKY)
        result.first = &play;
    profile = (struct profile){.known = &entry, .known_count = 1};
    known_judge(&profile, &variant, &result);
    return result;
}

static void list(enum known_verdict verdict)
{
    play = (struct play_record){.arena = NULL};
    entry = (struct profile_known){.variants = "area/case",
                                   .statements = one("MQTT-A-1"),
                                   .reason = "why",
                                   .verdict = verdict};
}

static const struct known_row {
    enum known_verdict listed;
    enum verdict found, verdict;
} known_rows[] = {
    {KNOWN_FAIL, VERDICT_FAIL, VERDICT_KNOWN},
    {KNOWN_FAIL, VERDICT_FLAKY, VERDICT_KNOWN},
    {KNOWN_FAIL, VERDICT_PASS, VERDICT_FIXED},
    {KNOWN_FAIL, VERDICT_WARN, VERDICT_WARN},
    {KNOWN_FAIL, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE},
    {KNOWN_FAIL, VERDICT_ERROR, VERDICT_ERROR},
    {KNOWN_WARN, VERDICT_WARN, VERDICT_KNOWN},
    {KNOWN_WARN, VERDICT_FAIL, VERDICT_FAIL},
    {KNOWN_WARN, VERDICT_PASS, VERDICT_FIXED},
    {KNOWN_INCONCLUSIVE, VERDICT_INCONCLUSIVE, VERDICT_KNOWN},
    {KNOWN_INCONCLUSIVE, VERDICT_FAIL, VERDICT_FAIL},
    {KNOWN_INCONCLUSIVE, VERDICT_PASS, VERDICT_FIXED},
};
#define KNOWN_ROWS (sizeof known_rows / sizeof known_rows[0])

START_TEST(test_verdicts)
{
    const struct known_row *row = &known_rows[_i];
    list(row->listed);
    struct result result = judge(row->found);
    ck_assert_int_eq(result.verdict, row->verdict);
    ck_assert_uint_eq(entry.matched, 1);
    if (row->verdict == row->found)
        return;
    ck_assert_str_eq(result.reason, "why");
    ck_assert_str_eq(result.known_statement, "MQTT-A-1");
}
END_TEST

START_TEST(test_sometimes)
{
    list(KNOWN_FAIL);
    entry.sometimes = true;
    ck_assert_int_eq(judge(VERDICT_PASS).verdict, VERDICT_PASS);
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_KNOWN);
}
END_TEST

START_TEST(test_other_variant)
{
    list(KNOWN_FAIL);
    entry.variants = "area/other";
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_FAIL);
    ck_assert_uint_eq(entry.matched, 0);
}
END_TEST

START_TEST(test_other_statement)
{
    list(KNOWN_FAIL);
    entry.statements = one("MQTT-A-10");
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_FAIL);
    ck_assert_uint_eq(entry.matched, 0);
}
END_TEST

START_TEST(test_one_of_several_statements)
{
    static const char *const ids[] = {"V3.1-A-1", "MQTT-A-1", NULL};
    list(KNOWN_FAIL);
    entry.statements = ids;
    struct result result = judge(VERDICT_FAIL);
    ck_assert_int_eq(result.verdict, VERDICT_KNOWN);
    ck_assert_str_eq(result.known_statement, "MQTT-A-1");
    ck_assert_uint_eq(entry.matched, 1);
}
END_TEST

START_TEST(test_all_variants_of_a_statement)
{
    list(KNOWN_FAIL);
    entry.variants = NULL;
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_KNOWN);
}
END_TEST

/* A step that judges B alone has failed: A is not what broke. */
START_TEST(test_step_with_its_own_statements)
{
    list(KNOWN_FAIL);
    play.finding.statements = "MQTT-B-2 MQTT-C-3";
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_FAIL);
    entry.statements = one("MQTT-C-3");
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_KNOWN);
    entry.statements = one("MQTT-C");
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_FAIL);
}
END_TEST

START_TEST(test_warning_of_another_step)
{
    struct finding warning = {.statements = "MQTT-B-2"};
    list(KNOWN_WARN);
    play.warnings = &warning;
    play.warning_count = 1;
    ck_assert_int_eq(judge(VERDICT_WARN).verdict, VERDICT_WARN);
    warning.statements = "";
    ck_assert_int_eq(judge(VERDICT_WARN).verdict, VERDICT_KNOWN);
}
END_TEST

START_TEST(test_passive)
{
    list(KNOWN_FAIL);
    entry.passive = true;
    ck_assert_int_eq(judge(VERDICT_FAIL).verdict, VERDICT_FAIL);
    ck_assert_ptr_eq(known_passive(&profile, &variant, "MQTT-A-1"), &entry);
    ck_assert_uint_eq(entry.matched, 1);
    ck_assert_ptr_null(known_passive(&profile, &variant, "MQTT-B-2"));
}
END_TEST

Suite *known_suite(void);
Suite *known_suite(void)
{
    Suite *suite = suite_create("known");
    TCase *list_case = tcase_create("list");
    tcase_add_loop_test(list_case, test_verdicts, 0, KNOWN_ROWS);
    tcase_add_test(list_case, test_sometimes);
    tcase_add_test(list_case, test_other_variant);
    tcase_add_test(list_case, test_other_statement);
    tcase_add_test(list_case, test_one_of_several_statements);
    tcase_add_test(list_case, test_all_variants_of_a_statement);
    tcase_add_test(list_case, test_step_with_its_own_statements);
    tcase_add_test(list_case, test_warning_of_another_step);
    tcase_add_test(list_case, test_passive);
    suite_add_tcase(suite, list_case);
    return suite;
}
