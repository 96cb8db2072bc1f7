/* The WebSocket filter in memory: every answer to the upgrade, every kind of
 * frame, at every cut of the stream. */
#include "net/websocket.h"
#include <check.h>
#include <stdio.h>
#include <string.h>

/* The key and the answer of RFC 6455 section 1.3. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"
#define FIELDS "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define GOOD                                                                   \
    SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"                    \
                     "Sec-WebSocket-Protocol: mqtt\r\n\r\n"

static const char *const mqtt[] = {"mqtt"};
static const struct net_header sample_key[] = {{"Sec-WebSocket-Key", KEY}};

static struct websocket_options sample(void)
{
    return (struct websocket_options){.host = "localhost",
                                      .port = 8083,
                                      .path = "/mqtt",
                                      .headers = sample_key,
                                      .header_count = 1,
                                      .subprotocols = mqtt,
                                      .subprotocol_count = 1};
}

static void tell_bytes(struct buffer *to, struct slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        buffer_format(to, "%02x", bytes.data[i]);
}

/* Payload that was passed on in pieces reads as one. */
static void tell(struct buffer *to, const struct websocket_event *event,
                 bool *in_data)
{
    static const char *const names[] = {
        "upgrade", "data", "text", "ping", "pong", "close", "bad", "no memory"};
    if (event->kind != WEBSOCKET_DATA || !*in_data)
        buffer_format(to, " %s", names[event->kind]);
    *in_data = event->kind == WEBSOCKET_DATA;
    if (event->kind == WEBSOCKET_UPGRADE)
        buffer_format(to, " %u%s %s", event->status,
                      event->accept_valid ? " accepted" : "",
                      event->subprotocol == NULL ? "-" : event->subprotocol);
    if (event->kind == WEBSOCKET_CLOSE)
        buffer_format(to, " %u", event->code);
    if (event->bytes.size > 0 && !(event->kind == WEBSOCKET_DATA && !*in_data))
        tell_bytes(to, event->bytes);
    if (event->text != NULL)
        buffer_format(to, " (%s)", event->text);
}

static void feed(struct websocket *filter, struct slice bytes,
                 struct buffer *told, bool *in_data)
{
    struct websocket_event event;
    websocket_feed(filter, bytes);
    while (websocket_next(filter, &event))
        tell(told, &event, in_data);
}

/* What the filter tells about these bytes, fed in two pieces. */
static struct buffer told_of(const struct websocket_options *options,
                             struct slice bytes, size_t cut)
{
    struct buffer told = buffer_make(1 << 20);
    bool in_data = false;
    struct websocket *filter = websocket_new(options);
    ck_assert_ptr_nonnull(filter);
    feed(filter, slice_make(bytes.data, cut), &told, &in_data);
    feed(filter, slice_make(bytes.data + cut, bytes.size - cut), &told,
         &in_data);
    websocket_free(filter);
    return told;
}

/* … fed byte by byte. */
static struct buffer told_of_bytes(const struct websocket_options *options,
                                   struct slice bytes)
{
    struct buffer told = buffer_make(1 << 20);
    bool in_data = false;
    struct websocket *filter = websocket_new(options);
    ck_assert_ptr_nonnull(filter);
    for (size_t i = 0; i < bytes.size; i++)
        feed(filter, slice_make(bytes.data + i, 1), &told, &in_data);
    websocket_free(filter);
    return told;
}

/* The same must be told at every cut. */
static void expect_told(const struct websocket_options *options,
                        struct slice bytes, const char *expected)
{
    struct buffer told = told_of_bytes(options, bytes);
    ck_assert_str_eq(buffer_string(&told), expected);
    buffer_free(&told);
    for (size_t cut = 0; cut <= bytes.size; cut++) {
        told = told_of(options, bytes, cut);
        ck_assert_str_eq(buffer_string(&told), expected);
        buffer_free(&told);
    }
}

struct row {
    const char *bytes;
    size_t size;
    const char *told;
};
#define ROW(bytes, told)                                                       \
    {                                                                          \
        bytes, sizeof bytes - 1, told                                          \
    }

