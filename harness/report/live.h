/* The line that is kept up to date on a terminal while a run goes on. */
#ifndef MQTTSPEC_LIVE_H
#define MQTTSPEC_LIVE_H

#include "engine/pulse.h"
#include "memory/memory.h"

/* Appends it, without a line feed and in at most so many columns: what stands
 * last is left out first. */
void live_line(struct buffer *out, const struct pulse *pulse, size_t columns,
               bool colour);

#endif
