/* Choosing variants on the command line and in lists of known failures. */
#include "script/script.h"
#include <stdio.h>
#include <string.h>

static const char *const level_names[] = {[LEVEL_MUST] = "must",
                                          [LEVEL_SHOULD] = "should",
                                          [LEVEL_MAY] = "may",
                                          [LEVEL_STRICT] = "strict",
                                          NULL};

const char *level_name(enum level level)
{
    return level_names[level];
}

/* ---- globs ------------------------------------------------------------- */

static bool is_glob(const char *text)
{
    return strpbrk(text, "*?") != NULL;
}

/* `*` is any text, `?` any byte. On a mismatch only the latest star has to
 * take more, so the time is at most the product of the lengths. */
static bool glob_matches(const char *glob, const char *text)
{
    const char *star = NULL, *star_text = NULL;
    while (*text != '\0') {
        if (*glob == '*') {
            star = ++glob;
            star_text = text;
        } else if (*glob == '?' || *glob == *text) {
            glob++;
            text++;
        } else if (star != NULL) {
            glob = star;
            text = ++star_text;
        } else {
            return false;
        }
    }
    return glob[strspn(glob, "*")] == '\0';
}

static bool text_matches(const char *wanted, const char *text)
{
    return is_glob(wanted) ? glob_matches(wanted, text)
                           : strcmp(wanted, text) == 0;
}

/* ---- key=value --------------------------------------------------------- */

static bool area_matches(const char *value, const struct variant *variant)
{
    return text_matches(value, variant->area);
}

static bool statement_matches(const char *value, const struct variant *variant)
{
    for (size_t i = 0; i < variant->statement_count; i++)
        if (text_matches(value, variant->statements[i]))
            return true;
    return false;
}

static bool version_matches(const char *value, const struct variant *variant)
{
    return strcmp(value, mqtt_version_name(variant->version)) == 0;
}

static bool level_matches(const char *value, const struct variant *variant)
{
    return strcmp(value, level_names[variant->level]) == 0;
}

static bool transport_matches(const char *value, const struct variant *variant)
{
    return strcmp(value, net_transport_name(variant->transport)) == 0;
}

static const char *const version_values[] = {"3.1", "3.1.1", "5.0", NULL};
static const char *const transport_values[] = {"tcp", "tls", "ws", "wss", NULL};

static const struct selector_key {
    const char *name;
    const char *const *values; /* NULL: any text, or a glob */
    bool (*matches)(const char *value, const struct variant *variant);
} keys[] = {
    {"area", NULL, area_matches},
    {"statement", NULL, statement_matches},
    {"version", version_values, version_matches},
    {"level", level_names, level_matches},
    {"transport", transport_values, transport_matches},
};
enum { KEYS = sizeof keys / sizeof *keys };

/* The length of the key in key=value; 0 when the text is none. An id may hold
 * a '=' in its rows, but a '/' stands before it. */
static size_t key_length(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz_"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ-");
    return text[length] == '=' ? length : 0;
}

static const struct selector_key *find_key(const char *text, size_t length)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strlen(keys[i].name) == length &&
            memcmp(keys[i].name, text, length) == 0)
            return &keys[i];
    return NULL;
}

/* ---- prefixes ---------------------------------------------------------- */

static bool prefix_matches(const char *prefix, const char *id)
{
    size_t length = strlen(prefix);
    if (length == 0 || strncmp(prefix, id, length) != 0)
        return false;
    return strchr("/@+[", id[length]) != NULL ||
           strchr("/@+[", prefix[length - 1]) != NULL;
}

bool selector_matches(struct selector *selector, const struct variant *variant)
{
    const char *text = selector->text;
    size_t length = key_length(text);
    const struct selector_key *key = find_key(text, length);
    bool yes = false;
    if (key != NULL)
        yes = key->matches(text + length + 1, variant);
    else if (is_glob(text))
        yes = glob_matches(text, variant->id);
    else
        yes = prefix_matches(text, variant->id);
    selector->matched += yes;
    return yes;
}

/* ---- checking ---------------------------------------------------------- */

/* "'x' is not a level: expected one of must, should; did you mean 'must'?" */
static void print_fault(const char *word, size_t length, const char *what,
                        const char *const *words, char *error, size_t size)
{
    struct buffer text = buffer_make(1000);
    const char *near = diagnostics_nearest(slice_make(word, length), words);
    buffer_format(&text, "'%.*s' is not a %s of a selector: expected one of ",
                  (int)length, word, what);
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_format(&text, "%s%s", i > 0 ? ", " : "", words[i]);
    if (near != NULL)
        buffer_format(&text, "; did you mean '%s'?", near);
    snprintf(error, size, "%s",
             text.failed ? "this is not a selector" : buffer_string(&text));
    buffer_free(&text);
}

static bool check_value(const struct selector_key *key, const char *value,
                        char *error, size_t size)
{
    if (*value == '\0') {
        snprintf(error, size, "the selector says no %s behind '='", key->name);
        return false;
    }
    bool good = key->values == NULL;
    for (size_t i = 0; !good && key->values[i] != NULL; i++)
        good = strcmp(value, key->values[i]) == 0;
    if (!good)
        print_fault(value, strlen(value), key->name, key->values, error, size);
    return good;
}

bool selector_check(const char *text, char *error, size_t error_size)
{
    const char *names[KEYS + 1] = {NULL};
    size_t length = key_length(text);
    const struct selector_key *key = find_key(text, length);
    for (size_t i = 0; i < KEYS; i++)
        names[i] = keys[i].name;
    if (key != NULL)
        return check_value(key, text + length + 1, error, error_size);
    if (length > 0)
        print_fault(text, length, "key", names, error, error_size);
    else if (*text == '\0')
        snprintf(error, error_size, "the selector is empty");
    return length == 0 && *text != '\0';
}
