/* Connections to clients of the case: a Client Identifier that comes back is
 * the same client, one that comes while it is connected is another. */
#include "record/story.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_SIZE = 24 };

/* ---- connections -------------------------------------------------------- */

/* Whether the broker said that it ends the connection. */
static bool is_refusal(const struct story *story, size_t event)
{
    if (seen_is(story, event, RECORD_BROKER, MQTT_CONNACK))
        return seen_number(story, event, MQTT_REASON_CODE) != 0;
    return seen_is(story, event, RECORD_BROKER, MQTT_DISCONNECT);
}

static void note_event(struct story *story, size_t event)
{
    const struct seen *seen = seen_at(story, event);
    struct part *part = &story->parts[seen->connection];
    if (part->end != NONE)
        return;
    if (seen->kind == SEEN_OPENED)
        part->opened = event;
    if (seen->kind == SEEN_END)
        part->end = event;
    if (part->connect == NONE &&
        seen_is(story, event, RECORD_CLIENT, MQTT_CONNECT))
        part->connect = event;
    if (part->connack == NONE &&
        seen_is(story, event, RECORD_BROKER, MQTT_CONNACK))
        part->connack = event;
    if (part->refusal == NONE && is_refusal(story, event))
        part->refusal = event;
}

static bool ended_by_broker(const struct story *story, const struct part *part)
{
    return part->end != NONE &&
           seen_at(story, part->end)->from == RECORD_BROKER;
}

/* ---- keep alive --------------------------------------------------------- */

/* The broker ended it when nothing had come for as long as was announced. */
static bool ended_by_keep_alive(const struct story *story, size_t connection)
{
    const struct part *part = &story->parts[connection];
    int64_t last = 0;
    if (!ended_by_broker(story, part) || part->connect == NONE)
        return false;
    for (size_t i = 0; i < part->end; i++)
        if (seen_at(story, i)->connection == connection &&
            seen_at(story, i)->from == RECORD_CLIENT)
            last = seen_at(story, i)->time;
    int64_t keep_alive = seen_number(story, part->connect, MQTT_KEEP_ALIVE) *
                         INT64_C(1000000000);
    return keep_alive && seen_at(story, part->end)->time - last >= keep_alive;
}

static void judge_part(struct story *story, size_t connection)
{
    struct part *part = &story->parts[connection];
    part->keeps_alive = ended_by_keep_alive(story, connection);
    story->timed |= part->keeps_alive;
    story->ends |= ended_by_broker(story, part) || part->refusal != NONE;
}

/* Intervals after which a broker does something by itself. */
static bool counts_time(const struct seen *seen)
{
    static const enum mqtt_field intervals[] = {MQTT_SESSION_EXPIRY_INTERVAL,
                                                MQTT_MESSAGE_EXPIRY_INTERVAL,
                                                MQTT_WILL_DELAY_INTERVAL};
    if (seen->kind != SEEN_PACKET || seen->from != RECORD_CLIENT)
        return false;
    for (size_t i = 0; i < seen->packet->count; i++)
        for (size_t j = 0; j < sizeof intervals / sizeof *intervals; j++)
            if (seen->packet->values[i].field == intervals[j] &&
                seen->packet->values[i].number != 0 &&
                seen->packet->values[i].number != UINT32_MAX)
                return true;
    return false;
}

bool asks_for_session(const struct story *story, size_t connection)
{
    const struct part *part = &story->parts[connection];
    struct slice own;
    if (part->connect == NONE ||
        seen_number(story, part->connect, MQTT_CLEAN_START) ||
        story->roles[part->client].version == MQTT_3_1)
        return false;
    own = story->roles[part->client].client_id;
    for (size_t i = 0; own.size && i < connection; i++)
        if (slice_equal(story->roles[story->parts[i].client].client_id, own))
            return true;
    return false;
}

/* ---- roles -------------------------------------------------------------- */

/* The client's former connection was over before it said CONNECT again. */
static bool is_free(const struct story *story, const struct role *role,
                    const struct part *part)
{
    size_t end = story->parts[role->last].end;
    size_t begin = part->connect != NONE ? part->connect : part->opened;
    return end != NONE && end < begin;
}

