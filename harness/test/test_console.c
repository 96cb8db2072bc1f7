/* report/console.c and what it is made of, against golden texts. With
 * GOLDEN_UPDATE=1 in the environment the golden texts are written anew. */
#include "golden_report.h"
#include "sample_run.h"

#include "report/explain.h"
#include "report/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "harness/test/golden/console/"
#define OUTPUT_MAX ((size_t)256 * 1024)

Suite *console_suite(void);

/* All that a run prints, terminated; freed by the caller. */
static char *printed(const struct console *settings,
                     const struct run_record *run)
{
    struct console console = *settings;
    char *text = NULL;
    size_t size = 0;
    console.out = open_memstream(&text, &size);
    console.texts = sample_texts();
    ck_assert_ptr_nonnull(console.out);
    ck_assert(console_begin(&console, run));
    for (size_t i = 0; i < run->count; i++)
        ck_assert(console_result(&console, &run->results[i]));
    ck_assert(console_end(&console, run));
    fclose(console.out);
    return text;
}

static void check_run(const char *name, const struct console *settings,
                      const struct run_record *run)
{
    char *text = printed(settings, run);
    char path[256];
    snprintf(path, sizeof path, GOLDEN "%s.txt", name);
    golden_report(path, text);
    free(text);
}

static const struct {
    const char *name;
    struct console settings;
} levels[] = {
    {"quiet", {.level = CONSOLE_QUIET}},
    {"normal", {.level = CONSOLE_NORMAL}},
    {"strict", {.level = CONSOLE_QUIET, .strict = true}},
    {"verbose", {.level = CONSOLE_VERBOSE}},
    {"colour", {.level = CONSOLE_NORMAL, .colour = true}},
};

START_TEST(test_levels)
{
    check_run(levels[_i].name, &levels[_i].settings, sample_run());
}
END_TEST

/* ---- ends of a run ----------------------------------------------------- */

static void set_passed(struct run_record *run)
{
    run->results = sample_result(run, VERDICT_PASS);
    run->count = 1;
    run->passive_count = 0;
}

START_TEST(test_passed)
{
    struct run_record *run = sample_run();
    set_passed(run);
    check_run("passed", &levels[1].settings, run);
}
END_TEST

START_TEST(test_nothing_chosen)
{
    check_run("nothing-chosen", &levels[1].settings, sample_empty_run());
}
END_TEST

START_TEST(test_unreachable)
{
    struct run_record *run = sample_empty_run();
    run->unreachable = true;
    run->trouble = "mqtt://127.0.0.1:1883: connection refused";
    check_run("unreachable", &levels[1].settings, run);
}
END_TEST

START_TEST(test_interrupted)
{
    struct run_record *run = sample_run();
    set_passed(run);
    run->count = 2;
    run->results[1] = *sample_result(sample_run(), VERDICT_NOT_RUN);
    run->count = 2;
    run->passive_count = 0;
    run->interrupted = true;
    check_run("interrupted", &levels[1].settings, run);
}
END_TEST

START_TEST(test_died)
{
    struct run_record *run = sample_run();
    run->died = true;
    run->trouble = "the broker ended with signal 11; its folder was kept";
    sample_result(run, VERDICT_FAIL)->suspect = true;
    check_run("died", &levels[0].settings, run);
    char *text = printed(&levels[1].settings, run);
    ck_assert_ptr_nonnull(strstr(text, "Open when the broker died:\n"
                                       "  takeover/old-connection"));
    ck_assert_ptr_nonnull(strstr(text, "was open when the broker died"));
    free(text);
}
END_TEST

/* ---- readability ------------------------------------------------------- */

/* A line of a command may be longer, as it must stay in one piece. */
static bool is_command(const char *line, size_t size)
{
    const char *found = strstr(line, "mqttspec run ");
    return found && found < line + size;
}

static void check_widths(const char *text)
{
    for (const char *line = text; *line;) {
        size_t size = strcspn(line, "\n");
        size_t width = text_width(slice_make(line, size));
        ck_assert_msg(width <= TEXT_COLUMNS || is_command(line, size),
                      "%zu columns: %.*s", width, (int)size, line);
        ck_assert_msg(!size || line[size - 1] != ' ', "space at the end: %.*s",
                      (int)size, line);
        line += size + (line[size] == '\n');
    }
}

START_TEST(test_width)
{
    struct console settings = levels[_i].settings;
    struct run_record *run = sample_run();
    settings.colour = false;
    struct finding *finding = &sample_result(run, VERDICT_FAIL)->play->finding;
    finding->actual =
        "a-word-without-spaces-that-is-much-longer-than-a-line-of-a-report-"
        "may-be-so-that-it-has-to-be-broken-in-the-middle-somewhere-or-other";
    finding->client = "a client with a very long name";
    char *text = printed(&settings, run);
    check_widths(text);
    free(text);
}
END_TEST

