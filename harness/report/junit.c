/* The JUnit document: what its cases are, their order, their counters. What
 * one case holds is junit_case.c. */
#include "report/junit.h"

#include "report/text.h"
#include "report/xml.h"
#include <stdlib.h>
#include <string.h>

/* ---- the entries ------------------------------------------------------- */

#define RUN_TROUBLES 4

/* What went wrong with the run itself, which no variant tells. */
static size_t find_troubles(const struct run_record *run,
                            struct junit_trouble *troubles)
{
    size_t count = 0;
    if (run->unreachable)
        troubles[count++] =
            (struct junit_trouble){"target", "the target cannot be reached"};
    if (run->died)
        troubles[count++] =
            (struct junit_trouble){"broker", "the broker died during the run"};
    if (run->interrupted)
        troubles[count++] =
            (struct junit_trouble){"interruption", "the run was interrupted"};
    if (!count && !text_is_empty(run->trouble))
        troubles[count++] = (struct junit_trouble){"run", run->trouble};
    if (!count && run_exit_status(run, false) == 4)
        troubles[count++] =
            (struct junit_trouble){"selection", "nothing was run"};
    return count;
}

static size_t fill_entries(struct junit_entry *entries,
                           const struct run_record *run,
                           const struct junit_trouble *troubles,
                           size_t trouble_count)
{
    size_t used = 0;
    for (size_t i = 0; i < run->count; i++)
        entries[used++].result = &run->results[i];
    for (size_t i = 0; i < run->passive_count; i++)
        entries[used++].passive = &run->passive[i];
    for (size_t i = 0; i < trouble_count; i++)
        entries[used++].trouble = &troubles[i];
    for (size_t i = 0; i < used; i++)
        entries[i].index = i;
    return used;
}

/* ---- their order ------------------------------------------------------- */

/* The suite that an entry belongs to. */
struct key {
    int kind; /* variants, then passive findings, then the run */
    const char *area;
    int version;
    int transport;
};

static struct key key_of(const struct junit_entry *entry)
{
    if (entry->result)
        return (struct key){0, text_or_empty(entry->result->area),
                            (int)entry->result->version,
                            (int)entry->result->transport};
    if (entry->passive)
        return (struct key){1, "passive", (int)entry->passive->version, 0};
    return (struct key){2, "run", 0, 0};
}

static int compare_keys(const struct key *a, const struct key *b)
{
    int order = a->kind - b->kind;
    if (!order)
        order = strcmp(a->area, b->area);
    if (!order)
        order = a->version - b->version;
    return order ? order : a->transport - b->transport;
}

static const char *id_of(const struct junit_entry *entry)
{
    return text_or_empty(entry->result    ? entry->result->variant_id
                         : entry->passive ? entry->passive->statement
                                          : entry->trouble->name);
}

