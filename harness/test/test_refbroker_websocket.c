/* WebSocket as the reference broker speaks it: the filter for frames, the
 * answer to the upgrade, and both over connections. */
#include "net/websocket.h"
#include "refbroker/server_upgrade.h"
#include "refbroker/server_websocket.h"
#include "test/certificates.h"
#include "test/refbroker_stand.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_CAP = 1 << 20 };

static bool violates_this(void *user, const char *id)
{
    return user != NULL && strcmp(user, id) == 0;
}

/* What the filter says of these bytes when they come in pieces so long. */
static void tell_frames(struct buffer *told, const struct buffer *bytes,
                        size_t first, size_t step)
{
    const struct peer_options options = {0};
    struct server_websocket websocket;
    struct server_websocket_event event;
    buffer_clear(told);
    server_websocket_init(&websocket, &options);
    for (size_t at = 0; at < bytes->size;) {
        size_t left = bytes->size - at;
        size_t size = at == 0 ? first : step;
        size = size < left ? size : left;
        server_websocket_feed(&websocket, slice_make(bytes->data + at, size));
        at += size;
        while (server_websocket_next(&websocket, &event)) {
            if (event.kind != SERVER_WEBSOCKET_BYTES)
                buffer_format(told, " %d:%u:", (int)event.kind, event.code);
            buffer_append_slice(told, event.bytes);
        }
    }
}

static void put(struct buffer *to, uint8_t opcode, bool fin, const char *text)
{
    const struct net_frame frame = {.opcode = opcode, .fin = fin, .mask = true};
    websocket_encode(to, &frame, slice_of(text));
}

START_TEST(frames_may_be_cut_anywhere)
{
    static const char expected[] = "hello, wo 1:0:askrld! 2:1001:\x03\xe9"
                                   "bye";
    struct buffer bytes = buffer_make(BUFFER_CAP);
    struct buffer told = buffer_make(BUFFER_CAP);
    put(&bytes, 2, true, "");
    put(&bytes, 2, true, "hello, ");
    put(&bytes, 2, false, "wo");
    put(&bytes, 9, true, "ask");
    put(&bytes, 10, true, "unasked");
    put(&bytes, 0, false, "r");
    put(&bytes, 0, true, "ld!");
    put(&bytes, 8, true,
        "\x03\xe9"
        "bye");
    for (size_t cut = 1; cut <= bytes.size; cut++) {
        tell_frames(&told, &bytes, cut, bytes.size);
        ck_assert_str_eq(buffer_string(&told), expected);
    }
    tell_frames(&told, &bytes, 1, 1);
    ck_assert_str_eq(buffer_string(&told), expected);
    buffer_free(&bytes);
    buffer_free(&told);
}
END_TEST

START_TEST(all_forms_of_length_are_read)
{
    static const size_t sizes[] = {0, 1, 125, 126, 65535, 65536, 100000};
    static uint8_t zeros[100000];
    struct buffer bytes = buffer_make(BUFFER_CAP);
    struct buffer told = buffer_make(BUFFER_CAP);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        buffer_clear(&bytes);
        websocket_encode(&bytes, &NET_FRAME_DEFAULT,
                         slice_make(zeros, sizes[i]));
        tell_frames(&told, &bytes, 5000, 5000);
        ck_assert_uint_eq(told.size, sizes[i]);
        if (sizes[i] > 0)
            ck_assert_mem_eq(told.data, zeros, sizes[i]);
    }
    buffer_free(&bytes);
    buffer_free(&told);
}
END_TEST

