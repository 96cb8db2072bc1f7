/* A profile's file: its keys, and the small ones among their values. */
#include "script/profile_inside.h"
#include <stddef.h>
#include <string.h>

#define TREE_ARENA_MAX ((size_t)64 << 20)
#define LIMIT_MAX INT64_C(3600000000000) /* an hour */
#define PREFIX_MAX 200

/* ---- durations --------------------------------------------------------- */

static const struct unit {
    const char *name;
    int64_t size; /* ns */
} units[] = {{"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}};

/* "35s" to ns. False for anything else, 0, and more than an hour. */
static bool parse_duration(struct slice text, int64_t *duration)
{
    size_t digits = 0;
    int64_t number;
    while (digits < text.size && text.data[digits] >= '0' &&
           text.data[digits] <= '9')
        digits++;
    struct slice unit = slice_make(text.data + digits, text.size - digits);
    if (!number_of_text(slice_make(text.data, digits), &number))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (slice_is(unit, units[i].name))
            return !__builtin_mul_overflow(number, units[i].size, duration) &&
                   *duration > 0 && *duration <= LIMIT_MAX;
    return false;
}

static void read_duration(struct profile_reader *reader,
                          const struct node *node, void *member)
{
    const char *text = profile_text(reader, node, "a duration");
    if (node->kind == NODE_SCALAR && !parse_duration(node->text, member))
        diagnose(reader->diagnostics, node->source,
                 "a number with ms, s or m, at most an hour", NULL,
                 "'%s' is not a duration", text);
}

/* ---- small parts ------------------------------------------------------- */

static const struct profile_shape DURATION = {.kind = PROFILE_TEXT,
                                              .pattern = "^[0-9]+(ms|s|m)$"};
static const struct profile_key LIMIT_KEYS[] = {
    {"connect", read_duration, offsetof(struct profile, limit_connect), false,
     &DURATION, NULL},
    {"handshake", read_duration, offsetof(struct profile, limit_handshake),
     false, &DURATION, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

static void read_limits(struct profile_reader *reader, const struct node *node,
                        void *profile)
{
    profile_read_map(reader, node, "the map of limits", LIMIT_KEYS, profile);
}

static const struct profile_key TLS_KEYS[] = {
    {"ca", profile_read_template, offsetof(struct profile, ca), false,
     &PROFILE_A_TEXT, NULL},
    {"certificate", profile_read_template,
     offsetof(struct profile, certificate), false, &PROFILE_A_TEXT, NULL},
    {"key", profile_read_template, offsetof(struct profile, key), false,
     &PROFILE_A_TEXT, NULL},
    {"insecure", profile_read_boolean, offsetof(struct profile, insecure),
     false, &PROFILE_A_BOOLEAN, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

static void read_tls(struct profile_reader *reader, const struct node *node,
                     void *record)
{
    const struct profile *profile = record;
    profile_read_map(reader, node, "the map tls", TLS_KEYS, record);
    if ((profile->certificate == NULL) != (profile->key == NULL))
        diagnose(reader->diagnostics, node->source, NULL, NULL,
                 "a certificate needs its key, and a key its certificate");
}

static const char *const VERSION_WORDS[] = {"3.1", "3.1.1", "5.0", NULL};

static void read_versions(struct profile_reader *reader,
                          const struct node *node, void *record)
{
    struct profile *profile = record;
    if (!profile_check_kind(reader, node, NODE_LIST, "the list of versions"))
        return;
    if (node->count == 0)
        diagnose(reader->diagnostics, node->source,
                 "at least one of 3.1, 3.1.1, 5.0", NULL,
                 "the list of versions is empty");
    for (size_t i = 0; i < node->count; i++) {
        size_t word = profile_choice(reader, node->items[i], "version of MQTT",
                                     VERSION_WORDS);
        profile->versions[MQTT_3_1 + word] = true;
    }
}

static const char *const SIGNAL_WORDS[] = {"TERM", "INT",  "KILL", "QUIT",
                                           "HUP",  "USR1", "USR2", NULL};

static void read_signal(struct profile_reader *reader, const struct node *node,
                        void *member)
{
    *(const char **)member =
        SIGNAL_WORDS[profile_choice(reader, node, "signal", SIGNAL_WORDS)];
}

static void read_keep_alive(struct profile_reader *reader,
                            const struct node *node, void *member)
{
    *(uint16_t *)member = (uint16_t)profile_number(reader, node, UINT16_MAX);
}

static void read_prefix(struct profile_reader *reader, const struct node *node,
                        void *member)
{
    const char *text = profile_text(reader, node, "a topic prefix");
    if (strpbrk(text, "+#") != NULL || strlen(text) > PREFIX_MAX)
        diagnose(reader->diagnostics, node->source,
                 "at most 200 bytes without + and #", NULL,
                 "no topic can begin with '%.60s'", text);
    *(const char **)member = text;
}

static void read_values(struct profile_reader *reader, const struct node *node,
                        void *record)
{
    struct profile *profile = record;
    size_t count;
    struct profile_values *rows = profile_rows(
        reader, node, NODE_MAP, "the map of values", sizeof *rows, &count);
    for (size_t i = 0; i < count; i++) {
        rows[i].name = profile_name(reader, node->keys[i], "a value");
        rows[i].value = profile_text(reader, node->items[i], "a value");
    }
    profile->values = rows;
    profile->value_count = count;
}

/* ---- the whole --------------------------------------------------------- */

static const struct profile_shape SIGNAL = {.kind = PROFILE_CHOICE,
                                            .words = SIGNAL_WORDS};
static const struct profile_shape VERSION = {.kind = PROFILE_CHOICE,
                                             .words = VERSION_WORDS};
static const struct profile_shape VERSIONS = {
    .kind = PROFILE_LIST, .item = &VERSION, .least = 1};
static const struct profile_shape COMMAND = {
    .kind = PROFILE_LIST, .item = &PROFILE_A_TEXT, .least = 1};
static const struct profile_shape KEEP_ALIVE = {.kind = PROFILE_NUMBER,
                                                .most = UINT16_MAX};
static const struct profile_shape LIMITS = {.kind = PROFILE_MAP,
                                            .keys = LIMIT_KEYS};
static const struct profile_shape TLS = {.kind = PROFILE_MAP, .keys = TLS_KEYS};
static const struct profile_key keys[] = {
    {"name", profile_read_text, offsetof(struct profile, name), true,
     &PROFILE_A_TEXT, NULL},
    {"version", profile_read_text, offsetof(struct profile, version), false,
     &PROFILE_A_TEXT, NULL},
    {"command", profile_read_command, 0, false, &COMMAND, NULL},
    {"environment", profile_read_environment, 0, false, &PROFILE_A_TEXT_MAP,
     "command"},
    {"files", profile_read_files, 0, false, &PROFILE_A_TEXT_MAP, "command"},
    {"restart_signal", read_signal, offsetof(struct profile, restart_signal),
     false, &SIGNAL, "command"},
    {"endpoints", profile_read_endpoints, 0, true, &PROFILE_ENDPOINTS, NULL},
    {"accounts", profile_read_accounts, 0, false, &PROFILE_ACCOUNTS, NULL},
    {"capabilities", profile_read_capabilities, 0, false, &PROFILE_CAPABILITIES,
     NULL},
    {"known", profile_read_known, 0, false, &PROFILE_KNOWN, NULL},
    {"tls", read_tls, 0, false, &TLS, NULL},
    {"topic_prefix", read_prefix, offsetof(struct profile, topic_prefix), false,
     &PROFILE_A_TEXT, NULL},
    {"versions", read_versions, 0, false, &VERSIONS, NULL},
    {"limits", read_limits, 0, false, &LIMITS, NULL},
    {"keep_alive", read_keep_alive, offsetof(struct profile, keep_alive), false,
     &KEEP_ALIVE, NULL},
    {"auth_method", profile_read_text, offsetof(struct profile, auth_method),
     false, &PROFILE_A_TEXT, NULL},
    {"values", read_values, 0, false, &PROFILE_A_TEXT_MAP, NULL},
    {NULL, NULL, 0, false, NULL, NULL}};

const struct profile_shape PROFILE = {.kind = PROFILE_MAP, .keys = keys};

/* What only makes sense with another key, such as with the command of a
 * broker that we start ourselves. */
static void check_company(struct profile_reader *reader,
                          const struct node *root)
{
    for (const struct profile_key *key = keys; key->name; key++) {
        const struct node *node =
            root->kind == NODE_MAP && key->with && !node_get(root, key->with)
                ? node_get(root, key->name)
                : NULL;
        if (node != NULL)
            diagnose(reader->diagnostics, node->source, NULL, NULL,
                     "'%s' has no meaning without '%s'", key->name, key->with);
    }
}

static void read_profile(struct profile_reader *reader, const struct node *root)
{
    struct profile *profile = reader->profile;
    reader->file = arena_text(profile->arena, root->source.file);
    profile->source = root->source;
    profile->source.file = reader->file;
    if (reader->file == NULL)
        return;
    profile_read_map(reader, root, "a profile", keys, profile);
    check_company(reader, root);
}

static bool load_into(struct profile *profile, const char *path,
                      struct arena *tree, struct diagnostics *diagnostics)
{
    struct profile_reader reader = {.profile = profile,
                                    .diagnostics = diagnostics};
    size_t errors = diagnostics->errors;
    const struct node *root = node_load(path, tree, diagnostics);
    if (root != NULL)
        read_profile(&reader, root);
    if (arena_failed(profile->arena))
        diagnostics->no_memory = true;
    return root != NULL && diagnostics->errors == errors &&
           !diagnostics->no_memory;
}

struct profile *profile_load(const char *path, struct diagnostics *diagnostics)
{
    struct profile *profile = profile_new();
    struct arena *tree = arena_new(TREE_ARENA_MAX);
    bool good = profile != NULL && tree != NULL;
    if (!good)
        diagnostics->no_memory = true;
    good = good && load_into(profile, path, tree, diagnostics);
    arena_free(tree);
    if (good)
        return profile;
    profile_free(profile);
    return NULL;
}
