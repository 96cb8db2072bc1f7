#include "world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void queue_event(struct world *world, size_t client,
                        struct net_event event)
{
    ck_assert_uint_lt(world->queued, 256);
    struct world_event *kept = &world->queue[world->queued++];
    kept->client = client;
    kept->event = event;
    ck_assert_uint_le(event.bytes.size, sizeof kept->bytes);
    if (event.bytes.size)
        memcpy(kept->bytes, event.bytes.data, event.bytes.size);
    kept->event.bytes = slice_make(kept->bytes, event.bytes.size);
}

static void deliver(struct world *world)
{
    for (size_t i = 0; i < world->queued; i++) {
        struct world_event *next = &world->queue[i];
        next->event.bytes.data = next->bytes;
        next->event.time = world->now;
        player_event(world->player, next->client, &next->event, world->now);
    }
    world->queued = 0;
}

/* ---- the broker's answers ---------------------------------------------- */

static void answer(struct world *world, size_t client, const uint8_t *bytes,
                   size_t size)
{
    queue_event(world, client,
                (struct net_event){.kind = NET_EVENT_DATA,
                                   .bytes = slice_make(bytes, size)});
}

static void answer_id(struct world *world, size_t client, enum mqtt_type type,
                      uint8_t flags, uint32_t id, int codes)
{
    bool v5 = world->script->version == MQTT_5_0;
    uint8_t bytes[8] = {(uint8_t)((unsigned)type << 4 | flags), 2,
                        (uint8_t)(id >> 8), (uint8_t)id};
    size_t size = 4;
    if (codes >= 0) {
        if (v5)
            bytes[size++] = 0;
        bytes[size++] = (uint8_t)codes;
    }
    bytes[1] = (uint8_t)(size - 2);
    answer(world, client, bytes, size);
}

static void respond(struct world *world, size_t client,
                    const struct mqtt_packet *packet)
{
    bool v5 = world->script->version == MQTT_5_0;
    uint32_t id = mqtt_number(packet, MQTT_PACKET_ID, 0);
    uint32_t qos = mqtt_number(packet, MQTT_QOS, 0);
    if (packet->type == MQTT_CONNECT) {
        uint8_t connack[] = {0x20, (uint8_t)(v5 ? 3 : 2), 0, 0, 0};
        answer(world, client, connack, v5 ? 5 : 4);
    }
    if (world->connack_only)
        return;
    switch (packet->type) {
    case MQTT_SUBSCRIBE:
        answer_id(world, client, MQTT_SUBACK, 0, id, (int)qos);
        break;
    case MQTT_UNSUBSCRIBE:
        answer_id(world, client, MQTT_UNSUBACK, 0, id, v5 ? 0 : -1);
        break;
    case MQTT_PUBLISH:
        if (qos)
            answer_id(world, client, qos == 1 ? MQTT_PUBACK : MQTT_PUBREC, 0,
                      id, -1);
        break;
    case MQTT_PUBREC:
        answer_id(world, client, MQTT_PUBREL, 2, id, -1);
        break;
    case MQTT_PUBREL:
        answer_id(world, client, MQTT_PUBCOMP, 0, id, -1);
        break;
    case MQTT_PINGREQ:
        answer(world, client, (const uint8_t[]){0xd0, 0}, 2);
        break;
    default:
        break;
    }
}

static void respond_to_bytes(struct world *world, size_t client,
                             struct slice bytes)
{
    size_t size;
    while (mqtt_frame(bytes, &size) == MQTT_FRAME_WHOLE) {
        struct mqtt_findings findings = {.count = 0};
        bool readable;
        struct mqtt_packet *packet =
            mqtt_decode(slice_make(bytes.data, size), world->script->version,
                        false, &findings, &readable);
        if (packet)
            respond(world, client, packet);
        mqtt_packet_free(packet);
        bytes = slice_make(bytes.data + size, bytes.size - size);
    }
}

/* ---- the stage --------------------------------------------------------- */

static bool stage_open(void *user, size_t client, const struct stage_open *how,
                       const char **trouble)
{
    struct world *world = user;
    (void)trouble;
    world->opened[client]++;
    bool manual = how->stated && (how->stated->manual_upgrade ||
                                  how->stated->manual_handshake);
    if (!manual)
        queue_event(world, client,
                    (struct net_event){.kind = NET_EVENT_OPENED});
    return true;
}

static bool stage_send(void *user, size_t client, struct slice bytes,
                       const struct net_frame *frame, int64_t *began,
                       bool *drained)
{
    struct world *world = user;
    *began = world->now;
    *drained = !world->blocked;
    buffer_append_slice(&world->sent[client], bytes);
    if (world->writes[client] < 64)
        world->frames[client][world->writes[client]] =
            frame ? *frame : NET_FRAME_DEFAULT;
    world->writes[client]++;
    if (world->answers)
        respond_to_bytes(world, client, bytes);
    return true;
}

static void stage_close(void *user, size_t client, enum net_close_how how,
                        int64_t *began)
{
    struct world *world = user;
    *began = world->now;
    world->closes[client][world->close_count[client]++ % 16] = how;
    if (how == NET_CLOSE_FIN || how == NET_CLOSE_RESET)
        queue_event(world, client,
                    (struct net_event){.kind = NET_EVENT_CLOSED});
}

