/* `schema`: a JSON Schema of case files or profiles, for editors. */
#include "cli/schema.h"
#include "cli/commands.h"
#include "memory/memory.h"
#include <stdlib.h>
#include <string.h>

#define SCHEMA_CAP ((size_t)4 << 20)

static const struct {
    const char *word, *title;
    json_t *(*make)(void);
    bool steps;
} KINDS[] = {
    {"case", "mqttspec: cases", schema_file_of_cases, true},
    {"profile", "mqttspec: the profile of a broker", schema_file_of_profile,
     false},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

static json_t *definitions(bool steps)
{
    struct part all = object_new();

    put(&all, "name", json_pack("{ssss}", "type", "string", "pattern", "^\\$"));
    put(&all, "scalar",
        json_pack("{s[ssss]}", "type", "string", "number", "boolean", "null"));
    put(&all, "no_map",
        json_pack("{s[sssss]}", "type", "string", "number", "boolean", "null",
                  "array"));
    if (steps)
        schema_put_steps(&all);
    return all.value;
}

static json_t *schema_of(size_t kind)
{
    struct part schema = {KINDS[kind].make()};

    put(&schema, "$schema",
        json_string("https://json-schema.org/draft/2020-12/schema"));
    put(&schema, "title", json_string(KINDS[kind].title));
    put(&schema, "$defs", definitions(KINDS[kind].steps));
    return schema.value;
}

static int print(struct cli *cli, size_t kind)
{
    struct buffer out = buffer_make(SCHEMA_CAP);

    json_put(&out, schema_of(kind), JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    buffer_text(&out, "\n");
    if (cli_put(cli->out, &out))
        return CLI_OK;
    buffer_free(&out);
    cli_error(cli, NULL, "the schema cannot be written");
    return CLI_NOT_WRITTEN;
}

int perform_schema(struct cli *cli)
{
    const struct texts *words = &cli->options.words;
    const char *word = words->count ? words->items[0] : KINDS[0].word;

    json_set_alloc_funcs(memory_new, memory_free);
    for (size_t i = 0; i < KIND_COUNT && words->count <= 1; i++)
        if (strcmp(KINDS[i].word, word) == 0)
            return print(cli, i);
    cli_error(cli, "mqttspec schema [case|profile]",
              "schema knows 'case' and 'profile'");
    return CLI_BAD_USAGE;
}
