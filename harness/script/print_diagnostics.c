/* Diagnostics as a compiler prints them: the place, the line, a caret. */
#include "script/diagnostics.h"
#include "script/yaml_secret.h"

#include <string.h>

/* Of a longer line only the part around the caret is shown. */
#define LINE_MAX_SHOWN 160
#define SHOWN_BEFORE_CARET 100

/* Characters of another width than one, as terminals draw them: the blocks
 * of Unicode that people write in, not every exception. */
static const struct width_row {
    uint32_t first, last;
    int width;
} width_rows[] = {
    {0x0300, 0x036f, 0},   {0x200b, 0x200f, 0},   {0x20d0, 0x20ff, 0},
    {0xfe00, 0xfe0f, 0},   {0xfe20, 0xfe2f, 0},   {0x1100, 0x115f, 2},
    {0x2e80, 0x303e, 2},   {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},
    {0xf900, 0xfaff, 2},   {0xfe30, 0xfe4f, 2},   {0xff00, 0xff60, 2},
    {0xffe0, 0xffe6, 2},   {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2},
    {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
};

static int width_of(uint32_t code)
{
    for (size_t i = 0; i < sizeof width_rows / sizeof *width_rows; i++)
        if (code >= width_rows[i].first && code <= width_rows[i].last)
            return width_rows[i].width;
    return 1;
}

static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0);
}

/* Byte offset of the nth character (from 0), or the end. */
static size_t offset_of(struct slice line, size_t nth)
{
    size_t at = 0;
    for (; nth > 0 && at < line.size; nth--)
        text_character(line, &at);
    return at;
}

static void print_line(struct slice line, struct buffer *out)
{
    for (size_t at = 0; at < line.size;) {
        size_t begin = at;
        uint32_t code = text_character(line, &at);
        if (is_control(code) || code == 0xfffd)
            buffer_text(out, "?");
        else
            buffer_append(out, line.data + begin, at - begin);
    }
    buffer_text(out, "\n");
}

/* Blanks as wide as the characters before the caret; tabs stay tabs. */
static void print_caret(struct slice before, struct buffer *out)
{
    for (size_t at = 0; at < before.size;) {
        uint32_t code = text_character(before, &at);
        if (code == '\t')
            buffer_text(out, "\t");
        else
            buffer_format(out, "%*s", width_of(code), "");
    }
    buffer_text(out, "^\n");
}

/* The line with its caret; column from 1. */
static void print_place(struct slice line, int line_number, int column,
                        struct buffer *out)
{
    size_t caret = (size_t)column - 1;
    size_t from = 0;
    if (line.size > LINE_MAX_SHOWN && caret > SHOWN_BEFORE_CARET)
        from = caret - SHOWN_BEFORE_CARET;
    size_t begin = offset_of(line, from);
    size_t caret_at = offset_of(line, caret);
    struct slice rest = slice_make(line.data + begin, line.size - begin);
    rest.size = offset_of(rest, LINE_MAX_SHOWN);
    buffer_format(out, "%5d | ", line_number);
    print_line(rest, out);
    buffer_text(out, "      | ");
    print_caret(slice_make(rest.data, caret_at - begin), out);
}

static void print_source(const struct source *source, struct buffer *out)
{
    if (source->file == NULL)
        return;
    buffer_text(out, source->file);
    if (source->line > 0)
        buffer_format(out, ":%d:%d", source->line, source->column);
    buffer_text(out, ": ");
}

/* Whoever reads a build's log need not read a password. */
static void print_excerpt(const struct diagnostics_file *file,
                          const struct source *source, struct buffer *out)
{
    struct slice line = text_line(file->text, source->line);
    char *copy = memory_new(line.size + 1);

    if (!copy) {
        out->failed = true;
        return;
    }
    if (line.size)
        memcpy(copy, line.data, line.size);
    yaml_hide_secrets(copy, line.size);
    print_place(slice_make(copy, line.size), source->line, source->column, out);
    memory_free(copy);
}

static void print_row(const struct diagnostics *diagnostics,
                      const struct diagnostic *row, struct buffer *out)
{
    print_source(&row->source, out);
    buffer_format(out, "%s: %s\n", row->warning ? "warning" : "error",
                  row->message);
    const struct diagnostics_file *file =
        row->source.file != NULL && row->source.line > 0
            ? diagnostics_file(diagnostics, row->source.file)
            : NULL;
    if (file != NULL && file->text.size > 0)
        print_excerpt(file, &row->source, out);
    if (row->expected != NULL)
        buffer_format(out, "  expected %s\n", row->expected);
    if (row->hint != NULL)
        buffer_format(out, "  %s\n", row->hint);
}

void diagnostics_print(const struct diagnostics *diagnostics,
                       struct buffer *out)
{
    for (size_t i = 0; i < diagnostics->count; i++)
        print_row(diagnostics, &diagnostics->rows[i], out);
    size_t all = diagnostics->errors + diagnostics->warnings;
    if (all > diagnostics->count)
        buffer_format(out, "%zu more are not shown\n",
                      all - diagnostics->count);
    if (diagnostics->no_memory)
        buffer_text(out, "error: there is not enough memory\n");
}
