/* report/json.c: the complete record, parsed back. */
#include "sample_run.h"

#include <check.h>
#include <jansson.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)16 * 1024 * 1024)

Suite *json_suite(void);

static json_t *parsed(const struct run_record *run, bool strict)
{
    struct buffer out = buffer_make(DOCUMENT_MAX);
    json_error_t error;
    ck_assert(json_write(run, &(struct json_options){.strict = strict}, &out));
    json_t *root = json_loadb(buffer_string(&out), out.size,
                              JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(root != NULL, "line %d: %s", error.line, error.text);
    buffer_free(&out);
    return root;
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_int_t number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

/* The variant with the verdict. */
static const json_t *variant(const json_t *root, const char *verdict)
{
    const json_t *variants = json_object_get(root, "variants");
    for (size_t i = 0; i < json_array_size(variants); i++)
        if (!strcmp(text_at(json_array_get(variants, i), "verdict"), verdict))
            return json_array_get(variants, i);
    ck_abort_msg("no variant with verdict %s", verdict);
    return NULL;
}

START_TEST(test_run)
{
    json_t *root = parsed(sample_run(), false);
    ck_assert_int_eq(number_at(root, "format"), JSON_FORMAT);
    ck_assert_str_eq(text_at(root, "tool"), "mqttspec");
    ck_assert_str_eq(text_at(root, "tool_version"), "1.0.0");
    ck_assert_str_eq(text_at(root, "target"), "mqtt://127.0.0.1:1883");
    ck_assert_str_eq(text_at(root, "broker"), "mosquitto 2.0.18");
    ck_assert_str_eq(text_at(root, "seed"), "18446744073709551615");
    ck_assert_str_eq(text_at(root, "began"), "2025-11-23T12:44:18Z");
    ck_assert_int_eq(number_at(root, "duration_ns"), 30510000000);
    ck_assert_int_eq(number_at(root, "exit_status"), 1);
    ck_assert(json_is_null(json_object_get(root, "trouble")));
    ck_assert(json_is_false(json_object_get(root, "interrupted")));
    const json_t *counts = json_object_get(root, "counts");
    ck_assert_int_eq(number_at(counts, "pass"), 2);
    ck_assert_int_eq(number_at(counts, "not run"), 1);
    ck_assert_uint_eq(json_object_size(counts), VERDICTS);
    ck_assert_uint_eq(json_array_size(json_object_get(root, "variants")), 11);
    json_decref(root);
}
END_TEST

START_TEST(test_variant)
{
    json_t *root = parsed(sample_run(), false);
    const json_t *failed = variant(root, "fail");
    ck_assert_str_eq(text_at(failed, "id"),
                     "takeover/old-connection-is-closed@5.0+tcp");
    ck_assert_str_eq(text_at(failed, "case"),
                     "takeover/old-connection-is-closed");
    ck_assert_str_eq(text_at(failed, "version"), "5.0");
    ck_assert_str_eq(text_at(failed, "transport"), "tcp");
    const json_t *statements = json_object_get(failed, "statements");
    ck_assert_str_eq(json_string_value(json_array_get(statements, 0)),
                     "MQTT-3.1.4-3");
    ck_assert_int_eq(number_at(json_object_get(failed, "source"), "line"), 3);
    const json_t *known = variant(root, "known");
    ck_assert_str_eq(text_at(known, "known_statement"), "V3.1-PUBLISH-2");
    ck_assert(json_is_null(json_object_get(known, "source")));
    ck_assert(json_is_null(json_object_get(known, "play")));
    ck_assert_str_eq(text_at(variant(root, "flaky"), "rows"), "size=3000");
    ck_assert(
        json_is_object(json_object_get(variant(root, "flaky"), "first_play")));
    json_decref(root);
}
END_TEST

START_TEST(test_play)
{
    json_t *root = parsed(sample_run(), false);
    const json_t *play = json_object_get(variant(root, "fail"), "play");
    ck_assert_int_eq(number_at(play, "began_ns"), 10000000);
    ck_assert_int_eq(number_at(play, "duration_ns"), 30001000000);
    const json_t *finding = json_object_get(play, "finding");
    ck_assert_str_eq(text_at(finding, "kind"), "not-closed");
    ck_assert_str_eq(text_at(finding, "client"), "first");
    ck_assert_int_eq(number_at(finding, "time_ns"), 30000930000);
    ck_assert_uint_eq(json_array_size(json_object_get(play, "warnings")), 1);
    const json_t *lines = json_object_get(play, "conversation");
    ck_assert_uint_eq(json_array_size(lines), 9);
    const json_t *line = json_array_get(lines, 5);
    ck_assert_str_eq(text_at(line, "kind"), "received");
    ck_assert_str_eq(text_at(line, "client"), "second");
    ck_assert_str_eq(text_at(line, "hex"), "2003000000");
    ck_assert_int_eq(number_at(line, "size"), 5);
    ck_assert_int_eq(number_at(line, "time_ns"), 930000);
    ck_assert_ptr_null(json_object_get(json_array_get(lines, 0), "hex"));
    json_decref(root);
}
END_TEST

START_TEST(test_passive)
{
    json_t *root = parsed(sample_run(), false);
    const json_t *passive = json_object_get(root, "passive");
    ck_assert_uint_eq(json_array_size(passive), 2);
    const json_t *first = json_array_get(passive, 0);
    ck_assert_str_eq(text_at(first, "statement"), "MQTT-2.1.3-1");
    ck_assert_int_eq(number_at(first, "times"), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(first, "variants")), 2);
    ck_assert(json_is_object(json_object_get(first, "play")));
    ck_assert_str_eq(text_at(json_array_get(passive, 1), "reason"),
                     "documented");
    json_decref(root);
}
END_TEST

/* Each variant stands on a line of its own, for grep and for diff. */
START_TEST(test_lines)
{
    struct buffer out = buffer_make(DOCUMENT_MAX);
    size_t variants = 0;
    ck_assert(json_write(sample_run(), &(struct json_options){.strict = false},
                         &out));
    for (const char *line = buffer_string(&out); line;) {
        variants += strncmp(line, "{\"id\":", 6) == 0;
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    ck_assert_uint_eq(variants, 11);
    buffer_free(&out);
}
END_TEST

START_TEST(test_empty)
{
    struct run_record *run = sample_empty_run();
    run->trouble = "connection refused";
    run->unreachable = true;
    json_t *root = parsed(run, true);
    ck_assert_int_eq(number_at(root, "exit_status"), 3);
    ck_assert(json_is_true(json_object_get(root, "strict")));
    ck_assert_str_eq(text_at(root, "trouble"), "connection refused");
    ck_assert_uint_eq(json_array_size(json_object_get(root, "variants")), 0);
    json_decref(root);
}
END_TEST

START_TEST(test_hostile_texts)
{
    struct run_record *run = sample_run();
    struct result *result = sample_result(run, VERDICT_FAIL);
    result->title = "two\nlines \"quoted\" \\ \x01 \xff \xc3\xa9";
    result->play->said[0].text = "";
    json_t *root = parsed(run, false);
    ck_assert_str_eq(text_at(variant(root, "fail"), "title"),
                     "two\nlines \"quoted\" \\ \\x01 \\xff \xc3\xa9");
    json_decref(root);
}
END_TEST

START_TEST(test_cap)
{
    struct buffer out = buffer_make(2000);
    ck_assert(!json_write(sample_run(), &(struct json_options){.strict = false},
                          &out));
    buffer_free(&out);
}
END_TEST

START_TEST(test_no_memory)
{
    struct run_record *run = sample_run();
    long failing = 1;
    for (;; failing++) {
        struct buffer out = buffer_make(DOCUMENT_MAX);
        memory_fail_after(failing);
        bool good =
            json_write(run, &(struct json_options){.strict = false}, &out);
        memory_fail_after(0);
        buffer_free(&out);
        if (good)
            break;
    }
    ck_assert_int_gt(failing, 100);
}
END_TEST

Suite *json_suite(void)
{
    Suite *suite = suite_create("json");
    TCase *tcase = tcase_create("json");
    tcase_add_test(tcase, test_run);
    tcase_add_test(tcase, test_variant);
    tcase_add_test(tcase, test_play);
    tcase_add_test(tcase, test_passive);
    tcase_add_test(tcase, test_lines);
    tcase_add_test(tcase, test_empty);
    tcase_add_test(tcase, test_hostile_texts);
    tcase_add_test(tcase, test_cap);
    tcase_add_test(tcase, test_no_memory);
    suite_add_tcase(suite, tcase);
    return suite;
}
