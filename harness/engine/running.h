/* The inside of a run: its state, shared by the run*.c files only.
 *
 * Everything happens in the loop. Plays, errands and the broker tell what
 * has become of them; before the loop waits again, run_turn (run.c) looks at
 * what that means: it starts plays, moves on to the next state, and ends. */
#ifndef MQTTSPEC_RUNNING_H
#define MQTTSPEC_RUNNING_H

#include "engine/broker.h"
#include "engine/health.h"
#include "engine/passive.h"
#include "engine/performance.h"
#include "engine/plan.h"
#include "engine/ports.h"
#include "engine/probe.h"

enum run_state {
    RUN_STARTING, /* the broker */
    RUN_PROBING,
    RUN_PLAYING,
    RUN_REVIVING, /* the broker died, or was left stopped */
    RUN_CHECKING, /* the last look at its health */
    RUN_ENDING,   /* nothing is begun any more */
    RUN_STOPPING, /* the broker */
    RUN_OVER
};

#define RUN_SIGNALS 3

/* The record that is given away, with what its texts live in. */
struct run_kept {
    struct run_record record; /* first: the caller's pointer */
    struct arena *arena;
    struct play_record **plays; /* all that results point to */
    size_t play_count, play_room;
};

/* A play that went wrong waits until the broker is seen to be alive. */
struct doubt {
    struct doubt *next;
    struct entry *entry;
    struct play_record *play;
};

struct run {
    const struct run_options *options;
    struct diagnostics *diagnostics;
    struct run_kept *kept;
    uv_loop_t loop;
    uv_prepare_t turn;
    uv_signal_t signals[RUN_SIGNALS];
    uv_timer_t timer; /* until the next probe */
    uv_timer_t pulse;
    bool begun; /* the handles above are there */
    enum run_state state;
    struct surroundings surroundings;
    struct target target;
    struct folder folder;
    struct warden warden;
    struct ports ports;
    struct broker *broker; /* NULL: it runs already */
    char *certs;           /* absolute */
    struct offer offer;
    struct probe *probe;
    uint64_t probe_began; /* ms of the loop */
    struct health health;
    struct plan plan;
    struct schedule schedule;
    struct passive_list passive;
    struct performance **performances; /* under way */
    size_t performance_count, performance_room;
    size_t reserved;    /* connections that those may have open */
    size_t connections; /* the bound */
    size_t decided, failed;
    struct doubt *doubts;
    size_t doubt_count;
    struct entry *suspects;  /* until the broker is up again */
    const char *rest_reason; /* of what is not played any more */
    unsigned deaths;
    char death[700]; /* how the broker died first */
    bool dying;      /* plays are being aborted for it */
    int64_t died_at; /* net_now() */
    /* A hook that a play has asked for, and what to tell it. */
    struct performance *hook_by;
    enum broker_action hook;
    bool hook_asked;
};

/* ---- run_play.c -------------------------------------------------------- */

/* Begins whatever may be played now. */
void run_start_plays(struct run *run);
/* Takes what has ended. True when there was something. */
bool run_take_ended(struct run *run);
void run_abort_plays(struct run *run, const char *reason);
/* The plays that waited for the broker's health are judged; or, not well,
 * they count as aborted. */
void run_resolve_doubts(struct run *run, bool well);

/* ---- run_death.c ------------------------------------------------------- */

void run_broker_died(void *user, const char *how);
void run_broker_well(void *user);
void run_broker_ill(void *user, const char *text);
/* Starts the broker again once nothing is under way, and then plays on. */
void run_revive(struct run *run);
/* The broker is not there any more, and cannot be brought back. */
void run_lose_broker(struct run *run, const char *how);
/* What was open at a death, or ended in doubt at one. */
void run_suspect(struct run *run, struct entry *entry, bool recent);
void run_hook(void *user, struct performance *by, enum broker_action action);
/* Begins a hook that was asked for. */
void run_begin_hook(struct run *run);

/* ---- run_result.c ------------------------------------------------------ */

/* One line of progress. */
void run_say(const struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Why the run ends early; the first one stays. */
void run_trouble(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for the records of what is under way. False: no memory. */
bool run_reserve_records(struct run *run);
void run_keep_record(struct run *run, struct play_record *play);
/* From the judgement to the result, and to the caller. */
void run_decide(struct run *run, struct entry *entry);
void run_decide_as(struct run *run, struct entry *entry, enum verdict verdict,
                   const char *reason);
/* The verdict of everything that was not decided. */
void run_decide_rest(struct run *run, const char *reason);
/* Tells the skipped ones, which the plan has decided. */
void run_tell_skipped(struct run *run);
/* Moves what is left into the record. */
void run_finish_record(struct run *run);

/* ---- run_begin.c ------------------------------------------------------- */

/* Folder, addresses, and then the broker or the probe. */
void run_begin(struct run *run);
/* Ends the run: the target cannot be reached, and why. */
void run_unreachable(struct run *run, const char *trouble);

/* ---- run_pulse.c ------------------------------------------------------- */

/* From now on until its handle is closed, the caller is told of the pulse. */
void run_begin_pulse(struct run *run);

/* ---- run.c ------------------------------------------------------------- */

/* Begins to end the run: nothing more is played. */
void run_give_up(struct run *run, const char *reason);

#endif
