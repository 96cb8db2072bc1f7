#include "cli/cli.h"
#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* Whoever read it has gone away, so nobody is told. */
static bool nobody_reads(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};

    return poll(&output, 1, 0) > 0 && (output.revents & POLLERR);
}

int main(int argc, char **argv)
{
    /* A reader that has gone away shows as a failed write. */
    signal(SIGPIPE, SIG_IGN);
    int status = cli_main(argc, argv, stdout, stderr);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (!nobody_reads())
        fputs("mqttspec: error: standard output cannot be written\n", stderr);
    return status ? status : CLI_NOT_WRITTEN;
}
