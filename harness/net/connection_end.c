/* The ends of a connection: what the broker's signs are answered with, and
 * our own ways to end. */
#include "net/connection.h"

enum { CLOSE_WAIT_MS = 2000 };

bool net_may_be_refused(const struct net_connection *connection)
{
    if (connection->phase == NET_PHASE_OPEN || connection->stalled ||
        connection->discarding)
        return true;
    /* In TLS 1.3 the broker judges our certificate after the handshake. */
    return connection->manual_handshake ||
           (connection->manual_upgrade &&
            connection->phase == NET_PHASE_UPGRADE);
}

void net_send_close_frame(struct net_connection *connection)
{
    const struct net_frame frame = {.opcode = 8, .fin = true, .mask = true};
    static const uint8_t normal[] = {WEBSOCKET_NORMAL >> 8,
                                     WEBSOCKET_NORMAL & 0xff};
    int64_t began;
    if (connection->websocket == NULL || connection->close_sent ||
        connection->phase != NET_PHASE_OPEN)
        return;
    net_write_frame(connection, &frame, slice_make(normal, sizeof normal),
                    &began);
}

static void send_notify(struct net_connection *connection)
{
    int64_t began;
    if (connection->tls == NULL || connection->closing)
        return;
    tls_notify(connection->tls);
    net_flush(connection, &began);
}

/* The layer that was ended is ended from our side too; then, unless we
 * linger, so are the ones below it. */
static void answer(struct net_connection *connection, enum net_sign sign)
{
    bool down = !connection->linger;
    if (sign == NET_SIGN_WS_CLOSE)
        net_send_close_frame(connection);
    if (sign == NET_SIGN_NOTIFY || (sign == NET_SIGN_WS_CLOSE && down))
        send_notify(connection);
    if (down)
        net_shut(connection);
}

void net_sign_seen(struct net_connection *connection, enum net_sign sign,
                   const char *text, int64_t time)
{
    uint8_t bit = (uint8_t)(1U << sign);
    if (connection->closing || (connection->signs & bit) != 0)
        return;
    connection->signs |= bit;
    net_emit(connection, &(struct net_event){.kind = NET_EVENT_SIGN,
                                             .time = time,
                                             .sign = sign,
                                             .text = text});
    if (!connection->closing)
        answer(connection, sign);
}

static const char *unopened_text(const struct net_connection *connection)
{
    return connection->phase == NET_PHASE_TLS
               ? "the broker closed the connection during the TLS handshake"
               : "the broker closed the connection before it answered the "
                 "upgrade to WebSocket";
}

void net_tcp_ended(struct net_connection *connection, enum net_sign sign,
                   int64_t time)
{
    uv_read_stop((uv_stream_t *)&connection->tcp);
    net_flowed(connection,
               sign == NET_SIGN_RESET ? NET_FLOW_RESET : NET_FLOW_FIN,
               slice_make(NULL, 0), time);
    if (!net_may_be_refused(connection)) {
        net_fail(connection, NET_FAILURE_CLOSED, unopened_text(connection),
                 time);
        return;
    }
    connection->ended = true;
    net_sign_seen(connection, sign, NULL, time);
    if (connection->closing)
        return;
    net_emit_kind(connection, NET_EVENT_ENDED, time);
    if (connection->discarding)
        net_shut_down(connection, false);
}

static void on_close_wait_over(uv_timer_t *timer)
{
    net_shut_down(timer->data, false);
}

/* All layers in order; then the broker has its time to end as well. */
static void close_in_order(struct net_connection *connection)
{
    if (connection->discarding)
        return;
    if (connection->ended || connection->phase == NET_PHASE_CONNECT) {
        net_shut_down(connection, false);
        return;
    }
    connection->discarding = true;
    net_send_close_frame(connection);
    send_notify(connection);
    net_shut(connection);
    net_apply_reading(connection);
    uv_update_time(connection->timer.loop);
    uv_timer_start(&connection->timer, on_close_wait_over, CLOSE_WAIT_MS, 0);
}

void net_close(struct net_connection *connection, enum net_close_how how)
{
    if (connection->closing)
        return;
    switch (how) {
    case NET_CLOSE_FIN:
        close_in_order(connection);
        break;
    case NET_CLOSE_RESET:
        net_shut_down(connection, true);
        break;
    case NET_CLOSE_HALF:
        if (connection->phase != NET_PHASE_CONNECT)
            net_shut(connection);
        break;
    case NET_CLOSE_NOTIFY:
        send_notify(connection);
        break;
    }
}

void net_linger(struct net_connection *connection, bool linger)
{
    connection->linger = linger;
    if (!linger && connection->signs != 0 && !connection->closing)
        net_shut(connection);
}
