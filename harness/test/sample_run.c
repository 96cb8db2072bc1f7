#include "sample_run.h"

#include "test/scratch.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MS INT64_C(1000000)
#define YAML "harness/test/golden/console/takeover.yaml"
#define BYTES(...)                                                             \
    {                                                                          \
        (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) \
    }
#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- conversations ----------------------------------------------------- */

static const struct said takeover_said[] = {
    {SAID_OPENED, 0, "first", "tcp from 127.0.0.1:50112", {NULL, 0}, 0},
    {SAID_SENT, 150000, "first",
     "CONNECT client_id=\"m1a7k\" clean_start=1 keep_alive=600",
     BYTES(0x10, 0x12, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x05, 0x02, 0x02,
           0x58, 0x00, 0x00, 0x05, 0x6d, 0x31, 0x61, 0x37, 0x6b),
     20},
    {SAID_RECEIVED, 410000, "first",
     "CONNACK session_present=0 reason_code=0x00 receive_maximum=20 "
     "topic_alias_maximum=10 maximum_packet_size=268435455",
     BYTES(0x20, 0x0e, 0x00, 0x00, 0x0b, 0x21, 0x00, 0x14, 0x22, 0x00, 0x0a,
           0x27, 0x0f, 0xff, 0xff, 0xff),
     16},
    {SAID_OPENED, 500000, "second", "tcp from 127.0.0.1:50113", {NULL, 0}, 0},
    {SAID_SENT, 640000, "second",
     "CONNECT client_id=\"m1a7k\" clean_start=1 keep_alive=600 "
     "user_name=\"alice\" password=***",
     BYTES(0x10, 0x1f, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54, 0x05, 0xc2, 0x02,
           0x58, 0x00, 0x00, 0x05, 0x6d, 0x31, 0x61, 0x37, 0x6b, 0x00, 0x05,
           0x61, 0x6c, 0x69, 0x63, 0x65, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00),
     33},
    {SAID_RECEIVED, 930000, "second",
     "CONNACK session_present=0 reason_code=0x00",
     BYTES(0x20, 0x03, 0x00, 0x00, 0x00), 5},
    {SAID_OURS, 30000950000, "first", "close: fin", {NULL, 0}, 0},
    {SAID_SIGN, 30001200000, "first", "FIN seen", {NULL, 0}, 0},
    {SAID_ENDED, 30001210000, "first", "", {NULL, 0}, 0},
};

static const struct said publish_said[] = {
    {SAID_SENT, 100000, "c",
     "PUBLISH qos=1 topic=\"mqttspec/m1/big\" packet_id=2 payload=3000 bytes",
     BYTES(0x32, 0xc9, 0x17, 0x00, 0x0f, 0x6d, 0x71, 0x74, 0x74, 0x73, 0x70,
           0x65, 0x63, 0x2f, 0x6d, 0x31, 0x2f, 0x62, 0x69, 0x67, 0x00, 0x02),
     3020},
    {SAID_NOTE, 120000, "c", "written in 3 pieces of 1000 bytes", {NULL, 0}, 0},
    {SAID_RECEIVED, 5300000, "c", "PUBACK packet_id=2 reason_code=0x97",
     BYTES(0x40, 0x03, 0x00, 0x02, 0x97), 5},
};

/* ---- plays ------------------------------------------------------------- */

static struct said said_copies[2][16];
static struct finding warnings[2];
static struct measure measures[1];
static const char *notes[1];
enum { PLAYS = 12 };
static struct play_record plays[PLAYS];

static void set_said(struct play_record *play, size_t slot,
                     const struct said *said, size_t count)
{
    memcpy(said_copies[slot], said, count * sizeof *said);
    play->said = said_copies[slot];
    play->said_count = count;
}

static struct play_record *new_play(size_t index, enum verdict verdict)
{
    struct play_record *play = &plays[index];
    *play = (struct play_record){.verdict = verdict,
                                 .began = (1000 + (int64_t)index) * MS,
                                 .ended = (1012 + (int64_t)index) * MS};
    return play;
}

static struct play_record *failed_play(void)
{
    struct play_record *play = new_play(0, VERDICT_FAIL);
    set_said(play, 0, takeover_said, COUNT(takeover_said));
    play->ended = play->began + 30001 * MS;
    play->finding =
        (struct finding){.kind = FAILURE_NOT_CLOSED,
                         .client = "first",
                         .message = "the connection was not closed",
                         .expected = "the end of the connection within 30 s",
                         .actual = "still open 30.0 s after the step began",
                         .statements = "",
                         .source = {YAML, 11, 5},
                         .time = 30000 * MS + 930000};
    warnings[0] = (struct finding){.kind = FAILURE_MISSING_PACKET,
                                   .client = "first",
                                   .message = "no DISCONNECT came",
                                   .expected = "DISCONNECT reason_code=0x8e",
                                   .actual = "nothing",
                                   .statements = "",
                                   .source = {YAML, 10, 5},
                                   .time = 30000 * MS + 930000};
    play->warnings = warnings;
    play->warning_count = 1;
    return play;
}

