#include "engine/probe.h"

#include "engine/errand.h"
#include "engine/inquiry.h"

#include <stdio.h>
#include <string.h>

/* One greeting: whether a version works over a transport. */
struct greeting {
    struct probe *probe;
    enum net_transport transport;
    enum mqtt_version version;
    char id[IDENTITY_SIZE];
    size_t address; /* which one of the name's was tried */
    enum errand_end end;
    enum net_failure failure;
    uint8_t reason_code;
    char text[240];
};

#define GREETINGS (NET_TRANSPORTS * 3)

struct probe {
    struct surroundings *surroundings;
    struct offer *offer;
    probe_done done;
    void *user;
    struct greeting greetings[GREETINGS];
    size_t count, waiting;
    struct inquiries *inquiries;
    char trouble[512];
    bool for_good;
};

static const enum mqtt_version newest_first[] = {MQTT_5_0, MQTT_3_1_1,
                                                 MQTT_3_1};

/* ---- what came of the greetings ---------------------------------------- */

/* How much an end tells about why nothing works; the most telling counts. */
static int telling(const struct greeting *greeting)
{
    static const int ranks[] = {
        [ERRAND_CLOSED] = 1,   [ERRAND_SILENT] = 2,
        [ERRAND_REFUSED] = 3,  [ERRAND_DISCONNECTED] = 4,
        [ERRAND_NOT_MQTT] = 5, [ERRAND_NOT_OPENED] = 6,
        [ERRAND_OURS] = 7,     [ERRAND_DONE] = 0,
    };
    bool other_version =
        greeting->end == ERRAND_REFUSED &&
        (greeting->reason_code == 1 || greeting->reason_code == 0x84);

    return other_version ? 0 : ranks[greeting->end];
}

static bool stated_version(const struct probe *probe, enum mqtt_version version)
{
    return probe->surroundings->target->profile->versions[version];
}

static bool any_stated(const struct probe *probe)
{
    for (size_t i = 0; i < 3; i++)
        if (stated_version(probe, newest_first[i]))
            return true;
    return false;
}

static const struct greeting *most_telling(const struct probe *probe,
                                           enum net_transport transport)
{
    const struct greeting *most = NULL;

    for (size_t i = 0; i < probe->count; i++) {
        const struct greeting *greeting = &probe->greetings[i];
        if (greeting->transport != transport)
            continue;
        if (greeting->end == ERRAND_DONE)
            return greeting;
        if (!most || telling(greeting) > telling(most))
            most = greeting;
    }
    return most;
}

/* Whether a broker that has just been started will do the same later. */
static bool lasts(const struct greeting *greeting)
{
    switch (greeting->end) {
    case ERRAND_CLOSED:
    case ERRAND_SILENT:
        return false;
    case ERRAND_NOT_OPENED:
        return greeting->failure == NET_FAILURE_TRUST;
    default:
        return true;
    }
}

static void say_unreachable(struct probe *probe,
                            const struct greeting *greeting)
{
    char address[200];

    target_print(target_address(probe->surroundings->target, "default",
                                greeting->transport),
                 address, sizeof address);
    snprintf(probe->trouble, sizeof probe->trouble, "cannot reach %s: %s",
             address, greeting->text);
    probe->for_good = lasts(greeting);
}

/* Every transport that was named has to work with some version. */
static bool all_reachable(struct probe *probe)
{
    for (size_t i = 0; i < NET_TRANSPORTS; i++) {
        const struct greeting *greeting =
            most_telling(probe, (enum net_transport)i);
        if (!greeting || greeting->end == ERRAND_DONE)
            continue;
        say_unreachable(probe, greeting);
        return false;
    }
    return true;
}

static void note_works(struct probe *probe)
{
    struct offer *offer = probe->offer;
    bool stated = any_stated(probe);

    for (size_t i = 0; i < probe->count; i++) {
        const struct greeting *greeting = &probe->greetings[i];
        bool works = stated || greeting->end == ERRAND_DONE;
        offer->works[greeting->transport][greeting->version] = works;
        offer->shape.versions[greeting->version] |= works;
        offer->shape.transports[greeting->transport] = true;
    }
}

/* The first transport in the usual order, and the newest version that was
 * really answered there. */
static void choose_way(struct probe *probe)
{
    struct offer *offer = probe->offer;

    for (size_t i = 0; i < probe->count; i++) {
        if (probe->greetings[i].end != ERRAND_DONE)
            continue;
        offer->transport = probe->greetings[i].transport;
        offer->version = probe->greetings[i].version;
        return;
    }
}

/* ---- the end ----------------------------------------------------------- */

