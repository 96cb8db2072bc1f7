/* The report files that the options ask for. */
#ifndef MQTTSPEC_CLI_REPORTS_H
#define MQTTSPEC_CLI_REPORTS_H

#include "cli/cli.h"
#include "report/report.h"

/* Writes them. False after messages on cli->err. */
bool reports_write(struct cli *cli, const struct run_record *run,
                   struct statement_texts texts);
/* The same for a run that never began: reports whose only content is the
 * trouble, so that no reader takes an older report for this run's. */
bool reports_write_trouble(struct cli *cli, const char *trouble);

#endif
