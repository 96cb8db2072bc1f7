#include "engine/target.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_CAP 5000

/* ---- addresses --------------------------------------------------------- */

static void take_addresses(struct target_address *address,
                           const struct addrinfo *list)
{
    for (; list && address->address_count < TARGET_ADDRESSES;
         list = list->ai_next)
        if (list->ai_addrlen <= sizeof address->addresses[0])
            memcpy(&address->addresses[address->address_count++], list->ai_addr,
                   list->ai_addrlen);
}

static bool look_up(struct target *target, struct target_address *address)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    char port[8];

    snprintf(port, sizeof port, "%u", (unsigned)address->url.port);
    int error = getaddrinfo(address->url.host, port, &hints, &list);
    if (!error) {
        take_addresses(address, list);
        freeaddrinfo(list);
    }
    if (address->address_count)
        return true;
    snprintf(target->trouble, sizeof target->trouble,
             "the name '%.120s' has no address: %.80s", address->url.host,
             error ? gai_strerror(error) : "none of a known kind");
    return false;
}

static bool read_url(struct target *target, struct target_address *address,
                     const char *text)
{
    char error[160];

    if (!net_url_parse(text, &address->url, error, sizeof error)) {
        snprintf(target->trouble, sizeof target->trouble,
                 "the address '%.60s' is wrong: %.160s", text, error);
        return false;
    }
    address->offered = true;
    return look_up(target, address);
}

static bool read_endpoint(struct target *target,
                          struct target_endpoint *endpoint,
                          const struct profile_endpoint *from)
{
    endpoint->name = from->name;
    for (size_t i = 0; i < NET_TRANSPORTS; i++)
        if (from->urls[i] &&
            !read_url(target, &endpoint->by_transport[i], from->urls[i]))
            return false;
    return true;
}

static bool read_endpoints(struct target *target)
{
    size_t count = target->profile->endpoint_count;

    target->endpoints = memory_zero(count, sizeof *target->endpoints);
    if (!target->endpoints) {
        snprintf(target->trouble, sizeof target->trouble, "no memory");
        return false;
    }
    target->count = count;
    for (size_t i = 0; i < count; i++)
        if (!read_endpoint(target, &target->endpoints[i],
                           &target->profile->endpoints[i]))
            return false;
    return true;
}

const struct target_address *target_address(const struct target *target,
                                            const char *endpoint,
                                            enum net_transport transport)
{
    for (size_t i = 0; i < target->count; i++) {
        const struct target_endpoint *at = &target->endpoints[i];
        if (strcmp(at->name, endpoint) == 0)
            return at->by_transport[transport].offered
                       ? &at->by_transport[transport]
                       : NULL;
    }
    return NULL;
}

void target_print(const struct target_address *address, char *to, size_t size)
{
    struct buffer out = buffer_make(ADDRESS_CAP);

    net_url_print(&address->url, false, &out);
    snprintf(to, size, "%s", buffer_string(&out));
    buffer_free(&out);
}

/* ---- trust ------------------------------------------------------------- */

static const char *const certificate_names[CERTIFICATES] = {
    [CERTIFICATE_NONE] = "none",
    [CERTIFICATE_GOOD] = "good",
    [CERTIFICATE_EXPIRED] = "expired",
    [CERTIFICATE_OTHER_CA] = "other_ca",
};
/* What `make` in fixtures/certs calls them. */
static const char *const certificate_files[CERTIFICATES] = {
    [CERTIFICATE_GOOD] = "client",
    [CERTIFICATE_EXPIRED] = "expired",
    [CERTIFICATE_OTHER_CA] = "other_client",
};

static const char *stated(const char *by_user, const char *by_profile)
{
    return by_user ? by_user : by_profile;
}

static const char *own_certificate(const struct target *target)
{
    return stated(target->options->certificate, target->profile->certificate);
}

static const char *own_key(const struct target *target)
{
    return stated(target->options->key, target->profile->key);
}

/* The files of a test certificate, in room for two paths. */
static bool certificate_paths(struct target *target,
                              enum target_certificate which, char (*room)[512],
                              struct net_trust_options *options)
{
    static const char *const endings[] = {"pem", "key"};

