/* stability TIMES FOLDER PROFILE…: runs every case so many times, every other
 * time with all processors busy, and prints each variant whose verdict was not
 * always the same. Exit status 1 if there is any. */
#include "test/end_to_end/program.h"
#include "test/stability/stability.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_UNSTABLE = 1, EXIT_USAGE = 2, TIMES_MAX = 1000, PATH_SIZE = 4096 };

/* Statuses of a run that has judged: passed, failed, not fully judged. */
static bool has_judged(int status)
{
    return status == 0 || status == 1 || status == 5;
}

static bool run_once(const char *profile, const char *results)
{
    struct program_end end =
        PROGRAM_RUN("run", profile, "--quiet", "--json", results);
    bool judged = has_judged(end.status);

    if (!judged)
        printf("%s ended with status %d\n%s%s", profile, end.status, end.out,
               end.err);
    program_forget(&end);
    return judged;
}

/* One run, busy or not; what it found is added to the history. */
static bool add_run(struct history *history, const char *profile,
                    const char *folder, unsigned long number)
{
    char results[PATH_SIZE];
    bool busy = number % 2 != 0;
    struct burners burners;

    snprintf(results, sizeof results, "%s/results.json", folder);
    if (busy)
        burners_start(&burners);
    bool ran = run_once(profile, results);
    if (busy)
        burners_stop(&burners);
    printf("%s: run %lu%s\n", profile, number + 1, busy ? ", busy" : "");
    return ran && history_add(history, results);
}

static size_t judge_profile(const char *profile, const char *folder,
                            unsigned long times)
{
    struct history history;
    size_t changed = 0;
    bool ran = history_begin(&history);

    for (unsigned long i = 0; ran && i < times; i++)
        ran = add_run(&history, profile, folder, i);
    if (ran)
        changed = history_print(&history, profile);
    history_end(&history);
    return ran ? changed : 1;
}

int main(int count, char **arguments)
{
    unsigned long times = count > 3 ? strtoul(arguments[1], NULL, 10) : 0;
    size_t changed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (times < 2 || times > TIMES_MAX) {
        fprintf(stderr, "usage: %s TIMES FOLDER PROFILE...\nTIMES: 2 to %d\n",
                arguments[0], TIMES_MAX);
        return EXIT_USAGE;
    }
    if (mkdir(arguments[2], 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s: %s\n", arguments[2], strerror(errno));
        return EXIT_USAGE;
    }
    for (int i = 3; i < count; i++)
        changed += judge_profile(arguments[i], arguments[2], times);
    return changed ? EXIT_UNSTABLE : EXIT_SUCCESS;
}
