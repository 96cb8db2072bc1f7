/* The connections of one play: what the player does, done with sockets.
 *
 * Events that arise while the player acts are kept until it has returned,
 * because the player may not be called from within (player.h). */
#ifndef MQTTSPEC_STAGE_H
#define MQTTSPEC_STAGE_H

#include "engine/surroundings.h"
#include "engine/traffic.h"

struct stage_connection;
struct stage_event;

struct stage_floor {
    struct surroundings *surroundings;
    struct stage_connection **connections; /* by number of the client */
    size_t count;
    size_t open;  /* descriptors in use, or waiting for one */
    int inside;   /* > 0: the player is acting */
    bool closing; /* after the verdict: nothing is delivered any more */
    struct stage_event *first, *last; /* kept until the player returns */
    int64_t last_sent;                /* net_now() of the last write */
    struct traffic *traffic;          /* of its connections; NULL: none */
    /* An event for the player. */
    void (*deliver)(void *user, size_t client, const struct net_event *event);
    void (*broker)(void *user, enum broker_action action);
    /* The last connection has closed after stage_close. */
    void (*closed)(void *user);
    void *user;
};

/* The player's table of functions over this floor. */
struct stage stage_of(struct stage_floor *floor);
/* Around every call of the player; the outermost leave delivers what was
 * kept. */
void stage_enter(struct stage_floor *floor);
void stage_leave(struct stage_floor *floor);
/* Ends every connection in order; then `closed` is told, at once when there
 * is none. */
void stage_close(struct stage_floor *floor);
/* Drops what is left and frees the floor's memory. */
void stage_free(struct stage_floor *floor);

#endif
