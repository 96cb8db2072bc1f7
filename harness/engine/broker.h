/* The broker as our child: started in the foreground in a folder of its own,
 * waited for until every endpoint takes a TCP connection, stopped, restarted
 * on the same ports, and its death noticed. */
#ifndef MQTTSPEC_BROKER_H
#define MQTTSPEC_BROKER_H

#include "engine/folder.h"
#include "engine/target.h"
#include "engine/warden.h"

/* Where its standard output and error go, below its folder. */
#define BROKER_LOG "broker.log"

struct broker;

struct broker_order {
    uv_loop_t *loop;
    const struct target *target; /* its profile is resolved */
    const struct folder *folder;
    const struct warden *warden;
    double patience;
    /* It has ended without being asked; how: one line. */
    void (*died)(void *user, const char *how);
    void *user;
};

/* NULL when there is no memory. Nothing is started yet. */
struct broker *broker_new(const struct broker_order *order);

typedef void (*broker_done)(void *user, bool ok, const char *trouble);
/* Each tells `done` once, from the loop, never from within. Only one at a
 * time: false when another is under way. Starting one that runs, or stopping
 * one that does not, is done at once. Stopping sends the signal, and SIGKILL
 * after 10 s. */
bool broker_start(struct broker *broker, broker_done done, void *user);
bool broker_stop(struct broker *broker, int signal, broker_done done,
                 void *user);
bool broker_restart(struct broker *broker, int signal, broker_done done,
                    void *user);
/* Ends whatever is under way with SIGKILL; a pending `done` is told. */
void broker_kill(struct broker *broker);

bool broker_runs(const struct broker *broker);
bool broker_busy(const struct broker *broker);
/* The signal of a profile's restart_signal ("TERM", "SIGKILL"); SIGTERM when
 * it names none. */
int broker_signal(const char *name);

/* Frees it once the loop has closed its handles; the child does not run and
 * nothing is under way. */
void broker_end(struct broker *broker);

#endif
