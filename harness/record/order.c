/* Deliveries that may come in another order: the standard gives one only to
 * the messages of one publisher, topic and QoS (3.1.1: 4.6). Two deliveries
 * of one connection can change places when the second was already on its way
 * before the first had come. */
#include "record/story.h"

static bool is_told(const struct story *story, size_t event, size_t connection)
{
    return seen_at(story, event)->connection == connection &&
           seen_is(story, event, RECORD_BROKER, MQTT_PUBLISH) &&
           !story->insights[event].unsaid;
}

/* An exchange that is told packet by packet stays where it is. */
static bool is_movable(const struct story *story, size_t event)
{
    return story->insights[event].folded ||
           seen_number(story, event, MQTT_QOS) == 0;
}

/* Groups that touch become one. */
static void unite(struct story *story, size_t connection, size_t first,
                  size_t last)
{
    for (size_t i = last + 1; i-- > 0;)
        if (is_told(story, i, connection) && i >= first &&
            story->insights[i].group_first != NONE &&
            story->insights[i].group_first < first)
            first = story->insights[i].group_first;
    for (size_t i = first; i <= last; i++)
        if (is_told(story, i, connection)) {
            story->insights[i].group_first = first;
            story->insights[i].group_last = last;
        }
}

/* The earliest delivery that this one might have overtaken. */
static size_t overtaken(const struct story *story, size_t delivery)
{
    size_t connection = seen_at(story, delivery)->connection;
    size_t first = NONE;
    for (size_t i = delivery; i-- > 0;) {
        if (!is_told(story, i, connection))
            continue;
        if (!is_movable(story, i) || i < story->insights[delivery].cause)
            break;
        first = i;
    }
    return first;
}

void deliveries_order(struct story *story)
{
    for (size_t i = 0; i < story->recording->count; i++) {
        size_t connection = seen_at(story, i)->connection;
        if (!is_told(story, i, connection) || !is_movable(story, i))
            continue;
        size_t first = overtaken(story, i);
        if (first != NONE)
            unite(story, connection, first, i);
    }
}
