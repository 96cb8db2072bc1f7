/* A listener of the reference broker and a connection of the harness to it,
 * in one loop. Both sides' events are written down as text, such as
 * " opened ended:closed", and their bytes are kept. */
#ifndef MQTTSPEC_TEST_REFBROKER_STAND_H
#define MQTTSPEC_TEST_REFBROKER_STAND_H

#include "net/net.h"
#include "refbroker/peer.h"

struct side {
    struct buffer told;
    struct buffer got;
};

struct stand {
    uv_loop_t loop;
    uv_timer_t guard; /* fails the test instead of hanging it */
    struct peer_options listening;
    struct listener *listener;
    struct peer *peer; /* NULL: not opened, or ended */
    bool echoes;       /* the peer sends back what it gets */
    const char *violated;
    struct net_options opening;
    struct net_trust *trust;
    struct net_connection *client;
    struct side server, connection;
};

/* Options for both sides; no path, no limit, certificates where needed. */
void stand_prepare(struct stand *stand, enum net_transport transport);
/* What the client trusts and shows; certificate NULL: nothing. */
void stand_show(struct stand *stand, const char *certificate);
void stand_listen(struct stand *stand);
void stand_connect(struct stand *stand);
/* Listens and connects. */
void stand_open(struct stand *stand);
/* All three, until both sides are open. */
void stand_start(struct stand *stand, enum net_transport transport);
/* Runs the loop until the side has told so. */
void stand_until(struct stand *stand, struct side *side, const char *told);
/* Runs the loop until the side has got so many bytes. */
void stand_until_got(struct stand *stand, struct side *side, size_t size);
void stand_send(struct stand *stand, struct slice bytes,
                const struct net_frame *frame);
void stand_expect(struct side *side, const char *told);
void stand_expect_got(struct side *side, struct slice bytes);
/* Ends both sides and checks that nothing of them is left in the loop. */
void stand_stop(struct stand *stand);

#endif
