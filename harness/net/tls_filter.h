/* What struct tls holds, for the three files that make up the filter. */
#ifndef MQTTSPEC_NET_TLS_FILTER_H
#define MQTTSPEC_NET_TLS_FILTER_H

#include "net/tls.h"
#include "net/trust.h"

struct tls {
    SSL *ssl;
    bool insecure;
    bool unusable; /* our library does not have the version; text says so */
    bool finished; /* the handshake */
    bool notified; /* our close_notify is written */
    bool over;     /* no more input is taken */
    bool heard;    /* any byte has come from the peer */
    struct slice input;
    struct buffer output;
    void (*secret)(void *user, const char *line);
    void *secret_user;
    char peer[280];    /* host:port */
    char subject[128]; /* of the certificate that does not verify */
    char text[480];
};

/* Which step a failed call of OpenSSL is, told from its error queue; puts
 * the line that explains it into tls->text. */
enum tls_step tls_failure(struct tls *tls);

#endif
