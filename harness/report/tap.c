/* The Test Anything Protocol, version 14. */
#include "report/record.h"

#include "report/text.h"
#include <string.h>

/* What stands behind a #, and how a # in a text is written. */
static void put_description(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '#' || *text == '\\')
            buffer_u8(out, '\\');
        if (*text == '\n' || *text == '\r')
            buffer_u8(out, ' ');
        else
            buffer_append(out, text, 1);
    }
}

static void put_directive(struct buffer *out, const char *directive,
                          const char *reason)
{
    buffer_format(out, " # %s ", directive);
    put_description(out, reason);
}

/* A scalar of YAML in double quotes; JSON's strings are that. */
static void put_field(struct buffer *out, const char *key, const char *text)
{
    json_t *value = *text ? json_string(text) : NULL;
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (quoted)
        buffer_format(out, "  %s: %s\n", key, quoted);
    else if (*text)
        out->failed = true;
    memory_free(quoted);
    json_decref(value);
}

static void put_details(struct buffer *out, const json_t *variant)
{
    const json_t *play = json_object_get(variant, "play");
    const json_t *finding = json_object_get(play, "finding");
    buffer_text(out, "  ---\n");
    put_field(out, "title", record_text(variant, "title"));
    put_field(out, "verdict", record_text(variant, "verdict"));
    put_field(out, "message", record_reason(variant));
    put_field(out, "kind", record_text(finding, "kind"));
    put_field(out, "expected", record_text(finding, "expected"));
    put_field(out, "actual", record_text(finding, "actual"));
    put_field(out, "repeat", record_text(variant, "repeat_command"));
    buffer_text(out, "  ...\n");
}

static bool is_ok(const json_t *record, enum verdict verdict)
{
    return !record_fails(record, verdict) && verdict != VERDICT_KNOWN &&
           verdict != VERDICT_ERROR;
}

/* Known failures are "to do": they are expected to fail. */
static void put_variant(struct buffer *out, const json_t *record,
                        const json_t *variant, size_t number)
{
    enum verdict verdict = record_verdict(variant);
    bool ok = is_ok(record, verdict);
    buffer_format(out, "%s %zu - ", ok ? "ok" : "not ok", number);
    put_description(out, record_text(variant, "id"));
    if (verdict == VERDICT_KNOWN)
        put_directive(out, "TODO", record_reason(variant));
    else if (verdict == VERDICT_SKIP)
        put_directive(out, "SKIP", record_reason(variant));
    else if (ok && record_unjudged(verdict))
        put_directive(out, "SKIP", verdict_name(verdict));
    buffer_text(out, "\n");
    if (verdict != VERDICT_PASS && verdict != VERDICT_SKIP)
        put_details(out, variant);
}

static void put_passive(struct buffer *out, const json_t *passive,
                        size_t number)
{
    bool known = record_verdict(passive) == VERDICT_KNOWN;
    buffer_format(out, "not ok %zu - ", number);
    put_description(out, record_text(passive, "rule"));
    buffer_format(out, " (%s)", record_text(passive, "version"));
    if (known)
        put_directive(out, "TODO", record_text(passive, "reason"));
    buffer_text(out, "\n");
}

static size_t put_record(struct buffer *out, const json_t *record,
                         size_t number)
{
    const json_t *item;
    size_t i;
    buffer_text(out, "# ");
    put_description(out, record_broker(record));
    buffer_text(out, "\n");
    json_array_foreach(json_object_get(record, "variants"), i, item)
        put_variant(out, record, item, ++number);
    json_array_foreach(json_object_get(record, "passive"), i, item)
        put_passive(out, item, ++number);
    return number;
}

static size_t tests_of(const json_t *record)
{
    return json_array_size(json_object_get(record, "variants")) +
           json_array_size(json_object_get(record, "passive"));
}

bool tap_write(const struct records *records, struct buffer *out)
{
    size_t count = 0, number = 0;
    for (size_t i = 0; i < records->count; i++)
        count += tests_of(records->items[i]);
    buffer_format(out, "TAP version 14\n1..%zu\n", count);
    for (size_t i = 0; i < records->count; i++)
        number = put_record(out, records->items[i], number);
    for (size_t i = 0; i < records->count; i++)
        if (*record_text(records->items[i], "trouble"))
            buffer_format(out, "Bail out! %s\n",
                          record_text(records->items[i], "trouble"));
    return !out->failed;
}