START_TEST(test_hostile_texts)
{
    struct run_record *run = sample_run();
    struct result *result = sample_result(run, VERDICT_FAIL);
    run->broker = "evil\033[2Jbroker\r\n";
    result->play->finding.actual = "\xff\xfe \x9b \xe2\x80\xae reversed";
    result->play->said[0].text = "bell \a and \033]0;title\a";
    char *text = printed(&levels[2].settings, run);
    free(text);
    text = printed(&levels[3].settings, run);
    for (const char *at = text; *at; at++)
        ck_assert((unsigned char)*at >= 0x20 || *at == '\n');
    ck_assert_ptr_nonnull(strstr(text, "evil\\x1b[2Jbroker\\x0d\\x0a"));
    ck_assert_ptr_nonnull(strstr(text, "\\xff\\xfe \\x9b \\xe2\\x80\\xae rev"));
    free(text);
}
END_TEST

/* A long conversation keeps its begin and its end. */
START_TEST(test_long_conversation)
{
    static struct said said[1000];
    struct run_record *run = sample_run();
    struct play_record *play = sample_result(run, VERDICT_FAIL)->play;
    for (size_t i = 0; i < 1000; i++)
        said[i] = (struct said){.kind = SAID_NOTE,
                                .time = (int64_t)i * 1000000,
                                .client = "c",
                                .text = i ? i < 999 ? "between" : "the end"
                                          : "the begin"};
    play->said = said;
    play->said_count = 1000;
    play->said_dropped = 7;
    char *text = printed(&levels[1].settings, run);
    ck_assert_ptr_nonnull(strstr(text, "the begin"));
    ck_assert_ptr_nonnull(strstr(text, "the end"));
    ck_assert_ptr_nonnull(strstr(text, "... 900 lines left out;"));
    ck_assert_ptr_nonnull(strstr(text, "... 7 further lines not recorded"));
    free(text);
    text = printed(&levels[3].settings, run);
    ck_assert_ptr_null(strstr(text, "left out"));
    free(text);
}
END_TEST

START_TEST(test_source_not_there)
{
    struct run_record *run = sample_run();
    struct finding *finding = &sample_result(run, VERDICT_FAIL)->play->finding;
    static const struct source sources[] = {{"no/such/file.yaml", 3, 1},
                                            {"harness", 1, 1},
                                            {GOLDEN "takeover.yaml", 5000, 1},
                                            {GOLDEN "takeover.yaml", 11, 5000},
                                            {GOLDEN "takeover.yaml", -1, -1}};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        finding->source = sources[i];
        char *text = printed(&levels[0].settings, run);
        free(text);
        text = printed(&levels[1].settings, run);
        ck_assert_ptr_nonnull(strstr(text, sources[i].file));
        free(text);
    }
}
END_TEST

START_TEST(test_long_source_line)
{
    static char line[3000];
    memset(line, 'x', sizeof line);
    line[2000] = '!';
    line[sizeof line - 1] = '\n';
    struct source source = {
        sample_file("long.yaml", slice_make(line, sizeof line)), 1, 2001};
    struct buffer out = buffer_make(OUTPUT_MAX);
    excerpt_put(&out, &source, 4);
    const char *text = buffer_string(&out);
    check_widths(text);
    const char *mark = strchr(text, '!');
    const char *second = strchr(text, '\n') + 1;
    ck_assert_ptr_nonnull(mark);
    ck_assert_int_eq(mark - text, strchr(second, '^') - second);
    buffer_free(&out);
}
END_TEST

/* ---- trouble of our own ------------------------------------------------ */

static bool print_all(const struct console *console,
                      const struct run_record *run)
{
    bool good = console_begin(console, run);
    for (size_t i = 0; i < run->count; i++)
        good = console_result(console, &run->results[i]) && good;
    return console_end(console, run) && good;
}

START_TEST(test_no_memory)
{
    struct console console = levels[3].settings;
    struct run_record *run = sample_run();
    console.out = fopen("/dev/null", "w");
    ck_assert_ptr_nonnull(console.out);
    long failed = 1;
    for (;; failed++) {
        memory_fail_after(failed);
        bool good = print_all(&console, run);
        memory_fail_after(0);
        if (good)
            break;
    }
    ck_assert_int_gt(failed, 10);
    fclose(console.out);
}
END_TEST

START_TEST(test_full_device)
{
    struct console console = levels[1].settings;
    console.out = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(console.out);
    ck_assert(!console_begin(&console, sample_run()));
    fclose(console.out);
}
END_TEST

Suite *console_suite(void)
{
    Suite *suite = suite_create("console");
    TCase *tcase = tcase_create("console");
    const int count = (int)(sizeof levels / sizeof *levels);
    tcase_add_loop_test(tcase, test_levels, 0, count);
    tcase_add_test(tcase, test_passed);
    tcase_add_test(tcase, test_nothing_chosen);
    tcase_add_test(tcase, test_unreachable);
    tcase_add_test(tcase, test_interrupted);
    tcase_add_test(tcase, test_died);
    tcase_add_loop_test(tcase, test_width, 0, count);
    tcase_add_test(tcase, test_hostile_texts);
    tcase_add_test(tcase, test_long_conversation);
    tcase_add_test(tcase, test_source_not_there);
    tcase_add_test(tcase, test_long_source_line);
    tcase_add_test(tcase, test_no_memory);
    tcase_add_test(tcase, test_full_device);
    suite_add_tcase(suite, tcase);
    return suite;
}
