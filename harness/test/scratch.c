#include "test/scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static char root[SCRATCH_PATH] = "/tmp";

bool scratch_begin(void)
{
    snprintf(root, sizeof root, "/tmp/mqttspec-check-XXXXXX");
    return mkdtemp(root) && setenv("TMPDIR", root, 1) == 0;
}

bool scratch_make(char *path)
{
    return snprintf(path, SCRATCH_PATH, "%.40s/test-XXXXXX", root) > 0 &&
           mkdtemp(path) != NULL;
}

int scratch_file(char *path)
{
    snprintf(path, SCRATCH_PATH, "%.40s/file-XXXXXX", root);
    return mkstemp(path);
}

static int remove_one(const char *path, const struct stat *status, int kind,
                      struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

void scratch_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void scratch_end(void)
{
    scratch_remove(root);
}
