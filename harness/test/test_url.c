/* Addresses of brokers, and the names of transports. */
#include "net/net.h"
#include <check.h>
#include <string.h>

static const struct good {
    const char *text;
    enum net_transport transport;
    const char *host;
    uint16_t port;
    const char *path, *user_name, *password;
} good[] = {
    {"mqtt://localhost", NET_TCP, "localhost", 1883, "", NULL, NULL},
    {"mqtts://localhost/", NET_TLS, "localhost", 8883, "", NULL, NULL},
    {"ws://localhost", NET_WS, "localhost", 8083, "/mqtt", NULL, NULL},
    {"wss://127.0.0.1", NET_WSS, "127.0.0.1", 8084, "/mqtt", NULL, NULL},
    {"MQTT://a:1", NET_TCP, "a", 1, "", NULL, NULL},
    {"mqtt://a:65535", NET_TCP, "a", 65535, "", NULL, NULL},
    {"ws://a:80/", NET_WS, "a", 80, "/", NULL, NULL},
    {"ws://a/x/y?z=1", NET_WS, "a", 8083, "/x/y?z=1", NULL, NULL},
    {"mqtt://[::1]", NET_TCP, "::1", 1883, "", NULL, NULL},
    {"mqtts://[fe80::1]:99", NET_TLS, "fe80::1", 99, "", NULL, NULL},
    {"mqtt://u@a", NET_TCP, "a", 1883, "", "u", NULL},
    {"mqtt://u:p@a:2", NET_TCP, "a", 2, "", "u", "p"},
    {"mqtt://u:p:q@r@a", NET_TCP, "a", 1883, "", "u", "p:q@r"},
    {"ws://:@[::1]:3/m", NET_WS, "::1", 3, "/m", "", ""},
    {"mqtt://%41%2f%7e:%40@a", NET_TCP, "a", 1883, "", "A/~", "@"},
};

START_TEST(good_address)
{
    const struct good *row = &good[_i];
    struct net_url url;
    char error[256] = "";
    ck_assert_msg(net_url_parse(row->text, &url, error, sizeof error), "%s",
                  error);
    ck_assert_int_eq(url.transport, row->transport);
    ck_assert_str_eq(url.host, row->host);
    ck_assert_uint_eq(url.port, row->port);
    ck_assert_str_eq(url.path, row->path);
    ck_assert_pstr_eq(url.user_name, row->user_name);
    ck_assert_pstr_eq(url.password, row->password);
    net_url_free(&url);
}
END_TEST

#define SCHEMES "it must begin with mqtt://, mqtts://, ws:// or wss://"
#define PORTS "the port must be a number from 1 to 65535"
#define ESCAPES                                                                \
    "a % in user name or password must be followed by two hexadecimal "        \
    "digits, not both 0"

static const struct bad {
    const char *text, *why;
    const char *shown; /* NULL: as it is */
} bad[] = {
    {"", SCHEMES, NULL},
    {"localhost", SCHEMES, NULL},
    {"localhost:1883", SCHEMES, NULL},
    {"http://localhost", SCHEMES, NULL},
    {"mqtt:/localhost", SCHEMES, NULL},
    {"mqttx://localhost", SCHEMES, NULL},
    {"mqtt://", "it has no host", NULL},
    {"mqtt://:1883", "it has no host", NULL},
    {"mqtt://u@", "it has no host", "mqtt://***@"},
    {"mqtt://[]", "it has no host", NULL},
    {"mqtt://[::1", "the bracket before the host is not closed", NULL},
    {"mqtt://[::1]x", "only a port may follow the host", NULL},
    {"mqtt://a:", PORTS, NULL},
    {"mqtt://a:0", PORTS, NULL},
    {"mqtt://a:65536", PORTS, NULL},
    {"mqtt://a:99999999999", PORTS, NULL},
    {"mqtt://a:1x", PORTS, NULL},
    {"mqtt://::1", "it has no host", NULL},
    {"mqtt://fe80::1", PORTS, NULL},
    {"mqtt://a/mqtt", "only ws:// and wss:// have a path", NULL},
    {"ws://a?x", "a path must begin with /", "ws://a?***"},
    {"ws://a/#x", "a fragment (#) means nothing to a broker", NULL},
    {"mqtt://a b", "it may hold only visible ASCII characters", NULL},
    {"mqtt://\xc3\xa4", "it may hold only visible ASCII characters", NULL},
    {"mqtt://u%@a", ESCAPES, "mqtt://***@a"},
    {"mqtt://u%4@a", ESCAPES, "mqtt://***@a"},
    {"mqtt://u:%00@a", ESCAPES, "mqtt://***@a"},
    {"mqtt://u:%4g@a", ESCAPES, "mqtt://***@a"},
};

START_TEST(bad_address)
{
    struct net_url url;
    char error[256] = "";
    struct buffer expected = buffer_make(512);
    buffer_format(&expected, "%s is not an address of a broker: %s",
                  bad[_i].shown ? bad[_i].shown : bad[_i].text, bad[_i].why);
    ck_assert(!net_url_parse(bad[_i].text, &url, error, sizeof error));
    ck_assert_str_eq(error, buffer_string(&expected));
    ck_assert_ptr_null(url.host);
    buffer_free(&expected);
}
END_TEST

/* An address of this many characters. */
static bool takes_address_of(size_t size)
{
    static char text[8192] = "ws://a/";
    struct net_url url;
    char error[512];
    memset(text + 7, 'x', size - 7);
    text[size] = '\0';
    bool taken = net_url_parse(text, &url, error, sizeof error);
    net_url_free(&url);
    return taken;
}

START_TEST(too_long_address)
{
    char text[300] = "mqtt://";
    char error[512];
    struct net_url url;
    ck_assert(takes_address_of(4096));
    ck_assert(!takes_address_of(4097));
    memset(text + 7, 'x', 256);
    ck_assert(!net_url_parse(text, &url, error, sizeof error));
}
END_TEST

START_TEST(each_allocation_fails)
{
    struct net_url url;
    char error[128] = "";
    long n = 1;
    memory_fail_after(n);
    while (!net_url_parse("ws://u:p@a/m", &url, error, sizeof error)) {
        ck_assert_str_eq(error, "no memory");
        memory_fail_after(++n);
    }
    memory_fail_after(0);
    ck_assert_int_eq(n, 5);
    net_url_free(&url);
}
END_TEST

START_TEST(names_of_transports)
{
    enum net_transport parsed = NET_TRANSPORTS;
    for (size_t i = 0; i < NET_TRANSPORTS; i++) {
        enum net_transport transport = (enum net_transport)i;
        const char *name = net_transport_name(transport);
        ck_assert(net_transport_parse(slice_of(name), &parsed));
        ck_assert_int_eq(parsed, transport);
    }
    ck_assert(!net_transport_parse(slice_of("udp"), &parsed));
    ck_assert(!net_transport_parse(slice_of(""), &parsed));
    ck_assert_str_eq(net_transport_name(NET_WSS), "wss");
    ck_assert_str_eq(net_sign_name(NET_SIGN_WS_CLOSE), "ws_close");
    ck_assert_str_eq(net_sign_name(NET_SIGN_FIN), "fin");
}
END_TEST

Suite *url_suite(void);

Suite *url_suite(void)
{
    Suite *suite = suite_create("url");
    TCase *tcase = tcase_create("url");
    tcase_add_loop_test(tcase, good_address, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(tcase, bad_address, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(tcase, too_long_address);
    tcase_add_test(tcase, each_allocation_fails);
    tcase_add_test(tcase, names_of_transports);
    suite_add_tcase(suite, tcase);
    return suite;
}
