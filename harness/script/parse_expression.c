/* Texts and bytes: "m$i", {hex: 00 ff}, {repeat: x, times: 300} … */
#include "script/compile.h"

#include <string.h>

struct expression *expression_new(struct compiler *compiler,
                                  enum expression_kind kind,
                                  struct source source)
{
    struct expression *expression = compile_new(compiler, sizeof *expression);

    if (expression) {
        expression->kind = kind;
        expression->source = source;
    }
    return expression;
}

struct expression *expression_of_bytes(struct compiler *compiler,
                                       struct source source, struct slice bytes)
{
    struct expression *expression =
        expression_new(compiler, EXPRESSION_BYTES, source);

    if (expression)
        expression->bytes = bytes;
    return expression;
}

struct expression *expression_of_number(struct compiler *compiler,
                                        struct source source, int64_t number)
{
    struct expression *expression =
        expression_new(compiler, EXPRESSION_NUMBER, source);

    if (expression)
        expression->number = number;
    return expression;
}

bool expression_add(struct compiler *compiler, struct expression *whole,
                    struct expression *part)
{
    struct expression **parts;

    if (!whole || !part)
        return false;
    parts = compile_grow(compiler, whole->parts, whole->count, sizeof(void *));
    if (!parts)
        return false;
    whole->parts = parts;
    parts[whole->count++] = part;
    return true;
}

bool expression_same(const struct expression *a, const struct expression *b)
{
    if (!a || !b || a->kind != b->kind || a->count != b->count ||
        a->number != b->number || a->op != b->op ||
        !slice_equal(a->bytes, b->bytes) || !a->name != !b->name ||
        (a->name && strcmp(a->name, b->name)))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!expression_same(a->parts[i], b->parts[i]))
            return false;
    return true;
}

/* ---- texts -------------------------------------------------------------- */

/* The piece behind the text so far; a reference gives the next one. */
static struct expression *piece(struct compiler *compiler,
                                const struct node *node, size_t *at)
{
    struct reference reference;

    if (node->text.data[*at] != '$') {
        size_t begin = *at;

        while (*at < node->text.size && node->text.data[*at] != '$')
            *at += 1;
        return expression_of_bytes(
            compiler, node->source,
            slice_make(node->text.data + begin, *at - begin));
    }
    reference = reference_read(compiler, node, at);
    switch (reference.kind) {
    case REFERENCE_FAULT:
        return NULL;
    case REFERENCE_NODE:
        return parse_bytes(compiler, reference.node);
    case REFERENCE_LITERAL:
        return expression_of_bytes(compiler, node->source, reference.text);
    case REFERENCE_VALUE:
        break;
    }
    return reference.expression;
}

/* "$share" and "/group" are one constant. */
static bool append_constant(struct compiler *compiler, struct expression *last,
                            const struct expression *next)
{
    uint8_t *both = compile_new(compiler, last->bytes.size + next->bytes.size);

    if (!both)
        return false;
    if (last->bytes.size)
        memcpy(both, last->bytes.data, last->bytes.size);
    if (next->bytes.size)
        memcpy(both + last->bytes.size, next->bytes.data, next->bytes.size);
    last->bytes.data = both;
    last->bytes.size += next->bytes.size;
    return true;
}

static bool join_part(struct compiler *compiler, struct expression *join,
                      struct expression *part)
{
    struct expression *last =
        join && join->count ? join->parts[join->count - 1] : NULL;

    if (join && part && last && last->kind == EXPRESSION_BYTES &&
        part->kind == EXPRESSION_BYTES)
        return append_constant(compiler, last, part);
    return expression_add(compiler, join, part);
}

static struct expression *parse_text(struct compiler *compiler,
                                     const struct node *node)
{
    struct expression *join, *part;
    size_t at = 0;

    if (!node->text.size || !memchr(node->text.data, '$', node->text.size))
        return expression_of_bytes(compiler, node->source, node->text);
    part = piece(compiler, node, &at);
    if (!part || at == node->text.size)
        return part;
    join = expression_new(compiler, EXPRESSION_JOIN, node->source);
    while (join_part(compiler, join, part)) {
        if (at == node->text.size)
            return join->count == 1 ? join->parts[0] : join;
        part = piece(compiler, node, &at);
    }
    return NULL;
}

/* ---- maps that stand for bytes ------------------------------------------ */

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* Pairs of digits, blanks between them. */
static bool hex_bytes(struct slice text, uint8_t *out, size_t *size)
{
    *size = 0;
    for (size_t i = 0; i < text.size; i++) {
        int high = hex_digit(text.data[i]), low;

        if (text.data[i] == ' ' || text.data[i] == '\n')
            continue;
        low = i + 1 < text.size ? hex_digit(text.data[i + 1]) : -1;
        if (high < 0 || low < 0)
            return false;
        out[(*size)++] = (uint8_t)(high << 4 | low);
        i++;
    }
    return true;
}

static struct expression *parse_hex(struct compiler *compiler,
                                    const struct node *map)
{
    const struct node *text = resolve_get(compiler, map, "hex");
    struct slice bytes = {NULL, 0};
    uint8_t *room;

    if (!text)
        return NULL;
    room = text->kind == NODE_SCALAR
               ? compile_new(compiler, text->text.size / 2 + 1)
               : NULL;
    if (!room || !hex_bytes(text->text, room, &bytes.size)) {
        fault(compiler, text->source, "pairs of hex digits, such as 00 ff",
              NULL, "these are not bytes in hex");
        return NULL;
    }
    bytes.data = room;
    return expression_of_bytes(compiler, text->source, bytes);
}

