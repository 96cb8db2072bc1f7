/* One variant: clients, requirements, given and steps. */
#include "script/compile.h"
#include "script/capability.h"

#include <string.h>

#define SCRIPT_ARENA_MAX (2 * COMPILE_BUDGET)

/* False when there is no work left. */
static bool spend(struct compiler *compiler, size_t size)
{
    if (size <= compiler->run->budget) {
        compiler->run->budget -= size;
        return true;
    }
    compiler->run->budget = 0;
    fault(compiler, compiler->test_case->source,
          "fewer rows, or less that refers to one another", NULL,
          "this case grows too large");
    return false;
}

bool compile_enter(struct compiler *compiler, struct source source)
{
    enum { COST = 64 };

    if (!spend(compiler, COST))
        return false;
    if (compiler->depth < COMPILE_DEPTH) {
        compiler->depth++;
        return true;
    }
    fault(compiler, source, NULL, NULL,
          "this is nested too deeply, or refers to itself");
    return false;
}

void compile_leave(struct compiler *compiler)
{
    compiler->depth--;
}

void *compile_new(struct compiler *compiler, size_t size)
{
    void *block =
        spend(compiler, size) ? arena_alloc(compiler->arena, size) : NULL;

    if (!block)
        compiler->failed = true;
    return block;
}

