/* Suites from files: every diagnostic against a golden text, variants, and
 * what happens without memory. */
#include "golden_diagnostics.h"
#include "script/script.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "harness/test/golden/suite/"
#define CASES "harness/test/cases"

static struct suite *load(const char *path, struct diagnostics *diagnostics)
{
    const char *paths[] = {path};

    ck_assert(diagnostics_begin(diagnostics));
    return suite_load(paths, 1, NULL, diagnostics);
}

/* ---- golden texts ------------------------------------------------------- */

static const char *const goldens[] = {
    "case-keys",     "clients",      "common-keys", "damage",
    "defaults-list", "delivery",     "expect-keys", "expressions",
    "file-defaults", "file-keys",    "file-list",   "generators",
    "large",         "lint-goodbye", "lint-order",  "lint-sends",
    "lint-topics",   "many-keys",    "matchers",    "no-file",
    "no-steps",      "open-keys",    "rows",        "same-id",
    "send-keys",     "siblings",     "statements",  "time",
    "too-many",      "verbs"};

START_TEST(diagnostics_are_as_written)
{
    struct catalogue *catalogue;
    struct diagnostics diagnostics;
    char path[256];
    const char *paths[] = {path};

    ck_assert(diagnostics_begin(&diagnostics));
    catalogue = catalogue_load(GOLDEN "catalogue", &diagnostics);
    ck_assert_ptr_nonnull(catalogue);
    snprintf(path, sizeof path, GOLDEN "%s.yaml", goldens[_i]);
    ck_assert_ptr_null(suite_load(paths, 1, catalogue, &diagnostics));
    ck_assert_uint_gt(diagnostics.errors, 0);
    snprintf(path, sizeof path, GOLDEN "%s.txt", goldens[_i]);
    golden_check(&diagnostics, path);
    catalogue_free(catalogue);
}
END_TEST

/* ---- loading ------------------------------------------------------------ */

START_TEST(a_folder_is_loaded_in_order)
{
    struct target_shape shape = {.versions = {false}};
    struct diagnostics diagnostics;
    struct suite *suite = load(CASES, &diagnostics);
    const struct variant *variants;
    size_t count;

    ck_assert_ptr_nonnull(suite);
    ck_assert_uint_eq(diagnostics.warnings, 0);
    ck_assert_uint_eq(suite_case_count(suite), 44);
    shape.versions[MQTT_5_0] = true;
    shape.transports[NET_TCP] = true;
    variants = suite_variants(suite, &shape, &count);
    ck_assert_ptr_nonnull(variants);
    ck_assert_str_eq(variants[0].id,
                     "flow/receive-maximum-to-client@5.0+tcp[1]");
    ck_assert_str_eq(variants[0].rows, "max=1");
    ck_assert_str_eq(variants[0].area, "flow-control");
    suite_free(suite);
    diagnostics_end(&diagnostics);
}
END_TEST

START_TEST(all_variants_compile)
{
    struct diagnostics diagnostics;
    struct suite *suite = load(CASES, &diagnostics);
    struct target_shape shape;
    const struct variant *variants;
    size_t count;

    memset(&shape, 1, sizeof shape);
    ck_assert_ptr_nonnull(suite);
    variants = suite_variants(suite, &shape, &count);
    ck_assert_uint_gt(count, 1000);
    for (size_t i = 0; i < count; i++) {
        struct script *script = script_compile(suite, &variants[i]);

        ck_assert_msg(script != NULL, "%s", variants[i].id);
        ck_assert_str_eq(script->variant_id, variants[i].id);
        script_free(script);
    }
    suite_free(suite);
    diagnostics_end(&diagnostics);
}
END_TEST

START_TEST(ids_are_unique_over_files)
{
    const char *paths[] = {CASES "/flow.yaml", CASES "/flow.yaml"};
    struct diagnostics diagnostics;

    ck_assert(diagnostics_begin(&diagnostics));
    ck_assert_ptr_null(suite_load(paths, 2, NULL, &diagnostics));
    ck_assert_uint_eq(diagnostics.errors, 9);
    diagnostics_end(&diagnostics);
}
END_TEST

