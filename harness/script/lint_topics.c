/* A topic or filter that is the same in every variant would mix those that
 * run side by side. */
#include "script/compile.h"

#include <string.h>

/* $id, $topic, a capture, a value of the profile, random bytes. Counters and
 * times are the same everywhere. */
static bool is_unique(const struct expression *expression)
{
    if (expression->kind == EXPRESSION_RANDOM)
        return true;
    if (expression->kind == EXPRESSION_VARIABLE)
        return strcmp(expression->name, "i") != 0 &&
               strcmp(expression->name, "grace") != 0 &&
               strncmp(expression->name, "limits.", 7) != 0;
    for (size_t i = 0; i < expression->count; i++)
        if (is_unique(expression->parts[i]))
            return true;
    return false;
}

/* $share/group without a filter behind it: nobody can be subscribed so. */
static bool is_malformed_share(struct slice filter)
{
    const struct slice share = slice_of("$share/");

    return slice_starts(filter, share) &&
           !memchr(filter.data + share.size, '/', filter.size - share.size);
}

/* Texts that cannot meet a neighbour: none at all, the broker's own topics,
 * and those that no broker may accept. */
static bool is_harmless(struct slice text)
{
    bool nul = false;

    return !text.size || !mqtt_utf8_valid(text, &nul) || nul ||
           slice_starts(text, slice_of("$SYS")) || is_malformed_share(text);
}

static bool is_topic(const struct send_step *send,
                     const struct send_field *field)
{
    return field->field == MQTT_FILTER || field->field == MQTT_WILL_TOPIC ||
           (field->field == MQTT_TOPIC && send->type == MQTT_PUBLISH);
}

static void check(struct compiler *compiler, const struct send_field *field)
{
    const struct expression *value = field->value;

    if (!value || field->stated_length || is_unique(value) ||
        (value->kind == EXPRESSION_BYTES && is_harmless(value->bytes)))
        return;
    fault(compiler, field->source,
          "$topic, $id or a capture within it, or 'exclusive: true'", NULL,
          "this topic is the same in all variants that run side by side");
}

void lint_topics(struct compiler *compiler, const struct step *step)
{
    const struct send_step *send = step->send;

    if (step->verb != VERB_SEND || send->thing != THING_PACKET)
        return;
    for (size_t i = 0; i < send->field_count; i++)
        if (is_topic(send, &send->fields[i]))
            check(compiler, &send->fields[i]);
}
