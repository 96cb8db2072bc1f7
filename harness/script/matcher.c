/* Matchers: what a case accepts against what came. */
#include "script/matcher.h"
#include <inttypes.h>
#include <stdio.h>

#define DECIMAL_MAX 24 /* "-9223372036854775808" and its end */

static enum match_result answer(bool yes)
{
    return yes ? MATCH_YES : MATCH_NO;
}

enum match_result match_other(const struct test *test,
                              const struct matcher *matcher,
                              const struct value *value)
{
    return matcher_test(matcher, value, test->context, test->error);
}

const struct value *match_items(const struct value *value, size_t *count)
{
    if (value->kind == VALUE_LIST) {
        *count = value->count;
        return value->items;
    }
    *count = value->kind == VALUE_NONE ? 0 : 1;
    return value;
}

bool match_number(const struct value *value, int64_t *number)
{
    if (value->kind == VALUE_NUMBER)
        *number = value->number;
    return value->kind == VALUE_NUMBER ||
           (value->kind == VALUE_BYTES && number_of_text(value->bytes, number));
}

/* ---- presence ---------------------------------------------------------- */

static enum match_result match_any(const struct test *test)
{
    (void)test;
    return MATCH_YES;
}

static enum match_result match_absent(const struct test *test)
{
    return answer(test->value->kind == VALUE_NONE);
}

static enum match_result match_present(const struct test *test)
{
    return answer(test->value->kind != VALUE_NONE);
}

/* ---- equality ---------------------------------------------------------- */

/* Bytes as they are, a number as decimal text in room; false for a list and
 * for nothing. */
static bool text_of(const struct value *value, char room[DECIMAL_MAX],
                    struct slice *text)
{
    if (value->kind == VALUE_NUMBER) {
        int size = snprintf(room, DECIMAL_MAX, "%" PRId64, value->number);
        *text = slice_make(room, (size_t)size);
    } else {
        *text = value->bytes;
    }
    return value->kind == VALUE_NUMBER || value->kind == VALUE_BYTES;
}

static bool values_equal(const struct value *a, const struct value *b);

static bool lists_equal(const struct value *a, const struct value *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = values_equal(&a->items[i], &b->items[i]);
    return equal;
}

static bool values_equal(const struct value *a, const struct value *b)
{
    char a_room[DECIMAL_MAX], b_room[DECIMAL_MAX];
    struct slice a_text, b_text;
    if (a->kind == VALUE_LIST && b->kind == VALUE_LIST)
        return lists_equal(a, b);
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return a->number == b->number;
    if (!text_of(a, a_room, &a_text) || !text_of(b, b_room, &b_text))
        return a->kind == b->kind;
    return slice_equal(a_text, b_text);
}

static enum match_result match_equal(const struct test *test)
{
    struct value wanted;
    if (!expression_evaluate(test->matcher->expression,
                             test->context->environment, &wanted, test->error))
        return MATCH_ERROR;
    return answer(values_equal(test->value, &wanted));
}

/* ---- combinations ------------------------------------------------------ */

static enum match_result match_not(const struct test *test)
{
    enum match_result inner =
        match_other(test, test->matcher->children[0], test->value);
    return inner == MATCH_ERROR ? inner : answer(inner == MATCH_NO);
}

/* The first answer of a child that is another than this one; else this one. */
static enum match_result match_while(const struct test *test,
                                     enum match_result usual)
{
    enum match_result result = usual;
    for (size_t i = 0; i < test->matcher->count && result == usual; i++)
        result = match_other(test, test->matcher->children[i], test->value);
    return result;
}

static enum match_result match_one_of(const struct test *test)
{
    return match_while(test, MATCH_NO);
}

static enum match_result match_all_of(const struct test *test)
{
    return match_while(test, MATCH_YES);
}

/* ---- order ------------------------------------------------------------- */

static bool in_order(enum matcher_kind kind, int64_t number, int64_t limit)
{
    switch (kind) {
    case MATCHER_AT_LEAST:
        return number >= limit;
    case MATCHER_AT_MOST:
        return number <= limit;
    case MATCHER_BELOW:
        return number < limit;
    default:
        return number > limit;
    }
}

static enum match_result match_order(const struct test *test)
{
    int64_t number, limit;
    if (!expression_number(test->matcher->expression,
                           test->context->environment, &limit, test->error))
        return MATCH_ERROR;
    return answer(match_number(test->value, &number) &&
                  in_order(test->matcher->kind, number, limit));
}

/* ---- texts ------------------------------------------------------------- */

static enum match_result match_text(const struct test *test)
{
    char room[DECIMAL_MAX];
    struct slice text, part;
    if (!expression_bytes(test->matcher->expression, test->context->environment,
                          &part, test->error))
        return MATCH_ERROR;
    if (!text_of(test->value, room, &text))
        return MATCH_NO;
    switch (test->matcher->kind) {
    case MATCHER_STARTS:
        return answer(slice_starts(text, part));
    case MATCHER_ENDS:
        return answer(slice_ends(text, part));
    default:
        return answer(slice_contains(text, part));
    }
}

static enum match_result match_length(const struct test *test)
{
    const struct value *value = test->value;
    if (value->kind != VALUE_BYTES && value->kind != VALUE_LIST)
        return MATCH_NO;
    size_t size = value->kind == VALUE_BYTES ? value->bytes.size : value->count;
    struct value length = {.kind = VALUE_NUMBER, .number = (int64_t)size};
    return match_other(test, test->matcher->children[0], &length);
}

/* ---- lists ------------------------------------------------------------- */

static enum match_result match_list(const struct test *test)
{
    size_t count;
    const struct value *items = match_items(test->value, &count);
    enum match_result result = answer(count == test->matcher->count);
    for (size_t i = 0; result == MATCH_YES && i < count; i++)
        result = match_other(test, test->matcher->children[i], &items[i]);
    return result;
}

static enum match_result match_list_contains(const struct test *test)
{
    size_t count;
    const struct value *items = match_items(test->value, &count);
    enum match_result result = MATCH_NO;
    for (size_t i = 0; result == MATCH_NO && i < count; i++)
        result = match_other(test, test->matcher->children[0], &items[i]);
    return result;
}

/* ---- the way in -------------------------------------------------------- */

static enum match_result (*const matches[])(const struct test *test) = {
    [MATCHER_ANY] = match_any,
    [MATCHER_ABSENT] = match_absent,
    [MATCHER_PRESENT] = match_present,
    [MATCHER_EQUAL] = match_equal,
    [MATCHER_NOT] = match_not,
    [MATCHER_ONE_OF] = match_one_of,
    [MATCHER_ALL_OF] = match_all_of,
    [MATCHER_AT_LEAST] = match_order,
    [MATCHER_AT_MOST] = match_order,
    [MATCHER_BELOW] = match_order,
    [MATCHER_ABOVE] = match_order,
    [MATCHER_STARTS] = match_text,
    [MATCHER_ENDS] = match_text,
    [MATCHER_CONTAINS] = match_text,
    [MATCHER_LENGTH] = match_length,
    [MATCHER_LIST] = match_list,
    [MATCHER_LIST_CONTAINS] = match_list_contains,
    [MATCHER_SET] = match_set,
    [MATCHER_REMAINING] = match_remaining,
};

enum match_result matcher_test(const struct matcher *matcher,
                               const struct value *value,
                               const struct match_context *context,
                               const char **error)
{
    static const struct value absent = {.kind = VALUE_NONE};
    struct test test = {matcher, value == NULL ? &absent : value, context,
                        error};
    return matches[matcher->kind](&test);
}
