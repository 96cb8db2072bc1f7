/* Measures that need no other machine to compare with: each is a ratio of
 * two figures of one run. Nothing is asserted here, only printed. */
#ifndef MQTTSPEC_TEST_BENCH_H
#define MQTTSPEC_TEST_BENCH_H

#include <stdint.h>

#define BENCH_MIXED 3 /* variants in mixed.yaml */

/* Seconds. */
struct bench_cost {
    double cpu, wall;
};
/* The conversation of setup.yaml so often, one after the other, without
 * anything around it. */
struct bench_cost bench_bare(uint16_t port, unsigned times);

/* How long a run of one version over TCP lasts beyond its longest single
 * wait. */
void bench_full_run(void);
/* What a short conversation costs, beside a bare loop that has the same. */
void bench_setup(void);
/* How many variants that wait for nothing are played in a second. */
void bench_rate(void);
/* What a client that waits costs in memory. */
void bench_open(void);
/* How long `lint` and a build from nothing take. */
void bench_tools(void);

#endif
