#include "cli/commands.h"
#include "cli/loaded.h"
#include "report/text.h"
#include "script/coverage.h"
#include <stdlib.h>

/* Whether a case judges each testable statement; always, if not asked. */
static bool is_complete(struct cli *cli, const struct loaded *loaded)
{
    struct coverage coverage;

    if (!cli->options.complete)
        return true;
    if (coverage_make(&coverage, loaded->catalogue, loaded->variants,
                      loaded->variant_count, cli->arena))
        coverage_check(&coverage, &cli->diagnostics);
    else
        cli->diagnostics.no_memory = true;
    return !cli_has_errors(cli);
}

int perform_lint(struct cli *cli)
{
    struct loaded loaded;
    int status = CLI_BAD_USAGE;
    if (loaded_from(&loaded, cli, &cli->options.words) &&
        is_complete(cli, &loaded)) {
        struct buffer out = buffer_make(200);
        text_count(&out, suite_case_count(loaded.suite), "case");
        buffer_text(&out, ", ");
        text_count(&out, loaded.variant_count, "variant");
        buffer_text(&out, ": no errors\n");
        status = cli_put(cli->out, &out) ? CLI_OK : CLI_NOT_WRITTEN;
    }
    loaded_end(&loaded);
    return status;
}
