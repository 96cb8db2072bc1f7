/* Servers that misbehave: each run ends by itself, with the right exit
 * status, a complete report, and without eating memory. */
#include "expect.h"
#include "fake_broker.h"
#include <stdio.h>
#include <string.h>

/* Far above what a run needs, far below what any of them sends. Sanitizers
 * keep freed memory, so nothing is said of them. */
#define PEAK_KIB 131072
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static const struct bad_row {
    enum fake_behaviour behaviour;
    int status;
    const char *text; /* in what it prints */
} rows[] = {
    {FAKE_SOUND, 0, "3 variants judged"},
    {FAKE_SILENT, 3, "reach"},
    {FAKE_CLOSES, 3, "reach"},
    {FAKE_GARBAGE, 3, "reach"},
    {FAKE_HTTP, 3, "reach"},
    {FAKE_ENDLESS, 1, "PUBLISH"},
    {FAKE_GIANT, 5, "a packet larger than any"},
    {FAKE_DRIPS, 0, "3 variants judged"},
    {FAKE_WRONG, 1, "SUBACK"},
    {FAKE_DIES, 4, "The broker died"},
};

static struct program_end run_against(const char *url)
{
    return PROGRAM_RUN("run", url, "--cases", QUICK, "--select", "version=5.0",
                       "--patience", "0.1", "--insecure", "--junit",
                       expect_file("junit.xml"), "--json",
                       expect_file("results.json"));
}

START_TEST(a_bad_peer_gets_its_verdict)
{
    const struct bad_row *row = &rows[_i];
    struct fake fake;
    ck_assert(fake_start(&fake, row->behaviour));
    struct program_end end = run_against(fake.url);
    fake_stop(&fake);
    expect_status(&end, row->status);
    expect_text(end.out, row->text);
    expect_junit(expect_file("junit.xml"));
    ck_assert_msg(SANITIZED || end.peak_kib < PEAK_KIB, "%ld KiB",
                  end.peak_kib);
    program_forget(&end);
}
END_TEST

START_TEST(nobody_listens)
{
    char url[64];
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%u", fake_free_port());
    struct program_end end = run_against(url);
    expect_status(&end, 3);
    expect_text(end.out, "refused");
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

START_TEST(no_tls_where_tls_is_expected)
{
    struct fake fake;
    char url[64];
    ck_assert(fake_start(&fake, FAKE_GARBAGE));
    snprintf(url, sizeof url, "mqtts://127.0.0.1:%u", fake.port);
    struct program_end end = run_against(url);
    fake_stop(&fake);
    expect_status(&end, 3);
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

START_TEST(no_upgrade_where_one_is_expected)
{
    struct fake fake;
    char url[64];
    ck_assert(fake_start(&fake, FAKE_HTTP));
    snprintf(url, sizeof url, "ws://127.0.0.1:%u/mqtt", fake.port);
    struct program_end end = run_against(url);
    fake_stop(&fake);
    expect_status(&end, 3);
    expect_text(end.out, "400");
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

START_TEST(a_certificate_for_another_host_is_refused)
{
    struct fake fake;
    ck_assert(fake_start_tls(&fake, FAKE_SOUND, CERTS "/wrong_host.pem",
                             CERTS "/wrong_host.key"));
    struct program_end end = PROGRAM_RUN(
        "run", fake.url, "--cases", QUICK, "--patience", "0.1", "--ca",
        CERTS "/ca.pem", "--junit", expect_file("junit.xml"));
    fake_stop(&fake);
    expect_status(&end, 3);
    expect_text(end.out, "certificate");
    expect_junit(expect_file("junit.xml"));
    program_forget(&end);
}
END_TEST

Suite *bad_peers_suite(void)
{
    Suite *suite = suite_create("bad_peers");
    TCase *tcase = tcase_create("peers");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, expect_begin, expect_end);
    tcase_add_loop_test(tcase, a_bad_peer_gets_its_verdict, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tcase, nobody_listens);
    tcase_add_test(tcase, no_tls_where_tls_is_expected);
    tcase_add_test(tcase, no_upgrade_where_one_is_expected);
    tcase_add_test(tcase, a_certificate_for_another_host_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
