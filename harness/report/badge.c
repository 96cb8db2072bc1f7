/* A badge for a README: https://shields.io/badges/endpoint-badge reads it. */
#include "report/record.h"

#include "report/json_value.h"

struct sum {
    size_t failed, unjudged, kept;
};

static struct sum sum_of(const struct records *records)
{
    struct sum sum = {0, 0, 0};
    for (size_t i = 0; i < records->count; i++)
        for (enum verdict verdict = 0; verdict < VERDICTS; verdict++) {
            size_t count = record_count(records->items[i], verdict, NULL);
            if (record_fails(records->items[i], verdict))
                sum.failed += count;
            else if (record_unjudged(verdict))
                sum.unjudged += count;
            else if (verdict == VERDICT_PASS || verdict == VERDICT_WARN)
                sum.kept += count;
        }
    return sum;
}

static const char *colour_of(const struct sum *sum)
{
    if (sum->failed)
        return "red";
    if (sum->unjudged)
        return "yellow";
    return sum->kept ? "brightgreen" : "lightgrey";
}

static void put_message(struct buffer *out, const struct sum *sum)
{
    if (sum->failed)
        buffer_format(out, "%zu failed, %zu passed", sum->failed, sum->kept);
    else if (sum->unjudged)
        buffer_format(out, "%zu not judged, %zu passed", sum->unjudged,
                      sum->kept);
    else if (sum->kept)
        buffer_format(out, "%zu passed", sum->kept);
    else
        buffer_text(out, "nothing run");
}

bool badge_write(const struct records *records, struct buffer *out)
{
    struct sum sum = sum_of(records);
    struct buffer message = buffer_make(100);
    struct part part = object_new();
    put_message(&message, &sum);
    put(&part, "schemaVersion", json_integer(1));
    put(&part, "label", text_value("MQTT conformance"));
    put(&part, "message", text_value(buffer_string(&message)));
    put(&part, "color", text_value(colour_of(&sum)));
    if (sum.failed)
        put(&part, "isError", json_true());
    out->failed |= message.failed;
    buffer_free(&message);
    json_put(out, part.value, JSON_INDENT(2));
    buffer_text(out, "\n");
    return !out->failed;
}
