/* A packet being read: where we are, what was seen, what is wrong with it.
 * Private to the mqtt room.
 *
 * A packet is walked twice, by the same code: first without room for values,
 * to count them and to collect the findings, then to store them. */
#ifndef MQTTSPEC_MQTT_READER_H
#define MQTTSPEC_MQTT_READER_H

#include "mqtt/mqtt.h"

struct reader {
    struct slice bytes; /* the whole packet */
    size_t body;        /* where the fixed header ends */
    size_t at;
    size_t end; /* of the packet, or of the section being read */
    enum mqtt_version version;
    enum mqtt_type type;
    uint8_t flags;
    bool to_client;
    bool broken; /* the rest cannot be read */
    struct mqtt_findings *findings;
    struct mqtt_value *values; /* NULL while counting */
    size_t count;
    /* what later parts and rules hang on */
    uint64_t seen[2]; /* fields, a bit each; a section's are its own */
    uint8_t connect_flags;
    uint8_t acknowledge_flags;
    bool topic_empty;
    size_t topic_at;
    bool filter_shared;
};

/* Notes a finding about the bytes at `at`. One beyond the limit is lost. */
void reader_find(struct reader *reader, enum mqtt_rule rule,
                 enum mqtt_field field, size_t at);
/* The same, and gives up the rest of the packet. */
void reader_break(struct reader *reader, enum mqtt_rule rule,
                  enum mqtt_field field, size_t at);
bool reader_saw(const struct reader *reader, enum mqtt_field field);
/* Stores the value, marks it as seen and judges it; `at` is where it began. */
void reader_keep(struct reader *reader, const struct mqtt_value *value,
                 size_t at);

/* The rules about a single value. */
void judge_value(struct reader *reader, const struct mqtt_value *value,
                 size_t at);
/* Whether a property may stand where it does. Before reader_keep. */
void judge_property(struct reader *reader, enum mqtt_field field, bool in_will,
                    size_t at);
/* The rules about the fixed header. */
void judge_header(struct reader *reader);
/* The rules about the packet as a whole, when all of it has been read. */
void judge_packet(struct reader *reader);

/* Reads everything behind the fixed header. */
void decode_body(struct reader *reader);

#endif
