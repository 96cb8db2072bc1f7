/* `completion`: a completion for bash, made from the same tables. */
#include "cli/commands.h"
#include <string.h>

#define SCRIPT_CAP ((size_t)1 << 20)

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

/* Ids are completed up to the next slash, so that the list stays short;
 * everything else is a file. */
static const char rest[] =
    "    esac\n"
    "    case $word in\n"
    "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ; return ;;\n"
    "    esac\n"
    "    case $command:$before in\n"
    "    show:*|list:*|run:-s|run:--select|run:-x|run:--exclude)\n"
    "        COMPREPLY=($(compgen -W \"$(mqttspec list 2>/dev/null |\n"
    "            sed 's/@.*//' | sort -u)\" -- \"$word\")) ;;\n"
    "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
    "    esac\n"
    "}\n"
    "complete -o filenames -F _mqttspec mqttspec\n";

static void put_script(struct buffer *out)
{
    buffer_text(out, "# bash completion of mqttspec\n_mqttspec()\n{\n"
                     "    local word=${COMP_WORDS[COMP_CWORD]}\n"
                     "    local before=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    local command=${COMP_WORDS[1]} options=\n");
    put_commands(out);
    buffer_text(out, "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                     "        COMPREPLY=($(compgen -W \"$commands\" -- "
                     "\"$word\"))\n        return\n    fi\n"
                     "    case $command in\n");
    for (size_t i = 0; i < command_count; i++)
        put_options(out, &command_rows[i]);
    buffer_text(out, rest);
}

int perform_completion(struct cli *cli)
{
    struct buffer out = buffer_make(SCRIPT_CAP);
    put_script(&out);
    return cli_put(cli->out, &out) ? CLI_OK : CLI_BAD_USAGE;
}
