/* What a case does to a packet on purpose (language.md, section 2). */
#include "script/compile.h"

static const struct number_rule NIBBLE = {
    .what = "a nibble", .bounded = true, .max = 15};
static const struct number_rule SIZE = {
    .what = "a number of bytes", .bounded = true, .max = 268435460};

void damage_flags(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    (void)entry;
    verbing->step->send->flags =
        parse_number(verbing->compiler, value, &NIBBLE);
}

void damage_packet_type(struct verbing *verbing, const struct entry *entry,
                        const struct node *value)
{
    (void)entry;
    verbing->step->send->packet_type =
        parse_number(verbing->compiler, value, &NIBBLE);
}

/* ---- lengths ------------------------------------------------------------ */

static const struct number_rule LENGTH = {
    .what = "a length", .bounded = true, .max = 268435455};
static const struct number_rule DIFFERENCE = {.what = "a difference",
                                              .bounded = true,
                                              .min = -268435455,
                                              .max = 268435455};
static const struct number_rule WIDTH = {
    .what = "a width", .bounded = true, .min = 1, .max = 5};

void damage_length(struct compiler *compiler, const struct node *value,
                   struct send_length *length)
{
    const struct node *inner;

    if (value->kind != NODE_MAP) {
        length->form = MQTT_LENGTH_IS;
        length->value = parse_number(compiler, value, &LENGTH);
    } else if (value->count == 1 && (inner = node_get(value, "add"))) {
        length->form = MQTT_LENGTH_ADD;
        length->value = parse_number(compiler, inner, &DIFFERENCE);
    } else if (value->count == 1 && (inner = node_get(value, "width"))) {
        length->form = MQTT_LENGTH_WIDTH;
        length->value = parse_number(compiler, inner, &WIDTH);
    } else if (value->count == 1 && node_get(value, "hex")) {
        length->form = MQTT_LENGTH_BYTES;
        length->value = parse_bytes(compiler, value);
    } else {
        fault(compiler, value->source,
              "a number, {add: n}, {width: n} or {hex: …}", NULL,
              "this is not a length");
    }
}

void damage_property_length(struct verbing *verbing, const struct entry *entry,
                            const struct node *value)
{
    if (verbing->compiler->version != MQTT_5_0)
        fault(verbing->compiler, entry->key->source,
              "'property_length' within a '5.0:' block", NULL,
              "MQTT %s has no properties",
              mqtt_version_name(verbing->compiler->version));
    else
        damage_length(verbing->compiler, value,
                      &verbing->step->send->property_length);
}

void damage_remaining_length(struct verbing *verbing, const struct entry *entry,
                             const struct node *value)
{
    (void)entry;
    damage_length(verbing->compiler, value,
                  &verbing->step->send->remaining_length);
}

/* ---- what is left out, put in, cut off ---------------------------------- */

static bool may_omit(enum mqtt_type type, enum mqtt_field field)
{
    const struct mqtt_field_row *row = mqtt_field_row(field);

    return field != MQTT_FIELD_NONE && field != MQTT_FLAGS &&
           field != MQTT_PACKET_TYPE && field != MQTT_PACKET_SIZE &&
           (row->packets >> type & 1);
}

static void omit_field(struct verbing *verbing, const struct node *name)
{
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;
    enum mqtt_field field;
    char room[FAULT_NODE];

    name = resolve(compiler, name);
    if (!name)
        return;
    field = name->kind == NODE_SCALAR ? mqtt_field_parse(name->text)
                                      : MQTT_FIELD_NONE;
    if (may_omit(send->type, field)) {
        send->omit[field / 64] |= UINT64_C(1) << field % 64;
        return;
    }
    fault(compiler, name->source,
          "a field of the packet, property_length or will_property_length",
          fault_suggest(compiler->diagnostics, name->text,
                        field_names(compiler, send->type, true)),
          "%s cannot be left out of %s", fault_node(name, room, sizeof room),
          mqtt_type_name(send->type));
}

void damage_omit(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    (void)entry;
    if (value->kind == NODE_LIST)
        for (size_t i = 0; i < value->count; i++)
            omit_field(verbing, value->items[i]);
    else
        omit_field(verbing, value);
}

void damage_insert(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct send_step *send = verbing->step->send;

    (void)entry;
    if (value->kind != NODE_MAP || value->count != 2 ||
        !node_get(value, "at") ||
        (!node_get(value, "hex") && !node_get(value, "text"))) {
        fault(compiler, value->source, "{at: offset, hex: bytes}", NULL,
              "this cannot be inserted");
        return;
    }
    send->insert_at = parse_number(compiler, node_get(value, "at"), &SIZE);
    for (size_t i = 0; i < 2; i++)
        if (!node_is(value->keys[i], "at")) {
            struct node *keys[1] = {value->keys[i]};
            struct node *items[1] = {value->items[i]};
            struct node bytes = {.kind = NODE_MAP,
                                 .source = value->source,
                                 .keys = keys,
                                 .items = items,
                                 .count = 1};

            send->insert = parse_bytes(compiler, &bytes);
        }
}

void damage_append(struct verbing *verbing, const struct entry *entry,
                   const struct node *value)
{
    (void)entry;
    verbing->step->send->append = parse_bytes(verbing->compiler, value);
}

void damage_truncate(struct verbing *verbing, const struct entry *entry,
                     const struct node *value)
{
    (void)entry;
    verbing->step->send->truncate =
        parse_number(verbing->compiler, value, &SIZE);
}

void damage_stop_after(struct verbing *verbing, const struct entry *entry,
                       const struct node *value)
{
    (void)entry;
    verbing->step->send->stop_after =
        parse_number(verbing->compiler, value, &SIZE);
}
