/* The complete record in JSON. Written a variant at a time, so that only one
 * of them stands in memory as a tree. */
#include "report/report.h"

#include "report/text.h"
#include <jansson.h>
#include <string.h>

/* ---- values ------------------------------------------------------------ */

/* An object or array under construction. Failures stick: value is NULL from
 * then on, and whatever is added is freed. */
struct node {
    json_t *value;
};

static struct node object_new(void)
{
    return (struct node){json_object()};
}

static struct node array_new(void)
{
    return (struct node){json_array()};
}

static void node_fail(struct node *node)
{
    json_decref(node->value);
    node->value = NULL;
}

/* Takes value over. */
static void put(struct node *node, const char *key, json_t *value)
{
    if (!node->value || !value)
        json_decref(value);
    else if (json_object_set_new(node->value, key, value) == 0)
        return;
    node_fail(node);
}

static void add(struct node *array, json_t *value)
{
    if (!array->value || !value)
        json_decref(value);
    else if (json_array_append_new(array->value, value) == 0)
        return;
    node_fail(array);
}

/* A text of visible characters; null for NULL. */
static json_t *text_value(const char *text)
{
    if (!text)
        return json_null();
    struct slice all = slice_of(text);
    struct buffer visible = buffer_make(4 * all.size + 1);
    text_visible(&visible, all, TEXT_KEEP_LINES);
    json_t *value = NULL;
    if (!visible.failed)
        value = json_stringn(buffer_string(&visible), visible.size);
    buffer_free(&visible);
    return value;
}

static json_t *hex_value(struct slice bytes)
{
    struct buffer hex = buffer_make(2 * bytes.size + 1);
    for (size_t i = 0; i < bytes.size; i++)
        buffer_format(&hex, "%02x", bytes.data[i]);
    json_t *value = hex.failed ? NULL : json_string(buffer_string(&hex));
    buffer_free(&hex);
    return value;
}

static json_t *number_value(uint64_t number)
{
    return json_integer((json_int_t)(number < INT64_MAX ? number : INT64_MAX));
}

static json_t *source_value(const struct source *source)
{
    if (!source->file)
        return json_null();
    struct node node = object_new();
    put(&node, "file", text_value(source->file));
    put(&node, "line", json_integer(source->line));
    put(&node, "column", json_integer(source->column));
    return node.value;
}

static json_t *texts_value(const char *const *texts, size_t count)
{
    struct node array = array_new();
    for (size_t i = 0; i < count && texts[i]; i++)
        add(&array, text_value(texts[i]));
    return array.value;
}

/* ---- plays ------------------------------------------------------------- */

static json_t *finding_value(const struct finding *finding)
{
    if (finding->kind == FAILURE_NONE && text_is_empty(finding->message))
        return json_null();
    struct node node = object_new();
    put(&node, "kind", text_value(failure_kind_name(finding->kind)));
    put(&node, "client", text_value(text_or_empty(finding->client)));
    put(&node, "message", text_value(text_or_empty(finding->message)));
    put(&node, "expected", text_value(text_or_empty(finding->expected)));
    put(&node, "actual", text_value(text_or_empty(finding->actual)));
    put(&node, "statements", text_value(text_or_empty(finding->statements)));
    put(&node, "source", source_value(&finding->source));
    put(&node, "time_ns", json_integer(finding->time));
    return node.value;
}

static const char *said_name(enum said_kind kind)
{
    static const char *const names[] = {
        [SAID_SENT] = "sent",     [SAID_RECEIVED] = "received",
        [SAID_OPENED] = "opened", [SAID_SIGN] = "sign",
        [SAID_ENDED] = "ended",   [SAID_OURS] = "ours",
        [SAID_NOTE] = "note",
    };
    return names[kind];
}

static json_t *said_value(const struct said *said)
{
    struct node node = object_new();
    put(&node, "time_ns", json_integer(said->time));
    put(&node, "client", text_value(text_or_empty(said->client)));
    put(&node, "kind", text_value(said_name(said->kind)));
    put(&node, "text", text_value(text_or_empty(said->text)));
    if (said->size) {
        put(&node, "size", number_value(said->size));
        put(&node, "hex", hex_value(said->bytes));
    }
    return node.value;
}

static json_t *measure_value(const struct measure *measure)
{
    struct node node = object_new();
    put(&node, "text", text_value(text_or_empty(measure->text)));
    put(&node, "value_ns", json_integer(measure->value));
    put(&node, "note", text_value(text_or_empty(measure->note)));
    return node.value;
}

static json_t *warnings_value(const struct play_record *play)
{
    struct node array = array_new();
    for (size_t i = 0; i < play->warning_count; i++)
        add(&array, finding_value(&play->warnings[i]));
    return array.value;
}

static json_t *measures_value(const struct play_record *play)
{
    struct node array = array_new();
    for (size_t i = 0; i < play->measure_count; i++)
        add(&array, measure_value(&play->measures[i]));
    return array.value;
}

static json_t *conversation_value(const struct play_record *play)
{
    struct node array = array_new();
    for (size_t i = 0; i < play->said_count; i++)
        add(&array, said_value(&play->said[i]));
    return array.value;
}

/* began: of the run, so that plays lie on one scale. */
static json_t *play_value(const struct play_record *play, int64_t began)
{
    if (!play)
        return json_null();
    struct node node = object_new();
    put(&node, "verdict", text_value(verdict_name(play->verdict)));
    put(&node, "began_ns", json_integer(play->began - began));
    put(&node, "duration_ns", json_integer(play->ended - play->began));
    put(&node, "finding", finding_value(&play->finding));
    put(&node, "reason", text_value(play->reason));
    put(&node, "warnings", warnings_value(play));
    put(&node, "notes",
        texts_value((const char *const *)play->notes, play->note_count));
    put(&node, "measures", measures_value(play));
    put(&node, "conversation", conversation_value(play));
    put(&node, "conversation_dropped", number_value(play->said_dropped));
    return node.value;
}

