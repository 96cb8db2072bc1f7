/* What a profile says about the broker's conduct: capabilities and known
 * failures. */
#include "script/capability.h"
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

static void read_variants(struct profile_reader *reader,
                          const struct node *node, void *member)
{
    char error[300];
    const char *text = profile_text(reader, node, "a selector");
    if (node->kind == NODE_SCALAR && !selector_check(text, error, sizeof error))
        diagnose(reader->diagnostics, node->source, NULL, NULL, "%s", error);
    *(const char **)member = text;
}

static void read_statement(struct profile_reader *reader,
                           const struct node *node, void *member)
{
    const char *text = profile_text(reader, node, "a statement");
    if (node->kind == NODE_SCALAR &&
        (*text == '\0' || strpbrk(text, " ,\t\n") != NULL))
        diagnose(reader->diagnostics, node->source,
                 "one id of the catalogue, such as MQTT-3.1.4-3", NULL,
                 "'%s' is not the id of a statement", text);
    *(const char **)member = text;
}

static void read_reason(struct profile_reader *reader, const struct node *node,
                        void *member)
{
    const char *text = profile_text(reader, node, "a reason");
    if (node->kind == NODE_SCALAR && *text == '\0')
        diagnose(reader->diagnostics, node->source,
                 "what the broker does instead", NULL, "the reason is empty");
    *(const char **)member = text;
}

static void read_verdict(struct profile_reader *reader, const struct node *node,
                         void *member)
{
    static const char *const words[] = {[KNOWN_FAIL] = "fail",
                                        [KNOWN_WARN] = "warn",
                                        [KNOWN_INCONCLUSIVE] = "inconclusive",
                                        NULL};
    *(enum known_verdict *)member = (enum known_verdict)profile_choice(
        reader, node, "verdict of a known failure", words);
}

void profile_read_known(struct profile_reader *reader, const struct node *node,
                        void *record)
{
    static const struct profile_key keys[] = {
        {"variants", read_variants, offsetof(struct profile_known, variants),
         false},
        {"statement", read_statement, offsetof(struct profile_known, statement),
         true},
        {"reason", read_reason, offsetof(struct profile_known, reason), true},
        {"verdict", read_verdict, offsetof(struct profile_known, verdict),
         false},
        {"sometimes", profile_read_boolean,
         offsetof(struct profile_known, sometimes), false},
        {"passive", profile_read_boolean,
         offsetof(struct profile_known, passive), false},
        {NULL, NULL, 0, false}};
    struct profile *profile = record;
    size_t count;
    struct profile_known *rows =
        profile_rows(reader, node, NODE_LIST, "the list of known failures",
                     sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        rows[i].source = node->items[i]->source;
        rows[i].source.file = reader->file;
        profile_read_map(reader, node->items[i], "a known failure", keys,
                         &rows[i]);
    }
    profile->known = rows;
    profile->known_count = count;
}