static void expect_answer(const struct websocket_options *options,
                          const struct row *row)
{
    expect_told(options, slice_make(row->bytes, row->size), row->told);
}

/* Frames behind a good answer. */
static void expect_frames(const struct row *row)
{
    struct websocket_options options = sample();
    struct buffer all = buffer_make(1 << 20);
    struct buffer told = buffer_make(1 << 20);
    buffer_text(&all, GOOD);
    buffer_append(&all, row->bytes, row->size);
    buffer_format(&told, " upgrade 101 accepted mqtt%s", row->told);
    expect_told(&options, buffer_slice(&all), buffer_string(&told));
    buffer_free(&all);
    buffer_free(&told);
}

static const struct row answers[] = {
    ROW(GOOD, " upgrade 101 accepted mqtt"),
    ROW(SWITCHING "UPGRADE:WebSocket\r\nconnection: keep-alive,\tupgrade \r\n"
                  "sec-websocket-accept:" ACCEPT "\r\n\r\n",
        " upgrade 101 accepted -"),
    ROW("HTTP/1.1 101\nUpgrade: websocket\nConnection: Upgrade\n"
        "Sec-WebSocket-Accept: " ACCEPT "\n\n",
        " upgrade 101 accepted -"),
    ROW("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
        " upgrade 404 - (the upgrade to WebSocket was answered with "
        "\"404 Not Found\")"),
    ROW("HTTP/1.1 400 \x1b[31m\r\n\r\n",
        " upgrade 400 - (the upgrade to WebSocket was answered with "
        "\"400 ?[31m\")"),
    ROW("\x20\x02\n\n", " upgrade 0 - (the upgrade to WebSocket was answered "
                        "with something that is not HTTP)"),
    ROW("HTTP/1.0 403 Forbidden\r\n\r\n",
        " upgrade 403 - (the upgrade to WebSocket was answered with "
        "\"403 Forbidden\")"),
    ROW("HTTP/1.0 101 Switching Protocols\r\n" FIELDS
        "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
        " upgrade 101 accepted - (the upgrade to WebSocket was answered in "
        "HTTP/1.0)"),
    ROW("HTTP/2.0 101 OK\r\n\r\n",
        " upgrade 0 - (the upgrade to WebSocket was answered with something "
        "that is not HTTP)"),
    ROW("HTTP/1.1 1x1 No\r\n\r\n",
        " upgrade 0 - (the upgrade to WebSocket was answered with something "
        "that is not HTTP)"),
    ROW("HTTP/1.1 1011 No\r\n\r\n",
        " upgrade 0 - (the upgrade to WebSocket was answered with something "
        "that is not HTTP)"),
    ROW("HTTP/1.1 099 No\r\n\r\n",
        " upgrade 0 - (the upgrade to WebSocket was answered with something "
        "that is not HTTP)"),
    ROW(SWITCHING FIELDS "\r\n", " upgrade 101 - (the upgrade to WebSocket was "
                                 "answered without Sec-WebSocket-Accept)"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xO0="
                         "\r\n\r\n",
        " upgrade 101 - (the upgrade to WebSocket was answered with a wrong "
        "Sec-WebSocket-Accept)"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                         "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
        " upgrade 101 - (the upgrade to WebSocket was answered with a wrong "
        "Sec-WebSocket-Accept)"),
    ROW(SWITCHING "Upgrade: websocket\r\n"
                  "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
        " upgrade 101 accepted - (the upgrade to WebSocket was answered "
        "without the header field \"Connection: Upgrade\")"),
    ROW(SWITCHING "Connection: Upgrade\r\nUpgrade: h2c\r\n"
                  "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
        " upgrade 101 accepted - (the upgrade to WebSocket was answered "
        "without the header field \"Upgrade: websocket\")"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                         "Sec-WebSocket-Protocol: mqttv3.1\r\n\r\n",
        " upgrade 101 accepted mqttv3.1 (the upgrade to WebSocket was "
        "answered with a subprotocol that was not offered)"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                         "Sec-WebSocket-Protocol: mqtt\r\n"
                         "Sec-WebSocket-Protocol: mqtt\r\n\r\n",
        " upgrade 101 accepted mqtt (the upgrade to WebSocket was answered "
        "with more than one subprotocol)"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                         "Sec-WebSocket-Extensions: permessage-deflate"
                         "\r\n\r\n",
        " upgrade 101 accepted - (the upgrade to WebSocket was answered with "
        "an extension that was not offered)"),
    ROW(SWITCHING FIELDS "Sec-WebSocket-Accept : " ACCEPT "\r\n\r\n",
        " upgrade 101 - (the upgrade to WebSocket was answered with a line "
        "that is no header field)"),
    ROW(SWITCHING FIELDS "nonsense\r\n\r\n",
        " upgrade 101 - (the upgrade to WebSocket was answered with a line "
        "that is no header field)"),
};

