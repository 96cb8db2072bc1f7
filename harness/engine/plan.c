#include "engine/plan.h"

#include <stdio.h>
#include <string.h>

/* ---- choosing ---------------------------------------------------------- */

/* FNV-1a: the same on every machine and for every later version. */
bool plan_in_shard(const char *variant_id, unsigned shard, unsigned shards)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (const char *at = variant_id; *at; at++)
        hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
    return shards < 2 || hash % shards == shard - 1;
}

static bool is_wanted(const struct run_options *options,
                      const struct variant *variant)
{
    return plan_in_shard(variant->id, options->shard, options->shards) &&
           (!options->wanted || options->wanted(options->wanted_user, variant));
}

/* What a shell reads as the one word id. */
static void put_quoted(struct buffer *out, const char *id)
{
    buffer_text(out, "'");
    for (; *id; id++)
        if (*id == '\'')
            buffer_text(out, "'\\''");
        else
            buffer_append(out, id, 1);
    buffer_text(out, "'");
}

static const char *repeat_command(const char *start, const char *id,
                                  struct arena *arena)
{
    if (!start)
        return NULL;
    struct buffer out = buffer_make(1u << 16);
    buffer_text(&out, start);
    buffer_text(&out, " --select ");
    put_quoted(&out, id);
    const char *command = arena_text(arena, buffer_string(&out));
    buffer_free(&out);
    return command;
}

static void fill_result(struct result *result, const struct variant *variant)
{
    *result = (struct result){
        .verdict = VERDICT_NOT_RUN,
        .variant_id = variant->id,
        .case_id = variant->case_id,
        .area = variant->area,
        .title = variant->title,
        .rows = variant->rows ? variant->rows : "",
        .version = variant->version,
        .transport = variant->transport,
        .source = variant->source,
        .statements = variant->statements,
        .statement_count = variant->statement_count,
    };
}

static void add(struct plan *plan, const struct run_options *options,
                const struct variant *variant, struct arena *arena)
{
    struct entry *entry = &plan->entries[plan->count];

    entry->variant = variant;
    entry->result = &plan->results[plan->count];
    entry->exclusive = variant->exclusive;
    entry->connections = 1;
    entry->to_start = options->repeat ? options->repeat : 1;
    fill_result(entry->result, variant);
    entry->result->repeat_command =
        repeat_command(options->repeat_command, variant->id, arena);
    plan->count++;
}

