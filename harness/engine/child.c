#include "engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- between fork and exec --------------------------------------------- */

static void reset_signals(void)
{
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Dies with us from here on; whoever has lost us already, at once. */
static void bind_to(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
}

static bool take_streams(int log)
{
    int nothing = open("/dev/null", O_RDONLY);

    return nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 &&
           dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0;
}

static _Noreturn void become(const struct child_order *order, const char *path,
                             pid_t parent, int report)
{
    bind_to(parent);
    setsid();
    warden_watch(order->warden, getpid());
    reset_signals();
    if (take_streams(order->log) && chdir(order->folder) == 0) {
        environ = order->environment;
        execvp(path, order->arguments);
    }
    int error = errno;
    (void)!write(report, &error, sizeof error);
    _exit(127);
}

/* ---- its start --------------------------------------------------------- */

/* A program named by a relative path is meant from where we stand, not from
 * its folder. */
static const char *program_path(const char *program, char room[PATH_MAX])
{
    if (strchr(program, '/') && realpath(program, room))
        return room;
    return program;
}

static int wait_for_exit(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return status;
}

/* What the child reports until its exec ends the line: nothing, or why it
 * could not become the program. */
static int hear_report(int line)
{
    int error = 0;
    ssize_t got;

    do
        got = read(line, &error, sizeof error);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof error ? error : 0;
}

/* No handler of ours may run in the child. */
static pid_t fork_quietly(void)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid != 0)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pid;
}

static int start_program(struct child *child)
{
    const struct child_order *order = &child->order;
    char room[PATH_MAX];
    const char *path = program_path(order->arguments[0], room);
    pid_t parent = getpid();
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    child->pid = fork_quietly();
    int error = child->pid < 0 ? errno : 0;
    if (child->pid == 0)
        become(order, path, parent, ends[1]);
    close(ends[1]);
    if (!error)
        error = hear_report(ends[0]);
    close(ends[0]);
    if (error && child->pid > 0)
        wait_for_exit(child->pid);
    return error;
}

/* ---- its end ----------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;

    close(child->descriptor);
    child->order.closed(child->order.user);
}

/* What is left of its group goes first: as long as it is not waited for, no
 * other process can have its number. */
static int bury(struct child *child)
{
    kill(-child->pid, SIGKILL);
    int status = wait_for_exit(child->pid);
    warden_watch(child->order.warden, 0);
    return status;
}

static void on_end(uv_poll_t *handle, int status, int events)
{
    struct child *child = handle->data;

    (void)status;
    (void)events;
    uv_poll_stop(handle);
    int how = bury(child);
    uv_close((uv_handle_t *)handle, on_closed);
    child->order.ended(child->order.user, WIFEXITED(how) ? WEXITSTATUS(how) : 0,
                       WIFSIGNALED(how) ? WTERMSIG(how) : 0);
}

/* 0, or why its end cannot be noticed. */
static int watch_end(struct child *child)
{
    child->descriptor = (int)syscall(SYS_pidfd_open, child->pid, 0);
    if (child->descriptor < 0)
        return errno;
    int error = uv_poll_init(child->order.loop, &child->end, child->descriptor);
    if (error) {
        close(child->descriptor);
        return -error;
    }
    child->end.data = child;
    uv_poll_start(&child->end, UV_READABLE, on_end);
    return 0;
}

int child_start(struct child *child, const struct child_order *order)
{
    child->order = *order;
    int error = start_program(child);
    if (error) {
        warden_watch(order->warden, 0);
        return error;
    }
    error = watch_end(child);
    if (error)
        bury(child);
    return error;
}

void child_signal(const struct child *child, int signal)
{
    kill(-child->pid, signal);
}
