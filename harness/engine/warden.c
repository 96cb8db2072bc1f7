#include "engine/warden.h"

#include "engine/folder.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is said to it: a process group, 0 for none, or this. */
#define ALL_IS_WELL ((pid_t)-1)

/* ms: how long a killed leader may take to be gone, and how often, and how
 * long after another, the folder is looked at for what others of its group
 * still wrote as they went: they tell nobody of their end. */
#define GONE_LIMIT 5000
#define LOOKS 50
#define LOOK_PAUSE 20

/* ---- the process beside us --------------------------------------------- */

/* Nothing of ours but the line: neither sockets nor standard output, on whose
 * end others may wait; and the handlers of signals are of our loop. */
static void leave_us(int line)
{
    setsid();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    prctl(PR_SET_NAME, "mqttspec-warden");
    if (line > 0)
        close_range(0, (unsigned)line - 1, 0);
    close_range((unsigned)line + 1, ~0U, 0);
}

/* The last word that was said when the line ends. */
static pid_t listen_until_end(int line)
{
    pid_t last = 0, heard;

    for (;;) {
        ssize_t got = read(line, &heard, sizeof heard);
        if (got == (ssize_t)sizeof heard)
            last = heard;
        else if (got >= 0 || errno != EINTR)
            return last;
    }
}

static void end_group(pid_t group)
{
    struct pollfd leader = {.fd = (int)syscall(SYS_pidfd_open, group, 0),
                            .events = POLLIN};

    kill(-group, SIGKILL);
    if (leader.fd >= 0)
        poll(&leader, 1, GONE_LIMIT);
}

static void remove_whole(const char *folder)
{
    folder_remove(folder);
    for (int i = 0; i < LOOKS && access(folder, F_OK) == 0; i++) {
        poll(NULL, 0, LOOK_PAUSE);
        folder_remove(folder);
    }
}

static _Noreturn void stand_watch(int line, const char *folder)
{
    leave_us(line);
    pid_t last = listen_until_end(line);
    if (last > 0)
        end_group(last);
    if (last != ALL_IS_WELL && folder)
        remove_whole(folder);
    _exit(0);
}

/* ---- our side of it ---------------------------------------------------- */

bool warden_begin(struct warden *warden, const char *folder)
{
    int ends[2];

    *warden = (struct warden){.line = -1};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    warden->pid = fork();
    if (warden->pid == 0) {
        close(ends[1]);
        stand_watch(ends[0], folder);
    }
    close(ends[0]);
    warden->line = ends[1];
    if (warden->pid > 0)
        return true;
    warden->pid = 0;
    close(warden->line);
    return false;
}

void warden_watch(const struct warden *warden, pid_t group)
{
    if (warden->pid)
        send(warden->line, &group, sizeof group, MSG_NOSIGNAL);
}

void warden_end(struct warden *warden)
{
    if (!warden->pid)
        return;
    warden_watch(warden, ALL_IS_WELL);
    close(warden->line);
    while (waitpid(warden->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    warden->pid = 0;
}
