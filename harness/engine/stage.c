#include "engine/stage.h"

#include <stdio.h>
#include <string.h>

/* One event that has to wait, with its texts and bytes behind it. */
struct stage_event {
    struct stage_event *next;
    size_t client;
    struct net_event event;
};

struct stage_connection {
    struct stage_floor *floor;
    size_t client;
    struct net_connection *net;
    struct gate_slot slot;
    struct net_options *waiting; /* for its place; texts are borrowed from
                                    the script and the target */
    bool counted;                /* in floor->open */
};

/* ---- events ------------------------------------------------------------ */

static char *copy_text(char **to, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = *to;

    memcpy(copy, text, size);
    *to += size;
    return copy;
}

static struct stage_event *copy_event(size_t client,
                                      const struct net_event *event)
{
    size_t text = event->text ? strlen(event->text) + 1 : 0;
    size_t subprotocol =
        event->subprotocol ? strlen(event->subprotocol) + 1 : 0;
    struct stage_event *copy =
        memory_new(sizeof *copy + event->bytes.size + text + subprotocol);
    if (!copy)
        return NULL;
    char *room = (char *)(copy + 1);
    copy->next = NULL;
    copy->client = client;
    copy->event = *event;
    if (text)
        copy->event.text = copy_text(&room, event->text);
    if (subprotocol)
        copy->event.subprotocol = copy_text(&room, event->subprotocol);
    if (event->bytes.size)
        memcpy(room, event->bytes.data, event->bytes.size);
    copy->event.bytes = slice_make(room, event->bytes.size);
    return copy;
}

static void keep_event(struct stage_floor *floor, size_t client,
                       const struct net_event *event)
{
    struct stage_event *copy = copy_event(client, event);

    if (!copy)
        return; /* the play then runs into a limit, and is repeated */
    if (floor->last)
        floor->last->next = copy;
    else
        floor->first = copy;
    floor->last = copy;
}

static void give_event(struct stage_floor *floor, size_t client,
                       const struct net_event *event)
{
    if (floor->closing)
        return;
    if (floor->inside || floor->first)
        keep_event(floor, client, event);
    else
        floor->deliver(floor->user, client, event);
}

static struct stage_event *next_event(struct stage_floor *floor)
{
    struct stage_event *event = floor->first;

    floor->first = event->next;
    if (!floor->first)
        floor->last = NULL;
    return event;
}

void stage_enter(struct stage_floor *floor)
{
    floor->inside++;
}

void stage_leave(struct stage_floor *floor)
{
    if (--floor->inside)
        return;
    while (floor->first && !floor->inside) {
        struct stage_event *kept = next_event(floor);
        if (!floor->closing)
            floor->deliver(floor->user, kept->client, &kept->event);
        memory_free(kept);
    }
}

/* ---- one connection ---------------------------------------------------- */

static void release(struct stage_connection *connection)
{
    struct stage_floor *floor = connection->floor;

    gate_leave(&floor->surroundings->gate, &connection->slot);
    memory_free(connection->waiting);
    connection->waiting = NULL;
    if (!connection->counted)
        return;
    connection->counted = false;
    floor->open--;
    if (floor->closing && !floor->open)
        floor->closed(floor->user);
}

/* Frees the descriptor of an older connection, if there still is one. */
static void drop(struct stage_connection *connection)
{
    if (connection->net)
        net_drop(connection->net);
    connection->net = NULL;
    release(connection);
}

static void on_event(void *user, struct net_connection *from,
                     const struct net_event *event)
{
    struct stage_connection *connection = user;
    struct stage_floor *floor = connection->floor;
    struct gate *gate = &floor->surroundings->gate;

    (void)from;
    if (event->kind != NET_EVENT_OPENED && event->kind != NET_EVENT_TLS &&
        event->kind != NET_EVENT_UPGRADE && event->kind != NET_EVENT_DRAINED)
        gate_settled(gate, &connection->slot);
    if (event->kind == NET_EVENT_CLOSED)
        drop(connection); /* first: the player may open the next at once */
    give_event(floor, connection->client, event);
}

/* ---- opening ----------------------------------------------------------- */

static struct stage_connection *connection_at(struct stage_floor *floor,
                                              size_t client)
{
    return client < floor->count ? floor->connections[client] : NULL;
}

static bool grow(struct stage_floor *floor, size_t client)
{
    size_t count = floor->count ? floor->count * 2 : 2;
    while (count <= client)
        count *= 2;
    void *room = memory_resize(floor->connections, count * sizeof(void *));
    if (!room)
        return false;
    floor->connections = room;
    while (floor->count < count)
        floor->connections[floor->count++] = NULL;
    return true;
}

