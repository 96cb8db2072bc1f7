/* The driver with TLS and WebSocket above TCP: openings that fail or stand
 * still, and ends that come layer by layer. */
#include "test/certificates.h"
#include "test/observer.h"
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void close_when_ended(struct observer *observer,
                             const struct net_event *event)
{
    if (event->kind == NET_EVENT_ENDED)
        net_close(observer->connection, NET_CLOSE_FIN);
}

static void close_when_opened(struct observer *observer,
                              const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        net_close(observer->connection, NET_CLOSE_FIN);
}

static void start_usual_tls(struct peer *peer)
{
    if (!peer_start_tls(peer, "server", 0, false))
        peer_complain(peer, "the handshake failed");
}

/* ---- TLS ---------------------------------------------------------------- */

static void talks_tls(struct peer *peer)
{
    start_usual_tls(peer);
    peer_expect(peer, "ping");
    peer_say(peer, "pong");
    SSL_shutdown(peer->ssl);
    peer_expect_end(peer);
    peer_expect_fin(peer);
}

static void send_ping(struct observer *observer, const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        observer_send(observer, "ping");
    close_when_ended(observer, event);
}

START_TEST(tls_to_its_end)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, talks_tls, send_ping);
    observer_finish(&observer, " tls opened data:pong sign:notify sign:fin "
                               "ended closed");
}
END_TEST

static void ends_without_notify(struct peer *peer)
{
    start_usual_tls(peer);
    peer_say(peer, "hello");
    peer_fin(peer);
    peer_expect_fin(peer);
}

START_TEST(tls_ends_without_notify)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, ends_without_notify, NULL);
    observer_finish(&observer, " tls opened data:hello sign:fin ended");
}
END_TEST

static void waits_for_our_end(struct peer *peer)
{
    start_usual_tls(peer);
    peer_expect_end(peer); /* close_notify */
    peer_expect_fin(peer);
    peer_say(peer, "late");
    SSL_shutdown(peer->ssl);
}

START_TEST(our_end_of_tls)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, waits_for_our_end, close_when_opened);
    observer_finish(&observer, " tls opened sign:notify sign:fin ended closed");
}
END_TEST

static void answers_notify(struct peer *peer)
{
    start_usual_tls(peer);
    peer_expect_end(peer);
    peer_say(peer, "answer");
    SSL_shutdown(peer->ssl);
    peer_expect_fin(peer);
}

static void notify_only(struct observer *observer,
                        const struct net_event *event)
{
    if (event->kind == NET_EVENT_OPENED)
        net_close(observer->connection, NET_CLOSE_NOTIFY);
}

START_TEST(our_notify_alone)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, answers_notify, notify_only);
    observer_finish(&observer, " tls opened data:answer sign:notify sign:fin "
                               "ended");
}
END_TEST

static void slips_into_plain_text(struct peer *peer)
{
    static const char frame[] = "\x88\x05\x03\xe8"
                                "bye";
    start_usual_tls(peer);
    send(peer->descriptor, frame, sizeof frame - 1, MSG_NOSIGNAL);
    peer_count_until_end(peer);
}

START_TEST(plain_text_within_tls)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, slips_into_plain_text, NULL);
    observer_finish(&observer, " tls opened sign:alert sign:fin ended");
}
END_TEST

static void has_another_name(struct peer *peer)
{
    peer_start_tls(peer, "wrong_host", 0, false);
}

static void shows_its_certificate(struct peer *peer)
{
    peer_start_tls(peer, "server", 0, false);
}

static void run_until_closed(struct observer *observer, const char *format)
{
    char told[512];
    observer_run_until(observer, " closed");
    snprintf(told, sizeof told, format, (unsigned)observer->options.port);
    observer_expect(observer, told);
    observer_stop(observer);
}

START_TEST(wrong_host)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, has_another_name, NULL);
    run_until_closed(&observer,
                     " failed:trust (the certificate of localhost:%u does not "
                     "verify: hostname mismatch (CN=elsewhere.example)) "
                     "closed");
}
END_TEST

