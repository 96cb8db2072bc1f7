/* Diagnostics against golden texts: NAME.txt beside the file that is wrong.
 * With GOLDEN_UPDATE=1 in the environment the texts are written anew. */
#ifndef MQTTSPEC_GOLDEN_DIAGNOSTICS_H
#define MQTTSPEC_GOLDEN_DIAGNOSTICS_H

#include "script/node.h"

/* Fails the test when what diagnostics_print says is not what the file at
 * path holds. Ends the diagnostics. */
void golden_check(struct diagnostics *diagnostics, const char *path);

#endif
