/* Text in Markdown. */
#ifndef MQTTSPEC_REPORT_MARKDOWN_TEXT_H
#define MQTTSPEC_REPORT_MARKDOWN_TEXT_H

#include "memory/memory.h"

/* Appends text that may say anything so that it is shown as it is, on one
 * line. */
void markdown_plain(struct buffer *out, const char *text);

#endif
