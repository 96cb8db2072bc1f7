/* Which variant is played next, and what several plays make of a verdict. */
#include "engine/schedule.h"

#include <check.h>

#define SECOND INT64_C(1000000000)
#define ENTRIES 8

static struct schedule schedule;
static struct entry entries[ENTRIES];

static void begin(size_t count)
{
    schedule = (struct schedule){.in_flight = 0};
    for (size_t i = 0; i < count; i++)
        entries[i].to_start = 1;
    schedule_begin(&schedule, entries, count);
}

static void reset(void)
{
    for (size_t i = 0; i < ENTRIES; i++)
        entries[i] = (struct entry){.to_start = 1};
}

static struct entry *take(void)
{
    struct entry *entry = schedule_peek(&schedule);
    if (entry)
        schedule_take(&schedule, entry);
    return entry;
}

static void end(struct entry *entry)
{
    entry->running--;
    schedule_give_back(&schedule);
}

/* ---- order ------------------------------------------------------------- */

START_TEST(test_longest_wait_first)
{
    reset();
    entries[0].wait = 1;
    entries[1].wait = 30 * SECOND;
    entries[2].wait = 5 * SECOND;
    entries[3].wait = 1;
    begin(4);
    ck_assert_ptr_eq(take(), &entries[1]);
    ck_assert_ptr_eq(take(), &entries[2]);
    ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_eq(take(), &entries[3]);
    ck_assert_ptr_null(take());
    ck_assert_uint_eq(schedule.in_flight, 4);
    ck_assert(!schedule_over(&schedule));
}
END_TEST

START_TEST(test_decided_are_left_out)
{
    reset();
    entries[0].decided = true;
    begin(2);
    ck_assert_ptr_eq(take(), &entries[1]);
    end(&entries[1]);
    ck_assert_ptr_null(take());
    ck_assert(schedule_over(&schedule));
}
END_TEST

START_TEST(test_exclusive_waits_for_all)
{
    reset();
    entries[0].exclusive = true;
    entries[1].exclusive = true;
    entries[0].wait = 60 * SECOND;
    begin(4);
    ck_assert_ptr_eq(take(), &entries[2]);
    ck_assert_ptr_eq(take(), &entries[3]);
    end(&entries[2]);
    ck_assert_ptr_null(take());
    end(&entries[3]);
    schedule.others = 1; /* a cleanup */
    ck_assert_ptr_null(take());
    schedule.others = 0;
    ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_null(take());
    end(&entries[0]);
    schedule.others = 1;
    ck_assert_ptr_null(take());
    schedule.others = 0;
    ck_assert_ptr_eq(take(), &entries[1]);
    end(&entries[1]);
    ck_assert(schedule_over(&schedule));
}
END_TEST

START_TEST(test_repeated_plays)
{
    reset();
    schedule = (struct schedule){.in_flight = 0};
    entries[0].to_start = 3;
    schedule_begin(&schedule, entries, 1);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_null(take());
    ck_assert_uint_eq(entries[0].running, 3);
}
END_TEST

/* ---- repetitions ------------------------------------------------------- */

static void fail_first_round(size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_nonnull(take());
    for (size_t i = 0; i < count; i++) {
        end(&entries[i]);
        entries[i].to_start = 1;
        schedule_again(&schedule, &entries[i]);
    }
}

START_TEST(test_short_repetitions_are_alone)
{
    reset();
    begin(3);
    fail_first_round(3);
    ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_null(take());
    end(&entries[0]);
    ck_assert_ptr_eq(take(), &entries[1]);
    ck_assert_ptr_null(take());
}
END_TEST

