/* Servers that behave badly, and one that behaves, each a child process with
 * a thread for each connection. */
#ifndef MQTTSPEC_TEST_FAKE_BROKER_H
#define MQTTSPEC_TEST_FAKE_BROKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum fake_behaviour {
    FAKE_SOUND,   /* answers CONNECT, PINGREQ and PUBLISH at QoS 1 */
    FAKE_SILENT,  /* reads, and never answers */
    FAKE_CLOSES,  /* closes at once */
    FAKE_GARBAGE, /* answers CONNECT with bytes that are no packet */
    FAKE_ENDLESS, /* sound, and pours out PUBLISH packets without an end */
    FAKE_GIANT,   /* announces a PUBLISH of 256 MB, and sends it */
    FAKE_DRIPS,   /* sound, but a byte at a time, 20 ms apart */
    FAKE_WRONG,   /* sound, but answers PINGREQ with SUBACK */
    FAKE_DIES,    /* sound, until the first PINGREQ: then the process ends */
    FAKE_HTTP,    /* answers everything with an HTTP error */
    FAKE_BEHAVIOURS
};

struct fake {
    pid_t pid;
    uint16_t port;
    char url[64]; /* mqtt://127.0.0.1:PORT */
};

/* Listens on a free port of 127.0.0.1. False when that cannot be. */
bool fake_start(struct fake *fake, enum fake_behaviour behaviour);
/* The same behind TLS, with this certificate and key (PEM files). */
bool fake_start_tls(struct fake *fake, enum fake_behaviour behaviour,
                    const char *certificate, const char *key);
/* Ends it, if it has not ended by itself. */
void fake_stop(struct fake *fake);

/* A port of 127.0.0.1 that nobody listens on; 0: none. */
uint16_t fake_free_port(void);

#endif
