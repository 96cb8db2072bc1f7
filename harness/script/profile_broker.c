/* How a broker is started and reached: command, environment, files,
 * endpoints, accounts. */
#include "script/profile_inside.h"
#include <stddef.h>
#include <string.h>

/* ---- starting ---------------------------------------------------------- */

void profile_read_command(struct profile_reader *reader,
                          const struct node *node, void *record)
{
    struct profile *profile = record;
    size_t count;
    const char **words = profile_rows(reader, node, NODE_LIST, "the command",
                                      sizeof *words, &count);
    for (size_t i = 0; i < count; i++)
        words[i] =
            profile_template(reader, node->items[i], "a word of the command");
    if (node->kind == NODE_LIST &&
        (node->count == 0 || node_is(node->items[0], "")))
        diagnose(reader->diagnostics, node->source, "the program and its words",
                 NULL, "the command is empty");
    profile->command = words;
    profile->command_count = count;
}

static bool is_variable_name(struct slice name)
{
    bool good = name.size > 0 && !(name.data[0] >= '0' && name.data[0] <= '9');
    for (size_t i = 0; good && i < name.size; i++) {
        uint8_t byte = name.data[i];
        good = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || byte == '_';
    }
    return good;
}

void profile_read_environment(struct profile_reader *reader,
                              const struct node *node, void *record)
{
    struct profile *profile = record;
    size_t count;
    const char **rows = profile_rows(reader, node, NODE_MAP, "the environment",
                                     sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        struct slice name = node->keys[i]->text;
        if (!is_variable_name(name))
            diagnose(reader->diagnostics, node->keys[i]->source,
                     "letters, digits and _", NULL,
                     "'%.*s' cannot be the name of an environment variable",
                     (int)name.size, (const char *)name.data);
        const char *value =
            profile_template(reader, node->items[i], "the value of a variable");
        rows[i] = arena_format(profile->arena, "%.*s=%s", (int)name.size,
                               (const char *)name.data, value);
    }
    profile->environment = rows;
    profile->environment_count = count;
}

/* One file directly below $dir: nothing may be written elsewhere. */
static bool is_file_name(struct slice name)
{
    bool good = name.size > 0 && name.size <= 100 && name.data[0] != '.';
    for (size_t i = 0; good && i < name.size; i++) {
        uint8_t byte = name.data[i];
        good = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' ||
               byte == '.';
    }
    return good;
}

void profile_read_files(struct profile_reader *reader, const struct node *node,
                        void *record)
{
    struct profile *profile = record;
    size_t count;
    struct profile_file *files = profile_rows(
        reader, node, NODE_MAP, "the list of files", sizeof *files, &count);
    for (size_t i = 0; i < count; i++) {
        struct slice name = node->keys[i]->text;
        if (!is_file_name(name))
            diagnose(reader->diagnostics, node->keys[i]->source,
                     "a plain name of letters, digits, '.', '-' and _", NULL,
                     "'%.*s' cannot be the name of a file below $dir",
                     (int)name.size, (const char *)name.data);
        files[i].name = arena_text_of(profile->arena, name);
        files[i].text =
            profile_template(reader, node->items[i], "the text of a file");
    }
    profile->files = files;
    profile->file_count = count;
}

/* ---- reaching ---------------------------------------------------------- */

static const char *const scheme_names[NET_TRANSPORTS] = {
    [NET_TCP] = "mqtt://",
    [NET_TLS] = "mqtts://",
    [NET_WS] = "ws://",
    [NET_WSS] = "wss://",
};

/* Reads the URL as it will be when the broker runs. */
static void check_url(struct profile_reader *reader, const struct node *node,
                      const char *text, enum net_transport transport)
{
    char error[300];
    struct net_url url = {0};
    struct buffer out = buffer_make(PROFILE_TEXT_MAX);
    if (profile_try_expand(reader, node, text, &out)) {
        if (!net_url_parse(buffer_string(&out), &url, error, sizeof error))
            diagnose(reader->diagnostics, node->source, NULL, NULL, "%s",
                     error);
        else if (url.transport != transport)
            diagnose(reader->diagnostics, node->source, scheme_names[transport],
                     NULL, "this is not an address for %s",
                     net_transport_name(transport));
    }
    net_url_free(&url);
    buffer_free(&out);
}

