#include "engine/running.h"

#include "engine/known.h"

#include <stdio.h>
#include <string.h>

/* ---- lines ------------------------------------------------------------- */

void run_say(const struct run *run, const char *format, ...)
{
    char line[512];
    va_list list;

    if (!run->options->progress)
        return;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    run->options->progress(run->options->user, line);
}

void run_trouble(struct run *run, const char *format, ...)
{
    char line[1024];
    va_list list;

    if (run->kept->record.trouble)
        return;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    run->kept->record.trouble = arena_text(run->kept->arena, line);
    if (!run->kept->record.trouble)
        run->kept->record.trouble = "no memory";
}

/* ---- records of plays -------------------------------------------------- */

/* Each play under way may end with a record, each one in doubt has one, and
 * each variant may hold one. */
bool run_reserve_records(struct run *run)
{
    struct run_kept *kept = run->kept;
    size_t wanted = kept->play_count + run->plan.count + run->doubt_count +
                    run->performance_count + 1;

    if (wanted <= kept->play_room)
        return true;
    void *plays = memory_resize(kept->plays, wanted * 2 * sizeof(void *));
    if (!plays)
        return false;
    kept->plays = plays;
    kept->play_room = wanted * 2;
    return true;
}

void run_keep_record(struct run *run, struct play_record *play)
{
    run->kept->plays[run->kept->play_count++] = play;
}

/* ---- decisions --------------------------------------------------------- */

static void tell(struct run *run, struct entry *entry)
{
    run->decided++;
    run->failed += entry->result->verdict == VERDICT_FAIL;
    if (run->options->decided)
        run->options->decided(run->options->user, entry->result, run->decided,
                              run->plan.count);
}

static void forget_script(struct entry *entry)
{
    if (entry->script)
        script_free(entry->script);
    entry->script = NULL;
}

void run_decide_as(struct run *run, struct entry *entry, enum verdict verdict,
                   const char *reason)
{
    if (entry->decided)
        return;
    entry->decided = true;
    entry->result->verdict = verdict;
    entry->result->reason = reason;
    forget_script(entry);
    tell(run, entry);
}

static const char *reason_of(const struct judgement *judgement)
{
    if (judgement->first && judgement->verdict == VERDICT_INCONCLUSIVE)
        return "it failed once, and could not be judged when it was repeated";
    if (judgement->verdict == VERDICT_FLAKY)
        return "it failed, and passed when it was repeated alone";
    return judgement->decisive->reason;
}

void run_decide(struct run *run, struct entry *entry)
{
    const struct judgement *judgement = &entry->judgement;
    struct result *result = entry->result;

    result->verdict = judgement->verdict;
    result->play = judgement->decisive;
    result->first = judgement->first;
    result->reason = reason_of(judgement);
    known_judge(run->options->profile, entry->variant, result);
    entry->decided = true;
    forget_script(entry);
    tell(run, entry);
}

void run_tell_skipped(struct run *run)
{
    for (size_t i = 0; i < run->plan.count; i++)
        if (run->plan.entries[i].decided) {
            known_note(run->options->profile, run->plan.entries[i].variant);
            tell(run, &run->plan.entries[i]);
        }
}

void run_decide_rest(struct run *run, const char *reason)
{
    for (size_t i = 0; i < run->plan.count; i++)
        run_decide_as(run, &run->plan.entries[i], VERDICT_NOT_RUN, reason);
}

/* ---- the end ----------------------------------------------------------- */

/* An entry for cases that were not loaded had nothing to meet. */
static bool is_elsewhere(const struct run *run,
                         const struct profile_known *entry)
{
    if (!run->options->other_cases)
        return false;
    for (size_t i = 0; entry->variants && i < run->plan.count; i++)
        if (known_speaks_of(entry, run->plan.entries[i].variant))
            return false;
    return true;
}

static void say_unmet_known(const struct run *run)
{
    const struct profile *profile = run->options->profile;
    const struct run_record *record = &run->kept->record;

    if (!run->plan.complete || record->interrupted || record->trouble)
        return;
    for (size_t i = 0; i < profile->known_count; i++) {
        const struct profile_known *entry = &profile->known[i];
        if (entry->matched || (entry->passive && entry->sometimes) ||
            is_elsewhere(run, entry))
            continue;
        run_say(run, "%s:%d: the known entry for %s met nothing in this run",
                entry->source.file ? entry->source.file : "profile",
                entry->source.line, entry->statements[0]);
    }
}

static void give_passive(struct run *run)
{
    run->kept->record.passive = run->passive.rows;
    run->kept->record.passive_count = run->passive.count;
    run->passive = (struct passive_list){0};
}

void run_finish_record(struct run *run)
{
    struct run_record *record = &run->kept->record;

    say_unmet_known(run);
    record->results = run->plan.results;
    record->count = run->plan.count;
    run->plan.results = NULL;
    give_passive(run);
    record->ended = net_now();
}

void run_record_free(struct run_record *record)
{
    struct run_kept *kept = (struct run_kept *)record;

    if (!kept)
        return;
    for (size_t i = 0; i < kept->play_count; i++)
        play_record_free(kept->plays[i]);
    memory_free(kept->plays);
    memory_free(kept->record.results);
    memory_free(kept->record.passive);
    arena_free(kept->arena);
    memory_free(kept);
}
