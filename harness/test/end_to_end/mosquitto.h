/* A Mosquitto that the test started, and mqttspec did not: on TCP and TLS,
 * for the user "reader" with the password "open sesame" only. */
#ifndef MQTTSPEC_TEST_MOSQUITTO_H
#define MQTTSPEC_TEST_MOSQUITTO_H

#include "test/scratch.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define BROKER_USER "reader"
#define BROKER_PASSWORD "open sesame"

struct mosquitto {
    pid_t pid;
    char folder[SCRATCH_PATH];
    char tcp[64], tls[64]; /* URLs */
};

/* Starts it and waits until it listens. certs holds server.pem and
 * server.key. False when it does not come up. */
bool mosquitto_start(struct mosquitto *broker, const char *certs);
void mosquitto_stop(struct mosquitto *broker);

/* Whether some process has text among its arguments. */
bool mosquitto_is_running(const char *text);

#endif
