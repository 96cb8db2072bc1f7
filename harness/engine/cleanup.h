/* What a play has left behind on the broker, removed: its sessions first,
 * because ending one may publish a retained Will, then its retained
 * messages (language.md, section 7). */
#ifndef MQTTSPEC_CLEANUP_H
#define MQTTSPEC_CLEANUP_H

#include "engine/surroundings.h"

/* How it ended: the connections that did not come to a good end, and what
 * happened to the first of them. */
struct cleanup_end {
    size_t failures;
    char text[200];
};

struct cleanup_order {
    const struct leftovers *leftovers;
    enum net_transport transport;
    enum mqtt_version version;
    bool qos1;     /* whether the broker takes QoS 1 */
    int64_t limit; /* ns for each connection */
    /* Told once, from the loop, when all is done. */
    void (*done)(void *user, const struct cleanup_end *end);
    void *user;
};

/* Whether there is anything to remove. */
bool cleanup_needed(const struct leftovers *leftovers);
/* Copies what it needs. False when there is no memory. Until it is done,
 * surroundings->cleanup_count counts it. */
bool cleanup_start(struct surroundings *surroundings,
                   const struct cleanup_order *order);
/* Gives up all of them without telling. Only after errands_drop. */
void cleanups_drop(struct surroundings *surroundings);

#endif
