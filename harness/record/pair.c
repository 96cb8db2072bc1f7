/* One client of the proxy: bytes go to the broker and come back as they are,
 * and so do the ends of the connection. */
#include "record/pair.h"

enum {
    PAIRS_MAX = 1000,   /* open at once */
    LAST_WAIT_MS = 2000 /* for a client to end when the broker has */
};

struct pair {
    struct proxy *proxy;
    struct pair *next, *previous;
    uv_tcp_t tcp; /* to the client */
    uv_timer_t timer;
    struct outlet outlet;
    struct net_connection *broker;
    size_t number; /* in the recording */
    int handles;
    bool open;         /* the broker has taken the connection */
    bool client_ended; /* nothing more comes from it */
    bool broker_ended;
    bool over;
};

struct pair *pair_next(const struct pair *pair)
{
    return pair->next;
}

/* ---- the end of a pair -------------------------------------------------- */

static void unlink_pair(struct pair *pair)
{
    struct proxy *proxy = pair->proxy;
    if (pair->previous)
        pair->previous->next = pair->next;
    else
        proxy->pairs = pair->next;
    if (pair->next)
        pair->next->previous = pair->previous;
    proxy->open--;
}

static void on_closed(uv_handle_t *handle)
{
    struct pair *pair = handle->data;
    struct proxy *proxy = pair->proxy;
    bool counts = pair->open;
    if (--pair->handles > 0)
        return;
    unlink_pair(pair);
    memory_free(pair);
    proxy->over += counts;
    if (proxy->options->connections && !proxy->stopping &&
        proxy->over >= proxy->options->connections)
        proxy_stop(proxy);
}

static void finish(struct pair *pair)
{
    if (pair->over)
        return;
    pair->over = true;
    if (pair->broker)
        net_drop(pair->broker);
    uv_close((uv_handle_t *)&pair->tcp, on_closed);
    uv_close((uv_handle_t *)&pair->timer, on_closed);
}

static void on_last_wait(uv_timer_t *timer)
{
    finish(timer->data);
}

void pair_stop(struct pair *pair)
{
    if (!pair->open || pair->client_ended || pair->broker_ended)
        finish(pair);
    else
        net_close(pair->broker, NET_CLOSE_FIN);
}

/* ---- from the client ---------------------------------------------------- */

static void tell_full(struct proxy *proxy)
{
    if (proxy->full_said || !recording_is_full(proxy->options->recording))
        return;
    proxy->full_said = true;
    proxy_say(proxy,
              "the recording has reached its limit%s: what comes now "
              "is forwarded, but not recorded",
              "");
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct pair *pair = handle->data;
    (void)suggested;
    *buffer = uv_buf_init(pair->proxy->room, PROXY_ROOM);
}

static void client_over(struct pair *pair, bool reset)
{
    struct proxy *proxy = pair->proxy;
    uv_read_stop((uv_stream_t *)&pair->tcp);
    pair->client_ended = true;
    recording_ended(proxy->options->recording, pair->number, RECORD_CLIENT,
                    reset, net_now());
    if (pair->broker_ended)
        finish(pair);
    else if (reset)
        net_close(pair->broker, NET_CLOSE_RESET);
    else if (proxy->options->broker->transport == NET_TCP)
        net_close(pair->broker, NET_CLOSE_HALF);
    else
        net_close(pair->broker, NET_CLOSE_FIN);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct pair *pair = stream->data;
    struct proxy *proxy = pair->proxy;
    int64_t began;
    if (size == 0 || proxy->stopping)
        return;
    if (size < 0) {
        client_over(pair, size != UV_EOF || outlet_was_reset(&pair->outlet));
        return;
    }
    struct slice bytes = slice_make(buffer->base, (size_t)size);
    recording_bytes(proxy->options->recording, pair->number, RECORD_CLIENT,
                    bytes, net_now());
    tell_full(proxy);
    if (!net_send(pair->broker, bytes, NULL, &began))
        proxy_say(proxy, "a connection is given up: %s", "no memory");
    else if (net_drained(pair->broker))
        return;
    uv_read_stop(stream);
}

