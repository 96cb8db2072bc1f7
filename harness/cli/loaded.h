/* The cases that a command works with: the catalogue of statements, the
 * suite, its variants, and the choice among them. */
#ifndef MQTTSPEC_CLI_LOADED_H
#define MQTTSPEC_CLI_LOADED_H

#include "cli/cli.h"
#include "script/profile.h"
#include "script/script.h"

struct loaded {
    struct catalogue *catalogue;
    struct suite *suite;
    const struct variant *variants; /* on every version and transport */
    size_t variant_count;
};
/* Reads --cases, or the cases that come with mqttspec. False after messages
 * on cli->err; free with loaded_end in any case. */
bool loaded_begin(struct loaded *loaded, struct cli *cli);
/* The same with the paths given. */
bool loaded_from(struct loaded *loaded, struct cli *cli,
                 const struct texts *paths);
void loaded_end(struct loaded *loaded);

/* A list of texts ended by NULL, for suggestions. */
const char *const *loaded_case_ids(const struct loaded *loaded,
                                   struct arena *arena);
const char *const *loaded_statements(const struct loaded *loaded,
                                     struct arena *arena);

/* Checks the profile's list of known failures: its statements are in the
 * catalogue, its selectors well-formed. False after diagnostics. */
bool loaded_check_known(const struct loaded *loaded, struct cli *cli,
                        const struct profile *profile);

/* ---- choosing ---------------------------------------------------------- */

struct choice {
    struct selector *select, *exclude;
    size_t select_count, exclude_count;
};
/* Reads the selectors and tries them on all variants. False after a message
 * on cli->err: a malformed selector, one that matches nothing, or nothing
 * left. The selectors live in cli->arena. */
bool choice_make(struct choice *choice, struct cli *cli,
                 const struct loaded *loaded, const struct texts *select,
                 const struct texts *exclude);
/* user is the choice. */
bool choice_wants(void *user, const struct variant *variant);

#endif
