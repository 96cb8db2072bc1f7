/* Inside the compiler: from the nodes of a case to a script.
 *
 * Parameters, vars and rows are never copied into the tree. They are looked
 * up while the tree is read (resolve), so that each variant costs only what
 * it reads, and every mistake points at the place where it was written. */
#ifndef MQTTSPEC_COMPILE_H
#define MQTTSPEC_COMPILE_H

#include "script/script.h"
#include "script/test_case.h"

/* ---- names known at one place of a case --------------------------------- */

enum name_kind { NAME_CAPTURE, NAME_CLIENTS, NAME_COUNTER, NAME_MARK };
struct name {
    struct slice text;
    enum name_kind kind;
    bool hidden;    /* set by a sibling that may be played later */
    bool by_expect; /* NAME_MARK: it is the broker's doing */
};

/* What a parameter or var stands for in this variant. */
struct binding {
    struct slice name;
    const struct node *value;
    const struct row *row; /* a parameter's */
};

/* What variants that are compiled one after the other share. */
struct compile_run {
    const struct catalogue *catalogue; /* NULL: statements unchecked */
    struct diagnostics *diagnostics;   /* NULL: only compile */
    size_t budget; /* work left, roughly bytes: parameters that refer to one
                      another could ask for any amount */
};
#define COMPILE_BUDGET ((size_t)64 << 20)

struct compiler {
    const struct test_case *test_case;
    struct compile_run *run;
    struct arena *arena;
    struct diagnostics *diagnostics; /* NULL: only compile */
    bool failed;
    struct script *script;
    enum mqtt_version version; /* of the client whose step is read */
    enum net_transport transport;
    const struct binding *bindings;
    size_t binding_count;
    struct name *names; /* the latest last */
    size_t name_count;
    int depth;                   /* of whatever may nest or refer to itself */
    const struct node *nameless; /* the first step without `at` */
    const struct node *named;    /* the first step with one */
};

#define COMPILE_DEPTH 64
/* Both at once: a level deeper, or a fault at source. */
bool compile_enter(struct compiler *compiler, struct source source);
void compile_leave(struct compiler *compiler);

/* Room for one more behind count rows of an array that only grows this way.
 * NULL when there is no memory (the compiler has failed then). */
void *compile_grow(struct compiler *compiler, void *rows, size_t count,
                   size_t size);
/* Zeroed; NULL when there is no memory (the compiler has failed then). */
void *compile_new(struct compiler *compiler, size_t size);
char *compile_text(struct compiler *compiler, struct slice text);

/* ---- faults ------------------------------------------------------------- */

