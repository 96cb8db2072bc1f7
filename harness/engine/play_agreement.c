/* What a client has asked for and the broker has granted, and packets of the
 * broker that do not keep to it. Where a packet went out that the broker may
 * read in another way than its fields say, nothing is held against it. */
#include "engine/play.h"

/* ---- what was asked for ------------------------------------------------ */

void agreement_blind(struct client *client)
{
    client->blind = true;
    if (client->identity)
        client->identity->blind = true;
}

void agreement_connect(struct client *client, const struct mqtt_packet *packet)
{
    client->sent_clean_start = mqtt_number(packet, MQTT_CLEAN_START, 0) != 0;
    client->sent_method =
        mqtt_value_at(packet, MQTT_AUTHENTICATION_METHOD, 0) != NULL;
    client->no_problem_information =
        mqtt_number(packet, MQTT_REQUEST_PROBLEM_INFORMATION, 1) == 0;
    client->no_response_information =
        mqtt_number(packet, MQTT_REQUEST_RESPONSE_INFORMATION, 0) == 0;
}

/* $share/NAME/FILTER in 5.0; to older brokers it may be either. */
static struct slice plain_filter(struct slice filter)
{
    size_t levels = 0;

    if (!slice_starts(filter, slice_of("$share/")))
        return filter;
    for (size_t i = 0; i < filter.size; i++)
        if (filter.data[i] == '/' && ++levels == 2)
            return slice_make(filter.data + i + 1, filter.size - i - 1);
    return filter;
}

static struct subscribed *add_filter(struct player *player,
                                     struct client *client, struct slice filter)
{
    struct subscribed *added = arena_alloc(player->arena, sizeof *added);

    if (!added) {
        player->no_memory = true;
        return NULL;
    }
    added->filter = arena_slice(player->arena, plain_filter(filter));
    added->client = client;
    added->next = client->identity->subscribed;
    client->identity->subscribed = added;
    return added;
}

void agreement_subscribe(struct player *player, struct client *client,
                         const struct mqtt_packet *packet)
{
    struct subscribed *last = NULL;
    size_t part = 0;

    if (!client->identity) {
        client->blind = true;
        return;
    }
    for (size_t i = 0; i < packet->count; i++) {
        const struct mqtt_value *value = &packet->values[i];

        if (value->field == MQTT_FILTER) {
            last = add_filter(player, client, value->bytes);
            if (!last)
                return;
            last->part = part++;
            last->packet_id = mqtt_number(packet, MQTT_PACKET_ID, 0);
        } else if (value->field == MQTT_QOS && last) {
            last->qos = value->number;
        }
    }
}

/* ---- CONNACK ----------------------------------------------------------- */

static void watch_connack(struct player *player, const struct client *client,
                          const struct mqtt_packet *packet)
{
    bool good = mqtt_number(packet, MQTT_REASON_CODE, 255) == 0;
    bool assigned =
        mqtt_value_at(packet, MQTT_ASSIGNED_CLIENT_IDENTIFIER, 0) != NULL;

    if (client->version > MQTT_3_1 && good && client->sent_clean_start &&
        mqtt_number(packet, MQTT_SESSION_PRESENT, 0))
        watch_find(player, client, WATCH_SESSION_PRESENT, packet);
    if (packet->version < MQTT_5_0)
        return;
    if (assigned && client->sent_client_id.size)
        watch_find(player, client, WATCH_ASSIGNED_ID, packet);
    if (good && !assigned && !client->sent_client_id.size)
        watch_find(player, client, WATCH_NO_ASSIGNED_ID, packet);
    if (client->no_response_information &&
        mqtt_value_at(packet, MQTT_RESPONSE_INFORMATION, 0))
        watch_find(player, client, WATCH_RESPONSE_INFORMATION, packet);
    if (!client->sent_method &&
        mqtt_value_at(packet, MQTT_AUTHENTICATION_METHOD, 0))
        watch_find(player, client, WATCH_METHOD, packet);
}

/* ---- answers ----------------------------------------------------------- */

static size_t codes_of(const struct mqtt_packet *packet)
{
    size_t count = 0;

    while (mqtt_value_at(packet, MQTT_REASON_CODE, count))
        count++;
    return count;
}

