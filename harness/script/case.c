/* The keys of one case. */
#include "script/case_reader.h"
#include "script/diagnostics.h"

const enum mqtt_version CASE_VERSION[CASE_VERSIONS] = {MQTT_3_1, MQTT_3_1_1,
                                                       MQTT_5_0};

size_t case_version_index(enum mqtt_version version)
{
    return version == MQTT_3_1 ? 0 : version == MQTT_3_1_1 ? 1 : 2;
}

void case_wrong(struct reader *reader, const struct node *node,
                const char *expected, const char *what)
{
    char room[FAULT_NODE];

    fault_at(reader->diagnostics, node->source, expected, NULL, "%s is not %s",
             fault_node(node, room, sizeof room), what);
}

int case_word(struct reader *reader, const struct node *node,
              const char *const *words, const char *what)
{
    char room[FAULT_NODE];

    for (int i = 0; words[i]; i++)
        if (node_is(node, words[i]))
            return i;
    fault_at(reader->diagnostics, node->source,
             fault_one_of(reader->diagnostics, words),
             node->kind == NODE_SCALAR
                 ? fault_suggest(reader->diagnostics, node->text, words)
                 : NULL,
             "%s is not %s", fault_node(node, room, sizeof room), what);
    return -1;
}

const char *case_text(struct reader *reader, const struct node *node)
{
    const char *text = arena_text_of(reader->arena, node->text);

    if (!text)
        reader->diagnostics->no_memory = true;
    return text;
}

/* ---- one key each ------------------------------------------------------- */

static bool id_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_' || byte == '.' || byte == '/';
}

static void read_id(struct reader *reader, const struct node *value)
{
    bool ok = value->kind == NODE_SCALAR && value->text.size <= 120;
    bool slash = false;

    for (size_t i = 0; ok && i < value->text.size; i++) {
        ok = id_byte(value->text.data[i]);
        slash |=
            value->text.data[i] == '/' && i > 0 && i + 1 < value->text.size;
    }
    if (!ok || !slash)
        case_wrong(reader, value,
                   "area/name of small letters, digits, '-', '_' and '.'",
                   "the id of a case");
    else
        reader->test_case->id = case_text(reader, value);
}

static void read_title(struct reader *reader, const struct node *value)
{
    if (value->kind != NODE_SCALAR || !value->text.size)
        case_wrong(reader, value, "a sentence", "a title");
    else if (diagnostics_comment_follows(reader->diagnostics,
                                         value->source.file, value))
        fault_at(reader->diagnostics, value->source, "a title in quotes", NULL,
                 "the rest of this title is a comment");
    else
        reader->test_case->title = case_text(reader, value);
}

const char *const VERSION_WORDS[] = {"3.1", "3.1.1", "5.0", NULL};

static void read_version(struct reader *reader, const struct node *value)
{
    int index = case_word(reader, value, VERSION_WORDS, "a version of MQTT");

    if (index < 0)
        return;
    if (reader->test_case->versions[index])
        fault_at(reader->diagnostics, value->source, NULL, NULL,
                 "version %s is listed twice", VERSION_WORDS[index]);
    reader->test_case->versions[index] = true;
}

static void all_versions(struct test_case *test_case)
{
    for (size_t i = 0; i < CASE_VERSIONS; i++)
        test_case->versions[i] = true;
}

static const char *const VERSION_CHOICES[] = {"any", NULL};

static void read_versions(struct reader *reader, const struct node *value)
{
    if (node_is(value, VERSION_CHOICES[0])) {
        reader->test_case->any_version = true;
        all_versions(reader->test_case);
    } else if (value->kind != NODE_LIST || !value->count) {
        case_wrong(reader, value, "a list of 3.1, 3.1.1 and 5.0, or any",
                   "a list of versions");
    } else {
        for (size_t i = 0; i < value->count; i++)
            read_version(reader, value->items[i]);
    }
}

const char *const TRANSPORT_WORDS[] = {"tcp", "tls", "ws", "wss", NULL};

static const char *const TRANSPORT_CHOICES[] = {"all", "one", NULL};

