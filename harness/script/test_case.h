/* A case as it stands in its file, checked but not yet turned into variants.
 */
#ifndef MQTTSPEC_TEST_CASE_H
#define MQTTSPEC_TEST_CASE_H

#include "script/script.h"

/* The three versions, oldest first, as index of what depends on them. */
enum { CASE_VERSIONS = 3 };
extern const enum mqtt_version CASE_VERSION[CASE_VERSIONS];
size_t case_version_index(enum mqtt_version version);

struct statement_list {
    const char **ids;
    size_t count;
};

struct test_case {
    const struct node *node;     /* the case's own map */
    const struct node *defaults; /* of its file; or NULL */
    struct source source;
    size_t number; /* in the suite, in the order of loading */
    const char *id, *area, *title;
    bool any_version; /* once, with the newest of the target */
    bool versions[CASE_VERSIONS];
    enum {
        TRANSPORTS_UNSAID,
        TRANSPORTS_ALL,
        TRANSPORTS_ONE,
        TRANSPORTS_LIST
    } transport_choice;
    bool transports[NET_TRANSPORTS]; /* TRANSPORTS_LIST */
    enum level level;
    bool exclusive;
    struct statement_list statements[CASE_VERSIONS];
    const struct node *each, *vars, *clients, *requires, *given, *steps;
    struct parameter *parameters; /* of `each`, in order */
    size_t parameter_count;
    size_t row_total;     /* the product of all tables, `only` aside */
    bool names_transport; /* an `only` in it speaks of transports */
};

/* Reads one case. False after faults. The catalogue may be NULL. */
bool case_read(struct test_case *test_case, const struct node *node,
               const struct node *defaults, const char *area,
               const struct catalogue *catalogue, struct arena *arena,
               struct diagnostics *diagnostics);
/* The keys of a file's `defaults`. False after faults. */
bool case_check_defaults(const struct node *defaults,
                         struct diagnostics *diagnostics);
/* The value of a case's key, from the case or its file's defaults. */
const struct node *case_get(const struct test_case *test_case, const char *key);

/* ---- rows and variants -------------------------------------------------- */

/* One row of a parameter's table. */
struct row {
    const char *name;
    const struct node *value;
    const struct node *only;     /* or NULL */
    const struct node *requires; /* a list, or NULL */
    struct source source;
};
struct parameter {
    struct slice name;
    struct source source;
    const struct node *table;
    bool generated;   /* the rows depend on version and other parameters */
    struct row *rows; /* else */
    size_t count;
};
#define VARIANTS_MAX 500 /* of one case */

/* Makes the tables of `each`. False after faults. */
bool parameters_read(struct test_case *test_case, struct arena *arena,
                     struct diagnostics *diagnostics);

/* The row that a table has at index. False: no memory. */
bool row_make(struct row *row, const struct node *table, size_t index,
              struct arena *arena);

/* What script_compile needs of a variant beyond what everybody sees. */
struct origin {
    const struct test_case *test_case;
    const struct row **rows; /* one for each parameter */
};
struct compile_run;
struct variant_list {
    struct arena *arena;
    struct compile_run *run;
    struct variant *rows;
    size_t count, capacity;
    bool no_memory, failed;
    bool too_many; /* of one case */
};
/* Whether the case runs over one transport of the target only. */
bool variants_over_one(const struct test_case *test_case);
/* Appends the variants of one case for a target. */
void variants_add(struct variant_list *list, const struct test_case *test_case,
                  const struct target_shape *shape);

#endif
