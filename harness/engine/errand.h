/* A short plain conversation with the broker, outside of any case: connect,
 * CONNECT and CONNACK, a few packets with their answers, DISCONNECT.
 *
 * Probing, health checks and cleanup are errands. They trust nothing that
 * comes: whatever is no MQTT, or does not end, ends the errand. */
#ifndef MQTTSPEC_ERRAND_H
#define MQTTSPEC_ERRAND_H

#include "engine/surroundings.h"

enum errand_end {
    ERRAND_DONE,         /* CONNACK 0, and every answer came */
    ERRAND_NOT_OPENED,   /* no TCP, TLS or WebSocket */
    ERRAND_CLOSED,       /* the broker closed before an answer */
    ERRAND_SILENT,       /* the limit has passed without an answer */
    ERRAND_NOT_MQTT,     /* what came is no such packet */
    ERRAND_REFUSED,      /* CONNACK with another code than 0 */
    ERRAND_DISCONNECTED, /* DISCONNECT came instead of an answer */
    ERRAND_OURS          /* no memory, no descriptor, bad options */
};

/* What became of it. Packets are borrowed during the call. */
struct errand_outcome {
    enum errand_end end;
    const char *text;                  /* one line for people, "" when done */
    enum net_failure failure;          /* ERRAND_NOT_OPENED */
    uint8_t reason_code;               /* REFUSED, DISCONNECTED */
    const struct mqtt_packet *connack; /* NULL before it came */
    const struct mqtt_packet *answer;  /* the last one; NULL: none */
};

/* One packet to send once its predecessor was answered. */
#define ERRAND_NO_ANSWER                                                       \
    ((enum mqtt_type)0) /* the next one follows at once                        \
                         */
struct errand_exchange {
    struct mqtt_packet packet;
    enum mqtt_type answer;
};

struct errand_order {
    const char *endpoint; /* "default" */
    enum net_transport transport;
    /* Instead of the endpoint's: the options are copied. */
    const struct net_options *options;
    enum mqtt_version version;
    const char *account; /* "default", "none" */
    struct slice client_id;
    bool clean_start;
    uint16_t keep_alive;
    uint32_t session_expiry; /* 5.0; not written when 0 */
    const struct errand_exchange *exchanges;
    size_t count;
    int64_t limit; /* ns for the whole, from the start of the opening */
    /* Told once, never from within errand_start. The connection then ends
     * by itself; until it has, errand_count counts it. */
    void (*done)(void *user, const struct errand_outcome *outcome);
    void *user;
};

/* Everything is copied. False when there is no memory. */
bool errand_start(struct surroundings *surroundings,
                  const struct errand_order *order);
/* Drops all errands; those that have not told their outcome never will. */
void errands_drop(struct surroundings *surroundings);

/* Nanoseconds that a broker gets for an answer, with --patience. */
int64_t errand_limit(const struct surroundings *surroundings);

#endif
