/* Is the broker still there? A plain conversation, asked for after each play
 * that went wrong; at most one is under way.
 *
 * One answer that does not come is not enough: the broker is given up after
 * three within the time that it gets for an answer. */
#ifndef MQTTSPEC_HEALTH_H
#define MQTTSPEC_HEALTH_H

#include "engine/offer.h"
#include "engine/surroundings.h"

struct health {
    struct surroundings *surroundings;
    const struct offer *offer;
    uv_timer_t timer; /* until the next attempt */
    char id[IDENTITY_SIZE];
    bool asking;     /* an errand is out, or the timer runs */
    bool again;      /* asked for since it began */
    unsigned misses; /* in a row */
    uint64_t began;  /* this attempt, ms of the loop */
    void (*well)(void *user);
    void (*ill)(void *user, const char *text); /* given up */
    void *user;
};

/* well is told when an answer came to a conversation that began after the
 * latest health_ask; ill when the broker was given up. */
void health_begin(struct health *health);
void health_ask(struct health *health);
/* An answer has been missed: nothing new should be begun. */
bool health_in_doubt(const struct health *health);
/* Forgets what is under way; after errands_drop. */
void health_reset(struct health *health);
void health_end(struct health *health);

#endif
