/* How far a run is: what a person who waits for its end wants to know. */
#ifndef MQTTSPEC_PULSE_H
#define MQTTSPEC_PULSE_H

#include <stddef.h>
#include <stdint.h>

enum pulse_doing {
    PULSE_STARTING,  /* the broker */
    PULSE_PROBING,   /* what it offers */
    PULSE_PLAYING,   /* variants side by side */
    PULSE_REPEATING, /* failures, alone */
    PULSE_ALONE,     /* variants that need the broker for themselves */
    PULSE_STOPPING   /* nothing is begun any more */
};

struct pulse {
    enum pulse_doing doing;
    size_t done, total; /* variants; total is 0 until they are chosen */
    size_t running;     /* plays under way */
    size_t failed;      /* variants with that verdict */
    size_t doubted;     /* variants that failed and are to be repeated */
    /* ns, from the waits that the cases prescribe and, of plays that are
     * repeated, from how long they took before: the longest that a play under
     * way still waits, and what all that is not decided takes. 0: none. */
    int64_t wait, left;
};

#endif
