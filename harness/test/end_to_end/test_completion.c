/* The completion, as bash does it. */
#include "expect.h"
#include <stdio.h>
#include <string.h>

#define SCRIPT "harness/test/end_to_end/completion.bash"
#define WORDS_MAX 6

static const struct {
    const char *words[WORDS_MAX]; /* the last one is being typed */
    const char *offered;          /* a line of the answer */
    const char *not_offered;      /* is no part of it */
} rows[] = {
    {{"ru"}, "run\n", "list"},
    {{"help", "sch"}, "schema\n", "run"},
    {{"run", "--sel"}, "--select\n", "--exclude"},
    {{"report", "--"}, "--html\n", "--select"},
    /* Areas, then cases. */
    {{"run", "--select", "take"}, "takeover/\n", "takeover/o"},
    {{"run", "-x", "takeover/old"}, "takeover/old-connection-is-closed\n", "@"},
    {{"run", "--select", "=", "take"}, "takeover/\n", "connect"},
    {{"list", "vers"}, "version=\n", "transport"},
    {{"list", "version", "="}, "3.1.1\n", "tcp"},
    {{"list", "version", "=", "5"}, "5.0\n", "3.1"},
    {{"run", "-s", "transport", "=", "w"}, "wss\n", "tcp"},
    {{"list", "level", "=", "s"}, "strict\n", "must"},
    {{"list", "area", "=", "ta"}, "takeover\n", "connect"},
    {{"show", "takeover/old"}, "takeover/old-connection-is-closed\n", "@"},
    {{"run", "--colour", "a"}, "always\n", "never"},
    {{"run", "fixtures/brokers/mosq"},
     "fixtures/brokers/mosquitto.yaml\n",
     "nanomq"},
    {{"list", "--cases", "harness/test/end_to_end/quick"},
     "harness/test/end_to_end/quick.yaml\n",
     "takeover"},
    {{"run", "--pcap", "fixtures/bro"}, "fixtures/brokers\n", ".yaml"},
    {{"schema", "pro"}, "profile\n", "case"},
    /* Nothing can be known of these. */
    {{"run", "--user", "a"}, "\n", "a"},
    {{"coverage", ""}, "\n", "a"},
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(bash_offers)
{
    const char *arguments[WORDS_MAX + 4] = {"bash", SCRIPT, program_mqttspec()};
    struct program program;
    struct program_end end = {.status = -1};
    for (size_t i = 0; i < WORDS_MAX && rows[_i].words[i]; i++)
        arguments[i + 3] = rows[_i].words[i];
    ck_assert(program_start(&program, arguments));
    program_wait(&program, &end);
    expect_status(&end, 0);
    ck_assert_str_eq(end.err, "");
    expect_text(end.out, rows[_i].offered);
    expect_no_text(end.out, rows[_i].not_offered);
    program_forget(&end);
}
END_TEST

Suite *completion_suite(void);
Suite *completion_suite(void)
{
    Suite *suite = suite_create("completion");
    TCase *tcase = tcase_create("bash");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_loop_test(tcase, bash_offers, 0, ROWS);
    suite_add_tcase(suite, tcase);
    return suite;
}
