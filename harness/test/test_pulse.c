/* The pulse of a run, and the line that shows it. */
#include "report/live.h"
#include "test/run_stand.h"

#include <check.h>
#include <signal.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define HOUR (3600 * SECOND)

/* ---- the line ---------------------------------------------------------- */

static const struct line_row {
    size_t columns;
    struct pulse pulse;
    const char *line;
} line_rows[] = {
    {99, {.doing = PULSE_STARTING}, "the broker is being started"},
    {99, {.doing = PULSE_PROBING}, "finding out what the broker offers"},
    {99,
     {PULSE_PLAYING, 12, 900, 34, 0, 0, 9 * SECOND - 1, 125 * SECOND},
     "12 of 900 done, 34 running, longest wait left 9 s, about 2 min 5 s to "
     "go"},
    {99,
     {PULSE_PLAYING, 12, 900, 3, 4, 5, 0, 0},
     "12 of 900 done, 3 running, 4 failed, 5 to repeat"},
    {99,
     {PULSE_REPEATING, 12, 900, 3, 0, 0, 0, 60 * SECOND},
     "12 of 900 done, 3 running, about 1 min 0 s to go, failures are repeated "
     "alone"},
    {99,
     {PULSE_ALONE, 1, 2, 1, 0, 0, 0, 0},
     "1 of 2 done, 1 running, one at a time"},
    {99,
     {PULSE_STOPPING, 1, 2, 0, 0, 0, SECOND, SECOND},
     "1 of 2 done, 0 running, ending"},
    /* A narrow terminal leaves out what stands last, and no part of it. */
    {50,
     {PULSE_PLAYING, 12, 900, 34, 0, 0, 9 * SECOND, 125 * SECOND},
     "12 of 900 done, 34 running, longest wait left 9 s"},
    {49,
     {PULSE_PLAYING, 12, 900, 34, 0, 0, 9 * SECOND, 125 * SECOND},
     "12 of 900 done, 34 running, longest wait left 9 s"},
    {48,
     {PULSE_PLAYING, 12, 900, 34, 0, 0, 9 * SECOND, SECOND},
     "12 of 900 done, 34 running"},
    {5, {PULSE_PLAYING, 12, 900, 34, 0, 0, 0, 0}, ""},
};
enum { LINE_ROWS = sizeof line_rows / sizeof *line_rows };

START_TEST(test_line)
{
    struct buffer line = buffer_make(1000);
    live_line(&line, &line_rows[_i].pulse, line_rows[_i].columns, false);
    ck_assert_str_eq(buffer_string(&line), line_rows[_i].line);
    ck_assert_uint_le(line.size, line_rows[_i].columns);
    buffer_free(&line);
}
END_TEST

START_TEST(test_colour)
{
    const struct pulse pulse = {PULSE_PLAYING, 1, 2, 1, 1, 0, 0, 0};
    struct buffer line = buffer_make(1000);
    live_line(&line, &pulse, 99, true);
    ck_assert_str_eq(buffer_string(&line),
                     "\033[1m1 of 2 done\033[0m, 1 running, "
                     "\033[1;31m1 failed\033[0m");
    buffer_free(&line);
}
END_TEST

/* ---- a run ------------------------------------------------------------- */

#define CASE(name, user, step)                                                 \
    "- id: test/" name "\n"                                                    \
    "  title: Something happens\n"                                             \
    "  versions: [3.1.1]\n"                                                    \
    "  statements: {all: [MQTT-TEST-1]}\n"                                     \
    "  steps:\n"                                                               \
    "  - {send: connect, user_name: " user ", ack: true}\n"                    \
    "  - " step "\n"

static struct pulse seen; /* when only the long waits were under way */
static bool probed;

static void on_pulse(void *user, const struct pulse *pulse)
{
    (void)user;
    probed = probed || pulse->doing == PULSE_PROBING;
    if (pulse->done != 1 || pulse->running != 2 || seen.total)
        return;
    seen = *pulse;
    raise(SIGTERM);
}

/* One has passed and two wait, one of them for what the case prescribes: the
 * run is interrupted when that is seen. */
START_TEST(test_of_a_run)
{
    struct tiny_broker broker = {.mode = TINY_ANSWERS};
    struct run_stand stand;
    tiny_broker_start(&broker);
    run_stand_begin(&stand,
                    CASE("quick", "x", "{send: pingreq, ack: true}")
                        CASE("wait", "x", "{expect: silence, for: 60m}")
                            CASE("mute", "mute", "{send: pingreq, ack: true}"));
    run_stand_port(&stand, broker.port);
    stand.options.patience = 100;
    stand.options.pulse = on_pulse;
    run_stand_run(&stand);
    tiny_broker_stop(&broker);
    ck_assert(probed);
    ck_assert_int_eq(seen.doing, PULSE_PLAYING);
    ck_assert_uint_eq(seen.total, 3);
    ck_assert_uint_eq(seen.failed, 0);
    ck_assert_uint_eq(seen.doubted, 0);
    ck_assert(seen.wait <= HOUR && seen.wait > HOUR / 2);
    ck_assert_int_eq(seen.left, seen.wait);
    run_stand_end(&stand);
}
END_TEST

static size_t most_failed, most_doubted;

static void note_failures(void *user, const struct pulse *pulse)
{
    (void)user;
    ck_assert_uint_le(pulse->done, pulse->total);
    if (pulse->failed > most_failed)
        most_failed = pulse->failed;
    if (pulse->doubted > most_doubted)
        most_doubted = pulse->doubted;
}

/* A failure waits for the others before it is repeated, and the last wait is
 * longer than a pulse. */
START_TEST(test_of_failures)
{
    struct tiny_broker broker = {.mode = TINY_ANSWERS};
    struct run_stand stand;
    tiny_broker_start(&broker);
    run_stand_begin(&stand,
                    CASE("fails", "fail", "{send: pingreq, ack: true}")
                        CASE("wait", "x", "{expect: silence, for: 600ms}")
                            CASE("last", "x",
                                 "{expect: silence, for: 600ms}\n"
                                 "  exclusive: true"));
    run_stand_port(&stand, broker.port);
    stand.options.pulse = note_failures;
    run_stand_run(&stand);
    tiny_broker_stop(&broker);
    run_stand_expect(&stand, "test/fails", VERDICT_FAIL);
    ck_assert_uint_eq(most_doubted, 1);
    ck_assert_uint_eq(most_failed, 1);
    run_stand_end(&stand);
}
END_TEST

Suite *pulse_suite(void);
Suite *pulse_suite(void)
{
    Suite *suite = suite_create("pulse");
    TCase *tcase = tcase_create("pulse");
    tcase_add_loop_test(tcase, test_line, 0, LINE_ROWS);
    tcase_add_test(tcase, test_colour);
    tcase_add_test(tcase, test_of_a_run);
    tcase_add_test(tcase, test_of_failures);
    suite_add_tcase(suite, tcase);
    return suite;
}