/* ---- variants and passive findings ------------------------------------- */

static json_t *variant_value(const struct result *result, int64_t began)
{
    struct node node = object_new();
    put(&node, "id", text_value(text_or_empty(result->variant_id)));
    put(&node, "verdict", text_value(verdict_name(result->verdict)));
    put(&node, "case", text_value(text_or_empty(result->case_id)));
    put(&node, "area", text_value(text_or_empty(result->area)));
    put(&node, "title", text_value(text_or_empty(result->title)));
    put(&node, "rows", text_value(text_or_empty(result->rows)));
    put(&node, "version", text_value(mqtt_version_name(result->version)));
    put(&node, "transport", text_value(net_transport_name(result->transport)));
    put(&node, "source", source_value(&result->source));
    put(&node, "statements",
        texts_value(result->statements, result->statement_count));
    put(&node, "reason", text_value(result->reason));
    put(&node, "known_statement", text_value(result->known_statement));
    put(&node, "repeat_command",
        text_value(text_or_empty(result->repeat_command)));
    put(&node, "suspect", json_boolean(result->suspect));
    put(&node, "play", play_value(result->play, began));
    put(&node, "first_play", play_value(result->first, began));
    return node.value;
}

static json_t *passive_value(const struct passive_result *passive,
                             int64_t began)
{
    struct node node = object_new();
    put(&node, "statement", text_value(text_or_empty(passive->statement)));
    put(&node, "verdict", text_value(verdict_name(passive->verdict)));
    put(&node, "rule", text_value(text_or_empty(passive->rule)));
    put(&node, "version", text_value(mqtt_version_name(passive->version)));
    put(&node, "times", number_value(passive->times));
    put(&node, "detail", text_value(text_or_empty(passive->detail)));
    put(&node, "reason", text_value(passive->reason));
    put(&node, "variants", texts_value(passive->variants, 3));
    put(&node, "play", play_value(passive->play, began));
    return node.value;
}

/* ---- the run ----------------------------------------------------------- */

static json_t *counts_value(const struct run_record *run)
{
    struct node node = object_new();
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        put(&node, verdict_name(verdict),
            number_value(run_count(run, verdict)));
    return node.value;
}

static json_t *began_value(const struct run_record *run)
{
    struct buffer text = buffer_make(64);
    text_timestamp(&text, run->wall_began);
    buffer_u8(&text, 'Z');
    json_t *value = text.failed ? NULL : json_string(buffer_string(&text));
    buffer_free(&text);
    return value;
}

/* As text: readers in other languages lose digits of so long a number. */
static json_t *seed_value(const struct run_record *run)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)run->seed);
    return json_string(text);
}

static json_t *run_value(const struct run_record *run, bool strict)
{
    struct node node = object_new();
    put(&node, "format", json_integer(JSON_FORMAT));
    put(&node, "tool", json_string("mqttspec"));
    put(&node, "tool_version", text_value(text_or_empty(run->tool_version)));
    put(&node, "target", text_value(text_or_empty(run->target)));
    put(&node, "broker", text_value(text_or_empty(run->broker)));
    put(&node, "seed", seed_value(run));
    put(&node, "strict", json_boolean(strict));
    put(&node, "exit_status", json_integer(run_exit_status(run, strict)));
    put(&node, "began", began_value(run));
    put(&node, "duration_ns", json_integer(run->ended - run->began));
    put(&node, "longest_wait_ns", json_integer(run->longest_wait));
    put(&node, "unreachable", json_boolean(run->unreachable));
    put(&node, "interrupted", json_boolean(run->interrupted));
    put(&node, "died", json_boolean(run->died));
    put(&node, "trouble", text_value(run->trouble));
    put(&node, "counts", counts_value(run));
    return node.value;
}

/* ---- the document ------------------------------------------------------ */

static int append_chunk(const char *data, size_t size, void *user)
{
    struct buffer *out = user;
    buffer_append(out, data, size);
    return out->failed ? -1 : 0;
}

/* Takes value over. */
static void dump(struct buffer *out, json_t *value, size_t flags)
{
    if (!value || json_dump_callback(value, append_chunk, out, flags) != 0)
        out->failed = true;
    json_decref(value);
}

static void begin_list(struct buffer *out, const char *key)
{
    buffer_format(out, ",\n\"%s\": [", key);
}

static void begin_item(struct buffer *out, size_t index)
{
    buffer_text(out, index ? ",\n" : "\n");
}

bool json_write(const struct run_record *run, bool strict, struct buffer *out)
{
    json_set_alloc_funcs(memory_new, memory_free);
    buffer_text(out, "{\n");
    /* JSON_EMBED leaves the braces away, as the lists are still to come. */
    dump(out, run_value(run, strict), JSON_EMBED);
    begin_list(out, "variants");
    for (size_t i = 0; i < run->count && !out->failed; i++) {
        begin_item(out, i);
        dump(out, variant_value(&run->results[i], run->began), JSON_COMPACT);
    }
    buffer_text(out, "\n]");
    begin_list(out, "passive");
    for (size_t i = 0; i < run->passive_count && !out->failed; i++) {
        begin_item(out, i);
        dump(out, passive_value(&run->passive[i], run->began), JSON_COMPACT);
    }
    buffer_text(out, "\n]\n}\n");
    return !out->failed;
}
