/* What every packet of the broker must keep, judged in passing: findings
 * belong to their own statement, not to the case (language.md, section 7). */
#include "engine/play.h"

#include <string.h>

#define FINDINGS_MAX 100 /* of one play; more say nothing new */

struct watch_row {
    const char *text;
    const char *v31, *v311, *v50; /* statements; "" when there is none */
};
static const struct watch_row rows[] = {
    [WATCH_FIRST_PACKET] = {"a packet other than CONNACK or AUTH came first",
                            "V3.1-CONNACK-2", "MQTT-3.2.0-1", "MQTT-3.2.0-1"},
    [WATCH_SECOND_CONNACK] = {"a second CONNACK came on one connection", "", "",
                              "MQTT-3.2.0-2"},
    [WATCH_AFTER_REFUSAL] = {"a packet followed a CONNACK that refuses", "",
                             "MQTT-3.2.2-5", "MQTT-3.2.2-7"},
    [WATCH_AFTER_DISCONNECT] = {"a packet followed the broker's DISCONNECT", "",
                                "", "MQTT-3.14.4-1"},
    [WATCH_EARLY_DISCONNECT] = {"DISCONNECT came before a CONNACK with a "
                                "reason code below 0x80",
                                "", "", "MQTT-3.14.0-1"},
    [WATCH_PACKET_SIZE] = {"a packet is larger than the client's Maximum "
                           "Packet Size",
                           "", "", "MQTT-3.1.2-24"},
    [WATCH_ALIAS_MAXIMUM] = {"a Topic Alias is above the client's Topic "
                             "Alias Maximum",
                             "", "", "MQTT-3.1.2-26"},
    [WATCH_ALIAS_UNKNOWN] = {"a Topic Alias without a topic was never set "
                             "on this connection",
                             "", "", "BEYOND-topic-alias-5"},
    [WATCH_RECEIVE_MAXIMUM] = {"more deliveries are unacknowledged than the "
                               "client's Receive Maximum",
                               "", "", "MQTT-3.3.4-9"},
    [WATCH_ID_IN_USE] = {"a new delivery uses a packet identifier that is "
                         "still in use",
                         "V3.1-FRAMING-3", "MQTT-2.3.1-4", "MQTT-2.2.1-4"},
    [WATCH_REPEATED] = {"a delivery was repeated on a live connection", "", "",
                        "MQTT-4.4.0-1"},
    [WATCH_UNREADABLE] = {"the broker sent a packet that cannot be read", "",
                          "", ""},
    [WATCH_TEXT_FRAME] = {"a WebSocket data frame is not binary", "",
                          "MQTT-6.0.0-1", "MQTT-6.0.0-1"},
    [WATCH_MASKED_FRAME] = {"a WebSocket frame of the broker is masked",
                            "BEYOND-websocket-3", "BEYOND-websocket-3",
                            "BEYOND-websocket-3"},
    [WATCH_BAD_FRAME] = {"the broker broke the WebSocket protocol",
                         "BEYOND-websocket-7", "BEYOND-websocket-7",
                         "BEYOND-websocket-7"},
    [WATCH_SESSION_PRESENT] = {"Session Present is set for a CONNECT with "
                               "Clean Start 1",
                               "", "MQTT-3.2.2-1", "MQTT-3.2.2-2"},
    [WATCH_ASSIGNED_ID] = {"a Client Identifier is assigned to a client that "
                           "has one",
                           "", "", "BEYOND-connack-2"},
    [WATCH_NO_ASSIGNED_ID] = {"no Client Identifier is assigned to a client "
                              "that has none",
                              "", "", "MQTT-3.2.2-16"},
    [WATCH_RESPONSE_INFORMATION] = {"Response Information came unasked", "", "",
                                    "MQTT-3.1.2-28"},
    [WATCH_PROBLEM_INFORMATION] = {"a Reason String or User Property came "
                                   "although the client asked for none",
                                   "", "", "MQTT-3.1.2-29"},
    [WATCH_METHOD] = {"enhanced authentication came although CONNECT had no "
                      "Authentication Method",
                      "", "", "MQTT-4.12.0-6"},
    [WATCH_PUBLISH_ANSWER] = {"no packet with this identifier was ever sent",
                              "V3.1-QOS1-1", "MQTT-2.3.1-6", "MQTT-2.2.1-5"},
    [WATCH_SUBACK_ID] = {"no SUBSCRIBE with this identifier waits for SUBACK",
                         "V3.1-SUBSCRIBE-1", "MQTT-2.3.1-7", "MQTT-2.2.1-6"},
    [WATCH_UNSUBACK_ID] = {"no UNSUBSCRIBE with this identifier waits for "
                           "UNSUBACK",
                           "V3.1-UNSUBSCRIBE-1", "MQTT-2.3.1-7",
                           "MQTT-2.2.1-6"},
    [WATCH_SUBACK_CODES] = {"SUBACK has not one code for each filter",
                            "V3.1-SUBSCRIBE-1", "MQTT-3.8.4-5", "MQTT-3.8.4-6"},
    [WATCH_UNSUBACK_CODES] = {"UNSUBACK has not one code for each filter", "",
                              "", "MQTT-3.11.3-2"},
    [WATCH_QOS] = {"a message came with a QoS above the granted one",
                   "V3.1-SUBSCRIBE-3", "MQTT-3.8.4-6", "MQTT-3.8.4-8"},
};

