/* What struct websocket holds, for the files that make up the filter. */
#ifndef MQTTSPEC_NET_WEBSOCKET_FILTER_H
#define MQTTSPEC_NET_WEBSOCKET_FILTER_H

#include "net/websocket.h"

enum websocket_phase {
    WEBSOCKET_ANSWERING, /* collects the answer to the upgrade */
    WEBSOCKET_ANSWERED,  /* the answer was told; its memory can go */
    WEBSOCKET_HEADER,
    WEBSOCKET_PAYLOAD,
    WEBSOCKET_CONTROL, /* collects a control frame's payload */
    WEBSOCKET_OVER,
    WEBSOCKET_PHASES
};

enum {
    WEBSOCKET_KEY_TEXT = 24,       /* base64 of 16 bytes */
    WEBSOCKET_ACCEPT_TEXT = 28,    /* base64 of 20 bytes */
    WEBSOCKET_ANSWER_CAP = 16384,  /* header of the answer */
    WEBSOCKET_REQUEST_CAP = 65536, /* our own request */
    WEBSOCKET_CONTROL_MAX = 125,   /* section 5.5 */
    WEBSOCKET_HEADER_MAX = 10      /* a header without masking key */
};

/* Needed only until the upgrade is over. */
struct websocket_upgrade {
    struct buffer request;
    struct buffer offered; /* subprotocols, with commas between */
    struct buffer answer;
    bool extensions_offered;
    unsigned status;
    char accept[WEBSOCKET_ACCEPT_TEXT + 1]; /* what we expect */
    char subprotocol[64];
    char text[192];
};

struct websocket {
    enum websocket_phase phase;
    struct slice input;
    struct websocket_upgrade *upgrade; /* NULL when it is over */
    uint64_t left;                     /* payload bytes of this frame */
    uint8_t header[WEBSOCKET_HEADER_MAX];
    uint8_t header_size;
    uint8_t control_size;
    bool in_message; /* a data frame without FIN came */
    uint8_t control[WEBSOCKET_CONTROL_MAX];
};

/* Takes up to size bytes of the input. */
struct slice websocket_take(struct websocket *websocket, uint64_t size);

/* Builds the request. False when there is no memory, or the request would be
 * longer than WEBSOCKET_REQUEST_CAP. */
bool websocket_ask(struct websocket_upgrade *upgrade,
                   const struct websocket_options *options);

/* Judges a complete answer (status line, header fields, empty line), filling
 * event, upgrade->status, subprotocol and text. */
void websocket_judge(struct websocket_upgrade *upgrade, struct slice answer,
                     struct websocket_event *event);

/* The base64 text of Sec-WebSocket-Accept for a key (section 4.2.2). False
 * when there is no memory, or the key is longer than any that makes sense. */
bool websocket_accept_for(const char *key,
                          char accept[WEBSOCKET_ACCEPT_TEXT + 1]);

#endif
