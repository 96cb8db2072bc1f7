/* `$name` within a text or a number. */
#include "script/substitute.h"

#include <string.h>

/* ---- references that last until the play -------------------------------- */

static struct reference no_reference(void)
{
    return (struct reference){.kind = REFERENCE_FAULT};
}

static struct reference variable(struct compiler *compiler,
                                 const struct node *node, struct slice name)
{
    struct expression *expression =
        expression_new(compiler, EXPRESSION_VARIABLE, node->source);

    if (!expression)
        return no_reference();
    expression->name = compile_text(compiler, name);
    return (struct reference){.kind = REFERENCE_VALUE,
                              .expression = expression};
}

/* Names of the language that have exactly one part: the whole is the name. */
static const struct dotted {
    const char *name;
    const char *const *parts; /* NULL: any */
    bool is_time, is_text;
} DOTTED[] = {
    {"limits", (const char *const[]){"connect", "handshake", NULL}, true,
     false},
    {"auth", (const char *const[]){"method", NULL}, false, true},
    {"profile", NULL, false, false},
};

static const struct dotted *find_dotted(struct slice name)
{
    for (size_t i = 0; i < sizeof DOTTED / sizeof *DOTTED; i++)
        if (slice_is(name, DOTTED[i].name))
            return &DOTTED[i];
    return NULL;
}

static bool dotted_part_known(const struct dotted *dotted, struct slice part)
{
    if (!dotted->parts)
        return part.size > 0;
    for (size_t i = 0; dotted->parts[i]; i++)
        if (slice_is(part, dotted->parts[i]))
            return true;
    return false;
}

static struct reference dotted_reference(struct compiler *compiler,
                                         const struct node *node,
                                         const struct dotted *dotted,
                                         size_t begin, size_t *at)
{
    struct slice part = slice_make(NULL, 0);
    struct reference reference;
    size_t end = *at + 1;

    if (part_follows(node->text, *at))
        part = part_name_read(compiler, node->text, &end);
    if (!dotted_part_known(dotted, part)) {
        fault(compiler, fault_within(node, begin),
              dotted->parts ? fault_one_of(compiler->diagnostics, dotted->parts)
                            : "a name of the profile's values",
              fault_suggest(compiler->diagnostics, part, dotted->parts),
              "'$%s' needs a part behind a dot that exists", dotted->name);
        return no_reference();
    }
    reference =
        variable(compiler, node, slice_within(node->text, begin, end - begin));
    reference.is_time = dotted->is_time;
    reference.is_text = dotted->is_text;
    *at = end;
    return reference;
}

/* $pids.3, $pids.$i: the parts of a saved list. */
static struct reference capture_reference(struct compiler *compiler,
                                          const struct node *node,
                                          struct slice name, size_t *at)
{
    struct reference whole = variable(compiler, node, name);

    while (whole.kind == REFERENCE_VALUE && part_follows(node->text, *at)) {
        uint8_t first = node->text.data[*at + 1];
        struct expression *part = NULL;
        size_t next = *at + 1;

        if (first == '$') {
            struct reference inner = reference_read(compiler, node, &next);

            part = inner.kind == REFERENCE_NODE
                       ? parse_number(compiler, inner.node, &NUMBER_COUNT)
                       : inner.expression;
            if (!part)
                return no_reference();
        } else if (first >= '0' && first <= '9') {
            struct slice digits = part_name_read(compiler, node->text, &next);
            int64_t number = 0;

            for (size_t i = 0; i < digits.size && number < 1000000; i++)
                number = number * 10 + (digits.data[i] - '0');
            part = expression_of_number(compiler, node->source, number);
        } else {
            break;
        }
        if (!part || !expression_add(compiler, whole.expression, part))
            return no_reference();
        *at = next;
    }
    return whole;
}

/* ---- what there is, for "did you mean" ---------------------------------- */

const char *const *known_names(struct compiler *compiler)
{
    static const char *const own[] = {"id",      "topic", "grace", "limits",
                                      "profile", "auth",  "share", "SYS"};
    size_t count = sizeof own / sizeof *own, used = 0;
    const char **words = compile_new(
        compiler, (count + compiler->binding_count + compiler->name_count + 1) *
                      sizeof *words);

    for (size_t i = 0; words && i < compiler->binding_count; i++)
        words[used++] = compile_text(compiler, compiler->bindings[i].name);
    for (size_t i = 0; words && i < compiler->name_count; i++)
        if (compiler->names[i].kind != NAME_MARK)
            words[used++] = compile_text(compiler, compiler->names[i].text);
    for (size_t i = 0; words && i < count; i++)
        words[used++] = own[i];
    return words;
}

