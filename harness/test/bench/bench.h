/* Measures that need no other machine to compare with: each is a ratio of
 * two figures of one run. Nothing is asserted here, only printed. */
#ifndef MQTTSPEC_TEST_BENCH_H
#define MQTTSPEC_TEST_BENCH_H

/* How long a full run lasts beyond its longest single wait. */
void bench_full_run(void);
/* What a short conversation costs, beside a bare loop that has the same. */
void bench_setup(void);
/* What a client that waits costs in memory. */
void bench_open(void);
/* How long `lint` and a build from nothing take. */
void bench_tools(void);

#endif