START_TEST(test_long_repetitions_overlap)
{
    reset();
    for (size_t i = 0; i < 3; i++)
        entries[i].took = 30 * SECOND;
    begin(4);
    fail_first_round(4);
    ck_assert_ptr_eq(take(), &entries[0]);
    schedule.setting_up = 1; /* it does not wait yet */
    ck_assert_ptr_null(take());
    schedule.setting_up = 0;
    ck_assert_ptr_eq(take(), &entries[1]);
    ck_assert_ptr_eq(take(), &entries[2]);
    ck_assert_ptr_null(take()); /* the short one is alone */
    for (size_t i = 0; i < 3; i++)
        end(&entries[i]);
    ck_assert_ptr_eq(take(), &entries[3]);
}
END_TEST

START_TEST(test_exclusive_repetition)
{
    reset();
    entries[0].exclusive = entries[1].exclusive = true;
    begin(2);
    ck_assert_ptr_eq(take(), &entries[0]);
    end(&entries[0]);
    entries[0].to_start = 1;
    schedule_again(&schedule, &entries[0]);
    ck_assert_ptr_eq(take(), &entries[1]);
    ck_assert_ptr_null(take());
    end(&entries[1]);
    ck_assert_ptr_eq(take(), &entries[0]);
}
END_TEST

/* ---- suspects ---------------------------------------------------------- */

START_TEST(test_suspects_come_first_and_alone)
{
    reset();
    begin(4);
    for (size_t i = 0; i < 2; i++)
        ck_assert_ptr_nonnull(take());
    for (size_t i = 0; i < 2; i++) {
        end(&entries[i]);
        entries[i].to_start = 1;
        schedule_add(&schedule, &entries[i], STRETCH_SUSPECTS);
    }
    ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_null(take());
    end(&entries[0]);
    schedule_clear_suspects(&schedule);
    ck_assert_ptr_eq(take(), &entries[2]);
    ck_assert_ptr_eq(take(), &entries[3]);
    ck_assert_ptr_eq(take(), &entries[1]);
}
END_TEST

START_TEST(test_remove)
{
    reset();
    begin(3);
    schedule_remove(&schedule, &entries[1]);
    schedule_remove(&schedule, &entries[1]);
    ck_assert_ptr_eq(take(), &entries[0]);
    ck_assert_ptr_eq(take(), &entries[2]);
    ck_assert_ptr_null(take());
    schedule_add(&schedule, &entries[1], STRETCH_SIDE_BY_SIDE);
    schedule_remove(&schedule, &entries[1]);
    ck_assert_ptr_null(take());
}
END_TEST

/* ---- verdicts of several plays ----------------------------------------- */

#define PASS VERDICT_PASS
#define FAIL VERDICT_FAIL
#define WARN VERDICT_WARN
#define UNCLEAR VERDICT_INCONCLUSIVE
#define BROKEN VERDICT_ERROR
#define END VERDICTS

static const struct judgement_row {
    enum verdict plays[4]; /* up to END: all that are needed */
    bool strict;
    enum verdict verdict;
    int first; /* which play is shown beside it; -1: none */
} judgement_rows[] = {
    {{PASS, END}, false, PASS, -1},
    {{WARN, END}, false, WARN, -1},
    {{FAIL, FAIL, END}, false, FAIL, -1},
    {{FAIL, PASS, END}, false, VERDICT_FLAKY, 0},
    {{FAIL, WARN, END}, false, VERDICT_FLAKY, 0},
    {{FAIL, UNCLEAR, FAIL, END}, false, FAIL, -1},
    {{FAIL, UNCLEAR, PASS, END}, false, VERDICT_FLAKY, 0},
    {{FAIL, BROKEN, BROKEN, END}, false, UNCLEAR, 0},
    {{UNCLEAR, PASS, END}, false, PASS, -1},
    {{UNCLEAR, UNCLEAR, END}, false, UNCLEAR, -1},
    {{UNCLEAR, BROKEN, END}, false, BROKEN, -1},
    {{BROKEN, WARN, END}, false, WARN, -1},
    {{UNCLEAR, FAIL, FAIL, END}, false, FAIL, -1},
    {{UNCLEAR, FAIL, PASS, END}, false, VERDICT_FLAKY, 1},
    {{UNCLEAR, FAIL, UNCLEAR, END}, false, UNCLEAR, 1},
    {{WARN, WARN, END}, true, WARN, -1},
    {{WARN, PASS, END}, true, VERDICT_FLAKY, 0},
    {{FAIL, WARN, END}, true, VERDICT_FLAKY, 0},
    {{WARN, FAIL, FAIL, END}, true, FAIL, -1},
    {{UNCLEAR, FAIL, WARN, END}, true, VERDICT_FLAKY, 1},
};
#define JUDGEMENT_ROWS (sizeof judgement_rows / sizeof judgement_rows[0])

