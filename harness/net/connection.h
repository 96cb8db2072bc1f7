/* What struct net_connection holds, and what its files offer each other:
 *
 *   connection.c         opening, closing the descriptor, freeing
 *   connection_text.c    addresses, and what a failed connect means
 *   connection_read.c    from the socket up through the layers
 *   connection_write.c   down through the layers to the socket
 *   connection_end.c     signs of the broker's end, and our own end */
#ifndef MQTTSPEC_NET_CONNECTION_H
#define MQTTSPEC_NET_CONNECTION_H

#include "net/net.h"
#include "net/outlet.h"
#include "net/tls.h"
#include "net/websocket.h"

enum net_phase {
    NET_PHASE_CONNECT, /* TCP */
    NET_PHASE_TLS,     /* handshake */
    NET_PHASE_UPGRADE, /* WebSocket */
    NET_PHASE_OPEN
};

enum { NET_NAME_SIZE = 64 };

struct net_connection {
    uv_tcp_t tcp;
    uv_timer_t timer; /* waits for the broker after net_close(FIN) */
    uv_connect_t connect;
    net_event_function on_event;
    void *user;
    struct tls *tls;             /* NULL: no such layer */
    struct websocket *websocket; /* NULL: no such layer */
    struct buffer frame; /* a WebSocket frame on its way to TLS or TCP */
    struct outlet outlet;
    struct net_tap tap;
    size_t stop_after; /* of our first flight, where it is cut */
    enum net_phase phase;
    int connect_error;         /* of libuv, when connect failed at once */
    uint8_t signs;             /* one bit for each sign reported */
    uint8_t handles;           /* of libuv, not closed yet */
    bool cut_handshake : 1;    /* write stop_after bytes of it … */
    bool cut_upgrade : 1;      /* … or of the upgrade request */
    bool stalled : 1;          /* done so: nothing more is written */
    bool manual_handshake : 1; /* the broker's refusal is no failure */
    bool manual_upgrade : 1;
    bool connected : 1;
    bool linger : 1;      /* net_linger */
    bool not_reading : 1; /* net_reading(false) */
    bool discarding : 1;  /* net_close(FIN): no more data to the user */
    bool close_sent : 1;  /* our WebSocket Close frame */
    bool ended : 1;       /* NET_EVENT_ENDED */
    bool closing : 1;     /* the descriptor is being closed */
    bool gone : 1;        /* NET_EVENT_CLOSED is over */
    bool dropped : 1;     /* net_drop */
    char local[NET_NAME_SIZE];
    char remote[NET_NAME_SIZE];
};

/* connection.c */
void net_emit(struct net_connection *connection, const struct net_event *event);
/* An event without more to say than its kind. */
void net_emit_kind(struct net_connection *connection, enum net_event_kind kind,
                   int64_t time);
/* Reports NET_EVENT_FAILED and closes. */
void net_fail(struct net_connection *connection, enum net_failure failure,
              const char *text, int64_t time);
/* Tells the tap, if there is one. */
void net_flowed(const struct net_connection *connection, enum net_flow flow,
                struct slice bytes, int64_t time);
/* Closes the descriptor, by RST or in order; CLOSED follows. */
void net_shut_down(struct net_connection *connection, bool reset);

/* connection_text.c */
/* "127.0.0.1:1883" */
void net_address_text(const struct sockaddr *address, char *to, size_t size);
/* What a libuv error of connect means; the line goes into text. */
enum net_failure net_connect_failure(int error, const char *remote, char *text,
                                     size_t size);

/* connection_read.c */
/* TCP is there: begins the layers above. */
void net_begin(struct net_connection *connection, int64_t time);
/* Starts or stops libuv's reading as the flags say. */
void net_apply_reading(struct net_connection *connection);

/* connection_write.c */
/* Writes what the TLS filter has put out. False when there is no memory. */
bool net_flush(struct net_connection *connection, int64_t *began);
/* Bytes for TLS where there is TLS, else for TCP. */
bool net_write_below_websocket(struct net_connection *connection,
                               struct slice bytes, int64_t *began);
bool net_write_frame(struct net_connection *connection,
                     const struct net_frame *frame, struct slice payload,
                     int64_t *began);
/* Our FIN, as soon as nothing waits any more. */
void net_shut(struct net_connection *connection);

/* connection_end.c */
/* Reports a sign, unless it was reported before, and answers it. */
void net_sign_seen(struct net_connection *connection, enum net_sign sign,
                   const char *text, int64_t time);
/* TCP ended from the broker's side. */
void net_tcp_ended(struct net_connection *connection, enum net_sign sign,
                   int64_t time);
/* Whether a refusal by the broker now is an event, not a failure. */
bool net_may_be_refused(const struct net_connection *connection);
/* Our Close frame, once, where there is a WebSocket layer. */
void net_send_close_frame(struct net_connection *connection);

#endif