static void tell(struct probe *probe)
{
    probe->done(probe->user, probe->trouble[0] ? probe->trouble : NULL,
                probe->for_good);
}

static void on_inquired(void *user)
{
    tell(user);
}

static void all_greeted(struct probe *probe)
{
    note_works(probe);
    if (!probe->count)
        snprintf(probe->trouble, sizeof probe->trouble,
                 "the profile has no address for the endpoint 'default'");
    if (!probe->count || !all_reachable(probe)) {
        tell(probe);
        return;
    }
    choose_way(probe);
    probe->inquiries =
        inquiries_start(probe->surroundings, probe->offer, on_inquired, probe);
    if (probe->inquiries)
        return;
    snprintf(probe->trouble, sizeof probe->trouble, "no memory");
    tell(probe);
}

/* ---- greetings --------------------------------------------------------- */

static bool greet(struct greeting *greeting);

/* Endpoints on the same host go the same way. */
static void choose_address(struct target *target, const char *host,
                           size_t chosen)
{
    for (size_t i = 0; i < target->count; i++)
        for (size_t j = 0; j < NET_TRANSPORTS; j++) {
            struct target_address *address =
                &target->endpoints[i].by_transport[j];
            if (address->offered && chosen < address->address_count &&
                strcmp(address->url.host, host) == 0)
                address->chosen = chosen;
        }
}

/* A name may have an address where nobody listens: tries the next one. */
static bool try_other_address(struct greeting *greeting)
{
    struct target *target = greeting->probe->surroundings->target;
    const struct target_address *address =
        target_address(target, "default", greeting->transport);

    if (greeting->end != ERRAND_NOT_OPENED && greeting->end != ERRAND_SILENT)
        return false;
    if (greeting->address == address->chosen &&
        address->chosen + 1 < address->address_count)
        choose_address(target, address->url.host, address->chosen + 1);
    return greeting->address != address->chosen && greet(greeting);
}

static void on_greeted(void *user, const struct errand_outcome *outcome)
{
    struct greeting *greeting = user;
    struct probe *probe = greeting->probe;

    greeting->end = outcome->end;
    greeting->failure = outcome->failure;
    greeting->reason_code = outcome->reason_code;
    snprintf(greeting->text, sizeof greeting->text, "%s", outcome->text);
    if (try_other_address(greeting))
        return;
    if (!--probe->waiting)
        all_greeted(probe);
}

static bool greet(struct greeting *greeting)
{
    struct probe *probe = greeting->probe;
    struct surroundings *all = probe->surroundings;

    surroundings_identity(all, greeting->id);
    greeting->address =
        target_address(all->target, "default", greeting->transport)->chosen;
    return errand_start(all, &(struct errand_order){
                                 .endpoint = "default",
                                 .transport = greeting->transport,
                                 .version = greeting->version,
                                 .account = "default",
                                 .client_id = slice_of(greeting->id),
                                 .clean_start = true,
                                 .keep_alive = all->target->profile->keep_alive,
                                 .limit = errand_limit(all),
                                 .done = on_greeted,
                                 .user = greeting,
                             });
}

static void list_greetings(struct probe *probe)
{
    bool stated = any_stated(probe);

    for (size_t i = 0; i < NET_TRANSPORTS; i++) {
        enum net_transport transport = (enum net_transport)i;
        if (!target_address(probe->surroundings->target, "default", transport))
            continue;
        for (size_t j = 0; j < 3; j++)
            if (!stated || stated_version(probe, newest_first[j]))
                probe->greetings[probe->count++] =
                    (struct greeting){.probe = probe,
                                      .transport = transport,
                                      .version = newest_first[j]};
    }
}

/* Told from the loop even when nothing could be started. */
static bool start_greetings(struct probe *probe)
{
    for (size_t i = 0; i < probe->count; i++)
        if (greet(&probe->greetings[i]))
            probe->waiting++;
        else
            probe->greetings[i].end = ERRAND_OURS;
    return probe->waiting > 0;
}

struct probe *probe_start(struct surroundings *surroundings,
                          struct offer *offer, probe_done done, void *user)
{
    struct probe *probe = memory_zero(1, sizeof *probe);

    if (!probe)
        return NULL;
    probe->surroundings = surroundings;
    probe->offer = offer;
    probe->done = done;
    probe->user = user;
    list_greetings(probe);
    if (start_greetings(probe))
        return probe;
    probe_free(probe);
    return NULL;
}

void probe_free(struct probe *probe)
{
    if (!probe)
        return;
    inquiries_free(probe->inquiries);
    memory_free(probe);
}
