#include "engine/run.h"
#include "cli/commands.h"
#include "cli/github.h"
#include "cli/loaded.h"
#include "cli/places.h"
#include "cli/reports.h"
#include "cli/target.h"
#include "cli/version.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define GITHUB_CAP ((size_t)1 << 20)

/* One `run` from its options to its exit status. */
struct job {
    struct cli *cli;
    struct loaded loaded;
    struct profile *profile;
    struct choice choice;
    struct net_header *headers;
    struct console console;
    struct run_record announced; /* what console_begin is told */
    bool begun;                  /* console_begin was called */
    bool counter;                /* a counting line is kept on cli->err */
};

/* ---- what people see while it runs ------------------------------------- */

static const char *demand_of(void *user, enum mqtt_version version,
                             const char *id)
{
    const struct statement *statement = catalogue_find(user, id, version);
    return statement ? statement->demand : NULL;
}

static bool on_terminal(FILE *file)
{
    int descriptor = fileno(file);
    return descriptor >= 0 && isatty(descriptor);
}

static bool wants_colour(const struct cli *cli)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (cli->options.colour != COLOUR_AUTO)
        return cli->options.colour == COLOUR_ALWAYS;
    return on_terminal(cli->out) && !(no_colour && *no_colour) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

static void prepare_console(struct job *job)
{
    const struct options *options = &job->cli->options;
    job->console =
        (struct console){.out = job->cli->out,
                         .level = options->quiet     ? CONSOLE_QUIET
                                  : options->verbose ? CONSOLE_VERBOSE
                                                     : CONSOLE_NORMAL,
                         .colour = wants_colour(job->cli),
                         .strict = options->strict,
                         .texts = {demand_of, job->loaded.catalogue}};
    job->counter = !options->quiet && on_terminal(job->cli->err);
}

static void clear_counter(const struct job *job)
{
    if (job->counter)
        fputs("\r\033[K", job->cli->err);
}

static void begin_console(struct job *job, size_t total)
{
    if (job->begun)
        return;
    job->begun = true;
    job->announced.count = total;
    console_begin(&job->console, &job->announced);
}

static void on_decided(void *user, const struct result *result, size_t done,
                       size_t total)
{
    struct job *job = user;
    clear_counter(job);
    begin_console(job, total);
    console_result(&job->console, result);
    if (job->counter) {
        fflush(job->cli->out);
        fprintf(job->cli->err, "%zu of %zu", done, total);
    }
}

static void on_progress(void *user, const char *line)
{
    const struct job *job = user;
    if (job->cli->options.quiet)
        return;
    clear_counter(job);
    fprintf(job->cli->err, "%s\n", line);
}

/* ---- before the run ---------------------------------------------------- */

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

static bool read_headers(struct job *job)
{
    const struct texts *texts = &job->cli->options.headers;
    job->headers =
        arena_array(job->cli->arena, texts->count + 1, sizeof *job->headers);
    for (size_t i = 0; job->headers && i < texts->count; i++)
        if (!read_header(job->cli->arena, texts->items[i], &job->headers[i])) {
            cli_error(job->cli, NULL,
                      "option '--header' cannot be '%s'; expected "
                      "'NAME: VALUE'",
                      texts->items[i]);
            return false;
        }
    return job->headers != NULL;
}

static bool check_usage(const struct job *job)
{
    const struct options *options = &job->cli->options;
    if (options->quiet && options->verbose) {
        cli_error(job->cli, NULL, "--quiet and --verbose exclude each other");
        return false;
    }
    if (!options->certificate != !options->key) {
        cli_error(job->cli, NULL, "--cert and --key belong together");
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

static bool load_target(struct job *job)
{
    job->profile = target_profile(job->cli);
    return job->profile != NULL;
}

static bool check_known(struct job *job)
{
    bool ok = loaded_check_known(&job->loaded, job->cli, job->profile);
    return ok || !cli_has_errors(job->cli);
}

static bool prepare(struct job *job)
{
    struct cli *cli = job->cli;
    return check_usage(job) && read_headers(job) && load_target(job) &&
           loaded_begin(&job->loaded, cli) && check_known(job) &&
           choice_make(&job->choice, cli, &job->loaded, &cli->options.select,
                       &cli->options.exclude);
}

/* ---- the run ----------------------------------------------------------- */

static struct run_options run_options_of(struct job *job)
{
    struct cli *cli = job->cli;
    const struct options *options = &cli->options;
    return (struct run_options){
        .profile = job->profile,
        .suite = job->loaded.suite,
        .other_cases = options->cases.count > 0,
        .catalogue = job->loaded.catalogue,
        .wanted = choice_wants,
        .wanted_user = &job->choice,
        .user_name = options->user,
        .password = options->password,
        .ca = options->ca,
        .certificate = options->certificate,
        .key = options->key,
        .server_name = options->server_name,
        .path = options->path,
        .insecure = options->insecure,
        .headers = job->headers,
        .header_count = options->headers.count,
        .certs = options->certs ? options->certs : place_of_certs(cli->arena),
        .dir = options->dir,
        .jobs = options->jobs,
        .connections = options->connections,
        .patience = options->patience > 0 ? options->patience : 1.0,
        .repeat = options->repeat ? options->repeat : 1,
        .shard = options->shard.number,
        .shards = options->shard.count,
        .seed = options->seed,
        .strict = options->strict,
        .keep_all = options->keep_all,
        .capture = options->pcap != NULL,
        .decided = on_decided,
        .progress = on_progress,
        .user = job,
        .repeat_command = target_repeat_command(cli)};
}

/* Only where GitHub reads it. */
static void annotate(const struct job *job, const struct run_record *run)
{
    const char *github = getenv("GITHUB_ACTIONS");
    struct buffer out = buffer_make(GITHUB_CAP);
    if (!github || strcmp(github, "true") != 0)
        return;
    github_put(&out, run);
    cli_put(job->cli->out, &out);
}

/* A report that was asked for and is not there is not success. */
static int finish(struct job *job, struct run_record *run)
{
    struct cli *cli = job->cli;
    run->tool_version = MQTTSPEC_VERSION;
    clear_counter(job);
    begin_console(job, run->count);
    console_end(&job->console, run);
    annotate(job, run);
    int status = run_exit_status(run, cli->options.strict);
    if (!reports_write(cli, run, job->console.texts, job->loaded.catalogue) &&
        status == 0)
        status = CLI_BAD_USAGE;
    return status;
}

static int play(struct job *job)
{
    struct cli *cli = job->cli;
    struct run_options options = run_options_of(job);
    job->announced = (struct run_record){.target = job->profile->name,
                                         .broker = "",
                                         .tool_version = MQTTSPEC_VERSION,
                                         .wall_began = (int64_t)time(NULL),
                                         .seed = cli->options.seed};
    prepare_console(job);
    struct run_record *run = run_suite(&options, &cli->diagnostics);
    bool wrong = cli_has_errors(cli);
    if (!run) {
        cli_error(cli, NULL, "no memory");
        reports_write_trouble(cli, "no memory");
        return EXIT_FAILURE;
    }
    int status = finish(job, run);
    run_record_free(run);
    return wrong ? CLI_BAD_USAGE : status;
}

int perform_run(struct cli *cli)
{
    struct job job = {.cli = cli};
    int status = CLI_BAD_USAGE;
    choose_defaults(cli);
    if (prepare(&job))
        status = play(&job);
    else
        reports_write_trouble(cli, "nothing was run: the command line, a "
                                   "case file or the profile has an error");
    loaded_end(&job.loaded);
    if (job.profile)
        profile_free(job.profile);
    return status;
}
