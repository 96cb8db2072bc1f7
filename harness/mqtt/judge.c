#include "mqtt/layout.h"
#include "mqtt/reader.h"
#include "mqtt/reason.h"

#include <string.h>

/* ---- texts and topics -------------------------------------------------- */

static void judge_text(struct reader *reader, enum mqtt_field field,
                       struct slice text, size_t at)
{
    bool nul;

    if (!mqtt_utf8_valid(text, &nul))
        reader_find(reader, MQTT_RULE_UTF8, field, at);
    else if (nul)
        reader_find(reader, MQTT_RULE_UTF8_NUL, field, at);
}

static bool has_wildcard(struct slice topic)
{
    return topic.size && (memchr(topic.data, '+', topic.size) ||
                          memchr(topic.data, '#', topic.size));
}

/* 4.7.1: wildcards are for filters. An empty PUBLISH topic is judged when
 * it is known whether there is an alias. */
static void judge_topic(struct reader *reader, const struct mqtt_value *value,
                        size_t at)
{
    if (has_wildcard(value->bytes))
        reader_find(reader, MQTT_RULE_TOPIC_WILDCARD, value->field, at);
    if (value->bytes.size)
        return;
    if (value->field == MQTT_TOPIC) {
        reader->topic_empty = true;
        reader->topic_at = at;
    } else {
        reader_find(reader, MQTT_RULE_TOPIC_EMPTY, value->field, at);
    }
}

static void judge_filter(struct reader *reader, struct slice filter, size_t at)
{
    reader->filter_shared = slice_starts(filter, slice_of("$share/"));
    if (filter.size == 0)
        reader_find(reader, MQTT_RULE_TOPIC_EMPTY, MQTT_FILTER, at);
}

/* ---- numbers ----------------------------------------------------------- */

/* 3.1.2.3. 3.1 gives the reserved bit no meaning, and the Will bits none
 * without a Will. */
static void judge_connect_flags(struct reader *reader, unsigned flags,
                                size_t at)
{
    bool will = flags & 0x04;
    bool strict = reader->version > MQTT_3_1;

    reader->connect_flags = (uint8_t)flags;
    if (strict && (flags & 0x01))
        reader_find(reader, MQTT_RULE_CONNECT_FLAGS, MQTT_RESERVED_FLAG, at);
    if ((flags & 0x18) == 0x18 && (will || strict))
        reader_find(reader, MQTT_RULE_CONNECT_FLAGS, MQTT_WILL_QOS, at);
    else if (strict && !will && (flags & 0x18))
        reader_find(reader, MQTT_RULE_CONNECT_FLAGS, MQTT_WILL_FLAG, at);
    if (strict && !will && (flags & 0x20))
        reader_find(reader, MQTT_RULE_CONNECT_FLAGS, MQTT_WILL_RETAIN, at);
    if (reader->version < MQTT_5_0 && (flags & 0xc0) == 0x40)
        reader_find(reader, MQTT_RULE_CONNECT_FLAGS, MQTT_PASSWORD_FLAG, at);
}

/* 3.1 reserves the whole byte and leaves it unused. */
static void judge_acknowledge_flags(struct reader *reader, unsigned flags,
                                    size_t at)
{
    reader->acknowledge_flags = (uint8_t)flags;
    if (reader->version > MQTT_3_1 && (flags & 0xfe))
        reader_find(reader, MQTT_RULE_ACKNOWLEDGE_FLAGS, MQTT_ACKNOWLEDGE_FLAGS,
                    at);
}

/* 3.8.3.1; 3.1 leaves the six high bits unused. */
static void judge_options(struct reader *reader, unsigned options, size_t at)
{
    unsigned reserved = reader->version >= MQTT_5_0 ? 0xc0 : 0xfc;

    if (reader->version == MQTT_3_1)
        reserved = 0;
    if ((options & reserved) || (options & 0x03) == 0x03)
        reader_find(reader, MQTT_RULE_OPTIONS, MQTT_OPTIONS, at);
    if (reader->version < MQTT_5_0)
        return;
    if ((options & 0x30) == 0x30)
        reader_find(reader, MQTT_RULE_OPTIONS, MQTT_RETAIN_HANDLING, at);
    if ((options & 0x04) && reader->filter_shared)
        reader_find(reader, MQTT_RULE_OPTIONS, MQTT_NO_LOCAL, at);
}

static void judge_protocol_level(struct reader *reader, uint32_t level,
                                 size_t at)
{
    if (level < MQTT_3_1 || level > MQTT_5_0)
        reader_find(reader, MQTT_RULE_PROTOCOL, MQTT_PROTOCOL_LEVEL, at);
}

static void judge_protocol_name(struct reader *reader, struct slice name,
                                size_t at)
{
    if (!slice_is(name, layout_protocol_name(reader->version)))
        reader_find(reader, MQTT_RULE_PROTOCOL, MQTT_PROTOCOL_NAME, at);
}

static void judge_reason_code(struct reader *reader, uint8_t code, size_t at)
{
    if (!reason_legal(reader->version, reader->type, reader->to_client, code))
        reader_find(reader, MQTT_RULE_REASON_CODE, MQTT_REASON_CODE, at);
    if (reader->type == MQTT_CONNACK && reader->version > MQTT_3_1 && code &&
        (reader->acknowledge_flags & 1))
        reader_find(reader, MQTT_RULE_SESSION_PRESENT, MQTT_SESSION_PRESENT,
                    at - 1);
}

/* ---- by field ---------------------------------------------------------- */

