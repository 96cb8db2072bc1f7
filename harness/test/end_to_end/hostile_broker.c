#include "hostile_broker.h"
#include "expect.h"
#include "mqtt/mqtt.h"
#include "refbroker/peer.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

/* When a client meets its treatment. */
enum occasion { ON_CONNECT, ON_PINGREQ, ON_DISCONNECT, ON_CONNACK };

struct client {
    struct peer *peer; /* NULL: gone */
    struct buffer stream;
    enum mqtt_version version;
    const struct treatment *treatment; /* NULL: it is treated well */
};

struct treatment {
    const char *user_name;
    enum occasion occasion;
    void (*treat)(struct client *client);
};

/* ---- what it may do ---------------------------------------------------- */

static void put(struct client *client, const void *bytes, size_t size)
{
    if (client->peer)
        peer_send(client->peer, slice_make(bytes, size));
}

static void put_connack(struct client *client)
{
    static const uint8_t connack[] = {0x20, 2, 0, 0};
    static const uint8_t connack_5[] = {0x20, 3, 0, 0, 0};
    if (client->version == MQTT_5_0)
        put(client, connack_5, sizeof connack_5);
    else
        put(client, connack, sizeof connack);
}

static void put_pingresp(struct client *client)
{
    static const uint8_t pingresp[] = {0xd0, 0};
    put(client, pingresp, sizeof pingresp);
}

static void do_nothing(struct client *client)
{
    (void)client;
}

static void end_in_order(struct client *client)
{
    peer_close(client->peer);
}

static void reset(struct client *client)
{
    peer_reset(client->peer);
}

