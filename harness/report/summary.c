#include "report/summary.h"
#include "report/ink.h"

#include "report/text.h"
#include <stdlib.h>
#include <string.h>

/* ---- lists ------------------------------------------------------------- */

void summary_passive(struct buffer *out, const struct run_record *run,
                     const struct explain_style *style)
{
    for (size_t i = 0; i < run->passive_count; i++) {
        if (run->passive[i].verdict == VERDICT_KNOWN &&
            !style->every_conversation)
            continue;
        explain_passive(out, &run->passive[i], style);
        buffer_u8(out, '\n');
    }
}

static void put_known(struct buffer *out, struct buffer *line,
                      const struct explain_style *style)
{
    out->failed |= line->failed;
    buffer_text(out, "  ");
    ink_use(out, style->colour, verdict_ink(VERDICT_KNOWN));
    text_wrapped(out, buffer_string(line), 2, 4);
    ink_use(out, style->colour, INK_PLAIN);
    buffer_u8(out, '\n');
    buffer_free(line);
}

static void put_known_result(struct buffer *out, const struct result *result,
                             const struct explain_style *style)
{
    struct buffer line = buffer_make(TEXT_MESSAGE_MAX);
    explain_message(&line, result);
    buffer_text(&line, " (");
    text_piece(&line, result->variant_id, TEXT_PIECE_MAX);
    buffer_u8(&line, ')');
    put_known(out, &line, style);
}

static void put_known_passive(struct buffer *out,
                              const struct passive_result *passive,
                              const struct explain_style *style)
{
    struct buffer line = buffer_make(TEXT_MESSAGE_MAX);
    explain_passive_name(&line, passive);
    buffer_text(&line, ": ");
    text_piece(&line, passive->reason, TEXT_PIECE_MAX);
    buffer_text(&line, " (");
    text_piece(&line, passive->rule, TEXT_PIECE_MAX);
    buffer_u8(&line, ')');
    put_known(out, &line, style);
}

void summary_known(struct buffer *out, const struct run_record *run,
                   const struct explain_style *style)
{
    size_t count = run_count(run, VERDICT_KNOWN);
    for (size_t i = 0; i < run->passive_count; i++)
        count += run->passive[i].verdict == VERDICT_KNOWN;
    if (!count)
        return;
    text_count(out, count, "known failure");
    buffer_text(out, " on the profile's list\n");
    for (size_t i = 0; i < run->count; i++)
        if (run->results[i].verdict == VERDICT_KNOWN)
            put_known_result(out, &run->results[i], style);
    for (size_t i = 0; i < run->passive_count; i++)
        if (run->passive[i].verdict == VERDICT_KNOWN)
            put_known_passive(out, &run->passive[i], style);
    buffer_u8(out, '\n');
}

static const char *reason_of(const struct result *result)
{
    if (!text_is_empty(result->reason))
        return result->reason;
    if (result->play && !text_is_empty(result->play->reason))
        return result->play->reason;
    return "no reason was recorded";
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_reasons(struct buffer *out, const char **reasons, size_t count)
{
    qsort(reasons, count, sizeof *reasons, compare_texts);
    for (size_t i = 0; i < count;) {
        size_t same = i + 1;
        while (same < count && !strcmp(reasons[i], reasons[same]))
            same++;
        buffer_format(out, "%6zu  ", same - i);
        text_wrapped(out, reasons[i], 8, 8);
        buffer_u8(out, '\n');
        i = same;
    }
}

void summary_reasons(struct buffer *out, const struct run_record *run,
                     enum verdict verdict)
{
    size_t count = run_count(run, verdict), used = 0;
    if (!count)
        return;
    const char **reasons = memory_zero(count, sizeof *reasons);
    if (!reasons) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < run->count; i++)
        if (run->results[i].verdict == verdict)
            reasons[used++] = reason_of(&run->results[i]);
    text_count(out, count, "variant");
    buffer_text(out, verdict == VERDICT_SKIP ? " skipped\n" : " not run\n");
    put_reasons(out, reasons, count);
    buffer_u8(out, '\n');
    memory_free(reasons);
}

