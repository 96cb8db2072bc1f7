/* The client's opening handshake (RFC 6455 section 4.1). */
#include "net/websocket_filter.h"
#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_BYTES = 16, HTTP_PORT = 80, HTTPS_PORT = 443, LONGEST_KEY = 256 };

bool websocket_accept_for(const char *key,
                          char accept[WEBSOCKET_ACCEPT_TEXT + 1])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    char text[LONGEST_KEY + sizeof guid];
    if (strlen(key) > LONGEST_KEY)
        return false;
    int size = snprintf(text, sizeof text, "%s%s", key, guid);
    if (SHA1((unsigned char *)text, (size_t)size, digest) == NULL)
        return false;
    EVP_EncodeBlock((unsigned char *)accept, digest, sizeof digest);
    return true;
}

static bool make_key(char key[WEBSOCKET_KEY_TEXT + 1])
{
    unsigned char bytes[KEY_BYTES];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    EVP_EncodeBlock((unsigned char *)key, bytes, sizeof bytes);
    return true;
}

static const struct net_header *find(const struct net_header *headers,
                                     size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(headers[i].name, name) == 0)
            return &headers[i];
    }
    return NULL;
}

/* What our caller states about a header field; NULL when nothing. */
static const struct net_header *stated(const struct websocket_options *options,
                                       const char *name)
{
    const struct net_header *header =
        find(options->headers, options->header_count, name);
    if (header != NULL)
        return header;
    return find(options->default_headers, options->default_header_count, name);
}

static void put_field(struct buffer *to,
                      const struct websocket_options *options, const char *name,
                      const char *value)
{
    size_t begin = to->size;
    if (value == NULL)
        return;
    buffer_text(to, name);
    for (size_t i = begin; options->lower_case_headers && i < to->size; i++)
        to->data[i] = (uint8_t)tolower(to->data[i]);
    buffer_format(to, ": %s\r\n", value);
}

/* A field of the handshake itself, unless the caller states another. */
static void put_default(struct buffer *to,
                        const struct websocket_options *options,
                        const char *name, const char *value)
{
    if (stated(options, name) == NULL)
        put_field(to, options, name, value);
}

static void host_text(const struct websocket_options *options, char *to,
                      size_t size)
{
    bool is_ipv6 = strchr(options->host, ':') != NULL;
    bool is_default =
        options->port == (options->secure ? HTTPS_PORT : HTTP_PORT);
    char port[8] = "";
    if (!is_default)
        snprintf(port, sizeof port, ":%u", (unsigned)options->port);
    snprintf(to, size, is_ipv6 ? "[%s]%s" : "%s%s", options->host, port);
}

static void put_subprotocols(struct buffer *to,
                             const struct websocket_options *options)
{
    struct buffer list = buffer_make(WEBSOCKET_REQUEST_CAP);
    for (size_t i = 0; i < options->subprotocol_count; i++)
        buffer_format(&list, "%s%s", i == 0 ? "" : ", ",
                      options->subprotocols[i]);
    if (list.size > 0)
        put_default(to, options, "Sec-WebSocket-Protocol",
                    buffer_string(&list));
    to->failed = to->failed || list.failed;
    buffer_free(&list);
}

/* Which names the broker may choose from. */
static void note_offers(struct websocket_upgrade *upgrade,
                        const struct websocket_options *options)
{
    const struct net_header *header = stated(options, "Sec-WebSocket-Protocol");
    if (header != NULL && header->value != NULL)
        buffer_text(&upgrade->offered, header->value);
    for (size_t i = 0; header == NULL && i < options->subprotocol_count; i++)
        buffer_format(&upgrade->offered, "%s%s", i == 0 ? "" : ",",
                      options->subprotocols[i]);
    upgrade->extensions_offered =
        stated(options, "Sec-WebSocket-Extensions") != NULL;
}

static bool expect_accept(struct websocket_upgrade *upgrade,
                          const struct websocket_options *options,
                          const char *key)
{
    const struct net_header *header = stated(options, "Sec-WebSocket-Key");
    if (header != NULL)
        key = header->value == NULL ? "" : header->value;
    return websocket_accept_for(key, upgrade->accept);
}

static void put_stated(struct buffer *to,
                       const struct websocket_options *options)
{
    const struct net_header *headers = options->headers;
    const struct net_header *defaults = options->default_headers;
    for (size_t i = 0; i < options->default_header_count; i++) {
        if (find(headers, options->header_count, defaults[i].name) == NULL)
            put_field(to, options, defaults[i].name, defaults[i].value);
    }
    for (size_t i = 0; i < options->header_count; i++)
        put_field(to, options, headers[i].name, headers[i].value);
}

bool websocket_ask(struct websocket_upgrade *upgrade,
                   const struct websocket_options *options)
{
    struct buffer *to = &upgrade->request;
    char key[WEBSOCKET_KEY_TEXT + 1];
    char host[280];
    upgrade->request = buffer_make(WEBSOCKET_REQUEST_CAP);
    upgrade->offered = buffer_make(WEBSOCKET_REQUEST_CAP);
    upgrade->answer = buffer_make(WEBSOCKET_ANSWER_CAP);
    if (!make_key(key) || !expect_accept(upgrade, options, key))
        return false;
    host_text(options, host, sizeof host);
    buffer_format(to, "GET %s HTTP/1.1\r\n", options->path);
    put_default(to, options, "Host", host);
    put_default(to, options, "Upgrade", "websocket");
    put_default(to, options, "Connection", "Upgrade");
    put_default(to, options, "Sec-WebSocket-Key", key);
    put_default(to, options, "Sec-WebSocket-Version", "13");
    put_subprotocols(to, options);
    put_stated(to, options);
    buffer_text(to, "\r\n");
    note_offers(upgrade, options);
    return !to->failed && !upgrade->offered.failed;
}
