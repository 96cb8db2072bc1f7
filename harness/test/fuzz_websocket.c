/* libFuzzer: whatever the broker sends as answer to the upgrade and as
 * frames, the WebSocket filter tells the same however the bytes are cut, and
 * nothing after an end.
 *
 * The first byte of the input says how the rest is cut, and whether a good
 * answer to the upgrade is put before it. */
#include "net/websocket.h"
#include <stdlib.h>
#include <string.h>

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define GOOD                                                                   \
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"               \
    "Connection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a filter told, as a hash; payload counts byte by byte. */
struct told {
    uint64_t hash;
    bool over;
};

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void add(struct told *told, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        told->hash = (told->hash ^ bytes[i]) * 1099511628211U;
}

static void add_event(struct told *told, const struct websocket_event *event)
{
    demand(!told->over);
    demand(event->kind != WEBSOCKET_NO_MEMORY);
    if (event->kind != WEBSOCKET_DATA) {
        add(told, &event->kind, sizeof event->kind);
        add(told, &event->code, sizeof event->code);
        add(told, &event->status, sizeof event->status);
        add(told, &event->accept_valid, sizeof event->accept_valid);
    } else {
        demand(event->bytes.size > 0);
    }
    if (event->text != NULL)
        add(told, event->text, strlen(event->text));
    if (event->subprotocol != NULL)
        add(told, event->subprotocol, strlen(event->subprotocol));
    add(told, event->bytes.data, event->bytes.size);
    told->over = event->kind == WEBSOCKET_CLOSE || event->kind == WEBSOCKET_BAD;
}

/* A copy of exactly this size, so that reading past it is seen. */
static void feed(struct websocket *filter, struct slice piece,
                 struct told *told)
{
    struct websocket_event event;
    uint8_t *copy = malloc(piece.size + 1);
    demand(copy != NULL);
    memcpy(copy + 1, piece.data, piece.size);
    websocket_feed(filter, slice_make(copy + 1, piece.size));
    while (websocket_next(filter, &event))
        add_event(told, &event);
    free(copy);
}

static struct told told_of(struct slice bytes, bool upgraded, size_t step)
{
    static const struct net_header key[] = {{"Sec-WebSocket-Key", KEY}};
    static const char *const mqtt[] = {"mqtt"};
    struct told told = {.hash = 14695981039346656037U};
    struct websocket *filter =
        websocket_new(&(struct websocket_options){.host = "localhost",
                                                  .port = 8083,
                                                  .path = "/mqtt",
                                                  .headers = key,
                                                  .header_count = 1,
                                                  .subprotocols = mqtt,
                                                  .subprotocol_count = 1});
    demand(filter != NULL);
    if (upgraded)
        feed(filter, slice_of(GOOD), &told);
    for (size_t at = 0; at < bytes.size; at += step) {
        size_t left = bytes.size - at;
        feed(filter, slice_make(bytes.data + at, left < step ? left : step),
             &told);
    }
    websocket_free(filter);
    return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    bool upgraded = (data[0] & 1) != 0;
    size_t step = (size_t)(data[0] >> 1) % 40 + 1;
    struct slice bytes = slice_make(data + 1, size - 1);
    struct told whole = told_of(bytes, upgraded, bytes.size);
    struct told cut = told_of(bytes, upgraded, step);
    demand(whole.hash == cut.hash && whole.over == cut.over);
    return 0;
}
