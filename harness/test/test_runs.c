/* Whole runs against tiny brokers. */
#include "test/run_stand.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A case of one ping, with the User Name that tells the broker what to do;
 * more keys may follow. */
#define PING_CASE(name, user, more)                                            \
    "- id: test/" name "\n"                                                    \
    "  title: A ping is answered\n"                                            \
    "  versions: [3.1.1]\n"                                                    \
    "  statements: {all: [MQTT-TEST-1]}\n" more "  given:\n"                   \
    "  - {send: connect, user_name: " user ", ack: true}\n"                    \
    "  steps:\n"                                                               \
    "  - {send: pingreq, ack: true}\n"                                         \
    "  - {send: disconnect}\n"                                                 \
    "  - {close: fin}\n"

#define WAIT_CASE(name, time)                                                  \
    "- id: test/" name "\n"                                                    \
    "  title: Nothing happens\n"                                               \
    "  versions: [3.1.1]\n"                                                    \
    "  statements: {all: [MQTT-TEST-2]}\n"                                     \
    "  steps:\n"                                                               \
    "  - {send: connect, ack: true}\n"                                         \
    "  - {expect: silence, for: " time "}\n"

static struct tiny_broker broker;
static struct run_stand stand;

static void against(enum tiny_mode mode, const char *cases)
{
    broker = (struct tiny_broker){.mode = mode};
    tiny_broker_start(&broker);
    run_stand_begin(&stand, cases);
    run_stand_port(&stand, broker.port);
}

static void run_and_stop(void)
{
    run_stand_run(&stand);
    tiny_broker_stop(&broker);
}

static void expect_text(const char *text, const char *part)
{
    ck_assert_msg(text && strstr(text, part), "'%s' is not in: %s", part,
                  text ? text : "nothing");
}

/* ---- targets that cannot be reached ------------------------------------ */

static const struct unreachable_row {
    enum tiny_mode mode;
    const char *trouble;
} unreachable_rows[] = {
    {TINY_CLOSES, "it closes the connection without CONNACK"},
    {TINY_SILENT, "no answer within"},
    {TINY_GARBAGE, "what it sent is not MQTT: \"HTTP/1.1 400"},
    {TINY_ENDLESS, "what it sent is not MQTT"},
    {TINY_GIANT, "it announces a packet of 268435460 bytes"},
    {TINY_DRIPS, "no answer within"},
    {TINY_REFUSES, "it refuses the connection, code 0x"},
};
#define UNREACHABLE_ROWS (sizeof unreachable_rows / sizeof unreachable_rows[0])

START_TEST(test_unreachable)
{
    const struct unreachable_row *row = &unreachable_rows[_i];
    char address[64];

    against(row->mode, PING_CASE("ping", "any", ""));
    stand.options.patience = 0.05; /* of 10 s */
    run_and_stop();
    snprintf(address, sizeof address, "cannot reach mqtt://127.0.0.1:%u",
             (unsigned)broker.port);
    expect_text(stand.record->trouble, address);
    expect_text(stand.record->trouble, row->trouble);
    ck_assert(stand.record->unreachable);
    ck_assert_uint_eq(stand.record->count, 1);
    run_stand_expect(&stand, "test/ping", VERDICT_NOT_RUN);
    ck_assert_int_eq(run_exit_status(stand.record, false), 3);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_refused)
{
    against(TINY_ANSWERS, PING_CASE("ping", "any", ""));
    tiny_broker_stop(&broker);
    run_stand_run(&stand);
    expect_text(stand.record->trouble, "connection refused");
    ck_assert(stand.record->unreachable);
    run_stand_end(&stand);
}
END_TEST

