/* A close, a reset, a time-out, a wrong packet and half a packet are different
 * things, over every transport and in every version: type and text of each in
 * JUnit. */
#include "expect.h"
#include "fake_broker.h"
#include "hostile_broker.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* Three versions over four transports. */
#define VARIANTS 12

#define LATE "the answer did not come in time"
#define ENDED "the connection ended before the answer came"
#define CLOSED "the broker closed the connection"

static const struct hostile_row {
    const char *how;     /* hostile.yaml */
    const char *type;    /* NULL: inconclusive; "": a pass */
    const char *message; /* NULL: one of several */
    const char *actual;  /* a part of the text */
} rows[] = {
    {"connect-mute", "missing-packet", LATE, "  nothing"},
    {"connect-end", "closed", ENDED, CLOSED " ("},
    {"connect-reset", "closed", ENDED, "(reset)"},
    {"connect-garbage", NULL, NULL, "does not end within four bytes"},
    {"connect-http", "missing-packet", LATE,
     "28 bytes that make no whole packet"},
    {"connect-half", "missing-packet", LATE,
     "3 bytes that make no whole packet"},
    {"connect-half-end", "closed", ENDED,
     ") behind 3 bytes that make no whole packet"},
    {"connect-giant", NULL, NULL, "larger than any that was asked for"},
    {"connect-other", "missing-packet", LATE, "SUBACK packet_id=1"},
    {"connect-refused", "wrong-field", "connack refuses what was asked for",
     "CONNACK "},
    {"ping-mute", "missing-packet", LATE, "  nothing"},
    {"ping-end", "closed", ENDED, CLOSED " ("},
    {"ping-reset", "closed", ENDED, "(reset)"},
    {"ping-garbage", NULL, NULL, "does not end within four bytes"},
    {"ping-giant", NULL, NULL, "larger than any that was asked for"},
    {"ping-other", "missing-packet", LATE, "SUBACK packet_id=1"},
    {"ping-twice", "extra-packet", "a packet came that nothing had asked for",
     "PINGRESP"},
    {"goodbye-stays", "not-closed", "the broker did not close the connection",
     "  nothing"},
    {"goodbye-reset", "", NULL, NULL},
    {"goodbye-talks", "not-closed", "the broker did not close the connection",
     "PINGRESP"},
    {"goodbye-talks-and-ends", "extra-packet",
     "a packet came to client that no step expects", "PINGRESP"},
    {"silence-flood", "extra-packet", NULL, "PINGRESP"},
    {"silence-end", "closed", CLOSED, CLOSED " ("},
    {"silence-reset", "closed", CLOSED, "(reset)"},
};

static void expect_row(const char *junit, const struct hostile_row *row)
{
    char cases[100], outcome[200], text[200] = "";
    char expression[800];
    snprintf(cases, sizeof cases, "//testcase[contains(@name,'[%s]')]",
             row->how);
    if (!row->type)
        snprintf(outcome, sizeof outcome, "/skipped");
    else if (!*row->type)
        snprintf(outcome, sizeof outcome, "[not(*)]");
    else if (!row->message)
        snprintf(outcome, sizeof outcome, "/failure[@type='%s']", row->type);
    else
        snprintf(outcome, sizeof outcome,
                 "/failure[@type='%s' and @message='%s']", row->type,
                 row->message);
    if (row->actual)
        snprintf(text, sizeof text, "[contains(.,'%s')]", row->actual);
    snprintf(expression, sizeof expression,
             "count(%s) = %d and count(%s%s%s) = %d", cases, VARIANTS, cases,
             outcome, text, VARIANTS);
    expect_xpath(junit, expression);
}

