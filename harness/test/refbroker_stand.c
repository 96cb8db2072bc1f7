#include "test/refbroker_stand.h"
#include "test/certificates.h"
#include <check.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* For a hang, not for a slow machine; Check waits a little longer. */
enum { GUARD_MS = 100000, GOT_CAP = 1 << 27, TOLD_CAP = 1 << 16 };

static void *on_opened(void *user, struct peer *peer)
{
    struct stand *stand = user;
    stand->peer = peer;
    ck_assert_int_eq(peer_transport(peer), stand->listening.transport);
    buffer_text(&stand->server.told, " opened");
    return stand;
}

static void on_bytes(void *context, struct slice bytes)
{
    struct stand *stand = context;
    buffer_append_slice(&stand->server.got, bytes);
    if (stand->echoes)
        ck_assert(peer_send(stand->peer, bytes));
}

static void on_ended(void *context, enum peer_end end)
{
    static const char *const names[] = {[PEER_END_CLOSED] = "closed",
                                        [PEER_END_BROKEN] = "broken",
                                        [PEER_END_OURS] = "ours"};
    struct stand *stand = context;
    ck_assert_ptr_nonnull(stand->peer);
    stand->peer = NULL;
    buffer_format(&stand->server.told, " ended:%s", names[end]);
}

static void on_event(void *user, struct net_connection *connection,
                     const struct net_event *event)
{
    struct stand *stand = user;
    struct buffer *told = &stand->connection.told;
    (void)connection;
    if (event->kind == NET_EVENT_OPENED)
        buffer_text(told, " opened");
    if (event->kind == NET_EVENT_UPGRADE)
        buffer_format(
            told, " upgrade:%u:%s%s", event->status,
            event->subprotocol == NULL ? "" : event->subprotocol,
            event->accept_valid || event->status != 101 ? "" : ":unaccepted");
    if (event->kind == NET_EVENT_DATA)
        buffer_append_slice(&stand->connection.got, event->bytes);
    if (event->kind == NET_EVENT_WS_PONG)
        buffer_format(told, " pong:%.*s", (int)event->bytes.size,
                      (const char *)event->bytes.data);
    if (event->kind == NET_EVENT_WS_CLOSE)
        buffer_format(told, " close:%u", event->code);
    if (event->kind == NET_EVENT_WS_BAD)
        buffer_text(told, " bad");
    if (event->kind == NET_EVENT_SIGN)
        buffer_format(told, " %s", net_sign_name(event->sign));
    if (event->kind == NET_EVENT_ENDED)
        buffer_text(told, " ended");
    if (event->kind == NET_EVENT_CLOSED)
        buffer_text(told, " closed");
    if (event->kind == NET_EVENT_FAILED)
        buffer_text(told, " failed");
}

static void on_guard(uv_timer_t *guard)
{
    struct stand *stand = guard->data;
    ck_abort_msg("nothing more is told after:%s, and by the server:%s",
                 buffer_string(&stand->connection.told),
                 buffer_string(&stand->server.told));
}

static bool violates(void *user, const char *id)
{
    const struct stand *stand = user;
    return stand->violated != NULL && strcmp(stand->violated, id) == 0;
}

static struct side side_make(void)
{
    return (struct side){buffer_make(TOLD_CAP), buffer_make(GOT_CAP)};
}

static bool has_tls(enum net_transport transport)
{
    return transport == NET_TLS || transport == NET_WSS;
}

void stand_show(struct stand *stand, const char *certificate)
{
    char file[64];
    char error[256] = "";
    struct net_trust_options options = {.ca_file = certificates_path("ca.pem")};
    if (certificate != NULL) {
        snprintf(file, sizeof file, "%s.pem", certificate);
        options.certificate = certificates_path(file);
        snprintf(file, sizeof file, "%s.key", certificate);
        options.key = certificates_path(file);
    }
    net_trust_free(stand->trust);
    stand->trust = net_trust_new(&options, error, sizeof error);
    ck_assert_msg(stand->trust != NULL, "%s", error);
    stand->opening.trust = stand->trust;
}

void stand_prepare(struct stand *stand, enum net_transport transport)
{
    *stand = (struct stand){.server = side_make(), .connection = side_make()};
    uv_loop_init(&stand->loop);
    uv_timer_init(&stand->loop, &stand->guard);
    stand->guard.data = stand;
    uv_timer_start(&stand->guard, on_guard, GUARD_MS, 0);
    uv_unref((uv_handle_t *)&stand->guard);
    stand->listening = (struct peer_options){.transport = transport,
                                             .host = "127.0.0.1",
                                             .violates = violates,
                                             .violates_user = stand};
    stand->opening =
        (struct net_options){.transport = transport, .host = "localhost"};
    if (!has_tls(transport))
        return;
    stand->listening.certificate = certificates_path("server.pem");
    stand->listening.key = certificates_path("server.key");
    stand_show(stand, NULL);
}

void stand_listen(struct stand *stand)
{
    const struct peer_events events = {.user = stand,
                                       .opened = on_opened,
                                       .bytes = on_bytes,
                                       .ended = on_ended};
    char error[256] = "";
    stand->listener = listener_open(&stand->loop, &stand->listening, &events,
                                    &stand->opening.port, error, sizeof error);
    ck_assert_msg(stand->listener != NULL, "%s", error);
}

void stand_connect(struct stand *stand)
{
    char error[256] = "";
    uv_ip4_addr("127.0.0.1", stand->opening.port,
                (struct sockaddr_in *)&stand->opening.address);
    stand->client = net_open(&stand->loop, &stand->opening, on_event, stand,
                             error, sizeof error);
    ck_assert_msg(stand->client != NULL, "%s", error);
}

void stand_open(struct stand *stand)
{
    stand_listen(stand);
    stand_connect(stand);
}

void stand_start(struct stand *stand, enum net_transport transport)
{
    stand_prepare(stand, transport);
    stand_open(stand);
    stand_until(stand, &stand->connection, " opened");
    stand_until(stand, &stand->server, " opened");
}

void stand_until(struct stand *stand, struct side *side, const char *told)
{
    while (strstr(buffer_string(&side->told), told) == NULL)
        uv_run(&stand->loop, UV_RUN_ONCE);
}

void stand_until_got(struct stand *stand, struct side *side, size_t size)
{
    while (side->got.size < size)
        uv_run(&stand->loop, UV_RUN_ONCE);
}

void stand_send(struct stand *stand, struct slice bytes,
                const struct net_frame *frame)
{
    int64_t began;
    ck_assert(net_send(stand->client, bytes, frame, &began));
}

void stand_expect(struct side *side, const char *told)
{
    ck_assert_str_eq(buffer_string(&side->told), told);
}

void stand_expect_got(struct side *side, struct slice bytes)
{
    ck_assert(slice_equal(buffer_slice(&side->got), bytes));
}

void stand_stop(struct stand *stand)
{
    if (stand->client != NULL)
        net_drop(stand->client);
    if (stand->peer != NULL)
        peer_reset(stand->peer);
    if (stand->listener != NULL)
        listener_close(stand->listener);
    uv_close((uv_handle_t *)&stand->guard, NULL);
    uv_run(&stand->loop, UV_RUN_DEFAULT);
    ck_assert_int_eq(uv_loop_close(&stand->loop), 0);
    ck_assert_ptr_null(stand->peer);
    net_trust_free(stand->trust);
    buffer_free(&stand->server.told);
    buffer_free(&stand->server.got);
    buffer_free(&stand->connection.told);
    buffer_free(&stand->connection.got);
}
