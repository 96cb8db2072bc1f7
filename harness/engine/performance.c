#include "engine/performance.h"

#include <stdio.h>
#include <string.h>

#define MILLISECOND INT64_C(1000000)

/* ---- the timer --------------------------------------------------------- */

static void begin_to_end(struct performance *performance)
{
    performance->over = true;
    uv_timer_stop(&performance->timer);
    stage_close(&performance->floor);
}

static void on_timer(uv_timer_t *timer);

/* A timer that fires too early is harmless: it is set again. So it is moved
 * only when the deadline has come nearer. */
static void set_timer(struct performance *performance, int64_t now)
{
    int64_t deadline = player_deadline(performance->player);
    int64_t wait = deadline > now ? deadline - now : 1;

    if (deadline >= performance->armed || deadline == INT64_MAX)
        return;
    performance->armed = deadline;
    uv_update_time(performance->surroundings->loop);
    uv_timer_start(&performance->timer, on_timer,
                   (uint64_t)((wait + MILLISECOND - 1) / MILLISECOND), 0);
}

/* Before and after every call of the player. */
static int64_t enter(struct performance *performance)
{
    stage_enter(&performance->floor);
    return net_now();
}

static void leave(struct performance *performance, int64_t now)
{
    stage_leave(&performance->floor);
    if (performance->over || performance->floor.inside)
        return;
    if (player_finished(performance->player))
        begin_to_end(performance);
    else
        set_timer(performance, now);
}

static void on_timer(uv_timer_t *timer)
{
    struct performance *performance = timer->data;

    performance->armed = INT64_MAX;
    int64_t now = enter(performance);
    player_time(performance->player, now);
    leave(performance, now);
}

/* ---- what the floor tells ---------------------------------------------- */

static void on_event(void *user, size_t client, const struct net_event *event)
{
    struct performance *performance = user;

    if (performance->over || player_finished(performance->player))
        return;
    int64_t now = enter(performance);
    player_event(performance->player, client, event, now);
    leave(performance, now);
}

static void on_broker(void *user, enum broker_action action)
{
    struct performance *performance = user;
    struct surroundings *all = performance->surroundings;

    performance->broker_at_work = true;
    all->broker(all->user, performance, action);
}

static void on_closed(void *user)
{
    struct performance *performance = user;
    struct performance **end = &performance->surroundings->ended;

    while (*end)
        end = &(*end)->next;
    performance->next = NULL;
    *end = performance;
}

/* ---- the life of a performance ----------------------------------------- */

static bool name_topic(struct performance *performance)
{
    const char *prefix =
        performance->surroundings->target->profile->topic_prefix;
    size_t size =
        (prefix ? strlen(prefix) : 0) + sizeof "mqttspec/" + IDENTITY_SIZE;

    surroundings_identity(performance->surroundings, performance->id);
    performance->topic = memory_new(size);
    if (!performance->topic)
        return false;
    snprintf(performance->topic, size, "%smqttspec/%s", prefix ? prefix : "",
             performance->id);
    return true;
}

static void fill_settings(struct performance *performance,
                          const struct script *script)
{
    const struct surroundings *all = performance->surroundings;
    const struct profile *profile = all->target->profile;

    performance->settings = (struct player_settings){
        .script = script,
        .stage = stage_of(&performance->floor),
        .id = performance->id,
        .topic = performance->topic,
        .seed = all->options->seed,
        .patience = all->options->patience > 0 ? all->options->patience : 1,
        .limit_connect = profile->limit_connect,
        .limit_handshake = profile->limit_handshake,
        .keep_alive = profile->keep_alive,
        .keep_all = all->options->keep_all,
        .account = target_account,
        .variable = target_variable,
        .auth = target_auth,
        .user = all->target,
    };
}

static void free_memory(uv_handle_t *timer)
{
    struct performance *performance = timer->data;

    memory_free(performance->topic);
    memory_free(performance);
}

struct performance *performance_new(struct surroundings *surroundings,
                                    const struct script *script, void *user)
{
    struct performance *performance = memory_zero(1, sizeof *performance);

    if (!performance)
        return NULL;
    performance->surroundings = surroundings;
    performance->user = user;
    performance->armed = INT64_MAX;
    performance->timer.data = performance;
    performance->floor = (struct stage_floor){.surroundings = surroundings,
                                              .deliver = on_event,
                                              .broker = on_broker,
                                              .closed = on_closed,
                                              .user = performance};
    if (surroundings->options->capture)
        performance->floor.traffic = traffic_new();
    if (name_topic(performance)) {
        fill_settings(performance, script);
        performance->player = player_new(&performance->settings);
    }
    if (!performance->player) {
        traffic_free(performance->floor.traffic);
        free_memory((uv_handle_t *)&performance->timer);
        return NULL;
    }
    uv_timer_init(surroundings->loop, &performance->timer);
    return performance;
}

void performance_start(struct performance *performance)
{
    int64_t now = enter(performance);

    performance->began = now;
    player_start(performance->player, now);
    leave(performance, now);
}

void performance_abort(struct performance *performance, enum verdict verdict,
                       const char *reason)
{
    if (performance->over)
        return;
    int64_t now = enter(performance);
    player_abort(performance->player, verdict, reason, now);
    leave(performance, now);
}

void performance_broker(struct performance *performance, bool ok,
                        const char *trouble)
{
    performance->broker_at_work = false;
    if (performance->over)
        return;
    int64_t now = enter(performance);
    player_broker(performance->player, ok, trouble, now);
    leave(performance, now);
}

struct play_record *performance_record(struct performance *performance)
{
    struct play_record *record = player_record(performance->player);

    if (record && record->said_count) {
        record->traffic = performance->floor.traffic;
        performance->floor.traffic = NULL;
    }
    return record;
}

struct performance *performance_take_ended(struct surroundings *all)
{
    struct performance *first = all->ended;

    if (first)
        all->ended = first->next;
    return first;
}

void performance_free(struct performance *performance)
{
    stage_free(&performance->floor);
    traffic_free(performance->floor.traffic);
    player_free(performance->player);
    uv_close((uv_handle_t *)&performance->timer, free_memory);
}
