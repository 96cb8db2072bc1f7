/* Packets written by hand from the standard: one or more of every type in
 * every version, as bytes, as the values to send, and as the line to print. */
#ifndef MQTTSPEC_TEST_PACKET_SAMPLES_H
#define MQTTSPEC_TEST_PACKET_SAMPLES_H

#include "mqtt/mqtt.h"

struct packet_sample {
    enum mqtt_version version;
    enum mqtt_type type;
    bool to_client;
    const char *hex;
    const char *line;
    struct mqtt_value values[12]; /* up to the first MQTT_FIELD_NONE */
};
extern const struct packet_sample packet_samples[];
extern const size_t packet_sample_count;

/* The packet to send; its values are the sample's. */
struct mqtt_packet packet_of_sample(const struct packet_sample *sample);

/* Writes what the hexadecimal digits say into room; they must be fitting. */
enum { BYTES_ROOM = 1024 };
struct slice bytes_of_hex(const char *hex, uint8_t room[BYTES_ROOM]);

/* Encodes the packet and compares what comes out. damage may be NULL. */
enum { ENCODED_MAX = 400000 };
void assert_encoded(const struct mqtt_packet *packet,
                    const struct mqtt_damage *damage, const char *hex);
void assert_bytes(struct slice got, const char *hex);

/* How values are written down in tests. */
#define NUMBER(id, value)                                                      \
    {                                                                          \
        .field = MQTT_##id, .number = value                                    \
    }
#define TEXT(id, value)                                                        \
    {                                                                          \
        .field = MQTT_##id, .bytes = BYTES(value)                              \
    }
#define PAIR(id, name, value)                                                  \
    {                                                                          \
        .field = MQTT_##id, .bytes = BYTES(name), .second = BYTES(value)       \
    }
#define BYTES(value)                                                           \
    {                                                                          \
        (const uint8_t *)(value), sizeof(value) - 1                            \
    }
#define WILL_NUMBER(id, value)                                                 \
    {                                                                          \
        .field = MQTT_##id, .in_will = true, .number = value                   \
    }
#define WILL_TEXT(id, value)                                                   \
    {                                                                          \
        .field = MQTT_##id, .in_will = true, .bytes = BYTES(value)             \
    }

/* A packet of an array of values. */
#define PACKET(in_version, of_type, list)                                      \
    {                                                                          \
        .version = in_version, .type = of_type, .values = list,                \
        .count = sizeof(list) / sizeof *(list)                                 \
    }

#endif
