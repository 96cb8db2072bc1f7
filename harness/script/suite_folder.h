/* The case files below the paths of a command line. */
#ifndef MQTTSPEC_SUITE_FOLDER_H
#define MQTTSPEC_SUITE_FOLDER_H

#include "script/node.h"

/* Calls found for a file, or for every *.yaml below a folder, sorted by name.
 * The path lasts as long as the diagnostics. */
void suite_folder_walk(const char *path,
                       void (*found)(void *user, const char *path), void *user,
                       struct diagnostics *diagnostics);

#endif