/* By suite, then by id, so that the order of decision does not show. */
static int compare_entries(const void *left, const void *right)
{
    const struct junit_entry *a = left, *b = right;
    struct key key_a = key_of(a), key_b = key_of(b);
    int order = compare_keys(&key_a, &key_b);
    if (!order)
        order = strcmp(id_of(a), id_of(b));
    if (!order && a->passive)
        order = strcmp(text_or_empty(a->passive->rule),
                       text_or_empty(b->passive->rule));
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static bool same_suite(const struct junit_entry *a, const struct junit_entry *b)
{
    struct key key_a = key_of(a), key_b = key_of(b);
    return compare_keys(&key_a, &key_b) == 0;
}

static bool same_name(const struct junit_entry *a, const struct junit_entry *b)
{
    return same_suite(a, b) && !strcmp(id_of(a), id_of(b)) &&
           (!a->passive || !strcmp(text_or_empty(a->passive->rule),
                                   text_or_empty(b->passive->rule)));
}

/* A variant that was repeated stands in the record several times, and
 * readers keep one case of each name: number them. */
static void number_entries(struct junit_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        entries[i].copy = i && same_name(&entries[i - 1], &entries[i])
                              ? entries[i - 1].copy + 1
                              : 1;
}

/* ---- suites ------------------------------------------------------------ */

struct counters {
    size_t tests, failures, errors, skipped;
    int64_t time;
};

static struct counters count_entries(const struct junit_entry *entries,
                                     size_t count, bool strict)
{
    struct counters counters = {.tests = count};
    for (size_t i = 0; i < count; i++) {
        enum junit_outcome outcome = junit_outcome(&entries[i], strict);
        counters.failures += outcome == JUNIT_FAILED;
        counters.errors += outcome == JUNIT_ERROR;
        counters.skipped += outcome == JUNIT_SKIPPED;
        counters.time += junit_time(&entries[i]);
    }
    return counters;
}

static void put_time(struct buffer *out, int64_t time)
{
    buffer_text(out, " time=\"");
    text_seconds(out, time);
    buffer_u8(out, '"');
}

static void put_suite_name(struct buffer *out, const struct junit_entry *entry)
{
    struct key key = key_of(entry);
    struct buffer name = buffer_make(TEXT_MESSAGE_MAX);
    text_piece(&name, key.area, TEXT_PIECE_MAX);
    if (key.kind < 2)
        buffer_format(&name, ", MQTT %s",
                      mqtt_version_name((enum mqtt_version)key.version));
    if (key.kind == 0)
        buffer_format(&name, ", %s",
                      net_transport_name((enum net_transport)key.transport));
    out->failed |= name.failed;
    xml_attribute(out, "name", buffer_string(&name));
    buffer_free(&name);
}

static void put_suite(struct junit_writer *writer,
                      const struct junit_entry *entries, size_t count)
{
    struct buffer *out = writer->out;
    struct counters counters =
        count_entries(entries, count, writer->options->strict);
    buffer_text(out, "  <testsuite");
    put_suite_name(out, entries);
    xml_attribute_number(out, "tests", counters.tests);
    xml_attribute_number(out, "failures", counters.failures);
    xml_attribute_number(out, "errors", counters.errors);
    xml_attribute_number(out, "skipped", counters.skipped);
    put_time(out, counters.time);
    buffer_text(out, " timestamp=\"");
    text_timestamp(out, writer->run->wall_began);
    buffer_text(out, "\">\n");
    for (size_t i = 0; i < count; i++)
        junit_put_case(writer, &entries[i]);
    buffer_text(out, "  </testsuite>\n");
}

/* ---- the document ------------------------------------------------------ */

static void put_root(struct junit_writer *writer,
                     const struct junit_entry *entries, size_t count)
{
    struct buffer *out = writer->out;
    struct counters counters =
        count_entries(entries, count, writer->options->strict);
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<testsuites");
    xml_attribute(out, "name", "mqttspec");
    xml_attribute_number(out, "tests", counters.tests);
    xml_attribute_number(out, "failures", counters.failures);
    xml_attribute_number(out, "errors", counters.errors);
    put_time(out, writer->run->ended - writer->run->began);
    buffer_text(out, ">\n");
}

static void put_document(struct junit_writer *writer,
                         const struct junit_entry *entries, size_t count)
{
    put_root(writer, entries, count);
    for (size_t from = 0; from < count;) {
        size_t to = from + 1;
        while (to < count && same_suite(&entries[from], &entries[to]))
            to++;
        put_suite(writer, entries + from, to - from);
        from = to;
    }
    buffer_text(writer->out, "</testsuites>\n");
}

/* Written once without details, to learn how much room is left for them. */
static bool find_room(struct junit_writer *writer,
                      const struct junit_entry *entries, size_t count)
{
    size_t limit = writer->options->size_limit ? writer->options->size_limit
                                               : JUNIT_SIZE_LIMIT;
    struct buffer bare = buffer_make(writer->out->cap);
    struct junit_writer bare_writer = {writer->run, writer->options, &bare, 0};
    put_document(&bare_writer, entries, count);
    writer->room = limit > bare.size ? limit - bare.size : 0;
    bool good = !bare.failed;
    buffer_free(&bare);
    return good;
}

bool junit_write(const struct run_record *run,
                 const struct junit_options *options, struct buffer *out)
{
    struct junit_trouble troubles[RUN_TROUBLES];
    size_t trouble_count = find_troubles(run, troubles);
    size_t count = run->count + run->passive_count + trouble_count;
    struct junit_entry *entries =
        memory_zero(count ? count : 1, sizeof *entries);
    struct junit_writer writer = {run, options, out, 0};
    if (!entries)
        return false;
    fill_entries(entries, run, troubles, trouble_count);
    qsort(entries, count, sizeof *entries, compare_entries);
    number_entries(entries, count);
    bool good = find_room(&writer, entries, count);
    if (good)
        put_document(&writer, entries, count);
    memory_free(entries);
    return good && !out->failed;
}
