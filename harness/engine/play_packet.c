/* From a send step to a packet: stated fields as stated, the rest filled with
 * valid defaults (language.md, section 2). */
#include "engine/play_draft.h"

#include <stdio.h>
#include <string.h>

static struct mqtt_value *put(struct draft *draft, enum mqtt_field field)
{
    if (!play_grow(draft->player, &draft->values, &draft->room, draft->count,
                   sizeof *draft->values)) {
        draft->ok = false;
        return NULL;
    }
    struct mqtt_value *value = &draft->values[draft->count++];
    *value = (struct mqtt_value){.field = field};
    return value;
}

static void put_number(struct draft *draft, enum mqtt_field field,
                       uint32_t number)
{
    struct mqtt_value *value = put(draft, field);
    if (value)
        value->number = number;
}

static void put_bytes(struct draft *draft, enum mqtt_field field, bool in_will,
                      struct slice bytes)
{
    struct mqtt_value *value = put(draft, field);
    if (!value)
        return;
    value->bytes = bytes;
    value->in_will = in_will;
}

const struct mqtt_value *drafted_value(const struct draft *draft,
                                       enum mqtt_field field)
{
    for (size_t i = 0; i < draft->count; i++)
        if (draft->values[i].field == field)
            return &draft->values[i];
    return NULL;
}

uint32_t drafted_number(const struct draft *draft, enum mqtt_field field,
                        uint32_t otherwise)
{
    const struct mqtt_value *value = drafted_value(draft, field);
    return value ? value->number : otherwise;
}

static struct slice format_slice(struct draft *draft, const char *format,
                                 const char *text, unsigned number)
{
    char line[512];
    snprintf(line, sizeof line, format, text, number);
    struct slice slice = arena_slice(draft->player->arena, slice_of(line));
    if (!slice.data)
        draft->ok = false;
    return slice;
}

/* ---- stated fields ----------------------------------------------------- */

static bool is_number(enum mqtt_kind kind)
{
    return kind <= MQTT_KIND_VARINT;
}

static bool evaluate_number(struct draft *draft,
                            const struct expression *expression,
                            int64_t maximum, const char *what, int64_t *number)
{
    if (!play_number(draft->player, draft->task, expression, number))
        return false;
    if (*number >= 0 && *number <= maximum)
        return true;
    play_error(draft->player, draft->task, "%s cannot be %lld", what,
               (long long)*number);
    return false;
}

static bool put_lies(struct draft *draft, const struct send_field *field,
                     struct mqtt_value *value)
{
    int64_t number;
    if (field->stated_length) {
        if (!evaluate_number(draft, field->stated_length, 65535,
                             "a length of two bytes", &number))
            return false;
        value->has_stated_length = true;
        value->stated_length = (uint16_t)number;
    }
    if (field->width) {
        if (!evaluate_number(draft, field->width, 5,
                             "the width of a Variable Byte Integer", &number))
            return false;
        value->width = (uint8_t)number;
    }
    return true;
}

static bool put_field(struct draft *draft, const struct send_field *field)
{
    struct mqtt_value value = {.field = (enum mqtt_field)field->field,
                               .in_will = field->in_will};
    const struct mqtt_field_row *row = mqtt_field_row(value.field);
    int64_t number = 0;
    if (value.field == MQTT_UNKNOWN_PROPERTY) {
        if (!evaluate_number(draft, field->identifier, 268435455,
                             "a property identifier", &number))
            return false;
        value.number = (uint32_t)number;
    }
    if (is_number(row->kind) && value.field != MQTT_UNKNOWN_PROPERTY) {
        if (!evaluate_number(draft, field->value, UINT32_MAX, row->name,
                             &number))
            return false;
        value.number = (uint32_t)number;
    } else if (field->value && !play_bytes(draft->player, draft->task,
                                           field->value, &value.bytes)) {
        return false;
    }
    if (field->second &&
        !play_bytes(draft->player, draft->task, field->second, &value.second))
        return false;
    if (!put_lies(draft, field, &value))
        return false;
    struct mqtt_value *kept = put(draft, value.field);
    if (kept)
        *kept = value;
    if (row->secret)
        keep_secret(draft->player, value.bytes);
    return kept != NULL;
}

