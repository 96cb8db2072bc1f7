/* Captures, read back by tshark: a codec of its own that has to agree. */
#include "expect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRAFFIC "harness/test/end_to_end/traffic.yaml"
#define DISSECT "harness/test/end_to_end/dissect.py"

static void dissect(const char *json)
{
    struct program dissector;
    struct program_end end;
    const char *const arguments[] = {DISSECT, json, expect_folder, NULL};
    ck_assert(program_start(&dissector, arguments));
    program_wait(&dissector, &end);
    expect_status(&end, 0);
    expect_text(end.out, "tcp ");
    expect_text(end.out, "tls ");
    program_forget(&end);
}

START_TEST(tshark_reads_what_we_say_over_tcp_and_tls)
{
    const char *json = expect_file("results.json");
    struct program_end end =
        PROGRAM_RUN("run", MOSQUITTO, "--cases", TRAFFIC, "--keep-all",
                    "--json", json, "--pcap", expect_folder);
    expect_status(&end, 0);
    program_forget(&end);
    dissect(json);
}
END_TEST

START_TEST(what_passes_is_not_captured)
{
    const char *capture = expect_file("quick_ping@5.0+tcp.pcapng");
    struct program_end end = PROGRAM_RUN("run", MOSQUITTO, "--cases", QUICK,
                                         "--pcap", expect_folder);
    expect_status(&end, 0);
    FILE *file = fopen(capture, "r");
    ck_assert_ptr_null(file);
    program_forget(&end);
}
END_TEST

Suite *pcapng_suite(void)
{
    Suite *suite = suite_create("pcapng");
    TCase *tcase = tcase_create("pcapng");
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_test(tcase, tshark_reads_what_we_say_over_tcp_and_tls);
    tcase_add_test(tcase, what_passes_is_not_captured);
    return suite;
}
