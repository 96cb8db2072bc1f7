/* Free ports on 127.0.0.1, by name. */
#ifndef MQTTSPEC_PORTS_H
#define MQTTSPEC_PORTS_H

#include <stddef.h>
#include <stdint.h>

struct port {
    char *name;
    uint16_t number;
    int socket; /* holds the port until ports_release; -1: let go */
};

struct ports {
    struct port *rows;
    size_t count;
};

/* The port of that name, found at the first use; 0 when there is none.
 * user is a struct ports. */
uint16_t ports_find(void *user, const char *name);
/* Lets go of all ports, so that the broker can take them; directly before
 * its start. The numbers stay. */
void ports_release(struct ports *ports);
void ports_end(struct ports *ports);

#endif