static void read_transports(struct reader *reader, const struct node *value)
{
    struct test_case *test_case = reader->test_case;
    int index;

    if (value->kind != NODE_LIST) {
        if (!node_is(value, "all") && !node_is(value, "one"))
            case_wrong(reader, value,
                       "all, one, or a list of tcp, tls, ws and wss",
                       "a choice of transports");
        test_case->transport_choice =
            node_is(value, "one") ? TRANSPORTS_ONE : TRANSPORTS_ALL;
        return;
    }
    test_case->transport_choice = TRANSPORTS_LIST;
    if (!value->count)
        case_wrong(reader, value, "tcp, tls, ws, wss", "a list of transports");
    for (size_t i = 0; i < value->count; i++) {
        index =
            case_word(reader, value->items[i], TRANSPORT_WORDS, "a transport");
        if (index >= 0)
            test_case->transports[index] = true;
    }
}

static void read_level(struct reader *reader, const struct node *value)
{
    int index = case_word(reader, value, LEVEL_WORDS, "a level");

    if (index >= 0)
        reader->test_case->level = (enum level)index;
}

static const char *const BOOLEAN_WORDS[] = {"false", "true", NULL};

static void read_exclusive(struct reader *reader, const struct node *value)
{
    reader->test_case->exclusive =
        case_word(reader, value, BOOLEAN_WORDS, "a truth value") == 1;
}

static void keep_list(struct reader *reader, const struct node *value,
                      const struct node **place, const char *what)
{
    if (value->kind != NODE_LIST)
        case_wrong(reader, value, "a list", what);
    else
        *place = value;
}

static void keep_map(struct reader *reader, const struct node *value,
                     const struct node **place, const char *what)
{
    if (value->kind != NODE_MAP)
        case_wrong(reader, value, "a map", what);
    else
        *place = value;
}

static void read_requires(struct reader *reader, const struct node *value)
{
    keep_list(reader, value, &reader->test_case->requires,
              "a list of capabilities");
}

static void read_clients(struct reader *reader, const struct node *value)
{
    keep_map(reader, value, &reader->test_case->clients, "a map of clients");
}

static void read_each(struct reader *reader, const struct node *value)
{
    keep_map(reader, value, &reader->test_case->each, "a map of parameters");
}

static void check_name(struct reader *reader, const struct node *key)
{
    if (name_length(key->text) != key->text.size || !key->text.size)
        fault_at(reader->diagnostics, key->source,
                 "letters, digits and _, beginning with a letter", NULL,
                 "'%.*s' is not a name", (int)key->text.size,
                 (const char *)key->text.data);
    else if (names_reserved(key->text))
        fault_at(reader->diagnostics, key->source, "another name", NULL,
                 "'%.*s' is a name of the language", (int)key->text.size,
                 (const char *)key->text.data);
}

static void read_vars(struct reader *reader, const struct node *value)
{
    keep_map(reader, value, &reader->test_case->vars, "a map of vars");
    for (size_t i = 0; value->kind == NODE_MAP && i < value->count; i++)
        check_name(reader, value->keys[i]);
}

static void read_given(struct reader *reader, const struct node *value)
{
    keep_list(reader, value, &reader->test_case->given, "a list of steps");
}

static void read_steps(struct reader *reader, const struct node *value)
{
    keep_list(reader, value, &reader->test_case->steps, "a list of steps");
    if (value->kind == NODE_LIST && !value->count)
        fault_at(reader->diagnostics, value->source, "at least one step", NULL,
                 "a case without steps judges nothing");
}

/* Statements need to know the versions: they are read when all else is. */
static void read_statements(struct reader *reader, const struct node *value)
{
    (void)reader;
    (void)value;
}

static const struct case_key CASE_KEYS[] = {
    {"id", true, true, read_id, "area/name", NULL, NULL},
    {"title", true, true, read_title, "sentence", NULL, NULL},
    {"versions", false, false, read_versions, "versions", VERSION_WORDS,
     VERSION_CHOICES},
    {"transports", false, false, read_transports, "transports", TRANSPORT_WORDS,
     TRANSPORT_CHOICES},
    {"statements", true, false, read_statements, "statements", NULL, NULL},
    {"level", false, false, read_level, "level", NULL, LEVEL_WORDS},
    {"requires", false, false, read_requires, "capabilities", NULL, NULL},
    {"exclusive", false, false, read_exclusive, "boolean", NULL, BOOLEAN_WORDS},
    {"clients", false, false, read_clients, "clients", NULL, NULL},
    {"each", false, false, read_each, "parameters", NULL, NULL},
    {"vars", false, false, read_vars, "vars", NULL, NULL},
    {"given", false, false, read_given, "list of steps", NULL, NULL},
    {"steps", true, false, read_steps, "list of steps", NULL, NULL},
};
enum { CASE_KEY_COUNT = sizeof CASE_KEYS / sizeof *CASE_KEYS };

