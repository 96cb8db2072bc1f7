/* mqttspec coverage: the statements of each version and what judges them. */
#include "script/coverage.h"
#include "cli/commands.h"
#include "cli/loaded.h"
#include "report/text.h"
#include <jansson.h>
#include <stdlib.h>

#define COVERAGE_CAP ((size_t)64 << 20)
#define ID_COLUMN 2
#define TEXT_COLUMN 24

static const struct state_row {
    const char *name;    /* in JSON */
    const char *heading; /* for people */
} states[COVERAGE_STATES] = {
    [COVERAGE_JUDGED] = {"judged", "judged by cases"},
    [COVERAGE_OPEN] = {"open", "testable, but no case judges it yet"},
    [COVERAGE_UNTESTABLE] = {"untestable", "not testable"},
};

/* ---- text -------------------------------------------------------------- */

static void put_row(struct buffer *out, const struct covered *row)
{
    struct buffer text = buffer_make(COVERAGE_CAP);

    text_spaces(out, ID_COLUMN);
    text_padded(out, row->statement->id, TEXT_COLUMN - ID_COLUMN - 1);
    buffer_text(out, " ");
    for (size_t i = 0; i < row->count; i++)
        buffer_format(&text, "%s%s", i ? " " : "", row->cases[i]);
    if (coverage_state(row) == COVERAGE_OPEN)
        buffer_text(&text, row->statement->demand);
    else if (coverage_state(row) == COVERAGE_UNTESTABLE)
        buffer_text(&text, row->statement->testable + sizeof "no:");
    text_wrapped(out, buffer_string(&text), TEXT_COLUMN, TEXT_COLUMN);
    buffer_text(out, "\n");
    buffer_free(&text);
}

static void put_version(struct buffer *out, const struct coverage *coverage,
                        enum mqtt_version version)
{
    for (int state = 0; state < COVERAGE_STATES; state++) {
        size_t count =
            coverage_count(coverage, version, (enum coverage_state)state);

        if (!count)
            continue;
        buffer_format(out, "MQTT %s, %s: ", mqtt_version_name(version),
                      states[state].heading);
        text_count(out, count, "statement");
        buffer_text(out, "\n");
        for (size_t i = 0; i < coverage->count; i++)
            if (coverage->rows[i].version == version &&
                (int)coverage_state(&coverage->rows[i]) == state)
                put_row(out, &coverage->rows[i]);
        buffer_text(out, "\n");
    }
}

static void put_totals(struct buffer *out, const struct coverage *coverage)
{
    buffer_text(out, "version  statements  judged  open  untestable\n");
    for (size_t i = 0; i < CASE_VERSIONS; i++) {
        size_t counts[COVERAGE_STATES], all = 0;

        for (int state = 0; state < COVERAGE_STATES; state++) {
            counts[state] = coverage_count(coverage, CASE_VERSION[i],
                                           (enum coverage_state)state);
            all += counts[state];
        }
        buffer_format(out, "%-7s  %10zu  %6zu  %4zu  %10zu\n",
                      mqtt_version_name(CASE_VERSION[i]), all,
                      counts[COVERAGE_JUDGED], counts[COVERAGE_OPEN],
                      counts[COVERAGE_UNTESTABLE]);
    }
}

static bool put_text(struct buffer *out, const struct coverage *coverage)
{
    for (size_t i = 0; i < CASE_VERSIONS; i++)
        put_version(out, coverage, CASE_VERSION[i]);
    put_totals(out, coverage);
    return true;
}

/* ---- JSON -------------------------------------------------------------- */

static json_t *cases_of(const struct covered *row)
{
    json_t *list = json_array();

    for (size_t i = 0; list && i < row->count; i++)
        if (json_array_append_new(list, json_string(row->cases[i])))
            break;
    return list;
}

static bool put_object(struct buffer *out, const struct covered *row)
{
    const struct statement *statement = row->statement;
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id",
                  statement->id, "version", mqtt_version_name(row->version),
                  "section", statement->section, "level", statement->level,
                  "bound", statement->bound, "testable", statement->testable,
                  "demand", statement->demand, "state",
                  states[coverage_state(row)].name, "cases", cases_of(row));
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

    json_decref(object);
    if (!text)
        return false;
    buffer_text(out, text);
    memory_free(text);
    return true;
}

static bool put_json(struct buffer *out, const struct coverage *coverage)
{
    const char *before = "[\n";

    for (size_t i = 0; i < coverage->count; i++) {
        buffer_text(out, before);
        before = ",\n";
        if (!put_object(out, &coverage->rows[i]))
            return false;
    }
    buffer_text(out, "\n]\n");
    return true;
}

/* ---- the command ------------------------------------------------------- */

static int print(struct cli *cli, const struct coverage *coverage)
{
    struct buffer out = buffer_make(COVERAGE_CAP);
    bool ok = cli->options.json_lines ? put_json(&out, coverage)
                                      : put_text(&out, coverage);

    if (ok && cli_put(cli->out, &out))
        return CLI_OK;
    buffer_free(&out);
    cli_error(cli, NULL, "the coverage cannot be written");
    return CLI_NOT_WRITTEN;
}

int perform_coverage(struct cli *cli)
{
    struct loaded loaded;
    struct coverage coverage;
    int status = CLI_BAD_USAGE;

    json_set_alloc_funcs(memory_new, memory_free);
    if (loaded_begin(&loaded, cli)) {
        if (coverage_make(&coverage, loaded.catalogue, loaded.variants,
                          loaded.variant_count, cli->arena))
            status = print(cli, &coverage);
        else
            cli_error(cli, NULL, "no memory");
    }
    loaded_end(&loaded);
    return status;
}
