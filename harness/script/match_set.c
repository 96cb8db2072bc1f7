/* A list in any order. Which matcher takes which item is a question of
 * assignment, as [any, 5] against [5, 7] shows: the first fit would be wrong.
 * Each matcher looks for a free item along a path of swaps (Kuhn), breadth
 * first, so that a long list does not nest calls. */
#include "script/matcher.h"
#include <string.h>

#define NOBODY SIZE_MAX

struct assignment {
    size_t count;    /* matchers, and items */
    bool *fits;      /* fits[matcher * count + item] */
    size_t *taker;   /* of an item: its matcher, or NOBODY */
    size_t *reached; /* of an item: the matcher whose try came here */
    size_t *queue;   /* matchers that look for an item */
};

/* Gives item to the matcher that reached it, that one's former item to the
 * matcher that reached that, and so on back to the first. */
static void swap_along(struct assignment *assignment, size_t item, size_t first)
{
    for (;;) {
        size_t matcher = assignment->reached[item];
        size_t former = NOBODY;
        for (size_t i = 0; i < assignment->count; i++)
            if (assignment->taker[i] == matcher && i != item)
                former = i;
        assignment->taker[item] = matcher;
        if (matcher == first || former == NOBODY)
            return;
        item = former;
    }
}

/* Looks at all items that one matcher accepts; true when one was free. */
static bool look_round(struct assignment *assignment, size_t matcher,
                       size_t first, size_t *queued)
{
    for (size_t i = 0; i < assignment->count; i++) {
        if (!assignment->fits[matcher * assignment->count + i] ||
            assignment->reached[i] != NOBODY)
            continue;
        assignment->reached[i] = matcher;
        if (assignment->taker[i] == NOBODY) {
            swap_along(assignment, i, first);
            return true;
        }
        assignment->queue[(*queued)++] = assignment->taker[i];
    }
    return false;
}

/* Finds an item for one more matcher. */
static bool assign(struct assignment *assignment, size_t first)
{
    size_t queued = 1;
    for (size_t i = 0; i < assignment->count; i++)
        assignment->reached[i] = NOBODY;
    assignment->queue[0] = first;
    for (size_t at = 0; at < queued; at++)
        if (look_round(assignment, assignment->queue[at], first, &queued))
            return true;
    return false;
}

static enum match_result assign_all(struct assignment *assignment)
{
    for (size_t i = 0; i < assignment->count; i++)
        assignment->taker[i] = NOBODY;
    for (size_t i = 0; i < assignment->count; i++)
        if (!assign(assignment, i))
            return MATCH_NO;
    return MATCH_YES;
}

/* Asks each matcher about each item. */
static enum match_result compare_all(const struct test *test,
                                     const struct value *items,
                                     struct assignment *assignment)
{
    size_t count = assignment->count;
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; i < count; i++) {
            enum match_result result =
                match_other(test, test->matcher->children[m], &items[i]);
            if (result == MATCH_ERROR)
                return result;
            assignment->fits[m * count + i] = result == MATCH_YES;
        }
    }
    return MATCH_YES;
}

static enum match_result match_items_of_set(const struct test *test,
                                            const struct value *items,
                                            struct assignment *assignment)
{
    if (assignment->fits == NULL || assignment->taker == NULL) {
        *test->error = "there is not enough memory";
        return MATCH_ERROR;
    }
    assignment->reached = assignment->taker + assignment->count;
    assignment->queue = assignment->reached + assignment->count;
    if (compare_all(test, items, assignment) == MATCH_ERROR)
        return MATCH_ERROR;
    return assign_all(assignment);
}

enum match_result match_set(const struct test *test)
{
    size_t count;
    const struct value *items = match_items(test->value, &count);
    if (count != test->matcher->count)
        return MATCH_NO;
    /* The queue holds the first matcher and at most one for each item. */
    struct assignment assignment = {
        .count = count,
        .fits = memory_zero(count * count + 1, sizeof(bool)),
        .taker = memory_zero(3 * count + 1, sizeof(size_t)),
    };
    enum match_result result = match_items_of_set(test, items, &assignment);
    memory_free(assignment.fits);
    memory_free(assignment.taker);
    return result;
}
