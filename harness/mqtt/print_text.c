#include "mqtt/mqtt.h"

static void put_left_out(struct buffer *out, size_t count, const char *what)
{
    buffer_format(out, " … %zu more %s%s", count, what, count == 1 ? "" : "s");
}

void mqtt_print_hex(struct slice bytes, size_t max, struct buffer *out)
{
    size_t shown = bytes.size < max ? bytes.size : max;

    for (size_t i = 0; i < shown; i++)
        buffer_format(out, i ? " %02x" : "%02x", (unsigned)bytes.data[i]);
    if (shown < bytes.size)
        put_left_out(out, bytes.size - shown, "byte");
}

static void put_character(struct buffer *out, uint8_t byte)
{
    if (byte == '"' || byte == '\\')
        buffer_format(out, "\\%c", byte);
    else if (byte < 0x20 || byte > 0x7e)
        buffer_format(out, "\\x%02x", (unsigned)byte);
    else
        buffer_u8(out, byte);
}

void mqtt_print_text(struct slice bytes, size_t max, struct buffer *out)
{
    size_t shown = bytes.size < max ? bytes.size : max;

    buffer_u8(out, '"');
    for (size_t i = 0; i < shown; i++)
        put_character(out, bytes.data[i]);
    buffer_u8(out, '"');
    if (shown < bytes.size)
        put_left_out(out, bytes.size - shown, "byte");
}
