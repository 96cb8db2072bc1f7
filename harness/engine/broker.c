#include "engine/broker.h"

#include "engine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ms */
#define STOP_LIMIT 10000
#define DIAL_PAUSE 25
#define START_LIMIT 60000

enum broker_work { WORK_NONE, WORK_START, WORK_STOP, WORK_RESTART };

struct broker {
    struct broker_order order;
    struct child child;
    uv_timer_t timer; /* tells done, kills, dials again */
    int handles;
    bool ending;
    bool runs;
    enum broker_work work;
    int signal;
    broker_done done;
    void *user;
    bool ok;
    uint64_t started; /* the loop's time, ms */
    size_t endpoint;  /* which one is dialled … */
    size_t transport; /* … and over what */
    struct net_connection *dial;
    char trouble[640];
};

bool broker_runs(const struct broker *broker)
{
    return broker->runs;
}

bool broker_busy(const struct broker *broker)
{
    return broker->work != WORK_NONE;
}

int broker_signal(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"TERM", SIGTERM}, {"KILL", SIGKILL}, {"INT", SIGINT},
        {"QUIT", SIGQUIT}, {"HUP", SIGHUP},   {"USR1", SIGUSR1},
        {"USR2", SIGUSR2},
    };

    if (name && strncmp(name, "SIG", 3) == 0)
        name += 3;
    for (size_t i = 0; name && i < sizeof signals / sizeof signals[0]; i++)
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].number;
    return SIGTERM;
}

/* ---- telling ----------------------------------------------------------- */

static void on_tell(uv_timer_t *timer)
{
    struct broker *broker = timer->data;

    broker->work = WORK_NONE;
    broker->done(broker->user, broker->ok, broker->trouble);
}

/* From the loop, so that nobody is called from within his own call. */
static void tell(struct broker *broker, bool ok)
{
    broker->ok = ok;
    if (ok)
        broker->trouble[0] = 0;
    uv_timer_start(&broker->timer, on_tell, 0, 0);
}

static void hang_up(struct broker *broker)
{
    if (broker->dial)
        net_drop(broker->dial);
    broker->dial = NULL;
}

/* ---- waiting until it answers ------------------------------------------ */

static void dial(struct broker *broker);

static void on_dial_again(uv_timer_t *timer)
{
    dial(timer->data);
}

static const struct target_address *dialled(const struct broker *broker)
{
    return &broker->order.target->endpoints[broker->endpoint]
                .by_transport[broker->transport];
}

/* Moves on to the next address; false when all have answered. */
static bool find_address(struct broker *broker)
{
    const struct target *target = broker->order.target;

    for (; broker->endpoint < target->count; broker->endpoint++) {
        for (; broker->transport < NET_TRANSPORTS; broker->transport++)
            if (dialled(broker)->offered)
                return true;
        broker->transport = 0;
    }
    return false;
}

static bool start_is_late(const struct broker *broker)
{
    double limit = START_LIMIT * broker->order.patience;

    return (double)(uv_now(broker->order.loop) - broker->started) > limit;
}

static void retry_dial(struct broker *broker, const char *why)
{
    char address[200];

    if (!start_is_late(broker)) {
        uv_timer_start(&broker->timer, on_dial_again, DIAL_PAUSE, 0);
        return;
    }
    target_print(dialled(broker), address, sizeof address);
    snprintf(broker->trouble, sizeof broker->trouble,
             "the broker was started, but does not answer at %s: %.200s",
             address, why);
    tell(broker, false);
}

static void on_dial_event(void *user, struct net_connection *from,
                          const struct net_event *event)
{
    struct broker *broker = user;
    char why[200];

    if (event->kind == NET_EVENT_OPENED) {
        net_close(from, NET_CLOSE_FIN);
    } else if (event->kind == NET_EVENT_FAILED) {
        snprintf(why, sizeof why, "%.199s", event->text ? event->text : "");
        hang_up(broker);
        retry_dial(broker, why);
    } else if (event->kind == NET_EVENT_CLOSED) {
        hang_up(broker);
        broker->transport++;
        dial(broker);
    }
}

static void dial(struct broker *broker)
{
    char error[160] = "";

    if (!find_address(broker)) {
        tell(broker, true);
        return;
    }
    const struct target_address *address = dialled(broker);
    struct net_options options = {
        .address = address->addresses[address->chosen],
        .host = address->url.host,
        .port = address->url.port,
        .tcp_only = true,
    };
    broker->dial = net_open(broker->order.loop, &options, on_dial_event, broker,
                            error, sizeof error);
    if (!broker->dial)
        retry_dial(broker, error);
}

/* ---- its end ----------------------------------------------------------- */

static bool spawn(struct broker *broker);

static void describe_end(struct broker *broker, int status, int signal)
{
    char tail[300];
    char how[64];

    folder_tail(broker->order.folder, BROKER_LOG, tail, sizeof tail);
    if (signal)
        snprintf(how, sizeof how, "by signal %d (%s)", signal,
                 strsignal(signal));
    else
        snprintf(how, sizeof how, "with exit status %d", status);
    snprintf(broker->trouble, sizeof broker->trouble, "the broker ended %s%s%s",
             how, tail[0] ? "; it said last: " : "", tail);
}

static void spawn_or_tell(struct broker *broker)
{
    if (!spawn(broker))
        tell(broker, false);
}

static void part_closed(struct broker *broker)
{
    if (!--broker->handles)
        memory_free(broker);
}

static void on_timer_closed(uv_handle_t *handle)
{
    part_closed(handle->data);
}