/* One of several transports that were named does not answer. */
START_TEST(test_one_transport_unreachable)
{
    char yaml[256];

    against(TINY_ANSWERS, PING_CASE("ping", "any", ""));
    profile_free(stand.profile);
    snprintf(yaml, sizeof yaml,
             "name: Tiny\nendpoints:\n  default:\n"
             "    tcp: mqtt://127.0.0.1:%u\n    ws: ws://127.0.0.1:1\n",
             (unsigned)broker.port);
    run_stand_profile(&stand, yaml);
    run_and_stop();
    expect_text(stand.record->trouble, "cannot reach ws://127.0.0.1:1");
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_command_that_ends)
{
    run_stand_begin(&stand, PING_CASE("ping", "any", ""));
    run_stand_profile(&stand,
                      "name: Short\ncommand: [sh, -c, 'echo no luck; exit 4']\n"
                      "endpoints: {default: {tcp: 'mqtt://$host:$port.a'}}\n");
    run_stand_run(&stand);
    expect_text(stand.record->trouble, "with exit status 4");
    expect_text(stand.record->trouble, "no luck");
    ck_assert(stand.record->unreachable);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_command_that_is_not_there)
{
    run_stand_begin(&stand, PING_CASE("ping", "any", ""));
    run_stand_profile(&stand,
                      "name: Gone\ncommand: [no-such-program-anywhere]\n"
                      "endpoints: {default: {tcp: 'mqtt://$host:$port.a'}}\n");
    run_stand_run(&stand);
    expect_text(stand.record->trouble, "cannot start");
    run_stand_end(&stand);
}
END_TEST

/* ---- what exists, and what is skipped ---------------------------------- */

START_TEST(test_versions)
{
    const bool versions[] = {[MQTT_3_1_1] = true, [MQTT_5_0] = false};

    broker = (struct tiny_broker){.versions = versions};
    tiny_broker_start(&broker);
    run_stand_begin(&stand, "- id: test/ping\n"
                            "  title: Answered\n"
                            "  statements: {all: [MQTT-TEST-1]}\n"
                            "  steps:\n"
                            "  - {send: connect, ack: true}\n"
                            "  - {send: pingreq, ack: true}\n");
    run_stand_port(&stand, broker.port);
    run_and_stop();
    ck_assert_uint_eq(stand.record->count, 1);
    run_stand_expect(&stand, "test/ping@3.1.1+tcp", VERDICT_PASS);
    ck_assert_int_eq(run_exit_status(stand.record, false), 0);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_skipped)
{
    against(TINY_ANSWERS,
            PING_CASE("acl", "any", "  requires: [acl]\n")
                PING_CASE("number", "any",
                          "  requires: [{receive_maximum: {at_most: 1000}}]\n")
                    PING_CASE("strict", "any", "  level: strict\n")
                        PING_CASE("endpoint", "any",
                                  "  clients: {client: {endpoint: other}}\n"));
    run_and_stop();
    expect_text(run_stand_result(&stand, "test/acl")->reason,
                "no profile says that the broker offers acl");
    expect_text(run_stand_result(&stand, "test/number")->reason,
                "the broker's receive_maximum is 65535");
    expect_text(run_stand_result(&stand, "test/strict")->reason,
                "judged only under --strict");
    expect_text(run_stand_result(&stand, "test/endpoint")->reason,
                "no tcp address for the endpoint 'other'");
    ck_assert_uint_eq(run_count(stand.record, VERDICT_SKIP), 4);
    ck_assert_int_eq(run_exit_status(stand.record, false), 4);
    run_stand_end(&stand);
}
END_TEST

/* Shared subscriptions came with 5.0. */
START_TEST(test_what_must_be_lacking)
{
    const bool versions[] = {[MQTT_3_1_1] = true, [MQTT_5_0] = false};

    broker = (struct tiny_broker){.versions = versions};
    tiny_broker_start(&broker);
    run_stand_begin(
        &stand,
        PING_CASE("lacks", "any", "  requires: [{shared: false}]\n")
            PING_CASE("offers", "any", "  requires: [{qos1: false}]\n")
                PING_CASE("unknown", "any", "  requires: [{acl: false}]\n")
                    PING_CASE("unlimited", "any",
                              "  requires: [{maximum_packet_size: [absent, "
                              "{at_least: 9}]}]\n")
                        PING_CASE("limited", "any",
                                  "  requires: [{maximum_packet_size: "
                                  "{at_least: 9}}]\n"));
    run_stand_port(&stand, broker.port);
    run_and_stop();
    run_stand_expect(&stand, "test/lacks", VERDICT_PASS);
    expect_text(run_stand_result(&stand, "test/offers")->reason,
                "the case needs a broker without qos1");
    expect_text(run_stand_result(&stand, "test/unknown")->reason,
                "the case needs a broker without acl");
    run_stand_expect(&stand, "test/unlimited", VERDICT_PASS);
    expect_text(run_stand_result(&stand, "test/limited")->reason,
                "the broker's maximum_packet_size is not stated; the case "
                "needs at least 9");
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_row_skipped)
{
    against(TINY_ANSWERS, PING_CASE("row", "$user",
                                    "  each: {user: [any, {value: other, "
                                    "requires: [acl]}]}\n"));
    run_and_stop();
    run_stand_expect(&stand, "test/row@3.1.1+tcp[any]", VERDICT_PASS);
    run_stand_expect(&stand, "test/row@3.1.1+tcp[other]", VERDICT_SKIP);
    expect_text(run_stand_result(&stand, "test/row@3.1.1+tcp[other]")->reason,
                "no profile says that the broker offers acl");
    run_stand_end(&stand);
}
END_TEST

