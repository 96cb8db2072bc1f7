#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/version.h"
#include <stdlib.h>
#include <string.h>

#define ARENA_CAP ((size_t)64 << 20)
#define TEXT_CAP ((size_t)16 << 20)
#define CANDIDATES_MAX 64

bool cli_put(FILE *file, struct buffer *text)
{
    size_t size = text->size;
    bool ok = !text->failed &&
              (size == 0 || fwrite(text->data, 1, size, file) == size);
    buffer_free(text);
    return ok;
}

void cli_error(const struct cli *cli, const char *hint, const char *format, ...)
{
    struct buffer out = buffer_make(TEXT_CAP);
    va_list list;
    va_start(list, format);
    buffer_text(&out, "mqttspec: error: ");
    buffer_vformat(&out, format, list);
    va_end(list);
    buffer_text(&out, "\n");
    if (hint)
        buffer_format(&out, "  %s\n", hint);
    cli_put(cli->err, &out);
}

bool cli_has_errors(struct cli *cli)
{
    struct diagnostics *diagnostics = &cli->diagnostics;
    bool no_memory = diagnostics->no_memory || arena_failed(cli->arena);
    bool wrong = diagnostics->errors > 0 || no_memory;
    struct buffer out = buffer_make(TEXT_CAP);
    diagnostics_print(diagnostics, &out);
    cli_put(cli->err, &out);
    if (no_memory)
        cli_error(cli, NULL, "no memory");
    /* Each is printed once. */
    diagnostics->count = diagnostics->errors = diagnostics->warnings = 0;
    return wrong;
}

/* "did you mean '--select'?" */
static const char *suggest_option(struct cli *cli, const char *argument,
                                  unsigned command)
{
    const char *candidates[CANDIDATES_MAX + 1] = {NULL};
    char names[CANDIDATES_MAX][32];
    size_t count = 0;
    for (size_t i = 0; i < option_row_count && count < CANDIDATES_MAX; i++) {
        if (!(option_rows[i].commands & command))
            continue;
        snprintf(names[count], sizeof names[count], "--%s",
                 option_rows[i].name);
        candidates[count] = names[count];
        count++;
    }
    return diagnostics_suggest(&cli->diagnostics,
                               slice_make(argument, strcspn(argument, "=")),
                               candidates);
}

static const char *suggest_command(struct cli *cli, const char *word)
{
    const char *candidates[CANDIDATES_MAX] = {NULL};
    for (size_t i = 0; i < command_count; i++)
        candidates[i] = command_rows[i].name;
    const char *hint =
        diagnostics_suggest(&cli->diagnostics, slice_of(word), candidates);
    return hint ? hint : "'mqttspec help' lists the commands";
}

static int print_help(struct cli *cli, const struct command *command)
{
    struct buffer out = buffer_make(TEXT_CAP);
    if (command)
        help_command(&out, command);
    else
        help_overview(&out);
    return cli_put(cli->out, &out) ? CLI_OK : CLI_NOT_WRITTEN;
}

static int unknown_command(struct cli *cli, const char *word)
{
    cli_error(cli, suggest_command(cli, word), "unknown command '%s'", word);
    return CLI_BAD_USAGE;
}

/* "mqttspec help [COMMAND]". */
static int perform_help(struct cli *cli, const char *word)
{
    const struct command *command = word ? command_named(word) : NULL;
    if (word && !command)
        return unknown_command(cli, word);
    return print_help(cli, command);
}

static int refuse_options(struct cli *cli, const struct command *command,
                          const struct option_error *error)
{
    const char *hint = NULL;
    if (error->unknown)
        hint = suggest_option(cli, error->unknown, command->bit);
    if (!hint)
        hint =
            arena_format(cli->arena, "'mqttspec help %s' describes the options",
                         command->name);
    cli_error(cli, hint, "%s", error->text);
    return CLI_BAD_USAGE;
}

static int perform(struct cli *cli, const struct command *command, int count,
                   char **arguments)
{
    struct option_error error;
    if (!options_parse(count, arguments, command->bit, cli->arena,
                       &cli->options, &error))
        return refuse_options(cli, command, &error);
    if (cli->options.help)
        return print_help(cli, command);
    if (cli->options.words.count && !*command->words) {
        cli_error(cli,
                  arena_format(cli->arena,
                               "'mqttspec help %s' describes the options",
                               command->name),
                  "%s takes options only, not '%s'", command->name,
                  cli->options.words.items[0]);
        return CLI_BAD_USAGE;
    }
    if (cli->options.words.count < command->least_words) {
        cli_error(cli, NULL, "%s", command->missing);
        return CLI_BAD_USAGE;
    }
    return command->perform(cli);
}

static int dispatch(struct cli *cli, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) {
        cli_error(cli, "'mqttspec help' lists the commands",
                  "a command is missing");
        return CLI_BAD_USAGE;
    }
    if (strcmp(word, "--version") == 0)
        return fprintf(cli->out, "mqttspec %s\n", MQTTSPEC_VERSION) > 0
                   ? CLI_OK
                   : CLI_NOT_WRITTEN;
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
        strcmp(word, "-h") == 0)
        return perform_help(cli, argc > 2 ? argv[2] : NULL);
    const struct command *command = command_named(word);
    if (!command)
        return unknown_command(cli, word);
    return perform(cli, command, argc - 2, argv + 2);
}

int cli_main(int argc, char **argv, FILE *out, FILE *err)
{
    struct cli cli = {.out = out,
                      .err = err,
                      .program = argc > 0 ? argv[0] : "mqttspec",
                      .arena = arena_new(ARENA_CAP)};
    int status = CLI_NOTHING_RUN;
    if (cli.arena && diagnostics_begin(&cli.diagnostics)) {
        status = dispatch(&cli, argc, argv);
        diagnostics_end(&cli.diagnostics);
    } else {
        fputs("mqttspec: error: no memory\n", err);
    }
    if (cli.arena)
        arena_free(cli.arena);
    return status;
}
