#include "engine/play.h"

#include <string.h>

#define PINGS_MAX 64 /* open at once: the bits of own_pings */
/* So many packets, or bytes, that no step has taken are a flood. */
#define UNTAKEN_MAX 10000
#define UNTAKEN_CAP ((size_t)64 << 20)

static const struct client_options *options_of(const struct script *script,
                                               const char *name)
{
    for (size_t i = 0; i < script->client_count; i++) {
        const char *pattern = script->clients[i].name;
        size_t length = strlen(pattern);
        if (strcmp(pattern, name) == 0)
            return &script->clients[i];
        if (length && pattern[length - 1] == '*' &&
            strncmp(pattern, name, length - 1) == 0)
            return &script->clients[i];
    }
    return NULL;
}

static struct client *make_client(struct player *player, const char *name)
{
    struct client *client = arena_alloc(player->arena, sizeof *client);
    if (!client)
        return NULL;
    const struct client_options *options = options_of(player->script, name);
    client->name = name;
    client->version = options && options->has_version ? options->version
                                                      : player->script->version;
    client->transport = options && options->has_transport
                            ? options->transport
                            : player->script->transport;
    client->endpoint =
        options && options->endpoint ? options->endpoint : "default";
    client->account =
        options && options->account ? options->account : "default";
    client->server_name = options ? options->server_name : NULL;
    client->reading = true;
    client->stream = buffer_make(PLAYER_PACKET_MAX + 5);
    return client;
}

struct client *play_client(struct player *player, const char *name,
                           size_t *number)
{
    for (size_t i = 0; i < player->client_count; i++)
        if (strcmp(player->clients[i]->name, name) == 0) {
            *number = i;
            return player->clients[i];
        }
    if (player->client_count >= CLIENTS_MAX ||
        !play_grow(player, &player->clients, &player->client_room,
                   player->client_count, sizeof *player->clients))
        return NULL;
    struct client *client = make_client(player, name);
    if (!client)
        return NULL;
    *number = player->client_count;
    player->clients[player->client_count++] = client;
    return client;
}

struct identity *client_identity(struct player *player, struct slice id)
{
    for (struct identity *i = player->identities; i; i = i->next)
        if (slice_equal(i->client_id, id))
            return i;
    struct identity *identity = arena_alloc(player->arena, sizeof *identity);
    if (!identity) {
        player->no_memory = true;
        return NULL;
    }
    identity->client_id = arena_slice(player->arena, id);
    identity->next = player->identities;
    player->identities = identity;
    return identity;
}

/* ---- what is owed to us ------------------------------------------------ */

void client_expect_parts(struct client *client, enum mqtt_type answer,
                         uint32_t packet_id, size_t parts)
{
    size_t room = sizeof client->requests / sizeof client->requests[0];
    if (client->request_count == room) {
        client->opaque = true; /* too many to follow */
        return;
    }
    client->requests[client->request_count++] =
        (struct request){answer, packet_id, parts};
}

void client_expect_answer(struct client *client, enum mqtt_type answer,
                          uint32_t packet_id)
{
    client_expect_parts(client, answer, packet_id, 0);
}

void client_expect_pong(struct client *client, bool own)
{
    if (client->pings == PINGS_MAX) {
        client->opaque = true;
        return;
    }
    client->own_pings |= (uint64_t)own << client->pings;
    client->pings++;
}

bool client_has_request(const struct client *client, enum mqtt_type answer,
                        uint32_t packet_id)
{
    for (size_t i = 0; i < client->request_count; i++)
        if (client->requests[i].answer == answer &&
            client->requests[i].packet_id == packet_id)
            return true;
    return false;
}

bool client_forget_answer(struct client *client, enum mqtt_type answer,
                          uint32_t packet_id)
{
    for (size_t i = 0; i < client->request_count; i++)
        if (client->requests[i].answer == answer &&
            client->requests[i].packet_id == packet_id) {
            client->requests[i] = client->requests[--client->request_count];
            return true;
        }
    return false;
}

/* ---- the queue --------------------------------------------------------- */

static void free_received(struct received *received)
{
    mqtt_packet_free(received->packet);
    memory_free(received);
}

/* Packets that were taken leave from the front; the record has their text. */
static void trim(const struct player *player, struct client *client)
{
    while (!player->holding && client->first && client->first->taken &&
           client->first->next) {
        struct received *old = client->first;
        client->first = old->next;
        free_received(old);
    }
}