static void stage_linger(void *user, size_t client)
{
    (void)user;
    (void)client;
}

static void stage_reading(void *user, size_t client, bool on)
{
    (void)user;
    (void)client;
    (void)on;
}

static void stage_broker(void *user, enum broker_action action)
{
    struct world *world = user;
    world->hooks[world->hook_count++] = action;
}

/* ---- the world --------------------------------------------------------- */

static struct script *compile(const char *yaml, enum mqtt_version version,
                              enum net_transport transport)
{
    struct diagnostics diagnostics;
    ck_assert(diagnostics_begin(&diagnostics));
    struct script *script =
        script_of_text(yaml, version, transport, &diagnostics);
    struct buffer text = buffer_make(1 << 20);
    diagnostics_print(&diagnostics, &text);
    ck_assert_msg(script != NULL, "%s", buffer_string(&text));
    buffer_free(&text);
    diagnostics_end(&diagnostics);
    return script;
}

static struct player_account account(void *user, const char *name)
{
    (void)user;
    struct player_account account = {0};
    if (strcmp(name, "known") != 0)
        return account;
    account.found = true;
    account.user_name = slice_of("somebody");
    account.password = slice_of("top secret");
    return account;
}

static void start(struct world *world)
{
    struct player_settings settings = {
        .script = world->script,
        .stage = {.user = world,
                  .open = stage_open,
                  .send = stage_send,
                  .close = stage_close,
                  .linger = stage_linger,
                  .reading = stage_reading,
                  .broker = stage_broker},
        .id = "m1",
        .topic = "t/m1",
        .seed = 1,
        .patience = world->patience ? world->patience : 1.0,
        .limit_connect = 35000 * MS,
        .limit_handshake = 35000 * MS,
        .keep_alive = 600,
        .account = account};
    world->now = 1000 * MS;
    memory_fail_after(world->fail_after);
    world->player = player_new(&settings);
    ck_assert(world->player || world->fail_after);
    if (!world->player)
        return;
    player_start(world->player, world->now);
    deliver(world);
}

void world_begin_over(struct world *world, const char *yaml,
                      enum mqtt_version version, enum net_transport transport)
{
    bool answers = world->answers, connack_only = world->connack_only;
    bool blocked = world->blocked;
    double patience = world->patience;
    long fail_after = world->fail_after;
    memset(world, 0, sizeof *world);
    world->answers = answers;
    world->connack_only = connack_only;
    world->blocked = blocked;
    world->patience = patience;
    world->fail_after = fail_after;
    for (size_t i = 0; i < 8; i++)
        world->sent[i] = buffer_make(1 << 24);
    world->script = compile(yaml, version, transport);
    start(world);
    while (world->queued)
        deliver(world);
}

void world_begin(struct world *world, const char *yaml,
                 enum mqtt_version version)
{
    world_begin_over(world, yaml, version, NET_TCP);
}

void world_end(struct world *world)
{
    play_record_free(world->record);
    player_free(world->player);
    script_free(world->script);
    for (size_t i = 0; i < 8; i++)
        buffer_free(&world->sent[i]);
}

void world_pass(struct world *world, int64_t ns)
{
    int64_t until = world->now + ns;
    for (;;) {
        while (world->queued)
            deliver(world);
        int64_t deadline = player_deadline(world->player);
        if (deadline > until)
            break;
        world->now = deadline > world->now ? deadline : world->now;
        player_time(world->player, world->now);
        ck_assert_msg(player_finished(world->player) || world->queued ||
                          player_deadline(world->player) > world->now,
                      "a deadline that does not pass");
    }
    world->now = until;
    player_time(world->player, world->now);
    while (world->queued)
        deliver(world);
}

void world_event(struct world *world, size_t client, struct net_event event)
{
    queue_event(world, client, event);
    while (world->queued)
        deliver(world);
}

void world_bytes(struct world *world, size_t client, const char *hex)
{
    uint8_t bytes[512];
    size_t size = 0;
    for (char *end; *hex; hex = end) {
        bytes[size] = (uint8_t)strtoul(hex, &end, 16);
        if (end == hex)
            break;
        size++;
    }
    world_event(world, client,
                (struct net_event){.kind = NET_EVENT_DATA,
                                   .bytes = slice_make(bytes, size)});
}

void world_sign(struct world *world, size_t client, enum net_sign sign,
                bool whole)
{
    world_event(world, client,
                (struct net_event){.kind = NET_EVENT_SIGN, .sign = sign});
    if (whole)
        world_ended(world, client);
}

void world_ended(struct world *world, size_t client)
{
    world_event(world, client, (struct net_event){.kind = NET_EVENT_ENDED});
}

const struct play_record *world_record(struct world *world)
{
    if (!world->record)
        world->record = player_record(world->player);
    ck_assert_ptr_nonnull(world->record);
    return world->record;
}

enum verdict world_verdict(struct world *world)
{
    for (int i = 0; i < 600 && !player_finished(world->player); i++)
        world_pass(world, 1000 * MS);
    ck_assert_msg(player_finished(world->player), "the play does not end");
    return world_record(world)->verdict;
}
