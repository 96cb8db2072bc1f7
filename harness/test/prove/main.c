/* prove [-j JOBS] [-p PATIENCE] MQTTSPEC REFBROKER CERTS FOLDER [PATTERN…] */
#include "test/prove/prove.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    EXIT_INCOMPLETE = 1,
    EXIT_USAGE = 2,
    JOBS = 24,
    JOBS_AGAIN = 4,
    JOBS_MAX = 64
};

/* Nearly all of a run that fails is waiting for what does not come. */
#define PATIENCE "0.1"
#define PATIENCE_AGAIN "0.3"

/* ---- sound ------------------------------------------------------------- */

enum { SOUND_RUNS = 2 * PROFILES };

/* The second half of them hasty. */
static bool order_sound_runs(const struct proof *proof, struct order **orders)
{
    for (size_t i = 0; i < SOUND_RUNS; i++) {
        orders[i] = order_sound(proof, i % PROFILES, i >= PROFILES);
        if (!orders[i])
            return false;
    }
    return true;
}

/* What a broker with limits does not offer leaves a case undecided: 5. */
static bool is_sound(const struct order *order)
{
    if (order->status == 0 || (order->profile > 0 && order->status == 5))
        return true;
    fprintf(stderr, "prove: the sound broker does not pass: %s (status %d)\n",
            order->result, order->status);
    return false;
}

/* A hasty run only tells which variants not to trust. */
static bool read_hasty(struct proof *proof, const struct order *order)
{
    json_t *result = result_read(order->result);

    proof->hasty[order->profile] = result ? result_noticed(result) : NULL;
    json_decref(result);
    return proof->hasty[order->profile] != NULL;
}

static bool read_sound(struct proof *proof, struct order *const *orders)
{
    for (size_t i = 0; i < PROFILES; i++) {
        if (!is_sound(orders[i]))
            return false;
        proof->sound[i] = result_read(orders[i]->result);
        if (!proof->sound[i] || !read_hasty(proof, orders[PROFILES + i]))
            return false;
    }
    return true;
}

static bool prove_sound(struct proof *proof)
{
    struct order *orders[SOUND_RUNS] = {NULL};
    bool sound = order_sound_runs(proof, orders) &&
                 children_run(orders, SOUND_RUNS, proof->jobs) &&
                 read_sound(proof, orders);

    for (size_t i = 0; i < SOUND_RUNS; i++)
        order_free(orders[i]);
    return sound;
}

/* ---- broken ------------------------------------------------------------ */

struct orders {
    struct order **rows;
    size_t count;
};

/* The longest first, so that none is left alone at the end. */
static int by_length(const void *left, const void *right)
{
    const struct order *a = *(struct order *const *)left;
    const struct order *b = *(struct order *const *)right;

    return (a->length < b->length) - (a->length > b->length);
}

/* Only ways that break one of these statements; NULL: all ways. */
static bool order_all(const struct proof *proof, const json_t *of,
                      struct orders *orders)
{
    orders->rows =
        memory_zero(proof->ways.count * PROFILES, sizeof(struct order *));
    if (!orders->rows)
        return false;
    for (size_t i = 0; i < proof->ways.count * PROFILES; i++) {
        const struct way *way = &proof->ways.rows[i / PROFILES];
        bool wanted = !of || way_breaks_any(way, of);
        struct order *order =
            wanted ? order_violation(proof, way, i % PROFILES, &wanted) : NULL;
        if (order)
            orders->rows[orders->count++] = order;
        else if (wanted)
            return false;
    }
    qsort(orders->rows, orders->count, sizeof *orders->rows, by_length);
    return true;
}

static void read_evidence(const struct proof *proof,
                          const struct orders *orders, size_t look,
                          struct evidence *evidence)
{
    for (size_t i = 0; i < orders->count; i++) {
        const struct order *order = orders->rows[i];
        size_t way = (size_t)(order->way - proof->ways.rows);
        evidence[way].results[look * PROFILES + order->profile] =
            result_read(order->result);
    }
}

static void drop_orders(struct orders *orders)
{
    for (size_t i = 0; i < orders->count; i++)
        order_free(orders->rows[i]);
    memory_free(orders->rows);
}

