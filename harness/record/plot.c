/* Events to steps, in the order seen, with what makes the play as certain as
 * the conversation was: fences, permissions, pauses. */
#include "record/story.h"

#include <string.h>

/* Longer gaps are worth a word, and a pause where something counts time. */
#define PAUSE_FROM INT64_C(1000000000)
#define COMMENT_FROM INT64_C(2000000000)
enum { SYSTEM_MESSAGES = 1000 };

struct plot {
    struct story *story;
    int64_t clock;       /* when the step before was done */
    const char *comment; /* for the next step */
    size_t *loose;       /* by role: a message that nothing proves to have
                            arrived; NONE */
};

/* ---- steps -------------------------------------------------------------- */

static struct play_step *add(struct plot *plot, enum play_kind kind,
                             size_t event, size_t client)
{
    static struct play_step lost;
    struct story *story = plot->story;
    if (story->step_count == story->step_room) {
        size_t room = story->step_room ? 2 * story->step_room : 256;
        struct play_step *steps =
            arena_array(story->arena, room, sizeof *steps);
        if (!steps)
            return &lost;
        if (story->step_count)
            memcpy(steps, story->steps, story->step_count * sizeof *steps);
        story->steps = steps;
        story->step_room = room;
    }
    struct play_step *step = &story->steps[story->step_count++];
    *step = (struct play_step){.kind = kind,
                               .event = event,
                               .client = client,
                               .comment = plot->comment};
    plot->comment = NULL;
    return step;
}

static struct play_step *permit(struct plot *plot, enum play_kind kind,
                                size_t client, enum mqtt_type type,
                                size_t count)
{
    struct play_step *step = add(plot, kind, NONE, client);
    step->type = type;
    step->count = count;
    return step;
}

/* ---- time --------------------------------------------------------------- */

/* The wait before something that a client did. */
static void pause_before(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    int64_t gap = seen_at(story, event)->time - plot->clock;
    if (!story->step_count || gap < PAUSE_FROM)
        return;
    if (story->timed)
        add(plot, PLAY_PAUSE, event, NONE)->duration = gap;
    else if (gap >= COMMENT_FROM)
        plot->comment =
            arena_format(story->arena, "%.1f s later", (double)gap / 1e9);
}

static void step_done(struct plot *plot, size_t event)
{
    const struct insight *insight = &plot->story->insights[event];
    size_t last = insight->folded ? insight->last : event;
    int64_t time = seen_at(plot->story, last)->time;
    if (time > plot->clock)
        plot->clock = time;
}

static void add_seen(struct plot *plot, enum play_kind kind, size_t event)
{
    const struct seen *seen = seen_at(plot->story, event);
    if (seen->from == RECORD_CLIENT)
        pause_before(plot, event);
    int64_t waited = seen->time - plot->clock;
    struct play_step *step =
        add(plot, kind, event, plot->story->parts[seen->connection].client);
    if (seen->from == RECORD_BROKER)
        step->duration = waited;
    step_done(plot, event);
}

/* ---- fences ------------------------------------------------------------- */

/* A client that can be asked: accepted, not gone, and not to be thrown out
 * by what it does next. */
static bool is_sound(const struct story *story, size_t event, size_t now)
{
    const struct part *part = &story->parts[seen_at(story, event)->connection];
    bool goes_on =
        part->end == NONE ||
        (part->end > now && seen_at(story, part->end)->from == RECORD_CLIENT);
    return part->connack != NONE && part->connack < event && goes_on &&
           part->refusal == NONE && !story->insights[part->connect].as_bytes;
}

static bool said_goodbye(const struct story *story, size_t event, size_t now)
{
    size_t connection = seen_at(story, event)->connection;
    for (size_t i = event; i < now; i++)
        if (seen_at(story, i)->connection == connection &&
            seen_is(story, i, RECORD_CLIENT, MQTT_DISCONNECT))
            return true;
    return false;
}

/* Acts that turn out otherwise when a message of somebody else comes later. */
static bool depends_on_others(const struct story *story, size_t event)
{
    const struct seen *seen = seen_at(story, event);
    if (seen->from != RECORD_CLIENT)
        return false;
    if (seen->kind == SEEN_END)
        return true;
    if (seen->kind != SEEN_PACKET)
        return false;
    switch (seen->packet->type) {
    case MQTT_CONNECT:
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
    case MQTT_DISCONNECT:
        return true;
    case MQTT_PUBLISH:
        return seen_number(story, event, MQTT_RETAIN) != 0;
    default:
        return false;
    }
}

