#include "test/tiny_broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEERS_MAX 1200
#define QUIET_MS 30 /* no CONNECT for so long: those held are answered */
#define DRIP_MS 20

struct tiny_peer {
    int descriptor;
    struct buffer stream;
    enum mqtt_version version;
    char user[16];
    bool connected; /* CONNECT has come */
    bool answered;  /* CONNACK has gone out */
};

struct tiny_state {
    struct tiny_broker *broker;
    struct tiny_peer peers[PEERS_MAX];
    size_t count;
    bool seen_flaky, over;
};

/* libcheck works neither in a thread nor in a child of another program. */
static void need(bool good)
{
    if (!good)
        abort();
}

static bool user_is(const struct tiny_peer *peer, const char *name)
{
    return strcmp(peer->user, name) == 0;
}

static void note_most(atomic_size_t *most, size_t number)
{
    if (number > atomic_load(most))
        atomic_store(most, number);
}

static void put(struct tiny_peer *peer, const void *bytes, size_t size)
{
    if (send(peer->descriptor, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return; /* the client has gone: its end is read next */
}

static void answer(struct tiny_peer *peer, enum mqtt_type type, uint32_t id,
                   uint32_t code)
{
    struct mqtt_value values[2] = {{.field = MQTT_PACKET_ID, .number = id},
                                   {.field = MQTT_REASON_CODE, .number = code}};
    bool listed = type == MQTT_SUBACK || type == MQTT_UNSUBACK;
    struct mqtt_packet packet = {.version = peer->version,
                                 .type = type,
                                 .values = id ? values : values + 1,
                                 .count = id && !listed ? 1
                                          : id          ? 2
                                                        : 1};
    struct buffer out = buffer_make(1000);

    if (type == MQTT_PINGRESP)
        packet.count = 0;
    need(mqtt_encode(&packet, NULL, &out));
    put(peer, out.data, out.size);
    buffer_free(&out);
}

static void accept_without_retain(struct tiny_peer *peer)
{
    static const uint8_t connack[] = {0x20, 5, 0, 0, 2, 0x25, 0};

    put(peer, connack, sizeof connack);
}

static void drop(struct tiny_peer *peer)
{
    close(peer->descriptor);
    buffer_free(&peer->stream);
    peer->descriptor = -1;
}

/* ---- CONNECT ----------------------------------------------------------- */

static size_t unanswered(const struct tiny_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->count; i++)
        count += state->peers[i].connected && !state->peers[i].answered;
    return count;
}

static size_t open_peers(const struct tiny_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->count; i++)
        count += state->peers[i].descriptor >= 0;
    return count;
}

static void accept_client(struct tiny_state *state, struct tiny_peer *peer)
{
    const bool *versions = state->broker->versions;
    peer->answered = true;
    if (state->broker->mode == TINY_REFUSES) {
        answer(peer, MQTT_CONNACK, 0, peer->version == MQTT_5_0 ? 0x86 : 4);
        drop(peer);
    } else if (versions && !versions[peer->version]) {
        drop(peer);
    } else if (state->broker->no_retain && peer->version == MQTT_5_0) {
        accept_without_retain(peer);
    } else {
        answer(peer, MQTT_CONNACK, 0, 0);
    }
}

static bool another_alone(const struct tiny_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        if (state->peers[i].descriptor >= 0 &&
            user_is(&state->peers[i], "alone"))
            return true;
    return false;
}

static void take_connect(struct tiny_state *state, struct tiny_peer *peer,
                         const struct mqtt_packet *packet)
{
    const struct mqtt_value *user = mqtt_value_at(packet, MQTT_USER_NAME, 0);
    struct tiny_broker *broker = state->broker;

    peer->version = packet->version;
    peer->connected = true;
    atomic_fetch_add(&broker->connects, 1);
    if (another_alone(state))
        atomic_fetch_add(&broker->violations, 1);
    if (user && user->bytes.size < sizeof peer->user)
        memcpy(peer->user, user->bytes.data, user->bytes.size);
    if (user_is(peer, "alone") && open_peers(state) > 1)
        atomic_fetch_add(&broker->violations, 1);
    note_most(&broker->most_unanswered, unanswered(state));
    note_most(&broker->most_open, open_peers(state));
    if (!broker->hold)
        accept_client(state, peer);
}

