/* Writing bytes, in pieces where a step cuts them. */
#include "engine/play.h"

#define CUTS_MAX ((size_t)1 << 20)

/* ---- writing ----------------------------------------------------------- */

static void write_bytes(struct player *player, size_t number,
                        struct slice bytes, const struct net_frame *frame,
                        int64_t *began)
{
    struct client *client = player->clients[number];
    bool drained = true;
    *began = player->now;
    if (client->link != LINK_OPEN && client->link != LINK_SIGNED)
        return; /* the next expect at this client decides */
    if (!player->settings.stage.send(player->settings.stage.user, number, bytes,
                                     frame, began, &drained))
        player->no_memory = true;
    client->last_begin = *began;
    client->waits_for_drain = !drained && client->link == LINK_OPEN;
}

void play_write(struct player *player, size_t number, enum mqtt_type type,
                uint32_t packet_id, uint32_t reason_code, bool own_ping)
{
    struct client *client = player->clients[number];
    struct mqtt_value values[2] = {
        {.field = MQTT_PACKET_ID, .number = packet_id},
        {.field = MQTT_REASON_CODE, .number = reason_code}};
    struct mqtt_packet packet = {.version = client->version,
                                 .type = type,
                                 .values = values,
                                 .count =
                                     packet_id ? 1 + (reason_code != 0) : 0};
    struct buffer wire = buffer_make(64);
    int64_t began;
    if (!mqtt_encode(&packet, NULL, &wire))
        player->no_memory = true;
    if (type == MQTT_PINGREQ)
        client_expect_pong(client, own_ping);
    if (type == MQTT_PUBACK || type == MQTT_PUBCOMP)
        watch_complete(client, packet_id);
    if (type == MQTT_PUBREL)
        client_expect_answer(client, MQTT_PUBCOMP, packet_id);
    if (type == MQTT_PUBREC)
        client_expect_answer(client, MQTT_PUBREL, packet_id);
    say_packet(player, client, true, buffer_slice(&wire), player->now);
    write_bytes(player, number, buffer_slice(&wire), NULL, &began);
    buffer_free(&wire);
}

/* ---- cutting ----------------------------------------------------------- */

static const struct delivery no_delivery = {.as = CUT_SEGMENTS};

const struct delivery *wire_delivery(const struct step *step)
{
    return step->send ? &step->send->delivery : &no_delivery;
}

static bool cut_each(struct player *player, struct task *task)
{
    size_t pieces = task->wire.size ? task->wire.size : 1;
    if (pieces > CUTS_MAX) {
        play_error(player, task, "`split: each` of more than %zu bytes",
                   CUTS_MAX);
        return false;
    }
    task->cuts = arena_array(player->arena, pieces, sizeof *task->cuts);
    task->cut_count = pieces;
    for (size_t i = 0; task->cuts && i < pieces; i++)
        task->cuts[i] = i + 1;
    return task->cuts != NULL;
}

static bool cut_at_offsets(struct player *player, struct task *task,
                           const struct delivery *delivery)
{
    task->cuts = arena_array(player->arena, delivery->offset_count + 1,
                             sizeof *task->cuts);
    if (!task->cuts)
        return false;
    size_t last = 0;
    task->cut_count = 0;
    for (size_t i = 0; i < delivery->offset_count; i++) {
        int64_t at;
        if (!play_number(player, task, delivery->offsets[i], &at))
            return false;
        if (at < (int64_t)last || at > (int64_t)task->wire.size)
            continue; /* past the end: nothing to cut */
        task->cuts[task->cut_count++] = last = (size_t)at;
    }
    task->cuts[task->cut_count++] = task->wire.size;
    return true;
}

bool wire_cut(struct player *player, struct task *task)
{
    const struct delivery *delivery = wire_delivery(task->step);
    task->piece = 0;
    task->next_piece = player->now;
    bool ok = delivery->split_each ? cut_each(player, task)
                                   : cut_at_offsets(player, task, delivery);
    if (!ok && !player->finished)
        player->no_memory = true;
    return ok;
}

uint8_t wire_opcode(const struct step *step)
{
    return thing_opcode(step->send ? step->send->thing : THING_PACKET);
}

static struct net_frame frame_of(const struct task *task)
{
    const struct delivery *delivery = wire_delivery(task->step);
    struct net_frame frame = NET_FRAME_DEFAULT;
    if (delivery->has_frame)
        frame = delivery->frame;
    uint8_t opcode = wire_opcode(task->step);
    if (opcode != 2)
        frame.opcode = opcode;
    if (delivery->as == CUT_FRAGMENTS && task->cut_count > 1) {
        frame.fin = task->piece + 1 == task->cut_count;
        if (task->piece)
            frame.opcode = 0;
    }
    return frame;
}

static bool write_between(struct player *player, struct task *task)
{
    const struct step *between = wire_delivery(task->step)->between;
    if (!between || task->piece + 1 == task->cut_count)
        return true;
    struct buffer out = buffer_make(WIRE_CAP);
    uint32_t id;
    bool ok = play_encode(player, task, task->client, between, &out, &id);
    struct net_frame frame = NET_FRAME_DEFAULT;
    frame.opcode = wire_opcode(between);
    int64_t began;
    if (ok)
        write_bytes(player, task->client, buffer_slice(&out), &frame, &began);
    buffer_free(&out);
    return ok;
}

static bool write_piece(struct player *player, struct task *task)
{
    size_t from = task->piece ? task->cuts[task->piece - 1] : 0;
    size_t to = task->cuts[task->piece];
    struct net_frame frame = frame_of(task);
    struct slice piece = slice_make(task->wire.data + from, to - from);
    write_bytes(player, task->client, piece, &frame, &task->sent_begin);
    if (!write_between(player, task))
        return false;
    task->piece++;
    return true;
}

/* The kernel takes what we wrote when the broker reads. */
static bool await_drain(struct player *player, struct task *task,
                        const struct client *client)
{
    if (!client->waits_for_drain)
        return true;
    int64_t until = task->sent_begin + play_patient(player, PLAYER_LIMIT);
    if (player->now < until || task->detached) {
        play_wake(player, until);
        return false;
    }
    struct failure failure = {FAILURE_TOO_LATE, 0,
                              "the broker does not read what is sent to it",
                              NULL, NULL};
    play_failed(player, task, &failure);
    return false;
}

/* Writes what is due; true when all of it is with the kernel. */
bool wire_write(struct player *player, struct task *task)
{
    struct client *client = player->clients[task->client];
    const struct expression *gap = wire_delivery(task->step)->gap;
    while (task->piece < task->cut_count) {
        if (!await_drain(player, task, client))
            return false;
        if (player->now < task->next_piece) {
            play_wake(player, task->next_piece);
            return false;
        }
        int64_t wait = 0;
        if ((gap && !play_number(player, task, gap, &wait)) ||
            !write_piece(player, task))
            return false;
        task->next_piece = player->now + wait;
        client->mid_packet = task->piece < task->cut_count;
        if (client_ended(client))
            task->piece = task->cut_count; /* nobody reads the rest */
    }
    return await_drain(player, task, client);
}
