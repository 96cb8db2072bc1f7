/* A line of a case file with a caret under what is meant. */
#include "report/explain.h"

#include "report/text.h"
#include "script/yaml_secret.h"
#include <string.h>
#include <sys/stat.h>

#define LINE_MAX_SIZE 4096
#define FILE_MAX_SIZE (16L * 1024 * 1024)

/* Reads the line, without its end, cut after the size of line. */
static bool find_line(FILE *file, int wanted, char *line, size_t size)
{
    size_t used = 0;
    int at = 1;
    for (long read = 0; at <= wanted && read < FILE_MAX_SIZE; read++) {
        int byte = getc(file);
        if (byte == EOF)
            break;
        if (byte == '\n')
            at++;
        else if (at == wanted && used < size - 1)
            line[used++] = (char)byte;
    }
    line[used] = '\0';
    yaml_hide_secrets(line, used);
    return used > 0;
}

static bool read_line(const struct source *source, char *line, size_t size)
{
    struct stat status;
    if (!source->file || source->line < 1 || stat(source->file, &status) ||
        !S_ISREG(status.st_mode))
        return false;
    FILE *file = fopen(source->file, "re");
    if (!file)
        return false;
    bool found = find_line(file, source->line, line, size);
    fclose(file);
    return found;
}

/* Tabs become spaces and what cannot be shown a question mark, so that each
 * character takes one column and the caret stands right. */
static void put_columns(struct buffer *out, struct slice line)
{
    for (size_t at = 0; at < line.size;) {
        struct slice rest = {line.data + at, line.size - at};
        size_t length = text_next_character(rest);
        if (length)
            buffer_append(out, rest.data, length);
        else
            buffer_u8(out, *rest.data == '\t' ? ' ' : '?');
        at += length ? length : 1;
    }
}

/* The part of a long line that holds the column: *skipped characters are
 * left out in front of it. */
static struct slice window(struct slice line, size_t column, size_t room,
                           size_t *skipped)
{
    *skipped = column > room ? column - room / 2 : 0;
    size_t at = 0, width = 0, begin = 0;
    for (; at < line.size; at++) {
        if ((line.data[at] & 0xc0) == 0x80)
            continue;
        if (width == *skipped)
            begin = at;
        if (width++ == *skipped + room)
            break;
    }
    return slice_make(line.data + begin, at - begin);
}

static void put_window(struct buffer *out, struct slice line,
                       const struct source *source, size_t indent)
{
    char number[16];
    snprintf(number, sizeof number, "%d | ", source->line);
    size_t margin = indent + strlen(number);
    size_t room = margin + 20 < TEXT_COLUMNS ? TEXT_COLUMNS - margin : 20;
    size_t column = source->column > 0 ? (size_t)source->column : 1;
    size_t skipped;
    line = window(line, column, room, &skipped);
    text_spaces(out, indent);
    buffer_text(out, number);
    buffer_append_slice(out, line);
    buffer_u8(out, '\n');
    text_spaces(out, margin - 2);
    buffer_text(out, "| ");
    text_spaces(out, column - 1 - skipped);
    buffer_text(out, "^\n");
}

void excerpt_put(struct buffer *out, const struct source *source, size_t indent)
{
    char line[LINE_MAX_SIZE];
    if (!read_line(source, line, sizeof line))
        return;
    struct buffer shown = buffer_make(2 * sizeof line);
    put_columns(&shown, slice_of(line));
    if (shown.failed)
        out->failed = true;
    else if (source->column <= (int)text_width(buffer_slice(&shown)) + 1)
        put_window(out, buffer_slice(&shown), source, indent);
    buffer_free(&shown);
}
