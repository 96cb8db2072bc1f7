/* Versions times transports times rows. */
#include "script/generator.h"

#include <stdio.h>
#include <string.h>

enum {
    TABLE_MAX = 20,    /* rows; larger tables run over one transport */
    TRIES_MAX = 200000 /* rows looked at, the excluded ones too */
};

struct maker {
    struct variant_list *list;
    size_t first; /* this case's first variant in the list */
    size_t tries;
    size_t var_count;
    const struct test_case *test_case;
    enum mqtt_version version;
    enum net_transport transport;
    struct compiler compiler; /* for `only` and generators */
    struct binding *bindings;
    const struct row **rows;
};

static bool row_fits(struct maker *maker, const struct row *row)
{
    return !row->only || only_allows(&maker->compiler, row->only);
}

/* ---- texts -------------------------------------------------------------- */

static void put_rows(const struct maker *maker, struct buffer *text,
                     bool with_names)
{
    const struct test_case *test_case = maker->test_case;

    for (size_t i = 0; i < test_case->parameter_count; i++) {
        buffer_text(text, i ? "," : "");
        if (with_names) {
            buffer_append_slice(text, test_case->parameters[i].name);
            buffer_text(text, "=");
        }
        buffer_text(text, maker->rows[i]->name);
    }
}

static const char *make_id(const struct maker *maker)
{
    struct buffer text = buffer_make(65536);
    const char *id;

    buffer_format(&text, "%s@%s+%s", maker->test_case->id,
                  mqtt_version_name(maker->version),
                  net_transport_name(maker->transport));
    if (maker->test_case->parameter_count) {
        buffer_text(&text, "[");
        put_rows(maker, &text, false);
        buffer_text(&text, "]");
    }
    id = text.failed ? NULL
                     : arena_text(maker->list->arena, buffer_string(&text));
    buffer_free(&text);
    return id;
}

static const char *make_rows(const struct maker *maker)
{
    struct buffer text = buffer_make(65536);
    const char *rows;

    put_rows(maker, &text, true);
    rows = text.failed ? NULL
                       : arena_text(maker->list->arena, buffer_string(&text));
    buffer_free(&text);
    return rows;
}

/* ---- one variant -------------------------------------------------------- */

static struct origin *make_origin(const struct maker *maker)
{
    size_t count = maker->test_case->parameter_count;
    struct origin *origin = arena_alloc(maker->list->arena, sizeof *origin);
    const struct row **rows =
        arena_array(maker->list->arena, count + 1, sizeof *rows);

    if (!origin || !rows)
        return NULL;
    for (size_t i = 0; i < count; i++)
        rows[i] = maker->rows[i];
    origin->test_case = maker->test_case;
    origin->rows = rows;
    return origin;
}

static struct variant *room(struct variant_list *list)
{
    struct variant *rows;
    size_t capacity = list->capacity ? list->capacity * 2 : 64;

    if (list->count == list->capacity) {
        rows = memory_resize(list->rows, capacity * sizeof *rows);
        if (!rows)
            return NULL;
        list->rows = rows;
        list->capacity = capacity;
    }
    return &list->rows[list->count];
}

static void make_variant(struct maker *maker)
{
    const struct test_case *test_case = maker->test_case;
    size_t version = case_version_index(maker->version);
    struct variant *variant = room(maker->list);
    struct variant made = {
        .id = make_id(maker),
        .case_id = test_case->id,
        .area = test_case->area,
        .title = test_case->title,
        .rows = make_rows(maker),
        .version = maker->version,
        .transport = maker->transport,
        .level = test_case->level,
        .exclusive = test_case->exclusive,
        .source = test_case->source,
        .statements = (const char *const *)test_case->statements[version].ids,
        .statement_count = test_case->statements[version].count,
        .origin = make_origin(maker)};

    if (!variant || !made.id || !made.rows || !made.origin) {
        maker->list->no_memory = true;
        return;
    }
    *variant = made;
    maker->list->count++;
}

/* ---- the product -------------------------------------------------------- */

static void choose_row(struct maker *maker, size_t index);

static void try_row(struct maker *maker, size_t index, const struct row *row)
{
    maker->rows[index] = row;
    binding_choose(&maker->bindings[maker->var_count + index], row);
    maker->compiler.binding_count = maker->var_count + index + 1;
    if (row_fits(maker, row))
        choose_row(maker, index + 1);
}

