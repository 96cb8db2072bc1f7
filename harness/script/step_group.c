/* Steps made of steps. */
#include "script/compile.h"

#include <string.h>

static bool is_list(struct verbing *verbing, const struct node *value,
                    const char *what)
{
    char room[FAULT_NODE];

    if (value->kind == NODE_LIST && value->count)
        return true;
    fault(verbing->compiler, value->source, "a list of steps", NULL,
          "'%s' holds %s", what,
          value->kind == NODE_LIST ? "an empty list"
                                   : fault_node(value, room, sizeof room));
    return false;
}

void verb_together(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    struct compiler *compiler = verbing->compiler;

    (void)entry;
    if (!is_list(verbing, value, "together"))
        return;
    for (size_t i = 0; i < value->count; i++) {
        struct step *step =
            compile_step(compiler, value->items[i], verbing->around);

        if (step && step->verb != VERB_SEND)
            fault(compiler, step->source, "a send", NULL,
                  "'together' joins sends only");
        else if (step)
            step_add(compiler, verbing->step, step);
    }
}

/* Members do not see what their siblings save: which is played first, nobody
 * knows. What they saved is known after the group. */
static void add_members(struct verbing *verbing, const struct node *list,
                        bool lists_only)
{
    struct compiler *compiler = verbing->compiler;
    size_t first = compiler->name_count;

    for (size_t i = 0; i < list->count; i++) {
        size_t names = compiler->name_count;
        struct step *member =
            lists_only
                ? compile_steps(compiler, list->items[i], verbing->around)
                : compile_member(compiler, list->items[i], verbing->around);

        if (member)
            step_add(compiler, verbing->step, member);
        names_hide(compiler, names, true);
    }
    names_hide(compiler, first, false);
}

void verb_all_of(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    (void)entry;
    if (is_list(verbing, value, "all_of"))
        add_members(verbing, value, false);
}

void verb_parallel(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    (void)entry;
    if (is_list(verbing, value, "parallel"))
        add_members(verbing, value, true);
}

static bool begins_with_expect(const struct step *step)
{
    while (step && step->verb == VERB_SEQUENCE)
        step = step->child_count ? step->children[0] : NULL;
    return step && (step->verb == VERB_EXPECT || step->verb == VERB_ALL_OF ||
                    step->verb == VERB_ANY_OF);
}

void verb_any_of(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    (void)entry;
    if (!is_list(verbing, value, "any_of"))
        return;
    add_members(verbing, value, false);
    for (size_t i = 0; i < verbing->step->child_count; i++)
        if (!begins_with_expect(verbing->step->children[i]))
            fault(verbing->compiler, verbing->step->children[i]->source,
                  "an expect, a list that begins with one, or a map with "
                  "all_of or any_of",
                  NULL, "an alternative has to begin with an expect");
}

/* ---- do ----------------------------------------------------------------- */

static bool goes_down(const struct entry *entry)
{
    const struct step_key *key = step_key_find(entry->key->text, SUBJECT_DO);

    if (node_is(entry->key, "mark") || node_is(entry->key, "in_time"))
        return true;
    return key && key->handed_down;
}

/* With no send in the body, mark and in_time are its first step's own. */
static struct step *first_actor(struct step *step)
{
    while (step && (step->verb == VERB_SEQUENCE || step->verb == VERB_REPEAT))
        step = step->child_count ? step->children[0] : NULL;
    return step;
}

static void hand_to(struct verbing *verbing, const struct hand_down *down,
                    struct step *step)
{
    struct compiler *compiler = verbing->compiler;
    bool by_expect;

    for (size_t i = 0; i < down->entries.count; i++) {
        const struct entry *entry = &down->entries.rows[i];
        const struct node *value = resolve(compiler, entry->value);

        if (!value)
            continue;
        if (node_is(entry->key, "in_time") && step) {
            parse_moment(compiler, value, &step->in_time, &by_expect);
        } else if (node_is(entry->key, "mark") && step) {
            step->mark = parse_constant(compiler, value);
            names_add(compiler, value->text, NAME_MARK,
                      step->verb == VERB_EXPECT);
        } else {
            fault(compiler, entry->key->source, "a body with a send", NULL,
                  "there is no send for '%.*s' to apply to",
                  (int)entry->key->text.size,
                  (const char *)entry->key->text.data);
        }
    }
}

static struct hand_down *collect(struct verbing *verbing)
{
    struct hand_down *down = compile_new(verbing->compiler, sizeof *down);

    for (size_t i = 0; down && i < verbing->entries->count; i++) {
        struct entry *entry = &verbing->entries->rows[i];

        if (!goes_down(entry))
            continue;
        entry->used = true;
        down->entries.rows[down->entries.count++] = *entry;
    }
    return down;
}

void verb_do(struct verbing *verbing, const struct entry *entry,
             const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct around around = *verbing->around;
    struct hand_down *down = collect(verbing);
    struct step *body;

    (void)entry;
    if (!down)
        return;
    around.down = down->entries.count ? down : around.down;
    body = compile_member(compiler, value, &around);
    if (!body)
        return;
    if (body->verb == VERB_SEQUENCE) {
        verbing->step->children = body->children;
        verbing->step->child_count = body->child_count;
    } else {
        step_add(compiler, verbing->step, body);
    }
    if (down->entries.count && !down->taken)
        hand_to(verbing, down, first_actor(verbing->step));
}

/* ---- repeat ------------------------------------------------------------- */

void repeat_as(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    (void)entry;
    if (value->kind == NODE_SCALAR &&
        (slice_is(value->text, "i") ||
         names_legal(verbing->compiler, value, value->text)))
        verbing->step->name = compile_text(verbing->compiler, value->text);
}

void verb_repeat(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct entry *body = entries_find(verbing->entries, "do");
    struct step *step = verbing->step, *sequence;
    const struct node *list;
    size_t names = compiler->name_count;

    step->count = parse_number(compiler, value, &NUMBER_COUNT);
    if (!body) {
        fault(compiler, entry->key->source, "repeat: N, do: steps", NULL,
              "'repeat' has no 'do' beside it");
        return;
    }
    if (!step->name)
        step->name = "i";
    names_add(compiler, slice_of(step->name), NAME_COUNTER, false);
    list = resolve(compiler, body->value);
    sequence = step_new(compiler, VERB_SEQUENCE, step->source, verbing->around);
    if (list && list->kind == NODE_LIST)
        sequence = compile_steps(compiler, list, verbing->around);
    else if (list && sequence) {
        struct step *only = compile_step(compiler, list, verbing->around);

        if (only)
            step_add(compiler, sequence, only);
    }
    if (sequence)
        step_add(compiler, step, sequence);
    names_cut(compiler, names);
}
