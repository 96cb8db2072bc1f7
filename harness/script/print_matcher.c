/* Matchers for people: what a case accepts. */
#include "script/expression.h"

struct printer {
    const struct environment *environment;
    bool hex;
    struct buffer *out;
};

static void print(const struct printer *printer, const struct matcher *matcher);

/* The value where it is known, else the expression as it was written. */
static void print_operand(const struct printer *printer,
                          const struct expression *expression)
{
    struct value value;
    const char *error;
    if (expression->kind == EXPRESSION_NUMBER && printer->environment == NULL) {
        value =
            (struct value){.kind = VALUE_NUMBER, .number = expression->number};
        value_print(&value, printer->hex, printer->out);
    } else if (printer->environment != NULL &&
               expression_evaluate(expression, printer->environment, &value,
                                   &error)) {
        value_print(&value, printer->hex, printer->out);
    } else {
        expression_print(expression, printer->out);
    }
}

static void print_children(const struct printer *printer,
                           const struct matcher *matcher, const char *between)
{
    for (size_t i = 0; i < matcher->count; i++) {
        buffer_text(printer->out, i > 0 ? between : "");
        print(printer, matcher->children[i]);
    }
}

static void print_list(const struct printer *printer,
                       const struct matcher *matcher, const char *after)
{
    if (matcher->count == 0) {
        buffer_text(printer->out, "an empty list");
        return;
    }
    buffer_text(printer->out, "the list [");
    print_children(printer, matcher, ", ");
    buffer_format(printer->out, "]%s", after);
}

/* "0x81, 0x82" can stand behind "one of"; "at least 3" cannot. */
static bool all_plain(const struct matcher *matcher)
{
    bool plain = true;
    for (size_t i = 0; i < matcher->count; i++)
        plain = plain && matcher->children[i]->kind == MATCHER_EQUAL;
    return plain;
}

static void print_one_of(const struct printer *printer,
                         const struct matcher *matcher)
{
    bool plain = all_plain(matcher) && matcher->count > 1;
    buffer_text(printer->out, plain ? "one of " : "");
    print_children(printer, matcher, plain ? ", " : " or ");
}

static void print_not(const struct printer *printer,
                      const struct matcher *inner)
{
    bool several = inner->kind == MATCHER_ONE_OF && inner->count > 1;
    if (several && all_plain(inner)) {
        buffer_text(printer->out, "none of ");
        print_children(printer, inner, ", ");
        return;
    }
    bool brackets = several || inner->kind == MATCHER_ALL_OF;
    buffer_text(printer->out, brackets ? "not (" : "not ");
    print(printer, inner);
    buffer_text(printer->out, brackets ? ")" : "");
}

static bool is_range(const struct matcher *matcher)
{
    return matcher->count == 2 &&
           matcher->children[0]->kind == MATCHER_AT_LEAST &&
           matcher->children[1]->kind == MATCHER_AT_MOST;
}

static void print_all_of(const struct printer *printer,
                         const struct matcher *matcher)
{
    if (!is_range(matcher)) {
        print_children(printer, matcher, " and ");
        return;
    }
    buffer_text(printer->out, "from ");
    print_operand(printer, matcher->children[0]->expression);
    buffer_text(printer->out, " to ");
    print_operand(printer, matcher->children[1]->expression);
}

static void print_length(const struct printer *printer,
                         const struct matcher *matcher)
{
    struct printer decimal = *printer;
    decimal.hex = false;
    buffer_text(printer->out, "of length ");
    print(&decimal, matcher->children[0]);
}

static void print_remaining(const struct printer *printer,
                            const struct matcher *matcher)
{
    print_operand(printer, matcher->expression);
    buffer_format(printer->out,
                  " less the seconds it was held, between '%s' and '%s'",
                  matcher->stored, matcher->asked);
}

/* Words before an expression. */
static const char *const words[] = {
    [MATCHER_EQUAL] = "",
    [MATCHER_AT_LEAST] = "at least ",
    [MATCHER_AT_MOST] = "at most ",
    [MATCHER_BELOW] = "below ",
    [MATCHER_ABOVE] = "above ",
    [MATCHER_STARTS] = "a text that starts with ",
    [MATCHER_ENDS] = "a text that ends with ",
    [MATCHER_CONTAINS] = "a text that contains ",
};

static void print_lists(const struct printer *printer,
                        const struct matcher *matcher)
{
    if (matcher->kind == MATCHER_LIST_CONTAINS) {
        buffer_text(printer->out, "a list that contains ");
        print(printer, matcher->children[0]);
    } else {
        print_list(printer, matcher,
                   matcher->kind == MATCHER_SET ? " in any order" : "");
    }
}

static void print(const struct printer *printer, const struct matcher *matcher)
{
    switch (matcher->kind) {
    case MATCHER_ANY:
        buffer_text(printer->out, "anything");
        break;
    case MATCHER_ABSENT:
        buffer_text(printer->out, "absent");
        break;
    case MATCHER_PRESENT:
        buffer_text(printer->out, "present");
        break;
    case MATCHER_NOT:
        print_not(printer, matcher->children[0]);
        break;
    case MATCHER_ONE_OF:
        print_one_of(printer, matcher);
        break;
    case MATCHER_ALL_OF:
        print_all_of(printer, matcher);
        break;
    case MATCHER_LENGTH:
        print_length(printer, matcher);
        break;
    case MATCHER_LIST:
    case MATCHER_SET:
    case MATCHER_LIST_CONTAINS:
        print_lists(printer, matcher);
        break;
    case MATCHER_REMAINING:
        print_remaining(printer, matcher);
        break;
    default:
        buffer_text(printer->out, words[matcher->kind]);
        print_operand(printer, matcher->expression);
        break;
    }
}

void matcher_print(const struct matcher *matcher,
                   const struct environment *environment, bool hex_numbers,
                   struct buffer *out)
{
    struct printer printer = {environment, hex_numbers, out};
    print(&printer, matcher);
}
