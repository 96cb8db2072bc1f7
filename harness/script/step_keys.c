/* Every key that a step may have, once: read by the checker, the compiler
 * and the printer of the schema. Packet fields are not here; they are the
 * mqtt room's table. */
#include "script/compile.h"

#define S(subject) (UINT32_C(1) << SUBJECT_##subject)
#define EVERY ((UINT32_C(1) << SUBJECTS) - 1)
#define SENDS (S(SEND) | S(BYTES) | S(WS_PING) | S(WS_CLOSE))
#define PACKETS (S(SEND) | S(EXPECT))
#define EVENTS                                                                 \
    (S(SEEN_CLOSE) | S(REJECTED) | S(UPGRADE) | S(TLS) | S(SEEN_PONG) |        \
     S(SEEN_WS_CLOSE))
#define WAITS (S(EXPECT) | EVENTS)
#define EXPECTS (WAITS | S(SILENCE))
#define WRITES (SENDS | S(TOGETHER))
#define COUNTED                                                                \
    (SENDS | WAITS | S(OPEN) | S(CLOSE) | S(READING) | S(FENCE) | S(TOGETHER))

#define VERB(word, of, text, function)                                         \
    {                                                                          \
        .name = word, .subjects = of, .role = KEY_VERB, .shape = text,         \
        .read = function                                                       \
    }
#define CHOICE(word, of, text, list, function)                                 \
    {                                                                          \
        .name = word, .subjects = of, .role = KEY_PLAIN, .shape = text,        \
        .words = list, .read = function                                        \
    }
#define CHOICE_VERB(word, of, text, list, function)                            \
    {                                                                          \
        .name = word, .subjects = of, .role = KEY_VERB, .shape = text,         \
        .words = list, .read = function                                        \
    }
#define MAP(word, of, text, list, known, function)                             \
    {                                                                          \
        .name = word, .subjects = of, .role = KEY_PLAIN, .shape = text,        \
        .words = list, .parts = known, .read = function                        \
    }
#define FRAME(word, text)                                                      \
    {                                                                          \
        .name = word, .subjects = EVERY, .role = KEY_FRAME, .shape = text      \
    }
#define PLAIN(word, of, text, function)                                        \
    {                                                                          \
        .name = word, .subjects = of, .role = KEY_PLAIN, .shape = text,        \
        .read = function                                                       \
    }
#define DAMAGE(word, of, text, function)                                       \
    {                                                                          \
        .name = word, .subjects = (of) | S(DO), .role = KEY_PLAIN,             \
        .handed_down = true, .shape = text, .read = function                   \
    }

