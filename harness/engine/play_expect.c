/* Beginning an expect, and its counts. */
#include "engine/play.h"

static bool expected_count(struct player *player, struct task *task,
                           int64_t *least, int64_t *most)
{
    const struct matcher *count = task->step->expect->count;
    *least = *most = 1;
    if (!count)
        return true;
    if (count->kind == MATCHER_EQUAL) {
        if (!play_number(player, task, count->expression, least))
            return false;
        *most = *least;
        return true;
    }
    *least = 0;
    *most = INT64_MAX;
    if (count->kind == MATCHER_ANY)
        return true;
    const int64_t ceiling = 65536;
    struct value value = {.kind = VALUE_NUMBER};
    while (value.number < ceiling &&
           play_test(player, play_scope(task), count, &value, 0) != MATCH_YES)
        value.number++;
    *least = value.number;
    while (value.number < ceiling &&
           play_test(player, play_scope(task), count, &value, 0) == MATCH_YES)
        value.number++;
    *most = value.number == ceiling ? INT64_MAX : value.number - 1;
    return true;
}

static void permit(struct player *player, struct task *task, int64_t number)
{
    struct permission *permission =
        arena_alloc(player->arena, sizeof *permission);
    if (!permission) {
        player->no_memory = true;
        return;
    }
    struct permission **end = &play_client_at(player, task)->permissions;
    while (*end)
        end = &(*end)->next;
    *end = permission;
    permission->step = task->step;
    permission->scope = play_scope(task);
    permission->client = task->client;
    permission->left = number;
}

/* The unordered parts of a counted step wait side by side. */
static bool expand(struct player *player, struct task *task)
{
    for (int64_t i = 0; i < task->total; i++) {
        struct task *kid = task_new(player, task, task->step);
        if (!kid)
            return false;
        kid->single = kid->pinned = kid->prepared = kid->has_scope = true;
        kid->state = TASK_BUSY;
        kid->begin = player->now;
        kid->client = task->client;
        kid->scope.name = "i";
        kid->scope.value = i + 1;
        kid->total = 1;
        if (!task->pinned && !task->members && task->step->at_count &&
            !task_client(player, kid, task->step->at[0], &kid->client))
            return false;
    }
    return true;
}

static bool resolve(struct player *player, struct task *task)
{
    const struct step *step = task->step;
    return task->pinned ||
           task_client(player, task, step->at_count ? step->at[0] : NULL,
                       &task->client);
}

static bool begin_expect(struct player *player, struct task *task)
{
    const struct expect_step *expect = task->step->expect;
    task->prepared = true;
    int64_t least, most;
    if (expect->count) {
        task->has_scope = true;
        task->scope.name = "i";
        task->scope.value = 1;
    }
    if (!resolve(player, task) || !expected_count(player, task, &least, &most))
        return false;
    if (expect->linger)
        player->settings.stage.linger(player->settings.stage.user,
                                      task->client);
    if (expect->optional) {
        permit(player, task, most);
        task_done(player, task);
        return true;
    }
    task->total = least;
    if (most > least)
        permit(player, task, most - least);
    if (least == 0)
        task->over = true;
    if (expect->order != ORDER_STRICT && expect->thing == THING_PACKET &&
        least > 1)
        return expand(player, task);
    return true;
}

static bool exchanges_are_over(struct player *player, struct task *task)
{
    bool over = true;
    for (struct task *kid = task->kids; kid; kid = kid->next)
        if (kid->kind == TASK_EXCHANGE && kid->state == TASK_BUSY) {
            task_leaf(player, kid);
            over = false;
        }
    return over;
}

static bool parts_are_over(struct player *player, struct task *task)
{
    bool over = true;
    for (struct task *kid = task->kids; kid && !player->finished;
         kid = kid->next) {
        if (kid->state == TASK_DONE)
            continue;
        over = run_expect(player, kid) && over;
    }
    return over && !player->finished;
}

static bool is_expanded(const struct task *task)
{
    return task->kids && task->kids->single;
}

bool run_expect(struct player *player, struct task *task)
{
    if (!task->prepared && !begin_expect(player, task))
        return false;
    if (task->state == TASK_DONE)
        return true;
    if (is_expanded(task)) {
        player->holding = true;
        if (!parts_are_over(player, task))
            return false;
        task_done(player, task);
        return true;
    }
    bool over = exchanges_are_over(player, task);
    if (task->over) {
        if (over)
            task_done(player, task);
        return over;
    }
    if (task->has_scope && !task->single) {
        task->scope.value = task->index + 1;
        if (!resolve(player, task))
            return false;
    }
    task_leaf(player, task);
    return false;
}

/* ---- spread -------------------------------------------------------------- */

/* The kids that stand for one client each give way to the parts. */
static bool begin_spread(struct player *player, struct task *task)
{
    int64_t least, most;
    size_t count = task->kid_count;
    task->members = arena_array(player->arena, count + 1, sizeof(size_t));
    task->shares = arena_array(player->arena, count + 1, sizeof(size_t));
    if (!task->members || !task->shares) {
        player->no_memory = true;
        return false;
    }
    for (struct task *kid = task->kids; kid; kid = kid->next)
        task->members[task->member_count++] = kid->client;
    task->kids = NULL;
    task->kid_count = 0;
    task->client = task->members[0];
    if (!expected_count(player, task, &least, &most))
        return false;
    task->total = least;
    return expand(player, task);
}

static void note_shares(struct player *player, const struct task *task)
{
    struct buffer out = buffer_make(4096);
    for (size_t i = 0; i < task->member_count; i++)
        buffer_format(&out, "%s%s took %zu", i ? ", " : "",
                      player->clients[task->members[i]]->name, task->shares[i]);
    play_note(player, "%s", buffer_string(&out));
    buffer_free(&out);
}

bool run_spread(struct player *player, struct task *task)
{
    if (!task->members && !begin_spread(player, task))
        return false;
    player->holding = true;
    if (!parts_are_over(player, task))
        return false;
    note_shares(player, task);
    task_done(player, task);
    return true;
}