void summary_suspects(struct buffer *out, const struct run_record *run)
{
    if (!run->died)
        return;
    buffer_text(out, "Open when the broker died:\n");
    for (size_t i = 0; i < run->count; i++) {
        if (!run->results[i].suspect)
            continue;
        buffer_text(out, "  ");
        text_wrapped(out, run->results[i].variant_id, 2, 4);
        buffer_u8(out, '\n');
    }
    buffer_u8(out, '\n');
}

/* ---- what is not in order ---------------------------------------------- */

static bool not_in_order(enum verdict verdict, bool strict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_FIXED ||
           verdict == VERDICT_FLAKY || verdict == VERDICT_ERROR ||
           verdict == VERDICT_INCONCLUSIVE ||
           (strict && verdict == VERDICT_WARN);
}

static void put_result(struct buffer *out, const struct result *result,
                       bool colour)
{
    struct buffer line = buffer_make(TEXT_MESSAGE_MAX);
    text_piece(&line, result->variant_id, TEXT_PIECE_MAX);
    buffer_text(&line, ": ");
    explain_message(&line, result);
    out->failed |= line.failed;
    ink_verdict(out, colour, result->verdict, 4);
    buffer_text(out, "  ");
    size_t column = 2 + strlen(verdict_name(result->verdict));
    text_wrapped(out, buffer_string(&line), column < 6 ? 6 : column, 6);
    buffer_u8(out, '\n');
    buffer_free(&line);
    if (text_is_empty(result->repeat_command))
        return;
    buffer_text(out, "      ");
    text_visible(out, slice_of(result->repeat_command), TEXT_ONE_LINE);
    buffer_u8(out, '\n');
}

static void put_passive(struct buffer *out,
                        const struct passive_result *passive, bool colour)
{
    struct buffer line = buffer_make(TEXT_MESSAGE_MAX);
    explain_passive_name(&line, passive);
    buffer_text(&line, ": ");
    text_piece(&line, passive->rule, TEXT_PIECE_MAX);
    buffer_text(&line, ", ");
    text_count(&line, passive->times, "time");
    out->failed |= line.failed;
    ink_verdict(out, colour, passive->verdict, 4);
    buffer_text(out, "  ");
    text_wrapped(out, buffer_string(&line), 6, 6);
    buffer_u8(out, '\n');
    buffer_free(&line);
}

static void put_results(struct buffer *out, const struct run_record *run,
                        enum verdict verdict, bool colour)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->results[i].verdict == verdict)
            put_result(out, &run->results[i], colour);
}

static bool all_in_order(const struct run_record *run, bool strict)
{
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        if (not_in_order(verdict, strict) && run_count(run, verdict))
            return false;
    for (size_t i = 0; i < run->passive_count; i++)
        if (run->passive[i].verdict == VERDICT_FAIL)
            return false;
    return true;
}

/* Grouped by verdict, failures last, where the eye is when all is said. */
void summary_not_in_order(struct buffer *out, const struct run_record *run,
                          const struct console *console)
{
    static const enum verdict order[] = {VERDICT_INCONCLUSIVE, VERDICT_ERROR,
                                         VERDICT_FLAKY,        VERDICT_WARN,
                                         VERDICT_FIXED,        VERDICT_FAIL};
    if (all_in_order(run, console->strict))
        return;
    buffer_text(out,
                "What is not in order, and the commands that repeat it:\n");
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        if (not_in_order(order[k], console->strict))
            put_results(out, run, order[k], console->colour);
    for (size_t i = 0; i < run->passive_count; i++)
        if (run->passive[i].verdict == VERDICT_FAIL)
            put_passive(out, &run->passive[i], console->colour);
    buffer_u8(out, '\n');
}