static bool put_stated(struct draft *draft)
{
    for (size_t i = 0; i < draft->send->field_count; i++)
        if (!put_field(draft, &draft->send->fields[i]))
            return false;
    return draft->ok;
}

/* ---- defaults ---------------------------------------------------------- */

static uint32_t next_packet_id(struct draft *draft)
{
    struct identity *identity = draft->client->identity;
    if (!identity)
        identity = draft->client->identity =
            client_identity(draft->player, slice_of(""));
    if (!identity)
        return 1;
    if (identity->last_packet_id >= 65535) {
        identity->last_packet_id = 0;
        identity->blind = true;
    }
    identity->last_packet_id++;
    return identity->last_packet_id;
}

static struct slice unique_payload(struct draft *draft)
{
    return format_slice(draft, "%s payload %u", draft->player->settings.id,
                        ++draft->player->payloads);
}

static void default_account(struct draft *draft)
{
    if (drafted_value(draft, MQTT_USER_NAME) ||
        drafted_value(draft, MQTT_PASSWORD) ||
        drafted_value(draft, MQTT_USER_NAME_FLAG) ||
        drafted_value(draft, MQTT_PASSWORD_FLAG) ||
        !draft->player->settings.account)
        return;
    struct player_account account = draft->player->settings.account(
        draft->player->settings.user, draft->client->account);
    if (!account.found) {
        if (strcmp(draft->client->account, "default") == 0)
            return;
        play_error(draft->player, draft->task,
                   "the profile has no account named %s",
                   draft->client->account);
        draft->ok = false;
        return;
    }
    if (account.user_name.data)
        put_bytes(draft, MQTT_USER_NAME, false, account.user_name);
    if (account.password.data) {
        put_bytes(draft, MQTT_PASSWORD, false, account.password);
        keep_secret(draft->player, account.password);
    }
}

static void default_will(struct draft *draft)
{
    if (!draft->send->has_will)
        return;
    if (!drafted_value(draft, MQTT_WILL_TOPIC))
        put_bytes(draft, MQTT_WILL_TOPIC, true,
                  format_slice(draft, "%s/will%.0u",
                               draft->player->settings.topic, 0));
    if (!drafted_value(draft, MQTT_WILL_PAYLOAD))
        put_bytes(draft, MQTT_WILL_PAYLOAD, true, unique_payload(draft));
}

static void authenticate(struct draft *draft)
{
    if (!draft->send->authenticate)
        return;
    struct environment environment = play_environment(draft->player);
    struct value method, data;
    if (!environment.lookup(environment.user, "auth.method", &method) ||
        !environment.auth(environment.user, slice_of("start"), &data)) {
        play_error(draft->player, draft->task,
                   "the profile states no authentication method");
        draft->ok = false;
        return;
    }
    put_bytes(draft, MQTT_AUTHENTICATION_METHOD, false, method.bytes);
    put_bytes(draft, MQTT_AUTHENTICATION_DATA, false, data.bytes);
}

/* The number of the client in the variant makes its identifier unique. */
static struct slice default_client_id(struct draft *draft)
{
    unsigned number = 0;
    while (draft->player->clients[number] != draft->client)
        number++;
    return format_slice(draft, "%sc%u", draft->player->settings.id, number);
}

static void default_connect(struct draft *draft)
{
    bool raw = drafted_value(draft, MQTT_CONNECT_FLAGS) != NULL;
    if (!raw && !drafted_value(draft, MQTT_CLEAN_START))
        put_number(draft, MQTT_CLEAN_START, 1);
    if (!drafted_value(draft, MQTT_KEEP_ALIVE))
        put_number(draft, MQTT_KEEP_ALIVE, draft->player->settings.keep_alive);
    if (!drafted_value(draft, MQTT_CLIENT_ID))
        put_bytes(draft, MQTT_CLIENT_ID, false, default_client_id(draft));
    default_will(draft);
    default_account(draft);
    authenticate(draft);
}

static void default_publish(struct draft *draft)
{
    const struct mqtt_value *qos = drafted_value(draft, MQTT_QOS);
    if (!drafted_value(draft, MQTT_TOPIC))
        put_bytes(draft, MQTT_TOPIC, false,
                  slice_of(draft->player->settings.topic));
    if (qos && qos->number && !drafted_value(draft, MQTT_PACKET_ID))
        put_number(draft, MQTT_PACKET_ID, next_packet_id(draft));
    if (!drafted_value(draft, MQTT_PAYLOAD))
        put_bytes(draft, MQTT_PAYLOAD, false, unique_payload(draft));
}