static void fence_others(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    size_t own = story->parts[seen_at(story, event)->connection].client;
    if (!depends_on_others(story, event))
        return;
    for (size_t i = 0; i < story->role_count; i++) {
        size_t loose = plot->loose[i];
        if (i == own || loose == NONE)
            continue;
        plot->loose[i] = NONE;
        if (is_sound(story, loose, event) && !said_goodbye(story, loose, event))
            add(plot, PLAY_FENCE, event, i);
    }
}

static void note_loose(struct plot *plot, size_t event)
{
    const struct story *story = plot->story;
    const struct insight *insight = &story->insights[event];
    size_t client = story->parts[seen_at(story, event)->connection].client;
    bool answered = insight->last != NONE && insight->last > event;
    if (seen_is(story, event, RECORD_CLIENT, MQTT_PUBLISH) && !answered)
        plot->loose[client] = event;
    else if (insight->folded || seen_at(story, event)->kind == SEEN_END)
        plot->loose[client] = NONE;
    /* What has been delivered has arrived. */
    if (seen_is(story, event, RECORD_BROKER, MQTT_PUBLISH))
        for (size_t i = 0; i < story->role_count; i++)
            if (insight->cause != NONE && plot->loose[i] == insight->cause)
                plot->loose[i] = NONE;
}

/* ---- what may come besides ---------------------------------------------- */

/* Messages that were on their way when the connection ended, or when the
 * recording did. */
static void excuse(struct plot *plot, size_t connection, size_t until)
{
    struct part *part = &plot->story->parts[connection];
    if (part->excused)
        return;
    part->excused = true;
    size_t missing = deliveries_missing(plot->story, connection, until);
    if (missing)
        permit(plot, PLAY_PERMIT, part->client, MQTT_PUBLISH, missing);
}

/* An answer that was still due when the client ended the connection. */
static void excuse_answer(struct plot *plot, size_t event)
{
    const struct story *story = plot->story;
    size_t root = story->insights[event].root;
    const struct insight *asked = &story->insights[root == NONE ? event : root];
    const struct part *part = &story->parts[seen_at(story, event)->connection];
    bool cut =
        part->end == NONE || seen_at(story, part->end)->from == RECORD_CLIENT;
    if (asked->last == event && asked->awaits && cut && part->refusal == NONE)
        permit(plot, PLAY_PERMIT, part->client, asked->awaits, 1);
}

static bool asks_for_system(const struct seen *seen)
{
    const struct mqtt_value *filter;
    for (size_t i = 0; (filter = mqtt_value_at(seen->packet, MQTT_FILTER, i));
         i++)
        if (slice_starts(filter->bytes, slice_of("$SYS")))
            return true;
    return false;
}

/* ---- messages of others ------------------------------------------------- */

static bool is_source(const struct story *story, size_t event)
{
    return story->insights[event].source == event;
}

/* Another payload of the same topic was retained before. */
static bool replaces(const struct story *story, size_t event)
{
    for (size_t i = 0; i < event; i++)
        if (is_source(story, i) && seen_number(story, i, MQTT_RETAIN) &&
            slice_equal(story->insights[i].topic, story->insights[event].topic))
            return true;
    return false;
}

static void publish_retained(struct plot *plot, size_t subscribe)
{
    struct story *story = plot->story;
    bool begin = subscribe == NONE, any = false;
    for (size_t i = 0; i < story->recording->count; i++) {
        if (!is_source(story, i) || !seen_number(story, i, MQTT_RETAIN) ||
            (begin ? replaces(story, i)
                   : !replaces(story, i) ||
                         story->insights[i].cause != subscribe))
            continue;
        add(plot, PLAY_ELSEWHERE, i, NONE);
        any = true;
    }
    if (any)
        add(plot, PLAY_FENCE, NONE, NONE);
}

/* ---- events ------------------------------------------------------------- */

/* Whether the client's first act on the connection opens it by itself. */
static bool opens_itself(const struct story *story, size_t opened)
{
    size_t connection = seen_at(story, opened)->connection;
    for (size_t i = opened + 1; i < story->recording->count; i++)
        if (seen_at(story, i)->connection == connection &&
            seen_at(story, i)->kind != SEEN_BEGUN)
            return seen_is(story, i, RECORD_CLIENT, MQTT_CONNECT) &&
                   !story->insights[i].as_bytes;
    return true; /* nothing came of it */
}

/* Nothing is said about a connection once it is over. */
static bool is_over(const struct story *story, size_t event)
{
    const struct part *part = &story->parts[seen_at(story, event)->connection];
    return (part->end != NONE && event > part->end) ||
           (part->refusal != NONE && event > part->refusal);
}

