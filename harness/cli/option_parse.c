#include "cli/options.h"
#include <stdio.h>
#include <string.h>

/* Where the parser stands among the arguments. */
struct walk {
    int count;
    char **arguments;
    int next;
    unsigned command;
    struct arena *arena;
    struct options *options;
    struct option_error *error;
};

static bool add_word(struct walk *walk, const char *word)
{
    static const struct option_row words = {
        .kind = OPTION_LIST, .offset = offsetof(struct options, words)};
    return option_set(&words, word, walk->arena, walk->options, walk->error);
}

static bool unknown(struct walk *walk, const char *argument)
{
    walk->error->unknown = argument;
    snprintf(walk->error->text, sizeof walk->error->text,
             "unknown option '%.100s'", argument);
    return false;
}

/* Takes the option's value: written behind it, or the next argument. */
static bool take(struct walk *walk, const struct option_row *row,
                 const char *attached)
{
    const char *value = attached;
    if (row->kind == OPTION_FLAG && attached) {
        snprintf(walk->error->text, sizeof walk->error->text,
                 "option '--%s' takes no value", row->name);
        return false;
    }
    if (row->kind != OPTION_FLAG && !attached) {
        if (walk->next >= walk->count) {
            snprintf(walk->error->text, sizeof walk->error->text,
                     "option '--%s' needs a value: %s", row->name,
                     row->argument);
            return false;
        }
        value = walk->arguments[walk->next++];
    }
    return option_set(row, value, walk->arena, walk->options, walk->error);
}

static bool long_option(struct walk *walk, const char *argument)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const struct option_row *row =
        option_named(slice_make(name, length), walk->command);
    if (!row)
        return unknown(walk, argument);
    return take(walk, row, name[length] ? name + length + 1 : NULL);
}

/* "-q", "-qv", "-s value", "-svalue". */
static bool short_options(struct walk *walk, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        const struct option_row *row = option_lettered(*letter, walk->command);
        if (!row)
            return unknown(walk, argument);
        if (row->kind != OPTION_FLAG)
            return take(walk, row, letter[1] ? letter + 1 : NULL);
        if (!take(walk, row, NULL))
            return false;
    }
    return true;
}

bool options_parse(int count, char **arguments, unsigned command,
                   struct arena *arena, struct options *options,
                   struct option_error *error)
{
    struct walk walk = {count, arguments, 0, command, arena, options, error};
    bool ended = false;
    *error = (struct option_error){.unknown = NULL};
    while (walk.next < count) {
        const char *argument = arguments[walk.next++];
        bool ok;
        if (ended || argument[0] != '-' || !argument[1])
            ok = add_word(&walk, argument);
        else if (strcmp(argument, "--") == 0)
            ok = ended = true;
        else if (argument[1] == '-')
            ok = long_option(&walk, argument);
        else
            ok = short_options(&walk, argument);
        if (!ok)
            return false;
    }
    return true;
}
