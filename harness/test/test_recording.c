/* record/: conversations that are told packet by packet, and the cases that
 * they make, compared with golden files. GOLDEN_UPDATE=1 writes those anew. */
#include "golden_report.h"
#include "packet_samples.h"

#include "record/recording.h"
#include "script/script.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *recording_suite(void);

#define CASE_MAX ((size_t)1 << 20)
#define GOLDEN "harness/test/golden/recording/"
#define C RECORD_CLIENT
#define B RECORD_BROKER

static struct recording *recording;
static int64_t now;
static bool in_pieces; /* each byte by itself */
static enum mqtt_version version;

/* ---- telling ------------------------------------------------------------ */

static void wait_ms(int64_t ms)
{
    now += ms * 1000000;
}

static void tell_bytes(size_t connection, enum record_side from,
                       struct slice bytes)
{
    wait_ms(1);
    if (!in_pieces)
        recording_bytes(recording, connection, from, bytes, now);
    for (size_t i = 0; in_pieces && i < bytes.size; i++)
        recording_bytes(recording, connection, from,
                        slice_make(bytes.data + i, 1), now);
}

static void tell_hex(size_t connection, enum record_side from, const char *hex)
{
    uint8_t room[BYTES_ROOM];
    tell_bytes(connection, from, bytes_of_hex(hex, room));
}

static void tell(size_t connection, enum record_side from, enum mqtt_type type,
                 const struct mqtt_value *values, size_t count)
{
    struct buffer wire = buffer_make(CASE_MAX);
    struct mqtt_packet packet = {.version = version,
                                 .type = type,
                                 .values =
                                     (struct mqtt_value *)(uintptr_t)values,
                                 .count = count};
    ck_assert(mqtt_encode(&packet, NULL, &wire));
    tell_bytes(connection, from, buffer_slice(&wire));
    buffer_free(&wire);
}
#define TELL(connection, from, type, ...)                                      \
    tell(connection, from, MQTT_##type, (struct mqtt_value[]){__VA_ARGS__},    \
         sizeof((struct mqtt_value[]){__VA_ARGS__}) /                          \
             sizeof(struct mqtt_value))

static void answer(size_t connection, enum record_side from,
                   enum mqtt_type type, uint32_t packet_id)
{
    struct mqtt_value value = NUMBER(PACKET_ID, packet_id);
    tell(connection, from, type, &value, packet_id ? 1 : 0);
}
#define ANSWER(connection, from, type, packet_id)                              \
    answer(connection, from, MQTT_##type, packet_id)

static size_t open_connection(void)
{
    wait_ms(1);
    return recording_opened(recording, now);
}

static void end(size_t connection, enum record_side from, bool reset)
{
    wait_ms(1);
    recording_ended(recording, connection, from, reset, now);
}

static void accept_it(size_t connection, uint32_t present)
{
    TELL(connection, B, CONNACK, NUMBER(SESSION_PRESENT, present),
         NUMBER(REASON_CODE, 0));
}

/* The text may hold no zero. */
static struct mqtt_value text_value(enum mqtt_field field, const char *text)
{
    return (struct mqtt_value){.field = field, .bytes = slice_of(text)};
}

static size_t come(const char *client_id)
{
    size_t connection = open_connection();
    TELL(connection, C, CONNECT, NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 60),
         text_value(MQTT_CLIENT_ID, client_id));
    accept_it(connection, 0);
    return connection;
}

static void subscribe(size_t connection, const char *filter, uint32_t qos)
{
    TELL(connection, C, SUBSCRIBE, NUMBER(PACKET_ID, 1),
         text_value(MQTT_FILTER, filter), NUMBER(QOS, qos));
    TELL(connection, B, SUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, qos));
}

static void publish(size_t connection, enum record_side from, const char *topic,
                    const char *payload, uint32_t qos, uint32_t packet_id)
{
    const struct mqtt_value values[] = {
        NUMBER(QOS, qos), text_value(MQTT_TOPIC, topic),
        text_value(MQTT_PAYLOAD, payload), NUMBER(PACKET_ID, packet_id)};
    tell(connection, from, MQTT_PUBLISH, values, packet_id ? 4 : 3);
}

static void leave(size_t connection)
{
    tell(connection, C, MQTT_DISCONNECT, NULL, 0);
    end(connection, C, false);
    end(connection, B, false);
}

/* ---- conversations ------------------------------------------------------ */

