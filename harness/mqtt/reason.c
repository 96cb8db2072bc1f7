#include "mqtt/reason.h"

#define BIT(type) (1u << MQTT_##type)
#define PUBLISH_ACKS (BIT(PUBACK) | BIT(PUBREC))
#define RELEASE_ACKS (BIT(PUBREL) | BIT(PUBCOMP))
#define ANSWERS (BIT(SUBACK) | BIT(UNSUBACK))
#define REFUSALS (BIT(CONNACK) | PUBLISH_ACKS | ANSWERS)

struct reason_row {
    uint8_t code;
    const char *name;
    uint16_t to_client; /* bit 1<<type: a Server may send it there */
    uint16_t to_server; /* the same for a Client */
};

/* 5.0: 2.4, 3.2.2.2, 3.4.2.1 … 3.15.2.1. In DISCONNECT 0x00 is read as legal
 * from both sides, and 0x8c from the Server: there 2.4 and 3.14.2.1 differ. */
static const struct reason_row rows_5_0[] = {
    {0x00, "Success",
     BIT(CONNACK) | PUBLISH_ACKS | RELEASE_ACKS | BIT(UNSUBACK) | BIT(AUTH),
     PUBLISH_ACKS | RELEASE_ACKS},
    {0x00, "Normal disconnection", BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x00, "Granted QoS 0", BIT(SUBACK), 0},
    {0x01, "Granted QoS 1", BIT(SUBACK), 0},
    {0x02, "Granted QoS 2", BIT(SUBACK), 0},
    {0x04, "Disconnect with Will Message", 0, BIT(DISCONNECT)},
    {0x10, "No matching subscribers", PUBLISH_ACKS, PUBLISH_ACKS},
    {0x11, "No subscription existed", BIT(UNSUBACK), 0},
    {0x18, "Continue authentication", BIT(AUTH), BIT(AUTH)},
    {0x19, "Re-authenticate", 0, BIT(AUTH)},
    {0x80, "Unspecified error", REFUSALS | BIT(DISCONNECT),
     PUBLISH_ACKS | BIT(DISCONNECT)},
    {0x81, "Malformed Packet", BIT(CONNACK) | BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x82, "Protocol Error", BIT(CONNACK) | BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x83, "Implementation specific error", REFUSALS | BIT(DISCONNECT),
     PUBLISH_ACKS | BIT(DISCONNECT)},
    {0x84, "Unsupported Protocol Version", BIT(CONNACK), 0},
    {0x85, "Client Identifier not valid", BIT(CONNACK), 0},
    {0x86, "Bad User Name or Password", BIT(CONNACK), 0},
    {0x87, "Not authorized", REFUSALS | BIT(DISCONNECT), PUBLISH_ACKS},
    {0x88, "Server unavailable", BIT(CONNACK), 0},
    {0x89, "Server busy", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x8a, "Banned", BIT(CONNACK), 0},
    {0x8b, "Server shutting down", BIT(DISCONNECT), 0},
    {0x8c, "Bad authentication method", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x8d, "Keep Alive timeout", BIT(DISCONNECT), 0},
    {0x8e, "Session taken over", BIT(DISCONNECT), 0},
    {0x8f, "Topic Filter invalid", ANSWERS | BIT(DISCONNECT), 0},
    {0x90, "Topic Name invalid", BIT(CONNACK) | PUBLISH_ACKS | BIT(DISCONNECT),
     PUBLISH_ACKS | BIT(DISCONNECT)},
    {0x91, "Packet Identifier in use", PUBLISH_ACKS | ANSWERS, PUBLISH_ACKS},
    {0x92, "Packet Identifier not found", RELEASE_ACKS, RELEASE_ACKS},
    {0x93, "Receive Maximum exceeded", BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x94, "Topic Alias invalid", BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x95, "Packet too large", BIT(CONNACK) | BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x96, "Message rate too high", BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x97, "Quota exceeded",
     BIT(CONNACK) | PUBLISH_ACKS | BIT(SUBACK) | BIT(DISCONNECT),
     PUBLISH_ACKS | BIT(DISCONNECT)},
    {0x98, "Administrative action", BIT(DISCONNECT), BIT(DISCONNECT)},
    {0x99, "Payload format invalid",
     BIT(CONNACK) | PUBLISH_ACKS | BIT(DISCONNECT),
     PUBLISH_ACKS | BIT(DISCONNECT)},
    {0x9a, "Retain not supported", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x9b, "QoS not supported", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x9c, "Use another server", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x9d, "Server moved", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0x9e, "Shared Subscriptions not supported", BIT(SUBACK) | BIT(DISCONNECT),
     0},
    {0x9f, "Connection rate exceeded", BIT(CONNACK) | BIT(DISCONNECT), 0},
    {0xa0, "Maximum connect time", BIT(DISCONNECT), 0},
    {0xa1, "Subscription Identifiers not supported",
     BIT(SUBACK) | BIT(DISCONNECT), 0},
    {0xa2, "Wildcard Subscriptions not supported",
     BIT(SUBACK) | BIT(DISCONNECT), 0},
    {0, NULL, 0, 0},
};

