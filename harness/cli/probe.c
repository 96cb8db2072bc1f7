/* `probe`: what a broker offers, without judging it. */
#include "cli/commands.h"
#include "cli/loaded.h"
#include "cli/offer_text.h"
#include "cli/ready.h"
#include "report/report.h"
#include <stdlib.h>

#define TEXT_CAP ((size_t)1 << 20)

enum { UNREACHABLE = 3 };

struct probing {
    struct cli *cli;
    struct ready ready;
    struct loaded loaded;
    bool asked;   /* the broker has told what it offers */
    bool written; /* and that was printed */
};

static bool write_profile(struct cli *cli, struct buffer *text)
{
    char error[500];
    bool written = !text->failed &&
                   report_file_write(cli->options.profile, buffer_slice(text),
                                     error, sizeof error);
    if (!written)
        cli_error(cli, NULL, "%s", text->failed ? "no memory" : error);
    return written;
}

static void on_offered(void *user, const struct offer *offer)
{
    struct probing *probing = user;
    struct cli *cli = probing->cli;
    struct buffer table = buffer_make(TEXT_CAP);
    struct buffer profile = buffer_make(TEXT_CAP);
    probing->asked = true;
    offer_put_table(&table, offer);
    probing->written = cli_put(cli->out, &table);
    offer_put_profile(&profile, offer, probing->ready.profile);
    if (cli->options.profile)
        probing->written &= write_profile(cli, &profile);
    buffer_free(&profile);
}

static bool wants_nothing(void *user, const struct variant *variant)
{
    (void)user;
    (void)variant;
    return false;
}

static void on_progress(void *user, const char *line)
{
    struct probing *probing = user;
    ready_say(probing->cli, line);
}

static int ask(struct probing *probing)
{
    struct run_options options = ready_options(&probing->ready);
    options.suite = probing->loaded.suite;
    options.catalogue = probing->loaded.catalogue;
    options.wanted = wants_nothing;
    options.offered = on_offered;
    options.progress = on_progress;
    options.user = probing;
    struct run_record *run = run_suite(&options, &probing->cli->diagnostics);
    bool wrong = cli_has_errors(probing->cli);
    if (!run) {
        cli_error(probing->cli, NULL, "no memory");
        return CLI_NOTHING_RUN;
    }
    if (!probing->asked && run->trouble)
        cli_error(probing->cli, NULL, "%s", run->trouble);
    run_record_free(run);
    if (!probing->asked)
        return wrong ? CLI_BAD_USAGE : UNREACHABLE;
    return probing->written ? CLI_OK : CLI_BAD_USAGE;
}

int perform_probe(struct cli *cli)
{
    struct probing probing = {.cli = cli};
    int status = CLI_BAD_USAGE;
    if (ready_begin(&probing.ready, cli) && loaded_begin(&probing.loaded, cli))
        status = ask(&probing);
    loaded_end(&probing.loaded);
    ready_end(&probing.ready);
    return status;
}