static void release(size_t connection, enum record_side by, uint32_t packet_id)
{
    enum record_side other = by == C ? B : C;
    ANSWER(connection, other, PUBREC, packet_id);
    ANSWER(connection, by, PUBREL, packet_id);
    ANSWER(connection, other, PUBCOMP, packet_id);
}

/* Every QoS, a retained message, a Will, pings in between. */
static void ordinary(void)
{
    size_t sub = come("meter-7"), pub = open_connection(), late;
    subscribe(sub, "plant/#", 2);
    TELL(pub, C, CONNECT, NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 5),
         TEXT(CLIENT_ID, "auto-0123456789-0123456789"), NUMBER(WILL_QOS, 1),
         WILL_TEXT(WILL_TOPIC, "plant/gone"), WILL_TEXT(WILL_PAYLOAD, "bye"));
    accept_it(pub, 0);
    publish(pub, C, "plant/a", "21.5 \302\260C at $5", 0, 0);
    publish(sub, B, "plant/a", "21.5 \302\260C at $5", 0, 0);
    wait_ms(4000);
    ANSWER(pub, C, PINGREQ, 0);
    ANSWER(pub, B, PINGRESP, 0);
    publish(pub, C, "plant/a", "on", 1, 9);
    ANSWER(pub, B, PUBACK, 9);
    publish(sub, B, "plant/a", "on", 1, 1);
    ANSWER(sub, C, PUBACK, 1);
    TELL(pub, C, PUBLISH, NUMBER(QOS, 2), NUMBER(RETAIN, 1),
         TEXT(TOPIC, "plant/b"), NUMBER(PACKET_ID, 10),
         TEXT(PAYLOAD, "\001\002"));
    publish(sub, B, "plant/b", "\001\002", 2, 2);
    release(pub, C, 10);
    release(sub, B, 2);
    late = come("late");
    subscribe(late, "plant/b", 0);
    TELL(late, B, PUBLISH, NUMBER(RETAIN, 1), TEXT(TOPIC, "plant/b"),
         TEXT(PAYLOAD, "\001\002"));
    leave(late);
    end(pub, C, true);
    publish(sub, B, "plant/gone", "bye", 1, 3);
    ANSWER(sub, C, PUBACK, 3);
    leave(sub);
}

/* A client comes a second time while it is there, and then once more. */
static void take_over(void)
{
    version = MQTT_5_0;
    size_t old = come("pump"), young = open_connection(), third;
    TELL(young, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "pump"),
         NUMBER(SESSION_EXPIRY_INTERVAL, 4294967295));
    TELL(old, B, DISCONNECT, NUMBER(REASON_CODE, 0x8e));
    end(old, B, false);
    accept_it(young, 1);
    leave(young);
    third = open_connection();
    TELL(third, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "pump"));
    accept_it(third, 1);
}

/* Requests that do not wait for answers, and what is then open. */
static void pipelined(void)
{
    size_t hasty = open_connection(), back;
    TELL(hasty, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "hasty"));
    TELL(hasty, C, SUBSCRIBE, NUMBER(PACKET_ID, 1), TEXT(FILTER, "in"),
         NUMBER(QOS, 2), TEXT(FILTER, "out/+"), NUMBER(QOS, 0));
    accept_it(hasty, 0);
    TELL(hasty, B, SUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 2),
         NUMBER(REASON_CODE, 0x80));
    publish(hasty, C, "in", "first", 2, 2);
    publish(hasty, C, "in", "second", 2, 3);
    ANSWER(hasty, B, PUBREC, 2);
    ANSWER(hasty, B, PUBREC, 3);
    ANSWER(hasty, C, PUBREL, 3);
    ANSWER(hasty, B, PUBCOMP, 3);
    publish(hasty, C, "elsewhere", "third", 1, 4);
    end(hasty, C, false);
    back = open_connection();
    TELL(back, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "hasty"));
    accept_it(back, 1);
    ANSWER(back, C, PUBREL, 2);
    ANSWER(back, B, PUBCOMP, 2);
    TELL(back, C, PUBLISH, NUMBER(DUP, 1), NUMBER(QOS, 1),
         TEXT(TOPIC, "elsewhere"), NUMBER(PACKET_ID, 4),
         TEXT(PAYLOAD, "third"));
    ANSWER(back, B, PUBACK, 4);
}

