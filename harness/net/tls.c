#include "net/tls.h"
#include "net/tls_filter.h"
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum {
    OUTPUT_CAP = 80 * 1024 * 1024, /* a little above what net_send accepts */
    KEPT_OUTPUT = 2048             /* more is given back when it is written */
};

static const struct version {
    int wire;
    bool is_old; /* refused above security level 0 */
} versions[] = {
    [NET_TLS_1_0] = {TLS1_VERSION, true},
    [NET_TLS_1_1] = {TLS1_1_VERSION, true},
    [NET_TLS_1_2] = {TLS1_2_VERSION, false},
    [NET_TLS_1_3] = {TLS1_3_VERSION, false},
};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

static bool set_version(SSL *ssl, enum net_tls_version version)
{
    if (version == NET_TLS_ANY)
        return true;
    if (versions[version].is_old) {
        SSL_set_security_level(ssl, 0);
        SSL_set_options(ssl, SSL_OP_LEGACY_SERVER_CONNECT);
    }
    return SSL_set_min_proto_version(ssl, versions[version].wire) == 1 &&
           SSL_set_max_proto_version(ssl, versions[version].wire) == 1;
}

static bool is_ip_address(const char *host)
{
    struct sockaddr_in6 address;
    return uv_ip4_addr(host, 0, (struct sockaddr_in *)&address) == 0 ||
           uv_ip6_addr(host, 0, &address) == 0;
}

static bool set_names(SSL *ssl, const struct tls_options *options)
{
    X509_VERIFY_PARAM *verify = SSL_get0_param(ssl);
    bool by_address = is_ip_address(options->host);
    const char *sni = options->server_name;
    if (sni == NULL && !by_address)
        sni = options->host;
    if (sni != NULL && sni[0] != '\0' &&
        SSL_set_tlsext_host_name(ssl, sni) != 1)
        return false;
    if (by_address)
        return X509_VERIFY_PARAM_set1_ip_asc(verify, options->host) == 1;
    return X509_VERIFY_PARAM_set1_host(verify, options->host, 0) == 1;
}

/* Keeps the name of the certificate in question, for the message. */
static int on_verify(int ok, X509_STORE_CTX *store)
{
    SSL *ssl =
        X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *tls = SSL_get_app_data(ssl);
    X509 *certificate = X509_STORE_CTX_get_current_cert(store);
    BIO *text = ok || certificate == NULL ? NULL : BIO_new(BIO_s_mem());
    if (text == NULL)
        return ok;
    if (X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0,
                           XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ) > 0) {
        int size = BIO_read(text, tls->subject, sizeof tls->subject - 1);
        tls->subject[size < 0 ? 0 : size] = '\0';
    }
    BIO_free(text);
    return ok;
}

static bool set_bio(struct tls *tls, struct net_trust *trust)
{
    BIO *bio = BIO_new(trust->bio);
    if (bio == NULL)
        return false;
    BIO_set_data(bio, tls);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls->ssl, bio, bio);
    return true;
}

/* Called by OpenSSL for every secret of every connection. */
static void on_secret(const SSL *ssl, const char *line)
{
    const struct tls *tls = SSL_get_app_data(ssl);
    if (tls->secret != NULL)
        tls->secret(tls->secret_user, line);
}

static bool set_up_asking(struct tls *tls, const struct tls_options *options)
{
    SSL_set_connect_state(tls->ssl);
    if (!tls->insecure)
        SSL_set_verify(tls->ssl, SSL_VERIFY_PEER, on_verify);
    if (!set_names(tls->ssl, options))
        return false;
    if (!set_version(tls->ssl, options->version)) {
        tls->unusable = true;
        snprintf(tls->text, sizeof tls->text,
                 "our own TLS library does not have this version of TLS");
    }
    return true;
}

static bool set_up(struct tls *tls, const struct tls_options *options)
{
    tls->ssl = SSL_new(options->trust->context);
    if (tls->ssl == NULL || !set_bio(tls, options->trust))
        return false;
    SSL_set_app_data(tls->ssl, tls);
    if (options->secret != NULL)
        SSL_CTX_set_keylog_callback(options->trust->context, on_secret);
    if (!options->trust->accepting)
        return set_up_asking(tls, options);
    /* The context of a server says all that is to be known. */
    SSL_set_accept_state(tls->ssl);
    return true;
}

