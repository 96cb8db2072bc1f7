#include "mqtt/layout.h"

#define BIT(type) (1u << MQTT_##type)
#define END                                                                    \
    {                                                                          \
        MQTT_FIELD_NONE, MQTT_3_1, WHEN_ALWAYS                                 \
    }

static const struct layout_part nothing[] = {END};

static const struct layout_part connect[] = {
    {MQTT_PROTOCOL_NAME, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROTOCOL_LEVEL, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_CONNECT_FLAGS, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_KEEP_ALIVE, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_CLIENT_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_WILL_PROPERTY_LENGTH, MQTT_5_0, WHEN_WILL},
    {MQTT_WILL_TOPIC, MQTT_3_1, WHEN_WILL},
    {MQTT_WILL_PAYLOAD, MQTT_3_1, WHEN_WILL},
    {MQTT_USER_NAME, MQTT_3_1, WHEN_USER_NAME},
    {MQTT_PASSWORD, MQTT_3_1, WHEN_PASSWORD},
    END};

static const struct layout_part connack[] = {
    {MQTT_ACKNOWLEDGE_FLAGS, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_REASON_CODE, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    END};

static const struct layout_part publish[] = {
    {MQTT_TOPIC, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_QOS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_PAYLOAD, MQTT_3_1, WHEN_ALWAYS},
    END};

static const struct layout_part acknowledgement[] = {
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_REASON_CODE, MQTT_5_0, WHEN_STATED},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_STATED},
    END};

static const struct layout_part subscribe[] = {
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_FILTER, MQTT_3_1, WHEN_LISTED},
    {MQTT_OPTIONS, MQTT_3_1, WHEN_LISTED},
    END};

static const struct layout_part suback[] = {
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_REASON_CODE, MQTT_3_1, WHEN_LISTED},
    END};

static const struct layout_part unsubscribe[] = {
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_FILTER, MQTT_3_1, WHEN_LISTED},
    END};

static const struct layout_part unsuback[] = {
    {MQTT_PACKET_ID, MQTT_3_1, WHEN_ALWAYS},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_ALWAYS},
    {MQTT_REASON_CODE, MQTT_5_0, WHEN_LISTED},
    END};

static const struct layout_part reason_only[] = {
    {MQTT_REASON_CODE, MQTT_5_0, WHEN_STATED},
    {MQTT_PROPERTY_LENGTH, MQTT_5_0, WHEN_STATED},
    END};

static const struct layout_part *const layouts[MQTT_TYPES] = {
    [0] = nothing,
    [MQTT_CONNECT] = connect,
    [MQTT_CONNACK] = connack,
    [MQTT_PUBLISH] = publish,
    [MQTT_PUBACK] = acknowledgement,
    [MQTT_PUBREC] = acknowledgement,
    [MQTT_PUBREL] = acknowledgement,
    [MQTT_PUBCOMP] = acknowledgement,
    [MQTT_SUBSCRIBE] = subscribe,
    [MQTT_SUBACK] = suback,
    [MQTT_UNSUBSCRIBE] = unsubscribe,
    [MQTT_UNSUBACK] = unsuback,
    [MQTT_PINGREQ] = nothing,
    [MQTT_PINGRESP] = nothing,
    [MQTT_DISCONNECT] = reason_only,
    [MQTT_AUTH] = reason_only,
};

const struct layout_part *layout_of(enum mqtt_type type)
{
    unsigned index = (unsigned)type;

    return layouts[index < MQTT_TYPES ? index : 0];
}

#define RESENT (BIT(PUBREL) | BIT(SUBSCRIBE) | BIT(UNSUBSCRIBE))

const struct layout_bits layout_bit_rows[] = {
    {MQTT_FLAGS, MQTT_DUP, 3, 1, BIT(PUBLISH), MQTT_3_1, MQTT_5_0},
    {MQTT_FLAGS, MQTT_DUP, 3, 1, RESENT, MQTT_3_1, MQTT_3_1},
    {MQTT_FLAGS, MQTT_QOS, 1, 2, BIT(PUBLISH), MQTT_3_1, MQTT_5_0},
    {MQTT_FLAGS, MQTT_RETAIN, 0, 1, BIT(PUBLISH), MQTT_3_1, MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_USER_NAME_FLAG, 7, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_PASSWORD_FLAG, 6, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_WILL_RETAIN, 5, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_WILL_QOS, 3, 2, BIT(CONNECT), MQTT_3_1, MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_WILL_FLAG, 2, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_CLEAN_START, 1, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_CONNECT_FLAGS, MQTT_RESERVED_FLAG, 0, 1, BIT(CONNECT), MQTT_3_1,
     MQTT_5_0},
    {MQTT_ACKNOWLEDGE_FLAGS, MQTT_SESSION_PRESENT, 0, 1, BIT(CONNACK),
     MQTT_3_1_1, MQTT_5_0},
    {MQTT_OPTIONS, MQTT_QOS, 0, 2, BIT(SUBSCRIBE), MQTT_3_1, MQTT_5_0},
    {MQTT_OPTIONS, MQTT_NO_LOCAL, 2, 1, BIT(SUBSCRIBE), MQTT_5_0, MQTT_5_0},
    {MQTT_OPTIONS, MQTT_RETAIN_AS_PUBLISHED, 3, 1, BIT(SUBSCRIBE), MQTT_5_0,
     MQTT_5_0},
    {MQTT_OPTIONS, MQTT_RETAIN_HANDLING, 4, 2, BIT(SUBSCRIBE), MQTT_5_0,
     MQTT_5_0},
    {MQTT_FIELD_NONE, MQTT_FIELD_NONE, 0, 0, 0, MQTT_3_1, MQTT_3_1}};

bool layout_bits_apply(const struct layout_bits *row, enum mqtt_field whole,
                       enum mqtt_type type)
{
    return row->whole == whole && (row->packets >> type & 1);
}

bool layout_bits_in(const struct layout_bits *row, enum mqtt_version version)
{
    return row->since <= version && version <= row->until;
}

uint8_t layout_bits_mask(const struct layout_bits *row)
{
    return (uint8_t)(((1u << row->width) - 1) << row->shift);
}

uint8_t layout_flags(enum mqtt_type type)
{
    bool two = type == MQTT_PUBREL || type == MQTT_SUBSCRIBE ||
               type == MQTT_UNSUBSCRIBE;

    return two ? 2 : 0;
}

const char *layout_protocol_name(enum mqtt_version version)
{
    return version == MQTT_3_1 ? "MQIsdp" : "MQTT";
}
