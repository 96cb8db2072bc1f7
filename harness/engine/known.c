#include "engine/known.h"

#include <string.h>

/* ---- whether an entry speaks of a variant ------------------------------ */

bool known_speaks_of(const struct profile_known *entry,
                     const struct variant *variant)
{
    struct selector selector = {.text = entry->variants};

    return !entry->variants || selector_matches(&selector, variant);
}

static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = words; (at = strstr(at, word)); at += size)
        if ((at == words || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
            return true;
    return false;
}

static bool judges(const struct variant *variant, const char *statement)
{
    for (size_t i = 0; i < variant->statement_count; i++)
        if (strcmp(variant->statements[i], statement) == 0)
            return true;
    return false;
}

static bool judges_any(const struct variant *variant,
                       const char *const *statements)
{
    for (; *statements; statements++)
        if (judges(variant, *statements))
            return true;
    return false;
}

static bool lists(const char *const *statements, const char *statement)
{
    for (; *statements; statements++)
        if (strcmp(*statements, statement) == 0)
            return true;
    return false;
}

/* A step with `judges` of its own decides those statements alone. */
static bool finding_is_about(const struct finding *finding,
                             const struct variant *variant,
                             const char *statement)
{
    if (finding->statements && finding->statements[0])
        return has_word(finding->statements, statement);
    return judges(variant, statement);
}

static bool warnings_are_about(const struct play_record *play,
                               const struct variant *variant,
                               const char *statement)
{
    if (!play || !play->warning_count)
        return judges(variant, statement);
    for (size_t i = 0; i < play->warning_count; i++)
        if (finding_is_about(&play->warnings[i], variant, statement))
            return true;
    return false;
}

static bool play_is_about(const struct play_record *play,
                          const struct variant *variant, const char *statement)
{
    return play ? finding_is_about(&play->finding, variant, statement)
                : judges(variant, statement);
}

/* ---- what follows from it ---------------------------------------------- */

static bool is_about(const struct profile_known *entry,
                     const struct variant *variant, const struct result *result,
                     const char *statement)
{
    switch (result->verdict) {
    case VERDICT_FAIL:
        return entry->verdict == KNOWN_FAIL &&
               play_is_about(result->play, variant, statement);
    case VERDICT_FLAKY:
        return entry->verdict == KNOWN_FAIL &&
               play_is_about(result->first, variant, statement);
    case VERDICT_WARN:
        return entry->verdict == KNOWN_WARN &&
               warnings_are_about(result->play, variant, statement);
    case VERDICT_INCONCLUSIVE:
        return entry->verdict == KNOWN_INCONCLUSIVE &&
               judges(variant, statement);
    case VERDICT_PASS:
        return judges(variant, statement);
    default:
        return false;
    }
}

/* The first of the entry's statements that the result is about; or NULL. */
static const char *met_statement(const struct profile_known *entry,
                                 const struct variant *variant,
                                 const struct result *result)
{
    for (const char *const *at = entry->statements; *at; at++)
        if (is_about(entry, variant, result, *at))
            return *at;
    return NULL;
}

static enum verdict verdict_by(const struct profile_known *entry,
                               enum verdict verdict)
{
    if (verdict != VERDICT_PASS)
        return VERDICT_KNOWN;
    return entry->sometimes ? VERDICT_PASS : VERDICT_FIXED;
}

void known_judge(struct profile *profile, const struct variant *variant,
                 struct result *result)
{
    known_note(profile, variant);
    for (size_t i = 0; i < profile->known_count; i++) {
        struct profile_known *entry = &profile->known[i];
        if (entry->passive || !known_speaks_of(entry, variant))
            continue;
        const char *statement = met_statement(entry, variant, result);
        if (!statement)
            continue;
        result->verdict = verdict_by(entry, result->verdict);
        result->reason = entry->reason;
        result->known_statement = statement;
        return;
    }
}

bool known_expects(const struct profile *profile, const struct variant *variant,
                   struct play_record *play)
{
    struct result result = {.verdict = play->verdict, .play = play};

    if (play->verdict == VERDICT_PASS)
        return false;
    for (size_t i = 0; i < profile->known_count; i++)
        if (!profile->known[i].passive &&
            known_speaks_of(&profile->known[i], variant) &&
            met_statement(&profile->known[i], variant, &result))
            return true;
    return false;
}

void known_note(struct profile *profile, const struct variant *variant)
{
    for (size_t i = 0; i < profile->known_count; i++) {
        struct profile_known *entry = &profile->known[i];
        if (!entry->passive && known_speaks_of(entry, variant) &&
            judges_any(variant, entry->statements))
            entry->matched++;
    }
}

struct profile_known *known_passive(struct profile *profile,
                                    const struct variant *variant,
                                    const char *statement)
{
    for (size_t i = 0; i < profile->known_count; i++) {
        struct profile_known *entry = &profile->known[i];
        if (!entry->passive || !known_speaks_of(entry, variant) ||
            !lists(entry->statements, statement))
            continue;
        entry->matched++;
        return entry;
    }
    return NULL;
}
