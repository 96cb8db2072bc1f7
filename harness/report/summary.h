/* The parts of the console's summary, each ended by an empty line; a part
 * that has nothing to say writes nothing. */
#ifndef MQTTSPEC_REPORT_SUMMARY_H
#define MQTTSPEC_REPORT_SUMMARY_H

#include "report/explain.h"

void summary_passive(struct buffer *out, const struct run_record *run,
                     const struct explain_style *style);
/* One line each: statement, reason, variant. */
void summary_known(struct buffer *out, const struct run_record *run,
                   const struct explain_style *style);
/* How many variants got the verdict for which reason. */
void summary_reasons(struct buffer *out, const struct run_record *run,
                     enum verdict verdict);
/* What was open when the broker died. */
void summary_suspects(struct buffer *out, const struct run_record *run);
/* All that makes the exit status differ from 0, with the command that
 * repeats it. */
void summary_not_in_order(struct buffer *out, const struct run_record *run,
                          const struct console *console);
/* A table of verdicts by version. */
void summary_counts(struct buffer *out, const struct run_record *run,
                    bool colour);
/* What the run says as a whole, in the sense of its exit status. */
void summary_conclusion(struct buffer *out, const struct run_record *run,
                        const struct console *console);

#endif
