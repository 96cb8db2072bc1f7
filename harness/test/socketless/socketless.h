/* The reference broker without sockets: what the layers below MQTT would
 * bring is given by hand, and what the broker sends is handed out. Linked
 * instead of the broker's own peers (refbroker/peer.h). */
#ifndef MQTTSPEC_TEST_SOCKETLESS_H
#define MQTTSPEC_TEST_SOCKETLESS_H

#include "refbroker/client.h"
#include "refbroker/options.h"

enum { SOCKETLESS_PEERS = 8 };

struct socketless;

struct peer {
    struct socketless *home;
    size_t number;
    struct client *client; /* NULL: not connected */
    bool over;             /* the broker has closed it */
};

struct socketless {
    uv_loop_t loop;
    struct options options;
    struct broker broker;
    struct peer peers[SOCKETLESS_PEERS];
    /* NULL: nobody listens. Neither may call back. */
    void (*sent)(void *user, size_t peer, struct slice bytes);
    void (*closed)(void *user, size_t peer);
    void *user;
};

/* A broker with an account (mqttspec, correct horse) and no limits. */
void socketless_begin(struct socketless *home);
/* The peer has come; one that is there already goes first. */
void socketless_open(struct socketless *home, size_t peer, bool login);
/* Nothing where it is not connected, or is over. */
void socketless_bytes(struct socketless *home, size_t peer, struct slice bytes);
void socketless_gone(struct socketless *home, size_t peer, enum peer_end end);
/* The loop runs once without waiting, and closed peers go. */
void socketless_turn(struct socketless *home);
/* Everything goes; aborts when the broker leaves anything in the loop. */
void socketless_end(struct socketless *home);

#endif
