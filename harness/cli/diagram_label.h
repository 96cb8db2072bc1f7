/* What stands on the arrows of a diagram: a step in few words. */
#ifndef MQTTSPEC_CLI_DIAGRAM_LABEL_H
#define MQTTSPEC_CLI_DIAGRAM_LABEL_H

#include "script/script.h"

void label_send(struct buffer *out, const struct send_step *send);
/* The answer that `ack` waits for; "" when there is none. */
const char *label_answer(const struct send_step *send);
void label_expect(struct buffer *out, const struct expect_step *expect);
/* What the clients do themselves: open, close, pause, reading … */
void label_action(struct buffer *out, const struct step *step);
/* "end+2s" */
void label_moment(struct buffer *out, const struct moment *moment);

#endif
