#include "cli/cli.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    /* A reader that has gone away shows as a failed write. */
    signal(SIGPIPE, SIG_IGN);
    int status = cli_main(argc, argv, stdout, stderr);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        perror("mqttspec: standard output");
    return status ? status : EXIT_FAILURE;
}
