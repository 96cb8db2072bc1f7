#include "test/prove/prove.h"

#include <stdio.h>
#include <string.h>

json_t *catalogue_read(const char *mqttspec, const char *folder)
{
    const char *arguments[] = {mqttspec, "list", "--json", NULL};
    struct buffer path = buffer_make(4096);
    json_error_t error;
    json_t *catalogue = NULL;

    buffer_format(&path, "%s/catalogue.json", folder);
    if (child_run(arguments, buffer_string(&path)) == 0)
        catalogue = json_load_file(buffer_string(&path), 0, &error);
    if (!catalogue)
        fprintf(stderr, "prove: %s list --json gives no catalogue\n", mqttspec);
    buffer_free(&path);
    return catalogue;
}

const char *variant_text(const json_t *variant, const char *key)
{
    const char *text = json_string_value(json_object_get(variant, key));

    return text ? text : "";
}

bool variant_cites(const json_t *variant, const char *statement)
{
    const json_t *statements = json_object_get(variant, "statements");

    for (size_t i = 0; i < json_array_size(statements); i++)
        if (strcmp(json_string_value(json_array_get(statements, i)),
                   statement) == 0)
            return true;
    return false;
}

bool catalogue_cites(const json_t *catalogue, const char *statement)
{
    for (size_t i = 0; i < json_array_size(catalogue); i++) {
        const json_t *variant = json_array_get(catalogue, i);
        if (strcmp(variant_text(variant, "level"), "may") != 0 &&
            variant_cites(variant, statement))
            return true;
    }
    return false;
}
