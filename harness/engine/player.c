#include "engine/play.h"

#define PLAY_CAP ((size_t)1 << 30) /* bytes of one play */

struct player *player_new(const struct player_settings *settings)
{
    struct player *player = memory_zero(1, sizeof *player);
    if (!player)
        return NULL;
    player->arena = arena_new(PLAY_CAP);
    if (!player->arena) {
        memory_free(player);
        return NULL;
    }
    player->settings = *settings;
    player->script = settings->script;
    player->deadline = INT64_MAX;
    return player;
}

static void release(struct player *player)
{
    tasks_free(player->root);
    tasks_free(player->background);
    player->root = player->background = NULL;
    for (size_t i = 0; i < player->client_count; i++)
        client_free(player->clients[i]);
}

void player_free(struct player *player)
{
    if (!player)
        return;
    if (!player->record_given) {
        release(player);
        arena_free(player->arena);
    }
    memory_free(player);
}

void player_start(struct player *player, int64_t now)
{
    player->now = player->started = now;
    player->phase = PHASE_GIVEN;
    player->root = task_new(player, NULL, player->script->given);
    play_on(player);
}

static void pass_time(struct player *player, int64_t now)
{
    if (now > player->now)
        player->now = now;
}

void player_event(struct player *player, size_t client,
                  const struct net_event *event, int64_t now)
{
    if (player->finished || client >= player->client_count)
        return;
    pass_time(player, now);
    client_event(player, client, event);
    play_on(player);
}

void player_broker(struct player *player, bool ok, const char *trouble,
                   int64_t now)
{
    if (player->finished)
        return;
    pass_time(player, now);
    player->broker_busy = false;
    player->broker_ok = ok;
    player->broker_trouble = arena_text(player->arena, trouble ? trouble : "");
    play_on(player);
}

void player_time(struct player *player, int64_t now)
{
    if (player->finished)
        return;
    pass_time(player, now);
    play_on(player);
}

void player_abort(struct player *player, enum verdict verdict,
                  const char *reason, int64_t now)
{
    if (player->finished)
        return;
    pass_time(player, now);
    player->reason = arena_text(player->arena, reason);
    play_end(player, verdict);
}

int64_t player_deadline(const struct player *player)
{
    return player->finished ? INT64_MAX : player->deadline;
}

bool player_finished(const struct player *player)
{
    return player->finished;
}

struct play_record *player_record(struct player *player)
{
    if (!player->finished || player->record_given)
        return NULL;
    struct play_record *record = play_make_record(player);
    if (!record)
        return NULL;
    release(player);
    player->record_given = true;
    return record;
}

void play_record_free(struct play_record *record)
{
    if (!record)
        return;
    traffic_free(record->traffic);
    arena_free(record->arena); /* the record lives in it */
}

bool player_capture(const struct player *player, const char *name,
                    struct value *value)
{
    for (const struct captured *c = player->captures; c; c = c->next)
        if (slice_is(slice_of(c->name), name)) {
            *value = c->value;
            return value->kind != VALUE_NONE;
        }
    return false;
}

size_t player_passive_count(const struct player *player)
{
    return player->passive_count;
}

struct passive_finding player_passive(const struct player *player, size_t index)
{
    return player->passive[index];
}

const struct leftovers *player_leftovers(const struct player *player)
{
    return &player->leftovers;
}
