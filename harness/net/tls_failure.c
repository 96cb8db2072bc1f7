/* What an error of OpenSSL means: the broker's refusal, the broker's
 * mistake, or a limit of our own library. A local limit must never pass for
 * a refusal by the broker. */
#include "net/tls_filter.h"
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

/* Reasons that do not speak of an alert or of damaged records. */
static const struct reason {
    int code;
    enum tls_step step;
} reasons[] = {
    {SSL_R_UNSUPPORTED_PROTOCOL, TLS_DISAGREED},
    {SSL_R_WRONG_SSL_VERSION, TLS_DISAGREED},
    {SSL_R_INAPPROPRIATE_FALLBACK, TLS_DISAGREED},
    {SSL_R_WRONG_CIPHER_RETURNED, TLS_DISAGREED},
    {SSL_R_UNKNOWN_CIPHER_RETURNED, TLS_DISAGREED},
    {SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED, TLS_DISAGREED},
    {SSL_R_DH_KEY_TOO_SMALL, TLS_LOCAL},
    {SSL_R_EE_KEY_TOO_SMALL, TLS_LOCAL},
    {SSL_R_VERSION_TOO_LOW, TLS_LOCAL},
    {SSL_R_NO_PROTOCOLS_AVAILABLE, TLS_LOCAL},
    {SSL_R_NO_CIPHERS_AVAILABLE, TLS_LOCAL},
    {ERR_R_MALLOC_FAILURE, TLS_LOCAL},
    {ERR_R_INTERNAL_ERROR, TLS_LOCAL},
};
enum { REASONS = sizeof reasons / sizeof reasons[0] };

static enum tls_step step_of(const struct tls *tls, int reason)
{
    if (tls->output.failed || !tls->heard)
        return TLS_LOCAL;
    if (!tls->finished && !tls->insecure &&
        SSL_get_verify_result(tls->ssl) != X509_V_OK)
        return TLS_TRUST;
    for (size_t i = 0; i < REASONS; i++) {
        if (reasons[i].code == reason)
            return reasons[i].step;
    }
    return TLS_ALERT;
}

static void say(struct tls *tls, const char *before, const char *between,
                const char *why)
{
    snprintf(tls->text, sizeof tls->text, "%s%s%s%s", before, tls->peer,
             between, why);
}

static void explain_alert(struct tls *tls, int alert, const char *why)
{
    const char *name = SSL_alert_desc_string_long(alert);
    /* OpenSSL has no plain name for the newer alerts. */
    if (strcmp(name, "unknown") == 0)
        name = why;
    if (tls->finished)
        say(tls, "", " sent the fatal TLS alert: ", name);
    else
        say(tls, "the TLS handshake was refused by ",
            " with the alert: ", name);
}

static void explain_trust(struct tls *tls)
{
    long result = SSL_get_verify_result(tls->ssl);
    snprintf(tls->text, sizeof tls->text,
             "the certificate of %s does not verify: %s%s%s%s", tls->peer,
             X509_verify_cert_error_string(result),
             tls->subject[0] == '\0' ? "" : " (", tls->subject,
             tls->subject[0] == '\0' ? "" : ")");
}

enum tls_step tls_failure(struct tls *tls)
{
    unsigned long code = ERR_peek_error();
    int reason = ERR_GET_REASON(code);
    const char *why = ERR_reason_error_string(code);
    bool is_alert =
        ERR_GET_LIB(code) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET;
    enum tls_step step = step_of(tls, reason);
    if (why == NULL)
        why = "OpenSSL gives no reason";
    if (step == TLS_LOCAL)
        say(tls, "our own TLS library cannot go on with ", ": ",
            tls->output.failed ? "no memory" : why);
    else if (step == TLS_TRUST)
        explain_trust(tls);
    else if (step == TLS_DISAGREED)
        say(tls, "TLS cannot be agreed with ", ": ", why);
    else if (is_alert)
        explain_alert(tls, reason - SSL_AD_REASON_OFFSET, why);
    else
        say(tls, "what came from ", " is not valid TLS: ", why);
    ERR_clear_error();
    return step;
}
