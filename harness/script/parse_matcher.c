/* What an expect demands of a field (language.md, section 3). */
#include "script/parse_matcher.h"

#include <string.h>

struct matcher *matcher_new(struct compiler *compiler, enum matcher_kind kind,
                            struct source source)
{
    struct matcher *matcher = compile_new(compiler, sizeof *matcher);

    if (matcher) {
        matcher->kind = kind;
        matcher->source = source;
    }
    return matcher;
}

bool matcher_add(struct compiler *compiler, struct matcher *whole,
                 struct matcher *child)
{
    struct matcher **children;

    if (!whole || !child)
        return false;
    children =
        compile_grow(compiler, whole->children, whole->count, sizeof(void *));
    if (!children)
        return false;
    whole->children = children;
    children[whole->count++] = child;
    return true;
}

static struct matcher *matcher_around(struct compiler *compiler,
                                      enum matcher_kind kind,
                                      struct source source,
                                      struct matcher *child)
{
    struct matcher *matcher = matcher_new(compiler, kind, source);

    return matcher_add(compiler, matcher, child) ? matcher : NULL;
}

bool matcher_same(const struct matcher *a, const struct matcher *b)
{
    if (a->kind != b->kind || a->count != b->count ||
        !a->expression != !b->expression ||
        (a->expression && !expression_same(a->expression, b->expression)))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!matcher_same(a->children[i], b->children[i]))
            return false;
    return true;
}

/* ---- single values ------------------------------------------------------ */

static struct expression *parse_value(struct compiler *compiler,
                                      const struct node *node,
                                      const struct match_rule *rule)
{
    return rule->is_number ? parse_number(compiler, node, &rule->number)
                           : parse_bytes(compiler, node);
}

struct matcher *matcher_with(struct compiler *compiler, enum matcher_kind kind,
                             struct source source,
                             struct expression *expression)
{
    struct matcher *matcher =
        expression ? matcher_new(compiler, kind, source) : NULL;

    if (matcher)
        matcher->expression = expression;
    return matcher;
}

static const struct {
    const char *word;
    enum matcher_kind kind;
} WORDS[] = {{"absent", MATCHER_ABSENT},
             {"present", MATCHER_PRESENT},
             {"any", MATCHER_ANY}};

static struct matcher *parse_scalar(struct compiler *compiler,
                                    const struct node *node,
                                    const struct match_rule *rule)
{
    for (size_t i = 0; !node->quoted && i < sizeof WORDS / sizeof *WORDS; i++)
        if (node_is(node, WORDS[i].word))
            return matcher_new(compiler, WORDS[i].kind, node->source);
    return matcher_with(compiler, MATCHER_EQUAL, node->source,
                        parse_value(compiler, node, rule));
}

/* ---- lists -------------------------------------------------------------- */

static struct match_rule element_rule(const struct match_rule *rule)
{
    struct match_rule element = *rule;

    element.shape = rule->is_pair ? MATCH_LIST : MATCH_SCALAR;
    element.is_pair = false;
    return element;
}

static struct matcher *parse_all(struct compiler *compiler,
                                 const struct node *list,
                                 const struct match_rule *rule,
                                 enum matcher_kind kind)
{
    struct matcher *matcher = matcher_new(compiler, kind, list->source);

    for (size_t i = 0; i < list->count; i++)
        if (!matcher_add(compiler, matcher,
                         parse_matcher(compiler, list->items[i], rule)))
            return NULL;
    return matcher;
}

static bool check_pair(struct compiler *compiler, const struct node *node)
{
    if (node->kind == NODE_LIST && node->count == 2)
        return true;
    fault(compiler, node->source, "[name, value]", NULL,
          "a user property is a pair");
    return false;
}

/* One item of a list field. */
struct matcher *matcher_element(struct compiler *compiler,
                                const struct node *node,
                                const struct match_rule *rule)
{
    struct match_rule element = element_rule(rule);

    node = resolve(compiler, node);
    if (!node || (rule->is_pair && !check_pair(compiler, node)))
        return NULL;
    return parse_matcher(compiler, node, &element);
}

static struct matcher *parse_elements(struct compiler *compiler,
                                      const struct node *list,
                                      const struct match_rule *rule,
                                      enum matcher_kind kind)
{
    struct matcher *matcher = matcher_new(compiler, kind, list->source);

    for (size_t i = 0; i < list->count; i++)
        if (!matcher_add(compiler, matcher,
                         matcher_element(compiler, list->items[i], rule)))
            return NULL;
    return matcher;
}

static struct matcher *parse_list(struct compiler *compiler,
                                  const struct node *list,
                                  const struct match_rule *rule)
{
    switch (rule->shape) {
    case MATCH_LIST:
        return parse_elements(compiler, list, rule, MATCHER_LIST);
    case MATCH_SET:
        return parse_elements(compiler, list, rule, MATCHER_SET);
    case MATCH_SCALAR:
    case MATCH_SIGNS:
    case MATCH_PROPERTIES:
        break;
    }
    return parse_all(compiler, list, rule, MATCHER_ONE_OF);
}

