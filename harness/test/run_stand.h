/* A whole run in a test: cases and profile from texts, played against a tiny
 * broker or a command, with all that was told kept. */
#ifndef MQTTSPEC_TEST_RUN_STAND_H
#define MQTTSPEC_TEST_RUN_STAND_H

#include "engine/run.h"
#include "test/scratch.h"
#include "test/tiny_broker.h"

struct run_stand {
    char folder[SCRATCH_PATH], broker_folder[80];
    struct diagnostics diagnostics;
    struct suite *suite;
    struct profile *profile;
    struct run_options options;
    struct run_record *record;
    struct buffer order;    /* "id verdict\n" as decided */
    struct buffer progress; /* the lines */
    /* Told of each decision, after it was noted; NULL: nobody. */
    void (*decided)(struct run_stand *stand, const struct result *result);
};

/* Cases without the frame of a file: the items of `cases`. */
void run_stand_begin(struct run_stand *stand, const char *cases);
/* The profile's YAML, or a plain broker at that port. */
void run_stand_profile(struct run_stand *stand, const char *yaml);
void run_stand_port(struct run_stand *stand, uint16_t port);
void run_stand_run(struct run_stand *stand);
void run_stand_end(struct run_stand *stand);
/* The result of the variant whose id begins so. */
const struct result *run_stand_result(const struct run_stand *stand,
                                      const char *id);
void run_stand_expect(const struct run_stand *stand, const char *id,
                      enum verdict verdict);

#endif
