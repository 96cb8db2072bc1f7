/* Markdown that compares brokers: a table by area, and what each breaks, told
 * once for each reason. */
#include "report/markdown_text.h"
#include "report/record.h"

#include <string.h>

/* What a variant or a passive finding shows, listed as known or not. */
static enum verdict shown_verdict(const json_t *item)
{
    enum verdict verdict = record_verdict(item);
    const json_t *play = json_object_get(item, "play");
    if (verdict != VERDICT_KNOWN)
        return verdict;
    /* A passive finding names no verdict of its own once it is known. */
    return json_object_get(item, "rule") ? VERDICT_FAIL : record_verdict(play);
}

static bool is_judged(enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_FIXED ||
           verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

static bool is_unjudged(enum verdict verdict)
{
    return verdict != VERDICT_SKIP && !is_judged(verdict);
}

/* ---- counting ---------------------------------------------------------- */

typedef bool (*measure)(enum verdict verdict);

static bool is_broken(enum verdict verdict)
{
    return verdict == VERDICT_FAIL;
}

static bool is_kept(enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_FIXED;
}

static bool is_warned(enum verdict verdict)
{
    return verdict == VERDICT_WARN;
}

static bool is_skipped(enum verdict verdict)
{
    return verdict == VERDICT_SKIP;
}

/* Of the variants whose key has that value. */
static size_t count_of(const json_t *record, const char *key, const char *value,
                       measure counts)
{
    const json_t *variant;
    size_t i, count = 0;
    json_array_foreach(json_object_get(record, "variants"), i, variant) count +=
        strcmp(record_text(variant, key), value) == 0 &&
        counts(shown_verdict(variant));
    return count;
}

/* ---- the table by area ------------------------------------------------- */

/* The names of the areas of all records, in their order; NULL without memory.
 */
static json_t *areas_of(const struct records *records)
{
    json_t *areas = json_object();
    for (size_t i = 0; areas && i < records->count; i++) {
        const json_t *variant;
        size_t k;
        json_array_foreach(
            json_object_get(records->items[i], "variants"), k,
            variant) if (json_object_set_new(areas,
                                             record_text(variant, "area"),
                                             json_true()) != 0)
        {
            json_decref(areas);
            return NULL;
        }
    }
    return areas;
}

static void put_cell(struct buffer *out, const json_t *record, const char *area)
{
    size_t judged = count_of(record, "area", area, is_judged);
    size_t broken = count_of(record, "area", area, is_broken);
    if (!judged)
        buffer_text(out, " – |");
    else if (!broken)
        buffer_format(out, " 0 of %zu |", judged);
    else
        buffer_format(out, " **%zu** of %zu |", broken, judged);
}

static void put_areas(struct buffer *out, const struct records *records)
{
    json_t *areas = areas_of(records);
    const char *area;
    json_t *unused;
    buffer_text(out, "| area |");
    for (size_t i = 0; i < records->count; i++) {
        buffer_u8(out, ' ');
        markdown_plain(out, record_broker(records->items[i]));
        buffer_text(out, " |");
    }
    buffer_text(out, "\n| --- |");
    for (size_t i = 0; i < records->count; i++)
        buffer_text(out, " ---: |");
    json_object_foreach(areas, area, unused)
    {
        buffer_text(out, "\n| ");
        markdown_plain(out, area);
        buffer_text(out, " |");
        for (size_t i = 0; i < records->count; i++)
            put_cell(out, records->items[i], area);
    }
    buffer_text(out, "\n\n");
    out->failed |= !areas;
    json_decref(areas);
}

/* ---- one broker: its counts -------------------------------------------- */

static const struct column {
    const char *head;
    measure counts;
} columns[] = {
    {"kept", is_kept},
    {"broken", is_broken},
    {"a SHOULD not kept", is_warned},
    {"not judged", is_unjudged},
    {"not offered", is_skipped},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void put_counts(struct buffer *out, const json_t *record)
{
    buffer_text(out, "| MQTT |");
    for (size_t k = 0; k < COLUMNS; k++)
        buffer_format(out, " %s |", columns[k].head);
    buffer_text(out, "\n| --- |");
    for (size_t k = 0; k < COLUMNS; k++)
        buffer_text(out, " ---: |");
    for (enum mqtt_version version = MQTT_3_1; version <= MQTT_5_0; version++) {
        const char *name = mqtt_version_name(version);
        if (!count_of(record, "version", name, is_judged))
            continue;
        buffer_format(out, "\n| %s |", name);
        for (size_t k = 0; k < COLUMNS; k++)
            buffer_format(out, " %zu |",
                          count_of(record, "version", name, columns[k].counts));
    }
    buffer_text(out, "\n\n");
}

/* ---- one broker: what it breaks ---------------------------------------- */

/* The object of that name, made where there is none; NULL without memory. */
static json_t *part(json_t *object, const char *name)
{
    json_t *found = json_object_get(object, name);
    if (found)
        return found;
    found = json_object();
    return json_object_set_new(object, name, found) == 0 ? found : NULL;
}

static const char *statement_of(const json_t *item)
{
    const json_t *statements = json_object_get(item, "statements");
    if (*record_text(item, "known_statement"))
        return record_text(item, "known_statement");
    if (*record_text(item, "statement"))
        return record_text(item, "statement");
    const char *first = json_string_value(json_array_get(statements, 0));
    return first ? first : "";
}

static const char *warning_of(const json_t *item)
{
    const json_t *play = json_object_get(item, "play");
    return record_text(json_array_get(json_object_get(play, "warnings"), 0),
                       "message");
}

/* Why, in one line: the profile's reason, else what was found. */
static const char *reason_of(const json_t *item)
{
    if (*record_reason(item))
        return record_reason(item);
    if (*record_text(item, "rule"))
        return record_text(item, "rule");
    return *warning_of(item) ? warning_of(item) : record_text(item, "title");
}

/* Variants count as such; a passive finding as often as it was seen. */
static json_int_t weight_of(const json_t *item)
{
    const json_t *times = json_object_get(item, "times");
    return times ? json_integer_value(times) : 1;
}

/* "" is no name. */
static bool add_name(json_t *names, const char *name)
{
    return names &&
           (!*name || json_object_set_new(names, name, json_true()) == 0);
}

static bool add(json_t *reasons, const json_t *item, const char *counter)
{
    json_t *group = part(reasons, reason_of(item));
    json_t *statements = part(group, "statements");
    json_t *versions = part(group, "versions");
    json_int_t count = json_integer_value(json_object_get(group, counter));
    return add_name(statements, statement_of(item)) &&
           add_name(versions, record_text(item, "version")) &&
           json_object_set_new(group, counter,
                               json_integer(count + weight_of(item))) == 0;
}

/* Reason → {statements, versions, variants, packets}; NULL without memory. */
static json_t *reasons_of(const json_t *record, enum verdict wanted)
{
    static const char *const lists[][2] = {{"variants", "variant"},
                                           {"passive", "packet"}};
    json_t *reasons = json_object();
    bool added = reasons != NULL;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const json_t *item;
        size_t k;
        json_array_foreach(json_object_get(record, lists[i][0]), k,
                           item) if (added && shown_verdict(item) == wanted)
            added = add(reasons, item, lists[i][1]);
    }
    if (added)
        return reasons;
    json_decref(reasons);
    return NULL;
}

static void put_keys(struct buffer *out, json_t *object)
{
    const char *key, *between = "";
    json_t *unused;
    json_object_foreach(object, key, unused)
    {
        buffer_text(out, between);
        markdown_plain(out, key);
        between = ", ";
    }
}

static void put_count(struct buffer *out, const json_t *group, const char *noun)
{
    json_int_t count = json_integer_value(json_object_get(group, noun));
    if (count)
        buffer_format(out, "; %lld %s%s", (long long)count, noun,
                      count == 1 ? "" : "s");
}

static void put_reasons(struct buffer *out, const json_t *record,
                        enum verdict wanted, const char *head)
{
    json_t *reasons = reasons_of(record, wanted);
    const char *reason;
    json_t *group;
    if (json_object_size(reasons))
        buffer_format(out, "%s\n\n", head);
    json_object_foreach(reasons, reason, group)
    {
        const char *bold =
            json_object_size(json_object_get(group, "statements")) ? "**" : "";
        buffer_format(out, "- %s", bold);
        put_keys(out, json_object_get(group, "statements"));
        buffer_format(out, "%s ", bold);
        markdown_plain(out, reason);
        buffer_text(out, " (MQTT ");
        put_keys(out, json_object_get(group, "versions"));
        put_count(out, group, "variant");
        put_count(out, group, "packet");
        buffer_text(out, ")\n");
    }
    if (json_object_size(reasons))
        buffer_u8(out, '\n');
    out->failed |= !reasons;
    json_decref(reasons);
}

static void put_broker(struct buffer *out, const json_t *record)
{
    buffer_text(out, "## ");
    markdown_plain(out, record_broker(record));
    buffer_text(out, "\n\n");
    if (*record_text(record, "trouble")) {
        markdown_plain(out, record_text(record, "trouble"));
        buffer_text(out, "\n\n");
    }
    put_counts(out, record);
    put_reasons(out, record, VERDICT_FAIL, "What it breaks:");
    put_reasons(out, record, VERDICT_WARN, "What it should do, and does not:");
    put_reasons(out, record, VERDICT_INCONCLUSIVE, "What was not judged:");
    put_reasons(out, record, VERDICT_ERROR, "What mqttspec could not do:");
    put_reasons(out, record, VERDICT_FLAKY, "What it does not always do:");
}

bool comparison_write(const struct records *records, struct buffer *out)
{
    put_areas(out, records);
    for (size_t i = 0; i < records->count; i++)
        put_broker(out, records->items[i]);
    return !out->failed;
}
