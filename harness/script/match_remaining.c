/* What is left of a Message Expiry Interval (5.0: 3.3.2.3.3), from times that
 * were measured: the broker may have waited from the moment the message was
 * written to the moment it was seen, and must have waited from the end of its
 * storing to the begin of the request for it. */
#include "script/matcher.h"

#define SECOND INT64_C(1000000000)

struct times {
    int64_t stored_begin, stored_end, asked_begin, asked_end;
};

static bool read_mark(const struct test *test, const char *name, int64_t *begin,
                      int64_t *end)
{
    const struct match_context *context = test->context;
    if (context->mark != NULL && context->mark(context->user, name, begin, end))
        return true;
    *test->error = arena_format(context->environment->arena,
                                "the mark '%s' is not set", name);
    if (*test->error == NULL)
        *test->error = "there is not enough memory";
    return false;
}

/* Brokers count in whole seconds: one more is allowed on each side. But no
 * interval grows. */
static bool in_bounds(int64_t left, int64_t whole, int64_t longest,
                      int64_t shortest)
{
    int64_t most = whole - (shortest < 0 ? 0 : shortest / SECOND) + 1;
    int64_t least = whole - (longest + SECOND - 1) / SECOND - 1;
    return left >= least && left <= (most < whole ? most : whole);
}

enum match_result match_remaining(const struct test *test)
{
    struct times times;
    int64_t left, whole;
    if (!expression_number(test->matcher->expression,
                           test->context->environment, &whole, test->error) ||
        !read_mark(test, test->matcher->stored, &times.stored_begin,
                   &times.stored_end) ||
        !read_mark(test, test->matcher->asked, &times.asked_begin,
                   &times.asked_end))
        return MATCH_ERROR;
    int64_t longest = test->context->observed - times.stored_begin;
    int64_t shortest = times.asked_begin - times.stored_end;
    bool good = match_number(test->value, &left) &&
                in_bounds(left, whole, longest, shortest);
    return good ? MATCH_YES : MATCH_NO;
}