    if (!target->options->certs) {
        snprintf(target->trouble, sizeof target->trouble,
                 "there is no folder of test certificates");
        return false;
    }
    for (size_t i = 0; i < 2; i++)
        snprintf(room[i], sizeof room[i], "%s/%s.%s", target->options->certs,
                 certificate_files[which], endings[i]);
    options->certificate = room[0];
    options->key = room[1];
    return true;
}

static bool choose_certificate(struct target *target,
                               enum target_certificate which, char (*room)[512],
                               struct net_trust_options *options)
{
    bool own = which == CERTIFICATE_OWN ||
               (which == CERTIFICATE_GOOD && own_certificate(target));

    if (own) {
        options->certificate = own_certificate(target);
        options->key = own_key(target);
        return true;
    }
    if (!certificate_files[which])
        return true;
    return certificate_paths(target, which, room, options);
}

static struct net_trust *trust(struct target *target,
                               enum target_certificate which)
{
    char room[2][512];
    char error[200] = "";
    struct net_trust_options options = {
        .ca_file = stated(target->options->ca, target->profile->ca),
        .insecure = target->options->insecure || target->profile->insecure,
    };

    if (target->trusts[which])
        return target->trusts[which];
    if (!choose_certificate(target, which, room, &options))
        return NULL;
    target->trusts[which] = net_trust_new(&options, error, sizeof error);
    if (!target->trusts[which])
        snprintf(target->trouble, sizeof target->trouble, "%.200s", error);
    return target->trusts[which];
}

static bool uses_tls(enum net_transport transport)
{
    return transport == NET_TLS || transport == NET_WSS;
}

/* ---- options of a connection ------------------------------------------- */

static bool refuse(struct target *target, const char *endpoint,
                   enum net_transport transport, const char **trouble)
{
    snprintf(target->trouble, sizeof target->trouble,
             "the target has no %s address for the endpoint '%.100s'",
             net_transport_name(transport), endpoint);
    *trouble = target->trouble;
    return false;
}

static void fill_options(const struct target *target,
                         const struct target_address *address,
                         struct net_options *options)
{
    const struct run_options *user = target->options;

    *options = (struct net_options){
        .transport = address->url.transport,
        .address = address->addresses[address->chosen],
        .host = address->url.host,
        .port = address->url.port,
        .server_name = user->server_name,
        .path = stated(user->path, address->url.path),
        .default_headers = user->headers,
        .default_header_count = user->header_count,
    };
}

static bool add_trust(struct target *target, enum target_certificate which,
                      struct net_options *options, const char **trouble)
{
    if (!uses_tls(options->transport))
        return true;
    options->trust = trust(target, which);
    *trouble = target->trouble;
    return options->trust != NULL;
}

bool target_options(struct target *target, const char *endpoint,
                    enum net_transport transport, struct net_options *options,
                    const char **trouble)
{
    const struct target_address *address =
        target_address(target, endpoint, transport);

    if (!address)
        return refuse(target, endpoint, transport, trouble);
    fill_options(target, address, options);
    return add_trust(target, CERTIFICATE_OWN, options, trouble);
}

static enum target_certificate which_certificate(const char *name)
{
    for (size_t i = 0; name && i < CERTIFICATES; i++)
        if (certificate_names[i] && strcmp(certificate_names[i], name) == 0)
            return (enum target_certificate)i;
    return CERTIFICATE_OWN;
}

static void state_upgrade(const struct stage_open *how,
                          struct net_options *options)
{
    const struct open_step *open = how->stated;

    options->path = stated(open->path, options->path);
    options->headers = open->headers;
    options->header_count = open->header_count;
    options->lower_case_headers = open->lower_case_headers;
    if (open->has_subprotocols) {
        static const char *const none[] = {""};
        options->subprotocols =
            open->subprotocol_count ? open->subprotocols : none;
        options->subprotocol_count = open->subprotocol_count;
    }
    options->manual_upgrade = open->manual_upgrade;
    options->upgrade_stop = open->upgrade_stop_after != NULL;
    options->upgrade_stop_after = how->upgrade_stop_after;
}

