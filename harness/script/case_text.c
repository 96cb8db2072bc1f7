#include "script/case_text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the lines of one item have in common while they are read. */
struct item {
    FILE *file;
    char *line; /* getline's */
    size_t capacity;
    size_t dash; /* the column of the item's dash, from 0 */
};

static size_t indent_of(const char *line)
{
    return strspn(line, " ");
}

static bool is_blank_or_comment(const char *line)
{
    const char *text = line + strspn(line, " \t\r\n");
    return *text == 0 || *text == '#';
}

static bool next_line(struct item *item)
{
    return getline(&item->line, &item->capacity, item->file) >= 0;
}

static bool find_first_line(struct item *item, int number)
{
    for (int i = 0; i < number; i++)
        if (!next_line(item))
            return false;
    if (!item->line)
        return false;
    item->dash = indent_of(item->line);
    return true;
}

/* Lines that may belong to the next item wait until one comes that does
 * not. */
static void put_item(struct item *item, struct buffer *out)
{
    struct buffer waiting = buffer_make(out->cap);
    do {
        if (is_blank_or_comment(item->line)) {
            buffer_text(&waiting, item->line);
            continue;
        }
        buffer_append_slice(out, buffer_slice(&waiting));
        buffer_clear(&waiting);
        buffer_text(out, item->line);
    } while (next_line(item) && (is_blank_or_comment(item->line) ||
                                 indent_of(item->line) > item->dash));
    buffer_free(&waiting);
    if (out->size && out->data[out->size - 1] != '\n')
        buffer_text(out, "\n");
}

bool case_text_put(const struct source *source, struct buffer *out)
{
    struct item item = {.file = source->file ? fopen(source->file, "r") : NULL};
    if (!item.file)
        return false;
    bool found = find_first_line(&item, source->line);
    if (found)
        put_item(&item, out);
    free(item.line);
    fclose(item.file);
    return found;
}
