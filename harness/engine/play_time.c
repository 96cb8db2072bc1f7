#include "engine/play.h"

#include <string.h>

struct mark *play_mark(struct player *player, const char *name)
{
    for (struct mark *mark = player->marks; mark; mark = mark->next)
        if (strcmp(mark->name, name) == 0)
            return mark;
    return NULL;
}

void play_set_mark(struct player *player, const char *name, int64_t begin,
                   int64_t end)
{
    struct mark *mark = play_mark(player, name);
    if (!mark) {
        mark = arena_alloc(player->arena, sizeof *mark);
        if (!mark) {
            player->no_memory = true;
            return;
        }
        mark->name = name;
        mark->next = player->marks;
        player->marks = mark;
    }
    mark->begin = begin;
    mark->end = end;
}

bool play_moment(struct player *player, const struct task *task,
                 const struct moment *moment, int64_t from, bool at_end,
                 int64_t *when)
{
    int64_t duration = 0;
    if (moment->duration &&
        !play_number(player, task, moment->duration, &duration))
        return false;
    if (moment->mark) {
        struct mark *mark = play_mark(player, moment->mark);
        if (!mark) {
            play_error(player, task, "the mark %s has not been set",
                       moment->mark);
            return false;
        }
        from = at_end ? mark->end : mark->begin;
    }
    if (__builtin_add_overflow(from, duration, when))
        *when = INT64_MAX;
    return true;
}

void play_wake(struct player *player, int64_t when)
{
    if (when < player->deadline)
        player->deadline = when;
}

int64_t play_patient(const struct player *player, int64_t limit)
{
    double patient = (double)limit * player->settings.patience;
    return patient > 9e18 ? INT64_MAX / 4 : (int64_t)patient;
}

/* A lower limit without a mark counts from our last packet to the broker. */
static bool lower_limit(struct player *player, struct task *task,
                        const struct expect_step *expect, int64_t *after)
{
    *after = INT64_MIN;
    if (!expect->after.given)
        return true;
    int64_t from = task->client < player->client_count
                       ? player->clients[task->client]->last_begin
                       : task->begin;
    return play_moment(player, task, &expect->after, from, false, after);
}

bool play_soft_limit(struct player *player, struct task *task, int64_t *after)
{
    const struct expect_step *expect = task->step->expect;
    *after = INT64_MIN;
    return !expect->soft_after.given ||
           play_moment(player, task, &expect->soft_after, task->begin, false,
                       after);
}

/* Until when the broker need not have done anything: its lower limits, and
 * of a limit that counts from a mark what lies before the usual one. */
static bool due_time(struct player *player, struct task *task,
                     const struct expect_step *expect, int64_t after,
                     int64_t end, int64_t *due)
{
    int64_t soft;
    if (!expect->within.mark)
        return true;
    if (!play_soft_limit(player, task, &soft))
        return false;
    if (after > *due)
        *due = after;
    if (soft > *due)
        *due = soft;
    if (end - PLAYER_LIMIT > *due)
        *due = end - PLAYER_LIMIT;
    return true;
}

/* --patience multiplies what lies between the due time and the limit. */
static bool stated_upper_limit(struct player *player, struct task *task,
                               const struct expect_step *expect, int64_t after,
                               int64_t *until)
{
    struct moment from = {.given = true, .mark = expect->within.mark};
    int64_t due, end;
    if (!play_moment(player, task, &from, task->begin, false, &due) ||
        !play_moment(player, task, &expect->within, task->begin, false, &end) ||
        !due_time(player, task, expect, after, end, &due))
        return false;
    *until = end > due ? due + play_patient(player, end - due) : end;
    return true;
}

bool play_limits(struct player *player, struct task *task, int64_t *after,
                 int64_t *until)
{
    const struct expect_step *expect = task->step->expect;
    if (!lower_limit(player, task, expect, after))
        return false;
    if (expect->within.given)
        return stated_upper_limit(player, task, expect, *after, until);
    int64_t from = *after > task->begin ? *after : task->begin;
    int64_t soft;
    if (!play_soft_limit(player, task, &soft))
        return false;
    if (soft > from)
        from = soft;
    if (task->last_match > from)
        from = task->last_match;
    *until = from + play_patient(player, PLAYER_LIMIT);
    return true;
}

bool play_was_late(struct player *player, const struct task *task, int64_t seen)
{
    for (; task; task = task->parent) {
        int64_t deadline;
        if (!task->step || !task->step->in_time.given)
            continue;
        if (!play_moment(player, task, &task->step->in_time, task->begin, false,
                         &deadline))
            return false;
        if (seen > deadline)
            return true;
    }
    return false;
}
