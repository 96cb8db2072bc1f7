#include "test/prove/prove.h"

#include <stdio.h>
#include <string.h>

json_t *result_read(const char *path)
{
    json_error_t error;
    json_t *result = json_load_file(path, 0, &error);

    if (!result)
        fprintf(stderr, "prove: %s: %s\n", path, error.text);
    return result;
}

static bool has_verdict(const json_t *variant, const char *verdict)
{
    return strcmp(variant_text(variant, "verdict"), verdict) == 0;
}

bool verdict_noticed(const json_t *variant)
{
    return has_verdict(variant, "fail") || has_verdict(variant, "warn");
}

json_t *result_noticed(const json_t *result)
{
    const json_t *variants = json_object_get(result, "variants");
    json_t *set = json_object();

    for (size_t i = 0; set && i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        if (verdict_noticed(variant))
            json_object_set_new(set, variant_text(variant, "id"), json_true());
    }
    return set;
}

static bool is_of(const json_t *variant, const bool *versions)
{
    const char *version = variant_text(variant, "version");

    for (size_t i = 0; i < VERSIONS; i++)
        if (versions[i] && strcmp(version_names[i], version) == 0)
            return true;
    return false;
}

bool result_judges(const json_t *result, const struct broken *broken)
{
    const json_t *variants = json_object_get(result, "variants");

    for (size_t i = 0; i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        if (has_verdict(variant, "pass") &&
            variant_cites(variant, broken->statement) &&
            is_of(variant, broken->versions))
            return true;
    }
    return false;
}
