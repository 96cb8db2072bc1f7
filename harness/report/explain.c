#include "report/explain.h"
#include "report/ink.h"

#include "report/text.h"
#include <string.h>

#define LABEL_COLUMNS 14 /* where the text behind a label begins */
#define LISTED_MAX 100   /* warnings, notes, measures of one play */

const struct explain_style explain_short = {
    .first_lines = 30, .last_lines = 70, .hex_bytes = 64};
const struct explain_style explain_full = {.every_conversation = true,
                                           .first_lines = SIZE_MAX / 2,
                                           .last_lines = SIZE_MAX / 2,
                                           .hex_bytes = SIZE_MAX};
const struct explain_style explain_junit = {.every_conversation = true,
                                            .first_lines = 30,
                                            .last_lines = 170,
                                            .hex_bytes = 64};

/* ---- labelled lines ---------------------------------------------------- */

static void put_label(struct buffer *out, const struct explain_style *style,
                      const char *label)
{
    buffer_text(out, "  ");
    ink_use(out, style->colour, INK_BOLD);
    text_padded(out, label, LABEL_COLUMNS - 2);
    ink_use(out, style->colour, INK_PLAIN);
}

/* "  label     text", wrapped; nothing for an empty text. */
static void put_text(struct buffer *out, const struct explain_style *style,
                     const char *label, const char *text)
{
    if (text_is_empty(text))
        return;
    put_label(out, style, label);
    text_wrapped(out, text, LABEL_COLUMNS, LABEL_COLUMNS);
    buffer_u8(out, '\n');
}

/* The same for a text of several lines. */
static void put_lines(struct buffer *out, const struct explain_style *style,
                      const char *label, const char *text)
{
    while (!text_is_empty(text)) {
        char line[TEXT_PIECE_MAX];
        size_t size = strcspn(text, "\n");
        snprintf(line, sizeof line, "%.*s", (int)size, text);
        put_text(out, style, label, line);
        label = "";
        text += size + (text[size] == '\n');
    }
}

static void put_place(struct buffer *out, const struct explain_style *style,
                      const char *label, const struct source *source)
{
    if (!source->file)
        return;
    put_label(out, style, label);
    text_piece(out, source->file, TEXT_PIECE_MAX);
    buffer_format(out, ":%d", source->line);
    if (source->column > 0)
        buffer_format(out, ":%d", source->column);
    buffer_u8(out, '\n');
}

/* ---- statements -------------------------------------------------------- */

static void put_statement(struct buffer *out, const struct explain_style *style,
                          enum mqtt_version version, const char *id,
                          const char *label)
{
    const struct statement_texts *texts = &style->texts;
    const char *text =
        texts->text ? texts->text(texts->user, version, id) : NULL;
    put_label(out, style, label);
    text_piece(out, id, TEXT_PIECE_MAX);
    if (!text_is_empty(text)) {
        buffer_u8(out, '\n');
        text_spaces(out, LABEL_COLUMNS);
        text_wrapped(out, text, LABEL_COLUMNS, LABEL_COLUMNS);
    }
    buffer_u8(out, '\n');
}

/* The ids of a step's own list, which stand in one text. */
static void put_listed(struct buffer *out, const struct explain_style *style,
                       enum mqtt_version version, const char *list)
{
    const char *label = "demanded by";
    for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
        char id[128];
        size_t size = strcspn(list, " ");
        snprintf(id, sizeof id, "%.*s", (int)(size < 127 ? size : 127), list);
        put_statement(out, style, version, id, label);
        label = "";
        list += size;
    }
}

/* A step that names its own statements is judged by them alone. */
static void put_statements(struct buffer *out,
                           const struct explain_style *style,
                           const struct result *result,
                           const struct finding *finding)
{
    if (finding && !text_is_empty(finding->statements)) {
        put_listed(out, style, result->version, finding->statements);
        return;
    }
    for (size_t i = 0; i < result->statement_count; i++)
        put_statement(out, style, result->version, result->statements[i],
                      i ? "" : "demanded by");
}

/* ---- plays ------------------------------------------------------------- */

static void put_finding(struct buffer *out, const struct explain_style *style,
                        const char *label, const struct finding *finding)
{
    if (text_is_empty(finding->message))
        return;
    put_text(out, style, label, finding->message);
    put_place(out, style, "step", &finding->source);
    excerpt_put(out, &finding->source, LABEL_COLUMNS);
    put_text(out, style, "client", finding->client);
    put_lines(out, style, "expected", finding->expected);
    put_lines(out, style, "actual", finding->actual);
}