static struct play_record *flaky_play(void)
{
    struct play_record *play = new_play(1, VERDICT_FAIL);
    set_said(play, 1, publish_said, COUNT(publish_said));
    play->finding =
        (struct finding){.kind = FAILURE_WRONG_FIELD,
                         .client = "c",
                         .message = "PUBACK reason_code differs",
                         .expected = "reason_code below 0x80",
                         .actual = "reason_code 0x97 (Quota exceeded)",
                         .statements = "MQTT-3.4.2-1 MQTT-4.3.2-4",
                         .source = {"cases/publish.yaml", 41, 3},
                         .time = 5300000};
    return play;
}

static struct play_record *warned_play(void)
{
    struct play_record *play = new_play(2, VERDICT_WARN);
    warnings[1] = warnings[0];
    warnings[1].time = 400 * MS;
    play->warnings = &warnings[1];
    play->warning_count = 1;
    return play;
}

static struct play_record *measured_play(void)
{
    struct play_record *play = new_play(3, VERDICT_PASS);
    measures[0] = (struct measure){"close after the last packet", 6080 * MS,
                                   "1.52 \u00d7 keep alive"};
    notes[0] = "the broker counts whole seconds";
    play->measures = measures;
    play->measure_count = 1;
    play->notes = notes;
    play->note_count = 1;
    return play;
}

static struct play_record *unjudged_play(size_t index, enum verdict verdict,
                                         const char *reason)
{
    struct play_record *play = new_play(index, verdict);
    play->reason = reason;
    return play;
}

/* ---- results ----------------------------------------------------------- */

static const char *const takeover_statements[] = {"MQTT-3.1.4-3"};
static const char *const publish_statements[] = {"MQTT-3.4.2-1",
                                                 "MQTT-4.3.2-4"};
enum { RESULTS = 11 };
static struct result results[RESULTS];
static struct passive_result passive[2];
static struct run_record run;

static const struct result templates[RESULTS] = {
    {.verdict = VERDICT_PASS,
     .variant_id = "connect/accepted@3.1.1+tcp",
     .case_id = "connect/accepted",
     .area = "connect",
     .title = "A CONNECT is accepted",
     .version = MQTT_3_1_1},
    {.verdict = VERDICT_FAIL,
     .variant_id = "takeover/old-connection-is-closed@5.0+tcp",
     .case_id = "takeover/old-connection-is-closed",
     .area = "takeover",
     .title = "A second CONNECT with a client ID in use closes the first "
              "connection",
     .version = MQTT_5_0,
     .source = {YAML, 3, 3},
     .statements = takeover_statements,
     .statement_count = 1},
    {.verdict = VERDICT_WARN,
     .variant_id = "takeover/old-connection-is-closed@5.0+ws",
     .case_id = "takeover/old-connection-is-closed",
     .area = "takeover",
     .title = "A second CONNECT with a client ID in use closes the first "
              "connection",
     .version = MQTT_5_0,
     .transport = NET_WS,
     .source = {YAML, 3, 3},
     .statements = takeover_statements,
     .statement_count = 1},
    {.verdict = VERDICT_SKIP,
     .variant_id = "shared/one-of-many@5.0+tcp",
     .case_id = "shared/one-of-many",
     .area = "shared",
     .title = "One subscriber of a group gets the message",
     .version = MQTT_5_0,
     .reason = "the broker does not offer shared subscriptions"},
    {.verdict = VERDICT_INCONCLUSIVE,
     .variant_id = "session/expires@5.0+tcp[end=reset]",
     .case_id = "session/expires",
     .area = "session",
     .title = "A session ends when its expiry interval has passed",
     .rows = "end=reset",
     .version = MQTT_5_0},
    {.verdict = VERDICT_ERROR,
     .variant_id = "tls/old-version@3.1.1+tls",
     .case_id = "tls/old-version",
     .area = "tls",
     .title = "TLS 1.0 is refused",
     .version = MQTT_3_1_1,
     .transport = NET_TLS},
    {.verdict = VERDICT_FLAKY,
     .variant_id = "publish/large@5.0+tcp[size=3000]",
     .case_id = "publish/large",
     .area = "publish",
     .title = "A large PUBLISH is acknowledged",
     .rows = "size=3000",
     .version = MQTT_5_0,
     .source = {"cases/publish.yaml", 30, 3},
     .statements = publish_statements,
     .statement_count = 2},
    {.verdict = VERDICT_KNOWN,
     .variant_id = "publish/empty-topic@3.1+tcp",
     .case_id = "publish/empty-topic",
     .area = "publish",
     .title = "A PUBLISH without a topic is refused",
     .version = MQTT_3_1,
     .known_statement = "V3.1-PUBLISH-2",
     .reason = "the broker's documentation says that it reads an empty topic "
               "as its own root"},
    {.verdict = VERDICT_FIXED,
     .variant_id = "retain/cleared@5.0+tcp",
     .case_id = "retain/cleared",
     .area = "retain",
     .title = "An empty retained PUBLISH clears the topic",
     .version = MQTT_5_0,
     .known_statement = "MQTT-3.3.1-6",
     .reason = "fixed in the next release"},
    {.verdict = VERDICT_NOT_RUN,
     .variant_id = "will/delayed@5.0+tcp",
     .case_id = "will/delayed",
     .area = "will",
     .title = "A delayed Will waits",
     .version = MQTT_5_0,
     .reason = "the run was interrupted before it"},
    {.verdict = VERDICT_PASS,
     .variant_id = "keepalive/closes@5.0+tcp[keep_alive=4]",
     .case_id = "keepalive/closes",
     .area = "keepalive",
     .title = "A silent client is disconnected after 1.5 times its keep alive",
     .rows = "keep_alive=4",
     .version = MQTT_5_0},
};

