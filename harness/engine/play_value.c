#include "engine/play.h"

#include <string.h>

/* ---- variables --------------------------------------------------------- */

static struct value number_value(int64_t number)
{
    return (struct value){.kind = VALUE_NUMBER, .number = number};
}

static struct value bytes_value(struct slice bytes)
{
    return (struct value){.kind = VALUE_BYTES, .bytes = bytes};
}

static bool look_up_counter(const struct player *player, const char *name,
                            struct value *value)
{
    for (const struct scope *s = player->scope; s; s = s->outer)
        if (s->name && strcmp(s->name, name) == 0) {
            *value = number_value(s->value);
            return true;
        }
    return false;
}

static bool look_up_capture(const struct player *player, const char *name,
                            struct value *value)
{
    for (struct captured *c = player->captures; c; c = c->next)
        if (strcmp(c->name, name) == 0) {
            *value = c->value;
            return true;
        }
    return false;
}

static bool look_up_setting(struct player *player, const char *name,
                            struct value *value)
{
    const struct player_settings *settings = &player->settings;
    if (strcmp(name, "id") == 0)
        *value = bytes_value(slice_of(settings->id));
    else if (strcmp(name, "topic") == 0)
        *value = bytes_value(slice_of(settings->topic));
    else if (strcmp(name, "grace") == 0)
        *value = number_value(play_patient(player, PLAYER_GRACE));
    else if (strcmp(name, "limits.connect") == 0)
        *value = number_value(settings->limit_connect);
    else if (strcmp(name, "limits.handshake") == 0)
        *value = number_value(settings->limit_handshake);
    else
        return settings->variable &&
               settings->variable(settings->user, name, value);
    return true;
}

static bool look_up(void *user, const char *name, struct value *value)
{
    struct player *player = user;
    return look_up_counter(player, name, value) ||
           look_up_capture(player, name, value) ||
           look_up_setting(player, name, value);
}

static bool authenticate(void *user, struct slice move, struct value *value)
{
    struct player *player = user;
    return player->settings.auth &&
           player->settings.auth(player->settings.user, move, value);
}

struct environment play_environment(struct player *player)
{
    return (struct environment){.user = player,
                                .lookup = look_up,
                                .auth = authenticate,
                                .arena = player->arena,
                                .seed = player->settings.seed};
}

static void enter(struct player *player, const struct task *task)
{
    player->scope = !task             ? NULL
                    : task->has_scope ? &task->scope
                                      : task->scope.outer;
}

bool play_number(struct player *player, const struct task *task,
                 const struct expression *expression, int64_t *number)
{
    enter(player, task);
    struct environment environment = play_environment(player);
    const char *error = "out of memory";
    if (expression_number(expression, &environment, number, &error))
        return true;
    play_error(player, task, "%s", error);
    return false;
}

bool play_bytes(struct player *player, const struct task *task,
                const struct expression *expression, struct slice *bytes)
{
    enter(player, task);
    struct environment environment = play_environment(player);
    const char *error = "out of memory";
    if (expression_bytes(expression, &environment, bytes, &error))
        return true;
    play_error(player, task, "%s", error);
    return false;
}

/* ---- fields of packets ------------------------------------------------- */

static struct value field_value(const struct mqtt_field_row *row,
                                const struct mqtt_value *field,
                                struct player *player)
{
    switch (row->kind) {
    case MQTT_KIND_STRING:
    case MQTT_KIND_BINARY:
    case MQTT_KIND_REST:
        return bytes_value(field->bytes);
    case MQTT_KIND_PAIR: {
        struct value *pair = arena_array(player->arena, 2, sizeof *pair);
        if (!pair)
            return (struct value){0};
        pair[0] = bytes_value(field->bytes);
        pair[1] = bytes_value(field->second);
        return (struct value){.kind = VALUE_LIST, .items = pair, .count = 2};
    }
    default:
        return number_value(field->number);
    }
}

