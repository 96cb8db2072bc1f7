/* Markdown for the summary of a CI job: what is not in order first. */
#include "report/markdown_text.h"
#include "report/record.h"

#include "report/text.h"
#include <string.h>

/* GitHub takes 1 MiB for a step; details stop before that, lines go on. */
#define DETAILS_LIMIT ((size_t)800 << 10)
#define LINES_LIMIT ((size_t)1000 << 10)
#define CONVERSATION_LIMIT ((size_t)32 << 10) /* of one variant */

/* ---- text -------------------------------------------------------------- */

void markdown_plain(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\`*_[]<>|~&", *text))
            buffer_u8(out, '\\');
        if (*text == '\n' || *text == '\r')
            buffer_u8(out, ' ');
        else
            buffer_append(out, text, 1);
    }
}

static void put_html(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("<>&\"", *text))
            buffer_format(out, "&#%d;", *text);
        else
            buffer_append(out, text, 1);
    }
}

/* A fence that is longer than any in the text. */
static void put_fence(struct buffer *out, const char *text)
{
    size_t longest = 2, run = 0;
    for (; *text; text++) {
        run = *text == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        buffer_u8(out, '`');
    buffer_u8(out, '\n');
}

static void put_block(struct buffer *out, const char *text)
{
    if (!*text)
        return;
    put_fence(out, text);
    buffer_text(out, text);
    if (text[strlen(text) - 1] != '\n')
        buffer_u8(out, '\n');
    put_fence(out, text);
}

/* More lines follow below the first, each an item of its own. */
static void put_field(struct buffer *out, const char *name, const char *text)
{
    const char *item = "- ";
    for (; *text; item = "  - ") {
        size_t size = strcspn(text, "\n");
        char line[TEXT_PIECE_MAX];
        snprintf(line, sizeof line, "%.*s", (int)size, text);
        buffer_format(out, "%s%s", item, name);
        buffer_text(out, *name ? ": " : "");
        markdown_plain(out, line);
        buffer_u8(out, '\n');
        name = "";
        text += size + (text[size] == '\n');
    }
}

/* ---- one variant ------------------------------------------------------- */

static void put_statements(struct buffer *out, const json_t *record,
                           const json_t *variant)
{
    const json_t *id;
    size_t i;
    json_array_foreach(json_object_get(variant, "statements"), i, id)
    {
        buffer_format(out, "- **%s** ", json_string_value(id));
        markdown_plain(out, record_demand(record, json_string_value(id),
                                          record_text(variant, "version")));
        buffer_u8(out, '\n');
    }
}

static void put_warnings(struct buffer *out, const json_t *play)
{
    const json_t *warning;
    size_t i;
    json_array_foreach(json_object_get(play, "warnings"), i, warning)
    {
        put_field(out, "warning", record_text(warning, "message"));
        put_field(out, "expected", record_text(warning, "expected"));
        put_field(out, "actual", record_text(warning, "actual"));
    }
}

static void put_said(struct buffer *out, const json_t *said)
{
    text_milliseconds(out,
                      json_integer_value(json_object_get(said, "time_ns")));
    buffer_format(out, " ms  %s  %s  %s\n", record_text(said, "client"),
                  record_text(said, "kind"), record_text(said, "text"));
}

static void put_conversation(struct buffer *out, const json_t *play)
{
    const json_t *all = json_object_get(play, "conversation");
    struct buffer text = buffer_make(2 * CONVERSATION_LIMIT);
    size_t i = 0;
    for (; i < json_array_size(all) && text.size < CONVERSATION_LIMIT; i++)
        put_said(&text, json_array_get(all, i));
    if (i < json_array_size(all))
        buffer_format(&text, "... %zu more lines are in the JSON record\n",
                      json_array_size(all) - i);
    if (text.failed)
        out->failed = true;
    else
        put_block(out, buffer_string(&text));
    buffer_free(&text);
}

static void put_step(struct buffer *out, const json_t *finding)
{
    const json_t *source = json_object_get(finding, "source");
    struct buffer place = buffer_make(TEXT_MESSAGE_MAX);
    if (!*record_text(source, "file"))
        return;
    buffer_format(
        &place, "%s:%lld", record_text(source, "file"),
        (long long)json_integer_value(json_object_get(source, "line")));
    put_field(out, "step", buffer_string(&place));
    buffer_free(&place);
}