struct result *sample_result(struct run_record *record, enum verdict verdict)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->results[i].verdict == verdict)
            return &record->results[i];
    return NULL;
}

static void fill_plays(void)
{
    results[0].play = new_play(6, VERDICT_PASS);
    results[1].play = failed_play();
    results[2].play = warned_play();
    results[4].play =
        unjudged_play(4, VERDICT_INCONCLUSIVE,
                      "given: the broker granted a session expiry of 0 s");
    results[5].play = unjudged_play(
        5, VERDICT_ERROR, "our TLS library does not offer TLS 1.0 any more");
    results[6].first = flaky_play();
    results[6].play = new_play(7, VERDICT_PASS);
    results[10].play = measured_play();
}

static const char *repeat_command(enum verdict verdict)
{
    if (verdict == VERDICT_FAIL)
        return "mqttspec run mqtt://127.0.0.1:1883 "
               "takeover/old-connection-is-closed@5.0+tcp";
    return verdict == VERDICT_FLAKY ? "mqttspec run mqtt://127.0.0.1:1883 "
                                      "'publish/large@5.0+tcp[size=3000]'"
                                    : "";
}

static void fill_passive(void)
{
    passive[0] = (struct passive_result){
        .verdict = VERDICT_FAIL,
        .statement = "MQTT-2.1.3-1",
        .rule = "reserved flags of the fixed header are not as prescribed",
        .version = MQTT_5_0,
        .times = 2,
        .variants = {"publish/large@5.0+tcp[size=3000]",
                     "takeover/old-connection-is-closed@5.0+tcp", NULL},
        .play = &plays[1],
        .detail = "PUBACK with flags 0x2"};
    passive[1] =
        (struct passive_result){.verdict = VERDICT_KNOWN,
                                .statement = "",
                                .rule = "a packet is repeated on a live "
                                        "connection",
                                .version = MQTT_3_1_1,
                                .times = 1,
                                .variants = {"connect/accepted@3.1.1+tcp"},
                                .detail = "PUBLISH with DUP after 20 s",
                                .reason = "documented"};
}

struct run_record *sample_run(void)
{
    memcpy(results, templates, sizeof results);
    fill_plays();
    fill_passive();
    for (size_t i = 0; i < RESULTS; i++)
        results[i].repeat_command = repeat_command(results[i].verdict);
    run = (struct run_record){.target = "mqtt://127.0.0.1:1883",
                              .broker = "mosquitto 2.0.18",
                              .tool_version = "1.0.0",
                              .wall_began = 1763901858,
                              .began = 990 * MS,
                              .ended = 31500 * MS,
                              .results = results,
                              .count = RESULTS,
                              .passive = passive,
                              .passive_count = 2,
                              .longest_wait = 30001 * MS,
                              .seed = UINT64_MAX};
    return &run;
}

struct run_record *sample_empty_run(void)
{
    run = (struct run_record){.target = "mqtt://127.0.0.1:1883",
                              .broker = "",
                              .tool_version = "1.0.0",
                              .began = 1,
                              .ended = 1 + 3 * MS};
    return &run;
}

static const char *statement_text(void *user, enum mqtt_version version,
                                  const char *id)
{
    (void)user;
    if (version == MQTT_5_0 && !strcmp(id, "MQTT-3.1.4-3"))
        return "A Client ID that is in use: the Server sends the old client "
               "DISCONNECT with code 0x8E and closes its connection, before "
               "it goes on with the new one.";
    if (version == MQTT_5_0 && !strcmp(id, "MQTT-2.1.3-1"))
        return "Reserved flag bits carry the value that the table "
               "prescribes.";
    return NULL;
}

struct statement_texts sample_texts(void)
{
    return (struct statement_texts){statement_text, NULL};
}

/* ---- other programs ---------------------------------------------------- */

int sample_command(const char *command, char *text, size_t size)
{
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return -1;
    size_t used = fread(text, 1, size - 1, pipe);
    text[used] = '\0';
    int status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char directory[SCRATCH_PATH];

static void remove_directory(void)
{
    scratch_remove(directory);
}

const char *sample_file(const char *name, struct slice content)
{
    static char path[256];
    char error[256];
    if (!directory[0]) {
        ck_assert(scratch_make(directory));
        atexit(remove_directory);
    }
    snprintf(path, sizeof path, "%s/%s", directory, name);
    ck_assert_msg(report_file_write(path, content, error, sizeof error), "%s",
                  error);
    return path;
}
