#include "mqtt/mqtt.h"

#include <string.h>

/* The level at the start of text, without its separator. */
static struct slice level_of(struct slice text)
{
    const uint8_t *end = text.size ? memchr(text.data, '/', text.size) : NULL;

    return slice_make(text.data, end ? (size_t)(end - text.data) : text.size);
}

/* Steps over the first level; false when it was the last. */
static bool next_level(struct slice *text)
{
    size_t size = level_of(*text).size;

    if (size == text->size)
        return false;
    text->data += size + 1;
    text->size -= size + 1;
    return true;
}

/* 4.7.2: a leading wildcard does not match a topic that begins with $. */
static bool hidden(struct slice filter, struct slice topic)
{
    return topic.data[0] == '$' &&
           (filter.data[0] == '#' || filter.data[0] == '+');
}

bool mqtt_topic_matches(struct slice filter, struct slice topic)
{
    bool more_filter = true;
    bool more_topic = true;

    if (filter.size == 0 || topic.size == 0 || hidden(filter, topic))
        return false;
    while (more_filter && more_topic) {
        struct slice wanted = level_of(filter);

        if (slice_is(wanted, "#"))
            return wanted.size == filter.size;
        if (!slice_is(wanted, "+") && !slice_equal(wanted, level_of(topic)))
            return false;
        more_filter = next_level(&filter);
        more_topic = next_level(&topic);
    }
    /* 4.7.1.2: "a/#" includes the parent level "a". */
    return !more_topic && (!more_filter || slice_is(filter, "#"));
}