/* manual_handshake does not make our own refusal the broker's. */
START_TEST(unknown_authority)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, shows_its_certificate);
    observer_trust(&observer, "other_ca", NULL);
    observer.options.manual_handshake = _i == 1;
    observer_open(&observer, NULL);
    run_until_closed(&observer,
                     " failed:trust (the certificate of localhost:%u does not "
                     "verify: self-signed certificate in certificate chain "
                     "(CN=mqttspec test authority)) closed");
}
END_TEST

static void wants_certificate_in_1_2(struct peer *peer)
{
    peer_start_tls(peer, "server", TLS1_2_VERSION, true);
    SSL_free(peer->ssl);
    peer->ssl = NULL;
    peer_count_until_end(peer);
}

static void wants_certificate_in_1_3(struct peer *peer)
{
    peer_start_tls(peer, "server", TLS1_3_VERSION, true);
    SSL_free(peer->ssl);
    peer->ssl = NULL;
    peer_count_until_end(peer);
}

START_TEST(certificate_refused)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, wants_certificate_in_1_2);
    observer_trust(&observer, "ca", "expired");
    observer_open(&observer, NULL);
    run_until_closed(&observer,
                     " failed:handshake (the TLS handshake was refused by "
                     "localhost:%u with the alert: certificate expired) "
                     "closed");
}
END_TEST

START_TEST(certificate_refused_as_an_event)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, wants_certificate_in_1_2);
    observer_trust(&observer, "ca", "expired");
    observer.options.manual_handshake = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " sign:alert sign:fin ended");
}
END_TEST

/* In TLS 1.3 our handshake is complete before the broker has judged. */
START_TEST(certificate_refused_in_1_3)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, wants_certificate_in_1_3);
    observer_trust(&observer, "ca", "other_client");
    observer_open(&observer, NULL);
    observer_finish(&observer, " tls opened sign:alert sign:fin ended");
}
END_TEST

START_TEST(certificate_refused_before_the_upgrade)
{
    struct observer observer;
    observer_prepare(&observer, NET_WSS, wants_certificate_in_1_3);
    observer_trust(&observer, "ca", "other_client");
    observer.options.manual_handshake = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " tls sign:alert sign:fin ended");
}
END_TEST

static void ends_at_once(struct peer *peer)
{
    peer_fin(peer);
    peer_count_until_end(peer);
}

START_TEST(end_within_the_handshake)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, ends_at_once, NULL);
    observer_finish(&observer, " failed:closed (the broker closed the "
                               "connection during the TLS handshake) closed");
}
END_TEST

START_TEST(end_within_the_handshake_as_an_event)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, ends_at_once);
    observer.options.manual_handshake = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " sign:fin ended");
}
END_TEST

static void gets_ten_bytes(struct peer *peer)
{
    uint8_t bytes[64];
    ssize_t size = recv(peer->descriptor, bytes, 10, MSG_WAITALL);
    if (size != 10)
        peer_complain(peer, "less than ten bytes came");
    peer_fin(peer);
    peer_expect_fin(peer); /* and not one byte more */
}

START_TEST(handshake_that_stands_still)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, gets_ten_bytes);
    observer.options.has_tls_stop_after = true;
    observer.options.tls_stop_after = 10;
    observer_open(&observer, NULL);
    observer_finish(&observer, " sign:fin ended");
}
END_TEST

static void hears_nothing(struct peer *peer)
{
    peer_fin(peer);
    peer_expect_fin(peer);
}

START_TEST(handshake_that_never_begins)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, hears_nothing);
    observer.options.has_tls_stop_after = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " sign:fin ended");
}
END_TEST

/* The whole ClientHello, but nothing after it. */
static void answers_hello(struct peer *peer)
{
    if (peer_start_tls(peer, "server", 0, false))
        peer_complain(peer, "the handshake succeeded");
}

