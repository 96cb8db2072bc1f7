/* Inside of reading cases: what its files share. */
#ifndef MQTTSPEC_CASE_READER_H
#define MQTTSPEC_CASE_READER_H

#include "script/compile.h"

struct reader {
    struct test_case *test_case;
    const struct catalogue *catalogue;
    struct arena *arena;
    struct diagnostics *diagnostics;
};

typedef void read_key(struct reader *reader, const struct node *value);
struct case_key {
    const char *name;
    bool required;
    bool own; /* not to be had from `defaults` */
    read_key *read;
    const char *shape;        /* of its value, for the schema */
    const char *const *words; /* of its list; NULL: any */
    const char *const *alone; /* that may stand in place of a list */
};
/* The keys of a case by index; NULL behind the last. */
const struct case_key *case_key_row(size_t index);
/* The keys of a file; all lists end with NULL. */
extern const char *const FILE_KEYS[];
extern const char *const VERSION_WORDS[], *const TRANSPORT_WORDS[];
/* The keys of `statements`. */
extern const char *const STATEMENT_KEYS[];
/* What may stand in place of the map. */
extern const char *const STATEMENT_CHOICES[];

/* "a map is not `what`". */
void case_wrong(struct reader *reader, const struct node *node,
                const char *expected, const char *what);
/* The index of a scalar in words (ending with NULL); -1 after a fault. */
int case_word(struct reader *reader, const struct node *node,
              const char *const *words, const char *what);
const char *case_text(struct reader *reader, const struct node *node);
/* Reads `statements`, once the versions are known. */
void case_statements(struct reader *reader);

#endif