/* ---- verdicts ---------------------------------------------------------- */

START_TEST(test_confirmed)
{
    against(TINY_ANSWERS,
            PING_CASE("good", "good", "") PING_CASE("bad", "fail", "")
                PING_CASE("flaky", "flaky", ""));
    run_and_stop();
    run_stand_expect(&stand, "test/good", VERDICT_PASS);
    run_stand_expect(&stand, "test/bad", VERDICT_FAIL);
    run_stand_expect(&stand, "test/flaky", VERDICT_FLAKY);
    const struct result *flaky = run_stand_result(&stand, "test/flaky");
    ck_assert_ptr_nonnull(flaky->first);
    ck_assert_int_eq(flaky->first->verdict, VERDICT_FAIL);
    ck_assert_int_eq(flaky->play->verdict, VERDICT_PASS);
    ck_assert_str_eq(flaky->repeat_command,
                     "mqttspec run --select 'test/flaky@3.1.1+tcp'");
    ck_assert_int_eq(run_exit_status(stand.record, false), 1);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_unconfirmed)
{
    against(TINY_ANSWERS,
            PING_CASE("bad", "fail", "") PING_CASE("flaky", "flaky", ""));
    stand.options.unconfirmed = true;
    run_and_stop();
    run_stand_expect(&stand, "test/bad", VERDICT_FAIL);
    run_stand_expect(&stand, "test/flaky", VERDICT_FAIL);
    ck_assert_ptr_null(run_stand_result(&stand, "test/flaky")->first);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_repeat)
{
    against(TINY_ANSWERS,
            PING_CASE("good", "good", "") PING_CASE("flaky", "flaky", ""));
    stand.options.repeat = 40;
    run_and_stop();
    run_stand_expect(&stand, "test/good", VERDICT_PASS);
    run_stand_expect(&stand, "test/flaky", VERDICT_FLAKY);
    ck_assert_uint_ge(atomic_load(&broker.connects), 81);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_known_and_fixed)
{
    char yaml[1024];

    against(TINY_ANSWERS,
            PING_CASE("good", "good", "") PING_CASE("bad", "fail", ""));
    profile_free(stand.profile);
    snprintf(yaml, sizeof yaml,
             "name: Tiny\nendpoints: {default: {tcp: 'mqtt://127.0.0.1:%u'}}\n"
             "known:\n"
             "- {variants: test/good, statement: MQTT-TEST-1, reason: a}\n"
             "- {variants: test/bad, statement: MQTT-TEST-1, reason: b}\n"
             "- {variants: test/none, statement: MQTT-TEST-1, reason: c}\n",
             (unsigned)broker.port);
    run_stand_profile(&stand, yaml);
    run_and_stop();
    run_stand_expect(&stand, "test/good", VERDICT_FIXED);
    run_stand_expect(&stand, "test/bad", VERDICT_KNOWN);
    ck_assert_str_eq(run_stand_result(&stand, "test/bad")->reason, "b");
    expect_text(buffer_string(&stand.progress),
                "the known entry for MQTT-TEST-1 met nothing in this run");
    run_stand_end(&stand);
}
END_TEST

/* Cases of one's own: what the profile says of others is not missed. */
START_TEST(test_known_of_other_cases)
{
    char yaml[512];

    against(TINY_ANSWERS, PING_CASE("good", "any", ""));
    profile_free(stand.profile);
    snprintf(yaml, sizeof yaml,
             "name: Tiny\nendpoints: {default: {tcp: 'mqtt://127.0.0.1:%u'}}\n"
             "known:\n"
             "- {variants: test/none, statement: MQTT-TEST-1, reason: a}\n"
             "- {variants: test/good, statement: MQTT-TEST-2, reason: b}\n"
             "- {statement: MQTT-TEST-3, reason: c}\n",
             (unsigned)broker.port);
    run_stand_profile(&stand, yaml);
    stand.options.other_cases = true;
    run_and_stop();
    ck_assert_ptr_null(strstr(buffer_string(&stand.progress), "TEST-1 met"));
    expect_text(buffer_string(&stand.progress),
                "the known entry for MQTT-TEST-2 met nothing in this run");
    ck_assert_ptr_null(strstr(buffer_string(&stand.progress), "TEST-3 met"));
    run_stand_end(&stand);
}
END_TEST

