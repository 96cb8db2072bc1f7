#include "engine/gate.h"

#include <sys/resource.h>

/* Descriptors that are not connections: logs, reports, libuv's own, and
 * connections that the loop has yet to close. */
#define DESCRIPTOR_RESERVE 64

static void list_append(struct gate_list *list, struct gate_slot *slot)
{
    slot->next = NULL;
    slot->previous = list->last;
    if (list->last)
        list->last->next = slot;
    else
        list->first = slot;
    list->last = slot;
}

static void list_remove(struct gate_list *list, struct gate_slot *slot)
{
    if (slot->previous)
        slot->previous->next = slot->next;
    else
        list->first = slot->next;
    if (slot->next)
        slot->next->previous = slot->previous;
    else
        list->last = slot->previous;
    slot->previous = slot->next = NULL;
}

size_t gate_connections_possible(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 256;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        limit.rlim_cur = before;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > 1000000)
        return 1000000;
    if (limit.rlim_cur < 2 * DESCRIPTOR_RESERVE)
        return limit.rlim_cur / 2;
    return (size_t)limit.rlim_cur - DESCRIPTOR_RESERVE;
}

void gate_begin(struct gate *gate, uv_loop_t *loop, size_t jobs,
                size_t connections)
{
    *gate =
        (struct gate){.loop = loop, .jobs = jobs, .connections = connections};
    uv_timer_init(loop, &gate->timer);
    gate->timer.data = gate;
}

void gate_end(struct gate *gate)
{
    uv_close((uv_handle_t *)&gate->timer, NULL);
}

bool gate_has_room(const struct gate *gate)
{
    return gate->setting_up < gate->jobs && gate->open < gate->connections;
}

/* The oldest comes first, so one timer for all is enough. */
static void on_timer(uv_timer_t *timer)
{
    struct gate *gate = timer->data;
    uint64_t now = uv_now(gate->loop);

    while (gate->fresh.first && now - gate->fresh.first->since >= GATE_PATIENCE)
        gate_settled(gate, gate->fresh.first);
    if (gate->fresh.first)
        uv_timer_start(timer, on_timer,
                       gate->fresh.first->since + GATE_PATIENCE - now, 0);
}

static void set_up(struct gate *gate, struct gate_slot *slot)
{
    slot->state = GATE_SETTING_UP;
    slot->since = uv_now(gate->loop);
    list_append(&gate->fresh, slot);
    gate->setting_up++;
    gate->open++;
    if (!uv_is_active((uv_handle_t *)&gate->timer))
        uv_timer_start(&gate->timer, on_timer, GATE_PATIENCE, 0);
}

bool gate_enter(struct gate *gate, struct gate_slot *slot,
                void (*admitted)(void *user), void *user)
{
    slot->admitted = admitted;
    slot->user = user;
    if (gate_has_room(gate) && !gate->waiting.first) {
        set_up(gate, slot);
        return true;
    }
    slot->state = GATE_WAITING;
    list_append(&gate->waiting, slot);
    return false;
}

void gate_settled(struct gate *gate, struct gate_slot *slot)
{
    if (slot->state != GATE_SETTING_UP)
        return;
    list_remove(&gate->fresh, slot);
    gate->setting_up--;
    slot->state = GATE_OPEN;
}

void gate_leave(struct gate *gate, struct gate_slot *slot)
{
    gate_settled(gate, slot);
    if (slot->state == GATE_WAITING)
        list_remove(&gate->waiting, slot);
    else if (slot->state == GATE_OPEN)
        gate->open--;
    slot->state = GATE_OUT;
}

void gate_admit(struct gate *gate)
{
    while (gate->waiting.first && gate_has_room(gate)) {
        struct gate_slot *slot = gate->waiting.first;
        list_remove(&gate->waiting, slot);
        set_up(gate, slot);
        slot->admitted(slot->user);
    }
}