static const struct request *request_of(const struct client *client,
                                        const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);

    for (size_t i = 0; i < client->request_count; i++)
        if (client->requests[i].answer == packet->type &&
            client->requests[i].packet_id == id)
            return &client->requests[i];
    return NULL;
}

/* The answer's identifier, and its codes if it has any in this version. */
static void watch_answer(struct player *player, const struct client *client,
                         const struct mqtt_packet *packet, enum watch_rule id,
                         enum watch_rule codes, bool has_codes)
{
    const struct request *request = request_of(client, packet);

    if (!request && !client->opaque)
        watch_find(player, client, id, packet);
    if (request && has_codes && request->parts &&
        request->parts != codes_of(packet))
        watch_find(player, client, codes, packet);
}

/* Before 5.0 a broker may repeat these on a live connection, so only an
 * identifier that no packet ever had is wrong for certain. */
static void watch_publish_answer(struct player *player,
                                 const struct client *client,
                                 const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);

    if (!client->identity->blind && id > client->identity->last_packet_id &&
        !request_of(client, packet)) /* a PUBREL alone may ask for it */
        watch_find(player, client, WATCH_PUBLISH_ANSWER, packet);
}

/* ---- subscriptions ----------------------------------------------------- */

static void note_granted(const struct client *client,
                         const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);
    struct subscribed *row = client->identity->subscribed;

    for (; row; row = row->next) {
        const struct mqtt_value *code =
            mqtt_value_at(packet, MQTT_REASON_CODE, row->part);

        if (row->client != client || row->packet_id != id || row->answered ||
            !code)
            continue;
        row->answered = true;
        row->qos = code->number;
    }
}

/* The highest QoS that a subscription, present or past, gives the topic:
 * deliveries that began under a past one go on. A refused one gives none. */
static bool highest_granted(const struct identity *identity, struct slice topic,
                            uint32_t *highest)
{
    bool found = false;

    *highest = 0;
    for (const struct subscribed *row = identity->subscribed; row;
         row = row->next) {
        if (row->qos > 2 || !mqtt_topic_matches(row->filter, topic))
            continue;
        found = true;
        if (row->qos > *highest)
            *highest = row->qos;
    }
    return found;
}

static void watch_publish(struct player *player, const struct client *client,
                          const struct received *received)
{
    uint32_t highest;

    if (client->identity->blind ||
        !highest_granted(client->identity, received->topic, &highest))
        return;
    if (mqtt_number(received->packet, MQTT_QOS, 0) > highest)
        watch_find(player, client, WATCH_QOS, received->packet);
}

/* ---- all of them ------------------------------------------------------- */

static void watch_problem_information(struct player *player,
                                      const struct client *client,
                                      const struct mqtt_packet *packet)
{
    bool permitted = packet->type == MQTT_PUBLISH ||
                     packet->type == MQTT_CONNACK ||
                     packet->type == MQTT_DISCONNECT;

    if (client->no_problem_information && !permitted &&
        (mqtt_value_at(packet, MQTT_REASON_STRING, 0) ||
         mqtt_value_at(packet, MQTT_USER_PROPERTY, 0)))
        watch_find(player, client, WATCH_PROBLEM_INFORMATION, packet);
}

static void watch_by_type(struct player *player, const struct client *client,
                          const struct received *received)
{
    const struct mqtt_packet *packet = received->packet;
    switch (packet->type) {
    case MQTT_CONNACK:
        watch_connack(player, client, packet);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBCOMP:
        watch_publish_answer(player, client, packet);
        break;
    case MQTT_SUBACK:
        watch_answer(player, client, packet, WATCH_SUBACK_ID,
                     WATCH_SUBACK_CODES, true);
        note_granted(client, packet);
        break;
    case MQTT_UNSUBACK:
        watch_answer(player, client, packet, WATCH_UNSUBACK_ID,
                     WATCH_UNSUBACK_CODES, client->version == MQTT_5_0);
        break;
    case MQTT_PUBLISH:
        watch_publish(player, client, received);
        break;
    case MQTT_AUTH:
        if (!client->sent_method)
            watch_find(player, client, WATCH_METHOD, packet);
        break;
    default:
        break;
    }
}

void agreement_watch(struct player *player, struct client *client,
                     const struct received *received)
{
    if (client->blind || !client->connect_sent || !client->identity)
        return;
    watch_problem_information(player, client, received->packet);
    watch_by_type(player, client, received);
}
