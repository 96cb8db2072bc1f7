/* Byte-stream connections to a broker: TCP, TLS, WebSocket and secure
 * WebSocket, each layer a filter from bytes to bytes, over one libuv loop.
 *
 * The room knows no MQTT packet: it moves bytes, and reports every sign of
 * an end by its own name. Times are nanoseconds of the monotonic clock,
 * read directly before a write and directly after a read. */
#ifndef MQTTSPEC_NET_H
#define MQTTSPEC_NET_H

#include "memory/memory.h"
#include <uv.h>

enum net_transport { NET_TCP, NET_TLS, NET_WS, NET_WSS, NET_TRANSPORTS };
/* "tcp", "tls", "ws", "wss". */
const char *net_transport_name(enum net_transport transport);
bool net_transport_parse(struct slice name, enum net_transport *transport);

/* Monotonic nanoseconds, now. */
int64_t net_now(void);

/* A broker's address: mqtt://, mqtts://, ws:// or wss://, host, port, path.
 * Default ports 1883, 8883, 8083, 8084; default path /mqtt. User and
 * password may stand in front of the host. Owned texts: net_url_free. */
struct net_url {
    enum net_transport transport;
    char *host;
    uint16_t port;
    char *path;
    char *user_name; /* NULL: none */
    char *password;  /* NULL: none */
};
/* False with a message (what is wrong, what is expected) in error. */
bool net_url_parse(const char *text, struct net_url *url, char *error,
                   size_t error_size);
/* The same for an address to listen at, where port 0 means a free one. */
bool net_url_parse_to_listen(const char *text, struct net_url *url, char *error,
                             size_t error_size);
void net_url_free(struct net_url *url);
/* How many bytes of a URL or a path may be shown; *mask, static, stands for the
 * rest: "?***" for a query, which is often a token, or "". */
int net_url_shown(const char *text, const char **mask);
/* Appends it as net_url_parse reads it, without the account, and with *** for
 * its query unless reveal: that is often a token. */
void net_url_print(const struct net_url *url, bool reveal, struct buffer *out);

/* uv_loop_init, which ends the program where too few descriptors are left:
 * this one results in UV_EMFILE. 0, or libuv's error. */
int net_loop_init(uv_loop_t *loop);

/* The address of a number or "localhost" (127.0.0.1); no name is looked up.
 * Port 0: a free one. False: it is none. */
bool net_listen_address(const char *host, uint16_t port,
                        struct sockaddr_storage *address);
/* Binds and listens; *port is the one that was taken. 0 or libuv's error; the
 * handle stays the caller's, to be closed in either case. */
int net_listen(uv_tcp_t *tcp, const struct sockaddr_storage *address,
               int backlog, uv_connection_cb on_connection, uint16_t *port);

/* Certificates and trust, loaded once and shared by all connections. */
struct net_trust;
struct net_trust_options {
    const char *ca_file;     /* PEM; NULL: the system's */
    const char *certificate; /* PEM chain of the client, or NULL */
    const char *key;         /* PEM, or NULL */
    bool insecure;           /* verify nothing; servers: take old TLS too */
    bool accepting;          /* a server's: ca_file, unless it is NULL, is
                                what clients' certificates must verify by */
};
/* NULL with a message in error: file, and what OpenSSL says. */
struct net_trust *net_trust_new(const struct net_trust_options *options,
                                char *error, size_t error_size);
void net_trust_free(struct net_trust *trust);

enum net_tls_version {
    NET_TLS_ANY,
    NET_TLS_1_0,
    NET_TLS_1_1,
    NET_TLS_1_2,
    NET_TLS_1_3
};

/* One WebSocket header field that we add to the upgrade request, instead of
 * our own field of that name; value NULL: leave that one out. */
struct net_header {
    const char *name, *value;
};

/* What passes between TCP and the layers above. */
enum net_flow {
    NET_FLOW_OPENED,
    NET_FLOW_OUT, /* bytes to the broker, as given to the kernel */
    NET_FLOW_IN,
    NET_FLOW_OUR_FIN,
    NET_FLOW_FIN,
    NET_FLOW_OUR_RESET,
    NET_FLOW_RESET
};
/* Listens to one connection, for captures. Functions may be NULL; bytes and
 * lines are borrowed during the call. */