/* Options that were stated without a filter belong to the default one. */
static void default_filter(struct draft *draft)
{
    if (!drafted_value(draft, MQTT_PACKET_ID))
        put_number(draft, MQTT_PACKET_ID, next_packet_id(draft));
    if (drafted_value(draft, MQTT_FILTER))
        return;
    put_bytes(draft, MQTT_FILTER, false,
              slice_of(draft->player->settings.topic));
    if (!draft->ok)
        return;
    struct mqtt_value filter = draft->values[draft->count - 1];
    memmove(draft->values + 1, draft->values,
            (draft->count - 1) * sizeof *draft->values);
    draft->values[0] = filter;
}

static void default_answer(struct draft *draft, enum mqtt_type question)
{
    if (!drafted_value(draft, MQTT_PACKET_ID))
        put_number(draft, MQTT_PACKET_ID, draft->client->taken_id[question]);
}

static void put_defaults(struct draft *draft)
{
    switch (draft->send->type) {
    case MQTT_CONNECT:
        default_connect(draft);
        break;
    case MQTT_PUBLISH:
        default_publish(draft);
        break;
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        default_filter(draft);
        break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
        default_answer(draft, MQTT_PUBLISH);
        break;
    case MQTT_PUBREL:
        default_answer(draft, MQTT_PUBREC);
        break;
    case MQTT_PUBCOMP:
        default_answer(draft, MQTT_PUBREL);
        break;
    default:
        break;
    }
}

/* ---- damage ------------------------------------------------------------ */

static bool length_of(struct draft *draft, const struct send_length *stated_as,
                      struct mqtt_length *length)
{
    length->form = stated_as->form;
    if (stated_as->form == MQTT_LENGTH_TRUE)
        return true;
    if (stated_as->form == MQTT_LENGTH_BYTES)
        return play_bytes(draft->player, draft->task, stated_as->value,
                          &length->bytes);
    return play_number(draft->player, draft->task, stated_as->value,
                       &length->number);
}

static bool nibble(struct draft *draft, const struct expression *expression,
                   const char *what, bool *has, uint8_t *out)
{
    int64_t number;
    if (!expression)
        return true;
    if (!evaluate_number(draft, expression, 15, what, &number))
        return false;
    *has = true;
    *out = (uint8_t)number;
    return true;
}

static bool offset(struct draft *draft, const struct expression *expression,
                   const char *what, bool *has, size_t *out)
{
    int64_t number;
    if (!expression)
        return true;
    if (!evaluate_number(draft, expression, 268435460, what, &number))
        return false;
    *has = true;
    *out = (size_t)number;
    return true;
}

static bool optional_bytes(struct draft *draft,
                           const struct expression *expression,
                           struct slice *bytes)
{
    return !expression ||
           play_bytes(draft->player, draft->task, expression, bytes);
}

static bool make_damage(struct draft *draft, struct mqtt_damage *damage)
{
    const struct send_step *send = draft->send;
    memcpy(damage->omit, send->omit, sizeof damage->omit);
    return nibble(draft, send->flags, "flags", &damage->has_flags,
                  &damage->flags) &&
           nibble(draft, send->packet_type, "packet_type",
                  &damage->has_packet_type, &damage->packet_type) &&
           length_of(draft, &send->property_length, &damage->property_length) &&
           length_of(draft, &send->will_property_length,
                     &damage->will_property_length) &&
           offset(draft, send->insert_at, "insert", &damage->has_insert,
                  &damage->insert_at) &&
           optional_bytes(draft, send->insert, &damage->insert) &&
           optional_bytes(draft, send->append, &damage->append) &&
           offset(draft, send->truncate, "truncate", &damage->has_truncate,
                  &damage->truncate) &&
           length_of(draft, &send->remaining_length,
                     &damage->remaining_length) &&
           offset(draft, send->stop_after, "stop_after",
                  &damage->has_stop_after, &damage->stop_after);
}

static bool is_raw(const struct send_field *field)
{
    return field->field == MQTT_OPTIONS || field->field == MQTT_CONNECT_FLAGS ||
           field->stated_length || field->width;
}

