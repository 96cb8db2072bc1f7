/* `data:` of what is sent as bytes. The topic of a message is made unique all
 * the same, and the bytes of secrets are written as x. */
#include "record/story.h"

#include <string.h>

enum {
    FLAG_USER_NAME = 0x80,
    FLAG_PASSWORD = 0x40,
    FLAG_WILL = 0x04,
    AUTHENTICATION_DATA = 0x16
};

/* ---- secrets ------------------------------------------------------------ */

/* Where we are in a CONNECT that need not be well-formed. */
struct walk {
    uint8_t *data;
    size_t size, at;
    bool lost; /* a length reaches past the end */
};

static void skip(struct walk *walk, size_t size)
{
    walk->lost |= size > walk->size - walk->at;
    walk->at = walk->lost ? walk->size : walk->at + size;
}

/* A field with a length of two bytes in front. */
static void skip_field(struct walk *walk)
{
    size_t size = 0;
    if (walk->size - walk->at >= 2)
        size = (size_t)walk->data[walk->at] << 8 | walk->data[walk->at + 1];
    skip(walk, 2 + size);
}

static void mask(struct walk *walk, size_t from, size_t to)
{
    if (from < to)
        memset(walk->data + from, 'x', to - from);
}

/* Properties: everything behind the identifier of Authentication Data. */
static void skip_properties(struct walk *walk)
{
    uint32_t size = 0;
    bool minimal;
    struct slice all = slice_make(walk->data, walk->size);
    size_t begin = walk->at;
    if (!mqtt_get_varint(all, &begin, &size, &minimal)) {
        walk->lost = true;
        return;
    }
    walk->at = begin;
    skip(walk, size);
    for (size_t i = begin; i < walk->at; i++)
        if (walk->data[i] == AUTHENTICATION_DATA) {
            mask(walk, i + 1, walk->at);
            break;
        }
}

/* Walks as far as the lengths can be believed; from there on, or from the
 * password on, nothing is shown. */
static void mask_connect(struct walk *walk)
{
    skip_field(walk); /* protocol name */
    size_t fixed = walk->at;
    skip(walk, 4); /* level, flags, keep alive */
    if (walk->lost)
        return;
    uint8_t level = walk->data[fixed], flags = walk->data[fixed + 1];
    bool properties = level == MQTT_5_0;
    if (properties)
        skip_properties(walk);
    size_t seen = walk->at;
    skip_field(walk); /* client identifier */
    if (flags & FLAG_WILL && properties)
        skip_properties(walk);
    for (int fields = flags & FLAG_WILL ? 2 : 0; fields > 0; fields--)
        skip_field(walk);
    if (flags & FLAG_USER_NAME)
        skip_field(walk);
    if (!(flags & FLAG_PASSWORD))
        return;
    if (walk->lost)
        mask(walk, seen, walk->size);
    else if (walk->at + 2 < walk->size)
        mask(walk, walk->at + 2, walk->size);
}

/* A copy that may be shown; its size is 0 when there is no memory. */
static struct slice shown(const struct story *story, struct slice bytes)
{
    struct slice copy = arena_slice(story->arena, bytes);
    uint32_t length;
    bool minimal;
    size_t body = 1;
    if (!copy.data || !mqtt_get_varint(copy, &body, &length, &minimal))
        return copy;
    struct walk walk = {(uint8_t *)(uintptr_t)copy.data, copy.size, body,
                        false};
    if (copy.data[0] >> 4 == MQTT_CONNECT)
        mask_connect(&walk);
    else if (copy.data[0] >> 4 == MQTT_AUTH)
        mask(&walk, body, copy.size);
    return copy;
}

/* ---- bytes -------------------------------------------------------------- */

static void put_hex(struct buffer *out, struct slice bytes)
{
    buffer_text(out, "{hex: \"");
    for (size_t i = 0; i < bytes.size; i++)
        buffer_format(out, "%02x", bytes.data[i]);
    buffer_text(out, "\"}");
}

/* A message: its topic, and what stands behind it. */
static bool put_message(const struct seen *seen, struct buffer *out)
{
    struct slice bytes = mqtt_packet_bytes(seen->packet);
    const struct mqtt_value *topic = mqtt_value_at(seen->packet, MQTT_TOPIC, 0);
    if (seen->packet->type != MQTT_PUBLISH || !topic || !topic->bytes.size ||
        topic_is_shared_by_all(topic->bytes))
        return false;
    for (size_t i = 0; i < seen->findings.count; i++)
        if (seen->findings.rows[i].field == MQTT_TOPIC ||
            seen->findings.rows[i].rule == MQTT_RULE_LENGTH_MINIMAL)
            return false;
    size_t behind =
        (size_t)(topic->bytes.data - bytes.data) + topic->bytes.size;
    buffer_format(out,
                  "{u8: 0x%02x}, {len: varint, of: [{str: ", bytes.data[0]);
    put_topic(out, topic->bytes);
    buffer_text(out, "}, ");
    put_hex(out, slice_make(bytes.data + behind, bytes.size - behind));
    buffer_text(out, "]}");
    return true;
}

void put_raw(const struct story *story, size_t event, struct buffer *out)
{
    const struct seen *seen = seen_at(story, event);
    buffer_text(out, ", data: [");
    if (seen->kind == SEEN_BYTES)
        put_hex(out, shown(story, buffer_slice(&seen->bytes)));
    else if (!put_message(seen, out))
        put_hex(out, shown(story, mqtt_packet_bytes(seen->packet)));
    buffer_text(out, "]");
}
