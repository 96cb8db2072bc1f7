/* How the bytes of a send reach the broker. */
#include "script/compile.h"

/* A `together` has no packet of its own, but a delivery. */
static struct delivery *delivery_of(struct verbing *verbing)
{
    if (!verbing->step->send)
        verbing->step->send =
            compile_new(verbing->compiler, sizeof *verbing->step->send);
    return verbing->step->send ? &verbing->step->send->delivery : NULL;
}

static void read_offsets(struct verbing *verbing, struct delivery *delivery,
                         const struct node *list)
{
    static const struct number_rule offset = {
        .what = "an offset", .bounded = true, .max = 268435460};
    struct compiler *compiler = verbing->compiler;

    for (size_t i = 0; i < list->count; i++) {
        struct expression **offsets =
            compile_grow(compiler, delivery->offsets, delivery->offset_count,
                         sizeof(void *));
        struct expression *number =
            offsets ? parse_number(compiler, list->items[i], &offset) : NULL;

        if (!number)
            return;
        delivery->offsets = offsets;
        offsets[delivery->offset_count++] = number;
    }
}

const char *const SPLIT_WORDS[] = {"each", "none", "[offsets]", NULL};

void delivery_split(struct verbing *verbing, const struct entry *entry,
                    const struct node *value)
{
    struct delivery *delivery = delivery_of(verbing);
    int index;

    (void)entry;
    if (!delivery)
        return;
    if (value->kind == NODE_LIST) {
        read_offsets(verbing, delivery, value);
        return;
    }
    index = parse_word(verbing->compiler, value, SPLIT_WORDS, "a way to split");
    delivery->split_each = index == 0;
    delivery->split_none = index == 1;
}

void delivery_gap(struct verbing *verbing, const struct entry *entry,
                  const struct node *value)
{
    struct delivery *delivery = delivery_of(verbing);

    (void)entry;
    if (delivery)
        delivery->gap =
            parse_number(verbing->compiler, value, &NUMBER_DURATION);
}

const char *const AS_WORDS[] = {"segments", "records", "frames", "fragments",
                                NULL};

void delivery_as(struct verbing *verbing, const struct entry *entry,
                 const struct node *value)
{
    struct delivery *delivery = delivery_of(verbing);
    int index =
        parse_word(verbing->compiler, value, AS_WORDS, "a kind of piece");

    (void)entry;
    if (delivery && index >= 0)
        delivery->as = (enum cut_as)index;
}

void delivery_between(struct verbing *verbing, const struct entry *entry,
                      const struct node *value)
{
    struct delivery *delivery = delivery_of(verbing);
    struct step *step;

    (void)entry;
    if (!delivery)
        return;
    step = compile_step(verbing->compiler, value, verbing->around);
    if (step && (step->verb != VERB_SEND || step->send->thing == THING_PACKET ||
                 step->send->thing == THING_BYTES))
        fault(verbing->compiler, value->source,
              "send: ws_ping, ws_pong or ws_close", NULL,
              "only a control frame can stand between pieces");
    else
        delivery->between = step;
}

void delivery_background(struct verbing *verbing, const struct entry *entry,
                         const struct node *value)
{
    struct delivery *delivery = delivery_of(verbing);

    (void)entry;
    if (delivery)
        parse_boolean(verbing->compiler, value, &delivery->background);
}

/* ---- frame: {…} --------------------------------------------------------- */

static const struct {
    const char *name;
    uint8_t opcode;
} OPCODES[] = {{"continuation", 0}, {"text", 1}, {"binary", 2},
               {"close", 8},        {"ping", 9}, {"pong", 10}};

uint8_t thing_opcode(enum thing thing)
{
    switch (thing) {
    case THING_WS_CLOSE:
        return 8;
    case THING_WS_PING:
        return 9;
    case THING_WS_PONG:
        return 10;
    default:
        return 2;
    }
}

static void frame_opcode(struct compiler *compiler, struct net_frame *frame,
                         const struct node *value)
{
    static const struct number_rule rule = {
        .what = "an opcode", .bounded = true, .max = 15};
    int64_t number;

    for (size_t i = 0; i < sizeof OPCODES / sizeof *OPCODES; i++)
        if (node_is(value, OPCODES[i].name)) {
            frame->opcode = OPCODES[i].opcode;
            return;
        }
    if (parse_constant_number(compiler, value, &rule, &number))
        frame->opcode = (uint8_t)number;
}

static void frame_mask(struct compiler *compiler, struct net_frame *frame,
                       const struct node *value)
{
    parse_boolean(compiler, value, &frame->mask);
}

static void frame_fin(struct compiler *compiler, struct net_frame *frame,
                      const struct node *value)
{
    parse_boolean(compiler, value, &frame->fin);
}

static void frame_rsv(struct compiler *compiler, struct net_frame *frame,
                      const struct node *value)
{
    static const struct number_rule rule = {
        .what = "the reserved bits", .bounded = true, .max = 7};
    int64_t number;

    if (parse_constant_number(compiler, value, &rule, &number))
        frame->rsv = (uint8_t)number;
}

static void frame_length_width(struct compiler *compiler,
                               struct net_frame *frame,
                               const struct node *value)
{
    static const char *const words[] = {"0", "2", "8", NULL};
    static const uint8_t widths[] = {0, 2, 8};
    int index = parse_word(compiler, value, words, "a width of the length");

    if (index >= 0)
        frame->length_width = widths[index];
}

static const struct {
    void (*read)(struct compiler *, struct net_frame *, const struct node *);
} FRAME_KEYS[] = {{frame_opcode},
                  {frame_mask},
                  {frame_fin},
                  {frame_rsv},
                  {frame_length_width}};

const char *const FRAME_PARTS[] = {"opcode", "mask",         "fin",
                                   "rsv",    "length_width", NULL};

void delivery_frame(struct verbing *verbing, const struct entry *entry,
                    const struct node *value)
{
    struct compiler *compiler = verbing->compiler;
    struct delivery *delivery = delivery_of(verbing);

    (void)entry;
    if (!delivery)
        return;
    delivery->has_frame = true;
    delivery->frame = NET_FRAME_DEFAULT;
    delivery->frame.opcode = thing_opcode(verbing->step->send->thing);
    if (value->kind != NODE_MAP) {
        fault(compiler, value->source,
              fault_one_of(compiler->diagnostics, FRAME_PARTS), NULL,
              "'frame' takes a map");
        return;
    }
    for (size_t i = 0; i < value->count; i++) {
        int key = parse_word(compiler, value->keys[i], FRAME_PARTS,
                             "a key of 'frame'");
        const struct node *item = resolve(compiler, value->items[i]);

        if (key >= 0 && item)
            FRAME_KEYS[key].read(compiler, &delivery->frame, item);
    }
}