/* ---- order and bounds -------------------------------------------------- */

START_TEST(test_exclusive_is_alone)
{
    against(TINY_ANSWERS,
            PING_CASE("first", "alone", "  exclusive: true\n")
                PING_CASE("a", "x", "") PING_CASE("b", "fail", "")
                    WAIT_CASE("wait", "100ms")
                        PING_CASE("last", "alone", "  exclusive: true\n"));
    stand.options.repeat = 5;
    run_and_stop();
    ck_assert_uint_eq(atomic_load(&broker.violations), 0);
    run_stand_expect(&stand, "test/first", VERDICT_PASS);
    run_stand_expect(&stand, "test/last", VERDICT_PASS);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_bound_on_set_ups)
{
    against(TINY_ANSWERS, PING_CASE("a", "x", ""));
    stand.options.repeat = 30;
    stand.options.jobs = 3;
    broker.hold = true;
    run_and_stop();
    run_stand_expect(&stand, "test/a", VERDICT_PASS);
    ck_assert_uint_eq(atomic_load(&broker.most_unanswered), 3);
    run_stand_end(&stand);
}
END_TEST

/* The probe has more connections than the bound, but none of them stays. */
START_TEST(test_bound_on_open)
{
    against(TINY_ANSWERS, WAIT_CASE("wait", "30ms"));
    stand.options.repeat = 60;
    stand.options.connections = 20;
    run_and_stop();
    run_stand_expect(&stand, "test/wait", VERDICT_PASS);
    ck_assert_uint_le(atomic_load(&broker.most_open), 20);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_longest_first)
{
    against(TINY_ANSWERS, WAIT_CASE("short", "5ms") WAIT_CASE("long", "200ms")
                              WAIT_CASE("middle", "100ms"));
    stand.options.connections = 1;
    run_and_stop();
    ck_assert_str_eq(buffer_string(&stand.order),
                     "test/long@3.1.1+tcp pass\n"
                     "test/middle@3.1.1+tcp pass\n"
                     "test/short@3.1.1+tcp pass\n");
    run_stand_end(&stand);
}
END_TEST

static bool count_wanted(void *user, const struct variant *variant)
{
    size_t *count = user;
    (void)variant;
    ++*count;
    return true;
}

START_TEST(test_shards)
{
    size_t played = 0;

    for (unsigned shard = 1; shard <= 3; shard++) {
        size_t asked = 0;
        against(TINY_ANSWERS,
                PING_CASE("a", "x", "") PING_CASE("b", "x", "")
                    PING_CASE("c", "x", "") PING_CASE("d", "x", ""));
        stand.options.shard = shard;
        stand.options.shards = 3;
        stand.options.wanted = count_wanted;
        stand.options.wanted_user = &asked;
        run_and_stop();
        ck_assert_uint_eq(stand.record->count, asked);
        played += stand.record->count;
        run_stand_end(&stand);
    }
    ck_assert_uint_eq(played, 4);
}
END_TEST

/* ---- cleanup ----------------------------------------------------------- */

START_TEST(test_cleanup)
{
    against(TINY_ANSWERS,
            "- id: test/retained\n"
            "  title: Something is left behind\n"
            "  versions: [3.1.1]\n"
            "  statements: {all: [MQTT-TEST-1]}\n"
            "  steps:\n"
            "  - {send: connect, client_id: $id, clean_start: false, "
            "ack: true}\n"
            "  - {send: publish, retain: true, qos: 1, ack: true}\n"
            "  - {send: disconnect}\n"
            "  - {close: fin}\n");
    run_and_stop();
    run_stand_expect(&stand, "test/retained", VERDICT_PASS);
    ck_assert_uint_eq(atomic_load(&broker.retained_removed), 1);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_cleanup_without_retain)
{
    against(TINY_ANSWERS,
            "- id: test/retained\n"
            "  title: It is refused what it does not take\n"
            "  versions: [5.0]\n"
            "  statements: {all: [MQTT-TEST-1]}\n"
            "  steps:\n"
            "  - {send: connect, client_id: $id, clean_start: false, "
            "ack: true}\n"
            "  - {send: publish, retain: true, qos: 1}\n"
            "  - {expect: close}\n");
    broker.no_retain = true;
    run_and_stop();
    run_stand_expect(&stand, "test/retained", VERDICT_PASS);
    ck_assert_uint_eq(atomic_load(&broker.retained), 1);
    ck_assert_uint_eq(atomic_load(&broker.retained_removed), 0);
    ck_assert_ptr_null(strstr(buffer_string(&stand.progress), "cleanup"));
    run_stand_end(&stand);
}
END_TEST

