#include "engine/run.h"
#include "cli/commands.h"
#include "cli/github.h"
#include "cli/live.h"
#include "cli/loaded.h"
#include "cli/ready.h"
#include "cli/reports.h"
#include "cli/target.h"
#include "cli/version.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define GITHUB_CAP ((size_t)1 << 20)

/* One `run` from its options to its exit status. */
struct job {
    struct cli *cli;
    struct loaded loaded;
    struct ready ready;
    struct choice choice;
    struct console console;
    struct run_record announced; /* what console_begin is told */
    bool begun;                  /* console_begin was called */
    struct live live;
};

/* ---- what people see while it runs ------------------------------------- */

static const char *demand_of(void *user, enum mqtt_version version,
                             const char *id)
{
    const struct statement *statement = catalogue_find(user, id, version);
    return statement ? statement->demand : NULL;
}

static bool wants_colour(const struct cli *cli)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (cli->options.colour != COLOUR_AUTO)
        return cli->options.colour == COLOUR_ALWAYS;
    return live_on_terminal(cli->out) && !(no_colour && *no_colour) &&
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
    job->live = live_begin(job->cli, job->console.colour);
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
    (void)done;
    if (!job->begun || console_tells(&job->console, result))
        live_clear(&job->live);
    begin_console(job, total);
    console_result(&job->console, result);
}

static void on_pulse(void *user, const struct pulse *pulse)
{
    struct job *job = user;
    live_show(&job->live, pulse);
}

static void on_progress(void *user, const char *line)
{
    struct job *job = user;
    if (job->cli->options.quiet)
        return;
    live_clear(&job->live);
    fprintf(job->cli->err, "%s\n", line);
}

/* ---- before the run ---------------------------------------------------- */

static bool check_known(struct job *job)
{
    bool ok = loaded_check_known(&job->loaded, job->cli, job->ready.profile);
    return ok || !cli_has_errors(job->cli);
}

static bool prepare(struct job *job)
{
    struct cli *cli = job->cli;
    return ready_begin(&job->ready, cli) && loaded_begin(&job->loaded, cli) &&
           check_known(job) &&
           choice_make(&job->choice, cli, &job->loaded, &cli->options.select,
                       &cli->options.exclude);
}

/* ---- the run ----------------------------------------------------------- */

static struct run_options run_options_of(struct job *job)
{
    const struct options *options = &job->cli->options;
    struct run_options run = ready_options(&job->ready);
    run.suite = job->loaded.suite;
    run.other_cases = options->cases.count > 0;
    run.catalogue = job->loaded.catalogue;
    run.wanted = choice_wants;
    run.wanted_user = &job->choice;
    run.repeat = options->repeat ? options->repeat : 1;
    run.shard = options->shard.number;
    run.shards = options->shard.count;
    run.strict = options->strict;
    run.unconfirmed = options->unconfirmed;
    run.keep_all = options->keep_all;
    run.capture = options->pcap != NULL;
    run.decided = on_decided;
    run.progress = on_progress;
    run.pulse = job->live.out ? on_pulse : NULL;
    run.user = job;
    return run;
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
    live_clear(&job->live);
    begin_console(job, run->count);
    console_end(&job->console, run);
    annotate(job, run);
    int status = run_exit_status(run, cli->options.strict);
    if (!reports_write(cli, run, job->console.texts, job->loaded.catalogue) &&
        status == 0)
        status = CLI_NOT_WRITTEN;
    return status;
}

static int play(struct job *job)
{
    struct cli *cli = job->cli;
    prepare_console(job);
    struct run_options options = run_options_of(job);
    job->announced = (struct run_record){.target = job->ready.profile->name,
                                         .broker = "",
                                         .tool_version = MQTTSPEC_VERSION,
                                         .wall_began = (int64_t)time(NULL),
                                         .seed = cli->options.seed};
    struct run_record *run = run_suite(&options, &cli->diagnostics);
    bool wrong = cli_has_errors(cli);
    if (!run) {
        static const char trouble[] = "no memory, or too few descriptors";
        cli_error(cli, NULL, "%s", trouble);
        reports_write_trouble(cli, trouble);
        return CLI_NOTHING_RUN;
    }
    int status = finish(job, run);
    run_record_free(run);
    return wrong ? CLI_BAD_USAGE : status;
}

int perform_run(struct cli *cli)
{
    struct job job = {.cli = cli};
    int status = CLI_BAD_USAGE;
    if (prepare(&job))
        status = play(&job);
    else
        reports_write_trouble(cli, "nothing was run: the command line, a "
                                   "case file or the profile has an error");
    loaded_end(&job.loaded);
    ready_end(&job.ready);
    return status;
}
