/* The fields of packets that are sent: those that differ from what the
 * language fills in. */
#include "record/story.h"

static void put_name(struct buffer *out, const char *name)
{
    buffer_format(out, ", %s: ", name);
}

static void put_number(struct buffer *out, enum mqtt_field field,
                       uint32_t number)
{
    put_name(out, mqtt_field_row(field)->name);
    if (field == MQTT_REASON_CODE || field == MQTT_OPTIONS)
        buffer_format(out, "0x%02x", (unsigned)number);
    else
        buffer_format(out, "%lu", (unsigned long)number);
}

/* ---- properties --------------------------------------------------------- */

static bool is_first(const struct mqtt_packet *packet, size_t index)
{
    const struct mqtt_value *value = &packet->values[index];
    for (size_t i = 0; i < index; i++)
        if (packet->values[i].field == value->field &&
            packet->values[i].in_will == value->in_will)
            return false;
    return true;
}

static void put_pairs(struct buffer *out, const struct mqtt_packet *packet,
                      bool in_will)
{
    const char *before = "";
    put_name(out, mqtt_field_row(MQTT_USER_PROPERTY)->name);
    buffer_text(out, "[");
    for (size_t i = 0; i < packet->count; i++) {
        const struct mqtt_value *value = &packet->values[i];
        if (value->field != MQTT_USER_PROPERTY || value->in_will != in_will)
            continue;
        buffer_format(out, "%s[", before);
        put_bytes(out, value->bytes);
        buffer_text(out, ", ");
        put_bytes(out, value->second);
        buffer_text(out, "]");
        before = ", ";
    }
    buffer_text(out, "]");
}

static void put_numbers(struct buffer *out, const struct mqtt_packet *packet,
                        enum mqtt_field field)
{
    const struct mqtt_value *value;
    bool several = mqtt_value_at(packet, field, 1) != NULL;
    put_name(out, mqtt_field_row(field)->name);
    buffer_text(out, several ? "[" : "");
    for (size_t i = 0; (value = mqtt_value_at(packet, field, i)); i++)
        buffer_format(out, "%s%lu", i ? ", " : "",
                      (unsigned long)value->number);
    buffer_text(out, several ? "]" : "");
}

/* A secret is as long as it was. */
static void put_masked(struct buffer *out, size_t size)
{
    if (size)
        buffer_format(out, "{repeat: x, times: %zu}", size);
    else
        buffer_text(out, "\"\"");
}

void put_property(struct buffer *out, const struct mqtt_packet *packet,
                  size_t index)
{
    const struct mqtt_value *value = &packet->values[index];
    const struct mqtt_field_row *row = mqtt_field_row(value->field);
    if (!row->property || !is_first(packet, index))
        return;
    if (value->field == MQTT_USER_PROPERTY) {
        put_pairs(out, packet, value->in_will);
    } else if (row->kind < MQTT_KIND_STRING) {
        if (value->in_will)
            put_number(out, value->field, value->number);
        else
            put_numbers(out, packet, value->field);
    } else {
        put_name(out, row->name);
        if (row->secret)
            put_masked(out, value->bytes.size);
        else if (value->field == MQTT_RESPONSE_TOPIC)
            put_topic(out, value->bytes);
        else
            put_bytes(out, value->bytes);
    }
}

static void put_properties(struct buffer *out, const struct mqtt_packet *packet,
                           bool in_will)
{
    for (size_t i = 0; i < packet->count; i++)
        if (packet->values[i].in_will == in_will)
            put_property(out, packet, i);
}

/* ---- CONNECT ------------------------------------------------------------ */

static const struct mqtt_value *part_of_will(const struct mqtt_packet *packet,
                                             enum mqtt_field field)
{
    const struct mqtt_value *value = mqtt_will_value_at(packet, field, 0);
    return value ? value : mqtt_value_at(packet, field, 0);
}

