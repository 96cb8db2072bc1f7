/* Expressions that make texts and bytes: joined, repeated, random, padded,
 * integers and length prefixes. */
#include "mqtt/mqtt.h"
#include "script/evaluate.h"
#include <inttypes.h>
#include <string.h>

#define VARINT_MAX 268435455 /* 5.0: 1.5.5 */
#define INTEGER_BYTES_MAX 8
#define VARINT_BYTES_MAX 16 /* more than legal, for broken packets */

bool evaluation_bytes(const struct environment *environment, struct slice bytes,
                      struct value *value, const char **error)
{
    struct slice copy = arena_slice(environment->arena, bytes);
    if (copy.data == NULL && bytes.size > 0)
        return evaluation_no_memory(error);
    *value = (struct value){.kind = VALUE_BYTES, .bytes = copy};
    return true;
}

/* The content of the buffer as the value. The buffer ends here. */
static bool take_buffer(const struct environment *environment,
                        struct buffer *buffer, struct value *value,
                        const char **error)
{
    bool good =
        buffer->failed
            ? evaluation_failed(environment, error,
                                "there is no memory for so long a text")
            : evaluation_bytes(environment, buffer_slice(buffer), value, error);
    buffer_free(buffer);
    return good;
}

/* ---- joined ------------------------------------------------------------ */

/* Appends a value as bytes; numbers as decimal text, lists item by item. */
static bool append_value(const struct value *value, struct buffer *out)
{
    bool good = value->kind != VALUE_NONE;
    if (value->kind == VALUE_NUMBER)
        buffer_format(out, "%" PRId64, value->number);
    else if (value->kind == VALUE_BYTES)
        buffer_append_slice(out, value->bytes);
    else if (value->kind == VALUE_LIST)
        for (size_t i = 0; good && i < value->count; i++)
            good = append_value(&value->items[i], out);
    return good;
}

static bool join_parts(const struct expression *expression,
                       const struct environment *environment,
                       struct buffer *out, const char **error)
{
    for (size_t i = 0; i < expression->count; i++) {
        const struct expression *part = expression->parts[i];
        struct value value;
        if (!expression_evaluate(part, environment, &value, error))
            return false;
        if (!append_value(&value, out))
            return evaluation_failed(environment, error, "%s is absent",
                                     evaluation_shown(part, environment));
    }
    return true;
}

bool evaluate_join(const struct expression *expression,
                   const struct environment *environment, struct value *value,
                   const char **error)
{
    struct buffer out = buffer_make(EXPRESSION_BYTES_MAX);
    if (join_parts(expression, environment, &out, error))
        return take_buffer(environment, &out, value, error);
    buffer_free(&out);
    return false;
}

/* ---- repeated, random, padded ------------------------------------------ */

/* A number that says how many bytes or times. */
static bool evaluate_size(const struct expression *expression,
                          const struct environment *environment, size_t *size,
                          const char **error)
{
    int64_t number;
    if (!expression_number(expression, environment, &number, error))
        return false;
    if (number < 0 || number > (int64_t)EXPRESSION_BYTES_MAX)
        return evaluation_failed(environment, error,
                                 "%" PRId64
                                 " is not between 0 and %u, the longest packet",
                                 number, EXPRESSION_BYTES_MAX);
    *size = (size_t)number;
    return true;
}

/* Room for size bytes, which become the value; NULL without memory. */
static uint8_t *make_room(const struct environment *environment, size_t size,
                          struct value *value, const char **error)
{
    uint8_t *data = arena_alloc(environment->arena, size);
    if (data == NULL)
        evaluation_no_memory(error);
    *value =
        (struct value){.kind = VALUE_BYTES, .bytes = slice_make(data, size)};
    return data;
}

/* The pattern again and again up to size bytes, the last time maybe in part.
 * The pattern is not empty unless size is 0. */
static void fill(uint8_t *data, size_t size, struct slice pattern)
{
    size_t done = pattern.size < size ? pattern.size : size;
    if (done > 0)
        memcpy(data, pattern.data, done);
    while (done < size) {
        size_t more = done < size - done ? done : size - done;
        memcpy(data + done, data, more);
        done += more;
    }
}

bool evaluate_repeat(const struct expression *expression,
                     const struct environment *environment, struct value *value,
                     const char **error)
{
    struct slice pattern;
    size_t times = 0;
    if (!expression_bytes(expression->parts[0], environment, &pattern, error) ||
        !evaluate_size(expression->parts[1], environment, &times, error))
        return false;
    if (pattern.size > 0 && times > EXPRESSION_BYTES_MAX / pattern.size)
        return evaluation_failed(environment, error,
                                 "%zu times %zu bytes are more than the "
                                 "longest packet holds",
                                 times, pattern.size);
    size_t size = pattern.size * times;
    uint8_t *data = make_room(environment, size, value, error);
    if (data != NULL)
        fill(data, size, pattern);
    return data != NULL;
}

