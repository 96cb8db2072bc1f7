#include "mqtt/encode_body.h"
#include "mqtt/layout.h"

enum { STRING_MAX = 65535 };

/* A run of values: all of a packet, or those of one filter. */
struct span {
    const struct mqtt_value *values;
    size_t count;
};

static struct span whole_span(const struct writer *writer)
{
    struct span span = {writer->packet->values, writer->packet->count};

    return span;
}

/* The first value of the field, whether it is marked as the Will's or not:
 * outside the properties no name stands for two things. */
static const struct mqtt_value *find(struct span span, enum mqtt_field field)
{
    for (size_t i = 0; i < span.count; i++)
        if (span.values[i].field == field)
            return span.values + i;
    return NULL;
}

static bool stated(const struct writer *writer, enum mqtt_field field)
{
    return find(whole_span(writer), field) != NULL;
}

static bool omitted(const struct writer *writer, enum mqtt_field field)
{
    return mqtt_damage_omits(writer->damage, field);
}

static bool is_property(enum mqtt_field field)
{
    return field >= MQTT_FIRST_PROPERTY;
}

/* ---- single values ----------------------------------------------------- */

static void put_string(struct writer *writer, struct slice bytes,
                       const struct mqtt_value *value)
{
    uint16_t length = (uint16_t)bytes.size;

    if (value->has_stated_length)
        length = value->stated_length;
    else if (bytes.size > STRING_MAX)
        writer->too_long = true;
    buffer_u16(writer->out, length);
    buffer_append_slice(writer->out, bytes);
}

/* A stated length is the name's. */
static void put_pair(struct writer *writer, const struct mqtt_value *value)
{
    static const struct mqtt_value unhurt;

    put_string(writer, value->bytes, value);
    put_string(writer, value->second, &unhurt);
}

static void put_value(struct writer *writer, const struct mqtt_value *value)
{
    switch (mqtt_field_row(value->field)->kind) {
    case MQTT_KIND_BIT:
    case MQTT_KIND_BITS:
    case MQTT_KIND_U8:
        buffer_u8(writer->out, (uint8_t)value->number);
        break;
    case MQTT_KIND_U16:
        buffer_u16(writer->out, (uint16_t)value->number);
        break;
    case MQTT_KIND_U32:
        buffer_u32(writer->out, value->number);
        break;
    case MQTT_KIND_VARINT:
        mqtt_put_varint(writer->out, value->number, value->width);
        break;
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
        put_string(writer, value->bytes, value);
        break;
    case MQTT_KIND_PAIR:
        put_pair(writer, value);
        break;
    case MQTT_KIND_REST:
        buffer_append_slice(writer->out, value->bytes);
        break;
    }
}

/* ---- bytes made of bits ------------------------------------------------ */

/* Sets in byte each bit field that the span states. */
static uint8_t with_bits(const struct writer *writer, enum mqtt_field whole,
                         struct span span, uint8_t byte)
{
    const struct layout_bits *row = layout_bit_rows;

    for (; row->whole != MQTT_FIELD_NONE; row++) {
        const struct mqtt_value *value = find(span, row->part);
        uint8_t mask = layout_bits_mask(row);

        if (!value || omitted(writer, row->part) ||
            !layout_bits_apply(row, whole, writer->packet->type))
            continue;
        byte = (uint8_t)((byte & ~mask) | (value->number << row->shift & mask));
    }
    return byte;
}

static void put_bits(struct writer *writer, enum mqtt_field whole,
                     struct span span, uint8_t byte)
{
    const struct mqtt_value *raw = find(span, whole);

    if (raw)
        byte = (uint8_t)raw->number;
    else
        byte = with_bits(writer, whole, span, byte);
    buffer_u8(writer->out, byte);
}

uint8_t encode_flags(const struct writer *writer)
{
    return with_bits(writer, MQTT_FLAGS, whole_span(writer),
                     layout_flags(writer->packet->type));
}

static bool has_will(const struct writer *writer)
{
    for (size_t i = 0; i < writer->packet->count; i++)
        if (writer->packet->values[i].in_will)
            return true;
    return stated(writer, MQTT_WILL_TOPIC) || stated(writer, MQTT_WILL_PAYLOAD);
}

/* The flags that follow from the fields present (3.1.2.3). */
static uint8_t implied_connect_flags(const struct writer *writer)
{
    unsigned flags = 0;

    if (stated(writer, MQTT_USER_NAME))
        flags |= 0x80;
    if (stated(writer, MQTT_PASSWORD))
        flags |= 0x40;
    if (has_will(writer))
        flags |= 0x04;
    return (uint8_t)flags;
}

/* ---- properties -------------------------------------------------------- */

static bool has_properties(const struct writer *writer)
{
    for (size_t i = 0; i < writer->packet->count; i++)
        if (is_property(writer->packet->values[i].field) &&
            !writer->packet->values[i].in_will)
            return true;
    return false;
}

static void put_property(struct writer *writer, const struct mqtt_value *value)
{
    uint32_t id = mqtt_field_row(value->field)->property;

    if (value->field == MQTT_UNKNOWN_PROPERTY)
        id = value->number;
    mqtt_put_varint(writer->out, id, 0);
    put_value(writer, value);
}

static void put_properties(struct writer *writer, enum mqtt_field length_field)
{
    bool in_will = length_field == MQTT_WILL_PROPERTY_LENGTH;
    size_t from = writer->out->size;

    for (size_t i = 0; i < writer->packet->count; i++) {
        const struct mqtt_value *value = &writer->packet->values[i];

        if (is_property(value->field) && value->in_will == in_will &&
            !omitted(writer, value->field))
            put_property(writer, value);
    }
    if (!omitted(writer, length_field))
        encode_length(writer->out, from,
                      in_will ? &writer->damage->will_property_length
                              : &writer->damage->property_length);
}

