/* `record` between mosquitto_pub, mosquitto_sub and Mosquitto: the case that
 * it writes passes there and on the reference broker, and fails when that
 * breaks what was recorded. */
#include "expect.h"
#include "fake_broker.h"
#include "mosquitto.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct mosquitto broker;
static char port[8], listen_url[64], file[160];
static struct program recorder;

static void begin(void)
{
    expect_begin();
    ck_assert_msg(mosquitto_start(&broker, CERTS), "Mosquitto does not start");
    snprintf(port, sizeof port, "%u", fake_free_port());
    snprintf(listen_url, sizeof listen_url, "mqtt://127.0.0.1:%s", port);
    snprintf(file, sizeof file, "%s", expect_file("field.yaml"));
    setenv("MQTTSPEC_PASSWORD", BROKER_PASSWORD, 1);
}

static void finish(void)
{
    unsetenv("MQTTSPEC_PASSWORD");
    mosquitto_stop(&broker);
    expect_end();
}

/* ---- the programs ------------------------------------------------------- */

static void start(struct program *program, const char *const *arguments)
{
    ck_assert_msg(program_start(program, arguments), "%s does not start",
                  arguments[0]);
}
#define START(program, ...)                                                    \
    start(program, (const char *const[]){__VA_ARGS__, NULL})

static void start_recording(const char *more, const char *value)
{
    START(&recorder, program_mqttspec(), "record", broker.tcp, "--listen",
          listen_url, "--output", file, more, value);
    ck_assert(program_printed(&recorder, "listening on mqtt://127.0.0.1:"));
}

/* Waits for the recorder's end; gives nothing when status is not its. */
static void expect_recorded(int status)
{
    struct program_end end;
    program_wait(&recorder, &end);
    expect_status(&end, status);
    program_forget(&end);
}

static void stop_recording(int status)
{
    kill(recorder.pid, SIGINT);
    expect_recorded(status);
}

static void expect_done(struct program *program)
{
    struct program_end end;
    program_wait(program, &end);
    expect_status(&end, 0);
    program_forget(&end);
}

#define CLIENT(word, version)                                                  \
    word, "-V", version, "-h", "127.0.0.1", "-p", port, "-u", BROKER_USER,     \
        "-P", BROKER_PASSWORD

/* Publishes and waits until that is over. */
#define PUBLISH(version, ...)                                                  \
    do {                                                                       \
        struct program pub;                                                    \
        START(&pub, CLIENT("mosquitto_pub", version), __VA_ARGS__);            \
        expect_done(&pub);                                                     \
    } while (0)

/* Subscribes and waits until it is subscribed. */
#define SUBSCRIBE(program, version, ...)                                       \
    do {                                                                       \
        START(program, "stdbuf", "-oL", CLIENT("mosquitto_sub", version),      \
              "-d", __VA_ARGS__);                                              \
        ck_assert(program_printed(program, "Subscribed (mid"));                \
    } while (0)

static void kill_program(struct program *program)
{
    struct program_end end;
    kill(program->pid, SIGKILL);
    program_wait(program, &end);
    ck_assert_int_eq(end.signal, SIGKILL);
    program_forget(&end);
}

/* ---- playing it --------------------------------------------------------- */

static void expect_play(const char *url, const char *patience,
                        const char *violation)
{
    int status = violation ? 1 : 0;
    struct program_end end = PROGRAM_RUN("run", url, "--cases", file, "--user",
                                         BROKER_USER, "--patience", patience);
    ck_assert_msg(end.status == status, "exit status %d, not %d, with %s\n%s%s",
                  end.status, status, violation ? violation : "a sound broker",
                  end.out, end.err);
    if (violation)
        expect_text(end.out, "FAIL  recorded/field@");
    program_forget(&end);
}

static void play_on_reference_broker(const char *violation)
{
    const char *binary = getenv("REFBROKER");
    struct program reference;
    struct program_end end;
    char url[64];
    snprintf(url, sizeof url, "mqtt://127.0.0.1:%u", fake_free_port());
    START(&reference, binary ? binary : "build/refbroker", "--listen", url,
          "--user", BROKER_USER ":" BROKER_PASSWORD,
          violation ? "--violate" : NULL, violation);
    ck_assert(program_printed(&reference, "listening on"));
    expect_play(url, violation ? "0.1" : "1", violation);
    kill(reference.pid, SIGTERM);
    program_wait(&reference, &end);
    program_forget(&end);
}

static void expect_sound_case(void)
{
    struct program_end end = PROGRAM_RUN("lint", file);
    expect_status(&end, 0);
    expect_no_text(end.err, "warning");
    program_forget(&end);
    expect_play(broker.tcp, "1", NULL);
    play_on_reference_broker(NULL);
}

/* ---- the tests ---------------------------------------------------------- */

static const char *const versions[] = {"mqttv31", "mqttv311", "mqttv5"};
/* Each breaks something that the conversation shows. */
static const char *const violations[] = {
    "retained-not-kept", "retained-without-flag",
    "live-with-retain",  "will-never",
    "will-qos-0",        "qos2-as-qos1",
    "publish-unanswered"};

/* Three publishers, one of each QoS; a subscriber that is killed and leaves a
 * Will; one that comes late for the retained message. */
