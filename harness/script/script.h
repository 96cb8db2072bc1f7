/* From case files to what the player plays.
 *
 * suite_load reads and checks files; suite_variants makes the list of
 * variants for a target; script_compile turns one variant into a script:
 * a tree of typed steps in which parameters, vars, `with`, `do`, `only`,
 * `if` and version blocks are already resolved. */
#ifndef MQTTSPEC_SCRIPT_H
#define MQTTSPEC_SCRIPT_H

#include "memory/memory.h"
#include "mqtt/mqtt.h"
#include "net/net.h"
#include "script/expression.h"
#include "script/node.h"

enum level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_MAY, LEVEL_STRICT };
const char *level_name(enum level level);

/* ---- the catalogue of statements --------------------------------------- */

struct statement {
    const char *id;
    const char *versions; /* "5.0", "all", "3.1.1 5.0" */
    const char *section;
    const char *level;    /* "MUST", "SHOULD NOT", "SHOULD / MAY" */
    const char *bound;    /* "server", "client", "both", "receiver" */
    const char *testable; /* "yes", "partly", "no: reason" */
    const char *demand;   /* in our own words */
};
struct catalogue;
/* Reads every *.tsv of the folder: a header line, then per line id, versions,
 * section, level, bound party, testable, demand. NULL after a diagnostic. */
struct catalogue *catalogue_load(const char *folder,
                                 struct diagnostics *diagnostics);
void catalogue_free(struct catalogue *catalogue);
/* The statement of that version (an id may exist in several); NULL: none. */
const struct statement *catalogue_find(const struct catalogue *catalogue,
                                       const char *id,
                                       enum mqtt_version version);
/* All statements, from 0, in the order of the files' names and lines. */
size_t catalogue_count(const struct catalogue *catalogue);
const struct statement *catalogue_at(const struct catalogue *catalogue,
                                     size_t index);
/* Where it stands. */
struct source catalogue_source(const struct catalogue *catalogue, size_t index);
/* Their ids, ended by NULL, for "did you mean". */
const char *const *catalogue_ids(const struct catalogue *catalogue);
bool statement_in_version(const struct statement *statement,
                          enum mqtt_version version);
/* Whether a broker's keeping it can be seen from outside, if only partly. */
bool statement_is_testable(const struct statement *statement);

/* ---- a compiled variant ------------------------------------------------ */

/* A duration from the step's begin (mark NULL), or from a mark; ns. */
struct moment {
    bool given;
    const char *mark;
    struct expression *duration; /* NULL: 0 */
};

enum verb {
    VERB_SEND,
    VERB_EXPECT,
    VERB_TOGETHER, /* children: sends */
    VERB_OPEN,
    VERB_CLOSE,
    VERB_READING,
    VERB_ALL_OF,   /* children: members; a VERB_SEQUENCE is one in order */
    VERB_ANY_OF,   /* children: alternatives, each beginning with an expect
                      (or VERB_ALL_OF) */
    VERB_SEQUENCE, /* children in order; also what `do` leaves behind */
    VERB_REPEAT,   /* child 0 (a sequence), `count` times, counter `name` */
    VERB_PARALLEL, /* children: sequences */
    VERB_PAUSE,    /* moment `pause` */
    VERB_MARK,     /* mark alone */
    VERB_REACH,    /* type */
    VERB_FENCE,
    VERB_BROKER
};
const char *verb_name(enum verb verb);
/* Whether such a step is done by one client, or by several one by one. */
bool verb_is_of_client(enum verb verb);

/* What a send writes or an expect waits for. */
enum thing {
    THING_PACKET, /* an MQTT packet: type */
    THING_BYTES,  /* send: data */
    THING_WS_PING,
    THING_WS_PONG,
    THING_WS_CLOSE,
    THING_CLOSE,    /* expect */
    THING_REJECTED, /* expect */
    THING_SILENCE,  /* expect */
    THING_UPGRADE,  /* expect */
    THING_TLS       /* expect */
};
/* Of the WebSocket frame that a send of it goes out in (RFC 6455, 5.2). */
uint8_t thing_opcode(enum thing thing);

