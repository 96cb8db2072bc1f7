#include "mqtt/layout.h"
#include "mqtt/reader.h"

static size_t left(const struct reader *reader)
{
    return reader->end - reader->at;
}

static struct slice take(struct reader *reader, size_t size)
{
    struct slice taken = slice_make(reader->bytes.data + reader->at, size);

    reader->at += size;
    return taken;
}

/* ---- single values: false when they do not fit ------------------------- */

static bool read_number(struct reader *reader, size_t size, uint32_t *number)
{
    struct slice bytes;

    if (left(reader) < size)
        return false;
    bytes = take(reader, size);
    *number = 0;
    for (size_t i = 0; i < size; i++)
        *number = *number << 8 | bytes.data[i];
    return true;
}

static bool read_string(struct reader *reader, struct slice *text)
{
    uint32_t size;

    if (!read_number(reader, 2, &size) || left(reader) < size)
        return false;
    *text = take(reader, size);
    return true;
}

/* Notes by itself what is wrong with the integer. */
static bool read_varint(struct reader *reader, enum mqtt_field field,
                        uint32_t *number)
{
    size_t from = reader->at;
    struct slice bytes = slice_make(reader->bytes.data, reader->end);
    bool cut = left(reader) < 4;
    bool minimal;

    if (!mqtt_get_varint(bytes, &reader->at, number, &minimal)) {
        reader_find(reader,
                    cut ? MQTT_RULE_LENGTH_BOUNDS : MQTT_RULE_LENGTH_MALFORMED,
                    field, from);
        return false;
    }
    if (!minimal)
        reader_find(reader, MQTT_RULE_LENGTH_MINIMAL, field, from);
    return true;
}

static bool read_rest(struct reader *reader, struct slice *bytes)
{
    *bytes = take(reader, left(reader));
    return true;
}

static bool read_kind(struct reader *reader, struct mqtt_value *value)
{
    switch (mqtt_field_row(value->field)->kind) {
    case MQTT_KIND_BIT:
    case MQTT_KIND_BITS:
    case MQTT_KIND_U8:
        return read_number(reader, 1, &value->number);
    case MQTT_KIND_U16:
        return read_number(reader, 2, &value->number);
    case MQTT_KIND_U32:
        return read_number(reader, 4, &value->number);
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
        return read_string(reader, &value->bytes);
    case MQTT_KIND_PAIR:
        return read_string(reader, &value->bytes) &&
               read_string(reader, &value->second);
    case MQTT_KIND_REST:
        return read_rest(reader, &value->bytes);
    case MQTT_KIND_VARINT:
        break;
    }
    return false;
}

/* Reads one value into the list; a finding when it cannot be read. */
static bool read_value(struct reader *reader, struct mqtt_value *value)
{
    size_t from = reader->at;

    if (mqtt_field_row(value->field)->kind == MQTT_KIND_VARINT) {
        if (!read_varint(reader, value->field, &value->number))
            return false;
    } else if (!read_kind(reader, value)) {
        reader_find(reader, MQTT_RULE_LENGTH_BOUNDS, value->field, from);
        return false;
    }
    reader_keep(reader, value, from);
    return true;
}

/* ---- properties -------------------------------------------------------- */

/* Without knowing the property nobody knows where its value ends: it is
 * taken to reach to the end of the section. */
static bool read_unknown(struct reader *reader, uint32_t id, bool in_will,
                         size_t from)
{
    struct mqtt_value value = {
        .field = MQTT_UNKNOWN_PROPERTY, .in_will = in_will, .number = id};

    reader_find(reader, MQTT_RULE_PROPERTY_UNKNOWN, MQTT_UNKNOWN_PROPERTY,
                from);
    return read_value(reader, &value);
}

static bool read_property(struct reader *reader, bool in_will)
{
    size_t from = reader->at;
    struct mqtt_value value = {.in_will = in_will};
    uint32_t id;

    if (!read_varint(reader, MQTT_UNKNOWN_PROPERTY, &id))
        return false;
    value.field = mqtt_property_field(id);
    if (value.field == MQTT_FIELD_NONE)
        return read_unknown(reader, id, in_will, from);
    judge_property(reader, value.field, in_will, from);
    return read_value(reader, &value);
}

/* 3.1.2.11.10: data needs a method. */
static void judge_section(struct reader *reader, size_t from)
{
    if (reader->type == MQTT_CONNECT &&
        reader_saw(reader, MQTT_AUTHENTICATION_DATA) &&
        !reader_saw(reader, MQTT_AUTHENTICATION_METHOD))
        reader_find(reader, MQTT_RULE_PROPERTY_ILLEGAL,
                    MQTT_AUTHENTICATION_DATA, from);
}

