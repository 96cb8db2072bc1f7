#include "mqtt/mqtt.h"

enum sender { SERVER = 1, CLIENT = 2, BOTH = SERVER | CLIENT };

static const struct type_row {
    const char *name;
    enum sender sender;
} type_rows[MQTT_TYPES] = {
    [0] = {"type 0", 0},
    [MQTT_CONNECT] = {"connect", CLIENT},
    [MQTT_CONNACK] = {"connack", SERVER},
    [MQTT_PUBLISH] = {"publish", BOTH},
    [MQTT_PUBACK] = {"puback", BOTH},
    [MQTT_PUBREC] = {"pubrec", BOTH},
    [MQTT_PUBREL] = {"pubrel", BOTH},
    [MQTT_PUBCOMP] = {"pubcomp", BOTH},
    [MQTT_SUBSCRIBE] = {"subscribe", CLIENT},
    [MQTT_SUBACK] = {"suback", SERVER},
    [MQTT_UNSUBSCRIBE] = {"unsubscribe", CLIENT},
    [MQTT_UNSUBACK] = {"unsuback", SERVER},
    [MQTT_PINGREQ] = {"pingreq", CLIENT},
    [MQTT_PINGRESP] = {"pingresp", SERVER},
    [MQTT_DISCONNECT] = {"disconnect", BOTH},
    [MQTT_AUTH] = {"auth", BOTH},
};

static const struct version_row {
    enum mqtt_version version;
    const char *name;
} version_rows[] = {
    {MQTT_3_1, "3.1"},
    {MQTT_3_1_1, "3.1.1"},
    {MQTT_5_0, "5.0"},
};
enum { VERSIONS = sizeof version_rows / sizeof *version_rows };

const char *mqtt_version_name(enum mqtt_version version)
{
    for (size_t i = 0; i < VERSIONS; i++)
        if (version_rows[i].version == version)
            return version_rows[i].name;
    return "unknown version";
}

bool mqtt_version_parse(struct slice text, enum mqtt_version *version)
{
    for (size_t i = 0; i < VERSIONS; i++)
        if (slice_is(text, version_rows[i].name)) {
            *version = version_rows[i].version;
            return true;
        }
    return false;
}

static const struct type_row *type_row(enum mqtt_type type)
{
    unsigned index = (unsigned)type;

    return &type_rows[index < MQTT_TYPES ? index : 0];
}

const char *mqtt_type_name(enum mqtt_type type)
{
    return type_row(type)->name;
}

bool mqtt_type_parse(struct slice name, enum mqtt_type *type)
{
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (slice_is(name, type_rows[i].name)) {
            *type = (enum mqtt_type)i;
            return true;
        }
    return false;
}

bool mqtt_type_in_version(enum mqtt_type type, enum mqtt_version version)
{
    if (type == MQTT_AUTH)
        return version >= MQTT_5_0;
    return type_row(type)->sender != 0;
}

bool mqtt_type_to_client(enum mqtt_type type)
{
    return (type_row(type)->sender & SERVER) != 0;
}

bool mqtt_type_to_server(enum mqtt_type type)
{
    return (type_row(type)->sender & CLIENT) != 0;
}
