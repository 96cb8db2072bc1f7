/* Writing WebSocket frames (RFC 6455 section 5.2), good and bad. */
#include "net/websocket.h"
#include <openssl/rand.h>

enum {
    FIN_BIT = 0x80,
    MASK_BIT = 0x80,
    SHORT_LENGTH_MAX = 125,
    TWO_BYTE_LENGTH = 126,
    EIGHT_BYTE_LENGTH = 127
};

/* Masking keys guard proxies against scripts in browsers; a cheap generator
 * with a random seed is enough here. */
static uint32_t next_masking_key(void)
{
    static _Thread_local uint64_t state;
    while (state == 0) {
        if (RAND_bytes((unsigned char *)&state, sizeof state) != 1)
            state = (uint64_t)net_now();
    }
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

/* The width of the length field that is asked for, if it can hold size. */
static unsigned length_width(const struct net_frame *frame, size_t size)
{
    if (frame->length_width == 8 || size > UINT16_MAX)
        return 8;
    if (frame->length_width == 2 || size > SHORT_LENGTH_MAX)
        return 2;
    return 0;
}

static void append_length(struct buffer *to, const struct net_frame *frame,
                          size_t size)
{
    unsigned width = length_width(frame, size);
    uint8_t mask = frame->mask ? MASK_BIT : 0;
    if (width == 0) {
        buffer_u8(to, (uint8_t)(mask | size));
    } else if (width == 2) {
        buffer_u8(to, mask | TWO_BYTE_LENGTH);
        buffer_u16(to, (uint16_t)size);
    } else {
        buffer_u8(to, mask | EIGHT_BYTE_LENGTH);
        buffer_u32(to, (uint32_t)((uint64_t)size >> 32));
        buffer_u32(to, (uint32_t)size);
    }
}

static void append_masked(struct buffer *to, struct slice payload)
{
    uint32_t key = next_masking_key();
    const uint8_t bytes[4] = {(uint8_t)(key >> 24), (uint8_t)(key >> 16),
                              (uint8_t)(key >> 8), (uint8_t)key};
    buffer_append(to, bytes, sizeof bytes);
    buffer_append_slice(to, payload);
    if (to->failed)
        return;
    uint8_t *masked = to->data + to->size - payload.size;
    for (size_t i = 0; i < payload.size; i++)
        masked[i] ^= bytes[i & 3];
}

void websocket_encode(struct buffer *to, const struct net_frame *frame,
                      struct slice payload)
{
    unsigned first = (frame->fin ? FIN_BIT : 0U) | (frame->rsv & 7U) << 4 |
                     (frame->opcode & 15U);
    buffer_u8(to, (uint8_t)first);
    append_length(to, frame, payload.size);
    if (frame->mask)
        append_masked(to, payload);
    else
        buffer_append_slice(to, payload);
}
