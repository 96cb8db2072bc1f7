#include "report/xml.h"

#include "report/text.h"

static const char *entity(uint8_t byte, bool attribute)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\n':
        return attribute ? "&#10;" : NULL;
    case '\t':
        return attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void put_escaped(struct buffer *out, struct slice text, bool attribute)
{
    size_t from = 0;
    for (size_t at = 0; at < text.size; at++) {
        const char *instead = entity(text.data[at], attribute);
        if (!instead)
            continue;
        buffer_append(out, text.data + from, at - from);
        buffer_text(out, instead);
        from = at + 1;
    }
    if (from < text.size)
        buffer_append(out, text.data + from, text.size - from);
}

/* Each byte can take four characters as visible text. */
static void put_visible(struct buffer *out, struct slice text, bool attribute)
{
    struct buffer visible = buffer_make(4 * text.size + 1);
    text_visible(&visible, text, TEXT_KEEP_LINES);
    out->failed |= visible.failed;
    put_escaped(out, buffer_slice(&visible), attribute);
    buffer_free(&visible);
}

void xml_text(struct buffer *out, struct slice text)
{
    put_visible(out, text, false);
}

void xml_attribute(struct buffer *out, const char *name, const char *text)
{
    buffer_format(out, " %s=\"", name);
    put_visible(out, slice_of(text_or_empty(text)), true);
    buffer_u8(out, '"');
}

void xml_attribute_number(struct buffer *out, const char *name, size_t number)
{
    buffer_format(out, " %s=\"%zu\"", name, number);
}
