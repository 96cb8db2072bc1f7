/* script/profile.h: reading profiles, making them of URLs, resolving them. */
#include "golden_diagnostics.h"
#include "script/profile.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

#define GOLDEN "harness/test/golden/profile/"

static struct diagnostics diagnostics;

static void begin(void)
{
    ck_assert(diagnostics_begin(&diagnostics));
}

static void end(void)
{
    memory_fail_after(0);
    diagnostics_end(&diagnostics);
}

/* ---- reading ----------------------------------------------------------- */

static const char *const goldens[] = {
    "addresses",   "capabilities", "command",      "empty-command",
    "known",       "limits",       "missing-keys", "names",
    "no-default",  "not-a-map",    "not-yaml",     "tls",
    "unknown-key", "unknown-word", "values",       "without-command",
    "wrong-kinds",
};

START_TEST(says_what_is_wrong)
{
    char path[200];
    snprintf(path, sizeof path, GOLDEN "%s.yaml", goldens[_i]);
    ck_assert_ptr_null(profile_load(path, &diagnostics));
    ck_assert_uint_gt(diagnostics.errors, 0);
    snprintf(path, sizeof path, GOLDEN "%s.txt", goldens[_i]);
    golden_check(&diagnostics, path);
}
END_TEST

static struct profile *load_whole(void)
{
    struct profile *profile = profile_load(GOLDEN "whole.yaml", &diagnostics);
    ck_assert_ptr_nonnull(profile);
    ck_assert_uint_eq(diagnostics.errors, 0);
    return profile;
}

static void ck_small_parts(const struct profile *profile)
{
    ck_assert_str_eq(profile->name, "Some broker");
    ck_assert_str_eq(profile->version, "2.0");
    ck_assert_str_eq(profile->source.file, GOLDEN "whole.yaml");
    ck_assert_str_eq(profile->restart_signal, "INT");
    ck_assert_str_eq(profile->topic_prefix, "tests/");
    ck_assert(!profile->versions[MQTT_3_1]);
    ck_assert(profile->versions[MQTT_3_1_1]);
    ck_assert(profile->versions[MQTT_5_0]);
    ck_assert_int_eq(profile->limit_connect, 1500000000);
    ck_assert_int_eq(profile->limit_handshake, 120000000000);
    ck_assert_uint_eq(profile->keep_alive, 60);
    ck_assert_str_eq(profile->auth_method, "SCRAM-SHA-256");
    ck_assert_uint_eq(profile->value_count, 1);
    ck_assert_str_eq(profile->values[0].name, "redirected");
    ck_assert_str_eq(profile->values[0].value, "other");
    ck_assert(!profile->insecure);
}

START_TEST(reads_all_keys)
{
    struct profile *profile = load_whole();
    ck_small_parts(profile);
    ck_assert_uint_eq(profile->command_count, 4);
    ck_assert_uint_eq(profile->environment_count, 2);
    ck_assert_str_eq(profile->environment[1], "EMPTY=");
    ck_assert_uint_eq(profile->file_count, 2);
    ck_assert_str_eq(profile->files[1].name, "users");
    ck_assert_str_eq(profile->files[1].text, "a:b");
    ck_assert_uint_eq(profile->endpoint_count, 2);
    const struct profile_endpoint *login = profile_endpoint(profile, "login");
    ck_assert_ptr_nonnull(login->urls[NET_TCP]);
    ck_assert_ptr_null(login->urls[NET_WSS]);
    ck_assert_int_eq(login->source.line, 13);
    ck_assert_ptr_null(profile_endpoint(profile, "other"));
    profile_free(profile);
}
END_TEST

START_TEST(reads_accounts)
{
    struct profile *profile = load_whole();
    const struct profile_account *login = profile_account(profile, "login");
    ck_assert_str_eq(login->user_name, "someone");
    ck_assert_str_eq(login->password, "with $dollar");
    ck_assert_ptr_null(profile_account(profile, "no_password")->password);
    ck_assert_ptr_null(profile_account(profile, "default"));
    profile_free(profile);
}
END_TEST

START_TEST(reads_capabilities)
{
    struct profile *profile = load_whole();
    ck_assert(profile_capability(profile, "qos1")->present);
    ck_assert(!profile_capability(profile, "shared")->present);
    ck_assert(profile_capability(profile, "retain")->present);
    const struct profile_capability *maximum =
        profile_capability(profile, "receive_maximum");
    ck_assert(maximum->present && maximum->has_number);
    ck_assert_int_eq(maximum->number, 20);
    const struct profile_capability *keep_alive =
        profile_capability(profile, "server_keep_alive");
    ck_assert(!keep_alive->present && !keep_alive->has_number);
    ck_assert_ptr_null(profile_capability(profile, "qos2"));
    profile_free(profile);
}
END_TEST

