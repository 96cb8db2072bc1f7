/* Where mqttspec's own files are: beside the working folder, beside the
 * binary in a build tree, or below share/ once it is installed. */
#ifndef MQTTSPEC_CLI_PLACES_H
#define MQTTSPEC_CLI_PLACES_H

#include "memory/memory.h"

/* The folder of cases (it holds statements/, too); NULL: not found. Paths
 * are in the arena, and relative where the files are below the working
 * folder, so that reports name them as the user knows them. */
const char *place_of_cases(struct arena *arena);
/* The folder of test certificates; NULL: not found. */
const char *place_of_certs(struct arena *arena);
bool place_is_folder(const char *path);
/* The file below the folder; NULL: no memory. */
const char *place_below(struct arena *arena, const char *folder,
                        const char *name);

#endif
