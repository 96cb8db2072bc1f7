/* Asking a target that can be reached for its capabilities, each on a
 * connection of its own. */
#ifndef MQTTSPEC_INQUIRY_H
#define MQTTSPEC_INQUIRY_H

#include "engine/offer.h"
#include "engine/surroundings.h"

struct inquiries;

/* Asks over offer->transport with offer->version and writes into offer what
 * the profile does not state; done is told once, from the loop. NULL when
 * there is no memory. */
struct inquiries *inquiries_start(struct surroundings *surroundings,
                                  struct offer *offer, void (*done)(void *user),
                                  void *user);
/* Once done was told, or after errands_drop. */
void inquiries_free(struct inquiries *inquiries);

#endif
