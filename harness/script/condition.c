/* `only`, `if` and `unless`. */
#include "script/substitute.h"

/* ---- only, if, unless --------------------------------------------------- */

static bool only_word(struct compiler *compiler, const struct node *word,
                      bool *said_version, bool *version_fits,
                      bool *said_transport, bool *transport_fits)
{
    static const char *const words[] = {"3.1", "3.1.1", "5.0", "tcp",
                                        "tls", "ws",    "wss", NULL};
    enum mqtt_version version;
    enum net_transport transport;
    int index;

    word = resolve(compiler, word);
    index =
        word ? parse_word(compiler, word, words, "a version or transport") : -1;
    if (index < 0)
        return false;
    if (mqtt_version_parse(word->text, &version)) {
        *said_version = true;
        *version_fits |= version == compiler->version;
    } else if (net_transport_parse(word->text, &transport)) {
        *said_transport = true;
        *transport_fits |= transport == compiler->transport;
    }
    return true;
}

bool only_allows(struct compiler *compiler, const struct node *only)
{
    bool said_version = false, version_fits = false;
    bool said_transport = false, transport_fits = false;
    const struct node *node = resolve(compiler, only);

    if (!node)
        return false;
    if (node->kind == NODE_LIST) {
        for (size_t i = 0; i < node->count; i++)
            if (!only_word(compiler, node->items[i], &said_version,
                           &version_fits, &said_transport, &transport_fits))
                return false;
    } else if (!only_word(compiler, node, &said_version, &version_fits,
                          &said_transport, &transport_fits)) {
        return false;
    }
    return (!said_version || version_fits) &&
           (!said_transport || transport_fits);
}

static struct slice trimmed(struct slice text)
{
    while (text.size && text.data[0] == ' ')
        text = slice_behind(text, 1);
    while (text.size && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

static int holds_true(const struct node *node)
{
    if (!node)
        return 0;
    if (node->kind != NODE_SCALAR)
        return 1;
    return !(slice_is(node->text, "false") || slice_is(node->text, "0") ||
             slice_is(node->text, "absent") || node->text.size == 0);
}

static size_t find_equals(struct slice text)
{
    for (size_t i = 0; i + 1 < text.size; i++)
        if (text.data[i] == '=' && text.data[i + 1] == '=')
            return i;
    return text.size;
}

static bool is_path(struct slice text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!name_goes_on(text.data[i]) && text.data[i] != '.' &&
            text.data[i] != '$')
            return false;
    return true;
}

/* A part that no row has is a slip of the pen: the condition would be false
 * for ever. Rows that refer to others are not looked into. */
static bool some_row_has(const struct parameter *parameter, struct slice part)
{
    if (parameter->generated || slice_is(part, "name"))
        return true;
    for (size_t i = 0; i < parameter->count; i++) {
        const struct node *value = parameter->rows[i].value;

        if (value->kind != NODE_MAP && value->kind != NODE_SCALAR)
            return true;
        if (value->kind == NODE_SCALAR &&
            (!value->text.size || value->text.data[0] == '$'))
            return true;
        for (size_t j = 0; value->kind == NODE_MAP && j < value->count; j++)
            if (slice_equal(value->keys[j]->text, part))
                return true;
    }
    return false;
}

static const struct parameter *parameter_named(const struct compiler *compiler,
                                               struct slice name)
{
    const struct test_case *test_case = compiler->test_case;

    for (size_t i = 0; i < test_case->parameter_count; i++)
        if (slice_equal(test_case->parameters[i].name, name))
            return &test_case->parameters[i];
    return NULL;
}

/* Behind `$name` of a path. */
static bool part_exists(struct compiler *compiler, const struct node *condition,
                        struct slice path, struct slice name)
{
    const struct parameter *parameter = parameter_named(compiler, name);
    struct slice part = slice_behind(path, 1 + name.size);

    if (!parameter || part.size < 2 || part.data[0] != '.')
        return true;
    part = slice_behind(part, 1);
    part.size = name_length(part);
    if (!part.size || some_row_has(parameter, part))
        return true;
    fault(compiler, condition->source, "a part that a row has, or 'name'", NULL,
          "no row of '$%.*s' has '%.*s'", (int)name.size,
          (const char *)name.data, (int)part.size, (const char *)part.data);
    return false;
}

static const char *const CONDITION_FORM =
    "$parameter, $parameter.key, or $parameter == text";

/* The name that the left side of a condition asks for; size 0 after a
 * fault. */
static struct slice asked_name(struct compiler *compiler,
                               const struct node *condition, struct slice left)
{
    struct slice name = slice_make(NULL, 0);

    if (condition->kind == NODE_SCALAR && left.size > 1 && left.data[0] == '$')
        name = slice_within(left, 1, name_length(slice_behind(left, 1)));
    if (!name.size || !binding_find(compiler, name)) {
        fault(compiler, condition->source, CONDITION_FORM,
              name.size ? fault_suggest(compiler->diagnostics, name,
                                        known_names(compiler))
                        : NULL,
              "a condition asks for a parameter or var");
    } else if (!is_path(left)) {
        fault(compiler, condition->source, CONDITION_FORM, NULL,
              "a condition cannot be read behind '$%.*s'", (int)name.size,
              (const char *)name.data);
    } else if (part_exists(compiler, condition, left, name)) {
        return name;
    }
    return slice_make(NULL, 0);
}

static int equals_text(struct compiler *compiler, const struct node *condition,
                       const struct node *value, struct slice text)
{
    if (text.size && text.data[0] == '$') {
        fault(compiler, condition->source, "a text without '$'", NULL,
              "a condition compares with a text, not with '%.*s'",
              (int)text.size, (const char *)text.data);
        return -1;
    }
    return value && value->kind == NODE_SCALAR &&
           slice_equal(value->text, text);
}

int condition_holds(struct compiler *compiler, const struct node *condition)
{
    struct slice text = condition->text;
    size_t equals = find_equals(text);
    struct node left = *condition;
    const struct node *value;
    bool failed = compiler->failed;

    left.text = trimmed(slice_make(text.data, equals));
    if (!asked_name(compiler, condition, left.text).size)
        return -1;
    compiler->failed = false;
    value = resolve_part(compiler, &left, MISSING_QUIET);
    if (compiler->failed)
        return -1;
    compiler->failed = failed;
    if (equals == text.size)
        return holds_true(value);
    return equals_text(compiler, condition, value,
                       trimmed(slice_behind(text, equals + 2)));
}
