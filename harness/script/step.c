/* One step: its keys merged, its verb found, what every step may have read,
 * the rest given to the readers of the table. */
#include "script/compile.h"

#include <string.h>

struct step *step_new(struct compiler *compiler, enum verb verb,
                      struct source source, const struct around *around)
{
    struct step *step = compile_new(compiler, sizeof *step);

    if (!step)
        return NULL;
    step->verb = verb;
    step->source = source;
    step->at = around->at;
    step->at_count = around->at_count;
    step->at_pattern = around->at_pattern;
    step->level = around->level;
    step->own_level = around->own_level;
    step->judges = around->judges;
    step->judge_count = around->judge_count;
    return step;
}

bool step_add(struct compiler *compiler, struct step *parent,
              struct step *child)
{
    struct step **children;

    if (!parent || !child)
        return false;
    children = compile_grow(compiler, parent->children, parent->child_count,
                            sizeof(void *));
    if (!children)
        return false;
    parent->children = children;
    children[parent->child_count++] = child;
    return true;
}

/* ---- the verb ----------------------------------------------------------- */

/* `repeat` brings its `do` along; `mark` alone is a step, too. */
static struct entry *find_verb(struct compiler *compiler,
                               struct entries *entries, const struct node *node)
{
    struct entry *repeat = entries_find(entries, "repeat");
    struct entry *verb = NULL;

    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->rows[i];

        if (!step_key_verb(entry->key->text) ||
            (repeat && node_is(entry->key, "do")))
            continue;
        if (verb) {
            fault(compiler, entry->key->source, "one verb in each step", NULL,
                  "'%.*s' and '%.*s' in one step", (int)verb->key->text.size,
                  (const char *)verb->key->text.data,
                  (int)entry->key->text.size,
                  (const char *)entry->key->text.data);
            return NULL;
        }
        verb = entry;
    }
    if (!verb)
        verb = entries_find(entries, "mark");
    if (!verb)
        fault(compiler, node->source,
              fault_one_of(compiler->diagnostics, step_verb_names()),
              entries->count
                  ? fault_suggest(compiler->diagnostics,
                                  entries->rows[0].key->text, step_verb_names())
                  : NULL,
              "this step has no verb");
    return verb;
}

static const struct {
    const char *name;
    enum verb verb;
    enum subject subject;
    bool of_client;
} VERBS[] = {
    {"send", VERB_SEND, SUBJECT_SEND, true},
    {"expect", VERB_EXPECT, SUBJECT_EXPECT, true},
    {"together", VERB_TOGETHER, SUBJECT_TOGETHER, false},
    {"open", VERB_OPEN, SUBJECT_OPEN, true},
    {"close", VERB_CLOSE, SUBJECT_CLOSE, true},
    {"reading", VERB_READING, SUBJECT_READING, true},
    {"all_of", VERB_ALL_OF, SUBJECT_ALL_OF, false},
    {"any_of", VERB_ANY_OF, SUBJECT_ANY_OF, false},
    {"do", VERB_SEQUENCE, SUBJECT_DO, false},
    {"repeat", VERB_REPEAT, SUBJECT_REPEAT, false},
    {"parallel", VERB_PARALLEL, SUBJECT_PARALLEL, false},
    {"pause", VERB_PAUSE, SUBJECT_PAUSE, false},
    {"mark", VERB_MARK, SUBJECT_MARK, false},
    {"reach", VERB_REACH, SUBJECT_REACH, true},
    {"fence", VERB_FENCE, SUBJECT_FENCE, true},
    {"broker", VERB_BROKER, SUBJECT_BROKER, false},
};
enum { VERB_COUNT = sizeof VERBS / sizeof *VERBS };

const char *verb_name(enum verb verb)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (VERBS[i].verb == verb && verb != VERB_SEQUENCE)
            return VERBS[i].name;
    return "sequence";
}

bool verb_is_of_client(enum verb verb)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (VERBS[i].verb == verb)
            return VERBS[i].of_client;
    return false;
}

static size_t verb_index(const struct entry *verb)
{
    size_t i = 0;

    while (i + 1 < VERB_COUNT && !node_is(verb->key, VERBS[i].name))
        i++;
    return i;
}

