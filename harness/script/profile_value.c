/* Single values of a profile, with their diagnostics. */
#include "script/diagnostics.h"
#include "script/profile_inside.h"
#include <string.h>

#define NAME_MAX_SIZE 40

/* ---- maps and lists ---------------------------------------------------- */

static const char *kind_name(enum node_kind kind)
{
    static const char *const names[] = {[NODE_SCALAR] = "a single value",
                                        [NODE_LIST] = "a list",
                                        [NODE_MAP] = "a map"};
    return names[kind];
}

bool profile_check_kind(struct profile_reader *reader, const struct node *node,
                        enum node_kind kind, const char *what)
{
    if (node->kind == kind)
        return true;
    diagnose(reader->diagnostics, node->source, kind_name(kind), NULL,
             "%s cannot be %s", what, kind_name(node->kind));
    return false;
}

void *profile_rows(struct profile_reader *reader, const struct node *node,
                   enum node_kind kind, const char *what, size_t size,
                   size_t *count)
{
    *count = 0;
    if (!profile_check_kind(reader, node, kind, what) || node->count == 0)
        return NULL;
    void *rows = arena_array(reader->profile->arena, node->count, size);
    if (rows != NULL)
        *count = node->count;
    return rows;
}

static void report_unknown(struct profile_reader *reader,
                           const struct node *key, const char *what,
                           const struct profile_key *keys)
{
    const char *names[PROFILE_KEYS_MAX + 1] = {NULL};
    for (size_t i = 0; keys[i].name != NULL; i++)
        names[i] = keys[i].name;
    diagnose(reader->diagnostics, key->source,
             diagnostics_choices(reader->diagnostics, names),
             diagnostics_suggest(reader->diagnostics, key->text, names),
             "%s has no key '%.*s'", what, (int)key->text.size,
             (const char *)key->text.data);
}

static void read_key(struct profile_reader *reader, const struct node *map,
                     size_t at, const char *what,
                     const struct profile_key *keys, void *record)
{
    const struct profile_key *key = keys;
    while (key->name != NULL && !slice_is(map->keys[at]->text, key->name))
        key++;
    if (key->name == NULL)
        report_unknown(reader, map->keys[at], what, keys);
    else
        key->read(reader, map->items[at], (char *)record + key->offset);
}

void profile_read_map(struct profile_reader *reader, const struct node *node,
                      const char *what, const struct profile_key *keys,
                      void *record)
{
    if (!profile_check_kind(reader, node, NODE_MAP, what))
        return;
    for (size_t i = 0; i < node->count; i++)
        read_key(reader, node, i, what, keys, record);
    for (; keys->name != NULL; keys++)
        if (keys->required && node_get(node, keys->name) == NULL)
            diagnose(reader->diagnostics, node->source, NULL, NULL,
                     "%s needs the key '%s'", what, keys->name);
}

/* ---- texts ------------------------------------------------------------- */

const char *profile_text(struct profile_reader *reader, const struct node *node,
                         const char *what)
{
    const char *text = "";
    if (!profile_check_kind(reader, node, NODE_SCALAR, what))
        return text;
    if (node->text.size > 0 && memchr(node->text.data, 0, node->text.size))
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "%s cannot hold a zero byte", what);
    else if (node->text.size > PROFILE_TEXT_MAX / 2)
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "%s is longer than %zu KiB", what, PROFILE_TEXT_MAX >> 11);
    else
        text = arena_text_of(reader->profile->arena, node->text);
    return text == NULL ? "" : text;
}

const struct profile_shape PROFILE_A_TEXT = {.kind = PROFILE_TEXT};
const struct profile_shape PROFILE_SOME_TEXTS = {.kind = PROFILE_TEXTS};
const struct profile_shape PROFILE_A_BOOLEAN = {.kind = PROFILE_BOOLEAN};
const struct profile_shape PROFILE_A_TEXT_LIST = {.kind = PROFILE_LIST,
                                                  .item = &PROFILE_A_TEXT};
const struct profile_shape PROFILE_A_TEXT_MAP = {.kind = PROFILE_NAMED,
                                                 .item = &PROFILE_A_TEXT};

void profile_read_text(struct profile_reader *reader, const struct node *node,
                       void *member)
{
    *(const char **)member = profile_text(reader, node, "this text");
}

