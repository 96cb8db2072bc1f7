#include "engine/errand_wire.h"

/* Client identifiers and topics of cases are up to 65,535 bytes long. */
#define WIRE_MAX (8u << 20)

static void add_value(struct mqtt_packet *packet, struct mqtt_value value)
{
    packet->values[packet->count++] = value;
}

static bool encode_connect(struct errand_wire *wire,
                           const struct errand_order *order,
                           struct target *target)
{
    struct mqtt_value values[8];
    struct mqtt_packet packet = {
        .version = order->version, .type = MQTT_CONNECT, .values = values};
    struct player_account account = target_account(target, order->account);

    add_value(&packet, (struct mqtt_value){.field = MQTT_CLEAN_START,
                                           .number = order->clean_start});
    add_value(&packet, (struct mqtt_value){.field = MQTT_KEEP_ALIVE,
                                           .number = order->keep_alive});
    if (order->version == MQTT_5_0 && order->session_expiry)
        add_value(&packet,
                  (struct mqtt_value){.field = MQTT_SESSION_EXPIRY_INTERVAL,
                                      .number = order->session_expiry});
    add_value(&packet, (struct mqtt_value){.field = MQTT_CLIENT_ID,
                                           .bytes = order->client_id});
    if (account.user_name.data)
        add_value(&packet, (struct mqtt_value){.field = MQTT_USER_NAME,
                                               .bytes = account.user_name});
    if (account.password.data)
        add_value(&packet, (struct mqtt_value){.field = MQTT_PASSWORD,
                                               .bytes = account.password});
    return mqtt_encode(&packet, NULL, &wire->bytes);
}

static void end_packet(struct errand_wire *wire, enum mqtt_type answer)
{
    wire->packets[wire->count++] =
        (struct errand_packet){.end = wire->bytes.size, .answer = answer};
}

bool errand_wire_make(struct errand_wire *wire,
                      const struct errand_order *order, struct target *target)
{
    wire->bytes = buffer_make(WIRE_MAX);
    wire->count = 0;
    wire->packets = memory_zero(order->count + 1, sizeof *wire->packets);
    if (!wire->packets || !encode_connect(wire, order, target))
        return false;
    end_packet(wire, MQTT_CONNACK);
    for (size_t i = 0; i < order->count; i++) {
        if (!mqtt_encode(&order->exchanges[i].packet, NULL, &wire->bytes))
            return false;
        end_packet(wire, order->exchanges[i].answer);
    }
    return true;
}

struct slice errand_wire_packet(const struct errand_wire *wire, size_t index)
{
    size_t from = index ? wire->packets[index - 1].end : 0;

    return slice_make(wire->bytes.data + from, wire->packets[index].end - from);
}

void errand_wire_end(struct errand_wire *wire)
{
    buffer_free(&wire->bytes);
    memory_free(wire->packets);
    wire->packets = NULL;
    wire->count = 0;
}
