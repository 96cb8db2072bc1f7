/* The HTML report of two runs, driven in a real browser. */
#include "test/sample_run.h"

#include "script/script.h"

#include <check.h>
#include <string.h>

#define DOCUMENT_MAX ((size_t)64 << 20)
#define SEEN_MAX 4096
#define BROWSER "harness/test/end_to_end/browser.py"

Suite *html_suite(void);

static json_t *record_of(const struct run_record *run,
                         const struct catalogue *catalogue)
{
    struct json_options options = {.catalogue = catalogue};
    struct buffer text = buffer_make(DOCUMENT_MAX);
    char error[200] = "";
    ck_assert(json_write(run, &options, &text));
    json_t *record = record_read(buffer_slice(&text), error, sizeof error);
    ck_assert_msg(record != NULL, "%s", error);
    buffer_free(&text);
    return record;
}

static void write_page(const char *name, json_t **items, size_t count,
                       char *path, size_t size)
{
    struct records records = {items, count};
    struct buffer page = buffer_make(DOCUMENT_MAX);
    ck_assert(html_write(&records, &page));
    snprintf(path, size, "%s", sample_file(name, buffer_slice(&page)));
    buffer_free(&page);
}

/* The page of the sample and of an other broker that has nothing wrong, and
 * that of the sample alone. */
static void write_pages(char *both_path, char *single_path, size_t size)
{
    struct diagnostics diagnostics;
    ck_assert(diagnostics_begin(&diagnostics));
    struct catalogue *catalogue =
        catalogue_load("cases/statements", &diagnostics);
    ck_assert_ptr_nonnull(catalogue);
    json_t *both[2] = {record_of(sample_run(), catalogue), NULL};
    struct run_record *other = sample_run();
    other->broker = "another broker";
    for (size_t i = 0; i < other->count; i++)
        other->results[i].verdict = VERDICT_PASS;
    both[1] = record_of(other, catalogue);
    write_page("both.html", both, 2, both_path, size);
    write_page("single.html", both, 1, single_path, size);
    json_decref(both[0]);
    json_decref(both[1]);
    catalogue_free(catalogue);
    diagnostics_end(&diagnostics);
}

static void expect_seen(const char *seen, const char *wanted)
{
    ck_assert_msg(strstr(seen, wanted) != NULL, "no '%s' in:\n%s", wanted,
                  seen);
}

START_TEST(a_browser_filters_opens_and_compares)
{
    static char seen[SEEN_MAX];
    char command[600], both[256], single[256];
    write_pages(both, single, sizeof both);
    snprintf(command, sizeof command, BROWSER " %s %s 2>&1", both, single);
    int status = sample_command(command, seen, sizeof seen);
    ck_assert_msg(status == 0, "status %d:\n%s", status, seen);
    expect_seen(seen, "cards 2 mosquitto 2.0.18|another broker\n");
    expect_seen(seen, "failed 1\n");
    expect_seen(seen, "opened takeover/old-connection-is-closed@5.0+tcp\n");
    expect_seen(seen, "sequence 11\n");
    expect_seen(seen, "marked ! no DISCONNECT came|"
                      "\u2717 the connection was not closed\n");
    expect_seen(seen, "elsewhere \u2713 pass another broker\n");
    expect_seen(seen, "other another broker \u2713 pass\n");
    expect_seen(seen, "legible failure\n");
    expect_seen(seen, "legible passive\n");
    expect_seen(seen, "differ 9\n");
    expect_seen(seen, "areas mosquitto 2.0.18|another broker 9\n");
    expect_seen(seen, "compared\n");
    expect_seen(seen, "kept areas\n");
    expect_seen(seen, "narrow\n");
    expect_seen(seen, "single Area|MQTT 3.1|MQTT 3.1.1|MQTT 5.0\n");
    expect_seen(seen, "counted\n");
}
END_TEST

Suite *html_suite(void)
{
    Suite *suite = suite_create("html");
    TCase *tcase = tcase_create("html");
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, a_browser_filters_opens_and_compares);
    return suite;
}
