/* A broker and a clock that exist only in a test: the player plays against
 * them in virtual time. */
#ifndef MQTTSPEC_WORLD_H
#define MQTTSPEC_WORLD_H

#include "engine/player.h"

#define MS INT64_C(1000000)

struct world_event {
    size_t client;
    struct net_event event;
    uint8_t bytes[512];
};

struct world {
    struct script *script;
    struct player *player;
    struct play_record *record;
    int64_t now;
    bool answers; /* the broker answers requests with success */
    bool connack_only;
    bool blocked; /* the kernel takes nothing: DRAINED only on demand */
    struct world_event queue[256];
    size_t queued;
    struct buffer sent[8]; /* all bytes of each client, in order */
    size_t writes[8];      /* how many writes made them */
    struct net_frame frames[8][64];
    unsigned opened[8];
    enum net_close_how closes[8][16];
    size_t close_count[8];
    enum broker_action hooks[8];
    size_t hook_count;
    double patience;
    long fail_after; /* the allocation of the play that fails; 0: none */
};

/* Compiles the YAML of one case and starts to play it at time 1 s. */
void world_begin(struct world *world, const char *yaml,
                 enum mqtt_version version);
void world_begin_over(struct world *world, const char *yaml,
                      enum mqtt_version version, enum net_transport transport);
void world_end(struct world *world);
/* Lets the time pass, calling the player at each of its deadlines. */
void world_pass(struct world *world, int64_t ns);
/* Bytes from the broker to a client, by number, as hex. */
void world_bytes(struct world *world, size_t client, const char *hex);
/* The broker ends the connection: sign, and TCP where whole. */
void world_sign(struct world *world, size_t client, enum net_sign sign,
                bool whole);
void world_ended(struct world *world, size_t client);
void world_event(struct world *world, size_t client, struct net_event event);
/* The verdict, letting all deadlines pass (at most ten minutes). */
enum verdict world_verdict(struct world *world);
const struct play_record *world_record(struct world *world);

#endif
