/* One client of the proxy, and its connection to the broker. Inside of the
 * proxy. */
#ifndef MQTTSPEC_RECORD_PAIR_H
#define MQTTSPEC_RECORD_PAIR_H

#include "net/outlet.h"
#include "record/proxy.h"

enum { PROXY_ROOM = 65536 };

struct proxy {
    const struct proxy_options *options;
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_signal_t signals[2];
    struct net_connection *trial; /* whether the broker is there */
    struct pair *pairs;
    size_t open, over; /* pairs now; connections that have ended */
    bool listening, stopping, full_said;
    enum proxy_end end;
    char *error;
    size_t error_size;
    char room[PROXY_ROOM]; /* what is read from clients */
};

/* A client waits to be accepted. */
void pair_accept(struct proxy *proxy);
/* Ends it in order, and records nothing more. */
void pair_stop(struct pair *pair);
/* The next of all that are open. */
struct pair *pair_next(const struct pair *pair);

/* proxy.c: ends everything; proxy_run returns when all of it is closed. */
void proxy_stop(struct proxy *proxy);
void proxy_say(struct proxy *proxy, const char *format, const char *text);

#endif
