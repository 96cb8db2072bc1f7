/* The complete record in JSON. Written a variant at a time, so that only one
 * of them stands in memory as a tree. */
#include "report/report.h"

#include "report/conclusion.h"
#include "report/json_background.h"
#include "report/json_value.h"
#include "report/text.h"

/* ---- plays ------------------------------------------------------------- */

static json_t *source_value(const struct source *source)
{
    if (!source->file)
        return json_null();
    struct part part = object_new();
    put(&part, "file", text_value(source->file));
    put(&part, "line", json_integer(source->line));
    put(&part, "column", json_integer(source->column));
    return part.value;
}

static json_t *finding_value(const struct finding *finding)
{
    if (finding->kind == FAILURE_NONE && text_is_empty(finding->message))
        return json_null();
    struct part part = object_new();
    put(&part, "kind", text_value(failure_kind_name(finding->kind)));
    put(&part, "client", text_value(text_or_empty(finding->client)));
    put(&part, "message", text_value(text_or_empty(finding->message)));
    put(&part, "expected", text_value(text_or_empty(finding->expected)));
    put(&part, "actual", text_value(text_or_empty(finding->actual)));
    put(&part, "statements", text_value(text_or_empty(finding->statements)));
    put(&part, "source", source_value(&finding->source));
    put(&part, "time_ns", json_integer(finding->time));
    return part.value;
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
    struct part part = object_new();
    put(&part, "time_ns", json_integer(said->time));
    put(&part, "client", text_value(text_or_empty(said->client)));
    put(&part, "kind", text_value(said_name(said->kind)));
    put(&part, "text", text_value(text_or_empty(said->text)));
    if (said->size) {
        put(&part, "size", number_value(said->size));
        put(&part, "hex", hex_value(said->bytes));
    }
    return part.value;
}

static json_t *measure_value(const struct measure *measure)
{
    struct part part = object_new();
    put(&part, "text", text_value(text_or_empty(measure->text)));
    put(&part, "value_ns", json_integer(measure->value));
    put(&part, "note", text_value(text_or_empty(measure->note)));
    return part.value;
}

static json_t *warnings_value(const struct play_record *play)
{
    struct part array = array_new();
    for (size_t i = 0; i < play->warning_count; i++)
        add(&array, finding_value(&play->warnings[i]));
    return array.value;
}

static json_t *measures_value(const struct play_record *play)
{
    struct part array = array_new();
    for (size_t i = 0; i < play->measure_count; i++)
        add(&array, measure_value(&play->measures[i]));
    return array.value;
}

static json_t *conversation_value(const struct play_record *play)
{
    struct part array = array_new();
    for (size_t i = 0; i < play->said_count; i++)
        add(&array, said_value(&play->said[i]));
    return array.value;
}

/* began: of the run, so that plays lie on one scale. */
static json_t *play_value(const struct play_record *play, int64_t began)
{
    if (!play)
        return json_null();
    struct part part = object_new();
    put(&part, "verdict", text_value(verdict_name(play->verdict)));
    put(&part, "began_ns", json_integer(play->began - began));
    put(&part, "duration_ns", json_integer(play->ended - play->began));
    put(&part, "finding", finding_value(&play->finding));
    put(&part, "reason", text_value(play->reason));
    put(&part, "warnings", warnings_value(play));
    put(&part, "notes",
        texts_value((const char *const *)play->notes, play->note_count));
    put(&part, "measures", measures_value(play));
    put(&part, "conversation", conversation_value(play));
    put(&part, "conversation_dropped", number_value(play->said_dropped));
    return part.value;
}

/* ---- variants and passive findings ------------------------------------- */

static json_t *variant_value(const struct result *result, int64_t began)
{
    struct part part = object_new();
    put(&part, "id", text_value(text_or_empty(result->variant_id)));
    put(&part, "verdict", text_value(verdict_name(result->verdict)));
    put(&part, "case", text_value(text_or_empty(result->case_id)));
    put(&part, "area", text_value(text_or_empty(result->area)));
    put(&part, "title", text_value(text_or_empty(result->title)));
    put(&part, "rows", text_value(text_or_empty(result->rows)));
    put(&part, "version", text_value(mqtt_version_name(result->version)));
    put(&part, "transport", text_value(net_transport_name(result->transport)));
    put(&part, "source", source_value(&result->source));
    put(&part, "statements",
        texts_value(result->statements, result->statement_count));
    put(&part, "reason", text_value(result->reason));
    put(&part, "known_statement", text_value(result->known_statement));
    put(&part, "repeat_command",
        text_value(text_or_empty(result->repeat_command)));
    put(&part, "suspect", json_boolean(result->suspect));
    put(&part, "play", play_value(result->play, began));
    put(&part, "first_play", play_value(result->first, began));
    return part.value;
}

