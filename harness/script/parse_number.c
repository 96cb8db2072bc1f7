/* Arithmetic of number fields and durations: 5, 0x8e, $max+1, $ka*1500ms. */
#include "script/compile.h"

#include <stdio.h>
#include <string.h>

const struct number_rule NUMBER_ANY = {.what = "a number"};
const struct number_rule NUMBER_COUNT = {
    .what = "a count", .bounded = true, .min = 0, .max = 1000000};
const struct number_rule NUMBER_DURATION = {.what = "a duration",
                                            .is_time = true,
                                            .bounded = true,
                                            .min = 0,
                                            .max = INT64_C(86400) * 1000000000};

/* Whether a value is a duration. What is not known fits everywhere. */
enum unit { UNIT_NUMBER, UNIT_TIME, UNIT_UNKNOWN };
struct quantity {
    struct expression *expression; /* NULL: a fault */
    enum unit unit;
};

struct scan {
    struct compiler *compiler;
    const struct node *node;
    size_t at;
    bool bare; /* within $( ): names need no dollar sign */
};

static struct quantity sum(struct scan *scan);

static struct quantity no_quantity(void)
{
    return (struct quantity){.expression = NULL};
}

static int peek(const struct scan *scan)
{
    struct slice text = scan->node->text;

    return scan->at < text.size ? text.data[scan->at] : -1;
}

static int skip(struct scan *scan)
{
    while (peek(scan) == ' ')
        scan->at++;
    return peek(scan);
}

static struct quantity bad(struct scan *scan, size_t at, const char *what)
{
    fault(scan->compiler, fault_within(scan->node, at),
          "a number such as 5 or 0x8e (durations: 500ms, 2s, 1m), $name, or "
          "an expression with + - * / % and brackets",
          NULL, "%s", what);
    return no_quantity();
}

/* ---- numbers ------------------------------------------------------------ */

static int digit_of(int byte, int base)
{
    int digit = -1;

    if (byte >= '0' && byte <= '9')
        digit = byte - '0';
    else if (byte >= 'a' && byte <= 'f')
        digit = byte - 'a' + 10;
    else if (byte >= 'A' && byte <= 'F')
        digit = byte - 'A' + 10;
    return digit < base ? digit : -1;
}

static bool read_digits(struct scan *scan, int64_t *number)
{
    struct slice text = scan->node->text;
    int base = 10, digit;
    size_t begin;

    if (peek(scan) == '0' && scan->at + 1 < text.size &&
        text.data[scan->at + 1] == 'x') {
        base = 16;
        scan->at += 2;
    }
    begin = scan->at;
    *number = 0;
    while ((digit = digit_of(peek(scan), base)) >= 0) {
        if (*number > (INT64_MAX - digit) / base)
            return false;
        *number = *number * base + digit;
        scan->at++;
    }
    return scan->at > begin;
}

