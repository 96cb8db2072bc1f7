/* What a broker offers, for people and as a profile. */
#ifndef MQTTSPEC_CLI_OFFER_TEXT_H
#define MQTTSPEC_CLI_OFFER_TEXT_H

#include "engine/offer.h"

/* Versions by transport, then the capabilities with what they mean. */
void offer_put_table(struct buffer *out, const struct offer *offer);
/* A profile file: endpoints as in profile, versions and capabilities as
 * found. */
void offer_put_profile(struct buffer *out, const struct offer *offer,
                       const struct profile *profile);

#endif
