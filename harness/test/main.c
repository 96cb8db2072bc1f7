/* Runs the suites, all of them or those that are named: each test_NAME.c
 * defines NAME_suite, and the Makefile lists them in suites.h. */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUITE(name) Suite *name##_suite(void);
#include "suites.h"
#undef SUITE

static const struct suite_row {
    const char *name;
    Suite *(*make)(void);
} rows[] = {
#define SUITE(name) {#name, name##_suite},
#include "suites.h"
#undef SUITE
};
#define ROWS (sizeof rows / sizeof *rows)

static bool is_named(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 1;
}

static bool exists(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return true;
    return false;
}

/* libcheck prints the count before the failures; here it comes last. */
static void print_failures(SRunner *runner)
{
    int count = srunner_ntests_failed(runner);
    TestResult **failures = srunner_failures(runner);
    for (int i = 0; i < count; i++)
        printf("%s:%d: %s: %s\n", tr_lfile(failures[i]), tr_lno(failures[i]),
               tr_tcname(failures[i]), tr_msg(failures[i]));
    free(failures);
}

int main(int argc, char **argv)
{
    /* Four seconds would time the machine; this only ends what hangs. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    SRunner *runner = srunner_create(NULL);
    for (int i = 1; i < argc; i++)
        if (!exists(argv[i])) {
            fprintf(stderr, "there is no suite '%s'\n", argv[i]);
            return EXIT_FAILURE;
        }
    for (size_t i = 0; i < ROWS; i++)
        if (is_named(rows[i].name, argc, argv))
            srunner_add_suite(runner, rows[i].make());
    srunner_run_all(runner, CK_SILENT);
    print_failures(runner);
    srunner_print(runner, CK_MINIMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
