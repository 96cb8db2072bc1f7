/* The options of all commands, described once: the parser, the help and the
 * command that repeats a variant all read the same table. */
#ifndef MQTTSPEC_CLI_OPTIONS_H
#define MQTTSPEC_CLI_OPTIONS_H

#include "memory/memory.h"

/* A list of texts that are borrowed from argv. */
struct texts {
    const char **items;
    size_t count;
};

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct shard {
    unsigned number, count; /* 0 of 0: all */
};

/* What the arguments said. NULL and 0: not said. */
struct options {
    struct texts words; /* arguments that are no options */
    struct texts select, exclude, headers, cases;
    const char *user, *password;
    const char *ca, *certificate, *key, *server_name, *path;
    const char *junit, *json, *html, *markdown, *comparison, *tap, *badge;
    const char *profile; /* to be written */
    const char *listen, *output;
    const char *pcap, *certs, *dir;
    unsigned jobs, connections, repeat;
    double patience;
    struct shard shard;
    uint64_t seed;
    enum colour colour;
    bool help, insecure, strict, junit_strict, json_lines, unconfirmed;
    bool quiet, verbose, keep_all, complete;
};

/* Which commands an option belongs to. */
enum command_bit {
    COMMAND_RUN = 1,
    COMMAND_LIST = 2,
    COMMAND_SHOW = 4,
    COMMAND_LINT = 8,
    COMMAND_COVERAGE = 16,
    COMMAND_REPORT = 32,
    COMMAND_PROBE = 64,
    COMMAND_MANUAL = 128,
    COMMAND_COMPLETION = 256,
    COMMAND_SCHEMA = 512,
    COMMAND_RECORD = 1024,
    COMMAND_ALL = 2047
};

enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_TEXT,   /* const char * */
    OPTION_LIST,   /* struct texts; may be given several times */
    OPTION_COUNT,  /* unsigned, from 1 to a million */
    OPTION_SEED,   /* uint64_t */
    OPTION_FACTOR, /* double, above 0, at most 1000 */
    OPTION_SHARD,  /* struct shard, "2/5" */
    OPTION_COLOUR  /* enum colour */
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_kind kind;
    unsigned commands; /* enum command_bit */
    size_t offset;     /* in struct options */
    bool repeats;      /* belongs to the command that repeats a variant */
    const char *argument;
    const char *help;
};
extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* The row of that name, or of that letter, for a command; NULL: none. */
const struct option_row *option_named(struct slice name, unsigned command);
const struct option_row *option_lettered(char letter, unsigned command);

/* What is wrong with the arguments, and where. */
struct option_error {
    char text[200];
    const char *unknown; /* an option that there is not, as written; NULL */
};
/* Reads the arguments behind the command's name. Lists are allocated in the
 * arena. "--" ends the options; "--name=value" and "-nvalue" are read, too.
 * False with the first error. */
bool options_parse(int count, char **arguments, unsigned command,
                   struct arena *arena, struct options *options,
                   struct option_error *error);

/* Reads one value into options. False with a sentence in error. */
bool option_set(const struct option_row *row, const char *value,
                struct arena *arena, struct options *options,
                struct option_error *error);
/* Appends " --name value", quoted for a shell, if the option was given. */
void option_put(const struct option_row *row, const struct options *options,
                struct buffer *out);
/* Appends the text as one word of a shell. */
void shell_word(struct buffer *out, const char *text);

#endif
