/* What a run says as a whole, in one sentence. */
#include "report/conclusion.h"

#include "report/text.h"

static size_t passive_count(const struct run_record *run, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < run->passive_count; i++)
        count += run->passive[i].verdict == verdict;
    return count;
}

/* "3 variants", with a comma in front of all but the first. */
static void put_part(struct buffer *out, size_t count, const char *noun,
                     const char *rest)
{
    if (!count)
        return;
    if (out->size)
        buffer_text(out, ", ");
    text_count(out, count, noun);
    buffer_text(out, rest);
}

static void put_broken(struct buffer *out, const struct run_record *run,
                       bool strict)
{
    put_part(out, run_count(run, VERDICT_FAIL), "failure", "");
    if (strict)
        put_part(out, run_count(run, VERDICT_WARN), "warning",
                 " (failures under --strict)");
    put_part(out, passive_count(run, VERDICT_FAIL), "passive finding", "");
    put_part(out, run_count(run, VERDICT_FIXED), "known failure",
             run_count(run, VERDICT_FIXED) == 1 ? " that now passes"
                                                : " that now pass");
    buffer_text(out, ".");
}

static void put_not_judged(struct buffer *out, const struct run_record *run)
{
    size_t count =
        run_count(run, VERDICT_INCONCLUSIVE) + run_count(run, VERDICT_ERROR) +
        run_count(run, VERDICT_FLAKY) + run_count(run, VERDICT_NOT_RUN);
    buffer_text(out, "nothing failed, but ");
    if (count) {
        text_count(out, count, "variant");
        buffer_text(out, count == 1 ? " was not judged." : " were not judged.");
    } else {
        buffer_text(out, "the run did not end in order.");
    }
}

static void put_passed(struct buffer *out, const struct run_record *run)
{
    size_t judged = run->count - run_count(run, VERDICT_SKIP);
    text_count(out, judged, "variant");
    buffer_text(out, " judged, none failed.");
}

void conclusion_put(struct buffer *out, const struct run_record *run,
                    bool strict)
{
    int status = run_exit_status(run, strict);
    if (status == 0)
        put_passed(out, run);
    else if (status == 1)
        put_broken(out, run, strict);
    else if (status == 3)
        buffer_text(out, "the target cannot be reached.");
    else if (status == 4)
        buffer_text(out, run->count ? "no chosen variant was run."
                                    : "no variant was chosen.");
    else
        put_not_judged(out, run);
}

const char *conclusion_word(int exit_status)
{
    static const char *const words[] = {[0] = "PASSED",
                                        [1] = "FAILED",
                                        [3] = "NOT REACHED",
                                        [4] = "NOTHING RUN",
                                        [5] = "NOT FULLY JUDGED"};
    return words[exit_status];
}
