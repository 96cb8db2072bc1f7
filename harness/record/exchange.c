/* Which packets answer which, and which exchanges `ack: true` says whole. */
#include "record/story.h"

/* An answer that took longer may have waited for somebody else. */
#define SLOW INT64_C(1000000000)

/* ---- what answers what -------------------------------------------------- */

struct move {
    enum mqtt_type type;
    bool by_asker;
};
enum { MOVES_MAX = 3 };
static const struct flow {
    enum mqtt_type type;
    unsigned qos;
    bool both; /* whoever begins it */
    struct move moves[MOVES_MAX];
} flows[] = {
    {MQTT_CONNECT, 0, false, {{MQTT_CONNACK, false}}},
    {MQTT_SUBSCRIBE, 0, false, {{MQTT_SUBACK, false}}},
    {MQTT_UNSUBSCRIBE, 0, false, {{MQTT_UNSUBACK, false}}},
    {MQTT_PINGREQ, 0, false, {{MQTT_PINGRESP, false}}},
    {MQTT_PUBLISH, 1, true, {{MQTT_PUBACK, false}}},
    {MQTT_PUBLISH,
     2,
     true,
     {{MQTT_PUBREC, false}, {MQTT_PUBREL, true}, {MQTT_PUBCOMP, false}}},
};
enum { FLOWS = sizeof flows / sizeof *flows };

static const struct flow *flow_of(const struct story *story, size_t event)
{
    const struct seen *seen = seen_at(story, event);
    if (seen->kind != SEEN_PACKET)
        return NULL;
    unsigned qos = seen->packet->type == MQTT_PUBLISH
                       ? seen_number(story, event, MQTT_QOS)
                       : 0;
    for (size_t i = 0; i < FLOWS; i++)
        if (flows[i].type == seen->packet->type && flows[i].qos == qos &&
            (flows[i].both || seen->from == RECORD_CLIENT))
            return &flows[i];
    return NULL;
}

/* The next such packet that belongs to no exchange yet; NONE. */
static size_t find_move(const struct story *story, size_t root, size_t behind,
                        const struct move *move)
{
    const struct seen *asked = seen_at(story, root);
    const struct part *part = &story->parts[asked->connection];
    uint32_t id = seen_number(story, root, MQTT_PACKET_ID);
    enum record_side from = move->by_asker == (asked->from == RECORD_CLIENT)
                                ? RECORD_CLIENT
                                : RECORD_BROKER;
    for (size_t i = behind + 1;
         i < story->recording->count && (part->end == NONE || i < part->end);
         i++)
        if (seen_at(story, i)->connection == asked->connection &&
            seen_is(story, i, from, move->type) &&
            story->insights[i].root == NONE &&
            seen_number(story, i, MQTT_PACKET_ID) == id)
            return i;
    return NONE;
}

static bool is_success(const struct story *story, size_t event)
{
    const struct mqtt_packet *packet = seen_at(story, event)->packet;
    const struct mqtt_value *code;
    uint32_t least = packet->type == MQTT_CONNACK ? 1 : 0x80;
    for (size_t i = 0; (code = mqtt_value_at(packet, MQTT_REASON_CODE, i)); i++)
        if (code->number >= least)
            return false;
    return !seen_at(story, event)->findings.count;
}

static void follow(struct story *story, size_t root, const struct flow *flow)
{
    struct insight *insight = &story->insights[root];
    size_t at = root;
    bool good = true;
    insight->last = root;
    for (size_t i = 0; i < MOVES_MAX && flow->moves[i].type; i++) {
        if (!good)
            return;
        at = find_move(story, root, at, &flow->moves[i]);
        if (at == NONE) {
            bool ours = flow->moves[i].by_asker ==
                        (seen_at(story, root)->from == RECORD_CLIENT);
            insight->awaits = ours ? 0 : flow->moves[i].type;
            return;
        }
        story->insights[at].root = root;
        insight->last = at;
        good = is_success(story, at) && !story->insights[at].as_bytes;
    }
    insight->complete = good;
}

/* ---- folding ------------------------------------------------------------ */

/* Packets that a client sends of its own accord. */
static bool is_own_act(const struct seen *seen)
{
    if (seen->kind == SEEN_BYTES)
        return true;
    if (seen->kind != SEEN_PACKET)
        return false;
    switch (seen->packet->type) {
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_PINGREQ:
    case MQTT_AUTH:
        return false;
    default:
        return true;
    }
}

/* Whether a client did something between, which `ack: true` would move: the
 * same client at all, another one if it took so long that the answer may
 * have waited for it. */
