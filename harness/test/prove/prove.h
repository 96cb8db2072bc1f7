/* The proof: the reference broker passes every case, and fails a case that
 * cites the requirement whenever it breaks one.
 *
 *   main.c        the command line, and the order of the work
 *   catalogue.c   the variants and what they cite
 *   ways.c        the violations of the reference broker
 *   orders.c      what is run: profile, selection, command line
 *   children.c    running it, several at a time
 *   verdicts.c    what the runs noticed
 *   table.c       the table, and what is missing in it */
#ifndef MQTTSPEC_TEST_PROVE_H
#define MQTTSPEC_TEST_PROVE_H

#include "memory/memory.h"

#include <jansson.h>

/* ---- catalogue.c ------------------------------------------------------- */

/* The array that `mqttspec list --json` prints. NULL after a message. */
json_t *catalogue_read(const char *mqttspec, const char *folder);
/* A text of a variant, such as "case". */
const char *variant_text(const json_t *variant, const char *key);
bool variant_cites(const json_t *variant, const char *statement);
/* Whether any variant of a case that can fail cites it. */
bool catalogue_cites(const json_t *catalogue, const char *statement);

/* ---- ways.c ------------------------------------------------------------ */

enum { VERSIONS = 3 };
extern const char *const version_names[VERSIONS];

/* A statement that is broken, in these versions. */
struct broken {
    const char *statement;
    bool versions[VERSIONS];
};

/* One way to break requirements: what the broker is told. */
struct way {
    const char *name; /* for --violate */
    const char *text;
    struct broken *broken;
    size_t count;
};

struct ways {
    struct arena *arena;
    struct way *rows;
    size_t count;
};
/* From `refbroker --violations`. False after a message. */
bool ways_read(struct ways *ways, const char *refbroker, const char *folder);
/* Drops all ways but those that one of the patterns (fnmatch) names: by the
 * word, or by a statement that is broken. None: keeps all. */
void ways_keep(struct ways *ways, char *const *only, size_t count);
void ways_free(struct ways *ways);
/* Whether the way breaks the statement in the version. */
bool way_breaks(const struct way *way, const char *statement,
                const char *version);
/* Whether it breaks any of a set of them. */
bool way_breaks_any(const struct way *way, const json_t *statements);

/* ---- orders.c ---------------------------------------------------------- */

enum { PROFILES = 2 };

struct proof {
    const char *mqttspec, *refbroker, *certs, *folder;
    const char *profiles[PROFILES];
    const char *patience;
    size_t jobs;
    char *const *only; /* patterns of the ways to be proved; none: all */
    size_t only_count;
    json_t *catalogue;
    json_t *sound[PROFILES]; /* the runs without violation */
    json_t *hasty[PROFILES]; /* set of variants that haste alone fails */
    struct ways ways;
};

/* A run that is to be made: its files are folder/name.yaml, .json, .log. */
struct order {
    struct arena *arena;
    const struct way *way; /* NULL: none */
    size_t profile;
    const char *name, *result;
    const char **arguments; /* ended by NULL */
    json_int_t length;      /* ns: of its longest variant, when it passes */
    int status;             /* of the run; 3: the broker was not reached */
};

/* The run of a profile without violation, over all transports, of what the
 * chosen ways break. hasty: with
 * the patience of the runs with one, so that it is seen what that alone does.
 * NULL when there is no memory, or a file cannot be written; a message was
 * printed. */
struct order *order_sound(const struct proof *proof, size_t profile,
                          bool hasty);
/* The run of a violation over as few transports as its cases need. NULL also
 * when no case cites what it breaks under that profile: *wanted is false. */
struct order *order_violation(const struct proof *proof, const struct way *way,
                              size_t profile, bool *wanted);
void order_free(struct order *order);

/* ---- children.c -------------------------------------------------------- */

/* Runs them, at most so many at once, and notes how they ended. False after a
 * message. */
bool children_run(struct order **orders, size_t count, size_t jobs);
/* Runs one program with its output in a file; its exit status, or -1. */
int child_run(const char *const *arguments, const char *output);

/* ---- verdicts.c -------------------------------------------------------- */

/* What a run wrote. NULL after a message. */
json_t *result_read(const char *path);
/* Whether the run judged the variant as broken. */
bool verdict_noticed(const json_t *variant);
/* The set of the ids of these. NULL when there is no memory. */
json_t *result_noticed(const json_t *result);
/* Whether a variant that was played in it, of a version in which the statement
 * is broken, cites it. */
bool result_judges(const json_t *result, const struct broken *broken);

/* ---- table.c ----------------------------------------------------------- */

/* A second look is for what a busy machine may have hidden from the first. */
enum { LOOKS = 2 };

struct evidence {
    const struct way *way;
    json_t *results[LOOKS * PROFILES]; /* NULL: not run */
};
/* The set of statements of which something is missing. */
json_t *table_unseen(const struct proof *proof, const struct evidence *evidence,
                     size_t count);
/* Writes folder/table.md and prints a summary. The result is how many things
 * are missing. */
size_t table_write(const struct proof *proof, const struct evidence *evidence,
                   size_t count);

#endif
