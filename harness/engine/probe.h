/* The conversation before a run: can the target be reached, which versions
 * does it speak over which transport, and what does it offer?
 *
 * A capability is absent only when the broker says so: in CONNACK, by a
 * refusing code, or by closing. A broker that does it wrong has it, and the
 * cases will find out. */
#ifndef MQTTSPEC_PROBE_H
#define MQTTSPEC_PROBE_H

#include "engine/offer.h"
#include "engine/surroundings.h"

struct probe;

/* Told once, from the loop. trouble: why the target cannot be reached, one
 * line that names the address; NULL when it can, and offer is filled in.
 * for_good: waiting for it to come up will not help. */
typedef void (*probe_done)(void *user, const char *trouble, bool for_good);

/* offer was begun with offer_begin. NULL when there is no memory. */
struct probe *probe_start(struct surroundings *surroundings,
                          struct offer *offer, probe_done done, void *user);
/* Gives up without telling, or frees it after it has told; only after
 * errands_drop, or once it has told. */
void probe_free(struct probe *probe);

#endif
