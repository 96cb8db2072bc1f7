#include "engine/play.h"

#include <string.h>

bool play_grow(struct player *player, void *array, size_t *room, size_t count,
               size_t size)
{
    if (count < *room)
        return true;
    size_t larger = *room ? *room * 2 : 8;
    void *block = arena_array(player->arena, larger, size);
    if (!block) {
        player->no_memory = true;
        return false;
    }
    void *old;
    memcpy(&old, array, sizeof old);
    if (count)
        memcpy(block, old, count * size);
    memcpy(array, &block, sizeof block);
    *room = larger;
    return true;
}

struct task *task_new(struct player *player, struct task *parent,
                      const struct step *step)
{
    struct task *task = NULL;
    if (player->task_count++ < TASKS_MAX)
        task = arena_alloc(player->arena, sizeof *task);
    if (!task) {
        player->no_memory = true;
        return NULL;
    }
    task->step = step;
    task->parent = parent;
    task->client = parent && parent->pinned ? parent->client : CLIENTS_MAX;
    task->scope.outer =
        parent ? (parent->has_scope ? &parent->scope : parent->scope.outer)
               : NULL;
    if (!parent)
        return task;
    struct task **end = &parent->kids;
    while (*end)
        end = &(*end)->next;
    *end = task;
    parent->kid_count++;
    return task;
}

void tasks_free(struct task *task)
{
    for (; task; task = task->next) {
        buffer_free(&task->wire);
        tasks_free(task->kids);
        task->kids = NULL;
    }
}

/* Kids that are over are forgotten, so that long repeats stay small. */
static void drop_kids(struct task *task)
{
    tasks_free(task->kids);
    task->kids = NULL;
    task->kid_count = 0;
}

void task_decide(struct player *player, struct task *task)
{
    for (; task && task->parent; task = task->parent) {
        struct task *parent = task->parent;
        if (!parent->step || parent->step->verb != VERB_ANY_OF ||
            parent->decided || parent->fanned)
            continue;
        parent->decided = true;
        parent->choice = task;
        if (task->step && task->step->note && task->step->verb != VERB_EXPECT)
            play_note(player, "%s", task->step->note);
    }
}

void task_done(struct player *player, struct task *task)
{
    task->state = TASK_DONE;
    buffer_free(&task->wire);
    task->wire = buffer_make(0);
    task_decide(player, task);
}

void task_leaf(struct player *player, struct task *task)
{
    if (!play_grow(player, &player->leaves, &player->leaf_room,
                   player->leaf_count, sizeof *player->leaves))
        return;
    player->leaves[player->leaf_count++] = task;
}

bool task_client(struct player *player, const struct task *task,
                 const struct expression *at, size_t *number)
{
    struct slice name = slice_of("client");
    if (at && !play_bytes(player, task, at, &name))
        return false;
    char *text = arena_text_of(player->arena, name);
    if (!text || !play_client(player, text, number)) {
        player->no_memory = true;
        return false;
    }
    return true;
}

/* ---- composite steps --------------------------------------------------- */

static bool run_sequence(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    while ((size_t)task->index < step->child_count) {
        if (!task->kids && !task_new(player, task, step->children[task->index]))
            return false;
        if (!task_run(player, task->kids))
            return false;
        drop_kids(task);
        task->index++;
    }
    task_done(player, task);
    return true;
}

static bool run_repeat(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    if (!task->prepared) {
        if (!play_number(player, task, step->count, &task->total))
            return false;
        task->prepared = true;
        task->has_scope = true;
        task->scope.name = step->name ? step->name : "i";
    }
    while (task->index < task->total) {
        task->scope.value = task->index + 1;
        if (!task->kids && !task_new(player, task, step->children[0]))
            return false;
        if (!task_run(player, task->kids))
            return false;
        drop_kids(task);
        task->index++;
    }
    task_done(player, task);
    return true;
}

static bool make_kids(struct player *player, struct task *task)
{
    if (task->prepared)
        return true;
    task->prepared = true;
    for (size_t i = 0; i < task->step->child_count; i++)
        if (!task_new(player, task, task->step->children[i]))
            return false;
    return true;
}

/* Runs all kids side by side; true when all are over. */
static bool run_kids(struct player *player, struct task *task)
{
    bool over = true;
    for (struct task *kid = task->kids; kid && !player->finished;
         kid = kid->next)
        if (!task_run(player, kid))
            over = false;
    return over && !player->finished;
}

