#include "../end_to_end/program.h"
#include "bench.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMES 10000
#define MIXED 200 /* of each variant */
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
#define URL_BEGIN "mqtt://127.0.0.1:"

struct broker {
    struct program program;
    char url[64];
    uint16_t port;
};

/* Where it listens stands in what it prints. */
static bool read_url(struct broker *broker)
{
    char text[256] = "";
    ssize_t size = pread(broker->program.out, text, sizeof text - 1, 0);
    const char *url = size > 0 ? strstr(text, URL_BEGIN) : NULL;
    if (!url)
        return false;
    broker->port = (uint16_t)strtoul(url + strlen(URL_BEGIN), NULL, 10);
    snprintf(broker->url, sizeof broker->url, URL_BEGIN "%u",
             (unsigned)broker->port);
    return true;
}

static void stop(struct broker *broker)
{
    struct program_end end;
    kill(broker->program.pid, SIGTERM);
    program_wait(&broker->program, &end);
    program_forget(&end);
}

static bool start(struct broker *broker)
{
    const char *program = getenv("REFBROKER");
    const char *const arguments[] = {program ? program : "build/refbroker",
                                     "--listen", URL_BEGIN "0", NULL};
    if (!program_start(&broker->program, arguments))
        return false;
    if (program_printed(&broker->program, "listening on ") && read_url(broker))
        return true;
    stop(broker);
    return false;
}

static double seconds_of(struct program_end end)
{
    double seconds = (double)end.duration_ns / 1e9;
    if (end.status != 0)
        printf("the run ended with status %d\n%s%s", end.status, end.out,
               end.err);
    program_forget(&end);
    return seconds;
}

static void print_rates(const struct broker *broker)
{
    double bare = bench_bare(broker->port, TIMES).wall;
    double ours = seconds_of(PROGRAM_RUN("run", broker->url, "--cases",
                                         "harness/test/bench/setup.yaml",
                                         "--repeat", TEXT(TIMES), "--quiet"));
    double mixed = seconds_of(PROGRAM_RUN("run", broker->url, "--cases",
                                          "harness/test/bench/mixed.yaml",
                                          "--repeat", TEXT(MIXED), "--quiet"));
    printf("short variants           %8.0f per s  (target: at least 1500), "
           "%.0f connections per s in a bare loop\n",
           TIMES / ours, TIMES / bare);
    printf("variants of two clients  %8.0f per s\n",
           BENCH_MIXED * MIXED / mixed);
}

void bench_rate(void)
{
    struct broker broker;
    if (!start(&broker)) {
        printf("the reference broker does not start\n");
        return;
    }
    print_rates(&broker);
    stop(&broker);
}