static uint32_t clamped(int64_t number)
{
    if (number < 0)
        return 0;
    return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

/* The number to write in place of the true length. */
static uint32_t told_length(size_t length, const struct mqtt_length *form)
{
    int64_t number = form->number;

    if (form->form == MQTT_LENGTH_IS)
        return clamped(number);
    if (form->form != MQTT_LENGTH_ADD)
        return clamped((int64_t)length);
    if (number < 0)
        return clamped((int64_t)length - clamped(-(number + 1)) - 1);
    return clamped((int64_t)length + clamped(number));
}

void encode_length(struct buffer *out, size_t from,
                   const struct mqtt_length *form)
{
    struct buffer bytes = buffer_make(out->cap);
    uint32_t width = 0;

    if (form->form == MQTT_LENGTH_WIDTH)
        width = clamped(form->number);
    if (form->form == MQTT_LENGTH_BYTES)
        buffer_append_slice(&bytes, form->bytes);
    else
        mqtt_put_varint(&bytes, told_length(out->size - from, form), width);
    if (bytes.failed)
        out->failed = true;
    buffer_insert(out, from, bytes.data, bytes.size);
    buffer_free(&bytes);
}

/* ---- lists ------------------------------------------------------------- */

/* What belongs to the filter at index: it and what follows up to the next. */
static struct span filter_span(const struct mqtt_packet *packet, size_t index)
{
    struct span span = {packet->values + index, 1};

    while (index + span.count < packet->count &&
           span.values[span.count].field != MQTT_FILTER)
        span.count++;
    return span;
}

static void put_filter(struct writer *writer, size_t index)
{
    struct span span = filter_span(writer->packet, index);

    if (!omitted(writer, MQTT_FILTER))
        put_value(writer, span.values);
    if (writer->packet->type == MQTT_SUBSCRIBE &&
        !omitted(writer, MQTT_OPTIONS))
        put_bits(writer, MQTT_OPTIONS, span, 0);
}

static void put_list(struct writer *writer, enum mqtt_field field)
{
    for (size_t i = 0; i < writer->packet->count; i++) {
        if (writer->packet->values[i].field != field)
            continue;
        if (field == MQTT_FILTER)
            put_filter(writer, i);
        else if (!omitted(writer, field))
            put_value(writer, &writer->packet->values[i]);
    }
}

/* ---- the parts in turn ------------------------------------------------- */

/* What stands in a field that the packet does not state. */
static struct mqtt_value default_value(const struct writer *writer,
                                       enum mqtt_field field)
{
    enum mqtt_version version = writer->packet->version;
    struct mqtt_value value = {.field = field};

    if (field == MQTT_PROTOCOL_NAME)
        value.bytes = slice_of(layout_protocol_name(version));
    if (field == MQTT_PROTOCOL_LEVEL)
        value.number = version;
    return value;
}

static void put_field(struct writer *writer, enum mqtt_field field)
{
    struct span span = whole_span(writer);
    const struct mqtt_value *value = find(span, field);
    struct mqtt_value otherwise = default_value(writer, field);

    if (omitted(writer, field))
        return;
    if (field == MQTT_CONNECT_FLAGS)
        put_bits(writer, field, span, implied_connect_flags(writer));
    else if (field == MQTT_ACKNOWLEDGE_FLAGS)
        put_bits(writer, field, span, 0);
    else
        put_value(writer, value ? value : &otherwise);
}

/* 5.0: 3.4.2.1, 3.14.2.1, 3.15.2.1: what may be cut off at the end is
 * written only where it says something. */
static bool needed(const struct writer *writer, enum mqtt_field field)
{
    bool properties = has_properties(writer) ||
                      writer->damage->property_length.form != MQTT_LENGTH_TRUE;

    if (field == MQTT_PROPERTY_LENGTH)
        return properties;
    return properties || stated(writer, field);
}

static bool present(const struct writer *writer, const struct layout_part *part)
{
    const struct mqtt_value *qos;

    if (writer->packet->version < part->since)
        return false;
    switch (part->when) {
    case WHEN_QOS:
        qos = find(whole_span(writer), MQTT_QOS);
        return (qos && qos->number) || stated(writer, part->field);
    case WHEN_WILL:
        return has_will(writer);
    case WHEN_USER_NAME:
    case WHEN_PASSWORD:
        return stated(writer, part->field);
    case WHEN_STATED:
        return needed(writer, part->field);
    case WHEN_LISTED:
        /* The options are written with their filter. */
        return part->field != MQTT_OPTIONS;
    case WHEN_ALWAYS:
        break;
    }
    return true;
}

static void put_part(struct writer *writer, const struct layout_part *part)
{
    if (part->field == MQTT_PROPERTY_LENGTH ||
        part->field == MQTT_WILL_PROPERTY_LENGTH)
        put_properties(writer, part->field);
    else if (part->when == WHEN_LISTED)
        put_list(writer, part->field);
    else
        put_field(writer, part->field);
}

static bool knows_properties(const struct layout_part *part)
{
    for (; part->field != MQTT_FIELD_NONE; part++)
        if (part->field == MQTT_PROPERTY_LENGTH)
            return true;
    return false;
}

void encode_body(struct writer *writer)
{
    const struct layout_part *parts = layout_of(writer->packet->type);
    const struct layout_part *part = parts;

    for (; part->field != MQTT_FIELD_NONE; part++)
        if (present(writer, part))
            put_part(writer, part);
    if (writer->packet->version >= MQTT_5_0 && !knows_properties(parts) &&
        needed(writer, MQTT_PROPERTY_LENGTH))
        put_properties(writer, MQTT_PROPERTY_LENGTH);
}
