/* The inside of the player: its state, shared by the play_*.c files only.
 *
 * A script is a tree of steps; a play is a tree of tasks over it. Each round
 * walks the tree: tasks act as far as they can, and those that wait for
 * something from the broker register as leaves, in the file's order. Then
 * packets are dealt out among the leaves (play_match.c), and when there is
 * nothing more to deal, each leaf looks at closes and at the time. */
#ifndef MQTTSPEC_PLAY_H
#define MQTTSPEC_PLAY_H

#include "engine/player.h"

/* ---- clients (play_client.c) ------------------------------------------- */

/* Bytes. A packet that is larger is not one that any case asks for. */
#define PLAYER_PACKET_MAX (32u << 20)

/* A packet that came, until a step takes it. */
struct received {
    struct received *next;
    struct mqtt_packet *packet; /* owned */
    struct slice topic;         /* resolved, PUBLISH; borrowed from here or
                                   from the alias table's arena */
    int64_t time;
    size_t index; /* on its connection, from 0 */
    bool taken;
    bool unasked; /* PINGRESP: it came when no PINGREQ was open */
};

/* Events that are no packets but can be expected. */
struct happened {
    bool seen;
    int64_t time;
    unsigned number; /* status, code, TLS version */
    bool valid;      /* accept */
    struct slice text;
};

enum link {
    LINK_NONE,    /* never opened, or closed by us */
    LINK_OPENING, /* until MQTT may be written */
    LINK_OPEN,
    LINK_SIGNED, /* the broker has shown an end */
    LINK_ENDED   /* its TCP has ended */
};

/* An answer that the broker owes us: its type, and the identifier. */
struct request {
    enum mqtt_type answer;
    uint32_t packet_id;
    size_t parts; /* filters, each of which has its code in the answer */
};

/* `optional`: a standing permission. */
struct permission {
    struct permission *next;
    const struct step *step;
    const struct scope *scope;
    size_t client;
    int64_t left; /* how many more; INT64_MAX: any number */
};

/* A filter that was subscribed to, and with which QoS at most. */
struct subscribed {
    struct subscribed *next;
    struct slice filter; /* without $share/NAME/ */
    const struct client *client;
    uint32_t packet_id;
    size_t part;   /* of its SUBSCRIBE, from 0 */
    bool answered; /* qos is what was granted, else what was asked for */
    uint32_t qos;
};

/* The identifiers and session of one client identifier: two clients that
 * share one share them. */
struct identity {
    struct identity *next;
    struct slice client_id;
    uint32_t last_packet_id;
    struct subscribed *subscribed;
    bool blind; /* some SUBSCRIBE cannot be followed */
};

struct alias {
    struct alias *next;
    uint32_t number;
    struct slice topic;
};

struct client {
    const char *name;
    enum mqtt_version version;
    enum net_transport transport;
    const char *endpoint, *account, *server_name;
    struct identity *identity;
    /* the connection */
    enum link link;
    unsigned connections; /* how many so far */
    bool manual;          /* opened with manual handshake or upgrade */
    bool connack_seen, connack_good, connect_sent;
    bool disconnect_sent, disconnect_seen, unfinished_out, reading;
    bool authenticating;
    bool own_close;  /* we have closed or half-closed */
    bool end_taken;  /* a step has taken the close */
    bool closing;    /* our fin under way */
    bool mid_packet; /* pieces of a send are still to come */
    bool bare;       /* TCP alone: what comes is below MQTT */
    bool opaque;     /* raw bytes were sent: answers cannot be checked */
    bool blind; /* damaged packets were sent: neither can they be watched */
    bool waits_for_drain; /* the kernel has not taken all we wrote */
    bool signs[NET_SIGNS];
    int64_t sign_time, ended_time, closed_time, last_begin;
    const char *open_failure; /* why it could not be opened */
    struct happened tls, upgrade, ws_pong, ws_close;
    struct buffer stream; /* bytes of an unfinished packet … */
    int64_t stream_time;  /* … when the last of them came … */
    size_t stream_said;   /* … and how many the conversation shows */
    bool unreadable;
    size_t packets; /* received on this connection */
    struct received *first, *last;
    size_t untaken, untaken_bytes; /* packets that wait for a step */
    size_t untaken_of[MQTT_TYPES];
    struct permission *permissions;
    struct request requests[32];
    size_t request_count;
    /* what was agreed */
    uint32_t sent_keep_alive, sent_session_expiry, sent_receive_maximum;
    uint32_t sent_topic_alias_maximum, sent_maximum_packet_size;
    uint32_t granted_receive_maximum; /* of CONNACK: what we may have open */
    bool stated_keep_alive;
    bool sent_clean_start, sent_method;
    bool no_problem_information, no_response_information;
    struct slice sent_client_id;
    struct alias *aliases; /* of this connection, broker to us */
    /* pings of the player's own and of the steps, in order of sending; when
     * there are too many to follow, the client is opaque */
    uint64_t own_pings; /* bit k: the k-th outstanding ping is our own */
    unsigned pings;
    int64_t ping_every; /* 0: never */
    /* what a step took last, for default identifiers */
    uint32_t taken_id[MQTT_TYPES];
    /* deliveries of QoS > 0 that we have not completed (watch.c) */
    struct flight *flights;
    size_t flight_count, flight_room;
};

