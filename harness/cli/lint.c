#include "cli/commands.h"
#include "cli/loaded.h"
#include "report/text.h"
#include <stdlib.h>

int perform_lint(struct cli *cli)
{
    struct loaded loaded;
    int status = CLI_BAD_USAGE;
    if (loaded_from(&loaded, cli, &cli->options.words)) {
        struct buffer out = buffer_make(200);
        text_count(&out, suite_case_count(loaded.suite), "case");
        buffer_text(&out, ", ");
        text_count(&out, loaded.variant_count, "variant");
        buffer_text(&out, ": no errors\n");
        status = cli_put(cli->out, &out) ? CLI_OK : EXIT_FAILURE;
    }
    loaded_end(&loaded);
    return status;
}
