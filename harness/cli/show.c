#include "cli/commands.h"
#include "cli/diagram.h"
#include "cli/loaded.h"
#include "report/text.h"
#include "script/case_text.h"
#include <stdlib.h>
#include <string.h>

#define SHOW_CAP ((size_t)16 << 20)
#define VERSION_COLUMN 2
#define ID_COLUMN 9
#define DEMAND_COLUMN 28

/* The variants of one case: they stand together in the list. */
struct shown {
    const struct loaded *loaded;
    const struct variant *first;
    size_t count;
};

/* The id of a case, or of one of its variants. */
static bool names_case(const char *word, const char *case_id)
{
    size_t length = strcspn(word, "@");
    return strlen(case_id) == length && memcmp(word, case_id, length) == 0;
}

static bool find_case(const struct loaded *loaded, const char *word,
                      struct shown *shown)
{
    *shown = (struct shown){.loaded = loaded};
    for (size_t i = 0; i < loaded->variant_count; i++) {
        if (!names_case(word, loaded->variants[i].case_id))
            continue;
        if (!shown->first)
            shown->first = &loaded->variants[i];
        shown->count++;
    }
    return shown->first != NULL;
}

static void put_statement(struct buffer *out, const struct shown *shown,
                          enum mqtt_version version, const char *id)
{
    const struct statement *statement =
        catalogue_find(shown->loaded->catalogue, id, version);
    text_spaces(out, VERSION_COLUMN);
    text_padded(out, mqtt_version_name(version), ID_COLUMN - VERSION_COLUMN);
    text_padded(out, id, DEMAND_COLUMN - ID_COLUMN - 1);
    buffer_text(out, " ");
    if (statement)
        text_wrapped(out, statement->demand, DEMAND_COLUMN, DEMAND_COLUMN);
    buffer_text(out, "\n");
}

static const struct variant *first_of_version(const struct shown *shown,
                                              enum mqtt_version version)
{
    for (size_t i = 0; i < shown->count; i++)
        if (shown->first[i].version == version)
            return &shown->first[i];
    return NULL;
}

static void put_statements(struct buffer *out, const struct shown *shown)
{
    buffer_text(out, "\nstatements:\n");
    for (int version = MQTT_3_1; version <= MQTT_5_0; version++) {
        const struct variant *variant =
            first_of_version(shown, (enum mqtt_version)version);
        for (size_t i = 0; variant && i < variant->statement_count; i++)
            put_statement(out, shown, variant->version, variant->statements[i]);
    }
}

/* Of the variant that was named, else of the newest version. */
static const struct variant *drawn_variant(const struct shown *shown,
                                           const char *word)
{
    const struct variant *newest = shown->first;
    for (size_t i = 0; i < shown->count; i++) {
        const struct variant *variant = &shown->first[i];
        if (strcmp(variant->id, word) == 0)
            return variant;
        if (variant->version > newest->version)
            newest = variant;
    }
    return newest;
}

static bool put_diagram(struct buffer *out, const struct shown *shown,
                        const char *word)
{
    const struct variant *variant = drawn_variant(shown, word);
    struct script *script = script_compile(shown->loaded->suite, variant);
    if (!script)
        return false;
    buffer_format(out, "\n%s:\n\n", variant->id);
    diagram_put(out, script);
    script_free(script);
    return true;
}

static void put_variants(struct buffer *out, const struct shown *shown)
{
    buffer_format(out,
                  "\nvariants (%zu, on a broker that has every version "
                  "and transport):\n",
                  shown->count);
    for (size_t i = 0; i < shown->count; i++)
        buffer_format(out, "  %s\n", shown->first[i].id);
}

static bool put_case(struct buffer *out, const struct shown *shown,
                     const char *word)
{
    const struct variant *variant = shown->first;
    buffer_format(out, "%s\n%s\n%s:%d, level %s\n\n", variant->case_id,
                  variant->title, variant->source.file, variant->source.line,
                  level_name(variant->level));
    if (!case_text_put(&variant->source, out))
        return false;
    put_statements(out, shown);
    if (!put_diagram(out, shown, word))
        return false;
    put_variants(out, shown);
    return true;
}

static bool show_one(struct cli *cli, const struct loaded *loaded,
                     const char *word)
{
    struct shown shown;
    struct buffer out = buffer_make(SHOW_CAP);
    if (!find_case(loaded, word, &shown)) {
        const char *hint =
            diagnostics_suggest(&cli->diagnostics, slice_of(word),
                                loaded_case_ids(loaded, cli->arena));
        cli_error(cli, hint ? hint : "'mqttspec list' prints the ids",
                  "there is no case '%s'", word);
        return false;
    }
    if (put_case(&out, &shown, word) && cli_put(cli->out, &out))
        return true;
    buffer_free(&out);
    cli_error(cli, NULL, "the case '%s' cannot be shown", word);
    return false;
}

int perform_show(struct cli *cli)
{
    struct loaded loaded;
    bool ok = loaded_begin(&loaded, cli);
    for (size_t i = 0; ok && i < cli->options.words.count; i++)
        ok = (i == 0 || fputs("\n", cli->out) >= 0) &&
             show_one(cli, &loaded, cli->options.words.items[i]);
    loaded_end(&loaded);
    return ok ? CLI_OK : CLI_BAD_USAGE;
}
