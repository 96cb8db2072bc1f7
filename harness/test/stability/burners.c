#include "test/stability/stability.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void burn(void)
{
    volatile unsigned work = 0;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;)
        work++;
}

void burners_start(struct burners *burners)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    burners->count = 0;
    fflush(NULL);
    for (long i = 0; i < processors && i < BURNERS_MAX; i++) {
        pid_t child = fork();
        if (child == 0)
            burn();
        if (child > 0)
            burners->children[burners->count++] = child;
    }
}

void burners_stop(struct burners *burners)
{
    for (size_t i = 0; i < burners->count; i++) {
        kill(burners->children[i], SIGKILL);
        waitpid(burners->children[i], NULL, 0);
    }
    burners->count = 0;
}
