#include "mqtt/layout.h"
#include "mqtt/mqtt.h"

#include <ctype.h>

enum { TEXT_MAX = 60, VALUES_MAX = 100 };

static void put_masked(struct slice bytes, bool masked, struct buffer *out)
{
    if (masked)
        buffer_text(out, "***");
    else
        mqtt_print_text(bytes, TEXT_MAX, out);
}

static bool in_hex(enum mqtt_field field)
{
    return field == MQTT_REASON_CODE || field == MQTT_CONNECT_FLAGS ||
           field == MQTT_ACKNOWLEDGE_FLAGS || field == MQTT_OPTIONS ||
           field == MQTT_FLAGS;
}

static void put_number(const struct mqtt_value *value, struct buffer *out)
{
    if (in_hex(value->field))
        buffer_format(out, "0x%02x", (unsigned)value->number);
    else
        buffer_format(out, "%lu", (unsigned long)value->number);
}

static void put_content(const struct mqtt_value *value, bool reveal,
                        struct buffer *out)
{
    const struct mqtt_field_row *row = mqtt_field_row(value->field);
    bool masked = row->secret && !reveal;

    switch (row->kind) {
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
    case MQTT_KIND_REST:
        put_masked(value->bytes, masked, out);
        break;
    case MQTT_KIND_PAIR:
        put_masked(value->bytes, masked, out);
        buffer_text(out, ":");
        put_masked(value->second, masked, out);
        break;
    default:
        put_number(value, out);
        break;
    }
}

static void put_name(const struct mqtt_value *value, struct buffer *out)
{
    bool property = value->field >= MQTT_FIRST_PROPERTY;

    if (value->in_will && property)
        buffer_text(out, "will.");
    if (value->field == MQTT_UNKNOWN_PROPERTY)
        buffer_format(out, "property_0x%02x", (unsigned)value->number);
    else
        buffer_text(out, mqtt_field_row(value->field)->name);
}

void mqtt_print_value(const struct mqtt_value *value, bool reveal,
                      struct buffer *out)
{
    put_name(value, out);
    buffer_text(out, "=");
    put_content(value, reveal, out);
}

/* ---- what is worth showing --------------------------------------------- */

/* The bits of a byte that the values behind it spell out. */
static unsigned spelled_out(const struct mqtt_packet *packet, size_t index)
{
    enum mqtt_field whole = packet->values[index].field;
    const struct layout_bits *row;
    unsigned mask = 0;

    for (size_t i = index + 1; i < packet->count; i++) {
        if (packet->values[i].field == whole)
            break;
        for (row = layout_bit_rows; row->whole != MQTT_FIELD_NONE; row++)
            if (row->part == packet->values[i].field &&
                layout_bits_apply(row, whole, packet->type))
                mask |= layout_bits_mask(row);
    }
    return mask;
}

static bool is_whole_byte(enum mqtt_field field)
{
    return field == MQTT_CONNECT_FLAGS || field == MQTT_ACKNOWLEDGE_FLAGS ||
           field == MQTT_OPTIONS;
}

/* Bits that say nothing when they are 0. */
static bool is_quiet_bit(enum mqtt_field field)
{
    switch (field) {
    case MQTT_USER_NAME_FLAG:
    case MQTT_PASSWORD_FLAG:
    case MQTT_WILL_FLAG:
    case MQTT_WILL_QOS:
    case MQTT_WILL_RETAIN:
    case MQTT_RESERVED_FLAG:
    case MQTT_NO_LOCAL:
    case MQTT_RETAIN_AS_PUBLISHED:
    case MQTT_RETAIN_HANDLING:
        return true;
    default:
        return false;
    }
}

static bool is_shown(const struct mqtt_packet *packet, size_t index)
{
    const struct mqtt_value *value = &packet->values[index];
    unsigned spelled;

    if (is_quiet_bit(value->field))
        return value->number != 0;
    if (!is_whole_byte(value->field))
        return true;
    spelled = spelled_out(packet, index);
    return spelled == 0 || (value->number & ~spelled) != 0;
}

/* ---- the line ---------------------------------------------------------- */

void mqtt_print_type(enum mqtt_type type, struct buffer *out)
{
    for (const char *c = mqtt_type_name(type); *c; c++)
        buffer_u8(out, (uint8_t)toupper((unsigned char)*c));
}

/* The bits of byte 1 that are values of their own. */
static unsigned flag_values(const struct mqtt_packet *packet)
{
    const struct layout_bits *row = layout_bit_rows;
    unsigned mask = 0;

    for (; row->whole != MQTT_FIELD_NONE; row++)
        if (layout_bits_apply(row, MQTT_FLAGS, packet->type) &&
            layout_bits_in(row, packet->version))
            mask |= layout_bits_mask(row);
    return mask;
}

/* Flags that the values do not show. Only decoded packets know theirs. */
static void put_odd_flags(const struct mqtt_packet *packet, struct buffer *out)
{
    unsigned odd = (unsigned)(packet->flags ^ layout_flags(packet->type));

    if (packet->size && (odd & ~flag_values(packet)))
        buffer_format(out, " flags=0x%02x", (unsigned)packet->flags);
}

static void put_reason_name(const struct mqtt_packet *packet,
                            const struct mqtt_value *value, struct buffer *out)
{
    const char *name;

    if (value->field != MQTT_REASON_CODE || value->number == 0)
        return;
    name =
        mqtt_reason_name(packet->version, packet->type, (uint8_t)value->number);
    if (name)
        buffer_format(out, " (%s)", name);
}

void mqtt_print(const struct mqtt_packet *packet, bool reveal,
                struct buffer *out)
{
    size_t shown = 0;
    size_t i = 0;

    mqtt_print_type(packet->type, out);
    put_odd_flags(packet, out);
    for (; i < packet->count && shown < VALUES_MAX; i++) {
        if (!is_shown(packet, i))
            continue;
        buffer_text(out, " ");
        mqtt_print_value(&packet->values[i], reveal, out);
        put_reason_name(packet, &packet->values[i], out);
        shown++;
    }
    if (i < packet->count)
        buffer_format(out, " … %zu more values", packet->count - i);
}
