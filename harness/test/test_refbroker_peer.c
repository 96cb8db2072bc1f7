/* Listeners and peers of the reference broker over all four transports. */
#include "refbroker/peer_violations.h"
#include "test/certificates.h"
#include "test/refbroker_stand.h"
#include <check.h>
#include <string.h>

enum { LARGE = 300000, MEBIBYTE = 1 << 20 };

static const char *const ends_in_order[NET_TRANSPORTS] = {
    [NET_TCP] = " opened fin ended",
    [NET_TLS] = " opened notify fin ended",
    [NET_WS] = " upgrade:101:mqtt opened close:1000 ws_close fin ended",
    [NET_WSS] =
        " upgrade:101:mqtt opened close:1000 ws_close notify fin ended"};

static uint8_t pattern[LARGE];

static void fill_pattern(void)
{
    for (size_t i = 0; i < LARGE; i++)
        pattern[i] = (uint8_t)(i * 7 + i / 251);
}

static struct slice part_of_pattern(size_t from, size_t size)
{
    return slice_make(pattern + from, size);
}

static void send_at_once(enum net_transport transport, size_t size)
{
    struct stand stand;
    stand_start(&stand, transport);
    stand.echoes = true;
    stand_send(&stand, part_of_pattern(0, size), NULL);
    stand_until_got(&stand, &stand.connection, size);
    stand_expect_got(&stand.server, part_of_pattern(0, size));
    stand_expect_got(&stand.connection, part_of_pattern(0, size));
    stand_stop(&stand);
}

START_TEST(bytes_flow_both_ways)
{
    static const size_t sizes[] = {1,     2,     125,   126,   127,   128,
                                   16383, 16384, 16385, 65535, 65536, LARGE};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        send_at_once((enum net_transport)_i, sizes[i]);
}
END_TEST

START_TEST(bytes_may_be_cut_anywhere)
{
    enum { SIZE = 24 };
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    for (size_t cut = 1; cut < SIZE; cut++) {
        stand_send(&stand, part_of_pattern(0, cut), NULL);
        stand_until_got(&stand, &stand.server, cut);
        stand_send(&stand, part_of_pattern(cut, SIZE - cut), NULL);
        stand_until_got(&stand, &stand.server, SIZE);
        stand_expect_got(&stand.server, part_of_pattern(0, SIZE));
        buffer_clear(&stand.server.got);
    }
    stand_stop(&stand);
}
END_TEST

START_TEST(client_ends_in_order)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    stand_send(&stand, slice_of("last"), NULL);
    net_close(stand.client, NET_CLOSE_FIN);
    stand_until(&stand, &stand.server, " ended");
    stand_until(&stand, &stand.connection, " closed");
    stand_expect(&stand.server, " opened ended:closed");
    stand_expect_got(&stand.server, slice_of("last"));
    stand_stop(&stand);
}
END_TEST

START_TEST(client_ends_tcp_only)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    net_close(stand.client, NET_CLOSE_HALF);
    stand_until(&stand, &stand.connection, " ended");
    stand_expect(&stand.server, " opened ended:closed");
    stand_expect(&stand.connection, ends_in_order[_i]);
    stand_stop(&stand);
}
END_TEST

START_TEST(client_resets)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    net_close(stand.client, NET_CLOSE_RESET);
    stand_until(&stand, &stand.server, " ended");
    stand_expect(&stand.server, " opened ended:broken");
    stand_stop(&stand);
}
END_TEST

START_TEST(server_ends_in_order)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    ck_assert(peer_send(stand.peer, part_of_pattern(0, LARGE)));
    peer_close(stand.peer);
    ck_assert(peer_send(stand.peer, slice_of("too late")));
    stand_expect(&stand.server, " opened");
    stand_until(&stand, &stand.server, " ended");
    stand_until(&stand, &stand.connection, " ended");
    stand_expect(&stand.server, " opened ended:ours");
    stand_expect(&stand.connection, ends_in_order[_i]);
    stand_expect_got(&stand.connection, part_of_pattern(0, LARGE));
    stand_stop(&stand);
}
END_TEST

START_TEST(server_resets)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    peer_reset(stand.peer);
    stand_expect(&stand.server, " opened");
    stand_until(&stand, &stand.server, " ended:ours");
    stand_until(&stand, &stand.connection, " reset ended");
    stand_stop(&stand);
}
END_TEST

