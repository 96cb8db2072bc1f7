/* `completion`: a completion for bash, made from the same tables. */
#include "cli/commands.h"
#include "script/script.h"
#include <string.h>

#define SCRIPT_CAP ((size_t)1 << 20)

/* Bash parts words at = and :, also within one that is being typed. Ids are
 * completed up to the next slash, so that the list stays short. */
static const char begin[] =
    "# bash completion of mqttspec\n"
    "_mqttspec_selectors()\n"
    "{\n"
    "    local ids\n"
    "    case $1 in\n"
    "    */*) ids=$(\"$program\" list 2>/dev/null | sed 's/@.*//' | "
    "sort -u) ;;\n"
    "    *) ids=$(\"$program\" list 2>/dev/null | sed 's/[/].*/\\//' | "
    "sort -u) ;;\n"
    "    esac\n"
    "    COMPREPLY=($(compgen -W \"$ids $keys\" -- \"$1\"))\n"
    "    case ${COMPREPLY[0]} in\n"
    "    */|*=) compopt -o nospace 2>/dev/null ;;\n"
    "    esac\n"
    "}\n"
    "\n"
    "_mqttspec()\n"
    "{\n"
    "    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} options= "
    "words=\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} "
    "before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local keys='area= statement= version= level= transport='\n"
    "    if [ \"$word\" = '=' ]; then\n"
    "        word=\n"
    "    elif [ \"$before\" = '=' ]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
    "    fi\n";

static void put_commands(struct buffer *out)
{
    buffer_text(out, "    local commands='help");
    for (size_t i = 0; i < command_count; i++)
        buffer_format(out, " %s", command_rows[i].name);
    buffer_text(out, "'\n");
}

static void put_options(struct buffer *out, const struct command *command)
{
    buffer_format(out, "    %s) options='", command->name);
    for (size_t i = 0; i < option_row_count; i++)
        if (option_rows[i].commands & command->bit)
            buffer_format(out, " --%s", option_rows[i].name);
    buffer_text(out, "' ;;\n");
}

/* The values of the keys of selectors. */
static void put_key_values(struct buffer *out)
{
    buffer_text(out, "    case $before in\n    version) words='");
    for (size_t i = MQTT_3_1; i <= MQTT_5_0; i++)
        buffer_format(out, " %s", mqtt_version_name((enum mqtt_version)i));
    buffer_text(out, "' ;;\n    transport) words='");
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        buffer_format(out, " %s", net_transport_name((enum net_transport)i));
    buffer_text(out, "' ;;\n    level) words='");
    for (size_t i = LEVEL_MUST; i <= LEVEL_STRICT; i++)
        buffer_format(out, " %s", level_name((enum level)i));
    buffer_text(out,
                "' ;;\n"
                "    area) words=$(\"$program\" list 2>/dev/null | "
                "sed 's/[/].*//' | sort -u) ;;\n"
                "    esac\n"
                "    if [ -n \"$words\" ]; then\n"
                "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                "        return\n"
                "    fi\n");
}

/* What completes an option's argument, by its name in the table. */
static const struct {
    const char *argument, *action;
} actions[] = {
    {"FILE", "COMPREPLY=($(compgen -f -- \"$word\"))"},
    {"FOLDER", "COMPREPLY=($(compgen -d -- \"$word\"))"},
    {"SELECTOR", "_mqttspec_selectors \"$word\""},
    {"auto|always|never",
     "COMPREPLY=($(compgen -W 'auto always never' -- \"$word\"))"},
};
enum { ACTIONS = sizeof actions / sizeof *actions };

static const char *action_of(const struct option_row *row)
{
    if (strcmp(row->name, "cases") == 0)
        return actions[0].action; /* a file or folder, no path of a URL */
    for (size_t i = 0; i < ACTIONS; i++)
        if (strcmp(row->argument, actions[i].argument) == 0)
            return actions[i].action;
    return ":";
}

static void put_arguments(struct buffer *out, const struct command *command)
{
    for (size_t i = 0; i < option_row_count; i++) {
        const struct option_row *row = &option_rows[i];
        if (!row->argument || !(row->commands & command->bit))
            continue;
        buffer_format(out, "    %s:--%s", command->name, row->name);
        if (row->letter)
            buffer_format(out, "|%s:-%c", command->name, row->letter);
        buffer_format(out, ") %s ; return ;;\n", action_of(row));
    }
}

static const char rest[] =
    "    case $word in\n"
    "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ; return ;;\n"
    "    esac\n"
    "    case $command in\n"
    "    show|list) _mqttspec_selectors \"$word\" ;;\n"
    "    help) COMPREPLY=($(compgen -W \"$commands\" -- \"$word\")) ;;\n"
    "    schema) COMPREPLY=($(compgen -W 'case profile' -- \"$word\")) ;;\n"
    "    manual|completion|coverage) ;;\n"
    "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
    "    esac\n"
    "}\n"
    "complete -o filenames -F _mqttspec mqttspec\n";

static void put_script(struct buffer *out)
{
    buffer_text(out, begin);
    put_commands(out);
    buffer_text(out, "    COMPREPLY=()\n"
                     "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                     "        COMPREPLY=($(compgen -W \"$commands\" -- "
                     "\"$word\"))\n        return\n    fi\n"
                     "    case $command in\n");
    for (size_t i = 0; i < command_count; i++)
        put_options(out, &command_rows[i]);
    buffer_text(out, "    esac\n");
    put_key_values(out);
    buffer_text(out, "    case $command:$before in\n");
    for (size_t i = 0; i < command_count; i++)
        put_arguments(out, &command_rows[i]);
    buffer_text(out, "    esac\n");
    buffer_text(out, rest);
}

int perform_completion(struct cli *cli)
{
    struct buffer out = buffer_make(SCRIPT_CAP);
    put_script(&out);
    return cli_put(cli->out, &out) ? CLI_OK : CLI_BAD_USAGE;
}
