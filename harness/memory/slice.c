#include "memory/memory.h"

#include <string.h>

struct slice slice_make(const void *data, size_t size)
{
    struct slice slice = {data, size};

    return slice;
}

struct slice slice_of(const char *text)
{
    return slice_make(text, strlen(text));
}

/* memcmp must not be given NULL, not even for no bytes. */
static bool same(const uint8_t *a, const uint8_t *b, size_t size)
{
    return size == 0 || memcmp(a, b, size) == 0;
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && same(a.data, b.data, a.size);
}

bool slice_is(struct slice a, const char *text)
{
    /* Tables are searched by this; most names differ in the first byte. */
    return a.size == 0
               ? *text == '\0'
               : a.data[0] == (uint8_t)*text && slice_equal(a, slice_of(text));
}

bool slice_starts(struct slice whole, struct slice part)
{
    return part.size <= whole.size && same(whole.data, part.data, part.size);
}

bool slice_ends(struct slice whole, struct slice part)
{
    if (part.size > whole.size)
        return false;
    if (part.size == 0)
        return true;
    return same(whole.data + whole.size - part.size, part.data, part.size);
}

bool slice_contains(struct slice whole, struct slice part)
{
    if (part.size == 0)
        return true;
    if (whole.size == 0)
        return false;
    return memmem(whole.data, whole.size, part.data, part.size) != NULL;
}