static void judge_field(struct reader *reader, const struct mqtt_value *value,
                        size_t at)
{
    switch (value->field) {
    case MQTT_PROTOCOL_NAME:
        judge_protocol_name(reader, value->bytes, at);
        break;
    case MQTT_PROTOCOL_LEVEL:
        judge_protocol_level(reader, value->number, at);
        break;
    case MQTT_CONNECT_FLAGS:
        judge_connect_flags(reader, value->number, at);
        break;
    case MQTT_ACKNOWLEDGE_FLAGS:
        judge_acknowledge_flags(reader, value->number, at);
        break;
    case MQTT_OPTIONS:
        judge_options(reader, value->number, at);
        break;
    case MQTT_REASON_CODE:
        judge_reason_code(reader, (uint8_t)value->number, at);
        break;
    case MQTT_PACKET_ID:
        if (value->number == 0)
            reader_find(reader, MQTT_RULE_PACKET_ID_ZERO, MQTT_PACKET_ID, at);
        break;
    case MQTT_TOPIC:
    case MQTT_WILL_TOPIC:
    case MQTT_RESPONSE_TOPIC:
        judge_topic(reader, value, at);
        break;
    case MQTT_FILTER:
        judge_filter(reader, value->bytes, at);
        break;
    default:
        break;
    }
}

static bool is_number(enum mqtt_kind kind)
{
    return kind == MQTT_KIND_U8 || kind == MQTT_KIND_U16 ||
           kind == MQTT_KIND_U32 || kind == MQTT_KIND_VARINT;
}

void judge_value(struct reader *reader, const struct mqtt_value *value,
                 size_t at)
{
    const struct mqtt_field_row *row = mqtt_field_row(value->field);

    if (row->kind == MQTT_KIND_STRING || row->kind == MQTT_KIND_PAIR)
        judge_text(reader, value->field, value->bytes, at);
    if (row->kind == MQTT_KIND_PAIR)
        judge_text(reader, value->field, value->second, at);
    if (row->property && is_number(row->kind) &&
        (value->number < row->min || value->number > row->max))
        reader_find(reader, MQTT_RULE_PROPERTY_VALUE, value->field, at);
    judge_field(reader, value, at);
}

void judge_property(struct reader *reader, enum mqtt_field field, bool in_will,
                    size_t at)
{
    bool legal =
        in_will ? mqtt_field_row(field)->in_will
                : mqtt_property_legal(field, reader->type, reader->to_client);

    if (!legal)
        reader_find(reader, MQTT_RULE_PROPERTY_ILLEGAL, field, at);
    else if (reader_saw(reader, field) &&
             !mqtt_property_repeatable(field, reader->type))
        reader_find(reader, MQTT_RULE_PROPERTY_REPEATED, field, at);
}

/* ---- by packet --------------------------------------------------------- */

/* 3.1 prescribes only the QoS bits, and only where a packet is answered. */
static bool flags_legal(const struct reader *reader)
{
    unsigned right = layout_flags(reader->type);

    if (reader->version > MQTT_3_1)
        return reader->flags == right;
    return right == 0 || (reader->flags & 0x06) == right;
}

static void judge_publish_flags(struct reader *reader)
{
    unsigned qos = reader->flags >> 1 & 3;

    if (qos == 3)
        reader_find(reader, MQTT_RULE_QOS3, MQTT_QOS, 0);
    if (qos == 0 && (reader->flags & 8) && reader->version > MQTT_3_1)
        reader_find(reader, MQTT_RULE_DUP_QOS0, MQTT_DUP, 0);
}

/* 3.x: only the Client sends DISCONNECT (3.14). */
static bool wrong_way(const struct reader *reader)
{
    if (!reader->to_client)
        return !mqtt_type_to_server(reader->type);
    return !mqtt_type_to_client(reader->type) ||
           (reader->type == MQTT_DISCONNECT && reader->version < MQTT_5_0);
}

void judge_header(struct reader *reader)
{
    if (!mqtt_type_in_version(reader->type, reader->version)) {
        reader_find(reader, MQTT_RULE_TYPE, MQTT_PACKET_TYPE, 0);
        return;
    }
    if (wrong_way(reader))
        reader_find(reader, MQTT_RULE_DIRECTION, MQTT_PACKET_TYPE, 0);
    if (reader->type == MQTT_PUBLISH)
        judge_publish_flags(reader);
    else if (!flags_legal(reader))
        reader_find(reader, MQTT_RULE_FLAGS, MQTT_FLAGS, 0);
}

/* The field of which the payload holds at least one. */
static enum mqtt_field listed_field(const struct reader *reader)
{
    const struct layout_part *part = layout_of(reader->type);

    for (; part->field != MQTT_FIELD_NONE; part++)
        if (part->when == WHEN_LISTED && part->since <= reader->version)
            return part->field;
    return MQTT_FIELD_NONE;
}

void judge_packet(struct reader *reader)
{
    enum mqtt_field listed = listed_field(reader);

    if (reader->at < reader->end)
        reader_find(reader, MQTT_RULE_TRAILING, MQTT_FIELD_NONE, reader->at);
    if (listed != MQTT_FIELD_NONE && !reader_saw(reader, listed))
        reader_find(reader, MQTT_RULE_EMPTY_LIST, listed, reader->at);
    if (reader->topic_empty && !reader_saw(reader, MQTT_TOPIC_ALIAS))
        reader_find(reader, MQTT_RULE_TOPIC_EMPTY, MQTT_TOPIC,
                    reader->topic_at);
}