/* ---- no memory --------------------------------------------------------- */

static const char forgetful_cases[] = PING_CASE("a", "x", "") PING_CASE(
    "b", "fail",
    "") "- id: test/retained\n"
        "  title: Something is left behind\n"
        "  versions: [3.1.1]\n"
        "  statements: {all: [MQTT-TEST-1]}\n"
        "  steps:\n"
        "  - {send: connect, client_id: $id, clean_start: false, ack: true}\n"
        "  - {send: publish, retain: true, qos: 1, ack: true}\n";

/* Whichever allocation fails, the run ends, and blames nobody wrongly. */
START_TEST(test_no_memory)
{
    against(TINY_ANSWERS, forgetful_cases);
    stand.options.patience = 0.05;
    memory_fail_after(_i * 7 + 1);
    stand.record = run_suite(&stand.options, &stand.diagnostics);
    memory_fail_after(0);
    tiny_broker_stop(&broker);
    for (size_t i = 0; stand.record && i < stand.record->count; i++) {
        const struct result *result = &stand.record->results[i];
        ck_assert(result->verdict != VERDICT_FAIL ||
                  strcmp(result->case_id, "test/b") == 0);
        ck_assert(result->verdict != VERDICT_PASS ||
                  strcmp(result->case_id, "test/b") != 0);
    }
    run_stand_end(&stand);
}
END_TEST

/* ---- death ------------------------------------------------------------- */

START_TEST(test_death_without_command)
{
    against(TINY_ANSWERS,
            PING_CASE("killer", "die", "") WAIT_CASE("innocent", "30s"));
    stand.options.patience = 0.05;
    run_and_stop();
    ck_assert(atomic_load(&broker.dead));
    ck_assert(stand.record->died);
    expect_text(stand.record->trouble, "the broker died");
    run_stand_expect(&stand, "test/killer", VERDICT_NOT_RUN);
    run_stand_expect(&stand, "test/innocent", VERDICT_NOT_RUN);
    ck_assert(run_stand_result(&stand, "test/killer")->suspect);
    ck_assert_int_ne(run_exit_status(stand.record, false), 0);
    run_stand_end(&stand);
}
END_TEST

static const char child_profile[] =
    "name: Tiny\n"
    "command: [/proc/self/exe]\n"
    "environment: {" TINY_BROKER_PORT ": $port.mqtt}\n"
    "endpoints: {default: {tcp: 'mqtt://$host:$port.mqtt'}}\n";

START_TEST(test_death_with_restart)
{
    run_stand_begin(&stand,
                    PING_CASE("killer", "die", "") PING_CASE("a", "x", "")
                        WAIT_CASE("wait", "2500ms") PING_CASE("b", "fail", ""));
    run_stand_profile(&stand, child_profile);
    run_stand_run(&stand);
    run_stand_expect(&stand, "test/killer", VERDICT_ERROR);
    expect_text(run_stand_result(&stand, "test/killer")->reason,
                "the broker died while only this variant was open");
    run_stand_expect(&stand, "test/a", VERDICT_PASS);
    run_stand_expect(&stand, "test/b", VERDICT_FAIL);
    run_stand_expect(&stand, "test/wait", VERDICT_PASS);
    ck_assert(run_stand_result(&stand, "test/killer")->suspect);
    ck_assert(stand.record->died);
    expect_text(stand.record->trouble, "with exit status 3");
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_hooks)
{
    run_stand_begin(&stand, "- id: test/restart\n"
                            "  title: Comes back\n"
                            "  versions: [3.1.1]\n"
                            "  requires: [restart, stop]\n"
                            "  statements: {all: [MQTT-TEST-1]}\n"
                            "  steps:\n"
                            "  - {broker: restart}\n"
                            "  - {send: connect, ack: true}\n"
                            "  - {close: fin}\n"
                            "  - {broker: stop}\n"
                    /* and is left so */
                    PING_CASE("after", "alone", "  exclusive: true\n"));
    run_stand_profile(&stand, child_profile);
    run_stand_run(&stand);
    run_stand_expect(&stand, "test/restart", VERDICT_PASS);
    run_stand_expect(&stand, "test/after", VERDICT_PASS);
    ck_assert(!stand.record->died);
    ck_assert_int_eq(run_exit_status(stand.record, false), 0);
    run_stand_end(&stand);
}
END_TEST

