/* Closes, silence, events and time: what a waiting leaf looks at when no
 * packet is left to deal out. */
#include "engine/play.h"

#include <stdio.h>

/* ---- closes ---------------------------------------------------- */

static bool fail(struct player *player, struct task *leaf,
                 enum failure_kind kind, int64_t seen, const char *message)
{
    struct failure failure = {
        kind, seen, message, play_expected(player, leaf),
        play_arrived_text(player, play_client_at(player, leaf))};
    play_failed(player, leaf, &failure);
    return true;
}

/* The signs seen, as a list of texts, for `how`. */
static bool how_matches(struct player *player, struct task *leaf)
{
    const struct expect_step *expect = leaf->step->expect;
    const struct client *client = play_client_at(player, leaf);
    for (size_t i = 0; i < expect->field_count; i++) {
        if (expect->fields[i].field != EVENT_HOW)
            continue;
        bool negative = expect->fields[i].matcher->kind == MATCHER_NOT;
        bool any = false, all = true;
        for (unsigned s = 0; s < NET_SIGNS; s++) {
            if (!client->signs[s])
                continue;
            struct value sign = {.kind = VALUE_BYTES,
                                 .bytes =
                                     slice_of(net_sign_name((enum net_sign)s))};
            bool yes =
                play_test(player, play_scope(leaf), expect->fields[i].matcher,
                          &sign, client->sign_time) == MATCH_YES;
            any = any || yes;
            all = all && yes;
        }
        if (negative ? !all : !any)
            return false;
    }
    return true;
}

/* `soft_after`: what the standard does not forbid in as many words. */
static void judge_softly(struct player *player, struct task *leaf, int64_t time)
{
    int64_t after;
    if (!play_soft_limit(player, leaf, &after) || time >= after)
        return;
    char message[120];
    snprintf(message, sizeof message, "came %.3f s earlier than it should",
             (double)(after - time) / 1e9);
    if (after - time < PLAYER_ROUNDING) {
        play_note(player, "%s; the broker seems to count whole seconds",
                  message);
        return;
    }
    struct failure failure = {
        FAILURE_TOO_EARLY, time, message, play_expected(player, leaf),
        play_arrived_text(player, play_client_at(player, leaf))};
    play_warn(player, leaf, &failure);
}

static void close_is_met(struct player *player, struct task *leaf)
{
    struct client *client = play_client_at(player, leaf);
    client->end_taken = true;
    leaf->last_match = client->sign_time;
    if (leaf->step->expect->thing == THING_REJECTED && !leaf->stage_two &&
        client->version == MQTT_5_0)
        play_note(player, "%s was closed without a packet that says why",
                  client->name);
    if (!leaf_is_due(player, leaf, client->sign_time))
        return;
    judge_softly(player, leaf, client->sign_time);
    if (!how_matches(player, leaf)) {
        fail(player, leaf, FAILURE_WRONG_FIELD, client->sign_time,
             "the connection ended in another way than expected");
        return;
    }
    leaf_measure(player, leaf, client->sign_time);
    if (leaf->step->note)
        play_note(player, "%s", leaf->step->note);
    task_done(player, leaf);
}

static bool settle_close(struct player *player, struct task *leaf)
{
    struct client *client = play_client_at(player, leaf);
    int64_t after, until;
    if (!play_limits(player, leaf, &after, &until))
        return true;
    if (client->link == LINK_ENDED) {
        close_is_met(player, leaf);
        return true;
    }
    if (client->link == LINK_SIGNED) {
        /* the end has begun; TCP has to follow within the limit */
        int64_t limit = client->sign_time + play_patient(player, PLAYER_LIMIT);
        until = limit > until ? limit : until;
    } else if (client->open_failure) {
        play_error(player, leaf, "%s could not connect: %s", client->name,
                   client->open_failure);
        return true;
    }
    if (player->now >= until)
        return fail(player, leaf, FAILURE_NOT_CLOSED, 0,
                    client->link == LINK_SIGNED
                        ? "the broker did not end TCP"
                        : "the broker did not close the connection");
    play_wake(player, until);
    return false;
}

/* ---- silence --------------------------------------------------- */

static bool breaks_silence(struct player *player, struct task *leaf,
                           struct received *received)
{
    const struct expect_step *expect = leaf->step->expect;
    const char *wrong;
    if (received->taken ||
        (expect->of_type && received->packet->type != expect->type))
        return false;
    if (expect->field_count &&
        (received->packet->type != MQTT_PUBLISH ||
         step_matches(player, play_scope(leaf), leaf->step,
                      play_client_at(player, leaf), received,
                      &wrong) != MATCH_YES))
        return false;
    return !permission_takes(player, play_client_at(player, leaf), received);
}

