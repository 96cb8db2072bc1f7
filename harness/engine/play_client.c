#include "engine/play.h"

#include <string.h>

/* A packet that is larger is not one that any case asks for. */
#define PACKET_CAP (32u << 20)
/* So many packets, or bytes, that no step has taken are a flood. */
#define PINGS_MAX 64 /* open at once: the bits of own_pings */
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
    client->stream = buffer_make(PACKET_CAP + 5);
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

/* ---- what comes from the broker ---------------------------------------- */

/* A PINGRESP to a ping of the player's own is nobody else's. */
static bool answers_own_ping(struct client *client)
{
    if (!client->pings)
        return false;
    bool own = client->own_pings & 1;
    client->own_pings >>= 1;
    client->pings--;
    return own;
}

static void note_connack(struct client *client,
                         const struct mqtt_packet *packet)
{
    client->connack_seen = true;
    client->connack_good = mqtt_number(packet, MQTT_REASON_CODE, 255) == 0;
    client->granted_receive_maximum =
        mqtt_number(packet, MQTT_RECEIVE_MAXIMUM, 65535);
    uint32_t keep_alive =
        mqtt_number(packet, MQTT_SERVER_KEEP_ALIVE, client->sent_keep_alive);
    if (client->connack_good && !client->stated_keep_alive && keep_alive)
        client->ping_every = keep_alive * INT64_C(500000000);
}

static void note_packet(struct client *client, struct received *received)
{
    switch (received->packet->type) {
    case MQTT_CONNACK:
        note_connack(client, received->packet);
        client->authenticating = false;
        break;
    case MQTT_DISCONNECT:
        client->disconnect_seen = true;
        break;
    case MQTT_AUTH:
        client->authenticating =
            mqtt_number(received->packet, MQTT_REASON_CODE, 0) == 0x18;
        break;
    case MQTT_PINGRESP:
        received->unasked = !client->pings && !client->opaque && !client->blind;
        received->taken = answers_own_ping(client);
        break;
    default:
        break;
    }
}

