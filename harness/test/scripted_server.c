#include "test/scripted_server.h"
#include "net/websocket_filter.h"
#include "test/certificates.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void peer_complain(struct peer *peer, const char *what)
{
    if (peer->complaint[0] == '\0')
        snprintf(peer->complaint, sizeof peer->complaint, "%s", what);
}

static void close_descriptor(struct peer *peer)
{
    if (peer->descriptor >= 0)
        close(peer->descriptor);
    peer->descriptor = -1;
}

static void *run_script(void *argument)
{
    struct peer *peer = argument;
    peer->descriptor = accept(peer->listener, NULL, NULL);
    if (peer->descriptor < 0)
        peer_complain(peer, "no connection");
    else
        peer->script(peer);
    close_descriptor(peer);
    SSL_free(peer->ssl);
    SSL_CTX_free(peer->context);
    sem_post(&peer->done);
    return NULL;
}

void peer_start(struct peer *peer, peer_script script,
                struct sockaddr_storage *address)
{
    struct sockaddr_in *local = (struct sockaddr_in *)address;
    socklen_t size = sizeof *local;
    *peer = (struct peer){.script = script, .descriptor = -1};
    *address = (struct sockaddr_storage){.ss_family = AF_INET};
    local->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(peer->listener, 0);
    ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)local, size), 0);
    ck_assert_int_eq(listen(peer->listener, 1), 0);
    getsockname(peer->listener, (struct sockaddr *)local, &size);
    sem_init(&peer->go, 0, 0);
    sem_init(&peer->done, 0, 0);
    ck_assert_int_eq(pthread_create(&peer->thread, NULL, run_script, peer), 0);
}

void peer_join(struct peer *peer)
{
    pthread_join(peer->thread, NULL);
    close(peer->listener);
    sem_destroy(&peer->go);
    sem_destroy(&peer->done);
    ck_assert_msg(peer->complaint[0] == '\0', "the server: %s",
                  peer->complaint);
}

void peer_go(struct peer *peer)
{
    sem_post(&peer->go);
}

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0 && errno == EINTR)
        continue;
}

void peer_wait_for_go(struct peer *peer)
{
    wait_for(&peer->go);
}

void peer_wait_done(struct peer *peer)
{
    wait_for(&peer->done);
}

/* 0 at the end, negative on an error. */
static ssize_t read_some(struct peer *peer, void *to, size_t size)
{
    if (peer->ssl != NULL)
        return SSL_read(peer->ssl, to, (int)size);
    return read(peer->descriptor, to, size);
}

void peer_write(struct peer *peer, const void *bytes, size_t size)
{
    if (peer->ssl != NULL)
        SSL_write(peer->ssl, bytes, (int)size);
    else
        send(peer->descriptor, bytes, size, MSG_NOSIGNAL);
}

void peer_say(struct peer *peer, const char *text)
{
    peer_write(peer, text, strlen(text));
}

static bool read_all(struct peer *peer, void *to, size_t size)
{
    for (size_t have = 0; have < size;) {
        ssize_t more = read_some(peer, (uint8_t *)to + have, size - have);
        if (more <= 0) {
            peer_complain(peer, "the client ended too early");
            return false;
        }
        have += (size_t)more;
    }
    return true;
}

void peer_expect(struct peer *peer, const char *text)
{
    char got[256] = "";
    if (read_all(peer, got, strlen(text)) && strcmp(got, text) != 0)
        peer_complain(peer, "the client sent other bytes");
}

void peer_expect_frame(struct peer *peer, uint8_t first, const char *payload,
                       size_t size)
{
    uint8_t header[6];
    uint8_t got[125];
    if (!read_all(peer, header, sizeof header) ||
        !read_all(peer, got, size > sizeof got ? sizeof got : size))
        return;
    for (size_t i = 0; i < size; i++)
        got[i] ^= header[2 + (i & 3)];
    if (header[0] != first || header[1] != (0x80 | size) ||
        memcmp(got, payload, size) != 0)
        peer_complain(peer, "the client sent another frame");
}

void peer_expect_end(struct peer *peer)
{
    uint8_t byte;
    if (read_some(peer, &byte, 1) != 0)
        peer_complain(peer, "the client did not end in order");
}

void peer_expect_fin(struct peer *peer)
{
    uint8_t byte;
    if (read(peer->descriptor, &byte, 1) != 0)
        peer_complain(peer, "the client did not end TCP in order");
}

void peer_expect_reset(struct peer *peer)
{
    uint8_t byte;
    if (read(peer->descriptor, &byte, 1) >= 0 || errno != ECONNRESET)
        peer_complain(peer, "the client did not reset the connection");
}

void peer_count_until_end(struct peer *peer)
{
    static uint8_t room[65536];
    ssize_t size;
    while ((size = read_some(peer, room, sizeof room)) > 0)
        peer->bytes_counted += (size_t)size;
}

void peer_fin(struct peer *peer)
{
    shutdown(peer->descriptor, SHUT_WR);
}

void peer_cut(struct peer *peer)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    setsockopt(peer->descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close_descriptor(peer);
}

static void use_certificate(struct peer *peer, const char *name)
{
    char file[64];
    snprintf(file, sizeof file, "%s.pem", name);
    if (SSL_CTX_use_certificate_chain_file(peer->context,
                                           certificates_path(file)) != 1)
        peer_complain(peer, "the server has no certificate");
    snprintf(file, sizeof file, "%s.key", name);
    if (SSL_CTX_use_PrivateKey_file(peer->context, certificates_path(file),
                                    SSL_FILETYPE_PEM) != 1)
        peer_complain(peer, "the server has no key");
}

bool peer_start_tls(struct peer *peer, const char *certificate, int version,
                    bool wants_certificate)
{
    peer->context = SSL_CTX_new(TLS_server_method());
    if (version != 0) {
        SSL_CTX_set_min_proto_version(peer->context, version);
        SSL_CTX_set_max_proto_version(peer->context, version);
    }
    use_certificate(peer, certificate);
    SSL_CTX_load_verify_file(peer->context, certificates_path("ca.pem"));
    if (wants_certificate)
        SSL_CTX_set_verify(peer->context,
                           SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                           NULL);
    peer->ssl = SSL_new(peer->context);
    SSL_set_fd(peer->ssl, peer->descriptor);
    return SSL_accept(peer->ssl) == 1;
}

void peer_read_request(struct peer *peer, char *request, size_t size)
{
    size_t have = 0;
    request[0] = '\0';
    while (strstr(request, "\r\n\r\n") == NULL && have + 1 < size) {
        if (!read_all(peer, request + have, 1))
            return;
        request[++have] = '\0';
    }
}

void peer_upgrade(struct peer *peer)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    char request[4096];
    char accept_text[WEBSOCKET_ACCEPT_TEXT + 1] = "";
    char answer[512];
    peer_read_request(peer, request, sizeof request);
    char *key = strstr(request, name);
    if (key == NULL) {
        peer_complain(peer, "the request has no key");
        return;
    }
    key += sizeof name - 1;
    key[strcspn(key, "\r")] = '\0';
    websocket_accept_for(key, accept_text);
    snprintf(answer, sizeof answer,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n"
             "Sec-WebSocket-Accept: %s\r\n\r\n",
             accept_text);
    peer_say(peer, answer);
}
