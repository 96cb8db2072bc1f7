/* engine/result.c: names and the exit status. */
#include "sample_run.h"

#include <check.h>

#define WITH(verdict) (1u << (verdict))

Suite *result_suite(void);

static const struct {
    const char *why;
    unsigned verdicts; /* one result of each */
    bool unreachable, interrupted, died, trouble, strict;
    int passive; /* -1: none, else its verdict */
    int status;
} rows[] = {
    {"all passed", WITH(VERDICT_PASS), .passive = -1, .status = 0},
    {"skips beside passes", WITH(VERDICT_PASS) | WITH(VERDICT_SKIP),
     .passive = -1, .status = 0},
    {"a known failure", WITH(VERDICT_KNOWN), .passive = -1, .status = 0},
    {"a warning", WITH(VERDICT_WARN), .passive = -1, .status = 0},
    {"a strict warning", WITH(VERDICT_WARN), .strict = true, .passive = -1,
     .status = 1},
    {"a known passive finding", WITH(VERDICT_PASS), .passive = VERDICT_KNOWN,
     .status = 0},
    {"a passive finding", WITH(VERDICT_PASS), .passive = VERDICT_FAIL,
     .status = 1},
    {"a failure", WITH(VERDICT_PASS) | WITH(VERDICT_FAIL), .passive = -1,
     .status = 1},
    {"a failure before an error", WITH(VERDICT_ERROR) | WITH(VERDICT_FAIL),
     .passive = -1, .status = 1},
    {"a failure, then the broker died",
     WITH(VERDICT_FAIL) | WITH(VERDICT_NOT_RUN), .died = true, .passive = -1,
     .status = 1},
    {"fixed", WITH(VERDICT_FIXED), .passive = -1, .status = 1},
    {"unreachable", 0, .unreachable = true, .trouble = true, .passive = -1,
     .status = 3},
    {"unreachable, all not run", WITH(VERDICT_NOT_RUN), .unreachable = true,
     .passive = -1, .status = 3},
    {"nothing chosen", 0, .passive = -1, .status = 4},
    {"all skipped", WITH(VERDICT_SKIP), .passive = -1, .status = 4},
    {"interrupted at once", WITH(VERDICT_NOT_RUN), .interrupted = true,
     .passive = -1, .status = 4},
    {"inconclusive", WITH(VERDICT_PASS) | WITH(VERDICT_INCONCLUSIVE),
     .passive = -1, .status = 5},
    {"error", WITH(VERDICT_PASS) | WITH(VERDICT_ERROR), .passive = -1,
     .status = 5},
    {"flaky", WITH(VERDICT_PASS) | WITH(VERDICT_FLAKY), .passive = -1,
     .status = 5},
    {"not run", WITH(VERDICT_PASS) | WITH(VERDICT_NOT_RUN), .passive = -1,
     .status = 5},
    {"interrupted at the end", WITH(VERDICT_PASS), .interrupted = true,
     .passive = -1, .status = 5},
    {"died at the end", WITH(VERDICT_PASS), .died = true, .passive = -1,
     .status = 5},
    {"trouble at the end", WITH(VERDICT_PASS), .trouble = true, .passive = -1,
     .status = 5},
};

START_TEST(test_exit_status)
{
    struct result results[VERDICTS] = {0};
    struct passive_result passive = {0};
    struct run_record run = {.results = results, .passive = &passive};
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        if (rows[_i].verdicts & WITH(verdict))
            results[run.count++].verdict = verdict;
    if (rows[_i].passive >= 0) {
        run.passive_count = 1;
        passive.verdict = (enum verdict)rows[_i].passive;
    }
    run.unreachable = rows[_i].unreachable;
    run.interrupted = rows[_i].interrupted;
    run.died = rows[_i].died;
    run.trouble = rows[_i].trouble ? "trouble" : NULL;
    ck_assert_msg(run_exit_status(&run, rows[_i].strict) == rows[_i].status,
                  "%s: %d", rows[_i].why,
                  run_exit_status(&run, rows[_i].strict));
}
END_TEST

START_TEST(test_names)
{
    ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
    ck_assert_str_eq(verdict_name(VERDICT_NOT_RUN), "not run");
    ck_assert_str_eq(verdict_name(VERDICTS), "unknown");
    ck_assert_str_eq(failure_kind_name(FAILURE_WRONG_PACKET), "wrong-packet");
    ck_assert_str_eq(failure_kind_name(FAILURE_TOO_LATE), "too-late");
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        ck_assert_ptr_nonnull(verdict_name(verdict));
    for (int kind = 0; kind <= FAILURE_HARNESS; kind++)
        ck_assert_ptr_nonnull(failure_kind_name((enum failure_kind)kind));
}
END_TEST

START_TEST(test_counts)
{
    struct run_record *run = sample_run();
    ck_assert_uint_eq(run_count(run, VERDICT_PASS), 2);
    ck_assert_uint_eq(run_count(run, VERDICT_FAIL), 1);
}
END_TEST

Suite *result_suite(void)
{
    Suite *suite = suite_create("result");
    TCase *tcase = tcase_create("result");
    tcase_add_loop_test(tcase, test_exit_status, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tcase, test_names);
    tcase_add_test(tcase, test_counts);
    suite_add_tcase(suite, tcase);
    return suite;
}
