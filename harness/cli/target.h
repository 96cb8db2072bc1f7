/* The broker that the command line names. */
#ifndef MQTTSPEC_CLI_TARGET_H
#define MQTTSPEC_CLI_TARGET_H

#include "cli/cli.h"
#include "script/profile.h"

/* The profile of the words: URLs, or one file that ends in .yaml or .yml.
 * NULL after messages on cli->err; free with profile_free. */
struct profile *target_profile(struct cli *cli);
/* The words as one text, without passwords, in cli->arena; NULL: no
 * memory. */
const char *target_name(struct cli *cli);
/* The begin of a command that repeats one variant of this run: everything
 * that bears on the judgement, and no password (it is asked for in the
 * environment). In cli->arena; NULL: no memory. */
const char *target_repeat_command(struct cli *cli);

#endif
