/* Steps about the connection itself, and those without a client. */
#include "script/compile.h"

#include <string.h>

/* ---- open --------------------------------------------------------------- */

static struct open_step *open_of(struct verbing *verbing)
{
    if (!verbing->step->open)
        verbing->step->open =
            compile_new(verbing->compiler, sizeof *verbing->step->open);
    return verbing->step->open;
}

const char *const OPEN_WORDS[] = {"tcp", "tls", "ws", "wss", "default", NULL};

void verb_open(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    struct open_step *open = open_of(verbing);
    int index = parse_word(verbing->compiler, value, OPEN_WORDS, "a transport");

    (void)entry;
    if (!open || index < 0 || index == 4)
        return;
    open->has_transport = true;
    net_transport_parse(slice_of(OPEN_WORDS[index]), &open->transport);
}

void open_path(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (open)
        open->path = parse_constant(verbing->compiler, value);
}

void open_headers(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (!open)
        return;
    if (value->kind != NODE_MAP) {
        fault(compiler, value->source, "a map of header names and values", NULL,
              "headers are a map");
        return;
    }
    open->headers = compile_new(compiler, value->count * sizeof *open->headers);
    for (size_t i = 0; open->headers && i < value->count; i++) {
        struct net_header *header = &open->headers[i];

        header->name = compile_text(compiler, value->keys[i]->text);
        header->value = NULL;
        if (!node_is(value->items[i], "absent"))
            header->value = parse_constant(compiler, value->items[i]);
        if (!header->value && !node_is(value->items[i], "absent"))
            return;
        open->header_count++;
    }
}

const char *const HEADER_CASE_WORDS[] = {"usual", "lower", NULL};

void open_header_case(struct verbing *verbing, const struct entry *entry,
                      const struct node *value)
{
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (open)
        open->lower_case_headers =
            parse_word(verbing->compiler, value, HEADER_CASE_WORDS,
                       "a way to write header names") == 1;
}

void open_subprotocol(struct verbing *verbing, const struct entry *entry,
                      const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct open_step *open = open_of(verbing);
    const struct node *const *items = &value;
    size_t count = 1;

    (void)entry;
    if (!open)
        return;
    if (value->kind == NODE_LIST) {
        items = (const struct node *const *)value->items;
        count = value->count;
    }
    open->has_subprotocols = true;
    open->subprotocols =
        compile_new(compiler, (count + 1) * sizeof *open->subprotocols);
    for (size_t i = 0; open->subprotocols && i < count; i++) {
        open->subprotocols[i] = parse_constant(compiler, items[i]);
        if (!open->subprotocols[i])
            return;
        open->subprotocol_count++;
    }
}

static const struct number_rule STOP = {
    .what = "a number of bytes", .bounded = true, .max = 65536};

const char *const UPGRADE_PARTS[] = {"stop_after", NULL};
const char *const UPGRADE_WORDS[] = {"manual", NULL};

void open_upgrade(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (!open)
        return;
    if (value->kind != NODE_MAP) {
        open->manual_upgrade = parse_word(compiler, value, UPGRADE_WORDS,
                                          "a kind of upgrade") == 0;
        return;
    }
    if (value->count != 1 || !node_get(value, "stop_after")) {
        fault(compiler, value->source, "manual, or {stop_after: bytes}", NULL,
              "this is no upgrade");
        return;
    }
    open->upgrade_stop_after =
        parse_number(compiler, node_get(value, "stop_after"), &STOP);
}

const char *const HANDSHAKE_WORDS[] = {"manual", NULL};

void open_handshake(struct verbing *verbing, const struct entry *entry,
                    const struct node *value)
{
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (open)
        open->manual_handshake =
            parse_word(verbing->compiler, value, HANDSHAKE_WORDS,
                       "a kind of handshake") == 0;
}

void open_bare(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (open)
        parse_boolean(verbing->compiler, value, &open->bare);
}

void open_receive_buffer(struct verbing *verbing, const struct entry *entry,
                         const struct node *value)
{
    static const struct number_rule size = {
        .what = "a buffer size", .bounded = true, .min = 1, .max = 16777216};
    struct open_step *open = open_of(verbing);
    int64_t number;

    (void)entry;
    if (open && parse_constant_number(verbing->compiler, value, &size, &number))
        open->receive_buffer = (int)number;
}

