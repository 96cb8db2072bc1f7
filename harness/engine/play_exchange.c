/* `ack: true`: an exchange carried to its successful end. */
#include "engine/play.h"

#include <stdio.h>

struct task *exchange_begin(struct player *player, struct task *parent,
                            size_t number, enum mqtt_type awaits,
                            uint32_t packet_id)
{
    struct task *exchange = task_new(player, parent, parent->step);
    if (!exchange)
        return NULL;
    exchange->kind = TASK_EXCHANGE;
    exchange->state = TASK_BUSY;
    exchange->begin = player->now;
    exchange->client = number;
    exchange->awaits = awaits;
    exchange->packet_id = packet_id;
    return exchange;
}

/* The largest reason code that still is a success. */
static uint32_t worst_code(const struct mqtt_packet *packet)
{
    uint32_t worst = 0;
    const struct mqtt_value *code;
    for (size_t i = 0; (code = mqtt_value_at(packet, MQTT_REASON_CODE, i)); i++)
        if (code->number > worst)
            worst = code->number;
    return worst;
}

static bool is_success(const struct received *received)
{
    uint32_t code = worst_code(received->packet);
    return received->packet->type == MQTT_CONNACK ? code == 0 : code < 0x80;
}

static void finish(struct player *player, struct task *exchange,
                   const struct received *received)
{
    exchange->state = TASK_DONE;
    if (exchange->parent)
        exchange->parent->last_match = received->time;
    (void)player;
}

/* One more move of the profile's authentication method. */
static void answer_auth(struct player *player, struct task *exchange)
{
    struct environment environment = play_environment(player);
    struct value method, data;
    struct client *client = player->clients[exchange->client];
    if (!environment.lookup(environment.user, "auth.method", &method) ||
        !environment.auth(environment.user, slice_of("reply"), &data)) {
        play_error(player, exchange, "the profile states no authentication");
        return;
    }
    struct mqtt_value values[] = {
        {.field = MQTT_REASON_CODE, .number = 0x18},
        {.field = MQTT_AUTHENTICATION_METHOD, .bytes = method.bytes},
        {.field = MQTT_AUTHENTICATION_DATA, .bytes = data.bytes}};
    struct mqtt_packet packet = {client->version, MQTT_AUTH, 0, 0, 0,
                                 values,          3};
    struct buffer wire = buffer_make(65536 * 3);
    int64_t began;
    bool drained;
    if (!mqtt_encode(&packet, NULL, &wire)) {
        player->no_memory = true;
    } else {
        say_packet(player, client, true, buffer_slice(&wire), player->now);
        player->settings.stage.send(player->settings.stage.user,
                                    exchange->client, buffer_slice(&wire), NULL,
                                    &began, &drained);
    }
    buffer_free(&wire);
}

static void refuse(struct player *player, struct task *exchange,
                   const struct received *received)
{
    char message[100];
    snprintf(message, sizeof message, "%s refuses what was asked for",
             mqtt_type_name(received->packet->type));
    struct failure failure = {FAILURE_WRONG_FIELD, received->time, message,
                              "a reason code that means success",
                              play_packet_text(player, received->packet)};
    exchange->state = TASK_DONE;
    play_failed(player, exchange, &failure);
}

/* It came before what it would have to answer was sent. */
static void refuse_unasked(struct player *player, struct task *exchange,
                           const struct received *received)
{
    struct failure failure = {FAILURE_EXTRA_PACKET, received->time,
                              "a packet came that nothing had asked for",
                              "nothing more",
                              play_packet_text(player, received->packet)};
    exchange->state = TASK_DONE;
    play_failed(player, exchange, &failure);
}

void exchange_take(struct player *player, struct task *exchange,
                   struct received *received)
{
    enum mqtt_type type = received->packet->type;
    if (received->unasked) {
        refuse_unasked(player, exchange, received);
        return;
    }
    if (type == MQTT_AUTH) {
        answer_auth(player, exchange);
        return;
    }
    if (!is_success(received)) {
        refuse(player, exchange, received);
        return;
    }
    uint32_t id = exchange->packet_id;
    if (type == MQTT_PUBREC) {
        play_write(player, exchange->client, MQTT_PUBREL, id, 0, false);
        exchange->awaits = MQTT_PUBCOMP;
        exchange->begin = player->now;
        return;
    }
    if (type == MQTT_PUBREL)
        play_write(player, exchange->client, MQTT_PUBCOMP, id, 0, false);
    finish(player, exchange, received);
}

static bool fail_exchange(struct player *player, struct task *exchange,
                          enum failure_kind kind, int64_t seen,
                          const char *message)
{
    const struct client *client = player->clients[exchange->client];
    struct failure failure = {kind, seen, message,
                              play_expected(player, exchange),
                              play_arrived_text(player, client)};
    exchange->state = TASK_DONE;
    play_failed(player, exchange, &failure);
    return true;
}

bool exchange_settle(struct player *player, struct task *exchange)
{
    const struct client *client = player->clients[exchange->client];
    const char *fence = exchange->fenced
                            ? "the broker closed the connection, which no "
                              "step expects"
                            : "the connection ended before the answer came";
    if (client_ended(client))
        return fail_exchange(player, exchange, FAILURE_CLOSED,
                             client->sign_time, fence);
    if (client->open_failure) {
        play_error(player, exchange, "%s could not connect: %s", client->name,
                   client->open_failure);
        return true;
    }
    int64_t until = exchange->begin + play_patient(player, PLAYER_LIMIT);
    if (player->now >= until)
        return fail_exchange(player, exchange, FAILURE_MISSING_PACKET, 0,
                             "the answer did not come in time");
    play_wake(player, until);
    return false;
}
