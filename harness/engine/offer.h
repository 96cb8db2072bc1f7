/* What a target offers: versions over transports, and capabilities
 * (language.md, section 9). What the profile states wins over what was
 * found by probing. */
#ifndef MQTTSPEC_OFFER_H
#define MQTTSPEC_OFFER_H

#include "script/profile.h"

#define OFFER_ROWS 32

struct offered {
    bool present;
    bool has_number;
    int64_t number;
    bool stated; /* by the profile: probing does not change it */
};

struct offer {
    bool works[NET_TRANSPORTS][MQTT_5_0 + 1]; /* CONNACK 0 was seen */
    struct target_shape shape;
    /* Where to go for errands: the first transport, its newest version. */
    enum net_transport transport;
    enum mqtt_version version;
    struct offered rows[OFFER_ROWS]; /* in the order of capability_names() */
};

/* What the profile states, and what it makes possible. */
void offer_begin(struct offer *offer, const struct profile *profile);
/* What probing has found; no effect on what was stated. */
void offer_set(struct offer *offer, const char *name, bool present);
void offer_set_number(struct offer *offer, const char *name, bool present,
                      int64_t number);
bool offer_has(const struct offer *offer, const char *name);
/* Whether all requirements are met; otherwise one line in reason. */
bool offer_meets(const struct offer *offer, const struct requirement *requires,
                 size_t count, char *reason, size_t reason_size);

#endif
