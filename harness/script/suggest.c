/* "did you mean": the nearest of a list of words. */
#include "script/node.h"
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64

/* Case and the usual word separators make no difference to people. */
static char fold(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return (char)(letter - 'A' + 'a');
    return letter == '-' || letter == ' ' ? '_' : letter;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. Both words
 * are at most WORD_MAX long. */
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = rows[i % 3], *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            bool same = fold(a[i - 1]) == fold(b[j - 1]);
            now[j] =
                least(above[j - 1] + !same, least(above[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                now[j] = least(now[j], two_above[j - 2] + 1);
        }
    }
    return rows[m % 3][n];
}

/* How much may differ for a guess to be more help than noise. */
static size_t tolerance(size_t length)
{
    return length < 4 ? 1 : length < 10 ? 2 : 3;
}

/* "cert" is meant to be "certificate", however much is left out. */
static bool is_beginning(struct slice word, const char *candidate)
{
    return word.size >= 3 && slice_starts(slice_of(candidate), word);
}

const char *diagnostics_nearest(struct slice word,
                                const char *const *candidates)
{
    if (word.size == 0 || word.size > WORD_MAX)
        return NULL;
    const char *best = NULL;
    size_t best_distance = tolerance(word.size) + 1;
    for (; *candidates != NULL; candidates++) {
        size_t size = strlen(*candidates);
        if (size > WORD_MAX)
            continue;
        size_t d =
            distance((const char *)word.data, word.size, *candidates, size);
        if (is_beginning(word, *candidates))
            d = least(d, tolerance(word.size));
        /* A word of two letters with one wrong is like any other. */
        if (d < best_distance && d < size) {
            best = *candidates;
            best_distance = d;
        }
    }
    return best;
}

const char *diagnostics_suggest(struct diagnostics *diagnostics,
                                struct slice word,
                                const char *const *candidates)
{
    const char *best = diagnostics_nearest(word, candidates);
    if (best == NULL)
        return NULL;
    return arena_format(diagnostics->arena, "did you mean '%s'?", best);
}

const char *diagnostics_choices(struct diagnostics *diagnostics,
                                const char *const *names)
{
    struct buffer text = buffer_make(65536);
    const char *before = names[0] != NULL && names[1] != NULL ? "one of " : "";
    for (; *names != NULL; names++) {
        buffer_format(&text, "%s%s", before, *names);
        before = ", ";
    }
    const char *kept =
        text.failed ? NULL
                    : arena_text(diagnostics->arena, buffer_string(&text));
    buffer_free(&text);
    return kept;
}
