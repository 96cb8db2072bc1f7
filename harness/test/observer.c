#include "test/observer.h"
#include "test/certificates.h"
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* For a hang, not for a slow machine; Check waits a little longer. */
enum { GUARD_MS = 100000 };

static const char *const event_names[] = {
    [NET_EVENT_OPENED] = "opened",   [NET_EVENT_TLS] = "tls",
    [NET_EVENT_UPGRADE] = "upgrade", [NET_EVENT_DATA] = "data",
    [NET_EVENT_WS_PING] = "ping",    [NET_EVENT_WS_PONG] = "pong",
    [NET_EVENT_WS_CLOSE] = "close",  [NET_EVENT_WS_BAD] = "bad",
    [NET_EVENT_WS_TEXT] = "text",    [NET_EVENT_DRAINED] = "drained",
    [NET_EVENT_SIGN] = "sign",       [NET_EVENT_ENDED] = "ended",
    [NET_EVENT_CLOSED] = "closed",   [NET_EVENT_FAILED] = "failed"};

static const char *const failure_names[] = {
    [NET_FAILURE_REFUSED] = "refused", [NET_FAILURE_CLOSED] = "closed",
    [NET_FAILURE_TRUST] = "trust",     [NET_FAILURE_HANDSHAKE] = "handshake",
    [NET_FAILURE_UPGRADE] = "upgrade", [NET_FAILURE_LOCAL] = "local"};

static void tell_details(struct buffer *to, const struct net_event *event)
{
    if (event->kind == NET_EVENT_UPGRADE)
        buffer_format(to, ":%u", event->status);
    if (event->kind == NET_EVENT_SIGN)
        buffer_format(to, ":%s", net_sign_name(event->sign));
    if (event->kind == NET_EVENT_WS_CLOSE)
        buffer_format(to, ":%u%s%s", event->code, event->text ? " " : "",
                      event->text ? event->text : "");
    if (event->kind == NET_EVENT_FAILED)
        buffer_format(to, ":%s (%s)", failure_names[event->failure],
                      event->text);
    if (event->kind == NET_EVENT_WS_BAD)
        buffer_format(to, " (%s)", event->text);
    if (event->kind == NET_EVENT_WS_PING || event->kind == NET_EVENT_WS_PONG) {
        buffer_text(to, ":");
        buffer_append_slice(to, event->bytes);
    }
}

static void on_event(void *user, struct net_connection *connection,
                     const struct net_event *event)
{
    struct observer *observer = user;
    bool goes_on = event->kind == NET_EVENT_DATA && observer->in_data;
    ck_assert_ptr_eq(connection, observer->connection);
    ck_assert(event->time > 0 && event->time >= observer->last_time);
    observer->last_time = event->time;
    observer->in_data = event->kind == NET_EVENT_DATA;
    if (!goes_on)
        buffer_format(&observer->told, " %s", event_names[event->kind]);
    if (event->kind == NET_EVENT_DATA) {
        buffer_text(&observer->told, goes_on ? "" : ":");
        buffer_append_slice(&observer->told, event->bytes);
    }
    tell_details(&observer->told, event);
    if (observer->react != NULL)
        observer->react(observer, event);
}

static void on_guard(uv_timer_t *guard)
{
    struct observer *observer = guard->data;
    ck_abort_msg("nothing more is told after:%s",
                 buffer_string(&observer->told));
}

void observer_trust(struct observer *observer, const char *authority,
                    const char *certificate)
{
    char error[256] = "";
    char file[64];
    struct net_trust_options options = {0};
    snprintf(file, sizeof file, "%s.pem", authority);
    options.ca_file = certificates_path(file);
    if (certificate != NULL) {
        snprintf(file, sizeof file, "%s.pem", certificate);
        options.certificate = certificates_path(file);
        snprintf(file, sizeof file, "%s.key", certificate);
        options.key = certificates_path(file);
    }
    net_trust_free(observer->trust);
    observer->trust = net_trust_new(&options, error, sizeof error);
    ck_assert_msg(observer->trust != NULL, "%s", error);
    observer->options.trust = observer->trust;
}

void observer_prepare(struct observer *observer, enum net_transport transport,
                      peer_script script)
{
    struct net_options *options = &observer->options;
    *observer = (struct observer){.told = buffer_make(1 << 24)};
    uv_loop_init(&observer->loop);
    uv_timer_init(&observer->loop, &observer->guard);
    observer->guard.data = observer;
    uv_timer_start(&observer->guard, on_guard, GUARD_MS, 0);
    uv_unref((uv_handle_t *)&observer->guard);
    peer_start(&observer->peer, script, &options->address);
    options->transport = transport;
    options->host = "localhost";
    options->port = ntohs(((struct sockaddr_in *)&options->address)->sin_port);
    if (transport == NET_TLS || transport == NET_WSS)
        observer_trust(observer, "ca", NULL);
}

void observer_open(struct observer *observer, reaction react)
{
    char error[256] = "";
    observer->react = react;
    observer->connection = net_open(&observer->loop, &observer->options,
                                    on_event, observer, error, sizeof error);
    ck_assert_msg(observer->connection != NULL, "%s", error);
    ck_assert_str_eq(buffer_string(&observer->told), "");
}

void observer_start(struct observer *observer, enum net_transport transport,
                    peer_script script, reaction react)
{
    observer_prepare(observer, transport, script);
    observer_open(observer, react);
}

void observer_run_until(struct observer *observer, const char *told)
{
    while (strstr(buffer_string(&observer->told), told) == NULL)
        uv_run(&observer->loop, UV_RUN_ONCE);
}

void observer_run_out(struct observer *observer)
{
    uv_run(&observer->loop, UV_RUN_DEFAULT);
}

void observer_expect(struct observer *observer, const char *told)
{
    ck_assert_str_eq(buffer_string(&observer->told), told);
}

void observer_send(struct observer *observer, const char *text)
{
    int64_t before = net_now();
    int64_t began = 0;
    ck_assert(net_send(observer->connection, slice_of(text), NULL, &began));
    ck_assert(began >= before && began <= net_now());
}

void observer_stop(struct observer *observer)
{
    peer_join(&observer->peer);
    if (observer->connection != NULL)
        net_drop(observer->connection);
    uv_close((uv_handle_t *)&observer->guard, NULL);
    observer_run_out(observer);
    ck_assert_int_eq(uv_loop_close(&observer->loop), 0);
    net_trust_free(observer->trust);
    buffer_free(&observer->told);
}

void observer_finish(struct observer *observer, const char *told)
{
    const char *last = strrchr(told, ' ');
    observer_run_until(observer, last);
    observer_expect(observer, told);
    observer_stop(observer);
}
