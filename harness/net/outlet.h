/* The sending end of a TCP socket. The kernel is tried first; only what it
 * does not take is copied and waits, up to 64 MiB with what it costs to
 * keep each piece. */
#ifndef MQTTSPEC_NET_OUTLET_H
#define MQTTSPEC_NET_OUTLET_H

#include "net/net.h"

struct outlet;
/* What waited has gone, or has no chance any more. */
typedef void (*outlet_function)(struct outlet *outlet);

/* Only failed, reset and shut are for others to read. */
struct outlet {
    uv_tcp_t *tcp;
    outlet_function on_drained;
    size_t waiting; /* what keeps the bytes that the kernel did not take */
    bool shut;      /* our FIN is asked for: nothing more is written */
    bool shut_done; /* and sent */
    bool failed;    /* the peer is gone, or a part is lost */
    bool reset;     /* a write was told of the RST */
};

/* SIGPIPE is ignored from the first call on. The socket outlives the
 * outlet, which lives until the socket's close is complete. */
void outlet_init(struct outlet *outlet, uv_tcp_t *tcp,
                 outlet_function on_drained);
/* In one write where the kernel takes it. False when there is no memory, or
 * more than 64 MiB would wait; a peer that is gone is not an error: the
 * reading sees its end. */
bool outlet_write(struct outlet *outlet, struct slice bytes);
bool outlet_drained(const struct outlet *outlet);
/* Our FIN, as soon as nothing waits any more. */
void outlet_shut(struct outlet *outlet);
/* The close of the socket, which is the caller's, will be an RST. */
void outlet_cut(struct outlet *outlet);
/* Whether an end that libuv reported as one in order was an RST. */
bool outlet_was_reset(const struct outlet *outlet);

#endif