/* ---- tasks (play_task.c) ----------------------------------------------- */

/* Counters `$i` and `as: k`, from the inside out. */
struct scope {
    const struct scope *outer;
    const char *name;
    int64_t value;
};

/* A packet that went out in a `together`. */
struct part_sent {
    const struct step *step;
    uint32_t id;
};

enum task_kind { TASK_STEP, TASK_EXCHANGE };
enum task_state { TASK_NEW, TASK_BUSY, TASK_DONE, TASK_DEAD };

struct task {
    enum task_kind kind;
    enum task_state state;
    const struct step *step;
    struct task *parent;
    struct scope scope; /* its own counter; outer: the parent's */
    bool has_scope;     /* scope is its own, else look at the parent's */
    int64_t begin;
    size_t client;     /* resolved; CLIENTS_MAX: none */
    bool pinned;       /* one of several clients of its step */
    bool fanned;       /* its kids are the same step at one client each */
    struct task *kids; /* intrusive list, in order */
    struct task *next;
    size_t kid_count;
    int64_t index, total; /* iterations */
    bool prepared;
    bool decided; /* any_of: a kid was chosen */
    struct task *choice;
    struct received *got; /* expect in an all_of: what it took */
    bool single;          /* one of the unordered parts of a counted step */
    size_t *members; /* spread: the clients, one of which takes each part */
    size_t *shares;  /* spread: how many parts each of them took */
    size_t member_count;
    int64_t last_match; /* time of the last match; 0: none */
    bool stage_two;     /* rejected: its packet has come; close: signed */
    bool over;          /* expect with ack: taken, exchanges remain */
    /* sending */
    struct buffer wire; /* the bytes of one packet or of a `together` */
    size_t *cuts;
    size_t cut_count, piece;
    int64_t next_piece;
    int64_t sent_begin;
    bool loaded;             /* wire holds what is to be written */
    bool opening;            /* this send has opened its connection */
    bool detached;           /* runs in the background */
    uint32_t *ids;           /* identifiers of the packets in wire */
    struct part_sent *parts; /* together: what is in wire */
    size_t part_count, part_room;
    /* an exchange */
    enum mqtt_type awaits;
    uint32_t packet_id;
    bool fenced;
};
#define WIRE_CAP ((size_t)300 << 20) /* bytes of one send */
#define CLIENTS_MAX 8192
#define TASKS_MAX 200000

struct mark {
    struct mark *next;
    const char *name;
    int64_t begin, end;
};

struct captured {
    struct captured *next;
    const char *name;
    struct value value; /* a list when saved with count */
    struct value *room;
    size_t capacity;
};

enum phase { PHASE_GIVEN, PHASE_STEPS, PHASE_FENCE, PHASE_OVER };

