/* Files to cases to lists of variants. */
#include "script/case_reader.h"
#include "script/suite_folder.h"

#include <stdlib.h>
#include <string.h>

#define SUITE_ARENA_MAX ((size_t)512 << 20)
#define CASES_MAX 10000

struct variant_page {
    struct variant *rows;
    struct variant_page *next;
};

struct suite {
    struct arena *arena;
    struct test_case **cases;
    size_t count, capacity;
    const struct catalogue *catalogue;
    struct diagnostics *diagnostics; /* while loading */
    struct variant_page *pages;
};

void suite_free(struct suite *suite)
{
    struct variant_page *page = suite ? suite->pages : NULL;

    if (!suite)
        return;
    for (; page; page = page->next)
        memory_free(page->rows);
    memory_free(suite->cases);
    arena_free(suite->arena);
    memory_free(suite);
}

size_t suite_case_count(const struct suite *suite)
{
    return suite->count;
}

static struct suite *suite_new(const struct catalogue *catalogue,
                               struct diagnostics *diagnostics)
{
    struct suite *suite = memory_zero(1, sizeof *suite);

    if (!suite)
        return NULL;
    suite->arena = arena_new(SUITE_ARENA_MAX);
    suite->catalogue = catalogue;
    suite->diagnostics = diagnostics;
    if (suite->arena)
        return suite;
    memory_free(suite);
    return NULL;
}

static bool keep_case(struct suite *suite, struct test_case *test_case)
{
    size_t capacity = suite->capacity ? suite->capacity * 2 : 64;
    struct test_case **cases;

    if (suite->count == suite->capacity) {
        cases = memory_resize(suite->cases, capacity * sizeof *cases);
        if (!cases)
            return false;
        suite->cases = cases;
        suite->capacity = capacity;
    }
    test_case->number = suite->count;
    suite->cases[suite->count++] = test_case;
    return true;
}

/* ---- files -------------------------------------------------------------- */

static const char *file_area(struct suite *suite, const struct node *root)
{
    const struct node *area = node_get(root, "area");

    if (area && area->kind == NODE_SCALAR && area->text.size)
        return arena_text_of(suite->arena, area->text);
    fault_at(suite->diagnostics, area ? area->source : root->source,
             "area: a name", NULL, "this file has no area");
    return NULL;
}

const char *const FILE_KEYS[] = {"area", "defaults", "cases", NULL};

static void check_file_keys(struct suite *suite, const struct node *root)
{
    for (size_t i = 0; i < root->count; i++) {
        const struct node *key = root->keys[i];
        bool known = false;

        for (size_t j = 0; FILE_KEYS[j]; j++)
            known |= node_is(key, FILE_KEYS[j]);
        if (!known)
            fault_at(suite->diagnostics, key->source,
                     fault_one_of(suite->diagnostics, FILE_KEYS),
                     fault_suggest(suite->diagnostics, key->text, FILE_KEYS),
                     "'%.*s' is not a key of a file", (int)key->text.size,
                     (const char *)key->text.data);
    }
}

static void read_case(struct suite *suite, const struct node *node,
                      const struct node *defaults, const char *area)
{
    struct test_case *test_case = arena_alloc(suite->arena, sizeof *test_case);

    if (!test_case || suite->count >= CASES_MAX ||
        (case_read(test_case, node, defaults, area, suite->catalogue,
                   suite->arena, suite->diagnostics) &&
         case_check(test_case, suite->catalogue, suite->diagnostics) &&
         !keep_case(suite, test_case)))
        suite->diagnostics->no_memory = true;
}

static void read_file(struct suite *suite, const struct node *root)
{
    const struct node *cases, *defaults;
    const char *area;

    if (root->kind != NODE_MAP) {
        fault_at(suite->diagnostics, root->source, "a map with area and cases",
                 NULL, "this is not a file of cases");
        return;
    }
    check_file_keys(suite, root);
    area = file_area(suite, root);
    defaults = node_get(root, "defaults");
    if (defaults && !case_check_defaults(defaults, suite->diagnostics))
        defaults = NULL;
    cases = node_get(root, "cases");
    if (!cases || cases->kind != NODE_LIST || !cases->count) {
        fault_at(suite->diagnostics, cases ? cases->source : root->source,
                 "cases: a list of cases", NULL, "this file has no cases");
        return;
    }
    for (size_t i = 0; area && i < cases->count; i++)
        read_case(suite, cases->items[i], defaults, area);
}

/* ---- unique ids --------------------------------------------------------- */

static int compare_ids(const void *a, const void *b)
{
    const struct test_case *left = *(struct test_case *const *)a;
    const struct test_case *right = *(struct test_case *const *)b;
    int order = strcmp(left->id, right->id);

    return order ? order
                 : (left->number > right->number) -
                       (left->number < right->number);
}

static void report_twin(struct suite *suite, const struct test_case *first,
                        const struct test_case *second)
{
    fault_at(suite->diagnostics, second->source, "an id of its own", NULL,
             "the id '%s' is that of the case at %s:%d", second->id,
             first->source.file ? first->source.file : "", first->source.line);
}

static void check_ids(struct suite *suite)
{
    size_t size = suite->count * sizeof *suite->cases;
    struct test_case **sorted = memory_new(size ? size : 1);

    if (!sorted) {
        suite->diagnostics->no_memory = true;
        return;
    }
    if (size)
        memcpy(sorted, suite->cases, size);
    qsort(sorted, suite->count, sizeof *sorted, compare_ids);
    for (size_t i = 1; i < suite->count; i++)
        if (!strcmp(sorted[i - 1]->id, sorted[i]->id))
            report_twin(suite, sorted[i - 1], sorted[i]);
    memory_free(sorted);
}

/* ---- loading ------------------------------------------------------------ */

static void load_file(void *user, const char *path)
{
    struct suite *suite = user;
    struct node *root = node_load(path, suite->arena, suite->diagnostics);

    if (root)
        read_file(suite, root);
}

struct suite *suite_load(const char *const *paths, size_t count,
                         const struct catalogue *catalogue,
                         struct diagnostics *diagnostics)
{
    struct suite *suite = suite_new(catalogue, diagnostics);
    size_t errors = diagnostics->errors;

    if (!suite) {
        diagnostics->no_memory = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        suite_folder_walk(paths[i], load_file, suite, diagnostics);
    check_ids(suite);
    suite->diagnostics = NULL;
    if (diagnostics->errors == errors && !diagnostics->no_memory)
        return suite;
    suite_free(suite);
    return NULL;
}

/* ---- variants ----------------------------------------------------------- */

const struct variant *suite_variants(struct suite *suite,
                                     const struct target_shape *shape,
                                     size_t *count)
{
    struct compile_run run = {.budget = SIZE_MAX};
    struct variant_list list = {.arena = suite->arena, .run = &run};
    struct variant_page *page = arena_alloc(suite->arena, sizeof *page);

    *count = 0;
    for (size_t i = 0; page && i < suite->count; i++)
        variants_add(&list, suite->cases[i], shape);
    if (page && !list.rows)
        list.rows = memory_zero(1, sizeof *list.rows);
    if (!page || list.no_memory || !list.rows) {
        memory_free(list.rows);
        return NULL;
    }
    page->rows = list.rows;
    page->next = suite->pages;
    suite->pages = page;
    *count = list.count;
    return list.rows;
}