START_TEST(each_has_its_own_name)
{
    struct hostile hostile;
    const char *junit = expect_file("junit.xml");
    ck_assert(hostile_start(&hostile));
    /* Time-outs long enough to be repeated side by side. */
    struct program_end end = PROGRAM_RUN(
        "run", hostile.urls[NET_TCP], hostile.urls[NET_TLS],
        hostile.urls[NET_WS], hostile.urls[NET_WSS], "--ca", CERTS "/ca.pem",
        "--cases", "harness/test/end_to_end/hostile.yaml", "--patience", "0.2",
        "--junit", junit);
    hostile_stop(&hostile);
    expect_status(&end, 1);
    expect_no_text(end.out, "flaky");
    expect_junit(junit);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_row(junit, &rows[i]);
    program_forget(&end);
}
END_TEST

/* ---- the reference broker, told to break a requirement ------------------ */

static const struct broken_row {
    const char *violation, *select;
    int count;                  /* of variants that fail, all in the same way */
    const char *type, *message; /* a part of it */
} broken_rows[] = {
    {"V3.1-CONNECT-6:take-over-keeps-old", "takeover/old-connection-is-closed",
     4, "not-closed", "the broker did not close the connection"},
    {"MQTT-3.1.4-2:take-over-keeps-old", "takeover/old-connection-is-closed", 4,
     "not-closed", "the broker did not close the connection"},
    {"MQTT-3.1.4-3:take-over-keeps-old", "takeover/old-connection-is-closed", 4,
     "not-closed", "the broker did not close the connection"},
    {"MQTT-3.1.2-22:keep-alive-never", "keep_alive/client-value-applies", 4,
     "not-closed", "the broker did not close the connection"},
    {"MQTT-3.1.2-22:too-early", "keep_alive/client-value-applies", 4,
     "too-early", " s too early"},
    {"BEYOND-websocket-6:close-frame-ignored", "websocket/close", 36,
     "missing-packet", "it did not come in time"},
    {"BEYOND-websocket-6:close-frame-unanswered", "websocket/close", 36,
     "closed", "the connection ended before it came"},
};

static const char *refbroker(void)
{
    const char *binary = getenv("REFBROKER");
    return binary ? binary : "build/refbroker";
}

static void start_refbroker(struct program *program, const char *violation,
                            char urls[NET_TRANSPORTS][64])
{
    static const char *const schemes[] = {"mqtt", "mqtts", "ws", "wss"};
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        snprintf(urls[i], 64, "%s://127.0.0.1:%u%s", schemes[i],
                 fake_free_port(), i < 2 ? "" : "/mqtt");
    ck_assert(program_start(
        program, (const char *const[]){refbroker(), "--violate", violation,
                                       "--certificate", CERTS "/server.pem",
                                       "--key", CERTS "/server.key", "--listen",
                                       urls[0], "--listen", urls[1], "--listen",
                                       urls[2], "--listen", urls[3], NULL}));
    ck_assert(program_printed(program, urls[3]));
}

START_TEST(a_broken_requirement_has_its_own_name)
{
    const struct broken_row *row = &broken_rows[_i];
    const char *junit = expect_file("junit.xml");
    char urls[NET_TRANSPORTS][64];
    char expression[400];
    struct program broker;
    struct program_end end, broker_end;
    start_refbroker(&broker, row->violation, urls);
    end = PROGRAM_RUN("run", urls[0], urls[1], urls[2], urls[3], "--ca",
                      CERTS "/ca.pem", "--select", row->select, "--patience",
                      "0.1", "--junit", junit);
    kill(broker.pid, SIGKILL);
    program_wait(&broker, &broker_end);
    expect_status(&end, 1);
    snprintf(expression, sizeof expression,
             "count(//failure) = %d and count(//error) = 0 and "
             "count(//failure[@type='%s' and contains(@message,'%s')]) = %d",
             row->count, row->type, row->message, row->count);
    expect_xpath(junit, expression);
    program_forget(&end);
    program_forget(&broker_end);
}
END_TEST

Suite *hostile_suite(void)
{
    Suite *suite = suite_create("hostile");
    TCase *tcase = tcase_create("brokers");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, each_has_its_own_name);
    tcase_add_loop_test(tcase, a_broken_requirement_has_its_own_name, 0,
                        (int)(sizeof broken_rows / sizeof *broken_rows));
    suite_add_tcase(suite, tcase);
    return suite;
}
