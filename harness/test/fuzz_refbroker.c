/* Feeds what several clients send, and how they go, to the reference broker
 * without sockets: it neither crashes nor leaves anything behind.
 *
 * `fuzz_refbroker --seeds FOLDER` writes the inputs that it begins with: the
 * packets of all cases. */
#include "test/socketless/script.h"
#include "test/socketless/socketless.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(const int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(const int *count, char ***arguments)
{
    if (*count == 3 && strcmp((*arguments)[1], "--seeds") == 0)
        exit(seeds_write((*arguments)[2]));
    return 0;
}

static struct slice take(struct slice *rest, size_t size)
{
    struct slice taken =
        slice_make(rest->data, size < rest->size ? size : rest->size);

    *rest = slice_make(rest->data + taken.size, rest->size - taken.size);
    return taken;
}

/* A copy of exactly this size, so that reading past it is seen. */
static void send_bytes(struct socketless *home, size_t peer,
                       struct slice *input)
{
    struct slice length = take(input, 2);
    struct slice bytes = {0};
    uint8_t *copy;

    if (length.size == 2)
        bytes = take(input, (size_t)(length.data[0] << 8 | length.data[1]));
    copy = bytes.size > 0 ? malloc(bytes.size) : NULL;
    if (copy == NULL)
        return;
    memcpy(copy, bytes.data, bytes.size);
    if (!home->peers[peer].client)
        socketless_open(home, peer, false);
    socketless_bytes(home, peer, slice_make(copy, bytes.size));
    free(copy);
}

static void play_event(struct socketless *home, struct slice *input)
{
    uint8_t event = take(input, 1).data[0];
    size_t peer = event & EVENT_PEER;

    switch (event & EVENT_WHAT) {
    case EVENT_BYTES:
        send_bytes(home, peer, input);
        break;
    case EVENT_OPEN:
        socketless_open(home, peer, event & EVENT_LOGIN);
        break;
    case EVENT_CLOSED:
        socketless_gone(home, peer, PEER_END_CLOSED);
        break;
    default:
        socketless_gone(home, peer, PEER_END_BROKEN);
    }
    socketless_turn(home);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct socketless home;
    struct slice input = slice_make(data, size);

    socketless_begin(&home);
    while (input.size > 0)
        play_event(&home, &input);
    socketless_end(&home);
    return 0;
}