/* ---- the rest of the keys ----------------------------------------------- */

static bool has_fields(enum subject subject)
{
    return subject == SUBJECT_SEND || subject == SUBJECT_EXPECT;
}

static void unknown_key(struct verbing *verbing, const struct entry *entry,
                        enum subject subject)
{
    struct compiler *compiler = verbing->compiler;
    const char *const *words = step_key_names(compiler, subject);
    struct slice key = entry->key->text;

    fault(compiler, entry->key->source,
          fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, key, words),
          "'%.*s' is not a key of this step", (int)key.size,
          (const char *)key.data);
}

static void read_entry(struct verbing *verbing, struct entry *entry,
                       enum subject subject)
{
    struct compiler *compiler = verbing->compiler;
    const struct step_key *key = step_key_find(entry->key->text, subject);
    const struct node *value;

    /* `do` collects what it hands down by itself. */
    if (key && (!key->read || (subject == SUBJECT_DO && key->handed_down)))
        return;
    entry->used = true;
    if (!key && !has_fields(subject)) {
        unknown_key(verbing, entry, subject);
        return;
    }
    value = resolve(compiler, entry->value);
    if (!value)
        return;
    if (key)
        key->read(verbing, entry, value);
    else if (subject == SUBJECT_SEND)
        send_field_read(verbing, entry, value);
    else
        expect_field_read(verbing, entry, value);
}

static void read_entries(struct verbing *verbing, enum subject subject)
{
    for (size_t i = 0; i < verbing->entries->count; i++)
        if (!verbing->entries->rows[i].used)
            read_entry(verbing, &verbing->entries->rows[i], subject);
}

/* ---- all together ------------------------------------------------------- */

static void note_at(struct compiler *compiler, const struct step *step,
                    const struct node *node, const struct node *at)
{
    if (at && !compiler->named)
        compiler->named = node;
    if (!at && verb_is_of_client(step->verb) && !compiler->nameless)
        compiler->nameless = node;
}

/* A step that counts but has no count of its own becomes a repeat. */
static struct step *repeated(struct verbing *verbing, struct entry *count,
                             const struct around *around)
{
    struct compiler *compiler = verbing->compiler;
    struct step *step = verbing->step, *repeat, *body;

    if (!count || step->verb == VERB_SEND || step->verb == VERB_EXPECT)
        return step;
    repeat = step_new(compiler, VERB_REPEAT, step->source, around);
    body = step_new(compiler, VERB_SEQUENCE, step->source, around);
    if (!step_add(compiler, body, step) || !step_add(compiler, repeat, body))
        return NULL;
    repeat->name = "i";
    repeat->count = parse_number(compiler, count->value, &NUMBER_COUNT);
    return repeat->count ? repeat : NULL;
}

static void read_own(struct verbing *verbing, struct entry *verb,
                     enum subject subject)
{
    struct compiler *compiler = verbing->compiler;
    const struct step_key *key = step_key_verb(verb->key->text);

    if (subject == SUBJECT_SEND && !step_send_begin(verbing, &subject))
        return;
    if (subject == SUBJECT_EXPECT && !step_expect_begin(verbing, &subject))
        return;
    step_read_in_time(verbing);
    read_entries(verbing, subject);
    if (key && key->read)
        key->read(verbing, verb, verbing->value);
    if (compiler->failed)
        return;
    if (verbing->step->verb == VERB_SEND)
        step_send_end(verbing);
    if (verbing->step->verb == VERB_EXPECT)
        step_expect_end(verbing);
}

/* The mark is set even by a step with a fault in it: it is no fault of those
 * that use it. */
static void read_verb(struct verbing *verbing, struct entry *verb,
                      enum subject subject)
{
    struct entry *body = entries_find(verbing->entries, "do");

    verb->used = subject != SUBJECT_MARK;
    if (body)
        body->used = true;
    verbing->value = resolve(verbing->compiler, verb->value);
    if (verbing->value)
        read_own(verbing, verb, subject);
    step_read_mark(verbing);
}

/* What children take from this step. */
static struct around around_of(const struct step *step,
                               const struct around *outer,
                               const struct node *at)
{
    return (struct around){.at = step->at,
                           .at_count = step->at_count,
                           .at_pattern = step->at_pattern,
                           .at_node = at,
                           .level = step->level,
                           .own_level = step->own_level,
                           .judges = step->judges,
                           .judge_count = step->judge_count,
                           .down = outer->down};
}