/* ---- which transports matter -------------------------------------------- */

static bool is_transport(const struct node *node)
{
    enum net_transport transport;

    return node->kind == NODE_SCALAR &&
           net_transport_parse(node->text, &transport);
}

static bool only_names_transport(const struct node *only)
{
    if (only->kind == NODE_SCALAR)
        return is_transport(only) ||
               (only->text.size && only->text.data[0] == '$');
    for (size_t i = 0; i < only->count; i++)
        if (only_names_transport(only->items[i]))
            return true;
    return false;
}

/* Whether some `only` below node speaks of a transport: else one transport
 * stands for all when the case is checked. */
static bool names_transport(const struct node *node)
{
    for (size_t i = 0; node && i < node->count; i++) {
        if (node->kind == NODE_MAP && node_is(node->keys[i], "only") &&
            only_names_transport(node->items[i]))
            return true;
        if (names_transport(node->items[i]))
            return true;
    }
    return false;
}

/* ---- the whole case ----------------------------------------------------- */

const struct node *case_get(const struct test_case *test_case, const char *key)
{
    const struct node *own = node_get(test_case->node, key);

    return own ? own : node_get(test_case->defaults, key);
}

const struct case_key *case_key_row(size_t index)
{
    return index < CASE_KEY_COUNT ? &CASE_KEYS[index] : NULL;
}

static const struct case_key *find_key(struct slice name)
{
    for (size_t i = 0; i < CASE_KEY_COUNT; i++)
        if (slice_is(name, CASE_KEYS[i].name))
            return &CASE_KEYS[i];
    return NULL;
}

static void check_keys(struct reader *reader, const struct node *map,
                       bool defaults)
{
    const char *words[CASE_KEY_COUNT + 1] = {NULL};
    size_t count = 0;

    for (size_t i = 0; i < CASE_KEY_COUNT; i++)
        if (!defaults || !CASE_KEYS[i].own)
            words[count++] = CASE_KEYS[i].name;
    for (size_t i = 0; i < map->count; i++) {
        const struct case_key *key = find_key(map->keys[i]->text);

        if (!key || (defaults && key->own))
            case_word(reader, map->keys[i], words,
                      defaults ? "a key that cases inherit"
                               : "a key of a case");
    }
}

static void read_keys(struct reader *reader)
{
    struct test_case *test_case = reader->test_case;

    check_keys(reader, test_case->node, false);
    if (!case_get(test_case, "versions"))
        all_versions(test_case);
    for (size_t i = 0; i < CASE_KEY_COUNT; i++) {
        const struct node *value = case_get(test_case, CASE_KEYS[i].name);

        if (value)
            CASE_KEYS[i].read(reader, value);
        else if (CASE_KEYS[i].required)
            fault_at(reader->diagnostics, test_case->source, NULL, NULL,
                     "this case has no '%s'", CASE_KEYS[i].name);
    }
    case_statements(reader);
}

bool case_check_defaults(const struct node *defaults,
                         struct diagnostics *diagnostics)
{
    struct reader reader = {.diagnostics = diagnostics};
    size_t errors = diagnostics->errors;

    if (defaults->kind != NODE_MAP)
        case_wrong(&reader, defaults, "a map of case keys", "a map");
    else
        check_keys(&reader, defaults, true);
    return diagnostics->errors == errors;
}

bool case_read(struct test_case *test_case, const struct node *node,
               const struct node *defaults, const char *area,
               const struct catalogue *catalogue, struct arena *arena,
               struct diagnostics *diagnostics)
{
    struct reader reader = {test_case, catalogue, arena, diagnostics};
    size_t errors = diagnostics->errors;

    *test_case = (struct test_case){.node = node,
                                    .defaults = defaults,
                                    .source = node->source,
                                    .area = area};
    if (node->kind != NODE_MAP) {
        case_wrong(&reader, node, "a map with id, title, statements and steps",
                   "a case");
        return false;
    }
    read_keys(&reader);
    if (diagnostics->errors == errors)
        parameters_read(test_case, arena, diagnostics);
    test_case->names_transport =
        names_transport(node) || names_transport(defaults);
    return diagnostics->errors == errors && !diagnostics->no_memory;
}
