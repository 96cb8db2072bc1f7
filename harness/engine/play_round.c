/* Rounds: tasks run, packets are dealt and leaves settled until nothing moves
 * any more; then the play waits, or its next phase begins. */
#include "engine/play.h"

/* Sends that go on in the background of later steps. */
static void run_background(struct player *player)
{
    for (struct task *task = player->background; task && !player->finished;
         task = task->next)
        if (task->state != TASK_DONE)
            task_run(player, task);
}

static bool settle_leaves(struct player *player)
{
    for (size_t i = 0; i < player->leaf_count && !player->finished; i++) {
        struct task *leaf = player->leaves[i];
        if (leaf->state != TASK_BUSY)
            continue;
        bool changed = leaf->kind == TASK_EXCHANGE
                           ? exchange_settle(player, leaf)
                           : leaf_settle(player, leaf);
        if (changed)
            return true;
    }
    return false;
}

/* The fence: each sound client pings, so that what the broker has already
 * sent is seen before the verdict. */
static const struct step fence_step = {.verb = VERB_PARALLEL};
static bool start_fence(struct player *player)
{
    player->root = task_new(player, NULL, &fence_step);
    if (!player->root)
        return false;
    player->root->state = TASK_BUSY;
    player->root->prepared = true;
    player->root->begin = player->now;
    for (size_t i = 0; i < player->client_count; i++) {
        if (!client_is_sound(player->clients[i]))
            continue;
        play_write(player, i, MQTT_PINGREQ, 0, 0, false);
        struct task *exchange =
            exchange_begin(player, player->root, i, MQTT_PINGRESP, 0);
        if (!exchange)
            return false;
        exchange->fenced = true;
    }
    return true;
}

static void check_everybody(struct player *player)
{
    for (size_t i = 0; i < player->client_count && !player->finished; i++)
        check_leftovers(player, player->clients[i]);
    if (!player->finished)
        play_end(player, VERDICT_PASS);
}

/* The phase is over: the next one begins. */
static void next_phase(struct player *player)
{
    tasks_free(player->root);
    player->root = NULL;
    if (player->phase == PHASE_GIVEN) {
        player->phase = PHASE_STEPS;
        player->root = task_new(player, NULL, player->script->steps);
    } else if (player->phase == PHASE_STEPS) {
        player->phase = PHASE_FENCE;
        start_fence(player);
    } else {
        player->phase = PHASE_OVER;
        check_everybody(player);
    }
}

/* The player's own pings keep alive what a broker would close too soon. */
static void ping_when_due(struct player *player)
{
    for (size_t i = 0; i < player->client_count; i++) {
        struct client *client = player->clients[i];
        if (!client->ping_every || !client_is_sound(client))
            continue;
        int64_t due = client->last_begin + client->ping_every;
        if (player->now >= due) {
            play_write(player, i, MQTT_PINGREQ, 0, 0, true);
            due = client->last_begin + client->ping_every;
        }
        play_wake(player, due);
    }
}

static bool play_round(struct player *player)
{
    player->leaf_count = 0;
    player->holding = false;
    player->deadline = INT64_MAX;
    if (player->root && task_run(player, player->root)) {
        next_phase(player);
        return true;
    }
    run_background(player);
    if (player->finished)
        return false;
    return deal_packets(player) || (!player->finished && settle_leaves(player));
}

void play_on(struct player *player)
{
    if (player->running || player->finished)
        return;
    player->running = true;
    while (!player->finished && !player->no_memory && play_round(player))
        ;
    if (player->no_memory && !player->finished) {
        player->reason = "out of memory";
        play_end(player, VERDICT_ERROR);
    }
    if (!player->finished)
        ping_when_due(player);
    player->running = false;
}
