#include "engine/ports.h"

#include "memory/memory.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Below the range from which Linux takes the ports of outgoing connections:
 * those come and go by the thousand while a suite runs. */
enum { PORT_FIRST = 16384, PORT_LAST = 32767, TRIES = 200 };

/* A socket that listens to nothing, in the abstract name space: it tells other
 * runs side by side that the port is taken, from now until the broker has
 * ended, and goes with this process. -1: another run has it. */
static int claim(uint16_t number)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1,
                          "mqttspec-port-%u", (unsigned)number);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                                 (size_t)length);
    int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (handle >= 0 && bind(handle, (struct sockaddr *)&address, size) == 0)
        return handle;
    if (handle >= 0)
        close(handle);
    return -1;
}

/* Whether nothing listens there, whoever it is. */
static bool is_free(uint16_t number)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(number),
        .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool free;

    if (handle < 0)
        return false;
    free = bind(handle, (struct sockaddr *)&address, sizeof address) == 0;
    close(handle);
    return free;
}

static bool try_port(struct port *port)
{
    uint16_t random;

    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    port->number =
        (uint16_t)(PORT_FIRST + random % (PORT_LAST - PORT_FIRST + 1));
    port->claim = claim(port->number);
    if (port->claim < 0)
        return false;
    if (is_free(port->number))
        return true;
    close(port->claim);
    return false;
}

static bool choose(struct port *port)
{
    for (int i = 0; i < TRIES; i++)
        if (try_port(port))
            return true;
    return false;
}

static uint16_t take_port(struct ports *ports, const char *name)
{
    struct port *rows =
        memory_resize(ports->rows, (ports->count + 1) * sizeof *rows);

    if (!rows)
        return 0;
    ports->rows = rows;
    struct port *port = &rows[ports->count];
    port->name = memory_copy(name);
    if (port->name && choose(port)) {
        ports->count++;
        return port->number;
    }
    memory_free(port->name);
    return 0;
}

uint16_t ports_find(void *user, const char *name)
{
    struct ports *ports = user;

    for (size_t i = 0; i < ports->count; i++)
        if (strcmp(ports->rows[i].name, name) == 0)
            return ports->rows[i].number;
    return take_port(ports, name);
}

void ports_end(struct ports *ports)
{
    for (size_t i = 0; i < ports->count; i++) {
        close(ports->rows[i].claim);
        memory_free(ports->rows[i].name);
    }
    memory_free(ports->rows);
    *ports = (struct ports){NULL, 0};
}
