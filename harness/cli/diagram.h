/* A case as a sequence diagram in text: a lane for each client, the broker on
 * the right, time going down. */
#ifndef MQTTSPEC_CLI_DIAGRAM_H
#define MQTTSPEC_CLI_DIAGRAM_H

#include "script/script.h"

/* Appends the diagram of one compiled variant. What a step leaves out and
 * does not matter for reading it is left out here, too. */
void diagram_put(struct buffer *out, const struct script *script);

#endif
