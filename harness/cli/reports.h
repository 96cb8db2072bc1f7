/* The report files that the options ask for. */
#ifndef MQTTSPEC_CLI_REPORTS_H
#define MQTTSPEC_CLI_REPORTS_H

#include "cli/cli.h"
#include "report/report.h"

/* Writes those of a run: JUnit, the record, and what is made from it; where
 * GITHUB_STEP_SUMMARY names a file, a summary is added to that. catalogue
 * may be NULL. False after messages on cli->err. */
bool reports_write(struct cli *cli, const struct run_record *run,
                   struct statement_texts texts,
                   const struct catalogue *catalogue);
/* The same for a run that never began: reports whose only content is the
 * trouble, so that no reader takes an older report for this run's. */
bool reports_write_trouble(struct cli *cli, const char *trouble);

/* Writes those that are made from records. False after messages. */
bool reports_write_derived(struct cli *cli, const struct records *records);
/* Whether the options ask for any of these. */
bool reports_wanted(const struct options *options);

#endif
