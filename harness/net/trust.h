/* What net_trust holds, for the TLS filter. */
#ifndef MQTTSPEC_NET_TRUST_H
#define MQTTSPEC_NET_TRUST_H

#include "net/net.h"
#include <openssl/ssl.h>

struct net_trust {
    SSL_CTX *context;
    BIO_METHOD *bio; /* bytes in and out of memory: tls_bio.c */
    bool insecure;
    bool accepting;
};

/* The kind of BIO that a TLS filter reads and writes through; its data is
 * the struct tls. NULL when there is no memory. */
BIO_METHOD *tls_bio_method(void);

#endif
