/* What each delivery is the consequence of: a message that a recorded client
 * has published, its Will, or something that the recorder has not seen. */
#include "record/story.h"

/* ---- topics ------------------------------------------------------------- */

/* The topic that an alias stood for last, in that direction. */
static struct slice topic_of_alias(const struct story *story, size_t event,
                                   uint32_t alias)
{
    const struct seen *seen = seen_at(story, event);
    for (size_t i = event; i-- > 0;)
        if (seen_at(story, i)->connection == seen->connection &&
            seen_is(story, i, seen->from, MQTT_PUBLISH) &&
            seen_number(story, i, MQTT_TOPIC_ALIAS) == alias &&
            seen_bytes(story, i, MQTT_TOPIC).size)
            return seen_bytes(story, i, MQTT_TOPIC);
    return slice_make(NULL, 0);
}

bool topics_resolve(struct story *story)
{
    for (size_t i = 0; i < story->recording->count; i++) {
        if (seen_at(story, i)->kind != SEEN_PACKET ||
            seen_at(story, i)->packet->type != MQTT_PUBLISH)
            continue;
        struct slice topic = seen_bytes(story, i, MQTT_TOPIC);
        uint32_t alias = seen_number(story, i, MQTT_TOPIC_ALIAS);
        if (!topic.size && alias)
            topic = topic_of_alias(story, i, alias);
        story->insights[i].topic = topic;
    }
    return true;
}

/* ---- causes ------------------------------------------------------------- */

static bool says(const struct story *story, size_t event, struct slice topic,
                 struct slice payload)
{
    return slice_equal(story->insights[event].topic, topic) &&
           slice_equal(seen_bytes(story, event, MQTT_PAYLOAD), payload);
}

static const struct mqtt_value *will_part(const struct story *story,
                                          size_t connect, enum mqtt_field field)
{
    const struct mqtt_packet *packet = seen_at(story, connect)->packet;
    const struct mqtt_value *value = mqtt_will_value_at(packet, field, 0);
    return value ? value : mqtt_value_at(packet, field, 0);
}

/* Whether the end of that connection may publish such a Will. */
static bool leaves(const struct story *story, size_t end, struct slice topic,
                   struct slice payload)
{
    const struct seen *seen = seen_at(story, end);
    const struct part *part = &story->parts[seen->connection];
    if (seen->kind != SEEN_END || part->end != end || part->connect == NONE ||
        !seen_number(story, part->connect, MQTT_WILL_FLAG))
        return false;
    const struct mqtt_value *at =
        will_part(story, part->connect, MQTT_WILL_TOPIC);
    const struct mqtt_value *what =
        will_part(story, part->connect, MQTT_WILL_PAYLOAD);
    return at && what && slice_equal(at->bytes, topic) &&
           slice_equal(what->bytes, payload);
}

/* Whether the event sends such a message into the broker. */
static bool sends(const struct story *story, size_t event, struct slice topic,
                  struct slice payload)
{
    if (seen_is(story, event, RECORD_CLIENT, MQTT_PUBLISH))
        return says(story, event, topic, payload);
    return leaves(story, event, topic, payload);
}

static bool sends_retained(const struct story *story, size_t event)
{
    const struct seen *seen = seen_at(story, event);
    if (seen->kind == SEEN_PACKET)
        return seen_number(story, event, MQTT_RETAIN) != 0;
    return seen_number(story, story->parts[seen->connection].connect,
                       MQTT_WILL_RETAIN) != 0;
}

/* The latest one that was retained. */
static size_t retained_before(const struct story *story, size_t delivery)
{
    struct slice topic = story->insights[delivery].topic;
    struct slice payload = seen_bytes(story, delivery, MQTT_PAYLOAD);
    for (size_t i = delivery; i-- > 0;)
        if (sends(story, i, topic, payload) && sends_retained(story, i))
            return i;
    return NONE;
}

/* How many such deliveries the client has had before; those that the broker
 * repeats count once. */
static size_t had_before(const struct story *story, size_t delivery)
{
    const struct role *role = role_of(story, delivery);
    struct slice topic = story->insights[delivery].topic;
    struct slice payload = seen_bytes(story, delivery, MQTT_PAYLOAD);
    size_t count = 0;
    for (size_t i = 0; i < delivery; i++)
        count += seen_is(story, i, RECORD_BROKER, MQTT_PUBLISH) &&
                 role_of(story, i) == role && says(story, i, topic, payload) &&
                 !seen_number(story, i, MQTT_DUP) &&
                 !seen_number(story, i, MQTT_RETAIN);
    return count;
}

/* The message in line: with several filters each may be delivered for each. */
static size_t sent_before(const struct story *story, size_t delivery)
{
    struct slice topic = story->insights[delivery].topic;
    struct slice payload = seen_bytes(story, delivery, MQTT_PAYLOAD);
    bool again = seen_number(story, delivery, MQTT_DUP) != 0;
    size_t filters, cause = NONE;
    size_t asked = subscribed_by(story, seen_at(story, delivery)->connection,
                                 topic, delivery, &filters);
    size_t left = had_before(story, delivery) / (filters ? filters : 1);
    for (size_t i = 0; i < delivery; i++) {
        if (!sends(story, i, topic, payload))
            continue;
        /* What was sent before the subscription was nobody's. */
        bool counts = asked == NONE || i > asked || again;
        cause = counts || cause == NONE ? i : cause;
        if (left == 0 && counts)
            return cause;
        left -= left ? 1 : 0;
    }
    return left == 0 || again ? cause : NONE;
}

