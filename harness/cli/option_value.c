#include "cli/options.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 1000000
#define FACTOR_MAX 1000.0

static const char *const colour_names[] = {"auto", "always", "never"};

static void *member(struct options *options, const struct option_row *row)
{
    return (char *)options + row->offset;
}

static bool whole_number(const char *text, uint64_t max, uint64_t *number)
{
    if (text[0] < '0' || text[0] > '9')
        return false;
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *end == 0 && errno == 0 && *number <= max;
}

static bool set_list(struct texts *texts, const char *value,
                     struct arena *arena)
{
    const char **items =
        arena_array(arena, texts->count + 1, sizeof *texts->items);
    if (!items)
        return false;
    if (texts->count)
        memcpy(items, texts->items, texts->count * sizeof *items);
    items[texts->count++] = value;
    texts->items = items;
    return true;
}

static bool set_count(unsigned *count, const char *value)
{
    uint64_t number;
    if (!whole_number(value, COUNT_MAX, &number) || number == 0)
        return false;
    *count = (unsigned)number;
    return true;
}

static bool set_factor(double *factor, const char *value)
{
    char *end;
    double number = strtod(value, &end);
    if (end == value || *end || !(number > 0) || number > FACTOR_MAX)
        return false;
    *factor = number;
    return true;
}

static bool set_shard(struct shard *shard, const char *value)
{
    const char *slash = strchr(value, '/');
    char number[16];
    if (!slash || (size_t)(slash - value) >= sizeof number)
        return false;
    memcpy(number, value, (size_t)(slash - value));
    number[slash - value] = 0;
    return set_count(&shard->number, number) &&
           set_count(&shard->count, slash + 1) && shard->number <= shard->count;
}

static bool set_colour(enum colour *colour, const char *value)
{
    for (size_t i = 0; i < sizeof colour_names / sizeof *colour_names; i++)
        if (strcmp(value, colour_names[i]) == 0) {
            *colour = (enum colour)i;
            return true;
        }
    return false;
}

static bool set_value(const struct option_row *row, const char *value,
                      struct arena *arena, void *where)
{
    switch (row->kind) {
    case OPTION_FLAG:
        return *(bool *)where = true;
    case OPTION_TEXT:
        *(const char **)where = value;
        return true;
    case OPTION_LIST:
        return set_list(where, value, arena);
    case OPTION_COUNT:
        return set_count(where, value);
    case OPTION_SEED:
        return whole_number(value, UINT64_MAX, where) &&
               *(const uint64_t *)where != 0;
    case OPTION_FACTOR:
        return set_factor(where, value);
    case OPTION_SHARD:
        return set_shard(where, value);
    case OPTION_COLOUR:
        return set_colour(where, value);
    }
    return false;
}

/* What a value of the kind may be, for people. */
static const char *expected(enum option_kind kind)
{
    switch (kind) {
    case OPTION_COUNT:
        return "a whole number from 1 to 1000000";
    case OPTION_SEED:
        return "a whole number from 1";
    case OPTION_FACTOR:
        return "a number above 0, at most 1000";
    case OPTION_SHARD:
        return "K/N with 1 <= K <= N, such as 2/5";
    case OPTION_COLOUR:
        return "auto, always or never";
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_LIST:
        break;
    }
    return "a text";
}

bool option_set(const struct option_row *row, const char *value,
                struct arena *arena, struct options *options,
                struct option_error *error)
{
    if (set_value(row, value, arena, member(options, row)))
        return true;
    if (arena_failed(arena))
        snprintf(error->text, sizeof error->text, "no memory");
    else
        snprintf(error->text, sizeof error->text,
                 "option '--%s' cannot be '%.60s'; expected %s", row->name,
                 value, expected(row->kind));
    return false;
}

void shell_word(struct buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-+=.,:/@%";
    if (*text && text[strspn(text, plain)] == 0) {
        buffer_text(out, text);
        return;
    }
    buffer_text(out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            buffer_text(out, "'\\''");
        else
            buffer_append(out, text, 1);
    }
    buffer_text(out, "'");
}

static void put_text(const struct option_row *row, const char *value,
                     struct buffer *out)
{
    buffer_format(out, " --%s ", row->name);
    shell_word(out, value);
}

void option_put(const struct option_row *row, const struct options *options,
                struct buffer *out)
{
    const void *where = (const char *)options + row->offset;
    const struct texts *texts = where;
    switch (row->kind) {
    case OPTION_FLAG:
        if (*(const bool *)where)
            buffer_format(out, " --%s", row->name);
        break;
    case OPTION_TEXT:
        if (*(const char *const *)where)
            put_text(row, *(const char *const *)where, out);
        break;
    case OPTION_LIST:
        for (size_t i = 0; i < texts->count; i++)
            put_text(row, texts->items[i], out);
        break;
    case OPTION_COUNT:
        if (*(const unsigned *)where)
            buffer_format(out, " --%s %u", row->name, *(const unsigned *)where);
        break;
    case OPTION_SEED:
        if (*(const uint64_t *)where)
            buffer_format(out, " --%s %" PRIu64, row->name,
                          *(const uint64_t *)where);
        break;
    case OPTION_FACTOR:
        if (*(const double *)where > 0)
            buffer_format(out, " --%s %g", row->name, *(const double *)where);
        break;
    case OPTION_SHARD:
    case OPTION_COLOUR:
        break; /* never repeated: they choose or colour, and judge nothing */
    }
}
