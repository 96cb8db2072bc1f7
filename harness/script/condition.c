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

int condition_holds(struct compiler *compiler, const struct node *condition)
{
    struct slice text = condition->text;
    struct slice name = slice_make(NULL, 0);
    size_t equals = find_equals(text);
    struct node left = *condition;
    const struct node *value;
    bool failed = compiler->failed;

    left.text = trimmed(slice_make(text.data, equals));
    if (condition->kind == NODE_SCALAR && left.text.size > 1 &&
        left.text.data[0] == '$')
        name =
            slice_within(left.text, 1, name_length(slice_behind(left.text, 1)));
    if (!name.size || !binding_find(compiler, name)) {
        fault(compiler, condition->source,
              "$parameter, $parameter.key, or $parameter == text",
              name.size ? fault_suggest(compiler->diagnostics, name,
                                        known_names(compiler))
                        : NULL,
              "a condition asks for a parameter or var");
        return -1;
    }
    if (!is_path(left.text)) {
        fault(compiler, condition->source,
              "$parameter, $parameter.key, or $parameter == text", NULL,
              "a condition cannot be read behind '$%.*s'", (int)name.size,
              (const char *)name.data);
        return -1;
    }
    compiler->failed = false;
    value = resolve_part(compiler, &left, MISSING_QUIET);
    if (compiler->failed)
        return -1;
    compiler->failed = failed;
    if (equals == text.size)
        return holds_true(value);
    text = trimmed(slice_behind(text, equals + 2));
    return value && value->kind == NODE_SCALAR &&
           slice_equal(value->text, text);
}
