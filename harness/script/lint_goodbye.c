/* After DISCONNECT a Client sends nothing more (3.14.4): a step that does is a
 * mistake, unless the case expects the end of a connection. */
#include "script/compile.h"

enum { CLIENTS_MAX = 32 };

struct goodbye {
    struct compiler *compiler;
    struct slice gone[CLIENTS_MAX]; /* clients that have said DISCONNECT */
    size_t count;
};

static size_t find(const struct goodbye *goodbye, struct slice client)
{
    size_t i = 0;

    while (i < goodbye->count && !slice_equal(goodbye->gone[i], client))
        i++;
    return i;
}

static void say(struct goodbye *goodbye, struct slice client)
{
    if (find(goodbye, client) == goodbye->count && goodbye->count < CLIENTS_MAX)
        goodbye->gone[goodbye->count++] = client;
}

static void come_back(struct goodbye *goodbye, struct slice client)
{
    size_t i = find(goodbye, client);

    if (i < goodbye->count)
        goodbye->gone[i] = goodbye->gone[--goodbye->count];
}

static void check_client(struct goodbye *goodbye, const struct step *step,
                         struct slice client)
{
    const struct send_step *send = step->send;
    bool packet = step->verb == VERB_SEND && send->thing == THING_PACKET;

    if (step->verb == VERB_CLOSE || step->verb == VERB_OPEN ||
        step->verb == VERB_EXPECT ||
        (packet && send->type == MQTT_CONNECT && !send->again)) {
        come_back(goodbye, client);
        return;
    }
    if ((packet || step->verb == VERB_FENCE) &&
        find(goodbye, client) < goodbye->count)
        fault(goodbye->compiler, step->source,
              "a new connection first, or a step that expects rejected or "
              "close",
              NULL, "'%.*s' has sent DISCONNECT already", (int)client.size,
              (const char *)client.data);
    else if (packet && send->type == MQTT_DISCONNECT && !send->stop_after)
        say(goodbye, client);
}

/* An expect may be of anything that ends the connection or explains it. */
static bool matters(const struct step *step)
{
    if (step->verb == VERB_EXPECT)
        return step->expect->thing == THING_CLOSE ||
               step->expect->thing == THING_REJECTED;
    return step->verb == VERB_SEND || step->verb == VERB_CLOSE ||
           step->verb == VERB_OPEN || step->verb == VERB_FENCE;
}

static void follow(struct goodbye *goodbye, const struct step *step)
{
    for (size_t i = 0; matters(step) && i < step->at_count; i++)
        if (!step->at_pattern && step->at[i]->kind == EXPRESSION_BYTES)
            check_client(goodbye, step, step->at[i]->bytes);
    for (size_t i = 0; i < step->child_count; i++)
        follow(goodbye, step->children[i]);
}

void lint_goodbye(struct compiler *compiler, bool steps_too)
{
    struct goodbye goodbye = {.compiler = compiler};

    follow(&goodbye, compiler->script->given);
    if (steps_too)
        follow(&goodbye, compiler->script->steps);
}
