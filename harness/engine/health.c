#include "engine/health.h"

#include "engine/errand.h"

#define ATTEMPTS 3

static void attempt(struct health *health);

static void on_timer(uv_timer_t *timer)
{
    attempt(timer->data);
}

/* ms; a third of what the broker gets for an answer. */
static uint64_t attempt_time(const struct health *health)
{
    return (uint64_t)(errand_limit(health->surroundings) / 1000000) / ATTEMPTS;
}

static void missed(struct health *health, const char *text)
{
    uint64_t now = uv_now(health->surroundings->loop);
    uint64_t due = health->began + attempt_time(health);

    if (++health->misses < ATTEMPTS) {
        uv_timer_start(&health->timer, on_timer, due > now ? due - now : 0, 0);
        return;
    }
    health->asking = false;
    health->ill(health->user, text);
}

static void answered(struct health *health)
{
    health->misses = 0;
    if (health->again) {
        attempt(health);
        return;
    }
    health->asking = false;
    health->well(health->user);
}

static void on_done(void *user, const struct errand_outcome *outcome)
{
    struct health *health = user;

    if (outcome->end == ERRAND_DONE || outcome->end == ERRAND_OURS)
        answered(health); /* our own lack is not the broker's */
    else
        missed(health, outcome->text);
}

static void attempt(struct health *health)
{
    struct surroundings *all = health->surroundings;
    struct errand_order order = {
        .endpoint = "default",
        .transport = health->offer->transport,
        .version = health->offer->version,
        .account = "default",
        .client_id = slice_of(health->id),
        .clean_start = true,
        .keep_alive = all->target->profile->keep_alive,
        .limit = errand_limit(all) / ATTEMPTS,
        .done = on_done,
        .user = health,
    };

    health->again = false;
    health->began = uv_now(all->loop);
    surroundings_identity(all, health->id);
    if (!errand_start(all, &order))
        answered(health);
}

void health_begin(struct health *health)
{
    uv_timer_init(health->surroundings->loop, &health->timer);
    health->timer.data = health;
}

void health_ask(struct health *health)
{
    if (health->asking) {
        health->again = true;
        return;
    }
    health->asking = true;
    attempt(health);
}

bool health_in_doubt(const struct health *health)
{
    return health->misses > 0;
}

void health_reset(struct health *health)
{
    uv_timer_stop(&health->timer);
    health->asking = health->again = false;
    health->misses = 0;
}

void health_end(struct health *health)
{
    uv_timer_stop(&health->timer);
    uv_close((uv_handle_t *)&health->timer, NULL);
}
