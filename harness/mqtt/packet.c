#include "mqtt/mqtt.h"

static const struct mqtt_value *nth_value(const struct mqtt_packet *packet,
                                          enum mqtt_field field, bool in_will,
                                          size_t nth)
{
    for (size_t i = 0; i < packet->count; i++) {
        const struct mqtt_value *value = &packet->values[i];

        if (value->field == field && value->in_will == in_will && nth-- == 0)
            return value;
    }
    return NULL;
}

const struct mqtt_value *mqtt_value_at(const struct mqtt_packet *packet,
                                       enum mqtt_field field, size_t nth)
{
    return nth_value(packet, field, false, nth);
}

const struct mqtt_value *mqtt_will_value_at(const struct mqtt_packet *packet,
                                            enum mqtt_field field, size_t nth)
{
    return nth_value(packet, field, true, nth);
}

uint32_t mqtt_number(const struct mqtt_packet *packet, enum mqtt_field field,
                     uint32_t otherwise)
{
    const struct mqtt_value *value = mqtt_value_at(packet, field, 0);

    return value ? value->number : otherwise;
}