static const char *statement_of(const struct watch_row *row,
                                enum mqtt_version version)
{
    return version == MQTT_5_0     ? row->v50
           : version == MQTT_3_1_1 ? row->v311
                                   : row->v31;
}

static bool is_own_statement(const struct player *player, const char *statement)
{
    const struct script *script = player->script;
    for (size_t i = 0; i < script->statement_count; i++)
        if (strcmp(script->statements[i], statement) == 0)
            return true;
    return false;
}

/* A finding about a statement of the case itself fails the case. */
static void fail_case(struct player *player, const struct client *client,
                      const char *text, const char *detail)
{
    if (player->finding.kind != FAILURE_NONE || player->finished)
        return;
    player->finding.kind = FAILURE_WRONG_PACKET;
    player->finding.message = text;
    player->finding.client = client->name;
    player->finding.expected = "";
    player->finding.actual = detail;
    player->finding.statements = "";
    player->finding.source = player->script->source;
    player->finding.time = player->now - player->started;
    play_end(player, VERDICT_FAIL);
}

static void find(struct player *player, const struct client *client,
                 const char *text, const char *statement, const char *detail)
{
    if (player->passive_count >= FINDINGS_MAX ||
        !play_grow(player, &player->passive, &player->passive_room,
                   player->passive_count, sizeof *player->passive))
        return;
    player->passive[player->passive_count++] =
        (struct passive_finding){statement, text, detail};
    play_note(player, "%s: %s", text, detail);
    if (*statement && is_own_statement(player, statement))
        fail_case(player, client, text, detail);
}

void watch_find(struct player *player, const struct client *client,
                enum watch_rule rule, const struct mqtt_packet *packet)
{
    find(player, client, rows[rule].text,
         statement_of(&rows[rule], client->version),
         play_packet_text(player, packet));
}

static void find_other(struct player *player, const struct client *client,
                       enum watch_rule rule, const char *detail)
{
    find(player, client, rows[rule].text,
         statement_of(&rows[rule], client->version), detail);
}

/* ---- topic aliases, broker to client (5.0: 3.3.2.3.4) ------------------ */

static struct alias *alias_of(const struct client *client, uint32_t number)
{
    for (struct alias *a = client->aliases; a; a = a->next)
        if (a->number == number)
            return a;
    return NULL;
}

static void set_alias(struct player *player, struct client *client,
                      uint32_t number, struct slice topic)
{
    struct alias *alias = alias_of(client, number);
    if (!alias) {
        alias = arena_alloc(player->arena, sizeof *alias);
        if (!alias) {
            player->no_memory = true;
            return;
        }
        alias->number = number;
        alias->next = client->aliases;
        client->aliases = alias;
    }
    alias->topic = arena_slice(player->arena, topic);
}

static void resolve_topic(struct player *player, struct client *client,
                          struct received *received)
{
    const struct mqtt_packet *packet = received->packet;
    const struct mqtt_value *topic =
        mqtt_value_at(received->packet, MQTT_TOPIC, 0);
    uint32_t number = mqtt_number(received->packet, MQTT_TOPIC_ALIAS, 0);
    received->topic = topic ? topic->bytes : (struct slice){0};
    if (!number)
        return;
    if (number > client->sent_topic_alias_maximum && !client->blind)
        watch_find(player, client, WATCH_ALIAS_MAXIMUM, packet);
    if (received->topic.size) {
        set_alias(player, client, number, received->topic);
        return;
    }
    struct alias *alias = alias_of(client, number);
    if (alias)
        received->topic = alias->topic;
    else
        watch_find(player, client, WATCH_ALIAS_UNKNOWN, packet);
}

/* ---- deliveries in flight ---------------------------------------------- */

struct flight {
    uint32_t packet_id;
};

void watch_reset(struct client *client)
{
    client->flight_count = 0;
}

void watch_complete(struct client *client, uint32_t packet_id)
{
    for (size_t i = 0; i < client->flight_count; i++)
        if (client->flights[i].packet_id == packet_id) {
            client->flights[i] = client->flights[--client->flight_count];
            return;
        }
}

static bool in_flight(const struct client *client, uint32_t packet_id)
{
    for (size_t i = 0; i < client->flight_count; i++)
        if (client->flights[i].packet_id == packet_id)
            return true;
    return false;
}

