/* One step of the case. */
#include "record/story.h"

/* An expect that took longer than this gets more than the usual time. */
#define LONG_WAIT INT64_C(10000000000)
#define USUAL_WAIT INT64_C(30000000000)

static bool is_alone(const struct story *story)
{
    return story->role_count == 1 && !story->stranger;
}

/* "{at: NAME, " */
static void put_at(const struct story *story, const char *name,
                   struct buffer *out)
{
    buffer_text(out, "{");
    if (!is_alone(story))
        buffer_format(out, "at: %s, ", name);
}

/* ---- packets ------------------------------------------------------------ */

static bool is_second_connect(const struct story *story, size_t event)
{
    return seen_is(story, event, RECORD_CLIENT, MQTT_CONNECT) &&
           story->parts[seen_at(story, event)->connection].connect != event;
}

static void put_send(const struct story *story, size_t event,
                     struct buffer *out)
{
    const struct seen *seen = seen_at(story, event);
    const struct insight *insight = &story->insights[event];
    if (seen->kind == SEEN_BYTES || insight->as_bytes) {
        buffer_text(out, "send: bytes");
        put_raw(story, event, out);
        return;
    }
    buffer_format(out, "send: %s", mqtt_type_name(seen->packet->type));
    put_sent_fields(story, event, out);
    if (is_second_connect(story, event))
        buffer_text(out, ", again: true");
    if (insight->folded)
        buffer_text(out, ", ack: true");
}

static void put_expect(const struct story *story, size_t event,
                       struct buffer *out)
{
    buffer_format(out, "expect: %s",
                  mqtt_type_name(seen_at(story, event)->packet->type));
    put_expected_fields(story, event, out);
    if (story->insights[event].folded)
        buffer_text(out, ", ack: true");
}

static void put_within(const struct play_step *step, struct buffer *out)
{
    if (step->duration <= LONG_WAIT)
        return;
    buffer_text(out, ", within: ");
    put_duration(out, 2 * step->duration + USUAL_WAIT);
}

static void put_seen(const struct story *story, const struct play_step *step,
                     struct buffer *out)
{
    const struct seen *seen = seen_at(story, step->event);
    put_at(story, role_of(story, step->event)->name, out);
    if (seen->kind == SEEN_END && seen->from == RECORD_CLIENT) {
        buffer_text(out, seen->reset ? "close: reset" : "close: fin");
    } else if (seen->kind == SEEN_END) {
        buffer_text(out, "expect: close");
        put_within(step, out);
    } else if (seen->from == RECORD_CLIENT) {
        put_send(story, step->event, out);
    } else {
        put_expect(story, step->event, out);
        put_within(step, out);
    }
    buffer_text(out, "}");
}

/* In 3.x a code has to be stated for that version, or none may come. */
static void put_rejected(const struct story *story,
                         const struct play_step *step, struct buffer *out)
{
    unsigned code = seen_number(story, step->event, MQTT_REASON_CODE);
    bool modern = role_of(story, step->event)->version == MQTT_5_0;
    put_at(story, role_of(story, step->event)->name, out);
    buffer_text(out, "expect: rejected");
    if (modern)
        buffer_format(out, ", reason_code: 0x%02x", code);
    else if (seen_is(story, step->event, RECORD_BROKER, MQTT_CONNACK))
        buffer_format(out, ", 3.x: {reason_code: %u}", code);
    put_within(step, out);
    buffer_text(out, "}");
}

/* ---- deliveries without an order ---------------------------------------- */

static bool is_member(const struct story *story, size_t event, size_t last)
{
    return story->insights[event].group_last == last &&
           seen_at(story, event)->connection ==
               seen_at(story, last)->connection &&
           seen_is(story, event, RECORD_BROKER, MQTT_PUBLISH);
}

/* Whether the standard gives these two an order. */
static bool has_order(const struct story *story, size_t a, size_t b)
{
    return story->insights[a].publisher == story->insights[b].publisher &&
           seen_number(story, a, MQTT_QOS) == seen_number(story, b, MQTT_QOS) &&
           seen_number(story, a, MQTT_RETAIN) ==
               seen_number(story, b, MQTT_RETAIN) &&
           slice_equal(story->insights[a].topic, story->insights[b].topic);
}