START_TEST(reads_known_failures)
{
    struct profile *profile = load_whole();
    ck_assert_uint_eq(profile->known_count, 4);
    const struct profile_known *first = &profile->known[0];
    ck_assert_str_eq(first->variants, "takeover/*");
    ck_assert_str_eq(first->statements[0], "MQTT-3.1.4-3");
    ck_assert_ptr_null(first->statements[1]);
    ck_assert_str_eq(first->reason, "leaves both connected");
    ck_assert_int_eq(first->verdict, KNOWN_WARN);
    ck_assert(first->sometimes && !first->passive);
    ck_assert_int_eq(first->source.line, 19);
    const struct profile_known *second = &profile->known[1];
    ck_assert_ptr_null(second->variants);
    ck_assert_int_eq(second->verdict, KNOWN_INCONCLUSIVE);
    ck_assert(second->passive && !second->sometimes);
    profile_free(profile);
}
END_TEST

START_TEST(an_entry_of_several_selectors_is_several)
{
    struct profile *profile = load_whole();
    for (size_t i = 2; i < profile->known_count; i++) {
        const struct profile_known *row = &profile->known[i];
        ck_assert_str_eq(row->variants, i == 2 ? "will/a" : "will/b*");
        ck_assert_str_eq(row->statements[0], "V3.1-WILL-1");
        ck_assert_str_eq(row->statements[1], "MQTT-3.1.2-8");
        ck_assert_ptr_null(row->statements[2]);
        ck_assert_str_eq(row->reason, "drops it");
        ck_assert_int_eq(row->source.line, 25);
    }
    profile_free(profile);
}
END_TEST

START_TEST(has_defaults)
{
    struct profile *profile =
        profile_load(GOLDEN "smallest.yaml", &diagnostics);
    ck_assert_ptr_nonnull(profile);
    ck_assert_str_eq(profile->version, "");
    ck_assert_str_eq(profile->restart_signal, "TERM");
    ck_assert_str_eq(profile->topic_prefix, "");
    ck_assert_ptr_null(profile->command);
    ck_assert_ptr_null(profile->ca);
    ck_assert_ptr_null(profile->auth_method);
    ck_assert_int_eq(profile->limit_connect, 35000000000);
    ck_assert_int_eq(profile->limit_handshake, 35000000000);
    ck_assert_uint_eq(profile->keep_alive, 600);
    profile_free(profile);
}
END_TEST

START_TEST(profiles_of_the_house_are_right)
{
    struct profile *profile =
        profile_load("fixtures/brokers/mosquitto.yaml", &diagnostics);
    ck_assert_ptr_nonnull(profile);
    profile_free(profile);
}
END_TEST

/* ---- of URLs ----------------------------------------------------------- */

static void parse_url(const char *text, struct net_url *url)
{
    char error[200];
    ck_assert_msg(net_url_parse(text, url, error, sizeof error), "%s", error);
}

START_TEST(plain_urls_make_a_profile)
{
    struct net_url urls[4];
    parse_url("mqtt://us%40er:pa$$@example.org", &urls[0]);
    parse_url("wss://[::1]:9001/other", &urls[1]);
    parse_url("mqtts://127.0.0.1", &urls[2]);
    parse_url("mqtt://second.example.org", &urls[3]);
    struct profile *profile = profile_of_urls(urls, 4);
    for (size_t i = 0; i < 4; i++)
        net_url_free(&urls[i]);
    ck_assert_ptr_nonnull(profile);
    ck_assert_str_eq(profile->name, "mqtt://example.org:1883");
    const char *const *texts = profile_endpoint(profile, "default")->urls;
    ck_assert_str_eq(texts[NET_TCP], "mqtt://example.org:1883");
    ck_assert_str_eq(texts[NET_TLS], "mqtts://127.0.0.1:8883");
    ck_assert_str_eq(texts[NET_WSS], "wss://[::1]:9001/other");
    ck_assert_ptr_null(texts[NET_WS]);
    ck_assert_str_eq(profile_account(profile, "default")->user_name, "us@er");
    ck_assert_str_eq(profile_account(profile, "default")->password, "pa$$");
    struct profile_places places = {0};
    ck_assert(profile_resolve(profile, &places, &diagnostics));
    profile_free(profile);
}
END_TEST

START_TEST(urls_without_memory)
{
    struct net_url url;
    struct profile *profile = NULL;
    parse_url("mqtt://a:b@example.org", &url);
    for (long n = 1; profile == NULL; n++) {
        memory_fail_after(n);
        profile = profile_of_urls(&url, 1);
        ck_assert_int_lt(n, 50);
    }
    memory_fail_after(0);
    profile_free(profile);
    net_url_free(&url);
}
END_TEST

/* ---- resolving --------------------------------------------------------- */

/* 4001 for the first name, 4002 for the second … */
struct ports {
    char names[8][40];
    unsigned count, last;
};

