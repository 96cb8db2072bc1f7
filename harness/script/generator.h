/* Rows made from the packet tables: {generate: G, of: PACKET}. */
#ifndef MQTTSPEC_GENERATOR_H
#define MQTTSPEC_GENERATOR_H

#include "script/compile.h"
#include "script/test_case.h"

struct row_list {
    struct row *rows;
    size_t count;
};
/* The rows of a generated table for the compiler's version and bindings. In a
 * map or list some rows may be plain. False after a fault. */
bool generator_rows(struct compiler *compiler,
                    const struct parameter *parameter, struct row_list *list);

/* The names of generators by index; NULL behind the last. */
const char *generator_name(size_t index);
/* The keys beside `generate`, and itself; NULL at the end. */
extern const char *const GENERATOR_PARTS[];

#endif
