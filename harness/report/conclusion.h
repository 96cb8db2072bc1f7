/* What a run says as a whole, in the sense of its exit status. */
#ifndef MQTTSPEC_REPORT_CONCLUSION_H
#define MQTTSPEC_REPORT_CONCLUSION_H

#include "engine/result.h"

/* "PASSED", "FAILED" …; exit_status as run_exit_status gives it. */
const char *conclusion_word(int exit_status);
/* The sentence behind it, into an empty buffer: "1207 variants judged, none
 * failed." */
void conclusion_put(struct buffer *out, const struct run_record *run,
                    bool strict);

#endif
