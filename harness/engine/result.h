/* What is known about one variant when its play is over: the one record that
 * every report reads. */
#ifndef MQTTSPEC_RESULT_H
#define MQTTSPEC_RESULT_H

#include "engine/traffic.h"
#include "memory/memory.h"
#include "mqtt/mqtt.h"
#include "net/net.h"
#include "script/source.h"

/* design.md, "Words". KNOWN and FIXED come from the profile's list. */
enum verdict {
    VERDICT_PASS,
    VERDICT_FAIL,
    VERDICT_WARN,
    VERDICT_SKIP,
    VERDICT_INCONCLUSIVE,
    VERDICT_ERROR,
    VERDICT_FLAKY,
    VERDICT_KNOWN,
    VERDICT_FIXED,
    VERDICT_NOT_RUN, /* the run ended before it */
    VERDICTS
};
const char *verdict_name(enum verdict verdict); /* "pass", "not run", … */

/* Why a play failed (junit.md: the type attribute). */
enum failure_kind {
    FAILURE_NONE,
    FAILURE_WRONG_PACKET,
    FAILURE_WRONG_FIELD,
    FAILURE_MISSING_PACKET,
    FAILURE_EXTRA_PACKET,
    FAILURE_NOT_CLOSED,
    FAILURE_CLOSED,
    FAILURE_TOO_EARLY,
    FAILURE_TOO_LATE,
    FAILURE_HARNESS /* verdict error */
};
const char *failure_kind_name(enum failure_kind kind); /* "wrong-packet" */

/* The first finding of a play; also the shape of warnings. Texts are owned
 * by the result's arena. */
struct finding {
    enum failure_kind kind;
    const char *client;  /* or "" */
    const char *message; /* one line */
    /* A line; or "". More lines follow with "or": other legal answers. */
    const char *expected;
    /* A line; or "". More lines follow, for fields that are not as expected:
     * "qos: 0 instead of 1". */
    const char *actual;
    const char
        *statements;      /* the step's own `judges`, space-separated; or "" */
    struct source source; /* the step; file NULL when none */
    int64_t time;         /* ns since the play's begin */
};

enum said_kind {
    SAID_SENT,     /* bytes went out; packet may be NULL */
    SAID_RECEIVED, /* a packet came */
    SAID_OPENED,
    SAID_SIGN,  /* an end was seen: text */
    SAID_ENDED, /* TCP over */
    SAID_OURS,  /* our own close, reading off …: text */
    SAID_NOTE   /* anything else worth a line: text */
};
/* One line of the conversation of all clients. */
struct said {
    enum said_kind kind;
    int64_t time; /* ns since the play's begin */
    const char *client;
    const char *text;   /* the decoded packet, or what happened */
    struct slice bytes; /* the first bytes on the wire, at most 256 */
    size_t size;        /* how many there were */
};

struct measure {
    const char *text; /* what was measured */
    int64_t value;    /* ns */
    const char *note; /* such as "1.52 × keep alive"; or "" */
};

/* One play of a variant. */
struct play_record {
    struct arena *arena;
    enum verdict verdict;
    struct finding finding; /* kind NONE when passed */
    const char *reason;     /* skip, inconclusive, error: one line */
    struct finding *warnings;
    size_t warning_count;
    const char **notes;
    size_t note_count;
    struct measure *measures;
    size_t measure_count;
    struct said *said;
    size_t said_count;
    size_t said_dropped;     /* lines over the cap that were not kept */
    int64_t began, ended;    /* net_now() */
    struct traffic *traffic; /* what went over TCP; NULL: not captured */
};

/* One variant of one run. Texts are owned by the suite or by the arenas of
 * its plays. */
struct result {
    enum verdict verdict;
    const char *variant_id; /* case-id@version+transport[rows] */
    const char *case_id;
    const char *area;
    const char *title;
    const char *rows; /* "row=a,end=fin", or "" */
    enum mqtt_version version;
    enum net_transport transport;
    struct source source;          /* the case */
    const char *const *statements; /* judged, of this version */
    size_t statement_count;
    struct play_record *play;    /* the decisive one; NULL if none */
    struct play_record *first;   /* flaky: the failed play; else NULL */
    const char *reason;          /* skip, known (the entry's), not run */
    const char *known_statement; /* known, fixed: the entry's; or NULL */
    const char *repeat_command;  /* what repeats just this variant */
    bool suspect;                /* was open when the broker died */
};

/* A finding that belongs to a statement, not to a case (language.md, 7). */
struct passive_result {
    enum verdict verdict;  /* fail, known */
    const char *statement; /* or "" when that version has none */
    const char *rule;      /* mqtt_rule_text, or the watcher's own */
    enum mqtt_version version;
    size_t times;
    const char *variants[3];  /* the first that saw it; NULL at the end */
    struct play_record *play; /* of the first one, may be NULL */
    const char *detail;       /* what came, one line */
    const char *reason;       /* known: the entry's reason */
};

struct run_record {
    const char *target; /* profile name or URLs */
    const char *broker; /* name and version for people; or "" */
    const char *tool_version;
    int64_t wall_began;   /* Unix seconds */
    int64_t began, ended; /* net_now() */
    struct result *results;
    size_t count;
    struct passive_result *passive;
    size_t passive_count;
    const char *trouble; /* why the run ended early, one line; or NULL */
    bool unreachable, interrupted, died;
    int64_t longest_wait; /* ns: the longest single variant */
    uint64_t seed;
};

/* Exit status of a run as in the design (0, 1, 3, 4, 5). strict: warnings
 * count as failures. */
int run_exit_status(const struct run_record *run, bool strict);
size_t run_count(const struct run_record *run, enum verdict verdict);

#endif