static const struct bad_bytes {
    const char *bytes;
    size_t size;
    unsigned code;
} bad_bytes[] = {
    {"\x82\x01", 2, 1002}, /* unmasked */
    {"\xc2\x81", 2, 1002}, /* RSV1 */
    {"\xa2\x81", 2, 1002}, /* RSV2 */
    {"\x92\x81", 2, 1002}, /* RSV3 */
    {"\x83\x81", 2, 1002}, /* reserved */
    {"\x8b\x80", 2, 1002}, /* and control */
    {"\x81\x81", 2, 1003}, /* text */
    {"\x81\x80", 2, 1003}, /* empty text */
    {"\x01\x80", 2, 1003}, /* its beginning */
    {"\x89\xfe", 2, 1002}, /* long Ping */
    {"\x09\x80", 2, 1002}, /* fragmented */
    {"\x80\x80", 2, 1002}, /* no message */
    {"\x02\x80"
     "abcd"
     "\x82\x80",
     8, 1002}, /* within one */
    {"\x82\xfe\x00\x7d"
     "abcd",
     8, 1002}, /* not minimal */
    {"\x82\xff\0\0\0\0\0\0\xff\xff"
     "abcd",
     14, 1002}, /* nor this one */
    {"\x82\xff\x80\0\0\0\0\0\0\0"
     "abcd",
     14, 1002}, /* highest bit */
};
enum { BAD_BYTES = sizeof bad_bytes / sizeof bad_bytes[0] };

START_TEST(bad_frames_have_a_code)
{
    const struct bad_bytes *row = &bad_bytes[_i];
    struct server_websocket websocket;
    struct server_websocket_event event;
    const struct peer_options options = {0};
    server_websocket_init(&websocket, &options);
    server_websocket_feed(&websocket, slice_make(row->bytes, row->size));
    ck_assert(server_websocket_next(&websocket, &event));
    ck_assert_int_eq(event.kind, SERVER_WEBSOCKET_BAD);
    ck_assert_uint_eq(event.code, row->code);
    ck_assert(!server_websocket_next(&websocket, &event));
}
END_TEST

START_TEST(noise_does_no_harm)
{
    uint32_t state = (uint32_t)_i;
    struct buffer bytes = buffer_make(BUFFER_CAP);
    struct buffer told = buffer_make(BUFFER_CAP);
    put(&bytes, 2, true, "sound");
    for (size_t i = 0; i < 64; i++) {
        state = state * 1664525U + 1013904223U;
        buffer_u8(&bytes, (uint8_t)(state >> 24));
    }
    tell_frames(&told, &bytes, 7, 3);
    ck_assert(slice_starts(buffer_slice(&told), slice_of("sound")));
    buffer_free(&bytes);
    buffer_free(&told);
}
END_TEST

#define LINE "GET /mqtt HTTP/1.1\r\n"
#define HOST "Host: h\r\n"
#define FIELDS "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define MQTT "Sec-WebSocket-Protocol: foo, mqtt\r\n"
#define SWITCHED                                                               \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "   \
    "Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define CHOSEN SWITCHED "Sec-WebSocket-Protocol: mqtt\r\n\r\n"

