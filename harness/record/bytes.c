/* Packets that fields cannot say, or may not say where the case expects no
 * end: they are written as bytes. */
#include "record/story.h"

#define PACKET_CAP ((size_t)256 << 20)

static bool encodes_to(const struct seen *seen,
                       const struct mqtt_damage *damage)
{
    struct buffer again = buffer_make(PACKET_CAP);
    bool same =
        mqtt_encode(seen->packet, damage, &again) &&
        slice_equal(buffer_slice(&again), mqtt_packet_bytes(seen->packet));
    buffer_free(&again);
    return same;
}

static bool has_finding(const struct seen *seen, enum mqtt_rule rule)
{
    for (size_t i = 0; i < seen->findings.count; i++)
        if (seen->findings.rows[i].rule == rule)
            return true;
    return false;
}

/* Texts that are no UTF-8 cannot hold $topic; a property that stands twice
 * cannot be a key twice. */
static bool is_beyond_fields(const struct seen *seen)
{
    return has_finding(seen, MQTT_RULE_UTF8) ||
           has_finding(seen, MQTT_RULE_UTF8_NUL) ||
           has_finding(seen, MQTT_RULE_PROPERTY_REPEATED) ||
           has_finding(seen, MQTT_RULE_PROPERTY_UNKNOWN) ||
           has_finding(seen, MQTT_RULE_TYPE);
}

/* A password that may not be there is no account's. */
static bool has_odd_password(const struct seen *seen)
{
    return has_finding(seen, MQTT_RULE_CONNECT_FLAGS) &&
           mqtt_value_at(seen->packet, MQTT_PASSWORD, 0);
}

/* Whether the client has said DISCONNECT before on that connection. */
static bool is_behind_goodbye(const struct story *story, size_t event)
{
    size_t connection = seen_at(story, event)->connection;
    for (size_t i = story->parts[connection].opened; i < event; i++)
        if (seen_at(story, i)->connection == connection &&
            seen_is(story, i, RECORD_CLIENT, MQTT_DISCONNECT))
            return true;
    return false;
}

void bytes_decide(struct story *story, size_t event)
{
    const struct seen *seen = seen_at(story, event);
    struct insight *insight = &story->insights[event];
    if (seen->from != RECORD_CLIENT || seen->kind != SEEN_PACKET)
        return;
    bool odd = is_behind_goodbye(story, event) || seen->findings.count;
    if (!odd)
        return;
    struct mqtt_damage flags = {.has_flags = true,
                                .flags = seen->packet->flags};
    bool plain = encodes_to(seen, NULL);
    insight->with_flags = !plain && encodes_to(seen, &flags);
    /* `lint` takes an illegal packet for a mistake unless the case expects
     * that somebody ends the connection for it. */
    insight->as_bytes = !story->ends || is_beyond_fields(seen) ||
                        has_odd_password(seen) ||
                        (!plain && !insight->with_flags);
}