static bool run_parallel(struct player *player, struct task *task)
{
    if (task->step->verb == VERB_ALL_OF)
        player->holding = true;
    if (!make_kids(player, task) || !run_kids(player, task))
        return false;
    task_done(player, task);
    return true;
}

static bool run_choice(struct player *player, struct task *task)
{
    if (!task_run(player, task->choice))
        return false;
    task_done(player, task);
    return true;
}

static bool run_any_of(struct player *player, struct task *task)
{
    if (!make_kids(player, task))
        return false;
    bool alive = false;
    for (struct task *kid = task->kids; kid && !task->decided;
         kid = kid->next) {
        if (kid->state != TASK_DEAD)
            task_run(player, kid);
        if (kid->state == TASK_DONE && !task->decided)
            task_decide(player, kid);
        alive = alive || kid->state != TASK_DEAD;
    }
    if (task->decided)
        return run_choice(player, task);
    if (!alive && !player->finished) {
        struct failure failure = {FAILURE_MISSING_PACKET, 0,
                                  "none of the alternatives came about",
                                  play_alternatives(player, task), NULL};
        play_failed(player, task, &failure);
        return task->state == TASK_DONE;
    }
    return false;
}

static bool run_pause(struct player *player, struct task *task)
{
    int64_t until;
    if (!play_moment(player, task, &task->step->pause, task->begin, true,
                     &until))
        return false;
    if (player->now < until) {
        play_wake(player, until);
        return false;
    }
    task_done(player, task);
    return true;
}

static bool run_reading(struct player *player, struct task *task, size_t number)
{
    struct client *client = player->clients[number];
    client->reading = task->step->reading;
    player->settings.stage.reading(player->settings.stage.user, number,
                                   client->reading);
    say(player, SAID_OURS, client, player->now, "reading %s",
        client->reading ? "on" : "off");
    task_done(player, task);
    return true;
}

static bool run_fence(struct player *player, struct task *task, size_t number)
{
    if (!task->prepared) {
        task->prepared = true;
        play_write(player, number, MQTT_PINGREQ, 0, 0, false);
        struct task *exchange =
            exchange_begin(player, task, number, MQTT_PINGRESP, 0);
        if (exchange)
            exchange->fenced = true;
    }
    if (!run_kids(player, task))
        return false;
    task_done(player, task);
    return true;
}

static bool run_broker(struct player *player, struct task *task)
{
    if (!task->prepared) {
        task->prepared = true;
        player->broker_busy = true;
        player->broker_permits = true;
        say(player, SAID_NOTE, NULL, player->now, "the broker is %s",
            task->step->broker == BROKER_STOP    ? "stopped"
            : task->step->broker == BROKER_START ? "started"
                                                 : "restarted");
        player->settings.stage.broker(player->settings.stage.user,
                                      task->step->broker);
    }
    if (player->broker_busy)
        return false;
    if (!player->broker_ok) {
        play_error(player, task, "%s", player->broker_trouble);
        return false;
    }
    task_done(player, task);
    return true;
}

/* Brings the client to the point where a packet is legal. */
static bool run_reach(struct player *player, struct task *task)
{
    if (!task->kids) {
        const struct step *way = play_reach(player, task);
        if (!way || !task_new(player, task, way))
            return false;
    }
    if (!task_run(player, task->kids))
        return false;
    task_done(player, task);
    return true;
}

/* ---- one step at several clients --------------------------------------- */

static bool is_at_clients(const struct step *step)
{
    return step->verb == VERB_TOGETHER || verb_is_of_client(step->verb);
}

static bool pin(struct player *player, struct task *task, size_t number)
{
    struct task *kid = task_new(player, task, task->step);
    if (!kid)
        return false;
    kid->pinned = true;
    kid->client = number;
    return true;
}

/* `c*`: every client so far whose name begins like that. */
static bool pin_family(struct player *player, struct task *task)
{
    struct slice start;
    if (!play_bytes(player, task, task->step->at[0], &start))
        return false;
    size_t found = 0;
    for (size_t i = 0; i < player->client_count; i++)
        if (slice_starts(slice_of(player->clients[i]->name), start)) {
            found++;
            if (!pin(player, task, i))
                return false;
        }
    if (!found)
        play_error(player, task, "no client is named like that yet");
    return found > 0;
}

static bool pin_each(struct player *player, struct task *task)
{
    for (size_t i = 0; i < task->step->at_count; i++) {
        size_t number;
        if (!task_client(player, task, task->step->at[i], &number) ||
            !pin(player, task, number))
            return false;
    }
    return true;
}