/* A delivery that is not acknowledged comes again. */
static void delivered_again(void)
{
    size_t sub = open_connection(), pub = come("pub"), back;
    TELL(sub, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "sub"));
    accept_it(sub, 0);
    subscribe(sub, "a", 2);
    publish(pub, C, "a", "once", 1, 1);
    ANSWER(pub, B, PUBACK, 1);
    publish(sub, B, "a", "once", 1, 1);
    publish(pub, C, "a", "twice", 2, 2);
    release(pub, C, 2);
    publish(sub, B, "a", "twice", 2, 2);
    ANSWER(sub, C, PUBREC, 2);
    end(sub, C, true);
    back = open_connection();
    TELL(back, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "sub"));
    accept_it(back, 1);
    TELL(back, B, PUBLISH, NUMBER(DUP, 1), NUMBER(QOS, 1), TEXT(TOPIC, "a"),
         NUMBER(PACKET_ID, 1), TEXT(PAYLOAD, "once"));
    ANSWER(back, C, PUBACK, 1);
    ANSWER(back, B, PUBREL, 2);
    ANSWER(back, C, PUBCOMP, 2);
}

/* Two publishers, two topics: no order but within each. */
static void without_order(void)
{
    size_t sub = come("sub"), one = come("one"), two = come("two");
    subscribe(sub, "#", 0);
    publish(one, C, "a", "a1", 0, 0);
    publish(two, C, "b", "b1", 0, 0);
    publish(one, C, "a", "a2", 0, 0);
    publish(sub, B, "b", "b1", 0, 0);
    publish(sub, B, "a", "a1", 0, 0);
    publish(sub, B, "a", "a2", 0, 0);
    publish(one, C, "a", "a3", 0, 0);
    publish(sub, B, "a", "a3", 0, 0);
    publish(one, C, "a", "a4", 0, 0);
    publish(one, C, "a", "a5", 0, 0);
    publish(sub, B, "a", "a4", 0, 0);
    publish(sub, B, "a", "a5", 0, 0);
}

/* A message of QoS 0 is not overtaken by what the next client does. */
static void fenced(void)
{
    size_t pub = come("pub"), sub;
    TELL(pub, C, PUBLISH, NUMBER(RETAIN, 1), TEXT(TOPIC, "state"),
         TEXT(PAYLOAD, "up"));
    sub = come("sub");
    subscribe(sub, "state", 0);
    TELL(sub, B, PUBLISH, NUMBER(RETAIN, 1), TEXT(TOPIC, "state"),
         TEXT(PAYLOAD, "up"));
    publish(pub, C, "state", "down", 0, 0);
    publish(pub, C, "state", "gone", 0, 0);
    publish(sub, B, "state", "down", 0, 0);
    leave(sub);
}

/* What cannot be read, and what can but must not be sent. */
static void damaged(void)
{
    size_t good = come("good"), bad, worse, worst, none;
    bad = come("bad");
    /* DUP with QoS 0; SUBSCRIBE with flags 0; a topic beyond its packet */
    tell_hex(bad, C, "38 07 00 03 61 2f 62 68 69");
    tell_hex(bad, C, "80 06 00 01 00 01 61 00");
    tell_hex(bad, C, "30 03 00 09 61");
    end(bad, B, false);
    /* A CONNECT that is cut within the password. */
    worse = open_connection();
    tell_hex(worse, C,
             "10 1b 00 04 4d 51 54 54 04 c2 00 0a 00 01 62 00 01 75 00 09 70"
             "61 73 73 77 6f 72");
    end(worse, B, true);
    /* No Remaining Length; then no packet can be found any more. */
    worst = come("worst");
    tell_hex(worst, C, "30 ff ff ff ff 01");
    tell_hex(worst, C, "c0 00");
    end(worst, B, false);
    none = open_connection();
    end(none, C, false);
    ANSWER(good, C, PINGREQ, 0);
    tell_hex(good, C, "30 20 00");
    end(good, C, false);
}

/* The same without an end: then it has to be bytes. */
static void damaged_and_kept(void)
{
    size_t bad = come("bad");
    tell_hex(bad, C, "38 07 00 03 61 2f 62 68 69");
    ANSWER(bad, C, PUBACK, 7);
    leave(bad);
}

