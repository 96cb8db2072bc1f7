/* The player plays the cases against the broker in one process: its time runs
 * on whenever nothing happens, so what waits for long fails, but it has sent
 * its packets by then. */
#include "engine/player.h"
#include "test/socketless/script.h"
#include "test/socketless/socketless.h"

#include <stdio.h>
#include <string.h>

enum {
    STEPS_MAX = 3000, /* of one play */
    SEED_MAX = 16384,
    SUITE_CAP = 4096
};

struct pending {
    struct pending *next;
    size_t client;
    struct net_event event;
    uint8_t bytes[];
};

struct play {
    struct socketless home;
    struct player *player;
    struct pending *first, **end;
    struct buffer seed;
    int64_t now;
    bool hook; /* the case wants the broker restarted */
};

/* ---- events for the player --------------------------------------------- */

static void post(struct play *play, size_t client, struct net_event event)
{
    struct pending *row = memory_new(sizeof *row + event.bytes.size);

    if (!row)
        return;
    *row = (struct pending){.client = client, .event = event};
    if (event.bytes.size > 0)
        memcpy(row->bytes, event.bytes.data, event.bytes.size);
    row->event.bytes = slice_make(row->bytes, event.bytes.size);
    *play->end = row;
    play->end = &row->next;
}

static void post_kind(struct play *play, size_t client,
                      enum net_event_kind kind)
{
    post(play, client, (struct net_event){.kind = kind});
}

static void on_sent(void *user, size_t peer, struct slice bytes)
{
    post(user, peer,
         (struct net_event){.kind = NET_EVENT_DATA, .bytes = bytes});
}

static void on_closed(void *user, size_t peer)
{
    post_kind(user, peer, NET_EVENT_SIGN); /* FIN */
    post_kind(user, peer, NET_EVENT_ENDED);
}

static bool deliver(struct play *play)
{
    struct pending *row = play->first;

    if (!row)
        return false;
    play->first = row->next;
    if (!play->first)
        play->end = &play->first;
    row->event.time = play->now;
    player_event(play->player, row->client, &row->event, play->now);
    memory_free(row);
    return true;
}

/* ---- what the player does ---------------------------------------------- */

static void note(struct play *play, unsigned what, size_t client)
{
    buffer_u8(&play->seed, (uint8_t)(what | client));
}

static bool stage_open(void *user, size_t client, const struct stage_open *how,
                       const char **trouble)
{
    struct play *play = user;
    bool login = strcmp(how->endpoint, "login") == 0;

    *trouble = "only so many clients";
    if (client >= SOCKETLESS_PEERS)
        return false;
    note(play, EVENT_OPEN | (login ? EVENT_LOGIN : 0), client);
    socketless_open(&play->home, client, login);
    post_kind(play, client, NET_EVENT_OPENED);
    return true;
}

static bool stage_send(void *user, size_t client, struct slice bytes,
                       const struct net_frame *frame, int64_t *began,
                       bool *drained)
{
    struct play *play = user;

    (void)frame;
    *began = play->now;
    *drained = true;
    if (bytes.size <= EVENT_BYTES_MAX) {
        note(play, EVENT_BYTES, client);
        buffer_u16(&play->seed, (uint16_t)bytes.size);
        buffer_append_slice(&play->seed, bytes);
    }
    socketless_bytes(&play->home, client, bytes);
    return true;
}

static void stage_close(void *user, size_t client, enum net_close_how how,
                        int64_t *began)
{
    struct play *play = user;
    bool reset = how == NET_CLOSE_RESET;

    *began = play->now;
    if (client >= SOCKETLESS_PEERS)
        return;
    note(play, reset ? EVENT_BROKEN : EVENT_CLOSED, client);
    socketless_gone(&play->home, client,
                    reset ? PEER_END_BROKEN : PEER_END_CLOSED);
    if (reset || how == NET_CLOSE_FIN)
        post_kind(play, client, NET_EVENT_CLOSED);
    else
        on_closed(play, client);
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
    struct play *play = user;

    (void)action;
    play->hook = true;
}

/* ---- one play ---------------------------------------------------------- */

static struct player_account account(void *user, const char *name)
{
    bool none = strcmp(name, "none") == 0 || strcmp(name, "default") == 0;
    bool wrong = strcmp(name, "wrong_password") == 0;

    (void)user;
    if (none)
        return (struct player_account){.found = true};
    return (struct player_account){
        .found = true,
        .user_name = slice_of("mqttspec"),
        .password = slice_of(wrong ? "wrong horse" : "correct horse")};
}

