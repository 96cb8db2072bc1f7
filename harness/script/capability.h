/* The names of capabilities (language.md, section 9), for case files and for
 * whoever finds them out. */
#ifndef MQTTSPEC_CAPABILITY_H
#define MQTTSPEC_CAPABILITY_H

#include "memory/memory.h"

struct capability_row {
    const char *name;
    bool has_number; /* a value, not only there or not */
    const char *meaning;
};
/* NULL when there is no capability of that name. */
const struct capability_row *capability_find(struct slice name);
/* All names, NULL at the end. */
const char *const *capability_names(void);

#endif
