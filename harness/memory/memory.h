/* Bytes that are borrowed, bytes that are owned, and arenas.
 *
 * The lowest room: everybody may use it, it uses nobody. Every function that
 * allocates can fail and says so; nothing in the product calls malloc past
 * these functions, so that a test can make the n-th allocation fail. */
#ifndef MQTTSPEC_MEMORY_H
#define MQTTSPEC_MEMORY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: never freed through this type. data may be NULL only when
 * size is 0. Not terminated. */
struct slice {
    const uint8_t *data;
    size_t size;
};

/* A slice over a C string, without its terminator. text outlives the slice. */
struct slice slice_of(const char *text);
struct slice slice_make(const void *data, size_t size);
bool slice_equal(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *text);
bool slice_starts(struct slice whole, struct slice part);
bool slice_ends(struct slice whole, struct slice part);
/* Whether part occurs in whole; an empty part occurs everywhere. */
bool slice_contains(struct slice whole, struct slice part);

/* malloc, realloc and free with a countdown for tests: after
 * memory_fail_after(n) the n-th allocation from now (n >= 1) fails, once;
 * 0 switches that off. NULL means no memory. */
void *memory_new(size_t size);
void *memory_zero(size_t count, size_t size);
void *memory_resize(void *old, size_t size);
char *memory_copy(const char *text);
void memory_free(void *block);
void memory_fail_after(long n);

/* A growing buffer with a mandatory cap. Errors are sticky: after one, every
 * append does nothing and `failed` stays true, so that a writer checks once,
 * at the end. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t cap;
    bool failed;
};

/* An empty buffer that never grows past cap bytes. Free with buffer_free. */
struct buffer buffer_make(size_t cap);
void buffer_free(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); /* size 0, failed false */
void buffer_append(struct buffer *buffer, const void *data, size_t size);
void buffer_append_slice(struct buffer *buffer, struct slice slice);
void buffer_u8(struct buffer *buffer, uint8_t value);
void buffer_u16(struct buffer *buffer, uint16_t value); /* big-endian */
void buffer_u32(struct buffer *buffer, uint32_t value); /* big-endian */
/* Puts size bytes in at offset, moving what follows. */
void buffer_insert(struct buffer *buffer, size_t offset, const void *data,
                   size_t size);
/* Removes the first size bytes. */
void buffer_drop(struct buffer *buffer, size_t size);
/* Keeps the first size bytes only. */
void buffer_truncate(struct buffer *buffer, size_t size);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buffer_vformat(struct buffer *buffer, const char *format, va_list list);
struct slice buffer_slice(const struct buffer *buffer);
/* The content as a C string: a zero is kept behind the content. "" when
 * the buffer is empty or has failed. Valid until the next append. */
const char *buffer_string(struct buffer *buffer);

/* An arena: many small blocks, freed together. */
struct arena;
/* NULL when there is no memory. cap bounds the sum of all blocks. */
struct arena *arena_new(size_t cap);
void arena_free(struct arena *arena);
/* Zeroed, aligned for any type; NULL when there is no memory. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_text(struct arena *arena, const char *text);
char *arena_text_of(struct arena *arena, struct slice slice);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A copy of the bytes; data is NULL only when there is no memory or size 0.
 * Check with arena_failed. */
struct slice arena_slice(struct arena *arena, struct slice slice);
/* True once any allocation of this arena has failed. */
bool arena_failed(const struct arena *arena);

#endif