void client_free(struct client *client)
{
    while (client->first) {
        struct received *old = client->first;
        client->first = old->next;
        free_received(old);
    }
    client->last = NULL;
    buffer_free(&client->stream);
    memory_free(client->flights);
    client->flights = NULL;
}

struct received *client_oldest(const struct client *client, enum mqtt_type type)
{
    for (struct received *r = client->first; r; r = r->next)
        if (!r->taken && (!type || r->packet->type == type))
            return r;
    return NULL;
}

static void fail_flood(struct player *player, struct client *client,
                       const struct received *received)
{
    struct failure failure = {
        FAILURE_EXTRA_PACKET, received->time,
        "the broker sends without end what no step expects", "nothing more",
        play_packet_text(player, received->packet)};
    client->unreadable = true;
    play_failed(player, NULL, &failure);
}

static void take_publish(struct client *client, const struct received *received)
{
    uint32_t id = mqtt_number(received->packet, MQTT_PACKET_ID, 0);
    if (id)
        client->taken_id[MQTT_PUBLISH] = id;
}

void client_take(struct player *player, struct client *client,
                 struct received *received)
{
    enum mqtt_type type = received->packet->type;
    received->taken = true;
    client->untaken--;
    client->untaken_of[type]--;
    client->untaken_bytes -= received->packet->size;
    if (type == MQTT_PUBLISH)
        take_publish(client, received);
    else
        client->taken_id[type] = mqtt_number(received->packet, MQTT_PACKET_ID,
                                             client->taken_id[type]);
    client_forget_answer(client, type,
                         mqtt_number(received->packet, MQTT_PACKET_ID, 0));
    (void)player;
}

void client_keep(struct player *player, struct client *client,
                 struct received *received)
{
    trim(player, client);
    if (client->last)
        client->last->next = received;
    else
        client->first = received;
    client->last = received;
    if (received->taken)
        return;
    client->untaken++;
    client->untaken_of[received->packet->type]++;
    client->untaken_bytes += received->packet->size;
    if (client->untaken > UNTAKEN_MAX || client->untaken_bytes > UNTAKEN_CAP)
        fail_flood(player, client, received);
}

bool client_ended(const struct client *client)
{
    return client->link == LINK_SIGNED || client->link == LINK_ENDED;
}

bool client_is_sound(const struct client *client)
{
    return client->link == LINK_OPEN && client->connack_good &&
           !client->disconnect_sent && !client->disconnect_seen &&
           !client->unfinished_out && !client->mid_packet && client->reading &&
           !client->own_close && !client->authenticating && !client->unreadable;
}

bool client_end_is_open(struct player *player, struct client *client)
{
    return client_ended(client) && !client->end_taken &&
           !client->disconnect_sent && !client->own_close &&
           !player->broker_permits && !permission_covers_end(player, client);
}

/* ---- a new connection ------------------------------------------------- */

static void forget_aliases(struct client *client)
{
    client->aliases = NULL; /* the arena keeps them */
}

void client_renew(struct player *player, struct client *client)
{
    client_say_unfinished(player, client);
    client->connections++;
    client->link = LINK_OPENING;
    client->manual = false;
    client->connack_seen = client->connack_good = false;
    client->connect_sent = false;
    client->disconnect_sent = client->disconnect_seen = false;
    client->unfinished_out = client->authenticating = false;
    client->own_close = client->end_taken = client->closing = false;
    client->unreadable = client->opaque = client->blind = false;
    client->sent_clean_start = client->sent_method = false;
    client->no_problem_information = client->no_response_information = false;
    client->waits_for_drain = client->mid_packet = false;
    client->reading = true;
    memset(client->signs, 0, sizeof client->signs);
    client->open_failure = NULL;
    client->tls = client->upgrade = (struct happened){0};
    client->ws_pong = client->ws_close = (struct happened){0};
    client->packets = 0;
    client->permissions = NULL;
    client->request_count = 0;
    client->pings = 0;
    client->own_pings = 0;
    client->ping_every = 0;
    client->stated_keep_alive = false;
    client->sent_receive_maximum = client->granted_receive_maximum = 65535;
    client->sent_topic_alias_maximum = 0;
    client->sent_maximum_packet_size = 0;
    buffer_clear(&client->stream);
    client->stream_said = 0;
    forget_aliases(client);
    watch_reset(client);
}
