/* The keys that every step may have. */
#include "script/compile.h"

#include <string.h>

/* ---- the client's own version and transport ----------------------------- */

/* Whether the client of `clients` is the one of this `at`, or its family. */
static bool names_client(const char *client, struct slice at)
{
    size_t size = strlen(client);

    if (size && client[size - 1] == '*')
        return at.size >= size - 1 && !memcmp(at.data, client, size - 1);
    return slice_is(at, client);
}

static const struct client_options *find_client(const struct script *script,
                                                struct slice at)
{
    for (size_t i = 0; i < script->client_count; i++)
        if (names_client(script->clients[i].name, at))
            return &script->clients[i];
    return NULL;
}

/* A client that speaks another version than the variant's takes that one's
 * version blocks. */
void step_take_client(struct compiler *compiler, const struct node *at)
{
    const struct client_options *client = NULL;

    compiler->version = compiler->script->version;
    compiler->transport = compiler->script->transport;
    if (at && at->kind == NODE_LIST && at->count)
        at = resolve(compiler, at->items[0]);
    if (at && at->kind == NODE_SCALAR)
        client = find_client(compiler->script, at->text);
    if (client && client->has_version)
        compiler->version = client->version;
    if (client && client->has_transport)
        compiler->transport = client->transport;
}

enum mqtt_version step_version(const struct script *script,
                               const struct step *step)
{
    const struct client_options *client = NULL;

    if (step->at_count && step->at[0]->kind == EXPRESSION_BYTES)
        client = find_client(script, step->at[0]->bytes);
    return client && client->has_version ? client->version : script->version;
}

/* ---- at ----------------------------------------------------------------- */

static bool add_client(struct compiler *compiler, struct step *step,
                       const struct node *node)
{
    struct expression **at =
        compile_grow(compiler, step->at, step->at_count, sizeof(void *));
    struct expression *client = NULL;

    if (at && node->kind == NODE_SCALAR && node->text.size)
        client = parse_bytes(compiler, node);
    else if (at)
        fault(compiler, node->source, "the name of a client, or a list", NULL,
              "this is not a client");
    if (!client)
        return false;
    step->at = at;
    at[step->at_count++] = client;
    return true;
}

static bool read_pattern(struct compiler *compiler, struct step *step,
                         const struct node *node)
{
    struct expression *prefix;
    struct slice text = node->text;

    if (!text.size || text.data[text.size - 1] != '*')
        return false;
    prefix = expression_of_bytes(compiler, node->source,
                                 slice_make(text.data, text.size - 1));
    step->at = compile_grow(compiler, NULL, 0, sizeof(void *));
    if (!step->at || !prefix)
        return false;
    step->at[0] = prefix;
    step->at_count = 1;
    step->at_pattern = true;
    return true;
}

bool step_read_at(struct compiler *compiler, struct step *step,
                  const struct node *at)
{
    bool ok = true;

    step->at = NULL;
    step->at_count = 0;
    step->at_pattern = false;
    if (at->kind != NODE_LIST)
        return (at->kind == NODE_SCALAR && read_pattern(compiler, step, at)) ||
               add_client(compiler, step, at);
    if (!at->count)
        fault(compiler, at->source, "at least one client", NULL,
              "this list of clients is empty");
    for (size_t i = 0; ok && i < at->count; i++) {
        const struct node *item = resolve(compiler, at->items[i]);

        ok = item && add_client(compiler, step, item);
    }
    return ok && at->count;
}

/* ---- what every step may have ------------------------------------------- */

const char *const LEVEL_WORDS[] = {"must", "should", "may", "strict", NULL};

bool step_read_level(struct verbing *verbing)
{
    struct entry *entry = entries_find(verbing->entries, "level");
    int level;

    if (!entry)
        return true;
    entry->used = true;
    level = parse_word(verbing->compiler, entry->value, LEVEL_WORDS, "a level");
    if (level < 0)
        return false;
    verbing->step->level = (enum level)level;
    verbing->step->own_level = true;
    return true;
}

