/* The parts of a JSON Schema, made from the tables that the readers of cases
 * and profiles use. Every function gives NULL without memory. */
#ifndef MQTTSPEC_CLI_SCHEMA_H
#define MQTTSPEC_CLI_SCHEMA_H

#include "report/json_value.h"

json_t *schema_file_of_cases(void);
json_t *schema_file_of_profile(void);
/* Adds what describes steps to the definitions. */
void schema_put_steps(struct part *definitions);

/* {"$ref": "#/$defs/NAME"} */
json_t *schema_ref(const char *name);
/* One of these words (ended by NULL), also where YAML reads the word as a
 * number or truth value. */
json_t *schema_words(const char *const *words);
/* The same, or `$name`. */
json_t *schema_words_or_name(const char *const *words);
/* A list; items are taken over. */
json_t *schema_list(json_t *items);
/* One of both, which are taken over. */
json_t *schema_either(json_t *one, json_t *other);
/* A map from any name to values, which are taken over. */
json_t *schema_named(json_t *values);
/* A map with no other keys than these properties; required may be NULL. */
json_t *schema_map(json_t *properties, json_t *required);
/* {"required": [key]} */
json_t *schema_requires(const char *key);
/* Something with a description; both are taken over. */
json_t *schema_described(json_t *schema, const char *text);
/* The names of capabilities with what they mean, alone or with a value. */
json_t *schema_capability(void);

#endif
