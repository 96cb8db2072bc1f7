/* Inside the generators: one that is at work, and what all of them use. */
#ifndef MQTTSPEC_GENERATOR_INSIDE_H
#define MQTTSPEC_GENERATOR_INSIDE_H

#include "script/generator.h"

struct generation {
    struct compiler *compiler;
    struct source source;
    enum mqtt_type type; /* `of`: a packet's name … */
    bool of_will;
    const struct node *sample; /* … or a step that sends one, merged */
    const struct node *except; /* names of rows to leave out; or NULL */
    const struct node *requires;
    bool as_list;
    const char *prefix; /* the row's own name, in front of those made */
    struct row_list *list;
};
typedef void generate(struct generation *generation);

/* All return NULL without memory, and when they are given NULL. */
struct node *generator_scalar(struct generation *generation, struct slice text);
struct node *generator_number(struct generation *generation, int64_t number);
struct node *generator_list(struct generation *generation, struct node *first,
                            struct node *second);
struct node *generator_map(struct generation *generation, const char *key,
                           struct node *value);
/* Adds a row, unless `except` names it. name or value NULL: no memory. */
void generator_add(struct generation *generation, const char *name,
                   const struct node *value);

/* Makes the sample out of a step. False after a fault. */
bool sample_read(struct generation *generation, const struct node *step);

/* Damage to the sample: each row is the step with one thing wrong. Whatever
 * the strict decoder finds legal is left out. */
generate damage_body_lengths, damage_wire_lengths, damage_text_lengths,
    damage_property_lengths, damage_long_integers, damage_trailing_bytes,
    damage_options;
/* Texts in every text of the sample; good ones are legal. */
generate texts_bad_utf8, texts_null_characters, texts_good_utf8;

/* For those: what the decoder says of a changed sample. */
struct trial sample_try(struct generation *generation, const struct node *step);
/* The map with one key set to value, a new one at its end. */
const struct node *sample_with(struct generation *generation,
                               const struct node *map, const char *key,
                               const struct node *value);
/* Adds the changed sample if it breaks a statement of its version. */
void sample_offer(struct generation *generation, const char *name,
                  const struct node *step);

/* A text of the sample: a field, a property, or one half of a User Property,
 * of the packet or of its Will. */
struct place {
    const char *name; /* "topic", "will_user_property_name" */
    enum mqtt_kind kind;
    const struct node *value; /* what stands there */
    bool in_will;
    const struct node *pairs; /* of user_property; else NULL */
    enum { HALF_NAME, HALF_VALUE } half;
    const char *key;
};
typedef void each_place(struct generation *generation,
                        const struct place *place);
void sample_places(struct generation *generation, each_place *each);
/* The sample with another value in that place. */
const struct node *sample_put(struct generation *generation,
                              const struct place *place,
                              const struct node *value);

#endif
