#include "script/compile.h"

/* The length of `mark` in front of `+` or at the end; 0: a duration. */
static size_t mark_length(struct slice text)
{
    size_t size = name_length(text);
    size_t at = size;

    while (at < text.size && text.data[at] == ' ')
        at++;
    return at == text.size || text.data[at] == '+' ? size : 0;
}

static const char *const *mark_names(struct compiler *compiler)
{
    const char **words =
        compile_new(compiler, (compiler->name_count + 1) * sizeof *words);
    size_t used = 0;

    for (size_t i = 0; words && i < compiler->name_count; i++)
        if (compiler->names[i].kind == NAME_MARK)
            words[used++] = compile_text(compiler, compiler->names[i].text);
    return words;
}

static const struct name *find_mark(struct compiler *compiler,
                                    const struct node *node, struct slice text)
{
    const struct name *mark = names_find(compiler, text, NAME_MARK);

    if (mark && !mark->hidden)
        return mark;
    if (mark)
        fault(compiler, node->source, "a mark of a step before this group",
              NULL, "the mark '%.*s' is set by a step that may be played later",
              (int)text.size, (const char *)text.data);
    else
        fault(compiler, node->source,
              "a duration such as 2s, or a mark that an earlier step has set",
              fault_suggest(compiler->diagnostics, text, mark_names(compiler)),
              "no step before this one sets the mark '%.*s'", (int)text.size,
              (const char *)text.data);
    return NULL;
}

bool parse_moment(struct compiler *compiler, const struct node *node,
                  struct moment *moment, bool *by_expect)
{
    const struct name *mark;
    struct slice text;
    size_t at;

    *by_expect = false;
    node = resolve(compiler, node);
    if (!node)
        return false;
    moment->given = true;
    text = slice_make(node->text.data,
                      node->kind == NODE_SCALAR ? mark_length(node->text) : 0);
    if (!text.size) {
        moment->duration = parse_number(compiler, node, &NUMBER_DURATION);
        return moment->duration != NULL;
    }
    mark = find_mark(compiler, node, text);
    if (!mark)
        return false;
    *by_expect = mark->by_expect;
    moment->mark = compile_text(compiler, text);
    for (at = text.size; at < node->text.size && node->text.data[at] == ' ';)
        at++;
    if (at == node->text.size)
        return true;
    moment->duration =
        parse_number_part(compiler, node, at + 1, &NUMBER_DURATION);
    return moment->duration != NULL;
}