/* Messages that the recorder saw only delivered. */
static void from_elsewhere(void)
{
    size_t one = come("one"), two = come("two");
    TELL(one, C, SUBSCRIBE, NUMBER(PACKET_ID, 1), TEXT(FILTER, "+/state"),
         NUMBER(QOS, 1), TEXT(FILTER, "$SYS/#"), NUMBER(QOS, 0));
    TELL(one, B, SUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 1),
         NUMBER(REASON_CODE, 0));
    TELL(one, B, PUBLISH, NUMBER(RETAIN, 1), TEXT(TOPIC, "$SYS/uptime"),
         TEXT(PAYLOAD, "1 s"));
    TELL(one, B, PUBLISH, NUMBER(RETAIN, 1), NUMBER(QOS, 1),
         TEXT(TOPIC, "a/state"), NUMBER(PACKET_ID, 1), TEXT(PAYLOAD, "on"));
    ANSWER(one, C, PUBACK, 1);
    subscribe(two, "a/state", 0);
    TELL(two, B, PUBLISH, NUMBER(RETAIN, 1), TEXT(TOPIC, "a/state"),
         TEXT(PAYLOAD, "on"));
    publish(two, B, "a/state", "off", 0, 0);
    publish(one, B, "a/state", "off", 1, 2);
    ANSWER(one, C, PUBACK, 2);
}

/* A client that falls silent is thrown out. */
static void silent(void)
{
    size_t quiet = open_connection();
    TELL(quiet, C, CONNECT, NUMBER(CLEAN_START, 1), NUMBER(KEEP_ALIVE, 10),
         TEXT(CLIENT_ID, "quiet"));
    accept_it(quiet, 0);
    wait_ms(8000);
    ANSWER(quiet, C, PINGREQ, 0);
    ANSWER(quiet, B, PINGRESP, 0);
    wait_ms(15000);
    end(quiet, B, false);
}

/* Intervals of 5.0, properties, an alias, and a user with a password. */
static void of_5_0(void)
{
    version = MQTT_5_0;
    size_t pub = open_connection(), sub = open_connection(), back;
    TELL(pub, C, CONNECT, NUMBER(CLEAN_START, 1), TEXT(CLIENT_ID, "pub"),
         TEXT(USER_NAME, "reader"), TEXT(PASSWORD, "open sesame"));
    accept_it(pub, 0);
    TELL(sub, C, CONNECT, NUMBER(CLEAN_START, 1), TEXT(CLIENT_ID, "sub"),
         TEXT(USER_NAME, "writer"), TEXT(PASSWORD, "shut sesame"),
         NUMBER(SESSION_EXPIRY_INTERVAL, 30), NUMBER(RECEIVE_MAXIMUM, 5));
    TELL(sub, B, CONNACK, NUMBER(REASON_CODE, 0), NUMBER(RECEIVE_MAXIMUM, 20),
         NUMBER(TOPIC_ALIAS_MAXIMUM, 10));
    TELL(sub, C, SUBSCRIBE, NUMBER(PACKET_ID, 1), TEXT(FILTER, "ask"),
         NUMBER(QOS, 1), NUMBER(NO_LOCAL, 1),
         NUMBER(SUBSCRIPTION_IDENTIFIER, 7));
    TELL(sub, B, SUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 1));
    leave(sub);
    TELL(pub, C, PUBLISH, NUMBER(QOS, 1), TEXT(TOPIC, "ask"),
         NUMBER(PACKET_ID, 1), TEXT(PAYLOAD, "time?"), NUMBER(TOPIC_ALIAS, 1),
         NUMBER(MESSAGE_EXPIRY_INTERVAL, 60), TEXT(RESPONSE_TOPIC, "tell/pub"),
         TEXT(CORRELATION_DATA, "\377\001"), PAIR(USER_PROPERTY, "a", "b c"),
         PAIR(USER_PROPERTY, "a", ""));
    TELL(pub, B, PUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 0x10));
    TELL(pub, C, PUBLISH, NUMBER(QOS, 1), TEXT(TOPIC, ""), NUMBER(PACKET_ID, 2),
         TEXT(PAYLOAD, "date?"), NUMBER(TOPIC_ALIAS, 1));
    TELL(pub, B, PUBACK, NUMBER(PACKET_ID, 2), NUMBER(REASON_CODE, 0x97));
    wait_ms(12340);
    back = open_connection();
    TELL(back, C, CONNECT, NUMBER(CLEAN_START, 0), TEXT(CLIENT_ID, "sub"),
         TEXT(USER_NAME, "writer"), TEXT(PASSWORD, "shut sesame"));
    accept_it(back, 1);
    TELL(back, B, PUBLISH, NUMBER(QOS, 1), TEXT(TOPIC, "ask"),
         NUMBER(PACKET_ID, 1), TEXT(PAYLOAD, "time?"),
         NUMBER(MESSAGE_EXPIRY_INTERVAL, 47),
         NUMBER(SUBSCRIPTION_IDENTIFIER, 7), TEXT(RESPONSE_TOPIC, "tell/pub"),
         TEXT(CORRELATION_DATA, "\377\001"), PAIR(USER_PROPERTY, "a", "b c"),
         PAIR(USER_PROPERTY, "a", ""));
    ANSWER(back, C, PUBACK, 1);
    TELL(back, C, DISCONNECT, NUMBER(REASON_CODE, 4));
    end(back, B, false);
}

