#include "engine/judgement.h"

/* A failure counts when two plays have failed, so three are enough. */
#define ROUNDS_MAX 3

int judgement_rank(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_PASS:
        return 1;
    case VERDICT_WARN:
        return 2;
    case VERDICT_INCONCLUSIVE:
        return 3;
    case VERDICT_ERROR:
        return 4;
    case VERDICT_FAIL:
        return 5;
    default:
        return 0;
    }
}

static bool was_judged(enum verdict verdict)
{
    return verdict != VERDICT_INCONCLUSIVE && verdict != VERDICT_ERROR;
}

static bool decide(struct judgement *judgement, enum verdict verdict,
                   struct play_record *first)
{
    judgement->verdict = verdict;
    judgement->decisive = judgement->last;
    judgement->first = first;
    return true;
}

/* A round that passed: flaky when an earlier one failed. */
static bool decide_good(struct judgement *judgement, enum verdict verdict)
{
    if (judgement->bad)
        return decide(judgement, VERDICT_FLAKY, judgement->bad);
    return decide(judgement, verdict, NULL);
}

/* Two plays that went wrong alike confirm each other. */
static bool decide_bad(struct judgement *judgement, struct play_record *play)
{
    bool milder = judgement->bad && judgement_rank(play->verdict) <
                                        judgement_rank(judgement->bad->verdict);
    if (milder)
        return decide(judgement, VERDICT_FLAKY, judgement->bad);
    if (judgement->bad && judgement->bad->verdict == play->verdict)
        return decide(judgement, play->verdict, NULL);
    judgement->bad = play;
    if (judgement->rounds < ROUNDS_MAX)
        return false;
    return decide(judgement, VERDICT_INCONCLUSIVE, NULL);
}

/* Not judged: once more, unless that was said before. A variant that failed
 * in between has one more chance to show it. */
static bool decide_unjudged(struct judgement *judgement, enum verdict verdict)
{
    if (judgement->rounds == 1)
        return false;
    if (judgement->bad && judgement->rounds < ROUNDS_MAX)
        return false;
    if (judgement->bad)
        verdict = VERDICT_INCONCLUSIVE;
    return decide(judgement, verdict, judgement->bad);
}

bool judgement_add(struct judgement *judgement, struct play_record *play,
                   bool strict)
{
    enum verdict verdict = play->verdict;

    judgement->rounds++;
    judgement->last = play;
    if (!was_judged(verdict))
        return decide_unjudged(judgement, verdict);
    if (verdict == VERDICT_FAIL || (strict && verdict == VERDICT_WARN))
        return decide_bad(judgement, play);
    return decide_good(judgement, verdict);
}