static bool look(const struct proof *proof, const json_t *of, size_t which,
                 struct evidence *evidence)
{
    struct orders orders = {NULL, 0};
    bool looked = order_all(proof, of, &orders) &&
                  children_run(orders.rows, orders.count, proof->jobs);

    if (looked)
        read_evidence(proof, &orders, which, evidence);
    drop_orders(&orders);
    return looked;
}

/* Few at a time and with more patience. */
static bool look_again(const struct proof *proof, struct evidence *evidence)
{
    struct proof patient = *proof;
    json_t *unseen = table_unseen(proof, evidence, proof->ways.count);
    bool looked = true;

    patient.patience = PATIENCE_AGAIN;
    patient.jobs = JOBS_AGAIN;
    if (json_object_size(unseen)) {
        printf("prove: looks again, for statements: %zu\n",
               json_object_size(unseen));
        looked = look(&patient, unseen, 1, evidence);
    }
    json_decref(unseen);
    return looked;
}

static void drop_evidence(struct evidence *evidence, size_t count)
{
    for (size_t i = 0; evidence && i < count; i++)
        for (size_t j = 0; j < LOOKS * PROFILES; j++)
            json_decref(evidence[i].results[j]);
    memory_free(evidence);
}

/* How many things are missing; 1 also when it could not be found out. */
static size_t prove_broken(const struct proof *proof)
{
    size_t count = proof->ways.count;
    struct evidence *evidence = memory_zero(count, sizeof *evidence);
    size_t missing = 1;

    for (size_t i = 0; evidence && i < count; i++)
        evidence[i].way = &proof->ways.rows[i];
    if (evidence && look(proof, NULL, 0, evidence) &&
        look_again(proof, evidence))
        missing = table_write(proof, evidence, count);
    drop_evidence(evidence, count);
    return missing;
}

/* ---- all --------------------------------------------------------------- */

static bool prove(struct proof *proof)
{
    proof->catalogue = catalogue_read(proof->mqttspec, proof->folder);
    if (!proof->catalogue ||
        !ways_read(&proof->ways, proof->refbroker, proof->folder))
        return false;
    ways_keep(&proof->ways, proof->only, proof->only_count);
    if (!proof->ways.count) {
        fprintf(stderr, "prove: there is no such violation\n");
        return false;
    }
    return prove_sound(proof) && prove_broken(proof) == 0;
}

static void end(struct proof *proof)
{
    for (size_t i = 0; i < PROFILES; i++) {
        json_decref(proof->sound[i]);
        json_decref(proof->hasty[i]);
    }
    json_decref(proof->catalogue);
    ways_free(&proof->ways);
}

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s [-j JOBS] [-p PATIENCE] MQTTSPEC REFBROKER CERTS FOLDER "
            "[PATTERN...]\n"
            "JOBS: 1 to %d; PATTERN: of violations, or of statements\n",
            program, JOBS_MAX);
    return EXIT_USAGE;
}

static bool read_options(struct proof *proof, int count, char **arguments)
{
    int option;

    while ((option = getopt(count, arguments, "j:p:")) != -1) {
        if (option == 'j')
            proof->jobs = strtoul(optarg, NULL, 10);
        else if (option == 'p')
            proof->patience = optarg;
        else
            return false;
    }
    return proof->jobs >= 1 && proof->jobs <= JOBS_MAX && count - optind >= 4;
}

int main(int count, char **arguments)
{
    struct proof proof = {.profiles = {"fixtures/brokers/refbroker.yaml",
                                       "fixtures/brokers/"
                                       "refbroker_limited.yaml"},
                          .patience = PATIENCE,
                          .jobs = JOBS};
    bool proved;

    if (!read_options(&proof, count, arguments))
        return usage(arguments[0]);
    proof.mqttspec = arguments[optind];
    proof.refbroker = arguments[optind + 1];
    proof.certs = arguments[optind + 2];
    proof.folder = arguments[optind + 3];
    proof.only = arguments + optind + 4;
    proof.only_count = (size_t)(count - optind - 4);
    if (mkdir(proof.folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "prove: the folder %s cannot be made\n", proof.folder);
        return EXIT_USAGE;
    }
    proved = prove(&proof);
    end(&proof);
    return proved ? 0 : EXIT_INCOMPLETE;
}
