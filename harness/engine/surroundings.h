/* What every play and errand of one run shares. */
#ifndef MQTTSPEC_SURROUNDINGS_H
#define MQTTSPEC_SURROUNDINGS_H

#include "engine/gate.h"
#include "engine/target.h"

struct performance;
struct errand;
struct cleanup;

struct surroundings {
    uv_loop_t *loop;
    struct gate gate;
    struct target *target;
    const struct run_options *options;
    /* Runs the profile's hook for a play; performance_broker answers. */
    void (*broker)(void *user, struct performance *by,
                   enum broker_action action);
    void *user;
    struct performance *ended; /* over, to be reported by the loop */
    struct errand *errands;    /* all that are alive */
    size_t errand_count;
    struct cleanup *cleanups; /* likewise */
    size_t cleanup_count;
    uint64_t identity; /* of this run; part of every $id */
    uint64_t counter;  /* of identities given out */
};

/* At most 12 letters and digits, unique in this run and very likely between
 * runs. */
#define IDENTITY_SIZE 13
void surroundings_identity(struct surroundings *surroundings,
                           char id[IDENTITY_SIZE]);
/* The identity of a run: of its seed, and of when and where it runs. */
uint64_t surroundings_run_identity(uint64_t seed);

#endif
