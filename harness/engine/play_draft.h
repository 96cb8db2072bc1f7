/* Inside of the making of a packet: what its files share. */
#ifndef MQTTSPEC_PLAY_DRAFT_H
#define MQTTSPEC_PLAY_DRAFT_H

#include "engine/play.h"

/* A packet that a step sends, while it is made. */
struct draft {
    struct player *player;
    struct task *task;
    struct client *client;
    const struct step *step;
    const struct send_step *send;
    struct mqtt_value *values;
    size_t count, room;
    bool ok;
};

/* The first value of the field; NULL: there is none. */
const struct mqtt_value *drafted_value(const struct draft *draft,
                                       enum mqtt_field field);
uint32_t drafted_number(const struct draft *draft, enum mqtt_field field,
                        uint32_t otherwise);
/* Notes what the packet changes once it is sent: what is owed to the client,
 * what it asked for, and what it leaves on the broker. */
void drafted_sent(struct draft *draft, uint32_t id);

#endif