/* Each transport's reader needs to know which one it reads. */
static void read_url(struct profile_reader *reader, const struct node *node,
                     const char **member, enum net_transport transport)
{
    *member = profile_text(reader, node, "an address");
    if (node->kind == NODE_SCALAR)
        check_url(reader, node, *member, transport);
}

static void read_tcp(struct profile_reader *reader, const struct node *node,
                     void *member)
{
    read_url(reader, node, member, NET_TCP);
}

static void read_tls(struct profile_reader *reader, const struct node *node,
                     void *member)
{
    read_url(reader, node, member, NET_TLS);
}

static void read_ws(struct profile_reader *reader, const struct node *node,
                    void *member)
{
    read_url(reader, node, member, NET_WS);
}

static void read_wss(struct profile_reader *reader, const struct node *node,
                     void *member)
{
    read_url(reader, node, member, NET_WSS);
}

static const struct profile_key ENDPOINT_KEYS[] = {
    {"tcp", read_tcp, offsetof(struct profile_endpoint, urls[NET_TCP]), false,
     &PROFILE_A_TEXT, NULL},
    {"tls", read_tls, offsetof(struct profile_endpoint, urls[NET_TLS]), false,
     &PROFILE_A_TEXT, NULL},
    {"ws", read_ws, offsetof(struct profile_endpoint, urls[NET_WS]), false,
     &PROFILE_A_TEXT, NULL},
    {"wss", read_wss, offsetof(struct profile_endpoint, urls[NET_WSS]), false,
     &PROFILE_A_TEXT, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

static const struct profile_shape ENDPOINT = {.kind = PROFILE_MAP,
                                              .keys = ENDPOINT_KEYS};
const struct profile_shape PROFILE_ENDPOINTS = {
    .kind = PROFILE_NAMED, .item = &ENDPOINT, .needed = "default"};

void profile_read_endpoints(struct profile_reader *reader,
                            const struct node *node, void *record)
{
    struct profile *profile = record;
    size_t count;
    struct profile_endpoint *rows = profile_rows(
        reader, node, NODE_MAP, "the map of endpoints", sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        rows[i].name = profile_name(reader, node->keys[i], "an endpoint");
        rows[i].source = node->keys[i]->source;
        rows[i].source.file = reader->file;
        profile_read_map(reader, node->items[i], "an endpoint", ENDPOINT_KEYS,
                         &rows[i]);
        if (node->items[i]->kind == NODE_MAP && node->items[i]->count == 0)
            diagnose(reader->diagnostics, node->items[i]->source,
                     "at least one of tcp, tls, ws, wss", NULL,
                     "the endpoint '%s' has no address", rows[i].name);
    }
    if (node->kind == NODE_MAP && node_get(node, "default") == NULL)
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "there is no endpoint 'default'");
    profile->endpoints = rows;
    profile->endpoint_count = count;
}

static const struct profile_key ACCOUNT_KEYS[] = {
    {"user_name", profile_read_text,
     offsetof(struct profile_account, user_name), false, &PROFILE_A_TEXT, NULL},
    {"password", profile_read_text, offsetof(struct profile_account, password),
     false, &PROFILE_A_TEXT, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

static const struct profile_shape ACCOUNT = {.kind = PROFILE_MAP,
                                             .keys = ACCOUNT_KEYS};
const struct profile_shape PROFILE_ACCOUNTS = {.kind = PROFILE_NAMED,
                                               .item = &ACCOUNT};

void profile_read_accounts(struct profile_reader *reader,
                           const struct node *node, void *record)
{
    struct profile *profile = record;
    size_t count;
    struct profile_account *rows = profile_rows(
        reader, node, NODE_MAP, "the map of accounts", sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        rows[i].name = profile_name(reader, node->keys[i], "an account");
        profile_read_map(reader, node->items[i], "an account", ACCOUNT_KEYS,
                         &rows[i]);
    }
    profile->accounts = rows;
    profile->account_count = count;
}
