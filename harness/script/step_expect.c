/* `expect`: what is waited for, and the keys that are not fields. */
#include "script/compile.h"

#include <string.h>

static const struct thing_row {
    const char *name;
    enum thing thing;
    enum subject subject;
} THINGS[] = {
    {"close", THING_CLOSE, SUBJECT_SEEN_CLOSE},
    {"rejected", THING_REJECTED, SUBJECT_REJECTED},
    {"silence", THING_SILENCE, SUBJECT_SILENCE},
    {"upgrade", THING_UPGRADE, SUBJECT_UPGRADE},
    {"tls", THING_TLS, SUBJECT_TLS},
    {"ws_pong", THING_WS_PONG, SUBJECT_SEEN_PONG},
    {"ws_close", THING_WS_CLOSE, SUBJECT_SEEN_WS_CLOSE},
};
enum { THING_ROWS = sizeof THINGS / sizeof *THINGS };

bool step_expect_word(size_t index, struct step_word *word)
{
    *word = (struct step_word){.subject = SUBJECT_EXPECT};
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (mqtt_type_to_client((enum mqtt_type)i) && index-- == 0) {
            word->type = (enum mqtt_type)i;
            word->name = mqtt_type_name(word->type);
            return true;
        }
    if (index < THING_ROWS) {
        word->name = THINGS[index].name;
        word->subject = THINGS[index].subject;
    }
    return word->name != NULL;
}

static void unknown_event(struct verbing *verbing)
{
    const char *words[MQTT_TYPES + THING_ROWS + 1] = {NULL};
    struct compiler *compiler = verbing->compiler;
    struct step_word word;
    size_t count = 0;
    char room[FAULT_NODE];

    while (step_expect_word(count, &word))
        words[count++] = word.name;
    fault(compiler, verbing->value->source,
          fault_one_of(compiler->diagnostics, words),
          fault_suggest(compiler->diagnostics, verbing->value->text, words),
          "%s is not what a broker sends or does",
          fault_node(verbing->value, room, sizeof room));
}

static bool packet_comes(struct verbing *verbing, enum mqtt_type type)
{
    struct compiler *compiler = verbing->compiler;

    if (mqtt_type_in_version(type, compiler->version))
        return true;
    fault(compiler, verbing->value->source, "only: 5.0", NULL,
          "MQTT %s has no %s packet", mqtt_version_name(compiler->version),
          mqtt_type_name(type));
    return false;
}

bool step_expect_begin(struct verbing *verbing, enum subject *subject)
{
    const struct node *value = verbing->value;
    struct expect_step *expect = compile_new(verbing->compiler, sizeof *expect);

    if (!expect)
        return false;
    verbing->step->expect = expect;
    if (value->kind == NODE_SCALAR &&
        mqtt_type_parse(value->text, &expect->type) &&
        mqtt_type_to_client(expect->type))
        return packet_comes(verbing, expect->type);
    for (size_t i = 0; i < THING_ROWS; i++)
        if (node_is(value, THINGS[i].name)) {
            expect->thing = THINGS[i].thing;
            *subject = THINGS[i].subject;
            return true;
        }
    unknown_event(verbing);
    return false;
}

/* ---- fields ------------------------------------------------------------- */

static void add_matcher(struct verbing *verbing, int field,
                        const struct node *key, struct matcher *matcher)
{
    struct expect_step *expect = verbing->step->expect;
    struct field_matcher *fields;

    if (!matcher)
        return;
    fields = compile_grow(verbing->compiler, expect->fields,
                          expect->field_count, sizeof *fields);
    if (!fields)
        return;
    expect->fields = fields;
    fields[expect->field_count++] = (struct field_matcher){
        .field = field, .source = key->source, .matcher = matcher};
}

/* Bits and codes that a version has not are not judged in it. */
static bool is_judged(const struct compiler *compiler, int field,
                      const struct expect_step *expect)
{
    if (field == MQTT_SESSION_PRESENT)
        return compiler->version != MQTT_3_1;
    if (field == MQTT_REASON_CODE && expect->type == MQTT_UNSUBACK)
        return compiler->version == MQTT_5_0;
    return true;
}

static bool check_version(struct compiler *compiler, const struct node *key,
                          int field)
{
    if (field >= MQTT_FIELDS ||
        !mqtt_field_row((enum mqtt_field)field)->property ||
        compiler->version == MQTT_5_0)
        return true;
    fault(compiler, key->source, "the property within a '5.0:' block", NULL,
          "MQTT %s has no properties", mqtt_version_name(compiler->version));
    return false;
}

void expect_field_read(struct verbing *verbing, const struct entry *entry,
                       const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct expect_step *expect = verbing->step->expect;
    int field = field_of_expect(compiler, expect, entry->key, false);
    struct match_rule rule;
    struct matcher *matcher;

    if (field == MQTT_FIELD_NONE || !check_version(compiler, entry->key, field))
        return;
    rule = field_match_rule(field);
    if (node_is(entry->key, "reason_codes"))
        rule.shape = MATCH_LIST;
    matcher = parse_matcher(compiler, value, &rule);
    if (is_judged(compiler, field, expect))
        add_matcher(verbing, field, entry->key, matcher);
}