static const struct step_key KEYS[] = {
    VERB("send", SENDS, "packet", NULL),
    VERB("expect", EXPECTS, "event", NULL),
    VERB("together", S(TOGETHER), "steps", verb_together),
    CHOICE_VERB("open", S(OPEN), "opening", OPEN_WORDS, verb_open),
    CHOICE_VERB("close", S(CLOSE), "ending", CLOSE_WORDS, verb_close),
    CHOICE_VERB("reading", S(READING), "on or off", READING_WORDS,
                verb_reading),
    VERB("all_of", S(ALL_OF), "members", verb_all_of),
    VERB("any_of", S(ANY_OF), "members", verb_any_of),
    VERB("do", S(DO) | S(REPEAT), "step or steps", verb_do),
    VERB("repeat", S(REPEAT), "number", verb_repeat),
    VERB("parallel", S(PARALLEL), "lists of steps", verb_parallel),
    VERB("pause", S(PAUSE), "moment", verb_pause),
    VERB("reach", S(REACH), "packet of a client", verb_reach),
    CHOICE_VERB("fence", S(FENCE), "true", FENCE_WORDS, verb_fence),
    CHOICE_VERB("broker", S(BROKER), "action", BROKER_WORDS, verb_broker),

    FRAME("at", "client or clients"),
    FRAME("mark", "name"),
    FRAME("only", "versions or transports"),
    FRAME("if", "condition"),
    FRAME("unless", "condition"),
    {.name = "level",
     .subjects = EVERY,
     .role = KEY_FRAME,
     .shape = "level",
     .words = LEVEL_WORDS},
    FRAME("judges", "statements"),
    FRAME("note", "text"),
    FRAME("in_time", "moment"),

    PLAIN("ack", PACKETS, "boolean", send_ack),
    PLAIN("again", S(SEND), "boolean", send_again),
    PLAIN("authenticate", S(SEND), "boolean", send_authenticate),
    PLAIN("count", COUNTED, "number or matcher", send_count),
    PLAIN("window", S(SEND), "number", send_window),
    PLAIN("will", S(SEND), "will", send_will),
    PLAIN("filters", S(SEND), "filters", send_filters),
    PLAIN("properties", S(SEND), "properties", send_properties),
    PLAIN("user_property", S(SEND), "pairs", send_user_property),
    PLAIN("data", S(BYTES), "bytes", send_data),
    PLAIN("code", S(WS_CLOSE), "number", send_code),
    PLAIN("payload", S(WS_PING) | S(WS_CLOSE), "bytes", send_payload),

    DAMAGE("flags", S(SEND), "number", damage_flags),
    DAMAGE("packet_type", S(SEND), "number", damage_packet_type),
    DAMAGE("omit", S(SEND), "field names", damage_omit),
    DAMAGE("property_length", S(SEND), "length", damage_property_length),
    DAMAGE("insert", S(SEND), "{at, hex}", damage_insert),
    DAMAGE("append", S(SEND), "bytes", damage_append),
    DAMAGE("truncate", S(SEND), "number", damage_truncate),
    DAMAGE("remaining_length", S(SEND), "length", damage_remaining_length),
    DAMAGE("stop_after", S(SEND), "number", damage_stop_after),

    CHOICE("split", WRITES, "offsets, each or none", SPLIT_WORDS,
           delivery_split),
    PLAIN("gap", WRITES, "duration", delivery_gap),
    CHOICE("as", WRITES, "segments, records, frames or fragments", AS_WORDS,
           delivery_as),
    PLAIN("between", WRITES, "step", delivery_between),
    PLAIN("background", WRITES, "boolean", delivery_background),
    MAP("frame", WRITES, "frame", NULL, FRAME_PARTS, delivery_frame),

    PLAIN("after", WAITS, "moment", expect_after),
    PLAIN("soft_after", S(SEEN_CLOSE), "moment", expect_soft_after),
    PLAIN("within", WAITS, "moment", expect_within),
    PLAIN("measure", WAITS, "text", expect_measure),
    PLAIN("optional", WAITS, "boolean", expect_optional),
    PLAIN("first", WAITS, "boolean", expect_first),
    PLAIN("among", WAITS, "number", expect_among),
    PLAIN("chosen", WAITS, "name", expect_chosen),
    PLAIN("others", WAITS, "name", expect_others),
    PLAIN("save", WAITS, "{name: field}", expect_save),
    CHOICE("order", S(EXPECT), "strict, topic or any", ORDER_WORDS,
           expect_order),
    PLAIN("gaps", S(EXPECT), "boolean", expect_gaps),
    CHOICE("distinct", S(EXPECT), "packet_id", DISTINCT_WORDS, expect_distinct),
    CHOICE("spread", S(EXPECT), "once", SPREAD_WORDS, expect_spread),
    PLAIN("linger", S(REJECTED) | S(SEEN_CLOSE), "boolean", expect_linger),
    PLAIN("reason_code", S(REJECTED), "matcher", expect_rejected_code),
    PLAIN("for", S(SILENCE), "duration", expect_for),
    PLAIN("of", S(SILENCE), "packet of a broker", expect_of),
    PLAIN("topic", S(SILENCE), "matcher", expect_field),
    PLAIN("how", S(SEEN_CLOSE), "matcher", expect_field),
    PLAIN("status", S(UPGRADE), "matcher", expect_field),
    PLAIN("accept", S(UPGRADE), "matcher", expect_field),
    PLAIN("subprotocol", S(UPGRADE), "matcher", expect_field),
    PLAIN("version", S(TLS), "matcher", expect_field),
    PLAIN("code", S(SEEN_WS_CLOSE), "matcher", expect_field),
    PLAIN("payload", S(SEEN_PONG), "matcher", expect_field),

    PLAIN("path", S(OPEN), "text", open_path),
    PLAIN("headers", S(OPEN), "{name: value}", open_headers),
    CHOICE("header_case", S(OPEN), "lower", HEADER_CASE_WORDS,
           open_header_case),
    PLAIN("subprotocol", S(OPEN), "names", open_subprotocol),
    MAP("upgrade", S(OPEN), "manual or {stop_after}", UPGRADE_WORDS,
        UPGRADE_PARTS, open_upgrade),
    CHOICE("handshake", S(OPEN), "manual", HANDSHAKE_WORDS, open_handshake),
    PLAIN("bare", S(OPEN), "boolean", open_bare),
    PLAIN("receive_buffer", S(OPEN), "number", open_receive_buffer),
    MAP("tls", S(OPEN), "map", NULL, TLS_PARTS, open_tls),

    PLAIN("as", S(REPEAT), "name", repeat_as),
};
/* No keys of a step, but maps with more of them. */
const char *const MERGED_KEYS[] = {"with", "3.1", "3.1.1", "3.x", "5.0", NULL};

enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

const struct step_key *step_key_row(size_t index)
{
    return index < KEY_COUNT ? &KEYS[index] : NULL;
}

const struct step_key *step_key_find(struct slice name, enum subject subject)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if ((KEYS[i].subjects >> subject & 1) && slice_is(name, KEYS[i].name))
            return &KEYS[i];
    return NULL;
}

const struct step_key *step_key_verb(struct slice name)
{
    for (size_t i = 0; i < KEY_COUNT && KEYS[i].role == KEY_VERB; i++)
        if (slice_is(name, KEYS[i].name))
            return &KEYS[i];
    return NULL;
}

bool step_key_known(struct slice name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (slice_is(name, KEYS[i].name))
            return true;
    return false;
}

const char *const *step_key_names(struct compiler *compiler,
                                  enum subject subject)
{
    const char **words = compile_new(compiler, (KEY_COUNT + 8) * sizeof *words);
    size_t count = 0;

    for (size_t i = 0; words && i < KEY_COUNT; i++)
        if ((KEYS[i].subjects >> subject & 1) && KEYS[i].role != KEY_VERB)
            words[count++] = KEYS[i].name;
    if (words) {
        for (size_t i = 0; MERGED_KEYS[i]; i++)
            words[count++] = MERGED_KEYS[i];
    }
    return words;
}

const char *const *step_verb_names(void)
{
    static const char *const names[] = {
        "send",     "expect", "together", "open",   "close", "reading",
        "all_of",   "any_of", "do",       "repeat", "pause", "mark",
        "parallel", "reach",  "fence",    "broker", NULL};

    return names;
}
