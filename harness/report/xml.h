/* Writing XML 1.0 that every reader takes, whatever the text. */
#ifndef MQTTSPEC_REPORT_XML_H
#define MQTTSPEC_REPORT_XML_H

#include "memory/memory.h"

/* Content of an element: visible text (text.h) with line feeds, escaped. */
void xml_text(struct buffer *out, struct slice text);
/* ` name="text"`, with line feeds and tabs as &#10; and &#9;. NULL is "". */
void xml_attribute(struct buffer *out, const char *name, const char *text);
void xml_attribute_number(struct buffer *out, const char *name, size_t number);

#endif
