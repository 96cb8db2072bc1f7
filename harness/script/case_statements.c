/* `statements`: which of them the case judges in which version. */
#include "script/case_reader.h"

/* ---- statements --------------------------------------------------------- */

const char *const STATEMENT_KEYS[] = {"3.1", "3.1.1", "5.0", "all", NULL};
const char *const STATEMENT_CHOICES[] = {"none", NULL};

static bool add_statement(struct reader *reader, size_t version, const char *id)
{
    struct statement_list *list = &reader->test_case->statements[version];

    list->ids[list->count++] = id;
    return true;
}

static void read_statement(struct reader *reader, const struct node *node,
                           size_t first, size_t last)
{
    const char *id;

    if (node->kind != NODE_SCALAR || !node->text.size) {
        case_wrong(reader, node, "the id of a statement", "a statement");
        return;
    }
    id = case_text(reader, node);
    for (size_t i = first; id && i <= last; i++) {
        if (!reader->test_case->versions[i])
            continue;
        statement_check(reader->catalogue, reader->diagnostics, node, id,
                        CASE_VERSION[i]);
        add_statement(reader, i, id);
    }
}

static void read_statement_list(struct reader *reader, const struct node *key,
                                const struct node *list)
{
    int index = case_word(reader, key, STATEMENT_KEYS, "a version, nor 'all'");
    size_t first = index < CASE_VERSIONS && index >= 0 ? (size_t)index : 0;
    size_t last = index < CASE_VERSIONS ? first : CASE_VERSIONS - 1;

    if (index < 0)
        return;
    if (list->kind != NODE_LIST || !list->count) {
        case_wrong(reader, list, "a list of statement ids",
                   "a list of statements");
        return;
    }
    if (index < CASE_VERSIONS && !reader->test_case->versions[index])
        fault_at(reader->diagnostics, key->source,
                 "a version that 'versions' lists, or 'all'", NULL,
                 "this case does not run in version %s", STATEMENT_KEYS[index]);
    for (size_t i = 0; i < list->count; i++)
        read_statement(reader, list->items[i], first, last);
}

static size_t statement_total(const struct node *map)
{
    size_t total = 0;

    for (size_t i = 0; i < map->count; i++)
        total += map->items[i]->count;
    return total;
}

void case_statements(struct reader *reader)
{
    struct test_case *test_case = reader->test_case;
    const struct node *map = case_get(test_case, "statements");

    if (!map)
        return;
    /* What a user has seen in the field need not be in the standard. */
    if (node_is(map, STATEMENT_CHOICES[0]))
        return;
    if (map->kind != NODE_MAP) {
        case_wrong(reader, map,
                   "a map of versions, or all, with statements; or none",
                   "a map of statements");
        return;
    }
    for (size_t i = 0; i < CASE_VERSIONS; i++) {
        test_case->statements[i].ids =
            arena_array(reader->arena, statement_total(map) + 1,
                        sizeof *test_case->statements[i].ids);
        if (!test_case->statements[i].ids) {
            reader->diagnostics->no_memory = true;
            return;
        }
    }
    for (size_t i = 0; i < map->count; i++)
        read_statement_list(reader, map->keys[i], map->items[i]);
    for (size_t i = 0; i < CASE_VERSIONS; i++)
        if (test_case->versions[i] && !test_case->statements[i].count)
            fault_at(reader->diagnostics, map->source,
                     "statements for that version, or for all", NULL,
                     "version %s has no statements",
                     mqtt_version_name(CASE_VERSION[i]));
}
