/* Inside of the recording: what was seen, what is made of it, and who does
 * what:
 *
 *   recording.c   bytes to packets
 *   cast.c        connections to clients of the case
 *   exchange.c    which packets answer which
 *   subscribed.c  who was subscribed to what, and when
 *   delivery.c    what a delivery is the consequence of
 *   order.c       deliveries that may come in another order
 *   bytes.c       packets that only bytes can say
 *   plot.c        events to steps
 *   put_*.c       steps to YAML */
#ifndef MQTTSPEC_RECORD_STORY_H
#define MQTTSPEC_RECORD_STORY_H

#include "mqtt/mqtt.h"
#include "record/recording.h"

#define NONE SIZE_MAX

/* ---- what was seen ------------------------------------------------------ */

enum seen_kind {
    SEEN_OPENED,
    SEEN_PACKET, /* packet, findings */
    SEEN_BEGUN,  /* of a packet that came later, in pieces: says nothing */
    SEEN_BYTES,  /* what cannot be read as a packet */
    SEEN_END     /* reset */
};

struct seen {
    enum seen_kind kind;
    enum record_side from;
    size_t connection;
    int64_t time;
    struct mqtt_packet *packet; /* owned */
    struct mqtt_findings findings;
    struct buffer bytes;
    bool reset;
};

/* A connection while it is recorded. */
struct talk {
    enum mqtt_version version;
    struct buffer streams[2]; /* begun packets, by side */
    size_t begun[2];          /* SEEN_BEGUN of those; NONE */
    bool lost[2];             /* no packet can be found any more */
    bool ended[2];
};

struct recording {
    struct recording_limits limits;
    struct seen *seen;
    size_t count, room;
    struct talk *talks;
    size_t talk_count, talk_room;
    size_t bytes; /* of all that was seen */
    bool full, no_memory;
};

/* ---- what is made of it ------------------------------------------------- */

/* What is known of one event. */
struct insight {
    size_t root;           /* the first packet of its exchange; NONE: alone */
    size_t last;           /* of a root: the exchange's last packet so far */
    bool complete;         /* of a root: carried to its successful end */
    enum mqtt_type awaits; /* of a root that is not: the answer still due from
                              the broker; 0: none */
    bool folded;           /* of a root: `ack: true` says it all */
    bool quiet;            /* not said: it only kept the connection alive … */
    bool as_bytes;         /* cannot be said by fields */
    bool with_flags;       /* it can, with the flags stated */
    unsigned variable;     /* of a root: $pN holds its packet_id; 0: none */
    struct slice topic;    /* of PUBLISH: aliases resolved */
    size_t cause;          /* of a delivery: what it is a consequence of */
    size_t publisher;      /* of a delivery: client of the case; or NONE */
    size_t source;         /* of a delivery that no recorded client has caused:
                              the first one of that message; NONE: caused */
    bool unsaid;           /* a delivery that is not demanded */
    size_t group_first;    /* deliveries from there to … */
    size_t group_last;     /* … there have no order; NONE: not in a group */
};

/* A connection, as the case sees it. */
struct part {
    size_t client;
    size_t opened, connect, connack; /* events; NONE: there is none */
    size_t refusal;   /* a CONNACK or DISCONNECT that ends the connection */
    size_t end;       /* the first end of either side */
    bool keeps_alive; /* its keep alive ended it, so pings matter */
    bool excused;     /* what it did not get was told */
};

/* A client of the case. */
struct role {
    const char *name;
    struct slice client_id;
    enum mqtt_version version;
    bool speaks;        /* it has sent CONNECT */
    size_t last;        /* its connection so far */
    const char *shared; /* what its Client Identifier is written as, because
                           another role has the same; NULL: the default */
    bool literal_ids;   /* it uses a packet identifier again */
    size_t *filters;    /* its SUBSCRIBE and UNSUBSCRIBE packets: events */
    size_t filter_count;
};

enum play_kind {
    PLAY_SEEN,      /* event says it: a packet sent or expected, an end */
    PLAY_GROUP,     /* all_of, event: the group's last */
    PLAY_STRANGER,  /* `elsewhere` connects */
    PLAY_ELSEWHERE, /* `elsewhere` publishes what event delivers */
    PLAY_OPEN,      /* open: default */
    PLAY_REJECTED,  /* expect: rejected */
    PLAY_PERMIT,    /* optional: type, count */
    PLAY_SYSTEM,    /* optional: $SYS */
    PLAY_FENCE,
    PLAY_PAUSE /* duration */
};

