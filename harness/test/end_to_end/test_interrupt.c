/* A run that is interrupted tells what it knows, and leaves nothing. */
#include "expect.h"
#include "mosquitto.h"
#include <signal.h>
#include <string.h>

static void interrupt_with(int signal_number)
{
    const char *junit = expect_file("junit.xml");
    const char *json = expect_file("results.json");
    struct program program;
    struct program_end end;
    const char *const arguments[] = {program_mqttspec(),
                                     "run",
                                     MOSQUITTO,
                                     "--cases",
                                     "harness/test/end_to_end/endless.yaml",
                                     "--dir",
                                     expect_folder,
                                     "--junit",
                                     junit,
                                     "--json",
                                     json,
                                     "--verbose",
                                     NULL};
    ck_assert(program_start(&program, arguments));
    ck_assert(program_printed(&program, "endless/quick"));
    ck_assert(mosquitto_is_running(expect_folder));
    kill(program.pid, signal_number);
    program_wait(&program, &end);
    expect_status(&end, 5);
    expect_text(end.out, "interrupted");
    expect_junit(junit);
    ck_assert(expect_in_file(json, "endless/pause@5.0+tcp"));
    ck_assert(!mosquitto_is_running(expect_folder));
    program_forget(&end);
}

START_TEST(sigint_ends_a_run_in_order)
{
    interrupt_with(SIGINT);
}
END_TEST

START_TEST(sigterm_ends_a_run_in_order)
{
    interrupt_with(SIGTERM);
}
END_TEST

Suite *interrupt_suite(void)
{
    Suite *suite = suite_create("interrupt");
    TCase *tcase = tcase_create("signals");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, sigint_ends_a_run_in_order);
    tcase_add_test(tcase, sigterm_ends_a_run_in_order);
    suite_add_tcase(suite, tcase);
    return suite;
}
