#include "engine/result.h"

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICTS] = {
        [VERDICT_PASS] = "pass",
        [VERDICT_FAIL] = "fail",
        [VERDICT_WARN] = "warn",
        [VERDICT_SKIP] = "skip",
        [VERDICT_INCONCLUSIVE] = "inconclusive",
        [VERDICT_ERROR] = "error",
        [VERDICT_FLAKY] = "flaky",
        [VERDICT_KNOWN] = "known",
        [VERDICT_FIXED] = "fixed",
        [VERDICT_NOT_RUN] = "not run",
    };
    return (unsigned)verdict < VERDICTS ? names[verdict] : "unknown";
}

const char *failure_kind_name(enum failure_kind kind)
{
    static const char *const names[] = {
        [FAILURE_NONE] = "none",
        [FAILURE_WRONG_PACKET] = "wrong-packet",
        [FAILURE_WRONG_FIELD] = "wrong-field",
        [FAILURE_MISSING_PACKET] = "missing-packet",
        [FAILURE_EXTRA_PACKET] = "extra-packet",
        [FAILURE_NOT_CLOSED] = "not-closed",
        [FAILURE_CLOSED] = "closed",
        [FAILURE_TOO_EARLY] = "too-early",
        [FAILURE_TOO_LATE] = "too-late",
        [FAILURE_HARNESS] = "harness",
    };
    return (unsigned)kind <= FAILURE_HARNESS ? names[kind] : "unknown";
}

size_t run_count(const struct run_record *run, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++)
        count += run->results[i].verdict == verdict;
    return count;
}

static bool passive_failed(const struct run_record *run)
{
    for (size_t i = 0; i < run->passive_count; i++)
        if (run->passive[i].verdict == VERDICT_FAIL)
            return true;
    return false;
}

static bool requirement_broken(const struct run_record *run, bool strict)
{
    return run_count(run, VERDICT_FAIL) || run_count(run, VERDICT_FIXED) ||
           (strict && run_count(run, VERDICT_WARN)) || passive_failed(run);
}

static bool nothing_run(const struct run_record *run)
{
    return run_count(run, VERDICT_SKIP) + run_count(run, VERDICT_NOT_RUN) ==
           run->count;
}

static bool not_all_judged(const struct run_record *run)
{
    return run_count(run, VERDICT_INCONCLUSIVE) ||
           run_count(run, VERDICT_ERROR) || run_count(run, VERDICT_FLAKY) ||
           run_count(run, VERDICT_NOT_RUN) || run->interrupted || run->died ||
           run->trouble;
}

/* A broken requirement comes first: it was confirmed, and stays true however
 * the run ended. */
int run_exit_status(const struct run_record *run, bool strict)
{
    if (requirement_broken(run, strict))
        return 1;
    if (run->unreachable)
        return 3;
    if (nothing_run(run))
        return 4;
    return not_all_judged(run) ? 5 : 0;
}
