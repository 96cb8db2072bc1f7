#include "../end_to_end/program.h"
#include "bench.h"
#include <jansson.h>
#include <stdio.h>

#define RESULTS "build/bench-results.json"

/* The run's figure of that name in seconds; 0: there is none. */
static double seconds_in(const json_t *results, const char *name)
{
    return json_number_value(json_object_get(results, name)) / 1e9;
}

static void print_ratio(void)
{
    json_t *results = json_load_file(RESULTS, 0, NULL);
    double longest = seconds_in(results, "longest_wait_ns");
    double whole = seconds_in(results, "duration_ns");
    printf("all of 5.0 over TCP      %8.2f x      (target: at most 1.15) of "
           "its longest variant: %.1f s, %.1f s\n",
           longest > 0 ? whole / longest : 0, whole, longest);
    json_decref(results);
}

void bench_full_run(void)
{
    struct program_end end = PROGRAM_RUN(
        "run", "fixtures/brokers/mosquitto.yaml", "--select", "version=5.0",
        "--exclude", "transport=tls", "--exclude", "transport=ws", "--exclude",
        "transport=wss", "--quiet", "--json", RESULTS);
    if (end.status != 0)
        printf("the run ended with status %d\n%s", end.status, end.err);
    program_forget(&end);
    print_ratio();
}
