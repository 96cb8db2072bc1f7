/* Texts, bytes, topics and durations as YAML. */
#include "record/story.h"

#include <ctype.h>
#include <string.h>

/* ---- scalars ------------------------------------------------------------ */

/* Words that a matcher would take for something else than text. */
static bool is_word(struct slice text)
{
    static const char *const words[] = {"absent", "present", "any", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (slice_is(text, words[i]))
            return true;
    return false;
}

/* What needs no quotes anywhere, and is not misread by other readers. */
static bool is_plain(struct slice text)
{
    if (!text.size || !isalnum(text.data[0]) || is_word(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!isalnum(text.data[i]) && !memchr("_-./", text.data[i], 4))
            return false;
    return true;
}

/* Text that people can read, and YAML can hold. */
static bool is_text(struct slice bytes)
{
    bool nul = false;
    if (!mqtt_utf8_valid(bytes, &nul) || nul)
        return false;
    for (size_t i = 0; i < bytes.size; i++)
        if ((bytes.data[i] < ' ' && !memchr("\t\n\r", bytes.data[i], 3)) ||
            bytes.data[i] == 0x7f)
            return false;
    /* U+0080 to U+009F, U+FEFF and others that YAML does not print */
    return !memchr(bytes.data, 0xc2, bytes.size) &&
           !memchr(bytes.data, 0xef, bytes.size);
}

static void put_quoted_byte(struct buffer *out, uint8_t byte)
{
    if (byte == '"' || byte == '\\')
        buffer_format(out, "\\%c", byte);
    else if (byte == '$')
        buffer_text(out, "$$");
    else if (byte == '\n')
        buffer_text(out, "\\n");
    else if (byte < ' ' || byte == 0x7f)
        buffer_format(out, "\\x%02x", byte);
    else
        buffer_u8(out, byte);
}

static void put_inside_quotes(struct buffer *out, struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        put_quoted_byte(out, text.data[i]);
}

static void put_hex(struct buffer *out, struct slice bytes)
{
    buffer_text(out, "{hex: \"");
    for (size_t i = 0; i < bytes.size; i++)
        buffer_format(out, "%02x", bytes.data[i]);
    buffer_text(out, "\"}");
}

void put_bytes(struct buffer *out, struct slice bytes)
{
    if (is_plain(bytes)) {
        buffer_append_slice(out, bytes);
    } else if (!bytes.size || is_text(bytes)) {
        buffer_u8(out, '"');
        put_inside_quotes(out, bytes);
        buffer_u8(out, '"');
    } else {
        put_hex(out, bytes);
    }
}

/* ---- topics ------------------------------------------------------------- */

static const char own[] = "$topic/", share[] = "$share/", sys[] = "$SYS";

/* The part in front of the filter: $share and the group. */
static struct slice share_of(struct slice topic)
{
    size_t begin = sizeof share - 1;
    if (!slice_starts(topic, slice_of(share)))
        return slice_make(topic.data, 0);
    const uint8_t *slash =
        memchr(topic.data + begin, '/', topic.size - begin);
    return slice_make(topic.data,
                      slash ? (size_t)(slash + 1 - topic.data) : topic.size);
}

bool topic_is_shared_by_all(struct slice topic)
{
    return topic.size && topic.data[0] == '$' &&
           !slice_starts(topic, slice_of(sys)) &&
           !slice_starts(topic, slice_of(share));
}

static bool needs_quotes(struct slice topic)
{
    for (size_t i = 0; i < topic.size; i++)
        if (!isalnum(topic.data[i]) && !memchr("_-./+", topic.data[i], 5))
            return true;
    return false;
}

void put_topic(struct buffer *out, struct slice topic)
{
    struct slice group = share_of(topic);
    struct slice rest = slice_make(topic.data + group.size,
                                   topic.size - group.size);
    bool quoted = needs_quotes(rest) || needs_quotes(slice_make(
                                            group.data ? group.data + 1 : NULL,
                                            group.size ? group.size - 1 : 0));
    if (!topic.size) {
        buffer_text(out, "\"\"");
        return;
    }
    if (slice_starts(topic, slice_of(sys))) {
        rest = slice_make(topic.data + 1, topic.size - 1);
        quoted = needs_quotes(rest);
    }
    buffer_text(out, quoted ? "\"" : "");
    if (slice_starts(topic, slice_of(sys))) {
        buffer_text(out, "$");
    } else if (!topic_is_shared_by_all(topic)) {
        if (group.size)
            buffer_text(out, share);
        if (group.size > sizeof share - 1)
            put_inside_quotes(out, slice_make(group.data + sizeof share - 1,
                                              group.size - sizeof share + 1));
        buffer_text(out, own);
    }
    put_inside_quotes(out, rest);
    buffer_text(out, quoted ? "\"" : "");
}

/* ---- time --------------------------------------------------------------- */

void put_duration(struct buffer *out, int64_t duration)
{
    int64_t tenths = (duration + 99999999) / 100000000;
    if (tenths % 10)
        buffer_format(out, "%lldms", (long long)tenths * 100);
    else
        buffer_format(out, "%llds", (long long)tenths / 10);
}