static void converse(const char *version)
{
    struct program watcher, doomed, late;
    SUBSCRIBE(&watcher, version, "-i", "watcher", "-t", "plant/#", "-q", "2",
              "-C", "4");
    PUBLISH(version, "-t", "plant/heat", "-m", "21.5");
    PUBLISH(version, "-i", "meter-7", "-t", "plant/power", "-m", "{\"kW\": $5}",
            "-q", "1");
    PUBLISH(version, "-t", "plant/state", "-m", "on", "-q", "2", "-r");
    START(&late, CLIENT("mosquitto_sub", version), "-i", "late", "-t",
          "plant/state", "-q", "1", "-C", "1");
    expect_done(&late);
    SUBSCRIBE(&doomed, version, "-i", "doomed", "-t", "nothing/here",
              "--will-topic", "plant/gone", "--will-payload", "doomed",
              "--will-qos", "1");
    kill_program(&doomed);
    expect_done(&watcher);
}

START_TEST(a_recorded_case_is_worth_something)
{
    start_recording(NULL, NULL);
    converse(versions[_i]);
    stop_recording(0);
    ck_assert(expect_in_file(file, "topic: $topic/plant/gone"));
    ck_assert(expect_in_file(file, "{\\\"kW\\\": $$5}"));
    ck_assert(!expect_in_file(file, "sesame"));
    expect_sound_case();
    for (size_t i = 0; i < sizeof violations / sizeof *violations; i++)
        play_on_reference_broker(violations[i]);
}
END_TEST

START_TEST(it_ends_after_so_many_connections)
{
    start_recording("--connections", "2");
    PUBLISH("mqttv311", "-t", "a", "-m", "1");
    PUBLISH("mqttv5", "-t", "a", "-m", "2");
    expect_recorded(0);
    ck_assert(expect_in_file(file, "version: 5.0"));
    expect_sound_case();
}
END_TEST

/* To Mosquitto it speaks TLS, to the client TCP. */
START_TEST(the_broker_may_be_behind_tls)
{
    struct program_end end;
    START(&recorder, program_mqttspec(), "record", broker.tls, "--ca",
          CERTS "/ca.pem", "--listen", listen_url, "--connections", "1");
    ck_assert(program_printed(&recorder, "listening on mqtt://127.0.0.1:"));
    PUBLISH("mqttv5", "-t", "a", "-m", "1", "-q", "1");
    program_wait(&recorder, &end);
    expect_status(&end, 0);
    expect_text(end.out, "send: publish, topic: $topic/a, qos: 1");
    program_forget(&end);
}
END_TEST

/* Sends the bytes, and reads until the other side ends. */
static void send_garbage(const char *bytes, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(port))};
    char room[64];
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    ck_assert_int_eq(
        connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(write(descriptor, bytes, size), (ssize_t)size);
    while (read(descriptor, room, sizeof room) > 0)
        continue;
    close(descriptor);
}

START_TEST(broken_bytes_are_recorded)
{
    start_recording("--connections", "1");
    send_garbage("\x10\x03\x00\x09M", 5);
    expect_recorded(0);
    ck_assert(
        expect_in_file(file, "send: bytes, data: [{hex: \"100300094d\"}]"));
    ck_assert(expect_in_file(file, "expect: close"));
    expect_sound_case();
}
END_TEST

START_TEST(without_clients_there_is_no_case)
{
    start_recording(NULL, NULL);
    stop_recording(4);
    ck_assert_int_ne(access(file, F_OK), 0);
}
END_TEST

START_TEST(a_broker_that_is_not_there)
{
    struct program_end end =
        PROGRAM_RUN("record", listen_url, "--output", file);
    expect_status(&end, 3);
    expect_text(end.err, "cannot be reached");
    ck_assert_int_ne(access(file, F_OK), 0);
    program_forget(&end);
}
END_TEST

START_TEST(bad_usage)
{
    static const struct {
        const char *word, *value, *message;
    } rows[] = {
        {"--listen", "mqtts://127.0.0.1:0", "listens on mqtt:// only"},
        {"--listen", "mqtt://broker.example:0", "no address to listen at"},
        {"--listen", "127.0.0.1", "--listen: "},
        {"--connections", "0", "--connections"},
        {"mqtt://127.0.0.1", "mqtt://127.0.0.1", "one URL of one broker"},
        {"--output", NULL, "needs a value"},
    };
    struct program_end end = PROGRAM_RUN("record");
    expect_status(&end, 2);
    program_forget(&end);
    end = PROGRAM_RUN("record", MOSQUITTO);
    expect_status(&end, 2);
    expect_text(end.err, "does not start brokers");
    program_forget(&end);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        end = PROGRAM_RUN("record", broker.tcp, rows[i].word, rows[i].value);
        expect_status(&end, 2);
        expect_text(end.err, rows[i].message);
        program_forget(&end);
    }
}
END_TEST

Suite *recorder_suite(void)
{
    Suite *suite = suite_create("recorder");
    TCase *tcase = tcase_create("recorder");
    tcase_set_timeout(tcase, TEST_SECONDS);
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_loop_test(tcase, a_recorded_case_is_worth_something, 0,
                        sizeof versions / sizeof *versions);
    tcase_add_test(tcase, it_ends_after_so_many_connections);
    tcase_add_test(tcase, the_broker_may_be_behind_tls);
    tcase_add_test(tcase, broken_bytes_are_recorded);
    tcase_add_test(tcase, without_clients_there_is_no_case);
    tcase_add_test(tcase, a_broker_that_is_not_there);
    tcase_add_test(tcase, bad_usage);
    suite_add_tcase(suite, tcase);
    return suite;
}