/* A section that cannot be read to its end is left at its end: what follows
 * it is still in its place. */
static void read_section(struct reader *reader, size_t size, bool in_will)
{
    size_t from = reader->at;
    size_t end = reader->end;

    reader->seen[0] = 0;
    reader->seen[1] = 0;
    reader->end = from + size;
    while (reader->at < reader->end && read_property(reader, in_will))
        continue;
    judge_section(reader, from);
    reader->at = reader->end;
    reader->end = end;
}

static void read_properties(struct reader *reader, enum mqtt_field field)
{
    size_t from = reader->at;
    uint32_t size;

    if (left(reader) == 0) {
        /* Nothing but the length is missing, so the packet is readable. */
        reader_find(reader, MQTT_RULE_LENGTH_BOUNDS, field, from);
        return;
    }
    if (!read_varint(reader, field, &size)) {
        reader->broken = true;
        return;
    }
    if (size > left(reader)) {
        reader_break(reader, MQTT_RULE_LENGTH_BOUNDS, field, from);
        return;
    }
    read_section(reader, size, field == MQTT_WILL_PROPERTY_LENGTH);
}

/* ---- the parts in turn ------------------------------------------------- */

/* Adds the fields that the bits of a byte make. */
static void keep_bits(struct reader *reader, enum mqtt_field whole,
                      unsigned byte, size_t at)
{
    const struct layout_bits *row = layout_bit_rows;

    for (; row->whole != MQTT_FIELD_NONE; row++) {
        struct mqtt_value value = {.field = row->part};

        if (!layout_bits_apply(row, whole, reader->type) ||
            !layout_bits_in(row, reader->version))
            continue;
        value.number = (byte & layout_bits_mask(row)) >> row->shift;
        reader_keep(reader, &value, at);
    }
}

static void read_field(struct reader *reader, enum mqtt_field field)
{
    size_t from = reader->at;
    struct mqtt_value value = {.field = field};

    value.in_will = field == MQTT_WILL_TOPIC || field == MQTT_WILL_PAYLOAD;
    if (!read_value(reader, &value))
        reader->broken = true;
    else if (field == MQTT_CONNECT_FLAGS || field == MQTT_OPTIONS ||
             field == MQTT_ACKNOWLEDGE_FLAGS)
        keep_bits(reader, field, value.number, from);
}

/* 3.1, CONNECT: Remaining Length goes before the flags of user name and
 * password, which may thus be missing at the end. */
static bool may_be_missing(const struct reader *reader)
{
    return reader->version == MQTT_3_1 && left(reader) == 0;
}

static bool present(const struct reader *reader, const struct layout_part *part)
{
    unsigned flags = reader->connect_flags;

    if (reader->version < part->since)
        return false;
    switch (part->when) {
    case WHEN_QOS:
        return (reader->flags & 0x06) != 0;
    case WHEN_WILL:
        return (flags & 0x04) != 0;
    case WHEN_USER_NAME:
        return (flags & 0x80) && !may_be_missing(reader);
    case WHEN_PASSWORD:
        return (flags & 0x40) && !may_be_missing(reader);
    case WHEN_STATED:
    case WHEN_LISTED:
        return left(reader) > 0;
    case WHEN_ALWAYS:
        break;
    }
    return true;
}

static void read_part(struct reader *reader, const struct layout_part *part)
{
    if (part->field == MQTT_PROPERTY_LENGTH ||
        part->field == MQTT_WILL_PROPERTY_LENGTH)
        read_properties(reader, part->field);
    else
        read_field(reader, part->field);
}

/* The parts of a list are the last of a packet: round and round. */
static void read_list(struct reader *reader, const struct layout_part *first)
{
    const struct layout_part *part = first;

    while (!reader->broken && (left(reader) > 0 || part != first)) {
        read_field(reader, part->field);
        part++;
        if (part->field == MQTT_FIELD_NONE)
            part = first;
    }
}

void decode_body(struct reader *reader)
{
    const struct layout_part *part = layout_of(reader->type);

    keep_bits(reader, MQTT_FLAGS, reader->flags, 0);
    for (; part->field != MQTT_FIELD_NONE && !reader->broken; part++) {
        if (!present(reader, part))
            continue;
        if (part->when == WHEN_LISTED) {
            read_list(reader, part);
            break;
        }
        read_part(reader, part);
    }
    if (!reader->broken)
        judge_packet(reader);
}
