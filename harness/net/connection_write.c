/* Down through the layers into the socket. The kernel is tried first; only
 * what it does not take is copied and waits. */
#include "net/connection.h"
#include <string.h>
#include <sys/socket.h>

enum { WAITING_CAP = 64 * 1024 * 1024, KEPT_FRAME = 2048 };

struct waiting {
    uv_write_t request;
    size_t size;
    uint8_t bytes[];
};

/* The peer is gone. What it sent before is still to be read, so this is
 * only noted: the end is believed when the reading sees it. */
static void note_failed_write(struct net_connection *connection, int error)
{
    connection->write_failed = true;
    if (error == UV_ECONNRESET)
        connection->reset_in_write = true;
}

static void send_fin(struct net_connection *connection)
{
    uv_os_fd_t descriptor;
    if (connection->shut_done || connection->closing)
        return;
    connection->shut_done = true;
    if (uv_fileno((uv_handle_t *)&connection->tcp, &descriptor) == 0)
        shutdown(descriptor, SHUT_WR);
}

void net_shut(struct net_connection *connection)
{
    connection->shut = true;
    if (net_drained(connection))
        send_fin(connection);
}

static void on_written(uv_write_t *request, int status)
{
    struct waiting *waiting = request->data;
    struct net_connection *connection = request->handle->data;
    bool drained_before = net_drained(connection);
    connection->waiting -= waiting->size;
    memory_free(waiting);
    if (connection->closing)
        return;
    if (status < 0)
        note_failed_write(connection, status);
    if (!net_drained(connection) || drained_before)
        return;
    if (connection->shut)
        send_fin(connection);
    net_emit_kind(connection, NET_EVENT_DRAINED, net_now());
}

static bool put_in_line(struct net_connection *connection, struct slice bytes)
{
    struct waiting *waiting;
    if (bytes.size > WAITING_CAP - connection->waiting)
        return false;
    waiting = memory_new(sizeof *waiting + bytes.size);
    if (waiting == NULL)
        return false;
    waiting->request.data = waiting;
    waiting->size = bytes.size;
    memcpy(waiting->bytes, bytes.data, bytes.size);
    uv_buf_t part = uv_buf_init((char *)waiting->bytes, (unsigned)bytes.size);
    int result = uv_write(&waiting->request, (uv_stream_t *)&connection->tcp,
                          &part, 1, on_written);
    if (result != 0) {
        memory_free(waiting);
        note_failed_write(connection, result);
        return true;
    }
    connection->waiting += bytes.size;
    return true;
}

static bool write_tcp(struct net_connection *connection, struct slice bytes,
                      int64_t *began)
{
    uv_buf_t all =
        uv_buf_init((char *)(uintptr_t)bytes.data, (unsigned)bytes.size);
    int done = 0;
    bool dead = connection->write_failed || connection->shut ||
                connection->closing || connection->stalled;
    *began = net_now();
    if (dead || bytes.size == 0)
        return true;
    if (bytes.size > WAITING_CAP)
        return false;
    if (connection->waiting == 0)
        done = uv_try_write((uv_stream_t *)&connection->tcp, &all, 1);
    if (done == UV_EAGAIN)
        done = 0;
    if (done < 0) {
        note_failed_write(connection, done);
        return true;
    }
    if ((size_t)done == bytes.size)
        return true;
    if (put_in_line(connection,
                    slice_make(bytes.data + done, bytes.size - (size_t)done)))
        return true;
    /* The rest is lost: nothing sensible can follow the part that went. */
    connection->write_failed = connection->write_failed || done > 0;
    return false;
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
    connection->write_failed = connection->write_failed || !whole;
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
    return connection->waiting == 0 || connection->write_failed;
}
