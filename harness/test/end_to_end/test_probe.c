/* `probe` against Mosquitto, and the profile that it writes. */
#include "expect.h"
#include "mosquitto.h"
#include <string.h>

Suite *probe_suite(void);

static struct mosquitto broker;

static void begin(void)
{
    expect_begin();
    ck_assert_msg(mosquitto_start(&broker, CERTS), "Mosquitto does not start");
}

static void end(void)
{
    mosquitto_stop(&broker);
    expect_end();
}

START_TEST(what_it_finds_is_a_profile_to_run_with)
{
    const char *profile = expect_file("found.yaml");
    struct program_end asked =
        PROGRAM_RUN("probe", broker.tcp, "--user", BROKER_USER, "--password",
                    BROKER_PASSWORD, "--profile", profile);
    expect_status(&asked, 0);
    expect_text(asked.out, "            tcp   tls   ws    wss\n"
                           "MQTT 3.1    yes   -     -     -\n"
                           "MQTT 3.1.1  yes   -     -     -\n"
                           "MQTT 5.0    yes   -     -     -\n");
    expect_text(asked.out, "receive_maximum             20 ");
    expect_text(asked.out, "anonymous                   no ");
    ck_assert(!expect_in_file(profile, BROKER_PASSWORD));
    struct program_end run =
        PROGRAM_RUN("run", profile, "--cases", QUICK, "--user", BROKER_USER,
                    "--password", BROKER_PASSWORD);
    expect_status(&run, 0);
    program_forget(&asked);
    program_forget(&run);
}
END_TEST

START_TEST(a_broker_that_is_not_there_is_status_3)
{
    struct program_end asked = PROGRAM_RUN("probe", "mqtt://127.0.0.1:1");
    expect_status(&asked, 3);
    expect_text(asked.err, "connection refused");
    program_forget(&asked);
}
END_TEST

Suite *probe_suite(void)
{
    Suite *suite = suite_create("probe");
    TCase *tcase = tcase_create("probe");
    suite_add_tcase(suite, tcase);
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_add_test(tcase, what_it_finds_is_a_profile_to_run_with);
    tcase_add_test(tcase, a_broker_that_is_not_there_is_status_3);
    return suite;
}
