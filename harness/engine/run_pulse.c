/* The pulse of a run: read off its state a few times a second. */
#include "engine/running.h"

#define PULSE_MS 200

static int64_t longer(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The longest wait of a play under way. */
static int64_t wait_left(const struct run *run, int64_t now)
{
    int64_t left = 0;

    for (size_t i = 0; i < run->performance_count; i++) {
        const struct performance *play = run->performances[i];

        left = longer(left, play->began + schedule_length(play->user) - now);
    }
    return left;
}

static enum pulse_doing doing(const struct run *run)
{
    if (run->state == RUN_STARTING)
        return PULSE_STARTING;
    if (run->state == RUN_PROBING)
        return PULSE_PROBING;
    if (run->state >= RUN_ENDING)
        return PULSE_STOPPING;
    switch (run->schedule.stretch) {
    case STRETCH_CONFIRM_LONG:
    case STRETCH_CONFIRM:
        return PULSE_REPEATING;
    case STRETCH_EXCLUSIVE:
        return PULSE_ALONE;
    default:
        return PULSE_PLAYING;
    }
}

static struct pulse take(const struct run *run)
{
    struct pulse pulse = {.doing = doing(run),
                          .done = run->decided,
                          .total = run->plan.count,
                          .running = run->performance_count,
                          .failed = run->failed,
                          .doubted = schedule_repetitions(&run->schedule)};

    if (run->state < RUN_ENDING) {
        pulse.wait = wait_left(run, net_now());
        pulse.left = schedule_left(&run->schedule, pulse.wait);
    }
    return pulse;
}

static void on_pulse(uv_timer_t *timer)
{
    const struct run *run = timer->data;
    struct pulse pulse = take(run);

    run->options->pulse(run->options->user, &pulse);
}

void run_begin_pulse(struct run *run)
{
    uv_timer_init(&run->loop, &run->pulse);
    run->pulse.data = run;
    if (run->options->pulse)
        uv_timer_start(&run->pulse, on_pulse, 0, PULSE_MS);
}