/* It may be started again. */
static void on_child_closed(void *user)
{
    struct broker *broker = user;

    if (broker->ending) {
        part_closed(broker);
        return;
    }
    broker->handles--;
    if (broker->work == WORK_RESTART) {
        broker->work = WORK_START;
        spawn_or_tell(broker);
    } else if (broker->work != WORK_NONE) {
        tell(broker, broker->work == WORK_STOP);
    } else {
        broker->order.died(broker->order.user, broker->trouble);
    }
}

static void on_child_ended(void *user, int status, int signal)
{
    struct broker *broker = user;

    broker->runs = false;
    hang_up(broker);
    uv_timer_stop(&broker->timer);
    describe_end(broker, status, signal);
}

/* ---- its start --------------------------------------------------------- */

/* The environment of ours with what the profile adds behind it; the later
 * value of a name is the one that counts for us, so ours is left out. */
static bool is_replaced(const struct profile *profile, const char *entry)
{
    size_t name = strcspn(entry, "=");

    for (size_t i = 0; i < profile->environment_count; i++)
        if (strncmp(profile->environment[i], entry, name) == 0 &&
            profile->environment[i][name] == '=')
            return true;
    return false;
}

static char **make_environment(const struct profile *profile)
{
    size_t count = 0, used = 0;
    while (environ[count])
        count++;
    char **all =
        memory_zero(count + profile->environment_count + 1, sizeof *all);
    if (!all)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!is_replaced(profile, environ[i]))
            all[used++] = environ[i];
    for (size_t i = 0; i < profile->environment_count; i++)
        all[used++] = (char *)(uintptr_t)profile->environment[i];
    return all;
}

static char **make_arguments(const struct profile *profile)
{
    char **all = memory_zero(profile->command_count + 1, sizeof *all);

    for (size_t i = 0; all && i < profile->command_count; i++)
        all[i] = (char *)(uintptr_t)profile->command[i];
    return all;
}

static int open_log(const struct broker *broker)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/" BROKER_LOG, broker->order.folder->path);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int start_child(struct broker *broker, int log, char **arguments,
                       char **environment)
{
    return child_start(&broker->child, &(struct child_order){
                                           .loop = broker->order.loop,
                                           .warden = broker->order.warden,
                                           .arguments = arguments,
                                           .environment = environment,
                                           .folder = broker->order.folder->path,
                                           .log = log,
                                           .ended = on_child_ended,
                                           .closed = on_child_closed,
                                           .user = broker});
}

static bool started(struct broker *broker, int error)
{
    if (error) {
        snprintf(broker->trouble, sizeof broker->trouble,
                 "cannot start '%.200s': %s",
                 broker->order.target->profile->command[0], strerror(error));
        return false;
    }
    broker->handles++;
    broker->runs = true;
    broker->endpoint = broker->transport = 0;
    uv_update_time(broker->order.loop);
    broker->started = uv_now(broker->order.loop);
    dial(broker);
    return true;
}

static bool spawn(struct broker *broker)
{
    const struct profile *profile = broker->order.target->profile;
    char **arguments = make_arguments(profile);
    char **environment = make_environment(profile);
    int log = open_log(broker);
    int error = ENOMEM;

    bool tried = arguments && environment && log >= 0;
    if (tried)
        error = start_child(broker, log, arguments, environment);
    if (log >= 0)
        close(log);
    memory_free(arguments);
    memory_free(environment);
    if (tried)
        return started(broker, error);
    snprintf(broker->trouble, sizeof broker->trouble,
             "cannot start the broker: %s",
             log < 0 ? "its log cannot be written" : "no memory");
    return false;
}

/* ---- orders ------------------------------------------------------------ */

static bool begin_work(struct broker *broker, enum broker_work work,
                       broker_done done, void *user)
{
    if (broker->work != WORK_NONE)
        return false;
    broker->work = work;
    broker->done = done;
    broker->user = user;
    return true;
}

bool broker_start(struct broker *broker, broker_done done, void *user)
{
    if (!begin_work(broker, WORK_START, done, user))
        return false;
    if (broker->runs)
        tell(broker, true);
    else
        spawn_or_tell(broker);
    return true;
}

static void signal_group(const struct broker *broker, int signal)
{
    if (broker->runs)
        child_signal(&broker->child, signal);
}

static void on_stop_limit(uv_timer_t *timer)
{
    signal_group(timer->data, SIGKILL);
}

static void send_signal(struct broker *broker, int signal)
{
    signal_group(broker, signal);
    uv_timer_start(&broker->timer, on_stop_limit, STOP_LIMIT, 0);
}

bool broker_stop(struct broker *broker, int signal, broker_done done,
                 void *user)
{
    if (!begin_work(broker, WORK_STOP, done, user))
        return false;
    if (broker->runs)
        send_signal(broker, signal);
    else
        tell(broker, true);
    return true;
}

bool broker_restart(struct broker *broker, int signal, broker_done done,
                    void *user)
{
    if (!begin_work(broker, WORK_RESTART, done, user))
        return false;
    if (broker->runs) {
        send_signal(broker, signal);
        return true;
    }
    broker->work = WORK_START;
    spawn_or_tell(broker);
    return true;
}

void broker_kill(struct broker *broker)
{
    if (broker->work == WORK_RESTART)
        broker->work = WORK_STOP;
    signal_group(broker, SIGKILL);
}

/* ---- begin and end ----------------------------------------------------- */

struct broker *broker_new(const struct broker_order *order)
{
    struct broker *broker = memory_zero(1, sizeof *broker);

    if (!broker)
        return NULL;
    broker->order = *order;
    if (broker->order.patience < 1)
        broker->order.patience = 1;
    uv_timer_init(order->loop, &broker->timer);
    broker->timer.data = broker;
    broker->handles = 1;
    return broker;
}

void broker_end(struct broker *broker)
{
    broker->ending = true;
    hang_up(broker);
    uv_close((uv_handle_t *)&broker->timer, on_timer_closed);
}
