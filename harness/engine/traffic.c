#include "engine/traffic.h"

#include <netinet/in.h>
#include <string.h>

/* With what it costs to keep each piece. */
#define ARENA_CAP (4 * TRAFFIC_CAP)
#define SECRETS_CAP ((size_t)1 << 20)

struct traffic *traffic_new(void)
{
    struct traffic *traffic = memory_zero(1, sizeof *traffic);

    if (!traffic)
        return NULL;
    traffic->arena = arena_new(ARENA_CAP);
    traffic->secrets = buffer_make(SECRETS_CAP);
    if (traffic->arena)
        return traffic;
    memory_free(traffic);
    return NULL;
}

void traffic_free(struct traffic *traffic)
{
    if (!traffic)
        return;
    arena_free(traffic->arena);
    buffer_free(&traffic->secrets);
    memory_free(traffic);
}

static void keep(const struct traffic_connection *connection,
                 enum net_flow flow, struct slice bytes, int64_t time)
{
    struct traffic *traffic = connection->traffic;
    struct passage *kept = arena_alloc(traffic->arena, sizeof *kept);
    struct slice copy = arena_slice(traffic->arena, bytes);

    if (!kept || (bytes.size && !copy.data)) {
        traffic->dropped += bytes.size;
        return;
    }
    *kept = (struct passage){
        .connection = connection, .flow = flow, .time = time, .bytes = copy};
    if (traffic->last)
        traffic->last->next = kept;
    else
        traffic->first = kept;
    traffic->last = kept;
}

static void on_flow(void *user, enum net_flow flow, struct slice bytes,
                    int64_t time)
{
    keep(user, flow, bytes, time);
}

static void copy_address(struct sockaddr_storage *to,
                         const struct sockaddr *from)
{
    memcpy(to, from,
           from->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                       : sizeof(struct sockaddr_in));
}

static void on_opened(void *user, const struct sockaddr *local,
                      const struct sockaddr *remote, int64_t time)
{
    struct traffic_connection *connection = user;

    connection->number = connection->traffic->connection_count++;
    copy_address(&connection->local, local);
    copy_address(&connection->remote, remote);
    keep(connection, NET_FLOW_OPENED, slice_make(NULL, 0), time);
}

static void on_secret(void *user, const char *line)
{
    const struct traffic_connection *connection = user;

    buffer_text(&connection->traffic->secrets, line);
    buffer_text(&connection->traffic->secrets, "\n");
}

struct net_tap traffic_tap(struct traffic *traffic)
{
    struct traffic_connection *connection =
        traffic ? arena_alloc(traffic->arena, sizeof *connection) : NULL;

    if (!connection)
        return (struct net_tap){.user = NULL};
    connection->traffic = traffic;
    return (struct net_tap){.opened = on_opened,
                            .flow = on_flow,
                            .secret = on_secret,
                            .user = connection};
}
