/* From the socket up through the layers to the events. One read buffer
 * serves all connections of a thread, because a loop runs in one thread and
 * bytes are used up before its next read. */
#include "net/connection.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

enum { READ_SIZE = 65536, RECORD_SIZE = 16384 };

static _Thread_local uint8_t read_room[READ_SIZE];
static _Thread_local uint8_t record_room[RECORD_SIZE];

static void offer_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    (void)handle;
    (void)suggested;
    *room = uv_buf_init((char *)read_room, READ_SIZE);
}

/* Whether bytes for the user still matter. */
static bool is_heard(const struct net_connection *connection)
{
    return !connection->closing && !connection->discarding &&
           !connection->stalled;
}

static void opened(struct net_connection *connection, int64_t time)
{
    connection->phase = NET_PHASE_OPEN;
    net_emit(
        connection,
        &(struct net_event){.kind = NET_EVENT_OPENED,
                            .time = time,
                            .tls_version = connection->tls == NULL
                                               ? NET_TLS_ANY
                                               : tls_version(connection->tls)});
}

static void deliver(struct net_connection *connection, enum net_event_kind kind,
                    struct slice bytes, int64_t time)
{
    if (is_heard(connection))
        net_emit(connection, &(struct net_event){
                                 .kind = kind, .time = time, .bytes = bytes});
}

static void say(struct net_connection *connection, enum net_event_kind kind,
                const struct websocket_event *event, int64_t time)
{
    if (is_heard(connection))
        net_emit(connection, &(struct net_event){.kind = kind,
                                                 .time = time,
                                                 .masked = event->masked,
                                                 .text = event->text});
}

static void on_upgrade(struct net_connection *connection,
                       const struct websocket_event *event, int64_t time)
{
    if (!is_heard(connection))
        return;
    net_emit(connection,
             &(struct net_event){.kind = NET_EVENT_UPGRADE,
                                 .time = time,
                                 .status = event->status,
                                 .accept_valid = event->accept_valid,
                                 .subprotocol = event->subprotocol,
                                 .text = event->text});
    if (!is_heard(connection))
        return;
    if (event->text != NULL && !connection->manual_upgrade)
        net_fail(connection, NET_FAILURE_UPGRADE, event->text, time);
    else if (event->status == 101)
        opened(connection, time);
}

static void on_ping(struct net_connection *connection,
                    const struct websocket_event *event, int64_t time)
{
    const struct net_frame pong = {.opcode = 10, .fin = true, .mask = true};
    int64_t began;
    if (!connection->close_sent)
        net_write_frame(connection, &pong, event->bytes, &began);
    deliver(connection, NET_EVENT_WS_PING, event->bytes, time);
}

static void on_close_frame(struct net_connection *connection,
                           const struct websocket_event *event, int64_t time)
{
    if (is_heard(connection))
        net_emit(connection, &(struct net_event){.kind = NET_EVENT_WS_CLOSE,
                                                 .time = time,
                                                 .code = event->code,
                                                 .text = event->text,
                                                 .bytes = event->bytes});
    net_sign_seen(connection, NET_SIGN_WS_CLOSE, NULL, time);
}

static void on_websocket_event(struct net_connection *connection,
                               const struct websocket_event *event,
                               int64_t time)
{
    switch (event->kind) {
    case WEBSOCKET_UPGRADE:
        on_upgrade(connection, event, time);
        break;
    case WEBSOCKET_DATA:
        deliver(connection, NET_EVENT_DATA, event->bytes, time);
        break;
    case WEBSOCKET_TEXT:
        say(connection, NET_EVENT_WS_TEXT, event, time);
        break;
    case WEBSOCKET_PING:
        on_ping(connection, event, time);
        break;
    case WEBSOCKET_PONG:
        deliver(connection, NET_EVENT_WS_PONG, event->bytes, time);
        break;
    case WEBSOCKET_CLOSE:
        on_close_frame(connection, event, time);
        break;
    case WEBSOCKET_BAD:
        say(connection, NET_EVENT_WS_BAD, event, time);
        break;
    case WEBSOCKET_NO_MEMORY:
        net_fail(connection, NET_FAILURE_LOCAL, "no memory", time);
        break;
    }
}

/* Plain bytes: what TLS has decrypted, or what came over TCP. */
static void receive_plain(struct net_connection *connection, struct slice bytes,
                          int64_t time)
{
    struct websocket_event event;
    if (connection->websocket == NULL) {
        deliver(connection, NET_EVENT_DATA, bytes, time);
        return;
    }
    websocket_feed(connection->websocket, bytes);
    while (!connection->closing &&
           websocket_next(connection->websocket, &event))
        on_websocket_event(connection, &event, time);
}

static void ask_for_upgrade(struct net_connection *connection, int64_t time)
{
    struct slice request = websocket_request(connection->websocket);
    int64_t began;
    connection->phase = NET_PHASE_UPGRADE;
    if (connection->cut_upgrade && request.size > connection->stop_after)
        request.size = connection->stop_after;
    if (!net_write_below_websocket(connection, request, &began))
        net_fail(connection, NET_FAILURE_LOCAL, "no memory", time);
    connection->stalled = connection->stalled || connection->cut_upgrade;
}

/* The layers below MQTT's transport are there. */
static void begin_above_tls(struct net_connection *connection, int64_t time)
{
    if (connection->websocket != NULL)
        ask_for_upgrade(connection, time);
    else
        opened(connection, time);
}