static uint16_t give_port(void *user, const char *name)
{
    struct ports *ports = user;
    unsigned i = 0;
    while (i < ports->count && strcmp(ports->names[i], name) != 0)
        i++;
    if (i == ports->last)
        return 0;
    if (i == ports->count)
        snprintf(ports->names[ports->count++], 40, "%s", name);
    return (uint16_t)(4001 + i);
}

START_TEST(words_are_replaced_once)
{
    struct profile *profile = load_whole();
    struct ports ports = {.last = 8};
    struct profile_places places = {"/run/b", "/certs", "127.0.0.1", give_port,
                                    &ports};
    for (size_t round = 0; round < 2; round++) {
        ck_assert(profile_resolve(profile, &places, &diagnostics));
        ck_assert_str_eq(profile->command[2], "/run/b/broker.conf");
        ck_assert_str_eq(profile->command[3], "$HOME");
        ck_assert_str_eq(profile->environment[0], "CONFIG=/run/b/broker.conf");
        ck_assert_str_eq(profile->files[0].text,
                         "listen 127.0.0.1 4001\n$SYS topics off\n");
        ck_assert_str_eq(profile->endpoints[0].urls[NET_TCP],
                         "mqtt://127.0.0.1:4001");
        ck_assert_str_eq(profile->endpoints[0].urls[NET_WSS],
                         "wss://localhost:4002/mqtt");
        ck_assert_str_eq(profile->endpoints[1].urls[NET_TCP],
                         "mqtt://127.0.0.1:4003");
        ck_assert_str_eq(profile->ca, "/certs/ca.pem");
        ck_assert_str_eq(profile->certificate, "/certs/client.pem");
        ck_assert_str_eq(profile->key, "/certs/client.key");
        ck_assert_str_eq(profile->accounts[0].password, "with $dollar");
    }
    profile_free(profile);
}
END_TEST

START_TEST(no_port_is_reported)
{
    struct profile *profile = load_whole();
    struct ports ports = {.last = 1};
    struct profile_places places = {"/run/b", "/certs", "127.0.0.1", give_port,
                                    &ports};
    ck_assert(!profile_resolve(profile, &places, &diagnostics));
    ck_assert_str_eq(diagnostics.rows[0].message,
                     "no free port was found for $port.wss");
    profile_free(profile);
}
END_TEST

START_TEST(unknown_words_are_reported)
{
    struct profile *profile = load_whole();
    struct profile_places places = {"/run/b", "/certs", "127.0.0.1", give_port,
                                    NULL};
    profile->key = "$key.pem";
    profile->endpoint_count = profile->file_count = 0;
    ck_assert(!profile_resolve(profile, &places, &diagnostics));
    ck_assert_str_eq(diagnostics.rows[0].message,
                     "'$key' stands for nothing in a profile");
    profile_free(profile);
}
END_TEST

START_TEST(survives_without_memory)
{
    struct profile *profile = NULL;
    for (long n = 1; profile == NULL; n++) {
        end();
        begin();
        memory_fail_after(n);
        profile = profile_load(GOLDEN "whole.yaml", &diagnostics);
        memory_fail_after(0);
        ck_assert(profile != NULL || diagnostics.no_memory ||
                  diagnostics.errors > 0);
        ck_assert_int_lt(n, 500);
    }
    struct ports ports = {.last = 8};
    struct profile_places places = {"/run/b", "/certs", "127.0.0.1", give_port,
                                    &ports};
    memory_fail_after(3);
    ck_assert(!profile_resolve(profile, &places, &diagnostics));
    ck_assert(diagnostics.no_memory);
    profile_free(profile);
}
END_TEST

Suite *profile_suite(void)
{
    Suite *suite = suite_create("profile");
    TCase *tests = tcase_create("profile");
    tcase_add_checked_fixture(tests, begin, end);
    tcase_add_loop_test(tests, says_what_is_wrong, 0,
                        (int)(sizeof goldens / sizeof *goldens));
    tcase_add_test(tests, reads_all_keys);
    tcase_add_test(tests, reads_accounts);
    tcase_add_test(tests, reads_capabilities);
    tcase_add_test(tests, reads_known_failures);
    tcase_add_test(tests, an_entry_of_several_selectors_is_several);
    tcase_add_test(tests, has_defaults);
    tcase_add_test(tests, profiles_of_the_house_are_right);
    tcase_add_test(tests, plain_urls_make_a_profile);
    tcase_add_test(tests, urls_without_memory);
    tcase_add_test(tests, words_are_replaced_once);
    tcase_add_test(tests, no_port_is_reported);
    tcase_add_test(tests, unknown_words_are_reported);
    tcase_add_test(tests, survives_without_memory);
    suite_add_tcase(suite, tests);
    return suite;
}
