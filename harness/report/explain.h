/* One finding in full, as the console prints it and as JUnit carries it. */
#ifndef MQTTSPEC_REPORT_EXPLAIN_H
#define MQTTSPEC_REPORT_EXPLAIN_H

#include "report/report.h"

struct explain_style {
    bool colour;
    bool every_conversation; /* not only those of failures */
    size_t first_lines;      /* of a conversation, and … */
    size_t last_lines;       /* … between them the rest is left out */
    size_t hex_bytes;        /* of one line of it */
    struct statement_texts texts;
};
extern const struct explain_style explain_short; /* normal console */
extern const struct explain_style explain_full;  /* verbose console */
extern const struct explain_style explain_junit;

/* All that is known about a result that is not plainly in order: verdict,
 * id, title, statements, step, expected and actual, reason, warnings,
 * conversation, the command that repeats it. Ends with a line feed. */
void explain_result(struct buffer *out, const struct result *result,
                    const struct explain_style *style);
void explain_passive(struct buffer *out, const struct passive_result *passive,
                     const struct explain_style *style);
/* "passive/MQTT-2.1.3-1@5.0", in the manner of a variant's id. */
void explain_passive_name(struct buffer *out,
                          const struct passive_result *passive);
/* Why the result is not a pass, in one line of visible text without a line
 * feed; nothing for a pass. */
void explain_message(struct buffer *out, const struct result *result);
/* Notes and measures, a line each; nothing where there are none. */
void explain_figures(struct buffer *out, const struct play_record *play);
bool explain_has_figures(const struct play_record *play);

/* The conversation of one play as one sequence, with the findings in their
 * places (conversation.c). Nothing when nothing was said. */
void conversation_put(struct buffer *out, const struct play_record *play,
                      const struct explain_style *style);

/* The source line with a caret under the column, each line indented
 * (excerpt.c). Nothing when the file cannot be read. */
void excerpt_put(struct buffer *out, const struct source *source,
                 size_t indent);

#endif
