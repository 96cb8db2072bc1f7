/* Which variant is played next. Pure: knows neither time nor connections.
 *
 * A run goes through stretches. In each only some plays may overlap; the
 * next one begins when nothing is under way any more, cleanup included. */
#ifndef MQTTSPEC_SCHEDULE_H
#define MQTTSPEC_SCHEDULE_H

#include "engine/judgement.h"
#include "script/script.h"

enum stretch {
    STRETCH_SUSPECTS,     /* open when the broker died: alone */
    STRETCH_SIDE_BY_SIDE, /* everything that is not exclusive */
    STRETCH_CONFIRM_LONG, /* repetitions of long waits: a few at once */
    STRETCH_CONFIRM,      /* repetitions: alone */
    STRETCH_EXCLUSIVE,    /* alone */
    STRETCHES             /* over */
};

/* One variant of the run, from its plan to its verdict. */
struct entry {
    struct entry *next; /* in a queue */
    const struct variant *variant;
    struct result *result;
    int64_t wait;       /* ns: what the script waits at least */
    size_t connections; /* open at once, estimated */
    bool exclusive;
    unsigned to_start;         /* plays of this round that are still to begin */
    unsigned running;          /* plays under way, or waiting to be judged */
    struct script *script;     /* while it is played */
    struct play_record *worst; /* of this round so far */
    struct judgement judgement;
    int64_t took;    /* ns: its longest play */
    unsigned deaths; /* how often it was open when the broker died */
    bool suspected;  /* open at a death, not yet queued again */
    bool recent;     /* … and it sent something shortly before */
    bool decided;
};

struct schedule {
    struct entry *first[STRETCHES], *last[STRETCHES];
    enum stretch stretch;
    size_t in_flight; /* plays */
    /* Set by the caller: */
    size_t others;     /* cleanups and checks under way */
    size_t setting_up; /* connections that the broker has not answered yet */
};

/* A variant that took longer waits rather than works, so a few of its kind
 * may be repeated side by side. ns */
#define SCHEDULE_LONG (2 * INT64_C(1000000000))

/* Queues an entry for `to_start` plays. */
void schedule_add(struct schedule *schedule, struct entry *entry,
                  enum stretch stretch);
void schedule_remove(struct schedule *schedule, struct entry *entry);
/* All entries at once: longest wait first, exclusive ones for the end. */
void schedule_begin(struct schedule *schedule, struct entry *entries,
                    size_t count);
/* The entry that may be played now; NULL: nothing may begin at present. */
struct entry *schedule_peek(struct schedule *schedule);
/* A play of it begins. */
void schedule_take(struct schedule *schedule, struct entry *entry);
/* A play has ended. */
void schedule_give_back(struct schedule *schedule);
/* Where a variant that has to be repeated goes. */
void schedule_again(struct schedule *schedule, struct entry *entry);
/* Sends all that is left of the suspects back to the others: the culprit
 * was found. */
void schedule_clear_suspects(struct schedule *schedule);
/* ns: how long one play of it takes at least, by its script and by what it
 * took before. */
int64_t schedule_length(const struct entry *entry);
/* ns: how long the waits of what is queued and of what is under way take,
 * which still waits under_way at most; by what the entries tell. */
int64_t schedule_left(const struct schedule *schedule, int64_t under_way);
/* How many are queued to be repeated alone. */
size_t schedule_repetitions(const struct schedule *schedule);
/* Nothing is queued and nothing under way. */
bool schedule_over(const struct schedule *schedule);

#endif