/* A scalar where a list is judged: one member of a set, or one sign. */
static struct matcher *parse_single(struct compiler *compiler,
                                    const struct node *node,
                                    const struct match_rule *rule)
{
    struct matcher *matcher = parse_scalar(compiler, node, rule);

    if (!matcher || matcher->kind != MATCHER_EQUAL ||
        rule->shape == MATCH_SCALAR || rule->shape == MATCH_PROPERTIES)
        return matcher;
    return matcher_around(compiler,
                          rule->shape == MATCH_SET    ? MATCHER_SET
                          : rule->shape == MATCH_LIST ? MATCHER_LIST
                                                      : MATCHER_LIST_CONTAINS,
                          node->source, matcher);
}

/* ---- maps --------------------------------------------------------------- */

typedef struct matcher *parse_key(struct compiler *compiler,
                                  const struct node *value,
                                  const struct match_rule *rule,
                                  enum matcher_kind kind);

static struct matcher *key_not(struct compiler *compiler,
                               const struct node *value,
                               const struct match_rule *rule,
                               enum matcher_kind kind)
{
    return matcher_around(compiler, kind, value->source,
                          parse_matcher(compiler, value, rule));
}

const struct node *matcher_list(struct compiler *compiler,
                                const struct node *value)
{
    value = resolve(compiler, value);
    if (value && value->kind != NODE_LIST) {
        fault(compiler, value->source, "a list of matchers", NULL,
              "a list is expected here");
        return NULL;
    }
    return value;
}

static struct matcher *key_one_of(struct compiler *compiler,
                                  const struct node *value,
                                  const struct match_rule *rule,
                                  enum matcher_kind kind)
{
    const struct node *list = matcher_list(compiler, value);

    return list ? parse_all(compiler, list, rule, kind) : NULL;
}

static struct matcher *key_set(struct compiler *compiler,
                               const struct node *value,
                               const struct match_rule *rule,
                               enum matcher_kind kind)
{
    const struct node *list = matcher_list(compiler, value);

    return list ? parse_elements(compiler, list, rule, kind) : NULL;
}

static struct matcher *key_bound(struct compiler *compiler,
                                 const struct node *value,
                                 const struct match_rule *rule,
                                 enum matcher_kind kind)
{
    const struct number_rule *number =
        rule->is_number ? &rule->number : &NUMBER_ANY;

    return matcher_with(compiler, kind, value->source,
                        parse_number(compiler, value, number));
}

static struct matcher *key_bytes(struct compiler *compiler,
                                 const struct node *value,
                                 const struct match_rule *rule,
                                 enum matcher_kind kind)
{
    (void)rule;
    return matcher_with(compiler, kind, value->source,
                        parse_bytes(compiler, value));
}

static struct matcher *key_contains(struct compiler *compiler,
                                    const struct node *value,
                                    const struct match_rule *rule,
                                    enum matcher_kind kind)
{
    if (rule->shape == MATCH_SCALAR)
        return key_bytes(compiler, value, rule, MATCHER_CONTAINS);
    return matcher_around(compiler, kind, value->source,
                          matcher_element(compiler, value, rule));
}

static struct matcher *key_length(struct compiler *compiler,
                                  const struct node *value,
                                  const struct match_rule *rule,
                                  enum matcher_kind kind)
{
    static const struct match_rule length = {
        .is_number = true,
        .number = {.what = "a length", .bounded = true, .max = 268435455}};

    (void)rule;
    return matcher_around(compiler, kind, value->source,
                          parse_matcher(compiler, value, &length));
}

/* ---- the table of keys -------------------------------------------------- */

enum on {
    ON_NUMBER = 1,
    ON_BYTES = 2,
    ON_LIST = 4,
    ON_PROPERTIES = 8,
    ON_ALL = ON_NUMBER | ON_BYTES | ON_LIST
};
static const struct matcher_key {
    const char *name;
    unsigned on;
    enum matcher_kind kind;
    parse_key *parse;
} KEYS[] = {
    {"not", ON_ALL, MATCHER_NOT, key_not},
    {"one_of", ON_ALL, MATCHER_ONE_OF, key_one_of},
    {"from", ON_NUMBER, MATCHER_AT_LEAST, key_bound},
    {"to", ON_NUMBER, MATCHER_AT_MOST, key_bound},
    {"at_least", ON_NUMBER, MATCHER_AT_LEAST, key_bound},
    {"at_most", ON_NUMBER, MATCHER_AT_MOST, key_bound},
    {"below", ON_NUMBER, MATCHER_BELOW, key_bound},
    {"above", ON_NUMBER, MATCHER_ABOVE, key_bound},
    {"starts", ON_BYTES, MATCHER_STARTS, key_bytes},
    {"ends", ON_BYTES, MATCHER_ENDS, key_bytes},
    {"contains", ON_BYTES | ON_LIST, MATCHER_LIST_CONTAINS, key_contains},
    {"length", ON_BYTES | ON_LIST, MATCHER_LENGTH, key_length},
    {"set", ON_LIST, MATCHER_SET, key_set},
    {"exact", ON_PROPERTIES, MATCHER_LIST, matcher_exact},
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

static unsigned on_of(const struct match_rule *rule)
{
    if (rule->shape == MATCH_PROPERTIES)
        return ON_PROPERTIES;
    if (rule->shape != MATCH_SCALAR)
        return ON_LIST;
    return rule->is_number ? ON_NUMBER : ON_BYTES;
}

static const struct matcher_key *find_key(struct slice name, unsigned on)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if ((KEYS[i].on & on) && slice_is(name, KEYS[i].name))
            return &KEYS[i];
    return NULL;
}

