/* The beginning of a run: the broker is started and probed, and the variants
 * are chosen. */
#include "engine/running.h"

#include <stdio.h>

/* ms: how often, and how long, a broker that was just started is probed
 * before it counts as not to be reached. */
#define PROBE_PAUSE 250
#define PROBE_LIMIT 30000

void run_unreachable(struct run *run, const char *trouble)
{
    run_trouble(run, "%s", trouble);
    run->kept->record.unreachable = true;
    run_give_up(run, "the broker could not be reached");
}

/* ---- probing ----------------------------------------------------------- */

static void begin_probe(struct run *run);

static void on_probe_again(uv_timer_t *timer)
{
    begin_probe(timer->data);
}

static void say_offer(const struct run *run)
{
    char line[200] = "";
    size_t used = 0;

    for (size_t i = MQTT_3_1; i <= MQTT_5_0; i++)
        if (run->offer.shape.versions[i])
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s",
                                     used ? ", " : "MQTT ",
                                     mqtt_version_name((enum mqtt_version)i));
    for (size_t i = 0, n = 0; i < NET_TRANSPORTS; i++)
        if (run->offer.shape.transports[i])
            used += (size_t)snprintf(line + used, sizeof line - used, "%s%s",
                                     n++ ? ", " : " over ",
                                     net_transport_name((enum net_transport)i));
    run_say(run, "the broker offers %s", line);
}

static void begin_playing(struct run *run)
{
    struct run_kept *kept = run->kept;

    say_offer(run);
    if (run->options->offered)
        run->options->offered(run->options->user, &run->offer);
    if (!plan_choose(&run->plan, run->options, &run->offer.shape,
                     kept->arena)) {
        run_trouble(run, "no memory");
        run_give_up(run, "no memory");
        return;
    }
    plan_learn(&run->plan, run->options, &run->offer, &run->target,
               kept->arena);
    run_tell_skipped(run);
    schedule_begin(&run->schedule, run->plan.entries, run->plan.count);
    run->state = RUN_PLAYING;
}

/* A broker of our own may need a while until it answers in full. */
static bool probe_later(struct run *run)
{
    uint64_t spent = uv_now(&run->loop) - run->probe_began;
    double patience = run->options->patience;

    if (!run->broker || !broker_runs(run->broker) ||
        (double)spent > PROBE_LIMIT * (patience > 1 ? patience : 1))
        return false;
    uv_timer_start(&run->timer, on_probe_again, PROBE_PAUSE, 0);
    return true;
}

static void on_probed(void *user, const char *trouble, bool for_good)
{
    struct run *run = user;
    char line[600];

    snprintf(line, sizeof line, "%s", trouble ? trouble : "");
    probe_free(run->probe);
    run->probe = NULL;
    if (run->state != RUN_PROBING)
        return;
    if (!trouble)
        begin_playing(run);
    else if (for_good || !probe_later(run))
        run_unreachable(run, line);
}

static void begin_probe(struct run *run)
{
    offer_begin(&run->offer, run->options->profile);
    run->state = RUN_PROBING;
    run->probe = probe_start(&run->surroundings, &run->offer, on_probed, run);
    if (!run->probe)
        run_unreachable(run, "no memory to probe the broker");
}

/* ---- starting ---------------------------------------------------------- */

static void on_started(void *user, bool ok, const char *trouble)
{
    struct run *run = user;

    if (run->state != RUN_STARTING)
        return;
    if (!ok) {
        run_unreachable(run, trouble);
        return;
    }
    run_say(run, "%s was started", run->options->profile->name);
    run->probe_began = uv_now(&run->loop);
    begin_probe(run);
}

static bool make_broker(struct run *run)
{
    char error[400] = "no memory";

    run->broker = broker_new(&(struct broker_order){
        .loop = &run->loop,
        .target = &run->target,
        .folder = &run->folder,
        .warden = &run->warden,
        .patience = run->options->patience,
        .died = run_broker_died,
        .user = run,
    });
    if (run->broker &&
        folder_write(&run->folder, run->options->profile, error, sizeof error))
        return true;
    run_unreachable(run, error);
    return false;
}

static bool resolve(struct run *run)
{
    struct profile_places places = {
        .dir = run->folder.path ? run->folder.path : "",
        .certs = run->certs ? run->certs : "",
        .host = "127.0.0.1",
        .port = ports_find,
        .user = &run->ports,
    };

    if (profile_resolve(run->options->profile, &places, run->diagnostics))
        return true;
    run_unreachable(run, "the profile cannot be used as it is");
    return false;
}

static bool make_folder(struct run *run)
{
    struct folder *folder = &run->folder;
    char error[400];

    if (!run->options->profile->command_count)
        return true;
    if (folder_make(folder, run->options->dir, error, sizeof error)) {
        warden_begin(&run->warden, folder->temporary ? folder->path : NULL);
        return true;
    }
    run_unreachable(run, error);
    return false;
}

void run_begin(struct run *run)
{
    bool child = run->options->profile->command_count > 0;

    if (!make_folder(run) || !resolve(run))
        return;
    if (!target_begin(&run->target, run->options)) {
        run_unreachable(run, run->target.trouble);
        return;
    }
    run->probe_began = uv_now(&run->loop);
    if (!child)
        begin_probe(run);
    else if (make_broker(run))
        broker_start(run->broker, on_started, run);
}