START_TEST(no_paths_make_an_empty_suite)
{
    struct diagnostics diagnostics;
    struct target_shape shape = {.versions = {false}};
    struct suite *suite;
    size_t count = 1;

    ck_assert(diagnostics_begin(&diagnostics));
    suite = suite_load(NULL, 0, NULL, &diagnostics);
    ck_assert_ptr_nonnull(suite);
    ck_assert_uint_eq(suite_case_count(suite), 0);
    ck_assert_ptr_nonnull(suite_variants(suite, &shape, &count));
    ck_assert_uint_eq(count, 0);
    suite_free(suite);
    suite_free(NULL);
    diagnostics_end(&diagnostics);
}
END_TEST

/* ---- variants ----------------------------------------------------------- */

/* The ids of a case's variants, a blank between them. */
static void check_ids(const char *path, const char *case_id,
                      const struct target_shape *shape, const char *expected)
{
    struct diagnostics diagnostics;
    struct suite *suite = load(path, &diagnostics);
    struct buffer ids = buffer_make(65536);
    const struct variant *variants;
    size_t count;

    ck_assert_ptr_nonnull(suite);
    variants = suite_variants(suite, shape, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(variants[i].case_id, case_id))
            buffer_format(&ids, "%s%s", ids.size ? " " : "",
                          strchr(variants[i].id, '@'));
    ck_assert_str_eq(buffer_string(&ids), expected);
    buffer_free(&ids);
    suite_free(suite);
    diagnostics_end(&diagnostics);
}

static const struct target_shape everything = {
    .versions = {[MQTT_3_1] = true, [MQTT_3_1_1] = true, [MQTT_5_0] = true},
    .transports = {true, true, true, true}};
static const struct target_shape old_over_tls = {
    .versions = {[MQTT_3_1] = true, [MQTT_3_1_1] = true},
    .transports = {[NET_TLS] = true, [NET_WSS] = true}};

#define VARIANTS GOLDEN "good/variants.yaml"

START_TEST(versions_and_transports)
{
    check_ids(VARIANTS, "test/all", &everything,
              "@3.1+tcp @3.1+tls @3.1+ws @3.1+wss @3.1.1+tcp @3.1.1+tls "
              "@3.1.1+ws @3.1.1+wss @5.0+tcp @5.0+tls @5.0+ws @5.0+wss");
    check_ids(VARIANTS, "test/all", &old_over_tls,
              "@3.1+tls @3.1+wss @3.1.1+tls @3.1.1+wss");
    check_ids(VARIANTS, "test/any", &everything, "@5.0+tcp");
    check_ids(VARIANTS, "test/any", &old_over_tls, "@3.1.1+tls");
    check_ids(VARIANTS, "test/some", &everything, "@3.1.1+ws @3.1.1+wss");
    check_ids(VARIANTS, "test/some", &old_over_tls, "@3.1.1+wss");
}
END_TEST

START_TEST(rows_make_the_product)
{
    check_ids(VARIANTS, "test/product", &everything,
              "@5.0+tcp[a,x] @5.0+tcp[a,two] @5.0+tcp[2,x] @5.0+tcp[2,two]");
    check_ids(VARIANTS, "test/only", &everything,
              "@3.1.1+tcp[old] @3.1.1+tcp[both] @3.1.1+ws[old] "
              "@3.1.1+ws[both] @3.1.1+ws[web] @5.0+tcp[both] "
              "@5.0+tcp[new] @5.0+ws[both] @5.0+ws[new] @5.0+ws[web]");
}
END_TEST

START_TEST(large_tables_run_over_one_transport)
{
    check_ids(VARIANTS, "test/large", &old_over_tls,
              "@3.1.1+tls[1] @3.1.1+tls[2] @3.1.1+tls[3] @3.1.1+tls[4] "
              "@3.1.1+tls[5] @3.1.1+tls[6] @3.1.1+tls[7] @3.1.1+tls[8] "
              "@3.1.1+tls[9] @3.1.1+tls[10] @3.1.1+tls[11] @3.1.1+tls[12] "
              "@3.1.1+tls[13] @3.1.1+tls[14] @3.1.1+tls[15] @3.1.1+tls[16] "
              "@3.1.1+tls[17] @3.1.1+tls[18] @3.1.1+tls[19] @3.1.1+tls[20] "
              "@3.1.1+tls[21]");
}
END_TEST