static size_t count_fields(const struct mqtt_packet *packet,
                           enum mqtt_field field)
{
    size_t count = 0;
    while (mqtt_value_at(packet, field, count))
        count++;
    return count;
}

static void list_field(struct player *player, const struct mqtt_packet *packet,
                       const struct mqtt_field_row *row, struct value *value)
{
    size_t count = count_fields(packet, row->field);
    struct value *items = NULL;
    if (count) {
        items = arena_array(player->arena, count, sizeof *items);
        if (!items) {
            player->no_memory = true;
            return;
        }
    }
    for (size_t i = 0; i < count; i++)
        items[i] =
            field_value(row, mqtt_value_at(packet, row->field, i), player);
    if (count)
        *value =
            (struct value){.kind = VALUE_LIST, .items = items, .count = count};
}

/* `properties: {exact: …}`: pairs of name and value, in order. */
static void property_list(struct player *player,
                          const struct mqtt_packet *packet, struct value *value)
{
    struct value *items =
        arena_array(player->arena, packet->count + 1, sizeof *items);
    size_t count = 0;
    if (!items)
        return;
    for (size_t i = 0; i < packet->count; i++) {
        const struct mqtt_value *field = &packet->values[i];
        const struct mqtt_field_row *row = mqtt_field_row(field->field);
        if (field->field < MQTT_FIRST_PROPERTY || field->in_will)
            continue;
        struct value *pair = arena_array(player->arena, 2, sizeof *pair);
        if (!pair)
            return;
        pair[0] = bytes_value(slice_of(row->name));
        pair[1] = field_value(row, field, player);
        items[count++] =
            (struct value){.kind = VALUE_LIST, .items = pair, .count = 2};
    }
    *value = (struct value){.kind = VALUE_LIST, .items = items, .count = count};
}

static bool header_field(const struct mqtt_packet *packet, int field,
                         struct value *value)
{
    switch (field) {
    case MQTT_FLAGS:
        *value = number_value(packet->flags);
        return true;
    case MQTT_PACKET_TYPE:
        *value = number_value(packet->type);
        return true;
    case MQTT_REMAINING_LENGTH:
        *value = number_value(packet->remaining_length);
        return true;
    case MQTT_PACKET_SIZE:
        *value = number_value(packet->size);
        return true;
    default:
        return false;
    }
}

static bool is_list_packet(const struct mqtt_packet *packet)
{
    return packet->type == MQTT_SUBACK || packet->type == MQTT_UNSUBACK;
}

/* What an absent field means: 5.0 properties by the table, a reason code that
 * was left out is 0, and what CONNACK does not change stays as we asked. */
static void absent_meaning(const struct client *client,
                           const struct received *received, int field,
                           bool effective, struct value *value)
{
    if (field == MQTT_REASON_CODE) {
        *value = number_value(0);
        return;
    }
    if (!effective)
        return;
    bool connack = received->packet->type == MQTT_CONNACK;
    if (connack && field == MQTT_SESSION_EXPIRY_INTERVAL)
        *value = number_value(client->sent_session_expiry);
    else if (connack &&
             (field == MQTT_KEEP_ALIVE || field == MQTT_SERVER_KEEP_ALIVE))
        *value = number_value(client->sent_keep_alive);
    else if (connack && field == MQTT_ASSIGNED_CLIENT_IDENTIFIER)
        *value = bytes_value(client->sent_client_id);
    else if (mqtt_field_row((enum mqtt_field)field)->has_meaning)
        *value =
            number_value(mqtt_field_row((enum mqtt_field)field)->absent_value);
}

