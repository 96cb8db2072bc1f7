/* `record`: a proxy between clients and a broker, and a case of what it
 * saw. */
#include "cli/commands.h"
#include "cli/ready.h"
#include "cli/target.h"
#include "engine/target.h"
#include "record/proxy.h"
#include "report/report.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CASE_CAP ((size_t)64 << 20)
#define ERROR_SIZE 400
#define LISTEN_DEFAULT "mqtt://127.0.0.1:0"
/* More would be no case that anybody reads; the loader takes files of 4 MB. */
#define PACKETS_MAX 4000
#define BYTES_MAX ((size_t)1 << 20)

enum { UNREACHABLE = 3, NOTHING = 4 };

struct recorder {
    struct cli *cli;
    struct ready ready;
    struct run_options options; /* how the broker is reached */
    struct target target;
    enum net_transport transport;
    struct net_url listen;
    struct recording *recording;
};

/* ---- the broker --------------------------------------------------------- */

static bool refuse_started(const struct recorder *recorder)
{
    if (!recorder->ready.profile->command_count)
        return true;
    cli_error(recorder->cli, "start it, and name its URL",
              "record does not start brokers");
    return false;
}

/* The first transport that the target has. */
static bool choose_transport(struct recorder *recorder)
{
    for (int i = 0; i < NET_TRANSPORTS; i++) {
        recorder->transport = (enum net_transport)i;
        if (target_address(&recorder->target, "default", recorder->transport))
            return true;
    }
    cli_error(recorder->cli, NULL, "the target has no endpoint 'default'");
    return false;
}

static bool find_broker(struct recorder *recorder)
{
    if (recorder->cli->options.words.count > 1) {
        cli_error(recorder->cli, NULL, "record takes one URL of one broker");
        return false;
    }
    if (!ready_begin(&recorder->ready, recorder->cli) ||
        !refuse_started(recorder))
        return false;
    recorder->options = ready_options(&recorder->ready);
    return true;
}

static bool read_listen(struct recorder *recorder)
{
    const char *text = recorder->cli->options.listen
                           ? recorder->cli->options.listen
                           : LISTEN_DEFAULT;
    char error[ERROR_SIZE];
    if (!net_url_parse_to_listen(text, &recorder->listen, error,
                                 sizeof error)) {
        cli_error(recorder->cli, NULL, "--listen: %s", error);
        return false;
    }
    if (recorder->listen.transport == NET_TCP)
        return true;
    cli_error(recorder->cli, "such as " LISTEN_DEFAULT,
              "record listens on mqtt:// only; the broker may be reached "
              "otherwise");
    return false;
}

/* ---- while it goes on --------------------------------------------------- */

static void on_listening(void *user, uint16_t port)
{
    const struct recorder *recorder = user;
    bool v6 = strchr(recorder->listen.host, ':') != NULL;
    fprintf(recorder->cli->err, "listening on mqtt://%s%s%s:%u\n",
            v6 ? "[" : "", recorder->listen.host, v6 ? "]" : "",
            (unsigned)port);
    fflush(recorder->cli->err);
}

static void on_line(void *user, const char *line)
{
    const struct recorder *recorder = user;
    fprintf(recorder->cli->err, "%s\n", line);
    fflush(recorder->cli->err);
}

/* A name may have several addresses: the first that answers is taken. */
static enum proxy_end serve(struct recorder *recorder, char *error)
{
    struct target_address *address =
        (struct target_address *)(uintptr_t)target_address(
            &recorder->target, "default", recorder->transport);
    enum proxy_end end = PROXY_UNREACHABLE;
    for (size_t i = 0; i < address->address_count && end == PROXY_UNREACHABLE;
         i++) {
        struct net_options broker;
        const char *trouble;
        address->chosen = i;
        if (!target_options(&recorder->target, "default", recorder->transport,
                            &broker, &trouble)) {
            snprintf(error, ERROR_SIZE, "%s", trouble);
            return PROXY_BROKEN;
        }
        end = proxy_run(
            &(struct proxy_options){.broker = &broker,
                                    .host = recorder->listen.host,
                                    .port = recorder->listen.port,
                                    .connections =
                                        recorder->cli->options.connections,
                                    .recording = recorder->recording,
                                    .listening = on_listening,
                                    .say = on_line,
                                    .user = recorder},
            error, ERROR_SIZE);
    }
    return end;
}

