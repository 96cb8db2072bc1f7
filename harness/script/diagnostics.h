/* Inside of struct diagnostics, shared by the files that add to it and the
 * one that prints it. */
#ifndef MQTTSPEC_DIAGNOSTICS_H
#define MQTTSPEC_DIAGNOSTICS_H

#include "script/node.h"

struct diagnostics_file {
    const char *name;
    struct slice text;
    struct diagnostics_file *next;
};

/* NULL when no file of that name was kept. */
const struct diagnostics_file *
diagnostics_file(const struct diagnostics *diagnostics, const char *name);

/* Whether a comment cuts off the rest of what looks like one text. */
bool diagnostics_comment_follows(const struct diagnostics *diagnostics,
                                 const char *file, const struct node *node);

/* The bytes of a line (from 1), without its break, by YAML's idea of breaks:
 * CR, LF, CR LF, U+0085, U+2028 and U+2029. Empty past the end. */
struct slice text_line(struct slice text, int line);
/* The place of a byte in the text: line and column, both from 1. */
void text_place(struct slice text, size_t offset, int *line, int *column);
/* The reverse: the offset of a place; its line's end when the line is shorter,
 * the text's end when the text is. */
size_t text_offset(struct slice text, int line, int column);
/* Reads one character at text[*at] and moves *at behind it. A byte that is no
 * UTF-8 is a character of its own: 0xfffd. */
uint32_t text_character(struct slice text, size_t *at);

#endif
