/* A broker's side of one connection, played by a script in a thread of its
 * own with blocking calls, so that it reads from top to bottom. */
#ifndef MQTTSPEC_TEST_SCRIPTED_SERVER_H
#define MQTTSPEC_TEST_SCRIPTED_SERVER_H

#include "memory/memory.h"
#include <openssl/ssl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>

struct peer;
typedef void (*peer_script)(struct peer *peer);

struct peer {
    peer_script script;
    int listener, descriptor;
    SSL_CTX *context;
    SSL *ssl; /* NULL: plain */
    pthread_t thread;
    sem_t go;             /* peer_wait_for_go */
    sem_t done;           /* peer_wait_done */
    char complaint[256];  /* the first thing that was not as expected */
    size_t bytes_counted; /* peer_count_until_end */
};

/* Listens on a free port of 127.0.0.1; *address is where. The script runs
 * when a client has connected; afterwards the descriptor is closed. */
void peer_start(struct peer *peer, peer_script script,
                struct sockaddr_storage *address);
/* Waits for the script's end and fails the test if it complained. */
void peer_join(struct peer *peer);
/* Lets peer_wait_for_go return. */
void peer_go(struct peer *peer);
/* Waits until the script has ended and its descriptor is closed. */
void peer_wait_done(struct peer *peer);

/* For scripts. */
void peer_complain(struct peer *peer, const char *what);
void peer_write(struct peer *peer, const void *bytes, size_t size);
void peer_say(struct peer *peer, const char *text);
void peer_expect(struct peer *peer, const char *text);
/* One masked frame of the client: its first byte, and its payload. */
void peer_expect_frame(struct peer *peer, uint8_t first, const char *payload,
                       size_t size);
/* The client's end of TLS, or of TCP where there is no TLS. */
void peer_expect_end(struct peer *peer);
/* The client's end of TCP, in order. */
void peer_expect_fin(struct peer *peer);
void peer_expect_reset(struct peer *peer);
void peer_count_until_end(struct peer *peer);
void peer_wait_for_go(struct peer *peer);
void peer_fin(struct peer *peer);
void peer_cut(struct peer *peer);
/* The server's part of the TLS handshake, with the certificate of this name;
 * version 0: any. Whether it succeeded. */
bool peer_start_tls(struct peer *peer, const char *certificate, int version,
                    bool wants_certificate);
/* Reads the upgrade request; answers it with 101. */
void peer_read_request(struct peer *peer, char *request, size_t size);
void peer_upgrade(struct peer *peer);

#endif
