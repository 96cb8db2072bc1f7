#include "net/outlet.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

enum { WAITING_CAP = 64 * 1024 * 1024 };

struct waiting {
    uv_write_t request;
    struct outlet *outlet;
    size_t size;
    uint8_t bytes[];
};

/* libuv writes without MSG_NOSIGNAL: a peer that is gone would kill us. */
static void ignore_sigpipe(void)
{
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 &&
        action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &action, NULL);
    }
}

void outlet_init(struct outlet *outlet, uv_tcp_t *tcp,
                 outlet_function on_drained)
{
    static uv_once_t once = UV_ONCE_INIT;
    uv_once(&once, ignore_sigpipe);
    *outlet = (struct outlet){.tcp = tcp, .on_drained = on_drained};
}

/* The peer is gone. What it sent before is still to be read, so this is
 * only noted: the end is believed when the reading sees it. */
static void note_failure(struct outlet *outlet, int error)
{
    outlet->failed = true;
    if (error == UV_ECONNRESET)
        outlet->reset = true;
}

static bool is_closing(const struct outlet *outlet)
{
    return uv_is_closing((const uv_handle_t *)outlet->tcp);
}

static void send_fin(struct outlet *outlet)
{
    uv_os_fd_t descriptor;
    if (outlet->shut_done || is_closing(outlet))
        return;
    outlet->shut_done = true;
    if (uv_fileno((uv_handle_t *)outlet->tcp, &descriptor) == 0)
        shutdown(descriptor, SHUT_WR);
}

void outlet_shut(struct outlet *outlet)
{
    outlet->shut = true;
    if (outlet_drained(outlet))
        send_fin(outlet);
}

static void on_written(uv_write_t *request, int status)
{
    struct waiting *waiting = request->data;
    struct outlet *outlet = waiting->outlet;
    bool drained_before = outlet_drained(outlet);
    outlet->waiting -= waiting->size;
    memory_free(waiting);
    if (is_closing(outlet))
        return;
    if (status < 0)
        note_failure(outlet, status);
    if (!outlet_drained(outlet) || drained_before)
        return;
    if (outlet->shut)
        send_fin(outlet);
    outlet->on_drained(outlet);
}

static bool put_in_line(struct outlet *outlet, struct slice bytes)
{
    struct waiting *waiting;
    size_t size = sizeof *waiting + bytes.size;
    /* The first piece may be as long as the cap. */
    if (size > WAITING_CAP + sizeof *waiting - outlet->waiting)
        return false;
    waiting = memory_new(size);
    if (waiting == NULL)
        return false;
    waiting->request.data = waiting;
    waiting->outlet = outlet;
    waiting->size = size;
    memcpy(waiting->bytes, bytes.data, bytes.size);
    uv_buf_t part = uv_buf_init((char *)waiting->bytes, (unsigned)bytes.size);
    int result = uv_write(&waiting->request, (uv_stream_t *)outlet->tcp, &part,
                          1, on_written);
    if (result != 0) {
        memory_free(waiting);
        note_failure(outlet, result);
        return true;
    }
    outlet->waiting += size;
    return true;
}

bool outlet_write(struct outlet *outlet, struct slice bytes)
{
    uv_buf_t all =
        uv_buf_init((char *)(uintptr_t)bytes.data, (unsigned)bytes.size);
    bool dead = outlet->failed || outlet->shut || is_closing(outlet);
    int done = 0;
    if (dead || bytes.size == 0)
        return true;
    if (bytes.size > WAITING_CAP)
        return false;
    if (outlet->waiting == 0)
        done = uv_try_write((uv_stream_t *)outlet->tcp, &all, 1);
    if (done == UV_EAGAIN)
        done = 0;
    if (done < 0) {
        note_failure(outlet, done);
        return true;
    }
    if ((size_t)done == bytes.size ||
        put_in_line(outlet,
                    slice_make(bytes.data + done, bytes.size - (size_t)done)))
        return true;
    /* The rest is lost: nothing sensible can follow the part that went. */
    outlet->failed = outlet->failed || done > 0;
    return false;
}

bool outlet_drained(const struct outlet *outlet)
{
    return outlet->waiting == 0 || outlet->failed;
}

void outlet_cut(struct outlet *outlet)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};
    uv_os_fd_t descriptor;
    if (uv_fileno((uv_handle_t *)outlet->tcp, &descriptor) == 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

/* libuv reports a hang-up behind a short read as an end in order, without
 * another read: the socket itself knows better. */
bool outlet_was_reset(const struct outlet *outlet)
{
    int error = 0;
    socklen_t size = sizeof error;
    uv_os_fd_t descriptor;
    if (outlet->reset)
        return true;
    return uv_fileno((const uv_handle_t *)outlet->tcp, &descriptor) == 0 &&
           getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 &&
           error == ECONNRESET;
}
