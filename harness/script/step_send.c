/* `send`: which packet, and the keys that are neither fields nor damage. */
#include "script/compile.h"

#include <string.h>

static const struct thing_row {
    const char *name;
    enum thing thing;
    enum subject subject;
} THINGS[] = {
    {"bytes", THING_BYTES, SUBJECT_BYTES},
    {"ws_ping", THING_WS_PING, SUBJECT_WS_PING},
    {"ws_pong", THING_WS_PONG, SUBJECT_WS_PING},
    {"ws_close", THING_WS_CLOSE, SUBJECT_WS_CLOSE},
};
enum { THING_ROWS = sizeof THINGS / sizeof *THINGS };

bool step_send_word(size_t index, struct step_word *word)
{
    const size_t packets = MQTT_TYPES - MQTT_CONNECT;

    *word = (struct step_word){.subject = SUBJECT_SEND};
    if (index < packets) {
        word->type = (enum mqtt_type)(MQTT_CONNECT + index);
        word->name = mqtt_type_name(word->type);
    } else if (index - packets < THING_ROWS) {
        word->name = THINGS[index - packets].name;
        word->subject = THINGS[index - packets].subject;
    }
    return word->name != NULL;
}

static void unknown_packet(struct verbing *verbing)
{
    const char *words[MQTT_TYPES + THING_ROWS + 1] = {NULL};
    struct compiler *compiler = verbing->compiler;
    struct step_word word;
    size_t count = 0;
    char room[FAULT_NODE];

    while (step_send_word(count, &word))
        words[count++] = word.name;
    fault(compiler, verbing->value->source,
          fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, verbing->value->text, words),
          "%s is not a packet that can be sent",
          fault_node(verbing->value, room, sizeof room));
}

bool step_send_begin(struct verbing *verbing, enum subject *subject)
{
    const struct node *value = verbing->value;
    struct send_step *send = compile_new(verbing->compiler, sizeof *send);

    if (!send)
        return false;
    verbing->step->send = send;
    if (value->kind == NODE_SCALAR && mqtt_type_parse(value->text, &send->type))
        return true;
    for (size_t i = 0; i < THING_ROWS; i++)
        if (node_is(value, THINGS[i].name)) {
            send->thing = THINGS[i].thing;
            *subject = THINGS[i].subject;
            return true;
        }
    unknown_packet(verbing);
    return false;
}

/* ---- keys --------------------------------------------------------------- */

static void refuse(struct verbing *verbing, const struct entry *entry,
                   const char *expected)
{
    fault(verbing->compiler, entry->key->source, expected, NULL,
          "'%.*s' has no meaning in this step", (int)entry->key->text.size,
          (const char *)entry->key->text.data);
}

/* What the standard answers, so that an exchange has an end. */
static bool can_ack(enum mqtt_type type)
{
    return type == MQTT_CONNECT || type == MQTT_PUBLISH ||
           type == MQTT_SUBSCRIBE || type == MQTT_UNSUBSCRIBE ||
           type == MQTT_PINGREQ;
}

void send_ack(struct verbing *verbing, const struct entry *entry,
              const struct node *value)
{
    struct send_step *send = verbing->step->send;

    if (!send) {
        expect_ack(verbing, entry, value);
        return;
    }
    if (parse_boolean(verbing->compiler, value, &send->ack) && send->ack &&
        !can_ack(send->type))
        refuse(verbing, entry,
               "'ack' on connect, publish, subscribe, unsubscribe or "
               "pingreq");
}

void send_again(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    struct send_step *send = verbing->step->send;

    if (parse_boolean(verbing->compiler, value, &send->again) &&
        send->type != MQTT_CONNECT)
        refuse(verbing, entry, "'again' on connect");
}

void send_authenticate(struct verbing *verbing, const struct entry *entry,
                       const struct node *value)
{
    struct send_step *send = verbing->step->send;

    if (parse_boolean(verbing->compiler, value, &send->authenticate) &&
        send->type != MQTT_CONNECT)
        refuse(verbing, entry, "'authenticate' on connect");
}

