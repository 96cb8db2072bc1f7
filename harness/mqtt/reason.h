/* Which reason codes are legal where. Private to the mqtt room. */
#ifndef MQTTSPEC_MQTT_REASON_H
#define MQTTSPEC_MQTT_REASON_H

#include "mqtt/mqtt.h"

/* Whether the sender (the Server when to_client) may use the code. */
bool reason_legal(enum mqtt_version version, enum mqtt_type type,
                  bool to_client, uint8_t code);

#endif
