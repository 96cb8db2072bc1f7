/* report/record.c, and the reports that are made from the record. */
#include "golden_report.h"
#include "sample_run.h"

#include "report/record.h"

#include <check.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)16 << 20)
#define GOLDEN "harness/test/golden/report/"

Suite *record_suite(void);

static json_t *record_of(const struct run_record *run)
{
    struct buffer text = buffer_make(DOCUMENT_MAX);
    char error[200] = "";
    ck_assert(json_write(run, &(struct json_options){.strict = false}, &text));
    json_t *record = record_read(buffer_slice(&text), error, sizeof error);
    ck_assert_msg(record != NULL, "%s", error);
    buffer_free(&text);
    return record;
}

typedef bool (*writer)(const struct records *records, struct buffer *out);

static const struct {
    const char *file;
    writer write;
} writers[] = {{"markdown.md", markdown_write},
               {"comparison.md", comparison_write},
               {"tap.tap", tap_write},
               {"badge.json", badge_write}};
enum { WRITERS = sizeof writers / sizeof *writers };

START_TEST(reports_of_a_run)
{
    json_t *record = record_of(sample_run());
    struct records records = {&record, 1};
    struct buffer out = buffer_make(DOCUMENT_MAX);
    char path[256];
    snprintf(path, sizeof path, GOLDEN "%s", writers[_i].file);
    ck_assert(writers[_i].write(&records, &out));
    golden_report(path, buffer_string(&out));
    buffer_free(&out);
    json_decref(record);
}
END_TEST

START_TEST(reports_of_two_runs_hold_both)
{
    json_t *both[] = {record_of(sample_run()), record_of(sample_empty_run())};
    struct records records = {both, 2};
    struct buffer out = buffer_make(DOCUMENT_MAX);
    ck_assert(writers[_i].write(&records, &out));
    ck_assert_ptr_nonnull(strstr(
        buffer_string(&out),
        writers[_i].write == badge_write ? "failed" : "mosquitto 2.0.18"));
    buffer_free(&out);
    json_decref(both[0]);
    json_decref(both[1]);
}
END_TEST

START_TEST(a_full_buffer_is_told)
{
    json_t *record = record_of(sample_run());
    struct records records = {&record, 1};
    struct buffer out = buffer_make(50);
    ck_assert(!writers[_i].write(&records, &out));
    buffer_free(&out);
    json_decref(record);
}
END_TEST

/* The first variant with that verdict. */
static json_t *variant_with(const json_t *record, const char *verdict)
{
    json_t *variant;
    size_t i;
    json_array_foreach(json_object_get(record, "variants"), i,
                       variant) if (!strcmp(record_text(variant, "verdict"),
                                            verdict)) return variant;
    ck_abort_msg("no variant is %s", verdict);
}

static void prolong(const json_t *variant, size_t lines)
{
    json_t *all =
        json_object_get(json_object_get(variant, "play"), "conversation");
    while (json_array_size(all) < lines)
        json_array_append(all, json_array_get(all, 1));
}

/* GitHub refuses a summary of more than 1 MiB. */
START_TEST(a_summary_stays_below_a_mebibyte)
{
    json_t *record = record_of(sample_run());
    json_t *variants = json_object_get(record, "variants");
    json_t *failed = variant_with(record, "fail");
    struct records records = {&record, 1};
    struct buffer out = buffer_make(DOCUMENT_MAX);
    prolong(failed, 2000);
    ck_assert(markdown_write(&records, &out));
    ck_assert_uint_lt(out.size, 100000);
    ck_assert_ptr_nonnull(
        strstr(buffer_string(&out), "more lines are in the JSON record"));
    for (int i = 0; i < 9000; i++)
        json_array_append(variants, failed);
    buffer_clear(&out);
    ck_assert(markdown_write(&records, &out));
    ck_assert_uint_lt(out.size, 1u << 20);
    ck_assert_ptr_nonnull(
        strstr(buffer_string(&out), "more are in the JSON record"));
    buffer_free(&out);
    json_decref(record);
}
END_TEST

static const struct {
    const char *text, *error;
} wrong[] = {
    {"", "line 1"},
    {"[]", "it is no record"},
    {"{\"tool\": \"mqttspec\"}", "it is no record"},
    {"{\"tool\":\"mqttspec\",\"target\":\"t\",\"conclusion\":\"\","
     "\"variants\":[],\"format\":99}",
     "another version"},
    {"{\"tool\":\"mqttspec\",\"target\":\"t\",\"conclusion\":\"\","
     "\"variants\":[{\"id\":7}],\"format\":1}",
     "a part of an entry is missing"},
    {"{\"tool\":\"mqttspec\",\"target\":\"t\",\"conclusion\":\"\","
     "\"variants\":[{\"id\":\"\",\"verdict\":\"great\",\"case\":\"\","
     "\"area\":\"\",\"title\":\"\",\"version\":\"\",\"transport\":\"\"}],"
     "\"format\":1}",
     "a verdict that there is not"},
};
enum { WRONG = sizeof wrong / sizeof *wrong };

START_TEST(what_is_no_record_is_refused)
{
    char error[200] = "";
    ck_assert_ptr_null(
        record_read(slice_of(wrong[_i].text), error, sizeof error));
    ck_assert_msg(strstr(error, wrong[_i].error) != NULL, "%s", error);
}
END_TEST

Suite *record_suite(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = tcase_create("record");
    suite_add_tcase(suite, tcase);
    tcase_add_loop_test(tcase, reports_of_a_run, 0, WRITERS);
    tcase_add_loop_test(tcase, reports_of_two_runs_hold_both, 0, WRITERS);
    tcase_add_loop_test(tcase, a_full_buffer_is_told, 0, WRITERS);
    tcase_add_test(tcase, a_summary_stays_below_a_mebibyte);
    tcase_add_loop_test(tcase, what_is_no_record_is_refused, 0, WRONG);
    return suite;
}
