/* Variables with a path: $limits.connect, $names.3, $codes.$i. */
#include "script/evaluate.h"
#include <inttypes.h>

/* Longer names are not written by people. */
#define NAME_MAX_SIZE 4096

/* Whether a part of a path counts items: a number, or a text of digits. */
static bool is_index(const struct value *part, int64_t *index)
{
    if (part->kind == VALUE_NUMBER)
        *index = part->number;
    return part->kind == VALUE_NUMBER ||
           (part->kind == VALUE_BYTES && number_of_text(part->bytes, index));
}

/* The first parts that are texts belong to the name: "limits.connect".
 * *used tells how many. */
static bool whole_name(const struct expression *expression,
                       const struct environment *environment,
                       struct buffer *name, size_t *used, const char **error)
{
    buffer_text(name, expression->name);
    for (*used = 0; *used < expression->count; *used += 1) {
        struct value part;
        int64_t index;
        if (!expression_evaluate(expression->parts[*used], environment, &part,
                                 error))
            return false;
        if (is_index(&part, &index) || part.kind != VALUE_BYTES)
            break;
        buffer_text(name, ".");
        buffer_append_slice(name, part.bytes);
    }
    return !name->failed || evaluation_no_memory(error);
}

static bool look_up(const struct expression *expression,
                    const struct environment *environment, struct value *value,
                    size_t *used, const char **error)
{
    struct buffer name = buffer_make(NAME_MAX_SIZE);
    bool good = whole_name(expression, environment, &name, used, error);
    if (good &&
        !environment->lookup(environment->user, buffer_string(&name), value))
        good = evaluation_failed(environment, error, "$%s is not set",
                                 buffer_string(&name));
    buffer_free(&name);
    return good;
}

/* Goes from a list to its item. */
static bool step_into(const struct expression *expression,
                      const struct expression *part,
                      const struct environment *environment,
                      struct value *value, const char **error)
{
    struct value place;
    int64_t index;
    if (!expression_evaluate(part, environment, &place, error))
        return false;
    if (!is_index(&place, &index))
        return evaluation_failed(environment, error, "%s is not set",
                                 evaluation_shown(expression, environment));
    if (value->kind != VALUE_LIST)
        return evaluation_failed(environment, error, "$%s is not a list",
                                 expression->name);
    if (index < 1 || (uint64_t)index > value->count)
        return evaluation_failed(
            environment, error,
            "$%s holds %zu values; there is no number %" PRId64,
            expression->name, value->count, index);
    struct value item = value->items[index - 1];
    *value = item;
    return true;
}

bool evaluate_variable(const struct expression *expression,
                       const struct environment *environment,
                       struct value *value, const char **error)
{
    size_t used = 0;
    bool good = look_up(expression, environment, value, &used, error);
    for (; good && used < expression->count; used++)
        good = step_into(expression, expression->parts[used], environment,
                         value, error);
    return good;
}
