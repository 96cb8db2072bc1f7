/* Listening: for those who play a broker, or stand before one. */
#include "net/net.h"

#include <netinet/in.h>
#include <string.h>

bool net_listen_address(const char *host, uint16_t port,
                        struct sockaddr_storage *address)
{
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    return uv_ip4_addr(host, port, (struct sockaddr_in *)address) == 0 ||
           uv_ip6_addr(host, port, (struct sockaddr_in6 *)address) == 0;
}

static uint16_t port_of(const uv_tcp_t *tcp)
{
    struct sockaddr_storage address = {0};
    int size = sizeof address;
    uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &size);
    return ntohs(address.ss_family == AF_INET6
                     ? ((struct sockaddr_in6 *)&address)->sin6_port
                     : ((struct sockaddr_in *)&address)->sin_port);
}

int net_listen(uv_tcp_t *tcp, const struct sockaddr_storage *address,
               int backlog, uv_connection_cb on_connection, uint16_t *port)
{
    int result = uv_tcp_bind(tcp, (const struct sockaddr *)address, 0);
    if (result == 0)
        result = uv_listen((uv_stream_t *)tcp, backlog, on_connection);
    if (result == 0)
        *port = port_of(tcp);
    return result;
}