START_TEST(test_judgement)
{
    const struct judgement_row *row = &judgement_rows[_i];
    struct play_record plays[4] = {{.arena = NULL}};
    struct judgement judgement = {.rounds = 0};
    int last = 0;

    for (; row->plays[last] != END; last++) {
        bool is_last = row->plays[last + 1] == END;
        plays[last].verdict = row->plays[last];
        ck_assert(judgement_add(&judgement, &plays[last], row->strict) ==
                  is_last);
    }
    ck_assert_int_eq(judgement.verdict, row->verdict);
    ck_assert_ptr_eq(judgement.decisive, &plays[last - 1]);
    ck_assert_ptr_eq(judgement.first,
                     row->first < 0 ? NULL : &plays[row->first]);
}
END_TEST

/* ---- how much is left -------------------------------------------------- */

START_TEST(test_left)
{
    reset();
    entries[0].wait = 30 * SECOND;
    entries[1].wait = 5 * SECOND;
    entries[2].wait = 7 * SECOND;
    entries[2].exclusive = true;
    entries[3].wait = 4 * SECOND;
    entries[3].exclusive = true;
    begin(4);
    ck_assert_int_eq(schedule_left(&schedule, 0), 41 * SECOND);
    take();
    take();
    /* What is under way counts until all of it has ended. */
    ck_assert_int_eq(schedule_left(&schedule, 12 * SECOND), 23 * SECOND);
}
END_TEST

START_TEST(test_left_of_repetitions)
{
    reset();
    entries[0].took = 20 * SECOND;
    entries[1].took = 30 * SECOND;
    entries[2].took = SECOND;
    entries[3].took = SECOND;
    schedule = (struct schedule){.in_flight = 0};
    for (size_t i = 0; i < 4; i++)
        schedule_again(&schedule, &entries[i]);
    /* The long ones overlap, the short ones do not. */
    ck_assert_int_eq(schedule_left(&schedule, 0), 32 * SECOND);
    ck_assert_uint_eq(schedule_repetitions(&schedule), 4);
    take();
    ck_assert_uint_eq(schedule_repetitions(&schedule), 3);
}
END_TEST

Suite *schedule_suite(void);
Suite *schedule_suite(void)
{
    Suite *suite = suite_create("schedule");
    TCase *order = tcase_create("order");
    tcase_add_test(order, test_longest_wait_first);
    tcase_add_test(order, test_decided_are_left_out);
    tcase_add_test(order, test_exclusive_waits_for_all);
    tcase_add_test(order, test_repeated_plays);
    tcase_add_test(order, test_short_repetitions_are_alone);
    tcase_add_test(order, test_long_repetitions_overlap);
    tcase_add_test(order, test_exclusive_repetition);
    tcase_add_test(order, test_suspects_come_first_and_alone);
    tcase_add_test(order, test_remove);
    tcase_add_test(order, test_left);
    tcase_add_test(order, test_left_of_repetitions);
    suite_add_tcase(suite, order);
    TCase *verdicts = tcase_create("verdicts");
    tcase_add_loop_test(verdicts, test_judgement, 0, JUDGEMENT_ROWS);
    suite_add_tcase(suite, verdicts);
    return suite;
}