static bool text_value(struct value *value, const char *text)
{
    *value = (struct value){.kind = VALUE_BYTES, .bytes = slice_of(text)};
    return true;
}

static bool variable(void *user, const char *name, struct value *value)
{
    (void)user;
    return strcmp(name, "auth.method") == 0 && text_value(value, "CHALLENGE");
}

static bool auth(void *user, struct slice move, struct value *value)
{
    (void)user;
    return text_value(value,
                      slice_is(move, "start") ? "mqttspec" : "correct horse");
}

/* Whether there was anything to do. */
static bool step(struct play *play)
{
    socketless_turn(&play->home);
    if (deliver(play))
        return true;
    if (play->hook) {
        play->hook = false;
        player_broker(play->player, true, NULL, play->now);
        return true;
    }
    if (player_deadline(play->player) == INT64_MAX)
        return false;
    if (play->now < player_deadline(play->player))
        play->now = player_deadline(play->player);
    player_time(play->player, play->now);
    return true;
}

static void play_script(struct play *play, const struct script *script)
{
    struct player_settings settings = {.script = script,
                                       .stage = {.user = play,
                                                 .open = stage_open,
                                                 .send = stage_send,
                                                 .close = stage_close,
                                                 .linger = stage_linger,
                                                 .reading = stage_reading,
                                                 .broker = stage_broker},
                                       .id = "m1",
                                       .topic = "t/m1",
                                       .seed = 1,
                                       .patience = 1.0,
                                       .limit_connect = 1000000000,
                                       .limit_handshake = 1000000000,
                                       .keep_alive = 600,
                                       .account = account,
                                       .variable = variable,
                                       .auth = auth};

    play->now = 1000000000;
    play->player = player_new(&settings);
    if (!play->player)
        return;
    player_start(play->player, play->now);
    for (int i = 0; i < STEPS_MAX && !player_finished(play->player); i++)
        if (!step(play))
            break;
    player_free(play->player);
}

/* Named by what it holds, so that each is there once. */
static bool write_seed(const char *folder, struct slice seed)
{
    uint64_t hash = 14695981039346656037U;
    char path[SUITE_CAP];
    FILE *file;
    bool written;

    for (size_t i = 0; i < seed.size; i++)
        hash = (hash ^ seed.data[i]) * 1099511628211U;
    snprintf(path, sizeof path, "%s/%016llx", folder, (unsigned long long)hash);
    file = fopen(path, "wb");
    if (!file)
        return false;
    written = fwrite(seed.data, 1, seed.size, file) == seed.size;
    return fclose(file) == 0 && written;
}

static bool play_variant(const struct suite *suite,
                         const struct variant *variant, const char *folder)
{
    static struct play play;
    struct script *script = script_compile(suite, variant);
    bool written = true;

    if (!script)
        return false;
    play = (struct play){.seed = buffer_make(1u << 26)};
    play.end = &play.first;
    socketless_begin(&play.home);
    play.home.sent = on_sent;
    play.home.closed = on_closed;
    play.home.user = &play;
    play_script(&play, script);
    play.home.sent = NULL;
    play.home.closed = NULL;
    socketless_end(&play.home);
    while (play.first) {
        struct pending *row = play.first;
        play.first = row->next;
        memory_free(row);
    }
    if (!play.seed.failed && play.seed.size <= SEED_MAX)
        written = write_seed(folder, buffer_slice(&play.seed));
    buffer_free(&play.seed);
    script_free(script);
    return written;
}

/* ---- all of them ------------------------------------------------------- */

static bool play_suite(struct suite *suite, const char *folder)
{
    const struct target_shape shape = {
        .versions = {[MQTT_3_1] = true, [MQTT_3_1_1] = true, [MQTT_5_0] = true},
        .transports = {[NET_TCP] = true}};
    size_t count;
    const struct variant *variants = suite_variants(suite, &shape, &count);

    for (size_t i = 0; variants && i < count; i++)
        if (!play_variant(suite, &variants[i], folder))
            return false;
    return variants != NULL;
}

int seeds_write(const char *folder)
{
    static const char *const paths[] = {"cases"};
    struct diagnostics diagnostics;
    struct suite *suite;
    bool written = false;

    if (!diagnostics_begin(&diagnostics))
        return 1;
    suite = suite_load(paths, 1, NULL, &diagnostics);
    if (suite)
        written = play_suite(suite, folder);
    suite_free(suite);
    diagnostics_end(&diagnostics);
    if (!written)
        fprintf(stderr, "the packets of the cases cannot be written to %s\n",
                folder);
    return written ? 0 : 1;
}
