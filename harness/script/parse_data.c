/* `data` of send: bytes, item by item. */
#include "script/compile.h"

static struct expression *wrapped(struct compiler *compiler,
                                  enum expression_kind kind,
                                  struct source source, int64_t number,
                                  struct expression *part)
{
    struct expression *expression = expression_new(compiler, kind, source);

    if (!expression_add(compiler, expression, part))
        return NULL;
    expression->number = number;
    return expression;
}

static const struct integer {
    const char *key;
    int64_t size;
    struct number_rule rule;
} INTEGERS[] = {
    {"u8", 1, {.what = "u8", .bounded = true, .max = 0xff}},
    {"u16", 2, {.what = "u16", .bounded = true, .max = 0xffff}},
    {"u32", 4, {.what = "u32", .bounded = true, .max = 0xffffffff}},
};

static struct expression *parse_integer(struct compiler *compiler,
                                        const struct node *map,
                                        const struct integer *integer)
{
    return wrapped(
        compiler, EXPRESSION_INTEGER, map->source, integer->size,
        parse_number(compiler, node_get(map, integer->key), &integer->rule));
}

static struct expression *parse_varint(struct compiler *compiler,
                                       const struct node *map)
{
    static const struct number_rule number = {
        .what = "a Variable Byte Integer", .bounded = true, .max = 268435455};
    static const struct number_rule bytes = {
        .what = "a width", .bounded = true, .min = 1, .max = 5};
    const struct node *width = node_get(map, "width");
    int64_t size = 0;

    if (width && !parse_constant_number(compiler, width, &bytes, &size))
        return NULL;
    return wrapped(compiler, EXPRESSION_VARINT, map->source, size,
                   parse_number(compiler, node_get(map, "varint"), &number));
}

static struct expression *parse_prefixed(struct compiler *compiler,
                                         const struct node *map)
{
    static const char *const kinds[] = {"varint", "u8", "u16", "u32", NULL};
    static const int64_t sizes[] = {0, 1, 2, 4};
    int kind =
        parse_word(compiler, node_get(map, "len"), kinds, "a kind of length");

    if (kind < 0)
        return NULL;
    return wrapped(compiler, EXPRESSION_PREFIXED, map->source, sizes[kind],
                   parse_data(compiler, node_get(map, "of")));
}

static bool has_only_keys(const struct node *map, const char *first,
                          const char *second)
{
    for (size_t i = 0; i < map->count; i++)
        if (!node_is(map->keys[i], first) && !node_is(map->keys[i], "only") &&
            !(second && node_is(map->keys[i], second)))
            return false;
    return node_get(map, first) != NULL;
}

/* The forms that parse_bytes knows, without the item's `only`. */
static struct expression *parse_other(struct compiler *compiler,
                                      const struct node *map)
{
    struct node plain = *map;
    struct node **keys, **items;

    if (map->kind != NODE_MAP || !node_get(map, "only"))
        return parse_bytes(compiler, map);
    keys = compile_new(compiler, map->count * sizeof *keys);
    items = compile_new(compiler, map->count * sizeof *items);
    if (!keys || !items)
        return NULL;
    plain.count = 0;
    for (size_t i = 0; i < map->count; i++)
        if (!node_is(map->keys[i], "only")) {
            keys[plain.count] = map->keys[i];
            items[plain.count++] = map->items[i];
        }
    plain.keys = keys;
    plain.items = items;
    return parse_bytes(compiler, &plain);
}

static struct expression *parse_item(struct compiler *compiler,
                                     const struct node *item)
{
    if (item->kind != NODE_MAP)
        return parse_bytes(compiler, item);
    for (size_t i = 0; i < sizeof INTEGERS / sizeof *INTEGERS; i++)
        if (has_only_keys(item, INTEGERS[i].key, NULL))
            return parse_integer(compiler, item, &INTEGERS[i]);
    if (has_only_keys(item, "varint", "width"))
        return parse_varint(compiler, item);
    if (has_only_keys(item, "len", "of") && node_get(item, "of"))
        return parse_prefixed(compiler, item);
    if (has_only_keys(item, "str", NULL))
        return wrapped(compiler, EXPRESSION_PREFIXED, item->source, 2,
                       parse_bytes(compiler, node_get(item, "str")));
    return parse_other(compiler, item);
}

static bool add_item(struct compiler *compiler, struct expression *join,
                     const struct node *item)
{
    const struct node *only;

    item = resolve(compiler, item);
    if (!item)
        return false;
    only = item->kind == NODE_MAP ? node_get(item, "only") : NULL;
    if (only && !only_allows(compiler, only))
        return !compiler->failed;
    if (item->kind == NODE_LIST)
        return expression_add(compiler, join, parse_data(compiler, item));
    return expression_add(compiler, join, parse_item(compiler, item));
}

struct expression *parse_data(struct compiler *compiler,
                              const struct node *node)
{
    struct expression *join;
    bool ok;

    node = node ? resolve(compiler, node) : NULL;
    if (!node || !compile_enter(compiler, node->source))
        return NULL;
    if (node->kind != NODE_LIST) {
        join = parse_item(compiler, node);
        compile_leave(compiler);
        return join;
    }
    join = expression_new(compiler, EXPRESSION_JOIN, node->source);
    ok = join != NULL;
    for (size_t i = 0; join && i < node->count; i++)
        ok = add_item(compiler, join, node->items[i]) && ok;
    compile_leave(compiler);
    return ok ? join : NULL;
}
