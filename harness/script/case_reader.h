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
