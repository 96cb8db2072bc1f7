/* A process beside us that ends a broker which we started when we end
 * without doing so ourselves, be it by SIGKILL, and removes its folder. */
#ifndef MQTTSPEC_WARDEN_H
#define MQTTSPEC_WARDEN_H

#include <stdbool.h>
#include <sys/types.h>

struct warden {
    pid_t pid; /* 0: there is none */
    int line;  /* whose end tells it of ours */
};

/* Starts it. `folder` is removed with all that is in it; NULL: none. False
 * with errno: then the broker is not watched. */
bool warden_begin(struct warden *warden, const char *folder);
/* The process group to end; 0: none. Also for a child before its exec, so
 * that there is no moment without a watch. */
void warden_watch(const struct warden *warden, pid_t group);
/* All is in order, nothing is left to do: it ends, and is waited for.
 * Nothing happens where there is none. */
void warden_end(struct warden *warden);

#endif
