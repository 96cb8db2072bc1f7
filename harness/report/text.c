#include "report/text.h"

#include <string.h>
#include <time.h>

const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

bool text_is_empty(const char *text)
{
    return !text || !*text;
}

/* ---- visible characters ------------------------------------------------ */

static size_t sequence_length(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* The code point of a sequence whose length fits its first byte; UINT32_MAX
 * when it is not a shortest form or breaks off. */
static uint32_t code_point(const uint8_t *bytes, size_t length)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code =
        length == 1 ? bytes[0] : (uint32_t)(bytes[0] & (0x7f >> length));
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return UINT32_MAX;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    return code < smallest[length] ? UINT32_MAX : code;
}

/* Code points that are no visible text: controls, line and direction marks,
 * surrogates, noncharacters, and what UTF-8 does not have. */
static bool hidden(uint32_t code)
{
    static const struct {
        uint32_t from, to;
    } rows[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xdfff},
        {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0x110000, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (code >= rows[i].from && code <= rows[i].to)
            return true;
    return (code & 0xfffe) == 0xfffe;
}

size_t text_next_character(struct slice text)
{
    size_t length = text.size ? sequence_length(text.data[0]) : 0;
    if (!length || length > text.size)
        return 0;
    return hidden(code_point(text.data, length)) ? 0 : length;
}

static bool kept_line(uint8_t byte, enum text_lines lines)
{
    return lines == TEXT_KEEP_LINES && (byte == '\n' || byte == '\t');
}

void text_visible(struct buffer *out, struct slice text, enum text_lines lines)
{
    for (size_t at = 0; at < text.size;) {
        struct slice rest = {text.data + at, text.size - at};
        size_t length = text_next_character(rest);
        if (!length && kept_line(*rest.data, lines))
            length = 1;
        if (length)
            buffer_append(out, rest.data, length);
        else
            buffer_format(out, "\\x%02x", *rest.data);
        at += length ? length : 1;
    }
}

/* The greatest size not above max that does not cut a character. */
static size_t cut_at_character(const char *text, size_t max)
{
    while (max && ((uint8_t)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

void text_piece(struct buffer *out, const char *text, size_t max)
{
    size_t size = strlen(text_or_empty(text));
    size_t shown = size > max ? cut_at_character(text, max) : size;
    text_visible(out, slice_make(text, shown), TEXT_ONE_LINE);
    if (shown < size)
        buffer_format(out, " ... (%zu more bytes)", size - shown);
}

/* ---- lines ------------------------------------------------------------- */

size_t text_width(struct slice text)
{
    size_t width = 0;
    for (size_t i = 0; i < text.size; i++)
        width += (text.data[i] & 0xc0) != 0x80;
    return width;
}

void text_spaces(struct buffer *out, size_t count)
{
    while (count--)
        buffer_u8(out, ' ');
}

void text_padded(struct buffer *out, const char *text, size_t width)
{
    size_t used = text_width(slice_of(text));
    buffer_text(out, text);
    text_spaces(out, used < width ? width - used : 0);
}

/* The bytes of the first `columns` characters. */
static size_t bytes_of_columns(struct slice text, size_t columns)
{
    size_t at = 0;
    while (at < text.size) {
        if ((text.data[at] & 0xc0) != 0x80 && !columns--)
            break;
        at++;
    }
    return at;
}

/* How many bytes go into a line of `columns`: up to the last space that
 * fits, else as much as fits. */
static size_t line_length(struct slice text, size_t columns)
{
    size_t fits = bytes_of_columns(text, columns);
    if (fits == text.size)
        return fits;
    for (size_t at = fits; at > 0; at--)
        if (text.data[at] == ' ')
            return at;
    return fits;
}

static void break_lines(struct buffer *out, struct slice text, size_t column,
                        size_t indent)
{
    while (!out->failed) {
        size_t room = column + 20 < TEXT_COLUMNS ? TEXT_COLUMNS - column : 20;
        size_t length = line_length(text, room);
        buffer_append(out, text.data, length);
        while (length < text.size && text.data[length] == ' ')
            length++;
        if (length == text.size)
            return;
        text = slice_make(text.data + length, text.size - length);
        buffer_u8(out, '\n');
        text_spaces(out, indent);
        column = indent;
    }
}

void text_wrapped(struct buffer *out, const char *text, size_t column,
                  size_t indent)
{
    struct buffer line = buffer_make((size_t)8 * TEXT_PIECE_MAX);
    text_piece(&line, text, TEXT_PIECE_MAX);
    if (line.failed)
        out->failed = true;
    else
        break_lines(out, buffer_slice(&line), column, indent);
    buffer_free(&line);
}

/* ---- figures ----------------------------------------------------------- */

/* value / unit with so many digits behind the point. Integers, because
 * printf's %f writes the locale's decimal point. */
static void fraction(struct buffer *out, int64_t value, int64_t unit,
                     int digits)
{
    int64_t scale = 1;
    for (int i = 0; i < digits; i++)
        scale *= 10;
    if (value < 0)
        value = 0;
    int64_t step = unit / scale;
    int64_t steps = value / step + (value % step >= step - step / 2);
    buffer_format(out, "%lld.%0*lld", (long long)(steps / scale), digits,
                  (long long)(steps % scale));
}

void text_milliseconds(struct buffer *out, int64_t nanoseconds)
{
    fraction(out, nanoseconds, 1000000, 1);
}

void text_seconds(struct buffer *out, int64_t nanoseconds)
{
    fraction(out, nanoseconds, 1000000000, 3);
}

void text_duration(struct buffer *out, int64_t nanoseconds)
{
    if (nanoseconds < 1000000000) {
        text_milliseconds(out, nanoseconds);
        buffer_text(out, " ms");
    } else {
        text_seconds(out, nanoseconds);
        buffer_text(out, " s");
    }
}

void text_timestamp(struct buffer *out, int64_t unix_seconds)
{
    time_t seconds = (time_t)unix_seconds;
    struct tm parts = {0};
    char text[sizeof "2026-11-23T12:44:18" + 8];
    if (!gmtime_r(&seconds, &parts) ||
        !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts))
        strcpy(text, "1970-01-01T00:00:00");
    buffer_text(out, text);
}

void text_count(struct buffer *out, size_t count, const char *noun)
{
    buffer_format(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}