static void put_variant(struct buffer *out, const json_t *record,
                        const json_t *variant)
{
    const json_t *play = json_object_get(variant, "play");
    const json_t *finding = json_object_get(play, "finding");
    buffer_format(out, "<details><summary><code>%s</code> ",
                  record_text(variant, "verdict"));
    put_html(out, record_text(variant, "id"));
    buffer_text(out, "</summary>\n\n");
    markdown_plain(out, record_text(variant, "title"));
    buffer_text(out, "\n\n");
    put_statements(out, record, variant);
    put_field(out, "what happened", record_reason(variant));
    put_step(out, finding);
    put_field(out, "expected", record_text(finding, "expected"));
    put_field(out, "actual", record_text(finding, "actual"));
    put_warnings(out, play);
    buffer_text(out, "\n");
    put_conversation(out, play);
    put_block(out, record_text(variant, "repeat_command"));
    buffer_text(out, "\n</details>\n\n");
}

static void put_line(struct buffer *out, const json_t *variant)
{
    buffer_format(out, "- `%s` ", record_text(variant, "verdict"));
    markdown_plain(out, record_text(variant, "id"));
    buffer_text(out, ": ");
    markdown_plain(out, record_reason(variant));
    buffer_text(out, "\n");
}

/* ---- one run ----------------------------------------------------------- */

static void put_counts(struct buffer *out, const json_t *record)
{
    buffer_text(out, "| version |");
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        if (record_count(record, verdict, NULL))
            buffer_format(out, " %s |", verdict_name(verdict));
    buffer_text(out, "\n| --- |");
    for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
        if (record_count(record, verdict, NULL))
            buffer_text(out, " ---: |");
    for (enum mqtt_version version = MQTT_3_1; version <= MQTT_5_0; version++) {
        const char *name = mqtt_version_name(version);
        buffer_format(out, "\n| %s |", name);
        for (enum verdict verdict = 0; verdict < VERDICTS; verdict++)
            if (record_count(record, verdict, NULL))
                buffer_format(out, " %zu |",
                              record_count(record, verdict, name));
    }
    buffer_text(out, "\n\n");
}

/* Why variants were not run is told once, with the run. */
static bool is_told(const json_t *record, enum verdict verdict)
{
    return record_fails(record, verdict) ||
           (record_unjudged(verdict) && verdict != VERDICT_NOT_RUN) ||
           verdict == VERDICT_WARN;
}

static void put_variants(struct buffer *out, const json_t *record)
{
    const json_t *variant;
    size_t i, left_out = 0;
    json_array_foreach(json_object_get(record, "variants"), i, variant)
    {
        if (!is_told(record, record_verdict(variant)))
            continue;
        if (out->size < DETAILS_LIMIT)
            put_variant(out, record, variant);
        else if (out->size < LINES_LIMIT)
            put_line(out, variant);
        else
            left_out++;
    }
    if (left_out)
        buffer_format(out, "\n%zu more are in the JSON record.\n\n", left_out);
}

static void put_passive(struct buffer *out, const json_t *record)
{
    const json_t *passive;
    size_t i;
    json_array_foreach(json_object_get(record, "passive"), i, passive)
    {
        if (record_verdict(passive) != VERDICT_FAIL || out->size >= LINES_LIMIT)
            continue;
        buffer_format(out, "- **%s** (%s) ", record_text(passive, "statement"),
                      record_text(passive, "version"));
        markdown_plain(out, record_text(passive, "rule"));
        buffer_text(out, ": ");
        markdown_plain(out, record_text(passive, "detail"));
        buffer_text(out, "\n");
    }
}

static void put_record(struct buffer *out, const json_t *record)
{
    buffer_text(out, "## mqttspec: ");
    markdown_plain(out, record_broker(record));
    buffer_text(out, "\n\n**");
    markdown_plain(out, record_text(record, "conclusion"));
    buffer_text(out, "**\n\n");
    if (*record_text(record, "trouble")) {
        markdown_plain(out, record_text(record, "trouble"));
        buffer_text(out, "\n\n");
    }
    put_counts(out, record);
    put_variants(out, record);
    put_passive(out, record);
    buffer_text(out, "\n");
}

bool markdown_write(const struct records *records, struct buffer *out)
{
    for (size_t i = 0; i < records->count; i++)
        put_record(out, records->items[i]);
    return !out->failed;
}
