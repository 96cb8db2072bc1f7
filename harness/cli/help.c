#include "cli/commands.h"
#include "report/text.h"
#include <string.h>

#define HELP_COLUMN 30

static const char overview[] =
    "mqttspec tests an MQTT broker against the MQTT 3.1, 3.1.1 and 5.0 "
    "standards.\n\n"
    "usage: mqttspec COMMAND [OPTION…] …\n\n";

const struct example_row example_rows[] = {
    {"mqttspec run mqtt://127.0.0.1:1883", "test a broker that runs"},
    {"mqttspec run mosquitto.yaml --junit report.xml --html report.html",
     "start the broker of a profile, test it, and write reports"},
    {"mqttspec run mqtt://127.0.0.1 --select takeover/ --exclude version=3.1",
     "play some cases only"},
    {"mqttspec list statement=MQTT-3.1.4-3", "what judges a statement?"},
    {"mqttspec show takeover/old-connection-is-closed",
     "what does a case do, and what does it judge?"},
    {"mqttspec report a.json b.json --html both.html", "compare two brokers"},
};
const size_t example_row_count = sizeof example_rows / sizeof *example_rows;

static const char more[] =
    "\n'mqttspec help COMMAND' describes the options of a command.\n"
    "'mqttspec --version' prints the version.\n";

const struct exit_row exit_rows[] = {
    {0, "every chosen variant was judged, and none failed"},
    {1, "the broker broke a requirement, or a known failure is fixed"},
    {2, "bad usage, case file or profile: nothing was run; or nothing failed,"
        " but a report or the output could not be written"},
    {3, "the broker cannot be reached"},
    {4, "nothing was run"},
    {5, "nothing failed, but some variants were not judged"},
};
const size_t exit_row_count = sizeof exit_rows / sizeof *exit_rows;

static void put_examples(struct buffer *out)
{
    buffer_text(out, "\nexamples:\n");
    for (size_t i = 0; i < example_row_count; i++)
        buffer_format(out, "  %s\n", example_rows[i].command);
}

/* One entry: its name, and its text in a column of its own. */
static void put_entry(struct buffer *out, const char *name, const char *text)
{
    size_t width = text_width(slice_of(name));
    buffer_text(out, "  ");
    buffer_text(out, name);
    if (width + 4 > HELP_COLUMN) {
        buffer_text(out, "\n");
        text_spaces(out, HELP_COLUMN);
    } else {
        text_spaces(out, HELP_COLUMN - 2 - width);
    }
    text_wrapped(out, text, HELP_COLUMN, HELP_COLUMN);
    buffer_text(out, "\n");
}

void help_overview(struct buffer *out)
{
    buffer_text(out, overview);
    buffer_text(out, "commands:\n");
    for (size_t i = 0; i < command_count; i++) {
        struct buffer name = buffer_make(200);
        buffer_format(&name, "%s %s", command_rows[i].name,
                      command_rows[i].words);
        put_entry(out, buffer_string(&name), command_rows[i].help);
        buffer_free(&name);
    }
    put_examples(out);
    buffer_text(out, more);
}

static void put_option(struct buffer *out, const struct option_row *row)
{
    struct buffer name = buffer_make(200);
    if (row->letter)
        buffer_format(&name, "-%c, ", row->letter);
    else
        buffer_text(&name, "    ");
    buffer_format(&name, "--%s", row->name);
    if (row->argument)
        buffer_format(&name, " %s", row->argument);
    put_entry(out, buffer_string(&name), row->help);
    buffer_free(&name);
}

static void put_statuses(struct buffer *out)
{
    buffer_text(out, "\nexit status:\n");
    for (size_t i = 0; i < exit_row_count; i++)
        buffer_format(out, "  %d  %s\n", exit_rows[i].status,
                      exit_rows[i].meaning);
}

void help_command(struct buffer *out, const struct command *command)
{
    buffer_format(out, "usage: mqttspec %s [OPTION…] %s\n\n", command->name,
                  command->words);
    text_wrapped(out, command->help, 0, 0);
    buffer_text(out, "\n\noptions:\n");
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands & command->bit)
            put_option(out, &option_rows[i]);
    if (command->bit == COMMAND_RUN)
        put_statuses(out);
}