static void append(struct player *player, struct client *client,
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

static void receive_packet(struct player *player, struct client *client,
                           struct slice bytes, int64_t time)
{
    struct mqtt_findings findings = {.count = 0};
    bool readable = true;
    struct mqtt_packet *packet =
        mqtt_decode(bytes, client->version, true, &findings, &readable);
    say_packet(player, client, false, bytes, time);
    if (!packet && !readable) {
        watch_unreadable(player, client,
                         findings.count ? mqtt_rule_text(findings.rows[0].rule)
                                        : "a packet that cannot be read",
                         &findings, (enum mqtt_type)(bytes.data[0] >> 4));
        return;
    }
    struct received *received =
        packet ? memory_zero(1, sizeof *received) : NULL;
    if (!received) {
        mqtt_packet_free(packet);
        player->no_memory = true;
        return;
    }
    received->packet = packet;
    received->time = time;
    received->index = client->packets++;
    watch_packet(player, client, received, &findings);
    note_packet(client, received);
    append(player, client, received);
}

/* The packet has no length that can be read, or a giant one. */
static void watch_frame(struct player *player, struct client *client,
                        struct slice bytes, size_t size)
{
    const struct mqtt_findings findings = {
        {{.rule = MQTT_RULE_LENGTH_MALFORMED, .field = MQTT_REMAINING_LENGTH}},
        1};
    if (size)
        watch_unreadable(player, client,
                         "a packet larger than any that was asked for", NULL,
                         (enum mqtt_type)0);
    else
        watch_unreadable(player, client,
                         mqtt_rule_text(MQTT_RULE_LENGTH_MALFORMED), &findings,
                         (enum mqtt_type)(bytes.data[0] >> 4));
}

/* Cuts the stream into packets. Whole packets are read in place; only what is
 * unfinished is kept. */
static void receive_bytes(struct player *player, struct client *client,
                          struct slice bytes, int64_t time)
{
    bool kept = client->stream.size > 0;
    if (kept) {
        buffer_append_slice(&client->stream, bytes);
        bytes = buffer_slice(&client->stream);
    }
    size_t used = 0;
    while (used < bytes.size && !client->unreadable && !player->finished) {
        struct slice rest = slice_make(bytes.data + used, bytes.size - used);
        size_t size = 0;
        enum mqtt_frame frame = mqtt_frame(rest, &size);
        if (frame == MQTT_FRAME_MALFORMED || size > PACKET_CAP) {
            say_packet(player, client, false, rest, time);
            watch_frame(player, client, rest, size);
            break;
        }
        if (frame == MQTT_FRAME_MORE)
            break;
        receive_packet(player, client, slice_make(rest.data, size), time);
        used += size;
    }
    if (client->unreadable)
        buffer_clear(&client->stream);
    else if (kept)
        buffer_drop(&client->stream, used);
    else
        buffer_append(&client->stream, bytes.data + used, bytes.size - used);
    if (client->stream.failed)
        player->no_memory = true;
    client->stream_time = time;
    client->stream_said = 0;
}

void client_say_unfinished(struct player *player, struct client *client)
{
    struct slice bytes = buffer_slice(&client->stream);
    if (bytes.size > client->stream_said)
        say_packet(player, client, false, bytes, client->stream_time);
    client->stream_said = bytes.size;
}

/* ---- events of the connection ------------------------------------------ */

static void on_sign(struct player *player, struct client *client,
                    const struct net_event *event)
{
    client->signs[event->sign] = true;
    client_say_unfinished(player, client);
    if (client->own_close && !client->closing && client->link == LINK_NONE)
        return;
    if (client->link == LINK_OPEN || client->link == LINK_OPENING) {
        client->link = LINK_SIGNED;
        client->sign_time = event->time;
    }
    client->waits_for_drain = false;
    say(player, SAID_SIGN, client, event->time, "%s",
        net_sign_name(event->sign));
}

static void on_ended(struct player *player, struct client *client,
                     const struct net_event *event)
{
    if (client->link == LINK_NONE)
        return;
    if (client->link != LINK_SIGNED)
        client->sign_time = event->time;
    client->link = LINK_ENDED;
    client->ended_time = event->time;
    say(player, SAID_ENDED, client, event->time, "the broker ended TCP");
}

static void on_closed(struct client *client, const struct net_event *event)
{
    client->closing = client->waits_for_drain = false;
    client->closed_time = event->time;
    client->link = LINK_NONE;
}

static void on_failed(struct player *player, struct client *client,
                      const struct net_event *event)
{
    client->open_failure = arena_text(player->arena, event->text);
    client->link = LINK_NONE;
    say(player, SAID_NOTE, client, event->time, "not opened: %s", event->text);
}

static void happen(struct happened *what, const struct net_event *event,
                   unsigned number)
{
    what->seen = true;
    what->time = event->time;
    what->number = number;
}

static void on_upgrade(struct player *player, struct client *client,
                       const struct net_event *event)
{
    happen(&client->upgrade, event, event->status);
    client->upgrade.valid = event->accept_valid;
    client->upgrade.text =
        event->subprotocol
            ? arena_slice(player->arena, slice_of(event->subprotocol))
            : (struct slice){0};
    say(player, SAID_NOTE, client, event->time,
        "the upgrade was answered with status %u", event->status);
}

static void on_ws_control(struct player *player, struct client *client,
                          const struct net_event *event)
{
    if (event->kind == NET_EVENT_WS_PONG) {
        happen(&client->ws_pong, event, 0);
        client->ws_pong.text = arena_slice(player->arena, event->bytes);
        say(player, SAID_NOTE, client, event->time, "WebSocket Pong");
    } else if (event->kind == NET_EVENT_WS_CLOSE) {
        happen(&client->ws_close, event, event->code);
        say(player, SAID_NOTE, client, event->time,
            "WebSocket Close with code %u", event->code);
        if (event->text)
            watch_bad_close(player, client, event->text);
    } else {
        say(player, SAID_NOTE, client, event->time, "WebSocket Ping, answered");
    }
}

void client_event(struct player *player, size_t number,
                  const struct net_event *event)
{
    struct client *client = player->clients[number];
    switch (event->kind) {
    case NET_EVENT_OPENED:
        if (client->link == LINK_OPENING)
            client->link = LINK_OPEN;
        say(player, SAID_OPENED, client, event->time, "connected over %s",
            net_transport_name(client->transport));
        break;
    case NET_EVENT_TLS:
        happen(&client->tls, event, event->tls_version);
        break;
    case NET_EVENT_UPGRADE:
        on_upgrade(player, client, event);
        break;
    case NET_EVENT_DATA:
        if (client->bare)
            say(player, SAID_NOTE, client, event->time,
                "%zu bytes below MQTT came", event->bytes.size);
        receive_bytes(player, client, event->bytes, event->time);
        break;
    case NET_EVENT_WS_PING:
    case NET_EVENT_WS_PONG:
    case NET_EVENT_WS_CLOSE:
        on_ws_control(player, client, event);
        break;
    case NET_EVENT_WS_BAD:
        watch_bad_frame(player, client, event->masked, event->text);
        break;
    case NET_EVENT_WS_TEXT:
        watch_text_frame(player, client, event->text);
        break;
    case NET_EVENT_SIGN:
        on_sign(player, client, event);
        break;
    case NET_EVENT_ENDED:
        on_ended(player, client, event);
        break;
    case NET_EVENT_CLOSED:
        on_closed(client, event);
        break;
    case NET_EVENT_FAILED:
        on_failed(player, client, event);
        break;
    case NET_EVENT_DRAINED:
        client->waits_for_drain = false;
        break;
    }
}

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
