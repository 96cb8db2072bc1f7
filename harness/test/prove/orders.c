#include "test/prove/prove.h"

#include <stdio.h>
#include <string.h>

enum { ARENA_CAP = 4 << 20, ARGUMENTS_MAX = 2000, TRANSPORTS = 4 };

static const char *const transports[TRANSPORTS] = {"tcp", "tls", "ws", "wss"};
/* Played with every violation, whatever it breaks. */
static const char *const sample[] = {"connect/answered",
                                     "connect/pipelined",
                                     "keep_alive/pingresp",
                                     "session/stored",
                                     "session/qos1-messages-are-queued",
                                     "takeover/old-connection-is-closed",
                                     "will/broken-connection",
                                     "will/qos"};

/* ---- making an order --------------------------------------------------- */

struct maker {
    const struct proof *proof;
    struct order *order;
    size_t count;  /* of the arguments */
    json_t *files; /* set of the case files that were chosen */
};

static void add(struct maker *maker, const char *argument)
{
    if (maker->count + 1 < ARGUMENTS_MAX)
        maker->order->arguments[maker->count++] = argument;
}

static void add_pair(struct maker *maker, const char *option, const char *value)
{
    add(maker, option);
    add(maker, value);
}

static const char *path_of(const struct order *order, const char *folder,
                           const char *ending)
{
    return arena_format(order->arena, "%s/%s.%s", folder, order->name, ending);
}

/* Names of files have no colon. */
static const char *file_name(struct arena *arena, const char *of,
                             size_t profile)
{
    char *name = arena_format(arena, "%s-%zu", of, profile + 1);

    for (char *c = name; c && *c; c++)
        if (*c == ':')
            *c = '-';
    return name;
}

void order_free(struct order *order)
{
    if (!order)
        return;
    arena_free(order->arena);
    memory_free(order);
}

static struct order *new_order(const char *name, size_t profile)
{
    struct order *order = memory_zero(1, sizeof *order);

    if (!order)
        return NULL;
    order->arena = arena_new(ARENA_CAP);
    if (!order->arena) {
        memory_free(order);
        return NULL;
    }
    order->profile = profile;
    order->name = file_name(order->arena, name, profile);
    order->arguments =
        arena_array(order->arena, ARGUMENTS_MAX, sizeof *order->arguments);
    if (order->arguments)
        return order;
    order_free(order);
    return NULL;
}

/* ---- the profile ------------------------------------------------------- */

/* Copies the profile with another program, which is told more. */
static bool copy_profile(FILE *from, FILE *to, const struct proof *proof,
                         const struct way *way)
{
    char line[1024];
    bool found = false;

    while (fgets(line, sizeof line, from)) {
        if (strcmp(line, "- build/refbroker\n") != 0) {
            fputs(line, to);
            continue;
        }
        fprintf(to, "- %s\n", proof->refbroker);
        if (way)
            fprintf(to, "- --violate\n- \"%s\"\n", way->name);
        found = true;
    }
    return found;
}

static bool write_profile(const struct order *order, const struct proof *proof,
                          const char *path)
{
    FILE *from = fopen(proof->profiles[order->profile], "r");
    FILE *to = from ? fopen(path, "w") : NULL;
    bool written = to && copy_profile(from, to, proof, order->way);

    if (from)
        fclose(from);
    if (to && fclose(to) != 0)
        written = false;
    if (!written)
        fprintf(stderr, "prove: %s cannot be made of %s\n", path,
                proof->profiles[order->profile]);
    return written;
}

/* ---- the command line -------------------------------------------------- */

static void begin_command(struct maker *maker)
{
    const struct proof *proof = maker->proof;
    struct order *order = maker->order;

    order->result = path_of(order, proof->folder, "json");
    add_pair(maker, proof->mqttspec, "run");
    add(maker, path_of(order, proof->folder, "yaml"));
    add_pair(maker, "--certs", proof->certs);
    add_pair(maker, "--json", order->result);
    add(maker, "--strict");
    add(maker, "--quiet");
}

/* A variant that the sound broker passes need not fail twice. */
static void add_haste(struct maker *maker)
{
    add_pair(maker, "--patience", maker->proof->patience);
    add(maker, "--unconfirmed");
}

static struct order *finish(struct maker *maker)
{
    struct order *order = maker->order;
    const char *profile = path_of(order, maker->proof->folder, "yaml");

    if (!arena_failed(order->arena) &&
        write_profile(order, maker->proof, profile))
        return order;
    order_free(order);
    return NULL;
}

static void select_way(struct maker *maker, const struct way *way)
{
    const struct proof *proof = maker->proof;

    for (size_t i = 0; i < way->count; i++)
        if (catalogue_cites(proof->catalogue, way->broken[i].statement))
            add_pair(maker, "--select",
                     arena_format(maker->order->arena, "statement=%s",
                                  way->broken[i].statement));
}

static void select_sample(struct maker *maker)
{
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        add_pair(maker, "--select", sample[i]);
}

struct order *order_sound(const struct proof *proof, size_t profile, bool hasty)
{
    struct maker maker = {
        .proof = proof, .order = new_order(hasty ? "hasty" : "sound", profile)};

