#include "cli/commands.h"
#include "cli/loaded.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define LIST_CAP ((size_t)256 << 20)

static json_t *statements_of(const struct variant *variant)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < variant->statement_count; i++)
        if (json_array_append_new(list, json_string(variant->statements[i])))
            break;
    return list;
}

/* One variant as a line of JSON; false when there is no memory. */
static bool put_json(struct buffer *out, const struct variant *variant)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:i}", "id", variant->id,
        "case", variant->case_id, "area", variant->area, "title",
        variant->title, "version", mqtt_version_name(variant->version),
        "transport", net_transport_name(variant->transport), "level",
        level_name(variant->level), "statements", statements_of(variant),
        "file", variant->source.file, "line", variant->source.line);
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (!text)
        return false;
    buffer_text(out, text);
    memory_free(text);
    return true;
}

static bool put_all_json(struct buffer *out, const struct loaded *loaded,
                         struct choice *choice)
{
    const char *before = "[\n";
    for (size_t i = 0; i < loaded->variant_count; i++) {
        if (!choice_wants(choice, &loaded->variants[i]))
            continue;
        buffer_text(out, before);
        before = ",\n";
        if (!put_json(out, &loaded->variants[i]))
            return false;
    }
    buffer_text(out, "\n]\n");
    return true;
}

static bool put_ids(struct buffer *out, const struct loaded *loaded,
                    struct choice *choice)
{
    for (size_t i = 0; i < loaded->variant_count; i++)
        if (choice_wants(choice, &loaded->variants[i]))
            buffer_format(out, "%s\n", loaded->variants[i].id);
    return true;
}

static int print_list(struct cli *cli, const struct loaded *loaded,
                      struct choice *choice)
{
    struct buffer out = buffer_make(LIST_CAP);
    bool ok = cli->options.json_lines ? put_all_json(&out, loaded, choice)
                                      : put_ids(&out, loaded, choice);
    if (ok && cli_put(cli->out, &out))
        return CLI_OK;
    buffer_free(&out);
    cli_error(cli, NULL, "the list cannot be written");
    return CLI_NOT_WRITTEN;
}

/* Selectors may stand with --select or alone. */
static bool gather(struct cli *cli, struct texts *all)
{
    const struct texts *select = &cli->options.select;
    const struct texts *words = &cli->options.words;
    all->items = arena_array(cli->arena, select->count + words->count + 1,
                             sizeof *all->items);
    if (!all->items)
        return false;
    for (size_t i = 0; i < select->count; i++)
        all->items[all->count++] = select->items[i];
    for (size_t i = 0; i < words->count; i++)
        all->items[all->count++] = words->items[i];
    return true;
}

int perform_list(struct cli *cli)
{
    struct loaded loaded;
    struct choice choice;
    struct texts select = {NULL, 0};
    int status = CLI_BAD_USAGE;
    json_set_alloc_funcs(memory_new, memory_free);
    if (loaded_begin(&loaded, cli) && gather(cli, &select) &&
        choice_make(&choice, cli, &loaded, &select, &cli->options.exclude))
        status = print_list(cli, &loaded, &choice);
    loaded_end(&loaded);
    return status;
}
