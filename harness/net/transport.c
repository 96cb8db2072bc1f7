/* Names of transports and signs, and the clock. */
#include "net/net.h"

static const char *const transport_names[NET_TRANSPORTS] = {
    [NET_TCP] = "tcp", [NET_TLS] = "tls", [NET_WS] = "ws", [NET_WSS] = "wss"};

static const char *const sign_names[NET_SIGNS] = {[NET_SIGN_FIN] = "fin",
                                                  [NET_SIGN_RESET] = "reset",
                                                  [NET_SIGN_NOTIFY] = "notify",
                                                  [NET_SIGN_ALERT] = "alert",
                                                  [NET_SIGN_WS_CLOSE] =
                                                      "ws_close"};

const char *net_transport_name(enum net_transport transport)
{
    return transport_names[transport];
}

bool net_transport_parse(struct slice name, enum net_transport *transport)
{
    for (size_t i = 0; i < NET_TRANSPORTS; i++) {
        if (slice_is(name, transport_names[i])) {
            *transport = (enum net_transport)i;
            return true;
        }
    }
    return false;
}

const char *net_sign_name(enum net_sign sign)
{
    return sign_names[sign];
}

int64_t net_now(void)
{
    return (int64_t)uv_hrtime();
}
