#include "../end_to_end/fake_broker.h"
#include "../end_to_end/program.h"
#include "bench.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TIMES 10000
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number

static bool converse(int socket)
{
    static const uint8_t connect_packet[] = {0x10, 18,  0,   4,   'M', 'Q', 'T',
                                             'T',  5,   2,   2,   88,  0,   0,
                                             5,    'b', 'e', 'n', 'c', 'h'};
    static const uint8_t disconnect_packet[] = {0xe0, 0};
    uint8_t answer[5];
    return write(socket, connect_packet, sizeof connect_packet) > 0 &&
           read(socket, answer, sizeof answer) > 0 &&
           write(socket, disconnect_packet, sizeof disconnect_packet) > 0 &&
           shutdown(socket, SHUT_WR) == 0 &&
           read(socket, answer, sizeof answer) == 0;
}

/* The same conversation without anything around it. */
static void bare_loop(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(port)};
    for (int i = 0; i < TIMES; i++) {
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

static double bare_seconds(uint16_t port)
{
    struct rusage usage = {.ru_maxrss = 0};
    int status = 1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        bare_loop(port);
    wait4(pid, &status, 0, &usage);
    if (status != 0)
        printf("the bare loop failed\n");
    return cpu_of(&usage);
}

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
    double bare = bare_seconds(fake.port);
    double ours = mqttspec_seconds(fake.url);
    fake_stop(&fake);
    printf("CPU of a short variant   %8.2f x      (target: at most 3) of a "
           "bare loop: %.1f us, %.1f us\n",
           ours / bare, ours * 1e6 / TIMES, bare * 1e6 / TIMES);
}