static void fault_key(struct compiler *compiler, const struct node *key,
                      const struct match_rule *rule)
{
    const char *words[KEY_COUNT + 8] = {NULL};
    size_t count = 0;
    unsigned on = on_of(rule);

    for (size_t i = 0; i < KEY_COUNT; i++)
        if (KEYS[i].on & on)
            words[count++] = KEYS[i].name;
    if (on == ON_BYTES) {
        words[count++] = "hex";
        words[count++] = "text";
        words[count++] = "repeat";
        words[count++] = "random";
    }
    if (rule->is_remaining)
        words[count++] = "remaining";
    fault(compiler, key->source, fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, key->text, words),
          "'%.*s' is not a matcher of this field", (int)key->text.size,
          (const char *)key->text.data);
}

static const char *mark_of(struct compiler *compiler, const struct node *map,
                           const char *key)
{
    const struct node *node = resolve_get(compiler, map, key);

    if (!node) {
        fault(compiler, map->source,
              "{remaining: seconds, stored: mark, asked: mark}", NULL,
              "'%s' is missing", key);
        return NULL;
    }
    if (node->kind == NODE_SCALAR &&
        names_find(compiler, node->text, NAME_MARK))
        return compile_text(compiler, node->text);
    fault(compiler, node->source, "a mark that an earlier step has set", NULL,
          "no step before this one sets this mark");
    return NULL;
}

static struct matcher *parse_remaining(struct compiler *compiler,
                                       const struct node *map,
                                       const struct match_rule *rule)
{
    struct matcher *matcher = matcher_with(
        compiler, MATCHER_REMAINING, map->source,
        parse_number(compiler, node_get(map, "remaining"), &rule->number));

    for (size_t i = 0; i < map->count; i++)
        if (!node_is(map->keys[i], "remaining") &&
            !node_is(map->keys[i], "stored") &&
            !node_is(map->keys[i], "asked")) {
            fault_key(compiler, map->keys[i], rule);
            return NULL;
        }
    if (matcher) {
        matcher->stored = mark_of(compiler, map, "stored");
        matcher->asked = mark_of(compiler, map, "asked");
    }
    return matcher && matcher->stored && matcher->asked ? matcher : NULL;
}

static struct matcher *parse_map(struct compiler *compiler,
                                 const struct node *map,
                                 const struct match_rule *rule)
{
    struct matcher *all = matcher_new(compiler, MATCHER_ALL_OF, map->source);
    unsigned on = on_of(rule);

    if (rule->is_remaining && node_get(map, "remaining"))
        return parse_remaining(compiler, map, rule);
    if (on == ON_BYTES && parse_bytes_form(map))
        return matcher_with(compiler, MATCHER_EQUAL, map->source,
                            parse_bytes(compiler, map));
    for (size_t i = 0; i < map->count; i++) {
        const struct matcher_key *key = find_key(map->keys[i]->text, on);

        if (!key) {
            fault_key(compiler, map->keys[i], rule);
            return NULL;
        }
        if (!matcher_add(compiler, all,
                         key->parse(compiler, map->items[i], rule, key->kind)))
            return NULL;
    }
    if (!map->count)
        fault(compiler, map->source, "a matcher", NULL, "this map is empty");
    return all && all->count == 1 ? all->children[0] : all;
}

struct matcher *parse_matcher(struct compiler *compiler,
                              const struct node *node,
                              const struct match_rule *rule)
{
    struct matcher *matcher = NULL;

    node = resolve(compiler, node);
    if (!node || !compile_enter(compiler, node->source))
        return NULL;
    if (node->kind == NODE_MAP)
        matcher = parse_map(compiler, node, rule);
    else if (node->kind == NODE_LIST)
        matcher = parse_list(compiler, node, rule);
    else if (rule->shape == MATCH_PROPERTIES)
        fault(compiler, node->source, "{exact: [{property: value}, …]}", NULL,
              "properties are judged as a whole list only");
    else
        matcher = parse_single(compiler, node, rule);
    compile_leave(compiler);
    return matcher;
}
