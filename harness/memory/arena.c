#include "memory/memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_SIZE = 8192 };

/* Blocks are cut from chunks. The chunk in front is the one in use. */
struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) uint8_t bytes[];
};

struct arena {
    struct chunk *chunks;
    size_t left; /* of the cap */
    bool failed;
};

struct arena *arena_new(size_t cap)
{
    struct arena *arena = memory_zero(1, sizeof *arena);

    if (arena)
        arena->left = cap;
    return arena;
}

void arena_free(struct arena *arena)
{
    struct chunk *chunk = arena ? arena->chunks : NULL;

    while (chunk) {
        struct chunk *next = chunk->next;

        memory_free(chunk);
        chunk = next;
    }
    memory_free(arena);
}

/* A block that would fill most of a chunk gets one of its own, behind the
 * one in use, so that the rest of that one is not lost. */
static struct chunk *add_chunk(struct arena *arena, size_t size)
{
    bool own = size > CHUNK_SIZE / 4;
    size_t room = own ? size : CHUNK_SIZE;
    struct chunk *chunk = memory_zero(1, sizeof *chunk + room);

    if (!chunk)
        return NULL;
    chunk->size = room;
    if (own && arena->chunks) {
        chunk->next = arena->chunks->next;
        arena->chunks->next = chunk;
    } else {
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    return chunk;
}

static size_t aligned(size_t size)
{
    size_t step = alignof(max_align_t);

    return (size + step - 1) / step * step;
}

static struct chunk *chunk_for(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->chunks;

    if (chunk && chunk->size - chunk->used >= size)
        return chunk;
    return add_chunk(arena, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct chunk *chunk = NULL;
    void *block;

    size = size ? size : 1;
    if (size <= arena->left && size <= SIZE_MAX / 2)
        chunk = chunk_for(arena, aligned(size));
    if (!chunk) {
        arena->failed = true;
        return NULL;
    }
    block = chunk->bytes + chunk->used;
    chunk->used += aligned(size);
    arena->left -= size;
    return block;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return arena_alloc(arena, count * size);
}

char *arena_text_of(struct arena *arena, struct slice slice)
{
    char *text;

    if (slice.size == SIZE_MAX) {
        arena->failed = true;
        return NULL;
    }
    text = arena_alloc(arena, slice.size + 1);
    if (text && slice.size)
        memcpy(text, slice.data, slice.size);
    return text;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_of(arena, slice_of(text));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    char *text = NULL;
    int size;

    va_start(list, format);
    size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size >= 0)
        text = arena_alloc(arena, (size_t)size + 1);
    if (!text) {
        arena->failed = true;
        return NULL;
    }
    va_start(list, format);
    vsnprintf(text, (size_t)size + 1, format, list);
    va_end(list);
    return text;
}

struct slice arena_slice(struct arena *arena, struct slice slice)
{
    uint8_t *data;

    if (slice.size == 0)
        return slice_make(NULL, 0);
    data = arena_alloc(arena, slice.size);
    if (!data)
        return slice_make(NULL, 0);
    memcpy(data, slice.data, slice.size);
    return slice_make(data, slice.size);
}

bool arena_failed(const struct arena *arena)
{
    return arena->failed;
}