static void take_down(struct compiler *compiler, struct entries *entries,
                      const struct around *around)
{
    struct hand_down *down = around->down;

    if (!down || down->taken || !entries_find(entries, "send"))
        return;
    down->taken = true;
    for (size_t i = 0; i < down->entries.count; i++)
        entries_force(compiler, entries, &down->entries.rows[i]);
}

static struct step *build(struct verbing *verbing, const struct around *around,
                          const struct node *at)
{
    struct compiler *compiler = verbing->compiler;
    struct entry *verb = find_verb(compiler, verbing->entries, verbing->node);
    struct entry *count = entries_find(verbing->entries, "count");
    struct entry *own_at = entries_find(verbing->entries, "at");
    struct around inner;
    size_t names = compiler->name_count, index;

    if (!verb)
        return NULL;
    index = verb_index(verb);
    verbing->step =
        step_new(compiler, VERBS[index].verb, verbing->node->source, around);
    if (!verbing->step)
        return NULL;
    if (count)
        names_add(compiler, slice_of("i"), NAME_COUNTER, false);
    note_at(compiler, verbing->step, verbing->node, at);
    if (own_at) {
        own_at->used = true;
        at = resolve(compiler, own_at->value);
        if (!at || !step_read_at(compiler, verbing->step, at))
            return NULL;
    }
    if (!step_read_level(verbing) || !step_read_judges(verbing) ||
        !step_read_note(verbing))
        return NULL;
    inner = around_of(verbing->step, around, at);
    verbing->around = &inner;
    read_verb(verbing, verb, VERBS[index].subject);
    names_cut(compiler, names);
    return compiler->failed ? NULL : repeated(verbing, count, around);
}

static struct step *compile_map(struct compiler *compiler,
                                const struct node *node,
                                const struct around *around)
{
    struct entries entries = {.count = 0};
    struct verbing verbing = {
        .compiler = compiler, .entries = &entries, .node = node};
    const struct node *at = resolve_get(compiler, node, "at");

    if (!at)
        at = around->at_node;
    step_take_client(compiler, at);
    if (!entries_merge(compiler, &entries, node) ||
        !step_switched_on(compiler, &entries))
        return NULL;
    take_down(compiler, &entries, around);
    return build(&verbing, around, at);
}

struct step *compile_step(struct compiler *compiler, const struct node *node,
                          const struct around *around)
{
    struct step *step = NULL;
    bool failed = compiler->failed;
    char room[FAULT_NODE];

    node = resolve(compiler, node);
    if (!node || !compile_enter(compiler, node->source))
        return NULL;
    /* One broken step must not hide the mistakes of the next ones. */
    compiler->failed = false;
    if (node->kind == NODE_MAP)
        step = compile_map(compiler, node, around);
    else
        fault(compiler, node->source, "a map with a verb", NULL,
              "a step cannot be %s", fault_node(node, room, sizeof room));
    compiler->failed = compiler->failed || failed;
    compile_leave(compiler);
    return step;
}

struct step *compile_steps(struct compiler *compiler, const struct node *list,
                           const struct around *around)
{
    struct step *sequence;
    char room[FAULT_NODE];

    list = resolve(compiler, list);
    if (!list)
        return NULL;
    if (list->kind != NODE_LIST) {
        fault(compiler, list->source, "a list of steps", NULL,
              "steps cannot be %s", fault_node(list, room, sizeof room));
        return NULL;
    }
    sequence = step_new(compiler, VERB_SEQUENCE, list->source, around);
    for (size_t i = 0; sequence && i < list->count; i++) {
        struct step *step = compile_step(compiler, list->items[i], around);

        if (step && !step_add(compiler, sequence, step))
            return NULL;
    }
    return sequence;
}

struct step *compile_member(struct compiler *compiler, const struct node *node,
                            const struct around *around)
{
    node = resolve(compiler, node);
    if (!node)
        return NULL;
    if (node->kind == NODE_LIST)
        return compile_steps(compiler, node, around);
    return compile_step(compiler, node, around);
}
