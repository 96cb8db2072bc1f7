/* What a proxy saw between clients and a broker, and the case that it makes.
 *
 * Events go in as they were seen; out comes the text of a case file that,
 * played against the same broker, asks for the same again. The room's pure
 * part: no socket, no clock, no file. */
#ifndef MQTTSPEC_RECORDING_H
#define MQTTSPEC_RECORDING_H

#include "memory/memory.h"

enum record_side { RECORD_CLIENT, RECORD_BROKER };

/* When one of them is reached nothing more is recorded. */
struct recording_limits {
    size_t packets; /* of both sides; connections and their ends count, too */
    size_t bytes;   /* of all packets */
};

struct recording;
/* NULL when there is no memory. Free with recording_free. */
struct recording *recording_new(const struct recording_limits *limits);
void recording_free(struct recording *recording);

/* A client has connected, and the proxy to the broker for it. Gives the
 * connection's number, from 0. Times are nanoseconds, and never run back. */
size_t recording_opened(struct recording *recording, int64_t time);
/* Bytes from that side, in any pieces: packets are found in them. */
void recording_bytes(struct recording *recording, size_t connection,
                     enum record_side from, struct slice bytes, int64_t time);
/* That side has ended the connection: by RST, or else by FIN. */
void recording_ended(struct recording *recording, size_t connection,
                     enum record_side from, bool reset, int64_t time);

/* A limit is reached. */
bool recording_is_full(const struct recording *recording);
/* Something could not be kept: there is no case to be had any more. */
bool recording_has_failed(const struct recording *recording);
size_t recording_connections(const struct recording *recording);

struct recording_words {
    const char *name;   /* of the case: small letters, digits, '-', '_', '.' */
    const char *target; /* that was recorded, for the comment */
};
/* Appends a case file. False when there is no memory, or the cap of out was
 * reached. */
bool recording_write(const struct recording *recording,
                     const struct recording_words *words, struct buffer *out);

#endif
