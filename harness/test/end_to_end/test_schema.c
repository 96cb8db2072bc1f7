/* The schemas for editors: a validator of its own takes all that the loader
 * takes, and refuses what the loader refuses. */
#include "expect.h"
#include <stdio.h>
#include <stdlib.h>

#define READER "harness/test/end_to_end/schema.py"
#define BROKEN "harness/test/end_to_end/schema_broken.yaml"

START_TEST(schema_and_loader_agree)
{
    struct program reader;
    struct program_end end;
    const char *const arguments[] = {READER, program_mqttspec(), BROKEN,
                                     expect_folder, NULL};
    ck_assert(program_start(&reader, arguments));
    program_wait(&reader, &end);
    ck_assert_msg(end.status == 0, "%.3000s%.3000s", end.out, end.err);
    program_forget(&end);
}
END_TEST

START_TEST(cases_are_the_default)
{
    struct program_end plain = PROGRAM_RUN("schema");
    struct program_end named = PROGRAM_RUN("schema", "case");
    expect_status(&plain, 0);
    ck_assert_str_eq(plain.out, named.out);
    program_forget(&plain);
    program_forget(&named);
}
END_TEST

START_TEST(another_word_is_bad_usage)
{
    struct program_end end = PROGRAM_RUN("schema", "report");
    expect_status(&end, 2);
    expect_text(end.err, "'case' and 'profile'");
    program_forget(&end);
}
END_TEST

Suite *schema_suite(void)
{
    Suite *suite = suite_create("schema");
    TCase *tcase = tcase_create("schema");
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, schema_and_loader_agree);
    tcase_add_test(tcase, cases_are_the_default);
    tcase_add_test(tcase, another_word_is_bad_usage);
    return suite;
}
