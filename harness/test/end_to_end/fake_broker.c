#include "fake_broker.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE ((size_t)256 * 1024)
#define PACKET_MAX 65536
#define DRIP_NS 20000000L
#define GIANT_SIZE 268435455UL
#define BACKLOG 4096

/* One connection in its thread. */
struct talk {
    int socket;
    SSL *tls; /* NULL: none */
    enum fake_behaviour behaviour;
    int level; /* protocol level of its CONNECT */
};

static SSL_CTX *tls_context;

/* ---- bytes ------------------------------------------------------------- */

static bool take(struct talk *talk, void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        char *to = (char *)data + done;
        ssize_t got = talk->tls ? SSL_read(talk->tls, to, (int)(size - done))
                                : read(talk->socket, to, size - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool give_all(struct talk *talk, const void *data, size_t size)
{
    for (size_t done = 0; done < size;) {
        const char *from = (const char *)data + done;
        ssize_t put = talk->tls
                          ? SSL_write(talk->tls, from, (int)(size - done))
                          : send(talk->socket, from, size - done, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

static bool give(struct talk *talk, const void *data, size_t size)
{
    const struct timespec pause = {.tv_nsec = DRIP_NS};
    if (talk->behaviour != FAKE_DRIPS)
        return give_all(talk, data, size);
    for (size_t i = 0; i < size; i++) {
        nanosleep(&pause, NULL);
        if (!give_all(talk, (const char *)data + i, 1))
            return false;
    }
    return true;
}

/* ---- packets ----------------------------------------------------------- */

struct packet {
    uint8_t head;
    uint8_t body[PACKET_MAX];
    size_t size;
};

static bool take_packet(struct talk *talk, struct packet *packet)
{
    uint8_t byte = 0;
    packet->size = 0;
    if (!take(talk, &packet->head, 1))
        return false;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        if (!take(talk, &byte, 1))
            return false;
        packet->size |= (size_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return packet->size <= PACKET_MAX && take(talk, packet->body, packet->size);
}

static bool answer_connect(struct talk *talk, const struct packet *packet)
{
    static const uint8_t connack_5[] = {0x20, 3, 0, 0, 0};
    static const uint8_t connack_3[] = {0x20, 2, 0, 0};
    size_t name = packet->size > 1 ? packet->body[1] : 0;
    talk->level = 2 + name < packet->size ? packet->body[2 + name] : 0;
    return talk->level == 5 ? give(talk, connack_5, sizeof connack_5)
                            : give(talk, connack_3, sizeof connack_3);
}

static bool answer_publish(struct talk *talk, const struct packet *packet)
{
    if ((packet->head & 6) != 2 || packet->size < 4)
        return true;
    size_t topic = (size_t)packet->body[0] << 8 | packet->body[1];
    if (topic + 4 > packet->size)
        return false;
    const uint8_t puback[] = {0x40, 2, packet->body[topic + 2],
                              packet->body[topic + 3]};
    return give(talk, puback, sizeof puback);
}

static bool answer_ping(struct talk *talk)
{
    static const uint8_t pingresp[] = {0xd0, 0};
    static const uint8_t suback[] = {0x90, 3, 0, 1, 0};
    if (talk->behaviour == FAKE_DIES)
        _exit(0);
    if (talk->behaviour == FAKE_WRONG)
        return give(talk, suback, sizeof suback);
    return give(talk, pingresp, sizeof pingresp);
}

/* False ends the connection. */
static bool answer(struct talk *talk, const struct packet *packet)
{
    switch (packet->head >> 4) {
    case 1:
        return answer_connect(talk, packet);
    case 3:
        return answer_publish(talk, packet);
    case 12:
        return answer_ping(talk);
    default:
        return false;
    }
}

/* ---- behaviours -------------------------------------------------------- */

static void be_sound(struct talk *talk)
{
    struct packet *packet = malloc(sizeof *packet);
    while (packet && take_packet(talk, packet) && answer(talk, packet))
        continue;
    free(packet);
}

static void be_silent(struct talk *talk)
{
    char byte;
    while (take(talk, &byte, 1))
        continue;
}

static void close_at_once(struct talk *talk)
{
    (void)talk;
}

/* Waits for something to come before it answers. */
static void say(struct talk *talk, const char *text, size_t size)
{
    char byte;
    if (take(talk, &byte, 1) && give(talk, text, size))
        be_silent(talk);
}

static void send_garbage(struct talk *talk)
{
    static const char garbage[] = "\xff\xff\xff\xff\xff\x00\x01\xfe garbage";
    say(talk, garbage, sizeof garbage);
}

static void send_http(struct talk *talk)
{
    static const char reply[] = "HTTP/1.1 400 Bad Request\r\n"
                                "Content-Length: 0\r\n\r\n";
    say(talk, reply, sizeof reply - 1);
}

static bool accept_connect(struct talk *talk)
{
    struct packet *packet = malloc(sizeof *packet);
    bool ok = packet && take_packet(talk, packet) && packet->head >> 4 == 1 &&
              answer_connect(talk, packet);
    free(packet);
    return ok;
}

static void pour_out(struct talk *talk)
{
    static const uint8_t publish_3[] = {0x30, 4, 0, 1, 'a', 'x'};
    static const uint8_t publish_5[] = {0x30, 5, 0, 1, 'a', 0, 'x'};
    if (!accept_connect(talk))
        return;
    while (talk->level == 5 ? give(talk, publish_5, sizeof publish_5)
                            : give(talk, publish_3, sizeof publish_3))
        continue;
}

static void send_giant(struct talk *talk)
{
    static const uint8_t head[] = {0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 'a', 0};
    static const uint8_t block[65536];
    if (!accept_connect(talk) || !give(talk, head, sizeof head))
        return;
    for (unsigned long sent = 0; sent < GIANT_SIZE; sent += sizeof block)
        if (!give(talk, block, sizeof block))
            return;
    be_silent(talk);
}

static void (*const behaviours[FAKE_BEHAVIOURS])(struct talk *) = {
    [FAKE_SOUND] = be_sound,       [FAKE_SILENT] = be_silent,
    [FAKE_CLOSES] = close_at_once, [FAKE_GARBAGE] = send_garbage,
    [FAKE_ENDLESS] = pour_out,     [FAKE_GIANT] = send_giant,
    [FAKE_DRIPS] = be_sound,       [FAKE_WRONG] = be_sound,
    [FAKE_DIES] = be_sound,        [FAKE_HTTP] = send_http};

/* ---- serving ----------------------------------------------------------- */

static void *converse(void *argument)
{
    struct talk *talk = argument;
    bool ready = true;
    if (tls_context) {
        talk->tls = SSL_new(tls_context);
        ready = talk->tls && SSL_set_fd(talk->tls, talk->socket) == 1 &&
                SSL_accept(talk->tls) == 1;
    }
    if (ready)
        behaviours[talk->behaviour](talk);
    SSL_free(talk->tls);
    close(talk->socket);
    free(talk);
    return NULL;
}

static void begin_talk(int socket, enum fake_behaviour behaviour)
{
    struct talk *talk = malloc(sizeof *talk);
    pthread_attr_t attributes;
    pthread_t thread;
    if (!talk) {
        close(socket);
        return;
    }
    *talk = (struct talk){.socket = socket, .behaviour = behaviour};
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (pthread_create(&thread, &attributes, converse, talk) != 0) {
        close(socket);
        free(talk);
    }
    pthread_attr_destroy(&attributes);
}

static _Noreturn void serve(int listener, enum fake_behaviour behaviour)
{
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int socket = accept(listener, NULL, NULL);
        if (socket >= 0)
            begin_talk(socket, behaviour);
    }
}

static int listen_anywhere(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        return -1;
    if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
        listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        close(listener);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return listener;
}

uint16_t fake_free_port(void)
{
    uint16_t port = 0;
    int listener = listen_anywhere(&port);
    if (listener >= 0)
        close(listener);
    return port;
}

static bool load_certificate(const char *certificate, const char *key)
{
    tls_context = SSL_CTX_new(TLS_server_method());
    return tls_context &&
           SSL_CTX_use_certificate_chain_file(tls_context, certificate) == 1 &&
           SSL_CTX_use_PrivateKey_file(tls_context, key, SSL_FILETYPE_PEM) == 1;
}

static bool start(struct fake *fake, enum fake_behaviour behaviour,
                  const char *certificate, const char *key)
{
    int listener = listen_anywhere(&fake->port);
    if (listener < 0)
        return false;
    snprintf(fake->url, sizeof fake->url, "%s://127.0.0.1:%u",
             certificate ? "mqtts" : "mqtt", fake->port);
    fflush(NULL);
    fake->pid = fork();
    if (fake->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (certificate && !load_certificate(certificate, key))
            _exit(1);
        serve(listener, behaviour);
    }
    close(listener);
    return fake->pid > 0;
}

bool fake_start(struct fake *fake, enum fake_behaviour behaviour)
{
    return start(fake, behaviour, NULL, NULL);
}

bool fake_start_tls(struct fake *fake, enum fake_behaviour behaviour,
                    const char *certificate, const char *key)
{
    return start(fake, behaviour, certificate, key);
}

void fake_stop(struct fake *fake)
{
    kill(fake->pid, SIGKILL);
    waitpid(fake->pid, NULL, 0);
}
