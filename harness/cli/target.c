#include "cli/target.h"
#include <string.h>

#define URLS_MAX 16
#define COMMAND_CAP ((size_t)1 << 20)

static bool names_file(const char *word)
{
    struct slice text = slice_of(word);
    return slice_ends(text, slice_of(".yaml")) ||
           slice_ends(text, slice_of(".yml"));
}

static struct profile *profile_of_file(struct cli *cli)
{
    if (cli->options.words.count > 1) {
        cli_error(cli, NULL,
                  "a profile stands alone: '%s' and '%s' cannot be one target",
                  cli->options.words.items[0], cli->options.words.items[1]);
        return NULL;
    }
    struct profile *profile =
        profile_load(cli->options.words.items[0], &cli->diagnostics);
    if (!cli_has_errors(cli) && profile)
        return profile;
    if (profile)
        profile_free(profile);
    return NULL;
}

/* Reads the URLs; *count tells how many were read, also after an error. */
static bool read_urls(struct cli *cli, struct net_url *urls, size_t *count)
{
    const struct texts *words = &cli->options.words;
    char error[300];
    if (words->count > URLS_MAX) {
        cli_error(cli, NULL, "at most %d URLs make a target", URLS_MAX);
        return false;
    }
    for (; *count < words->count; ++*count)
        if (!net_url_parse(words->items[*count], &urls[*count], error,
                           sizeof error)) {
            cli_error(cli, "a profile is a file that ends in .yaml", "%s",
                      error);
            return false;
        }
    return true;
}

static struct profile *profile_of_words(struct cli *cli)
{
    struct net_url urls[URLS_MAX] = {{.host = NULL}};
    size_t count = 0;
    struct profile *profile = NULL;
    if (read_urls(cli, urls, &count)) {
        profile = profile_of_urls(urls, count);
        if (!profile)
            cli_error(cli, NULL, "no memory");
    }
    while (count > 0)
        net_url_free(&urls[--count]);
    return profile;
}

struct profile *target_profile(struct cli *cli)
{
    const struct texts *words = &cli->options.words;
    for (size_t i = 0; i < words->count; i++)
        if (names_file(words->items[i]))
            return profile_of_file(cli);
    return profile_of_words(cli);
}

/* The part of a URL that is a password, with its colon. Empty: none. */
static struct slice password_in(const char *word)
{
    const char *authority = strstr(word, "://");
    if (!authority)
        return slice_make(NULL, 0);
    authority += strlen("://");
    size_t length = strcspn(authority, "/?#");
    const char *at = memrchr(authority, '@', length);
    const char *colon =
        at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
    return colon ? slice_make(colon, (size_t)(at - colon))
                 : slice_make(NULL, 0);
}

/* A URL as it may be shown; a query is often a token. */
static const char *without_secrets(struct cli *cli, const char *word)
{
    struct slice secret = password_in(word);
    const char *after = word;
    int before = 0;
    if (secret.size) {
        before = (int)((const char *)secret.data - word);
        after = (const char *)secret.data + secret.size;
    }
    if (!strstr(word, "://"))
        return word;
    const char *mask;
    int length = net_url_shown(after, &mask);
    return arena_format(cli->arena, "%.*s%.*s%s", before, word, length, after,
                        mask);
}

static bool has_password(const struct options *options)
{
    for (size_t i = 0; i < options->words.count; i++)
        if (password_in(options->words.items[i]).size)
            return true;
    return options->password != NULL;
}

const char *target_name(struct cli *cli)
{
    const struct texts *words = &cli->options.words;
    const char *name = without_secrets(cli, words->items[0]);
    for (size_t i = 1; name && i < words->count; i++)
        name = arena_format(cli->arena, "%s %s", name,
                            without_secrets(cli, words->items[i]));
    return name;
}

/* "Authorization", "Cookie", "X-Api-Key" … */
static bool is_secret_header(const char *header)
{
    static const char *const words[] = {"auth", "cookie", "token",
                                        "key",  "secret", "password"};
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(header, ":"), header);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasestr(name, words[i]))
            return true;
    return false;
}

/* The options as they may be shown. */
static struct options presentable(struct cli *cli)
{
    struct options shown = cli->options;
    const char *mask;
    int length = shown.path ? net_url_shown(shown.path, &mask) : 0;
    if (shown.path)
        shown.path =
            arena_format(cli->arena, "%.*s%s", length, shown.path, mask);
    const struct texts *headers = &cli->options.headers;
    const char **items = arena_array(cli->arena, headers->count, sizeof *items);
    shown.headers = (struct texts){items, items ? headers->count : 0};
    for (size_t i = 0; i < shown.headers.count; i++) {
        const char *header = headers->items[i];
        if (is_secret_header(header))
            items[i] = arena_format(cli->arena, "%.*s: ***",
                                    (int)strcspn(header, ":"), header);
        else
            items[i] = header;
        if (!items[i])
            items[i] = "***";
    }
    return shown;
}

static void put_command(struct cli *cli, struct buffer *out)
{
    const struct options *options = &cli->options;
    const struct options shown = presentable(cli);
    if (has_password(options))
        buffer_text(out, "MQTTSPEC_PASSWORD='***' ");
    shell_word(out, cli->program);
    buffer_text(out, " run");
    for (size_t i = 0; i < options->words.count; i++) {
        const char *word = without_secrets(cli, options->words.items[i]);
        buffer_text(out, " ");
        shell_word(out, word ? word : "");
    }
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].repeats)
            option_put(&option_rows[i], &shown, out);
}

const char *target_repeat_command(struct cli *cli)
{
    struct buffer out = buffer_make(COMMAND_CAP);
    put_command(cli, &out);
    const char *command =
        out.failed ? NULL : arena_text_of(cli->arena, buffer_slice(&out));
    buffer_free(&out);
    return command;
}
