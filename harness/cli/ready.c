#include "cli/ready.h"
#include "cli/places.h"
#include "cli/target.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* "Name: value" as a header; false when it is none. */
static bool read_header(struct arena *arena, const char *text,
                        struct net_header *header)
{
    size_t length = strcspn(text, ":");
    if (length == 0 || text[length] != ':' || strpbrk(text, "\r\n"))
        return false;
    const char *value = text + length + 1;
    value += strspn(value, " \t");
    *header = (struct net_header){
        arena_text_of(arena, slice_make(text, length)), value};
    return header->name != NULL;
}

static bool read_headers(struct ready *ready)
{
    const struct texts *texts = &ready->cli->options.headers;
    ready->headers = arena_array(ready->cli->arena, texts->count + 1,
                                 sizeof *ready->headers);
    for (size_t i = 0; ready->headers && i < texts->count; i++)
        if (!read_header(ready->cli->arena, texts->items[i],
                         &ready->headers[i])) {
            cli_error(ready->cli, NULL,
                      "option '--header' cannot be '%s'; expected "
                      "'NAME: VALUE'",
                      texts->items[i]);
            return false;
        }
    return ready->headers != NULL;
}

static bool check_usage(const struct ready *ready)
{
    const struct options *options = &ready->cli->options;
    if (options->quiet && options->verbose) {
        cli_error(ready->cli, NULL, "--quiet and --verbose exclude each other");
        return false;
    }
    if (!options->certificate != !options->key) {
        cli_error(ready->cli, NULL, "--cert and --key belong together");
        return false;
    }
    return true;
}

static void choose_defaults(struct cli *cli)
{
    uint32_t random;
    if (!cli->options.password)
        cli->options.password = getenv("MQTTSPEC_PASSWORD");
    if (cli->options.seed == 0) {
        if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
            random = (uint32_t)net_now();
        cli->options.seed = (uint64_t)random + 1;
    }
}

bool ready_begin(struct ready *ready, struct cli *cli)
{
    *ready = (struct ready){.cli = cli};
    choose_defaults(cli);
    if (!check_usage(ready) || !read_headers(ready))
        return false;
    ready->profile = target_profile(cli);
    return ready->profile != NULL;
}

void ready_end(struct ready *ready)
{
    if (ready->profile)
        profile_free(ready->profile);
    ready->profile = NULL;
}

struct run_options ready_options(const struct ready *ready)
{
    const struct options *options = &ready->cli->options;
    return (struct run_options){
        .profile = ready->profile,
        .user_name = options->user,
        .password = options->password,
        .ca = options->ca,
        .certificate = options->certificate,
        .key = options->key,
        .server_name = options->server_name,
        .path = options->path,
        .insecure = options->insecure,
        .headers = ready->headers,
        .header_count = options->headers.count,
        .certs =
            options->certs ? options->certs : place_of_certs(ready->cli->arena),
        .dir = options->dir,
        .jobs = options->jobs,
        .connections = options->connections,
        .patience = options->patience > 0 ? options->patience : 1.0,
        .repeat = 1,
        .seed = options->seed,
        .repeat_command = target_repeat_command(ready->cli)};
}

void ready_say(void *user, const char *line)
{
    const struct cli *cli = user;
    if (!cli->options.quiet)
        fprintf(cli->err, "%s\n", line);
}
