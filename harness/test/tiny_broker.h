/* A very small broker for tests of whole runs: it answers, routes nothing,
 * and misbehaves on demand. It runs in a thread of the test, or as a child
 * process: the test's own program, when TINY_BROKER_PORT is set.
 *
 * What a client with a certain User Name experiences:
 *
 *   fail    its connection is closed on PINGREQ
 *   flaky   the same, but only the first time that this broker sees it
 *   mute    PINGREQ is not answered
 *   die     the broker ends on PINGREQ
 *   alone   violations are counted while another connection is open */
#ifndef MQTTSPEC_TEST_TINY_BROKER_H
#define MQTTSPEC_TEST_TINY_BROKER_H

#include "mqtt/mqtt.h"

#include <pthread.h>
#include <stdatomic.h>

#define TINY_BROKER_PORT "MQTTSPEC_TINY_BROKER_PORT"

enum tiny_mode {
    TINY_ANSWERS,
    TINY_CLOSES,  /* at once */
    TINY_SILENT,  /* reads, never answers */
    TINY_GARBAGE, /* speaks HTTP */
    TINY_ENDLESS, /* bytes without end */
    TINY_GIANT,   /* a CONNACK of 256 MB */
    TINY_DRIPS,   /* a long CONNACK, byte by byte */
    TINY_REFUSES  /* bad user name or password */
};

struct tiny_broker {
    enum tiny_mode mode;
    bool hold; /* CONNACK only when no other CONNECT comes any more */
    const bool *versions; /* by number; NULL: all */
    bool no_retain;       /* 5.0: says so, and closes on a retained PUBLISH */
    uint16_t port;
    int listener, stop[2];
    pthread_t thread;
    /* What it saw. */
    atomic_size_t connects;         /* CONNECT packets */
    atomic_size_t most_unanswered;  /* connections without CONNACK at once */
    atomic_size_t most_open;        /* connections at once */
    atomic_size_t violations;       /* of "alone" */
    atomic_size_t retained;         /* PUBLISH packets, all … */
    atomic_size_t retained_removed; /* … and the empty ones */
    atomic_bool dead;
};

/* Listens on a free port of 127.0.0.1 and serves in a thread. */
void tiny_broker_start(struct tiny_broker *broker);
void tiny_broker_stop(struct tiny_broker *broker);

#endif