/* splitmix64: the same bytes on every machine for one seed. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t mixed = *state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return mixed ^ mixed >> 31;
}

bool evaluate_random(const struct expression *expression,
                     const struct environment *environment, struct value *value,
                     const char **error)
{
    size_t size = 0;
    if (!evaluate_size(expression->parts[0], environment, &size, error))
        return false;
    uint8_t *data = make_room(environment, size, value, error);
    if (data == NULL)
        return false;
    uint64_t salt = (uint64_t)expression->number;
    uint64_t state = environment->seed ^ next_random(&salt);
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(next_random(&state) >> 56);
    return true;
}

static bool pad(struct slice text, struct slice padding, size_t size,
                const struct environment *environment, struct value *value,
                const char **error)
{
    uint8_t *data = make_room(environment, size, value, error);
    if (data == NULL)
        return false;
    if (text.size > 0)
        memcpy(data, text.data, text.size);
    fill(data + text.size, size - text.size, padding);
    return true;
}

bool evaluate_pad(const struct expression *expression,
                  const struct environment *environment, struct value *value,
                  const char **error)
{
    struct slice text, padding;
    size_t size = 0;
    if (!expression_bytes(expression->parts[0], environment, &text, error) ||
        !expression_bytes(expression->parts[1], environment, &padding, error) ||
        !evaluate_size(expression->parts[2], environment, &size, error))
        return false;
    if (text.size > size)
        return evaluation_failed(environment, error,
                                 "a text of %zu bytes cannot be padded to %zu",
                                 text.size, size);
    if (padding.size == 0 && text.size < size)
        return evaluation_failed(environment, error,
                                 "an empty text cannot pad another");
    return pad(text, padding, size, environment, value, error);
}

/* ---- integers and lengths ---------------------------------------------- */

/* Appends number big-endian in width bytes. False when it does not fit. */
static bool put_integer(struct buffer *out, uint64_t number, size_t width)
{
    for (size_t i = width; i > 0; i--)
        buffer_u8(out, (uint8_t)(number >> (8 * (i - 1))));
    return width == INTEGER_BYTES_MAX || number >> (8 * width) == 0;
}

static size_t integer_width(const struct expression *expression)
{
    return expression->number < INTEGER_BYTES_MAX ? (size_t)expression->number
                                                  : INTEGER_BYTES_MAX;
}

bool evaluate_integer(const struct expression *expression,
                      const struct environment *environment,
                      struct value *value, const char **error)
{
    int64_t number;
    size_t width = integer_width(expression);
    if (!expression_number(expression->parts[0], environment, &number, error))
        return false;
    struct buffer out = buffer_make(INTEGER_BYTES_MAX);
    if (number >= 0 && put_integer(&out, (uint64_t)number, width))
        return take_buffer(environment, &out, value, error);
    buffer_free(&out);
    return evaluation_failed(environment, error,
                             "%" PRId64 " does not fit into %zu byte%s", number,
                             width, width == 1 ? "" : "s");
}

/* Whether number can be written in width bytes of seven bits; 0: minimal. */
static bool fits_varint(int64_t number, int64_t width)
{
    int64_t bits = width >= 1 && width <= 4 ? 7 * width : 28;
    return number >= 0 && number >> bits == 0;
}

bool evaluate_varint(const struct expression *expression,
                     const struct environment *environment, struct value *value,
                     const char **error)
{
    int64_t number;
    if (!expression_number(expression->parts[0], environment, &number, error))
        return false;
    if (!fits_varint(number, expression->number))
        return evaluation_failed(environment, error,
                                 "%" PRId64 " does not fit into a Variable "
                                 "Byte Integer of that width",
                                 number);
    struct buffer out = buffer_make(VARINT_BYTES_MAX);
    mqtt_put_varint(&out, (uint32_t)number, (unsigned)expression->number);
    return take_buffer(environment, &out, value, error);
}

static bool put_length(struct buffer *out, size_t size, size_t width)
{
    if (width > 0)
        return put_integer(out, size, width);
    if (size <= VARINT_MAX)
        mqtt_put_varint(out, (uint32_t)size, 0);
    return size <= VARINT_MAX;
}

bool evaluate_prefixed(const struct expression *expression,
                       const struct environment *environment,
                       struct value *value, const char **error)
{
    struct slice bytes;
    if (!expression_bytes(expression->parts[0], environment, &bytes, error))
        return false;
    struct buffer out = buffer_make(EXPRESSION_BYTES_MAX);
    if (!put_length(&out, bytes.size, integer_width(expression))) {
        buffer_free(&out);
        return evaluation_failed(environment, error,
                                 "%zu bytes are too long for their prefix",
                                 bytes.size);
    }
    buffer_append_slice(&out, bytes);
    return take_buffer(environment, &out, value, error);
}
