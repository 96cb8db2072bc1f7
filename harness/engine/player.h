/* The player: steps one variant. Events come in, actions go out through a
 * table of functions, and the time is what it is told. It does no I/O and
 * reads no clock, so every time rule is tested in virtual time.
 *
 * All times are ns of one monotonic clock. */
#ifndef MQTTSPEC_PLAYER_H
#define MQTTSPEC_PLAYER_H

#include "engine/result.h"
#include "script/script.h"

/* How a client wants its connection. Borrowed during the call. */
struct stage_open {
    const char *client; /* its name in the case */
    enum net_transport transport;
    const char *endpoint;           /* "default" … */
    const char *server_name;        /* NULL: the endpoint's */
    const struct open_step *stated; /* keys of an `open` step, or NULL */
    size_t tls_stop_after, upgrade_stop_after; /* evaluated */
};

/* What the player acts on. client is the player's number of the client, from
 * 0; a client has one connection at a time. */
struct stage {
    void *user;
    /* Begins to open a connection, dropping an older ended one. Events follow
     * through player_event. False: *trouble says why, in one line. */
    bool (*open)(void *user, size_t client, const struct stage_open *how,
                 const char **trouble);
    /* One write. *began: directly before it. *drained: the kernel has all. */
    bool (*send)(void *user, size_t client, struct slice bytes,
                 const struct net_frame *frame, int64_t *began, bool *drained);
    void (*close)(void *user, size_t client, enum net_close_how how,
                  int64_t *began);
    void (*linger)(void *user, size_t client);
    void (*reading)(void *user, size_t client, bool on);
    /* Runs the profile's hook; player_broker tells when it is done. */
    void (*broker)(void *user, enum broker_action action);
};

struct player_account {
    bool found;
    struct slice user_name, password; /* data NULL: none */
};

/* What a play is told of its surroundings. Everything is borrowed and must
 * outlive the player. */
struct player_settings {
    const struct script *script;
    struct stage stage;
    const char *id;    /* $id: at most 16 letters and digits, unique */
    const char *topic; /* $topic: unique, with the profile's prefix */
    uint64_t seed;
    double patience; /* multiplies every upper limit; 1.0 */
    int64_t limit_connect, limit_handshake; /* ns, before patience */
    uint16_t keep_alive;                    /* of a CONNECT that states none */
    bool keep_all; /* keep the conversation of passed plays, too */
    struct player_account (*account)(void *user, const char *name);
    /* $profile.NAME, $auth.method; false: unknown */
    bool (*variable)(void *user, const char *name, struct value *value);
    bool (*auth)(void *user, struct slice move, struct value *value);
    void *user; /* of these three */
};

/* One place for tolerance: the constants of time. ns. */
#define PLAYER_LIMIT (30 * INT64_C(1000000000)) /* default upper limit */
#define PLAYER_GRACE (5 * INT64_C(1000000000))  /* $grace */
/* Brokers that count whole seconds close this much before a `soft_after`. */
#define PLAYER_ROUNDING (550 * INT64_C(1000000))
#define PLAYER_SETTLE (50 * INT64_C(1000000)) /* after our own RST */

struct player;
/* NULL when there is no memory. */
struct player *player_new(const struct player_settings *settings);
void player_free(struct player *player);

/* Each of these plays on as far as it goes, which may call the stage; the
 * stage must not call back into the player from within. now is the time at
 * the call, never before the last one. */
void player_start(struct player *player, int64_t now);
void player_event(struct player *player, size_t client,
                  const struct net_event *event, int64_t now);
void player_broker(struct player *player, bool ok, const char *trouble,
                   int64_t now);
void player_time(struct player *player, int64_t now);
/* Ends the play from outside with error or not_run and a reason. */
void player_abort(struct player *player, enum verdict verdict,
                  const char *reason, int64_t now);

/* When player_time wants to be called; INT64_MAX: never. */
int64_t player_deadline(const struct player *player);
bool player_finished(const struct player *player);

/* The record of a finished play, given away: free with play_record_free. NULL
 * when there was no memory for it. Before the end: NULL. Captures, passive
 * findings and leftovers live in the record from then on: read them while
 * both are there. */
struct play_record *player_record(struct player *player);
void play_record_free(struct play_record *record);

/* Captures of a finished play, for probing; false when not set. */
bool player_capture(const struct player *player, const char *name,
                    struct value *value);

/* What the decoder and the watcher found in packets of the broker. */
struct passive_finding {
    const char *statement; /* or "" */
    const char *rule;
    const char *detail; /* the packet, one line */
};
size_t player_passive_count(const struct player *player);
struct passive_finding player_passive(const struct player *player,
                                      size_t index);

/* What the play may have left behind on the broker (language.md, 7). */
struct leftovers {
    struct slice *client_ids; /* whose session may outlive its connection */
    size_t client_id_count;
    struct slice *topics; /* published with retain, Wills included */
    size_t topic_count;
};
/* Borrowed from the player. */
const struct leftovers *player_leftovers(const struct player *player);

#endif
