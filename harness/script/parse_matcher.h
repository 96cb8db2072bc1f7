/* Inside of reading matchers: what its files share. */
#ifndef MQTTSPEC_PARSE_MATCHER_H
#define MQTTSPEC_PARSE_MATCHER_H

#include "script/compile.h"

/* A matcher around an expression; NULL when that is NULL. */
struct matcher *matcher_with(struct compiler *compiler, enum matcher_kind kind,
                             struct source source,
                             struct expression *expression);
/* One item of a list field. */
struct matcher *matcher_element(struct compiler *compiler,
                                const struct node *node,
                                const struct match_rule *rule);
/* The value of a key that takes a list; NULL after a fault. */
const struct node *matcher_list(struct compiler *compiler,
                                const struct node *value);
/* {exact: [{property: value}, …]}: pairs of name and value. */
struct matcher *matcher_exact(struct compiler *compiler,
                              const struct node *value,
                              const struct match_rule *rule,
                              enum matcher_kind kind);

#endif
