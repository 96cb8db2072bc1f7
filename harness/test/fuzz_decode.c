/* Feeds arbitrary bytes to mqtt_frame and mqtt_decode in every version and
 * both directions. What decodes without a finding must encode again, and that
 * must decode to the same values. */
#include "mqtt/mqtt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool kept)
{
    if (!kept)
        abort();
}

static void compare_values(const struct mqtt_value *a,
                           const struct mqtt_value *b)
{
    require(a->field == b->field && a->in_will == b->in_will);
    require(a->number == b->number);
    require(slice_equal(a->bytes, b->bytes));
    require(slice_equal(a->second, b->second));
}

static void compare_packets(const struct mqtt_packet *a,
                            const struct mqtt_packet *b)
{
    require(a->type == b->type && a->version == b->version);
    require(a->count == b->count);
    for (size_t i = 0; i < a->count; i++)
        compare_values(&a->values[i], &b->values[i]);
}

/* The bytes themselves may differ: 3.x permits long forms of lengths, 3.1
 * any unused flags. */
static void encode_and_compare(const struct mqtt_packet *packet, bool to_client)
{
    struct buffer out = buffer_make(1 << 20);
    struct mqtt_findings findings;
    struct mqtt_packet *again;
    bool readable;

    require(mqtt_encode(packet, NULL, &out));
    again = mqtt_decode(buffer_slice(&out), packet->version, to_client,
                        &findings, &readable);
    require(again != NULL && findings.count == 0);
    compare_packets(packet, again);
    mqtt_packet_free(again);
    buffer_free(&out);
}

static void print(const struct mqtt_packet *packet)
{
    struct buffer out = buffer_make(1 << 16);

    mqtt_print(packet, false, &out);
    buffer_free(&out);
}

static void decode(struct slice bytes, enum mqtt_version version,
                   bool to_client)
{
    struct mqtt_findings findings;
    bool readable;
    struct mqtt_packet *packet =
        mqtt_decode(bytes, version, to_client, &findings, &readable);

    require(packet || (!readable && findings.count > 0));
    if (!packet)
        return;
    print(packet);
    if (findings.count == 0)
        encode_and_compare(packet, to_client);
    mqtt_packet_free(packet);
}

static void decode_in_all_ways(struct slice bytes)
{
    static const enum mqtt_version versions[] = {MQTT_3_1, MQTT_3_1_1,
                                                 MQTT_5_0};

    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        decode(bytes, versions[i], false);
        decode(bytes, versions[i], true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice stream = slice_make(data, size);
    size_t packet_size;

    decode_in_all_ways(stream);
    while (mqtt_frame(stream, &packet_size) == MQTT_FRAME_WHOLE) {
        decode_in_all_ways(slice_make(stream.data, packet_size));
        stream.data += packet_size;
        stream.size -= packet_size;
    }
    return 0;
}
