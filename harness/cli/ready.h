/* A target made ready to be run against: what `run` and `probe` share. */
#ifndef MQTTSPEC_CLI_READY_H
#define MQTTSPEC_CLI_READY_H

#include "cli/cli.h"
#include "engine/run.h"

struct ready {
    struct cli *cli;
    struct profile *profile;
    struct net_header *headers; /* in cli->arena */
};
/* Reads the profile or the URLs, and the options that belong to a target;
 * chooses a seed and takes the password from the environment. False after
 * messages on cli->err. */
bool ready_begin(struct ready *ready, struct cli *cli);
void ready_end(struct ready *ready);
/* The options of a run against it; cases and reports are still to come. */
struct run_options ready_options(const struct ready *ready);
/* What goes on, in one line on err, unless --quiet. user: the cli. */
void ready_say(void *user, const char *line);

#endif
