/* The header of an HTTP/1.1 message (RFC 9112) as text: lines, fields and
 * lists. What the upgrade to WebSocket needs of it, on either side. */
#ifndef MQTTSPEC_NET_HTTP_HEADER_H
#define MQTTSPEC_NET_HTTP_HEADER_H

#include "memory/memory.h"

/* The size of the header up to and with its empty line, looking from where
 * the search left off; 0 while it is incomplete. */
size_t http_header_end(struct slice header, size_t from);

/* Takes the next line, without its end. */
struct slice http_line(struct slice *rest);
/* Takes what stands before the separator, and the separator. */
struct slice http_before(struct slice *rest, char separator);
/* Without blanks at both ends. */
struct slice http_trimmed(struct slice text);
/* Splits a line into a field's name and its trimmed value. False when the
 * line is no field. */
bool http_field(struct slice line, struct slice *name, struct slice *value);

/* Names of fields are compared without regard to case. */
bool http_same_name(struct slice text, const char *name);
/* Whether a list such as "keep-alive, Upgrade" names this, in any case. */
bool http_lists(struct slice list, const char *name);
/* The same, case counts. */
bool http_lists_exactly(struct slice list, struct slice name);

#endif