struct player {
    struct player_settings settings;
    const struct script *script;
    struct arena *arena;
    int64_t now, started, deadline;
    enum phase phase;
    bool no_memory, finished, running;
    enum verdict verdict;
    struct finding finding;
    const char *reason;
    struct client **clients;
    size_t client_count, client_room;
    struct identity *identities;
    struct task *root;       /* of the phase */
    struct task *background; /* detached sends */
    struct task **leaves;
    size_t leaf_count, leaf_room;
    const struct scope *scope; /* while something is evaluated */
    size_t task_count;
    bool holding; /* an all_of may still deal packets out anew */
    struct mark *marks;
    struct captured *captures;
    unsigned payloads; /* unique payloads made so far */
    bool broker_busy, broker_ok, broker_permits;
    const char *broker_trouble;
    /* the record */
    struct said *said;
    size_t said_count, said_room, said_dropped;
    struct said_source *said_sources; /* beside said, as long */
    size_t source_room;
    struct slice *secrets; /* what must not be shown */
    size_t secret_count, secret_room;
    struct finding *warnings;
    size_t warning_count, warning_room;
    const char **notes;
    size_t note_count, note_room;
    struct measure *measures;
    size_t measure_count, measure_room;
    struct passive_finding *passive;
    size_t passive_count, passive_room;
    struct leftovers leftovers;
    size_t id_room, topic_room;
    bool record_given;
};

/* Grows an array in the arena (the old block stays there). False: no memory;
 * player->no_memory is set. */
bool play_grow(struct player *player, void *array, size_t *room, size_t count,
               size_t size);

/* ---- play_client.c ----------------------------------------------------- */

/* The client of that name, made at first use. NULL: no memory or too many. */
struct client *play_client(struct player *player, const char *name,
                           size_t *number);
void client_event(struct player *player, size_t number,
                  const struct net_event *event);
/* The broker's end is there, no step has taken it, nothing covers it. */
bool client_end_is_open(struct player *player, struct client *client);
/* Forgets the old connection before a new one. */
void client_renew(struct player *player, struct client *client);
/* Puts the bytes of an unfinished packet into the conversation. */
void client_say_unfinished(struct player *player, struct client *client);
void client_free(struct client *client);
/* Takes over the packet, the latest of the queue. */
void client_keep(struct player *player, struct client *client,
                 struct received *received);
void client_expect_answer(struct client *client, enum mqtt_type answer,
                          uint32_t packet_id);
/* The same with how many parts the answer must have; 0: not known. */
void client_expect_parts(struct client *client, enum mqtt_type answer,
                         uint32_t packet_id, size_t parts);
/* PINGREQ was sent, by the player itself or by a step. */
void client_expect_pong(struct client *client, bool own);
bool client_forget_answer(struct client *client, enum mqtt_type answer,
                          uint32_t packet_id);
bool client_has_request(const struct client *client, enum mqtt_type answer,
                        uint32_t packet_id);
struct identity *client_identity(struct player *player, struct slice id);
/* The oldest packet of that type not taken; type 0: of any type. */
struct received *client_oldest(const struct client *client,
                               enum mqtt_type type);
void client_take(struct player *player, struct client *client,
                 struct received *received);
/* Whether a broker may be expected to answer a PINGREQ (language.md, 7). */
bool client_is_sound(const struct client *client);
/* The link has ended from the broker's side. */
bool client_ended(const struct client *client);

/* ---- play_watch.c ------------------------------------------------------ */

/* Rules about a connection, beyond what the decoder sees in one packet. */
enum watch_rule {
    WATCH_FIRST_PACKET,
    WATCH_SECOND_CONNACK,
    WATCH_AFTER_REFUSAL,
    WATCH_AFTER_DISCONNECT,
    WATCH_EARLY_DISCONNECT,
    WATCH_PACKET_SIZE,
    WATCH_ALIAS_MAXIMUM,
    WATCH_ALIAS_UNKNOWN,
    WATCH_RECEIVE_MAXIMUM,
    WATCH_ID_IN_USE,
    WATCH_REPEATED,
    WATCH_UNREADABLE,
    WATCH_TEXT_FRAME,
    WATCH_MASKED_FRAME,
    WATCH_BAD_FRAME,
    WATCH_SESSION_PRESENT,
    WATCH_ASSIGNED_ID,
    WATCH_NO_ASSIGNED_ID,
    WATCH_RESPONSE_INFORMATION,
    WATCH_PROBLEM_INFORMATION,
    WATCH_METHOD,
    WATCH_PUBLISH_ANSWER,
    WATCH_SUBACK_ID,
    WATCH_UNSUBACK_ID,
    WATCH_SUBACK_CODES,
    WATCH_UNSUBACK_CODES,
    WATCH_QOS
};
void watch_find(struct player *player, const struct client *client,
                enum watch_rule rule, const struct mqtt_packet *packet);

