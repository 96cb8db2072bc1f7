/* What a profile says about the broker's conduct: capabilities and known
 * failures. */
#include "script/capability.h"
#include "script/diagnostics.h"
#include "script/profile_inside.h"
#include <stddef.h>
#include <string.h>

#define CAPABILITIES_MAX 64 /* more than there are */

/* ---- capabilities ------------------------------------------------------ */

static bool needs_number(const struct profile_capability *row)
{
    return capability_find(slice_of(row->name))->has_number;
}

static void read_capability_value(struct profile_reader *reader,
                                  const struct node *node,
                                  struct profile_capability *row)
{
    if (node_is(node, "false")) {
        row->present = false;
    } else if (needs_number(row)) {
        row->number = profile_number(reader, node, UINT32_MAX);
        row->has_number = true;
    } else {
        row->present = profile_boolean(reader, node);
    }
}

/* `name`, or a map with this one key. */
static const struct node *capability_key(const struct node *node)
{
    if (node->kind == NODE_SCALAR)
        return node;
    return node->kind == NODE_MAP && node->count == 1 ? node->keys[0] : NULL;
}

static void read_capability(struct profile_reader *reader,
                            const struct node *node,
                            struct profile_capability *row)
{
    const struct node *key = capability_key(node);
    *row = (struct profile_capability){.name = "", .present = true};
    if (key == NULL) {
        diagnose(reader->diagnostics, node->source, "a name, or {name: value}",
                 NULL, "this is not a capability");
        return;
    }
    size_t errors = reader->diagnostics->errors;
    size_t index =
        profile_choice(reader, key, "capability", capability_names());
    if (reader->diagnostics->errors != errors)
        return;
    row->name = capability_names()[index];
    if (node->kind == NODE_MAP)
        read_capability_value(reader, node->items[0], row);
    else if (needs_number(row))
        diagnose(reader->diagnostics, node->source, "{name: number}", NULL,
                 "the capability '%s' needs a number", row->name);
}

/* Whether the name was stated before; seen holds one mark for each. */
static bool is_repeated(const char *name, bool *seen)
{
    for (size_t i = 0; i < CAPABILITIES_MAX && capability_names()[i]; i++) {
        if (strcmp(capability_names()[i], name) != 0)
            continue;
        bool before = seen[i];
        seen[i] = true;
        return before;
    }
    return false;
}

static const struct profile_shape CAPABILITY = {.kind = PROFILE_CAPABILITY};
const struct profile_shape PROFILE_CAPABILITIES = {.kind = PROFILE_LIST,
                                                   .item = &CAPABILITY};

void profile_read_capabilities(struct profile_reader *reader,
                               const struct node *node, void *record)
{
    struct profile *profile = record;
    size_t count;
    bool seen[CAPABILITIES_MAX] = {false};
    struct profile_capability *rows =
        profile_rows(reader, node, NODE_LIST, "the list of capabilities",
                     sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        read_capability(reader, node->items[i], &rows[i]);
        if (is_repeated(rows[i].name, seen))
            diagnose(reader->diagnostics, node->items[i]->source, NULL, NULL,
                     "the capability '%s' is stated twice", rows[i].name);
    }
    profile->capabilities = rows;
    profile->capability_count = count;
}

/* ---- known failures ---------------------------------------------------- */

/* What one entry of the file says: selectors and statements may be several. */
struct known_entry {
    const char *const *variants; /* then NULL */
    struct profile_known row;
};

static const char *read_selector(struct profile_reader *reader,
                                 const struct node *node)
{
    char error[300];
    const char *text = profile_text(reader, node, "a selector");
    if (node->kind == NODE_SCALAR && !selector_check(text, error, sizeof error))
        diagnose(reader->diagnostics, node->source, NULL, NULL, "%s", error);
    return text;
}

static const char *read_statement(struct profile_reader *reader,
                                  const struct node *node)
{
    const char *text = profile_text(reader, node, "a statement");
    if (node->kind == NODE_SCALAR &&
        (*text == '\0' || strpbrk(text, " ,\t\n") != NULL))
        diagnose(reader->diagnostics, node->source,
                 "one id of the catalogue, such as MQTT-3.1.4-3", NULL,
                 "'%s' is not the id of a statement", text);
    return text;
}

/* How many texts a node holds that may be one or a list of them. */
static size_t text_count(const struct node *node)
{
    return node->kind == NODE_LIST ? node->count : 1;
}

