/* Text as reports show it: visible characters, broken lines, durations. */
#ifndef MQTTSPEC_REPORT_TEXT_H
#define MQTTSPEC_REPORT_TEXT_H

#include "memory/memory.h"

#define TEXT_COLUMNS 100    /* the width of a report for people */
#define TEXT_PIECE_MAX 4096 /* bytes shown of any one text */
#define TEXT_MESSAGE_MAX                                                       \
    ((size_t)16 * TEXT_PIECE_MAX) /* room for a few pieces */

enum text_lines {
    TEXT_ONE_LINE,  /* line feeds and tabs become \x0a and \x09 */
    TEXT_KEEP_LINES /* line feeds and tabs stay */
};

/* Appends text as well-formed UTF-8 that XML 1.0 and terminals can take:
 * every byte that is not UTF-8 and every byte of a control character, of a
 * noncharacter or of a character that reorders the line becomes \xNN. */
void text_visible(struct buffer *out, struct slice text, enum text_lines lines);
/* The same for a C string on one line, cut after max bytes with the number
 * of those left out. NULL is "". */
void text_piece(struct buffer *out, const char *text, size_t max);

/* The length of the character at the begin of text (1 to 4) when it may be
 * shown as it is; 0 when its first byte must be shown as \xNN. */
size_t text_next_character(struct slice text);
/* Characters, of which each counts for one column. */
size_t text_width(struct slice text);

/* Appends text_piece(text), broken at spaces so that no line grows past
 * TEXT_COLUMNS. The first line starts in `column`; the others are indented
 * by `indent`. Without a line feed at the end. */
void text_wrapped(struct buffer *out, const char *text, size_t column,
                  size_t indent);
void text_spaces(struct buffer *out, size_t count);
/* text and spaces up to width columns; a longer text is not cut. */
void text_padded(struct buffer *out, const char *text, size_t width);

/* "0.4", "30000.5": milliseconds, rounded to tenths. */
void text_milliseconds(struct buffer *out, int64_t nanoseconds);
/* "0.4 ms", "850.0 ms", "12.400 s". */
void text_duration(struct buffer *out, int64_t nanoseconds);
/* "12.400": seconds as "%.3f" in the C locale, whatever the locale. */
void text_seconds(struct buffer *out, int64_t nanoseconds);
/* "2026-11-23T12:44:18", UTC. */
void text_timestamp(struct buffer *out, int64_t unix_seconds);

/* "1 variant", "2 variants". */
void text_count(struct buffer *out, size_t count, const char *noun);

/* The text, or "" for NULL. */
const char *text_or_empty(const char *text);
bool text_is_empty(const char *text);

#endif