static void state_tls(const struct stage_open *how, struct net_options *options)
{
    const struct open_step *open = how->stated;

    options->server_name = stated(open->server_name, options->server_name);
    options->tls_version = open->tls_version;
    options->manual_handshake = open->manual_handshake;
    options->has_tls_stop_after = open->tls_stop_after != NULL;
    options->tls_stop_after = how->tls_stop_after;
}

bool target_stage_options(struct target *target, const struct stage_open *how,
                          struct net_options *options, const char **trouble)
{
    const struct open_step *open = how->stated;
    const struct target_address *address =
        target_address(target, how->endpoint, how->transport);

    if (!address)
        return refuse(target, how->endpoint, how->transport, trouble);
    fill_options(target, address, options);
    options->server_name = stated(how->server_name, options->server_name);
    if (!open)
        return add_trust(target, CERTIFICATE_OWN, options, trouble);
    options->receive_buffer = open->receive_buffer;
    options->tcp_only = open->bare;
    state_upgrade(how, options);
    state_tls(how, options);
    return add_trust(target, which_certificate(open->certificate), options,
                     trouble);
}

/* ---- accounts and variables -------------------------------------------- */

static struct slice text_or_none(const char *text)
{
    return text ? slice_of(text) : (struct slice){NULL, 0};
}

static struct player_account account_of(const char *user_name,
                                        const char *password)
{
    return (struct player_account){.found = true,
                                   .user_name = text_or_none(user_name),
                                   .password = text_or_none(password)};
}

/* What the command line, the profile and the URL say of it, in this order. */
static struct player_account default_account(const struct target *target)
{
    const struct run_options *user = target->options;
    const struct profile_account *account =
        profile_account(target->profile, "default");

    if (user->user_name || user->password)
        return account_of(user->user_name, user->password);
    if (account)
        return account_of(account->user_name, account->password);
    for (size_t i = 0; i < NET_TRANSPORTS; i++) {
        const struct target_address *address =
            target_address(target, "default", (enum net_transport)i);
        if (address && address->url.user_name)
            return account_of(address->url.user_name, address->url.password);
    }
    return account_of(NULL, NULL);
}

struct player_account target_account(void *user, const char *name)
{
    const struct target *target = user;

    if (strcmp(name, "default") == 0)
        return default_account(target);
    const struct profile_account *account =
        profile_account(target->profile, name);
    if (account)
        return account_of(account->user_name, account->password);
    struct player_account none = account_of(NULL, NULL);
    none.found = strcmp(name, "none") == 0;
    return none;
}

static bool give_text(const char *text, struct value *value)
{
    if (!text)
        return false;
    *value = (struct value){.kind = VALUE_BYTES, .bytes = slice_of(text)};
    return true;
}

bool target_variable(void *user, const char *name, struct value *value)
{
    const struct profile *profile = ((const struct target *)user)->profile;

    if (strcmp(name, "auth.method") == 0)
        return give_text(profile->auth_method, value);
    if (strncmp(name, "profile.", 8) == 0)
        name += 8;
    for (size_t i = 0; i < profile->value_count; i++)
        if (strcmp(profile->values[i].name, name) == 0)
            return give_text(profile->values[i].value, value);
    return false;
}

bool target_auth(void *user, struct slice move, struct value *value)
{
    char name[32];

    snprintf(name, sizeof name, "auth_%.*s", (int)move.size,
             (const char *)move.data);
    return target_variable(user, name, value);
}

/* ---- begin and end ----------------------------------------------------- */

bool target_begin(struct target *target, const struct run_options *options)
{
    *target = (struct target){.options = options, .profile = options->profile};
    return read_endpoints(target);
}

void target_end(struct target *target)
{
    for (size_t i = 0; i < target->count; i++)
        for (size_t j = 0; j < NET_TRANSPORTS; j++)
            net_url_free(&target->endpoints[i].by_transport[j].url);
    memory_free(target->endpoints);
    for (size_t i = 0; i < CERTIFICATES; i++)
        if (target->trusts[i])
            net_trust_free(target->trusts[i]);
    target->endpoints = NULL;
    target->count = 0;
}
