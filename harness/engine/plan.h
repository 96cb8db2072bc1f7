/* Which variants a run plays: those that exist for the target, are wanted,
 * and belong to the shard; what each waits and needs, or why it is skipped. */
#ifndef MQTTSPEC_PLAN_H
#define MQTTSPEC_PLAN_H

#include "engine/offer.h"
#include "engine/run.h"
#include "engine/schedule.h"
#include "engine/target.h"

struct plan {
    struct entry *entries;  /* in the order of the files */
    struct result *results; /* one for each entry, given to the record */
    size_t count;
    bool complete; /* every variant of the suite was chosen */
};

/* Chooses the variants of the shape. Verdicts are NOT_RUN. False: no memory,
 * and the plan is empty or without some texts. Texts go into the arena. */
bool plan_choose(struct plan *plan, const struct run_options *options,
                 const struct target_shape *shape, struct arena *arena);
/* Compiles each case once to learn what its variants wait and need; an entry
 * that is not to be played gets its verdict (skip, or error for lack of
 * memory) and is decided. */
void plan_learn(struct plan *plan, const struct run_options *options,
                const struct offer *offer, const struct target *target,
                struct arena *arena);
/* Frees the entries; the results, too, unless they were given away (NULL). */
void plan_end(struct plan *plan);

/* How many connections a script has open at once, estimated from the names
 * of its clients; at least 1. */
size_t plan_connections(const struct script *script);
/* Whether a variant belongs to the shard'th of so many (from 1). */
bool plan_in_shard(const char *variant_id, unsigned shard, unsigned shards);

#endif
