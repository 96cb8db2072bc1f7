/* The broker's health, its death and its return, and the hooks of plays. */
#include "engine/cleanup.h"
#include "engine/errand.h"
#include "engine/running.h"

#include <signal.h>
#include <stdio.h>

/* A broker that dies more often is not worth more restarts. */
#define DEATHS_MAX 100

/* ---- suspects ---------------------------------------------------------- */

void run_suspect(struct run *run, struct entry *entry, bool recent)
{
    entry->running--;
    entry->to_start++;
    entry->result->suspect = true;
    if (entry->suspected) {
        entry->recent = entry->recent || recent;
        return;
    }
    entry->suspected = true;
    entry->recent = recent;
    entry->deaths++;
    schedule_remove(&run->schedule, entry);
    entry->next = run->suspects;
    run->suspects = entry;
}

static struct entry *pop_suspect(struct run *run)
{
    struct entry *entry = run->suspects;

    if (entry) {
        run->suspects = entry->next;
        entry->next = NULL;
        entry->suspected = false;
    }
    return entry;
}

/* It died with nothing else open, for the second time: that is who did it,
 * and those who were suspected with it did not. */
static void convict(struct run *run)
{
    run_decide_as(run, pop_suspect(run), VERDICT_ERROR,
                  "the broker died while only this variant was open");
    schedule_clear_suspects(&run->schedule);
}

/* One that merely waited when it happened is hardly the cause, and would
 * hold up the others if it had to be played alone. */
static bool plays_alone(const struct entry *entry)
{
    return entry->exclusive || entry->recent || entry->deaths > 1 ||
           entry->wait <= SCHEDULE_LONG;
}

static void sort_suspects(struct run *run)
{
    struct entry *entry = run->suspects;

    if (entry && !entry->next && entry->deaths > 1) {
        convict(run);
        return;
    }
    while ((entry = pop_suspect(run)))
        schedule_add(&run->schedule, entry,
                     plays_alone(entry) ? STRETCH_SUSPECTS
                                        : STRETCH_SIDE_BY_SIDE);
}

/* ---- death ------------------------------------------------------------- */

static void note_death(struct run *run, const char *how)
{
    run->deaths++;
    run->died_at = net_now();
    run->kept->record.died = true;
    if (run->deaths == 1)
        snprintf(run->death, sizeof run->death, "%s", how);
    run_say(run, "the broker died: %s", how);
}

static void drop_everything(struct run *run)
{
    run->dying = true;
    errands_drop(&run->surroundings);
    cleanups_drop(&run->surroundings);
    health_reset(&run->health);
    run_resolve_doubts(run, false);
    run_abort_plays(run, "the broker died");
}

void run_lose_broker(struct run *run, const char *how)
{
    if (!run->deaths)
        note_death(run, how);
    drop_everything(run);
    run_give_up(run, "the broker died");
}

static void die(struct run *run, const char *how)
{
    note_death(run, how);
    drop_everything(run);
    if (run->broker && run->deaths <= DEATHS_MAX)
        run->state = RUN_REVIVING;
    else
        run_give_up(run, "the broker died");
}

void run_broker_died(void *user, const char *how)
{
    struct run *run = user;

    if (run->state == RUN_PROBING) {
        run_unreachable(run, how);
    } else if (run->state == RUN_PLAYING || run->state == RUN_CHECKING) {
        die(run, how);
    }
}

void run_broker_ill(void *user, const char *text)
{
    struct run *run = user;
    char how[400];

    snprintf(how, sizeof how, "it does not answer any more: %.300s", text);
    if (run->state == RUN_PLAYING || run->state == RUN_CHECKING)
        die(run, how);
}

void run_broker_well(void *user)
{
    struct run *run = user;

    run_resolve_doubts(run, true);
    if (run->state == RUN_CHECKING)
        run->state = schedule_over(&run->schedule) ? RUN_ENDING : RUN_PLAYING;
}

/* ---- return ------------------------------------------------------------ */

static void on_revived(void *user, bool ok, const char *trouble)
{
    struct run *run = user;

    if (run->state != RUN_REVIVING)
        return;
    if (ok) {
        run->state = RUN_PLAYING;
        run_say(run, "the broker was started again");
        return;
    }
    run_say(run, "%s", trouble);
    run_lose_broker(run, trouble);
}

/* SIGKILL: one that hangs would not listen to another signal. */
void run_revive(struct run *run)
{
    if (run->performance_count || broker_busy(run->broker))
        return;
    run->dying = false;
    sort_suspects(run);
    broker_restart(run->broker, SIGKILL, on_revived, run);
}

/* ---- hooks of plays ---------------------------------------------------- */

void run_hook(void *user, struct performance *by, enum broker_action action)
{
    struct run *run = user;

    run->hook_by = by;
    run->hook = action;
    run->hook_asked = true;
}

static void on_hook_done(void *user, bool ok, const char *trouble)
{
    struct run *run = user;
    struct performance *by = run->hook_by;

    run->hook_by = NULL;
    if (by)
        performance_broker(by, ok, trouble);
}

static bool start_hook(struct run *run)
{
    struct broker *broker = run->broker;
    int signal = broker_signal(run->options->profile->restart_signal);

    if (!broker)
        return false;
    switch (run->hook) {
    case BROKER_START:
        return broker_start(broker, on_hook_done, run);
    case BROKER_STOP:
        return broker_stop(broker, signal, on_hook_done, run);
    default:
        return broker_restart(broker, signal, on_hook_done, run);
    }
}

void run_begin_hook(struct run *run)
{
    run->hook_asked = false;
    if (run->hook_by && !start_hook(run))
        on_hook_done(run, false,
                     run->broker ? "the broker is being restarted already"
                                 : "the profile does not say how to start "
                                   "the broker");
}
