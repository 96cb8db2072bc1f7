/* What a person sees on a terminal while a run goes on. */
#include "expect.h"
#include "mosquitto.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define NARROW 40
#define WIDE 120

/* A run that never ends by itself, on a terminal, until it has printed the
 * text; then it is interrupted. */
static struct program_end watch(unsigned short columns, const char *text)
{
    struct program program;
    struct program_end end = {.status = -1};
    const char *const arguments[] = {program_mqttspec(),
                                     "run",
                                     MOSQUITTO,
                                     "--cases",
                                     "harness/test/end_to_end/endless.yaml",
                                     "--dir",
                                     expect_folder,
                                     NULL};
    ck_assert(program_start_on_terminal(&program, arguments, columns));
    ck_assert_msg(program_printed(&program, text), "'%s' did not appear", text);
    kill(program.pid, SIGINT);
    program_wait(&program, &end);
    expect_status(&end, 5);
    return end;
}

START_TEST(a_line_tells_how_far_it_is)
{
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    struct program_end end =
        watch(WIDE, "1 of 2 done\033[0m, 1 running, longest wait left 6");
    expect_text(end.out, "\r");
    expect_text(end.out, "min");
    expect_text(end.out, " to go\033[K");
    /* It is gone before the summary. */
    expect_text(end.out, "\033[K1 variant not run");
    program_forget(&end);
}
END_TEST

START_TEST(no_colour_takes_the_colours)
{
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    struct program_end end = watch(WIDE, "1 of 2 done, 1 running");
    expect_no_text(end.out, "\033[0m");
    expect_no_text(end.out, "\033[1");
    program_forget(&end);
}
END_TEST

/* What a line and a terminal's going back in it consist of. */
static void expect_narrow(const char *text)
{
    const char *at = text;
    while ((at = strchr(at, '\r'))) {
        size_t width = strcspn(++at, "\033\r\n");
        ck_assert_msg(width < NARROW, "%.*s", (int)width, at);
    }
}

START_TEST(the_line_fits_the_terminal)
{
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    struct program_end end = watch(NARROW, "1 of 2 done, 1 running\033[K");
    char *last = strstr(end.out, "1 of 2 done, 1 running\033[K");
    ck_assert_ptr_nonnull(last);
    last[strlen("1 of 2 done, 1 running\033[K")] = '\0';
    expect_narrow(strstr(end.out, "\r\033[K") ? end.out : "");
    expect_no_text(end.out, "longest wait");
    program_forget(&end);
}
END_TEST

START_TEST(a_dumb_terminal_has_no_line)
{
    setenv("TERM", "dumb", 1);
    unsetenv("NO_COLOR");
    struct program_end end = watch(WIDE, "2 variants against");
    expect_no_text(end.out, "\033");
    expect_no_text(end.out, "running");
    program_forget(&end);
}
END_TEST

START_TEST(a_pipe_has_neither)
{
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    struct program_end end =
        PROGRAM_RUN("run", MOSQUITTO, "--cases",
                    "harness/test/end_to_end/quick.yaml", "--verbose");
    expect_status(&end, 0);
    expect_no_text(end.out, "\033");
    expect_no_text(end.err, "\033");
    expect_no_text(end.err, "\r");
    program_forget(&end);
}
END_TEST

Suite *terminal_suite(void);
Suite *terminal_suite(void)
{
    Suite *suite = suite_create("terminal");
    TCase *tcase = tcase_create("line");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, a_line_tells_how_far_it_is);
    tcase_add_test(tcase, no_colour_takes_the_colours);
    tcase_add_test(tcase, the_line_fits_the_terminal);
    tcase_add_test(tcase, a_dumb_terminal_has_no_line);
    tcase_add_test(tcase, a_pipe_has_neither);
    suite_add_tcase(suite, tcase);
    return suite;
}