/* 3.1.1: 3.2.2.3 and 3.9.3. */
static const struct reason_row rows_3_1_1[] = {
    {0, "Connection Accepted", BIT(CONNACK), 0},
    {1, "Connection Refused, unacceptable protocol version", BIT(CONNACK), 0},
    {2, "Connection Refused, identifier rejected", BIT(CONNACK), 0},
    {3, "Connection Refused, Server unavailable", BIT(CONNACK), 0},
    {4, "Connection Refused, bad user name or password", BIT(CONNACK), 0},
    {5, "Connection Refused, not authorized", BIT(CONNACK), 0},
    {0, "Success - Maximum QoS 0", BIT(SUBACK), 0},
    {1, "Success - Maximum QoS 1", BIT(SUBACK), 0},
    {2, "Success - Maximum QoS 2", BIT(SUBACK), 0},
    {0x80, "Failure", BIT(SUBACK), 0},
    {0, NULL, 0, 0},
};

/* 3.1: 3.2 and 3.9, which knows no failure. */
static const struct reason_row rows_3_1[] = {
    {0, "Connection Accepted", BIT(CONNACK), 0},
    {1, "Connection Refused: unacceptable protocol version", BIT(CONNACK), 0},
    {2, "Connection Refused: identifier rejected", BIT(CONNACK), 0},
    {3, "Connection Refused: server unavailable", BIT(CONNACK), 0},
    {4, "Connection Refused: bad user name or password", BIT(CONNACK), 0},
    {5, "Connection Refused: not authorized", BIT(CONNACK), 0},
    {0, "Granted QoS 0", BIT(SUBACK), 0},
    {1, "Granted QoS 1", BIT(SUBACK), 0},
    {2, "Granted QoS 2", BIT(SUBACK), 0},
    {0, NULL, 0, 0},
};

static const struct reason_row *rows_of(enum mqtt_version version)
{
    if (version >= MQTT_5_0)
        return rows_5_0;
    return version == MQTT_3_1 ? rows_3_1 : rows_3_1_1;
}

static const struct reason_row *find_row(enum mqtt_version version,
                                         enum mqtt_type type, uint8_t code)
{
    const struct reason_row *row = rows_of(version);

    for (; row->name; row++)
        if (row->code == code &&
            ((row->to_client | row->to_server) >> type & 1))
            return row;
    return NULL;
}

const char *mqtt_reason_name(enum mqtt_version version, enum mqtt_type type,
                             uint8_t code)
{
    const struct reason_row *row = find_row(version, type, code);

    return row ? row->name : NULL;
}

bool reason_legal(enum mqtt_version version, enum mqtt_type type,
                  bool to_client, uint8_t code)
{
    const struct reason_row *row;

    /* 3.1 only gives the two low bits of the byte a meaning. */
    if (version == MQTT_3_1 && type == MQTT_SUBACK)
        return (code & 3) != 3;
    row = find_row(version, type, code);
    if (!row)
        return false;
    /* A packet that came the wrong way has a finding of its own. */
    if (to_client ? !mqtt_type_to_client(type) : !mqtt_type_to_server(type))
        return true;
    return ((to_client ? row->to_client : row->to_server) >> type & 1) != 0;
}
