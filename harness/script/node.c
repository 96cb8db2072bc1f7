#include "script/node.h"

struct node *node_get(const struct node *map, const char *key)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (slice_is(map->keys[i]->text, key))
            return map->items[i];
    return NULL;
}

bool node_is(const struct node *node, const char *text)
{
    return node != NULL && node->kind == NODE_SCALAR &&
           slice_is(node->text, text);
}
