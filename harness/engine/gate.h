/* Bounds on connections: how many are being set up at once, and how many
 * descriptors are in use.
 *
 * Waiting clients cost a broker nothing, those that are being set up do. So
 * a connection holds one of `jobs` places from its opening until the broker
 * has answered (gate_settled), has ended it, or GATE_PATIENCE has passed. */
#ifndef MQTTSPEC_GATE_H
#define MQTTSPEC_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

/* ms; a broker that has not answered by then does not hold up the others. */
#define GATE_PATIENCE 1500

enum gate_state { GATE_OUT, GATE_WAITING, GATE_SETTING_UP, GATE_OPEN };

/* The place of one connection; zeroed before its first use. */
struct gate_slot {
    enum gate_state state;
    uint64_t since; /* the loop's time, ms */
    struct gate_slot *previous, *next;
    /* Told by gate_admit when a waiting slot may open its connection. */
    void (*admitted)(void *user);
    void *user;
};

struct gate_list {
    struct gate_slot *first, *last;
};

struct gate {
    uv_loop_t *loop;
    uv_timer_t timer;
    size_t jobs, connections;
    size_t setting_up, open; /* open includes those being set up */
    struct gate_list waiting, fresh;
};

/* The most connections that this process may have open: raises the soft
 * limit on descriptors to the hard one and leaves a reserve for files. */
size_t gate_connections_possible(void);

void gate_begin(struct gate *gate, uv_loop_t *loop, size_t jobs,
                size_t connections);
/* Closes the timer; every slot has left by then. */
void gate_end(struct gate *gate);

/* Whether one more connection may be set up now. */
bool gate_has_room(const struct gate *gate);
/* True: the connection may be opened now. False: it waits, and `admitted`
 * is told from a later gate_admit. */
bool gate_enter(struct gate *gate, struct gate_slot *slot,
                void (*admitted)(void *user), void *user);
/* The broker has answered: no longer being set up. In any state. */
void gate_settled(struct gate *gate, struct gate_slot *slot);
/* The descriptor is gone, or the connection was given up. In any state. */
void gate_leave(struct gate *gate, struct gate_slot *slot);
/* Admits what waits, first come, first served. */
void gate_admit(struct gate *gate);

#endif