void expect_field(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct match_rule topic = {.shape = MATCH_SCALAR};

    if (verbing->step->expect->thing == THING_SILENCE)
        add_matcher(verbing, MQTT_TOPIC, entry->key,
                    parse_matcher(verbing->compiler, value, &topic));
    else
        expect_field_read(verbing, entry, value);
}

void expect_rejected_code(struct verbing *verbing, const struct entry *entry,
                          const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct match_rule rule = field_match_rule(MQTT_REASON_CODE);
    struct matcher *matcher = parse_matcher(compiler, value, &rule);

    /* Codes of 5.0 say nothing about the return codes of 3.x. */
    if (compiler->version == MQTT_5_0 || entry->in_block)
        verbing->step->expect->reason_code = matcher;
}

/* ---- time --------------------------------------------------------------- */

/* A lower limit counts from what we did, never from what we saw. */
static void read_lower(struct verbing *verbing, const struct node *value,
                       struct moment *moment)
{
    bool by_expect;

    if (parse_moment(verbing->compiler, value, moment, &by_expect) && by_expect)
        fault(verbing->compiler, value->source,
              "a mark on one of our own actions", NULL,
              "the mark '%s' is set by an expect: the broker acted before "
              "we saw it",
              moment->mark);
}

void expect_after(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct expect_step *expect = verbing->step->expect;

    read_lower(verbing, value, &expect->after);
    if (expect->after.given && !expect->after.mark &&
        expect->thing == THING_PACKET && expect->type == MQTT_PUBLISH)
        fault(verbing->compiler, entry->key->source, "mark+duration", NULL,
              "'after' on a publish has to count from a mark");
}

void expect_soft_after(struct verbing *verbing, const struct entry *entry,
                       const struct node *value)
{
    (void)entry;
    read_lower(verbing, value, &verbing->step->expect->soft_after);
}

/* The standard gives few upper limits: a shorter one needs its reason. */
static void check_short(struct verbing *verbing, const struct moment *within,
                        struct source source)
{
    const int64_t usual = INT64_C(30000000000);
    const struct step *step = verbing->step;

    if (within->duration && within->duration->kind != EXPRESSION_NUMBER)
        return;
    if (step->level == LEVEL_SHOULD || step->level == LEVEL_MAY ||
        entries_find(verbing->entries, "judges"))
        return;
    if (!within->duration || within->duration->number < usual)
        fault(verbing->compiler, source,
              "at least 30s, level should or may, or 'judges' with the "
              "statement that gives the figure",
              NULL, "no requirement sets this limit");
}

void expect_within(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    struct moment *within = &verbing->step->expect->within;
    bool by_expect;

    (void)entry;
    if (parse_moment(verbing->compiler, value, within, &by_expect))
        check_short(verbing, within, value->source);
}

void expect_for(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    (void)entry;
    verbing->step->expect->duration =
        parse_number(verbing->compiler, value, &NUMBER_DURATION);
}

void expect_measure(struct verbing *verbing, const struct entry *entry,
                    const struct node *value)
{
    (void)entry;
    verbing->step->expect->measure = parse_constant(verbing->compiler, value);
}

/* ---- counts and permissions --------------------------------------------- */

void expect_count(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    const struct match_rule rule = {.is_number = true, .number = NUMBER_COUNT};

    (void)entry;
    verbing->step->expect->count =
        parse_matcher(verbing->compiler, value, &rule);
}

static void needs_count(struct verbing *verbing, const struct entry *entry)
{
    if (!entries_find(verbing->entries, "count"))
        fault(verbing->compiler, entry->key->source, "'count' beside it", NULL,
              "'%.*s' has no meaning without 'count'",
              (int)entry->key->text.size, (const char *)entry->key->text.data);
}

const char *const ORDER_WORDS[] = {"strict", "topic", "any", NULL};

void expect_order(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    int index = parse_word(verbing->compiler, value, ORDER_WORDS, "an order");

    if (index >= 0)
        verbing->step->expect->order = (enum expect_order)index;
    needs_count(verbing, entry);
}

void expect_gaps(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    parse_boolean(verbing->compiler, value, &verbing->step->expect->gaps);
    needs_count(verbing, entry);
}

const char *const DISTINCT_WORDS[] = {"packet_id", NULL};

void expect_distinct(struct verbing *verbing, const struct entry *entry,
                     const struct node *value)
{

    verbing->step->expect->distinct =
        parse_word(verbing->compiler, value, DISTINCT_WORDS,
                   "a field that can be distinct") == 0;
    needs_count(verbing, entry);
}

const char *const SPREAD_WORDS[] = {"once", NULL};