    if (!maker.order)
        return NULL;
    begin_command(&maker);
    if (hasty)
        add_haste(&maker);
    for (size_t i = 0; proof->only_count && i < proof->ways.count; i++)
        select_way(&maker, &proof->ways.rows[i]);
    if (proof->only_count)
        select_sample(&maker);
    return finish(&maker);
}

/* ---- what a violation is judged by ------------------------------------- */

static bool is_played(const json_t *variant)
{
    return strcmp(variant_text(variant, "verdict"), "pass") == 0;
}

/* Whether the first profile has a variant that judges the statement: the
 * others are for what it cannot judge. */
static bool is_elsewhere(const struct proof *proof, const struct broken *broken,
                         size_t profile)
{
    for (size_t i = 0; i < profile; i++)
        if (result_judges(proof->sound[i], broken))
            return true;
    return false;
}

static bool is_judged_here(const struct proof *proof,
                           const struct broken *broken, size_t profile)
{
    return catalogue_cites(proof->catalogue, broken->statement) &&
           !is_elsewhere(proof, broken, profile) &&
           result_judges(proof->sound[profile], broken);
}

/* The first transport that the case was played on. */
static size_t first_transport(const json_t *variants, const char *of_case)
{
    size_t first = TRANSPORTS - 1;

    for (size_t i = 0; i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        if (strcmp(variant_text(variant, "case"), of_case) != 0)
            continue;
        for (size_t j = 0; j < first; j++)
            if (strcmp(variant_text(variant, "transport"), transports[j]) == 0)
                first = j;
    }
    return first;
}

static json_int_t length_of(const json_t *variant)
{
    const json_t *play = json_object_get(variant, "play");

    return json_integer_value(json_object_get(play, "duration_ns"));
}

/* The sound run tells over which transports, and how long that will last. */
static void need_transports(struct order *order, const json_t *result,
                            const char *statement, bool *needed)
{
    const json_t *variants = json_object_get(result, "variants");

    for (size_t i = 0; i < json_array_size(variants); i++) {
        const json_t *variant = json_array_get(variants, i);
        if (!is_played(variant) || !variant_cites(variant, statement))
            continue;
        needed[first_transport(variants, variant_text(variant, "case"))] = true;
        if (length_of(variant) > order->length)
            order->length = length_of(variant);
    }
}

/* ---- case files -------------------------------------------------------- */

/* Only the files that are needed are read, for reading all of them takes
 * longer than the run. */
static void choose_files(struct maker *maker,
                         bool (*chosen)(const json_t *variant,
                                        const char *which),
                         const char *which)
{
    const json_t *catalogue = maker->proof->catalogue;

    for (size_t i = 0; i < json_array_size(catalogue); i++) {
        const json_t *variant = json_array_get(catalogue, i);
        if (chosen(variant, which))
            json_object_set_new(maker->files, variant_text(variant, "file"),
                                json_true());
    }
}

static bool is_of_case(const json_t *variant, const char *name)
{
    return strcmp(variant_text(variant, "case"), name) == 0;
}

static void add_files(struct maker *maker)
{
    const char *file;
    json_t *value;

    json_object_foreach(maker->files, file, value)
        add_pair(maker, "--cases", arena_text(maker->order->arena, file));
}

/* The result is how many statements are selected. */
static size_t select_statements(struct maker *maker, bool *needed)
{
    struct order *order = maker->order;
    const struct proof *proof = maker->proof;
    size_t selected = 0;

    for (size_t i = 0; i < order->way->count; i++) {
        const struct broken *broken = &order->way->broken[i];
        const char *statement = broken->statement;
        if (!is_judged_here(proof, broken, order->profile))
            continue;
        add_pair(maker, "--select",
                 arena_format(order->arena, "statement=%s", statement));
        choose_files(maker, variant_cites, statement);
        need_transports(order, proof->sound[order->profile], statement, needed);
        selected++;
    }
    return selected;
}

static void choose_sample_files(struct maker *maker)
{
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++)
        choose_files(maker, is_of_case, sample[i]);
}

static void exclude_transports(struct maker *maker, const bool *needed)
{
    for (size_t i = 0; i < TRANSPORTS; i++)
        if (!needed[i])
            add_pair(maker, "--exclude",
                     arena_format(maker->order->arena, "transport=%s",
                                  transports[i]));
}

/* False when no case cites what the way breaks under that profile. */
static bool select_all(struct maker *maker)
{
    bool needed[TRANSPORTS] = {false};
    bool any;

    maker->files = json_object();
    any = select_statements(maker, needed) > 0;
    choose_sample_files(maker);
    add_files(maker);
    json_decref(maker->files);
    select_sample(maker);
    exclude_transports(maker, needed);
    return any;
}

struct order *order_violation(const struct proof *proof, const struct way *way,
                              size_t profile, bool *wanted)
{
    struct maker maker = {.proof = proof,
                          .order = new_order(way->name, profile)};

    *wanted = true;
    if (!maker.order)
        return NULL;
    maker.order->way = way;
    begin_command(&maker);
    add_haste(&maker);
    *wanted = select_all(&maker);
    if (*wanted)
        return finish(&maker);
    order_free(maker.order);
    return NULL;
}
