/* A send that breaks the standard by accident makes its case worthless
 * (language.md, trap 27): every packet is encoded and looked at by the strict
 * decoder, unless the case is about broken packets. */
#include "script/compile.h"

/* Most sends are plain, and plain ones are legal. */
static bool is_plain(const struct send_step *send)
{
    return send->field_count == 0 && !send->has_will && !send->omit[0] &&
           !send->omit[1] && !send->flags && !send->packet_type &&
           !send->insert && !send->append && !send->truncate &&
           send->remaining_length.form == MQTT_LENGTH_TRUE &&
           send->property_length.form == MQTT_LENGTH_TRUE;
}

static void check_send(struct compiler *compiler, const struct step *step)
{
    const struct send_step *send = step->send;
    struct trial trial;

    /* What stops half-way is unfinished, not illegal. */
    if (step->verb != VERB_SEND || send->thing != THING_PACKET ||
        is_plain(send) || send->stop_after)
        return;
    trial = send_try(send, step_version(compiler->script, step));
    if (trial.found)
        fault(compiler, step->source,
              "a legal packet, or a step that expects rejected or close", NULL,
              "this %s breaks the standard: %s", mqtt_type_name(send->type),
              trial.found);
}

/* ---- which steps --------------------------------------------------------- */

static bool expects_end(const struct step *step)
{
    if (step->verb == VERB_EXPECT && (step->expect->thing == THING_CLOSE ||
                                      step->expect->thing == THING_REJECTED ||
                                      step->expect->thing == THING_WS_CLOSE))
        return true;
    for (size_t i = 0; i < step->child_count; i++)
        if (expects_end(step->children[i]))
            return true;
    return false;
}

void lint_sends(struct compiler *compiler)
{
    const struct script *script = compiler->script;
    bool ends = expects_end(script->steps);

    lint_walk(compiler, script->given, check_send);
    if (!ends)
        lint_walk(compiler, script->steps, check_send);
    lint_goodbye(compiler, !ends);
}
