/* Expressions and values for people. */
#include "mqtt/mqtt.h"
#include "script/expression.h"
#include <inttypes.h>

#define SHOWN_BYTES 60

void value_print(const struct value *value, bool hex_numbers,
                 struct buffer *out)
{
    switch (value == NULL ? VALUE_NONE : value->kind) {
    case VALUE_NONE:
        buffer_text(out, "absent");
        break;
    case VALUE_NUMBER:
        buffer_format(out, hex_numbers ? "0x%02" PRIx64 : "%" PRId64,
                      value->number);
        break;
    case VALUE_BYTES:
        mqtt_print_text(value->bytes, SHOWN_BYTES, out);
        break;
    case VALUE_LIST:
        buffer_text(out, "[");
        for (size_t i = 0; i < value->count; i++) {
            buffer_text(out, i > 0 ? ", " : "");
            value_print(&value->items[i], hex_numbers, out);
        }
        buffer_text(out, "]");
        break;
    }
}

static void print_parts(const struct expression *expression, const char *begin,
                        const char *between, const char *end,
                        struct buffer *out)
{
    buffer_text(out, begin);
    for (size_t i = 0; i < expression->count; i++) {
        buffer_text(out, i > 0 ? between : "");
        expression_print(expression->parts[i], out);
    }
    buffer_text(out, end);
}

static void print_path(const struct expression *expression, struct buffer *out)
{
    buffer_format(out, "$%s", expression->name);
    for (size_t i = 0; i < expression->count; i++) {
        buffer_text(out, ".");
        const struct expression *part = expression->parts[i];
        if (part->kind == EXPRESSION_BYTES)
            buffer_append_slice(out, part->bytes);
        else
            expression_print(part, out);
    }
}

/* A calculation within a calculation stands in brackets. */
static void print_operand(const struct expression *operand, struct buffer *out)
{
    bool inner = operand->kind == EXPRESSION_OPERATOR;
    buffer_text(out, inner ? "(" : "");
    expression_print(operand, out);
    buffer_text(out, inner ? ")" : "");
}

static void print_operator(const struct expression *expression,
                           struct buffer *out)
{
    print_operand(expression->parts[0], out);
    buffer_format(out, " %c ", expression->op);
    print_operand(expression->parts[1], out);
}

/* What makes bytes reads like a call: name, then the parts. */
static const char *const makers[] = {
    [EXPRESSION_REPEAT] = "repeat(", [EXPRESSION_RANDOM] = "random(",
    [EXPRESSION_PAD] = "pad(",       [EXPRESSION_INTEGER] = "integer(",
    [EXPRESSION_VARINT] = "varint(", [EXPRESSION_PREFIXED] = "prefixed(",
};

void expression_print(const struct expression *expression, struct buffer *out)
{
    switch (expression->kind) {
    case EXPRESSION_NUMBER:
        buffer_format(out, "%" PRId64, expression->number);
        break;
    case EXPRESSION_BYTES:
        mqtt_print_text(expression->bytes, SHOWN_BYTES, out);
        break;
    case EXPRESSION_VARIABLE:
        print_path(expression, out);
        break;
    case EXPRESSION_OPERATOR:
        print_operator(expression, out);
        break;
    case EXPRESSION_JOIN:
        print_parts(expression, "", " ", "", out);
        break;
    case EXPRESSION_LIST:
        print_parts(expression, "[", ", ", "]", out);
        break;
    case EXPRESSION_AUTH:
        buffer_text(out, "authentication data");
        break;
    default:
        print_parts(expression, makers[expression->kind], ", ", ")", out);
        break;
    }
}
