#include "cli/reports.h"
#include "cli/target.h"
#include "cli/version.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DOCUMENT_CAP ((size_t)1 << 30)

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

/* ---- made from the record ---------------------------------------------- */

static const struct derived {
    size_t offset; /* of the path, in struct options */
    bool (*write)(const struct records *records, struct buffer *out);
} derived_rows[] = {
    {offsetof(struct options, html), html_write},
    {offsetof(struct options, markdown), markdown_write},
    {offsetof(struct options, comparison), comparison_write},
    {offsetof(struct options, tap), tap_write},
    {offsetof(struct options, badge), badge_write},
};
enum { DERIVED = sizeof derived_rows / sizeof *derived_rows };

static const char *path_of(const struct derived *derived,
                           const struct options *options)
{
    const char *path;
    memcpy(&path, (const char *)options + derived->offset, sizeof path);
    return path;
}

bool reports_wanted(const struct options *options)
{
    for (size_t i = 0; i < DERIVED; i++)
        if (path_of(&derived_rows[i], options))
            return true;
    return false;
}

bool reports_write_derived(struct cli *cli, const struct records *records)
{
    bool written = true;
    for (size_t i = 0; i < DERIVED; i++) {
        const char *path = path_of(&derived_rows[i], &cli->options);
        struct buffer document = buffer_make(DOCUMENT_CAP);
        if (path)
            written &=
                write_file(cli, path, derived_rows[i].write(records, &document),
                           &document);
    }
    return written;
}

/* GitHub shows what stands in this file below the job. */
static bool add_summary(struct cli *cli, const struct records *records)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    struct buffer document = buffer_make(DOCUMENT_CAP);
    FILE *file = path && *path ? fopen(path, "a") : NULL;
    if (!file)
        return true;
    bool written =
        markdown_write(records, &document) && cli_put(file, &document);
    if (fclose(file) != 0 || !written)
        cli_error(cli, NULL, "%s cannot be written", path);
    buffer_free(&document);
    return written;
}

static bool derive(struct cli *cli, struct slice document)
{
    char error[200];
    json_t *record = record_read(document, error, sizeof error);
    struct records records = {&record, 1};
    if (!record) {
        cli_error(cli, NULL, "the record cannot be read: %s", error);
        return false;
    }
    bool written = reports_write_derived(cli, &records);
    written &= add_summary(cli, &records);
    json_decref(record);
    return written;
}

/* ---- captures ---------------------------------------------------------- */

/* The id of a variant with what file names cannot hold replaced. */
static void put_file_name(struct buffer *out, const char *id)
{
    for (; *id; id++)
        buffer_u8(out, (uint8_t)(isalnum((unsigned char)*id) ||
                                         strchr("@+-_.=,[]", *id)
                                     ? *id
                                     : '_'));
}

static bool write_capture(struct cli *cli, const struct run_record *run,
                          const struct result *result,
                          const struct play_record *play, const char *ending)
{
    struct buffer path = buffer_make(4096);
    struct buffer document = buffer_make(DOCUMENT_CAP);
    int64_t wall = run->wall_began * INT64_C(1000000000) - run->began;

    if (!play || !play->traffic)
        return true;
    buffer_format(&path, "%s/", cli->options.pcap);
    put_file_name(&path, result->variant_id);
    buffer_text(&path, ending);
    bool made = !path.failed && pcapng_write(play->traffic, wall, &document);
    bool written = write_file(cli, buffer_string(&path), made, &document);
    buffer_free(&path);
    return written;
}

static bool write_captures(struct cli *cli, const struct run_record *run)
{
    bool written = true;
    for (size_t i = 0; cli->options.pcap && i < run->count; i++) {
        const struct result *result = &run->results[i];
        written &= write_capture(cli, run, result, result->play, ".pcapng");
        written &=
            write_capture(cli, run, result, result->first, "-first.pcapng");
    }
    return written;
}

/* ---- a run ------------------------------------------------------------- */

static bool write_record(struct cli *cli, const struct run_record *run,
                         const struct catalogue *catalogue)
{
    const struct options *options = &cli->options;
    struct json_options json = {options->strict, catalogue};
    struct buffer document = buffer_make(DOCUMENT_CAP);
    bool derives = reports_wanted(options) || getenv("GITHUB_STEP_SUMMARY");
    bool written = true;
    if (!options->json && !derives)
        return true;
    bool made = json_write(run, &json, &document);
    if (made && derives)
        written = derive(cli, buffer_slice(&document));
    if (options->json)
        return write_file(cli, options->json, made, &document) && written;
    buffer_free(&document);
    return made && written;
}

bool reports_write(struct cli *cli, const struct run_record *run,
                   struct statement_texts texts,
                   const struct catalogue *catalogue)
{
    bool junit = write_junit(cli, run, texts);
    bool record = write_record(cli, run, catalogue);
    bool captures = write_captures(cli, run);
    return junit && record && captures;
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
    return reports_write(cli, &run, (struct statement_texts){.text = NULL},
                         NULL);
}