/* Whether an earlier member of the group begins its line. */
static bool is_in_line(const struct story *story, size_t event, size_t last)
{
    for (size_t i = story->insights[last].group_first; i < event; i++)
        if (is_member(story, i, last) && has_order(story, i, event))
            return true;
    return false;
}

static size_t lines_of(const struct story *story, size_t last)
{
    size_t count = 0;
    for (size_t i = story->insights[last].group_first; i <= last; i++)
        count += is_member(story, i, last) && !is_in_line(story, i, last);
    return count;
}

static size_t line_size(const struct story *story, size_t first, size_t last)
{
    size_t count = 0;
    for (size_t i = first; i <= last; i++)
        count += is_member(story, i, last) && has_order(story, first, i);
    return count;
}

static void put_line(const struct story *story, size_t first, size_t last,
                     const char *before, struct buffer *out)
{
    bool several = line_size(story, first, last) > 1;
    bool begun = false;
    for (size_t i = first; i <= last; i++) {
        struct play_step step = {.kind = PLAY_SEEN, .event = i};
        if (!is_member(story, i, last) || !has_order(story, first, i))
            continue;
        buffer_text(out, begun ? before : several ? "- - " : "- ");
        if (several && begun)
            buffer_text(out, "  - ");
        begun = true;
        put_seen(story, &step, out);
    }
}

/* One line is a sequence, several are all_of. */
static void put_group(const struct story *story, size_t last,
                      struct buffer *out)
{
    bool all_of = lines_of(story, last) > 1, begun = false;
    if (all_of)
        buffer_text(out, "all_of:");
    for (size_t i = story->insights[last].group_first; i <= last; i++) {
        struct play_step step = {.kind = PLAY_SEEN, .event = i};
        if (!is_member(story, i, last))
            continue;
        if (!all_of) {
            buffer_text(out, begun ? "\n  - " : "");
            put_seen(story, &step, out);
        } else if (!is_in_line(story, i, last)) {
            buffer_text(out, "\n    ");
            put_line(story, i, last, "\n    ", out);
        }
        begun = true;
    }
}

/* ---- steps of our own --------------------------------------------------- */

static const char *name_at(const struct story *story, size_t client)
{
    return client == NONE ? "elsewhere" : story->roles[client].name;
}

static void put_permit(const struct story *story, const struct play_step *step,
                       struct buffer *out)
{
    put_at(story, name_at(story, step->client), out);
    buffer_format(out, "expect: %s, ", mqtt_type_name(step->type));
    if (step->kind == PLAY_SYSTEM)
        buffer_text(out, "topic: {starts: $SYS}, ");
    buffer_text(out, "optional: true");
    if (step->count > 1)
        buffer_format(out, ", count: %zu", step->count);
    if (step->event != NONE && story->insights[step->event].folded)
        buffer_text(out, ", ack: true");
    buffer_text(out, "}");
}

void put_step(const struct story *story, const struct play_step *step,
              struct buffer *out)
{
    switch (step->kind) {
    case PLAY_SEEN:
        put_seen(story, step, out);
        return;
    case PLAY_GROUP:
        put_group(story, step->event, out);
        return;
    case PLAY_REJECTED:
        put_rejected(story, step, out);
        return;
    case PLAY_PERMIT:
    case PLAY_SYSTEM:
        put_permit(story, step, out);
        return;
    case PLAY_PAUSE:
        buffer_text(out, "{pause: ");
        put_duration(out, step->duration);
        buffer_text(out, "}");
        return;
    case PLAY_STRANGER:
    case PLAY_ELSEWHERE:
    case PLAY_OPEN:
    case PLAY_FENCE:
        break;
    }
    put_at(story, name_at(story, step->client), out);
    if (step->kind == PLAY_STRANGER)
        buffer_text(out, "send: connect, ack: true");
    else if (step->kind == PLAY_OPEN)
        buffer_text(out, "open: default");
    else if (step->kind == PLAY_FENCE)
        buffer_text(out, "fence: true");
    else
        buffer_text(out, "send: publish");
    if (step->kind == PLAY_ELSEWHERE)
        put_published_fields(story, step->event, out);
    buffer_text(out, "}");
}
