/* Certificates, keys and authorities: one SSL_CTX for many connections. */
#include "net/trust.h"
#include <openssl/err.h>
#include <stdio.h>

static bool refuse(char *error, size_t error_size, const char *what,
                   const char *file)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = ERR_reason_error_string(code);
    snprintf(error, error_size, "%s%s: %s", what, file == NULL ? "" : file,
             reason == NULL ? "OpenSSL gives no reason" : reason);
    ERR_clear_error();
    return false;
}

static bool load_authorities(SSL_CTX *context,
                             const struct net_trust_options *options,
                             char *error, size_t error_size)
{
    if (options->ca_file == NULL) {
        return SSL_CTX_set_default_verify_paths(context) == 1 ||
               refuse(error, error_size,
                      "cannot read the system's certificate authorities", NULL);
    }
    return SSL_CTX_load_verify_file(context, options->ca_file) == 1 ||
           refuse(error, error_size,
                  "cannot read the certificate authorities in ",
                  options->ca_file);
}

static bool load_certificate(SSL_CTX *context,
                             const struct net_trust_options *options,
                             char *error, size_t error_size)
{
    /* The key may stand in the certificate's file. */
    const char *key =
        options->key == NULL ? options->certificate : options->key;
    if (options->certificate == NULL)
        return true;
    if (SSL_CTX_use_certificate_chain_file(context, options->certificate) != 1)
        return refuse(error, error_size, "cannot read the certificate in ",
                      options->certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        return refuse(error, error_size, "cannot use the key in ", key);
    return true;
}

/* What only clients need. */
static bool set_up_asking(SSL_CTX *context,
                          const struct net_trust_options *options, char *error,
                          size_t error_size)
{
    return options->insecure ||
           load_authorities(context, options, error, error_size);
}

/* What only servers need. Every handshake is a full one, so that it judges
 * the client's certificate anew. */
static bool set_up_accepting(SSL_CTX *context,
                             const struct net_trust_options *options,
                             char *error, size_t error_size)
{
    int oldest = options->insecure ? TLS1_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    if (SSL_CTX_set_num_tickets(context, 0) != 1 ||
        SSL_CTX_set_min_proto_version(context, oldest) != 1)
        return refuse(error, error_size, "cannot set up TLS", NULL);
    if (options->insecure || options->ca_file == NULL)
        return true;
    SSL_CTX_set_verify(context,
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return load_authorities(context, options, error, error_size);
}

static bool load(struct net_trust *trust,
                 const struct net_trust_options *options, char *error,
                 size_t error_size)
{
    bool accepting = options->accepting;
    trust->insecure = options->insecure;
    trust->accepting = accepting;
    trust->context =
        SSL_CTX_new(accepting ? TLS_server_method() : TLS_client_method());
    trust->bio = tls_bio_method();
    if (trust->context == NULL || trust->bio == NULL)
        return refuse(error, error_size, "cannot set up TLS", NULL);
    SSL_CTX_set_session_cache_mode(trust->context, SSL_SESS_CACHE_OFF);
    /* An idle connection then keeps no record buffers: 34 KiB less each. */
    SSL_CTX_set_mode(trust->context, SSL_MODE_RELEASE_BUFFERS);
    if (options->insecure)
        SSL_CTX_set_security_level(trust->context, 0);
    return (accepting ? set_up_accepting : set_up_asking)(
               trust->context, options, error, error_size) &&
           load_certificate(trust->context, options, error, error_size);
}

struct net_trust *net_trust_new(const struct net_trust_options *options,
                                char *error, size_t error_size)
{
    struct net_trust *trust = memory_zero(1, sizeof *trust);
    if (trust == NULL) {
        snprintf(error, error_size, "no memory");
        return NULL;
    }
    ERR_clear_error();
    if (load(trust, options, error, error_size))
        return trust;
    net_trust_free(trust);
    return NULL;
}

void net_trust_free(struct net_trust *trust)
{
    if (trust == NULL)
        return;
    SSL_CTX_free(trust->context);
    BIO_meth_free(trust->bio);
    memory_free(trust);
}
