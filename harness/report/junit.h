/* Inside of the JUnit report: its entries and how one is written. */
#ifndef MQTTSPEC_REPORT_JUNIT_H
#define MQTTSPEC_REPORT_JUNIT_H

#include "report/report.h"

struct junit_trouble {
    const char *name;
    const char *message;
};

/* What becomes one <testcase>: exactly one of the three pointers is set. */
struct junit_entry {
    const struct result *result;
    const struct passive_result *passive;
    const struct junit_trouble *trouble;
    size_t index; /* in the record */
    size_t copy;  /* from 1: the how manieth of its name */
};

struct junit_writer {
    const struct run_record *run;
    const struct junit_options *options;
    struct buffer *out;
    size_t room; /* bytes left for details */
};

enum junit_outcome {
    JUNIT_PASSED,
    JUNIT_FAILED,
    JUNIT_ERROR,
    JUNIT_SKIPPED,
    JUNIT_FLAKY /* counts as passed */
};
enum junit_outcome junit_outcome(const struct junit_entry *entry, bool strict);
int64_t junit_time(const struct junit_entry *entry); /* ns */
void junit_put_case(struct junit_writer *writer,
                    const struct junit_entry *entry);

#endif
