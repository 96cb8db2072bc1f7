#include "mqtt/mqtt.h"

/* 5.0: 1.5.5; as Remaining Length in all versions (3.1.1: 2.2.3). */
enum { DECODED_MAX = 4, ENCODED_MAX = 16 };

static unsigned minimal_width(uint32_t number)
{
    unsigned width = 1;

    while (number >>= 7)
        width++;
    return width;
}

void mqtt_put_varint(struct buffer *out, uint32_t number, unsigned width)
{
    if (width == 0)
        width = minimal_width(number);
    if (width > ENCODED_MAX)
        width = ENCODED_MAX;
    for (; width > 1; width--) {
        buffer_u8(out, (uint8_t)(0x80 | (number & 0x7f)));
        number >>= 7;
    }
    buffer_u8(out, (uint8_t)(number & 0x7f));
}

bool mqtt_get_varint(struct slice bytes, size_t *at, uint32_t *number,
                     bool *minimal)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < DECODED_MAX && *at + i < bytes.size; i++) {
        uint8_t byte = bytes.data[*at + i];

        value |= (uint32_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        *at += i + 1;
        *number = value;
        *minimal = minimal_width(value) == i + 1;
        return true;
    }
    return false;
}

enum mqtt_frame mqtt_frame(struct slice stream, size_t *size)
{
    size_t at = 1;
    uint32_t length;
    bool minimal;

    *size = 0;
    if (stream.size == 0)
        return MQTT_FRAME_MORE;
    if (!mqtt_get_varint(stream, &at, &length, &minimal))
        return stream.size > DECODED_MAX ? MQTT_FRAME_MALFORMED
                                         : MQTT_FRAME_MORE;
    *size = at + length;
    return stream.size < *size ? MQTT_FRAME_MORE : MQTT_FRAME_WHOLE;
}
