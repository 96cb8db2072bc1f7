/* Inside of the catalogue of statements: what its files share. */
#ifndef MQTTSPEC_CATALOGUE_H
#define MQTTSPEC_CATALOGUE_H

#include "script/script.h"

struct catalogue_row {
    struct statement statement;
    uint8_t versions;     /* bit 1 << version */
    struct source source; /* of the id */
};

#define CATALOGUE_ROWS_MAX 10000

struct catalogue {
    struct arena *arena;
    struct catalogue_row *rows;
    size_t count, capacity;
    const char **ids; /* ended by NULL */
    /* Open addressing over ids: row number + 1, or 0. An id that several
     * versions share has several slots in a row. */
    uint32_t *slots;
    size_t slot_count; /* a power of two, at least twice the rows */
};

/* Adds the rows of one file. False when there is no memory. */
bool catalogue_read(struct catalogue *catalogue, const char *path,
                    struct slice text, struct diagnostics *diagnostics);
/* Makes slots and ids, and reports duplicates. False: no memory. */
bool catalogue_index(struct catalogue *catalogue,
                     struct diagnostics *diagnostics);

#endif
