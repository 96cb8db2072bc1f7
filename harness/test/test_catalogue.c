/* script/script.h: the catalogue of statements. */
#include "golden_diagnostics.h"
#include "script/script.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

#define GOLDEN "harness/test/golden/catalogue/"

static struct diagnostics diagnostics;

static void begin(void)
{
    ck_assert(diagnostics_begin(&diagnostics));
}

static void end(void)
{
    memory_fail_after(0);
    diagnostics_end(&diagnostics);
}

static const struct golden {
    const char *folder, *name;
} goldens[] = {
    {GOLDEN "bytes", "bytes"},          {GOLDEN "cells", "cells"},
    {GOLDEN "columns", "columns"},      {GOLDEN "duplicates", "duplicates"},
    {GOLDEN "empty", "empty"},          {GOLDEN "header", "header"},
    {GOLDEN "words", "words"},          {"harness/test/golden", "no-files"},
    {GOLDEN "not-there/", "no-folder"},
};

START_TEST(says_what_is_wrong)
{
    char path[200];
    ck_assert_ptr_null(catalogue_load(goldens[_i].folder, &diagnostics));
    snprintf(path, sizeof path, GOLDEN "%s.txt", goldens[_i].name);
    golden_check(&diagnostics, path);
}
END_TEST

static struct catalogue *load(void)
{
    struct catalogue *catalogue =
        catalogue_load("cases/statements", &diagnostics);
    ck_assert_ptr_nonnull(catalogue);
    ck_assert_uint_eq(diagnostics.errors, 0);
    return catalogue;
}

START_TEST(holds_every_statement)
{
    struct catalogue *catalogue = load();
    size_t counts[6] = {0};
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct statement *statement = catalogue_at(catalogue, i);
        ck_assert_str_eq(catalogue_ids(catalogue)[i], statement->id);
        if (strncmp(statement->id, "BEYOND-", 7) == 0)
            continue;
        for (unsigned v = MQTT_3_1; v <= MQTT_5_0; v++)
            counts[v] += statement_in_version(statement, v);
    }
    ck_assert_ptr_null(catalogue_ids(catalogue)[catalogue_count(catalogue)]);
    ck_assert_uint_eq(counts[MQTT_3_1], 53);
    ck_assert_uint_eq(counts[MQTT_3_1_1], 141);
    ck_assert_uint_eq(counts[MQTT_5_0], 251);
    ck_assert_uint_eq(catalogue_count(catalogue), 610);
    catalogue_free(catalogue);
}
END_TEST

START_TEST(every_statement_is_found)
{
    struct catalogue *catalogue = load();
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct statement *statement = catalogue_at(catalogue, i);
        for (unsigned v = MQTT_3_1; v <= MQTT_5_0; v++)
            if (statement_in_version(statement, v))
                ck_assert_ptr_eq(catalogue_find(catalogue, statement->id, v),
                                 statement);
    }
    catalogue_free(catalogue);
}
END_TEST

START_TEST(one_id_means_another_thing_in_another_version)
{
    struct catalogue *catalogue = load();
    const char *id = "MQTT-3.1.4-3";
    const struct statement *older = catalogue_find(catalogue, id, MQTT_3_1_1);
    const struct statement *newer = catalogue_find(catalogue, id, MQTT_5_0);
    ck_assert_ptr_nonnull(older);
    ck_assert_ptr_nonnull(newer);
    ck_assert_str_eq(older->versions, "3.1.1");
    ck_assert_str_eq(newer->versions, "5.0");
    ck_assert_str_eq(newer->level, "MUST");
    ck_assert_str_eq(newer->bound, "server");
    ck_assert_str_eq(newer->testable, "yes");
    ck_assert_str_ne(older->demand, newer->demand);
    ck_assert_ptr_null(catalogue_find(catalogue, id, MQTT_3_1));
    ck_assert_ptr_null(catalogue_find(catalogue, "MQTT-9.9.9-9", MQTT_5_0));
    catalogue_free(catalogue);
}
END_TEST

START_TEST(versions_are_whole_words)
{
    struct statement statement = {.versions = "3.1.1 5.0"};
    ck_assert(!statement_in_version(&statement, MQTT_3_1));
    ck_assert(statement_in_version(&statement, MQTT_3_1_1));
    ck_assert(statement_in_version(&statement, MQTT_5_0));
    statement.versions = "all";
    ck_assert(statement_in_version(&statement, MQTT_3_1));
}
END_TEST

START_TEST(survives_without_memory)
{
    struct catalogue *catalogue = NULL;
    for (long n = 1; catalogue == NULL; n++) {
        end();
        begin();
        memory_fail_after(n);
        catalogue = catalogue_load("cases/statements", &diagnostics);
        memory_fail_after(0);
        ck_assert(catalogue != NULL || diagnostics.no_memory);
        ck_assert_int_lt(n, 500);
    }
    catalogue_free(catalogue);
}
END_TEST

Suite *catalogue_suite(void)
{
    Suite *suite = suite_create("catalogue");
    TCase *tests = tcase_create("catalogue");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, says_what_is_wrong, 0,
                        (int)(sizeof goldens / sizeof *goldens));
    tcase_add_test(tests, holds_every_statement);
    tcase_add_test(tests, every_statement_is_found);
    tcase_add_test(tests, one_id_means_another_thing_in_another_version);
    tcase_add_test(tests, versions_are_whole_words);
    tcase_add_test(tests, survives_without_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
