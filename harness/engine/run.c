#include "engine/run.h"

#include "engine/cleanup.h"
#include "engine/errand.h"
#include "engine/running.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOBS_DEFAULT 50
#define CONNECTIONS_DEFAULT 1000

/* ---- ending ------------------------------------------------------------ */

void run_give_up(struct run *run, const char *reason)
{
    if (run->state == RUN_STARTING && run->broker)
        broker_kill(run->broker);
    if (run->state == RUN_PROBING)
        errands_drop(&run->surroundings);
    uv_timer_stop(&run->timer);
    health_reset(&run->health);
    run->rest_reason = reason;
    if (run->state < RUN_ENDING)
        run->state = RUN_ENDING;
    run_resolve_doubts(run, false);
    run_abort_plays(run, reason);
}

/* Variants exist for a target; of one that was not reached, only what the
 * profile says is known. */
static void choose_unreached(struct run *run)
{
    const struct profile *profile = run->options->profile;
    const struct profile_endpoint *endpoint =
        profile_endpoint(profile, "default");
    struct target_shape shape = {.versions = {false}};
    bool stated = false;

    for (size_t i = MQTT_3_1; i <= MQTT_5_0; i++)
        stated = stated || profile->versions[i];
    for (size_t i = MQTT_3_1; i <= MQTT_5_0; i++)
        shape.versions[i] = profile->versions[i] || !stated;
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        shape.transports[i] = endpoint && endpoint->urls[i];
    if (!run->plan.entries)
        plan_choose(&run->plan, run->options, &shape, run->kept->arena);
}

/* ---- turns of the loop ------------------------------------------------- */

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

static void close_handles(struct run *run)
{
    close_handle((uv_handle_t *)&run->turn);
    close_handle((uv_handle_t *)&run->timer);
    close_handle((uv_handle_t *)&run->pulse);
    for (size_t i = 0; i < RUN_SIGNALS; i++)
        close_handle((uv_handle_t *)&run->signals[i]);
    health_end(&run->health);
    gate_end(&run->surroundings.gate);
    if (run->broker)
        broker_end(run->broker);
    run->broker = NULL;
}

static bool is_quiet(const struct run *run)
{
    return !run->performance_count && !run->surroundings.cleanup_count &&
           !run->surroundings.errand_count;
}

static void on_stopped(void *user, bool ok, const char *trouble)
{
    (void)user; /* the next turn sees that it does not run */
    (void)ok;
    (void)trouble;
}

static void turn_ending(struct run *run)
{
    if (!is_quiet(run))
        return;
    if (!run->plan.entries)
        choose_unreached(run);
    run_decide_rest(run, run->rest_reason ? run->rest_reason
                                          : "the run ended before it");
    run->state = RUN_STOPPING;
}

static void turn_stopping(struct run *run)
{
    if (run->broker && broker_busy(run->broker))
        return;
    if (run->broker && broker_runs(run->broker)) {
        broker_stop(run->broker, SIGTERM, on_stopped, run);
        return;
    }
    run->state = RUN_OVER;
    close_handles(run);
}

static void turn_playing(struct run *run)
{
    run_start_plays(run);
    run->schedule.others =
        run->surroundings.cleanup_count + run->surroundings.errand_count;
    if (run->performance_count || health_in_doubt(&run->health))
        return;
    if (run->broker && !broker_busy(run->broker) && !broker_runs(run->broker)) {
        run->state = RUN_REVIVING; /* a case has left it stopped */
        return;
    }
    if (!schedule_over(&run->schedule) || run->doubts)
        return;
    run->state = RUN_CHECKING;
    health_ask(&run->health);
}

static void turn_once(struct run *run)
{
    if (run->hook_asked)
        run_begin_hook(run);
    if (run->state == RUN_PLAYING)
        turn_playing(run);
    if (run->state == RUN_REVIVING)
        run_revive(run);
    if (run->state == RUN_ENDING)
        turn_ending(run);
    if (run->state == RUN_STOPPING)
        turn_stopping(run);
}

static void on_turn(uv_prepare_t *handle)
{
    struct run *run = handle->data;

    do {
        gate_admit(&run->surroundings.gate);
        turn_once(run);
    } while (run_take_ended(run));
}

/* ---- interruption ------------------------------------------------------ */

/* Who asks twice does not want to wait. */
static void interrupt_again(struct run *run)
{
    errands_drop(&run->surroundings);
    cleanups_drop(&run->surroundings);
    if (run->broker)
        broker_kill(run->broker);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct run *run = handle->data;

    (void)number;
    if (run->kept->record.interrupted) {
        interrupt_again(run);
        return;
    }
    run->kept->record.interrupted = true;
    run_trouble(run, "the run was interrupted");
    run_give_up(run, "the run was interrupted");
}

/* ---- the whole --------------------------------------------------------- */

static void begin_bounds(struct run *run)
{
    const struct run_options *options = run->options;
    size_t possible = gate_connections_possible();

    run->connections =
        options->connections ? options->connections : CONNECTIONS_DEFAULT;
    if (run->connections > possible)
        run->connections = possible;
    gate_begin(&run->surroundings.gate, &run->loop,
               options->jobs ? options->jobs : JOBS_DEFAULT, possible);
}