static void read_texts(struct profile_reader *reader, const struct node *node,
                       const char *(*read)(struct profile_reader *,
                                           const struct node *),
                       const char *const **member)
{
    size_t count = text_count(node);
    const char **texts =
        arena_array(reader->profile->arena, count + 1, sizeof *texts);
    if (count == 0)
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "the list is empty");
    for (size_t i = 0; texts != NULL && i < count; i++)
        texts[i] =
            read(reader, node->kind == NODE_LIST ? node->items[i] : node);
    if (texts != NULL)
        *member = texts;
}

static void read_variants(struct profile_reader *reader,
                          const struct node *node, void *member)
{
    read_texts(reader, node, read_selector, member);
}

static void read_statements(struct profile_reader *reader,
                            const struct node *node, void *member)
{
    read_texts(reader, node, read_statement, member);
}

static void read_reason(struct profile_reader *reader, const struct node *node,
                        void *member)
{
    const char *text = profile_text(reader, node, "a reason");
    if (node->kind == NODE_SCALAR && *text == '\0')
        diagnose(reader->diagnostics, node->source,
                 "what the broker does instead", NULL, "the reason is empty");
    if (diagnostics_comment_follows(reader->diagnostics, reader->file, node))
        diagnose(reader->diagnostics, node->source, "a reason in quotes", NULL,
                 "the rest of this reason is a comment");
    *(const char **)member = text;
}

static const char *const VERDICT_WORDS[] = {[KNOWN_FAIL] = "fail",
                                            [KNOWN_WARN] = "warn",
                                            [KNOWN_INCONCLUSIVE] =
                                                "inconclusive",
                                            NULL};

static void read_verdict(struct profile_reader *reader, const struct node *node,
                         void *member)
{
    *(enum known_verdict *)member = (enum known_verdict)profile_choice(
        reader, node, "verdict of a known failure", VERDICT_WORDS);
}

static const struct profile_shape VERDICT = {.kind = PROFILE_CHOICE,
                                             .words = VERDICT_WORDS};
static const struct profile_key KNOWN_KEYS[] = {
    {"variants", read_variants, offsetof(struct known_entry, variants), false,
     &PROFILE_SOME_TEXTS, NULL},
    {"statement", read_statements, offsetof(struct known_entry, row.statements),
     true, &PROFILE_SOME_TEXTS, NULL},
    {"reason", read_reason, offsetof(struct known_entry, row.reason), true,
     &PROFILE_A_TEXT, NULL},
    {"verdict", read_verdict, offsetof(struct known_entry, row.verdict), false,
     &VERDICT, NULL},
    {"sometimes", profile_read_boolean,
     offsetof(struct known_entry, row.sometimes), false, &PROFILE_A_BOOLEAN,
     NULL},
    {"passive", profile_read_boolean, offsetof(struct known_entry, row.passive),
     false, &PROFILE_A_BOOLEAN, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

static const struct profile_shape KNOWN_ROW = {.kind = PROFILE_MAP,
                                               .keys = KNOWN_KEYS};
const struct profile_shape PROFILE_KNOWN = {.kind = PROFILE_LIST,
                                            .item = &KNOWN_ROW};

static struct known_entry read_entry(struct profile_reader *reader,
                                     const struct node *node)
{
    static const char *const none[] = {NULL};
    struct known_entry entry = {
        .variants = none, .row = {.statements = none, .source = node->source}};
    entry.row.source.file = reader->file;
    profile_read_map(reader, node, "a known failure", KNOWN_KEYS, &entry);
    return entry;
}

/* How many rows a node becomes: one for each selector. */
static size_t row_count(const struct node *node)
{
    const struct node *variants =
        node->kind == NODE_MAP ? node_get(node, "variants") : NULL;
    return variants != NULL ? text_count(variants) : 1;
}

/* Adds the rows of one entry; without a selector it is one row. */
static void add_rows(struct profile *profile, const struct known_entry *entry)
{
    const char *const *selector = entry->variants;
    do {
        struct profile_known *row = &profile->known[profile->known_count++];
        *row = entry->row;
        row->variants = *selector;
    } while (*selector != NULL && *++selector != NULL);
}

void profile_read_known(struct profile_reader *reader, const struct node *node,
                        void *record)
{
    struct profile *profile = record;
    size_t count = 0;
    if (!profile_check_kind(reader, node, NODE_LIST,
                            "the list of known failures"))
        return;
    /* A list of no selectors, reported, still becomes a row. */
    for (size_t i = 0; i < node->count; i++)
        count += row_count(node->items[i]) + 1;
    profile->known = arena_array(profile->arena, count, sizeof *profile->known);
    for (size_t i = 0; profile->known != NULL && i < node->count; i++) {
        struct known_entry entry = read_entry(reader, node->items[i]);
        add_rows(profile, &entry);
    }
}
