/* What a sent packet changes. */
#include "engine/play_draft.h"

static struct slice bytes_of(const struct draft *draft, enum mqtt_field field)
{
    const struct mqtt_value *value = drafted_value(draft, field);
    return value ? value->bytes : (struct slice){0};
}

static void leave(struct player *player, struct slice **list, size_t *room,
                  size_t *count, struct slice what)
{
    for (size_t i = 0; i < *count; i++)
        if (slice_equal((*list)[i], what))
            return;
    if (play_grow(player, list, room, *count, sizeof what))
        (*list)[(*count)++] = arena_slice(player->arena, what);
}

static void leave_topic(struct player *player, struct slice topic)
{
    if (topic.size)
        leave(player, &player->leftovers.topics, &player->topic_room,
              &player->leftovers.topic_count, topic);
}

static void leave_session(struct draft *draft)
{
    bool kept = draft->client->version == MQTT_5_0
                    ? drafted_number(draft, MQTT_SESSION_EXPIRY_INTERVAL, 0) > 0
                    : drafted_number(draft, MQTT_CLEAN_START, 1) == 0;
    struct player *player = draft->player;
    if (kept && draft->client->sent_client_id.size)
        leave(player, &player->leftovers.client_ids, &player->id_room,
              &player->leftovers.client_id_count,
              draft->client->sent_client_id);
}

static void note_connect(struct draft *draft)
{
    struct client *client = draft->client;
    client->connect_sent = true;
    client->sent_keep_alive = drafted_number(draft, MQTT_KEEP_ALIVE, 0);
    client->sent_session_expiry =
        drafted_number(draft, MQTT_SESSION_EXPIRY_INTERVAL, 0);
    client->sent_receive_maximum =
        drafted_number(draft, MQTT_RECEIVE_MAXIMUM, 65535);
    client->sent_topic_alias_maximum =
        drafted_number(draft, MQTT_TOPIC_ALIAS_MAXIMUM, 0);
    client->sent_maximum_packet_size =
        drafted_number(draft, MQTT_MAXIMUM_PACKET_SIZE, 0);
    client->sent_client_id =
        arena_slice(draft->player->arena, bytes_of(draft, MQTT_CLIENT_ID));
    client->identity = client_identity(draft->player, client->sent_client_id);
    for (size_t i = 0; i < draft->send->field_count; i++)
        if (draft->send->fields[i].field == MQTT_KEEP_ALIVE)
            client->stated_keep_alive = true;
    leave_session(draft);
    if (drafted_number(draft, MQTT_WILL_RETAIN, 0))
        leave_topic(draft->player, bytes_of(draft, MQTT_WILL_TOPIC));
}

static void note_publish(struct draft *draft, uint32_t id)
{
    uint32_t qos = drafted_number(draft, MQTT_QOS, 0);
    if (qos)
        client_expect_answer(draft->client,
                             qos == 1 ? MQTT_PUBACK : MQTT_PUBREC, id);
    if (drafted_number(draft, MQTT_RETAIN, 0))
        leave_topic(draft->player, bytes_of(draft, MQTT_TOPIC));
}

static size_t filters_of(const struct draft *draft)
{
    size_t count = 0;
    for (size_t i = 0; i < draft->count; i++)
        count += draft->values[i].field == MQTT_FILTER;
    return count;
}

void drafted_sent(struct draft *draft, uint32_t id)
{
    struct client *client = draft->client;
    switch (draft->send->type) {
    case MQTT_CONNECT:
        note_connect(draft);
        break;
    case MQTT_PUBLISH:
        note_publish(draft, id);
        break;
    case MQTT_SUBSCRIBE:
        client_expect_parts(client, MQTT_SUBACK, id, filters_of(draft));
        break;
    case MQTT_UNSUBSCRIBE:
        client_expect_parts(client, MQTT_UNSUBACK, id, filters_of(draft));
        break;
    case MQTT_PUBREL:
        client_expect_answer(client, MQTT_PUBCOMP, id);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBCOMP:
        watch_complete(client, id);
        break;
    case MQTT_PUBREC:
        if (drafted_number(draft, MQTT_REASON_CODE, 0) >= 0x80)
            watch_complete(client, id);
        else
            client_expect_answer(client, MQTT_PUBREL, id);
        break;
    case MQTT_PINGREQ:
        client_expect_pong(client, false);
        break;
    case MQTT_DISCONNECT:
        client->disconnect_sent = true;
        if (drafted_number(draft, MQTT_SESSION_EXPIRY_INTERVAL, 0))
            leave_session(draft);
        break;
    default:
        break;
    }
}
