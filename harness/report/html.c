/* One page for one or several runs, in one file that needs no network: the
 * page of report/page/ with the records in it, drawn by its script. */
#include "report/record.h"

#include "report/html_page.h"
#include "report/json_value.h"
#include <string.h>

/* ---- the data ---------------------------------------------------------- */

/* What the page's script takes for itself where it is missing. */
static bool says_nothing(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_string_length(value) == 0;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    case JSON_INTEGER:
        return json_integer_value(value) == 0;
    default:
        return json_is_null(value) || json_is_false(value);
    }
}

/* A copy without members that say nothing. NULL: no memory. */
static json_t *terse(const json_t *object)
{
    struct part part = object_new();
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (!says_nothing(value))
            put(&part, key, json_incref(value));
    }
    return part.value;
}

/* Its plays, too; and the title stands with its case. */
static json_t *terse_variant(const json_t *variant, const json_t *titles)
{
    static const char *const plays[] = {"play", "first_play"};
    struct part part = {terse(variant)};
    const json_t *title = json_object_get(titles, record_text(variant, "case"));
    if (part.value && title &&
        json_equal(title, json_object_get(variant, "title")))
        json_object_del(part.value, "title");
    for (size_t i = 0; i < sizeof plays / sizeof *plays; i++) {
        const json_t *play = json_object_get(variant, plays[i]);
        if (json_is_object(play))
            put(&part, plays[i], terse(play));
    }
    return part.value;
}

static json_t *titles_of(const json_t *record)
{
    struct part part = object_new();
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(record, "cases"), i, item)
        put(&part, record_text(item, "id"),
            json_incref(json_object_get(item, "title")));
    return part.value;
}

static json_t *terse_variants(const json_t *record)
{
    json_t *titles = titles_of(record);
    struct part part = array_new();
    const json_t *item;
    size_t i;
    json_array_foreach(json_object_get(record, "variants"), i, item)
        add(&part, terse_variant(item, titles));
    json_decref(titles);
    return part.value;
}

/* The record without what all records share. */
static json_t *run_value(const json_t *record)
{
    json_t *run = json_copy((json_t *)record);
    if (!run)
        return NULL;
    json_object_del(run, "statements");
    json_object_del(run, "cases");
    json_object_set_new(run, "variants", terse_variants(record));
    if (!json_object_get(run, "passive"))
        json_object_set_new(run, "passive", json_array());
    return run;
}

/* The rows of all records' lists; of those with the same identity (all keys
 * up to NULL), the first. */
static json_t *united(const struct records *records, const char *list,
                      const char *const *identity)
{
    struct part part = array_new();
    json_t *seen = json_object();
    for (size_t i = 0; seen && i < records->count; i++) {
        json_t *item;
        size_t j;
        json_array_foreach(json_object_get(records->items[i], list), j, item)
        {
            struct buffer name = buffer_make(4096);
            for (const char *const *key = identity; *key; key++)
                buffer_format(&name, "%s\n", record_text(item, *key));
            if (!json_object_get(seen, buffer_string(&name))) {
                json_object_set_new(seen, buffer_string(&name), json_true());
                add(&part, json_incref(item));
            }
            buffer_free(&name);
        }
    }
    json_decref(seen);
    return part.value;
}

static json_t *data_value(const struct records *records)
{
    static const char *const statement[] = {"id", "versions", NULL};
    static const char *const one_case[] = {"id", NULL};
    struct part data = object_new();
    struct part runs = array_new();
    for (size_t i = 0; i < records->count; i++)
        add(&runs, run_value(records->items[i]));
    put(&data, "runs", runs.value);
    put(&data, "statements", united(records, "statements", statement));
    put(&data, "cases", united(records, "cases", one_case));
    return data.value;
}

/* Within <script> nothing may look like a tag. */
static int append_escaped(const char *text, size_t size, void *user)
{
    struct buffer *out = user;
    for (size_t i = 0; i < size; i++)
        if (text[i] == '<')
            buffer_text(out, "\\u003c");
        else
            buffer_append(out, text + i, 1);
    return out->failed ? -1 : 0;
}

static void put_data(struct buffer *out, const struct records *records)
{
    json_t *data = data_value(records);
    if (!data || json_dump_callback(data, append_escaped, out, JSON_COMPACT))
        out->failed = true;
    json_decref(data);
}

/* ---- the page ---------------------------------------------------------- */

static void put_style(struct buffer *out, const struct records *records)
{
    (void)records;
    for (size_t i = 0; html_style[i]; i++)
        buffer_text(out, html_style[i]);
}

static void put_script(struct buffer *out, const struct records *records)
{
    (void)records;
    for (size_t i = 0; html_script[i]; i++)
        buffer_text(out, html_script[i]);
}

/* Lines of the page that stand for something else. */
static const struct place {
    const char *line;
    void (*fill)(struct buffer *out, const struct records *records);
} places[] = {{"<!--STYLE-->\n", put_style},
              {"<!--DATA-->\n", put_data},
              {"<!--SCRIPT-->\n", put_script}};
enum { PLACES = sizeof places / sizeof *places };

static void put_line(struct buffer *out, const char *line,
                     const struct records *records)
{
    for (size_t i = 0; i < PLACES; i++)
        if (strcmp(line, places[i].line) == 0) {
            places[i].fill(out, records);
            return;
        }
    buffer_text(out, line);
}

bool html_write(const struct records *records, struct buffer *out)
{
    for (size_t i = 0; html_page[i]; i++)
        put_line(out, html_page[i], records);
    return !out->failed;
}
