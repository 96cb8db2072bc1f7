#include "script/compile.h"

#include <string.h>

bool name_begins(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           byte == '_';
}

bool name_goes_on(uint8_t byte)
{
    return name_begins(byte) || (byte >= '0' && byte <= '9');
}

size_t name_length(struct slice text)
{
    size_t size = 0;

    if (!text.size || !name_begins(text.data[0]))
        return 0;
    while (size < text.size && name_goes_on(text.data[size]))
        size++;
    return size;
}

void names_add(struct compiler *compiler, struct slice text,
               enum name_kind kind, bool by_expect)
{
    struct name *rows = compile_grow(compiler, compiler->names,
                                     compiler->name_count, sizeof *rows);

    if (!rows)
        return;
    compiler->names = rows;
    rows[compiler->name_count++] =
        (struct name){.text = text, .kind = kind, .by_expect = by_expect};
}

const struct name *names_find(const struct compiler *compiler,
                              struct slice text, enum name_kind kind)
{
    for (size_t i = compiler->name_count; i-- > 0;) {
        const struct name *name = &compiler->names[i];

        if (name->kind == kind && slice_equal(name->text, text))
            return name;
    }
    return NULL;
}

/* Marks and captures outlive the step that counts. */
void names_cut(struct compiler *compiler, size_t count)
{
    size_t kept = count;

    for (size_t i = count; i < compiler->name_count; i++)
        if (compiler->names[i].kind != NAME_COUNTER)
            compiler->names[kept++] = compiler->names[i];
    compiler->name_count = kept;
}

void names_hide(struct compiler *compiler, size_t from, bool hidden)
{
    for (size_t i = from; i < compiler->name_count; i++)
        if (compiler->names[i].kind != NAME_COUNTER)
            compiler->names[i].hidden = hidden;
}

static const char *const OWN_NAMES[] = {"id",      "topic", "grace", "limits",
                                        "profile", "auth",  "share", "SYS",
                                        "i",       NULL};

bool names_reserved(struct slice name)
{
    for (size_t i = 0; OWN_NAMES[i]; i++)
        if (slice_is(name, OWN_NAMES[i]))
            return true;
    return false;
}

bool names_legal(struct compiler *compiler, const struct node *node,
                 struct slice name)
{
    const char *what = NULL;

    if (!name.size || name_length(name) != name.size) {
        fault(compiler, node->source,
              "letters, digits and _, beginning with a letter", NULL,
              "'%.*s' is not a name", (int)name.size, (const char *)name.data);
        return false;
    }
    if (names_reserved(name))
        what = "is a name of the language";
    for (size_t i = 0; i < compiler->binding_count; i++)
        if (slice_equal(compiler->bindings[i].name, name))
            what = "is a parameter or var of this case already";
    if (!what)
        return true;
    fault(compiler, node->source, "another name", NULL, "'%.*s' %s",
          (int)name.size, (const char *)name.data, what);
    return false;
}
