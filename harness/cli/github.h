/* Annotations for GitHub Actions. */
#ifndef MQTTSPEC_CLI_GITHUB_H
#define MQTTSPEC_CLI_GITHUB_H

#include "engine/result.h"

/* How many GitHub shows of one step. */
#define GITHUB_ANNOTATIONS 10

/* Appends "::error file=…,line=…,title=…::…" for each of the first broken
 * requirements. */
void github_put(struct buffer *out, const struct run_record *run);

#endif