char *compile_text(struct compiler *compiler, struct slice text)
{
    char *copy = compile_new(compiler, text.size + 1);

    if (copy && text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

/* Capacities are 4 and its doubles, so that they need not be kept. */
void *compile_grow(struct compiler *compiler, void *rows, size_t count,
                   size_t size)
{
    bool full = count == 0 || (count >= 4 && (count & (count - 1)) == 0);
    void *grown;

    if (!full)
        return rows;
    if (count > SIZE_MAX / 2 / size)
        return NULL;
    grown = compile_new(compiler, (count ? count * 2 : 4) * size);
    if (grown && count)
        memcpy(grown, rows, count * size);
    return grown;
}

/* ---- clients ------------------------------------------------------------ */

static void client_transport(struct compiler *compiler,
                             struct client_options *client,
                             const struct node *value)
{
    static const char *const words[] = {"tcp", "tls", "ws", "wss", NULL};
    int index = parse_word(compiler, value, words, "a transport");

    client->has_transport = index >= 0;
    if (index >= 0)
        net_transport_parse(slice_of(words[index]), &client->transport);
}

static void client_version(struct compiler *compiler,
                           struct client_options *client,
                           const struct node *value)
{
    static const char *const words[] = {"3.1", "3.1.1", "5.0", NULL};
    int index = parse_word(compiler, value, words, "a version of MQTT");

    client->has_version = index >= 0;
    if (index >= 0)
        client->version = CASE_VERSION[index];
}

/* $profile.name is looked up when the play begins; all else is plain. */
static const char *client_text(struct compiler *compiler,
                               const struct node *value)
{
    value = resolve(compiler, value);
    if (value && value->kind == NODE_SCALAR &&
        slice_starts(value->text, slice_of("$profile.")))
        return compile_text(compiler, value->text);
    return value ? parse_constant(compiler, value) : NULL;
}

static void client_endpoint(struct compiler *compiler,
                            struct client_options *client,
                            const struct node *value)
{
    client->endpoint = client_text(compiler, value);
}

static void client_account(struct compiler *compiler,
                           struct client_options *client,
                           const struct node *value)
{
    client->account = client_text(compiler, value);
}

static void client_server_name(struct compiler *compiler,
                               struct client_options *client,
                               const struct node *value)
{
    client->server_name = client_text(compiler, value);
}

const char *const CLIENT_WORDS[] = {"transport", "version",     "endpoint",
                                    "account",   "server_name", NULL};
static void (*const CLIENT_READ[])(struct compiler *, struct client_options *,
                                   const struct node *) = {
    client_transport, client_version, client_endpoint, client_account,
    client_server_name};

static void read_client(struct compiler *compiler,
                        struct client_options *client, const struct node *name,
                        const struct node *map)
{
    map = resolve(compiler, map);
    client->name = compile_text(compiler, name->text);
    if (!map || !client->name)
        return;
    if (map->kind != NODE_MAP) {
        fault(compiler, map->source,
              fault_one_of(compiler->diagnostics, CLIENT_WORDS), NULL,
              "the options of a client are a map");
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        int key = parse_word(compiler, map->keys[i], CLIENT_WORDS,
                             "an option of a client");

        if (key >= 0)
            CLIENT_READ[key](compiler, client, map->items[i]);
    }
}

static void read_clients(struct compiler *compiler)
{
    const struct node *map = compiler->test_case->clients;
    struct script *script = compiler->script;

    if (!map)
        return;
    script->clients =
        compile_new(compiler, (map->count + 1) * sizeof *script->clients);
    for (size_t i = 0; script->clients && i < map->count; i++) {
        read_client(compiler, &script->clients[i], map->keys[i], map->items[i]);
        script->client_count++;
    }
}

/* ---- requires ----------------------------------------------------------- */

static bool check_capability(struct compiler *compiler, const struct node *name)
{
    char room[FAULT_NODE];

    if (name->kind == NODE_SCALAR && capability_find(name->text))
        return true;
    fault(compiler, name->source,
          fault_one_of(compiler->diagnostics, capability_names()),
          name->kind == NODE_SCALAR
              ? fault_suggest(compiler->diagnostics, name->text,
                              capability_names())
              : NULL,
          "%s is not a capability", fault_node(name, room, sizeof room));
    return false;
}

static void read_requirement(struct compiler *compiler, const struct node *item)
{
    const struct match_rule number = {.is_number = true, .number = NUMBER_ANY};
    struct script *script = compiler->script;
    struct requirement *requirement;
    const struct node *name = resolve(compiler, item);
    const struct node *value = NULL;

    if (name && name->kind == NODE_MAP && name->count == 1) {
        value = name->items[0];
        name = name->keys[0];
    }
    if (!name || !check_capability(compiler, name))
        return;
    requirement = &script->requires[script->require_count++];
    requirement->name = compile_text(compiler, name->text);
    requirement->source = name->source;
    if (!value)
        return;
    if (capability_find(name->text)->has_number)
        requirement->matcher = parse_matcher(compiler, value, &number);
    else if (node_is(value, "false"))
        requirement->lacking = true;
    else
        fault(compiler, value->source, "the name alone, or false", NULL,
              "'%s' has no value", requirement->name);
}

static size_t count_of(const struct node *list)
{
    return list ? list->count : 0;
}

static void read_list(struct compiler *compiler, const struct node *list)
{
    if (list && list->kind != NODE_LIST) {
        fault(compiler, list->source, "a list of capabilities", NULL,
              "'requires' is not a list");
        return;
    }
    for (size_t i = 0; i < count_of(list); i++)
        read_requirement(compiler, list->items[i]);
}

/* What the case needs, and what its rows need beyond that. */
static void read_requires(struct compiler *compiler,
                          const struct origin *origin)
{
    const struct test_case *test_case = origin->test_case;
    size_t count = count_of(test_case->requires);

    for (size_t i = 0; i < test_case->parameter_count; i++)
        count += count_of(origin->rows[i]->requires);
    if (!count)
        return;
    compiler->script->requires =
        compile_new(compiler, count * sizeof *compiler->script->requires);
    if (!compiler->script->requires)
        return;
    read_list(compiler, test_case->requires);
    for (size_t i = 0; i < test_case->parameter_count; i++)
        read_list(compiler, origin->rows[i]->requires);
}

/* ---- steps -------------------------------------------------------------- */

static bool begin_around(struct compiler *compiler, struct around *around)
{
    *around = (struct around){.level = compiler->script->level};
    around->at = compile_grow(compiler, NULL, 0, sizeof(void *));
    if (!around->at)
        return false;
    around->at[0] = expression_of_bytes(compiler, compiler->script->source,
                                        slice_of("client"));
    around->at_count = 1;
    return around->at[0] != NULL;
}

static struct step *read_part(struct compiler *compiler,
                              const struct node *list)
{
    struct around around;

    if (!begin_around(compiler, &around))
        return NULL;
    if (!list)
        return step_new(compiler, VERB_SEQUENCE, compiler->script->source,
                        &around);
    return compile_steps(compiler, list, &around);
}

static void check_nameless(struct compiler *compiler)
{
    if (compiler->nameless && compiler->named)
        fault(compiler, compiler->nameless->source,
              "'at' with the name of a client", NULL,
              "this case has several clients, and this step says none");
}

/* `only`, `if` and `unless` may leave a variant that passes whatever comes. */
static void check_left(struct compiler *compiler)
{
    const struct script *script = compiler->script;

    if (!compiler->failed && script->steps && !script->steps->child_count)
        fault(compiler, script->source,
              "'versions', 'transports' or 'only' in the rows without it", NULL,
              "no step is left of this case in %s over %s%s%s",
              mqtt_version_name(script->version),
              net_transport_name(script->transport),
              *script->rows ? " with " : "", script->rows);
}

static void read_steps(struct compiler *compiler)
{
    const struct test_case *test_case = compiler->test_case;

    compiler->script->given = read_part(compiler, test_case->given);
    compiler->script->steps = read_part(compiler, test_case->steps);
    check_nameless(compiler);
    check_left(compiler);
    if (!compiler->failed)
        lint_script(compiler);
    if (!compiler->failed)
        compiler->script->wait = script_wait(compiler->script);
}

/* ---- the script --------------------------------------------------------- */

static bool begin(struct compiler *compiler, const struct variant *variant,
                  const struct origin *origin)
{
    struct script *script = compile_new(compiler, sizeof *script);
    struct binding *bindings;
    size_t vars;

    if (!script)
        return false;
    *script = (struct script){.arena = compiler->arena,
                              .variant_id = variant->id,
                              .case_id = variant->case_id,
                              .area = variant->area,
                              .title = variant->title,
                              .rows = variant->rows,
                              .source = variant->source,
                              .version = variant->version,
                              .transport = variant->transport,
                              .level = variant->level,
                              .exclusive = variant->exclusive,
                              .statements = variant->statements,
                              .statement_count = variant->statement_count};
    compiler->script = script;
    compiler->version = variant->version;
    compiler->transport = variant->transport;
    bindings = bindings_of(origin->test_case, compiler->arena, &vars);
    if (!bindings)
        return false;
    for (size_t i = 0; i < origin->test_case->parameter_count; i++)
        binding_choose(&bindings[vars + i], origin->rows[i]);
    compiler->bindings = bindings;
    compiler->binding_count = vars + origin->test_case->parameter_count;
    return true;
}

struct script *compile_variant(const struct variant *variant,
                               struct arena *arena, struct compile_run *run)
{
    const struct origin *origin = variant->origin;
    struct compiler compiler = {.test_case = origin->test_case,
                                .run = run,
                                .arena = arena,
                                .diagnostics = run->diagnostics};

    if (!begin(&compiler, variant, origin))
        return NULL;
    read_requires(&compiler, origin);
    read_clients(&compiler);
    read_steps(&compiler);
    return compiler.failed || arena_failed(arena) ? NULL : compiler.script;
}

struct script *script_compile(const struct suite *suite,
                              const struct variant *variant)
{
    struct compile_run run = {.budget = COMPILE_BUDGET};
    struct arena *arena = arena_new(SCRIPT_ARENA_MAX);
    struct script *script;

    (void)suite;
    if (!arena)
        return NULL;
    script = compile_variant(variant, arena, &run);
    if (!script)
        arena_free(arena);
    return script;
}

void script_free(struct script *script)
{
    if (script)
        arena_free(script->arena);
}