/* A client that never ends is given up. */
START_TEST(server_does_not_wait_for_ever)
{
    struct stand stand;
    stand_start(&stand, NET_TCP);
    net_linger(stand.client, true);
    peer_close(stand.peer);
    stand_until(&stand, &stand.server, " ended:ours");
    stand_stop(&stand);
}
END_TEST

START_TEST(too_much_does_not_wait)
{
    static uint8_t zeros[MEBIBYTE];
    struct stand stand;
    unsigned sent = 0;
    stand_start(&stand, (enum net_transport)_i);
    net_reading(stand.client, false);
    while (peer_send(stand.peer, slice_make(zeros, sizeof zeros)))
        ck_assert_uint_lt(++sent, 128);
    ck_assert_uint_ge(sent, 60);
    peer_reset(stand.peer);
    stand_until(&stand, &stand.server, " ended:ours");
    stand_stop(&stand);
}
END_TEST

/* The cap counts what each small piece costs. */
START_TEST(many_small_pieces_do_not_wait)
{
    struct stand stand;
    unsigned sent = 0;
    stand_start(&stand, NET_TCP);
    net_reading(stand.client, false);
    while (peer_send(stand.peer, slice_of("ab")))
        ck_assert_uint_lt(++sent, 10 * MEBIBYTE);
    peer_reset(stand.peer);
    stand_until(&stand, &stand.server, " ended:ours");
    stand_stop(&stand);
}
END_TEST

START_TEST(waiting_bytes_go_before_the_end)
{
    struct stand stand;
    size_t size = 0;
    stand_start(&stand, (enum net_transport)_i);
    net_reading(stand.client, false);
    for (; size < 40 * (size_t)LARGE; size += LARGE)
        ck_assert(peer_send(stand.peer, part_of_pattern(0, LARGE)));
    peer_close(stand.peer);
    net_reading(stand.client, true);
    stand_until(&stand, &stand.connection, " ended");
    ck_assert_uint_eq(stand.connection.got.size, size);
    stand_expect(&stand.connection, ends_in_order[_i]);
    stand_stop(&stand);
}
END_TEST

START_TEST(reading_stops_and_resumes)
{
    struct stand stand;
    int turns = 20;
    stand_start(&stand, (enum net_transport)_i);
    peer_reading(stand.peer, false);
    stand_send(&stand, slice_of("hello"), NULL);
    while (turns-- > 0)
        uv_run(&stand.loop, UV_RUN_NOWAIT);
    ck_assert_uint_eq(stand.server.got.size, 0);
    peer_reading(stand.peer, true);
    stand_until_got(&stand, &stand.server, 5);
    stand_stop(&stand);
}
END_TEST

START_TEST(peers_outlive_their_listener)
{
    struct stand stand;
    stand_start(&stand, (enum net_transport)_i);
    listener_close(stand.listener);
    stand.listener = NULL;
    stand.echoes = true;
    stand_send(&stand, slice_of("hello"), NULL);
    stand_until_got(&stand, &stand.connection, 5);
    stand_stop(&stand);
}
END_TEST

/* A bare TCP connection to a listener of this transport that sends this. */
static void start_bare(struct stand *stand, struct slice bytes)
{
    stand->opening.tcp_only = true;
    stand_open(stand);
    stand_until(stand, &stand->connection, " opened");
    stand_send(stand, bytes, NULL);
}

START_TEST(unopened_peers_go_with_their_listener)
{
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)_i);
    start_bare(&stand, slice_of("G"));
    while (uv_run(&stand.loop, UV_RUN_NOWAIT) == 0)
        continue;
    listener_close(stand.listener);
    stand.listener = NULL;
    stand_until(&stand, &stand.connection, " ended");
    stand_expect(&stand.server, "");
    stand_stop(&stand);
}
END_TEST

START_TEST(stalled_handshake_is_dropped)
{
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)_i);
    stand.listening.handshake_limit = 1;
    stand.opening.has_tls_stop_after = _i != NET_WS;
    stand.opening.tls_stop_after = 20;
    stand.opening.upgrade_stop = _i == NET_WS;
    stand.opening.upgrade_stop_after = 20;
    stand_open(&stand);
    stand_until(&stand, &stand.connection, " fin ended");
    stand_expect(&stand.server, "");
    stand_stop(&stand);
}
END_TEST

