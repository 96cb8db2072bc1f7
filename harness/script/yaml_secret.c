#include "script/yaml_secret.h"

#include "memory/memory.h"

#include <ctype.h>
#include <string.h>

/* Reads a text from its begin to its end. */
struct reader {
    char *text;
    size_t size, at;
};

static bool ends_in(struct slice name, const char *word)
{
    size_t size = strlen(word);
    return name.size >= size &&
           strncasecmp((const char *)name.data + name.size - size, word,
                       size) == 0;
}

static bool tells_secret(struct slice name)
{
    if (slice_is(name, "auth_method"))
        return false;
    return slice_starts(name, slice_of("auth_")) ||
           slice_is(name, "authentication_data") || ends_in(name, "password") ||
           ends_in(name, "secret") || ends_in(name, "token");
}

static bool in_name(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || byte == '-';
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->size ? reader->text[reader->at] : '\0';
}

static void skip(struct reader *reader, const char *bytes)
{
    while (peek(reader) && strchr(bytes, peek(reader)))
        reader->at++;
}

/* The name of a key that begins here, quotes left out, and goes behind its
 * colon. Empty: here is none, and one byte or word was read over. */
static struct slice read_key(struct reader *reader)
{
    size_t begin = reader->at;

    while (in_name(peek(reader)))
        reader->at++;
    struct slice name = slice_make(reader->text + begin, reader->at - begin);
    if (!name.size) {
        reader->at++;
        return name;
    }
    skip(reader, "\"'");
    if (peek(reader) != ':')
        name.size = 0;
    return name;
}

/* ---- values ------------------------------------------------------------ */

static void hide(struct reader *reader)
{
    char *byte = &reader->text[reader->at++];
    if ((unsigned char)*byte >= 0x80 || isalnum((unsigned char)*byte))
        *byte = '*';
}

static char next(const struct reader *reader)
{
    return reader->at + 1 < reader->size ? reader->text[reader->at + 1] : '\0';
}

/* Up to the quote that ends it: not one that is doubled, or in double quotes
 * stands behind a backslash. */
static void hide_quoted(struct reader *reader)
{
    char quote = reader->text[reader->at++];

    while (peek(reader)) {
        char byte = peek(reader);
        bool pair = quote == '"' ? byte == '\\' : byte == quote;
        if (pair && (quote == '"' || next(reader) == quote))
            reader->at++;
        else if (byte == quote)
            return;
        if (peek(reader))
            hide(reader);
    }
}

/* A word within brackets; those of keys stay. */
static void hide_word(struct reader *reader)
{
    size_t begin = reader->at;

    if (read_key(reader).size)
        return;
    size_t end = reader->at;
    for (reader->at = begin; reader->at < end;)
        hide(reader);
}

/* A map or list, up to the bracket that ends it. */
static void hide_flow(struct reader *reader)
{
    size_t depth = 0;

    do {
        char byte = peek(reader);
        depth += byte == '{' || byte == '[';
        depth -= byte == '}' || byte == ']';
        if (byte == '"' || byte == '\'')
            hide_quoted(reader);
        else
            hide_word(reader);
    } while (depth && peek(reader));
}

static void hide_plain(struct reader *reader)
{
    while (peek(reader) && !strchr(",}]\n", peek(reader)))
        hide(reader);
}

static size_t indent_at(const struct reader *reader, size_t at)
{
    size_t width = 0;
    while (at + width < reader->size && reader->text[at + width] == ' ')
        width++;
    return width;
}

/* The lines below a `|` or `>`, as long as they stand deeper than the line
 * of the key. */
static void hide_block(struct reader *reader, size_t indent)
{
    while (peek(reader) && peek(reader) != '\n')
        reader->at++;
    while (peek(reader)) {
        size_t next = reader->at + 1;
        size_t width = indent_at(reader, next);
        bool blank =
            next + width >= reader->size || reader->text[next + width] == '\n';
        if (!blank && width <= indent)
            return;
        reader->at = next;
        while (peek(reader) && peek(reader) != '\n')
            hide(reader);
    }
}

static size_t line_begin(const struct reader *reader)
{
    size_t at = reader->at;
    while (at && reader->text[at - 1] != '\n')
        at--;
    return at;
}

static bool names_value(const struct reader *reader)
{
    struct slice rest =
        slice_make(reader->text + reader->at, reader->size - reader->at);
    return slice_starts(rest, slice_of("$")) ||
           slice_starts(rest, slice_of("{auth:"));
}

static void hide_value(struct reader *reader)
{
    size_t indent = indent_at(reader, line_begin(reader));

    skip(reader, ": ");
    if (names_value(reader))
        return;
    switch (peek(reader)) {
    case '"':
    case '\'':
        hide_quoted(reader);
        break;
    case '{':
    case '[':
        hide_flow(reader);
        break;
    case '|':
    case '>':
        hide_block(reader, indent);
        break;
    default:
        hide_plain(reader);
        break;
    }
}

void yaml_hide_secrets(char *text, size_t size)
{
    struct reader reader = {.size = size};

    reader.text = text;
    while (peek(&reader))
        if (tells_secret(read_key(&reader)))
            hide_value(&reader);
}