/* Reports once for each place and message, and marks the compiler failed. */
void fault(struct compiler *compiler, struct source source,
           const char *expected, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void advise(struct compiler *compiler, struct source source,
            const char *expected, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same without a compiler, for what is read before there are variants. */
void fault_at(struct diagnostics *diagnostics, struct source source,
              const char *expected, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* "one of a, b, c", in the diagnostics' arena. words ends with NULL. */
const char *fault_one_of(struct diagnostics *diagnostics,
                         const char *const *words);
const char *fault_suggest(struct diagnostics *diagnostics, struct slice word,
                          const char *const *words);
/* "a map", "a list", "'text'": what a node is, for messages. */
const char *fault_node(const struct node *node, char *room, size_t size);
enum { FAULT_NODE = 64 };
/* The place of a byte within a plain scalar. */
struct source fault_within(const struct node *scalar, size_t offset);

/* ---- names and substitution --------------------------------------------- */

void names_add(struct compiler *compiler, struct slice text,
               enum name_kind kind, bool by_expect);
const struct name *names_find(const struct compiler *compiler,
                              struct slice text, enum name_kind kind);
/* Forgets all names from count on: the end of a counter's reach. */
void names_cut(struct compiler *compiler, size_t count);
/* Hides captures and marks from count on from the next sibling. */
void names_hide(struct compiler *compiler, size_t from, bool hidden);
/* A new name from a case file: letters, digits and _, not one of the
 * language's own, not a parameter. False after a fault. */
bool names_legal(struct compiler *compiler, const struct node *node,
                 struct slice name);
/* A name of the language's own: id, topic, grace … */
bool names_reserved(struct slice name);
bool name_begins(uint8_t byte);
bool name_goes_on(uint8_t byte);
/* The length of the name that text begins with; 0: none. */
size_t name_length(struct slice text);

/* The node that a scalar `$name` or `$name.part` stands for; the node itself
 * when it is something else. NULL after a fault. */
const struct node *resolve(struct compiler *compiler, const struct node *node);
/* The same for the value of a map's key; NULL when there is no such key. */
const struct node *resolve_get(struct compiler *compiler,
                               const struct node *map, const char *key);
/* `$` at text[at] within node: a parameter, a capture … The end is moved
 * behind it. */
enum reference_kind {
    REFERENCE_FAULT,
    REFERENCE_NODE,   /* a parameter, var or part of one: node */
    REFERENCE_VALUE,  /* known only in a play: expression */
    REFERENCE_LITERAL /* plain text: text */
};
struct reference {
    enum reference_kind kind;
    const struct node *node;
    struct expression *expression;
    struct slice text;
    bool is_time;   /* REFERENCE_VALUE: a duration */
    bool is_number; /* REFERENCE_VALUE: never a duration */
    bool is_text;   /* REFERENCE_VALUE: never a number */
};
struct reference reference_read(struct compiler *compiler,
                                const struct node *node, size_t *at);
/* Without `$`, inside brackets: $(i+1). */
struct reference reference_bare(struct compiler *compiler,
                                const struct node *node, size_t *at);

/* A step's or row's `only`. False when it switches off, or after a fault. */
bool only_allows(struct compiler *compiler, const struct node *only);
/* `if` and `unless`: 1, 0, or -1 after a fault. */
int condition_holds(struct compiler *compiler, const struct node *condition);

/* ---- merged maps -------------------------------------------------------- */

/* One key of a step after `with` and the version blocks. */
struct entry {
    const struct node *key;
    const struct node *value; /* not yet resolved */
    bool in_block;            /* from a version block */
    int rank;                 /* higher ones win */
    bool used;
};
#define ENTRIES_MAX 64
struct entries {
    struct entry rows[ENTRIES_MAX];
    size_t count;
};
/* Adds the keys of a map, of its version blocks and of what it is `with`.
 * False after a fault. */
bool entries_merge(struct compiler *compiler, struct entries *entries,
                   const struct node *map);
/* Adds one key that wins over all others. */
void entries_force(struct compiler *compiler, struct entries *entries,
                   const struct entry *entry);
struct entry *entries_find(struct entries *entries, const char *key);

/* ---- expressions -------------------------------------------------------- */

/* What a number field takes. */
struct number_rule {
    const char *what; /* "a packet identifier", for messages */
    bool is_time;     /* a duration, with a unit */
    bool boolean;     /* true and false are numbers, too */
    bool bounded;
    int64_t min, max;
};
extern const struct number_rule NUMBER_ANY, NUMBER_COUNT, NUMBER_DURATION;

/* All return NULL after a fault. Nodes may be unresolved. */
struct expression *parse_number(struct compiler *compiler,
                                const struct node *node,
                                const struct number_rule *rule);
/* An arithmetic expression that is only a piece of a scalar. */
struct expression *parse_number_part(struct compiler *compiler,
                                     const struct node *node, size_t from,
                                     const struct number_rule *rule);
/* `(…)` at text[*at], as in $(i+1); *at moves behind it. */
struct expression *parse_brackets(struct compiler *compiler,
                                  const struct node *node, size_t *at);
/* Text or bytes: a scalar, or {hex}, {text}, {repeat, times} … */
struct expression *parse_bytes(struct compiler *compiler,
                               const struct node *node);
/* Whether a map is one of the forms of parse_bytes. */
bool parse_bytes_form(const struct node *map);
/* The list form of `data`, and one item of it. */
struct expression *parse_data(struct compiler *compiler,
                              const struct node *node);
bool parse_moment(struct compiler *compiler, const struct node *node,
                  struct moment *moment, bool *by_expect);

struct expression *expression_new(struct compiler *compiler,
                                  enum expression_kind kind,
                                  struct source source);
struct expression *expression_of_bytes(struct compiler *compiler,
                                       struct source source,
                                       struct slice bytes);
struct expression *expression_of_number(struct compiler *compiler,
                                        struct source source, int64_t number);
bool expression_add(struct compiler *compiler, struct expression *whole,
                    struct expression *part);
/* Constant, structurally equal. */
bool expression_same(const struct expression *a, const struct expression *b);

/* Constants, where a play is too late. False after a fault. */
bool parse_boolean(struct compiler *compiler, const struct node *node,
                   bool *value);
const char *parse_constant(struct compiler *compiler, const struct node *node);
bool parse_constant_number(struct compiler *compiler, const struct node *node,
                           const struct number_rule *rule, int64_t *number);
/* The index of a scalar in words (ending with NULL); -1 after a fault. */
int parse_word(struct compiler *compiler, const struct node *node,
               const char *const *words, const char *what);

/* ---- matchers ----------------------------------------------------------- */

/* What values a matcher will meet. */
struct match_rule {
    bool is_number; /* else bytes */
    struct number_rule number;
    enum match_shape {
        MATCH_SCALAR,    /* a plain list means one of */
        MATCH_LIST,      /* a plain list is the whole list */
        MATCH_SET,       /* the whole list in any order */
        MATCH_SIGNS,     /* a list; a scalar is one of its members */
        MATCH_PROPERTIES /* properties: {exact: [...]} */
    } shape;
    bool is_pair;      /* items are pairs of texts */
    bool is_remaining; /* {remaining, stored, asked} may stand here */
};
struct matcher *parse_matcher(struct compiler *compiler,
                              const struct node *node,
                              const struct match_rule *rule);
bool matcher_same(const struct matcher *a, const struct matcher *b);
struct matcher *matcher_new(struct compiler *compiler, enum matcher_kind kind,
                            struct source source);
bool matcher_add(struct compiler *compiler, struct matcher *whole,
                 struct matcher *child);

/* Whether the catalogue has that statement in that version; a diagnostic
 * when not. Without a catalogue every statement is known. */
bool statement_check(const struct catalogue *catalogue,
                     struct diagnostics *diagnostics, const struct node *node,
                     const char *id, enum mqtt_version version);

/* ---- packet fields ------------------------------------------------------ */

struct number_rule field_number_rule(enum mqtt_field field);
bool field_is_number(enum mqtt_field field);
struct match_rule field_match_rule(int field);
/* A field or event field of what an expect waits for, by its name.
 * MQTT_FIELD_NONE after a fault. */
int field_of_expect(struct compiler *compiler, const struct expect_step *expect,
                    const struct node *key, bool save);
/* The names of a packet's fields, ending with NULL. */
/* Whether a packet that is sent, or expected, takes a field of that name,
 * beside the keys of steps. */
bool field_sent(enum mqtt_type type, struct slice name);
bool field_expected(enum mqtt_type type, struct slice name);
/* By index, NULL behind the last: every name for which they may be true; the
 * parts of a Will beside the properties; the parts of a filter. */
const char *field_word(size_t index);
const char *will_word(size_t index);
const char *filter_word(size_t index);
const char *const *field_names(struct compiler *compiler, enum mqtt_type type,
                               bool sent);

/* ---- steps -------------------------------------------------------------- */

/* What a step takes from the step around it. */
struct around {
    struct expression **at;
    size_t at_count;
    bool at_pattern;
    const struct node *at_node;
    enum level level;
    bool own_level;
    const char *const *judges;
    size_t judge_count;
    struct hand_down *down; /* for the first send; or NULL */
};
/* Keys that `do` passes to its first send. */
struct hand_down {
    struct entries entries;
    bool taken;
};

/* NULL when the step is switched off, or after a fault. */
struct step *compile_step(struct compiler *compiler, const struct node *node,
                          const struct around *around);
/* A VERB_SEQUENCE of a list of steps. NULL only after a fault. */
struct step *compile_steps(struct compiler *compiler, const struct node *list,
                           const struct around *around);
/* One step, or a list as VERB_SEQUENCE. NULL: switched off, or a fault. */
struct step *compile_member(struct compiler *compiler, const struct node *node,
                            const struct around *around);
struct step *step_new(struct compiler *compiler, enum verb verb,
                      struct source source, const struct around *around);
bool step_add(struct compiler *compiler, struct step *parent,
              struct step *child);

/* The version that the step's client speaks. */
enum mqtt_version step_version(const struct script *script,
                               const struct step *step);

/* The verbs' own parts; entries hold the rest of the keys. */
struct verbing {
    struct compiler *compiler;
    struct step *step;
    struct entries *entries;
    const struct around *around; /* for children */
    const struct node *value;    /* of the verb, resolved */
    const struct node *node;     /* the step */
};

/* Reads the value of a key into the step. value is resolved. */
typedef void key_read(struct verbing *verbing, const struct entry *entry,
                      const struct node *value);

/* Where a key may stand: a bit for each. */
enum subject {
    SUBJECT_SEND,     /* a packet */
    SUBJECT_BYTES,    /* send: bytes */
    SUBJECT_WS_PING,  /* send: ws_ping, ws_pong */
    SUBJECT_WS_CLOSE, /* send: ws_close */
    SUBJECT_EXPECT,   /* a packet */
    SUBJECT_SEEN_CLOSE,
    SUBJECT_REJECTED,
    SUBJECT_SILENCE,
    SUBJECT_UPGRADE,
    SUBJECT_TLS,
    SUBJECT_SEEN_PONG,
    SUBJECT_SEEN_WS_CLOSE,
    SUBJECT_TOGETHER,
    SUBJECT_OPEN,
    SUBJECT_CLOSE,
    SUBJECT_READING,
    SUBJECT_ALL_OF,
    SUBJECT_ANY_OF,
    SUBJECT_DO,
    SUBJECT_REPEAT,
    SUBJECT_PARALLEL,
    SUBJECT_PAUSE,
    SUBJECT_MARK,
    SUBJECT_REACH,
    SUBJECT_FENCE,
    SUBJECT_BROKER,
    SUBJECTS
};

/* One key of a step: the table behind checker, compiler and schema. */
struct step_key {
    const char *name;
    uint32_t subjects; /* bits */
    enum {
        KEY_PLAIN, /* read with the step */
        KEY_FRAME, /* read before: at, only, with, level … */
        KEY_VERB   /* says what the step does */
    } role;
    bool handed_down;         /* `do` passes it to its first send */
    const char *shape;        /* of its value, for people and the schema */
    const char *const *words; /* that its value may be; NULL: any */
    const char *const *parts; /* keys of its value, a map; NULL: any */
    key_read *read;
};
/* The rows by index; NULL behind the last. */
const struct step_key *step_key_row(size_t index);
/* `with` and the version blocks, NULL at the end. */
extern const char *const MERGED_KEYS[];
/* The row of that name for that subject; NULL: none. */
const struct step_key *step_key_find(struct slice name, enum subject subject);
const struct step_key *step_key_verb(struct slice name);
/* Whether some subject has a key of that name. */
bool step_key_known(struct slice name);
/* The names of a subject's keys in the compiler's arena, NULL at the end. */
const char *const *step_key_names(struct compiler *compiler,
                                  enum subject subject);
const char *const *step_verb_names(void);

/* A word that `send` or `expect` takes. */
struct step_word {
    const char *name;
    enum subject subject;
    enum mqtt_type type; /* SUBJECT_SEND, SUBJECT_EXPECT */
};
/* The words by index; false behind the last. */
bool step_send_word(size_t index, struct step_word *word);
bool step_expect_word(size_t index, struct step_word *word);

/* The keys that every step may have. Those that give a bool are false after a
 * fault. */
void step_take_client(struct compiler *compiler, const struct node *at);
bool step_read_at(struct compiler *compiler, struct step *step,
                  const struct node *at);
bool step_read_level(struct verbing *verbing);
bool step_read_judges(struct verbing *verbing);
bool step_read_note(struct verbing *verbing);
void step_read_in_time(struct verbing *verbing);
/* Last of all: within the step the mark still has its former value. */
void step_read_mark(struct verbing *verbing);
/* `only`, `if` and `unless`. False also after a fault. */
bool step_switched_on(struct compiler *compiler, struct entries *entries);

/* Each fills in the step whose verb is set, its subject decided. */
bool step_send_begin(struct verbing *verbing, enum subject *subject);
void step_send_end(struct verbing *verbing);
bool step_expect_begin(struct verbing *verbing, enum subject *subject);
void step_expect_end(struct verbing *verbing);
/* A field of a packet: the keys that no row of the table has. */
void send_field_read(struct verbing *verbing, const struct entry *entry,
                     const struct node *value);
void expect_field_read(struct verbing *verbing, const struct entry *entry,
                       const struct node *value);

/* A number, {add: n}, {width: n} or {hex: …}. */
void damage_length(struct compiler *compiler, const struct node *value,
                   struct send_length *length);

/* The words and parts that the table of keys names, NULL at the end. */
extern const char *const OPEN_WORDS[], *const HEADER_CASE_WORDS[];
extern const char *const UPGRADE_WORDS[], *const UPGRADE_PARTS[];
extern const char *const HANDSHAKE_WORDS[], *const TLS_PARTS[];
extern const char *const CLOSE_WORDS[], *const READING_WORDS[];
extern const char *const FENCE_WORDS[], *const BROKER_WORDS[];
extern const char *const SPLIT_WORDS[], *const AS_WORDS[];
extern const char *const FRAME_PARTS[], *const LEVEL_WORDS[];
extern const char *const ORDER_WORDS[], *const DISTINCT_WORDS[];
extern const char *const SPREAD_WORDS[];
/* Keys of a client's options. */
extern const char *const CLIENT_WORDS[];

/* The readers that the table of keys names, by file. */
key_read send_will, send_filters, send_properties, send_user_property;
key_read send_ack, send_again, send_authenticate, send_count, send_window;
key_read send_data, send_code, send_payload;
key_read damage_flags, damage_packet_type, damage_omit;
key_read damage_property_length, damage_remaining_length, damage_insert;
key_read damage_append, damage_truncate, damage_stop_after;
key_read delivery_split, delivery_gap, delivery_as, delivery_between;
key_read delivery_background, delivery_frame;
key_read expect_after, expect_soft_after, expect_within, expect_for,
    expect_measure;
key_read expect_count, expect_order, expect_gaps, expect_distinct;
key_read expect_optional, expect_first, expect_ack, expect_linger;
key_read expect_spread, expect_among, expect_chosen, expect_others;
key_read expect_save, expect_of, expect_rejected_code, expect_field;
key_read open_path, open_headers, open_header_case, open_subprotocol;
key_read open_upgrade, open_handshake, open_bare, open_receive_buffer, open_tls;
key_read repeat_as;
key_read verb_together, verb_open, verb_close, verb_reading, verb_all_of;
key_read verb_any_of, verb_do, verb_repeat, verb_parallel, verb_pause;
key_read verb_reach, verb_fence, verb_broker;

/* A packet that is sent, as the strict decoder sees it. */
struct trial {
    bool known;                  /* it could be told before the play */
    const char *found;           /* what is wrong with it; NULL: nothing */
    struct mqtt_finding finding; /* the first; rule 0 when its frame is wrong */
    const char *statement;       /* that the finding breaks; or NULL */
    size_t size, body;           /* bytes; body 0 when it cannot be read */
};
/* Encodes with names of some length in place of $id and $topic. */
struct trial send_try(const struct send_step *send, enum mqtt_version version);

/* ---- checks over the whole script --------------------------------------- */

void lint_script(struct compiler *compiler);
/* Topics that would mix the variants that run side by side. */
void lint_topics(struct compiler *compiler, const struct step *step);
/* An order or a choice that the standard does not give. */
void lint_order(struct compiler *compiler, const struct step *step);
/* Packets that break the standard where nothing says that they should. */
void lint_sends(struct compiler *compiler);
/* Packets behind our own DISCONNECT, in given and, if so, in steps. */
void lint_goodbye(struct compiler *compiler, bool steps_too);
/* Calls see for the step and all below it, parents first. */
void lint_walk(struct compiler *compiler, const struct step *step,
               void (*see)(struct compiler *compiler, const struct step *step));
/* The estimate of script.wait. */
int64_t script_wait(const struct script *script);

/* ---- whole variants ----------------------------------------------------- */

/* Room for all vars and parameters; the vars have their values. */
struct binding *bindings_of(const struct test_case *test_case,
                            struct arena *arena, size_t *var_count);
/* The row that a parameter has in this variant. */
void binding_choose(struct binding *binding, const struct row *row);
/* Compiles into the arena. NULL after faults, or without memory. */
struct script *compile_variant(const struct variant *variant,
                               struct arena *arena, struct compile_run *run);
/* Makes and compiles all variants of a case on all targets that there may be.
 * False after faults. */
bool case_check(const struct test_case *test_case,
                const struct catalogue *catalogue,
                struct diagnostics *diagnostics);

#endif
