/* Down through the layers to the socket. */
#include "net/connection.h"

enum { KEPT_FRAME = 2048 };

void net_shut(struct net_connection *connection)
{
    net_flowed(connection, NET_FLOW_OUR_FIN, slice_make(NULL, 0), net_now());
    outlet_shut(&connection->outlet);
}

static bool write_tcp(struct net_connection *connection, struct slice bytes,
                      int64_t *began)
{
    *began = net_now();
    if (connection->stalled)
        return true;
    if (bytes.size > 0)
        net_flowed(connection, NET_FLOW_OUT, bytes, *began);
    return outlet_write(&connection->outlet, bytes);
}

bool net_flush(struct net_connection *connection, int64_t *began)
{
    struct slice output = tls_output(connection->tls);
    bool cut =
        connection->cut_handshake && !connection->stalled && output.size > 0;
    if (cut && output.size > connection->stop_after)
        output.size = connection->stop_after;
    bool whole = write_tcp(connection, output, began);
    connection->stalled = connection->stalled || cut;
    tls_flushed(connection->tls);
    /* A lost record damages all that follow. */
    connection->outlet.failed = connection->outlet.failed || !whole;
    return whole;
}

bool net_write_below_websocket(struct net_connection *connection,
                               struct slice bytes, int64_t *began)
{
    if (connection->tls == NULL)
        return write_tcp(connection, bytes, began);
    bool whole = tls_write(connection->tls, bytes);
    return net_flush(connection, began) && whole;
}

static void give_back(struct buffer *frame)
{
    if (frame->capacity > KEPT_FRAME)
        buffer_free(frame);
    else
        buffer_clear(frame);
}

bool net_write_frame(struct net_connection *connection,
                     const struct net_frame *frame, struct slice payload,
                     int64_t *began)
{
    struct buffer *encoded = &connection->frame;
    bool whole = false;
    *began = net_now();
    websocket_encode(encoded, frame, payload);
    if (!encoded->failed)
        whole =
            net_write_below_websocket(connection, buffer_slice(encoded), began);
    if (whole && (frame->opcode & 15) == 8)
        connection->close_sent = true;
    give_back(encoded);
    return whole;
}

bool net_send(struct net_connection *connection, struct slice bytes,
              const struct net_frame *frame, int64_t *began)
{
    *began = net_now();
    if (connection->phase != NET_PHASE_OPEN || connection->closing)
        return true;
    if (connection->websocket == NULL)
        return net_write_below_websocket(connection, bytes, began);
    return net_write_frame(
        connection, frame == NULL ? &NET_FRAME_DEFAULT : frame, bytes, began);
}

bool net_drained(const struct net_connection *connection)
{
    return outlet_drained(&connection->outlet);
}
