/* A program as our child: in a session of its own, so that what it starts
 * ends with it, and never longer there than we are. */
#ifndef MQTTSPEC_CHILD_H
#define MQTTSPEC_CHILD_H

#include "engine/warden.h"

#include <stdint.h>
#include <uv.h>

struct child_order {
    uv_loop_t *loop;
    const struct warden *warden;
    char **arguments; /* the program, as the shell finds it, and the others */
    char **environment;
    const char *folder; /* where it stands */
    int log;            /* what its standard output and error are */
    /* It has ended, with this status or by this signal; what it had started
     * is killed. Then, when it may be started again or freed: closed. */
    void (*ended)(void *user, int status, int signal);
    void (*closed)(void *user);
    void *user;
};

struct child {
    struct child_order order;
    pid_t pid;
    int descriptor; /* can be read when it has ended */
    uv_poll_t end;
};

/* 0, or the errno of why it does not run: then nothing is told. The order's
 * arguments, environment, folder and log need not outlive the call. */
int child_start(struct child *child, const struct child_order *order);
/* Sends a signal to it and to what it has started. */
void child_signal(const struct child *child, int signal);

#endif