START_TEST(answer_to_the_upgrade)
{
    struct websocket_options options = sample();
    expect_answer(&options, &answers[_i]);
}
END_TEST

/* With upgrade: manual, a case goes on after a bad 101. */
START_TEST(frames_follow_a_bad_101)
{
    struct websocket_options options = sample();
    const struct row row =
        ROW(SWITCHING FIELDS "\r\n\x82\x01x",
            " upgrade 101 - (the upgrade to WebSocket was answered without "
            "Sec-WebSocket-Accept) data78");
    expect_answer(&options, &row);
}
END_TEST

START_TEST(endless_answer_is_cut_off)
{
    struct websocket_options options = sample();
    struct buffer answer = buffer_make(1 << 16);
    struct buffer told;
    buffer_text(&answer, SWITCHING);
    while (answer.size < 20000)
        buffer_text(&answer, "X-Filler: 0123456789\r\n");
    told = told_of(&options, buffer_slice(&answer), 100);
    ck_assert_str_eq(buffer_string(&told),
                     " upgrade 0 - (the header of the answer to the upgrade "
                     "to WebSocket has more than 16384 bytes)");
    buffer_free(&told);
    buffer_free(&answer);
}
END_TEST

static const struct row frames[] = {
    /* payload of every length form, empty ones leaving no trace */
    ROW("\x82\x03"
        "abc",
        " data616263"),
    ROW("\x82\x00\x82\x01z", " data7a"),
    ROW("\x82\x01"
        "a\x82\x01"
        "b",
        " data6162"),
    /* fragments, with a ping in between */
    ROW("\x02\x01"
        "a\x00\x01"
        "b\x89\x02hi\x80\x01"
        "c",
        " data6162 ping6869 data63"),
    ROW("\x02\x00\x80\x00\x82\x01z", " data7a"),
    /* text frames, fragmented or not, are told once for each message */
    ROW("\x81\x01"
        "a",
        " text (the broker sent a text frame, not a binary one) data61"),
    ROW("\x01\x01"
        "a\x80\x01"
        "b\x82\x01"
        "c",
        " text (the broker sent a text frame, not a binary one) data616263"),
    ROW("\x8a\x00\x89\x00", " pong ping"),
    /* ends */
    ROW("\x88\x00\x82\x01x", " close 1005"),
    ROW("\x88\x02\x03\xe8", " close 100003e8"),
    ROW("\x88\x04\x0b\xb8ok", " close 30000bb86f6b"),
    ROW("\x88\x01\x03",
        " close 100503 (the broker sent a Close frame with half a status code "
        "(RFC 6455 section 5.5.1))"),
    ROW("\x88\x02\x03\xed",
        " close 100503ed (the broker sent a Close frame with a status code "
        "that must not be sent (RFC 6455 section 7.4))"),
    ROW("\x88\x02\x03\xe7",
        " close 99903e7 (the broker sent a Close frame with a status code "
        "that must not be sent (RFC 6455 section 7.4))"),
    /* what RFC 6455 forbids; nothing is told after it */
    ROW("\x82\x81\x01\x02\x03\x04x\x82\x01z",
        " bad (the broker masked a frame (RFC 6455 section 5.1))"),
    ROW("\xc2\x01x\x82\x01z", " bad (the broker set a reserved bit of a frame "
                              "(RFC 6455 section 5.2))"),
    ROW("\xa2\x01x", " bad (the broker set a reserved bit of a frame (RFC "
                     "6455 section 5.2))"),
    ROW("\x92\x01x", " bad (the broker set a reserved bit of a frame (RFC "
                     "6455 section 5.2))"),
    ROW("\x83\x01x", " bad (the broker sent a frame with a reserved opcode "
                     "(RFC 6455 section 5.2))"),
    ROW("\x8b\x01x", " bad (the broker sent a frame with a reserved opcode "
                     "(RFC 6455 section 5.2))"),
    ROW("\x80\x01x", " bad (the broker sent a continuation frame without a "
                     "message to continue (RFC 6455 section 5.4))"),
    ROW("\x02\x01x\x82\x01y",
        " data78 bad (the broker began a message before the fragmented one "
        "was complete (RFC 6455 section 5.4))"),
    ROW("\x09\x00", " bad (the broker fragmented a control frame (RFC 6455 "
                    "section 5.5))"),
    ROW("\x88\x7e\x00\x7e", " bad (the broker sent a control frame with more "
                            "than 125 bytes (RFC 6455 section 5.5))"),
    ROW("\x82\x7e\x00\x7dx", " bad (the broker did not use the shortest form "
                             "of a frame length (RFC 6455 section 5.2))"),
    ROW("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff",
        " bad (the broker did not use the shortest form of a frame length "
        "(RFC 6455 section 5.2))"),
    ROW("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00",
        " bad (the broker sent a frame length with the highest bit set (RFC "
        "6455 section 5.2))"),
    /* the longest legal frame has only begun */
    ROW("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"
        "a",
        " data61"),
};

