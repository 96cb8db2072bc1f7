/* Feeds arbitrary bytes as a case file to the whole way from YAML to scripts:
 * whatever they are, there are diagnostics or variants that all compile. */
#include "script/compile.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_case(const struct node *node, const struct node *defaults,
                       struct arena *arena, struct diagnostics *diagnostics)
{
    struct test_case test_case;

    if (case_read(&test_case, node, defaults, "fuzz", NULL, arena, diagnostics))
        case_check(&test_case, NULL, diagnostics);
}

static void check_file(const struct node *root, struct arena *arena,
                       struct diagnostics *diagnostics)
{
    const struct node *cases = node_get(root, "cases");
    const struct node *defaults = node_get(root, "defaults");

    if (defaults && !case_check_defaults(defaults, diagnostics))
        defaults = NULL;
    if (!cases)
        check_case(root, NULL, arena, diagnostics);
    for (size_t i = 0; cases && i < cases->count; i++)
        check_case(cases->items[i], defaults, arena, diagnostics);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct diagnostics diagnostics;
    struct arena *arena = arena_new((size_t)256 << 20);
    struct buffer text = buffer_make((size_t)64 << 20);
    struct node *root;

    if (!arena || !diagnostics_begin(&diagnostics))
        abort();
    root = node_read("fuzz.yaml", slice_make(data, size), arena, &diagnostics);
    if (root)
        check_file(root, arena, &diagnostics);
    diagnostics_print(&diagnostics, &text);
    diagnostics_end(&diagnostics);
    buffer_free(&text);
    arena_free(arena);
    return 0;
}