struct play_step {
    enum play_kind kind;
    size_t event, client;
    enum mqtt_type type;
    size_t count;
    int64_t duration; /* ns since the step before; PLAY_PAUSE: to wait */
    const char *comment;
};

struct story {
    const struct recording *recording;
    struct arena *arena;
    struct insight *insights; /* one for each event */
    struct part *parts;       /* one for each connection */
    struct role *roles;
    size_t role_count;
    enum mqtt_version version; /* of the case */
    bool ends;                 /* some connection is ended by the broker */
    bool timed;                /* something in it counts seconds */
    bool stranger;             /* messages of clients that were not recorded */
    struct play_step *steps;
    size_t step_count, step_room;
    size_t given; /* so many of them prepare */
};

/* ---- looking around ----------------------------------------------------- */

const struct seen *seen_at(const struct story *story, size_t event);
/* Whether it is such a packet from that side. */
bool seen_is(const struct story *story, size_t event, enum record_side from,
             enum mqtt_type type);
/* The packet's own field, 0 where it has none. */
uint32_t seen_number(const struct story *story, size_t event,
                     enum mqtt_field field);
struct slice seen_bytes(const struct story *story, size_t event,
                        enum mqtt_field field);
/* The role whose connection it belongs to. */
struct role *role_of(const struct story *story, size_t event);

/* Whether the client wants a session back that the recording may have seen
 * begin, and is told whether it is there. */
bool asks_for_session(const struct story *story, size_t connection);

/* ---- the steps of making one, in this order ----------------------------- */

/* All false: no memory. */
bool cast_make(struct story *story);
bool subscriptions_list(struct story *story);
bool exchanges_find(struct story *story);
bool topics_resolve(struct story *story);
bool deliveries_explain(struct story *story);
void deliveries_order(struct story *story);
void plot_make(struct story *story);

/* Whether the packet can only be written as bytes. */
void bytes_decide(struct story *story, size_t event);

/* So many more messages for the client's subscriptions were sent until then
 * than it was seen to get. */
size_t deliveries_missing(const struct story *story, size_t connection,
                          size_t until);
/* The last SUBSCRIBE (event) before, on that connection or in its session,
 * with a filter that the topic matches; NONE. */
size_t subscribed_by(const struct story *story, size_t connection,
                     struct slice topic, size_t before, size_t *filters);

/* ---- writing ------------------------------------------------------------ */

/* A text or bytes as a scalar or map of YAML: plain, "quoted" or {hex: …}. */
void put_bytes(struct buffer *out, struct slice bytes);
/* A Topic Name or Topic Filter below $topic. */
void put_topic(struct buffer *out, struct slice topic);
/* Whether it keeps its own name, which all variants share. */
bool topic_is_shared_by_all(struct slice topic);
/* Nanoseconds as "7300ms", never less than they are. */
void put_duration(struct buffer *out, int64_t duration);
/* The fields of a packet that is sent, each behind ", ". */
void put_sent_fields(const struct story *story, size_t event,
                     struct buffer *out);
/* The fields that an expect demands. */
void put_expected_fields(const struct story *story, size_t event,
                         struct buffer *out);
/* One property behind ", ", or all of its kind with the first of them; nothing
 * for other fields. Secrets become x. */
void put_property(struct buffer *out, const struct mqtt_packet *packet,
                  size_t index);
/* N of the $pN that holds the packet identifier of the exchange; 0: none. */
unsigned variable_of(const struct story *story, size_t event);
/* What `elsewhere` publishes so that event is delivered. */
void put_published_fields(const struct story *story, size_t event,
                          struct buffer *out);
/* `data:` of send: bytes. */
void put_raw(const struct story *story, size_t event, struct buffer *out);
/* One step, without its "- ". */
void put_step(const struct story *story, const struct play_step *step,
              struct buffer *out);
void put_case(const struct story *story, const struct recording_words *words,
              struct buffer *out);

#endif
