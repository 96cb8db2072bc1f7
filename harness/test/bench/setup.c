#include "../end_to_end/fake_broker.h"
#include "../end_to_end/program.h"
#include "bench.h"
#include <stdio.h>

#define TIMES 10000
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

static double mqttspec_seconds(const char *url)
{
    struct program_end end =
        PROGRAM_RUN("run", url, "--cases", "harness/test/bench/setup.yaml",
                    "--repeat", TEXT(TIMES), "--quiet");
    double seconds = (double)end.cpu_ns / 1e9;
    if (end.status != 0)
        printf("the run ended with status %d\n%s%s", end.status, end.out,
               end.err);
    program_forget(&end);
    return seconds;
}

void bench_setup(void)
{
    struct fake fake;
    if (!fake_start(&fake, FAKE_SOUND))
        return;
    double bare = bench_bare(fake.port, TIMES).cpu;
    double ours = mqttspec_seconds(fake.url);
    fake_stop(&fake);
    printf("CPU of a short variant   %8.2f x      (target: at most 3) of a "
           "bare loop: %.1f us, %.1f us\n",
           ours / bare, ours * 1e6 / TIMES, bare * 1e6 / TIMES);
}
