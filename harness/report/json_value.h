/* Building JSON values: what the parts of the record share. */
#ifndef MQTTSPEC_REPORT_JSON_VALUE_H
#define MQTTSPEC_REPORT_JSON_VALUE_H

#include "memory/memory.h"
#include <jansson.h>

/* An object or array under construction. Failures stick: value is NULL from
 * then on, and whatever is added is freed. */
struct part {
    json_t *value;
};
struct part object_new(void);
struct part array_new(void);
/* Both take value over; NULL is a failure. */
void put(struct part *part, const char *key, json_t *value);
void add(struct part *array, json_t *value);

/* A text of visible characters; null for NULL. Each of these is NULL when
 * there is no memory. */
json_t *text_value(const char *text);
json_t *hex_value(struct slice bytes);
json_t *number_value(uint64_t number);
/* Up to count texts, fewer when NULL ends them. */
json_t *texts_value(const char *const *texts, size_t count);

/* Appends value, which is taken over; a failure sticks to out. flags: of
 * json_dumps. */
void json_put(struct buffer *out, json_t *value, size_t flags);

/* ,"key": [ and the space between its items; the caller ends the list. */
void json_begin_list(struct buffer *out, const char *key);
void json_begin_item(struct buffer *out, size_t index);

#endif
