/* The end of the console's summary: figures and the conclusion. */
#include "report/conclusion.h"
#include "report/ink.h"
#include "report/summary.h"

#include "report/text.h"
#include <string.h>

#define NAME_COLUMNS 9

/* ---- the table of verdicts by version ---------------------------------- */

struct totals {
    size_t rows[MQTT_5_0 + 1][VERDICTS]; /* by version; row 0: all */
};

static struct totals count_all(const struct run_record *run)
{
    struct totals totals = {0};
    for (size_t i = 0; i < run->count; i++) {
        const struct result *result = &run->results[i];
        if ((unsigned)result->verdict >= VERDICTS)
            continue;
        totals.rows[0][result->verdict]++;
        if (result->version >= MQTT_3_1 && result->version <= MQTT_5_0)
            totals.rows[result->version][result->verdict]++;
    }
    return totals;
}

static bool has_column(const struct totals *totals, enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_FAIL ||
           totals->rows[0][verdict];
}

/* Wide enough for its head, and for counts of any run. */
static int column_width(enum verdict verdict)
{
    size_t name = strlen(verdict_name(verdict));
    return (int)(name > 5 ? name : 5) + 2;
}

static size_t row_sum(const size_t *row)
{
    size_t sum = 0;
    for (int verdict = 0; verdict < VERDICTS; verdict++)
        sum += row[verdict];
    return sum;
}

static void put_heads(struct buffer *out, const struct totals *totals)
{
    text_padded(out, "version", NAME_COLUMNS);
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        if (has_column(totals, verdict))
            buffer_format(out, "%*s", column_width(verdict),
                          verdict_name(verdict));
    buffer_text(out, "    all\n");
}

static void put_row(struct buffer *out, const struct totals *totals,
                    const char *name, size_t index, bool colour)
{
    const size_t *row = totals->rows[index];
    text_padded(out, name, NAME_COLUMNS);
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++) {
        if (!has_column(totals, verdict))
            continue;
        ink_use(out, colour && row[verdict], verdict_ink(verdict));
        buffer_format(out, "%*zu", column_width(verdict), row[verdict]);
        ink_use(out, colour && row[verdict], INK_PLAIN);
    }
    buffer_format(out, "%7zu\n", row_sum(row));
}

void summary_counts(struct buffer *out, const struct run_record *run,
                    bool colour)
{
    struct totals totals = count_all(run);
    if (!run->count)
        return;
    put_heads(out, &totals);
    for (enum mqtt_version version = MQTT_3_1; version <= MQTT_5_0; version++)
        if (row_sum(totals.rows[version]))
            put_row(out, &totals, mqtt_version_name(version), version, colour);
    put_row(out, &totals, "all", 0, colour);
    buffer_u8(out, '\n');
}

/* ---- the conclusion ---------------------------------------------------- */

static enum ink conclusion_ink(int status)
{
    if (status == 0)
        return INK_GREEN;
    return status == 5 ? INK_YELLOW : INK_RED;
}

static void put_conclusion(struct buffer *out, const struct run_record *run,
                           const struct console *console)
{
    int status = run_exit_status(run, console->strict);
    const char *word = conclusion_word(status);
    struct buffer sentence = buffer_make(TEXT_PIECE_MAX);
    conclusion_put(&sentence, run, console->strict);
    out->failed |= sentence.failed;
    ink_text(out, console->colour, conclusion_ink(status), word);
    buffer_text(out, ": ");
    text_wrapped(out, buffer_string(&sentence), strlen(word) + 2, 2);
    buffer_u8(out, '\n');
    buffer_free(&sentence);
}

static void put_times(struct buffer *out, const struct run_record *run)
{
    buffer_text(out, "The run took ");
    text_duration(out, run->ended - run->began);
    if (run->longest_wait > 0) {
        buffer_text(out, ", its longest variant ");
        text_duration(out, run->longest_wait);
    }
    buffer_text(out, ".\n");
}

void summary_conclusion(struct buffer *out, const struct run_record *run,
                        const struct console *console)
{
    put_times(out, run);
    if (run->interrupted)
        buffer_text(out, "The run was interrupted.\n");
    if (run->died)
        buffer_text(out, "The broker died during the run.\n");
    if (!text_is_empty(run->trouble)) {
        text_wrapped(out, run->trouble, 0, 0);
        buffer_u8(out, '\n');
    }
    put_conclusion(out, run, console);
}
