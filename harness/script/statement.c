/* Statements as cases name them. */
#include "script/catalogue.h"
#include "script/compile.h"

static const char *version_elsewhere(const struct catalogue *catalogue,
                                     const char *id)
{
    for (size_t i = 0; i < CASE_VERSIONS; i++)
        if (catalogue_find(catalogue, id, CASE_VERSION[i]))
            return mqtt_version_name(CASE_VERSION[i]);
    return NULL;
}

bool statement_check(const struct catalogue *catalogue,
                     struct diagnostics *diagnostics, const struct node *node,
                     const char *id, enum mqtt_version version)
{
    const char *elsewhere;

    if (!catalogue || catalogue_find(catalogue, id, version))
        return true;
    elsewhere = version_elsewhere(catalogue, id);
    if (!diagnostics)
        return false;
    if (elsewhere)
        fault_at(diagnostics, node->source, NULL, NULL,
                 "%s is a statement of MQTT %s, not of %s", id, elsewhere,
                 mqtt_version_name(version));
    else
        fault_at(diagnostics, node->source,
                 "the id of a statement in the catalogue",
                 fault_suggest(diagnostics, slice_of(id), catalogue->ids),
                 "%s is not a statement", id);
    return false;
}
