#include "engine/cleanup.h"

#include "engine/errand.h"

#include <stdio.h>

/* One connection empties so many topics at most. */
#define TOPICS_AT_ONCE 64

struct cleanup {
    struct surroundings *surroundings;
    struct cleanup *previous, *next;
    struct cleanup_order order;
    struct arena *arena;
    struct leftovers left;   /* a copy of our own */
    size_t client_id, topic; /* the next ones to do */
    size_t carried; /* topics that hang on the connection of a client id */
    size_t failures;
    char text[200];
};

bool cleanup_needed(const struct leftovers *leftovers)
{
    return leftovers->client_id_count || leftovers->topic_count;
}

static void link_cleanup(struct cleanup *cleanup)
{
    struct surroundings *all = cleanup->surroundings;

    cleanup->next = all->cleanups;
    if (all->cleanups)
        all->cleanups->previous = cleanup;
    all->cleanups = cleanup;
    all->cleanup_count++;
}

static void drop(struct cleanup *cleanup)
{
    struct surroundings *all = cleanup->surroundings;

    if (cleanup->previous)
        cleanup->previous->next = cleanup->next;
    else
        all->cleanups = cleanup->next;
    if (cleanup->next)
        cleanup->next->previous = cleanup->previous;
    all->cleanup_count--;
    arena_free(cleanup->arena);
    memory_free(cleanup);
}

void cleanups_drop(struct surroundings *all)
{
    while (all->cleanups)
        drop(all->cleanups);
}

static struct slice *copy_slices(struct arena *arena, const struct slice *from,
                                 size_t count)
{
    struct slice *copy = arena_array(arena, count ? count : 1, sizeof *copy);

    for (size_t i = 0; copy && i < count; i++)
        copy[i] = arena_slice(arena, from[i]);
    return copy;
}

static bool copy_leftovers(struct cleanup *cleanup,
                           const struct leftovers *from)
{
    struct arena *arena = cleanup->arena;

    cleanup->left = (struct leftovers){
        .client_ids =
            copy_slices(arena, from->client_ids, from->client_id_count),
        .client_id_count = from->client_id_count,
        .topics = copy_slices(arena, from->topics, from->topic_count),
        .topic_count = from->topic_count,
    };
    return cleanup->left.client_ids && cleanup->left.topics &&
           !arena_failed(arena);
}

/* ---- one connection after another -------------------------------------- */

static bool next_errand(struct cleanup *cleanup);

static void note_failure(struct cleanup *cleanup, const char *text)
{
    if (!cleanup->failures++)
        snprintf(cleanup->text, sizeof cleanup->text, "%.199s", text);
}

static void on_done(void *user, const struct errand_outcome *outcome)
{
    struct cleanup *cleanup = user;

    if (outcome->end != ERRAND_DONE) {
        note_failure(cleanup, outcome->text);
        cleanup->topic -= cleanup->carried; /* again, with an id of ours */
    }
    cleanup->carried = 0;
    if (next_errand(cleanup))
        return;
    struct cleanup_order order = cleanup->order;
    struct cleanup_end end = {.failures = cleanup->failures};
    snprintf(end.text, sizeof end.text, "%s", cleanup->text);
    drop(cleanup);
    order.done(order.user, &end);
}

/* An empty retained PUBLISH. With QoS 0 nothing tells that it was taken but
 * the answer to a ping behind it. */
static size_t empty_topics(struct cleanup *cleanup,
                           struct errand_exchange *exchanges,
                           struct mqtt_value (*values)[4], size_t count)
{
    bool qos1 = cleanup->order.qos1;
    enum mqtt_version version = cleanup->order.version;
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        struct mqtt_value *at = values[i];
        at[0] = (struct mqtt_value){.field = MQTT_QOS, .number = qos1};
        at[1] = (struct mqtt_value){.field = MQTT_RETAIN, .number = 1};
        at[2] = (struct mqtt_value){
            .field = MQTT_TOPIC,
            .bytes = cleanup->left.topics[i + cleanup->topic]};
        at[3] = (struct mqtt_value){.field = MQTT_PACKET_ID,
                                    .number = (uint32_t)(i + 1)};
        exchanges[used++] = (struct errand_exchange){
            .packet = {.version = version,
                       .type = MQTT_PUBLISH,
                       .values = at,
                       .count = qos1 ? 4 : 3},
            .answer = qos1 ? MQTT_PUBACK : ERRAND_NO_ANSWER};
    }
    if (!qos1)
        exchanges[used++] = (struct errand_exchange){
            .packet = {.version = version, .type = MQTT_PINGREQ},
            .answer = MQTT_PINGRESP};
    return used;
}

static bool start_errand(struct cleanup *cleanup, struct slice client_id,
                         size_t topics)
{
    struct errand_exchange exchanges[TOPICS_AT_ONCE + 1];
    struct mqtt_value values[TOPICS_AT_ONCE][4];
    struct errand_order order = {
        .endpoint = "default",
        .transport = cleanup->order.transport,
        .version = cleanup->order.version,
        .account = "default",
        .client_id = client_id,
        .clean_start = true,
        .keep_alive = 60,
        .limit = cleanup->order.limit,
        .done = on_done,
        .user = cleanup,
    };

    if (topics) {
        order.exchanges = exchanges;
        order.count = empty_topics(cleanup, exchanges, values, topics);
    }
    cleanup->topic += topics;
    return errand_start(cleanup->surroundings, &order);
}

static size_t topics_next(const struct cleanup *cleanup)
{
    size_t left = cleanup->left.topic_count - cleanup->topic;

    return left < TOPICS_AT_ONCE ? left : TOPICS_AT_ONCE;
}

/* The last client id's connection empties the first topics, too. False when
 * nothing is left to do. */
static bool next_errand(struct cleanup *cleanup)
{
    char id[IDENTITY_SIZE];

    while (cleanup->client_id < cleanup->left.client_id_count) {
        struct slice client_id = cleanup->left.client_ids[cleanup->client_id++];
        bool last = cleanup->client_id == cleanup->left.client_id_count;
        cleanup->carried = last ? topics_next(cleanup) : 0;
        if (start_errand(cleanup, client_id, cleanup->carried))
            return true;
        note_failure(cleanup, "no memory");
    }
    while (cleanup->topic < cleanup->left.topic_count) {
        surroundings_identity(cleanup->surroundings, id);
        if (start_errand(cleanup, slice_of(id), topics_next(cleanup)))
            return true;
        note_failure(cleanup, "no memory");
    }
    return false;
}

bool cleanup_start(struct surroundings *surroundings,
                   const struct cleanup_order *order)
{
    struct cleanup *cleanup = memory_zero(1, sizeof *cleanup);

    if (!cleanup)
        return false;
    cleanup->surroundings = surroundings;
    cleanup->order = *order;
    cleanup->arena = arena_new(16u << 20);
    link_cleanup(cleanup);
    if (cleanup->arena && copy_leftovers(cleanup, order->leftovers) &&
        next_errand(cleanup))
        return true;
    drop(cleanup);
    return false;
}
