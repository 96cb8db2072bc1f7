/* The command line: commands, options, and what they do.
 *
 * The top room: it reads arguments, loads files, asks the engine to run and
 * the report room to write. */
#ifndef MQTTSPEC_CLI_H
#define MQTTSPEC_CLI_H

#include "cli/options.h"
#include "script/node.h"
#include <stdio.h>

/* Exit statuses that the command line gives by itself; those of a run are
 * run_exit_status's. None is 1: that is the broker's fault. */
enum cli_status {
    CLI_OK = 0,
    CLI_BAD_USAGE = 2,   /* options, case files, profiles */
    CLI_NOT_WRITTEN = 2, /* what was asked for, to a file or to the output */
    CLI_NOTHING_RUN = 4  /* no memory */
};

/* What one command works with. */
struct cli {
    FILE *out, *err;
    const char *program; /* as it was called, for commands to repeat */
    struct arena *arena; /* lives as long as the command */
    struct options options;
    struct diagnostics diagnostics;
};

/* Runs the command that the arguments name and gives the exit status. What
 * is asked for goes to out, everything else to err. */
int cli_main(int argc, char **argv, FILE *out, FILE *err);

/* "mqttspec: error: …" on err, then the hint on a line of its own if there
 * is one. */
void cli_error(const struct cli *cli, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Prints what diagnostics were gathered and says whether there are errors
 * among them (or memory ran out). */
bool cli_has_errors(struct cli *cli);
/* Writes text that was gathered in a buffer. False when the buffer failed
 * or the file cannot be written. */
bool cli_put(FILE *file, struct buffer *text);

#endif