/* Steps of other verbs become a repeat around themselves. */
void send_count(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    if (verbing->step->verb == VERB_EXPECT)
        expect_count(verbing, entry, value);
    else if (verbing->step->verb == VERB_SEND)
        verbing->step->send->count =
            parse_number(verbing->compiler, value, &NUMBER_COUNT);
}

void send_window(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    static const struct number_rule window = {
        .what = "a window", .bounded = true, .min = 1, .max = 65535};

    verbing->step->send->window =
        parse_number(verbing->compiler, value, &window);
    if (!entries_find(verbing->entries, "count") ||
        !entries_find(verbing->entries, "ack"))
        refuse(verbing, entry, "'window' beside 'count' and 'ack'");
}

void send_data(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    (void)entry;
    verbing->step->send->data = parse_data(verbing->compiler, value);
}

void send_payload(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    (void)entry;
    verbing->step->send->data = parse_bytes(verbing->compiler, value);
}

void send_code(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    static const struct number_rule code = {
        .what = "a WebSocket status code", .bounded = true, .max = 65535};

    (void)entry;
    verbing->step->send->code = parse_number(verbing->compiler, value, &code);
}

/* ---- the end ------------------------------------------------------------ */

static bool states(const struct send_step *send, enum mqtt_field field)
{
    for (size_t i = 0; i < send->field_count; i++)
        if (send->fields[i].field == (int)field && !send->fields[i].in_will)
            return true;
    return false;
}

/* The default filter stands in front of the stated options, so that the
 * player reads every SUBSCRIBE alike. */
static void default_filter(struct verbing *verbing)
{
    static const struct node topic = {.kind = NODE_SCALAR,
                                      .text = {(const uint8_t *)"$topic", 6}};
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;
    struct send_field *fields;
    struct expression *value = parse_bytes(compiler, &topic);

    fields =
        compile_grow(compiler, send->fields, send->field_count, sizeof *fields);
    if (!fields || !value)
        return;
    value->source = verbing->step->source;
    memmove(fields + 1, fields, send->field_count * sizeof *fields);
    fields[0] = (struct send_field){
        .field = MQTT_FILTER, .source = verbing->step->source, .value = value};
    send->fields = fields;
    send->field_count++;
}

/* A filter that was stated behind its options moves in front of them. */
static void filter_first(struct send_step *send)
{
    size_t at = 0;
    struct send_field filter;

    while (at < send->field_count && send->fields[at].field != MQTT_FILTER)
        at++;
    if (at == 0 || at == send->field_count)
        return;
    filter = send->fields[at];
    memmove(send->fields + 1, send->fields, at * sizeof filter);
    send->fields[0] = filter;
}

static void check_exact(struct verbing *verbing)
{
    struct send_step *send = verbing->step->send;
    struct compiler *compiler = verbing->compiler;

    for (size_t i = 0; i < verbing->entries->count; i++) {
        const struct node *key = verbing->entries->rows[i].key;
        enum mqtt_field field = mqtt_field_parse(key->text);

        if (send->exact_properties && field >= MQTT_FIRST_PROPERTY)
            fault(compiler, key->source, "the property within 'properties'",
                  NULL, "'%.*s' beside 'properties', which is the whole list",
                  (int)key->text.size, (const char *)key->text.data);
    }
}

static bool is_request(const struct send_step *send)
{
    return send->thing == THING_PACKET &&
           (send->type == MQTT_SUBSCRIBE || send->type == MQTT_UNSUBSCRIBE);
}

static void missing(struct verbing *verbing, const char *key)
{
    fault(verbing->compiler, verbing->node->source, NULL, NULL,
          "this step needs '%s'", key);
}

void step_send_end(struct verbing *verbing)
{
    struct send_step *send = verbing->step->send;

    if (send->thing == THING_BYTES && !send->data)
        missing(verbing, "data");
    if (send->thing == THING_PACKET)
        check_exact(verbing);
    if (!is_request(send) || entries_find(verbing->entries, "filters"))
        return;
    if (!states(send, MQTT_FILTER))
        default_filter(verbing);
    else
        filter_first(send);
}