struct net_tap {
    void (*opened)(void *user, const struct sockaddr *local,
                   const struct sockaddr *remote, int64_t time);
    void (*flow)(void *user, enum net_flow flow, struct slice bytes,
                 int64_t time);
    /* A line of the NSS key log format: what decrypts the connection. */
    void (*secret)(void *user, const char *line);
    void *user;
};

struct net_options {
    enum net_transport transport;
    struct sockaddr_storage address; /* already resolved, with the port */
    const char *host;                /* for Host:, SNI and verification */
    uint16_t port;                   /* for Host: */
    const char *server_name;         /* instead of host for SNI; or NULL */
    const char *path;                /* WebSocket; NULL: /mqtt */
    const struct net_header *headers;
    size_t header_count;
    /* More of them, but none whose name stands among the former. */
    const struct net_header *default_headers;
    size_t default_header_count;
    bool lower_case_headers;
    const char *const *subprotocols; /* offered; NULL: {"mqtt"} */
    size_t subprotocol_count;        /* 0 with non-NULL: offer none */
    struct net_trust *trust;         /* TLS; may be shared */
    enum net_tls_version tls_version;
    bool has_tls_stop_after; /* write only so many bytes of the handshake */
    size_t tls_stop_after;
    bool manual_handshake; /* a failed handshake is an event, not an error */
    bool manual_upgrade;   /* likewise the upgrade */
    bool upgrade_stop;     /* stop before the upgrade's last bytes … */
    size_t upgrade_stop_after; /* … and write only so many of them */
    int receive_buffer;        /* SO_RCVBUF before connect; 0: default */
    bool tcp_only;      /* bare TCP to this address, no layers above it */
    struct net_tap tap; /* all NULL: none */
};

/* Signs of an end, in the standard's and RFCs' terms. */
enum net_sign {
    NET_SIGN_FIN,      /* TCP FIN */
    NET_SIGN_RESET,    /* TCP RST */
    NET_SIGN_NOTIFY,   /* TLS close_notify */
    NET_SIGN_ALERT,    /* fatal TLS alert, or a TLS record error */
    NET_SIGN_WS_CLOSE, /* WebSocket Close frame */
    NET_SIGNS
};
const char *net_sign_name(enum net_sign sign); /* "fin", "reset", … */

enum net_event_kind {
    NET_EVENT_OPENED,   /* TCP is there, TLS finished, upgrade done: MQTT may
                           be written. tls_version holds where TLS is used */
    NET_EVENT_TLS,      /* the TLS handshake has finished: tls_version */
    NET_EVENT_UPGRADE,  /* the upgrade was answered: status … */
    NET_EVENT_DATA,     /* bytes: payload for the layer above */
    NET_EVENT_WS_PING,  /* came, and was answered; bytes: its payload */
    NET_EVENT_WS_PONG,  /* bytes: its payload */
    NET_EVENT_WS_CLOSE, /* code (1005: none), bytes: the payload; text: what
                           is wrong with it, or NULL; NET_EVENT_SIGN follows */
    NET_EVENT_WS_BAD,   /* the broker broke RFC 6455: text, masked; no more
                           bytes come from this connection but its end */
    NET_EVENT_WS_TEXT,  /* the next DATA came in a text frame: text */
    NET_EVENT_DRAINED,  /* everything given to net_send is in the kernel */
    NET_EVENT_SIGN,     /* sign: no byte for MQTT can follow. The layers
                           below may still be open; each sign comes once */
    NET_EVENT_ENDED,    /* TCP is over from the broker's side (FIN or RST
                           seen). Last sign already reported */
    NET_EVENT_CLOSED,   /* our own net_close(FIN or RESET) is complete and
                           the descriptor is gone; the very last event */
    NET_EVENT_FAILED    /* could not be opened, or (NET_FAILURE_LOCAL) we
                           have no memory to go on: reason and text. The
                           connection is over; CLOSED follows */
};

