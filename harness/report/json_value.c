#include "report/json_value.h"

#include "report/text.h"

struct part object_new(void)
{
    return (struct part){json_object()};
}

struct part array_new(void)
{
    return (struct part){json_array()};
}

static void part_fail(struct part *part)
{
    json_decref(part->value);
    part->value = NULL;
}

void put(struct part *part, const char *key, json_t *value)
{
    if (!part->value || !value)
        json_decref(value);
    else if (json_object_set_new(part->value, key, value) == 0)
        return;
    part_fail(part);
}

void add(struct part *array, json_t *value)
{
    if (!array->value || !value)
        json_decref(value);
    else if (json_array_append_new(array->value, value) == 0)
        return;
    part_fail(array);
}

json_t *text_value(const char *text)
{
    if (!text)
        return json_null();
    struct slice all = slice_of(text);
    struct buffer visible = buffer_make(4 * all.size + 1);
    text_visible(&visible, all, TEXT_KEEP_LINES);
    json_t *value = NULL;
    if (!visible.failed)
        value = json_stringn(buffer_string(&visible), visible.size);
    buffer_free(&visible);
    return value;
}

json_t *hex_value(struct slice bytes)
{
    struct buffer hex = buffer_make(2 * bytes.size + 1);
    for (size_t i = 0; i < bytes.size; i++)
        buffer_format(&hex, "%02x", bytes.data[i]);
    json_t *value = hex.failed ? NULL : json_string(buffer_string(&hex));
    buffer_free(&hex);
    return value;
}

json_t *number_value(uint64_t number)
{
    return json_integer((json_int_t)(number < INT64_MAX ? number : INT64_MAX));
}

json_t *texts_value(const char *const *texts, size_t count)
{
    struct part array = array_new();
    for (size_t i = 0; i < count && texts[i]; i++)
        add(&array, text_value(texts[i]));
    return array.value;
}

static int append_chunk(const char *data, size_t size, void *user)
{
    struct buffer *out = user;
    buffer_append(out, data, size);
    return out->failed ? -1 : 0;
}

void json_put(struct buffer *out, json_t *value, size_t flags)
{
    if (!value || json_dump_callback(value, append_chunk, out, flags) != 0)
        out->failed = true;
    json_decref(value);
}

void json_begin_list(struct buffer *out, const char *key)
{
    buffer_format(out, ",\n\"%s\": [", key);
}

void json_begin_item(struct buffer *out, size_t index)
{
    buffer_text(out, index ? ",\n" : "\n");
}
