/* Lines, columns and characters of a source text, counted as libyaml counts
 * them, so that a caret lands where its marks say. */
#include "script/diagnostics.h"

static bool continues(struct slice text, size_t at)
{
    return at < text.size && (text.data[at] & 0xc0) == 0x80;
}

uint32_t text_character(struct slice text, size_t *at)
{
    uint8_t lead = text.data[*at];
    size_t more = lead >= 0xf8   ? 9
                  : lead >= 0xf0 ? 3
                  : lead >= 0xe0 ? 2
                  : lead >= 0xc0 ? 1
                  : lead >= 0x80 ? 9
                                 : 0;
    uint32_t code = more == 0 ? lead : lead & (0x3fu >> more);
    size_t next = *at + 1;
    *at = next;
    if (more == 9)
        return 0xfffd;
    for (size_t i = 0; i < more; i++) {
        if (!continues(text, next + i))
            return 0xfffd;
        code = code << 6 | (text.data[next + i] & 0x3fu);
    }
    *at = next + more;
    return code;
}

static bool is_break(uint32_t code)
{
    return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 ||
           code == 0x2029;
}

/* Moves *at to the end of its line; the result is the next line's begin. */
static size_t line_end(struct slice text, size_t *at)
{
    while (*at < text.size) {
        size_t next = *at;
        uint32_t code = text_character(text, &next);
        if (!is_break(code)) {
            *at = next;
            continue;
        }
        if (code == '\r' && next < text.size && text.data[next] == '\n')
            next++;
        return next;
    }
    return text.size;
}

struct slice text_line(struct slice text, int line)
{
    size_t begin = 0, end = 0;
    size_t next = line_end(text, &end);
    for (; line > 1; line--) {
        begin = end = next;
        next = line_end(text, &end);
    }
    return slice_make(text.data == NULL ? NULL : text.data + begin,
                      end - begin);
}

size_t text_offset(struct slice text, int line, int column)
{
    struct slice whole = text_line(text, line);
    size_t at = 0;
    for (; column > 1 && at < whole.size; column--)
        text_character(whole, &at);
    return whole.data == NULL ? 0 : (size_t)(whole.data - text.data) + at;
}

void text_place(struct slice text, size_t offset, int *line, int *column)
{
    size_t begin = 0, end = 0;
    size_t next = line_end(text, &end);
    *line = 1;
    while (next <= offset && next > end) {
        begin = end = next;
        next = line_end(text, &end);
        *line += 1;
    }
    *column = 1;
    for (size_t at = begin; at < offset && at < text.size; *column += 1)
        text_character(text, &at);
}