/* ---- afterwards --------------------------------------------------------- */

/* The file's name without folder and ending, as far as an id may hold it. */
static const char *case_name(struct recorder *recorder)
{
    const char *file = recorder->cli->options.output;
    const char *begin = file ? strrchr(file, '/') : NULL;
    begin = begin ? begin + 1 : file ? file : "session";
    size_t length = strcspn(begin, ".");
    char *name = arena_text_of(recorder->cli->arena,
                               slice_make(begin, length > 60 ? 60 : length));
    for (char *c = name; c && *c; c++)
        *c =
            isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
    return name && *name ? name : "session";
}

static void tell_next(const struct recorder *recorder, const char *target)
{
    const struct cli *cli = recorder->cli;
    struct buffer line = buffer_make(2000);
    if (cli->options.quiet || !cli->options.output)
        return;
    buffer_format(&line, "%s is written; play it with: ", cli->options.output);
    shell_word(&line, cli->program);
    buffer_text(&line, " run ");
    shell_word(&line, target);
    buffer_text(&line, " --cases ");
    shell_word(&line, cli->options.output);
    buffer_text(&line, "\n");
    cli_put(cli->err, &line);
}

static bool put_out(struct recorder *recorder, struct buffer *text)
{
    struct cli *cli = recorder->cli;
    char error[ERROR_SIZE];
    if (!cli->options.output)
        return cli_put(cli->out, text);
    bool written = report_file_write(cli->options.output, buffer_slice(text),
                                     error, sizeof error);
    if (!written)
        cli_error(cli, NULL, "%s", error);
    buffer_free(text);
    return written;
}

static int write_case(struct recorder *recorder)
{
    const char *target = target_name(recorder->cli);
    struct buffer text = buffer_make(CASE_CAP);
    struct recording_words words = {case_name(recorder), target};
    if (!recording_connections(recorder->recording)) {
        cli_error(recorder->cli, "connect clients to the address above",
                  "no client came: nothing is written");
        return NOTHING;
    }
    if (!target || !recording_write(recorder->recording, &words, &text)) {
        cli_error(recorder->cli, NULL, "no memory");
        buffer_free(&text);
        return EXIT_FAILURE;
    }
    if (!put_out(recorder, &text))
        return CLI_BAD_USAGE;
    tell_next(recorder, target);
    return CLI_OK;
}

static int record(struct recorder *recorder)
{
    char error[ERROR_SIZE];
    if (!choose_transport(recorder))
        return CLI_BAD_USAGE;
    switch (serve(recorder, error)) {
    case PROXY_OVER:
        return write_case(recorder);
    case PROXY_UNREACHABLE:
        cli_error(recorder->cli, NULL, "%s", error);
        return UNREACHABLE;
    case PROXY_DEAF:
        cli_error(recorder->cli, NULL, "--listen: %s", error);
        return CLI_BAD_USAGE;
    case PROXY_BROKEN:
        break;
    }
    cli_error(recorder->cli, NULL, "%s", error);
    return EXIT_FAILURE;
}

static int record_target(struct recorder *recorder)
{
    int status = UNREACHABLE;
    recorder->recording =
        recording_new(&(struct recording_limits){PACKETS_MAX, BYTES_MAX});
    if (!recorder->recording) {
        cli_error(recorder->cli, NULL, "no memory");
        return EXIT_FAILURE;
    }
    if (target_begin(&recorder->target, &recorder->options))
        status = record(recorder);
    else
        cli_error(recorder->cli, NULL, "%s", recorder->target.trouble);
    target_end(&recorder->target);
    recording_free(recorder->recording);
    return status;
}

int perform_record(struct cli *cli)
{
    struct recorder recorder = {.cli = cli};
    int status = CLI_BAD_USAGE;
    if (read_listen(&recorder) && find_broker(&recorder))
        status = record_target(&recorder);
    net_url_free(&recorder.listen);
    ready_end(&recorder.ready);
    return status;
}
