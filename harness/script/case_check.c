/* A case on all versions and transports that a target may have, so that every
 * mistake is found before anything is played. */
#include "script/compile.h"

static struct target_shape shape_of(enum mqtt_version version,
                                    enum net_transport transport)
{
    struct target_shape shape = {.versions = {false}};

    shape.versions[version] = true;
    shape.transports[transport] = true;
    return shape;
}

static void compile_all(const struct variant_list *list)
{
    for (size_t i = 0; i < list->count && list->run->budget; i++)
        compile_variant(&list->rows[i], list->arena, list->run);
    if (arena_failed(list->arena))
        list->run->diagnostics->no_memory = true;
}

/* How many variants one version and transport give; all are compiled. */
static size_t check_one(const struct test_case *test_case,
                        struct target_shape shape, struct compile_run *run)
{
    struct variant_list list = {.arena = arena_new(2 * COMPILE_BUDGET),
                                .run = run};
    size_t count;

    if (!list.arena) {
        run->diagnostics->no_memory = true;
        return 0;
    }
    variants_add(&list, test_case, &shape);
    count = list.too_many ? VARIANTS_MAX + 1 : list.count;
    if (count <= VARIANTS_MAX && !list.failed)
        compile_all(&list);
    run->diagnostics->no_memory |= list.no_memory;
    memory_free(list.rows);
    arena_free(list.arena);
    return count;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Without a word on transports one stands for all of them. */
static size_t check_version(const struct test_case *test_case,
                            enum mqtt_version version, struct compile_run *run)
{
    bool one = variants_over_one(test_case), checked = false;
    size_t total = 0, count = 0;

    for (int i = 0; i < NET_TRANSPORTS; i++) {
        enum net_transport transport = (enum net_transport)i;

        if (test_case->transport_choice == TRANSPORTS_LIST &&
            !test_case->transports[i])
            continue;
        if (!checked || test_case->names_transport)
            count = check_one(test_case, shape_of(version, transport), run);
        checked = true;
        total = one ? larger(count, total) : total + count;
    }
    return total;
}

bool case_check(const struct test_case *test_case,
                const struct catalogue *catalogue,
                struct diagnostics *diagnostics)
{
    struct compile_run run = {catalogue, diagnostics, COMPILE_BUDGET};
    size_t errors = diagnostics->errors, total = 0;

    for (size_t i = 0; i < CASE_VERSIONS; i++) {
        size_t count = 0;

        if (test_case->versions[i])
            count = check_version(test_case, CASE_VERSION[i], &run);
        total = test_case->any_version ? larger(count, total) : total + count;
    }
    if (total > VARIANTS_MAX)
        fault_at(diagnostics, test_case->source,
                 "fewer rows, or transports: one", NULL,
                 "this case has more than %d variants", VARIANTS_MAX);
    if (total == 0 && diagnostics->errors == errors)
        fault_at(diagnostics, test_case->source, NULL, NULL,
                 "this case has no variants: 'only' excludes all rows");
    return diagnostics->errors == errors && !diagnostics->no_memory;
}
