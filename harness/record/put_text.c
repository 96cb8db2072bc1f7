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

static bool is_one_of(const char *bytes, uint8_t byte)
{
    return byte && strchr(bytes, byte);
}

/* What needs no quotes anywhere, and is not misread by other readers. */
static bool is_plain(struct slice text)
{
    if (!text.size || !isalnum(text.data[0]) || is_word(text))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!isalnum(text.data[i]) && !is_one_of("_-./", text.data[i]))
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
        if ((bytes.data[i] < ' ' && !is_one_of("\t\n\r", bytes.data[i])) ||
            bytes.data[i] == 0x7f)
            return false;
    return true;
}

/* Characters that YAML wants as escapes: U+0080 to U+009F, U+FEFF, U+FFFE and
 * U+FFFF. Gives how many bytes were taken; 0: another character. */
static size_t put_escaped(struct buffer *out, const uint8_t *at, size_t left)
{
    if (left >= 2 && at[0] == 0xc2 && at[1] < 0xa0) {
        buffer_format(out, "\\x%02x", at[1]);
        return 2;
    }
    if (left < 3 || at[0] != 0xef || at[1] < 0xbb)
        return 0;
    unsigned number = 0xf000 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu);
    if (number != 0xfeff && number < 0xfffe)
        return 0;
    buffer_format(out, "\\u%04x", number);
    return 3;
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
    size_t i = 0;
    while (i < text.size) {
        size_t taken = put_escaped(out, text.data + i, text.size - i);
        if (!taken)
            put_quoted_byte(out, text.data[i]);
        i += taken ? taken : 1;
    }
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

bool topic_is_shared_by_all(struct slice topic)
{
    return topic.size && topic.data[0] == '$' &&
           !slice_starts(topic, slice_of(sys)) &&
           !slice_starts(topic, slice_of(share));
}

/* The text behind the first size bytes. */
static struct slice behind(struct slice text, size_t size)
{
    return slice_make(text.data + size, text.size - size);
}

static bool needs_quotes(struct slice topic)
{
    for (size_t i = 0; i < topic.size; i++)
        if (!isalnum(topic.data[i]) && !is_one_of("_-./+", topic.data[i]))
            return true;
    return false;
}

static void put_part(struct buffer *out, const char *before, struct slice rest)
{
    bool quoted = needs_quotes(rest);
    buffer_text(out, quoted ? "\"" : "");
    buffer_text(out, before);
    put_inside_quotes(out, rest);
    buffer_text(out, quoted ? "\"" : "");
}

/* $share/group/filter. Without a filter it cannot meet anybody else's, and
 * has to stay as wrong as it is. */
static void put_shared(struct buffer *out, struct slice topic)
{
    struct slice rest = behind(topic, sizeof share - 1);
    const uint8_t *slash = rest.size ? memchr(rest.data, '/', rest.size) : NULL;
    size_t group = slash ? (size_t)(slash - rest.data) : rest.size;
    struct slice filter = behind(rest, slash ? group + 1 : group);
    bool quoted = needs_quotes(rest);
    buffer_text(out, quoted ? "\"" : "");
    buffer_text(out, share);
    put_inside_quotes(out, slice_make(rest.data, group));
    if (slash && !filter.size)
        buffer_text(out, "$id");
    buffer_text(out, slash ? "/" : "");
    if (filter.size)
        buffer_text(out, own);
    put_inside_quotes(out, filter);
    buffer_text(out, quoted ? "\"" : "");
}

void put_topic(struct buffer *out, struct slice topic)
{
    if (!topic.size)
        buffer_text(out, "\"\"");
    else if (slice_starts(topic, slice_of(share)))
        put_shared(out, topic);
    else if (slice_starts(topic, slice_of(sys)))
        put_part(out, "$", behind(topic, 1));
    else if (topic_is_shared_by_all(topic))
        put_part(out, "", topic);
    else
        put_part(out, own, topic);
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
