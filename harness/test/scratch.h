/* Folders for what tests write. All are below one that main.c makes and,
 * however the tests ended, removes; programs that the tests start keep to it as
 * well, by TMPDIR. */
#ifndef MQTTSPEC_TEST_SCRATCH_H
#define MQTTSPEC_TEST_SCRATCH_H

#include <stdbool.h>

enum { SCRATCH_PATH = 64 };

/* Around all tests. False when it cannot be made. */
bool scratch_begin(void);
void scratch_end(void);

/* A new folder: its path is written, of SCRATCH_PATH bytes at most. */
bool scratch_make(char *path);
/* A new file, open for writing, or -1. */
int scratch_file(char *path);
/* A folder with all that is in it. */
void scratch_remove(const char *path);

#endif
