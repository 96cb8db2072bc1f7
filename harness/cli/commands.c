#include "cli/commands.h"
#include <string.h>

const struct command command_rows[] = {
    {"run", COMMAND_RUN, "TARGET…", 1,
     "run needs a target: broker URLs (mqtt://, mqtts://, ws://, wss://) or "
     "one profile (a .yaml file)",
     "test a broker: its URLs, or a profile that also says how to start it",
     perform_run},
    {"list", COMMAND_LIST, "[SELECTOR…]", 0, NULL,
     "print the ids of the variants that would be chosen", perform_list},
    {"show", COMMAND_SHOW, "CASE…", 1,
     "show needs the id of a case; 'mqttspec list' prints them",
     "print a case: its text, what it judges, and its variants", perform_show},
    {"probe", COMMAND_PROBE, "TARGET…", 1,
     "probe needs a target: broker URLs or one profile",
     "ask a broker for its versions, transports and capabilities",
     perform_probe},
    {"record", COMMAND_RECORD, "TARGET", 1,
     "record needs the broker's URL, such as mqtt://127.0.0.1:1883",
     "stand between clients and a broker, and write what happens as a case",
     perform_record},
    {"manual", COMMAND_MANUAL, "", 0, NULL,
     "print the manual page, as `man` reads it", perform_manual},
    {"completion", COMMAND_COMPLETION, "", 0, NULL,
     "print a completion for bash", perform_completion},
    {"lint", COMMAND_LINT, "FILE…", 1, "lint needs case files or folders",
     "check case files, or folders of them", perform_lint},
    {"coverage", COMMAND_COVERAGE, "", 0, NULL,
     "print the statements of each version and the cases that judge them",
     perform_coverage},
    {"schema", COMMAND_SCHEMA, "[case|profile]", 0, NULL,
     "print a JSON Schema of case files, or of profiles, for editors",
     perform_schema},
    {"report", COMMAND_REPORT, "RESULTS.json…", 1,
     "report needs the JSON records of runs (run … --json FILE)",
     "make reports of the records of one or several runs", perform_report},
};
const size_t command_count = sizeof command_rows / sizeof *command_rows;

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(command_rows[i].name, name) == 0)
            return &command_rows[i];
    return NULL;
}
