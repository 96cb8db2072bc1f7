/* Mistakes of the user: what is said about them, to the letter, and exit
 * status 2 with nothing run. */
#include "expect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HERE "harness/test/end_to_end/"

static const struct usage_row {
    const char *golden; /* below end_to_end/golden */
    const char *arguments[8];
} rows[] = {
    {"no_command", {NULL}},
    {"unknown_command", {"rnu"}},
    {"unknown_option", {"run", "mqtt://127.0.0.1", "--pateince", "2"}},
    {"missing_value", {"run", "mqtt://127.0.0.1", "--junit"}},
    {"bad_value", {"run", "mqtt://127.0.0.1", "--jobs", "many"}},
    {"bad_shard", {"run", "mqtt://127.0.0.1", "--shard", "6/5"}},
    {"no_target", {"run"}},
    {"bad_url", {"run", "http://127.0.0.1"}},
    {"bad_header", {"run", "ws://127.0.0.1", "--header", "nonsense"}},
    {"missing_profile", {"run", HERE "missing.yaml"}},
    {"broken_profile", {"run", HERE "broken_profile.yaml"}},
    {"unknown_known", {"run", HERE "unknown_known.yaml", "--cases", QUICK}},
    {"missing_cases", {"lint", HERE "missing.yaml"}},
    {"broken_cases", {"lint", HERE "broken.yaml"}},
    {"unknown_selector", {"list", "--cases", QUICK, "--select", "quick/pnig"}},
    {"unknown_statement",
     {"list", "--cases", QUICK, "statement=MQTT-3.1.4-55"}},
    {"bad_selector", {"list", "--cases", QUICK, "colour=green"}},
    {"nothing_left",
     {"list", "--cases", QUICK, "quick/ping", "--exclude", "area=quick"}},
    {"unknown_case", {"show", "--cases", QUICK, "quick/pnig"}},
    {"no_such_case", {"show", "--cases", QUICK, "something"}},
    {"word_too_many", {"coverage", "5.0"}},
    {"no_record", {"report", QUICK, "--html", "/dev/null"}},
    {"no_report", {"report", QUICK}},
};

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 65536);
    ck_assert_msg(file && text, "%s cannot be read", path);
    ck_assert(fread(text, 1, 65535, file) > 0);
    fclose(file);
    return text;
}

START_TEST(a_mistake_is_explained)
{
    const struct usage_row *row = &rows[_i];
    char path[200];
    snprintf(path, sizeof path, HERE "golden/%s.txt", row->golden);
    struct program_end end = program_run(row->arguments);
    expect_status(&end, 2);
    ck_assert_str_eq(end.out, "");
    char *golden = read_whole(path);
    ck_assert_str_eq(end.err, golden);
    free(golden);
    program_forget(&end);
}
END_TEST

START_TEST(a_mistake_is_in_the_reports_of_a_run)
{
    const char *junit = expect_file("junit.xml");
    struct program_end end = PROGRAM_RUN(
        "run", "mqtt://127.0.0.1", "--cases", QUICK, "--select", "quick/pnig",
        "--junit", junit, "--json", expect_file("results.json"));
    expect_status(&end, 2);
    expect_junit(junit);
    ck_assert(expect_in_file(junit, "<error"));
    program_forget(&end);
}
END_TEST

START_TEST(help_names_every_command_and_option)
{
    struct program_end end = PROGRAM_RUN("help");
    expect_status(&end, 0);
    expect_text(end.out, "lint FILE");
    program_forget(&end);
    end = PROGRAM_RUN("help", "run");
    expect_status(&end, 0);
    expect_text(end.out, "--patience FACTOR");
    ck_assert_str_eq(end.err, "");
    program_forget(&end);
}
END_TEST

START_TEST(lint_counts_what_is_sound)
{
    struct program_end end = PROGRAM_RUN("lint", QUICK);
    expect_status(&end, 0);
    ck_assert_str_eq(end.out, "3 cases, 36 variants: no errors\n");
    ck_assert_str_eq(end.err, "");
    program_forget(&end);
}
END_TEST

START_TEST(show_prints_a_case)
{
    struct program_end end =
        PROGRAM_RUN("show", "--cases", QUICK, "quick/ping");
    expect_status(&end, 0);
    expect_text(end.out, "A PINGREQ is answered by PINGRESP");
    expect_text(end.out, QUICK ":10");
    expect_text(end.out, "  - {send: pingreq, ack: true}\n");
    expect_text(end.out, "MQTT-3.12.4-1");
    expect_text(end.out, "quick/ping@5.0+wss");
    expect_no_text(end.out, "quick/publish");
    program_forget(&end);
}
END_TEST

START_TEST(list_prints_ids_and_json)
{
    struct program_end end = PROGRAM_RUN("list", "--cases", QUICK, "quick/ping",
                                         "-s", "version=5.0");
    expect_status(&end, 0);
    expect_text(end.out, "quick/ping@3.1+tcp\n");
    expect_text(end.out, "quick/connect@5.0+ws\n");
    expect_no_text(end.out, "quick/connect@3.1+tcp");
    program_forget(&end);
    end = PROGRAM_RUN("list", "--cases", QUICK, "--json", "quick/ping@5.0+tcp");
    expect_status(&end, 0);
    expect_text(end.out, "\"statements\":[\"MQTT-3.12.4-1\"]");
    program_forget(&end);
}
END_TEST

Suite *bad_usage_suite(void)
{
    Suite *suite = suite_create("bad_usage");
    TCase *tcase = tcase_create("usage");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_loop_test(tcase, a_mistake_is_explained, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tcase, a_mistake_is_in_the_reports_of_a_run);
    tcase_add_test(tcase, help_names_every_command_and_option);
    tcase_add_test(tcase, lint_counts_what_is_sound);
    tcase_add_test(tcase, show_prints_a_case);
    tcase_add_test(tcase, list_prints_ids_and_json);
    suite_add_tcase(suite, tcase);
    return suite;
}
