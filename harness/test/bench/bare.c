#include "bench.h"
#include "net/net.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static bool converse(int socket)
{
    static const uint8_t connect_packet[] = {0x10, 18,  0,   4,   'M', 'Q', 'T',
                                             'T',  5,   2,   2,   88,  0,   0,
                                             5,    'b', 'e', 'n', 'c', 'h'};
    static const uint8_t disconnect_packet[] = {0xe0, 0};
    uint8_t answer[64]; /* CONNACK with its properties */
    return write(socket, connect_packet, sizeof connect_packet) > 0 &&
           read(socket, answer, sizeof answer) > 0 &&
           write(socket, disconnect_packet, sizeof disconnect_packet) > 0 &&
           shutdown(socket, SHUT_WR) == 0 &&
           read(socket, answer, sizeof answer) == 0;
}

/* The same conversation without anything around it. */
static void bare_loop(uint16_t port, unsigned times)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(port)};
    for (unsigned i = 0; i < times; i++) {
        int stream = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(stream, (struct sockaddr *)&address, sizeof address) != 0 ||
            !converse(stream))
            _exit(1);
        close(stream);
    }
    _exit(0);
}

static double cpu_of(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

struct bench_cost bench_bare(uint16_t port, unsigned times)
{
    struct rusage usage = {.ru_maxrss = 0};
    int status = 1;
    fflush(NULL);
    int64_t began = net_now();
    pid_t pid = fork();
    if (pid == 0)
        bare_loop(port, times);
    wait4(pid, &status, 0, &usage);
    if (status != 0)
        printf("the bare loop failed\n");
    return (struct bench_cost){.cpu = cpu_of(&usage),
                               .wall = (double)(net_now() - began) / 1e9};
}