static void begin_signals(struct run *run)
{
    static const int numbers[RUN_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < RUN_SIGNALS; i++) {
        uv_signal_init(&run->loop, &run->signals[i]);
        run->signals[i].data = run;
        uv_signal_start(&run->signals[i], on_signal, numbers[i]);
    }
}

static void begin_handles(struct run *run)
{
    run->surroundings.loop = &run->loop;
    run->surroundings.target = &run->target;
    run->surroundings.options = run->options;
    run->surroundings.broker = run_hook;
    run->surroundings.user = run;
    run->surroundings.identity = surroundings_run_identity(run->options->seed);
    run->target.options = run->options;
    run->target.profile = run->options->profile;
    uv_prepare_init(&run->loop, &run->turn);
    run->turn.data = run;
    uv_prepare_start(&run->turn, on_turn);
    uv_timer_init(&run->loop, &run->timer);
    run->timer.data = run;
    run_begin_pulse(run);
    begin_bounds(run);
    begin_signals(run);
    run->health = (struct health){.surroundings = &run->surroundings,
                                  .offer = &run->offer,
                                  .well = run_broker_well,
                                  .ill = run_broker_ill,
                                  .user = run};
    health_begin(&run->health);
}

static const char *all_addresses(const struct profile *profile,
                                 struct arena *arena)
{
    const struct profile_endpoint *endpoint =
        profile_endpoint(profile, "default");
    const char *all = "";

    for (size_t i = 0; endpoint && i < NET_TRANSPORTS; i++) {
        const char *url = endpoint->urls[i];
        const char *mask;
        int length = url ? net_url_shown(url, &mask) : 0;
        if (url && all)
            all = arena_format(arena, "%s%s%.*s%s", all, *all ? " " : "",
                               length, url, mask);
    }
    return all;
}

/* A profile is named by its name, plain URLs by themselves. */
static bool describe_target(struct run *run)
{
    const struct profile *profile = run->options->profile;
    struct run_record *record = &run->kept->record;
    struct arena *arena = run->kept->arena;
    bool versioned = profile->version && *profile->version;
    bool named = profile->source.file && profile->name && *profile->name;

    record->target = named ? arena_text(arena, profile->name)
                           : all_addresses(profile, arena);
    record->broker = named ? arena_format(arena, "%s%s%s", profile->name,
                                          versioned ? " " : "",
                                          versioned ? profile->version : "")
                           : "";
    return record->target && record->broker;
}

static struct run_kept *make_kept(const struct run_options *options)
{
    struct run_kept *kept = memory_zero(1, sizeof *kept);

    if (!kept)
        return NULL;
    kept->arena = arena_new((size_t)1 << 30);
    if (!kept->arena) {
        memory_free(kept);
        return NULL;
    }
    kept->record.tool_version = "";
    kept->record.wall_began = (int64_t)time(NULL);
    kept->record.began = net_now();
    kept->record.seed = options->seed;
    return kept;
}

/* Says what a reader must know of the broker's deaths, and whether its
 * folder is worth keeping. */
static void tell_deaths(struct run *run)
{
    bool kept = run->deaths && run->folder.path;

    if (run->deaths)
        run_trouble(run, "the broker died %u time%s; first: %s%s%s",
                    run->deaths, run->deaths == 1 ? "" : "s", run->death,
                    kept ? "; its folder was kept: " : "",
                    kept ? run->folder.path : "");
}

static void end_parts(struct run *run)
{
    probe_free(run->probe);
    plan_end(&run->plan);
    passive_end(&run->passive);
    target_end(&run->target);
    ports_end(&run->ports);
    folder_end(&run->folder, run->deaths > 0);
    warden_end(&run->warden);
    memory_free(run->performances);
    memory_free(run->certs);
}

static void play_all(struct run *run)
{
    begin_handles(run);
    run->passive.arena = run->kept->arena;
    run_begin(run);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    tell_deaths(run);
    run_finish_record(run);
}

static char *absolute(const char *path)
{
    char *real = path ? realpath(path, NULL) : NULL;
    char *copy = real ? memory_copy(real) : NULL;

    free(real);
    return copy;
}

struct run_record *run_suite(const struct run_options *options,
                             struct diagnostics *diagnostics)
{
    struct run *run = memory_zero(1, sizeof *run);
    struct run_kept *kept = make_kept(options);

    if (run && kept && net_loop_init(&run->loop) == 0) {
        run->options = options;
        run->diagnostics = diagnostics;
        run->kept = kept;
        run->certs = absolute(options->certs);
        play_all(run);
        if (!describe_target(run))
            kept->record.target = kept->record.broker = "";
        end_parts(run);
        uv_loop_close(&run->loop);
    } else if (kept) {
        run_record_free(&kept->record);
        kept = NULL;
    }
    memory_free(run);
    return kept ? &kept->record : NULL;
}