static void read_client(struct pair *pair)
{
    if (!pair->client_ended && !pair->over)
        uv_read_start((uv_stream_t *)&pair->tcp, on_room, on_read);
}

/* ---- from the broker ---------------------------------------------------- */

static void on_drained(struct outlet *outlet)
{
    struct pair *pair = outlet->tcp->data;
    if (!pair->over && pair->broker && !pair->broker_ended)
        net_reading(pair->broker, true);
}

static void broker_opened(struct pair *pair, int64_t time)
{
    pair->open = true;
    pair->number = recording_opened(pair->proxy->options->recording, time);
    tell_full(pair->proxy);
    read_client(pair);
}

static void broker_data(struct pair *pair, const struct net_event *event)
{
    recording_bytes(pair->proxy->options->recording, pair->number,
                    RECORD_BROKER, event->bytes, event->time);
    tell_full(pair->proxy);
    if (!outlet_write(&pair->outlet, event->bytes) ||
        !outlet_drained(&pair->outlet))
        net_reading(pair->broker, false);
}

/* The first sign of the broker's end. */
static void broker_over(struct pair *pair, const struct net_event *event)
{
    bool reset = event->sign == NET_SIGN_RESET;
    if (pair->broker_ended)
        return;
    pair->broker_ended = true;
    recording_ended(pair->proxy->options->recording, pair->number,
                    RECORD_BROKER, reset, event->time);
    if (reset)
        outlet_cut(&pair->outlet);
    if (reset || pair->client_ended) {
        finish(pair);
        return;
    }
    outlet_shut(&pair->outlet);
    uv_timer_start(&pair->timer, on_last_wait, LAST_WAIT_MS, 0);
}

static void broker_failed(struct pair *pair, const struct net_event *event)
{
    proxy_say(pair->proxy, "a client could not be connected: %s", event->text);
    finish(pair);
}

static void on_event(void *user, struct net_connection *from,
                     const struct net_event *event)
{
    struct pair *pair = user;
    bool stopping = pair->proxy->stopping;
    (void)from;
    switch (event->kind) {
    case NET_EVENT_OPENED:
        if (!stopping)
            broker_opened(pair, event->time);
        break;
    case NET_EVENT_DATA:
        if (!stopping)
            broker_data(pair, event);
        break;
    case NET_EVENT_DRAINED:
        if (!stopping)
            read_client(pair);
        break;
    case NET_EVENT_SIGN:
        if (!stopping)
            broker_over(pair, event);
        break;
    case NET_EVENT_FAILED:
        broker_failed(pair, event);
        break;
    case NET_EVENT_CLOSED:
        finish(pair);
        break;
    default:
        break;
    }
}

/* ---- the begin of a pair ------------------------------------------------ */

static struct pair *new_pair(struct proxy *proxy)
{
    struct pair *pair = memory_zero(1, sizeof *pair);
    if (!pair)
        return NULL;
    pair->proxy = proxy;
    if (uv_tcp_init(&proxy->loop, &pair->tcp) != 0) {
        memory_free(pair);
        return NULL;
    }
    uv_timer_init(&proxy->loop, &pair->timer);
    pair->tcp.data = pair->timer.data = pair;
    pair->handles = 2;
    outlet_init(&pair->outlet, &pair->tcp, on_drained);
    pair->next = proxy->pairs;
    if (pair->next)
        pair->next->previous = pair;
    proxy->pairs = pair;
    proxy->open++;
    return pair;
}

void pair_accept(struct proxy *proxy)
{
    char error[200] = "too many clients at once";
    struct pair *pair = new_pair(proxy);
    if (!pair) {
        proxy_say(proxy, "a client waits in vain: %s", "no memory");
        return;
    }
    if (uv_accept((uv_stream_t *)&proxy->listener, (uv_stream_t *)&pair->tcp) !=
        0) {
        finish(pair);
        return;
    }
    uv_tcp_nodelay(&pair->tcp, 1);
    if (proxy->open <= PAIRS_MAX)
        pair->broker = net_open(&proxy->loop, proxy->options->broker, on_event,
                                pair, error, sizeof error);
    if (pair->broker)
        return;
    proxy_say(proxy, "a client could not be connected: %s", error);
    finish(pair);
}
