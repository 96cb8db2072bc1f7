/* Leaves: what they want, and what taking a packet does. */
#include "engine/play.h"

#include <stdio.h>

/* A part of a `spread` waits at each of the clients. */
static void move_to_member(const struct player *player, struct task *leaf,
                           const struct client *client)
{
    const struct task *group = leaf->parent;
    if (!leaf->single || !group || leaf->got)
        return;
    for (size_t i = 0; i < group->member_count; i++)
        if (player->clients[group->members[i]] == client)
            leaf->client = group->members[i];
}

bool leaf_wants(struct player *player, struct task *leaf,
                const struct client *client, const struct received *received)
{
    move_to_member(player, leaf, client);
    if (leaf->client >= player->client_count ||
        play_client_at(player, leaf) != client)
        return false;
    enum mqtt_type type = received->packet->type;
    if (leaf->kind == TASK_EXCHANGE)
        return type == leaf->awaits ||
               (leaf->awaits == MQTT_CONNACK && type == MQTT_AUTH);
    const struct expect_step *expect = leaf->step->expect;
    if (expect->thing == THING_REJECTED)
        return rejection_takes(client, type);
    return expect->thing == THING_PACKET && expect->type == type && !leaf->over;
}

enum match_result leaf_matches(struct player *player, struct task *leaf,
                               struct received *received, const char **wrong)
{
    *wrong = NULL;
    if (leaf->kind == TASK_EXCHANGE) {
        *wrong = "packet_id";
        return !leaf->packet_id ||
                       leaf->packet_id ==
                           mqtt_number(received->packet, MQTT_PACKET_ID, 0)
                   ? MATCH_YES
                   : MATCH_NO;
    }
    const struct expect_step *expect = leaf->step->expect;
    if (expect->thing == THING_REJECTED)
        return rejection_matches(player, leaf, received, wrong);
    if (expect->first && received->index != 0) {
        *wrong = "first";
        return MATCH_NO;
    }
    if (expect->gaps && leaf->total > 1)
        return play_match_gaps(player, leaf, received, wrong);
    if (play_out_of_turn(player, leaf, received)) {
        *wrong = "order";
        return MATCH_NO;
    }
    if (!play_answers_request(leaf->step, play_client_at(player, leaf),
                              received, wrong))
        return MATCH_NO;
    return step_matches(player, play_scope(leaf), leaf->step,
                        play_client_at(player, leaf), received, wrong);
}

static bool is_distinct(struct player *player, struct task *leaf,
                        const struct received *received)
{
    if (!leaf->step->expect->distinct)
        return true;
    uint32_t id = mqtt_number(received->packet, MQTT_PACKET_ID, 0);
    if (!leaf->ids)
        leaf->ids =
            arena_array(player->arena, (size_t)leaf->total, sizeof *leaf->ids);
    if (!leaf->ids) {
        player->no_memory = true;
        return false;
    }
    for (int64_t i = 0; i < leaf->index; i++)
        if (leaf->ids[i] == id)
            return false;
    leaf->ids[leaf->index] = id;
    return true;
}

static void acknowledge(struct player *player, struct task *leaf,
                        const struct received *received)
{
    uint32_t id = mqtt_number(received->packet, MQTT_PACKET_ID, 0);
    switch (received->packet->type) {
    case MQTT_PUBLISH:
        switch (mqtt_number(received->packet, MQTT_QOS, 0)) {
        case 1:
            play_write(player, leaf->client, MQTT_PUBACK, id, 0, false);
            break;
        case 2:
            play_write(player, leaf->client, MQTT_PUBREC, id, 0, false);
            exchange_begin(player, leaf, leaf->client, MQTT_PUBREL, id);
            break;
        default:
            break;
        }
        break;
    case MQTT_PUBREC:
        play_write(player, leaf->client, MQTT_PUBREL, id, 0, false);
        exchange_begin(player, leaf, leaf->client, MQTT_PUBCOMP, id);
        break;
    case MQTT_PUBREL:
        play_write(player, leaf->client, MQTT_PUBCOMP, id, 0, false);
        break;
    default:
        break;
    }
}

void leaf_measure(struct player *player, const struct task *leaf, int64_t time)
{
    const struct expect_step *expect = leaf->step->expect;
    if (!expect->measure)
        return;
    int64_t from = leaf->client < player->client_count
                       ? play_client_at(player, leaf)->last_begin
                       : leaf->begin;
    const char *name =
        expect->after.mark ? expect->after.mark : expect->within.mark;
    struct mark *mark = name ? play_mark(player, name) : NULL;
    if (mark)
        from = mark->begin;
    const char *note = "";
    int64_t due;
    if (expect->after.given && expect->after.duration &&
        play_number(player, leaf, expect->after.duration, &due) && due > 0) {
        note = arena_format(player->arena, "%.2f × the lower limit",
                            (double)(time - from) / (double)due);
    }
    play_measure(player, expect->measure, time - from, note ? note : "");
}

/* Whether what came is not too early. */
bool leaf_is_due(struct player *player, struct task *leaf, int64_t time)
{
    int64_t after, until;
    if (!play_limits(player, leaf, &after, &until))
        return false;
    if (time >= after)
        return true;
    char message[120];
    snprintf(message, sizeof message, "came %.3f s too early",
             (double)(after - time) / 1e9);
    struct failure failure = {
        FAILURE_TOO_EARLY, time, message, play_expected(player, leaf),
        play_arrived_text(player, play_client_at(player, leaf))};
    play_failed(player, leaf, &failure);
    return false;
}

static void count_share(const struct task *leaf)
{
    const struct task *group = leaf->parent;
    if (!leaf->single)
        return;
    for (size_t i = 0; i < group->member_count; i++)
        group->shares[i] += group->members[i] == leaf->client;
}

static void take_packet(struct player *player, struct task *leaf,
                        struct received *received, bool silent)
{
    leaf->scope.value = leaf->index + 1;
    play_save(player, leaf, play_client_at(player, leaf), received);
    if (!is_distinct(player, leaf, received)) {
        struct failure failure = {FAILURE_WRONG_FIELD, received->time,
                                  "a packet_id was used twice",
                                  "a different packet_id each time",
                                  play_packet_text(player, received->packet)};
        play_failed(player, leaf, &failure);
        return;
    }
    leaf->got = received;
    leaf->last_match = received->time;
    if (!leaf_is_due(player, leaf, received->time))
        return;
    leaf_measure(player, leaf, received->time);
    if (leaf->step->note && leaf->index == 0)
        play_note(player, "%s", leaf->step->note);
    if (leaf->step->expect->ack && !silent)
        acknowledge(player, leaf, received);
    count_share(leaf);
    if (!leaf->single)
        leaf->index++;
    else
        leaf->over = true;
    if (!leaf->single && leaf->index >= leaf->total)
        leaf->over = true;
}

void leaf_take(struct player *player, struct task *leaf,
               struct received *received, bool silent)
{
    struct client *client = play_client_at(player, leaf);
    if (!silent)
        client_take(player, client, received);
    task_decide(player, leaf);
    if (leaf->kind == TASK_EXCHANGE)
        exchange_take(player, leaf, received);
    else if (leaf->step->expect->thing == THING_REJECTED)
        rejection_take(player, leaf, received);
    else
        take_packet(player, leaf, received, silent);
}
