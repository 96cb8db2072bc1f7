/* The body of a packet on its way out. Private to the mqtt room. */
#ifndef MQTTSPEC_MQTT_ENCODE_BODY_H
#define MQTTSPEC_MQTT_ENCODE_BODY_H

#include "mqtt/mqtt.h"

struct writer {
    const struct mqtt_packet *packet;
    const struct mqtt_damage *damage; /* never NULL */
    struct buffer *out;
    bool too_long; /* a string that its length prefix cannot hold */
};

/* Appends everything behind the fixed header, fields left out and lying
 * property lengths included. */
void encode_body(struct writer *writer);
/* Byte 1 as it follows from the values. */
uint8_t encode_flags(const struct writer *writer);
/* Puts the length of what stands behind `from` in front of it. */
void encode_length(struct buffer *out, size_t from,
                   const struct mqtt_length *form);

#endif