static void put_will(struct buffer *out, const struct mqtt_packet *packet)
{
    const struct mqtt_value *topic = part_of_will(packet, MQTT_WILL_TOPIC);
    const struct mqtt_value *payload = part_of_will(packet, MQTT_WILL_PAYLOAD);
    uint32_t qos = mqtt_number(packet, MQTT_WILL_QOS, 0);
    buffer_text(out, ", will: {topic: ");
    put_topic(out, topic ? topic->bytes : slice_make(NULL, 0));
    buffer_text(out, ", payload: ");
    put_bytes(out, payload ? payload->bytes : slice_make(NULL, 0));
    if (qos)
        put_number(out, MQTT_QOS, qos);
    if (mqtt_number(packet, MQTT_WILL_RETAIN, 0))
        put_number(out, MQTT_RETAIN, 1);
    put_properties(out, packet, true);
    buffer_text(out, "}");
}

/* Flags that say what is not there. */
static void put_odd_flags(struct buffer *out, const struct mqtt_packet *packet)
{
    static const enum mqtt_field odd[] = {MQTT_WILL_QOS, MQTT_WILL_RETAIN,
                                          MQTT_RESERVED_FLAG};
    bool will = mqtt_number(packet, MQTT_WILL_FLAG, 0) != 0;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        uint32_t number = mqtt_number(packet, odd[i], 0);
        if (number && (!will || odd[i] == MQTT_RESERVED_FLAG))
            put_number(out, odd[i], number);
    }
}

/* Name and level, where they are not those of the client's version. */
static void put_protocol(struct buffer *out, const struct seen *seen)
{
    const struct mqtt_value *name =
        mqtt_value_at(seen->packet, MQTT_PROTOCOL_NAME, 0);
    for (size_t i = 0; i < seen->findings.count; i++)
        if (seen->findings.rows[i].rule == MQTT_RULE_PROTOCOL && name) {
            put_name(out, mqtt_field_row(MQTT_PROTOCOL_NAME)->name);
            put_bytes(out, name->bytes);
            put_number(out, MQTT_PROTOCOL_LEVEL,
                       mqtt_number(seen->packet, MQTT_PROTOCOL_LEVEL, 0));
            return;
        }
}

static void put_client_id(struct buffer *out, const struct story *story,
                          size_t event)
{
    const struct role *role = role_of(story, event);
    if (role->shared)
        buffer_format(out, ", client_id: %s", role->shared);
    else if (!role->client_id.size)
        buffer_text(out, ", client_id: \"\"");
}

/* Without a password it is no secret; with one it is the account's. */
static void put_user_name(struct buffer *out, const struct mqtt_packet *packet)
{
    const struct mqtt_value *name = mqtt_value_at(packet, MQTT_USER_NAME, 0);
    if (!name || mqtt_value_at(packet, MQTT_PASSWORD, 0))
        return;
    put_name(out, mqtt_field_row(MQTT_USER_NAME)->name);
    put_bytes(out, name->bytes);
}

static void put_connect(const struct story *story, size_t event,
                        struct buffer *out)
{
    const struct seen *seen = seen_at(story, event);
    const struct mqtt_packet *packet = seen->packet;
    put_protocol(out, seen);
    put_client_id(out, story, event);
    if (!mqtt_number(packet, MQTT_CLEAN_START, 0))
        buffer_format(out, ", %s: false",
                      mqtt_field_row(MQTT_CLEAN_START)->name);
    if (story->parts[seen->connection].keeps_alive)
        put_number(out, MQTT_KEEP_ALIVE,
                   mqtt_number(packet, MQTT_KEEP_ALIVE, 0));
    put_odd_flags(out, packet);
    if (mqtt_number(packet, MQTT_WILL_FLAG, 0))
        put_will(out, packet);
    put_user_name(out, packet);
    if (mqtt_value_at(packet, MQTT_AUTHENTICATION_METHOD, 0) &&
        story->insights[event].complete) {
        buffer_text(out, ", authenticate: true");
        for (size_t i = 0; i < packet->count; i++)
            if (packet->values[i].field != MQTT_AUTHENTICATION_METHOD &&
                packet->values[i].field != MQTT_AUTHENTICATION_DATA &&
                !packet->values[i].in_will)
                put_property(out, packet, i);
        return;
    }
    put_properties(out, packet, false);
}

