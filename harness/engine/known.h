/* The profile's list of known failures, held against what a run has found. */
#ifndef MQTTSPEC_KNOWN_H
#define MQTTSPEC_KNOWN_H

#include "engine/result.h"
#include "script/profile.h"

/* Changes the verdict of a decided variant where an entry speaks of it: fail,
 * warn and inconclusive become known; a pass becomes fixed, unless the entry
 * says `sometimes`. Counts entry->matched. */
void known_judge(struct profile *profile, const struct variant *variant,
                 struct result *result);
/* Whether an entry expects just what this first play shows: then there is
 * nothing to confirm. */
bool known_expects(const struct profile *profile, const struct variant *variant,
                   struct play_record *play);
/* Counts the entries that a variant would have met that was not played. */
void known_note(struct profile *profile, const struct variant *variant);
/* Whether the entry's selector names this variant; one without names all. */
bool known_speaks_of(const struct profile_known *entry,
                     const struct variant *variant);
/* The entry about a finding of the decoder or watcher; NULL: none. */
struct profile_known *known_passive(struct profile *profile,
                                    const struct variant *variant,
                                    const char *statement);

#endif