static bool settle_silence(struct player *player, struct task *leaf)
{
    struct client *client = play_client_at(player, leaf);
    const struct expect_step *expect = leaf->step->expect;
    int64_t duration;
    for (struct received *r = client->first; r; r = r->next)
        if (breaks_silence(player, leaf, r)) {
            struct failure failure = {FAILURE_EXTRA_PACKET, r->time,
                                      "a packet came where nothing was to come",
                                      play_expected(player, leaf),
                                      play_packet_text(player, r->packet)};
            client_take(player, client, r);
            play_failed(player, leaf, &failure);
            return true;
        }
    if (!expect->of_type && !expect->field_count &&
        client_end_is_open(player, client))
        return fail(player, leaf, FAILURE_CLOSED, client->sign_time,
                    "the broker closed the connection");
    if (!play_number(player, leaf, expect->duration, &duration))
        return true;
    int64_t until = leaf->begin + duration;
    if (player->now >= until) {
        if (leaf->step->note)
            play_note(player, "%s", leaf->step->note);
        task_done(player, leaf);
        return true;
    }
    play_wake(player, until);
    return false;
}

/* ---- events ---------------------------------------------------- */

static struct happened *event_of(struct client *client, enum thing thing)
{
    switch (thing) {
    case THING_TLS:
        return &client->tls;
    case THING_UPGRADE:
        return &client->upgrade;
    case THING_WS_PONG:
        return &client->ws_pong;
    default:
        return &client->ws_close;
    }
}

static const char *tls_name(unsigned version)
{
    static const char *const names[] = {"unknown", "1.0", "1.1", "1.2", "1.3"};
    return version < sizeof names / sizeof names[0] ? names[version]
                                                    : "unknown";
}

static struct value event_value(const struct happened *event, int field)
{
    struct value text = {.kind = VALUE_BYTES};
    switch (field) {
    case EVENT_STATUS:
    case EVENT_CODE:
        return (struct value){.kind = VALUE_NUMBER, .number = event->number};
    case EVENT_ACCEPT:
        text.bytes = slice_of(event->valid ? "valid" : "invalid");
        return text;
    case EVENT_TLS_VERSION:
        text.bytes = slice_of(tls_name(event->number));
        return text;
    default: /* subprotocol, payload */
        text.bytes = event->text;
        if (field == EVENT_SUBPROTOCOL && !event->text.size)
            text.kind = VALUE_NONE;
        return text;
    }
}

static bool event_matches(struct player *player, struct task *leaf,
                          const struct happened *event, const char **wrong)
{
    const struct expect_step *expect = leaf->step->expect;
    for (size_t i = 0; i < expect->field_count; i++) {
        int field = expect->fields[i].field;
        struct value value = event_value(event, field);
        if (play_test(player, play_scope(leaf), expect->fields[i].matcher,
                      &value, event->time) != MATCH_YES) {
            *wrong = play_field_name(field);
            return false;
        }
    }
    return true;
}

static void event_has_come(struct player *player, struct task *leaf,
                           struct happened *event)
{
    const char *wrong = NULL;
    leaf->last_match = event->time;
    if (event_matches(player, leaf, event, &wrong)) {
        event->seen = leaf->step->expect->thing == THING_TLS;
        if (leaf->step->note)
            play_note(player, "%s", leaf->step->note);
        task_done(player, leaf);
        return;
    }
    char message[80];
    snprintf(message, sizeof message, "came with another %s than expected",
             wrong ? wrong : "value");
    char actual[80];
    snprintf(actual, sizeof actual, "%s %u", wrong ? wrong : "value",
             event->number);
    struct failure failure = {FAILURE_WRONG_FIELD, event->time, message,
                              play_expected(player, leaf), actual};
    play_failed(player, leaf, &failure);
}

static bool settle_waiting(struct player *player, struct task *leaf,
                           const char *missing)
{
    struct client *client = play_client_at(player, leaf);
    int64_t after, until;
    bool elsewhere = leaf->single && leaf->parent->member_count > 1;
    if (client_ended(client) && !elsewhere)
        return fail(player, leaf, FAILURE_CLOSED, client->sign_time,
                    "the connection ended before it came");
    if (client->open_failure) {
        play_error(player, leaf, "%s could not connect: %s", client->name,
                   client->open_failure);
        return true;
    }
    if (!play_limits(player, leaf, &after, &until))
        return true;
    if (player->now >= until) {
        if (leaf->kind == TASK_STEP && leaf->step->expect->gaps &&
            leaf->last_match) {
            leaf->over = true;
            return true;
        }
        return fail(player, leaf, FAILURE_MISSING_PACKET, 0, missing);
    }
    play_wake(player, until);
    return false;
}

static bool settle_event(struct player *player, struct task *leaf)
{
    struct happened *event =
        event_of(play_client_at(player, leaf), leaf->step->expect->thing);
    if (!event->seen)
        return settle_waiting(player, leaf, "it did not come in time");
    event_has_come(player, leaf, event);
    return true;
}

bool leaf_settle(struct player *player, struct task *leaf)
{
    if (leaf->client >= player->client_count)
        return false;
    switch (leaf->step->expect->thing) {
    case THING_CLOSE:
    case THING_REJECTED:
        return settle_close(player, leaf);
    case THING_SILENCE:
        return settle_silence(player, leaf);
    case THING_PACKET:
        return !leaf->over &&
               settle_waiting(player, leaf, "no such packet came in time");
    default:
        return settle_event(player, leaf);
    }
}
