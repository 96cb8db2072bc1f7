#include "test/certificates.h"
#include "test/scratch.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATHS = 8, LONGEST = 512 };

static char directory[SCRATCH_PATH];

static void run(const char *format, const char *argument)
{
    char command[LONGEST];
    snprintf(command, sizeof command, format, argument, directory);
    ck_assert_int_eq(system(command), 0);
}

/* The script is found from this file, which the compiler was given by a path
 * relative to the root. */
static void find_root(char *root, size_t size)
{
    static const char here[] = "harness/test/certificates.c";
    size_t length = strlen(__FILE__) - strlen(here);
    snprintf(root, size, "%.*s", (int)length, __FILE__);
}

void certificates_make(void)
{
    char root[LONGEST / 2];
    ck_assert(scratch_make(directory));
    find_root(root, sizeof root);
    run("sh '%sfixtures/certs/make' '%s'", root);
}

void certificates_remove(void)
{
    scratch_remove(directory);
}

const char *certificates_path(const char *name)
{
    static char paths[PATHS][LONGEST];
    static unsigned next;
    char *path = paths[next++ % PATHS];
    snprintf(path, LONGEST, "%s/%s", directory, name);
    return path;
}
