#include "bench.h"
#include <stdio.h>

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    bench_tools();
    bench_setup();
    bench_rate();
    bench_open();
    bench_full_run();
    return 0;
}
