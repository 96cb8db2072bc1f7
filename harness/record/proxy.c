/* The proxy's life: the broker is tried, clients come, a signal ends it. */
#include "record/pair.h"

#include <signal.h>
#include <stdio.h>

enum { BACKLOG = 128 };

void proxy_say(struct proxy *proxy, const char *format, const char *text)
{
    struct buffer line = buffer_make(1000);
    buffer_format(&line, format, text);
    proxy->options->say(proxy->options->user, buffer_string(&line));
    buffer_free(&line);
}

/* ---- the end ------------------------------------------------------------ */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

void proxy_stop(struct proxy *proxy)
{
    if (proxy->stopping)
        return;
    proxy->stopping = true;
    close_handle((uv_handle_t *)&proxy->listener);
    for (size_t i = 0; i < 2; i++)
        close_handle((uv_handle_t *)&proxy->signals[i]);
    if (proxy->trial)
        net_drop(proxy->trial);
    proxy->trial = NULL;
    for (struct pair *pair = proxy->pairs, *next; pair; pair = next) {
        next = pair_next(pair);
        pair_stop(pair);
    }
}

static void fail(struct proxy *proxy, enum proxy_end end, const char *what,
                 const char *why)
{
    proxy->end = end;
    snprintf(proxy->error, proxy->error_size, "%s%s", what, why);
    proxy_stop(proxy);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    proxy_stop(handle->data);
}

/* ---- listening ---------------------------------------------------------- */

static void on_connection(uv_stream_t *stream, int status)
{
    if (status == 0)
        pair_accept(stream->data);
}

static void start_listening(struct proxy *proxy)
{
    const struct proxy_options *options = proxy->options;
    struct sockaddr_storage address;
    uint16_t port;
    if (!net_listen_address(options->host, options->port, &address)) {
        fail(proxy, PROXY_DEAF, "no address to listen at: ", options->host);
        return;
    }
    int result =
        net_listen(&proxy->listener, &address, BACKLOG, on_connection, &port);
    if (result != 0) {
        fail(proxy, PROXY_DEAF, "cannot listen: ", uv_strerror(result));
        return;
    }
    options->listening(options->user, port);
}

/* ---- is the broker there? ----------------------------------------------- */

static void on_trial(void *user, struct net_connection *from,
                     const struct net_event *event)
{
    struct proxy *proxy = user;
    (void)from;
    if (event->kind == NET_EVENT_FAILED) {
        fail(proxy, PROXY_UNREACHABLE,
             "the broker cannot be reached: ", event->text);
    } else if (event->kind == NET_EVENT_OPENED) {
        start_listening(proxy);
        if (proxy->trial)
            net_close(proxy->trial, NET_CLOSE_FIN);
    } else if (event->kind == NET_EVENT_CLOSED && proxy->trial) {
        net_drop(proxy->trial);
        proxy->trial = NULL;
    }
}

/* ---- the run ------------------------------------------------------------ */

static bool begin(struct proxy *proxy)
{
    static const int numbers[2] = {SIGTERM, SIGINT};
    if (uv_tcp_init(&proxy->loop, &proxy->listener) != 0)
        return false;
    proxy->listener.data = proxy;
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&proxy->loop, &proxy->signals[i]);
        proxy->signals[i].data = proxy;
        uv_signal_start(&proxy->signals[i], on_signal, numbers[i]);
    }
    return true;
}

static void run(struct proxy *proxy)
{
    char error[200];
    if (!begin(proxy)) {
        proxy->end = PROXY_BROKEN;
        snprintf(proxy->error, proxy->error_size, "no memory");
        return;
    }
    proxy->trial = net_open(&proxy->loop, proxy->options->broker, on_trial,
                            proxy, error, sizeof error);
    if (!proxy->trial)
        fail(proxy, PROXY_BROKEN, error, "");
    uv_run(&proxy->loop, UV_RUN_DEFAULT);
}

enum proxy_end proxy_run(const struct proxy_options *options, char *error,
                         size_t error_size)
{
    struct proxy *proxy = memory_zero(1, sizeof *proxy);
    enum proxy_end end = PROXY_BROKEN;
    snprintf(error, error_size, "no memory, or too few descriptors");
    if (!proxy)
        return end;
    proxy->options = options;
    proxy->error = error;
    proxy->error_size = error_size;
    if (net_loop_init(&proxy->loop) == 0) {
        run(proxy);
        uv_loop_close(&proxy->loop);
        end = proxy->end;
    }
    memory_free(proxy);
    return end;
}
