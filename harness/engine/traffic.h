/* What went over TCP in one play, for a capture file: every byte between the
 * kernel and our layers, with times, addresses and the secrets of TLS. */
#ifndef MQTTSPEC_TRAFFIC_H
#define MQTTSPEC_TRAFFIC_H

#include "net/net.h"

/* More bytes than this of one play are not kept. */
#define TRAFFIC_CAP ((size_t)16 << 20)

struct traffic_connection {
    struct traffic *traffic;
    size_t number; /* from 0, in the order of opening */
    struct sockaddr_storage local, remote;
};

/* Something that happened to a connection. */
struct passage {
    struct passage *next;
    const struct traffic_connection *connection;
    enum net_flow flow;
    int64_t time;       /* net_now() */
    struct slice bytes; /* NET_FLOW_OUT, NET_FLOW_IN */
};

struct traffic {
    struct arena *arena;
    struct passage *first, *last;
    size_t connection_count;
    struct buffer secrets; /* lines of the NSS key log format */
    size_t dropped;        /* bytes that were not kept */
};

/* NULL when there is no memory. */
struct traffic *traffic_new(void);
void traffic_free(struct traffic *traffic); /* NULL: nothing */
/* A tap for one new connection; it lives as long as the traffic. All NULL
 * when there is no memory, or for no traffic. */
struct net_tap traffic_tap(struct traffic *traffic);

#endif