static const struct upgrade {
    const char *request;
    const char *violated;
    const char *answer; /* its beginning */
} upgrades[] = {
    {LINE HOST FIELDS VERSION KEY MQTT "\r\n", NULL, CHOSEN},
    {"GET /mqtt?x HTTP/1.1\n" HOST FIELDS VERSION KEY MQTT "\n", NULL, CHOSEN},
    {LINE "hOST: h\r\nupgrade: WebSocket\r\nCONNECTION:upgrade\r\n"
          "sec-websocket-version:13\r\nsec-websocket-key: "
          "dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol:mqtt\r\n\r\n",
     NULL, CHOSEN},
    {LINE HOST FIELDS VERSION KEY MQTT "Sec-WebSocket-Protocol: foo\r\n\r\n",
     NULL, CHOSEN},
    {LINE HOST FIELDS VERSION KEY "\r\n", NULL, "HTTP/1.1 400 Bad Request\r\n"},
    {LINE HOST FIELDS VERSION KEY "Sec-WebSocket-Protocol: MQTT\r\n\r\n", NULL,
     "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION KEY KEY MQTT "\r\n", NULL, "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION MQTT "\r\n", NULL, "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION MQTT "Sec-WebSocket-Key: short\r\n\r\n", NULL,
     "HTTP/1.1 400 "},
    {LINE HOST VERSION KEY MQTT "\r\n", NULL, "HTTP/1.1 400 "},
    {LINE FIELDS VERSION KEY MQTT "\r\n", NULL, "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION KEY MQTT "no field\r\n\r\n", NULL,
     "HTTP/1.1 400 "},
    {LINE HOST FIELDS KEY MQTT "\r\n", NULL,
     "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n"
     "Sec-WebSocket-Version: 13\r\n"},
    {LINE HOST FIELDS "Sec-WebSocket-Version: 8\r\n" KEY MQTT "\r\n", NULL,
     "HTTP/1.1 426 "},
    {"GET / HTTP/1.1\r\n" HOST FIELDS VERSION KEY MQTT "\r\n", NULL,
     "HTTP/1.1 404 "},
    {"GET /mqtt HTTP/1.0\r\n" HOST FIELDS VERSION KEY MQTT "\r\n", NULL,
     "HTTP/1.1 400 "},
    {"POST /mqtt HTTP/1.1\r\n" HOST FIELDS VERSION KEY MQTT "\r\n", NULL,
     "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\n"},
    {"\r\n\r\n", NULL, "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION KEY "\r\n", "subprotocol-not-demanded",
     SWITCHED "\r\n"},
    {LINE HOST FIELDS VERSION KEY MQTT "\r\n", "subprotocol-not-returned",
     SWITCHED "\r\n"},
    {LINE HOST FIELDS VERSION KEY "\r\n", "subprotocol-invented", CHOSEN},
    {LINE HOST FIELDS VERSION KEY MQTT "\r\n", "wrong-accept",
     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
     "Upgrade\r\nSec-WebSocket-Accept: A3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"},
    {LINE HOST FIELDS VERSION KEY "Sec-WebSocket-Protocol: mqttv3.1\r\n\r\n",
     NULL, SWITCHED "Sec-WebSocket-Protocol: mqttv3.1\r\n\r\n"},
    {LINE HOST FIELDS VERSION KEY "Sec-WebSocket-Protocol: mqttv3.1\r\n\r\n",
     "older-subprotocol-refused", "HTTP/1.1 400 "},
    {LINE HOST FIELDS VERSION KEY MQTT "\r\n", "later-subprotocols-overlooked",
     "HTTP/1.1 400 "},
    {LINE KEY "\r\n", "upgrade-unchecked", SWITCHED},
    {LINE HOST
     "Upgrade: websocket\r\nConnection: a, Upgrade\r\n" VERSION KEY MQTT "\r\n",
     NULL, CHOSEN},
    {LINE HOST
     "Upgrade: websocket\r\nConnection: a, Upgrade\r\n" VERSION KEY MQTT "\r\n",
     "connection-list-misread", "HTTP/1.1 400 "},
    {LINE "host: h\r\n" FIELDS VERSION KEY MQTT "\r\n", "header-case-regarded",
     "HTTP/1.1 400 "},
};
enum { UPGRADES = sizeof upgrades / sizeof upgrades[0] };

START_TEST(upgrades_are_judged)
{
    const struct upgrade *row = &upgrades[_i];
    const struct peer_options options = {.violates = violates_this,
                                         .violates_user =
                                             (void *)(uintptr_t)row->violated};
    struct buffer answer = buffer_make(BUFFER_CAP);
    bool switched = server_upgrade(&options, slice_of(row->request), &answer);
    ck_assert_msg(slice_starts(buffer_slice(&answer), slice_of(row->answer)),
                  "%s", buffer_string(&answer));
    ck_assert(slice_ends(buffer_slice(&answer), slice_of("\r\n\r\n")));
    ck_assert_int_eq(switched, strncmp(row->answer, "HTTP/1.1 101", 12) == 0);
    buffer_free(&answer);
}
END_TEST

