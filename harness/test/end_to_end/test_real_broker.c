/* The finished binary against Mosquitto, started by its profile on all four
 * transports, and running already; and against the second witness, Aedes. */
#include "expect.h"
#include "mosquitto.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mosquitto broker;

static void begin_with_broker(void)
{
    expect_begin();
    ck_assert_msg(mosquitto_start(&broker, CERTS), "Mosquitto does not start");
}

static void end_with_broker(void)
{
    mosquitto_stop(&broker);
    expect_end();
}

START_TEST(the_profile_runs_on_four_transports)
{
    const char *junit = expect_file("junit.xml");
    const char *json = expect_file("results.json");
    struct program_end end =
        PROGRAM_RUN("run", MOSQUITTO, "--cases", QUICK, "--dir", expect_folder,
                    "--junit", junit, "--json", json);
    expect_status(&end, 0);
    expect_junit(junit);
    const char *const ids[] = {"quick/connect@3.1+tcp", "quick/ping@3.1.1+tls",
                               "quick/publish@5.0+ws", "quick/ping@5.0+wss"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        ck_assert_msg(expect_in_file(json, ids[i]), "no %s", ids[i]);
    ck_assert(!mosquitto_is_running(expect_folder));
    program_forget(&end);
}
END_TEST

/* Brokers that nobody here has written: what they break is listed, and nothing
 * else fails. */
static const char *const witnesses[] = {AEDES_1, AEDES_2};

START_TEST(a_second_witness_breaks_only_what_is_listed)
{
    const char *junit = expect_file("junit.xml");
    struct program_end end =
        PROGRAM_RUN("run", witnesses[_i], "--dir", expect_folder, "--select",
                    "takeover/", "--select", "session/", "--select", "will/",
                    "--exclude", "transport=tls", "--exclude", "transport=ws",
                    "--exclude", "transport=wss", "--junit", junit);
    expect_status(&end, 0);
    expect_junit(junit);
    ck_assert(!mosquitto_is_running(expect_folder));
    program_forget(&end);
}
END_TEST

START_TEST(the_published_schema_takes_the_strict_report)
{
    const char *junit = expect_file("junit.xml");
    struct program_end end =
        PROGRAM_RUN("run", MOSQUITTO, "--cases", QUICK, "--junit", junit,
                    "--junit-strict", "--select", "transport=tcp");
    expect_status(&end, 0);
    expect_junit(junit);
    ck_assert(!expect_in_file(junit, " file=\""));
    program_forget(&end);
}
END_TEST

START_TEST(a_running_broker_takes_the_password_of_the_environment)
{
    setenv("MQTTSPEC_PASSWORD", BROKER_PASSWORD, 1);
    struct program_end end =
        PROGRAM_RUN("run", broker.tcp, "--cases", QUICK, "--user", BROKER_USER);
    unsetenv("MQTTSPEC_PASSWORD");
    expect_status(&end, 0);
    program_forget(&end);
}
END_TEST

START_TEST(a_password_never_shows)
{
    const char *junit = expect_file("junit.xml");
    const char *json = expect_file("results.json");
    struct program_end end =
        PROGRAM_RUN("run", broker.tcp, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", BROKER_PASSWORD, "--keep-all", "--verbose",
                    "--junit", junit, "--json", json);
    expect_status(&end, 0);
    /* as text, and in hex: "open" */
    expect_no_text(end.out, BROKER_PASSWORD);
    expect_no_text(end.out, "6f 70 65 6e");
    ck_assert(!expect_in_file(junit, BROKER_PASSWORD));
    ck_assert(!expect_in_file(json, BROKER_PASSWORD));
    ck_assert(!expect_in_file(json, "6f70656e"));
    ck_assert(!expect_in_file(json, "6f 70 65 6e"));
    program_forget(&end);
}
END_TEST

START_TEST(a_wrong_password_reaches_no_broker)
{
    const char *junit = expect_file("junit.xml");
    struct program_end end =
        PROGRAM_RUN("run", broker.tcp, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", "wrong", "--junit", junit);
    expect_status(&end, 3);
    expect_junit(junit);
    program_forget(&end);
}
END_TEST

START_TEST(tls_is_verified_with_the_given_authority)
{
    struct program_end end =
        PROGRAM_RUN("run", broker.tls, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", BROKER_PASSWORD, "--ca", CERTS "/ca.pem");
    expect_status(&end, 0);
    program_forget(&end);
}
END_TEST

START_TEST(insecure_verifies_nothing)
{
    struct program_end end =
        PROGRAM_RUN("run", broker.tls, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", BROKER_PASSWORD, "--insecure");
    expect_status(&end, 0);
    program_forget(&end);
}
END_TEST

START_TEST(another_authority_is_refused)
{
    const char *junit = expect_file("junit.xml");
    struct program_end end =
        PROGRAM_RUN("run", broker.tls, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", BROKER_PASSWORD, "--ca",
                    CERTS "/other_ca.pem", "--junit", junit);
    expect_status(&end, 3);
    expect_text(end.out, "certificate");
    expect_junit(junit);
    program_forget(&end);
}
END_TEST

START_TEST(several_urls_make_one_target)
{
    const char *json = expect_file("results.json");
    struct program_end end = PROGRAM_RUN(
        "run", broker.tcp, broker.tls, "--cases", QUICK, "--user", BROKER_USER,
        "--password", BROKER_PASSWORD, "--insecure", "--json", json);
    expect_status(&end, 0);
    ck_assert(expect_in_file(json, "quick/ping@5.0+tcp"));
    ck_assert(expect_in_file(json, "quick/ping@5.0+tls"));
    program_forget(&end);
}
END_TEST

Suite *real_broker_suite(void)
{
    Suite *suite = suite_create("real_broker");
    TCase *profile = tcase_create("profile");
    tcase_set_timeout(profile, TEST_SECONDS);
    tcase_add_checked_fixture(profile, expect_begin, expect_end);
    tcase_add_test(profile, the_profile_runs_on_four_transports);
    tcase_add_loop_test(profile, a_second_witness_breaks_only_what_is_listed, 0,
                        sizeof witnesses / sizeof *witnesses);
    tcase_add_test(profile, the_published_schema_takes_the_strict_report);
    suite_add_tcase(suite, profile);
    TCase *urls = tcase_create("urls");
    tcase_set_timeout(urls, TEST_SECONDS);
    tcase_add_checked_fixture(urls, begin_with_broker, end_with_broker);
    tcase_add_test(urls,
                   a_running_broker_takes_the_password_of_the_environment);
    tcase_add_test(urls, a_password_never_shows);
    tcase_add_test(urls, a_wrong_password_reaches_no_broker);
    tcase_add_test(urls, tls_is_verified_with_the_given_authority);
    tcase_add_test(urls, insecure_verifies_nothing);
    tcase_add_test(urls, another_authority_is_refused);
    tcase_add_test(urls, several_urls_make_one_target);
    suite_add_tcase(suite, urls);
    return suite;
}
