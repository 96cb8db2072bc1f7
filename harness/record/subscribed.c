/* Who was subscribed to what, and when. */
#include "record/story.h"

#include <string.h>

/* The filter itself, for a filter of a Shared Subscription. */
static struct slice without_share(struct slice filter, bool *shared)
{
    const struct slice share = slice_of("$share/");
    *shared = slice_starts(filter, share);
    if (!*shared)
        return filter;
    const uint8_t *group = filter.data + share.size;
    const uint8_t *slash = memchr(group, '/', filter.size - share.size);
    if (!slash)
        return slice_make(NULL, 0);
    return slice_make(slash + 1,
                      filter.size - (size_t)(slash + 1 - filter.data));
}

/* How many filters of the packet the topic matches. */
static size_t matching(const struct mqtt_packet *packet, struct slice topic,
                       bool same_filter)
{
    const struct mqtt_value *filter;
    size_t count = 0;
    bool shared;
    for (size_t i = 0; (filter = mqtt_value_at(packet, MQTT_FILTER, i)); i++)
        count += same_filter
                     ? slice_equal(filter->bytes, topic)
                     : mqtt_topic_matches(without_share(filter->bytes, &shared),
                                          topic);
    return count;
}

/* Whether the session of the connection before is still that of this one. */
static bool goes_on(const struct story *story, const struct part *part)
{
    return part->connack != NONE &&
           seen_number(story, part->connack, MQTT_SESSION_PRESENT);
}

/* The event from which on subscriptions count for the connection. */
static size_t session_begin(const struct story *story, size_t connection)
{
    size_t begin = connection;
    for (size_t i = connection + 1; i-- > 0;) {
        if (story->parts[i].client != story->parts[connection].client)
            continue;
        begin = i;
        if (!goes_on(story, &story->parts[i]))
            break;
    }
    return story->parts[begin].opened;
}

/* Whether it was taken back before. */
static bool is_unsubscribed(const struct story *story, size_t subscribe,
                            size_t before, struct slice topic)
{
    const struct role *role = role_of(story, subscribe);
    for (size_t i = subscribe + 1; i < before; i++) {
        const struct mqtt_value *filter;
        if (!seen_is(story, i, RECORD_CLIENT, MQTT_UNSUBSCRIBE) ||
            role_of(story, i) != role)
            continue;
        for (size_t n = 0;
             (filter = mqtt_value_at(seen_at(story, i)->packet, MQTT_FILTER,
                                     n));
             n++)
            if (mqtt_topic_matches(filter->bytes, topic) &&
                matching(seen_at(story, subscribe)->packet, filter->bytes,
                         true))
                return true;
    }
    return false;
}

size_t subscribed_by(const struct story *story, size_t connection,
                     struct slice topic, size_t before, size_t *filters)
{
    size_t last = NONE;
    *filters = 0;
    for (size_t i = session_begin(story, connection); i < before; i++) {
        if (!seen_is(story, i, RECORD_CLIENT, MQTT_SUBSCRIBE) ||
            story->parts[seen_at(story, i)->connection].client !=
                story->parts[connection].client)
            continue;
        size_t count = matching(seen_at(story, i)->packet, topic, false);
        if (!count || is_unsubscribed(story, i, before, topic))
            continue;
        *filters += count;
        last = i;
    }
    return last;
}
