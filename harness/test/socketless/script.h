/* What happens to the broker in one input of the fuzzer: events, each with a
 * byte that names the peer and what it does, and for bytes a length of two
 * bytes and the bytes. */
#ifndef MQTTSPEC_TEST_SOCKETLESS_SCRIPT_H
#define MQTTSPEC_TEST_SOCKETLESS_SCRIPT_H

enum {
    EVENT_PEER = 7,
    EVENT_WHAT = 3 << 3,
    EVENT_BYTES = 0 << 3,
    EVENT_OPEN = 1 << 3,
    EVENT_CLOSED = 2 << 3,
    EVENT_BROKEN = 3 << 3,
    EVENT_LOGIN = 1 << 5, /* with EVENT_OPEN: by the other listener */
    EVENT_BYTES_MAX = 65535
};

/* Plays every case against the broker and writes what its clients sent into
 * the folder, as inputs. The exit status. */
int seeds_write(const char *folder);

#endif
