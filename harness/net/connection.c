/* The life of a connection: opened on a libuv loop, its events reported,
 * its descriptor closed, its memory freed. */
#include "net/connection.h"
#include <netinet/in.h>
#include <stdio.h>

enum { FRAME_CAP = 80 * 1024 * 1024 };

void net_emit(struct net_connection *connection, const struct net_event *event)
{
    if (!connection->dropped)
        connection->on_event(connection->user, connection, event);
}

void net_emit_kind(struct net_connection *connection, enum net_event_kind kind,
                   int64_t time)
{
    net_emit(connection, &(struct net_event){.kind = kind, .time = time});
}

void net_fail(struct net_connection *connection, enum net_failure failure,
              const char *text, int64_t time)
{
    if (connection->closing)
        return;
    net_emit(connection, &(struct net_event){.kind = NET_EVENT_FAILED,
                                             .time = time,
                                             .failure = failure,
                                             .text = text});
    net_shut_down(connection, false);
}

void net_flowed(const struct net_connection *connection, enum net_flow flow,
                struct slice bytes, int64_t time)
{
    if (connection->tap.flow != NULL && connection->connected &&
        !connection->dropped)
        connection->tap.flow(connection->tap.user, flow, bytes, time);
}

static void free_layers(struct net_connection *connection)
{
    tls_free(connection->tls);
    websocket_free(connection->websocket);
    buffer_free(&connection->frame);
    connection->tls = NULL;
    connection->websocket = NULL;
}

static void free_connection(struct net_connection *connection)
{
    free_layers(connection);
    memory_free(connection);
}

static void on_closed(uv_handle_t *handle)
{
    struct net_connection *connection = handle->data;
    connection->handles--;
    if (connection->handles > 0)
        return;
    free_layers(connection);
    net_emit_kind(connection, NET_EVENT_CLOSED, net_now());
    connection->gone = true;
    if (connection->dropped)
        free_connection(connection);
}

static void on_drained(struct outlet *outlet)
{
    struct net_connection *connection = outlet->tcp->data;
    net_emit_kind(connection, NET_EVENT_DRAINED, net_now());
}

void net_shut_down(struct net_connection *connection, bool reset)
{
    if (connection->closing)
        return;
    connection->closing = true;
    net_flowed(connection, reset ? NET_FLOW_OUR_RESET : NET_FLOW_OUR_FIN,
               slice_make(NULL, 0), net_now());
    if (reset)
        outlet_cut(&connection->outlet);
    uv_close((uv_handle_t *)&connection->tcp, on_closed);
    uv_close((uv_handle_t *)&connection->timer, on_closed);
}

static void connect_failed(struct net_connection *connection, int error)
{
    int64_t time = net_now();
    char text[160];
    enum net_failure failure =
        net_connect_failure(error, connection->remote, text, sizeof text);
    net_fail(connection, failure, text, time);
}

static void note_addresses(struct net_connection *connection, int64_t time)
{
    struct sockaddr_storage local, remote;
    int local_size = sizeof local, remote_size = sizeof remote;
    if (uv_tcp_getsockname(&connection->tcp, (struct sockaddr *)&local,
                           &local_size) != 0)
        return;
    net_address_text((struct sockaddr *)&local, connection->local,
                     sizeof connection->local);
    if (connection->tap.opened != NULL &&
        uv_tcp_getpeername(&connection->tcp, (struct sockaddr *)&remote,
                           &remote_size) == 0)
        connection->tap.opened(connection->tap.user, (struct sockaddr *)&local,
                               (struct sockaddr *)&remote, time);
}

static void on_connected(uv_connect_t *request, int status)
{
    struct net_connection *connection = request->data;
    if (connection->closing)
        return;
    if (status < 0) {
        connect_failed(connection, status);
        return;
    }
    int64_t time = net_now();
    connection->connected = true;
    note_addresses(connection, time);
    net_begin(connection, time);
    net_apply_reading(connection);
}

/* Events never come from within net_open: an error at once waits here. */
static void on_connect_error(uv_timer_t *timer)
{
    struct net_connection *connection = timer->data;
    connect_failed(connection, connection->connect_error);
}

static void start_connect(struct net_connection *connection,
                          const struct sockaddr *address)
{
    connection->connect.data = connection;
    connection->connect_error = uv_tcp_connect(
        &connection->connect, &connection->tcp, address, on_connected);
    if (connection->connect_error != 0)
        uv_timer_start(&connection->timer, on_connect_error, 0, 0);
}

