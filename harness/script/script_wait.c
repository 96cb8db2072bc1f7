/* How long a script waits at least, as far as its constants tell. */
#include "script/compile.h"

#include <string.h>

#define SECOND INT64_C(1000000000)
/* What a play calls $limits.connect and $grace when nobody says otherwise. */
static const struct {
    const char *name;
    int64_t ns;
} KNOWN_TIMES[] = {
    {"limits.connect", 35 * SECOND},
    {"limits.handshake", 35 * SECOND},
    {"grace", 5 * SECOND},
};

static int64_t capped(int64_t ns)
{
    const int64_t day = 86400 * SECOND;

    return ns < 0 ? 0 : ns > day ? day : ns;
}

static int64_t known_time(const char *name)
{
    for (size_t i = 0; i < sizeof KNOWN_TIMES / sizeof *KNOWN_TIMES; i++)
        if (!strcmp(name, KNOWN_TIMES[i].name))
            return KNOWN_TIMES[i].ns;
    return 1; /* a capture: a number of seconds, most of the time */
}

/* A guess at an expression of times and numbers. */
static int64_t guess(const struct expression *expression)
{
    int64_t a, b;

    if (!expression)
        return 0;
    if (expression->kind == EXPRESSION_NUMBER)
        return expression->number;
    if (expression->kind == EXPRESSION_VARIABLE)
        return known_time(expression->name);
    if (expression->kind != EXPRESSION_OPERATOR)
        return 0;
    a = capped(guess(expression->parts[0]));
    b = capped(guess(expression->parts[1]));
    switch (expression->op) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return b && a > INT64_MAX / b ? capped(INT64_MAX) : a * b;
    case '/':
        return b ? a / b : 0;
    default:
        return b ? a % b : 0;
    }
}

/* The limits are waits, too: a broker that never closes uses them up. */
static bool names_limit(const struct expression *expression)
{
    if (!expression)
        return false;
    if (expression->kind == EXPRESSION_VARIABLE)
        return !strncmp(expression->name, "limits.", 7);
    for (size_t i = 0; i < expression->count; i++)
        if (names_limit(expression->parts[i]))
            return true;
    return false;
}

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t wait_expect(const struct expect_step *expect)
{
    int64_t wait = longer(guess(expect->after.duration),
                          guess(expect->soft_after.duration));

    if (expect->optional)
        return 0;
    if (expect->thing == THING_SILENCE)
        return guess(expect->duration);
    if (names_limit(expect->within.duration))
        wait = longer(wait, guess(expect->within.duration));
    return wait;
}

static int64_t wait_send(const struct send_step *send)
{
    const struct delivery *delivery = &send->delivery;
    int64_t pieces = (int64_t)delivery->offset_count;

    if (delivery->background)
        return 0;
    /* One byte at a time: most packets that are cut so have some twenty. */
    if (delivery->split_each)
        pieces = 20;
    return capped(guess(delivery->gap)) * pieces;
}

static int64_t wait_step(const struct step *step);

static int64_t wait_children(const struct step *step, bool longest)
{
    int64_t wait = 0;

    for (size_t i = 0; i < step->child_count; i++) {
        int64_t child = wait_step(step->children[i]);

        wait = capped(longest ? longer(wait, child) : wait + child);
    }
    return wait;
}

static int64_t wait_repeat(const struct step *step)
{
    int64_t times = longer(0, guess(step->count));
    int64_t once = wait_children(step, false);

    return once && times > INT64_MAX / once ? INT64_MAX : once * times;
}

static int64_t wait_step(const struct step *step)
{
    switch (step->verb) {
    case VERB_PAUSE:
        return capped(guess(step->pause.duration));
    case VERB_EXPECT:
        return capped(wait_expect(step->expect));
    case VERB_SEND:
        return capped(wait_send(step->send));
    case VERB_ALL_OF:
    case VERB_ANY_OF:
    case VERB_PARALLEL:
        return wait_children(step, true);
    case VERB_REPEAT:
        return capped(wait_repeat(step));
    case VERB_BROKER:
        return 5 * SECOND;
    default:
        return wait_children(step, false);
    }
}

int64_t script_wait(const struct script *script)
{
    return capped(wait_step(script->given) + wait_step(script->steps));
}
