#include "report/json_background.h"

#include "report/json_value.h"
#include "script/case_text.h"
#include "script/yaml_secret.h"
#include <string.h>

#define CASE_TEXT_CAP ((size_t)64 << 10)

static json_t *statement_value(const struct statement *statement)
{
    struct part part = object_new();
    put(&part, "id", text_value(statement->id));
    put(&part, "versions", text_value(statement->versions));
    put(&part, "section", text_value(statement->section));
    put(&part, "level", text_value(statement->level));
    put(&part, "testable", text_value(statement->testable));
    put(&part, "demand", text_value(statement->demand));
    return part.value;
}

void json_put_statements(struct buffer *out, const struct catalogue *catalogue)
{
    json_begin_list(out, "statements");
    for (size_t i = 0; i < catalogue_count(catalogue) && !out->failed; i++) {
        json_begin_item(out, i);
        json_put(out, statement_value(catalogue_at(catalogue, i)),
                 JSON_COMPACT);
    }
    buffer_text(out, "\n]");
}

static json_t *case_value(const struct result *result)
{
    struct part part = object_new();
    struct buffer text = buffer_make(CASE_TEXT_CAP);
    bool read = case_text_put(&result->source, &text) && !text.failed;
    if (text.size)
        yaml_hide_secrets((char *)text.data, text.size);
    put(&part, "id", text_value(result->case_id));
    put(&part, "title", text_value(result->title));
    put(&part, "text", text_value(read ? buffer_string(&text) : NULL));
    buffer_free(&text);
    return part.value;
}

/* The variants of a case stand together. */
static bool begins_case(const struct run_record *run, size_t index)
{
    return index == 0 || strcmp(run->results[index].case_id,
                                run->results[index - 1].case_id) != 0;
}

void json_put_cases(struct buffer *out, const struct run_record *run)
{
    size_t count = 0;
    json_begin_list(out, "cases");
    for (size_t i = 0; i < run->count && !out->failed; i++) {
        if (!begins_case(run, i))
            continue;
        json_begin_item(out, count++);
        json_put(out, case_value(&run->results[i]), JSON_COMPACT);
    }
    buffer_text(out, "\n]");
}
