#include "golden_report.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPORT_MAX = 1 << 20 };

static void write_golden(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_msg(file != NULL, "%s cannot be written", path);
    fputs(text, file);
    fclose(file);
}

void golden_report(const char *path, const char *text)
{
    static char golden[REPORT_MAX];
    if (getenv("GOLDEN_UPDATE")) {
        write_golden(path, text);
        return;
    }
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    size_t size = fread(golden, 1, sizeof golden - 1, file);
    golden[size] = '\0';
    fclose(file);
    ck_assert_msg(!strcmp(golden, text), "differs from %s:\n%s", path, text);
}
