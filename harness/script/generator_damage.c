/* Lengths that lie, and bytes that are missing or too many. */
#include "script/generator_inside.h"

static const char *number_name(struct generation *generation, size_t number)
{
    return arena_format(generation->compiler->arena, "%zu", number);
}

static const char *joined(struct generation *generation, const char *first,
                          const char *second)
{
    return first ? arena_format(generation->compiler->arena, "%s_%s", first,
                                second)
                 : NULL;
}

static size_t sample_size(struct generation *generation, bool body)
{
    struct trial trial = sample_try(generation, generation->sample);

    return body ? trial.body : trial.size;
}

static const struct node *with_number(struct generation *generation,
                                      const char *key, size_t number)
{
    return sample_with(generation, generation->sample, key,
                       generator_number(generation, (int64_t)number));
}

/* ---- cut off, and more of it -------------------------------------------- */

void damage_body_lengths(struct generation *generation)
{
    size_t size = sample_size(generation, true);

    for (size_t i = 0; i < size; i++)
        sample_offer(generation, number_name(generation, i),
                     with_number(generation, "truncate", i));
}

/* Without its first byte nothing has been sent. */
void damage_wire_lengths(struct generation *generation)
{
    size_t size = sample_size(generation, false);

    for (size_t i = 1; i < size; i++)
        generator_add(generation, number_name(generation, i),
                      with_number(generation, "stop_after", i));
}

void damage_trailing_bytes(struct generation *generation)
{
    static const struct {
        const char *name, *hex;
    } rows[] = {{"zero", "00"},
                {"ff", "ff"},
                {"two", "0100"},
                {"text", "000474657874"},
                {"packet", "c000"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        sample_offer(
            generation, rows[i].name,
            sample_with(generation, generation->sample, "append",
                        generator_map(generation, "hex",
                                      generator_scalar(
                                          generation, slice_of(rows[i].hex)))));
}

/* ---- lengths of texts --------------------------------------------------- */

/* The true length is found by trying: it is the largest that is legal, for
 * what a shorter one leaves over may still be a payload. */
static void offer_length(struct generation *generation,
                         const struct place *place, const char *how,
                         int64_t length)
{
    struct node *lie = generator_map(generation, "length",
                                     generator_number(generation, length));
    const struct node *value =
        sample_with(generation, lie, "text", place->value);

    sample_offer(generation, joined(generation, place->name, how),
                 sample_put(generation, place, value));
}

static bool is_legal_length(struct generation *generation,
                            const struct place *place, int64_t length)
{
    struct node *lie = generator_map(generation, "length",
                                     generator_number(generation, length));
    struct trial trial = sample_try(
        generation,
        sample_put(generation, place,
                   sample_with(generation, lie, "text", place->value)));

    return trial.known && !trial.found;
}

static void lie_about(struct generation *generation, const struct place *place)
{
    int64_t body = (int64_t)sample_size(generation, true), length = body;

    if (place->pairs)
        return;
    while (length >= 0 && !is_legal_length(generation, place, length))
        length--;
    if (length > 0)
        offer_length(generation, place, "one_short", length - 1);
    offer_length(generation, place, "one_long", length + 1);
    offer_length(generation, place, "past_end", body);
    offer_length(generation, place, "longest", 65535);
}

void damage_text_lengths(struct generation *generation)
{
    sample_places(generation, lie_about);
}

/* ---- Property Length and other Variable Byte Integers ------------------- */

/* `property_length` of the packet or of its Will. */
static const struct node *with_length(struct generation *generation,
                                      bool in_will, const struct node *length)
{
    const struct node *sample = generation->sample;

    if (!in_will)
        return sample_with(generation, sample, "property_length", length);
    return sample_with(generation, sample, "will",
                       sample_with(generation, node_get(sample, "will"),
                                   "property_length", length));
}

static void lie_about_properties(struct generation *generation, bool in_will)
{
    static const struct {
        const char *name, *form;
        int64_t number; /* 0: the text is a number or hex */
        const char *hex;
    } rows[] = {
        {"one_short", "add", -1, NULL},
        {"one_long", "add", 1, NULL},
        {"past_end", "add", 1000, NULL},
        {"longest", "add", 268435000, NULL},
        {"five_bytes", "hex", 0, "8080808001"},
        {"endless", "hex", 0, "ffffffff7f"},
    };
    const char *what = in_will ? "will_properties" : "properties";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct node *value =
            rows[i].hex ? generator_scalar(generation, slice_of(rows[i].hex))
                        : generator_number(generation, rows[i].number);

        sample_offer(
            generation, joined(generation, what, rows[i].name),
            with_length(generation, in_will,
                        generator_map(generation, rows[i].form, value)));
    }
}

static bool has_properties(const struct generation *generation)
{
    const struct node *send = node_get(generation->sample, "send");
    enum mqtt_type type;

    return generation->compiler->version == MQTT_5_0 &&
           mqtt_type_parse(send->text, &type) &&
           mqtt_field_row(MQTT_PROPERTY_LENGTH)->packets >> type & 1;
}

void damage_property_lengths(struct generation *generation)
{
    if (!has_properties(generation))
        return;
    lie_about_properties(generation, false);
    if (node_get(generation->sample, "will"))
        lie_about_properties(generation, true);
}

static struct node *width(struct generation *generation, int64_t bytes)
{
    return generator_map(generation, "width",
                         generator_number(generation, bytes));
}

static void widen(struct generation *generation, int64_t bytes)
{
    const struct node *sample = generation->sample;
    const struct node *identifier = node_get(sample, "subscription_identifier");
    const char *name = number_name(generation, (size_t)bytes);

    sample_offer(generation, joined(generation, "remaining_length", name),
                 sample_with(generation, sample, "remaining_length",
                             width(generation, bytes)));
    if (has_properties(generation))
        sample_offer(generation, joined(generation, "property_length", name),
                     with_length(generation, false, width(generation, bytes)));
    if (node_get(sample, "will"))
        sample_offer(generation,
                     joined(generation, "will_property_length", name),
                     with_length(generation, true, width(generation, bytes)));
    if (identifier)
        sample_offer(
            generation, joined(generation, "subscription_identifier", name),
            sample_with(generation, sample, "subscription_identifier",
                        sample_with(generation, width(generation, bytes),
                                    "value", identifier)));
}

void damage_long_integers(struct generation *generation)
{
    for (int64_t bytes = 2; bytes <= 4; bytes++)
        widen(generation, bytes);
}

/* ---- subscription options ----------------------------------------------- */

void damage_options(struct generation *generation)
{
    for (size_t i = 0; i < 256; i++)
        sample_offer(generation, number_name(generation, i),
                     with_number(generation, "options", i));
}
