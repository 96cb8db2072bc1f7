/* A profile: YAML that describes a broker (fixtures/brokers/ has some). */
#ifndef MQTTSPEC_PROFILE_H
#define MQTTSPEC_PROFILE_H

#include "net/net.h"
#include "script/script.h"

/* A listener. Texts may hold $host, $dir, $certs, $port.NAME until the
 * broker's start resolves them (profile_resolve). */
struct profile_endpoint {
    const char *name; /* "default", "login", "client_certificate" … */
    const char *urls[NET_TRANSPORTS]; /* NULL: not offered */
    struct source source;
};

struct profile_account {
    const char *name;                 /* "default", "wrong" … */
    const char *user_name, *password; /* NULL: none */
};

struct profile_file {
    const char *name; /* below $dir */
    const char *text;
};

/* A known failure: what the broker breaks, where, and why we believe it. An
 * entry of the file that has several selectors becomes a row for each. */
struct profile_known {
    const char *variants;          /* selector over variant ids; or NULL */
    const char *const *statements; /* required: one or more, then NULL */
    const char *reason;            /* required: what the broker does instead */
    enum known_verdict {
        KNOWN_FAIL,        /* default */
        KNOWN_WARN,        /* a `should` that is known not to be kept */
        KNOWN_INCONCLUSIVE /* cannot be judged on this broker */
    } verdict;
    bool sometimes; /* `sometimes: true`: may also pass, with the reason */
    bool passive;   /* `passive: true`: a decoder finding of the statement */
    struct source source;
    size_t matched; /* variants of this run that it met */
};

/* A capability (script/capability.h) with its value: `name` alone, or `name:
 * value`. */
struct profile_capability {
    const char *name;
    bool present; /* false: stated as absent, `name: false` */
    bool has_number;
    int64_t number;
};

struct profile {
    struct arena *arena;
    bool resolved;              /* its texts hold no $word any more */
    const char *name, *version; /* for people */
    struct source source;
    const char **command; /* how to start it; NULL: it runs already */
    size_t command_count;
    const char **environment; /* NAME=value */
    size_t environment_count;
    struct profile_file *files;
    size_t file_count;
    const char *restart_signal; /* "TERM" */
    struct profile_endpoint *endpoints;
    size_t endpoint_count;
    struct profile_account *accounts;
    size_t account_count;
    struct profile_capability *capabilities;
    size_t capability_count;
    struct profile_known *known;
    size_t known_count;
    const char *ca, *certificate, *key; /* PEM files; may hold $certs */
    bool insecure;
    const char *topic_prefix; /* "" */
    bool versions[6];         /* all false: probe */
    int64_t limit_connect;    /* ns; default 35 s */
    int64_t limit_handshake;  /* ns; default 35 s */
    uint16_t keep_alive;      /* default of send connect: 600 */
    const char *auth_method;  /* enhanced authentication; or NULL */
    struct profile_values {   /* $profile.NAME */
        const char *name, *value;
    } * values;
    size_t value_count;
};

/* Reads and checks a profile. NULL after diagnostics. */
struct profile *profile_load(const char *path, struct diagnostics *diagnostics);
/* A profile of plain URLs from the command line; the texts are copied. */
struct profile *profile_of_urls(const struct net_url *urls, size_t count);
void profile_free(struct profile *profile);
const struct profile_endpoint *profile_endpoint(const struct profile *profile,
                                                const char *name);
const struct profile_account *profile_account(const struct profile *profile,
                                              const char *name);
/* The stated capability; NULL when the profile does not speak of it. */
const struct profile_capability *
profile_capability(const struct profile *profile, const char *name);

/* What the texts of a profile may refer to once the broker is to start. */
struct profile_places {
    const char *dir;   /* the broker's own temporary folder */
    const char *certs; /* the folder of certificates */
    const char *host;  /* 127.0.0.1 */
    /* The port for $port.NAME; 0 on failure. Same name, same port. */
    uint16_t (*port)(void *user, const char *name);
    void *user;
};
/* Replaces $dir, $certs, $host and $port.NAME in command, files, environment,
 * URLs, ca, certificate and key, and $$ by a dollar sign. Done once: a profile
 * of URLs, and one that is resolved, stays as it is. False when there is no
 * memory, no port, or an unknown $word (a diagnostic says which). */
bool profile_resolve(struct profile *profile,
                     const struct profile_places *places,
                     struct diagnostics *diagnostics);

#endif
