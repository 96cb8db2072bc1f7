/* `manual`: the manual page, made from the tables of commands and options. */
#include "cli/commands.h"
#include "cli/version.h"
#include <string.h>

#define PAGE_CAP ((size_t)1 << 20)

/* Text of roff: a backslash, a dash and a dot at the begin of a line would
 * mean something else. */
static void put_text(struct buffer *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        buffer_text(out, "\\&");
    for (; *text; text++) {
        if (*text == '\\')
            buffer_text(out, "\\e");
        else if (*text == '-')
            buffer_text(out, "\\-");
        else
            buffer_append(out, text, 1);
    }
}

static void put_line(struct buffer *out, const char *macro, const char *text)
{
    buffer_text(out, macro);
    put_text(out, text);
    buffer_text(out, "\n");
}

static void put_option(struct buffer *out, const struct option_row *row)
{
    buffer_text(out, ".TP\n.B ");
    if (row->letter)
        buffer_format(out, "\\-%c, ", row->letter);
    buffer_text(out, "\\-\\-");
    put_text(out, row->name);
    if (row->argument) {
        buffer_text(out, " \\fI");
        put_text(out, row->argument);
        buffer_text(out, "\\fR");
    }
    buffer_text(out, "\n");
    put_line(out, "", row->help);
}

static void put_command(struct buffer *out, const struct command *command)
{
    buffer_format(out, ".SS mqttspec %s [OPTION…] %s\n", command->name,
                  command->words);
    put_line(out, "", command->help);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands & command->bit)
            put_option(out, &option_rows[i]);
}

static void put_examples(struct buffer *out)
{
    buffer_text(out, ".SH EXAMPLES\n");
    for (size_t i = 0; i < example_row_count; i++) {
        put_line(out, ".TP\n.B ", example_rows[i].command);
        put_line(out, "", example_rows[i].purpose);
    }
}

static void put_environment(struct buffer *out)
{
    static const char *const rows[][2] = {
        {"MQTTSPEC_PASSWORD", "the password that belongs to --user"},
        {"NO_COLOR", "no colours, unless --colour is given"},
        {"TERM", "dumb: neither colours nor a line that tells how far it is"},
        {"GITHUB_ACTIONS, GITHUB_STEP_SUMMARY",
         "failures are annotated, and a summary is added to the job"},
    };
    buffer_text(out, ".SH ENVIRONMENT\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put_line(out, ".TP\n.B ", rows[i][0]);
        put_line(out, "", rows[i][1]);
    }
}

static void put_page(struct buffer *out)
{
    buffer_format(out, ".TH MQTTSPEC 1 \"\" \"mqttspec %s\"\n",
                  MQTTSPEC_VERSION);
    put_line(out, ".SH NAME\n",
             "mqttspec - tells which requirements of MQTT a broker keeps");
    put_line(out, ".SH SYNOPSIS\n.B mqttspec\n", "COMMAND [OPTION…] …");
    put_line(out, ".SH DESCRIPTION\n",
             "mqttspec replays cases that are described in YAML against an "
             "MQTT broker over TCP, TLS, WebSocket and secure WebSocket, for "
             "MQTT 3.1, 3.1.1 and 5.0, and judges what it does.");
    buffer_text(out, ".SH COMMANDS\n");
    for (size_t i = 0; i < command_count; i++)
        put_command(out, &command_rows[i]);
    buffer_text(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < exit_row_count; i++) {
        buffer_format(out, ".TP\n.B %d\n", exit_rows[i].status);
        put_line(out, "", exit_rows[i].meaning);
    }
    put_environment(out);
    put_examples(out);
}

int perform_manual(struct cli *cli)
{
    struct buffer out = buffer_make(PAGE_CAP);
    put_page(&out);
    return cli_put(cli->out, &out) ? CLI_OK : CLI_BAD_USAGE;
}
