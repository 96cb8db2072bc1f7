/* The reference broker: its command line, its violations, and that no bytes
 * harm it. What it does with packets is the cases' matter. */
#include "refbroker/client.h"
#include "refbroker/options.h"
#include "refbroker/peer_violations.h"
#include "refbroker/subscription.h"
#include "refbroker/violation.h"
#include "test/packet_samples.h"
#include <check.h>
#include <string.h>

/* ---- the command line -------------------------------------------------- */

static const struct refused {
    const char *arguments[3];
    const char *error;
} refused[] = {
    {{"--lisen", "x"}, "unknown option '--lisen'; did you mean '--listen'?"},
    {{"--zzzz"}, "unknown option '--zzzz'; --help lists them"},
    {{"mqtt://a"}, "unknown option 'mqtt://a'; --help lists them"},
    {{"--help=1"}, "--help takes no value"},
    {{"--listen"}, "--listen: URL is expected"},
    {{"--persist", "x"}, "--listen is missing; --help lists the options"},
    {{"--max-qos", "3"},
     "--max-qos: a number from 0 to 2 is expected, not '3'"},
    {{"--max-qos", "1x"},
     "--max-qos: a number from 0 to 2 is expected, not '1x'"},
    {{"--max-qos="}, "--max-qos: a number from 0 to 2 is expected, not ''"},
    {{"--user", "me"}, "--user: NAME:PASSWORD is expected, not 'me'"},
    {{"--listen", "mqtts://a"},
     "mqtts:// and wss:// need --certificate and --key"},
    {{"--certificate-listen", "mqtt://a"},
     "--certificate-listen needs mqtts:// or wss://, and --client-ca"},
    {{"--violate", "MQTT-3.1.2-22:too-erly"},
     "unknown violation 'MQTT-3.1.2-22:too-erly'; did you mean "
     "'MQTT-3.1.2-22:too-early'?"},
    {{"--violate", "wil-never"},
     "unknown violation 'wil-never'; did you mean 'will-never'?"},
    {{"--violate", "nothing like it"},
     "unknown violation 'nothing like it'; --violations lists them"},
    {{"--violate", ""}, "unknown violation ''; --violations lists them"},
    {{"--violate=will-never", "--violate=will-never"},
     "--violate: exactly one requirement is broken"},
};

static bool parse(struct options *options, const char *const *arguments,
                  char *error, size_t error_size)
{
    char *copies[3];
    int count = 0;

    while (count < 3 && arguments[count]) {
        copies[count] = (char *)(uintptr_t)arguments[count];
        count++;
    }
    return broker_options_parse(options, count, copies, error, error_size);
}

START_TEST(refuses_arguments)
{
    struct options options;
    char error[512] = "";

    ck_assert(!parse(&options, refused[_i].arguments, error, sizeof error));
    ck_assert_str_eq(error, refused[_i].error);
    options_free(&options);
}
END_TEST

START_TEST(reads_arguments)
{
    static const char *const arguments[3] = {
        "--listen=ws://127.0.0.1:0/x", "--user=a:b:c", "--server-keep-alive=7"};
    struct options options;
    char error[512] = "";

    ck_assert_msg(parse(&options, arguments, error, sizeof error), "%s", error);
    ck_assert_uint_eq(options.door_count, 1);
    ck_assert_uint_eq(options.doors[0].url.port, 0);
    ck_assert_str_eq(options.doors[0].url.path, "/x");
    ck_assert_str_eq(options.accounts[0].user_name, "a");
    ck_assert_str_eq(options.accounts[0].password, "b:c");
    ck_assert(options.limits.has_server_keep_alive);
    ck_assert_uint_eq(options.limits.server_keep_alive, 7);
    options_free(&options);
}
END_TEST

/* ---- violations -------------------------------------------------------- */

START_TEST(every_violation_can_be_chosen)
{
    struct buffer list = buffer_make(1 << 20);
    char *line;
    char *rest;

    violation_list(&list);
    buffer_string(&list);
    ck_assert(!list.failed);
    line = strtok_r((char *)list.data, "\n", &rest);
    for (; line; line = strtok_r(NULL, "\n", &rest)) {
        struct choice choice;
        line[strcspn(line, "\t")] = '\0';
        ck_assert_msg(choice_parse(line, &choice), "%s", line);
        *strchr(line, ':') = '\0';
        ck_assert_msg(choice_parse(line, &choice), "%s", line);
    }
    buffer_free(&list);
}
END_TEST

START_TEST(words_of_violations_are_unique)
{
    size_t count;
    const struct violation *rows = violation_rows(&count);

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(rows[i].word, rows[j].word);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < peer_violation_count; j++)
            ck_assert_str_ne(rows[i].word, peer_violations[j].word);
}
END_TEST

