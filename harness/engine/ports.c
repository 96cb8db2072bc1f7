#include "engine/ports.h"

#include "memory/memory.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint16_t bound_port(int socket_number)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;

    if (bind(socket_number, (struct sockaddr *)&address, size) ||
        getsockname(socket_number, (struct sockaddr *)&address, &size))
        return 0;
    return ntohs(address.sin_port);
}

static uint16_t take_port(struct ports *ports, const char *name)
{
    struct port *rows =
        memory_resize(ports->rows, (ports->count + 1) * sizeof *rows);

    if (!rows)
        return 0;
    ports->rows = rows;
    struct port *port = &rows[ports->count];
    port->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (port->socket < 0)
        return 0;
    port->number = bound_port(port->socket);
    port->name = memory_copy(name);
    if (port->number && port->name) {
        ports->count++;
        return port->number;
    }
    close(port->socket);
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

void ports_release(struct ports *ports)
{
    for (size_t i = 0; i < ports->count; i++) {
        if (ports->rows[i].socket >= 0)
            close(ports->rows[i].socket);
        ports->rows[i].socket = -1;
    }
}

void ports_end(struct ports *ports)
{
    ports_release(ports);
    for (size_t i = 0; i < ports->count; i++)
        memory_free(ports->rows[i].name);
    memory_free(ports->rows);
    *ports = (struct ports){NULL, 0};
}