/* Over connections. */
struct exchange {
    struct net_frame frame;
    const char *payload;
    const char *violated;
    const char *client; /* what it is told, from the beginning */
    const char *server;
    const char *got; /* what the server got of it */
};

#define UP " upgrade:101:mqtt opened"
#define CLOSED(CODE) UP " close:" CODE " ws_close"
/* A sound frame of this opcode. */
#define FRAME(OPCODE)                                                          \
    {                                                                          \
        .opcode = OPCODE, .fin = true, .mask = true                            \
    }
#define UNMASKED                                                               \
    {                                                                          \
        .opcode = 2, .fin = true                                               \
    }
#define UNFINISHED(OPCODE)                                                     \
    {                                                                          \
        .opcode = OPCODE, .mask = true                                         \
    }
#define RESERVED(RSV)                                                          \
    {                                                                          \
        .opcode = 2, .fin = true, .mask = true, .rsv = RSV                     \
    }
/* 126 bytes. */
#define LONG_PING                                                              \
    "012345678901234567890123456789012345678901234567890123456789012"          \
    "012345678901234567890123456789012345678901234567890123456789012"

static const struct exchange exchanges[] = {
    {UNMASKED, "ab", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {RESERVED(4), "ab", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {FRAME(3), "ab", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {FRAME(1), "ab", NULL, CLOSED("1003"), " opened ended:broken", ""},
    {FRAME(9), LONG_PING, NULL, CLOSED("1002"), " opened ended:broken", ""},
    {UNFINISHED(9), "ab", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {FRAME(8), "", NULL, CLOSED("1005"), " opened ended:closed", ""},
    {FRAME(8), "\x03\xe8", NULL, CLOSED("1000"), " opened ended:closed", ""},
    {FRAME(8), "\x10\x01why", NULL, CLOSED("4097"), " opened ended:closed", ""},
    {FRAME(8), "\x03", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {FRAME(8), "\x03\xed", NULL, CLOSED("1002"), " opened ended:broken", ""},
    {FRAME(9), "abc", NULL, UP " pong:abc", " opened", ""},
    {FRAME(9), "", NULL, UP " pong:", " opened", ""},
    {UNFINISHED(2), "abc", NULL, UP, " opened", "abc"},
    {FRAME(1), "abc", "text-frames-taken", UP, " opened", "abc"},
    {UNMASKED, "abc", "unmasked-taken", UP, " opened", "abc"},
    {FRAME(9), "abc", "pong-empty", UP " pong:", " opened", ""},
    {FRAME(3), "abc", "reserved-taken", UP, " opened", "abc"},
    {RESERVED(2), "abc", "reserved-taken", UP, " opened", "abc"},
    {FRAME(1), "", "empty-text-taken", UP, " opened", ""},
    {FRAME(9), "abc", "pong-missing", UP, " opened", ""},
    {FRAME(9), "abc", "pong-masked", UP " bad", " opened", ""},
    {FRAME(9), LONG_PING, "bad-control-ignored", UP, " opened", ""},
    {UNFINISHED(9), "ab", "bad-control-ignored", UP, " opened", ""},
    {FRAME(0), "ab", "fragments-disordered", UP, " opened", "ab"},
    {UNFINISHED(2), "ab", "fragments-refused", CLOSED("1002"),
     " opened ended:broken", ""},
    {FRAME(2), LONG_PING, "frames-read-in-part", UP, " opened",
     "0123456789012345678901234567890123456789012345678901234567890120"},
    {FRAME(2), "", "empty-frames-refused", CLOSED("1002"),
     " opened ended:broken", ""},
};
enum { EXCHANGES = sizeof exchanges / sizeof exchanges[0] };

static void start_violating(struct stand *stand, enum net_transport transport,
                            const char *violated)
{
    stand_prepare(stand, transport);
    stand->violated = violated;
    stand_open(stand);
    stand_until(stand, &stand->connection, UP);
}

START_TEST(frames_are_answered)
{
    const struct exchange *row = &exchanges[_i / 2];
    bool ends = strstr(row->client, "ws_close") != NULL;
    struct stand stand;
    start_violating(&stand, _i % 2 == 0 ? NET_WS : NET_WSS, row->violated);
    stand_send(&stand, slice_of(row->payload), &row->frame);
    if (ends)
        stand_until(&stand, &stand.connection, " ended");
    stand_until(&stand, &stand.connection, row->client);
    stand_until_got(&stand, &stand.server, strlen(row->got));
    stand_expect(&stand.server, row->server);
    stand_expect_got(&stand.server, slice_of(row->got));
    stand_stop(&stand);
}
END_TEST

/* A message in parts, with a Ping between them. */
static void send_in_parts(struct stand *stand)
{
    static const struct net_frame first = {.mask = true, .opcode = 2};
    static const struct net_frame last = {.mask = true, .fin = true};
    static const struct net_frame ping = FRAME(9);
    stand_send(stand, slice_of("ab"), &first);
    stand_send(stand, slice_of("?"), &ping);
    stand_send(stand, slice_of("cd"), &last);
    stand_send(stand, slice_of("ef"), NULL);
}

START_TEST(control_frames_may_stand_within_a_message)
{
    struct stand stand;
    start_violating(&stand, NET_WS, NULL);
    send_in_parts(&stand);
    stand_until(&stand, &stand.connection, UP " pong:?");
    stand_until_got(&stand, &stand.server, 6);
    stand_expect_got(&stand.server, slice_of("abcdef"));
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_6_0_0_2_drops_continuations)
{
    struct stand stand;
    start_violating(&stand, NET_WS, "frames-for-packets");
    send_in_parts(&stand);
    stand_until_got(&stand, &stand.server, 4);
    stand_expect_got(&stand.server, slice_of("abef"));
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_websocket_4_closes)
{
    struct stand stand;
    start_violating(&stand, NET_WS, "control-within-message-refused");
    send_in_parts(&stand);
    stand_until(&stand, &stand.connection, CLOSED("1002"));
    stand_expect(&stand.server, " opened ended:broken");
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_websocket_6_goes_on)
{
    static const struct net_frame close_frame = FRAME(8);
    static const struct net_frame ping = FRAME(9);
    struct stand stand;
    start_violating(&stand, NET_WS, "close-frame-ignored");
    stand_send(&stand, slice_of(""), &close_frame);
    stand_send(&stand, slice_of("?"), &ping);
    stand_until(&stand, &stand.connection, UP " pong:?");
    stand_expect(&stand.server, " opened");
    stand_stop(&stand);
}
END_TEST

START_TEST(violated_websocket_9_cuts)
{
    static uint8_t zeros[70000];
    struct stand stand;
    start_violating(&stand, NET_WS, "long-frames-cut");
    ck_assert(peer_send(stand.peer, slice_make(zeros, sizeof zeros)));
    peer_close(stand.peer);
    stand_until(&stand, &stand.connection, " ended");
    ck_assert_uint_eq(stand.connection.got.size, 65535);
    stand_stop(&stand);
}
END_TEST

/* The request and two frames in one write. */
START_TEST(frames_may_follow_the_request_at_once)
{
    struct buffer bytes = buffer_make(BUFFER_CAP);
    struct stand stand;
    stand_prepare(&stand, NET_WS);
    stand.opening.tcp_only = true;
    stand_open(&stand);
    stand_until(&stand, &stand.connection, " opened");
    buffer_text(&bytes, LINE HOST FIELDS VERSION KEY MQTT "\r\n");
    put(&bytes, 2, true, "ab");
    put(&bytes, 2, true, "cd");
    stand_send(&stand, buffer_slice(&bytes), NULL);
    stand_until_got(&stand, &stand.server, 4);
    stand_expect_got(&stand.server, slice_of("abcd"));
    buffer_free(&bytes);
    stand_stop(&stand);
}
END_TEST

static void expect_refusal(struct stand *stand, const char *told)
{
    stand->opening.manual_upgrade = true;
    stand_open(stand);
    stand_until(stand, &stand->connection, " ended");
    ck_assert(
        slice_starts(buffer_slice(&stand->connection.told), slice_of(told)));
    stand_expect(&stand->server, "");
    stand_stop(stand);
}

START_TEST(upgrades_are_refused)
{
    static const char *const other[] = {"foo"};
    static const struct net_header old = {"Sec-WebSocket-Version", "8"};
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)_i);
    stand.opening.path = "/other";
    expect_refusal(&stand, " upgrade:404:");
    stand_prepare(&stand, (enum net_transport)_i);
    stand.opening.subprotocols = other;
    expect_refusal(&stand, " upgrade:400:");
    stand_prepare(&stand, (enum net_transport)_i);
    stand.opening.subprotocols = other;
    stand.opening.subprotocol_count = 1;
    expect_refusal(&stand, " upgrade:400:");
    stand_prepare(&stand, (enum net_transport)_i);
    stand.opening.headers = &old;
    stand.opening.header_count = 1;
    expect_refusal(&stand, " upgrade:426:");
}
END_TEST

START_TEST(too_long_request_is_refused)
{
    static char value[SERVER_UPGRADE_CAP + 1];
    const struct net_header header = {"X", value};
    struct stand stand;
    memset(value, 'x', SERVER_UPGRADE_CAP);
    stand_prepare(&stand, (enum net_transport)_i);
    stand.opening.headers = &header;
    stand.opening.header_count = 1;
    expect_refusal(&stand, " upgrade:431:");
}
END_TEST

START_TEST(path_is_as_configured)
{
    static const char *const offers[] = {"mqttv3.1", "mqtt"};
    struct stand stand;
    stand_prepare(&stand, (enum net_transport)_i);
    stand.listening.path = "/";
    stand.opening.path = "/";
    stand.opening.subprotocols = offers;
    stand.opening.subprotocol_count = 2;
    stand.opening.lower_case_headers = true;
    stand_open(&stand);
    stand_until(&stand, &stand.connection, UP);
    stand_stop(&stand);
}
END_TEST

static void add_filter_tests(TCase *tests)
{
    tcase_add_test(tests, frames_may_be_cut_anywhere);
    tcase_add_test(tests, all_forms_of_length_are_read);
    tcase_add_loop_test(tests, bad_frames_have_a_code, 0, BAD_BYTES);
    tcase_add_loop_test(tests, noise_does_no_harm, 0, 300);
    tcase_add_loop_test(tests, upgrades_are_judged, 0, UPGRADES);
}

static void add_connection_tests(TCase *tests)
{
    tcase_add_loop_test(tests, frames_are_answered, 0, 2 * EXCHANGES);
    tcase_add_test(tests, control_frames_may_stand_within_a_message);
    tcase_add_test(tests, violated_6_0_0_2_drops_continuations);
    tcase_add_test(tests, violated_websocket_4_closes);
    tcase_add_test(tests, violated_websocket_6_goes_on);
    tcase_add_test(tests, violated_websocket_9_cuts);
    tcase_add_test(tests, frames_may_follow_the_request_at_once);
    tcase_add_loop_test(tests, upgrades_are_refused, NET_WS, NET_TRANSPORTS);
    tcase_add_loop_test(tests, too_long_request_is_refused, NET_WS,
                        NET_TRANSPORTS);
    tcase_add_loop_test(tests, path_is_as_configured, NET_WS, NET_TRANSPORTS);
}

Suite *refbroker_websocket_suite(void);

Suite *refbroker_websocket_suite(void)
{
    Suite *suite = suite_create("refbroker_websocket");
    TCase *tests = tcase_create("websocket");
    tcase_add_unchecked_fixture(tests, certificates_make, certificates_remove);
    add_filter_tests(tests);
    add_connection_tests(tests);
    suite_add_tcase(suite, tests);
    return suite;
}
