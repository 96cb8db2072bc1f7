/* What the floor tells of a connection: bytes are cut into packets, and what
 * each of them changes is noted. */
#include "engine/play.h"

#include <string.h>

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
                         &findings, bytes);
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
    client_keep(player, client, received);
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
                         bytes);
    else
        watch_unreadable(player, client,
                         mqtt_rule_text(MQTT_RULE_LENGTH_MALFORMED), &findings,
                         bytes);
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
        if (frame == MQTT_FRAME_MALFORMED || size > PLAYER_PACKET_MAX) {
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
