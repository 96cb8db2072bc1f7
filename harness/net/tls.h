/* TLS (RFC 5246, RFC 8446) as a filter: bytes of the socket in, bytes for
 * the socket out, no socket. The side of a client, or, where the trust is
 * an accepting one, of a server. */
#ifndef MQTTSPEC_NET_TLS_H
#define MQTTSPEC_NET_TLS_H

#include "net/net.h"

struct tls;

struct tls_options {
    struct net_trust *trust; /* outlives the filter */
    const char *host;        /* verified against the server's certificate */
    uint16_t port;           /* for messages only, as host is for servers */
    const char *server_name; /* for SNI instead of host; or NULL */
    enum net_tls_version version;
    void (*secret)(void *user, const char *line); /* as net_tap's; or NULL */
    void *secret_user;
};

/* NULL when there is no memory. */
struct tls *tls_new(const struct tls_options *options);
void tls_free(struct tls *tls);

enum tls_step {
    TLS_WANTS_INPUT, /* all that was fed is used up */
    TLS_FINISHED,    /* the handshake, once */
    TLS_DATA,        /* bytes of the layer above */
    TLS_NOTIFY,      /* the peer's close_notify */
    TLS_ALERT,       /* fatal alert, or records that are none */
    TLS_TRUST,       /* its certificate does not verify */
    TLS_DISAGREED,   /* the peer chose what we did not offer */
    TLS_LOCAL        /* our own library or memory cannot go on */
};

/* Bytes from the socket, borrowed until tls_next says TLS_WANTS_INPUT.
 * Nothing may be left over from the bytes before. */
void tls_feed(struct tls *tls, struct slice bytes);

/* One step onward; call until it says TLS_WANTS_INPUT, first without any
 * input so that the handshake begins. After each step (tls_output) is to be
 * written. Data is put into room, at most room_size bytes. Every step after
 * TLS_DATA is the last one: then the filter takes no more input. */
enum tls_step tls_next(struct tls *tls, uint8_t *room, size_t room_size,
                       struct slice *data);

/* Encrypts into the output. False when there is no memory. Does nothing
 * before the handshake has finished or after tls_notify. */
bool tls_write(struct tls *tls, struct slice bytes);
/* Puts close_notify into the output, once, if the handshake has finished. */
void tls_notify(struct tls *tls);

/* What is to be written; the caller empties it with tls_flushed. */
struct slice tls_output(const struct tls *tls);
void tls_flushed(struct tls *tls);

/* The version agreed upon; NET_TLS_ANY before. */
enum net_tls_version tls_version(const struct tls *tls);
/* One line on the last step; "" when there is nothing to say. */
const char *tls_text(const struct tls *tls);

#endif
