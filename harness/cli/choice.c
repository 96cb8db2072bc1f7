#include "cli/loaded.h"
#include <string.h>

static struct selector *make_selectors(struct cli *cli,
                                       const struct texts *texts)
{
    struct selector *selectors =
        arena_array(cli->arena, texts->count + 1, sizeof *selectors);
    for (size_t i = 0; selectors && i < texts->count; i++)
        selectors[i].text = texts->items[i];
    return selectors;
}

static bool any_matches(struct selector *selectors, size_t count,
                        const struct variant *variant)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        if (selector_matches(&selectors[i], variant))
            found = true; /* and on, as each counts what it matches */
    return found;
}

bool choice_wants(void *user, const struct variant *variant)
{
    struct choice *choice = user;
    bool excluded =
        any_matches(choice->exclude, choice->exclude_count, variant);
    bool selected = any_matches(choice->select, choice->select_count, variant);
    return !excluded && (selected || choice->select_count == 0);
}

static bool well_formed(struct cli *cli, const struct selector *selectors,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char error[200];
        if (!selector_check(selectors[i].text, error, sizeof error)) {
            cli_error(cli, NULL, "%s", error);
            return false;
        }
    }
    return true;
}

/* What the selector may have been meant to be. A word for a case id is
 * looked up among these, a statement among those. */
static const char *suggest(struct cli *cli, const struct loaded *loaded,
                           const char *selector)
{
    static const char statement[] = "statement=";
    size_t skip = sizeof statement - 1;
    if (strncmp(selector, statement, skip) == 0)
        return diagnostics_suggest(&cli->diagnostics, slice_of(selector + skip),
                                   loaded_statements(loaded, cli->arena));
    return diagnostics_suggest(&cli->diagnostics, slice_of(selector),
                               loaded_case_ids(loaded, cli->arena));
}

static bool all_match(struct cli *cli, const struct loaded *loaded,
                      const struct selector *selectors, size_t count)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++) {
        if (selectors[i].matched)
            continue;
        const char *hint = suggest(cli, loaded, selectors[i].text);
        cli_error(cli,
                  hint ? hint : "'mqttspec list' prints what can be selected",
                  "selector '%s' matches nothing", selectors[i].text);
        ok = false;
    }
    return ok;
}

static bool anything_left(struct cli *cli, struct choice *choice,
                          const struct loaded *loaded)
{
    size_t wanted = 0;
    for (size_t i = 0; i < loaded->variant_count; i++)
        wanted += choice_wants(choice, &loaded->variants[i]);
    if (!all_match(cli, loaded, choice->select, choice->select_count) ||
        !all_match(cli, loaded, choice->exclude, choice->exclude_count))
        return false;
    if (wanted)
        return true;
    cli_error(cli, NULL, "these selectors leave nothing to run");
    return false;
}

bool choice_make(struct choice *choice, struct cli *cli,
                 const struct loaded *loaded, const struct texts *select,
                 const struct texts *exclude)
{
    *choice = (struct choice){make_selectors(cli, select),
                              make_selectors(cli, exclude), select->count,
                              exclude->count};
    if (!choice->select || !choice->exclude) {
        cli_error(cli, NULL, "no memory");
        return false;
    }
    return well_formed(cli, choice->select, choice->select_count) &&
           well_formed(cli, choice->exclude, choice->exclude_count) &&
           anything_left(cli, choice, loaded);
}