static void give_up_when_silent(struct observer *observer,
                                const struct net_event *event)
{
    (void)observer;
    ck_assert_int_ne(event->kind, NET_EVENT_TLS);
}

START_TEST(handshake_without_our_second_flight)
{
    struct observer observer;
    observer_prepare(&observer, NET_TLS, answers_hello);
    observer.options.has_tls_stop_after = true;
    observer.options.tls_stop_after = 4096;
    observer_open(&observer, give_up_when_silent);
    /* The server waits for our Finished; our FIN makes it give up. */
    while (net_local_name(observer.connection)[0] == '\0')
        uv_run(&observer.loop, UV_RUN_ONCE);
    net_close(observer.connection, NET_CLOSE_HALF);
    observer_run_until(&observer, " ended");
    ck_assert_ptr_null(strstr(buffer_string(&observer.told), "failed"));
    observer_stop(&observer);
}
END_TEST

START_TEST(close_within_the_handshake)
{
    struct observer observer;
    observer_start(&observer, NET_TLS, answers_hello, NULL);
    while (net_local_name(observer.connection)[0] == '\0')
        uv_run(&observer.loop, UV_RUN_ONCE);
    net_close(observer.connection, NET_CLOSE_FIN);
    observer_run_until(&observer, " closed");
    ck_assert_ptr_null(strstr(buffer_string(&observer.told), "opened"));
    observer_stop(&observer);
}
END_TEST

START_TEST(tcp_without_the_layers)
{
    struct observer observer;
    observer_prepare(&observer, NET_WSS, ends_at_once);
    observer.options.tcp_only = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " opened sign:fin ended");
}
END_TEST

/* ---- WebSocket ---------------------------------------------------------- */

static void talks_websocket(struct peer *peer)
{
    peer_upgrade(peer);
    peer_expect_frame(peer, 0x82, "ping", 4);
    peer_say(peer, "\x82\x04pong\x88\x02\x03\xe8");
    peer_expect_frame(peer, 0x88, "\x03\xe8", 2);
    peer_expect_fin(peer); /* at once, though we have not ended TCP */
}

START_TEST(websocket_to_its_end)
{
    struct observer observer;
    observer_start(&observer, NET_WS, talks_websocket, send_ping);
    observer_finish(&observer, " upgrade:101 opened data:pong close:1000 "
                               "sign:ws_close sign:fin ended closed");
}
END_TEST

static void echoes_our_close(struct peer *peer)
{
    peer_upgrade(peer);
    peer_expect_frame(peer, 0x88, "\x03\xe8", 2);
    peer_expect_fin(peer);
    peer_say(peer, "\x82\x04late\x88\x02\x03\xe8");
}

START_TEST(our_end_of_websocket)
{
    struct observer observer;
    observer_start(&observer, NET_WS, echoes_our_close, close_when_opened);
    observer_finish(&observer, " upgrade:101 opened sign:ws_close sign:fin "
                               "ended closed");
}
END_TEST

static void closes_and_listens(struct peer *peer)
{
    peer_upgrade(peer);
    peer_write(peer, "\x88\x00", 2);
    peer_expect_frame(peer, 0x88, "\x03\xe8", 2);
    peer_expect_frame(peer, 0x82, "after", 5);
    peer_expect_fin(peer);
}

static void linger_after_close(struct observer *observer,
                               const struct net_event *event)
{
    if (event->kind != NET_EVENT_SIGN)
        return;
    net_linger(observer->connection, event->sign == NET_SIGN_WS_CLOSE);
}

START_TEST(lingering_after_a_close_frame)
{
    struct observer observer;
    observer_start(&observer, NET_WS, closes_and_listens, linger_after_close);
    observer_run_until(&observer, " sign:ws_close");
    observer_send(&observer, "after");
    net_linger(observer.connection, false);
    observer_finish(&observer, " upgrade:101 opened close:1005 sign:ws_close "
                               "sign:fin ended");
}
END_TEST