enum net_failure {
    NET_FAILURE_REFUSED,   /* TCP connect refused or unreachable */
    NET_FAILURE_CLOSED,    /* the broker ended before OPENED */
    NET_FAILURE_TRUST,     /* its certificate does not verify */
    NET_FAILURE_HANDSHAKE, /* TLS cannot be agreed */
    NET_FAILURE_UPGRADE,   /* answered, but not with a valid 101 */
    NET_FAILURE_LOCAL      /* descriptors, memory: our own */
};

struct net_event {
    enum net_event_kind kind;
    int64_t time;       /* directly after the read that brought it */
    struct slice bytes; /* borrowed during the call */
    enum net_sign sign;
    unsigned code;                    /* WS_CLOSE */
    enum net_tls_version tls_version; /* OPENED, TLS */
    unsigned status;                  /* UPGRADE: HTTP status */
    bool accept_valid;                /* UPGRADE: Sec-WebSocket-Accept */
    const char *subprotocol;          /* UPGRADE: chosen, or NULL */
    bool masked;                      /* WS_BAD: it masked a frame */
    enum net_failure failure;         /* FAILED */
    const char *text; /* FAILED, WS_BAD: one plain line. SIGN: one on the
                         alert, or NULL. UPGRADE: why it is no valid 101, or
                         NULL */
};

struct net_connection;
typedef void (*net_event_function)(void *user, struct net_connection *from,
                                   const struct net_event *event);

/* Starts to open a connection (TCP_NODELAY always). Options are copied as
 * far as needed. NULL only when there is no memory or no descriptor: error
 * says which. Events come from the loop or from within the calls below,
 * never from within this call. SIGPIPE is ignored from the first call on.
 * For TLS, trust outlives the connection. */
struct net_connection *net_open(uv_loop_t *loop,
                                const struct net_options *options,
                                net_event_function on_event, void *user,
                                char *error, size_t error_size);

/* The WebSocket frame of one net_send. */
struct net_frame {
    uint8_t opcode; /* 2: binary; 0: continuation; 9, 10, 8 control */
    bool fin;
    bool mask;
    uint8_t rsv;          /* the three bits as a number, 4 = RSV1 */
    uint8_t length_width; /* 0: minimal; 2 or 8: that form */
};
#define NET_FRAME_DEFAULT                                                      \
    ((struct net_frame){.opcode = 2, .fin = true, .mask = true})

/* Before OPENED, after our own end and after a failed write nothing is
 * written. Writes the bytes in one TCP write, one TLS record (where they fit)
 * and one WebSocket frame. frame NULL: the default; ignored without WebSocket.
 * *began is the time directly before the write. False when there is no
 * memory, or more than 64 MiB would wait; a peer that is gone is not an error:
 * its end is an event. Bytes that the kernel does not take wait in a capped
 * buffer and DRAINED is reported when they are gone. */
bool net_send(struct net_connection *connection, struct slice bytes,
              const struct net_frame *frame, int64_t *began);
/* False while bytes given to net_send still wait. */
bool net_drained(const struct net_connection *connection);

enum net_close_how {
    NET_CLOSE_FIN,   /* in order over all layers (Close frame, close_notify,
                        FIN), then reads and throws away until the broker
                        ends too, at most 2 s; then CLOSED */
    NET_CLOSE_RESET, /* RST at once; CLOSED */
    NET_CLOSE_HALF,  /* FIN only; reading goes on; no CLOSED */
    NET_CLOSE_NOTIFY /* TLS close_notify only; no CLOSED */
};
/* May be called in any state. After a sign from the broker the connection
 * answers for itself (Close, close_notify) and, unless lingering, ends its
 * side of TCP at once; ENDED tells when the broker's TCP has ended too. */
void net_close(struct net_connection *connection, enum net_close_how how);
/* Keeps our end of the socket open after the broker's. */
void net_linger(struct net_connection *connection, bool linger);
/* Stops and resumes reading the socket. */
void net_reading(struct net_connection *connection, bool on);
/* No more events; frees the connection as soon as the loop allows it
 * (RST if still open). Safe from within an event. */
void net_drop(struct net_connection *connection);

/* Local and remote addresses for reports, such as "127.0.0.1:1883"; the
 * local one is "" before TCP is there. Valid until net_drop. */
const char *net_local_name(struct net_connection *connection);
const char *net_remote_name(struct net_connection *connection);

#endif