static json_t *passive_value(const struct passive_result *passive,
                             int64_t began)
{
    struct part part = object_new();
    put(&part, "statement", text_value(text_or_empty(passive->statement)));
    put(&part, "verdict", text_value(verdict_name(passive->verdict)));
    put(&part, "rule", text_value(text_or_empty(passive->rule)));
    put(&part, "version", text_value(mqtt_version_name(passive->version)));
    put(&part, "times", number_value(passive->times));
    put(&part, "detail", text_value(text_or_empty(passive->detail)));
    put(&part, "reason", text_value(passive->reason));
    put(&part, "variants", texts_value(passive->variants, 3));
    put(&part, "play", play_value(passive->play, began));
    return part.value;
}

/* ---- the run ----------------------------------------------------------- */

static json_t *counts_value(const struct run_record *run)
{
    struct part part = object_new();
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        put(&part, verdict_name(verdict),
            number_value(run_count(run, verdict)));
    return part.value;
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

static json_t *conclusion_value(const struct run_record *run, bool strict)
{
    struct buffer sentence = buffer_make(1024);
    struct buffer text = buffer_make(1100);
    conclusion_put(&sentence, run, strict);
    buffer_format(&text, "%s: %s",
                  conclusion_word(run_exit_status(run, strict)),
                  buffer_string(&sentence));
    text.failed |= sentence.failed;
    buffer_free(&sentence);
    json_t *value = text.failed ? NULL : text_value(buffer_string(&text));
    buffer_free(&text);
    return value;
}

static json_t *run_value(const struct run_record *run, bool strict)
{
    struct part part = object_new();
    put(&part, "format", json_integer(JSON_FORMAT));
    put(&part, "tool", json_string("mqttspec"));
    put(&part, "tool_version", text_value(text_or_empty(run->tool_version)));
    put(&part, "target", text_value(text_or_empty(run->target)));
    put(&part, "broker", text_value(text_or_empty(run->broker)));
    put(&part, "seed", seed_value(run));
    put(&part, "strict", json_boolean(strict));
    put(&part, "exit_status", json_integer(run_exit_status(run, strict)));
    put(&part, "conclusion", conclusion_value(run, strict));
    put(&part, "began", began_value(run));
    put(&part, "duration_ns", json_integer(run->ended - run->began));
    put(&part, "longest_wait_ns", json_integer(run->longest_wait));
    put(&part, "unreachable", json_boolean(run->unreachable));
    put(&part, "interrupted", json_boolean(run->interrupted));
    put(&part, "died", json_boolean(run->died));
    put(&part, "trouble", text_value(run->trouble));
    put(&part, "counts", counts_value(run));
    return part.value;
}

/* ---- the document ------------------------------------------------------ */

static void put_variants(struct buffer *out, const struct run_record *run)
{
    json_begin_list(out, "variants");
    for (size_t i = 0; i < run->count && !out->failed; i++) {
        json_begin_item(out, i);
        json_put(out, variant_value(&run->results[i], run->began),
                 JSON_COMPACT);
    }
    buffer_text(out, "\n]");
}

static void put_passive(struct buffer *out, const struct run_record *run)
{
    json_begin_list(out, "passive");
    for (size_t i = 0; i < run->passive_count && !out->failed; i++) {
        json_begin_item(out, i);
        json_put(out, passive_value(&run->passive[i], run->began),
                 JSON_COMPACT);
    }
    buffer_text(out, "\n]");
}

bool json_write(const struct run_record *run,
                const struct json_options *options, struct buffer *out)
{
    json_set_alloc_funcs(memory_new, memory_free);
    buffer_text(out, "{\n");
    /* JSON_EMBED leaves the braces away, as the lists are still to come. */
    json_put(out, run_value(run, options->strict), JSON_EMBED);
    put_variants(out, run);
    put_passive(out, run);
    if (options->catalogue) {
        json_put_statements(out, options->catalogue);
        json_put_cases(out, run);
    }
    buffer_text(out, "\n}\n");
    return !out->failed;
}
