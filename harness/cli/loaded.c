#include "cli/loaded.h"
#include "cli/places.h"
#include <string.h>

/* The catalogue stands with the cases; those of the command line may bring
 * their own. */
static const char *catalogue_folder(struct cli *cli, const struct texts *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        const char *own =
            place_below(cli->arena, paths->items[i], "statements");
        if (own && place_is_folder(own))
            return own;
    }
    const char *cases = place_of_cases(cli->arena);
    return cases ? place_below(cli->arena, cases, "statements") : NULL;
}

static bool load_variants(struct loaded *loaded)
{
    struct target_shape all = {
        .versions = {[MQTT_3_1] = true, [MQTT_3_1_1] = true, [MQTT_5_0] = true},
        .transports = {true, true, true, true}};
    loaded->variants =
        suite_variants(loaded->suite, &all, &loaded->variant_count);
    return loaded->variants || loaded->variant_count == 0;
}

/* Whether the file is in one of the folders that bring a catalogue. */
static bool stands_with_catalogue(struct cli *cli, const struct texts *paths,
                                  const char *file)
{
    for (size_t i = 0; i < paths->count; i++) {
        const char *own =
            place_below(cli->arena, paths->items[i], "statements");
        if (own && place_is_folder(own) &&
            slice_starts(slice_of(file), slice_of(paths->items[i])))
            return true;
    }
    return false;
}

/* A case of one's own may judge no statement, a case of a suite may not. */
static void check_cited(const struct loaded *loaded, struct cli *cli,
                        const struct texts *paths)
{
    const char *last = NULL;
    for (size_t i = 0; i < loaded->variant_count; i++) {
        const struct variant *variant = &loaded->variants[i];
        if (variant->statement_count || variant->case_id == last ||
            !stands_with_catalogue(cli, paths, variant->source.file))
            continue;
        last = variant->case_id;
        diagnose(&cli->diagnostics, variant->source,
                 "the statements that it judges", NULL,
                 "a case that stands with a catalogue judges something of it");
    }
}

bool loaded_from(struct loaded *loaded, struct cli *cli,
                 const struct texts *paths)
{
    *loaded = (struct loaded){.suite = NULL};
    const char *statements = catalogue_folder(cli, paths);
    if (!statements) {
        cli_error(cli,
                  "run in the folder that holds 'cases', or name one with "
                  "--cases",
                  "the catalogue of statements, cases/statements, was not "
                  "found");
        return false;
    }
    loaded->catalogue = catalogue_load(statements, &cli->diagnostics);
    if (loaded->catalogue)
        loaded->suite = suite_load(paths->items, paths->count,
                                   loaded->catalogue, &cli->diagnostics);
    if (cli_has_errors(cli) || !loaded->suite)
        return false;
    if (!load_variants(loaded)) {
        cli_error(cli, NULL, "no memory");
        return false;
    }
    check_cited(loaded, cli, paths);
    return !cli_has_errors(cli);
}

bool loaded_begin(struct loaded *loaded, struct cli *cli)
{
    *loaded = (struct loaded){.suite = NULL};
    if (cli->options.cases.count)
        return loaded_from(loaded, cli, &cli->options.cases);
    const char *cases = place_of_cases(cli->arena);
    if (cases)
        return loaded_from(loaded, cli, &(struct texts){&cases, 1});
    cli_error(cli, "name them with --cases",
              "the cases that come with mqttspec were not found");
    return false;
}

void loaded_end(struct loaded *loaded)
{
    if (loaded->suite)
        suite_free(loaded->suite);
    if (loaded->catalogue)
        catalogue_free(loaded->catalogue);
}

static bool has(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

/* Variants of one case stand together, so only the last needs a look. */
const char *const *loaded_case_ids(const struct loaded *loaded,
                                   struct arena *arena)
{
    const char **ids =
        arena_array(arena, loaded->variant_count + 1, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; ids && i < loaded->variant_count; i++) {
        const char *id = loaded->variants[i].case_id;
        if (count == 0 || strcmp(ids[count - 1], id) != 0)
            ids[count++] = id;
    }
    return ids;
}

static size_t count_statements(const struct loaded *loaded)
{
    size_t count = 0;
    for (size_t i = 0; i < loaded->variant_count; i++)
        count += loaded->variants[i].statement_count;
    return count;
}

const char *const *loaded_statements(const struct loaded *loaded,
                                     struct arena *arena)
{
    const char **ids =
        arena_array(arena, count_statements(loaded) + 1, sizeof *ids);
    size_t count = 0;
    for (size_t i = 0; ids && i < loaded->variant_count; i++)
        for (size_t j = 0; j < loaded->variants[i].statement_count; j++) {
            const char *id = loaded->variants[i].statements[j];
            if (!has(ids, count, id))
                ids[count++] = id;
        }
    return ids;
}

static bool in_catalogue(const struct catalogue *catalogue, const char *id)
{
    return catalogue_find(catalogue, id, MQTT_5_0) ||
           catalogue_find(catalogue, id, MQTT_3_1_1) ||
           catalogue_find(catalogue, id, MQTT_3_1);
}

static void check_statement(const struct loaded *loaded, struct cli *cli,
                            const struct profile_known *known, const char *id)
{
    if (!in_catalogue(loaded->catalogue, id))
        diagnose(&cli->diagnostics, known->source, NULL,
                 diagnostics_suggest(&cli->diagnostics, slice_of(id),
                                     loaded_statements(loaded, cli->arena)),
                 "unknown statement '%s'", id);
}

static void check_known(const struct loaded *loaded, struct cli *cli,
                        const struct profile_known *known)
{
    char error[200];
    for (const char *const *id = known->statements; *id; id++)
        check_statement(loaded, cli, known, *id);
    if (known->variants &&
        !selector_check(known->variants, error, sizeof error))
        diagnose(&cli->diagnostics, known->source, NULL, NULL, "%s", error);
}

bool loaded_check_known(const struct loaded *loaded, struct cli *cli,
                        const struct profile *profile)
{
    size_t before = cli->diagnostics.errors;
    for (size_t i = 0; i < profile->known_count; i++)
        check_known(loaded, cli, &profile->known[i]);
    return cli->diagnostics.errors == before;
}
