/* The tables of `each`: rows with their names, values and limits. */
#include "script/compile.h"
#include "script/generator.h"

#include <stdio.h>
#include <string.h>

enum { ROW_NAME_MAX = 80 };

struct table {
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct parameter *parameter;
};

/* Names stand in ids between [ , ]: what could not be read back there gives
 * way to the row's number. */
static bool good_name(struct slice text)
{
    if (!text.size || text.size > ROW_NAME_MAX)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 0x21 || text.data[i] == 0x7f ||
            strchr(",[]@=\"'", text.data[i]))
            return false;
    return true;
}

/* Keys of a row that are not its value; a `name` only in a list. */
static bool frames_row(const struct node *key, bool in_list)
{
    return node_is(key, "only") || node_is(key, "requires") ||
           (in_list && node_is(key, "name"));
}

/* A copy of a row's map without those. */
static const struct node *bare_value(struct arena *arena,
                                     const struct node *map, bool in_list)
{
    struct node *copy = arena_alloc(arena, sizeof *copy);
    struct node **keys = arena_array(arena, map->count + 1, sizeof *keys);
    struct node **items = arena_array(arena, map->count + 1, sizeof *items);

    if (!copy || !keys || !items)
        return NULL;
    *copy = *map;
    copy->count = 0;
    copy->keys = keys;
    copy->items = items;
    for (size_t i = 0; i < map->count; i++) {
        if (frames_row(map->keys[i], in_list))
            continue;
        keys[copy->count] = map->keys[i];
        items[copy->count++] = map->items[i];
    }
    return copy;
}

/* {value: X, only: …, requires: …} and nothing else. */
static bool wraps_value(const struct node *node)
{
    if (node->kind != NODE_MAP || !node_get(node, "value"))
        return false;
    for (size_t i = 0; i < node->count; i++)
        if (!node_is(node->keys[i], "value") &&
            !frames_row(node->keys[i], true))
            return false;
    return true;
}

/* `name` belongs to the row in a list; in a map the key is the name. */
static void unwrap(struct arena *arena, struct row *row,
                   const struct node *node, bool in_list)
{
    row->value = node;
    if (node->kind != NODE_MAP)
        return;
    row->only = node_get(node, "only");
    row->requires = node_get(node, "requires");
    if (wraps_value(node))
        row->value = node_get(node, "value");
    else
        row->value = bare_value(arena, node, in_list);
}

static const char *name_in_list(struct arena *arena, const struct node *node,
                                const struct row *row, size_t index)
{
    const struct node *name =
        node->kind == NODE_MAP ? node_get(node, "name") : row->value;

    if (node->kind == NODE_MAP && !name && row->value &&
        row->value->kind == NODE_SCALAR)
        name = row->value;
    if (name && name->kind == NODE_SCALAR && good_name(name->text))
        return arena_text_of(arena, name->text);
    return arena_format(arena, "%zu", index + 1);
}

bool row_make(struct row *row, const struct node *table, size_t index,
              struct arena *arena)
{
    const struct node *node = table->items[index];
    const struct node *key =
        table->kind == NODE_MAP ? table->keys[index] : NULL;

    row->source = key ? key->source : node->source;
    unwrap(arena, row, node, !key);
    row->name = key ? arena_text_of(arena, key->text)
                    : name_in_list(arena, node, row, index);
    return row->value && row->name;
}

static void add_row(struct table *table, const struct node *values,
                    size_t index)
{
    const struct node *key =
        values->kind == NODE_MAP ? values->keys[index] : NULL;

    if (key && !good_name(key->text))
        fault_at(table->diagnostics, key->source,
                 "letters, digits, '_', '-', '.' and '/'", NULL,
                 "'%.*s' is not a name for a row", (int)key->text.size,
                 (const char *)key->text.data);
    if (!row_make(&table->parameter->rows[index], values, index, table->arena))
        table->diagnostics->no_memory = true;
}

static void check_names(struct table *table)
{
    const struct parameter *parameter = table->parameter;

    if (table->diagnostics->no_memory || parameter->count > VARIANTS_MAX)
        return;
    for (size_t i = 1; i < parameter->count; i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(parameter->rows[i].name, parameter->rows[j].name))
                fault_at(table->diagnostics, parameter->rows[i].source,
                         "a name of its own for each row", NULL,
                         "two rows are named '%s'", parameter->rows[i].name);
}

static bool is_generator(const struct node *node)
{
    return node->kind == NODE_MAP && node_get(node, "generate");
}

static bool has_generator(const struct node *values)
{
    if (is_generator(values))
        return true;
    for (size_t i = 0; i < values->count; i++)
        if (is_generator(values->items[i]))
            return true;
    return false;
}

static void read_table(struct table *table, const struct node *values)
{
    struct parameter *parameter = table->parameter;

    parameter->table = values;
    if (has_generator(values)) {
        parameter->generated = true;
        return;
    }
    if (values->kind == NODE_SCALAR || !values->count) {
        fault_at(table->diagnostics, values->source,
                 "a list, a map name: value, or {generate: …, of: …}", NULL,
                 "the parameter '%.*s' has no rows", (int)parameter->name.size,
                 (const char *)parameter->name.data);
        return;
    }
    parameter->rows =
        arena_array(table->arena, values->count, sizeof *parameter->rows);
    if (!parameter->rows) {
        table->diagnostics->no_memory = true;
        return;
    }
    parameter->count = values->count;
    for (size_t i = 0; i < values->count; i++)
        add_row(table, values, i);
    check_names(table);
}

static void check_parameter(const struct test_case *test_case,
                            const struct node *key,
                            struct diagnostics *diagnostics)
{
    const char *what = NULL;

    if (!key->text.size || name_length(key->text) != key->text.size)
        what = "is not a name of letters, digits and _";
    else if (names_reserved(key->text))
        what = "is a name of the language";
    else if (test_case->vars)
        for (size_t i = 0; i < test_case->vars->count; i++)
            if (slice_equal(test_case->vars->keys[i]->text, key->text))
                what = "is a var of this case already";
    if (what)
        fault_at(diagnostics, key->source, "another name", NULL, "'%.*s' %s",
                 (int)key->text.size, (const char *)key->text.data, what);
}

bool parameters_read(struct test_case *test_case, struct arena *arena,
                     struct diagnostics *diagnostics)
{
    const struct node *each = test_case->each;
    size_t errors = diagnostics->errors;

    test_case->row_total = 1;
    if (!each)
        return true;
    test_case->parameters =
        arena_array(arena, each->count + 1, sizeof *test_case->parameters);
    if (!test_case->parameters) {
        diagnostics->no_memory = true;
        return false;
    }
    test_case->parameter_count = each->count;
    for (size_t i = 0; i < each->count; i++) {
        struct parameter *parameter = &test_case->parameters[i];
        struct table table = {arena, diagnostics, parameter};

        parameter->name = each->keys[i]->text;
        parameter->source = each->keys[i]->source;
        check_parameter(test_case, each->keys[i], diagnostics);
        read_table(&table, each->items[i]);
        /* Generated tables are long ones. */
        if (test_case->row_total <= VARIANTS_MAX)
            test_case->row_total *=
                parameter->generated ? VARIANTS_MAX : parameter->count;
    }
    return diagnostics->errors == errors && !diagnostics->no_memory;
}
