/* The broker under test, resolved: where to connect for each endpoint and
 * transport, whom to trust, which accounts there are. */
#ifndef MQTTSPEC_TARGET_H
#define MQTTSPEC_TARGET_H

#include "engine/player.h"
#include "engine/run.h"

/* A name may have several addresses; the first that answers is used. */
#define TARGET_ADDRESSES 4

struct target_address {
    bool offered;
    struct net_url url;
    struct sockaddr_storage addresses[TARGET_ADDRESSES];
    size_t address_count;
    size_t chosen; /* which of them */
};

struct target_endpoint {
    const char *name;
    struct target_address by_transport[NET_TRANSPORTS];
};

/* Which certificate of ours a connection shows. */
enum target_certificate {
    CERTIFICATE_OWN, /* the profile's, or none */
    CERTIFICATE_NONE,
    CERTIFICATE_GOOD,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_OTHER_CA,
    CERTIFICATES
};

struct target {
    const struct run_options *options;
    const struct profile *profile; /* resolved */
    struct target_endpoint *endpoints;
    size_t count;
    struct net_trust *trusts[CERTIFICATES]; /* loaded when first needed */
    char trouble[256];
};

/* Reads the URLs of the resolved profile and looks their names up (this may
 * block as long as the system's resolver does). False with one line in
 * target->trouble. Call target_end in either case. */
bool target_begin(struct target *target, const struct run_options *options);
void target_end(struct target *target);

/* NULL when the endpoint is unknown or lacks that transport. */
const struct target_address *target_address(const struct target *target,
                                            const char *endpoint,
                                            enum net_transport transport);
/* "mqtt://127.0.0.1:1883"; the path with WebSocket. */
void target_print(const struct target_address *address, char *to, size_t size);

/* The options of a plain connection. False with one line in *trouble
 * (target->trouble). The options borrow from the target. */
bool target_options(struct target *target, const char *endpoint,
                    enum net_transport transport, struct net_options *options,
                    const char **trouble);
/* The same for a client of a case, with what its `open` step states. The
 * options borrow from the step, too. */
bool target_stage_options(struct target *target, const struct stage_open *how,
                          struct net_options *options, const char **trouble);

/* As the player asks (player.h); user is the target. An account "none" is
 * there always, and empty. */
struct player_account target_account(void *user, const char *name);
/* NAME of $profile.NAME, with or without "profile." in front; auth.method. */
bool target_variable(void *user, const char *name, struct value *value);
/* $profile.auth_start, auth_reply and auth_wrong are the moves of the
 * profile's method. */
bool target_auth(void *user, struct slice move, struct value *value);

#endif