static bool add_flight(struct client *client, uint32_t packet_id)
{
    if (client->flight_count == client->flight_room) {
        size_t room = client->flight_room ? client->flight_room * 2 : 8;
        struct flight *flights =
            memory_resize(client->flights, room * sizeof *flights);
        if (!flights)
            return false;
        client->flights = flights;
        client->flight_room = room;
    }
    client->flights[client->flight_count++].packet_id = packet_id;
    return true;
}

static void watch_delivery(struct player *player, struct client *client,
                           const struct mqtt_packet *packet)
{
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);
    if (!mqtt_number(packet, MQTT_QOS, 0) || !id)
        return;
    if (in_flight(client, id)) {
        bool dup = mqtt_number(packet, MQTT_DUP, 0) != 0;
        if (!dup)
            watch_find(player, client, WATCH_ID_IN_USE, packet);
        else if (client->version == MQTT_5_0)
            watch_find(player, client, WATCH_REPEATED, packet);
        return;
    }
    if (!add_flight(client, id)) {
        player->no_memory = true;
        return;
    }
    if (client->version == MQTT_5_0 &&
        client->flight_count > client->sent_receive_maximum)
        watch_find(player, client, WATCH_RECEIVE_MAXIMUM, packet);
}

/* ---- the order of packets on a connection ------------------------------ */

static void watch_before_connack(struct player *player,
                                 const struct client *client,
                                 const struct mqtt_packet *packet)
{
    if (packet->type == MQTT_DISCONNECT)
        watch_find(player, client, WATCH_EARLY_DISCONNECT, packet);
    else if (packet->type != MQTT_CONNACK && packet->type != MQTT_AUTH)
        watch_find(player, client, WATCH_FIRST_PACKET, packet);
}

static void watch_order(struct player *player, const struct client *client,
                        const struct mqtt_packet *packet)
{
    if (client->disconnect_seen)
        watch_find(player, client, WATCH_AFTER_DISCONNECT, packet);
    else if (!client->connack_seen)
        watch_before_connack(player, client, packet);
    else if (packet->type == MQTT_CONNACK)
        watch_find(player, client, WATCH_SECOND_CONNACK, packet);
    else if (!client->connack_good)
        watch_find(player, client,
                   packet->type == MQTT_DISCONNECT ? WATCH_EARLY_DISCONNECT
                                                   : WATCH_AFTER_REFUSAL,
                   packet);
}

void watch_packet(struct player *player, struct client *client,
                  struct received *received,
                  const struct mqtt_findings *findings)
{
    const struct mqtt_packet *packet = received->packet;
    for (size_t i = 0; i < findings->count; i++) {
        enum mqtt_rule rule = findings->rows[i].rule;
        const char *id = mqtt_finding_statement(&findings->rows[i],
                                                client->version, packet->type);
        find(player, client, mqtt_rule_text(rule), id ? id : "",
             play_packet_text(player, packet));
        if (rule == MQTT_RULE_DIRECTION || rule == MQTT_RULE_TYPE)
            received->taken = true; /* no step could name it */
    }
    if (client->sent_maximum_packet_size &&
        packet->size > client->sent_maximum_packet_size)
        watch_find(player, client, WATCH_PACKET_SIZE, packet);
    watch_order(player, client, packet);
    if (packet->type == MQTT_PUBLISH) {
        resolve_topic(player, client, received);
        watch_delivery(player, client, packet);
    }
    agreement_watch(player, client, received);
}

void watch_unreadable(struct player *player, struct client *client,
                      const char *why, const struct mqtt_findings *findings,
                      struct slice bytes)
{
    enum mqtt_type type = (enum mqtt_type)(bytes.data[0] >> 4);
    client->unreadable = true;
    for (size_t i = 0; findings && i < findings->count; i++) {
        const char *id =
            mqtt_finding_statement(&findings->rows[i], client->version, type);
        if (id)
            find(player, client, mqtt_rule_text(findings->rows[i].rule), id,
                 play_bytes_text(player, bytes));
    }
    find_other(player, client, WATCH_UNREADABLE, why);
    if (!player->finished)
        play_inconclusive(player, NULL,
                          "a packet from the broker to %s cannot be read: %s",
                          client->name, why);
}

void watch_text_frame(struct player *player, struct client *client,
                      const char *why)
{
    find_other(player, client, WATCH_TEXT_FRAME, why);
}

void watch_bad_close(struct player *player, struct client *client,
                     const char *why)
{
    find_other(player, client, WATCH_BAD_FRAME, why);
}

void watch_bad_frame(struct player *player, struct client *client, bool masked,
                     const char *why)
{
    client->unreadable = true;
    find_other(player, client, masked ? WATCH_MASKED_FRAME : WATCH_BAD_FRAME,
               why);
    if (!player->finished)
        play_inconclusive(player, NULL,
                          "what %s gets cannot be read any more: %s",
                          client->name, why);
}
