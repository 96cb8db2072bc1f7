/* What follows what in a packet: read by the encoder and the decoder.
 *
 * Private to the mqtt room. */
#ifndef MQTTSPEC_MQTT_LAYOUT_H
#define MQTTSPEC_MQTT_LAYOUT_H

#include "mqtt/mqtt.h"

/* On what the presence of a part depends. */
enum layout_when {
    WHEN_ALWAYS,
    WHEN_QOS,       /* PUBLISH with QoS 1 or 2 */
    WHEN_WILL,      /* Will Flag */
    WHEN_USER_NAME, /* User Name Flag */
    WHEN_PASSWORD,  /* Password Flag */
    WHEN_STATED,    /* the packet may end before it (5.0: 3.4.2.1) */
    WHEN_LISTED     /* repeated, with its like, up to the packet's end */
};

/* MQTT_PROPERTY_LENGTH and MQTT_WILL_PROPERTY_LENGTH stand for the length
 * and the properties behind it. */
struct layout_part {
    enum mqtt_field field;
    enum mqtt_version since;
    enum layout_when when;
};
/* The parts of the body, ended by MQTT_FIELD_NONE. Never NULL. */
const struct layout_part *layout_of(enum mqtt_type type);

/* A field that is some bits of a byte. */
struct layout_bits {
    enum mqtt_field whole; /* MQTT_FLAGS: the low nibble of byte 1 */
    enum mqtt_field part;
    uint8_t shift;
    uint8_t width;
    uint16_t packets; /* bit 1<<type */
    enum mqtt_version since, until;
};
/* The rows, ended by MQTT_FIELD_NONE; those of one byte stand together. */
extern const struct layout_bits layout_bit_rows[];
bool layout_bits_apply(const struct layout_bits *row, enum mqtt_field whole,
                       enum mqtt_type type);
bool layout_bits_in(const struct layout_bits *row, enum mqtt_version version);
uint8_t layout_bits_mask(const struct layout_bits *row);

/* The low nibble of byte 1 that 2.1.3 prescribes; PUBLISH: 0. */
uint8_t layout_flags(enum mqtt_type type);
/* "MQIsdp" or "MQTT". */
const char *layout_protocol_name(enum mqtt_version version);

#endif
