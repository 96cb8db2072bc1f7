#include "memory/memory.h"

#include <stdlib.h>
#include <string.h>

/* Counts down to the allocation that shall fail; 0 when none shall. Each
 * thread has its own, so that a test disturbs only what it calls itself. */
static _Thread_local long fail_countdown;

void memory_fail_after(long n)
{
    fail_countdown = n;
}

static bool fails_now(void)
{
    if (fail_countdown <= 0)
        return false;
    fail_countdown--;
    return fail_countdown == 0;
}

void *memory_new(size_t size)
{
    if (fails_now())
        return NULL;
    /* malloc(0) may give NULL, which would look like a failure. */
    return malloc(size ? size : 1);
}

void *memory_zero(size_t count, size_t size)
{
    if (fails_now() || (size && count > SIZE_MAX / size))
        return NULL;
    if (!count || !size)
        return calloc(1, 1);
    return calloc(count, size);
}

void *memory_resize(void *old, size_t size)
{
    if (fails_now())
        return NULL;
    return realloc(old, size ? size : 1);
}

char *memory_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_new(size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

void memory_free(void *block)
{
    free(block);
}