static struct reference unknown(struct compiler *compiler,
                                const struct node *node, struct slice name,
                                size_t begin)
{
    struct source source = fault_within(node, begin - 1);

    if (slice_is(name, "i"))
        fault(compiler, source,
              "a step with 'count', or a step within 'repeat'", NULL,
              "nothing counts '$i' here");
    else
        fault(compiler, source,
              "a parameter, a var, what an earlier step saved, or '$$' for "
              "a dollar sign",
              fault_suggest(compiler->diagnostics, name, known_names(compiler)),
              "'$%.*s' is not known here", (int)name.size,
              (const char *)name.data);
    return no_reference();
}

/* ---- one reference ------------------------------------------------------ */

static struct reference saved(struct compiler *compiler,
                              const struct node *node, struct slice name,
                              size_t begin, size_t *at)
{
    const struct name *found = names_find(compiler, name, NAME_COUNTER);
    struct reference reference;

    if (found) {
        reference = variable(compiler, node, name);
        reference.is_number = true;
        return reference;
    }
    found = names_find(compiler, name, NAME_CAPTURE);
    if (!found)
        found = names_find(compiler, name, NAME_CLIENTS);
    if (!found)
        return unknown(compiler, node, name, begin);
    if (found->hidden) {
        fault(compiler, fault_within(node, begin - 1),
              "what a step before this group saved", NULL,
              "'$%.*s' is saved by a step that may be played later",
              (int)name.size, (const char *)name.data);
        return no_reference();
    }
    reference = capture_reference(compiler, node, name, at);
    reference.is_number = found->kind == NAME_CAPTURE;
    return reference;
}

static struct reference own_reference(struct compiler *compiler,
                                      const struct node *node,
                                      struct slice name, size_t begin,
                                      size_t *at)
{
    const struct dotted *dotted = find_dotted(name);
    struct reference reference;

    if (dotted)
        return dotted_reference(compiler, node, dotted, begin, at);
    if (!slice_is(name, "id") && !slice_is(name, "topic") &&
        !slice_is(name, "grace"))
        return saved(compiler, node, name, begin, at);
    reference = variable(compiler, node, name);
    reference.is_time = slice_is(name, "grace");
    reference.is_text = !reference.is_time;
    return reference;
}

static struct reference named(struct compiler *compiler,
                              const struct node *node, size_t begin,
                              struct slice name, size_t *at)
{
    const struct binding *binding = binding_find(compiler, name);
    const struct node *found;

    *at = begin + name.size;
    if (!binding)
        return own_reference(compiler, node, name, begin, at);
    found = part_follow(compiler, node, binding, at, MISSING_FAULT);
    found = found ? resolve(compiler, found) : NULL;
    if (!found)
        return no_reference();
    return (struct reference){.kind = REFERENCE_NODE, .node = found};
}

struct reference reference_bare(struct compiler *compiler,
                                const struct node *node, size_t *at)
{
    struct slice rest = slice_behind(node->text, *at);

    return named(compiler, node, *at, slice_within(rest, 0, name_length(rest)),
                 at);
}

struct reference reference_read(struct compiler *compiler,
                                const struct node *node, size_t *at)
{
    struct slice rest = slice_behind(node->text, *at + 1);
    struct slice name = slice_within(rest, 0, name_length(rest));

    if (rest.size && rest.data[0] == '$') {
        *at += 2;
        return (struct reference){.kind = REFERENCE_LITERAL,
                                  .text = slice_within(rest, 0, 1)};
    }
    if (rest.size && rest.data[0] == '(') {
        struct expression *expression;

        *at += 1;
        expression = parse_brackets(compiler, node, at);
        return expression ? (struct reference){.kind = REFERENCE_VALUE,
                                               .is_number = true,
                                               .expression = expression}
                          : no_reference();
    }
    if (slice_is(name, "share") || slice_is(name, "SYS")) {
        struct slice text = slice_within(node->text, *at, name.size + 1);

        *at += name.size + 1;
        return (struct reference){.kind = REFERENCE_LITERAL, .text = text};
    }
    if (!name.size) {
        fault(compiler, fault_within(node, *at),
              "'$name', or '$$' for a dollar sign", NULL,
              "a dollar sign without a name");
        return no_reference();
    }
    return named(compiler, node, *at + 1, name, at);
}