/* ---- filters ------------------------------------------------------------ */

/* The parts of one filter's options, up to the next filter. */
static void put_options(struct buffer *out, const struct mqtt_packet *packet,
                        size_t index, bool odd)
{
    for (size_t i = index + 1;
         i < packet->count && packet->values[i].field != MQTT_FILTER; i++) {
        const struct mqtt_value *value = &packet->values[i];
        bool whole = value->field == MQTT_OPTIONS;
        if (value->number && whole == odd &&
            value->field < MQTT_PROPERTY_LENGTH)
            put_number(out, value->field, value->number);
    }
}

static bool has_options(const struct mqtt_packet *packet, size_t index)
{
    return index + 1 < packet->count &&
           packet->values[index + 1].field == MQTT_OPTIONS &&
           packet->values[index + 1].number != 0;
}

static bool has_finding(const struct seen *seen, enum mqtt_rule rule)
{
    for (size_t i = 0; i < seen->findings.count; i++)
        if (seen->findings.rows[i].rule == rule)
            return true;
    return false;
}

static void put_filter(struct buffer *out, const struct mqtt_packet *packet,
                       size_t index, bool odd)
{
    buffer_text(out, "filter: ");
    put_topic(out, packet->values[index].bytes);
    put_options(out, packet, index, odd);
}

static void put_filter_list(struct buffer *out,
                            const struct mqtt_packet *packet, bool odd)
{
    const char *before = "";
    buffer_text(out, ", filters: [");
    for (size_t i = 0; i < packet->count; i++) {
        if (packet->values[i].field != MQTT_FILTER)
            continue;
        buffer_text(out, before);
        before = ", ";
        if (!has_options(packet, i)) {
            put_topic(out, packet->values[i].bytes);
            continue;
        }
        buffer_text(out, "{");
        put_filter(out, packet, i, odd);
        buffer_text(out, "}");
    }
    buffer_text(out, "]");
}

static void put_filters(const struct seen *seen, struct buffer *out)
{
    const struct mqtt_packet *packet = seen->packet;
    bool odd = has_finding(seen, MQTT_RULE_OPTIONS);
    size_t only = 0;
    while (only < packet->count && packet->values[only].field != MQTT_FILTER)
        only++;
    if (only == packet->count || mqtt_value_at(packet, MQTT_FILTER, 1)) {
        put_filter_list(out, packet, odd);
    } else {
        buffer_text(out, ", ");
        put_filter(out, packet, only, odd);
    }
}

/* ---- PUBLISH ------------------------------------------------------------ */

static void put_message(const struct mqtt_packet *packet, struct buffer *out)
{
    static const enum mqtt_field flags[] = {MQTT_DUP, MQTT_QOS, MQTT_RETAIN};
    const struct mqtt_value *topic = mqtt_value_at(packet, MQTT_TOPIC, 0);
    const struct mqtt_value *payload = mqtt_value_at(packet, MQTT_PAYLOAD, 0);
    put_name(out, "topic");
    put_topic(out, topic ? topic->bytes : slice_make(NULL, 0));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (mqtt_number(packet, flags[i], 0))
            put_number(out, flags[i], mqtt_number(packet, flags[i], 0));
    put_name(out, "payload");
    put_bytes(out, payload ? payload->bytes : slice_make(NULL, 0));
}

/* The highest QoS at which anybody got it. */
static uint32_t highest_qos(const struct story *story, size_t source)
{
    uint32_t highest = 0;
    for (size_t i = source; i < story->recording->count; i++)
        if (story->insights[i].source == source &&
            seen_number(story, i, MQTT_QOS) > highest)
            highest = seen_number(story, i, MQTT_QOS);
    return highest;
}

