#include "engine/surroundings.h"

#include <time.h>
#include <unistd.h>

/* splitmix64: every bit of the number decides every bit of the result. */
static uint64_t scramble(uint64_t number)
{
    number += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ (number >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ (number >> 27)) * UINT64_C(0x94d049bb133111eb);
    return number ^ (number >> 31);
}

uint64_t surroundings_run_identity(uint64_t seed)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t when =
        (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
    return scramble(seed ^ scramble(when ^ scramble((uint64_t)getpid())));
}

static size_t put_base36(char *to, uint64_t number, size_t least)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char reversed[16];
    size_t size = 0;

    while ((number || size < least) && size < sizeof reversed) {
        reversed[size++] = digits[number % 36];
        number /= 36;
    }
    for (size_t i = 0; i < size; i++)
        to[i] = reversed[size - 1 - i];
    return size;
}

/* A letter, six digits for the run, and at most five for the play. */
void surroundings_identity(struct surroundings *surroundings,
                           char id[IDENTITY_SIZE])
{
    const uint64_t runs = UINT64_C(2176782336); /* 36^6 */
    const uint64_t plays = UINT64_C(60466176);  /* 36^5 */
    size_t size = 1;

    id[0] = 'm';
    size += put_base36(id + size, surroundings->identity % runs, 6);
    size += put_base36(id + size, surroundings->counter++ % plays, 1);
    id[size] = 0;
}
