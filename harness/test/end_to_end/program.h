/* Runs a program as a child, as a user would: its output, its exit status,
 * its time and memory. */
#ifndef MQTTSPEC_TEST_PROGRAM_H
#define MQTTSPEC_TEST_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A child that was killed because it took this long has hung. */
#define PROGRAM_SECONDS 600
#define PROGRAM_ARGUMENTS 40

struct program {
    pid_t pid;
    int64_t began;
    int out, err; /* files in memory that take its output */
    int terminal; /* its other end; 0: none */
};

struct program_end {
    int status;          /* exit status; -1: ended by a signal */
    int signal;          /* which; 0: none */
    char *out, *err;     /* what it printed; free with program_forget */
    long peak_kib;       /* the most memory it had at once */
    int64_t cpu_ns;      /* of itself and the children it waited for */
    int64_t duration_ns; /* from program_start to its end */
};

/* Starts it with arguments ended by NULL, without standard input. The first
 * is looked for in PATH. False when it cannot be started. */
bool program_start(struct program *program, const char *const *arguments);
/* The same on a terminal of so many columns, which takes all that it prints,
 * as program->out does else; nobody types there. */
bool program_start_on_terminal(struct program *program,
                               const char *const *arguments,
                               unsigned short columns);
/* Waits for its end, at most PROGRAM_SECONDS. */
void program_wait(struct program *program, struct program_end *end);
/* Waits until text has appeared in what it printed (either file), or until
 * it has ended. True: it has appeared. */
bool program_printed(const struct program *program, const char *text);
void program_forget(struct program_end *end);

/* The binary under test: $MQTTSPEC, or build/mqttspec. */
const char *program_mqttspec(void);
/* Runs mqttspec with these arguments, ended by NULL, to its end. */
struct program_end program_run(const char *const *arguments);
#define PROGRAM_RUN(...) program_run((const char *const[]){__VA_ARGS__, NULL})

#endif
