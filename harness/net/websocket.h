/* WebSocket (RFC 6455) of a client as a filter: bytes from the broker in,
 * payload and events out, no socket. The broker's side is judged strictly;
 * what we write may be broken on purpose. */
#ifndef MQTTSPEC_NET_WEBSOCKET_H
#define MQTTSPEC_NET_WEBSOCKET_H

#include "net/net.h"

enum { WEBSOCKET_NO_CODE = 1005, WEBSOCKET_NORMAL = 1000 };

struct websocket;

struct websocket_options {
    const char *host;
    uint16_t port;
    bool secure; /* says which port Host: may leave out */
    const char *path;
    const struct net_header *headers;
    size_t header_count;
    const struct net_header *default_headers; /* as in net_options */
    size_t default_header_count;
    bool lower_case_headers;
    const char *const *subprotocols;
    size_t subprotocol_count;
};

enum websocket_event_kind {
    WEBSOCKET_UPGRADE,  /* status, accept_valid, subprotocol, text */
    WEBSOCKET_DATA,     /* bytes, as they arrive */
    WEBSOCKET_TEXT,     /* the next message is a text message */
    WEBSOCKET_PING,     /* bytes */
    WEBSOCKET_PONG,     /* bytes */
    WEBSOCKET_CLOSE,    /* code; text says what is wrong with it, or NULL */
    WEBSOCKET_BAD,      /* text: what RFC 6455 forbids */
    WEBSOCKET_NO_MEMORY /* only before WEBSOCKET_UPGRADE */
};

struct websocket_event {
    enum websocket_event_kind kind;
    struct slice bytes; /* borrowed from the input, or until the next call */
    unsigned code;
    unsigned status; /* 0: not HTTP */
    bool accept_valid;
    const char *subprotocol; /* NULL: none */
    bool masked;             /* BAD: because of a mask */
    const char *text;        /* UPGRADE: why it is no valid 101, or NULL */
};

/* Makes the upgrade request. NULL when there is no memory. Nothing of the
 * options is kept. */
struct websocket *websocket_new(const struct websocket_options *options);
void websocket_free(struct websocket *websocket);

/* The upgrade request; empty after WEBSOCKET_UPGRADE. */
struct slice websocket_request(const struct websocket *websocket);

/* Bytes from the broker, borrowed until websocket_next returns false.
 * Nothing may be left over from the bytes before. */
void websocket_feed(struct websocket *websocket, struct slice bytes);

/* The next event; false when all input is used up. After WEBSOCKET_CLOSE and
 * WEBSOCKET_BAD, and after an upgrade with another status than 101, input is
 * thrown away. After a 101 with a fault frames follow all the same. */
bool websocket_next(struct websocket *websocket, struct websocket_event *event);

/* Appends one frame, masked with a fresh key where frame->mask says so. */
void websocket_encode(struct buffer *to, const struct net_frame *frame,
                      struct slice payload);

#endif
