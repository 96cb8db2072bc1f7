/* What readers of the record need beside it, so that they need neither case
 * files nor catalogue: what the statements demand, and the text of the cases.
 */
#ifndef MQTTSPEC_REPORT_JSON_BACKGROUND_H
#define MQTTSPEC_REPORT_JSON_BACKGROUND_H

#include "engine/result.h"
#include "script/script.h"

/* Each appends a list to an object that is not yet closed. */
void json_put_statements(struct buffer *out, const struct catalogue *catalogue);
/* One entry for each case of the run; its text is null when the file cannot
 * be read any more. */
void json_put_cases(struct buffer *out, const struct run_record *run);

#endif
