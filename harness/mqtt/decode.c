#include "mqtt/reader.h"

#include <string.h>

/* What mqtt_decode gives away: the packet in front, so that its address is
 * the block's; values and bytes follow in the same block. */
struct decoded {
    struct mqtt_packet packet;
    struct slice bytes;
    struct mqtt_value values[];
};

/* A CONNECT says by itself how to read it: its level stands behind the
 * protocol name. */
static enum mqtt_version stated_version(const struct reader *reader)
{
    struct slice bytes = reader->bytes;
    size_t at = reader->at;

    if (reader->end - at < 2)
        return reader->version;
    at += 2u + (unsigned)(bytes.data[at] << 8 | bytes.data[at + 1]);
    if (at >= reader->end || bytes.data[at] < MQTT_3_1 ||
        bytes.data[at] > MQTT_5_0)
        return reader->version;
    return (enum mqtt_version)bytes.data[at];
}

/* A Server without 5.0 refuses it in the form that it knows (3.1.2.2). */
static bool is_old_refusal(const struct reader *reader)
{
    uint8_t code;

    if (reader->version < MQTT_5_0 || reader->type != MQTT_CONNACK ||
        reader->end - reader->at != 2)
        return false;
    code = reader->bytes.data[reader->at + 1];
    return code >= 1 && code <= 5;
}

static void choose_version(struct reader *reader)
{
    if (reader->type == MQTT_CONNECT)
        reader->version = stated_version(reader);
    else if (is_old_refusal(reader))
        reader->version = MQTT_3_1_1;
}

static void read_header(struct reader *reader)
{
    struct slice bytes = reader->bytes;
    uint32_t length;
    bool minimal;

    if (bytes.size == 0) {
        reader_break(reader, MQTT_RULE_LENGTH_BOUNDS, MQTT_PACKET_TYPE, 0);
        return;
    }
    reader->type = (enum mqtt_type)(bytes.data[0] >> 4);
    reader->flags = bytes.data[0] & 0x0f;
    reader->at = 1;
    if (!mqtt_get_varint(bytes, &reader->at, &length, &minimal)) {
        reader_break(reader,
                     bytes.size > 4 ? MQTT_RULE_LENGTH_MALFORMED
                                    : MQTT_RULE_LENGTH_BOUNDS,
                     MQTT_REMAINING_LENGTH, 1);
        return;
    }
    if (length > bytes.size - reader->at) {
        reader_break(reader, MQTT_RULE_LENGTH_BOUNDS, MQTT_REMAINING_LENGTH, 1);
        return;
    }
    reader->body = reader->at;
    reader->end = reader->at + length;
    choose_version(reader);
    if (!minimal && reader->version >= MQTT_5_0)
        reader_find(reader, MQTT_RULE_LENGTH_MINIMAL, MQTT_REMAINING_LENGTH, 1);
    judge_header(reader);
}

/* Of a type that does not exist only the fixed header means anything. */
static void read_packet(struct reader *reader)
{
    read_header(reader);
    if (!reader->broken && mqtt_type_in_version(reader->type, reader->version))
        decode_body(reader);
}

/* One block for a packet of so many values. */
static struct decoded *new_block(size_t values, struct slice bytes)
{
    struct decoded *block;
    uint8_t *copy;
    size_t room = values * sizeof block->values[0];

    block = memory_new(sizeof *block + room + bytes.size);
    if (!block)
        return NULL;
    memset(&block->packet, 0, sizeof block->packet);
    copy = (uint8_t *)(block->values + values);
    memcpy(copy, bytes.data, bytes.size);
    block->bytes = slice_make(copy, bytes.size);
    block->packet.values = block->values;
    block->packet.count = values;
    return block;
}

static struct reader reader_of(struct slice bytes, enum mqtt_version version,
                               bool to_client)
{
    struct reader reader = {
        .bytes = bytes, .version = version, .to_client = to_client};

    return reader;
}

struct mqtt_packet *mqtt_decode(struct slice bytes, enum mqtt_version version,
                                bool to_client, struct mqtt_findings *findings,
                                bool *readable)
{
    struct reader counting = reader_of(bytes, version, to_client);
    struct reader storing;
    struct decoded *block;

    findings->count = 0;
    counting.findings = findings;
    read_packet(&counting);
    *readable = !counting.broken;
    if (counting.broken)
        return NULL;
    /* Bytes behind the packet are not its own. */
    bytes.size = counting.end;
    block = new_block(counting.count, bytes);
    if (!block)
        return NULL;
    storing = reader_of(block->bytes, version, to_client);
    storing.values = block->values;
    read_packet(&storing);
    block->packet.version = storing.version;
    block->packet.type = storing.type;
    block->packet.flags = storing.flags;
    block->packet.remaining_length = (uint32_t)(storing.end - storing.body);
    block->packet.size = (uint32_t)bytes.size;
    return &block->packet;
}

void mqtt_packet_free(struct mqtt_packet *packet)
{
    memory_free(packet);
}

struct slice mqtt_packet_bytes(const struct mqtt_packet *packet)
{
    return ((const struct decoded *)packet)->bytes;
}