/* Refusals, and clients of other versions. */
static void refused(void)
{
    size_t stranger = open_connection(), modern, old;
    TELL(stranger, C, CONNECT, NUMBER(CLEAN_START, 1), TEXT(CLIENT_ID, ""),
         TEXT(USER_NAME, "nobody"));
    TELL(stranger, B, CONNACK, NUMBER(REASON_CODE, 5));
    end(stranger, C, false);
    end(stranger, B, false);
    old = come("old");
    leave(old);
    version = MQTT_5_0;
    modern = open_connection();
    TELL(modern, C, CONNECT, NUMBER(CLEAN_START, 1), TEXT(CLIENT_ID, "modern"));
    TELL(modern, B, CONNACK, NUMBER(REASON_CODE, 0x9c),
         TEXT(SERVER_REFERENCE, "other"));
    end(modern, B, false);
}

/* Group filters, the names of others, a topic that all share. */
static void shared_topics(void)
{
    size_t one = come("one");
    TELL(one, C, SUBSCRIBE, NUMBER(PACKET_ID, 1), TEXT(FILTER, "$share/g/a/+"),
         NUMBER(QOS, 0), TEXT(FILTER, "$share/g"), NUMBER(QOS, 0),
         TEXT(FILTER, "$queue/b c"), NUMBER(QOS, 0), TEXT(FILTER, "/d"),
         NUMBER(QOS, 0));
    TELL(one, B, SUBACK, NUMBER(PACKET_ID, 1), NUMBER(REASON_CODE, 0),
         NUMBER(REASON_CODE, 0), NUMBER(REASON_CODE, 0),
         NUMBER(REASON_CODE, 0));
    publish(one, C, "/d", "any", 0, 0);
    publish(one, B, "/d", "any", 0, 0);
    TELL(one, C, UNSUBSCRIBE, NUMBER(PACKET_ID, 2), TEXT(FILTER, "/d"));
    ANSWER(one, B, UNSUBACK, 2);
}

/* The eighth event is the last. */
static void too_much(void)
{
    size_t sub = come("sub");
    subscribe(sub, "a", 0);
    for (int i = 0; i < 10; i++)
        publish(sub, C, "a", "more", 0, 0);
    ck_assert(recording_is_full(recording));
}

static const struct {
    const char *name;
    void (*tell)(void);
    size_t packets; /* limit; 0: none */
} conversations[] = {
    {"ordinary", ordinary, 0},
    {"take-over", take_over, 0},
    {"pipelined", pipelined, 0},
    {"delivered-again", delivered_again, 0},
    {"without-order", without_order, 0},
    {"fenced", fenced, 0},
    {"damaged", damaged, 0},
    {"damaged-and-kept", damaged_and_kept, 0},
    {"from-elsewhere", from_elsewhere, 0},
    {"silent", silent, 0},
    {"of-5.0", of_5_0, 0},
    {"refused", refused, 0},
    {"shared-topics", shared_topics, 0},
    {"too-much", too_much, 8},
};
enum { CONVERSATIONS = sizeof conversations / sizeof *conversations };

/* ---- the tests ---------------------------------------------------------- */

static bool make_case(int number, bool pieces, struct buffer *out)
{
    size_t packets = conversations[number].packets;
    struct recording_words words = {conversations[number].name,
                                    "mqtt://broker.example"};
    recording = recording_new(
        &(struct recording_limits){packets ? packets : 1000, CASE_MAX});
    ck_assert_ptr_nonnull(recording);
    now = 0;
    version = MQTT_3_1_1;
    in_pieces = pieces;
    conversations[number].tell();
    bool written = recording_write(recording, &words, out);
    recording_free(recording);
    return written;
}