static void pings(struct peer *peer)
{
    peer_upgrade(peer);
    peer_say(peer, "\x89\x02hi\x8a\x02ho\x81\x04text\x82\x01");
    peer_expect_frame(peer, 0x8a, "hi", 2);
}

START_TEST(pings_are_answered)
{
    struct observer observer;
    observer_start(&observer, NET_WS, pings, NULL);
    observer_finish(&observer, " upgrade:101 opened ping:hi pong:ho text "
                               "data:text sign:fin ended");
}
END_TEST

static void masks_a_frame(struct peer *peer)
{
    peer_upgrade(peer);
    peer_say(peer, "\x82\x82"
                   "abcdef\x82\x01x");
    peer_fin(peer);
    peer_expect_fin(peer);
}

START_TEST(bad_frame)
{
    struct observer observer;
    observer_start(&observer, NET_WS, masks_a_frame, NULL);
    observer_finish(&observer, " upgrade:101 opened bad (the broker masked a "
                               "frame (RFC 6455 section 5.1)) sign:fin ended");
}
END_TEST

static void closes_badly(struct peer *peer)
{
    peer_upgrade(peer);
    peer_say(peer, "\x88\x01\x03");
    peer_expect_frame(peer, 0x88, "\x03\xe8", 2);
}

START_TEST(bad_close_frame)
{
    struct observer observer;
    observer_start(&observer, NET_WS, closes_badly, NULL);
    observer_finish(&observer, " upgrade:101 opened close:1005 the broker "
                               "sent a Close frame with half a status code "
                               "(RFC 6455 section 5.5.1) sign:ws_close "
                               "sign:fin ended");
}
END_TEST

static void expects_odd_frames(struct peer *peer)
{
    peer_upgrade(peer);
    peer_expect(peer, "\x53\x03"
                      "abc");
    peer_expect_frame(peer, 0x02, "a", 1);
    peer_expect_frame(peer, 0x80, "b", 1);
    peer_expect_frame(peer, 0x88, "", 0);
    peer_expect_fin(peer); /* no second Close frame */
    peer_say(peer, "\x88\x02\x03\xe8");
}

static void send_odd_frames(struct observer *observer,
                            const struct net_event *event)
{
    const struct net_frame frames[] = {
        {.opcode = 3, .rsv = 5},
        {.opcode = 2, .mask = true},
        {.opcode = 0, .mask = true, .fin = true},
        {.opcode = 8, .mask = true, .fin = true}};
    const char *const payloads[] = {"abc", "a", "b", ""};
    int64_t began;
    if (event->kind != NET_EVENT_OPENED)
        return;
    for (size_t i = 0; i < 4; i++)
        ck_assert(net_send(observer->connection, slice_of(payloads[i]),
                           &frames[i], &began));
    net_close(observer->connection, NET_CLOSE_FIN);
}

START_TEST(frames_as_stated)
{
    struct observer observer;
    observer_start(&observer, NET_WS, expects_odd_frames, send_odd_frames);
    observer_finish(&observer, " upgrade:101 opened sign:ws_close sign:fin "
                               "ended closed");
}
END_TEST

#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"

static void refuses_upgrade(struct peer *peer)
{
    char request[2048];
    peer_read_request(peer, request, sizeof request);
    peer_say(peer, NOT_FOUND);
    peer_count_until_end(peer);
}

START_TEST(upgrade_refused)
{
    struct observer observer;
    observer_start(&observer, NET_WS, refuses_upgrade, NULL);
    observer_finish(&observer, " upgrade:404 failed:upgrade (the upgrade to "
                               "WebSocket was answered with \"404 Not "
                               "Found\") closed");
}
END_TEST

