/* Which cases judge which statements of the catalogue. */
#ifndef MQTTSPEC_COVERAGE_H
#define MQTTSPEC_COVERAGE_H

#include "script/test_case.h"

/* One statement in one version. */
struct covered {
    const struct statement *statement;
    struct source source;
    enum mqtt_version version;
    const char **cases; /* ids, in the order of the variants */
    size_t count, room;
};

struct coverage {
    struct covered *rows; /* by version, oldest first, then as catalogued */
    size_t count;
};

enum coverage_state { COVERAGE_JUDGED, COVERAGE_OPEN, COVERAGE_UNTESTABLE };
enum { COVERAGE_STATES = COVERAGE_UNTESTABLE + 1 };

/* Gathers them from variants on every version. Cases of level `may` judge
 * nothing. The rows live in the arena, the texts where they lived. False: no
 * memory. */
bool coverage_make(struct coverage *coverage, const struct catalogue *catalogue,
                   const struct variant *variants, size_t count,
                   struct arena *arena);
/* A statement with a case is judged, whatever the catalogue holds of it. */
enum coverage_state coverage_state(const struct covered *row);
size_t coverage_count(const struct coverage *coverage,
                      enum mqtt_version version, enum coverage_state state);
/* An error for each testable statement without a case, and for each that a
 * case judges although the catalogue calls it untestable. */
void coverage_check(const struct coverage *coverage,
                    struct diagnostics *diagnostics);

#endif
