/* Whether the same cases always have the same verdicts.
 *
 *   main.c      the runs
 *   burners.c   processes that keep the processors busy meanwhile
 *   history.c   the verdicts of each variant */
#ifndef MQTTSPEC_TEST_STABILITY_H
#define MQTTSPEC_TEST_STABILITY_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

enum { BURNERS_MAX = 64 };

struct burners {
    pid_t children[BURNERS_MAX];
    size_t count;
};
/* One process for each processor, which does nothing but compute until
 * burners_stop; they also end with this process. */
void burners_start(struct burners *burners);
void burners_stop(struct burners *burners);

/* How often each variant had each verdict. */
struct history {
    json_t *variants; /* id: {verdict: times} */
    size_t runs;
};
bool history_begin(struct history *history);
/* Adds a run's record. False after a message. */
bool history_add(struct history *history, const char *results);
/* Prints the variants with more than one verdict, those too that were not in
 * every run, and how many; the result is that number, without those that only
 * show a broker's known failure or do not. */
size_t history_print(const struct history *history, const char *name);
void history_end(struct history *history);

#endif