static void refuses_upgrade_and_ends(struct peer *peer)
{
    char request[2048];
    peer_read_request(peer, request, sizeof request);
    if (strstr(request, "\r\nhost: elsewhere\r\n") == NULL ||
        strstr(request, "\r\nx-else: 2\r\n") == NULL ||
        strstr(request, "\r\nx-else: 3\r\n") == NULL ||
        strstr(request, "not this") != NULL ||
        strstr(request, "\r\norigin") != NULL ||
        strstr(request, "\r\nx-more: 1\r\n") == NULL ||
        strstr(request, "protocol: mqttv3.1\r\n") == NULL ||
        strncmp(request, "GET /other HTTP/1.1\r\n", 21) != 0)
        peer_complain(peer, "the request is not as stated");
    peer_say(peer, NOT_FOUND);
    peer_fin(peer);
    peer_expect_fin(peer);
}

START_TEST(upgrade_refused_as_an_event)
{
    static const struct net_header more[] = {{"X-More", "1"}, {"Origin", NULL}};
    static const struct net_header defaults[] = {{"x-more", "not this"},
                                                 {"X-Else", "2"},
                                                 {"X-Else", "3"},
                                                 {"origin", "not this"},
                                                 {"Host", "elsewhere"}};
    static const char *const old[] = {"mqttv3.1"};
    struct observer observer;
    observer_prepare(&observer, NET_WS, refuses_upgrade_and_ends);
    observer.options.manual_upgrade = true;
    observer.options.path = "/other";
    observer.options.headers = more;
    observer.options.header_count = 2;
    observer.options.default_headers = defaults;
    observer.options.default_header_count = 5;
    observer.options.lower_case_headers = true;
    observer.options.subprotocols = old;
    observer.options.subprotocol_count = 1;
    observer_open(&observer, NULL);
    observer_finish(&observer, " upgrade:404 sign:fin ended");
}
END_TEST

static void accepts_wrongly(struct peer *peer)
{
    char request[2048];
    peer_read_request(peer, request, sizeof request);
    peer_say(peer, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n"
                   "\x82\x05hello");
    peer_fin(peer);
    peer_count_until_end(peer);
}

START_TEST(wrong_accept)
{
    struct observer observer;
    observer_start(&observer, NET_WS, accepts_wrongly, NULL);
    observer_finish(&observer, " upgrade:101 failed:upgrade (the upgrade to "
                               "WebSocket was answered with a wrong "
                               "Sec-WebSocket-Accept) closed");
}
END_TEST

START_TEST(wrong_accept_as_an_event)
{
    struct observer observer;
    observer_prepare(&observer, NET_WS, accepts_wrongly);
    observer.options.manual_upgrade = true;
    observer_open(&observer, NULL);
    observer_finish(&observer, " upgrade:101 opened data:hello sign:fin "
                               "ended");
}
END_TEST

START_TEST(end_before_the_answer)
{
    struct observer observer;
    observer_prepare(&observer, NET_WS, ends_at_once);
    observer.options.manual_upgrade = _i == 1;
    observer_open(&observer, NULL);
    observer_finish(&observer,
                    _i == 1 ? " sign:fin ended"
                            : " failed:closed (the broker closed the "
                              "connection before it answered the upgrade to "
                              "WebSocket) closed");
}
END_TEST

START_TEST(upgrade_that_stands_still)
{
    struct observer observer;
    observer_prepare(&observer, NET_WS, gets_ten_bytes);
    observer.options.upgrade_stop = true;
    observer.options.upgrade_stop_after = 10;
    observer_open(&observer, NULL);
    observer_finish(&observer, " sign:fin ended");
}
END_TEST

/* ---- both --------------------------------------------------------------- */

static void talks_wss(struct peer *peer)
{
    start_usual_tls(peer);
    peer_upgrade(peer);
    peer_expect_frame(peer, 0x82, "ping", 4);
    peer_say(peer, "\x82\x04pong\x88\x02\x03\xe8");
    peer_expect_frame(peer, 0x88, "\x03\xe8", 2);
    peer_expect_end(peer); /* close_notify */
    peer_expect_fin(peer);
    SSL_shutdown(peer->ssl);
}