START_TEST(a_violation_holds_where_its_statement_does)
{
    struct choice choice;

    ck_assert(choice_parse("MQTT-3.1.2-22:too-early", &choice));
    ck_assert(choice_holds(&choice, MQTT_5_0));
    ck_assert(!choice_holds(&choice, MQTT_3_1_1));
    ck_assert(choice_parse("too-early", &choice));
    ck_assert(choice_holds(&choice, MQTT_3_1));
    ck_assert(choice_parse("MQTT-3.1.2-14", &choice));
    ck_assert(violation_tolerates(&choice, MQTT_3_1_1, "MQTT-3.1.2-14"));
    ck_assert(!violation_tolerates(&choice, MQTT_5_0, "MQTT-3.1.2-14"));
    ck_assert(!violation_tolerates(&choice, MQTT_3_1_1, NULL));
}
END_TEST

/* ---- filters ----------------------------------------------------------- */

static const struct filter_row {
    const char *filter;
    bool valid;
    const char *match; /* of a shared one; NULL: not legal */
} filters[] = {{"a", true, NULL},          {"", false, NULL},
               {"#", true, NULL},          {"a/#", true, NULL},
               {"a#", false, NULL},        {"a/#/b", false, NULL},
               {"+", true, NULL},          {"a/+/b", true, NULL},
               {"a+", false, NULL},        {"+a", false, NULL},
               {"a/b+/c", false, NULL},    {"/", true, NULL},
               {"$share/g/t", true, "t"},  {"$share/g/t/#", true, "t/#"},
               {"$share//t", true, NULL},  {"$share/g", true, NULL},
               {"$share/g/", true, NULL},  {"$share/a+/t", false, NULL},
               {"$share/#/t", false, NULL}};

START_TEST(judges_filters)
{
    const struct filter_row *row = &filters[_i];
    struct slice filter = slice_of(row->filter);
    struct slice match;

    ck_assert_int_eq(filter_valid(filter), row->valid);
    if (!filter_is_shared(filter))
        return;
    ck_assert_int_eq(filter_shared_part(filter, &match), row->match != NULL);
    if (row->match)
        ck_assert(slice_is(match, row->match));
}
END_TEST

/* ---- hostile bytes ----------------------------------------------------- */

/* A broker with one listener, and a plain socket that sends it bytes. */
struct bout {
    uv_loop_t loop;
    struct broker broker;
    struct listener *listener;
    struct peer_options options;
    struct peer_events events;
    uint16_t port;
    uv_tcp_t socket;
    uv_connect_t connect;
    uv_write_t write;
    uv_shutdown_t shutdown;
    uint8_t room[4096];
    uint8_t first[4]; /* what came back first */
    size_t got;
    bool closed;
};

static void *on_opened(void *user, struct peer *peer)
{
    return client_open(user, DOOR_OPEN, peer);
}

static void on_bytes(void *context, struct slice bytes)
{
    client_bytes(context, bytes);
}

static void on_ended(void *context, enum peer_end end)
{
    client_gone(context, end);
}

static void begin(struct bout *bout)
{
    char error[256] = "";

    memset(bout, 0, sizeof *bout);
    ck_assert_int_eq(uv_loop_init(&bout->loop), 0);
    bout->broker = (struct broker){.loop = &bout->loop,
                                   .limits = {.receive_maximum = 10,
                                              .maximum_qos = 2,
                                              .topic_alias_maximum = 4,
                                              .maximum_packet_size = 65536,
                                              .session_expiry_maximum = 1,
                                              .connect_limit = 3600}};
    bout->options = (struct peer_options){
        .transport = NET_TCP, .host = "127.0.0.1", .handshake_limit = 3600};
    bout->events =
        (struct peer_events){&bout->broker, on_opened, on_bytes, on_ended};
    bout->listener = listener_open(&bout->loop, &bout->options, &bout->events,
                                   &bout->port, error, sizeof error);
    ck_assert_msg(bout->listener != NULL, "%s", error);
}

static void end(struct bout *bout)
{
    listener_close(bout->listener);
    broker_shut(&bout->broker);
    broker_free(&bout->broker);
    uv_run(&bout->loop, UV_RUN_DEFAULT);
    ck_assert_ptr_null(bout->broker.clients);
    ck_assert_int_eq(uv_loop_close(&bout->loop), 0);
}

static void give_room(uv_handle_t *handle, size_t size, uv_buf_t *room)
{
    struct bout *bout = handle->data;

    (void)size;
    *room = uv_buf_init((char *)bout->room, sizeof bout->room);
}

static void on_close(uv_handle_t *handle)
{
    ((struct bout *)handle->data)->closed = true;
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    struct bout *bout = stream->data;

    for (ssize_t i = 0; i < size && bout->got + (size_t)i < 4; i++)
        bout->first[bout->got + (size_t)i] = (uint8_t)room->base[i];
    if (size > 0)
        bout->got += (size_t)size;
    else if (size < 0 && !uv_is_closing((uv_handle_t *)stream))
        uv_close((uv_handle_t *)stream, on_close);
}

static void on_connect(uv_connect_t *connect, int status)
{
    (void)connect;
    ck_assert_int_eq(status, 0);
}

