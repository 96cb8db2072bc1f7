/* Short ways to what the reports need that are made from the record;
 * record_read has checked that it is there. */
#ifndef MQTTSPEC_REPORT_RECORD_H
#define MQTTSPEC_REPORT_RECORD_H

#include "engine/result.h"
#include "report/report.h"

/* A text of an object; "" when it is absent or null. */
const char *record_text(const json_t *object, const char *key);
/* The verdict of a variant or passive finding. */
enum verdict record_verdict(const json_t *variant);
/* How many variants of that version, or of all when it is NULL, have the
 * verdict. */
size_t record_count(const json_t *record, enum verdict verdict,
                    const char *version);
/* Whether the verdict makes the exit status of that run 1. */
bool record_fails(const json_t *record, enum verdict verdict);
/* Where a verdict is no failure, but the variant was not judged. */
bool record_unjudged(enum verdict verdict);
/* "Mosquitto 2.0.11"; the target where the broker is not named. */
const char *record_broker(const json_t *record);
/* What the statement of that version demands; "" when it is not known. */
const char *record_demand(const json_t *record, const char *id,
                          const char *version);
/* The one line that says why a variant has its verdict; "" when it passed. */
const char *record_reason(const json_t *variant);

#endif
