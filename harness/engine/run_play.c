/* Plays: begun as the schedule and the bounds allow, and what becomes of
 * them. */
#include "engine/cleanup.h"
#include "engine/errand.h"
#include "engine/known.h"
#include "engine/running.h"

/* ---- beginning --------------------------------------------------------- */

static bool room_for_performance(struct run *run)
{
    if (run->performance_count < run->performance_room)
        return true;
    size_t room = run->performance_room ? run->performance_room * 2 : 64;
    void *all = memory_resize(run->performances, room * sizeof(void *));
    if (!all)
        return false;
    run->performances = all;
    run->performance_room = room;
    return true;
}

static bool prepare_script(struct run *run, struct entry *entry)
{
    if (!entry->script)
        entry->script = script_compile(run->options->suite, entry->variant);
    return entry->script != NULL;
}

static struct performance *make_performance(struct run *run,
                                            struct entry *entry)
{
    if (!room_for_performance(run) || !run_reserve_records(run) ||
        !prepare_script(run, entry))
        return NULL;
    return performance_new(&run->surroundings, entry->script, entry);
}

/* A single play may be larger than the bound: then it is alone. */
static bool connections_allow(const struct run *run, const struct entry *entry)
{
    return !run->reserved ||
           run->reserved + entry->connections <= run->connections;
}

static void begin_play(struct run *run, struct entry *entry)
{
    struct performance *performance = make_performance(run, entry);

    if (!performance) {
        schedule_remove(&run->schedule, entry);
        run_decide_as(run, entry, VERDICT_ERROR, "no memory to play it");
        return;
    }
    schedule_take(&run->schedule, entry);
    run->reserved += entry->connections;
    performance->place = run->performance_count;
    run->performances[run->performance_count++] = performance;
    performance_start(performance);
}

static bool may_begin(const struct run *run)
{
    bool broker_rests =
        !run->broker || (broker_runs(run->broker) && !broker_busy(run->broker));

    return run->state == RUN_PLAYING && broker_rests &&
           !health_in_doubt(&run->health) &&
           gate_has_room(&run->surroundings.gate) &&
           !run->surroundings.gate.waiting.first;
}

void run_start_plays(struct run *run)
{
    while (may_begin(run)) {
        run->schedule.others =
            run->surroundings.cleanup_count + run->surroundings.errand_count;
        run->schedule.setting_up = run->surroundings.gate.setting_up;
        struct entry *entry = schedule_peek(&run->schedule);
        if (!entry || !connections_allow(run, entry))
            return;
        begin_play(run, entry);
    }
}

/* ---- judging ----------------------------------------------------------- */

static void free_record(struct run *run, struct play_record *play)
{
    if (!play)
        return;
    if (passive_shows(&run->passive, play))
        run_keep_record(run, play);
    else
        play_record_free(play);
}

/* What the profile's list expects in the first round is not repeated: it is
 * no news that would have to be confirmed. */
static bool is_expected(const struct run *run, const struct entry *entry,
                        struct play_record *play)
{
    return entry->judgement.rounds == 1 &&
           known_expects(run->options->profile, entry->variant, play);
}

/* Whether the play counts although nothing confirms it. */
static bool counts_alone(const struct run *run, struct entry *entry,
                         struct play_record *play)
{
    if (!run->options->unconfirmed && !is_expected(run, entry, play))
        return false;
    entry->judgement.verdict = play->verdict;
    entry->judgement.decisive = play;
    return true;
}

/* The round is over: decided, or played once more. */
static void end_round(struct run *run, struct entry *entry)
{
    struct play_record *worst = entry->worst;

    entry->worst = NULL;
    if (!worst) {
        run_decide_as(run, entry, VERDICT_ERROR,
                      "no memory to record the play");
        return;
    }
    run_keep_record(run, worst);
    if (judgement_add(&entry->judgement, worst, run->options->strict) ||
        counts_alone(run, entry, worst)) {
        run_decide(run, entry);
        return;
    }
    entry->to_start = 1;
    schedule_again(&run->schedule, entry);
}

/* Of several plays in one round the worst counts. */
static void judge(struct run *run, struct entry *entry,
                  struct play_record *play)
{
    struct play_record *other = play;

    if (play && (!entry->worst || judgement_rank(play->verdict) >
                                      judgement_rank(entry->worst->verdict))) {
        other = entry->worst;
        entry->worst = play;
    }
    free_record(run, other);
    entry->running--;
    if (!entry->running && !entry->to_start)
        end_round(run, entry);
}

/* ---- doubts ------------------------------------------------------------ */

static bool went_wrong(const struct play_record *play)
{
    return play && (play->verdict == VERDICT_FAIL ||
                    play->verdict == VERDICT_INCONCLUSIVE ||
                    play->verdict == VERDICT_ERROR);
}

