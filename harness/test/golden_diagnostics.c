#include "golden_diagnostics.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 65536

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_msg(file != NULL, "cannot write %s", path);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void read_text(const char *path, char text[TEXT_MAX])
{
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot read %s", path);
    size_t size = fread(text, 1, TEXT_MAX - 1, file);
    text[size] = '\0';
    fclose(file);
}

void golden_check(struct diagnostics *diagnostics, const char *path)
{
    char golden[TEXT_MAX];
    struct buffer printed = buffer_make(TEXT_MAX);
    diagnostics_print(diagnostics, &printed);
    ck_assert(!printed.failed);
    if (getenv("GOLDEN_UPDATE") != NULL)
        write_text(path, buffer_string(&printed));
    read_text(path, golden);
    ck_assert_msg(strcmp(golden, buffer_string(&printed)) == 0,
                  "differs from %s:\n%s", path, buffer_string(&printed));
    buffer_free(&printed);
    diagnostics_end(diagnostics);
}
