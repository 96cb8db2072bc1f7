/* A YAML document as a tree that remembers where everything stood, and the
 * diagnostics that point into it.
 *
 * Scalars stay text: each field reads its own type from it, so YAML's
 * guesses never apply. */
#ifndef MQTTSPEC_NODE_H
#define MQTTSPEC_NODE_H

#include "memory/memory.h"
#include "script/source.h"

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    struct source source;
    struct slice text;   /* NODE_SCALAR, UTF-8; plain `~` and `null`: empty */
    bool quoted;         /* NODE_SCALAR: written in quotes, or as a block */
    struct node **items; /* NODE_LIST; NODE_MAP: the values */
    struct node **keys;  /* NODE_MAP: scalars */
    size_t count;
};

/* The value of a key of a map; NULL when there is none. */
struct node *node_get(const struct node *map, const char *key);
bool node_is(const struct node *node, const char *text); /* scalar equal */

/* ---- diagnostics ------------------------------------------------------- */

struct diagnostic {
    struct source source;
    bool warning;         /* lint's advice; everything else is an error */
    const char *message;  /* what is wrong: one sentence, no full stop */
    const char *expected; /* what may stand there; or NULL */
    const char *hint;     /* "did you mean 'expect'?"; or NULL */
};

/* A list of diagnostics with the texts of the files they point into. At most
 * DIAGNOSTICS_MAX are kept; the rest is counted. */
#define DIAGNOSTICS_MAX 100
struct diagnostics {
    struct arena *arena;
    struct diagnostic rows[DIAGNOSTICS_MAX];
    size_t count;
    size_t errors;   /* all errors, kept or not */
    size_t warnings; /* all warnings, kept or not */
    bool no_memory;
    struct diagnostics_file *files;
};
/* False when there is no memory. */
bool diagnostics_begin(struct diagnostics *diagnostics);
void diagnostics_end(struct diagnostics *diagnostics);
void diagnose(struct diagnostics *diagnostics, struct source source,
              const char *expected, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void diagnose_warning(struct diagnostics *diagnostics, struct source source,
                      const char *expected, const char *hint,
                      const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* "did you mean 'x'?" for the nearest of the candidates (a NULL-terminated
 * list) by edit distance, in the diagnostics' arena; NULL when none is near. */
const char *diagnostics_suggest(struct diagnostics *diagnostics,
                                struct slice word,
                                const char *const *candidates);
/* The candidate itself. */
const char *diagnostics_nearest(struct slice word,
                                const char *const *candidates);
/* "one of a, b, c" for a NULL-terminated list, in the diagnostics' arena;
 * NULL when there is no memory. */
const char *diagnostics_choices(struct diagnostics *diagnostics,
                                const char *const *names);
/* Reads a whole file of at most cap bytes and keeps it, so that carets can be
 * drawn; *text is borrowed from the diagnostics. False after a diagnostic. */
bool diagnostics_read(struct diagnostics *diagnostics, const char *path,
                      size_t cap, struct slice *text);
/* Keeps a copy of a text that did not come from a file; *kept is the copy.
 * False when there is no memory. */
bool diagnostics_keep(struct diagnostics *diagnostics, const char *name,
                      struct slice text, struct slice *kept);
/* Prints all: file:line:column: error: message, the source line, a caret,
 * "expected …", the hint. */
void diagnostics_print(const struct diagnostics *diagnostics,
                       struct buffer *out);

/* ---- loading ----------------------------------------------------------- */

/* Reads one YAML document from a file (at most 4 MiB, depth at most 64,
 * 200,000 nodes) into the arena. Aliases and anchors, tags, several documents,
 * duplicate keys, keys that are not scalars and bytes that are not UTF-8 are
 * errors. NULL after a diagnostic. The file's text is kept in diagnostics so
 * that carets can be drawn. */
struct node *node_load(const char *path, struct arena *arena,
                       struct diagnostics *diagnostics);
/* The same from memory; name is used as file name. */
struct node *node_read(const char *name, struct slice text, struct arena *arena,
                       struct diagnostics *diagnostics);

#endif
