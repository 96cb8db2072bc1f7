#include "cli/github.h"
#include "report/explain.h"
#include "report/text.h"

#define MESSAGE_CAP ((size_t)64 << 10)

/* In properties : and , have a meaning of their own. */
static void put_escaped(struct buffer *out, const char *text, bool property)
{
    for (; *text; text++) {
        bool special = *text == '%' || *text == '\r' || *text == '\n' ||
                       (property && (*text == ':' || *text == ','));
        if (special)
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*text);
        else
            buffer_append(out, text, 1);
    }
}

static void put_error(struct buffer *out, const struct result *result)
{
    buffer_text(out, "::error file=");
    put_escaped(out, text_or_empty(result->source.file), true);
    buffer_format(out, ",line=%d,title=", result->source.line);
    put_escaped(out, result->variant_id, true);
    buffer_text(out, "::");
    struct buffer message = buffer_make(MESSAGE_CAP);
    explain_message(&message, result);
    put_escaped(out, buffer_string(&message), false);
    buffer_free(&message);
    buffer_text(out, "\n");
}

void github_put(struct buffer *out, const struct run_record *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count && count < GITHUB_ANNOTATIONS; i++) {
        enum verdict verdict = run->results[i].verdict;
        if (verdict != VERDICT_FAIL && verdict != VERDICT_FIXED)
            continue;
        put_error(out, &run->results[i]);
        count++;
    }
}
