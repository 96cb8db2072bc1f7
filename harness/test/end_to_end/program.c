#include "program.h"
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define LOOK_AGAIN_MS 20

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

static _Noreturn void become(const struct program *program,
                             const char *const *arguments)
{
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(program->out, STDOUT_FILENO);
    dup2(program->err, STDERR_FILENO);
    execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static bool start(struct program *program, const char *const *arguments)
{
    program->began = now();
    fflush(NULL);
    program->pid = fork();
    if (program->pid == 0)
        become(program, arguments);
    return program->pid > 0;
}

bool program_start(struct program *program, const char *const *arguments)
{
    program->terminal = 0;
    program->out = memfd_create("out", MFD_CLOEXEC);
    program->err = memfd_create("err", MFD_CLOEXEC);
    return start(program, arguments);
}

bool program_start_on_terminal(struct program *program,
                               const char *const *arguments,
                               unsigned short columns)
{
    struct winsize size = {.ws_row = 25, .ws_col = columns};
    int near = -1;
    if (openpty(&program->terminal, &near, NULL, NULL, &size) < 0)
        return false;
    fcntl(program->terminal, F_SETFD, FD_CLOEXEC);
    fcntl(program->terminal, F_SETFL, O_NONBLOCK);
    program->out = program->err = near;
    bool started = start(program, arguments);
    close(near);
    program->out = memfd_create("out", MFD_CLOEXEC);
    program->err = memfd_create("err", MFD_CLOEXEC);
    return started;
}

/* Moves what stands on the terminal to where it is looked for. */
static void take_over(const struct program *program)
{
    char piece[4096];
    ssize_t size;
    while (program->terminal &&
           (size = read(program->terminal, piece, sizeof piece)) > 0)
        if (write(program->out, piece, (size_t)size) != size)
            return;
}

/* All that was written to the file so far. */
static char *content(int file)
{
    struct stat status;
    fstat(file, &status);
    size_t size = (size_t)status.st_size;
    char *text = calloc(1, size + 1);
    if (text && pread(file, text, size, 0) < 0)
        text[0] = 0;
    return text;
}

static bool file_holds(int file, const char *text)
{
    char *all = content(file);
    bool found = all && strstr(all, text);
    free(all);
    return found;
}

/* A descriptor that can be read when the child has ended. */
static int watch(pid_t pid)
{
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* A file in memory tells nobody that it grew, so it is looked at again and
 * again; only the child's end is an event. */
bool program_printed(const struct program *program, const char *text)
{
    struct pollfd end = {.fd = watch(program->pid), .events = POLLIN};
    int64_t limit = now() + PROGRAM_SECONDS * NS_PER_SECOND;
    bool found = false;
    bool ended = false;
    while (!found && !ended && now() < limit) {
        ended = poll(&end, 1, LOOK_AGAIN_MS) > 0;
        take_over(program);
        found =
            file_holds(program->out, text) || file_holds(program->err, text);
    }
    close(end.fd);
    return found;
}

static int64_t cpu_of(const struct rusage *usage)
{
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * NS_PER_SECOND +
           (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) * 1000;
}

/* Its end. A terminal that nobody reads would stop it, so that is read. */
static bool await(const struct program *program, struct pollfd *end)
{
    struct pollfd both[] = {*end, {.fd = program->terminal, .events = POLLIN}};
    int64_t limit = now() + PROGRAM_SECONDS * NS_PER_SECOND;
    nfds_t watched = program->terminal ? 2 : 1;
    while (now() < limit && poll(both, watched, PROGRAM_SECONDS * 1000) > 0) {
        if (both[0].revents)
            return true;
        if (both[1].revents & POLLHUP)
            watched = 1;
        take_over(program);
    }
    return false;
}

void program_wait(struct program *program, struct program_end *end)
{
    struct pollfd watched = {.fd = watch(program->pid), .events = POLLIN};
    struct rusage usage = {.ru_maxrss = 0};
    int status = 0;
    if (!await(program, &watched))
        kill(program->pid, SIGKILL);
    close(watched.fd);
    wait4(program->pid, &status, 0, &usage);
    take_over(program);
    if (program->terminal)
        close(program->terminal);
    *end = (struct program_end){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .out = content(program->out),
        .err = content(program->err),
        .peak_kib = usage.ru_maxrss,
        .cpu_ns = cpu_of(&usage),
        .duration_ns = now() - program->began};
    close(program->out);
    close(program->err);
}

void program_forget(struct program_end *end)
{
    free(end->out);
    free(end->err);
}

const char *program_mqttspec(void)
{
    const char *binary = getenv("MQTTSPEC");
    return binary ? binary : "build/mqttspec";
}

struct program_end program_run(const char *const *arguments)
{
    const char *all[PROGRAM_ARGUMENTS] = {program_mqttspec()};
    struct program program;
    struct program_end end = {.status = -1};
    for (size_t i = 0; arguments[i] && i + 2 < PROGRAM_ARGUMENTS; i++)
        all[i + 1] = arguments[i];
    if (program_start(&program, all))
        program_wait(&program, &end);
    return end;
}