static struct expression *parse_plain(struct compiler *compiler,
                                      const struct node *map)
{
    return parse_bytes(compiler, node_get(map, "text"));
}

static struct expression *parse_repeat(struct compiler *compiler,
                                       const struct node *map)
{
    static const struct number_rule times = {
        .what = "a number of times", .bounded = true, .max = 268435455};
    struct expression *expression =
        expression_new(compiler, EXPRESSION_REPEAT, map->source);

    return expression_add(compiler, expression,
                          parse_bytes(compiler, node_get(map, "repeat"))) &&
                   expression_add(
                       compiler, expression,
                       parse_number(compiler, node_get(map, "times"), &times))
               ? expression
               : NULL;
}

static const struct number_rule LENGTH = {
    .what = "a length", .bounded = true, .max = 268435455};

/* The place makes the salt: the same var gives the same bytes each time. */
static struct expression *parse_random(struct compiler *compiler,
                                       const struct node *map)
{
    struct expression *expression =
        expression_new(compiler, EXPRESSION_RANDOM, map->source);

    if (!expression_add(
            compiler, expression,
            parse_number(compiler, node_get(map, "random"), &LENGTH)))
        return NULL;
    expression->number = (int64_t)map->source.line * 4096 + map->source.column;
    return expression;
}

static struct expression *parse_pad(struct compiler *compiler,
                                    const struct node *map)
{
    struct expression *expression =
        expression_new(compiler, EXPRESSION_PAD, map->source);

    return expression_add(compiler, expression,
                          parse_bytes(compiler, node_get(map, "text"))) &&
                   expression_add(
                       compiler, expression,
                       parse_bytes(compiler, node_get(map, "pad"))) &&
                   expression_add(
                       compiler, expression,
                       parse_number(compiler, node_get(map, "to"), &LENGTH))
               ? expression
               : NULL;
}

static struct expression *parse_auth(struct compiler *compiler,
                                     const struct node *map)
{
    static const char *const moves[] = {"start", "reply", "wrong", NULL};
    const struct node *move = resolve_get(compiler, map, "auth");
    struct expression *expression;
    int index =
        move ? parse_word(compiler, move, moves, "a move of the method") : -1;

    if (index < 0)
        return NULL;
    expression = expression_new(compiler, EXPRESSION_AUTH, map->source);
    if (expression)
        expression->bytes = slice_of(moves[index]);
    return expression;
}

/* A form is known by its first key and has exactly these. */
static const struct form {
    const char *keys[3];
    struct expression *(*parse)(struct compiler *, const struct node *);
} FORMS[] = {
    {{"hex"}, parse_hex},       {{"text", "pad", "to"}, parse_pad},
    {{"text"}, parse_plain},    {{"repeat", "times"}, parse_repeat},
    {{"random"}, parse_random}, {{"auth"}, parse_auth},
};

static const struct form *form_of(const struct node *map)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        size_t count = 0;

        while (count < 3 && FORMS[i].keys[count] &&
               node_get(map, FORMS[i].keys[count]))
            count++;
        if (count == map->count && (count == 3 || !FORMS[i].keys[count]))
            return &FORMS[i];
    }
    return NULL;
}

bool parse_bytes_form(const struct node *map)
{
    return form_of(map) != NULL;
}

struct expression *parse_bytes(struct compiler *compiler,
                               const struct node *node)
{
    struct expression *expression = NULL;
    const struct form *form;

    node = node ? resolve(compiler, node) : NULL;
    if (!node || !compile_enter(compiler, node->source))
        return NULL;
    form = node->kind == NODE_MAP ? form_of(node) : NULL;
    if (node->kind == NODE_SCALAR)
        expression = parse_text(compiler, node);
    else if (form)
        expression = form->parse(compiler, node);
    else
        fault(compiler, node->source,
              "a text, {hex: 00 ff}, {text: x, pad: y, to: n}, "
              "{repeat: x, times: n}, {random: n} or {auth: move}",
              NULL, "this %s is no text and no bytes",
              node->kind == NODE_MAP ? "map" : "list");
    compile_leave(compiler);
    return expression;
}

/* ---- constants ---------------------------------------------------------- */

bool parse_boolean(struct compiler *compiler, const struct node *node,
                   bool *value)
{
    static const char *const words[] = {"false", "true", NULL};
    int index = parse_word(compiler, node, words, "a truth value");

    *value = index == 1;
    return index >= 0;
}

int parse_word(struct compiler *compiler, const struct node *node,
               const char *const *words, const char *what)
{
    char room[FAULT_NODE];

    node = resolve(compiler, node);
    if (!node)
        return -1;
    if (node->kind == NODE_SCALAR)
        for (int i = 0; words[i]; i++)
            if (slice_is(node->text, words[i]))
                return i;
    fault(compiler, node->source, fault_one_of(compiler->diagnostics, words),
          node->kind == NODE_SCALAR
              ? fault_suggest(compiler->diagnostics, node->text, words)
              : NULL,
          "%s is not %s", fault_node(node, room, sizeof room), what);
    return -1;
}

const char *parse_constant(struct compiler *compiler, const struct node *node)
{
    struct expression *expression;

    node = resolve(compiler, node);
    expression = node ? parse_bytes(compiler, node) : NULL;
    if (!expression)
        return NULL;
    if (expression->kind == EXPRESSION_BYTES)
        return compile_text(compiler, expression->bytes);
    fault(compiler, node->source, "a plain text", NULL,
          "this text has to be known before the play");
    return NULL;
}
