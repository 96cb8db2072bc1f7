/* Whether a packet is what a step expects. */
#include "engine/play.h"

#define DIFFERENCES_CAP 4000

const struct scope *play_scope(const struct task *task)
{
    return task->has_scope ? &task->scope : task->scope.outer;
}

struct client *play_client_at(const struct player *player,
                              const struct task *task)
{
    return player->clients[task->client];
}

static bool find_mark(void *user, const char *name, int64_t *begin,
                      int64_t *end)
{
    struct mark *mark = play_mark(user, name);
    if (!mark)
        return false;
    *begin = mark->begin;
    *end = mark->end;
    return true;
}

static bool wants_list(const struct matcher *matcher)
{
    if (matcher->kind == MATCHER_LIST || matcher->kind == MATCHER_SET ||
        matcher->kind == MATCHER_LIST_CONTAINS)
        return true;
    for (size_t i = 0; i < matcher->count; i++)
        if (matcher->children[i] && wants_list(matcher->children[i]))
            return true;
    return false;
}

static enum match_result test(struct player *player, const struct scope *scope,
                              const struct matcher *matcher,
                              const struct value *value, int64_t observed,
                              const char **error)
{
    player->scope = scope;
    struct environment environment = play_environment(player);
    struct match_context context = {&environment, player, find_mark, observed};
    return matcher_test(matcher, value, &context, error);
}

enum match_result play_test(struct player *player, const struct scope *scope,
                            const struct matcher *matcher,
                            const struct value *value, int64_t observed)
{
    const char *error = "out of memory";
    enum match_result result =
        test(player, scope, matcher, value, observed, &error);
    if (result == MATCH_ERROR)
        play_error(player, NULL, "%s", error);
    return result;
}

enum match_result step_matches(struct player *player, const struct scope *scope,
                               const struct step *step,
                               const struct client *client,
                               const struct received *received,
                               const char **wrong)
{
    const struct expect_step *expect = step->expect;
    *wrong = NULL;
    for (size_t i = 0; i < expect->field_count; i++) {
        const struct field_matcher *field = &expect->fields[i];
        if (field->field == MQTT_SESSION_PRESENT && client->version == MQTT_3_1)
            continue; /* 3.1 has no such bit */
        struct value value;
        play_field(player, client, received, field->field, field->in_will,
                   wants_list(field->matcher), false, &value);
        enum match_result result =
            play_test(player, scope, field->matcher, &value, received->time);
        if (result != MATCH_YES) {
            *wrong = play_field_name(field->field);
            return result;
        }
    }
    return MATCH_YES;
}

/* "qos: 0 instead of 1", where it is not as expected. */
static void put_difference(struct player *player, const struct task *leaf,
                           const struct received *received,
                           const struct field_matcher *field,
                           struct buffer *out)
{
    const struct client *client = play_client_at(player, leaf);
    const char *error;
    struct value value;
    if (field->field == MQTT_SESSION_PRESENT && client->version == MQTT_3_1)
        return;
    play_field(player, client, received, field->field, field->in_will,
               wants_list(field->matcher), false, &value);
    if (test(player, play_scope(leaf), field->matcher, &value, received->time,
             &error) != MATCH_NO)
        return;
    buffer_format(out, "\n%s: ", play_field_name(field->field));
    play_put_value(player, field, &value, out);
}

const char *play_differences(struct player *player, const struct task *leaf,
                             const struct received *received)
{
    const char *packet = play_packet_text(player, received->packet);
    if (leaf->kind != TASK_STEP || !leaf->step->expect)
        return packet;
    struct buffer out = buffer_make(DIFFERENCES_CAP);
    buffer_text(&out, packet);
    for (size_t i = 0; i < leaf->step->expect->field_count; i++)
        put_difference(player, leaf, received, &leaf->step->expect->fields[i],
                       &out);
    const char *text =
        out.failed ? packet : arena_text(player->arena, buffer_string(&out));
    buffer_free(&out);
    return text ? text : packet;
}

/* An answer for which no identifier is stated carries that of an open
 * request of its kind. */