struct tls *tls_new(const struct tls_options *options)
{
    struct tls *tls = memory_zero(1, sizeof *tls);
    if (tls == NULL)
        return NULL;
    tls->output = buffer_make(OUTPUT_CAP);
    tls->insecure = options->trust->insecure;
    tls->secret = options->secret;
    tls->secret_user = options->secret_user;
    snprintf(tls->peer, sizeof tls->peer, "%s:%u", options->host,
             (unsigned)options->port);
    ERR_clear_error();
    if (set_up(tls, options))
        return tls;
    ERR_clear_error();
    tls_free(tls);
    return NULL;
}

void tls_free(struct tls *tls)
{
    if (tls == NULL)
        return;
    SSL_free(tls->ssl);
    buffer_free(&tls->output);
    memory_free(tls);
}

void tls_feed(struct tls *tls, struct slice bytes)
{
    tls->input = bytes;
    tls->heard = tls->heard || bytes.size > 0;
}

static enum tls_step give_up(struct tls *tls, enum tls_step step)
{
    tls->over = true;
    tls->input = slice_make(NULL, 0);
    return step;
}

/* A call of OpenSSL did not succeed: because it wants more, or for good. */
static enum tls_step stopped(struct tls *tls, int result)
{
    switch (SSL_get_error(tls->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return TLS_WANTS_INPUT;
    case SSL_ERROR_ZERO_RETURN:
        return give_up(tls, TLS_NOTIFY);
    default:
        return give_up(tls, tls_failure(tls));
    }
}

static enum tls_step shake_hands(struct tls *tls)
{
    int result = SSL_do_handshake(tls->ssl);
    if (result != 1)
        return stopped(tls, result);
    tls->finished = true;
    return TLS_FINISHED;
}

enum tls_step tls_next(struct tls *tls, uint8_t *room, size_t room_size,
                       struct slice *data)
{
    size_t size = 0;
    *data = slice_make(NULL, 0);
    if (tls->over)
        return give_up(tls, TLS_WANTS_INPUT);
    if (tls->unusable)
        return give_up(tls, TLS_LOCAL);
    ERR_clear_error();
    if (!tls->finished)
        return shake_hands(tls);
    int result = SSL_read_ex(tls->ssl, room, room_size, &size);
    if (result != 1)
        return stopped(tls, result);
    *data = slice_make(room, size);
    return TLS_DATA;
}

bool tls_write(struct tls *tls, struct slice bytes)
{
    size_t written = 0;
    if (!tls->finished || tls->notified || bytes.size == 0)
        return true;
    ERR_clear_error();
    if (SSL_write_ex(tls->ssl, bytes.data, bytes.size, &written) == 1)
        return true;
    ERR_clear_error();
    return tls->over;
}

void tls_notify(struct tls *tls)
{
    if (!tls->finished || tls->notified)
        return;
    tls->notified = true;
    ERR_clear_error();
    SSL_shutdown(tls->ssl);
    ERR_clear_error();
}

struct slice tls_output(const struct tls *tls)
{
    return buffer_slice(&tls->output);
}

void tls_flushed(struct tls *tls)
{
    bool failed = tls->output.failed;
    if (tls->output.capacity > KEPT_OUTPUT)
        buffer_free(&tls->output);
    else
        buffer_clear(&tls->output);
    /* Bytes are missing in the stream: it stays unusable. */
    tls->output.failed = failed;
}

enum net_tls_version tls_version(const struct tls *tls)
{
    int wire = tls->finished ? SSL_version(tls->ssl) : 0;
    for (size_t i = NET_TLS_1_0; i < VERSIONS; i++) {
        if (versions[i].wire == wire)
            return (enum net_tls_version)i;
    }
    return NET_TLS_ANY;
}

const char *tls_text(const struct tls *tls)
{
    return tls->text;
}
