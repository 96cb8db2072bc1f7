#include "../end_to_end/program.h"
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>

static double seconds_of(const char *const *arguments)
{
    struct program program;
    struct program_end end = {.status = -1};
    if (program_start(&program, arguments))
        program_wait(&program, &end);
    if (end.status != 0)
        printf("%s ended with status %d\n%s", arguments[0], end.status,
               end.err ? end.err : "");
    program_forget(&end);
    return (double)end.duration_ns / 1e9;
}

/* The compiler's cache, if there is one, is not asked. */
static void bench_build(void)
{
    const char *make = getenv("MAKE");
    const char *const clean[] = {"rm", "-rf", "build/fresh", NULL};
    const char *const build[] = {make ? make : "make", "-s",  "-j2",
                                 "BUILD=build/fresh",  "all", NULL};
    seconds_of(clean);
    printf("make from nothing        %8.1f s      (target: below 30)\n",
           seconds_of(build));
    seconds_of(clean);
}

void bench_tools(void)
{
    const char *const lint[] = {program_mqttspec(), "lint", "cases", NULL};
    printf("lint of all cases        %8.1f ms     (target: below 50)\n",
           seconds_of(lint) * 1e3);
    bench_build();
}