void expect_spread(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{

    verbing->step->expect->spread =
        parse_word(verbing->compiler, value, SPREAD_WORDS, "a way to spread") ==
        0;
    needs_count(verbing, entry);
}

void expect_optional(struct verbing *verbing, const struct entry *entry,
                     const struct node *value)
{
    (void)entry;
    parse_boolean(verbing->compiler, value, &verbing->step->expect->optional);
}

void expect_first(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    (void)entry;
    parse_boolean(verbing->compiler, value, &verbing->step->expect->first);
}

void expect_linger(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    (void)entry;
    parse_boolean(verbing->compiler, value, &verbing->step->expect->linger);
}

void expect_ack(struct verbing *verbing, const struct entry *entry,
                const struct node *value)
{
    struct expect_step *expect = verbing->step->expect;

    if (parse_boolean(verbing->compiler, value, &expect->ack) && expect->ack &&
        expect->type != MQTT_PUBLISH)
        fault(verbing->compiler, entry->key->source, "'ack' on publish", NULL,
              "there is nothing to acknowledge in %s",
              mqtt_type_name(expect->type));
}

/* ---- among, chosen, others ---------------------------------------------- */

void expect_among(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    (void)entry;
    verbing->step->expect->among =
        parse_number(verbing->compiler, value, &NUMBER_COUNT);
}

static const char *name_clients(struct verbing *verbing,
                                const struct entry *entry,
                                const struct node *value)
{
    struct compiler *compiler = verbing->compiler;

    if (!entries_find(verbing->entries, "among"))
        fault(compiler, entry->key->source, "'among' beside it", NULL,
              "'%.*s' has no meaning without 'among'",
              (int)entry->key->text.size, (const char *)entry->key->text.data);
    if (value->kind != NODE_SCALAR ||
        !names_legal(compiler, value, value->text))
        return NULL;
    names_add(compiler, value->text, NAME_CLIENTS, false);
    return compile_text(compiler, value->text);
}

void expect_chosen(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    verbing->step->expect->chosen = name_clients(verbing, entry, value);
}

void expect_others(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    verbing->step->expect->others = name_clients(verbing, entry, value);
}

/* ---- of, save ----------------------------------------------------------- */

void expect_of(struct verbing *verbing, const struct entry *entry,
               const struct node *value)
{
    struct expect_step *expect = verbing->step->expect;
    const char *words[MQTT_TYPES + 1] = {NULL};
    size_t count = 0;

    (void)entry;
    for (int i = MQTT_CONNECT; i < MQTT_TYPES; i++)
        if (mqtt_type_to_client((enum mqtt_type)i))
            words[count++] = mqtt_type_name((enum mqtt_type)i);
    if (parse_word(verbing->compiler, value, words,
                   "a packet that a broker sends") < 0)
        return;
    expect->of_type = mqtt_type_parse(value->text, &expect->type);
}

static void save_field(struct verbing *verbing, const struct node *name,
                       const struct node *field_name)
{
    struct compiler *compiler = verbing->compiler;
    struct expect_step *expect = verbing->step->expect;
    struct capture *saves;
    int field;

    if (!field_name || !names_legal(compiler, name, name->text))
        return;
    names_add(compiler, name->text, NAME_CAPTURE, false);
    if (field_name->kind != NODE_SCALAR) {
        fault(compiler, field_name->source, "the name of a field", NULL,
              "only a field can be saved");
        return;
    }
    field = field_of_expect(compiler, expect, field_name, true);
    saves = compile_grow(compiler, expect->saves, expect->save_count,
                         sizeof *saves);
    if (field == MQTT_FIELD_NONE || !saves)
        return;
    expect->saves = saves;
    saves[expect->save_count++] = (struct capture){
        .name = compile_text(compiler, name->text), .field = field};
}

void expect_save(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    (void)entry;
    if (value->kind != NODE_MAP) {
        fault(verbing->compiler, value->source, "{name: field}", NULL,
              "'save' takes a map");
        return;
    }
    for (size_t i = 0; i < value->count; i++)
        save_field(verbing, value->keys[i],
                   resolve(verbing->compiler, value->items[i]));
}

/* ---- the end ------------------------------------------------------------ */

void step_expect_end(struct verbing *verbing)
{
    struct compiler *compiler = verbing->compiler;
    const struct expect_step *expect = verbing->step->expect;

    if (expect->thing == THING_SILENCE && !expect->duration)
        fault(compiler, verbing->node->source, "for: 1s", NULL,
              "silence has to say how long with 'for'");
    if (expect->among && verbing->step->at_count < 2 &&
        !verbing->step->at_pattern)
        fault(compiler, verbing->node->source, "at: [a, b] or at: c*", NULL,
              "'among' needs several clients to choose from");
    if (expect->spread && verbing->step->at_count < 2 &&
        !verbing->step->at_pattern)
        fault(compiler, verbing->node->source, "at: [a, b] or at: c*", NULL,
              "'spread' needs several clients");
}
