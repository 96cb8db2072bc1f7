/* Reports: what a run found, for people (console) and for machines (JUnit,
 * JSON). All read the same record, engine/result.h, and change nothing.
 *
 * Secrets: the texts of a conversation come with passwords already masked,
 * but a CONNECT in hex would show them all the same. The engine therefore
 * overwrites the secret bytes before they reach said.bytes; the reports
 * print what the record holds.
 *
 * Whatever a broker, a profile or a case file says is shown as visible text:
 * control characters, characters that reorder a line and what is not UTF-8
 * appear as \xNN (text.h), so that no report can be broken from outside. */
#ifndef MQTTSPEC_REPORT_H
#define MQTTSPEC_REPORT_H

#include "engine/result.h"
#include "script/script.h"
#include <jansson.h>
#include <stdio.h>

/* What a statement of that version demands, in our own words. The function
 * gives NULL for an unknown one; text itself may be NULL. */
struct statement_texts {
    const char *(*text)(void *user, enum mqtt_version version, const char *id);
    void *user;
};

/* ---- console ----------------------------------------------------------- */

enum console_level {
    CONSOLE_QUIET,  /* at the end: what is not in order, and the conclusion */
    CONSOLE_NORMAL, /* what is not in order, in full; and the summary */
    CONSOLE_VERBOSE /* every variant, whole conversations, measures */
};

/* At most 100 columns, except commands, which are never broken. */
struct console {
    FILE *out;
    enum console_level level;
    bool colour; /* ANSI colours; the caller knows whether out takes them */
    bool strict; /* warnings count as failures */
    struct statement_texts texts;
};

/* What is about to run: target, number of variants, seed. Each of the three
 * gives false when there is no memory or out cannot be written. */
bool console_begin(const struct console *console, const struct run_record *run);
/* Whether that prints anything about such a result. */
bool console_tells(const struct console *console, const struct result *result);
/* One variant has its verdict. */
bool console_result(const struct console *console, const struct result *result);
/* The summary, on every path: nothing run, unreachable, interrupted. */
bool console_end(const struct console *console, const struct run_record *run);

/* ---- JUnit ------------------------------------------------------------- */

#define JUNIT_SIZE_LIMIT ((size_t)25 * 1000 * 1000)

struct junit_options {
    /* Only what jenkins-junit.xsd and junit-10.xsd both accept: no file and
     * line, no message on <skipped>, no <flakyFailure>. */
    bool plain_form;
    bool strict; /* warnings are failures */
    struct statement_texts texts;
    size_t size_limit; /* bytes; 0: JUNIT_SIZE_LIMIT */
};

/* Appends the whole document. One suite for each area, version and
 * transport, one for the passive findings of each version, and a suite
 * "run" where the run itself went wrong. Past the size limit the details of
 * further cases are left out, with a note; never a case. False when there is
 * no memory or the cap of out is reached. */
bool junit_write(const struct run_record *run,
                 const struct junit_options *options, struct buffer *out);

/* ---- JSON -------------------------------------------------------------- */

#define JSON_FORMAT 1 /* grows when a key changes its meaning or goes away */

struct json_options {
    bool strict; /* warnings are failures */
    /* Adds the statements and the texts of the cases, which the reports that
     * are made from the record show; NULL: leaves them out. */
    const struct catalogue *catalogue;
};

/* Appends the complete record, one variant or passive finding a line.
 * Times are nanoseconds, those of a conversation since the begin of its
 * play. Sets jansson's allocation functions to those of memory.h. False when
 * there is no memory or the cap of out is reached. */
bool json_write(const struct run_record *run,
                const struct json_options *options, struct buffer *out);

/* ---- made from the record ---------------------------------------------- */

/* The reports below read what json_write wrote, so that they can be made
 * again from a file, and of several runs. */

/* Reads a record, and checks all that its readers rely on. NULL with one line
 * in error; the caller frees it with json_decref. */
json_t *record_read(struct slice text, char *error, size_t error_size);

/* Several records. */
struct records {
    json_t *const *items;
    size_t count;
};
/* Each appends a document. False when there is no memory or the cap of out
 * is reached. */
bool markdown_write(const struct records *records, struct buffer *out);
/* Brokers side by side in Markdown: a table by area, then for each its counts
 * and what it breaks, listed as known or not, once for each reason. */
bool comparison_write(const struct records *records, struct buffer *out);
/* One page that needs no network. */
bool html_write(const struct records *records, struct buffer *out);
bool tap_write(const struct records *records, struct buffer *out);
/* A "badge" as shields.io reads it from a URL ("endpoint badge"). */
bool badge_write(const struct records *records, struct buffer *out);

/* ---- pcapng ------------------------------------------------------------ */

/* Appends a capture of the play as Wireshark reads it: its connections as TCP
 * segments with their real addresses and times, and what decrypts TLS. The
 * segments are made again from the bytes, so their borders are ours. wall:
 * nanoseconds of Unix time at net_now() 0. False as above. */
bool pcapng_write(const struct traffic *traffic, int64_t wall,
                  struct buffer *out);

/* ---- files ------------------------------------------------------------- */

/* Writes content to path: to a temporary file in the same directory, then
 * renamed, so that nobody ever reads half a report. Missing directories are
 * made. What exists and is not a regular file (a pipe, a terminal) is written
 * directly. False with one line in error, which names path. */
bool report_file_write(const char *path, struct slice content, char *error,
                       size_t error_size);

#endif
