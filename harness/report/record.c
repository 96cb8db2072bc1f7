/* Reading the record back. */
#include "report/record.h"

#include "memory/memory.h"
#include <stdio.h>
#include <string.h>

/* ---- short ways -------------------------------------------------------- */

const char *record_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool find_verdict(const char *name, enum verdict *verdict)
{
    for (*verdict = 0; *verdict < VERDICTS; ++*verdict)
        if (strcmp(name, verdict_name(*verdict)) == 0)
            return true;
    return false;
}

enum verdict record_verdict(const json_t *variant)
{
    enum verdict verdict;
    return find_verdict(record_text(variant, "verdict"), &verdict)
               ? verdict
               : VERDICT_ERROR;
}

size_t record_count(const json_t *record, enum verdict verdict,
                    const char *version)
{
    const json_t *variants = json_object_get(record, "variants");
    const json_t *variant;
    size_t i, count = 0;
    json_array_foreach(variants, i, variant) count +=
        record_verdict(variant) == verdict &&
        (!version || strcmp(record_text(variant, "version"), version) == 0);
    return count;
}

bool record_fails(const json_t *record, enum verdict verdict)
{
    bool strict = json_is_true(json_object_get(record, "strict"));
    return verdict == VERDICT_FAIL || verdict == VERDICT_FIXED ||
           (strict && verdict == VERDICT_WARN);
}

bool record_unjudged(enum verdict verdict)
{
    return verdict == VERDICT_INCONCLUSIVE || verdict == VERDICT_ERROR ||
           verdict == VERDICT_FLAKY || verdict == VERDICT_NOT_RUN;
}

const char *record_broker(const json_t *record)
{
    const char *broker = record_text(record, "broker");
    return *broker ? broker : record_text(record, "target");
}

/* "all", or versions with spaces between. */
static bool names_version(const char *versions, const char *version)
{
    size_t size = strlen(version);
    if (strcmp(versions, "all") == 0)
        return true;
    for (; *versions; versions += strspn(versions, " ")) {
        size_t word = strcspn(versions, " ");
        if (word == size && memcmp(versions, version, size) == 0)
            return true;
        versions += word;
    }
    return false;
}

const char *record_demand(const json_t *record, const char *id,
                          const char *version)
{
    const json_t *statements = json_object_get(record, "statements");
    const json_t *statement;
    size_t i;
    json_array_foreach(
        statements, i,
        statement) if (strcmp(record_text(statement, "id"), id) == 0 &&
                       names_version(record_text(statement, "versions"),
                                     version)) return record_text(statement,
                                                                  "demand");
    return "";
}

const char *record_reason(const json_t *variant)
{
    const json_t *play = json_object_get(variant, "play");
    const json_t *finding = json_object_get(play, "finding");
    if (*record_text(variant, "reason"))
        return record_text(variant, "reason");
    if (*record_text(play, "reason"))
        return record_text(play, "reason");
    return record_text(finding, "message");
}

/* ---- checking ---------------------------------------------------------- */

/* Whether each key, up to NULL, is a text in the object. */
static bool has_texts(const json_t *object, const char *const *keys)
{
    if (!json_is_object(object))
        return false;
    for (; *keys; keys++)
        if (!json_is_string(json_object_get(object, *keys)))
            return false;
    return true;
}

/* Whether the list is absent, or holds only objects with these texts. */
static bool list_has_texts(const json_t *record, const char *key,
                           const char *const *keys)
{
    const json_t *list = json_object_get(record, key);
    const json_t *item;
    size_t i;
    if (list && !json_is_array(list))
        return false;
    json_array_foreach(list, i, item) if (!has_texts(item, keys)) return false;
    return true;
}

static bool verdicts_are_known(const json_t *record, const char *key)
{
    const json_t *item;
    enum verdict verdict;
    size_t i;
    json_array_foreach(json_object_get(record, key), i,
                       item) if (!find_verdict(record_text(item, "verdict"),
                                               &verdict)) return false;
    return true;
}

static const char *fault_of(const json_t *record)
{
    static const char *const whole[] = {"tool", "target", "conclusion", NULL};
    static const char *const variant[] = {
        "id", "verdict", "case", "area", "title", "version", "transport", NULL};
    static const char *const passive[] = {"statement", "verdict", "rule",
                                          "version", NULL};
    static const char *const statement[] = {"id", "versions", "demand", NULL};
    static const char *const one_case[] = {"id", NULL};

    if (!has_texts(record, whole) ||
        !json_is_array(json_object_get(record, "variants")))
        return "it is no record of mqttspec (run … --json)";
    if (json_integer_value(json_object_get(record, "format")) != JSON_FORMAT)
        return "its format is that of another version of mqttspec";
    if (!list_has_texts(record, "variants", variant) ||
        !list_has_texts(record, "passive", passive) ||
        !list_has_texts(record, "statements", statement) ||
        !list_has_texts(record, "cases", one_case))
        return "a part of an entry is missing";
    if (!verdicts_are_known(record, "variants") ||
        !verdicts_are_known(record, "passive"))
        return "it has a verdict that there is not";
    return NULL;
}

json_t *record_read(struct slice text, char *error, size_t error_size)
{
    json_error_t wrong;
    json_set_alloc_funcs(memory_new, memory_free);
    json_t *record = json_loadb((const char *)text.data, text.size, 0, &wrong);
    if (!record) {
        snprintf(error, error_size, "line %d: %s", wrong.line, wrong.text);
        return NULL;
    }
    const char *fault = fault_of(record);
    if (!fault)
        return record;
    snprintf(error, error_size, "%s", fault);
    json_decref(record);
    return NULL;
}
