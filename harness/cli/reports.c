#include "cli/reports.h"
#include "cli/target.h"
#include "cli/version.h"
#include <time.h>

#define JSON_CAP ((size_t)1 << 30)

/* Writes the document that was made, if it was. */
static bool write_file(struct cli *cli, const char *path, bool made,
                       struct buffer *document)
{
    char error[500];
    bool ok = false;
    if (!made || document->failed)
        cli_error(cli, NULL, "%s: no memory for the report", path);
    else if (!report_file_write(path, buffer_slice(document), error,
                                sizeof error))
        cli_error(cli, NULL, "%s", error);
    else
        ok = true;
    buffer_free(document);
    return ok;
}

static bool write_junit(struct cli *cli, const struct run_record *run,
                        struct statement_texts texts)
{
    const struct options *options = &cli->options;
    if (!options->junit)
        return true;
    struct junit_options junit = {.plain_form = options->junit_strict,
                                  .strict = options->strict,
                                  .texts = texts};
    struct buffer document = buffer_make(2 * JUNIT_SIZE_LIMIT);
    return write_file(cli, options->junit, junit_write(run, &junit, &document),
                      &document);
}

static bool write_json(struct cli *cli, const struct run_record *run)
{
    const struct options *options = &cli->options;
    if (!options->json)
        return true;
    struct buffer document = buffer_make(JSON_CAP);
    return write_file(cli, options->json,
                      json_write(run, options->strict, &document), &document);
}

bool reports_write(struct cli *cli, const struct run_record *run,
                   struct statement_texts texts)
{
    bool junit = write_junit(cli, run, texts);
    bool json = write_json(cli, run);
    return junit && json;
}

bool reports_write_trouble(struct cli *cli, const char *trouble)
{
    const char *target = target_name(cli);
    int64_t now = net_now();
    struct run_record run = {.target = target ? target : "",
                             .broker = "",
                             .tool_version = MQTTSPEC_VERSION,
                             .wall_began = (int64_t)time(NULL),
                             .began = now,
                             .ended = now,
                             .trouble = trouble,
                             .seed = cli->options.seed};
    return reports_write(cli, &run, (struct statement_texts){.text = NULL});
}