static void golden_path(char *path, size_t size, int number)
{
    snprintf(path, size, GOLDEN "%s.yaml", conversations[number].name);
}

START_TEST(a_conversation_makes_a_case)
{
    struct buffer text = buffer_make(CASE_MAX);
    char path[200];
    golden_path(path, sizeof path, _i);
    ck_assert(make_case(_i, false, &text));
    golden_report(path, buffer_string(&text));
    ck_assert_ptr_null(strstr(buffer_string(&text), "sesame"));
    buffer_free(&text);
}
END_TEST

START_TEST(it_does_not_matter_how_the_bytes_come)
{
    struct buffer whole = buffer_make(CASE_MAX), pieces = buffer_make(CASE_MAX);
    if (conversations[_i].packets)
        return;
    ck_assert(make_case(_i, false, &whole));
    ck_assert(make_case(_i, true, &pieces));
    ck_assert_str_eq(buffer_string(&whole), buffer_string(&pieces));
    buffer_free(&whole);
    buffer_free(&pieces);
}
END_TEST

/* What is written is a case: the loader and lint take it as it is. */
START_TEST(the_case_is_well_formed)
{
    struct diagnostics diagnostics;
    struct buffer text = buffer_make(CASE_MAX);
    char path[200];
    const char *paths[] = {path};
    golden_path(path, sizeof path, _i);
    ck_assert(diagnostics_begin(&diagnostics));
    struct suite *suite = suite_load(paths, 1, NULL, &diagnostics);
    diagnostics_print(&diagnostics, &text);
    ck_assert_msg(suite != NULL && diagnostics.errors == 0 &&
                      diagnostics.warnings == 0,
                  "%s", buffer_string(&text));
    suite_free(suite);
    diagnostics_end(&diagnostics);
    buffer_free(&text);
}
END_TEST

/* The n-th allocation fails: there is no case then, and no harm. */
START_TEST(memory_may_run_out)
{
    bool failed = true;
    for (long n = 1; failed; n++) {
        struct buffer text = buffer_make(CASE_MAX);
        struct recording_words words = {"memory", "mqtt://broker.example"};
        recording = recording_new(
            &(struct recording_limits){.packets = 1000, .bytes = CASE_MAX});
        now = 0;
        version = MQTT_3_1_1;
        in_pieces = false;
        size_t one = recording_opened(recording, now);
        memory_fail_after(n);
        tell_hex(one, C, "10 0d 00 04 4d 51 54 54 04 02 00 0a 00 01 62");
        tell_hex(one, B, "20 02 00 00");
        tell_hex(one, C, "30 04 00 01 61 62");
        tell_hex(one, C, "c0 01 00");
        recording_ended(recording, one, C, false, now);
        failed = !recording_write(recording, &words, &text);
        memory_fail_after(0);
        ck_assert(n < 1000);
        recording_free(recording);
        buffer_free(&text);
    }
}
END_TEST

START_TEST(nothing_is_kept_beyond_the_limit_of_bytes)
{
    uint8_t zeros[200] = {0x30, 0xc5, 0x01};
    recording =
        recording_new(&(struct recording_limits){.packets = 9, .bytes = 100});
    size_t one = recording_opened(recording, 0);
    recording_bytes(recording, one, C, slice_make(zeros, 100), 1);
    ck_assert(!recording_is_full(recording));
    recording_bytes(recording, one, C, slice_make(zeros + 100, 100), 2);
    ck_assert(recording_is_full(recording));
    ck_assert(!recording_has_failed(recording));
    recording_free(recording);
}
END_TEST

Suite *recording_suite(void)
{
    Suite *suite = suite_create("recording");
    TCase *tcase = tcase_create("recording");
    tcase_add_loop_test(tcase, a_conversation_makes_a_case, 0, CONVERSATIONS);
    tcase_add_loop_test(tcase, it_does_not_matter_how_the_bytes_come, 0,
                        CONVERSATIONS);
    tcase_add_loop_test(tcase, the_case_is_well_formed, 0, CONVERSATIONS);
    tcase_add_test(tcase, memory_may_run_out);
    tcase_add_test(tcase, nothing_is_kept_beyond_the_limit_of_bytes);
    suite_add_tcase(suite, tcase);
    return suite;
}