/* ---- interruption ------------------------------------------------------ */

static void interrupt(struct run_stand *of, const struct result *result)
{
    (void)result;
    of->decided = NULL;
    raise(SIGTERM);
}

START_TEST(test_interrupt)
{
    against(TINY_ANSWERS, PING_CASE("quick", "x", "") WAIT_CASE("wait", "30s"));
    stand.decided = interrupt;
    run_and_stop();
    ck_assert(stand.record->interrupted);
    expect_text(stand.record->trouble, "interrupted");
    run_stand_expect(&stand, "test/quick", VERDICT_PASS);
    run_stand_expect(&stand, "test/wait", VERDICT_NOT_RUN);
    run_stand_end(&stand);
}
END_TEST

START_TEST(test_interrupt_with_child)
{
    run_stand_begin(&stand,
                    PING_CASE("quick", "x", "") WAIT_CASE("wait", "30s"));
    run_stand_profile(&stand, child_profile);
    stand.decided = interrupt;
    run_stand_run(&stand);
    ck_assert(stand.record->interrupted);
    run_stand_expect(&stand, "test/wait", VERDICT_NOT_RUN);
    run_stand_end(&stand);
}
END_TEST

static void add_reaching(Suite *suite)
{
    TCase *reaching = tcase_create("reaching");
    tcase_add_loop_test(reaching, test_unreachable, 0, UNREACHABLE_ROWS);
    tcase_add_test(reaching, test_refused);
    tcase_add_test(reaching, test_one_transport_unreachable);
    tcase_add_test(reaching, test_command_that_ends);
    tcase_add_test(reaching, test_command_that_is_not_there);
    suite_add_tcase(suite, reaching);
}

static void add_playing(Suite *suite)
{
    TCase *playing = tcase_create("playing");
    tcase_add_test(playing, test_versions);
    tcase_add_test(playing, test_skipped);
    tcase_add_test(playing, test_confirmed);
    tcase_add_test(playing, test_unconfirmed);
    tcase_add_test(playing, test_repeat);
    tcase_add_test(playing, test_known_and_fixed);
    tcase_add_test(playing, test_row_skipped);
    tcase_add_test(playing, test_what_must_be_lacking);
    tcase_add_test(playing, test_known_of_other_cases);
    tcase_add_test(playing, test_exclusive_is_alone);
    tcase_add_test(playing, test_bound_on_set_ups);
    tcase_add_test(playing, test_bound_on_open);
    tcase_add_test(playing, test_longest_first);
    tcase_add_test(playing, test_shards);
    tcase_add_test(playing, test_cleanup);
    tcase_add_test(playing, test_cleanup_without_retain);
    suite_add_tcase(suite, playing);
}

#define ALLOCATIONS_TRIED 60

static void add_forgetting(Suite *suite)
{
    TCase *forgetting = tcase_create("no memory");
    tcase_add_loop_test(forgetting, test_no_memory, 0, ALLOCATIONS_TRIED);
    suite_add_tcase(suite, forgetting);
}

static void add_ending(Suite *suite)
{
    TCase *ending = tcase_create("ending");
    tcase_add_test(ending, test_death_without_command);
    tcase_add_test(ending, test_death_with_restart);
    tcase_add_test(ending, test_hooks);
    tcase_add_test(ending, test_interrupt);
    tcase_add_test(ending, test_interrupt_with_child);
    suite_add_tcase(suite, ending);
}

Suite *runs_suite(void);
Suite *runs_suite(void)
{
    Suite *suite = suite_create("runs");
    add_reaching(suite);
    add_playing(suite);
    add_forgetting(suite);
    add_ending(suite);
    return suite;
}