static void name_among(struct player *player, struct task *task)
{
    const struct expect_step *expect = task->step->expect;
    for (struct task *kid = task->kids; kid; kid = kid->next) {
        const char *as =
            kid->state == TASK_DONE ? expect->chosen : expect->others;
        struct value name = {.kind = VALUE_BYTES,
                             .bytes =
                                 slice_of(player->clients[kid->client]->name)};
        if (as)
            play_set(player, as, &name);
    }
}

/* `among: n`: over when n of the clients have met the step. */
static bool among_met(struct player *player, struct task *task)
{
    int64_t wanted;
    if (!play_number(player, task, task->step->expect->among, &wanted))
        return false;
    int64_t met = 0;
    for (struct task *kid = task->kids; kid; kid = kid->next)
        met += kid->state == TASK_DONE;
    if (met < wanted)
        return false;
    if (met > wanted) {
        struct failure failure = {FAILURE_EXTRA_PACKET, player->now,
                                  "more clients than expected met the step",
                                  NULL, NULL};
        play_failed(player, task, &failure);
        return false;
    }
    name_among(player, task);
    return true;
}

static bool run_fanned(struct player *player, struct task *task)
{
    if (!task->prepared) {
        task->prepared = true;
        task->fanned = true;
        if (!(task->step->at_pattern ? pin_family(player, task)
                                     : pin_each(player, task)))
            return false;
    }
    if (task->step->verb == VERB_EXPECT && task->step->expect->spread)
        return run_spread(player, task);
    bool over = run_kids(player, task);
    if (player->finished)
        return false;
    if (task->step->verb == VERB_EXPECT && task->step->expect->among)
        over = among_met(player, task);
    if (over && task->state != TASK_DONE)
        task_done(player, task);
    return over;
}

static bool run_at_client(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    if (step->verb == VERB_SEND)
        return run_send(player, task);
    if (step->verb == VERB_EXPECT)
        return run_expect(player, task);
    if (!task->pinned &&
        !task_client(player, task, step->at_count ? step->at[0] : NULL,
                     &task->client))
        return false;
    switch (step->verb) {
    case VERB_TOGETHER:
        return run_together(player, task);
    case VERB_OPEN:
        return run_open(player, task);
    case VERB_CLOSE:
        return run_close(player, task);
    case VERB_READING:
        return run_reading(player, task, task->client);
    case VERB_REACH:
        return run_reach(player, task);
    default:
        return run_fence(player, task, task->client);
    }
}

static bool run_step(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    if (is_at_clients(step)) {
        if (!task->pinned && (step->at_count > 1 || step->at_pattern))
            return run_fanned(player, task);
        return run_at_client(player, task);
    }
    switch (step->verb) {
    case VERB_ALL_OF:
    case VERB_PARALLEL:
        return run_parallel(player, task);
    case VERB_ANY_OF:
        return run_any_of(player, task);
    case VERB_SEQUENCE:
        return run_sequence(player, task);
    case VERB_REPEAT:
        return run_repeat(player, task);
    case VERB_PAUSE:
        return run_pause(player, task);
    case VERB_BROKER:
        return run_broker(player, task);
    default: /* VERB_MARK: set when the task is over */
        task_done(player, task);
        return true;
    }
}

/* Marks of sends are set where their times are known (play_send.c). */
static void set_own_mark(struct player *player, const struct task *task)
{
    const struct step *step = task->step;
    if (!step->mark || task->parent == NULL)
        return;
    if (task->parent->step == step && task->parent->fanned)
        return; /* the fanned task sets it, once */
    int64_t begin = task->begin, end = player->now;
    if (step->verb == VERB_MARK)
        begin = player->now;
    if (task->sent_begin)
        begin = task->sent_begin;
    if (task->last_match)
        end = task->last_match;
    if (step->verb == VERB_EXPECT)
        begin = end;
    play_set_mark(player, step->mark, begin, end);
}

bool task_run(struct player *player, struct task *task)
{
    if (player->finished || player->no_memory)
        return false;
    if (task->state == TASK_DONE)
        return true;
    if (task->state == TASK_DEAD)
        return false;
    if (task->state == TASK_NEW) {
        task->state = TASK_BUSY;
        task->begin = player->now;
    }
    if (task->kind == TASK_EXCHANGE) {
        task_leaf(player, task);
        return false;
    }
    bool over = run_step(player, task);
    if (over && task->state == TASK_DONE)
        set_own_mark(player, task);
    return over;
}