/* Fields beyond mqtt_field that an expect may name. */
enum event_field {
    EVENT_WIRE_TOPIC = MQTT_FIELDS, /* PUBLISH before alias resolution */
    EVENT_OPTIONS_PROPERTIES,       /* properties: {exact: [...]}: a list of
                                       pairs (name, value) in order */
    EVENT_STATUS,                   /* upgrade */
    EVENT_ACCEPT,                   /* upgrade: text "valid" or "invalid" */
    EVENT_SUBPROTOCOL,              /* upgrade */
    EVENT_TLS_VERSION,              /* tls: text "1.2" */
    EVENT_CODE,                     /* ws_close */
    EVENT_PAYLOAD,                  /* ws_pong */
    EVENT_HOW                       /* close: set of signs as a list of texts */
};

/* One stated field of a send. */
struct send_field {
    int field; /* enum mqtt_field */
    bool in_will;
    struct source source;
    struct expression *value;  /* number or bytes by the field's kind */
    struct expression *second; /* pairs: the value behind the name */
    struct expression *stated_length;
    struct expression *width;
    struct expression *identifier; /* MQTT_UNKNOWN_PROPERTY */
};

struct send_length { /* mqtt_length with expressions */
    enum mqtt_length_form form;
    struct expression *value;
};

enum cut_as { CUT_SEGMENTS, CUT_RECORDS, CUT_FRAMES, CUT_FRAGMENTS };
struct delivery {
    bool split_each, split_none;
    struct expression **offsets; /* split: [..] */
    size_t offset_count;
    struct expression *gap; /* ns */
    enum cut_as as;
    struct step *between; /* a VERB_SEND of a control frame, or NULL */
    bool background;
    bool has_frame;
    struct net_frame frame;
};

struct send_step {
    enum thing thing;
    enum mqtt_type type;
    struct send_field *fields; /* in the file's order */
    size_t field_count;
    bool exact_properties;   /* `properties: [...]` was stated: these only */
    bool has_will;           /* `will:` was stated, maybe empty */
    struct expression *data; /* THING_BYTES; payload of control frames */
    struct expression *code; /* THING_WS_CLOSE */
    /* damage */
    struct expression *flags, *packet_type;
    uint64_t omit[2];
    struct send_length property_length, will_property_length;
    struct expression *insert_at, *insert, *append, *truncate, *stop_after;
    struct send_length remaining_length;
    struct delivery delivery;
    struct expression *count;  /* NULL: once */
    struct expression *window; /* NULL: unlimited */
    bool ack, again, authenticate;
};

struct field_matcher {
    int field; /* enum mqtt_field or event_field */
    bool in_will;
    struct source source;
    struct matcher *matcher;
};
struct capture {
    const char *name;
    int field; /* enum mqtt_field or event_field */
};
enum expect_order { ORDER_STRICT, ORDER_TOPIC, ORDER_ANY };

struct expect_step {
    enum thing thing;
    enum mqtt_type type;          /* THING_PACKET; THING_SILENCE with `of` */
    bool of_type;                 /* silence narrowed by type */
    struct field_matcher *fields; /* packet, upgrade …; silence: topic */
    size_t field_count;
    /* rejected: codes accepted without a warning; NULL: any >= 0x80 (5.0), no
     * CONNACK at all (3.x) */
    struct matcher *reason_code;
    struct moment after, within;
    /* close: what comes earlier, but not before `after`, is a warning */
    struct moment soft_after;
    struct expression *duration; /* silence: for */
    const char *measure;
    struct matcher *count; /* NULL: exactly once; EQUAL: exactly n */
    enum expect_order order;
    bool gaps, distinct, optional, first, ack, linger, spread;
    struct expression *among;
    const char *chosen, *others;
    struct capture *saves;
    size_t save_count;
};

struct open_step {
    bool has_transport;
    enum net_transport transport; /* stated: open ws … */
    const char *path;             /* NULL: the endpoint's */
    struct net_header *headers;
    size_t header_count;
    bool lower_case_headers;
    bool has_subprotocols;
    const char **subprotocols;
    size_t subprotocol_count;
    bool manual_upgrade, manual_handshake;
    bool bare; /* TCP only, to the port of that transport */
    int receive_buffer;
    enum net_tls_version tls_version;
    const char *certificate; /* "none", "good", "expired", "other_ca"; NULL */
    const char *server_name;
    struct expression *tls_stop_after;
    struct expression *upgrade_stop_after;
};

enum broker_action { BROKER_RESTART, BROKER_STOP, BROKER_START };