/* Judges a packet of the broker against what every packet must keep. May
 * resolve the topic. */
void watch_packet(struct player *player, struct client *client,
                  struct received *received,
                  const struct mqtt_findings *findings);
/* findings: what the decoder says of a packet that it could not read; NULL:
 * nothing. bytes: of the packet, as many as there are, and one at least. */
void watch_unreadable(struct player *player, struct client *client,
                      const char *why, const struct mqtt_findings *findings,
                      struct slice bytes);
void watch_text_frame(struct player *player, struct client *client,
                      const char *why);
void watch_bad_close(struct player *player, struct client *client,
                     const char *why);
/* Nothing that comes after it can be read. masked: that is what is wrong. */
void watch_bad_frame(struct player *player, struct client *client, bool masked,
                     const char *why);
/* We have completed, or given up, a delivery. */
void watch_complete(struct client *client, uint32_t packet_id);
void watch_reset(struct client *client);

/* ---- play_agreement.c -------------------------------------------------- */

/* Keeps what a CONNECT or SUBSCRIBE of ours asks for: its values as they are
 * written, without damage. */
void agreement_connect(struct client *client, const struct mqtt_packet *packet);
void agreement_subscribe(struct player *player, struct client *client,
                         const struct mqtt_packet *packet);
/* A packet went out that cannot be followed. */
void agreement_blind(struct client *client);
/* Judges a packet of the broker by what was asked for. */
void agreement_watch(struct player *player, struct client *client,
                     const struct received *received);

/* ---- play_value.c ------------------------------------------------------ */

struct environment play_environment(struct player *player);
/* A field of a packet as a value; kind NONE when absent. effective: what the
 * standard gives an absent field as its meaning. */
void play_field(struct player *player, const struct client *client,
                const struct received *received, int field, bool in_will,
                bool list, bool effective, struct value *value);
/* Evaluate, or end the play with error. */
bool play_number(struct player *player, const struct task *task,
                 const struct expression *expression, int64_t *number);
bool play_bytes(struct player *player, const struct task *task,
                const struct expression *expression, struct slice *bytes);
void play_save(struct player *player, const struct task *task,
               const struct client *client, const struct received *received);
void play_set(struct player *player, const char *name,
              const struct value *value);
void play_append(struct player *player, const char *name,
                 const struct value *value);

/* ---- play_time.c ------------------------------------------------------- */

struct mark *play_mark(struct player *player, const char *name);
void play_set_mark(struct player *player, const char *name, int64_t begin,
                   int64_t end);
/* The moment in ns: from `from`, or from the begin (at_end: the end) of its
 * mark. False after play_error. */
bool play_moment(struct player *player, const struct task *task,
                 const struct moment *moment, int64_t from, bool at_end,
                 int64_t *when);
void play_wake(struct player *player, int64_t when);
/* An upper limit with --patience. */
int64_t play_patient(const struct player *player, int64_t limit);
/* Lower and upper limit of an expect. *after INT64_MIN: none. */
bool play_limits(struct player *player, struct task *task, int64_t *after,
                 int64_t *until);
/* A lower limit whose breach is a warning only. *after INT64_MIN: none. */
bool play_soft_limit(struct player *player, struct task *task, int64_t *after);
/* Whether our own deadline (`in_time`) had passed at `seen`. */
bool play_was_late(struct player *player, const struct task *task,
                   int64_t seen);

/* ---- play_secret.c ----------------------------------------------------- */

/* Bytes that no record may show; borrowed. */
void keep_secret(struct player *player, struct slice secret);
/* The same for the values of a packet that are secret; copied. */
void keep_secrets_of(struct player *player, const struct mqtt_packet *packet);
/* Takes them out of the texts of the play and, where it is kept, of the
 * conversation. */
void hide_secrets(struct player *player, bool conversation);

/* ---- play_record.c ----------------------------------------------------- */

/* What is needed to make a line's text when the record is made. */
struct said_source {
    enum mqtt_version version;
    bool packet, sent;
};
void say_packet(struct player *player, const struct client *client, bool sent,
                struct slice bytes, int64_t time);
