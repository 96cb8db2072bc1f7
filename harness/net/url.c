/* A broker's address as people write it. */
#include "net/net.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_URL = 4096, LONGEST_HOST = 255 };

static const struct scheme {
    const char *name;
    enum net_transport transport;
    uint16_t port;
    const char *path; /* NULL: the scheme has none */
} schemes[] = {
    {"mqtt", NET_TCP, 1883, NULL},
    {"mqtts", NET_TLS, 8883, NULL},
    {"ws", NET_WS, 8083, "/mqtt"},
    {"wss", NET_WSS, 8084, "/mqtt"},
};
enum { SCHEMES = sizeof schemes / sizeof schemes[0] };

struct reader {
    const char *text; /* the whole, for messages */
    struct slice rest;
    char *error;
    size_t error_size;
    bool to_listen; /* port 0 means a free one */
};

int net_url_shown(const char *text, const char **mask)
{
    size_t length = strcspn(text, "?");

    *mask = text[length] ? "?***" : "";
    return (int)length;
}

/* Without what may be an account or a token. */
static bool refuse(struct reader *reader, const char *why)
{
    const char *text = reader->text;
    const char *host = strstr(text, "://");
    const char *at = host ? strrchr(host, '@') : NULL;
    const char *rest = at ? at : text;
    const char *mask;
    int length = net_url_shown(rest, &mask);

    snprintf(reader->error, reader->error_size,
             "%.*s%s%.*s%s is not an address of a broker: %s",
             at ? (int)(host - text) : 0, text, at ? "://***" : "",
             length < 200 ? length : 200, rest, mask, why);
    return false;
}

static bool no_memory(struct reader *reader)
{
    snprintf(reader->error, reader->error_size, "no memory");
    return false;
}

static size_t find(struct slice in, const char *any_of)
{
    size_t i = 0;
    while (i < in.size && strchr(any_of, in.data[i]) == NULL)
        i++;
    return i;
}

static struct slice take(struct slice *from, size_t size)
{
    struct slice taken = slice_make(from->data, size);
    from->data += size;
    from->size -= size;
    return taken;
}

static char *text_of(struct slice slice)
{
    char *text = memory_new(slice.size + 1);
    if (text == NULL)
        return NULL;
    if (slice.size > 0)
        memcpy(text, slice.data, slice.size);
    text[slice.size] = '\0';
    return text;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Resolves %40 and the like in place. */
static bool unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_digit((uint8_t)from[1]);
        int low = high < 0 ? -1 : hex_digit((uint8_t)from[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

static const struct scheme *scheme_called(struct slice name)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        const char *candidate = schemes[i].name;
        if (name.size == strlen(candidate) &&
            strncasecmp((const char *)name.data, candidate, name.size) == 0)
            return &schemes[i];
    }
    return NULL;
}

static const struct scheme *read_scheme(struct reader *reader)
{
    struct slice separator = slice_of("://");
    size_t end = find(reader->rest, ":");
    struct slice name = take(&reader->rest, end);
    const struct scheme *scheme = scheme_called(name);
    if (scheme == NULL || !slice_starts(reader->rest, separator)) {
        refuse(reader, "it must begin with mqtt://, mqtts://, ws:// or wss://");
        return NULL;
    }
    take(&reader->rest, separator.size);
    return scheme;
}

static bool read_account(struct reader *reader, struct slice account,
                         struct net_url *url)
{
    size_t colon = find(account, ":");
    bool has_password = colon < account.size;
    url->user_name = text_of(take(&account, colon));
    if (url->user_name == NULL)
        return no_memory(reader);
    if (has_password) {
        take(&account, 1);
        url->password = text_of(account);
        if (url->password == NULL)
            return no_memory(reader);
    }
    if (!unescape(url->user_name) || (has_password && !unescape(url->password)))
        return refuse(reader, "a % in user name or password must be followed "
                              "by two hexadecimal digits, not both 0");
    return true;
}

static bool read_port(struct reader *reader, struct slice digits,
                      uint16_t *port)
{
    static const char *const why = "the port must be a number from 1 to 65535";
    unsigned value = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return refuse(reader, why);
        value = value * 10 + (unsigned)(digits.data[i] - '0');
        if (value > UINT16_MAX)
            return refuse(reader, why);
    }
    if (value == 0 && (!reader->to_listen || digits.size == 0))
        return refuse(reader, why);
    *port = (uint16_t)value;
    return true;
}