/* ---- tls: {…} ----------------------------------------------------------- */

static void tls_version(struct compiler *compiler, struct open_step *open,
                        const struct node *value)
{
    static const char *const words[] = {"1.0", "1.1", "1.2", "1.3", NULL};
    int index = parse_word(compiler, value, words, "a version of TLS");

    if (index >= 0)
        open->tls_version = (enum net_tls_version)(NET_TLS_1_0 + index);
}

static void tls_certificate(struct compiler *compiler, struct open_step *open,
                            const struct node *value)
{
    static const char *const words[] = {"none", "good", "expired", "other_ca",
                                        NULL};
    int index = parse_word(compiler, value, words, "a client certificate");

    if (index >= 0)
        open->certificate = words[index];
}

static void tls_server_name(struct compiler *compiler, struct open_step *open,
                            const struct node *value)
{
    open->server_name = parse_constant(compiler, value);
}

static void tls_stop(struct compiler *compiler, struct open_step *open,
                     const struct node *value)
{
    open->tls_stop_after = parse_number(compiler, value, &STOP);
}

static const struct {
    const char *name;
    void (*read)(struct compiler *, struct open_step *, const struct node *);
} TLS_KEYS[] = {
    {"version", tls_version},
    {"certificate", tls_certificate},
    {"server_name", tls_server_name},
    {"stop_after", tls_stop},
};

const char *const TLS_PARTS[] = {"version", "certificate", "server_name",
                                 "stop_after", NULL};

void open_tls(struct verbing *verbing, const struct entry *entry,
              const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct open_step *open = open_of(verbing);

    (void)entry;
    if (!open)
        return;
    if (value->kind != NODE_MAP) {
        fault(compiler, value->source,
              fault_one_of(compiler->diagnostics, TLS_PARTS), NULL,
              "'tls' takes a map");
        return;
    }
    for (size_t i = 0; i < value->count; i++) {
        int key =
            parse_word(compiler, value->keys[i], TLS_PARTS, "a key of 'tls'");

        if (key >= 0)
            TLS_KEYS[key].read(compiler, open, value->items[i]);
    }
}

/* ---- close, reading, fence, broker, pause, reach ------------------------ */

const char *const CLOSE_WORDS[] = {"fin", "reset", "half", "notify", NULL};

void verb_close(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    static const enum net_close_how hows[] = {NET_CLOSE_FIN, NET_CLOSE_RESET,
                                              NET_CLOSE_HALF, NET_CLOSE_NOTIFY};
    int index =
        parse_word(verbing->compiler, value, CLOSE_WORDS, "a way to close");

    (void)entry;
    if (index >= 0)
        verbing->step->close = hows[index];
}

const char *const READING_WORDS[] = {"off", "on", NULL};

void verb_reading(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{

    (void)entry;
    verbing->step->reading = parse_word(verbing->compiler, value, READING_WORDS,
                                        "a state of reading") == 1;
}

const char *const FENCE_WORDS[] = {"true", NULL};

void verb_fence(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{

    (void)entry;
    parse_word(verbing->compiler, value, FENCE_WORDS, "what a fence says");
}

const char *const BROKER_WORDS[] = {"restart", "stop", "start", NULL};

void verb_broker(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    static const enum broker_action actions[] = {BROKER_RESTART, BROKER_STOP,
                                                 BROKER_START};
    int index = parse_word(verbing->compiler, value, BROKER_WORDS,
                           "an action on the broker");

    (void)entry;
    if (index >= 0)
        verbing->step->broker = actions[index];
    verbing->compiler->script->uses_broker = true;
}

void verb_pause(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    bool by_expect;

    (void)entry;
    parse_moment(verbing->compiler, value, &verbing->step->pause, &by_expect);
}

void verb_reach(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    const char *words[MQTT_TYPES + 1] = {NULL};
    size_t count = 0;
    enum mqtt_type type;

    (void)entry;
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (mqtt_type_to_server((enum mqtt_type)i))
            words[count++] = mqtt_type_name((enum mqtt_type)i);
    if (parse_word(verbing->compiler, value, words,
                   "a packet that a client sends") >= 0 &&
        mqtt_type_parse(value->text, &type))
        verbing->step->reach = type;
}
