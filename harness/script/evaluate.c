/* Expressions to values, while a variant plays: constants, arithmetic and
 * lists, and the ways in. */
#include "script/evaluate.h"
#include <inttypes.h>
#include <stdio.h>

#define MESSAGE_MAX 400
#define DECIMAL_MAX 24 /* "-9223372036854775808" and its end */

/* ---- errors ------------------------------------------------------------ */

bool evaluation_no_memory(const char **error)
{
    *error = "there is not enough memory";
    return false;
}

bool evaluation_failed(const struct environment *environment,
                       const char **error, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    *error = arena_text(environment->arena, message);
    return *error != NULL ? false : evaluation_no_memory(error);
}

const char *evaluation_shown(const struct expression *expression,
                             const struct environment *environment)
{
    struct buffer text = buffer_make(4096);
    expression_print(expression, &text);
    const char *copy = arena_text(environment->arena, buffer_string(&text));
    buffer_free(&text);
    return copy != NULL ? copy : "the value";
}

/* ---- numbers ----------------------------------------------------------- */

/* Adds up to minus the number, whose range reaches one further. */
static bool negative_of_digits(struct slice digits, int64_t *sum)
{
    *sum = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(*sum, 10, sum) ||
            __builtin_sub_overflow(*sum, digits.data[i] - '0', sum))
            return false;
    }
    return digits.size > 0;
}

bool number_of_text(struct slice text, int64_t *number)
{
    bool minus = text.size > 0 && text.data[0] == '-';
    int64_t sum;
    if (minus)
        text = slice_make(text.data + 1, text.size - 1);
    if (!negative_of_digits(text, &sum))
        return false;
    if (!minus && __builtin_sub_overflow(0, sum, &sum))
        return false;
    *number = sum;
    return true;
}

/* False: too large, or a division by zero. */
static bool compute(char op, int64_t left, int64_t right, int64_t *result)
{
    switch (op) {
    case '+':
        return !__builtin_add_overflow(left, right, result);
    case '-':
        return !__builtin_sub_overflow(left, right, result);
    case '*':
        return !__builtin_mul_overflow(left, right, result);
    default:
        if (right == 0 || (left == INT64_MIN && right == -1))
            return false;
        *result = op == '/' ? left / right : left % right;
        return true;
    }
}

static bool evaluate_operator(const struct expression *expression,
                              const struct environment *environment,
                              struct value *value, const char **error)
{
    int64_t left = 0, right = 0, result = 0;
    if (!expression_number(expression->parts[0], environment, &left, error) ||
        !expression_number(expression->parts[1], environment, &right, error))
        return false;
    if (!compute(expression->op, left, right, &result)) {
        bool division = expression->op == '/' || expression->op == '%';
        return evaluation_failed(environment, error,
                                 division && right == 0
                                     ? "%s divides by zero"
                                     : "%s is too large a number",
                                 evaluation_shown(expression, environment));
    }
    *value = (struct value){.kind = VALUE_NUMBER, .number = result};
    return true;
}

/* ---- constants, lists and authentication ------------------------------- */

static bool evaluate_number(const struct expression *expression,
                            const struct environment *environment,
                            struct value *value, const char **error)
{
    (void)environment, (void)error;
    *value = (struct value){.kind = VALUE_NUMBER, .number = expression->number};
    return true;
}

static bool evaluate_constant(const struct expression *expression,
                              const struct environment *environment,
                              struct value *value, const char **error)
{
    (void)environment, (void)error;
    *value = (struct value){.kind = VALUE_BYTES, .bytes = expression->bytes};
    return true;
}

static bool evaluate_list(const struct expression *expression,
                          const struct environment *environment,
                          struct value *value, const char **error)
{
    size_t count = expression->count;
    struct value *items = arena_array(environment->arena, count, sizeof *items);
    if (items == NULL && count > 0)
        return evaluation_no_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!expression_evaluate(expression->parts[i], environment, &items[i],
                                 error))
            return false;
    *value = (struct value){.kind = VALUE_LIST, .items = items, .count = count};
    return true;
}

static bool evaluate_auth(const struct expression *expression,
                          const struct environment *environment,
                          struct value *value, const char **error)
{
    if (environment->auth != NULL &&
        environment->auth(environment->user, expression->bytes, value))
        return true;
    return evaluation_failed(
        environment, error,
        "the profile's authentication method has no move '%.*s' here",
        (int)expression->bytes.size, (const char *)expression->bytes.data);
}

static evaluator *const evaluators[] = {
    [EXPRESSION_NUMBER] = evaluate_number,
    [EXPRESSION_BYTES] = evaluate_constant,
    [EXPRESSION_VARIABLE] = evaluate_variable,
    [EXPRESSION_OPERATOR] = evaluate_operator,
    [EXPRESSION_JOIN] = evaluate_join,
    [EXPRESSION_REPEAT] = evaluate_repeat,
    [EXPRESSION_RANDOM] = evaluate_random,
    [EXPRESSION_PAD] = evaluate_pad,
    [EXPRESSION_INTEGER] = evaluate_integer,
    [EXPRESSION_VARINT] = evaluate_varint,
    [EXPRESSION_PREFIXED] = evaluate_prefixed,
    [EXPRESSION_LIST] = evaluate_list,
    [EXPRESSION_AUTH] = evaluate_auth,
};

/* ---- the ways in ------------------------------------------------------- */

bool expression_evaluate(const struct expression *expression,
                         const struct environment *environment,
                         struct value *value, const char **error)
{
    *value = (struct value){.kind = VALUE_NONE};
    return evaluators[expression->kind](expression, environment, value, error);
}

bool expression_number(const struct expression *expression,
                       const struct environment *environment, int64_t *number,
                       const char **error)
{
    struct value value;
    if (!expression_evaluate(expression, environment, &value, error))
        return false;
    if (value.kind == VALUE_NUMBER) {
        *number = value.number;
        return true;
    }
    if (value.kind == VALUE_BYTES && number_of_text(value.bytes, number))
        return true;
    return evaluation_failed(environment, error, "%s is not a number",
                             evaluation_shown(expression, environment));
}

bool expression_bytes(const struct expression *expression,
                      const struct environment *environment,
                      struct slice *bytes, const char **error)
{
    struct value value;
    if (!expression_evaluate(expression, environment, &value, error))
        return false;
    if (value.kind == VALUE_NUMBER) {
        char text[DECIMAL_MAX];
        int size = snprintf(text, sizeof text, "%" PRId64, value.number);
        if (!evaluation_bytes(environment, slice_make(text, (size_t)size),
                              &value, error))
            return false;
    }
    if (value.kind != VALUE_BYTES)
        return evaluation_failed(environment, error,
                                 "%s is neither a text nor bytes",
                                 evaluation_shown(expression, environment));
    *bytes = value.bytes;
    return true;
}
