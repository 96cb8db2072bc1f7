#include "test/prove/prove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's part: it never returns. */
static void become(const char *const *arguments, int output)
{
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(127);
    execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static pid_t start(const char *const *arguments, const char *output)
{
    int file = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    pid_t child;

    if (file < 0)
        return -1;
    fflush(NULL);
    child = fork();
    if (child == 0)
        become(arguments, file);
    close(file);
    return child;
}

static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t wait_for(pid_t child, int *status)
{
    pid_t ended;

    do {
        ended = waitpid(child, status, 0);
    } while (ended < 0 && errno == EINTR);
    return ended;
}

int child_run(const char *const *arguments, const char *output)
{
    pid_t child = start(arguments, output);
    int status;

    if (child < 0 || wait_for(child, &status) != child)
        return -1;
    return status_of(status);
}

static bool start_order(const struct order *order, pid_t *child)
{
    struct buffer log = buffer_make(4096);

    buffer_text(&log, order->result);
    buffer_text(&log, ".log");
    *child = start(order->arguments, buffer_string(&log));
    buffer_free(&log);
    if (*child < 0)
        fprintf(stderr, "prove: %s: %s\n", order->name, strerror(errno));
    return *child >= 0;
}

/* Waits for one child to end; false when there is none. */
static bool reap(struct order **orders, const pid_t *children, size_t count)
{
    int status;
    pid_t ended = wait_for(-1, &status);

    for (size_t i = 0; i < count; i++)
        if (children[i] == ended)
            orders[i]->status = status_of(status);
    return ended > 0;
}

bool children_run(struct order **orders, size_t count, size_t jobs)
{
    pid_t *children = memory_zero(count, sizeof *children);
    size_t running = 0;
    bool sound = children != NULL;

    for (size_t i = 0; sound && i < count; i++) {
        if (running == jobs && reap(orders, children, i))
            running--;
        sound = start_order(orders[i], &children[i]);
        running += sound;
    }
    while (running > 0 && reap(orders, children, count))
        running--;
    memory_free(children);
    return sound;
}
