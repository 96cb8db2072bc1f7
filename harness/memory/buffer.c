#include "memory/memory.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

struct buffer buffer_make(size_t cap)
{
    struct buffer buffer = {.cap = cap};

    return buffer;
}

void buffer_free(struct buffer *buffer)
{
    memory_free(buffer->data);
    *buffer = buffer_make(buffer->cap);
}

static void terminate(struct buffer *buffer)
{
    if (buffer->data)
        buffer->data[buffer->size] = 0;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
    terminate(buffer);
}

/* Doubles, so that appending byte by byte stays linear. */
static size_t next_capacity(const struct buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;

    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    return capacity;
}

/* Makes room for size more bytes and the zero behind them. */
static bool reserve(struct buffer *buffer, size_t size)
{
    size_t capacity;
    uint8_t *data;

    if (buffer->failed)
        return false;
    buffer->failed = true;
    if (size > buffer->cap || buffer->size > buffer->cap - size)
        return false;
    if (buffer->size + size >= SIZE_MAX)
        return false;
    if (buffer->size + size + 1 > buffer->capacity) {
        capacity = next_capacity(buffer, buffer->size + size + 1);
        data = memory_resize(buffer->data, capacity);
        if (!data)
            return false;
        buffer->data = data;
        buffer->capacity = capacity;
    }
    buffer->failed = false;
    return true;
}

void buffer_insert(struct buffer *buffer, size_t offset, const void *data,
                   size_t size)
{
    if (offset > buffer->size)
        buffer->failed = true;
    if (!reserve(buffer, size) || size == 0)
        return;
    memmove(buffer->data + offset + size, buffer->data + offset,
            buffer->size - offset);
    memcpy(buffer->data + offset, data, size);
    buffer->size += size;
    terminate(buffer);
}

void buffer_append(struct buffer *buffer, const void *data, size_t size)
{
    buffer_insert(buffer, buffer->size, data, size);
}

void buffer_append_slice(struct buffer *buffer, struct slice slice)
{
    buffer_append(buffer, slice.data, slice.size);
}

void buffer_u8(struct buffer *buffer, uint8_t value)
{
    buffer_append(buffer, &value, 1);
}

void buffer_u16(struct buffer *buffer, uint16_t value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_u32(struct buffer *buffer, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 8), (uint8_t)value};

    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_truncate(struct buffer *buffer, size_t size)
{
    if (size >= buffer->size)
        return;
    buffer->size = size;
    terminate(buffer);
}

void buffer_drop(struct buffer *buffer, size_t size)
{
    if (size >= buffer->size) {
        buffer->size = 0;
    } else if (size > 0) {
        memmove(buffer->data, buffer->data + size, buffer->size - size);
        buffer->size -= size;
    }
    terminate(buffer);
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_vformat(struct buffer *buffer, const char *format, va_list list)
{
    va_list again;
    int size;

    va_copy(again, list);
    size = vsnprintf(NULL, 0, format, list);
    if (size < 0)
        buffer->failed = true;
    else if (reserve(buffer, (size_t)size)) {
        vsnprintf((char *)buffer->data + buffer->size, (size_t)size + 1, format,
                  again);
        buffer->size += (size_t)size;
    }
    va_end(again);
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    buffer_vformat(buffer, format, list);
    va_end(list);
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return slice_make(buffer->data, buffer->size);
}

const char *buffer_string(struct buffer *buffer)
{
    if (buffer->failed || !buffer->data)
        return "";
    return (const char *)buffer->data;
}
