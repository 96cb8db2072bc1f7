/* Colours of a report for people. */
#ifndef MQTTSPEC_REPORT_INK_H
#define MQTTSPEC_REPORT_INK_H

#include "engine/result.h"

enum ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_RED, INK_GREEN, INK_YELLOW };

/* Switches to the ink, and back to INK_PLAIN; nothing without colour. */
void ink_use(struct buffer *out, bool colour, enum ink ink);
void ink_text(struct buffer *out, bool colour, enum ink ink, const char *text);

enum ink verdict_ink(enum verdict verdict);
/* The verdict's name in capitals, in its ink, padded to width. */
void ink_verdict(struct buffer *out, bool colour, enum verdict verdict,
                 size_t width);

#endif