static struct stage_connection *make_connection(struct stage_floor *floor,
                                                size_t client)
{
    if (client >= floor->count && !grow(floor, client))
        return NULL;
    if (floor->connections[client])
        return floor->connections[client];
    struct stage_connection *connection = memory_zero(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->floor = floor;
    connection->client = client;
    floor->connections[client] = connection;
    return connection;
}

static bool open_now(struct stage_connection *connection,
                     const struct net_options *options, char *error,
                     size_t error_size)
{
    connection->net = net_open(connection->floor->surroundings->loop, options,
                               on_event, connection, error, error_size);
    return connection->net != NULL;
}

/* The turn of an open that had to wait. */
static void on_admitted(void *user)
{
    struct stage_connection *connection = user;
    struct stage_floor *floor = connection->floor;
    struct net_options *options = connection->waiting;
    char error[160] = "";

    connection->waiting = NULL;
    bool opened = open_now(connection, options, error, sizeof error);
    memory_free(options);
    if (opened)
        return;
    struct net_event failed = {.kind = NET_EVENT_FAILED,
                               .time = net_now(),
                               .failure = NET_FAILURE_LOCAL,
                               .text = error};
    struct net_event closed = {.kind = NET_EVENT_CLOSED, .time = net_now()};
    stage_enter(floor);
    give_event(floor, connection->client, &failed);
    give_event(floor, connection->client, &closed);
    stage_leave(floor);
    release(connection);
}

static bool wait_for_place(struct stage_connection *connection,
                           const struct net_options *options)
{
    connection->waiting = memory_new(sizeof *options);
    if (!connection->waiting)
        return false;
    *connection->waiting = *options;
    return true;
}

static bool enter(struct stage_connection *connection,
                  const struct net_options *options, const char **trouble)
{
    struct stage_floor *floor = connection->floor;
    struct target *target = floor->surroundings->target;

    connection->counted = true;
    floor->open++;
    if (gate_enter(&floor->surroundings->gate, &connection->slot, on_admitted,
                   connection)) {
        *trouble = target->trouble;
        return open_now(connection, options, target->trouble,
                        sizeof target->trouble);
    }
    *trouble = "no memory";
    return wait_for_place(connection, options);
}

static bool stage_open_function(void *user, size_t client,
                                const struct stage_open *how,
                                const char **trouble)
{
    struct stage_floor *floor = user;
    struct net_options options;
    struct stage_connection *connection = make_connection(floor, client);

    if (!connection) {
        *trouble = "no memory";
        return false;
    }
    drop(connection);
    if (!target_stage_options(floor->surroundings->target, how, &options,
                              trouble))
        return false;
    options.tap = traffic_tap(floor->traffic);
    if (enter(connection, &options, trouble))
        return true;
    release(connection);
    return false;
}

/* ---- the other actions ------------------------------------------------- */

static bool stage_send_function(void *user, size_t client, struct slice bytes,
                                const struct net_frame *frame, int64_t *began,
                                bool *drained)
{
    struct stage_floor *floor = user;
    struct stage_connection *connection = connection_at(floor, client);

    *drained = true;
    *began = net_now();
    if (!connection || !connection->net)
        return true; /* gone: the next expect decides */
    bool sent = net_send(connection->net, bytes, frame, began);
    *drained = !connection->net || net_drained(connection->net);
    floor->last_sent = *began;
    return sent;
}

/* Nothing is there to close any more, or not yet. */
static void closed_at_once(struct stage_floor *floor, size_t client,
                           enum net_close_how how)
{
    struct net_event closed = {.kind = NET_EVENT_CLOSED, .time = net_now()};

    if (how == NET_CLOSE_FIN || how == NET_CLOSE_RESET)
        give_event(floor, client, &closed);
}

static void stage_close_function(void *user, size_t client,
                                 enum net_close_how how, int64_t *began)
{
    struct stage_floor *floor = user;
    struct stage_connection *connection = connection_at(floor, client);

    *began = net_now();
    floor->last_sent = *began;
    if (connection && connection->net) {
        net_close(connection->net, how);
        return;
    }
    if (connection)
        release(connection);
    closed_at_once(floor, client, how);
}

static void stage_linger_function(void *user, size_t client)
{
    struct stage_connection *connection = connection_at(user, client);

    if (connection && connection->net)
        net_linger(connection->net, true);
}

static void stage_reading_function(void *user, size_t client, bool on)
{
    struct stage_connection *connection = connection_at(user, client);

    if (connection && connection->net)
        net_reading(connection->net, on);
}

static void stage_broker_function(void *user, enum broker_action action)
{
    struct stage_floor *floor = user;

    floor->broker(floor->user, action);
}

struct stage stage_of(struct stage_floor *floor)
{
    return (struct stage){
        .user = floor,
        .open = stage_open_function,
        .send = stage_send_function,
        .close = stage_close_function,
        .linger = stage_linger_function,
        .reading = stage_reading_function,
        .broker = stage_broker_function,
    };
}

/* ---- the end ----------------------------------------------------------- */

void stage_close(struct stage_floor *floor)
{
    floor->closing = true;
    floor->open++; /* so that `closed` is told once, and at the end */
    for (size_t i = 0; i < floor->count; i++) {
        struct stage_connection *connection = floor->connections[i];
        if (connection && connection->net)
            net_close(connection->net, NET_CLOSE_FIN);
        else if (connection)
            release(connection);
    }
    if (!--floor->open)
        floor->closed(floor->user);
}

void stage_free(struct stage_floor *floor)
{
    floor->closing = true;
    floor->closed = NULL;
    floor->open++; /* nobody is told any more */
    for (size_t i = 0; i < floor->count; i++)
        if (floor->connections[i]) {
            drop(floor->connections[i]);
            memory_free(floor->connections[i]);
        }
    memory_free(floor->connections);
    while (floor->first)
        memory_free(next_event(floor));
    floor->connections = NULL;
    floor->count = 0;
}
