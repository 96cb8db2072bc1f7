/* Inside of the evaluation of expressions: what its files share. */
#ifndef MQTTSPEC_EVALUATE_H
#define MQTTSPEC_EVALUATE_H

#include "script/expression.h"

typedef bool evaluator(const struct expression *expression,
                       const struct environment *environment,
                       struct value *value, const char **error);

/* Constants, arithmetic and lists stand in evaluate.c, variables in
 * evaluate_variable.c, everything that makes bytes in evaluate_bytes.c. */
evaluator evaluate_variable, evaluate_join, evaluate_repeat, evaluate_random,
    evaluate_pad, evaluate_integer, evaluate_varint, evaluate_prefixed;

/* Sets *error to the message, in the environment's arena. Always false. */
bool evaluation_failed(const struct environment *environment,
                       const char **error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for no memory. */
bool evaluation_no_memory(const char **error);
/* The expression as its file writes it, for messages; in the arena. */
const char *evaluation_shown(const struct expression *expression,
                             const struct environment *environment);
/* A copy of the bytes as the value. */
bool evaluation_bytes(const struct environment *environment, struct slice bytes,
                      struct value *value, const char **error);

#endif
