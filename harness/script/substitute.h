/* Inside of substitution: what its files share. */
#ifndef MQTTSPEC_SUBSTITUTE_H
#define MQTTSPEC_SUBSTITUTE_H

#include "script/compile.h"

struct slice slice_behind(struct slice text, size_t at);
struct slice slice_within(struct slice text, size_t at, size_t size);

const struct binding *binding_find(const struct compiler *compiler,
                                   struct slice name);
/* All names that a `$` may be followed by here, NULL at the end. */
const char *const *known_names(struct compiler *compiler);

/* Whether `.part` stands at text[at]. */
bool part_follows(struct slice text, size_t at);
/* A part's own name: `key`, `3`, or `$other` with a scalar parameter. The end
 * is moved behind it; size 0: none. */
struct slice part_name_read(struct compiler *compiler, struct slice text,
                            size_t *at);

/* `if: $cut.between` may ask for what only some rows have. */
enum missing { MISSING_FAULT, MISSING_QUIET };
/* Walks `.part` behind scalar's text[*at] down from what the binding stands
 * for. A row that is a map has its name as the part `name`, unless it states
 * another. NULL: missing. */
const struct node *part_follow(struct compiler *compiler,
                               const struct node *scalar,
                               const struct binding *binding, size_t *at,
                               enum missing missing);
const struct node *resolve_part(struct compiler *compiler,
                                const struct node *node, enum missing missing);

#endif
