/* Findings that belong to a statement, not to a case: gathered over all
 * plays of a run. */
#ifndef MQTTSPEC_PASSIVE_H
#define MQTTSPEC_PASSIVE_H

#include "engine/player.h"
#include "script/profile.h"

struct passive_list {
    struct arena *arena; /* of the texts; borrowed */
    struct passive_result *rows;
    size_t count, room;
};

/* Adds what the finished play has found; record may become the example that
 * is shown. Lack of memory loses findings, nothing else. */
void passive_collect(struct passive_list *list, struct profile *profile,
                     const struct player *player, const struct variant *variant,
                     struct play_record *record);
/* Whether a row shows that record. */
bool passive_shows(const struct passive_list *list,
                   const struct play_record *record);
/* Frees the rows, not the texts. */
void passive_end(struct passive_list *list);

#endif
