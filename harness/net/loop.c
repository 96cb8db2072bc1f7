/* The beginning of libuv, which aborts where it gets no descriptor. */
#include "net/net.h"

#include <fcntl.h>
#include <unistd.h>

/* What a loop takes, and one to spare. */
enum { DESCRIPTORS = 6 };

static bool descriptors_are_left(void)
{
    int taken[DESCRIPTORS];
    size_t count = 0;
    bool left;

    while (count < DESCRIPTORS) {
        taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (taken[count] < 0)
            break;
        count++;
    }
    left = count == DESCRIPTORS;
    while (count)
        close(taken[--count]);
    return left;
}

int net_loop_init(uv_loop_t *loop)
{
    return descriptors_are_left() ? uv_loop_init(loop) : UV_EMFILE;
}