void put_published_fields(const struct story *story, size_t event,
                          struct buffer *out)
{
    const struct mqtt_packet *packet = seen_at(story, event)->packet;
    uint32_t qos = highest_qos(story, event);
    put_name(out, "topic");
    put_topic(out, story->insights[event].topic);
    if (qos)
        put_number(out, MQTT_QOS, qos);
    if (mqtt_number(packet, MQTT_RETAIN, 0))
        put_number(out, MQTT_RETAIN, 1);
    put_name(out, "payload");
    put_bytes(out, seen_bytes(story, event, MQTT_PAYLOAD));
    for (size_t i = 0; i < packet->count; i++)
        if (packet->values[i].field != MQTT_TOPIC_ALIAS &&
            packet->values[i].field != MQTT_SUBSCRIPTION_IDENTIFIER)
            put_property(out, packet, i);
    if (qos)
        buffer_text(out, ", ack: true");
}

/* ---- packet identifiers ------------------------------------------------- */

/* That of a message of an earlier connection, which goes on here. */
static unsigned earlier_variable(const struct story *story, size_t event)
{
    const struct role *role = role_of(story, event);
    uint32_t id = seen_number(story, event, MQTT_PACKET_ID);
    for (size_t i = event; i-- > 0;)
        if (story->insights[i].variable && role_of(story, i) == role &&
            seen_number(story, i, MQTT_PACKET_ID) == id)
            return story->insights[i].variable;
    return 0;
}

unsigned variable_of(const struct story *story, size_t event)
{
    size_t root = story->insights[event].root;
    return root != NONE ? story->insights[root].variable
                        : earlier_variable(story, event);
}

/* Whether the broker has sent such a packet with the same identifier, so
 * that the answer to it has it by default. */
static bool was_asked(const struct story *story, size_t event,
                      enum mqtt_type type)
{
    const struct role *role = role_of(story, event);
    uint32_t id = seen_number(story, event, MQTT_PACKET_ID);
    for (size_t i = event; i-- > 0;)
        if (seen_is(story, i, RECORD_BROKER, type) &&
            role_of(story, i) == role &&
            seen_number(story, i, MQTT_PACKET_ID) == id)
            return true;
    return false;
}

/* An answer to nothing that was seen. */
static bool is_out_of_the_blue(const struct story *story, size_t event)
{
    enum mqtt_type type = seen_at(story, event)->packet->type;
    if (story->insights[event].root != NONE)
        return false;
    return type == MQTT_PUBACK || type == MQTT_PUBREC ||
           (type == MQTT_PUBREL && !was_asked(story, event, MQTT_PUBREC)) ||
           (type == MQTT_PUBCOMP && !was_asked(story, event, MQTT_PUBREL));
}

static void put_packet_id(const struct story *story, size_t event,
                          struct buffer *out)
{
    enum mqtt_type type = seen_at(story, event)->packet->type;
    uint32_t id = seen_number(story, event, MQTT_PACKET_ID);
    bool request = type == MQTT_PUBLISH || type == MQTT_SUBSCRIBE ||
                   type == MQTT_UNSUBSCRIBE;
    unsigned variable = request ? 0 : variable_of(story, event);
    if (!mqtt_value_at(seen_at(story, event)->packet, MQTT_PACKET_ID, 0))
        return;
    if (variable)
        buffer_format(out, ", packet_id: $p%u", variable);
    else if (!id || is_out_of_the_blue(story, event) ||
             (role_of(story, event)->literal_ids &&
              (request || type == MQTT_PUBREL)))
        put_number(out, MQTT_PACKET_ID, id);
}

void put_sent_fields(const struct story *story, size_t event,
                     struct buffer *out)
{
    const struct seen *seen = seen_at(story, event);
    const struct mqtt_packet *packet = seen->packet;
    if (story->insights[event].with_flags)
        buffer_format(out, ", flags: %u", packet->flags);
    if (packet->type == MQTT_CONNECT) {
        put_connect(story, event, out);
        return;
    }
    put_packet_id(story, event, out);
    if (packet->type == MQTT_PUBLISH)
        put_message(packet, out);
    else if (packet->type == MQTT_SUBSCRIBE || packet->type == MQTT_UNSUBSCRIBE)
        put_filters(seen, out);
    else if (mqtt_number(packet, MQTT_REASON_CODE, 0))
        put_number(out, MQTT_REASON_CODE,
                   mqtt_number(packet, MQTT_REASON_CODE, 0));
    put_properties(out, packet, false);
}
