/* properties: {exact: [{name: value}, …]}: the whole list in order. */
#include "script/parse_matcher.h"

static struct matcher *exact_value(struct compiler *compiler,
                                   const struct node *key,
                                   const struct node *value,
                                   enum mqtt_field field)
{
    struct match_rule rule = {.shape = MATCH_SCALAR};

    if (field != MQTT_FIELD_NONE)
        rule = field_match_rule((int)field);
    if (field == MQTT_USER_PROPERTY) {
        rule.shape = MATCH_LIST;
        return matcher_element(compiler, value, &rule);
    }
    rule.shape = MATCH_SCALAR;
    (void)key;
    return parse_matcher(compiler, value, &rule);
}

static struct matcher *exact_item(struct compiler *compiler,
                                  const struct node *item)
{
    enum mqtt_field field;
    struct matcher *pair, *name;

    item = resolve(compiler, item);
    if (!item)
        return NULL;
    field = item->kind == NODE_MAP && item->count == 1
                ? mqtt_field_parse(item->keys[0]->text)
                : MQTT_FIELD_NONE;
    if (field < MQTT_FIRST_PROPERTY) {
        fault(compiler, item->source, "{property: value}", NULL,
              "this is not one property with its value");
        return NULL;
    }
    pair = matcher_new(compiler, MATCHER_LIST, item->source);
    name = matcher_with(
        compiler, MATCHER_EQUAL, item->source,
        expression_of_bytes(compiler, item->source, item->keys[0]->text));
    return matcher_add(compiler, pair, name) &&
                   matcher_add(compiler, pair,
                               exact_value(compiler, item->keys[0],
                                           item->items[0], field))
               ? pair
               : NULL;
}

struct matcher *matcher_exact(struct compiler *compiler,
                              const struct node *value,
                              const struct match_rule *rule,
                              enum matcher_kind kind)
{
    const struct node *list = matcher_list(compiler, value);
    struct matcher *matcher =
        list ? matcher_new(compiler, kind, list->source) : NULL;

    (void)rule;
    for (size_t i = 0; matcher && i < list->count; i++)
        if (!matcher_add(compiler, matcher,
                         exact_item(compiler, list->items[i])))
            return NULL;
    return matcher;
}