static void answer_held(struct tiny_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        if (state->peers[i].connected && !state->peers[i].answered)
            accept_client(state, &state->peers[i]);
}

/* ---- other packets ----------------------------------------------------- */

static void take_ping(struct tiny_state *state, struct tiny_peer *peer)
{
    if (user_is(peer, "fail") ||
        (user_is(peer, "flaky") && !state->seen_flaky)) {
        state->seen_flaky = state->seen_flaky || user_is(peer, "flaky");
        drop(peer);
    } else if (user_is(peer, "die")) {
        state->over = true;
    } else if (!user_is(peer, "mute")) {
        answer(peer, MQTT_PINGRESP, 0, 0);
    }
}

static void take_publish(struct tiny_state *state, struct tiny_peer *peer,
                         const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);
    const struct mqtt_value *payload = mqtt_value_at(packet, MQTT_PAYLOAD, 0);

    bool retained = mqtt_number(packet, MQTT_RETAIN, 0) != 0;

    atomic_fetch_add(&state->broker->retained, retained);
    if (retained && (!payload || !payload->bytes.size))
        atomic_fetch_add(&state->broker->retained_removed, 1);
    if (retained && state->broker->no_retain)
        drop(peer);
    else if (id)
        answer(peer,
               mqtt_number(packet, MQTT_QOS, 0) == 1 ? MQTT_PUBACK
                                                     : MQTT_PUBREC,
               id, 0);
}

static void take(struct tiny_state *state, struct tiny_peer *peer,
                 const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);

    switch (packet->type) {
    case MQTT_CONNECT:
        take_connect(state, peer, packet);
        break;
    case MQTT_PUBLISH:
        take_publish(state, peer, packet);
        break;
    case MQTT_PUBREL:
        answer(peer, MQTT_PUBCOMP, id, 0);
        break;
    case MQTT_SUBSCRIBE:
        answer(peer, MQTT_SUBACK, id, mqtt_number(packet, MQTT_OPTIONS, 0) & 3);
        break;
    case MQTT_PINGREQ:
        take_ping(state, peer);
        break;
    case MQTT_DISCONNECT:
        drop(peer);
        break;
    default:
        break;
    }
}

static void take_stream(struct tiny_state *state, struct tiny_peer *peer)
{
    struct mqtt_findings findings = {.count = 0};
    size_t size = 0;
    bool readable;

    while (peer->descriptor >= 0 && !state->over &&
           mqtt_frame(buffer_slice(&peer->stream), &size) == MQTT_FRAME_WHOLE) {
        struct mqtt_packet *packet =
            mqtt_decode(slice_make(peer->stream.data, size), peer->version,
                        false, &findings, &readable);
        buffer_drop(&peer->stream, size);
        if (packet)
            take(state, peer, packet);
        else
            drop(peer);
        mqtt_packet_free(packet);
    }
}

/* ---- bad brokers ------------------------------------------------------- */

static void misbehave(struct tiny_state *state, struct tiny_peer *peer)
{
    static const uint8_t giant[] = {0x20, 0xff, 0xff, 0xff, 0x7f};
    static const uint8_t long_connack[] = {0x20, 0x80, 0x02};
    static const uint8_t pings[4096] = {0xd0, 0x00};

    switch (state->broker->mode) {
    case TINY_ANSWERS:
    case TINY_REFUSES:
        return;
    case TINY_CLOSES:
        drop(peer);
        break;
    case TINY_GARBAGE:
        put(peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28);
        break;
    case TINY_GIANT:
        put(peer, giant, sizeof giant);
        break;
    case TINY_ENDLESS:
        put(peer, pings, sizeof pings);
        break;
    case TINY_DRIPS:
        put(peer, peer->answered ? "\0" : (const char *)long_connack,
            peer->answered ? 1 : sizeof long_connack);
        break;
    default:
        break;
    }
    peer->answered = true;
}

/* ---- the loop ---------------------------------------------------------- */