struct step {
    enum verb verb;
    struct source source;      /* the step's own line */
    enum level level;          /* the step's, else the case's */
    bool own_level;            /* stated at the step */
    const char *const *judges; /* statements that this step alone decides */
    size_t judge_count;
    const char *note;
    const char *mark;
    struct moment in_time;
    struct expression **at; /* clients; none: the only client, "client" */
    size_t at_count;
    bool at_pattern; /* `c*`: at[0] is the part before the star */
    struct step **children;
    size_t child_count;
    /* by verb */
    struct send_step *send; /* VERB_TOGETHER: only its delivery; or NULL */
    struct expect_step *expect;
    struct open_step *open;
    enum net_close_how close;
    bool reading;
    struct expression *count; /* VERB_REPEAT */
    const char *name;         /* VERB_REPEAT: counter */
    struct moment pause;
    enum mqtt_type reach;
    enum broker_action broker;
};

/* What `clients:` says of one client; NULL members: the variant's own. */
struct client_options {
    const char *name; /* may end in * for a family */
    bool has_transport, has_version;
    enum net_transport transport;
    enum mqtt_version version;
    const char *endpoint; /* "default" */
    const char *account;  /* "default" */
    const char *server_name;
};

struct requirement {
    const char *name;
    struct matcher *matcher; /* NULL: just there */
    bool lacking;            /* the broker must not offer it */
    struct source source;
};

struct script {
    struct arena *arena;
    const char *variant_id, *case_id, *area, *title, *rows;
    struct source source;
    enum mqtt_version version;
    enum net_transport transport;
    enum level level;
    bool exclusive;
    const char *const *statements; /* of this version */
    size_t statement_count;
    struct requirement *requires;
    size_t require_count;
    struct client_options *clients;
    size_t client_count;
    struct step *given; /* a VERB_SEQUENCE, maybe empty */
    struct step *steps; /* a VERB_SEQUENCE */
    bool uses_broker;   /* a broker step is among them */
    int64_t wait;       /* ns: pauses, silences and lower limits on the longest
                           path, as far as constants tell: for long-first order */
};
void script_free(struct script *script);

/* ---- a suite of cases -------------------------------------------------- */

struct suite;
/* What a target offers, as far as variants depend on it. */
struct target_shape {
    bool versions[6]; /* by enum mqtt_version */
    bool transports[NET_TRANSPORTS];
};

/* Reads the files, or all *.yaml below folders (sorted), and checks them:
 * keys, verbs, fields, values, statements, variables, unique ids, all
 * variants on all versions and transports. NULL when there were errors. */
struct suite *suite_load(const char *const *paths, size_t count,
                         const struct catalogue *catalogue,
                         struct diagnostics *diagnostics);
void suite_free(struct suite *suite);
size_t suite_case_count(const struct suite *suite);

/* One variant, not yet compiled. Texts belong to the suite. */
struct variant {
    const char *id; /* case-id@5.0+tcp[row] */
    const char *case_id, *area, *title, *rows;
    enum mqtt_version version;
    enum net_transport transport;
    enum level level;
    bool exclusive;
    struct source source;
    const char *const *statements; /* of this version */
    size_t statement_count;
    const void *origin; /* for script_compile */
};
/* All variants of the suite for a target, in file order, kept by the suite
 * until it is freed. NULL: no memory. */
const struct variant *suite_variants(struct suite *suite,
                                     const struct target_shape *shape,
                                     size_t *count);
/* NULL: no memory (everything else was found by suite_load). */
struct script *script_compile(const struct suite *suite,
                              const struct variant *variant);
/* Reads one case from memory and compiles its only variant for the version
 * and transport: for tests. The script owns everything. */
struct script *script_of_text(const char *yaml, enum mqtt_version version,
                              enum net_transport transport,
                              struct diagnostics *diagnostics);

/* ---- choosing ---------------------------------------------------------- */

/* A selector: an id prefix ending at a '/', '@', '[' or the whole id; a glob
 * (with * or ?) over the variant id; or key=value with area, statement,
 * version, level, transport. */
struct selector {
    const char *text;
    size_t matched; /* how many variants it has matched so far */
};
/* False with one line in error when the selector itself is wrong. */
bool selector_check(const char *text, char *error, size_t error_size);
bool selector_matches(struct selector *selector, const struct variant *variant);

#endif
