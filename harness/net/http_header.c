#include "net/http_header.h"
#include <string.h>
#include <strings.h>

size_t http_header_end(struct slice header, size_t from)
{
    for (size_t i = from; i < header.size; i++) {
        const uint8_t *line = header.data + i;
        if (line[0] != '\n')
            continue;
        if (i >= 1 && line[-1] == '\n')
            return i + 1;
        if (i >= 2 && line[-1] == '\r' && line[-2] == '\n')
            return i + 1;
    }
    return 0;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

struct slice http_trimmed(struct slice text)
{
    while (text.size > 0 && is_blank(text.data[text.size - 1]))
        text.size--;
    while (text.size > 0 && is_blank(text.data[0]))
        text = slice_make(text.data + 1, text.size - 1);
    return text;
}

struct slice http_before(struct slice *rest, char separator)
{
    size_t size = 0;
    while (size < rest->size && rest->data[size] != (uint8_t)separator)
        size++;
    struct slice part = slice_make(rest->data, size);
    size_t used = size < rest->size ? size + 1 : size;
    if (used > 0)
        *rest = slice_make(rest->data + used, rest->size - used);
    return part;
}

struct slice http_line(struct slice *rest)
{
    struct slice line = http_before(rest, '\n');
    if (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    return line;
}

bool http_field(struct slice line, struct slice *name, struct slice *value)
{
    struct slice rest = line;
    *name = http_before(&rest, ':');
    *value = http_trimmed(rest);
    return name->size > 0 && name->size < line.size &&
           !is_blank(name->data[name->size - 1]);
}

bool http_same_name(struct slice text, const char *name)
{
    return text.size == strlen(name) &&
           strncasecmp((const char *)text.data, name, text.size) == 0;
}

bool http_lists(struct slice list, const char *name)
{
    while (list.size > 0) {
        if (http_same_name(http_trimmed(http_before(&list, ',')), name))
            return true;
    }
    return false;
}

bool http_lists_exactly(struct slice list, struct slice name)
{
    while (list.size > 0) {
        if (slice_equal(http_trimmed(http_before(&list, ',')), name))
            return true;
    }
    return false;
}
