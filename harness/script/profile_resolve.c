/* The $words of a profile: what is known only when its broker starts. */
#include "script/profile_inside.h"
#include <string.h>

static bool is_name_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
}

size_t profile_word_size(const char *text)
{
    size_t size = 0;
    while (is_name_byte(text[size]))
        size++;
    return size;
}

/* "port.NAME": appends the port; *used is how much was read. */
static enum profile_fault expand_port(const char *text,
                                      const struct profile_places *places,
                                      struct buffer *out, size_t *used)
{
    char name[64];
    size_t skip = strlen("port.");
    size_t size = profile_word_size(text + skip);
    if (size == 0 || size >= sizeof name)
        return PROFILE_UNKNOWN_WORD;
    memcpy(name, text + skip, size);
    name[size] = '\0';
    uint16_t port = places->port(places->user, name);
    buffer_format(out, "%u", (unsigned)port);
    *used = skip + size;
    return port == 0 ? PROFILE_NO_PORT : PROFILE_GOOD;
}

/* text stands behind a `$`. */
static enum profile_fault expand_word(const char *text,
                                      const struct profile_places *places,
                                      struct buffer *out, size_t *used)
{
    const struct {
        const char *word, *value;
    } words[] = {
        {"dir", places->dir}, {"certs", places->certs}, {"host", places->host}};
    if (strncmp(text, "port.", strlen("port.")) == 0)
        return expand_port(text, places, out, used);
    size_t size = profile_word_size(text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) != size ||
            memcmp(words[i].word, text, size) != 0)
            continue;
        buffer_text(out, words[i].value);
        *used = size;
        return PROFILE_GOOD;
    }
    *used = 1;
    buffer_text(out, "$");
    return text[0] == '$' ? PROFILE_GOOD : PROFILE_UNKNOWN_WORD;
}

enum profile_fault profile_expand(const char *text,
                                  const struct profile_places *places,
                                  struct buffer *out, size_t *at)
{
    const char *begin = text;
    for (;;) {
        size_t plain = strcspn(text, "$");
        buffer_append(out, text, plain);
        text += plain;
        if (*text == '\0')
            return out->failed ? PROFILE_NO_MEMORY : PROFILE_GOOD;
        size_t used = 0;
        *at = (size_t)(text - begin);
        enum profile_fault fault = expand_word(text + 1, places, out, &used);
        if (fault != PROFILE_GOOD)
            return fault;
        text += 1 + used;
    }
}

/* ---- all texts of a profile -------------------------------------------- */

struct resolver {
    struct profile *profile;
    const struct profile_places *places;
    struct diagnostics *diagnostics;
};

static bool report(const struct resolver *resolver, enum profile_fault fault,
                   const char *rest)
{
    struct source source = resolver->profile->source;
    size_t size = 1 + profile_word_size(rest + 1);
    if (fault == PROFILE_NO_PORT)
        size += 1 + profile_word_size(rest + size + 1);
    if (fault == PROFILE_NO_MEMORY)
        resolver->diagnostics->no_memory = true;
    else if (fault == PROFILE_NO_PORT)
        diagnose(resolver->diagnostics, source, NULL, NULL,
                 "no free port was found for %.*s", (int)size, rest);
    else
        diagnose(resolver->diagnostics, source,
                 "one of $host, $dir, $certs, $port.NAME, $$", NULL,
                 "'%.*s' stands for nothing in a profile", (int)size, rest);
    return false;
}

static bool resolve_text(const struct resolver *resolver, const char **text)
{
    if (*text == NULL || strchr(*text, '$') == NULL)
        return true;
    struct buffer out = buffer_make(PROFILE_TEXT_MAX);
    size_t at = 0;
    enum profile_fault fault =
        profile_expand(*text, resolver->places, &out, &at);
    const char *resolved = NULL;
    if (fault == PROFILE_GOOD) {
        resolved = arena_text(resolver->profile->arena, buffer_string(&out));
        fault = resolved == NULL ? PROFILE_NO_MEMORY : PROFILE_GOOD;
    }
    buffer_free(&out);
    if (fault != PROFILE_GOOD)
        return report(resolver, fault, *text + at);
    *text = resolved;
    return true;
}

static bool resolve_texts(const struct resolver *resolver, const char **texts,
                          size_t count)
{
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = resolve_text(resolver, &texts[i]);
    return good;
}

static bool resolve_endpoints(const struct resolver *resolver)
{
    struct profile *profile = resolver->profile;
    bool good = true;
    for (size_t i = 0; good && i < profile->endpoint_count; i++)
        good =
            resolve_texts(resolver, profile->endpoints[i].urls, NET_TRANSPORTS);
    return good;
}

static bool resolve_files(const struct resolver *resolver)
{
    struct profile *profile = resolver->profile;
    bool good = true;
    for (size_t i = 0; good && i < profile->file_count; i++)
        good = resolve_text(resolver, &profile->files[i].text);
    return good;
}

bool profile_resolve(struct profile *profile,
                     const struct profile_places *places,
                     struct diagnostics *diagnostics)
{
    struct resolver resolver = {profile, places, diagnostics};
    if (profile->resolved)
        return true;
    profile->resolved =
        resolve_texts(&resolver, profile->command, profile->command_count) &&
        resolve_texts(&resolver, profile->environment,
                      profile->environment_count) &&
        resolve_files(&resolver) && resolve_endpoints(&resolver) &&
        resolve_text(&resolver, &profile->ca) &&
        resolve_text(&resolver, &profile->certificate) &&
        resolve_text(&resolver, &profile->key);
    return profile->resolved;
}
