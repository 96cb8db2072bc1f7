/* The text of one case as it stands in its file. */
#ifndef MQTTSPEC_CASE_TEXT_H
#define MQTTSPEC_CASE_TEXT_H

#include "memory/memory.h"
#include "script/source.h"

/* Appends the lines of the list item that begins at source: up to the next
 * line that stands no deeper than its dash, without blank lines and comments
 * at the end. False when the file cannot be read. */
bool case_text_put(const struct source *source, struct buffer *out);

#endif
