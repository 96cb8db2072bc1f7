/* `report`: reports made from the records of runs. */
#include "cli/commands.h"
#include "cli/reports.h"
#include <errno.h>
#include <string.h>

#define RECORD_CAP ((size_t)1 << 30)
#define PIECE ((size_t)64 << 10)

static bool read_file(const char *path, struct buffer *text)
{
    FILE *file = fopen(path, "rb");
    char piece[PIECE];
    size_t size;
    if (!file)
        return false;
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_append(text, piece, size);
    bool read = !ferror(file);
    fclose(file);
    return read;
}

static json_t *read_record(struct cli *cli, const char *path)
{
    struct buffer text = buffer_make(RECORD_CAP);
    char error[200] = "no memory";
    json_t *record = NULL;
    if (!read_file(path, &text))
        snprintf(error, sizeof error, "%s", strerror(errno));
    else if (!text.failed)
        record = record_read(buffer_slice(&text), error, sizeof error);
    if (!record)
        cli_error(cli, "'mqttspec run … --json FILE' writes a record", "%s: %s",
                  path, error);
    buffer_free(&text);
    return record;
}

int perform_report(struct cli *cli)
{
    const struct texts *paths = &cli->options.words;
    json_t **items = arena_array(cli->arena, paths->count, sizeof *items);
    struct records records = {items, 0};
    bool written = items != NULL;
    if (!reports_wanted(&cli->options)) {
        cli_error(cli, "'mqttspec help report' lists them",
                  "report needs at least one option that names a report");
        return CLI_BAD_USAGE;
    }
    while (written && records.count < paths->count) {
        items[records.count] = read_record(cli, paths->items[records.count]);
        written = items[records.count] != NULL;
        records.count += written;
    }
    written = written && reports_write_derived(cli, &records);
    for (size_t i = 0; i < records.count; i++)
        json_decref(items[i]);
    return written ? CLI_OK : CLI_BAD_USAGE;
}