/* Sends the bytes, then FIN, and reads until the broker has closed. */
static void send_all(struct bout *bout, struct slice bytes)
{
    struct sockaddr_in address;
    uv_buf_t data =
        uv_buf_init((char *)(uintptr_t)bytes.data, (unsigned)bytes.size);
    uv_stream_t *stream = (uv_stream_t *)&bout->socket;

    bout->got = 0;
    bout->closed = false;
    uv_ip4_addr("127.0.0.1", bout->port, &address);
    uv_tcp_init(&bout->loop, &bout->socket);
    bout->socket.data = bout;
    ck_assert_int_eq(uv_tcp_connect(&bout->connect, &bout->socket,
                                    (struct sockaddr *)&address, on_connect),
                     0);
    ck_assert_int_eq(uv_write(&bout->write, stream, &data, 1, NULL), 0);
    ck_assert_int_eq(uv_shutdown(&bout->shutdown, stream, NULL), 0);
    while (!uv_is_readable(stream))
        uv_run(&bout->loop, UV_RUN_ONCE);
    uv_read_start(stream, give_room, on_read);
    while (!bout->closed)
        uv_run(&bout->loop, UV_RUN_ONCE);
}

/* The packets with which every conversation of the test begins. */
static const char *const greetings[] = {
    [MQTT_3_1] = "101700064d51497364700302003c0009686f7374696c6520",
    [MQTT_3_1_1] = "101400044d5154540402003c0008686f7374696c6520",
    [MQTT_5_0] = "101500044d5154540502003c000008686f7374696c6520"};

static void is_served(struct bout *bout)
{
    static const uint8_t hello[] = {0x10, 0x0d, 0x00, 0x04, 'M',
                                    'Q',  'T',  'T',  0x04, 0x02,
                                    0x00, 0x3c, 0x00, 0x01, 'z'};

    send_all(bout, slice_make(hello, sizeof hello));
    ck_assert_uint_eq(bout->got, 4);
    ck_assert_int_eq(memcmp(bout->first, "\x20\x02\x00\x00", 4), 0);
}

/* Sends a packet behind a CONNECT, with one byte changed in each bout. */
static void send_changed(struct bout *bout, enum mqtt_version version,
                         struct slice packet)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff};
    uint8_t bytes[2 * BYTES_ROOM];
    uint8_t room[BYTES_ROOM];
    struct slice hello = bytes_of_hex(greetings[version], room);

    memcpy(bytes, hello.data, hello.size);
    memcpy(bytes + hello.size, packet.data, packet.size);
    for (size_t i = 0; i < packet.size; i++)
        for (size_t j = 0; j < sizeof changes; j++) {
            bytes[hello.size + i] ^= changes[j];
            send_all(bout, slice_make(bytes, hello.size + packet.size));
            bytes[hello.size + i] ^= changes[j];
        }
}

START_TEST(changed_packets_do_no_harm)
{
    const struct packet_sample *sample = &packet_samples[_i];
    uint8_t room[BYTES_ROOM];
    struct slice packet = bytes_of_hex(sample->hex, room);
    struct bout bout;

    begin(&bout);
    send_all(&bout, packet);
    send_changed(&bout, sample->version, packet);
    is_served(&bout);
    end(&bout);
}
END_TEST

/* Every allocation on the way fails once. */
START_TEST(lack_of_memory_does_no_harm)
{
    const struct packet_sample *sample = &packet_samples[_i];
    uint8_t room[BYTES_ROOM];
    uint8_t bytes[2 * BYTES_ROOM];
    struct slice hello = bytes_of_hex(greetings[sample->version], room);
    struct slice packet;
    struct bout bout;

    memcpy(bytes, hello.data, hello.size);
    packet = bytes_of_hex(sample->hex, room);
    memcpy(bytes + hello.size, packet.data, packet.size);
    begin(&bout);
    for (long n = 1; n < 60; n++) {
        memory_fail_after(n);
        send_all(&bout, slice_make(bytes, hello.size + packet.size));
        memory_fail_after(0);
    }
    is_served(&bout);
    end(&bout);
}
END_TEST

static TCase *words_case(void)
{
    TCase *tests = tcase_create("words");

    tcase_add_loop_test(tests, refuses_arguments, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(tests, reads_arguments);
    tcase_add_test(tests, every_violation_can_be_chosen);
    tcase_add_test(tests, words_of_violations_are_unique);
    tcase_add_test(tests, a_violation_holds_where_its_statement_does);
    tcase_add_loop_test(tests, judges_filters, 0,
                        sizeof filters / sizeof *filters);
    return tests;
}

static TCase *bytes_case(void)
{
    TCase *tests = tcase_create("bytes");
    int count = (int)packet_sample_count;

    tcase_add_loop_test(tests, changed_packets_do_no_harm, 0, count);
    tcase_add_loop_test(tests, lack_of_memory_does_no_harm, 0, count);
    return tests;
}

Suite *refbroker_suite(void)
{
    Suite *suite = suite_create("refbroker");

    suite_add_tcase(suite, words_case());
    suite_add_tcase(suite, bytes_case());
    return suite;
}
