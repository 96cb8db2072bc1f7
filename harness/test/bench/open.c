#include "../end_to_end/fake_broker.h"
#include "../end_to_end/program.h"
#include "bench.h"
#include <stdio.h>
#include <sys/resource.h>

#define CLIENTS 5000
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

static long peak_kib(const char *url, const char *clients)
{
    struct program_end end = PROGRAM_RUN(
        "run", url, "--cases", "harness/test/bench/open.yaml", "--repeat",
        clients, "--connections", TEXT(CLIENTS), "--quiet");
    long peak = end.peak_kib;
    if (end.status != 0)
        printf("the run ended with status %d\n%s%s", end.status, end.out,
               end.err);
    program_forget(&end);
    return peak;
}

static void raise_descriptors(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void bench_open(void)
{
    struct fake fake;
    raise_descriptors();
    if (!fake_start(&fake, FAKE_SOUND))
        return;
    long one = peak_kib(fake.url, "1");
    long all = peak_kib(fake.url, TEXT(CLIENTS));
    fake_stop(&fake);
    printf("memory of an open client %8.1f KiB    (target: at most 16), %d "
           "at once\n",
           (double)(all - one) / (CLIENTS - 1), CLIENTS);
}