static const struct {
    const char *name;
    int64_t ns;
} UNITS[] = {{"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}};

/* 0: no unit; -1: letters that are none. */
static int64_t read_unit(struct scan *scan)
{
    struct slice text = scan->node->text;
    struct slice word = {text.data + scan->at, 0};

    while (scan->at + word.size < text.size &&
           name_goes_on(word.data[word.size]))
        word.size++;
    if (!word.size)
        return 0;
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (slice_is(word, UNITS[i].name)) {
            scan->at += word.size;
            return UNITS[i].ns;
        }
    return -1;
}

static struct quantity literal(struct scan *scan)
{
    size_t begin = scan->at;
    struct quantity quantity = {.unit = UNIT_NUMBER};
    int64_t number, unit;

    if (!read_digits(scan, &number))
        return bad(scan, begin, "this number cannot be read");
    unit = read_unit(scan);
    if (unit < 0 || peek(scan) == '.')
        return bad(scan, begin, "this is not a number");
    if (unit && number > INT64_MAX / unit)
        return bad(scan, begin, "this duration is too long");
    if (unit) {
        number *= unit;
        quantity.unit = UNIT_TIME;
    }
    quantity.expression = expression_of_number(
        scan->compiler, fault_within(scan->node, begin), number);
    return quantity;
}

/* ---- names -------------------------------------------------------------- */

static struct quantity whole(struct compiler *compiler,
                             const struct node *node);

static struct quantity referred(struct scan *scan, struct reference reference,
                                size_t begin)
{
    struct quantity quantity = {.expression = reference.expression,
                                .unit = UNIT_UNKNOWN};

    if (reference.kind == REFERENCE_FAULT)
        return no_quantity();
    if (reference.kind == REFERENCE_NODE)
        return whole(scan->compiler, reference.node);
    if (reference.kind == REFERENCE_LITERAL || reference.is_text)
        return bad(scan, begin, "this is a text, not a number");
    if (reference.is_time)
        quantity.unit = UNIT_TIME;
    else if (reference.is_number)
        quantity.unit = UNIT_NUMBER;
    return quantity;
}

static struct quantity bracketed(struct scan *scan)
{
    struct quantity inner;

    scan->at++;
    inner = sum(scan);
    if (!inner.expression)
        return inner;
    if (skip(scan) != ')')
        return bad(scan, scan->at, "a bracket is not closed");
    scan->at++;
    return inner;
}

static struct quantity factor(struct scan *scan)
{
    int byte = skip(scan);
    size_t begin = scan->at;

    if (byte >= '0' && byte <= '9')
        return literal(scan);
    if (byte == '(')
        return bracketed(scan);
    if (byte == '$')
        return referred(
            scan, reference_read(scan->compiler, scan->node, &scan->at), begin);
    if (scan->bare && byte >= 0 && name_begins((uint8_t)byte))
        return referred(
            scan, reference_bare(scan->compiler, scan->node, &scan->at), begin);
    return bad(scan, begin,
               byte < 0 ? "the expression ends too early"
                        : "this is not a number");
}

/* ---- operators ---------------------------------------------------------- */

static bool fold(char op, int64_t a, int64_t b, int64_t *result)
{
    switch (op) {
    case '+':
        return !__builtin_add_overflow(a, b, result);
    case '-':
        return !__builtin_sub_overflow(a, b, result);
    case '*':
        return !__builtin_mul_overflow(a, b, result);
    default:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return false;
        *result = op == '/' ? a / b : a % b;
        return true;
    }
}

/* False when the units do not go together. */
static bool unit_of(char op, enum unit a, enum unit b, enum unit *unit)
{
    bool known = a != UNIT_UNKNOWN && b != UNIT_UNKNOWN;

    if (op == '+' || op == '-') {
        *unit = a == UNIT_UNKNOWN ? b : a;
        return !known || a == b;
    }
    if (op == '*') {
        *unit = a == UNIT_TIME || b == UNIT_TIME ? UNIT_TIME
                : known                          ? UNIT_NUMBER
                                                 : UNIT_UNKNOWN;
        return !(a == UNIT_TIME && b == UNIT_TIME);
    }
    if (op == '/' && a == UNIT_TIME && b == UNIT_TIME)
        *unit = UNIT_NUMBER;
    else
        *unit = a;
    return !(a == UNIT_NUMBER && b == UNIT_TIME);
}

static struct quantity combine(struct scan *scan, char op, size_t at,
                               struct quantity a, struct quantity b)
{
    struct quantity result = no_quantity();
    struct expression *expression;
    int64_t number;

    if (!a.expression || !b.expression)
        return result;
    if (!unit_of(op, a.unit, b.unit, &result.unit))
        return bad(scan, at,
                   "a duration and a number do not go together "
                   "here");
    if (a.expression->kind == EXPRESSION_NUMBER &&
        b.expression->kind == EXPRESSION_NUMBER) {
        if (!fold(op, a.expression->number, b.expression->number, &number))
            return bad(scan, at, "this cannot be calculated");
        result.expression =
            expression_of_number(scan->compiler, a.expression->source, number);
        return result;
    }
    expression = expression_new(scan->compiler, EXPRESSION_OPERATOR,
                                a.expression->source);
    if (!expression ||
        !expression_add(scan->compiler, expression, a.expression) ||
        !expression_add(scan->compiler, expression, b.expression))
        return no_quantity();
    expression->op = op;
    result.expression = expression;
    return result;
}

static struct quantity negative(struct scan *scan)
{
    struct quantity zero = {.unit = UNIT_UNKNOWN};
    size_t at = scan->at;

    if (skip(scan) != '-')
        return factor(scan);
    scan->at++;
    zero.expression =
        expression_of_number(scan->compiler, scan->node->source, 0);
    return combine(scan, '-', at, zero, factor(scan));
}

static struct quantity product(struct scan *scan)
{
    struct quantity left = negative(scan);

    while (left.expression) {
        int op = skip(scan);
        size_t at = scan->at;

        if (op != '*' && op != '/' && op != '%')
            break;
        scan->at++;
        left = combine(scan, (char)op, at, left, negative(scan));
    }
    return left;
}

static struct quantity sum(struct scan *scan)
{
    struct quantity left = no_quantity();

    if (!compile_enter(scan->compiler, scan->node->source))
        return left;
    left = product(scan);
    while (left.expression) {
        int op = skip(scan);
        size_t at = scan->at;

        if (op != '+' && op != '-')
            break;
        scan->at++;
        left = combine(scan, (char)op, at, left, product(scan));
    }
    compile_leave(scan->compiler);
    return left;
}

/* ---- whole scalars ------------------------------------------------------ */

static struct quantity scan_from(struct compiler *compiler,
                                 const struct node *node, size_t from)
{
    struct scan scan = {.compiler = compiler, .node = node, .at = from};
    struct quantity quantity = sum(&scan);

    if (quantity.expression && skip(&scan) >= 0)
        return bad(&scan, scan.at, "the expression should end here");
    return quantity;
}

static struct quantity whole(struct compiler *compiler, const struct node *node)
{
    char room[FAULT_NODE];

    node = resolve(compiler, node);
    if (!node)
        return no_quantity();
    if (node->kind == NODE_SCALAR)
        return scan_from(compiler, node, 0);
    fault(compiler, node->source, "a number, $name, or an expression", NULL,
          "a number cannot be %s", fault_node(node, room, sizeof room));
    return no_quantity();
}

static bool in_bounds(struct compiler *compiler, const struct node *node,
                      const struct expression *expression,
                      const struct number_rule *rule)
{
    int64_t number = expression->number;
    char range[64];

    if (!rule->bounded || expression->kind != EXPRESSION_NUMBER ||
        (number >= rule->min && number <= rule->max))
        return true;
    snprintf(range, sizeof range, "%lld to %lld", (long long)rule->min,
             (long long)rule->max);
    if (rule->is_time)
        fault(compiler, node->source, "at most a day", NULL,
              "this duration is out of range");
    else
        fault(compiler, node->source, range, NULL,
              "%lld is out of range for %s", (long long)number, rule->what);
    return false;
}

static struct expression *checked(struct compiler *compiler,
                                  const struct node *node,
                                  struct quantity quantity,
                                  const struct number_rule *rule)
{
    bool ok;

    if (!quantity.expression)
        return NULL;
    ok = quantity.unit == UNIT_UNKNOWN ||
         (quantity.unit == UNIT_TIME) == rule->is_time;
    if (!ok && rule->is_time)
        fault(compiler, node->source, "a number with ms, s or m, such as 2s",
              NULL, "this duration has no unit");
    else if (!ok)
        fault(compiler, node->source, rule->what, NULL,
              "a duration stands where %s is expected", rule->what);
    if (!ok || !in_bounds(compiler, node, quantity.expression, rule))
        return NULL;
    return quantity.expression;
}

struct expression *parse_number_part(struct compiler *compiler,
                                     const struct node *node, size_t from,
                                     const struct number_rule *rule)
{
    return checked(compiler, node, scan_from(compiler, node, from), rule);
}

struct expression *parse_number(struct compiler *compiler,
                                const struct node *node,
                                const struct number_rule *rule)
{
    node = resolve(compiler, node);
    if (!node)
        return NULL;
    if (rule->boolean && node_is(node, "true"))
        return expression_of_number(compiler, node->source, 1);
    if (rule->boolean && node_is(node, "false"))
        return expression_of_number(compiler, node->source, 0);
    return checked(compiler, node, whole(compiler, node), rule);
}

struct expression *parse_brackets(struct compiler *compiler,
                                  const struct node *node, size_t *at)
{
    struct scan scan = {
        .compiler = compiler, .node = node, .at = *at, .bare = true};
    struct quantity quantity = bracketed(&scan);

    *at = scan.at;
    return quantity.expression;
}

bool parse_constant_number(struct compiler *compiler, const struct node *node,
                           const struct number_rule *rule, int64_t *number)
{
    struct expression *expression = parse_number(compiler, node, rule);

    if (!expression)
        return false;
    if (expression->kind != EXPRESSION_NUMBER) {
        fault(compiler, node->source, "a number", NULL,
              "this has to be known before the play");
        return false;
    }
    *number = expression->number;
    return true;
}