static void take_delivery(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    const struct insight *insight = &story->insights[event];
    size_t client = story->parts[seen_at(story, event)->connection].client;
    if (insight->unsaid) {
        if (!slice_starts(insight->topic, slice_of("$SYS")))
            permit(plot, PLAY_PERMIT, client, MQTT_PUBLISH, 1)->event = event;
        return;
    }
    if (is_source(story, event) && !seen_number(story, event, MQTT_RETAIN)) {
        pause_before(plot, event);
        add(plot, PLAY_ELSEWHERE, event, NONE);
    }
    if (insight->group_last == NONE)
        add_seen(plot, PLAY_SEEN, event);
    else if (insight->group_last == event)
        add_seen(plot, PLAY_GROUP, event);
    note_loose(plot, event);
}

static void take_from_broker(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    const struct seen *seen = seen_at(story, event);
    const struct part *part = &story->parts[seen->connection];
    size_t root = story->insights[event].root;
    if (seen->kind == SEEN_BYTES) {
        plot->comment = "the broker sent here what is no packet";
        return;
    }
    if (event == part->refusal && part->end != NONE) {
        excuse(plot, seen->connection, event);
        add_seen(plot, PLAY_REJECTED, event);
        return;
    }
    if (root != NONE && story->insights[root].folded)
        return;
    if (seen->packet->type == MQTT_PUBLISH) {
        take_delivery(plot, event);
        return;
    }
    add_seen(plot, PLAY_SEEN, event);
    excuse_answer(plot, event);
}

static void take_from_client(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    const struct seen *seen = seen_at(story, event);
    size_t root = story->insights[event].root;
    if (root != NONE && story->insights[root].folded)
        return;
    if (seen_is(story, event, RECORD_CLIENT, MQTT_DISCONNECT))
        excuse(plot, seen->connection, event);
    if (seen_is(story, event, RECORD_CLIENT, MQTT_SUBSCRIBE))
        publish_retained(plot, event);
    fence_others(plot, event);
    add_seen(plot, PLAY_SEEN, event);
    note_loose(plot, event);
    if (seen->kind != SEEN_PACKET)
        return;
    excuse_answer(plot, event);
    if (asks_for_system(seen))
        permit(plot, PLAY_SYSTEM, story->parts[seen->connection].client,
               MQTT_PUBLISH, SYSTEM_MESSAGES);
}

static void take_end(struct plot *plot, size_t event)
{
    const struct seen *seen = seen_at(plot->story, event);
    excuse(plot, seen->connection, event);
    fence_others(plot, event);
    add_seen(plot, PLAY_SEEN, event);
    note_loose(plot, event);
}

static void take_event(struct plot *plot, size_t event)
{
    struct story *story = plot->story;
    const struct seen *seen = seen_at(story, event);
    const struct part *part = &story->parts[seen->connection];
    if (is_over(story, event) || story->insights[event].quiet ||
        seen->kind == SEEN_BEGUN)
        return;
    if (seen->kind == SEEN_OPENED) {
        if (!opens_itself(story, event))
            add(plot, PLAY_OPEN, event, part->client);
    } else if (seen->kind == SEEN_END) {
        take_end(plot, event);
    } else if (seen->from == RECORD_BROKER) {
        take_from_broker(plot, event);
    } else {
        take_from_client(plot, event);
    }
}

/* ---- given -------------------------------------------------------------- */

/* Clients that connect and subscribe, and what others have left behind. */
static bool prepares(const struct story *story, const struct play_step *step)
{
    switch (step->kind) {
    case PLAY_STRANGER:
    case PLAY_SYSTEM:
        return true;
    case PLAY_FENCE:
        return step->client == NONE;
    case PLAY_ELSEWHERE:
        return seen_number(story, step->event, MQTT_RETAIN) != 0;
    case PLAY_SEEN:
        return story->insights[step->event].folded &&
               !seen_at(story, step->event)->findings.count &&
               (seen_is(story, step->event, RECORD_CLIENT, MQTT_CONNECT) ||
                seen_is(story, step->event, RECORD_CLIENT, MQTT_SUBSCRIBE));
    default:
        return false;
    }
}

static void divide(struct story *story)
{
    size_t count = 0;
    while (count < story->step_count && prepares(story, &story->steps[count]))
        count++;
    story->given = count < story->step_count ? count : 0;
}

void plot_make(struct story *story)
{
    struct plot plot = {.story = story};
    const struct recording *recording = story->recording;
    plot.loose =
        arena_array(story->arena, story->role_count + 1, sizeof *plot.loose);
    if (!plot.loose)
        return;
    for (size_t i = 0; i < story->role_count; i++)
        plot.loose[i] = NONE;
    if (story->stranger) {
        add(&plot, PLAY_STRANGER, NONE, NONE);
        publish_retained(&plot, NONE);
    }
    for (size_t i = 0; i < recording->count; i++)
        take_event(&plot, i);
    for (size_t i = 0; i < recording->talk_count; i++)
        if (story->parts[i].end == NONE)
            excuse(&plot, i, recording->count);
    divide(story);
}