static bool has_between(const struct story *story, size_t root, size_t last)
{
    const struct seen *asked = seen_at(story, root);
    bool slow = seen_at(story, last)->time - asked->time > SLOW;
    for (size_t i = root + 1; i < last; i++) {
        const struct seen *seen = seen_at(story, i);
        bool same = seen->connection == asked->connection;
        if (seen->from == RECORD_CLIENT && (same || slow) && is_own_act(seen))
            return true;
    }
    return false;
}

/* Whether an answer to what the client had asked before was still due: it
 * would come first. */
static bool has_open(const struct story *story, size_t root)
{
    const struct seen *asked = seen_at(story, root);
    size_t opened = story->parts[asked->connection].opened;
    for (size_t i = opened; i < root; i++)
        if (seen_at(story, i)->connection == asked->connection &&
            seen_at(story, i)->from == asked->from &&
            story->insights[i].last != NONE && story->insights[i].last > root)
            return true;
    return false;
}

/* A session that may have been there before is worth a step of its own. */
static bool speaks_of_session(const struct story *story, size_t root)
{
    return seen_is(story, root, RECORD_CLIENT, MQTT_CONNECT) &&
           asks_for_session(story, seen_at(story, root)->connection);
}

/* Whether another PUBREL comes before that of this delivery, which
 * `ack: true` would find in its way. */
static bool has_release_between(const struct story *story, size_t root)
{
    size_t connection = seen_at(story, root)->connection;
    for (size_t i = root + 1; i < story->insights[root].last; i++) {
        size_t other = story->insights[i].root;
        if (seen_at(story, i)->connection != connection ||
            !seen_is(story, i, RECORD_BROKER, MQTT_PUBREL) || other == root)
            continue;
        if (other == NONE || other > root || !story->insights[other].folded)
            return true;
    }
    return false;
}

static void fold(struct story *story, size_t root)
{
    struct insight *insight = &story->insights[root];
    const struct seen *seen = seen_at(story, root);
    if (!insight->complete || insight->as_bytes)
        return;
    if (seen->from == RECORD_BROKER) {
        insight->folded = !has_release_between(story, root);
        return;
    }
    insight->folded = !has_between(story, root, insight->last) &&
                      !has_open(story, root) && !speaks_of_session(story, root);
}

/* Pings that were answered are kept only where they kept alive what later
 * was not. */
static void hush(struct story *story, size_t event)
{
    struct insight *insight = &story->insights[event];
    const struct part *part = &story->parts[seen_at(story, event)->connection];
    if (!seen_is(story, event, RECORD_CLIENT, MQTT_PINGREQ))
        return;
    insight->quiet = insight->complete ? !part->keeps_alive : part->end == NONE;
    if (insight->quiet && insight->complete)
        story->insights[insight->last].quiet = true;
}

/* ---- packet identifiers ------------------------------------------------- */

/* What is sent again has to bear the identifier that it had. */
static void note_repetition(struct story *story, size_t event)
{
    if (seen_is(story, event, RECORD_CLIENT, MQTT_PUBLISH) &&
        seen_number(story, event, MQTT_DUP) &&
        seen_number(story, event, MQTT_PACKET_ID))
        role_of(story, event)->literal_ids = true;
}

/* The answers of an exchange that is told step by step name its
 * identifier. */
static void name_variable(struct story *story, size_t root, unsigned *count)
{
    struct insight *insight = &story->insights[root];
    const struct seen *seen = seen_at(story, root);
    bool told = seen->kind == SEEN_PACKET && insight->last != NONE &&
                insight->last != root && !insight->folded &&
                seen->packet->type == MQTT_PUBLISH;
    if (!told || (seen->from == RECORD_CLIENT &&
                  (seen_number(story, root, MQTT_QOS) < 2 ||
                   role_of(story, root)->literal_ids)))
        return;
    insight->variable = ++*count;
}

bool exchanges_find(struct story *story)
{
    unsigned variables = 0;
    for (size_t i = 0; i < story->recording->count; i++) {
        const struct flow *flow = flow_of(story, i);
        if (flow && story->insights[i].root == NONE)
            follow(story, i, flow);
    }
    for (size_t i = 0; i < story->recording->count; i++) {
        fold(story, i);
        note_repetition(story, i);
    }
    for (size_t i = 0; i < story->recording->count; i++) {
        hush(story, i);
        name_variable(story, i, &variables);
    }
    return !arena_failed(story->arena);
}
