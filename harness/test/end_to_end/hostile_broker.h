/* A broker over all four transports that is sound to everyone but to clients
 * whose User Name says how it is to treat them (hostile_broker.c lists them).
 * A child process on free ports of 127.0.0.1, with the server's certificate
 * of build/certs. */
#ifndef MQTTSPEC_TEST_HOSTILE_BROKER_H
#define MQTTSPEC_TEST_HOSTILE_BROKER_H

#include "net/net.h"
#include <stdbool.h>
#include <sys/types.h>

struct hostile {
    pid_t pid;
    char urls[NET_TRANSPORTS][64]; /* in the order of net_transport */
};

/* False when it does not come up. */
bool hostile_start(struct hostile *hostile);
void hostile_stop(struct hostile *hostile);

#endif