START_TEST(nonsense_instead_of_tls_ends)
{
    static const uint8_t connect[] = {0x10, 12, 0, 4, 'M', 'Q', 'T',
                                      'T',  4,  2, 0, 60,  0,   0};
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)_i);
    start_bare(&stand, slice_make(connect, sizeof connect));
    stand_until(&stand, &stand.connection, " ended");
    stand_expect(&stand.server, "");
    stand_stop(&stand);
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 16;
}

/* Right openings, then noise in place of records or frames. */
START_TEST(noise_does_no_harm)
{
    uint32_t state = (uint32_t)_i;
    uint8_t noise[512];
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)(_i % NET_TRANSPORTS));
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)next_random(&state);
    start_bare(&stand, slice_make(noise, sizeof noise));
    net_close(stand.client, NET_CLOSE_FIN);
    stand_until(&stand, &stand.connection, " closed");
    stand_stop(&stand);
}
END_TEST

static void try_certificate(const char *violated, const char *certificate,
                            bool accepted)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = violated;
    stand.listening.client_ca = certificates_path("ca.pem");
    stand.opening.manual_handshake = true;
    stand_show(&stand, certificate);
    stand_open(&stand);
    if (accepted)
        stand_until(&stand, &stand.server, " opened");
    else
        stand_until(&stand, &stand.connection, " alert");
    if (!accepted)
        stand_expect(&stand.server, "");
    stand_stop(&stand);
}

START_TEST(client_certificate_is_demanded)
{
    try_certificate(NULL, "client", true);
    try_certificate(NULL, NULL, false);
    try_certificate(NULL, "expired", false);
    try_certificate(NULL, "other_client", false);
    try_certificate("certificates-not-demanded", NULL, true);
}
END_TEST

static void try_version(const char *violated, enum net_tls_version version,
                        bool accepted)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = violated;
    stand.opening.tls_version = version;
    stand_open(&stand);
    stand_until(&stand, &stand.connection, accepted ? " opened" : " failed");
    if (!accepted)
        stand_expect(&stand.server, "");
    stand_stop(&stand);
}

START_TEST(old_tls_is_refused)
{
    try_version(NULL, NET_TLS_1_0, false);
    try_version(NULL, NET_TLS_1_1, false);
    try_version(NULL, NET_TLS_1_2, true);
    try_version(NULL, NET_TLS_1_3, true);
    try_version("old-tls-taken", NET_TLS_1_1, true);
}
END_TEST

static void run_turns(struct stand *stand)
{
    for (int turns = 0; turns < 50; turns++)
        uv_run(&stand->loop, UV_RUN_NOWAIT);
}

START_TEST(violated_tls_3_keeps_the_connection)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = "failed-handshake-kept";
    start_bare(&stand, slice_of("no TLS, but longer than a header"));
    run_turns(&stand);
    stand_expect(&stand.connection, " opened");
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_tls_4_drops_short_records)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = "short-records-dropped";
    stand_open(&stand);
    stand_until(&stand, &stand.connection, " opened");
    stand_send(&stand, slice_of("a"), NULL);
    stand_send(&stand, slice_of("bc"), NULL);
    stand_until_got(&stand, &stand.server, 2);
    stand_expect_got(&stand.server, slice_of("bc"));
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_tls_5_does_not_notice_the_end)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = "tls-end-unnoticed";
    stand_open(&stand);
    stand_until(&stand, &stand.server, " opened");
    net_close(stand.client, NET_CLOSE_RESET);
    stand_until(&stand, &stand.connection, " closed");
    run_turns(&stand);
    stand_expect(&stand.server, " opened");
    peer_close(stand.peer);
    stand_until(&stand, &stand.server, " ended:ours");
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_tls_7_waits_on)
{
    struct stand stand;
    stand_prepare(&stand, NET_TLS);
    stand.violated = "handshake-awaited-for-ever";
    stand.listening.handshake_limit = 1;
    start_bare(&stand, slice_of("\x16"));
    run_turns(&stand);
    /* Only the guard's timer is there, and it does not count. */
    ck_assert_int_eq(uv_backend_timeout(&stand.loop) < 0 ||
                         uv_backend_timeout(&stand.loop) > 2000,
                     1);
    stand_stop(&stand);
}
END_TEST