/* Whether the broker reads what the fields say. */
static bool is_whole(const struct send_step *send)
{
    for (size_t i = 0; i < send->field_count; i++)
        if (is_raw(&send->fields[i]))
            return false;
    return !send->flags && !send->packet_type && !send->omit[0] &&
           !send->omit[1] && send->property_length.form == MQTT_LENGTH_TRUE &&
           send->will_property_length.form == MQTT_LENGTH_TRUE &&
           !send->insert && !send->append && !send->truncate &&
           send->remaining_length.form == MQTT_LENGTH_TRUE && !send->stop_after;
}

/* What the packets of the broker will be held against. */
static void note_agreement(struct draft *draft,
                           const struct mqtt_packet *packet)
{
    struct client *client = draft->client;
    if (!is_whole(draft->send))
        agreement_blind(client);
    else if (packet->type == MQTT_CONNECT)
        agreement_connect(client, packet);
    else if (packet->type == MQTT_SUBSCRIBE)
        agreement_subscribe(draft->player, client, packet);
}

/* ---- all together ------------------------------------------------------ */

/* Of hand-made bytes only an answer's absence and the end are known. */
static void note_bytes(struct client *client, struct slice bytes)
{
    client->opaque = true;
    agreement_blind(client);
    if (bytes.size && bytes.data[0] >> 4 == MQTT_DISCONNECT)
        client->disconnect_sent = true;
}

static bool encode_bytes(struct draft *draft, struct buffer *out)
{
    struct slice bytes = {0};
    if (draft->send->data &&
        !play_bytes(draft->player, draft->task, draft->send->data, &bytes))
        return false;
    if (draft->send->thing == THING_BYTES)
        note_bytes(draft->client, bytes);
    buffer_append_slice(out, bytes);
    return !out->failed;
}

static bool encode_ws_close(struct draft *draft, struct buffer *out)
{
    int64_t code;
    if (draft->send->code) {
        if (!evaluate_number(draft, draft->send->code, 65535,
                             "a WebSocket status code", &code))
            return false;
        buffer_u16(out, (uint16_t)code);
    }
    return encode_bytes(draft, out);
}

/* A request that states its identifier moves the counter past it, so that a
 * later default does not use it again. */
static void note_packet_id(struct draft *draft, uint32_t id)
{
    struct identity *identity = draft->client->identity;
    enum mqtt_type type = draft->send->type;
    bool ours = type == MQTT_PUBLISH || type == MQTT_SUBSCRIBE ||
                type == MQTT_UNSUBSCRIBE;
    if (ours && identity && id > identity->last_packet_id)
        identity->last_packet_id = id;
}

static bool encode_packet(struct draft *draft, struct buffer *out, uint32_t *id)
{
    if (!put_stated(draft))
        return false;
    put_defaults(draft);
    struct mqtt_damage damage = {0};
    if (!draft->ok || !make_damage(draft, &damage))
        return false;
    struct mqtt_packet packet = {.version = draft->client->version,
                                 .type = draft->send->type,
                                 .values = draft->values,
                                 .count = draft->count};
    size_t before = out->size;
    if (!mqtt_encode(&packet, &damage, out)) {
        play_error(draft->player, draft->task,
                   "the packet cannot be written: a text is longer than "
                   "65,535 bytes, or the packet is too large");
        return false;
    }
    *id = drafted_number(draft, MQTT_PACKET_ID, 0);
    if (damage.has_stop_after && out->size - before == damage.stop_after)
        draft->client->unfinished_out = true;
    note_packet_id(draft, *id);
    drafted_sent(draft, *id);
    note_agreement(draft, &packet);
    return true;
}

bool play_encode(struct player *player, struct task *task, size_t number,
                 const struct step *step, struct buffer *out, uint32_t *id)
{
    struct draft draft = {.player = player,
                          .task = task,
                          .client = player->clients[number],
                          .step = step,
                          .send = step->send,
                          .ok = true};
    *id = 0;
    bool ok;
    switch (step->send->thing) {
    case THING_PACKET:
        ok = encode_packet(&draft, out, id);
        break;
    case THING_WS_CLOSE:
        ok = encode_ws_close(&draft, out);
        break;
    default:
        ok = encode_bytes(&draft, out);
        break;
    }
    if (!ok && !player->finished)
        player->no_memory = true;
    return ok;
}