/* How many of count are listed. */
static size_t listed(size_t count)
{
    return count < LISTED_MAX ? count : LISTED_MAX;
}

/* The rest that listed() has left out. */
static void put_rest(struct buffer *out, const struct explain_style *style,
                     size_t count, const char *noun)
{
    if (count <= LISTED_MAX)
        return;
    put_label(out, style, "");
    text_count(out, count - LISTED_MAX, noun);
    buffer_text(out, " more\n");
}

static void put_warnings(struct buffer *out, const struct explain_style *style,
                         const struct result *result,
                         const struct play_record *play)
{
    for (size_t i = 0; i < listed(play->warning_count); i++) {
        const struct finding *warning = &play->warnings[i];
        buffer_text(out, i || play->finding.kind ? "\n" : "");
        bool told = i == 0 && result->verdict == VERDICT_WARN;
        if (!told && !text_is_empty(warning->statements))
            put_listed(out, style, result->version, warning->statements);
        put_finding(out, style, "warning", warning);
    }
    put_rest(out, style, play->warning_count, "warning");
}

bool explain_has_figures(const struct play_record *play)
{
    return play && (play->note_count || play->measure_count);
}

static void put_measure(struct buffer *out, const struct measure *measure)
{
    put_label(out, &explain_short, "measured");
    text_piece(out, measure->text, TEXT_PIECE_MAX);
    buffer_text(out, ": ");
    text_duration(out, measure->value);
    if (!text_is_empty(measure->note)) {
        buffer_text(out, " (");
        text_piece(out, measure->note, TEXT_PIECE_MAX);
        buffer_u8(out, ')');
    }
    buffer_u8(out, '\n');
}

void explain_figures(struct buffer *out, const struct play_record *play)
{
    for (size_t i = 0; i < listed(play->note_count); i++)
        put_text(out, &explain_short, "note", play->notes[i]);
    put_rest(out, &explain_short, play->note_count, "note");
    for (size_t i = 0; i < listed(play->measure_count); i++)
        put_measure(out, &play->measures[i]);
    put_rest(out, &explain_short, play->measure_count, "measure");
}

static void put_play(struct buffer *out, const struct explain_style *style,
                     const struct result *result,
                     const struct play_record *play, bool conversation)
{
    put_finding(out, style, "finding", &play->finding);
    put_text(out, style, "reason", play->reason);
    put_warnings(out, style, result, play);
    explain_figures(out, play);
    if (conversation && play->said_count) {
        buffer_u8(out, '\n');
        conversation_put(out, play, style);
    }
}

static void put_both_plays(struct buffer *out,
                           const struct explain_style *style,
                           const struct result *result)
{
    put_text(out, style, "first play", "It failed.");
    put_play(out, style, result, result->first, true);
    if (!result->play)
        return;
    buffer_u8(out, '\n');
    put_text(out, style, "second play", "Repeated alone, it passed.");
    put_play(out, style, result, result->play, true);
}

/* ---- results ----------------------------------------------------------- */

void explain_message(struct buffer *out, const struct result *result)
{
    const struct play_record *play = result->play;
    const struct play_record *first = result->first;
    const char *text = result->reason;
    if (text_is_empty(text) && play)
        text = play->reason;
    if (result->verdict == VERDICT_PASS)
        return;
    if (result->verdict == VERDICT_FIXED) {
        buffer_text(out, "passes, but is listed as known for ");
        text = text_is_empty(text) ? "no reason given" : text;
    } else if (result->verdict == VERDICT_FLAKY) {
        buffer_text(out, "failed once, passed when repeated alone: ");
        text = first ? first->finding.message : text;
    } else if (result->verdict == VERDICT_WARN && play && play->warning_count) {
        text = play->warnings[0].message;
    } else if (result->verdict == VERDICT_FAIL || text_is_empty(text)) {
        text = play ? play->finding.message : text;
    }
    if (result->known_statement) {
        text_piece(out, result->known_statement, TEXT_PIECE_MAX);
        buffer_text(out, ": ");
    }
    text_piece(out, text_is_empty(text) ? "no reason was recorded" : text,
               TEXT_PIECE_MAX);
}

static void put_headline(struct buffer *out, const struct explain_style *style,
                         enum verdict verdict, const char *id)
{
    ink_verdict(out, style->colour, verdict, 0);
    buffer_text(out, "  ");
    ink_use(out, style->colour, INK_BOLD);
    text_piece(out, id, TEXT_PIECE_MAX);
    ink_use(out, style->colour, INK_PLAIN);
    buffer_u8(out, '\n');
}