void play_field(struct player *player, const struct client *client,
                const struct received *received, int field, bool in_will,
                bool list, bool effective, struct value *value)
{
    const struct mqtt_packet *packet = received->packet;
    *value = (struct value){0};
    if (header_field(packet, field, value))
        return;
    if (field == EVENT_OPTIONS_PROPERTIES) {
        property_list(player, packet, value);
        return;
    }
    if (packet->type == MQTT_PUBLISH && field == MQTT_TOPIC) {
        *value = bytes_value(received->topic);
        return;
    }
    if (field == EVENT_WIRE_TOPIC)
        field = MQTT_TOPIC;
    if (field >= MQTT_FIELDS)
        return;
    enum mqtt_field known = (enum mqtt_field)field;
    const struct mqtt_field_row *row = mqtt_field_row(known);
    if (effective && packet->type == MQTT_CONNACK && field == MQTT_KEEP_ALIVE)
        row = mqtt_field_row(MQTT_SERVER_KEEP_ALIVE);
    bool listed = list || known == MQTT_USER_PROPERTY ||
                  known == MQTT_SUBSCRIPTION_IDENTIFIER ||
                  (known == MQTT_REASON_CODE && is_list_packet(packet) &&
                   count_fields(packet, known) > 1);
    if (listed) {
        list_field(player, packet, row, value);
    } else {
        const struct mqtt_value *found =
            in_will ? mqtt_will_value_at(packet, row->field, 0)
                    : mqtt_value_at(packet, row->field, 0);
        if (found)
            *value = field_value(row, found, player);
    }
    if (value->kind == VALUE_NONE)
        absent_meaning(client, received, field, effective, value);
}

/* ---- captures ---------------------------------------------------------- */

static struct captured *capture_of(struct player *player, const char *name)
{
    for (struct captured *c = player->captures; c; c = c->next)
        if (strcmp(c->name, name) == 0)
            return c;
    struct captured *captured = arena_alloc(player->arena, sizeof *captured);
    if (!captured) {
        player->no_memory = true;
        return NULL;
    }
    captured->name = name;
    captured->next = player->captures;
    player->captures = captured;
    return captured;
}

/* A capture outlives the packet it was read from. */
static struct value keep_value(struct player *player, const struct value *value)
{
    struct value kept = *value;
    if (value->kind == VALUE_BYTES) {
        kept.bytes = arena_slice(player->arena, value->bytes);
    } else if (value->kind == VALUE_LIST && value->count) {
        struct value *items =
            arena_array(player->arena, value->count, sizeof *items);
        for (size_t i = 0; items && i < value->count; i++)
            items[i] = keep_value(player, &value->items[i]);
        kept.items = items;
        kept.count = items ? value->count : 0;
    }
    if (arena_failed(player->arena))
        player->no_memory = true;
    return kept;
}

void play_set(struct player *player, const char *name,
              const struct value *value)
{
    struct captured *captured = capture_of(player, name);
    if (captured)
        captured->value = keep_value(player, value);
}

void play_append(struct player *player, const char *name,
                 const struct value *value)
{
    struct captured *captured = capture_of(player, name);
    if (!captured || !play_grow(player, &captured->room, &captured->capacity,
                                captured->value.count, sizeof(struct value)))
        return;
    captured->room[captured->value.count] = keep_value(player, value);
    captured->value = (struct value){.kind = VALUE_LIST,
                                     .items = captured->room,
                                     .count = captured->value.count + 1};
}

/* A counted step that is played again begins its list anew. */
static void forget(struct player *player, const char *name)
{
    struct captured *captured = capture_of(player, name);
    if (captured)
        captured->value.count = 0;
}

void play_save(struct player *player, const struct task *task,
               const struct client *client, const struct received *received)
{
    const struct expect_step *expect = task->step->expect;
    for (size_t i = 0; i < expect->save_count; i++) {
        struct value value;
        play_field(player, client, received, expect->saves[i].field, false,
                   false, true, &value);
        if (expect->count && task->index == 0)
            forget(player, expect->saves[i].name);
        if (expect->count)
            play_append(player, expect->saves[i].name, &value);
        else
            play_set(player, expect->saves[i].name, &value);
    }
}