void say(struct player *player, enum said_kind kind,
         const struct client *client, int64_t time, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The play cannot go on through our own fault: verdict error. */
void play_error(struct player *player, const struct task *task,
                const char *format, ...) __attribute__((format(printf, 3, 4)));
void play_inconclusive(struct player *player, const struct task *task,
                       const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void play_note(struct player *player, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void play_measure(struct player *player, const char *text, int64_t value,
                  const char *note);
/* What a failure is made of; texts may be temporary. */
struct failure {
    enum failure_kind kind;
    int64_t seen; /* when what made it fail was seen; 0: a mere time-out */
    const char *message, *expected, *actual;
};
/* The step has failed: warns and returns true when its level lets the play go
 * on; kills the alternative it stands in (true as well); otherwise ends the
 * play and returns false. The task is over in each case. */
bool play_failed(struct player *player, struct task *task,
                 const struct failure *failure);
/* A warning beside the verdict; the play goes on. */
void play_warn(struct player *player, const struct task *task,
               const struct failure *failure);
void play_end(struct player *player, enum verdict verdict);
struct play_record *play_make_record(struct player *player);

/* ---- play_text.c ------------------------------------------------------- */

/* Texts in the play's arena: what the step expects, with a line for each
 * alternative of the any_of that it begins; the packet, in one line. */
const char *play_expected(struct player *player, const struct task *task);
/* The same of an any_of. */
const char *play_alternatives(struct player *player, const struct task *task);
/* The outermost any_of whose alternatives begin where this one of them does;
 * NULL: there is none. */
const struct task *play_any_of(const struct task *task);
const char *play_packet_text(struct player *player,
                             const struct mqtt_packet *packet);
/* "PUBLISH of 4 bytes", of a packet that cannot be read. */
const char *play_bytes_text(struct player *player, struct slice bytes);
/* "0 instead of 1": a value of a packet, and what the field was to be. */
void play_put_value(struct player *player, const struct field_matcher *field,
                    const struct value *value, struct buffer *out);
/* The name that a case file gives a field of a packet or event. */
const char *play_field_name(int field);
const char *play_arrived_text(struct player *player,
                              const struct client *client);

/* ---- play_send.c ------------------------------------------------------- */

/* Each returns false while the task is not finished. */
bool run_send(struct player *player, struct task *task);
bool run_together(struct player *player, struct task *task);

/* ---- play_reach.c ------------------------------------------------------ */

/* The steps that bring the task's client to the point where the packet of
 * its `reach` is legal, as a sequence. NULL: no memory. */
const struct step *play_reach(struct player *player, const struct task *task);

/* ---- play_open.c ------------------------------------------------------- */

bool run_open(struct player *player, struct task *task);
bool run_close(struct player *player, struct task *task);
/* Until MQTT may be written. False while it may not, or after an error. */
bool play_await_open(struct player *player, const struct task *task,
                     const struct client *client);
/* The connection of a CONNECT: opened where there is none. */
bool play_open_for_connect(struct player *player, struct task *task,
                           size_t number);

/* ---- play_wire.c ------------------------------------------------------- */

const struct delivery *wire_delivery(const struct step *step);
uint8_t wire_opcode(const struct step *step);
/* Cuts the task's wire as its step says. */
bool wire_cut(struct player *player, struct task *task);
/* Writes what is due; true when all of it is with the kernel. */
bool wire_write(struct player *player, struct task *task);
/* Writes the player's own packet of the given type. */
void play_write(struct player *player, size_t number, enum mqtt_type type,
                uint32_t packet_id, uint32_t reason_code, bool own_ping);
bool play_open(struct player *player, struct task *task, size_t number,
               const struct open_step *stated);

/* ---- play_packet.c ----------------------------------------------------- */

/* The bytes of one send step, appended to out; *id is its identifier. */
bool play_encode(struct player *player, struct task *task, size_t number,
                 const struct step *step, struct buffer *out, uint32_t *id);

/* ---- play_expect.c ----------------------------------------------------- */

bool run_expect(struct player *player, struct task *task);
/* `spread: once`: each part of a counted expect reaches exactly one of the
 * clients that the task's kids stand for. */
bool run_spread(struct player *player, struct task *task);

/* ---- play_compare.c ---------------------------------------------------- */

const struct scope *play_scope(const struct task *task);
struct client *play_client_at(const struct player *player,
                              const struct task *task);
enum match_result play_test(struct player *player, const struct scope *scope,
                            const struct matcher *matcher,
                            const struct value *value, int64_t observed);
/* An answer for which no identifier is stated carries that of an open
 * request of its kind; else *wrong names the field. */
bool play_answers_request(const struct step *step, const struct client *client,
                          const struct received *received, const char **wrong);
/* `order: topic`: an earlier part of the same topic is still open. */
bool play_out_of_turn(struct player *player, struct task *leaf,
                      const struct received *received);
/* `gaps: true`: a later one of the counted packets may come first. */
enum match_result play_match_gaps(struct player *player, struct task *leaf,
                                  const struct received *received,
                                  const char **wrong);
/* `expect: rejected`: the packets it looks at, and what they mean. */
bool rejection_takes(const struct client *client, enum mqtt_type type);
enum match_result rejection_matches(struct player *player, struct task *leaf,
                                    const struct received *received,
                                    const char **wrong);
void rejection_take(struct player *player, struct task *leaf,
                    const struct received *received);
/* The packet, and a line for each field that is not what the leaf expects. */
const char *play_differences(struct player *player, const struct task *leaf,
                             const struct received *received);

/* ---- play_take.c ------------------------------------------------------- */

/* Whether what came is not too early; else the step has failed. */
bool leaf_is_due(struct player *player, struct task *leaf, int64_t time);
void leaf_measure(struct player *player, const struct task *leaf, int64_t time);
/* Whether a packet that came is of a kind that the leaf looks for. */
bool leaf_wants(struct player *player, struct task *leaf,
                const struct client *client, const struct received *received);
/* *wrong: the name of the first field that does not match, or NULL. */
enum match_result leaf_matches(struct player *player, struct task *leaf,
                               struct received *received, const char **wrong);
/* silent: a packet that another leaf had taken and acknowledged before. */
void leaf_take(struct player *player, struct task *leaf,
               struct received *received, bool silent);

/* ---- play_settle.c ----------------------------------------------------- */

/* Closes, events, silence and time. True when something changed. */
bool leaf_settle(struct player *player, struct task *leaf);
enum match_result step_matches(struct player *player, const struct scope *scope,
                               const struct step *step,
                               const struct client *client,
                               const struct received *received,
                               const char **wrong);

/* ---- play_exchange.c --------------------------------------------------- */

struct task *exchange_begin(struct player *player, struct task *parent,
                            size_t number, enum mqtt_type awaits,
                            uint32_t packet_id);
void exchange_take(struct player *player, struct task *exchange,
                   struct received *received);
bool exchange_settle(struct player *player, struct task *exchange);

/* ---- play_match.c ------------------------------------------------------ */

/* Deals out what came among the leaves. True when something was taken. */
bool deal_packets(struct player *player);
/* Fails the task when the broker has ended a connection unexpectedly. True
 * when all is well. */
bool check_end(struct player *player, struct client *client, struct task *task);
/* A permission that covers the packet takes it. */
bool permission_takes(struct player *player, struct client *client,
                      struct received *received);
bool permission_covers_end(struct player *player, struct client *client);
/* Fails the task (NULL: the play) when a packet is left on the client's
 * connection that nothing covers. True when all is well. */
bool check_packets(struct player *player, struct client *client,
                   struct task *task);
/* The same at the end of the play, for packets and for the end. */
void check_leftovers(struct player *player, struct client *client);

/* ---- play_task.c ------------------------------------------------------- */

struct task *task_new(struct player *player, struct task *parent,
                      const struct step *step);
void task_done(struct player *player, struct task *task);
/* Every alternative that the task stands in is now the chosen one. */
void task_decide(struct player *player, struct task *task);
/* Walks a task; true when it is over. */
bool task_run(struct player *player, struct task *task);
void task_leaf(struct player *player, struct task *task);
void tasks_free(struct task *task);
/* The clients of a step; resolves names with the task's counters. */
bool task_client(struct player *player, const struct task *task,
                 const struct expression *at, size_t *number);
/* One round after another, until nothing changes. */
void play_on(struct player *player);

#endif
