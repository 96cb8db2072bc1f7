/* A run's record with one variant of every verdict, for tests of reports. */
#ifndef MQTTSPEC_TEST_SAMPLE_RUN_H
#define MQTTSPEC_TEST_SAMPLE_RUN_H

#include "report/report.h"

/* A fresh record in static storage; a test may change it. */
struct run_record *sample_run(void);
/* The result with the verdict. */
struct result *sample_result(struct run_record *run, enum verdict verdict);
/* Statements with texts of their own, some without. */
struct statement_texts sample_texts(void);
/* An empty run: nothing chosen. */
struct run_record *sample_empty_run(void);

/* Runs the command with its standard output into text; the exit status, or
 * -1 when it could not be run. */
int sample_command(const char *command, char *text, size_t size);
/* Writes content to a new file of that name under a directory that is made
 * once; the path is valid until the next call. */
const char *sample_file(const char *name, struct slice content);

#endif
