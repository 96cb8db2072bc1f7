/* One case from memory: for tests. */
#include "script/compile.h"

#include <string.h>

#define TEXT_ARENA_MAX (2 * COMPILE_BUDGET)

static const struct node *only_case(const struct node *root,
                                    const struct node **defaults)
{
    const struct node *cases = node_get(root, "cases");

    *defaults = node_get(root, "defaults");
    if (!cases)
        return root;
    return cases->kind == NODE_LIST && cases->count == 1 ? cases->items[0]
                                                         : root;
}

static struct script *compile_only(const struct variant_list *list,
                                   const struct test_case *test_case,
                                   struct diagnostics *diagnostics)
{
    if (list->count == 1)
        return compile_variant(&list->rows[0], list->arena, list->run);
    if (!list->failed && !list->no_memory)
        fault_at(diagnostics, test_case->source, NULL, NULL,
                 "this case has %zu variants here, not one", list->count);
    return NULL;
}

static struct script *read_text(const char *yaml, enum mqtt_version version,
                                enum net_transport transport,
                                struct arena *arena,
                                struct diagnostics *diagnostics)
{
    struct node *root = node_read("case", slice_of(yaml), arena, diagnostics);
    struct compile_run run = {.diagnostics = diagnostics,
                              .budget = COMPILE_BUDGET};
    struct variant_list list = {.arena = arena, .run = &run};
    struct target_shape shape = {.versions = {false}};
    struct test_case *test_case = arena_alloc(arena, sizeof *test_case);
    const struct node *defaults, *node;
    struct script *script = NULL;

    if (!root || !test_case)
        return NULL;
    node = only_case(root, &defaults);
    if (!case_read(test_case, node, defaults, "test", NULL, arena, diagnostics))
        return NULL;
    shape.versions[version] = true;
    shape.transports[transport] = true;
    variants_add(&list, test_case, &shape);
    script = compile_only(&list, test_case, diagnostics);
    memory_free(list.rows);
    return script;
}

struct script *script_of_text(const char *yaml, enum mqtt_version version,
                              enum net_transport transport,
                              struct diagnostics *diagnostics)
{
    struct arena *arena = arena_new(TEXT_ARENA_MAX);
    struct script *script = NULL;

    if (arena)
        script = read_text(yaml, version, transport, arena, diagnostics);
    if (!script)
        arena_free(arena);
    return script;
}