const char *profile_name(struct profile_reader *reader, const struct node *node,
                         const char *what)
{
    bool good = node->text.size > 0 && node->text.size <= NAME_MAX_SIZE;
    for (size_t i = 0; good && i < node->text.size; i++)
        good = strchr("abcdefghijklmnopqrstuvwxyz0123456789_",
                      node->text.data[i]) != NULL &&
               node->text.data[i] != '\0';
    if (!good)
        diagnose(reader->diagnostics, node->source,
                 "at most 40 small letters, digits and _", NULL,
                 "'%.*s' cannot be the name of %s", (int)node->text.size,
                 (const char *)node->text.data, what);
    const char *name = arena_text_of(reader->profile->arena, node->text);
    return name == NULL ? "" : name;
}

/* ---- texts with $words ------------------------------------------------- */

/* Where word stands first at or behind the node; the node itself if nowhere,
 * as when it is written with escapes. */
static struct source find_word(const struct profile_reader *reader,
                               const struct node *node, struct slice word)
{
    struct source source = node->source;
    const struct diagnostics_file *file =
        diagnostics_file(reader->diagnostics, reader->file);
    if (file == NULL)
        return source;
    struct slice text = file->text;
    size_t at = text_offset(text, source.line, source.column);
    while (at < text.size &&
           !slice_starts(slice_make(text.data + at, text.size - at), word))
        at++;
    if (at < text.size)
        text_place(text, at, &source.line, &source.column);
    return source;
}

static void report_word(struct profile_reader *reader, const struct node *node,
                        const char *word)
{
    size_t size = 1 + profile_word_size(word + 1);
    /* What follows tells `$port` from a `$port.mqtt` above. */
    size_t with_next = word[size] == '\0' ? size : size + 1;
    diagnose(reader->diagnostics,
             find_word(reader, node, slice_make(word, with_next)),
             "one of $host, $dir, $certs, $port.NAME, $$",
             "a dollar sign itself is written $$",
             "'%.*s' stands for nothing in a profile", (int)size, word);
}

static uint16_t any_port(void *user, const char *name)
{
    (void)user, (void)name;
    return 1;
}

bool profile_try_expand(struct profile_reader *reader, const struct node *node,
                        const char *text, struct buffer *out)
{
    static const struct profile_places places = {
        .dir = "/", .certs = "/", .host = "127.0.0.1", .port = any_port};
    size_t at = 0;
    enum profile_fault fault = profile_expand(text, &places, out, &at);
    if (fault == PROFILE_UNKNOWN_WORD)
        report_word(reader, node, text + at);
    if (fault == PROFILE_NO_MEMORY)
        reader->diagnostics->no_memory = true;
    return fault == PROFILE_GOOD;
}

const char *profile_template(struct profile_reader *reader,
                             const struct node *node, const char *what)
{
    const char *text = profile_text(reader, node, what);
    struct buffer out = buffer_make(PROFILE_TEXT_MAX);
    profile_try_expand(reader, node, text, &out);
    buffer_free(&out);
    return text;
}

void profile_read_template(struct profile_reader *reader,
                           const struct node *node, void *member)
{
    *(const char **)member = profile_template(reader, node, "this text");
}

/* ---- words and numbers ------------------------------------------------- */

size_t profile_choice(struct profile_reader *reader, const struct node *node,
                      const char *what, const char *const *words)
{
    if (!profile_check_kind(reader, node, NODE_SCALAR, what))
        return 0;
    for (size_t i = 0; words[i] != NULL; i++)
        if (slice_is(node->text, words[i]))
            return i;
    diagnose(reader->diagnostics, node->source,
             diagnostics_choices(reader->diagnostics, words),
             diagnostics_suggest(reader->diagnostics, node->text, words),
             "'%.*s' is not a %s", (int)node->text.size,
             (const char *)node->text.data, what);
    return 0;
}

bool profile_boolean(struct profile_reader *reader, const struct node *node)
{
    static const char *const words[] = {"false", "true", NULL};
    return profile_choice(reader, node, "truth value", words) == 1;
}

void profile_read_boolean(struct profile_reader *reader,
                          const struct node *node, void *member)
{
    *(bool *)member = profile_boolean(reader, node);
}

int64_t profile_number(struct profile_reader *reader, const struct node *node,
                       int64_t most)
{
    int64_t number = 0;
    if (node->kind == NODE_SCALAR && number_of_text(node->text, &number) &&
        number >= 0 && number <= most)
        return number;
    const char *expected = arena_format(
        reader->diagnostics->arena, "a number from 0 to %lld", (long long)most);
    if (profile_check_kind(reader, node, NODE_SCALAR, "a number"))
        diagnose(reader->diagnostics, node->source, expected, NULL,
                 "'%.*s' cannot stand here", (int)node->text.size,
                 (const char *)node->text.data);
    return 0;
}
