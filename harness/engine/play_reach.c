/* `reach`: brings a client to the point where a packet is legal, by steps
 * made for it (language.md, section 1). Its topic lies outside $topic, so that
 * no filter of the case sees it. */
#include "engine/play.h"

struct maker {
    struct player *player;
    const struct step *origin; /* the `reach` step */
    struct expression *topic;
    struct step **steps;
    size_t count, room;
    bool ok;
};

static void *make(struct maker *maker, size_t size)
{
    void *block = arena_alloc(maker->player->arena, size);
    if (!block)
        maker->ok = false;
    return block;
}

static struct step *add_step(struct maker *maker, enum verb verb)
{
    struct step *step = make(maker, sizeof *step);
    if (!step || !play_grow(maker->player, &maker->steps, &maker->room,
                            maker->count, sizeof step)) {
        maker->ok = false;
        return NULL;
    }
    step->verb = verb;
    step->source = maker->origin->source;
    step->level = maker->origin->level;
    step->at = maker->origin->at;
    step->at_count = maker->origin->at_count;
    maker->steps[maker->count++] = step;
    return step;
}

static struct expression *number(struct maker *maker, int64_t value)
{
    struct expression *expression = make(maker, sizeof *expression);
    if (!expression)
        return NULL;
    expression->kind = EXPRESSION_NUMBER;
    expression->source = maker->origin->source;
    expression->number = value;
    return expression;
}

static struct send_step *add_send(struct maker *maker, enum mqtt_type type,
                                  bool ack)
{
    struct step *step = add_step(maker, VERB_SEND);
    struct send_step *send = make(maker, sizeof *send);
    if (!step || !send)
        return NULL;
    step->send = send;
    send->thing = THING_PACKET;
    send->type = type;
    send->ack = ack;
    return send;
}

/* The topic or filter, and the QoS, of a PUBLISH or SUBSCRIBE. */
static void add_message(struct maker *maker, enum mqtt_type type,
                        enum mqtt_field topic, int64_t qos, bool ack)
{
    struct send_step *send = add_send(maker, type, ack);
    struct send_field *fields = make(maker, 2 * sizeof *fields);
    if (!send || !fields)
        return;
    fields[0].field = (int)topic;
    fields[0].value = maker->topic;
    fields[1].field = MQTT_QOS;
    fields[1].value = number(maker, qos);
    send->fields = fields;
    send->field_count = 2;
}

static void add_expect(struct maker *maker, enum mqtt_type type)
{
    struct step *step = add_step(maker, VERB_EXPECT);
    struct expect_step *expect = make(maker, sizeof *expect);
    if (!step || !expect)
        return;
    step->expect = expect;
    expect->thing = THING_PACKET;
    expect->type = type;
}

/* A delivery of that QoS from the broker to this client, taken. */
static void add_delivery(struct maker *maker, int64_t qos)
{
    add_message(maker, MQTT_SUBSCRIBE, MQTT_FILTER, qos, true);
    add_message(maker, MQTT_PUBLISH, MQTT_TOPIC, qos, true);
    add_expect(maker, MQTT_PUBLISH);
}

static void add_way_to(struct maker *maker, enum mqtt_type type)
{
    switch (type) {
    case MQTT_PUBACK:
        add_delivery(maker, 1);
        break;
    case MQTT_PUBREC:
        add_delivery(maker, 2);
        break;
    case MQTT_PUBREL:
        add_message(maker, MQTT_PUBLISH, MQTT_TOPIC, 2, false);
        add_expect(maker, MQTT_PUBREC);
        break;
    case MQTT_PUBCOMP:
        add_delivery(maker, 2);
        add_send(maker, MQTT_PUBREC, false);
        add_expect(maker, MQTT_PUBREL);
        break;
    default:
        break;
    }
}

static struct expression *make_topic(struct maker *maker)
{
    struct expression *topic = make(maker, sizeof *topic);
    const char *text = arena_format(maker->player->arena, "%s-reach",
                                    maker->player->settings.topic);
    if (!topic || !text) {
        maker->ok = false;
        return NULL;
    }
    topic->kind = EXPRESSION_BYTES;
    topic->bytes = slice_of(text);
    return topic;
}

const struct step *play_reach(struct player *player, const struct task *task)
{
    const struct client *client = player->clients[task->client];
    enum mqtt_type type = task->step->reach;
    struct maker maker = {.player = player, .origin = task->step, .ok = true};
    struct step *sequence = make(&maker, sizeof *sequence);
    maker.topic = make_topic(&maker);
    bool connected = client->link == LINK_OPEN && client->connack_good;
    if (type != MQTT_CONNECT && !connected)
        add_send(&maker, MQTT_CONNECT, true);
    if (maker.ok)
        add_way_to(&maker, type);
    if (!maker.ok) {
        player->no_memory = true;
        return NULL;
    }
    sequence->verb = VERB_SEQUENCE;
    sequence->source = task->step->source;
    sequence->children = maker.steps;
    sequence->child_count = maker.count;
    return sequence;
}