START_TEST(frame_from_the_broker)
{
    expect_frames(&frames[_i]);
}
END_TEST

/* A payload in each of the longer length forms. */
static void expect_long_frame(size_t size, const char *header,
                              size_t header_size)
{
    struct websocket_options options = sample();
    struct buffer all = buffer_make(1 << 20);
    struct buffer told = buffer_make(1 << 20);
    struct buffer seen;
    buffer_text(&all, GOOD);
    buffer_append(&all, header, header_size);
    buffer_text(&told, " upgrade 101 accepted mqtt data");
    for (size_t i = 0; i < size; i++) {
        buffer_u8(&all, (uint8_t)i);
        buffer_format(&told, "%02x", (unsigned)(i & 255));
    }
    seen = told_of(&options, buffer_slice(&all), all.size / 2);
    ck_assert_str_eq(buffer_string(&seen), buffer_string(&told));
    buffer_free(&seen);
    seen = told_of_bytes(&options, buffer_slice(&all));
    ck_assert_str_eq(buffer_string(&seen), buffer_string(&told));
    buffer_free(&seen);
    buffer_free(&all);
    buffer_free(&told);
}

START_TEST(long_frames)
{
    expect_long_frame(126, "\x82\x7e\x00\x7e", 4);
    expect_long_frame(65535, "\x82\x7e\xff\xff", 4);
    expect_long_frame(65536, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}
END_TEST

static void expect_request(const struct websocket_options *options,
                           const char *expected)
{
    struct websocket *filter = websocket_new(options);
    ck_assert_ptr_nonnull(filter);
    struct slice request = websocket_request(filter);
    ck_assert_msg(slice_is(request, expected), "%.*s", (int)request.size,
                  (const char *)request.data);
    websocket_free(filter);
}

START_TEST(usual_request)
{
    struct websocket_options options = sample();
    expect_request(&options, "GET /mqtt HTTP/1.1\r\n"
                             "Host: localhost:8083\r\n"
                             "Upgrade: websocket\r\n"
                             "Connection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Protocol: mqtt\r\n"
                             "Sec-WebSocket-Key: " KEY "\r\n\r\n");
}
END_TEST

START_TEST(request_with_everything_stated)
{
    static const char *const two[] = {"mqttv3.1", "mqtt"};
    static const struct net_header headers[] = {
        {"Sec-WebSocket-Key", KEY},
        {"Sec-WebSocket-Version", "12"},
        {"Origin", "http://Example"},
        {"upgrade", NULL},
    };
    struct websocket_options options = {.host = "::1",
                                        .port = 443,
                                        .secure = true,
                                        .path = "/a?b=c",
                                        .headers = headers,
                                        .header_count = 4,
                                        .lower_case_headers = true,
                                        .subprotocols = two,
                                        .subprotocol_count = 2};
    expect_request(&options, "GET /a?b=c HTTP/1.1\r\n"
                             "host: [::1]\r\n"
                             "connection: Upgrade\r\n"
                             "sec-websocket-protocol: mqttv3.1, mqtt\r\n"
                             "sec-websocket-key: " KEY "\r\n"
                             "sec-websocket-version: 12\r\n"
                             "origin: http://Example\r\n\r\n");
}
END_TEST

START_TEST(request_that_offers_nothing)
{
    struct websocket_options options = sample();
    const struct row row =
        ROW(GOOD, " upgrade 101 accepted mqtt (the upgrade to WebSocket was "
                  "answered with a subprotocol that was not offered)");
    options.subprotocol_count = 0;
    options.port = 80;
    expect_request(&options, "GET /mqtt HTTP/1.1\r\n"
                             "Host: localhost\r\n"
                             "Upgrade: websocket\r\n"
                             "Connection: Upgrade\r\n"
                             "Sec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: " KEY "\r\n\r\n");
    expect_answer(&options, &row);
}
END_TEST

START_TEST(offers_stated_as_a_header_field)
{
    static const struct net_header headers[] = {
        {"Sec-WebSocket-Key", KEY},
        {"Sec-WebSocket-Protocol", "soap , mqtt"},
        {"Sec-WebSocket-Extensions", "x"},
    };
    const struct row row =
        ROW(SWITCHING FIELDS "Sec-WebSocket-Accept: " ACCEPT "\r\n"
                             "Sec-WebSocket-Protocol: mqtt\r\n"
                             "Sec-WebSocket-Extensions: x\r\n\r\n",
            " upgrade 101 accepted mqtt");
    struct websocket_options options = sample();
    options.headers = headers;
    options.header_count = 3;
    expect_answer(&options, &row);
}
END_TEST

START_TEST(each_request_has_a_key_of_its_own)
{
    struct websocket_options options = sample();
    options.header_count = 0;
    struct websocket *a = websocket_new(&options);
    struct websocket *b = websocket_new(&options);
    ck_assert(!slice_equal(websocket_request(a), websocket_request(b)));
    ck_assert_uint_eq(websocket_request(a).size, websocket_request(b).size);
    websocket_free(a);
    websocket_free(b);
}
END_TEST

/* Undoes the masking of one encoded frame. */
static void unmask(struct buffer *frame, size_t header)
{
    for (size_t i = header + 4; i < frame->size; i++)
        frame->data[i] ^= frame->data[header + ((i - header) & 3)];
}

static void expect_header(struct net_frame frame, size_t size,
                          const char *header, size_t header_size)
{
    static uint8_t payload[70000];
    struct buffer to = buffer_make(1 << 20);
    for (size_t i = 0; i < size; i++)
        payload[i] = (uint8_t)(i * 7);
    websocket_encode(&to, &frame, slice_make(payload, size));
    ck_assert(!to.failed);
    ck_assert_uint_eq(to.size, header_size + (frame.mask ? 4 : 0) + size);
    ck_assert_mem_eq(to.data, header, header_size);
    if (frame.mask)
        unmask(&to, header_size);
    if (size > 0)
        ck_assert_mem_eq(to.data + to.size - size, payload, size);
    buffer_free(&to);
}

START_TEST(frames_that_we_write)
{
    struct net_frame frame = NET_FRAME_DEFAULT;
    expect_header(frame, 0, "\x82\x80", 2);
    expect_header(frame, 125, "\x82\xfd", 2);
    expect_header(frame, 126, "\x82\xfe\x00\x7e", 4);
    expect_header(frame, 65535, "\x82\xfe\xff\xff", 4);
    expect_header(frame, 65536, "\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00", 10);
    frame.length_width = 2;
    expect_header(frame, 3, "\x82\xfe\x00\x03", 4);
    frame.length_width = 8;
    expect_header(frame, 3, "\x82\xff\x00\x00\x00\x00\x00\x00\x00\x03", 10);
    frame = (struct net_frame){.opcode = 3, .rsv = 5};
    expect_header(frame, 5, "\x53\x05", 2);
    frame = (struct net_frame){.opcode = 0, .fin = true};
    expect_header(frame, 1, "\x80\x01", 2);
}
END_TEST

START_TEST(masking_keys_differ)
{
    struct buffer to = buffer_make(64);
    struct net_frame frame = NET_FRAME_DEFAULT;
    websocket_encode(&to, &frame, slice_of("same"));
    websocket_encode(&to, &frame, slice_of("same"));
    ck_assert_mem_ne(to.data + 2, to.data + 12, 4);
    buffer_free(&to);
}
END_TEST

START_TEST(no_memory_for_a_frame)
{
    struct buffer to = buffer_make(64);
    struct net_frame frame = NET_FRAME_DEFAULT;
    memory_fail_after(1);
    websocket_encode(&to, &frame, slice_of("payload"));
    memory_fail_after(0);
    ck_assert(to.failed);
    buffer_free(&to);
}
END_TEST

/* One life of a filter while the n-th allocation fails; what it told. */
static struct buffer told_without(long n, bool *made)
{
    struct websocket_options options = sample();
    struct buffer told = buffer_make(4096);
    bool in_data = false;
    /* Room beforehand: only the filter's own allocations shall fail. */
    buffer_format(&told, "%1000s", "");
    buffer_clear(&told);
    memory_fail_after(n);
    struct websocket *filter = websocket_new(&options);
    *made = filter != NULL;
    if (*made)
        feed(filter, slice_of(GOOD "\x82\x01z"), &told, &in_data);
    memory_fail_after(0);
    websocket_free(filter);
    return told;
}

START_TEST(each_allocation_fails)
{
    long failures = 0;
    bool whole = false;
    for (long n = 1; !whole; n++) {
        bool made;
        struct buffer told = told_without(n, &made);
        whole = strcmp(buffer_string(&told),
                       " upgrade 101 accepted mqtt data7a") == 0;
        if (made && !whole)
            ck_assert_str_eq(buffer_string(&told), " no memory");
        failures += !whole;
        buffer_free(&told);
    }
    ck_assert_int_ge(failures, 5);
}
END_TEST

Suite *websocket_suite(void);

Suite *websocket_suite(void)
{
    Suite *suite = suite_create("websocket");
    TCase *upgrade = tcase_create("upgrade");
    TCase *reading = tcase_create("reading");
    TCase *writing = tcase_create("writing");
    tcase_add_loop_test(upgrade, answer_to_the_upgrade, 0,
                        sizeof answers / sizeof answers[0]);
    tcase_add_test(upgrade, frames_follow_a_bad_101);
    tcase_add_test(upgrade, endless_answer_is_cut_off);
    tcase_add_test(upgrade, usual_request);
    tcase_add_test(upgrade, request_with_everything_stated);
    tcase_add_test(upgrade, request_that_offers_nothing);
    tcase_add_test(upgrade, offers_stated_as_a_header_field);
    tcase_add_test(upgrade, each_request_has_a_key_of_its_own);
    tcase_add_loop_test(reading, frame_from_the_broker, 0,
                        sizeof frames / sizeof frames[0]);
    tcase_add_test(reading, long_frames);
    tcase_add_test(reading, each_allocation_fails);
    tcase_add_test(writing, frames_that_we_write);
    tcase_add_test(writing, masking_keys_differ);
    tcase_add_test(writing, no_memory_for_a_frame);
    suite_add_tcase(suite, upgrade);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, writing);
    return suite;
}
