/* The live line on standard error, where that is a terminal. */
#ifndef MQTTSPEC_CLI_LIVE_H
#define MQTTSPEC_CLI_LIVE_H

#include "cli/cli.h"
#include "engine/pulse.h"

struct live {
    FILE *out; /* NULL: no line is kept */
    bool colour;
    bool shown; /* the line stands there now */
};

/* Whether what is written there is read by a person who sees it at once. */
bool live_on_terminal(FILE *file);
/* A terminal that cannot go back in its line, and --quiet, have none. */
struct live live_begin(const struct cli *cli, bool colour);
void live_show(struct live *live, const struct pulse *pulse);
/* Before anything else is written to the terminal. */
void live_clear(struct live *live);

#endif
