/* The folder of a broker that is started here: its configuration, its data
 * and what it says. */
#ifndef MQTTSPEC_FOLDER_H
#define MQTTSPEC_FOLDER_H

#include "script/profile.h"

struct folder {
    char *path; /* absolute */
    bool temporary;
};

/* Makes the folder: dir, or a new one below $TMPDIR (/tmp) when NULL. False
 * with one line in error. */
bool folder_make(struct folder *folder, const char *dir, char *error,
                 size_t error_size);
/* Writes the files of a resolved profile into it. A name must stay below
 * the folder. False with one line in error. */
bool folder_write(const struct folder *folder, const struct profile *profile,
                  char *error, size_t error_size);
/* The last lines of a text file below the folder, on one line. */
void folder_tail(const struct folder *folder, const char *name, char *to,
                 size_t size);
/* Removes a folder with all that is in it. */
void folder_remove(const char *path);
/* Frees it; a temporary one is removed with all that is in it, unless it is
 * to be kept. */
void folder_end(struct folder *folder, bool keep);

#endif