static void on_handshake(struct net_connection *connection, int64_t time)
{
    if (!is_heard(connection))
        return;
    net_emit(connection,
             &(struct net_event){.kind = NET_EVENT_TLS,
                                 .time = time,
                                 .tls_version = tls_version(connection->tls)});
    if (is_heard(connection))
        begin_above_tls(connection, time);
}

/* TLS is over because the broker said so, by an alert or by nonsense. */
static void on_alert(struct net_connection *connection, int64_t time)
{
    const char *text = tls_text(connection->tls);
    if (net_may_be_refused(connection))
        net_sign_seen(connection, NET_SIGN_ALERT, text, time);
    else
        net_fail(connection, NET_FAILURE_HANDSHAKE, text, time);
}

static void on_notify(struct net_connection *connection, int64_t time)
{
    if (net_may_be_refused(connection))
        net_sign_seen(connection, NET_SIGN_NOTIFY, NULL, time);
    else
        net_fail(connection, NET_FAILURE_CLOSED,
                 "the broker ended TLS before the connection was open", time);
}

/* TLS is over because we do not go on. */
static void on_refused_by_us(struct net_connection *connection,
                             enum tls_step step, int64_t time)
{
    enum net_failure failure = step == TLS_TRUST       ? NET_FAILURE_TRUST
                               : step == TLS_DISAGREED ? NET_FAILURE_HANDSHAKE
                                                       : NET_FAILURE_LOCAL;
    const char *text = tls_text(connection->tls);
    if (!connection->stalled)
        net_fail(connection, failure, text[0] == '\0' ? "no memory" : text,
                 time);
}

static void on_tls_step(struct net_connection *connection, enum tls_step step,
                        struct slice data, int64_t time)
{
    switch (step) {
    case TLS_WANTS_INPUT:
        break;
    case TLS_FINISHED:
        on_handshake(connection, time);
        break;
    case TLS_DATA:
        receive_plain(connection, data, time);
        break;
    case TLS_NOTIFY:
        on_notify(connection, time);
        break;
    case TLS_ALERT:
        on_alert(connection, time);
        break;
    case TLS_TRUST:
    case TLS_DISAGREED:
    case TLS_LOCAL:
        on_refused_by_us(connection, step, time);
        break;
    }
}

/* Session tickets are answered by nothing, so our kernel would acknowledge
 * them only 40 ms later, and a broker that uses Nagle's algorithm would hold
 * back its CONNACK so long. */
static void acknowledge_now(struct net_connection *connection)
{
    const int on = 1;
    uv_os_fd_t descriptor;
    if (!connection->closing &&
        uv_fileno((uv_handle_t *)&connection->tcp, &descriptor) == 0)
        setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

/* Feeds TLS and carries its steps upward until it wants more bytes. */
static void receive_tls(struct net_connection *connection, struct slice bytes,
                        int64_t time)
{
    enum tls_step step = TLS_FINISHED;
    bool has_data = false;
    struct slice data;
    int64_t began;
    tls_feed(connection->tls, bytes);
    while (!connection->closing && step != TLS_WANTS_INPUT) {
        has_data = has_data || step == TLS_DATA;
        step = tls_next(connection->tls, record_room, RECORD_SIZE, &data);
        if (!net_flush(connection, &began))
            step = TLS_LOCAL;
        on_tls_step(connection, step, data, time);
    }
    if (!has_data && bytes.size > 0)
        acknowledge_now(connection);
}

static void receive(struct net_connection *connection, struct slice bytes,
                    int64_t time)
{
    /* Our own end came first: an unfinished opening is of no interest. */
    if (connection->discarding && connection->phase != NET_PHASE_OPEN)
        return;
    if (connection->tls != NULL)
        receive_tls(connection, bytes, time);
    else
        receive_plain(connection, bytes, time);
}

void net_begin(struct net_connection *connection, int64_t time)
{
    if (connection->tls == NULL) {
        begin_above_tls(connection, time);
        return;
    }
    connection->phase = NET_PHASE_TLS;
    receive_tls(connection, slice_make(NULL, 0), time);
}

static enum net_sign sign_of_end(const struct net_connection *connection)
{
    return outlet_was_reset(&connection->outlet) ? NET_SIGN_RESET
                                                 : NET_SIGN_FIN;
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *room)
{
    int64_t time = net_now();
    struct net_connection *connection = stream->data;
    if (size > 0)
        net_flowed(connection, NET_FLOW_IN,
                   slice_make(room->base, (size_t)size), time);
    if (size > 0)
        receive(connection, slice_make(room->base, (size_t)size), time);
    else if (size == UV_EOF)
        net_tcp_ended(connection, sign_of_end(connection), time);
    else if (size < 0)
        net_tcp_ended(connection, NET_SIGN_RESET, time);
}

void net_apply_reading(struct net_connection *connection)
{
    uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
    bool wanted = !connection->not_reading || connection->discarding;
    if (connection->closing || connection->ended || !connection->connected)
        return;
    if (wanted)
        uv_read_start(stream, offer_room, on_read);
    else
        uv_read_stop(stream);
}

void net_reading(struct net_connection *connection, bool on)
{
    connection->not_reading = !on;
    net_apply_reading(connection);
}
