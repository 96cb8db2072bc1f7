/* Addresses as text, and what a failed connect means. */
#include "net/connection.h"
#include <stdio.h>

void net_address_text(const struct sockaddr *address, char *to, size_t size)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    char name[INET6_ADDRSTRLEN] = "";
    to[0] = '\0';
    if (address->sa_family == AF_INET &&
        uv_ip4_name(v4, name, sizeof name) == 0)
        snprintf(to, size, "%s:%u", name, (unsigned)ntohs(v4->sin_port));
    else if (address->sa_family == AF_INET6 &&
             uv_ip6_name(v6, name, sizeof name) == 0)
        snprintf(to, size, "[%s]:%u", name, (unsigned)ntohs(v6->sin6_port));
}

static const struct connect_error {
    int error;
    enum net_failure failure;
    const char *begin, *end; /* around the address */
} connect_errors[] = {
    {UV_ECONNREFUSED, NET_FAILURE_REFUSED, "connection refused by ", ""},
    {UV_ECONNRESET, NET_FAILURE_REFUSED, "connection reset by ", ""},
    {UV_ETIMEDOUT, NET_FAILURE_REFUSED, "no answer from ", ""},
    {UV_EHOSTUNREACH, NET_FAILURE_REFUSED, "no route to ", ""},
    {UV_ENETUNREACH, NET_FAILURE_REFUSED, "no route to ", ""},
    {UV_EADDRNOTAVAIL, NET_FAILURE_LOCAL,
     "no local port is free for a connection to ", ""},
};
enum { CONNECT_ERRORS = sizeof connect_errors / sizeof connect_errors[0] };

enum net_failure net_connect_failure(int error, const char *remote, char *text,
                                     size_t size)
{
    for (size_t i = 0; i < CONNECT_ERRORS; i++) {
        const struct connect_error *known = &connect_errors[i];
        if (known->error == error) {
            snprintf(text, size, "%s%s%s", known->begin, remote, known->end);
            return known->failure;
        }
    }
    snprintf(text, size, "cannot connect to %s: %s", remote,
             uv_strerror(error));
    return NET_FAILURE_LOCAL;
}