static bool refuse(char *error, size_t error_size, const char *why)
{
    snprintf(error, error_size, "%s", why);
    return false;
}

static bool add_tls(struct net_connection *connection,
                    const struct net_options *options)
{
    connection->tls =
        tls_new(&(struct tls_options){.trust = options->trust,
                                      .host = options->host,
                                      .port = options->port,
                                      .server_name = options->server_name,
                                      .version = options->tls_version,
                                      .secret = options->tap.secret,
                                      .secret_user = options->tap.user});
    return connection->tls != NULL;
}

static bool add_websocket(struct net_connection *connection,
                          const struct net_options *options)
{
    static const char *const mqtt[] = {"mqtt"};
    bool usual = options->subprotocols == NULL;
    connection->websocket = websocket_new(&(struct websocket_options){
        .host = options->host,
        .port = options->port,
        .secure = options->transport == NET_WSS,
        .path = options->path == NULL ? "/mqtt" : options->path,
        .headers = options->headers,
        .header_count = options->header_count,
        .default_headers = options->default_headers,
        .default_header_count = options->default_header_count,
        .lower_case_headers = options->lower_case_headers,
        .subprotocols = usual ? mqtt : options->subprotocols,
        .subprotocol_count = usual ? 1 : options->subprotocol_count});
    return connection->websocket != NULL;
}

static bool add_layers(struct net_connection *connection,
                       const struct net_options *options, char *error,
                       size_t error_size)
{
    bool tls = options->transport == NET_TLS || options->transport == NET_WSS;
    bool websocket =
        options->transport == NET_WS || options->transport == NET_WSS;
    if (options->tcp_only)
        return true;
    if (tls && options->trust == NULL)
        return refuse(error, error_size, "TLS without anything to trust");
    if ((tls && !add_tls(connection, options)) ||
        (websocket && !add_websocket(connection, options)))
        return refuse(error, error_size, "no memory");
    return true;
}

static void copy_options(struct net_connection *connection,
                         const struct net_options *options)
{
    bool cut_upgrade = options->upgrade_stop && connection->websocket != NULL;
    connection->cut_handshake =
        options->has_tls_stop_after && connection->tls != NULL;
    connection->cut_upgrade = cut_upgrade && !connection->cut_handshake;
    connection->stop_after = connection->cut_handshake
                                 ? options->tls_stop_after
                                 : options->upgrade_stop_after;
    connection->manual_handshake = options->manual_handshake;
    connection->manual_upgrade = options->manual_upgrade;
    net_address_text((const struct sockaddr *)&options->address,
                     connection->remote, sizeof connection->remote);
}

static bool open_socket(struct net_connection *connection, uv_loop_t *loop,
                        const struct net_options *options, char *error,
                        size_t error_size)
{
    int size = options->receive_buffer;
    int result =
        uv_tcp_init_ex(loop, &connection->tcp, options->address.ss_family);
    if (result != 0) {
        snprintf(error, error_size, "cannot open a socket: %s",
                 uv_strerror(result));
        return false;
    }
    uv_timer_init(loop, &connection->timer);
    connection->tcp.data = connection;
    connection->timer.data = connection;
    connection->handles = 2;
    outlet_init(&connection->outlet, &connection->tcp, on_drained);
    uv_tcp_nodelay(&connection->tcp, 1);
    if (size > 0)
        uv_recv_buffer_size((uv_handle_t *)&connection->tcp, &size);
    return true;
}

struct net_connection *net_open(uv_loop_t *loop,
                                const struct net_options *options,
                                net_event_function on_event, void *user,
                                char *error, size_t error_size)
{
    struct net_connection *connection = memory_zero(1, sizeof *connection);
    if (connection == NULL) {
        refuse(error, error_size, "no memory");
        return NULL;
    }
    connection->on_event = on_event;
    connection->user = user;
    connection->tap = options->tap;
    connection->frame = buffer_make(FRAME_CAP);
    if (!add_layers(connection, options, error, error_size) ||
        !open_socket(connection, loop, options, error, error_size)) {
        free_connection(connection);
        return NULL;
    }
    copy_options(connection, options);
    start_connect(connection, (const struct sockaddr *)&options->address);
    return connection;
}

void net_drop(struct net_connection *connection)
{
    connection->dropped = true;
    if (connection->gone)
        free_connection(connection);
    else
        net_shut_down(connection, !connection->ended);
}

const char *net_local_name(struct net_connection *connection)
{
    return connection->local;
}

const char *net_remote_name(struct net_connection *connection)
{
    return connection->remote;
}
