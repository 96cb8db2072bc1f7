/* Sending packets. */
#include "engine/play.h"

/* ---- send -------------------------------------------------------------- */

static bool is_control_close(const struct step *step)
{
    return step->send && step->send->thing == THING_WS_CLOSE;
}

/* Says what goes out, as one line however it is cut. */
static void say_wire(struct player *player, const struct task *task)
{
    struct client *client = player->clients[task->client];
    const struct step *step = task->step;
    if (step->verb == VERB_SEND && wire_opcode(step) != 2) {
        say(player, SAID_OURS, client, player->now, "sends WebSocket %s",
            step->send->thing == THING_WS_CLOSE  ? "Close"
            : step->send->thing == THING_WS_PING ? "Ping"
                                                 : "Pong");
        if (is_control_close(step))
            client->own_close = true;
        return;
    }
    say_packet(player, client, true, buffer_slice(&task->wire), player->now);
}

static size_t open_exchanges(const struct task *task)
{
    size_t open = 0;
    for (const struct task *kid = task->kids; kid; kid = kid->next)
        open += kid->state == TASK_BUSY;
    return open;
}

static void forget_finished(struct task *task)
{
    while (task->kids && task->kids->state == TASK_DONE) {
        task->kids = task->kids->next;
        task->kid_count--;
    }
}

static bool show_exchanges(struct player *player, struct task *task)
{
    forget_finished(task);
    bool open = false;
    for (struct task *kid = task->kids; kid; kid = kid->next)
        if (kid->state == TASK_BUSY) {
            task_leaf(player, kid);
            open = true;
        }
    return open;
}

static enum mqtt_type answer_to(const struct step *step, uint32_t qos)
{
    switch (step->send->type) {
    case MQTT_CONNECT:
        return MQTT_CONNACK;
    case MQTT_SUBSCRIBE:
        return MQTT_SUBACK;
    case MQTT_UNSUBSCRIBE:
        return MQTT_UNSUBACK;
    case MQTT_PINGREQ:
        return MQTT_PINGRESP;
    case MQTT_PUBREL:
        return MQTT_PUBCOMP;
    case MQTT_PUBLISH:
        return qos == 0 ? 0 : qos == 1 ? MQTT_PUBACK : MQTT_PUBREC;
    default:
        return 0;
    }
}

static uint32_t qos_of(struct player *player, const struct task *task,
                       const struct step *step)
{
    int64_t qos = 0;
    for (size_t i = 0; i < step->send->field_count; i++)
        if (step->send->fields[i].field == MQTT_QOS)
            play_number(player, task, step->send->fields[i].value, &qos);
    return (uint32_t)qos;
}

static void start_exchange(struct player *player, struct task *task,
                           const struct step *step, uint32_t id)
{
    if (!step->send->ack || step->send->thing != THING_PACKET)
        return;
    enum mqtt_type awaits = answer_to(step, step->send->type == MQTT_PUBLISH
                                                ? qos_of(player, task, step)
                                                : 0);
    if (awaits)
        exchange_begin(player, task, task->client, awaits, id);
}

static bool begin_sends(struct player *player, struct task *task)
{
    const struct send_step *send = task->step->send;
    task->prepared = true;
    task->total = 1;
    if (!send->count)
        return true;
    task->has_scope = true;
    task->scope.name = "i";
    return play_number(player, task, send->count, &task->total);
}

static bool resolve_client(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    return task->pinned ||
           task_client(player, task, step->at_count ? step->at[0] : NULL,
                       &task->client);
}

static bool needs_connection(struct player *player, struct task *task)
{
    const struct client *client = player->clients[task->client];
    if (client->connections)
        return true;
    play_error(player, task, "%s has no connection: open one first",
               client->name);
    return false;
}

static bool load(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    task->scope.value = task->index + 1;
    if (!task->opening && !resolve_client(player, task))
        return false;
    bool connect =
        step->send->thing == THING_PACKET && step->send->type == MQTT_CONNECT;
    if (connect ? !play_open_for_connect(player, task, task->client)
                : !needs_connection(player, task))
        return false;
    if (!task->ids)
        task->ids = arena_alloc(player->arena, sizeof *task->ids);
    if (!task->ids) {
        player->no_memory = true;
        return false;
    }
    task->wire.cap = WIRE_CAP;
    buffer_clear(&task->wire);
    if (!play_encode(player, task, task->client, step, &task->wire,
                     &task->ids[0]) ||
        !wire_cut(player, task))
        return false;
    say_wire(player, task);
    task->loaded = true;
    return true;
}

