#include "script/coverage.h"

#include <string.h>

/* ---- the rows ----------------------------------------------------------- */

static void add_version(struct coverage *coverage,
                        const struct catalogue *catalogue,
                        enum mqtt_version version)
{
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct statement *statement = catalogue_at(catalogue, i);

        if (statement_in_version(statement, version))
            coverage->rows[coverage->count++] =
                (struct covered){.statement = statement,
                                 .source = catalogue_source(catalogue, i),
                                 .version = version};
    }
}

static struct covered *row_of(const struct coverage *coverage, const char *id,
                              enum mqtt_version version)
{
    for (size_t i = 0; i < coverage->count; i++)
        if (coverage->rows[i].version == version &&
            strcmp(coverage->rows[i].statement->id, id) == 0)
            return &coverage->rows[i];
    return NULL;
}

/* ---- the cases ---------------------------------------------------------- */

static bool has_case(const struct covered *row, const char *case_id)
{
    for (size_t i = 0; i < row->count; i++)
        if (strcmp(row->cases[i], case_id) == 0)
            return true;
    return false;
}

static bool add_case(struct covered *row, const char *case_id,
                     struct arena *arena)
{
    if (has_case(row, case_id))
        return true;
    if (row->count == row->room) {
        size_t room = row->room ? row->room * 2 : 4;
        const char **cases = arena_array(arena, room, sizeof *cases);

        if (!cases)
            return false;
        if (row->count)
            memcpy(cases, row->cases, row->count * sizeof *cases);
        row->cases = cases;
        row->room = room;
    }
    row->cases[row->count++] = case_id;
    return true;
}

static bool add_variant(struct coverage *coverage,
                        const struct variant *variant, struct arena *arena)
{
    for (size_t i = 0; i < variant->statement_count; i++) {
        struct covered *row =
            row_of(coverage, variant->statements[i], variant->version);

        if (row && !add_case(row, variant->case_id, arena))
            return false;
    }
    return true;
}

/* The variants of a case cite the same in each version. */
static bool cites_as(const struct variant *variant,
                     const struct variant *before)
{
    return before && before->version == variant->version &&
           strcmp(before->case_id, variant->case_id) == 0;
}

bool coverage_make(struct coverage *coverage, const struct catalogue *catalogue,
                   const struct variant *variants, size_t count,
                   struct arena *arena)
{
    size_t room = catalogue_count(catalogue) * CASE_VERSIONS;

    coverage->count = 0;
    coverage->rows = arena_array(arena, room + 1, sizeof *coverage->rows);
    if (!coverage->rows)
        return false;
    for (size_t i = 0; i < CASE_VERSIONS; i++)
        add_version(coverage, catalogue, CASE_VERSION[i]);
    for (size_t i = 0; i < count; i++)
        if (variants[i].level != LEVEL_MAY &&
            !cites_as(&variants[i], i ? &variants[i - 1] : NULL) &&
            !add_variant(coverage, &variants[i], arena))
            return false;
    return true;
}

/* ---- what follows ------------------------------------------------------- */

enum coverage_state coverage_state(const struct covered *row)
{
    if (row->count)
        return COVERAGE_JUDGED;
    return statement_is_testable(row->statement) ? COVERAGE_OPEN
                                                 : COVERAGE_UNTESTABLE;
}

size_t coverage_count(const struct coverage *coverage,
                      enum mqtt_version version, enum coverage_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < coverage->count; i++)
        count += coverage->rows[i].version == version &&
                 coverage_state(&coverage->rows[i]) == state;
    return count;
}

static void diagnose_untestable(const struct covered *row,
                                struct diagnostics *diagnostics)
{
    if (row->count && !statement_is_testable(row->statement))
        diagnose(diagnostics, row->source,
                 "'yes' or 'partly' in the column 'testable', or no such case",
                 NULL, "%s judges '%s' in MQTT %s", row->cases[0],
                 row->statement->id, mqtt_version_name(row->version));
}

static void diagnose_open(const struct covered *row,
                          struct diagnostics *diagnostics)
{
    if (coverage_state(row) == COVERAGE_OPEN)
        diagnose(diagnostics, row->source,
                 "a case, or 'no: ' and a reason in the column 'testable'",
                 NULL, "no case judges '%s' in MQTT %s", row->statement->id,
                 mqtt_version_name(row->version));
}

/* What may be many comes last, since there is a limit to errors. */
void coverage_check(const struct coverage *coverage,
                    struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < coverage->count; i++)
        diagnose_untestable(&coverage->rows[i], diagnostics);
    for (size_t i = 0; i < coverage->count; i++)
        diagnose_open(&coverage->rows[i], diagnostics);
}
