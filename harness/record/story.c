/* From what was seen to the text of a case. */
#include "record/story.h"

#define ARENA_CAP ((size_t)256 << 20)

const struct seen *seen_at(const struct story *story, size_t event)
{
    return &story->recording->seen[event];
}

bool seen_is(const struct story *story, size_t event, enum record_side from,
             enum mqtt_type type)
{
    const struct seen *seen = seen_at(story, event);
    return seen->kind == SEEN_PACKET && seen->from == from &&
           seen->packet->type == type;
}

uint32_t seen_number(const struct story *story, size_t event,
                     enum mqtt_field field)
{
    return mqtt_number(seen_at(story, event)->packet, field, 0);
}

struct slice seen_bytes(const struct story *story, size_t event,
                        enum mqtt_field field)
{
    const struct mqtt_value *value =
        mqtt_value_at(seen_at(story, event)->packet, field, 0);
    return value ? value->bytes : slice_make(NULL, 0);
}

struct role *role_of(const struct story *story, size_t event)
{
    size_t connection = seen_at(story, event)->connection;
    return &story->roles[story->parts[connection].client];
}

static bool begin(struct story *story)
{
    const struct recording *recording = story->recording;
    story->insights = arena_array(story->arena, recording->count + 1,
                                  sizeof *story->insights);
    story->parts = arena_array(story->arena, recording->talk_count + 1,
                               sizeof *story->parts);
    story->roles = arena_array(story->arena, recording->talk_count + 1,
                               sizeof *story->roles);
    if (!story->insights || !story->parts || !story->roles)
        return false;
    for (size_t i = 0; i < recording->count; i++)
        story->insights[i] = (struct insight){.root = NONE,
                                              .last = NONE,
                                              .cause = NONE,
                                              .publisher = NONE,
                                              .source = NONE,
                                              .group_first = NONE,
                                              .group_last = NONE};
    return true;
}

static bool tell(struct story *story, const struct recording_words *words,
                 struct buffer *out)
{
    if (!begin(story) || !cast_make(story) || !subscriptions_list(story) ||
        !topics_resolve(story))
        return false;
    for (size_t i = 0; i < story->recording->count; i++)
        bytes_decide(story, i);
    if (!exchanges_find(story) || !deliveries_explain(story))
        return false;
    deliveries_order(story);
    plot_make(story);
    if (arena_failed(story->arena))
        return false;
    put_case(story, words, out);
    return !out->failed;
}

bool recording_write(const struct recording *recording,
                     const struct recording_words *words, struct buffer *out)
{
    struct story story = {.recording = recording,
                          .arena = arena_new(ARENA_CAP)};
    bool told = story.arena && !recording->no_memory &&
                tell(&story, words, out) && !arena_failed(story.arena);
    if (story.arena)
        arena_free(story.arena);
    return told;
}
