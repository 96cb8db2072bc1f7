#include "test/stability/stability.h"

#include <stdio.h>

bool history_begin(struct history *history)
{
    history->variants = json_object();
    history->runs = 0;
    return history->variants != NULL;
}

void history_end(struct history *history)
{
    json_decref(history->variants);
}

static json_t *verdicts_of(struct history *history, const char *id)
{
    json_t *verdicts = json_object_get(history->variants, id);

    if (verdicts)
        return verdicts;
    json_object_set_new(history->variants, id, json_object());
    return json_object_get(history->variants, id);
}

static bool note(struct history *history, const json_t *variant)
{
    const char *id = json_string_value(json_object_get(variant, "id"));
    const char *verdict =
        json_string_value(json_object_get(variant, "verdict"));
    json_t *verdicts = id && verdict ? verdicts_of(history, id) : NULL;
    json_int_t before =
        json_integer_value(json_object_get(verdicts, verdict ? verdict : ""));

    return verdicts && json_object_set_new(verdicts, verdict,
                                           json_integer(before + 1)) == 0;
}

bool history_add(struct history *history, const char *results)
{
    json_error_t error;
    json_t *record = json_load_file(results, 0, &error);
    const json_t *variants = json_object_get(record, "variants");
    bool read = json_array_size(variants) > 0;

    for (size_t i = 0; read && i < json_array_size(variants); i++)
        read = note(history, json_array_get(variants, i));
    if (!read)
        fprintf(stderr, "%s: %s\n", results,
                record ? "no record of a run" : error.text);
    history->runs += read;
    json_decref(record);
    return read;
}

static size_t times_seen(json_t *verdicts)
{
    const char *verdict;
    json_t *times;
    size_t seen = 0;

    json_object_foreach(verdicts, verdict, times) seen +=
        (size_t)json_integer_value(times);
    return seen;
}

static void print_variant(const char *id, json_t *verdicts)
{
    const char *verdict;
    json_t *times;

    printf("  %s:", id);
    json_object_foreach(verdicts, verdict, times)
        printf(" %s %lld", verdict, (long long)json_integer_value(times));
    printf("\n");
}

/* A known failure that does not always show, as its profile says: otherwise
 * the verdict would be "fixed", not "pass". */
static bool comes_and_goes(const json_t *verdicts)
{
    return json_object_size(verdicts) == 2 &&
           json_object_get(verdicts, "pass") &&
           json_object_get(verdicts, "known");
}

size_t history_print(const struct history *history, const char *name)
{
    const char *id;
    json_t *verdicts;
    size_t changed = 0, known = 0;

    json_object_foreach(history->variants, id, verdicts)
    {
        bool always = times_seen(verdicts) == history->runs;
        if (always && json_object_size(verdicts) == 1)
            continue;
        if (always && comes_and_goes(verdicts))
            known++;
        else
            changed++;
        print_variant(id, verdicts);
    }
    printf("%s: %zu variants, %zu runs, %zu with more than one verdict, "
           "%zu with a known failure that comes and goes\n",
           name, json_object_size(history->variants), history->runs, changed,
           known);
    return changed;
}
