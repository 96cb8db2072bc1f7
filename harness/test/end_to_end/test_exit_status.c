/* Exit statuses and reports on ways out that are not the usual one. Status 1
 * is the broker's fault alone. */
#include "expect.h"
#include "fake_broker.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a shell makes of mqttspec as $0 and a URL as $1. */
static struct program_end shell(const char *line, const char *url)
{
    struct program program;
    struct program_end end = {.status = -1};
    ck_assert(program_start(
        &program, (const char *const[]){"bash", "-c", line, program_mqttspec(),
                                        url, expect_file("junit.xml"), NULL}));
    program_wait(&program, &end);
    return end;
}

/* ---- what cannot be written -------------------------------------------- */

#define RUN "\"$0\" run \"$1\" --cases " QUICK " --patience 0.1 "

static const struct output_row {
    enum fake_behaviour behaviour;
    const char *line;
    int status;
    const char *complaint; /* "": none */
} output_rows[] = {
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" >/dev/full", 2,
     "standard output cannot be written"},
    {FAKE_SOUND, "exec > >(exit 0); wait $!; exec " RUN "--junit \"$2\"", 2,
     ""},
    {FAKE_WRONG, "exec " RUN "--junit \"$2\" >/dev/full", 1,
     "standard output cannot be written"},
    {FAKE_SILENT, "exec " RUN "--junit \"$2\" >/dev/full", 3,
     "standard output cannot be written"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --json /dev/full", 2,
     "cannot write /dev/full: No space left on device"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --html /dev/full", 2,
     "cannot write /dev/full: No space left on device"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --markdown /dev/full", 2,
     "cannot write /dev/full: No space left on device"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --tap /proc/none/x.tap", 2,
     "cannot write /proc/none/x.tap: No such file or directory"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --pcap /proc/none --keep-all", 2,
     "cannot write /proc/none/"},
    {FAKE_WRONG, "exec " RUN "--junit \"$2\" --json /dev/full", 1,
     "cannot write /dev/full: No space left on device"},
    {FAKE_SOUND, "exec " RUN "--junit \"$2\" --dir /proc/none/x", 0, ""},
};

START_TEST(what_cannot_be_written_is_no_fault_of_the_broker)
{
    const struct output_row *row = &output_rows[_i];
    struct fake fake;
    ck_assert(fake_start(&fake, row->behaviour));
    struct program_end end = shell(row->line, fake.url);
    fake_stop(&fake);
    expect_status(&end, row->status);
    expect_text(end.err, row->complaint);
    expect_no_text(end.err, *row->complaint ? "no memory" : "error");
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

START_TEST(a_list_that_cannot_be_written)
{
    struct program_end end = shell("exec \"$0\" list >/dev/full", "");
    expect_status(&end, 2);
    program_forget(&end);
}
END_TEST

/* ---- narrow bounds ----------------------------------------------------- */

static const char *const narrow_rows[] = {
    "exec " RUN "--junit \"$2\" --jobs 1",
    "exec " RUN "--junit \"$2\" --connections 1",
    "exec " RUN "--junit \"$2\" --jobs 1 --connections 1 --repeat 3",
    "ulimit -n 64; exec " RUN "--junit \"$2\" --repeat 20",
};

START_TEST(narrow_bounds_change_no_verdict)
{
    struct fake fake;
    ck_assert(fake_start(&fake, FAKE_SOUND));
    struct program_end end = shell(narrow_rows[_i], fake.url);
    fake_stop(&fake);
    expect_status(&end, 0);
    expect_text(end.out, "9 variants judged, none failed");
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

/* Where few are left, libuv would end the program. */
START_TEST(too_few_descriptors_are_not_the_brokers_fault)
{
    struct fake fake;
    char line[400];
    ck_assert(fake_start(&fake, FAKE_SOUND));
    /* The leak checker of a sanitizer build needs descriptors of its own. */
    snprintf(line, sizeof line,
             "exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; "
             "export ASAN_OPTIONS=detect_leaks=0; ulimit -n %d; "
             "exec " RUN "--junit \"$2\"",
             _i);
    struct program_end end = shell(line, fake.url);
    fake_stop(&fake);
    expect_status(&end, 4);
    expect_text(end.err, "too few descriptors");
    program_forget(&end);
}
END_TEST

/* All shards together play each variant so often, none twice. */
START_TEST(shards_of_repeated_variants)
{
    size_t played = 0;
    struct fake fake;
    ck_assert(fake_start(&fake, FAKE_SOUND));
    for (int i = 1; i <= 5; i++) {
        char line[400];
        size_t judged = 0;
        snprintf(line, sizeof line,
                 "exec " RUN "--junit \"$2\" --repeat 2 --shard %d/5", i);
        struct program_end end = shell(line, fake.url);
        const char *word = strstr(end.out, "PASSED: ");
        ck_assert(end.status == 0 || end.status == 4);
        ck_assert_int_eq(end.status == 0, word != NULL);
        if (word)
            judged = strtoul(word + strlen("PASSED: "), NULL, 10);
        played += judged;
        program_forget(&end);
    }
    fake_stop(&fake);
    ck_assert_uint_eq(played, 9);
}
END_TEST

/* ---- interrupted before anything was played ---------------------------- */

START_TEST(a_run_that_is_interrupted_while_it_probes)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(bind(listener, (struct sockaddr *)&address, size) == 0);
    ck_assert(listen(listener, 16) == 0);
    getsockname(listener, (struct sockaddr *)&address, &size);
    char url[64];
    const char *junit = expect_file("junit.xml");
    struct program program;
    struct program_end end;
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%u", ntohs(address.sin_port));
    ck_assert(
        program_start(&program, (const char *const[]){program_mqttspec(), "run",
                                                      url, "--cases", QUICK,
                                                      "--junit", junit, NULL}));
    int peer = accept(listener, NULL, NULL);
    ck_assert_int_ge(peer, 0);
    kill(program.pid, SIGTERM);
    program_wait(&program, &end);
    close(peer);
    close(listener);
    expect_status(&end, 4);
    expect_text(end.out, "interrupted");
    expect_junit(junit);
    ck_assert(expect_in_file(junit, "<error"));
    program_forget(&end);
}
END_TEST

Suite *exit_status_suite(void)
{
    Suite *suite = suite_create("exit_status");
    TCase *tcase = tcase_create("ways out");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_loop_test(tcase, what_cannot_be_written_is_no_fault_of_the_broker,
                        0, (int)(sizeof output_rows / sizeof *output_rows));
    tcase_add_test(tcase, a_list_that_cannot_be_written);
    tcase_add_loop_test(tcase, narrow_bounds_change_no_verdict, 0,
                        (int)(sizeof narrow_rows / sizeof *narrow_rows));
    tcase_add_loop_test(tcase, too_few_descriptors_are_not_the_brokers_fault, 4,
                        9);
    tcase_add_test(tcase, shards_of_repeated_variants);
    tcase_add_test(tcase, a_run_that_is_interrupted_while_it_probes);
    suite_add_tcase(suite, tcase);
    return suite;
}
