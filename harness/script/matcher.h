/* Inside of matching: what its files share. */
#ifndef MQTTSPEC_MATCHER_H
#define MQTTSPEC_MATCHER_H

#include "script/expression.h"

/* One question: the value of one field against one matcher. */
struct test {
    const struct matcher *matcher;
    const struct value *value; /* never NULL */
    const struct match_context *context;
    const char **error;
};

/* MATCHER_SET in match_set.c, MATCHER_REMAINING in match_remaining.c. */
enum match_result match_set(const struct test *test);
enum match_result match_remaining(const struct test *test);

/* The same question about another matcher and value. */
enum match_result match_other(const struct test *test,
                              const struct matcher *matcher,
                              const struct value *value);
/* The items of a list; a value that is none is its own only item, and an
 * absent one has none. */
const struct value *match_items(const struct value *value, size_t *count);
/* A number, or the number that a text writes. */
bool match_number(const struct value *value, int64_t *number);

#endif
