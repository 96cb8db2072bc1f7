/* README.md is true: what it says to do is done. */
#include "expect.h"
#include <stdlib.h>

#define READER "harness/test/end_to_end/readme.py"

START_TEST(what_it_says_comes_out)
{
    struct program program;
    struct program_end end = {.status = -1};
    const char *broker = getenv("REFBROKER");
    const char *const arguments[] = {
        "/usr/bin/python3", READER,
        program_mqttspec(), broker ? broker : "build/refbroker",
        expect_folder,      NULL};
    ck_assert(program_start(&program, arguments));
    program_wait(&program, &end);
    expect_status(&end, 0);
    program_forget(&end);
}
END_TEST

Suite *readme_suite(void);
Suite *readme_suite(void)
{
    Suite *suite = suite_create("readme");
    TCase *tcase = tcase_create("readme");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, what_it_says_comes_out);
    suite_add_tcase(suite, tcase);
    return suite;
}