static void choose_row(struct maker *maker, size_t index)
{
    const struct test_case *test_case = maker->test_case;
    const struct parameter *parameter;
    struct row_list list = {.rows = NULL};

    if (maker->list->no_memory || maker->list->too_many)
        return;
    maker->list->too_many = ++maker->tries > TRIES_MAX ||
                            maker->list->count - maker->first > VARIANTS_MAX;
    if (index == test_case->parameter_count) {
        make_variant(maker);
        return;
    }
    parameter = &test_case->parameters[index];
    list.rows = parameter->rows;
    list.count = parameter->count;
    maker->compiler.binding_count = maker->var_count + index;
    if (parameter->generated &&
        !generator_rows(&maker->compiler, parameter, &list))
        return;
    for (size_t i = 0; i < list.count; i++)
        try_row(maker, index, &list.rows[i]);
}

void binding_choose(struct binding *binding, const struct row *row)
{
    binding->row = row;
    binding->value = row->value;
}

/* Vars first, so that the parameters chosen so far are the rest. */
struct binding *bindings_of(const struct test_case *test_case,
                            struct arena *arena, size_t *var_count)
{
    const struct node *vars = test_case->vars;
    size_t count = vars ? vars->count : 0;
    struct binding *bindings = arena_array(
        arena, count + test_case->parameter_count + 1, sizeof *bindings);

    *var_count = count;
    if (!bindings)
        return NULL;
    for (size_t i = 0; i < count; i++)
        bindings[i] = (struct binding){.name = vars->keys[i]->text,
                                       .value = vars->items[i]};
    for (size_t i = 0; i < test_case->parameter_count; i++)
        bindings[count + i].name = test_case->parameters[i].name;
    return bindings;
}

static void make_all(struct maker *maker)
{
    const struct test_case *test_case = maker->test_case;

    maker->bindings =
        bindings_of(test_case, maker->list->arena, &maker->var_count);
    maker->rows =
        arena_array(maker->list->arena, test_case->parameter_count + 1,
                    sizeof *maker->rows);
    if (!maker->bindings || !maker->rows) {
        maker->list->no_memory = true;
        return;
    }
    maker->compiler =
        (struct compiler){.test_case = test_case,
                          .arena = maker->list->arena,
                          .run = maker->list->run,
                          .diagnostics = maker->list->run->diagnostics,
                          .version = maker->version,
                          .transport = maker->transport,
                          .bindings = maker->bindings,
                          .binding_count = maker->var_count};
    maker->tries = 0;
    choose_row(maker, 0);
    maker->list->failed |= maker->compiler.failed;
}

/* ---- versions and transports -------------------------------------------- */

bool variants_over_one(const struct test_case *test_case)
{
    return test_case->transport_choice == TRANSPORTS_ONE ||
           (test_case->transport_choice == TRANSPORTS_UNSAID &&
            test_case->row_total > TABLE_MAX);
}

static void with_transport(struct maker *maker,
                           const struct target_shape *shape)
{
    const struct test_case *test_case = maker->test_case;
    bool one = variants_over_one(test_case);

    for (int i = 0; i < NET_TRANSPORTS; i++) {
        if (!shape->transports[i] ||
            (test_case->transport_choice == TRANSPORTS_LIST &&
             !test_case->transports[i]))
            continue;
        maker->transport = (enum net_transport)i;
        make_all(maker);
        if (one)
            return;
    }
}

static bool newest(const struct target_shape *shape, enum mqtt_version *version)
{
    bool found = false;

    for (size_t i = 0; i < CASE_VERSIONS; i++)
        if (shape->versions[CASE_VERSION[i]]) {
            *version = CASE_VERSION[i];
            found = true;
        }
    return found;
}

void variants_add(struct variant_list *list, const struct test_case *test_case,
                  const struct target_shape *shape)
{
    struct maker maker = {
        .list = list, .first = list->count, .test_case = test_case};

    if (test_case->any_version) {
        if (newest(shape, &maker.version))
            with_transport(&maker, shape);
        return;
    }
    for (size_t i = 0; i < CASE_VERSIONS; i++) {
        maker.version = CASE_VERSION[i];
        if (test_case->versions[i] && shape->versions[maker.version])
            with_transport(&maker, shape);
    }
}