static void new_peer(struct tiny_state *state)
{
    int descriptor = accept(state->broker->listener, NULL, NULL);
    size_t place = 0;

    while (place < state->count && state->peers[place].descriptor >= 0)
        place++;
    if (descriptor < 0 || place == PEERS_MAX) {
        close(descriptor);
        return;
    }
    if (place == state->count)
        state->count++;
    state->peers[place] = (struct tiny_peer){.descriptor = descriptor,
                                             .stream = buffer_make(1u << 20),
                                             .version = MQTT_3_1_1};
}

static void read_peer(struct tiny_state *state, struct tiny_peer *peer)
{
    uint8_t bytes[4096];
    ssize_t got = recv(peer->descriptor, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got <= 0) {
        drop(peer);
        return;
    }
    if (state->broker->mode != TINY_ANSWERS &&
        state->broker->mode != TINY_REFUSES)
        return;
    buffer_append(&peer->stream, bytes, (size_t)got);
    take_stream(state, peer);
}

static int wait_time(const struct tiny_state *state)
{
    if (state->broker->mode == TINY_DRIPS)
        return DRIP_MS;
    if (state->broker->mode == TINY_ENDLESS)
        return 1;
    return unanswered(state) ? QUIET_MS : -1;
}

/* False when it was told to stop. */
static bool turn(struct tiny_state *state)
{
    struct pollfd polls[PEERS_MAX + 2];
    size_t count = state->count;
    struct tiny_broker *broker = state->broker;

    polls[0] = (struct pollfd){.fd = broker->stop[0], .events = POLLIN};
    polls[1] = (struct pollfd){.fd = broker->listener, .events = POLLIN};
    for (size_t i = 0; i < count; i++)
        polls[i + 2] =
            (struct pollfd){.fd = state->peers[i].descriptor, .events = POLLIN};
    int ready = poll(polls, count + 2, wait_time(state));
    if (polls[0].revents)
        return false;
    if (!ready)
        answer_held(state);
    for (size_t i = 0; i < count && !state->over; i++)
        if (polls[i + 2].fd >= 0 && polls[i + 2].revents)
            read_peer(state, &state->peers[i]);
    if (polls[1].revents)
        new_peer(state);
    for (size_t i = 0; i < state->count; i++)
        if (state->peers[i].descriptor >= 0)
            misbehave(state, &state->peers[i]);
    return !state->over;
}

static void *serve(void *argument)
{
    struct tiny_broker *broker = argument;
    struct tiny_state *state = memory_zero(1, sizeof *state);

    need(state != NULL);
    state->broker = broker;
    while (turn(state))
        continue;
    close(broker->listener);
    for (size_t i = 0; i < state->count; i++)
        if (state->peers[i].descriptor >= 0)
            drop(&state->peers[i]);
    atomic_store(&broker->dead, state->over);
    memory_free(state);
    return NULL;
}

static void listen_at(struct tiny_broker *broker, uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int yes = 1;

    broker->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(broker->listener >= 0);
    setsockopt(broker->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    need(bind(broker->listener, (struct sockaddr *)&address, size) == 0);
    need(listen(broker->listener, 1024) == 0);
    need(getsockname(broker->listener, (struct sockaddr *)&address, &size) ==
         0);
    broker->port = ntohs(address.sin_port);
}

void tiny_broker_start(struct tiny_broker *broker)
{
    listen_at(broker, 0);
    need(pipe2(broker->stop, O_CLOEXEC) == 0);
    need(pthread_create(&broker->thread, NULL, serve, broker) == 0);
}

void tiny_broker_stop(struct tiny_broker *broker)
{
    close(broker->stop[1]);
    pthread_join(broker->thread, NULL);
    close(broker->stop[0]);
}

/* ---- as a child process ------------------------------------------------ */

/* Before main, so that the test's own program can be the broker. */
__attribute__((constructor)) static void be_a_broker(void)
{
    const char *port = getenv(TINY_BROKER_PORT);
    struct tiny_broker broker = {.mode = TINY_ANSWERS};

    if (!port)
        return;
    listen_at(&broker, (uint16_t)atoi(port));
    if (pipe2(broker.stop, O_CLOEXEC))
        _exit(2);
    serve(&broker);
    _exit(3);
}