START_TEST(wss_to_its_end)
{
    struct observer observer;
    observer_start(&observer, NET_WSS, talks_wss, send_ping);
    observer_finish(&observer,
                    " tls upgrade:101 opened data:pong close:1000 "
                    "sign:ws_close sign:notify sign:fin ended closed");
}
END_TEST

static void counts_wss(struct peer *peer)
{
    start_usual_tls(peer);
    peer_upgrade(peer);
    peer_wait_for_go(peer);
    peer_count_until_end(peer);
}

START_TEST(large_payload_over_wss)
{
    enum { SIZE = 12 * 1024 * 1024, HEADER = 14, CLOSE_FRAME = 8 };
    static const uint8_t large[SIZE];
    struct observer observer;
    int64_t began;
    observer_start(&observer, NET_WSS, counts_wss, NULL);
    observer_run_until(&observer, " opened");
    ck_assert(
        net_send(observer.connection, slice_make(large, SIZE), NULL, &began));
    ck_assert(!net_drained(observer.connection));
    peer_go(&observer.peer);
    observer_run_until(&observer, " drained");
    net_close(observer.connection, NET_CLOSE_FIN);
    observer_run_until(&observer, " closed");
    observer_stop(&observer);
    ck_assert_uint_eq(observer.peer.bytes_counted, SIZE + HEADER + CLOSE_FRAME);
}
END_TEST

Suite *net_layers_suite(void);

static void add_tls(Suite *suite)
{
    TCase *tcase = tcase_create("TLS");
    tcase_add_unchecked_fixture(tcase, certificates_make, certificates_remove);
    tcase_add_test(tcase, tls_to_its_end);
    tcase_add_test(tcase, tls_ends_without_notify);
    tcase_add_test(tcase, our_end_of_tls);
    tcase_add_test(tcase, our_notify_alone);
    tcase_add_test(tcase, plain_text_within_tls);
    tcase_add_test(tcase, wrong_host);
    tcase_add_loop_test(tcase, unknown_authority, 0, 2);
    tcase_add_test(tcase, certificate_refused);
    tcase_add_test(tcase, certificate_refused_as_an_event);
    tcase_add_test(tcase, certificate_refused_in_1_3);
    tcase_add_test(tcase, certificate_refused_before_the_upgrade);
    tcase_add_test(tcase, end_within_the_handshake);
    tcase_add_test(tcase, end_within_the_handshake_as_an_event);
    tcase_add_test(tcase, handshake_that_stands_still);
    tcase_add_test(tcase, handshake_that_never_begins);
    tcase_add_test(tcase, handshake_without_our_second_flight);
    tcase_add_test(tcase, close_within_the_handshake);
    tcase_add_test(tcase, tcp_without_the_layers);
    tcase_add_test(tcase, wss_to_its_end);
    tcase_add_test(tcase, large_payload_over_wss);
    suite_add_tcase(suite, tcase);
}

static void add_websocket(Suite *suite)
{
    TCase *tcase = tcase_create("WebSocket");
    tcase_add_test(tcase, websocket_to_its_end);
    tcase_add_test(tcase, our_end_of_websocket);
    tcase_add_test(tcase, lingering_after_a_close_frame);
    tcase_add_test(tcase, pings_are_answered);
    tcase_add_test(tcase, bad_frame);
    tcase_add_test(tcase, bad_close_frame);
    tcase_add_test(tcase, frames_as_stated);
    tcase_add_test(tcase, upgrade_refused);
    tcase_add_test(tcase, upgrade_refused_as_an_event);
    tcase_add_test(tcase, wrong_accept);
    tcase_add_test(tcase, wrong_accept_as_an_event);
    tcase_add_loop_test(tcase, end_before_the_answer, 0, 2);
    tcase_add_test(tcase, upgrade_that_stands_still);
    suite_add_tcase(suite, tcase);
}

Suite *net_layers_suite(void)
{
    Suite *suite = suite_create("net_layers");
    add_tls(suite);
    add_websocket(suite);
    return suite;
}