/* False: no memory; then it is judged at once. */
static bool doubt(struct run *run, struct entry *entry,
                  struct play_record *play)
{
    struct doubt *new = memory_new(sizeof *new);

    if (!new)
        return false;
    *new = (struct doubt){run->doubts, entry, play};
    run->doubts = new;
    run->doubt_count++;
    return true;
}

/* Aborted from outside: not judged. */
static void take_aborted(struct run *run, struct entry *entry, bool recent)
{
    if (run->dying)
        run_suspect(run, entry, recent);
    else
        entry->running--;
}

void run_resolve_doubts(struct run *run, bool well)
{
    while (run->doubts) {
        struct doubt *first = run->doubts;
        run->doubts = first->next;
        run->doubt_count--;
        if (well) {
            judge(run, first->entry, first->play);
        } else {
            take_aborted(run, first->entry, true);
            free_record(run, first->play);
        }
        memory_free(first);
    }
}

/* ---- ending ------------------------------------------------------------ */

static void on_cleaned(void *user, const struct cleanup_end *end)
{
    const struct run *run = user;

    if (end->failures)
        run_say(run, "cleanup: %s", end->text);
}

/* Where nothing can be retained, what was sent with RETAIN was refused, and to
 * send it again would be refused as well. */
static struct leftovers left_by(const struct run *run,
                                const struct performance *performance)
{
    const struct leftovers *left = player_leftovers(performance->player);
    struct leftovers all = left ? *left : (struct leftovers){.topics = NULL};

    if (!offer_has(&run->offer, "retain"))
        all.topic_count = 0;
    return all;
}

static void clean_up(struct run *run, const struct performance *performance)
{
    struct leftovers left = left_by(run, performance);
    const struct script *script = performance->settings.script;

    if (!cleanup_needed(&left) || run->dying)
        return;
    /* A broker of our own forgets everything when it is stopped. */
    if (run->state != RUN_PLAYING && run->broker)
        return;
    struct cleanup_order order = {
        .leftovers = &left,
        .transport = script->transport,
        .version = script->version,
        .qos1 = offer_has(&run->offer, "qos1"),
        .limit = errand_limit(&run->surroundings) /
                 (run->state == RUN_PLAYING ? 1 : 5),
        .done = on_cleaned,
        .user = run,
    };
    if (!cleanup_start(&run->surroundings, &order))
        run_say(run, "cleanup: no memory");
}

static void note_length(struct run *run, struct entry *entry,
                        const struct play_record *play)
{
    int64_t took = play->ended - play->began;

    if (took > entry->took)
        entry->took = took;
    if (took > run->kept->record.longest_wait)
        run->kept->record.longest_wait = took;
}

static bool was_recent(const struct run *run,
                       const struct performance *performance)
{
    return run->died_at - performance->floor.last_sent < SCHEDULE_LONG;
}

/* What the play means for its variant. One that went wrong while the broker
 * died says nothing. */
static void take_record(struct run *run, struct entry *entry,
                        struct play_record *play)
{
    if (went_wrong(play) && run->dying) {
        run_suspect(run, entry, true);
        free_record(run, play);
    } else if (went_wrong(play) && run->state == RUN_PLAYING &&
               doubt(run, entry, play))
        health_ask(&run->health);
    else
        judge(run, entry, play);
}

static void forget_performance(struct run *run, struct performance *performance)
{
    const struct entry *entry = performance->user;
    struct performance *last = run->performances[--run->performance_count];

    run->performances[performance->place] = last;
    last->place = performance->place;
    run->reserved -= entry->connections;
    if (run->hook_by == performance)
        run->hook_by = NULL;
    schedule_give_back(&run->schedule);
    performance_free(performance);
}

/* The player goes before the script does, which judging may free. */
static void end_play(struct run *run, struct performance *performance)
{
    struct entry *entry = performance->user;
    struct play_record *play = performance_record(performance);
    bool aborted = play && play->verdict == VERDICT_NOT_RUN;
    bool recent = was_recent(run, performance);

    clean_up(run, performance);
    if (play && !aborted) {
        note_length(run, entry, play);
        passive_collect(&run->passive, run->options->profile,
                        performance->player, entry->variant, play);
    }
    forget_performance(run, performance);
    if (!aborted) {
        take_record(run, entry, play);
        return;
    }
    play_record_free(play);
    take_aborted(run, entry, recent);
}

bool run_take_ended(struct run *run)
{
    struct performance *performance =
        performance_take_ended(&run->surroundings);
    bool any = performance != NULL;

    for (; performance;
         performance = performance_take_ended(&run->surroundings))
        end_play(run, performance);
    return any;
}

void run_abort_plays(struct run *run, const char *reason)
{
    for (size_t i = run->performance_count; i-- > 0;)
        performance_abort(run->performances[i], VERDICT_NOT_RUN, reason);
}