static bool is_system(struct slice topic)
{
    return slice_starts(topic, slice_of("$SYS"));
}

/* Where the conversation that leads to it ends: nothing before can bring it. */
static size_t due_from(const struct story *story, size_t delivery, size_t cause)
{
    size_t connection = seen_at(story, delivery)->connection;
    const struct part *part = &story->parts[connection];
    size_t from = cause == NONE ? delivery : cause, filters;
    if (part->connect != NONE && part->connect > from)
        from = part->connect;
    if (!seen_number(story, delivery, MQTT_RETAIN))
        return from;
    size_t asked = subscribed_by(
        story, connection, story->insights[delivery].topic, delivery, &filters);
    if (cause == NONE)
        from = asked == NONE ? delivery : asked;
    return asked != NONE && asked > from ? asked : from;
}

/* ---- messages of clients that were not recorded ------------------------- */

/* Whether both are the same, and as retained or live as each other. */
static bool is_like(const struct story *story, size_t a, size_t b)
{
    return seen_is(story, a, RECORD_BROKER, MQTT_PUBLISH) &&
           story->insights[a].source != NONE &&
           seen_number(story, a, MQTT_RETAIN) ==
               seen_number(story, b, MQTT_RETAIN) &&
           says(story, a, story->insights[b].topic,
                seen_bytes(story, b, MQTT_PAYLOAD));
}

/* The first delivery of the same message. A retained one is the same to
 * all; of live ones everybody gets each once. */
static size_t source_of(const struct story *story, size_t delivery)
{
    const struct role *role = role_of(story, delivery);
    bool retained = seen_number(story, delivery, MQTT_RETAIN) != 0;
    size_t had = 0;
    for (size_t i = 0; i < delivery; i++)
        had += !retained && is_like(story, i, delivery) &&
               role_of(story, i) == role;
    for (size_t i = 0; i < delivery; i++) {
        if (!is_like(story, i, delivery) || story->insights[i].source != i)
            continue;
        if (had == 0)
            return i;
        had--;
    }
    return delivery;
}

static void explain(struct story *story, size_t delivery)
{
    struct insight *insight = &story->insights[delivery];
    size_t connection = seen_at(story, delivery)->connection;
    bool retained = seen_number(story, delivery, MQTT_RETAIN) != 0;
    size_t filters, cause;
    if (is_system(insight->topic) ||
        subscribed_by(story, connection, insight->topic, delivery, &filters) ==
            NONE) {
        insight->unsaid = true;
        return;
    }
    cause = retained ? retained_before(story, delivery)
                     : sent_before(story, delivery);
    if (cause == NONE) {
        story->stranger = true;
        insight->source = source_of(story, delivery);
        cause = retained ? NONE : insight->source;
    } else {
        insight->publisher =
            story->parts[seen_at(story, cause)->connection].client;
    }
    insight->cause = due_from(story, delivery, cause);
}

bool deliveries_explain(struct story *story)
{
    for (size_t i = 0; i < story->recording->count; i++)
        if (seen_is(story, i, RECORD_BROKER, MQTT_PUBLISH))
            explain(story, i);
    return true;
}

/* ---- what did not come -------------------------------------------------- */

/* How many messages like that of `event` the client has got there. */
static size_t delivered(const struct story *story, size_t connection,
                        size_t event, size_t until)
{
    const struct part *part = &story->parts[connection];
    struct slice topic = story->insights[event].topic;
    struct slice payload = seen_bytes(story, event, MQTT_PAYLOAD);
    size_t count = 0;
    for (size_t i = part->opened; i < until; i++)
        count += seen_is(story, i, RECORD_BROKER, MQTT_PUBLISH) &&
                 story->parts[seen_at(story, i)->connection].client ==
                     part->client &&
                 says(story, i, topic, payload);
    return count;
}

/* How many like it were sent from there on, itself included. */
static size_t sent(const struct story *story, size_t from, size_t event)
{
    struct slice topic = story->insights[event].topic;
    struct slice payload = seen_bytes(story, event, MQTT_PAYLOAD);
    size_t count = 1;
    for (size_t i = from; i < event; i++)
        count += seen_is(story, i, RECORD_CLIENT, MQTT_PUBLISH) &&
                 says(story, i, topic, payload);
    return count;
}

size_t deliveries_missing(const struct story *story, size_t connection,
                          size_t until)
{
    const struct part *part = &story->parts[connection];
    size_t missing = 0;
    if (!story->roles[part->client].filter_count)
        return 0;
    for (size_t i = part->opened; i < until; i++) {
        size_t filters;
        if (!seen_is(story, i, RECORD_CLIENT, MQTT_PUBLISH))
            continue;
        subscribed_by(story, connection, story->insights[i].topic, i, &filters);
        if (filters && sent(story, part->opened, i) >
                           delivered(story, connection, i, until))
            missing += filters;
    }
    return missing;
}