/* What the case demands is told where a requirement is in doubt. */
static bool about_requirement(enum verdict verdict)
{
    return verdict == VERDICT_FAIL || verdict == VERDICT_WARN ||
           verdict == VERDICT_FLAKY || verdict == VERDICT_KNOWN ||
           verdict == VERDICT_FIXED;
}

static const struct finding *decisive(const struct result *result)
{
    const struct play_record *play = result->play;
    if (result->verdict == VERDICT_FLAKY && result->first)
        return &result->first->finding;
    if (result->verdict == VERDICT_WARN && play && play->warning_count)
        return &play->warnings[0];
    return play ? &play->finding : NULL;
}

static void put_head(struct buffer *out, const struct explain_style *style,
                     const struct result *result)
{
    const struct finding *finding = decisive(result);
    put_headline(out, style, result->verdict, result->variant_id);
    buffer_text(out, "  ");
    text_wrapped(out, result->title, 2, 2);
    buffer_text(out, "\n\n");
    if (result->suspect)
        put_text(out, style, "suspect",
                 "This variant was open when the broker died.");
    if (about_requirement(result->verdict))
        put_statements(out, style, result, finding);
    if (!finding || !finding->source.file)
        put_place(out, style, "case", &result->source);
}

/* The reasons that belong to the result and not to its play. */
static void put_reason(struct buffer *out, const struct explain_style *style,
                       const struct result *result)
{
    if (result->verdict == VERDICT_FIXED) {
        put_text(out, style, "listed for", result->known_statement);
        put_text(out, style, "listed why", result->reason);
        put_text(out, style, "finding",
                 "It passes now: take the entry off the profile's list of "
                 "known failures.");
    } else if (result->verdict == VERDICT_KNOWN) {
        put_text(out, style, "listed for", result->known_statement);
        put_text(out, style, "listed why", result->reason);
    } else {
        put_text(out, style, "reason", result->reason);
    }
}

void explain_result(struct buffer *out, const struct result *result,
                    const struct explain_style *style)
{
    bool told = style->every_conversation || result->verdict == VERDICT_FAIL;
    put_head(out, style, result);
    put_reason(out, style, result);
    if (result->verdict == VERDICT_FLAKY && result->first)
        put_both_plays(out, style, result);
    else if (result->play)
        put_play(out, style, result, result->play, told);
    if (!text_is_empty(result->repeat_command)) {
        buffer_u8(out, '\n');
        put_label(out, style, "repeat it");
        text_visible(out, slice_of(result->repeat_command), TEXT_ONE_LINE);
        buffer_u8(out, '\n');
    }
}

/* ---- passive findings -------------------------------------------------- */

static void put_seen_by(struct buffer *out, const struct explain_style *style,
                        const struct passive_result *passive)
{
    size_t named = 0;
    for (; named < 3 && passive->variants[named]; named++)
        put_text(out, style, named ? "" : "seen by", passive->variants[named]);
    put_label(out, style, "times");
    buffer_format(out, "%zu\n", passive->times);
}

void explain_passive_name(struct buffer *out,
                          const struct passive_result *passive)
{
    buffer_text(out, "passive");
    if (!text_is_empty(passive->statement)) {
        buffer_u8(out, '/');
        text_piece(out, passive->statement, TEXT_PIECE_MAX);
    }
    buffer_format(out, "@%s", mqtt_version_name(passive->version));
}

void explain_passive(struct buffer *out, const struct passive_result *passive,
                     const struct explain_style *style)
{
    struct buffer id = buffer_make(TEXT_MESSAGE_MAX);
    explain_passive_name(&id, passive);
    out->failed |= id.failed;
    put_headline(out, style, passive->verdict, buffer_string(&id));
    buffer_free(&id);
    buffer_text(out, "  ");
    text_wrapped(out, passive->rule, 2, 2);
    buffer_text(out, "\n\n");
    if (!text_is_empty(passive->statement))
        put_statement(out, style, passive->version, passive->statement,
                      "demanded by");
    put_text(out, style, "listed why", passive->reason);
    put_text(out, style, "came", passive->detail);
    put_seen_by(out, style, passive);
    if (!passive->play || !passive->play->said_count ||
        (!style->every_conversation && passive->verdict != VERDICT_FAIL))
        return;
    buffer_u8(out, '\n');
    conversation_put(out, passive->play, style);
}
