/* Secrets in lines of YAML that are shown. */
#ifndef MQTTSPEC_YAML_SECRET_H
#define MQTTSPEC_YAML_SECRET_H

#include <stddef.h>

/* Overwrites in a line, or in several, what stands behind keys that tell of a
 * secret: `password`, `authentication_data`, `auth_…` of a profile's values
 * and names that end in password, secret or token. Every letter and digit
 * that is not of a key becomes a '*', so that columns and structure stay.
 * What names a value instead of stating it ($name, {auth: start}) stays as
 * it is. */
void yaml_hide_secrets(char *text, size_t size);

#endif