static void put_garbage(struct client *client)
{
    static const uint8_t garbage[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    put(client, garbage, sizeof garbage);
}

static void put_http(struct client *client)
{
    static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    put(client, answer, sizeof answer - 1);
}

static void put_half(struct client *client)
{
    static const uint8_t half[] = {0x20, 2, 0};
    put(client, half, sizeof half);
}

static void put_half_and_end(struct client *client)
{
    put_half(client);
    peer_close(client->peer);
}

static void put_giant_length(struct client *client)
{
    static const uint8_t head[] = {0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 'a'};
    put(client, head, sizeof head);
}

static void put_suback(struct client *client)
{
    static const uint8_t suback[] = {0x90, 3, 0, 1, 0};
    static const uint8_t suback_5[] = {0x90, 4, 0, 1, 0, 0};
    if (client->version == MQTT_5_0)
        put(client, suback_5, sizeof suback_5);
    else
        put(client, suback, sizeof suback);
}

static void refuse(struct client *client)
{
    static const uint8_t connack[] = {0x20, 2, 0, 5};
    static const uint8_t connack_5[] = {0x20, 3, 0, 0x87, 0};
    if (client->version == MQTT_5_0)
        put(client, connack_5, sizeof connack_5);
    else
        put(client, connack, sizeof connack);
    peer_close(client->peer);
}

static void put_two_answers(struct client *client)
{
    static const uint8_t pingresps[] = {0xd0, 0, 0xd0, 0};
    put(client, pingresps, sizeof pingresps);
}

static void talk_and_end(struct client *client)
{
    put_pingresp(client);
    peer_close(client->peer);
}

/* More than is ever looked at, in one go. */
static void flood(struct client *client)
{
    enum { PAIRS = 1 << 16 };
    uint8_t *pingresps = calloc(PAIRS, 2);
    if (!pingresps)
        return;
    for (size_t i = 0; i < PAIRS; i++)
        pingresps[2 * i] = 0xd0;
    put(client, pingresps, (size_t)2 * PAIRS);
    free(pingresps);
}

static const struct treatment treatments[] = {
    {"connect-mute", ON_CONNECT, do_nothing},
    {"connect-end", ON_CONNECT, end_in_order},
    {"connect-reset", ON_CONNECT, reset},
    {"connect-garbage", ON_CONNECT, put_garbage},
    {"connect-http", ON_CONNECT, put_http},
    {"connect-half", ON_CONNECT, put_half},
    {"connect-half-end", ON_CONNECT, put_half_and_end},
    {"connect-giant", ON_CONNECT, put_giant_length},
    {"connect-other", ON_CONNECT, put_suback},
    {"connect-refused", ON_CONNECT, refuse},
    {"ping-mute", ON_PINGREQ, do_nothing},
    {"ping-end", ON_PINGREQ, end_in_order},
    {"ping-reset", ON_PINGREQ, reset},
    {"ping-garbage", ON_PINGREQ, put_garbage},
    {"ping-giant", ON_PINGREQ, put_giant_length},
    {"ping-other", ON_PINGREQ, put_suback},
    {"ping-twice", ON_PINGREQ, put_two_answers},
    {"goodbye-stays", ON_DISCONNECT, do_nothing},
    {"goodbye-reset", ON_DISCONNECT, reset},
    {"goodbye-talks", ON_DISCONNECT, put_pingresp},
    {"goodbye-talks-and-ends", ON_DISCONNECT, talk_and_end},
    {"silence-flood", ON_CONNACK, flood},
    {"silence-end", ON_CONNACK, end_in_order},
    {"silence-reset", ON_CONNACK, reset},
};

static const struct treatment *treatment_of(const struct mqtt_packet *connect)
{
    const struct mqtt_value *user = mqtt_value_at(connect, MQTT_USER_NAME, 0);
    for (size_t i = 0; user && i < sizeof treatments / sizeof *treatments; i++)
        if (slice_equal(user->bytes, slice_of(treatments[i].user_name)))
            return &treatments[i];
    return NULL;
}

/* ---- packets ----------------------------------------------------------- */

/* False when it was treated in another way than the usual. */
static bool treated_well(struct client *client, enum occasion occasion)
{
    if (!client->treatment || client->treatment->occasion != occasion)
        return true;
    client->treatment->treat(client);
    return false;
}

static void take_connect(struct client *client,
                         const struct mqtt_packet *packet)
{
    client->version = packet->version;
    client->treatment = treatment_of(packet);
    if (!treated_well(client, ON_CONNECT))
        return;
    put_connack(client);
    treated_well(client, ON_CONNACK);
}

static void take(struct client *client, const struct mqtt_packet *packet)
{
    if (packet->type == MQTT_CONNECT)
        take_connect(client, packet);
    else if (packet->type == MQTT_PINGREQ && treated_well(client, ON_PINGREQ))
        put_pingresp(client);
    else if (packet->type == MQTT_DISCONNECT &&
             treated_well(client, ON_DISCONNECT))
        peer_close(client->peer);
}

static void on_bytes(void *context, struct slice bytes)
{
    struct mqtt_findings findings = {.count = 0};
    struct client *client = context;
    size_t size = 0;
    bool readable;
    buffer_append_slice(&client->stream, bytes);
    while (mqtt_frame(buffer_slice(&client->stream), &size) ==
           MQTT_FRAME_WHOLE) {
        struct mqtt_packet *packet =
            mqtt_decode(slice_make(client->stream.data, size), client->version,
                        false, &findings, &readable);
        buffer_drop(&client->stream, size);
        if (packet)
            take(client, packet);
        mqtt_packet_free(packet);
    }
}

/* ---- the process ------------------------------------------------------- */

static void *on_opened(void *user, struct peer *peer)
{
    struct client *client = calloc(1, sizeof *client);
    (void)user;
    if (!client)
        abort();
    client->peer = peer;
    client->stream = buffer_make((size_t)1 << 20);
    client->version = MQTT_3_1_1;
    return client;
}

static void on_ended(void *context, enum peer_end end)
{
    struct client *client = context;
    (void)end;
    buffer_free(&client->stream);
    free(client);
}

static bool listen_over(uv_loop_t *loop, enum net_transport transport,
                        char url[64])
{
    static const struct peer_events events = {
        .opened = on_opened, .bytes = on_bytes, .ended = on_ended};
    static const char *const schemes[] = {[NET_TCP] = "mqtt",
                                          [NET_TLS] = "mqtts",
                                          [NET_WS] = "ws",
                                          [NET_WSS] = "wss"};
    static const char certificate[] = CERTS "/server.pem";
    static const char key[] = CERTS "/server.key";
    struct peer_options options = {.transport = transport,
                                   .host = "127.0.0.1",
                                   .path = "/mqtt",
                                   .certificate = certificate,
                                   .key = key,
                                   .handshake_limit = 60};
    char error[200] = "";
    uint16_t port = 0;
    if (!listener_open(loop, &options, &events, &port, error, sizeof error)) {
        fprintf(stderr, "the hostile broker: %s\n", error);
        return false;
    }
    snprintf(url, 64, "%s://127.0.0.1:%u%s", schemes[transport], port,
             transport == NET_WS || transport == NET_WSS ? "/mqtt" : "");
    return true;
}

static _Noreturn void serve(int tell)
{
    struct hostile hostile = {.pid = getpid()};
    uv_loop_t loop;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    if (uv_loop_init(&loop) != 0)
        _exit(1);
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        if (!listen_over(&loop, (enum net_transport)i, hostile.urls[i]))
            _exit(1);
    if (write(tell, &hostile, sizeof hostile) != (ssize_t)sizeof hostile)
        _exit(1);
    close(tell);
    uv_run(&loop, UV_RUN_DEFAULT);
    _exit(1);
}

bool hostile_start(struct hostile *hostile)
{
    int line[2];
    if (pipe(line) != 0)
        return false;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        serve(line[1]);
    close(line[1]);
    bool up = pid > 0 && read(line[0], hostile, sizeof *hostile) ==
                             (ssize_t)sizeof *hostile;
    close(line[0]);
    hostile->pid = pid;
    return up;
}

void hostile_stop(struct hostile *hostile)
{
    kill(hostile->pid, SIGKILL);
    waitpid(hostile->pid, NULL, 0);
}
