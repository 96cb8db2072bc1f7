#include "engine/schedule.h"

#include <stdlib.h>

/* Repetitions of long waits side by side. Each begins only when the others
 * wait, so it is as good as alone. */
#define LONG_AT_ONCE 32

void schedule_add(struct schedule *schedule, struct entry *entry,
                  enum stretch stretch)
{
    entry->next = NULL;
    if (schedule->last[stretch])
        schedule->last[stretch]->next = entry;
    else
        schedule->first[stretch] = entry;
    schedule->last[stretch] = entry;
}

static void pop(struct schedule *schedule, enum stretch stretch)
{
    struct entry *entry = schedule->first[stretch];

    if (!entry)
        return;
    schedule->first[stretch] = entry->next;
    if (!entry->next)
        schedule->last[stretch] = NULL;
    entry->next = NULL;
}

static struct entry *before(const struct schedule *schedule,
                            const struct entry *entry, enum stretch stretch)
{
    struct entry *at = schedule->first[stretch];

    while (at && at->next != entry)
        at = at->next;
    return at;
}

static bool remove_from(struct schedule *schedule, struct entry *entry,
                        enum stretch stretch)
{
    if (schedule->first[stretch] == entry) {
        pop(schedule, stretch);
        return true;
    }
    struct entry *previous = before(schedule, entry, stretch);
    if (!previous)
        return false;
    previous->next = entry->next;
    if (!entry->next)
        schedule->last[stretch] = previous;
    entry->next = NULL;
    return true;
}

void schedule_remove(struct schedule *schedule, struct entry *entry)
{
    for (size_t i = 0; i < STRETCHES; i++)
        if (remove_from(schedule, entry, (enum stretch)i))
            return;
}

/* ---- the beginning ----------------------------------------------------- */

static int by_wait(const void *left, const void *right)
{
    const struct entry *a = *(struct entry *const *)left;
    const struct entry *b = *(struct entry *const *)right;

    if (a->wait != b->wait)
        return a->wait > b->wait ? -1 : 1;
    return a < b ? -1 : a > b; /* else in the order of the file */
}

static void add_sorted(struct schedule *schedule, struct entry **sorted,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        schedule_add(schedule, sorted[i],
                     sorted[i]->exclusive ? STRETCH_EXCLUSIVE
                                          : STRETCH_SIDE_BY_SIDE);
}

void schedule_begin(struct schedule *schedule, struct entry *entries,
                    size_t count)
{
    struct entry **sorted = memory_zero(count, sizeof *sorted);
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        if (entries[i].decided)
            continue;
        if (sorted)
            sorted[used++] = &entries[i];
        else /* no memory to sort: in the order of the file */
            add_sorted(schedule, &(struct entry *){&entries[i]}, 1);
    }
    if (sorted) {
        qsort(sorted, used, sizeof *sorted, by_wait);
        add_sorted(schedule, sorted, used);
    }
    memory_free(sorted);
}

/* ---- what comes next --------------------------------------------------- */

static void change_stretch(struct schedule *schedule)
{
    size_t next = 0;

    while (next < STRETCHES && !schedule->first[next])
        next++;
    schedule->stretch = (enum stretch)next;
}

static bool is_idle(const struct schedule *schedule)
{
    return !schedule->in_flight && !schedule->others;
}

struct entry *schedule_peek(struct schedule *schedule)
{
    if (is_idle(schedule))
        change_stretch(schedule);
    switch (schedule->stretch) {
    case STRETCH_SIDE_BY_SIDE:
        return schedule->first[STRETCH_SIDE_BY_SIDE];
    case STRETCH_CONFIRM_LONG:
        return schedule->in_flight < LONG_AT_ONCE && !schedule->setting_up
                   ? schedule->first[STRETCH_CONFIRM_LONG]
                   : NULL;
    case STRETCHES:
        return NULL;
    default:
        return is_idle(schedule) ? schedule->first[schedule->stretch] : NULL;
    }
}

void schedule_take(struct schedule *schedule, struct entry *entry)
{
    schedule->in_flight++;
    entry->to_start--;
    entry->running++;
    if (!entry->to_start)
        pop(schedule, schedule->stretch);
}

void schedule_give_back(struct schedule *schedule)
{
    schedule->in_flight--;
}

int64_t schedule_length(const struct entry *entry)
{
    return entry->took > entry->wait ? entry->took : entry->wait;
}

void schedule_again(struct schedule *schedule, struct entry *entry)
{
    int64_t length = schedule_length(entry);

    if (entry->exclusive)
        schedule_add(schedule, entry, STRETCH_EXCLUSIVE);
    else if (length > SCHEDULE_LONG)
        schedule_add(schedule, entry, STRETCH_CONFIRM_LONG);
    else
        schedule_add(schedule, entry, STRETCH_CONFIRM);
}

void schedule_clear_suspects(struct schedule *schedule)
{
    while (schedule->first[STRETCH_SUSPECTS]) {
        struct entry *entry = schedule->first[STRETCH_SUSPECTS];
        pop(schedule, STRETCH_SUSPECTS);
        schedule_add(schedule, entry,
                     entry->exclusive ? STRETCH_EXCLUSIVE
                                      : STRETCH_SIDE_BY_SIDE);
    }
}

/* ---- how much is left -------------------------------------------------- */

/* Side by side the longest counts, alone all of them do. */
static int64_t stretch_left(const struct schedule *schedule,
                            enum stretch stretch, int64_t under_way)
{
    const struct entry *entry = schedule->first[stretch];
    bool now = schedule->stretch == stretch;
    int64_t longest = now ? under_way : 0;
    int64_t sum = longest;

    for (; entry; entry = entry->next) {
        int64_t length = schedule_length(entry);
        longest = length > longest ? length : longest;
        sum += length * entry->to_start;
    }
    if (stretch == STRETCH_SIDE_BY_SIDE)
        return longest;
    if (stretch == STRETCH_CONFIRM_LONG)
        return sum / LONG_AT_ONCE > longest ? sum / LONG_AT_ONCE : longest;
    return sum;
}

int64_t schedule_left(const struct schedule *schedule, int64_t under_way)
{
    int64_t left = 0;

    for (size_t i = 0; i < STRETCHES; i++)
        left += stretch_left(schedule, (enum stretch)i, under_way);
    return left;
}

size_t schedule_repetitions(const struct schedule *schedule)
{
    static const enum stretch stretches[] = {STRETCH_CONFIRM_LONG,
                                             STRETCH_CONFIRM};
    size_t count = 0;

    for (size_t i = 0; i < sizeof stretches / sizeof *stretches; i++)
        for (const struct entry *entry = schedule->first[stretches[i]]; entry;
             entry = entry->next)
            count++;
    return count;
}

bool schedule_over(const struct schedule *schedule)
{
    for (size_t i = 0; i < STRETCHES; i++)
        if (schedule->first[i])
            return false;
    return is_idle(schedule);
}