bool plan_choose(struct plan *plan, const struct run_options *options,
                 const struct target_shape *shape, struct arena *arena)
{
    size_t count = 0;
    const struct variant *variants =
        suite_variants(options->suite, shape, &count);

    if (!variants && count)
        return false;
    plan->count = 0;
    plan->entries = memory_zero(count, sizeof *plan->entries);
    plan->results = memory_zero(count, sizeof *plan->results);
    if (!plan->entries || !plan->results) {
        plan_end(plan);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        if (is_wanted(options, &variants[i]))
            add(plan, options, &variants[i], arena);
    plan->complete = plan->count == count;
    return !arena_failed(arena);
}

void plan_end(struct plan *plan)
{
    for (size_t i = 0; plan->entries && i < plan->count; i++)
        if (plan->entries[i].script)
            script_free(plan->entries[i].script);
    memory_free(plan->entries);
    memory_free(plan->results);
    *plan = (struct plan){NULL, NULL, 0, false};
}

/* ---- how many connections ---------------------------------------------- */

#define NAMES_MAX 128
#define CONNECTIONS_MAX 8192

struct crowd {
    struct slice names[NAMES_MAX]; /* clients named in full */
    size_t count;
    size_t families; /* the largest number of clients named by counting */
};

static void note_name(struct crowd *crowd, struct slice name)
{
    for (size_t i = 0; i < crowd->count; i++)
        if (slice_equal(crowd->names[i], name))
            return;
    if (crowd->count < NAMES_MAX)
        crowd->names[crowd->count++] = name;
}

static size_t times(const struct expression *expression, size_t before)
{
    if (!expression || expression->kind != EXPRESSION_NUMBER ||
        expression->number < 1)
        return before;
    if (expression->number > CONNECTIONS_MAX)
        return CONNECTIONS_MAX;
    size_t product = before * (size_t)expression->number;
    return product > CONNECTIONS_MAX ? CONNECTIONS_MAX : product;
}

static size_t rounds_of(const struct step *step, size_t rounds)
{
    if (step->verb == VERB_REPEAT)
        return times(step->count, rounds);
    if (step->send)
        return times(step->send->count, rounds);
    if (step->expect && step->expect->count &&
        step->expect->count->kind == MATCHER_EQUAL)
        return times(step->expect->count->expression, rounds);
    return rounds;
}

static void note_step(struct crowd *crowd, const struct step *step,
                      size_t rounds)
{
    rounds = rounds_of(step, rounds);
    for (size_t i = 0; i < step->at_count && !step->at_pattern; i++)
        if (step->at[i]->kind == EXPRESSION_BYTES)
            note_name(crowd, step->at[i]->bytes);
        else if (rounds > crowd->families)
            crowd->families = rounds;
    for (size_t i = 0; i < step->child_count; i++)
        note_step(crowd, step->children[i], rounds);
}

size_t plan_connections(const struct script *script)
{
    struct crowd crowd = {.count = 0};

    if (script->given)
        note_step(&crowd, script->given, 1);
    note_step(&crowd, script->steps, 1);
    size_t all = crowd.count + crowd.families;
    return all ? all : 1;
}

/* ---- what a script needs ----------------------------------------------- */

#define REASON_SIZE 256

/* Clients that the target has no address or account for. */
static bool client_is_served(const struct client_options *client,
                             const struct script *script,
                             const struct target *target, char *reason)
{
    const char *endpoint = client->endpoint ? client->endpoint : "default";
    enum net_transport transport =
        client->has_transport ? client->transport : script->transport;

    if (endpoint[0] != '$' && !target_address(target, endpoint, transport)) {
        snprintf(reason, REASON_SIZE,
                 "the target has no %s address for the endpoint '%.100s'",
                 net_transport_name(transport), endpoint);
        return false;
    }
    if (client->account && client->account[0] != '$' &&
        !target_account((void *)(uintptr_t)target, client->account).found) {
        snprintf(reason, REASON_SIZE, "the profile has no account '%.100s'",
                 client->account);
        return false;
    }
    return true;
}

static bool version_is_served(const struct client_options *client,
                              const struct offer *offer, char *reason)
{
    if (!client->has_version || offer->shape.versions[client->version])
        return true;
    snprintf(reason, REASON_SIZE, "the broker does not offer MQTT %s",
             mqtt_version_name(client->version));
    return false;
}

static bool script_is_served(const struct script *script,
                             const struct offer *offer,
                             const struct target *target, char *reason)
{
    if (!offer_meets(offer, script->requires, script->require_count, reason,
                     REASON_SIZE))
        return false;
    for (size_t i = 0; i < script->client_count; i++)
        if (!client_is_served(&script->clients[i], script, target, reason) ||
            !version_is_served(&script->clients[i], offer, reason))
            return false;
    return true;
}

/* ---- learning ---------------------------------------------------------- */

static void decide(struct entry *entry, enum verdict verdict,
                   const char *reason)
{
    entry->decided = true;
    entry->result->verdict = verdict;
    entry->result->reason = reason;
}

/* The last row that was learnt; rows on other transports wait alike. */
static const struct entry *find_alike(const struct plan *plan, size_t index)
{
    const struct variant *wanted = plan->entries[index].variant;

    while (index-- > 0) {
        const struct variant *variant = plan->entries[index].variant;
        if (strcmp(variant->case_id, wanted->case_id) != 0)
            return NULL;
        if (variant->version == wanted->version && wanted->rows &&
            variant->rows && strcmp(variant->rows, wanted->rows) == 0)
            return &plan->entries[index];
    }
    return NULL;
}

static bool skip_unlearnt(struct entry *entry,
                          const struct run_options *options,
                          const struct offer *offer, struct arena *arena)
{
    const struct variant *variant = entry->variant;

    if (variant->level == LEVEL_STRICT && !options->strict) {
        decide(entry, VERDICT_SKIP, "judged only under --strict");
        return true;
    }
    if (offer->works[variant->transport][variant->version])
        return false;
    decide(entry, VERDICT_SKIP,
           arena_format(arena, "the broker does not offer MQTT %s over %s",
                        mqtt_version_name(variant->version),
                        net_transport_name(variant->transport)));
    return true;
}

static void learn(struct entry *entry, const struct run_options *options,
                  const struct offer *offer, const struct target *target,
                  struct arena *arena)
{
    char reason[REASON_SIZE];
    struct script *script = script_compile(options->suite, entry->variant);

    if (!script) {
        decide(entry, VERDICT_ERROR, "no memory to prepare it");
        return;
    }
    entry->wait = script->wait;
    entry->exclusive = entry->exclusive || script->uses_broker;
    entry->connections = plan_connections(script);
    if (!script_is_served(script, offer, target, reason))
        decide(entry, VERDICT_SKIP, arena_text(arena, reason));
    script_free(script);
}

static void learn_from(struct entry *entry, const struct entry *alike)
{
    entry->wait = alike->wait;
    entry->exclusive = entry->exclusive || alike->exclusive;
    entry->connections = alike->connections;
}

void plan_learn(struct plan *plan, const struct run_options *options,
                const struct offer *offer, const struct target *target,
                struct arena *arena)
{
    for (size_t i = 0; i < plan->count; i++) {
        struct entry *entry = &plan->entries[i];
        if (skip_unlearnt(entry, options, offer, arena))
            continue;
        const struct entry *alike = find_alike(plan, i);
        if (alike && !alike->decided)
            learn_from(entry, alike);
        else
            learn(entry, options, offer, target, arena);
    }
}