bool play_answers_request(const struct step *step, const struct client *client,
                          const struct received *received, const char **wrong)
{
    switch (received->packet->type) {
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBCOMP:
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        break;
    default:
        return true;
    }
    for (size_t i = 0; i < step->expect->field_count; i++)
        if (step->expect->fields[i].field == MQTT_PACKET_ID)
            return true;
    if (client->opaque ||
        client_has_request(client, received->packet->type,
                           mqtt_number(received->packet, MQTT_PACKET_ID, 0)))
        return true;
    *wrong = "packet_id";
    return false;
}

/* `order: topic`: no earlier part of the same topic may still be open. */
bool play_out_of_turn(struct player *player, struct task *leaf,
                      const struct received *received)
{
    if (!leaf->single || leaf->step->expect->order != ORDER_TOPIC)
        return false;
    for (struct task *kid = leaf->parent->kids; kid != leaf; kid = kid->next) {
        const struct expect_step *expect = leaf->step->expect;
        if (kid->state != TASK_BUSY)
            continue;
        for (size_t i = 0; i < expect->field_count; i++) {
            struct value topic = {.kind = VALUE_BYTES,
                                  .bytes = received->topic};
            if (expect->fields[i].field == MQTT_TOPIC &&
                play_test(player, play_scope(kid), expect->fields[i].matcher,
                          &topic, received->time) == MATCH_YES)
                return true;
        }
    }
    return false;
}

/* `gaps: true`: a later one of the counted packets may come first. */
enum match_result play_match_gaps(struct player *player, struct task *leaf,
                                  const struct received *received,
                                  const char **wrong)
{
    int64_t index = leaf->index;
    enum match_result result = MATCH_NO;
    for (int64_t i = index; i < leaf->total && result == MATCH_NO; i++) {
        leaf->scope.value = i + 1;
        result = step_matches(player, play_scope(leaf), leaf->step,
                              play_client_at(player, leaf), received, wrong);
        if (result == MATCH_YES)
            leaf->index = i;
    }
    leaf->scope.value = leaf->index + 1;
    return result;
}

/* ---- rejected ---------------------------------------------------------- */

bool rejection_takes(const struct client *client, enum mqtt_type type)
{
    return type == MQTT_CONNACK
               ? !client->end_taken
               : type == MQTT_DISCONNECT && client->version == MQTT_5_0;
}

/* Before CONNACK a CONNACK that refuses, after it a DISCONNECT. */
enum match_result rejection_matches(struct player *player, struct task *leaf,
                                    const struct received *received,
                                    const char **wrong)
{
    const struct client *client = play_client_at(player, leaf);
    enum mqtt_type type = received->packet->type;
    uint32_t code = mqtt_number(received->packet, MQTT_REASON_CODE, 0);
    *wrong = "reason_code";
    if (leaf->stage_two)
        return MATCH_NO;
    if (type == MQTT_DISCONNECT && !client->connack_good)
        return MATCH_NO;
    struct value value = {.kind = VALUE_NUMBER, .number = code};
    const struct matcher *stated = leaf->step->expect->reason_code;
    if (stated) {
        enum match_result result =
            play_test(player, play_scope(leaf), stated, &value, received->time);
        if (result != MATCH_NO)
            return result;
    }
    if (client->version != MQTT_5_0)
        return stated && code ? MATCH_YES : MATCH_NO;
    return code >= 0x80 ? MATCH_YES : MATCH_NO;
}

void rejection_take(struct player *player, struct task *leaf,
                    const struct received *received)
{
    leaf->stage_two = true;
    uint32_t code = mqtt_number(received->packet, MQTT_REASON_CODE, 0);
    struct value value = {.kind = VALUE_NUMBER, .number = code};
    const struct matcher *stated = leaf->step->expect->reason_code;
    if (!stated || play_test(player, play_scope(leaf), stated, &value,
                             received->time) == MATCH_YES)
        return;
    play_note(player, "another reason code than the usual one: %s",
              play_packet_text(player, received->packet));
    struct finding finding = {
        .kind = FAILURE_WRONG_FIELD,
        .client = play_client_at(player, leaf)->name,
        .message = "rejected with another reason code than the standard "
                   "gives for this",
        .expected = play_expected(player, leaf),
        .actual = play_packet_text(player, received->packet),
        .statements = "",
        .source = leaf->step->source,
        .time = received->time - player->started};
    if (play_grow(player, &player->warnings, &player->warning_room,
                  player->warning_count, sizeof finding))
        player->warnings[player->warning_count++] = finding;
}