/* What the broker would take for a mistake of ours (5.0, 4.9). */
static bool broker_takes_no_more(const struct player *player,
                                 const struct task *task, size_t open)
{
    return task->step->send->type == MQTT_PUBLISH &&
           open >= player->clients[task->client]->granted_receive_maximum;
}

static bool window_is_full(struct player *player, struct task *task)
{
    const struct send_step *send = task->step->send;
    int64_t window = 1;
    if (!send->ack)
        return false;
    if (send->window && !play_number(player, task, send->window, &window))
        return true;
    forget_finished(task);
    size_t open = open_exchanges(task);
    return open > 0 && ((int64_t)open >= window ||
                        broker_takes_no_more(player, task, open));
}

static bool sends_are_out(struct player *player, struct task *task)
{
    while (task->index < task->total) {
        if (!task->loaded && window_is_full(player, task))
            return false;
        if (!task->loaded && !load(player, task))
            return false;
        if (!wire_write(player, task))
            return false;
        start_exchange(player, task, task->step, task->ids[0]);
        task->loaded = task->opening = false;
        task->index++;
    }
    return true;
}

/* A send that ended after our own deadline proves nothing. */
static bool was_in_time(struct player *player, const struct task *task)
{
    if (!task->step->in_time.given ||
        !play_was_late(player, task,
                       task->last_match ? task->last_match : task->sent_begin))
        return true;
    play_inconclusive(player, task, "the harness sent too late to judge");
    return false;
}

static bool detach(struct player *player, struct task *task)
{
    struct task *copy = task_new(player, NULL, task->step);
    if (!copy)
        return false;
    copy->detached = true;
    copy->pinned = task->pinned;
    copy->client = task->client;
    copy->scope.outer = task->scope.outer;
    copy->next = player->background;
    player->background = copy;
    task_run(player, copy);
    task_done(player, task);
    return true;
}

bool run_send(struct player *player, struct task *task)
{
    if (wire_delivery(task->step)->background && !task->detached)
        return detach(player, task);
    if (!task->prepared && !begin_sends(player, task))
        return false;
    bool out = sends_are_out(player, task);
    bool open = show_exchanges(player, task);
    if (!out || open || player->finished)
        return false;
    if (!was_in_time(player, task))
        return false;
    task_done(player, task);
    return true;
}

/* ---- together ---------------------------------------------------------- */

/* One packet of a `together`, as often as it says. */
static bool load_counted(struct player *player, struct task *task,
                         const struct step *part)
{
    int64_t count = 1;
    if (part->send->count) {
        task->has_scope = true;
        task->scope.name = "i";
        if (!play_number(player, task, part->send->count, &count))
            return false;
    }
    for (int64_t i = 0; i < count; i++) {
        task->scope.value = i + 1;
        struct part_sent sent = {.step = part};
        if (!play_encode(player, task, task->client, part, &task->wire,
                         &sent.id) ||
            !play_grow(player, &task->parts, &task->part_room, task->part_count,
                       sizeof sent))
            return false;
        task->parts[task->part_count++] = sent;
    }
    return true;
}

static bool begins_with_connect(const struct step *step)
{
    return step->child_count &&
           step->children[0]->send->thing == THING_PACKET &&
           step->children[0]->send->type == MQTT_CONNECT;
}

/* A `together` that begins with CONNECT opens its connection itself. */
static bool open_for_together(struct player *player, struct task *task)
{
    struct client *client = player->clients[task->client];
    if (!begins_with_connect(task->step))
        return needs_connection(player, task);
    if (!task->opening && client->link != LINK_OPEN &&
        client->link != LINK_OPENING &&
        (!check_end(player, client, task) ||
         !play_open(player, task, task->client, NULL)))
        return false;
    task->opening = true;
    return play_await_open(player, task, client);
}

static bool load_together(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    if (!open_for_together(player, task))
        return false;
    task->wire = buffer_make(WIRE_CAP);
    for (size_t i = 0; i < step->child_count; i++)
        if (!load_counted(player, task, step->children[i]))
            return false;
    if (!wire_cut(player, task))
        return false;
    say_wire(player, task);
    task->loaded = true;
    return true;
}

bool run_together(struct player *player, struct task *task)
{
    if (!task->loaded && !load_together(player, task))
        return false;
    if (!task->over) {
        if (!wire_write(player, task))
            return false;
        task->over = true;
        for (size_t i = 0; i < task->part_count; i++)
            start_exchange(player, task, task->parts[i].step,
                           task->parts[i].id);
    }
    if (show_exchanges(player, task) || player->finished)
        return false;
    if (!was_in_time(player, task))
        return false;
    task_done(player, task);
    return true;
}
