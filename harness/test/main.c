/* Runs the suites, all of them or those that are named: each test_NAME.c
 * defines NAME_suite, and the Makefile lists them in suites.h. */
#include "test/scratch.h"
#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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
#define JOBS_MAX 64

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

/* ---- one process ------------------------------------------------------- */

/* What the processes share: the next suite to run, and the counts. */
struct shared {
    atomic_size_t next, done;
    atomic_int checks, failures, errors;
};

static void print_failure(TestResult *failure)
{
    printf("%s:%d: %s: %s\n", tr_lfile(failure), tr_lno(failure),
           tr_tcname(failure), tr_msg(failure));
}

static void count_failures(SRunner *runner, struct shared *shared)
{
    int count = srunner_ntests_failed(runner);
    TestResult **failures = srunner_failures(runner);
    for (int i = 0; i < count; i++) {
        print_failure(failures[i]);
        if (tr_rtype(failures[i]) == CK_ERROR)
            atomic_fetch_add(&shared->errors, 1);
        else
            atomic_fetch_add(&shared->failures, 1);
    }
    fflush(stdout);
    free(failures);
}

static void run_suite(const struct suite_row *row, struct shared *shared)
{
    SRunner *runner = srunner_create(row->make());
    srunner_run_all(runner, CK_SILENT);
    atomic_fetch_add(&shared->checks, srunner_ntests_run(runner));
    count_failures(runner, shared);
    srunner_free(runner);
    atomic_fetch_add(&shared->done, 1);
}

/* Takes one suite after the other until none is left. */
static void work(const struct suite_row *const *chosen, size_t count,
                 struct shared *shared)
{
    size_t index;
    while ((index = atomic_fetch_add(&shared->next, 1)) < count)
        run_suite(chosen[index], shared);
}

/* ---- all of them ------------------------------------------------------- */

/* How many processes; false when one could not be started. */
static bool start(const struct suite_row *const *chosen, size_t count,
                  size_t jobs, struct shared *shared)
{
    fflush(NULL);
    for (size_t i = 0; i < jobs; i++) {
        pid_t child = fork();
        if (child < 0)
            return i > 0;
        if (child == 0) {
            work(chosen, count, shared);
            exit(EXIT_SUCCESS);
        }
    }
    return true;
}

/* Whether all processes ended well: a sanitizer that finds a leak at the end
 * of one makes it end otherwise. */
static bool wait_for_all(void)
{
    bool well = true;
    int status;
    while (wait(&status) > 0)
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS) {
            printf("a process of the tests ended with status 0x%x\n", status);
            well = false;
        }
    return well;
}

static bool report(struct shared *shared, size_t count, bool well)
{
    if (shared->done != count || !well)
        atomic_fetch_add(&shared->errors, 1);
    int checks = shared->checks;
    int bad = shared->failures + shared->errors;
    int percent = checks > bad ? 100 * (checks - bad) / checks : bad ? 0 : 100;
    printf("%d%%: Checks: %d, Failures: %d, Errors: %d\n", percent, checks,
           shared->failures, shared->errors);
    return bad == 0;
}

static bool run(const struct suite_row *const *chosen, size_t count,
                size_t jobs)
{
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !scratch_begin() ||
        !start(chosen, count, jobs, shared))
        return false;
    bool well = wait_for_all();
    scratch_end();
    return report(shared, count, well);
}

/* Suites run side by side, as many as CHECK_JOBS says. */
static size_t jobs_wanted(void)
{
    const char *text = getenv("CHECK_JOBS");
    long jobs = text ? strtol(text, NULL, 10) : 1;
    return jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : (size_t)jobs;
}

int main(int argc, char **argv)
{
    const struct suite_row *chosen[ROWS];
    size_t count = 0;
    /* Four seconds would time the machine; this only ends what hangs. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    for (int i = 1; i < argc; i++)
        if (!exists(argv[i])) {
            fprintf(stderr, "there is no suite '%s'\n", argv[i]);
            return EXIT_FAILURE;
        }
    for (size_t i = 0; i < ROWS; i++)
        if (is_named(rows[i].name, argc, argv))
            chosen[count++] = &rows[i];
    return run(chosen, count, jobs_wanted()) ? EXIT_SUCCESS : EXIT_FAILURE;
}