START_TEST(listener_says_what_is_wrong)
{
    struct peer_options options = {.transport = NET_TLS, .host = "127.0.0.1"};
    const struct peer_events events = {0};
    char error[256] = "";
    uint16_t port;
    uv_loop_t loop;
    uv_loop_init(&loop);
    ck_assert_ptr_null(
        listener_open(&loop, &options, &events, &port, error, sizeof error));
    ck_assert_str_eq(error, "TLS without a certificate");
    options.certificate = "missing.pem";
    ck_assert_ptr_null(
        listener_open(&loop, &options, &events, &port, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "missing.pem"));
    options = (struct peer_options){.host = "nowhere"};
    ck_assert_ptr_null(
        listener_open(&loop, &options, &events, &port, error, sizeof error));
    ck_assert_str_eq(error, "no address of this machine: nowhere");
    ck_assert_int_eq(uv_loop_close(&loop), 0);
}
END_TEST

/* Whatever allocation fails, both sides end and nothing is left. The client
 * may be the one that has no memory. */
START_TEST(no_memory_does_no_harm)
{
    for (long n = 1; n < 12; n++) {
        struct stand stand;
        stand_prepare(&stand, (enum net_transport)_i);
        stand.opening.manual_handshake = true;
        stand_open(&stand);
        memory_fail_after(n);
        run_turns(&stand);
        memory_fail_after(0);
        stand_stop(&stand);
    }
}
END_TEST

START_TEST(violations_are_listed_once)
{
    for (size_t i = 0; i < peer_violation_count; i++) {
        ck_assert_str_ne(peer_violations[i].text, "");
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(peer_violations[i].word, peer_violations[k].word);
    }
}
END_TEST

static void add_transport_tests(TCase *tests)
{
    const TTest *const each[] = {bytes_flow_both_ways,
                                 bytes_may_be_cut_anywhere,
                                 client_ends_in_order,
                                 client_ends_tcp_only,
                                 client_resets,
                                 server_ends_in_order,
                                 server_resets,
                                 too_much_does_not_wait,
                                 reading_stops_and_resumes,
                                 waiting_bytes_go_before_the_end,
                                 no_memory_does_no_harm,
                                 peers_outlive_their_listener};
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        tcase_add_loop_test(tests, each[i], 0, NET_TRANSPORTS);
    tcase_add_loop_test(tests, unopened_peers_go_with_their_listener, NET_TLS,
                        NET_TRANSPORTS);
    tcase_add_loop_test(tests, stalled_handshake_is_dropped, NET_TLS,
                        NET_TRANSPORTS);
    tcase_add_loop_test(tests, nonsense_instead_of_tls_ends, NET_TLS, NET_WS);
    tcase_add_loop_test(tests, nonsense_instead_of_tls_ends, NET_WSS,
                        NET_TRANSPORTS);
    tcase_add_loop_test(tests, noise_does_no_harm, 0, 40);
    tcase_add_test(tests, server_does_not_wait_for_ever);
    tcase_add_test(tests, many_small_pieces_do_not_wait);
}

static void add_tls_tests(TCase *tests)
{
    tcase_add_test(tests, client_certificate_is_demanded);
    tcase_add_test(tests, old_tls_is_refused);
    tcase_add_test(tests, violated_tls_3_keeps_the_connection);
    tcase_add_test(tests, violated_tls_4_drops_short_records);
    tcase_add_test(tests, violated_tls_5_does_not_notice_the_end);
    tcase_add_test(tests, violated_tls_7_waits_on);
    tcase_add_test(tests, listener_says_what_is_wrong);
    tcase_add_test(tests, violations_are_listed_once);
}

Suite *refbroker_peer_suite(void);

Suite *refbroker_peer_suite(void)
{
    Suite *suite = suite_create("refbroker_peer");
    TCase *tests = tcase_create("peer");
    tcase_add_unchecked_fixture(tests, certificates_make, certificates_remove);
    tcase_add_checked_fixture(tests, fill_pattern, NULL);
    add_transport_tests(tests);
    add_tls_tests(tests);
    suite_add_tcase(suite, tests);
    return suite;
}
