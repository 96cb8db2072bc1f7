/* From the verdicts of several plays of one variant to its own.
 *
 * Confirmed before reported: a failure is repeated alone, and so is what
 * could not be judged. Pure: knows neither time nor connections. */
#ifndef MQTTSPEC_JUDGEMENT_H
#define MQTTSPEC_JUDGEMENT_H

#include "engine/result.h"

struct judgement {
    unsigned rounds;          /* verdicts added so far */
    struct play_record *bad;  /* a failed play (strict: or warned) */
    struct play_record *last; /* the latest play */
    enum verdict verdict;     /* once decided */
    struct play_record *decisive, *first; /* as in struct result */
};

/* How bad a verdict of a play is, for the worst of several. */
int judgement_rank(enum verdict verdict);

/* Adds the next play (of the first round: the worst of its plays). strict:
 * a warning is confirmed like a failure. True once the variant is decided;
 * false: it has to be played again, alone. Records stay the caller's. */
bool judgement_add(struct judgement *judgement, struct play_record *play,
                   bool strict);

#endif
