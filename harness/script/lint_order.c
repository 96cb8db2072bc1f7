/* The standard gives PUBLISH packets an order only within publisher, topic
 * and QoS; and a choice has to be seen in the packet that makes it. */
#include "script/compile.h"

static const struct field_matcher *find_field(const struct expect_step *expect,
                                              int field)
{
    for (size_t i = 0; i < expect->field_count; i++)
        if (expect->fields[i].field == field)
            return &expect->fields[i];
    return NULL;
}

static bool same_clients(const struct step *a, const struct step *b)
{
    if (a->at_count != b->at_count || a->at_pattern != b->at_pattern)
        return false;
    for (size_t i = 0; i < a->at_count; i++)
        if (!expression_same(a->at[i], b->at[i]))
            return false;
    return true;
}

/* ---- neighbours --------------------------------------------------------- */

static bool awaits_publish(const struct step *step)
{
    return step->verb == VERB_EXPECT && step->expect->thing == THING_PACKET &&
           step->expect->type == MQTT_PUBLISH && !step->expect->optional;
}

static bool differ(const struct step *a, const struct step *b, int field)
{
    const struct field_matcher *left = find_field(a->expect, field);
    const struct field_matcher *right = find_field(b->expect, field);

    return left && right && left->matcher->kind == MATCHER_EQUAL &&
           right->matcher->kind == MATCHER_EQUAL &&
           !matcher_same(left->matcher, right->matcher);
}

static void check_neighbours(struct compiler *compiler, const struct step *a,
                             const struct step *b)
{
    if (!awaits_publish(a) || !awaits_publish(b) || !same_clients(a, b))
        return;
    if (differ(a, b, MQTT_TOPIC) || differ(a, b, MQTT_QOS))
        advise(compiler, b->source, "both within 'all_of'", NULL,
               "the standard gives no order between these two messages");
}

/* ---- alternatives ------------------------------------------------------- */

/* The expect that decides for an alternative; NULL when there are several. */
static const struct step *first_expect(const struct step *step)
{
    while (step && step->verb == VERB_SEQUENCE)
        step = step->child_count ? step->children[0] : NULL;
    return step && step->verb == VERB_EXPECT ? step : NULL;
}

static bool told_apart(const struct expect_step *a, const struct expect_step *b)
{
    for (size_t i = 0; i < a->field_count; i++) {
        const struct field_matcher *other = find_field(b, a->fields[i].field);

        if (other && !matcher_same(a->fields[i].matcher, other->matcher))
            return true;
    }
    return false;
}

static bool same_event(const struct expect_step *a, const struct expect_step *b)
{
    if (a->thing == THING_SILENCE || b->thing == THING_SILENCE)
        return a->thing == b->thing;
    if ((a->thing == THING_REJECTED && b->thing == THING_CLOSE) ||
        (a->thing == THING_CLOSE && b->thing == THING_REJECTED))
        return true;
    return a->thing == b->thing && a->type == b->type;
}

static void check_alternatives(struct compiler *compiler,
                               const struct step *left,
                               const struct step *right)
{
    const struct step *a = first_expect(left), *b = first_expect(right);

    if (a && b && same_clients(a, b) && same_event(a->expect, b->expect) &&
        !told_apart(a->expect, b->expect))
        fault(compiler, b->source,
              "a field that both state, with different values", NULL,
              "this alternative begins like the one in line %d",
              a->source.line);
}

void lint_order(struct compiler *compiler, const struct step *step)
{
    for (size_t i = 1; i < step->child_count; i++) {
        if (step->verb == VERB_SEQUENCE)
            check_neighbours(compiler, step->children[i - 1],
                             step->children[i]);
        for (size_t j = 0; step->verb == VERB_ANY_OF && j < i; j++)
            check_alternatives(compiler, step->children[j], step->children[i]);
    }
}
