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

/* Whether the session of the connection before is still that of this one. A
 * CONNACK of 3.1 does not tell. */
static bool goes_on(const struct story *story, const struct part *part)
{
    if (part->connack == NONE || part->connect == NONE)
        return false;
    if (story->roles[part->client].version == MQTT_3_1)
        return !seen_number(story, part->connect, MQTT_CLEAN_START);
    return seen_number(story, part->connack, MQTT_SESSION_PRESENT) != 0;
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

/* ---- lists -------------------------------------------------------------- */

static bool is_about_filters(const struct story *story, size_t event)
{
    return seen_is(story, event, RECORD_CLIENT, MQTT_SUBSCRIBE) ||
           seen_is(story, event, RECORD_CLIENT, MQTT_UNSUBSCRIBE);
}

bool subscriptions_list(struct story *story)
{
    const size_t count = story->recording->count;
    for (size_t i = 0; i < count; i++)
        if (is_about_filters(story, i))
            role_of(story, i)->filter_count++;
    for (size_t i = 0; i < story->role_count; i++) {
        struct role *role = &story->roles[i];
        role->filters = arena_array(story->arena, role->filter_count + 1,
                                    sizeof *role->filters);
        if (!role->filters)
            return false;
        role->filter_count = 0;
    }
    for (size_t i = 0; i < count; i++)
        if (is_about_filters(story, i)) {
            struct role *role = role_of(story, i);
            role->filters[role->filter_count++] = i;
        }
    return true;
}

/* ---- questions ---------------------------------------------------------- */

/* Whether the UNSUBSCRIBE takes back a filter that brought such messages. */
static bool takes_back(const struct story *story, size_t unsubscribe,
                       size_t subscribe, struct slice topic)
{
    const struct mqtt_packet *packet = seen_at(story, unsubscribe)->packet;
    const struct mqtt_value *filter;
    for (size_t i = 0; (filter = mqtt_value_at(packet, MQTT_FILTER, i)); i++)
        if (mqtt_topic_matches(filter->bytes, topic) &&
            matching(seen_at(story, subscribe)->packet, filter->bytes, true))
            return true;
    return false;
}

/* Whether it was taken back before. */
static bool is_unsubscribed(const struct story *story, const struct role *role,
                            size_t index, size_t before, struct slice topic)
{
    for (size_t i = index + 1;
         i < role->filter_count && role->filters[i] < before; i++)
        if (seen_is(story, role->filters[i], RECORD_CLIENT, MQTT_UNSUBSCRIBE) &&
            takes_back(story, role->filters[i], role->filters[index], topic))
            return true;
    return false;
}

size_t subscribed_by(const struct story *story, size_t connection,
                     struct slice topic, size_t before, size_t *filters)
{
    const struct role *role = &story->roles[story->parts[connection].client];
    size_t last = NONE;
    size_t begin = role->filter_count ? session_begin(story, connection) : 0;
    *filters = 0;
    for (size_t i = 0; i < role->filter_count && role->filters[i] < before;
         i++) {
        size_t event = role->filters[i];
        if (event < begin ||
            !seen_is(story, event, RECORD_CLIENT, MQTT_SUBSCRIBE))
            continue;
        size_t count = matching(seen_at(story, event)->packet, topic, false);
        if (!count || is_unsubscribed(story, role, i, before, topic))
            continue;
        *filters += count;
        last = event;
    }
    return last;
}