/* The host, in brackets where it is an IPv6 address; the rest is the port. */
static bool split_host(struct reader *reader, struct slice *rest,
                       struct slice *host)
{
    bool bracket = rest->size > 0 && rest->data[0] == '[';
    if (bracket)
        take(rest, 1);
    size_t end = find(*rest, bracket ? "]" : ":");
    if (bracket && end == rest->size)
        return refuse(reader, "the bracket before the host is not closed");
    *host = take(rest, end);
    if (bracket)
        take(rest, 1);
    if (host->size == 0)
        return refuse(reader, "it has no host");
    if (host->size > LONGEST_HOST)
        return refuse(reader, "its host has more than 255 characters");
    return true;
}

static bool read_host(struct reader *reader, struct slice authority,
                      struct net_url *url)
{
    struct slice host = slice_make(NULL, 0);
    if (!split_host(reader, &authority, &host))
        return false;
    url->host = text_of(host);
    if (url->host == NULL)
        return no_memory(reader);
    if (authority.size == 0)
        return true;
    if (authority.data[0] != ':')
        return refuse(reader, "only a port may follow the host");
    take(&authority, 1);
    return read_port(reader, authority, &url->port);
}

static bool read_authority(struct reader *reader, struct net_url *url)
{
    struct slice authority = take(&reader->rest, find(reader->rest, "/?#"));
    size_t at = authority.size;
    while (at > 0 && authority.data[at - 1] != '@')
        at--;
    if (at > 0) {
        struct slice account = take(&authority, at);
        account.size--;
        if (!read_account(reader, account, url))
            return false;
    }
    return read_host(reader, authority, url);
}

static bool read_path(struct reader *reader, const struct scheme *scheme,
                      struct net_url *url)
{
    struct slice path = reader->rest;
    if (find(path, "#") < path.size)
        return refuse(reader, "a fragment (#) means nothing to a broker");
    if (path.size > 0 && path.data[0] != '/')
        return refuse(reader, "a path must begin with /");
    if (scheme->path == NULL && path.size > 1)
        return refuse(reader, "only ws:// and wss:// have a path");
    bool given = scheme->path != NULL && path.size > 0;
    url->path = given ? text_of(path)
                      : memory_copy(scheme->path == NULL ? "" : scheme->path);
    return url->path != NULL || no_memory(reader);
}

static bool is_plain(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f)
            return false;
    }
    return true;
}

static bool read_url(struct reader *reader, struct net_url *url)
{
    if (!is_plain(reader->text))
        return refuse(reader, "it may hold only visible ASCII characters");
    if (reader->rest.size > LONGEST_URL)
        return refuse(reader, "it has more than 4096 characters");
    const struct scheme *scheme = read_scheme(reader);
    if (scheme == NULL)
        return false;
    url->transport = scheme->transport;
    url->port = scheme->port;
    return read_authority(reader, url) && read_path(reader, scheme, url);
}

static bool parse(const char *text, bool to_listen, struct net_url *url,
                  char *error, size_t error_size)
{
    struct reader reader = {
        .text = text, .rest = slice_of(text), .to_listen = to_listen};
    reader.error = error;
    reader.error_size = error_size;
    *url = (struct net_url){0};
    if (read_url(&reader, url))
        return true;
    net_url_free(url);
    return false;
}

bool net_url_parse(const char *text, struct net_url *url, char *error,
                   size_t error_size)
{
    return parse(text, false, url, error, error_size);
}

bool net_url_parse_to_listen(const char *text, struct net_url *url, char *error,
                             size_t error_size)
{
    return parse(text, true, url, error, error_size);
}

void net_url_free(struct net_url *url)
{
    memory_free(url->host);
    memory_free(url->path);
    memory_free(url->user_name);
    memory_free(url->password);
    *url = (struct net_url){0};
}

static const char *scheme_of(enum net_transport transport)
{
    for (size_t i = 0; i < SCHEMES; i++)
        if (schemes[i].transport == transport)
            return schemes[i].name;
    return "";
}

void net_url_print(const struct net_url *url, bool reveal, struct buffer *out)
{
    bool brackets = strchr(url->host, ':') != NULL;
    const char *rest;
    int length = net_url_shown(url->path, &rest);

    if (reveal)
        rest = url->path + length;
    buffer_format(out, "%s://%s%s%s:%u%.*s%s", scheme_of(url->transport),
                  brackets ? "[" : "", url->host, brackets ? "]" : "",
                  (unsigned)url->port, length, url->path, rest);
}
