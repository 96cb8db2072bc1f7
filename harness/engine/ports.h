/* Free ports on 127.0.0.1, by name, for the brokers that runs start: no two
 * runs on the machine choose the same one. */
#ifndef MQTTSPEC_PORTS_H
#define MQTTSPEC_PORTS_H

#include <stddef.h>
#include <stdint.h>

struct port {
    char *name;
    uint16_t number;
    int claim; /* tells other runs that it is taken */
};

struct ports {
    struct port *rows;
    size_t count;
};

/* The port of that name, found at the first use; 0 when there is none.
 * user is a struct ports. */
uint16_t ports_find(void *user, const char *name);
/* Gives them up, after the broker has ended. */
void ports_end(struct ports *ports);

#endif
