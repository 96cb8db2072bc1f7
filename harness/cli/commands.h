/* The commands, described once. */
#ifndef MQTTSPEC_CLI_COMMANDS_H
#define MQTTSPEC_CLI_COMMANDS_H

#include "cli/cli.h"

struct command {
    const char *name;
    enum command_bit bit;
    const char *words; /* what stands behind the options, for the help */
    size_t least_words;
    const char *missing; /* what to say when words are missing */
    const char *help;
    int (*perform)(struct cli *cli);
};
extern const struct command command_rows[];
extern const size_t command_count;

/* The exit statuses of `run`, with what they mean. */
struct exit_row {
    int status;
    const char *meaning;
};
extern const struct exit_row exit_rows[];
extern const size_t exit_row_count;

/* Command lines, and what they are good for. */
struct example_row {
    const char *command, *purpose;
};
extern const struct example_row example_rows[];
extern const size_t example_row_count;

const struct command *command_named(const char *name);

/* What mqttspec is and which commands it has. */
void help_overview(struct buffer *out);
/* One command with its options. */
void help_command(struct buffer *out, const struct command *command);

int perform_run(struct cli *cli);
int perform_list(struct cli *cli);
int perform_show(struct cli *cli);
int perform_lint(struct cli *cli);
int perform_probe(struct cli *cli);
int perform_manual(struct cli *cli);
int perform_completion(struct cli *cli);
int perform_coverage(struct cli *cli);
int perform_schema(struct cli *cli);
int perform_report(struct cli *cli);
int perform_record(struct cli *cli);

#endif
