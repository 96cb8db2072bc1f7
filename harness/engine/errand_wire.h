/* The packets of an errand, encoded before it begins. */
#ifndef MQTTSPEC_ERRAND_WIRE_H
#define MQTTSPEC_ERRAND_WIRE_H

#include "engine/errand.h"

struct errand_wire {
    struct buffer bytes; /* all packets, one behind the other */
    struct errand_packet {
        size_t end;            /* in bytes */
        enum mqtt_type answer; /* what it is answered with */
    } * packets;
    size_t count;
};

/* CONNECT and the exchanges of the order. False: no memory, or a packet that
 * cannot be written; call errand_wire_end in either case. */
bool errand_wire_make(struct errand_wire *wire,
                      const struct errand_order *order, struct target *target);
struct slice errand_wire_packet(const struct errand_wire *wire, size_t index);
void errand_wire_end(struct errand_wire *wire);

#endif