START_TEST(generators_follow_other_parameters)
{
    check_ids(VARIANTS, "test/generated", &everything,
              "@5.0+tcp[puback,1] @5.0+tcp[puback,2] @5.0+tcp[puback,3] "
              "@5.0+tcp[puback,4] @5.0+tcp[puback,5] @5.0+tcp[puback,6] "
              "@5.0+tcp[puback,7] @5.0+tcp[puback,8] @5.0+tcp[puback,9] "
              "@5.0+tcp[puback,10] @5.0+tcp[puback,11] @5.0+tcp[puback,12] "
              "@5.0+tcp[puback,13] @5.0+tcp[puback,14] @5.0+tcp[puback,15] "
              "@5.0+tcp[publish,6] @5.0+tcp[publish,7] "
              "@5.0+tcp[publish,14] @5.0+tcp[publish,15]");
    check_ids(VARIANTS, "test/generated-rows", &everything,
              "@5.0+tcp[plain] "
              "@5.0+tcp[will_payload_format_indicator] "
              "@5.0+tcp[will_message_expiry_interval] "
              "@5.0+tcp[will_content_type] @5.0+tcp[will_response_topic] "
              "@5.0+tcp[will_correlation_data] "
              "@5.0+tcp[will_will_delay_interval]");
}
END_TEST

START_TEST(variants_carry_what_reports_need)
{
    struct diagnostics diagnostics;
    struct suite *suite = load(VARIANTS, &diagnostics);
    const struct variant *variants;
    size_t count, i = 0;

    ck_assert_ptr_nonnull(suite);
    variants = suite_variants(suite, &old_over_tls, &count);
    while (i < count && strcmp(variants[i].case_id, "test/some"))
        i++;
    ck_assert_uint_lt(i, count);
    ck_assert_str_eq(variants[i].area, "test");
    ck_assert_str_eq(variants[i].title, "Some versions and transports");
    ck_assert_str_eq(variants[i].rows, "");
    ck_assert_int_eq(variants[i].level, LEVEL_SHOULD);
    ck_assert(variants[i].exclusive);
    ck_assert_uint_eq(variants[i].statement_count, 2);
    ck_assert_str_eq(variants[i].statements[0], "OLD-1");
    ck_assert_str_eq(variants[i].statements[1], "ALL-1");
    ck_assert_int_gt(variants[i].source.line, 1);
    suite_free(suite);
    diagnostics_end(&diagnostics);
}
END_TEST

/* ---- without memory ----------------------------------------------------- */

static bool load_and_compile(void)
{
    struct diagnostics diagnostics;
    const char *paths[] = {VARIANTS};
    const struct variant *variants = NULL;
    struct suite *suite = NULL;
    struct script *script = NULL;
    size_t count = 0;

    if (diagnostics_begin(&diagnostics))
        suite = suite_load(paths, 1, NULL, &diagnostics);
    if (suite)
        variants = suite_variants(suite, &everything, &count);
    if (variants)
        script = script_compile(suite, &variants[0]);
    script_free(script);
    suite_free(suite);
    diagnostics_end(&diagnostics);
    return script != NULL;
}

START_TEST(every_allocation_may_fail)
{
    long n = 1;
    bool loaded;

    do {
        memory_fail_after(n++);
        loaded = load_and_compile();
    } while (!loaded && n < 20000);
    memory_fail_after(0);
    ck_assert(loaded);
    ck_assert_int_gt(n, 20);
}
END_TEST

Suite *suite_suite(void);
Suite *suite_suite(void)
{
    Suite *suite = suite_create("suite");
    TCase *tests = tcase_create("suite");

    tcase_add_loop_test(tests, diagnostics_are_as_written, 0,
                        (int)(sizeof goldens / sizeof *goldens));
    tcase_add_test(tests, a_folder_is_loaded_in_order);
    tcase_add_test(tests, all_variants_compile);
    tcase_add_test(tests, ids_are_unique_over_files);
    tcase_add_test(tests, no_paths_make_an_empty_suite);
    tcase_add_test(tests, versions_and_transports);
    tcase_add_test(tests, rows_make_the_product);
    tcase_add_test(tests, large_tables_run_over_one_transport);
    tcase_add_test(tests, generators_follow_other_parameters);
    tcase_add_test(tests, variants_carry_what_reports_need);
    tcase_add_test(tests, every_allocation_may_fail);
    suite_add_tcase(suite, tests);
    return suite;
}
