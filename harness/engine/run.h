/* A whole run against one target: start the broker if the profile says how,
 * probe it, play the chosen variants side by side, repeat failures alone,
 * clean up, stop the broker, and leave one record. */
#ifndef MQTTSPEC_RUN_H
#define MQTTSPEC_RUN_H

#include "engine/offer.h"
#include "engine/pulse.h"
#include "engine/result.h"
#include "script/profile.h"
#include "script/script.h"

struct run_options {
    struct profile *profile; /* not yet resolved; owned by the caller */
    struct suite *suite;
    bool other_cases; /* the suite is not that which the profile speaks of */
    const struct catalogue *catalogue;
    /* Whether a variant is wanted; NULL: all. */
    bool (*wanted)(void *user, const struct variant *variant);
    void *wanted_user;
    /* Overrides of the command line; NULL: the profile's. */
    const char *user_name, *password;
    const char *ca, *certificate, *key, *server_name, *path;
    bool insecure;
    const struct net_header *headers; /* of the WebSocket upgrade */
    size_t header_count;
    const char *certs;      /* folder of test certificates: $certs */
    const char *dir;        /* the broker's folder; NULL: a temporary one */
    unsigned jobs;          /* connections being set up at once; 0: chosen */
    unsigned connections;   /* connections open at once; 0: chosen */
    double patience;        /* 1.0 */
    unsigned repeat;        /* how often each variant is played; 1 */
    unsigned shard, shards; /* this one of so many; 0 of 0: all */
    uint64_t seed;
    bool strict;      /* judge level strict; SHOULD fails */
    bool unconfirmed; /* what goes wrong is not repeated */
    bool keep_all;    /* conversations of passed variants, too */
    bool capture;     /* with every conversation, what went over TCP */
    /* Told of each decided variant, in the order of decision; may be NULL. */
    void (*decided)(void *user, const struct result *result, size_t done,
                    size_t total);
    /* Told what the target offers, once it is known; may be NULL. */
    void (*offered)(void *user, const struct offer *offer);
    /* Told in one line of what goes on (broker started …); may be NULL. */
    void (*progress)(void *user, const char *line);
    /* Told a few times a second how far the run is; may be NULL. */
    void (*pulse)(void *user, const struct pulse *pulse);
    void *user;
    /* The start of the command that repeats one variant, such as
     * "mqttspec run fixtures/brokers/mosquitto.yaml". */
    const char *repeat_command;
};

/* Runs. SIGINT and SIGTERM end the run early with a complete record
 * (interrupted). NULL only when there is no memory. Whatever happens, the
 * broker that was started here has ended when this returns, and its temporary
 * folder is gone (unless dir was given, or the broker died: then
 * record->trouble names the folder that was kept). */
struct run_record *run_suite(const struct run_options *options,
                             struct diagnostics *diagnostics);
void run_record_free(struct run_record *record);

#endif