static bool is_statement(struct compiler *compiler, const struct node *node,
                         const char *id)
{
    if (statement_check(compiler->run->catalogue, compiler->diagnostics, node,
                        id, compiler->script->version))
        return true;
    compiler->failed = true;
    return false;
}

bool step_read_judges(struct verbing *verbing)
{
    struct compiler *compiler = verbing->compiler;
    struct entry *entry = entries_find(verbing->entries, "judges");
    const struct node *list;
    const char **ids;

    if (!entry)
        return true;
    entry->used = true;
    list = resolve(compiler, entry->value);
    if (!list)
        return false;
    if (list->kind != NODE_LIST || !list->count) {
        fault(compiler, list->source, "a list of statements", NULL,
              "'judges' takes a list");
        return false;
    }
    ids = compile_new(compiler, list->count * sizeof *ids);
    for (size_t i = 0; ids && i < list->count; i++) {
        ids[i] = parse_constant(compiler, list->items[i]);
        if (!ids[i] || !is_statement(compiler, list->items[i], ids[i]))
            return false;
    }
    verbing->step->judges = ids;
    verbing->step->judge_count = ids ? list->count : 0;
    return ids != NULL;
}

bool step_read_note(struct verbing *verbing)
{
    struct entry *entry = entries_find(verbing->entries, "note");

    if (!entry)
        return true;
    entry->used = true;
    verbing->step->note = parse_constant(verbing->compiler, entry->value);
    return verbing->step->note != NULL;
}

static bool may_be_in_time(enum verb verb)
{
    return verb == VERB_SEND || verb == VERB_EXPECT || verb == VERB_TOGETHER ||
           verb == VERB_OPEN || verb == VERB_CLOSE || verb == VERB_FENCE;
}

void step_read_in_time(struct verbing *verbing)
{
    struct entry *entry = entries_find(verbing->entries, "in_time");
    bool by_expect;

    if (!entry || verbing->step->verb == VERB_SEQUENCE)
        return;
    if (!may_be_in_time(verbing->step->verb))
        fault(verbing->compiler, entry->key->source,
              "a send, an expect, or a step that opens or closes", NULL,
              "'in_time' has no meaning in this step");
    else
        parse_moment(verbing->compiler, entry->value, &verbing->step->in_time,
                     &by_expect);
}

/* Last of all: within the step the mark still has its former value. */
void step_read_mark(struct verbing *verbing)
{
    struct compiler *compiler = verbing->compiler;
    struct entry *entry = entries_find(verbing->entries, "mark");
    const struct node *name;

    if (!entry || entry->used)
        return;
    entry->used = true;
    name = resolve(compiler, entry->value);
    if (!name)
        return;
    if (name->kind != NODE_SCALAR || name_length(name->text) == 0 ||
        name_length(name->text) != name->text.size) {
        fault(compiler, name->source,
              "letters, digits and _, beginning with a letter", NULL,
              "this is not a name for a mark");
        return;
    }
    verbing->step->mark = compile_text(compiler, name->text);
    names_add(compiler, name->text, NAME_MARK,
              verbing->step->verb == VERB_EXPECT);
}

/* ---- switches ----------------------------------------------------------- */

bool step_switched_on(struct compiler *compiler, struct entries *entries)
{
    static const struct {
        const char *key;
        int off;
    } conditions[] = {{"if", 0}, {"unless", 1}};
    struct entry *only = entries_find(entries, "only");

    if (only) {
        only->used = true;
        if (!only_allows(compiler, only->value))
            return false;
    }
    for (size_t i = 0; i < 2; i++) {
        struct entry *entry = entries_find(entries, conditions[i].key);
        int holds;

        if (!entry)
            continue;
        entry->used = true;
        holds = condition_holds(compiler, entry->value);
        if (holds < 0 || holds == conditions[i].off)
            return false;
    }
    return true;
}
