#include "mqtt/encode_body.h"

void mqtt_damage_omit(struct mqtt_damage *damage, enum mqtt_field field)
{
    damage->omit[field / 64] |= UINT64_C(1) << (field % 64);
}

bool mqtt_damage_omits(const struct mqtt_damage *damage, enum mqtt_field field)
{
    return damage->omit[field / 64] >> (field % 64) & 1;
}

/* insert, append and truncate, on the body that begins at `from`. */
static void hurt_body(const struct mqtt_damage *damage, struct buffer *out,
                      size_t from)
{
    size_t at = out->size;

    if (damage->has_insert) {
        if (damage->insert_at < out->size - from)
            at = from + damage->insert_at;
        buffer_insert(out, at, damage->insert.data, damage->insert.size);
    }
    buffer_append_slice(out, damage->append);
    if (damage->has_truncate && damage->truncate < out->size - from)
        buffer_truncate(out, from + damage->truncate);
}

static uint8_t first_byte(const struct writer *writer)
{
    const struct mqtt_damage *damage = writer->damage;
    unsigned type = (unsigned)writer->packet->type;
    unsigned flags = encode_flags(writer);

    if (damage->has_packet_type)
        type = damage->packet_type;
    if (damage->has_flags)
        flags = damage->flags;
    return (uint8_t)((type & 0x0f) << 4 | (flags & 0x0f));
}

static void put_header(const struct writer *writer, size_t from)
{
    const struct mqtt_damage *damage = writer->damage;
    uint8_t byte = first_byte(writer);

    if (!mqtt_damage_omits(damage, MQTT_REMAINING_LENGTH))
        encode_length(writer->out, from, &damage->remaining_length);
    if (!mqtt_damage_omits(damage, MQTT_PACKET_TYPE))
        buffer_insert(writer->out, from, &byte, 1);
}

bool mqtt_encode(const struct mqtt_packet *packet,
                 const struct mqtt_damage *damage, struct buffer *out)
{
    static const struct mqtt_damage unhurt;
    struct writer writer = {packet, damage ? damage : &unhurt, out, false};
    size_t from = out->size;

    encode_body(&writer);
    hurt_body(writer.damage, out, from);
    put_header(&writer, from);
    if (writer.damage->has_stop_after &&
        writer.damage->stop_after < out->size - from)
        buffer_truncate(out, from + writer.damage->stop_after);
    if (out->failed || writer.too_long) {
        buffer_truncate(out, from);
        return false;
    }
    return true;
}