static bool has_name(const struct story *story, const char *name)
{
    for (size_t i = 0; i < story->role_count; i++)
        if (story->roles[i].name && strcmp(story->roles[i].name, name) == 0)
            return true;
    return strcmp(name, "elsewhere") == 0;
}

static bool is_name(struct slice text)
{
    if (!text.size || text.size > NAME_MAX_SIZE || !isalpha(text.data[0]))
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!isalnum(text.data[i]) && text.data[i] != '_' &&
            text.data[i] != '-')
            return false;
    return true;
}

/* The Client Identifier where it is short and plain, else c1, c2 … */
static const char *new_name(const struct story *story, struct slice client_id)
{
    const char *name =
        is_name(client_id) ? arena_text_of(story->arena, client_id) : NULL;
    for (size_t i = story->role_count + 1; !name || has_name(story, name);
         i++) {
        name = arena_format(story->arena, "c%zu", i);
        if (!name)
            return NULL;
    }
    return name;
}

/* Two roles with one Client Identifier must write it alike. */
static void share(struct story *story, struct role *role)
{
    for (size_t i = 0; role->client_id.size && i < story->role_count; i++) {
        struct role *other = &story->roles[i];
        if (other == role || !slice_equal(other->client_id, role->client_id))
            continue;
        if (!other->shared)
            other->shared = arena_format(story->arena, "s%zu$id", i + 1);
        role->shared = other->shared;
        return;
    }
}

static struct role *find_role(const struct story *story,
                              const struct part *part, struct slice client_id,
                              enum mqtt_version version)
{
    for (size_t i = 0; client_id.size && i < story->role_count; i++) {
        struct role *role = &story->roles[i];
        if (slice_equal(role->client_id, client_id) &&
            role->version == version && is_free(story, role, part))
            return role;
    }
    return NULL;
}

static void cast_part(struct story *story, size_t connection)
{
    struct part *part = &story->parts[connection];
    bool speaks = part->connect != NONE;
    struct slice client_id =
        speaks ? seen_bytes(story, part->connect, MQTT_CLIENT_ID)
               : slice_make(NULL, 0);
    enum mqtt_version version =
        speaks ? seen_at(story, part->connect)->packet->version
               : story->version;
    struct role *role = find_role(story, part, client_id, version);
    if (!role) {
        const char *name = new_name(story, client_id);
        role = &story->roles[story->role_count++];
        *role = (struct role){.name = name,
                              .client_id = client_id,
                              .version = version,
                              .speaks = speaks};
        share(story, role);
    }
    role->last = connection;
    part->client = (size_t)(role - story->roles);
}

/* The version of most who said one is that of the case. */
static enum mqtt_version usual_version(const struct story *story)
{
    size_t counts[MQTT_5_0 + 1] = {0};
    enum mqtt_version usual = MQTT_3_1_1;
    for (size_t i = 0; i < story->recording->talk_count; i++)
        if (story->parts[i].connect != NONE)
            counts[seen_at(story, story->parts[i].connect)->packet->version]++;
    for (int version = MQTT_3_1; version <= MQTT_5_0; version++)
        if (counts[version] > counts[usual])
            usual = (enum mqtt_version)version;
    return usual;
}

bool cast_make(struct story *story)
{
    for (size_t i = 0; i < story->recording->talk_count; i++)
        story->parts[i] = (struct part){.client = NONE,
                                        .opened = NONE,
                                        .connect = NONE,
                                        .connack = NONE,
                                        .refusal = NONE,
                                        .end = NONE};
    for (size_t i = 0; i < story->recording->count; i++)
        note_event(story, i);
    for (size_t i = 0; i < story->recording->count; i++)
        story->timed |= counts_time(seen_at(story, i));
    story->version = usual_version(story);
    for (size_t i = 0; i < story->recording->talk_count; i++) {
        judge_part(story, i);
        cast_part(story, i);
    }
    return !arena_failed(story->arena);
}
