#include "script/compile.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE_MAX = 512 };

static bool same_source(struct source a, struct source b)
{
    return a.line == b.line && a.column == b.column &&
           (a.file == b.file || (a.file && b.file && !strcmp(a.file, b.file)));
}

/* A mistake is met again in every variant that plays it. */
static bool reported(const struct diagnostics *diagnostics,
                     struct source source, const char *message)
{
    if (diagnostics->errors + diagnostics->warnings > DIAGNOSTICS_MAX)
        return true;
    for (size_t i = 0; i < diagnostics->count; i++)
        if (same_source(diagnostics->rows[i].source, source) &&
            !strcmp(diagnostics->rows[i].message, message))
            return true;
    return false;
}

void fault(struct compiler *compiler, struct source source,
           const char *expected, const char *hint, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list list;

    compiler->failed = true;
    if (!compiler->diagnostics)
        return;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!reported(compiler->diagnostics, source, message))
        diagnose(compiler->diagnostics, source, expected, hint, "%s", message);
}

void advise(struct compiler *compiler, struct source source,
            const char *expected, const char *hint, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list list;

    if (!compiler->diagnostics)
        return;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!reported(compiler->diagnostics, source, message))
        diagnose_warning(compiler->diagnostics, source, expected, hint, "%s",
                         message);
}

void fault_at(struct diagnostics *diagnostics, struct source source,
              const char *expected, const char *hint, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list list;

    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    if (!reported(diagnostics, source, message))
        diagnose(diagnostics, source, expected, hint, "%s", message);
}

const char *fault_one_of(struct diagnostics *diagnostics,
                         const char *const *words)
{
    struct buffer text = buffer_make(8192);
    const char *result;

    if (!diagnostics || !words)
        return NULL;
    buffer_text(&text, words[0] && words[1] ? "one of " : "");
    for (size_t i = 0; words[i]; i++)
        buffer_format(&text, "%s%s", i ? ", " : "", words[i]);
    result = text.failed || !text.size
                 ? NULL
                 : arena_text(diagnostics->arena, buffer_string(&text));
    buffer_free(&text);
    return result;
}

const char *fault_suggest(struct diagnostics *diagnostics, struct slice word,
                          const char *const *words)
{
    if (!diagnostics || !words)
        return NULL;
    return diagnostics_suggest(diagnostics, word, words);
}

const char *fault_node(const struct node *node, char *room, size_t size)
{
    if (node->kind == NODE_MAP)
        snprintf(room, size, "a map");
    else if (node->kind == NODE_LIST)
        snprintf(room, size, "a list");
    else if (node->text.size == 0)
        snprintf(room, size, "nothing");
    else
        snprintf(room, size, "'%.*s'",
                 (int)(node->text.size < size ? node->text.size : size),
                 (const char *)node->text.data);
    return room;
}

struct source fault_within(const struct node *scalar, size_t offset)
{
    struct source source = scalar->source;

    for (size_t i = 0; i < offset && i < scalar->text.size; i++) {
        if (scalar->text.data[i] == '\n')
            return scalar->source;
        source.column += (scalar->text.data[i] & 0xc0) != 0x80;
    }
    source.column += scalar->quoted;
    return source;
}
