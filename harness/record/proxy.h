/* A proxy between clients and a broker that records what passes. */
#ifndef MQTTSPEC_RECORD_PROXY_H
#define MQTTSPEC_RECORD_PROXY_H

#include "net/net.h"
#include "record/recording.h"

struct proxy_options {
    const struct net_options *broker; /* how it is reached */
    const char *host;                 /* to listen at: an address */
    uint16_t port;                    /* 0: a free one */
    size_t connections;          /* ends when so many are over; 0: on SIGINT
                                    or SIGTERM only */
    struct recording *recording; /* the caller's */
    /* Clients may come, to this port. */
    void (*listening)(void *user, uint16_t port);
    /* Something that whoever records should know, in one line. */
    void (*say)(void *user, const char *line);
    void *user;
};

enum proxy_end {
    PROXY_OVER,        /* as many connections as wanted, or a signal */
    PROXY_UNREACHABLE, /* the broker cannot be reached */
    PROXY_DEAF,        /* cannot listen at that address */
    PROXY_BROKEN       /* our own: memory, descriptors */
};
/* Tries the broker, listens, and forwards bytes untouched in both directions
 * until the end. All but PROXY_OVER come with one line in error. */
enum proxy_end proxy_run(const struct proxy_options *options, char *error,
                         size_t error_size);

#endif
