/* One play of one script: the player, its connections and its timer, driven
 * by the loop. */
#ifndef MQTTSPEC_PERFORMANCE_H
#define MQTTSPEC_PERFORMANCE_H

#include "engine/stage.h"

struct performance {
    struct performance *next; /* in surroundings->ended, or free for others */
    struct surroundings *surroundings;
    struct player *player;
    struct player_settings settings;
    struct stage_floor floor;
    uv_timer_t timer;
    int64_t began;       /* net_now() */
    int64_t armed;       /* when the timer fires, net_now(); INT64_MAX: never */
    size_t place;        /* in the list of whoever started it */
    bool over;           /* finished: its connections are being closed */
    bool broker_at_work; /* a hook runs for it */
    char id[IDENTITY_SIZE];
    char *topic;
    void *user; /* of whoever started it */
};

/* Makes a performance with a fresh $id and $topic. The script is borrowed
 * until it is freed. NULL when there is no memory. */
struct performance *performance_new(struct surroundings *surroundings,
                                    const struct script *script, void *user);
/* Begins to play. Once it has finished and its connections are closed, it
 * is put on surroundings->ended, for the loop to pick up. */
void performance_start(struct performance *performance);
/* Ends it from outside with error or not_run. */
void performance_abort(struct performance *performance, enum verdict verdict,
                       const char *reason);
/* The hook that it asked for has been run. */
void performance_broker(struct performance *performance, bool ok,
                        const char *trouble);
/* What became of it, after it has ended; NULL when there is no memory. Where
 * the conversation is kept, so is what was captured. */
struct play_record *performance_record(struct performance *performance);
/* Takes the oldest one that has ended; NULL when there is none. */
struct performance *performance_take_ended(struct surroundings *all);
/* At any time; connections that are still open are dropped. */
void performance_free(struct performance *performance);

#endif
