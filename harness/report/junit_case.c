/* One <testcase> of the JUnit report. */
#include "report/explain.h"
#include "report/junit.h"

#include "report/text.h"
#include "report/xml.h"

#define MESSAGE_MAX 1024               /* of a message attribute */
#define DETAIL_MAX ((size_t)64 * 1024) /* of one case, before escaping */
#define EXPLAIN_MAX ((size_t)8 * 1024 * 1024)

/* ---- outcome ----------------------------------------------------------- */

enum junit_outcome junit_outcome(const struct junit_entry *entry, bool strict)
{
    static const enum junit_outcome outcomes[VERDICTS] = {
        [VERDICT_PASS] = JUNIT_PASSED,  [VERDICT_FAIL] = JUNIT_FAILED,
        [VERDICT_WARN] = JUNIT_PASSED,  [VERDICT_SKIP] = JUNIT_SKIPPED,
        [VERDICT_ERROR] = JUNIT_ERROR,  [VERDICT_INCONCLUSIVE] = JUNIT_SKIPPED,
        [VERDICT_FLAKY] = JUNIT_FLAKY,  [VERDICT_KNOWN] = JUNIT_SKIPPED,
        [VERDICT_FIXED] = JUNIT_FAILED, [VERDICT_NOT_RUN] = JUNIT_SKIPPED,
    };
    if (entry->trouble)
        return JUNIT_ERROR;
    enum verdict verdict =
        entry->result ? entry->result->verdict : entry->passive->verdict;
    if (verdict == VERDICT_WARN && strict && entry->result)
        return JUNIT_FAILED;
    return (unsigned)verdict < VERDICTS ? outcomes[verdict] : JUNIT_ERROR;
}

static int64_t play_time(const struct play_record *play)
{
    return play && play->ended > play->began ? play->ended - play->began : 0;
}

int64_t junit_time(const struct junit_entry *entry)
{
    if (!entry->result)
        return 0;
    return play_time(entry->result->play) + play_time(entry->result->first);
}

static const char *type_of(const struct junit_entry *entry)
{
    const struct result *result = entry->result;
    if (entry->trouble)
        return "run";
    if (entry->passive)
        return failure_kind_name(FAILURE_WRONG_PACKET);
    if (result->verdict == VERDICT_FIXED)
        return "unexpected-pass";
    if (result->verdict == VERDICT_ERROR)
        return failure_kind_name(FAILURE_HARNESS);
    const struct play_record *play =
        result->verdict == VERDICT_FLAKY ? result->first : result->play;
    if (play && result->verdict == VERDICT_WARN && play->warning_count)
        return failure_kind_name(play->warnings[0].kind);
    return failure_kind_name(play ? play->finding.kind : FAILURE_NONE);
}

/* ---- texts ------------------------------------------------------------- */

static void put_passive_message(struct buffer *out,
                                const struct passive_result *passive)
{
    if (passive->verdict == VERDICT_KNOWN) {
        buffer_text(out, "known: ");
        text_piece(out, passive->reason, TEXT_PIECE_MAX);
        buffer_text(out, ": ");
    }
    text_piece(out, passive->rule, TEXT_PIECE_MAX);
    if (!text_is_empty(passive->detail)) {
        buffer_text(out, ": ");
        text_piece(out, passive->detail, TEXT_PIECE_MAX);
    }
}

static void put_result_message(struct buffer *out, const struct result *result)
{
    if (result->verdict == VERDICT_KNOWN ||
        result->verdict == VERDICT_INCONCLUSIVE ||
        result->verdict == VERDICT_NOT_RUN)
        buffer_format(out, "%s: ", verdict_name(result->verdict));
    explain_message(out, result);
}

static void put_trouble_message(struct buffer *out,
                                const struct junit_trouble *trouble,
                                const struct run_record *run)
{
    text_piece(out, trouble->message, TEXT_PIECE_MAX);
    if (!text_is_empty(run->trouble) && run->trouble != trouble->message) {
        buffer_text(out, ": ");
        text_piece(out, run->trouble, TEXT_PIECE_MAX);
    }
}

static void put_message(struct buffer *out, const struct junit_writer *writer,
                        const struct junit_entry *entry)
{
    struct buffer whole = buffer_make(TEXT_MESSAGE_MAX);
    if (entry->trouble)
        put_trouble_message(&whole, entry->trouble, writer->run);
    else if (entry->passive)
        put_passive_message(&whole, entry->passive);
    else
        put_result_message(&whole, entry->result);
    out->failed |= whole.failed;
    text_piece(out, buffer_string(&whole), MESSAGE_MAX);
    buffer_free(&whole);
}

static void put_explanation(struct buffer *out,
                            const struct junit_writer *writer,
                            const struct junit_entry *entry)
{
    struct explain_style style = explain_junit;
    style.texts = writer->options->texts;
    if (entry->trouble)
        put_message(out, writer, entry);
    else if (entry->passive)
        explain_passive(out, entry->passive, &style);
    else if (entry->result->verdict != VERDICT_PASS)
        explain_result(out, entry->result, &style);
    else if (entry->result->play)
        explain_figures(out, entry->result->play);
}

/* ---- elements ---------------------------------------------------------- */

static void put_cut(struct buffer *out, struct slice text)
{
    size_t shown = text.size < DETAIL_MAX ? text.size : DETAIL_MAX;
    while (shown < text.size && shown && text.data[shown - 1] != '\n')
        shown--;
    xml_text(out, slice_make(text.data, shown));
    if (shown < text.size)
        buffer_format(out,
                      "... %zu bytes of details left out; the JSON report has "
                      "them\n",
                      text.size - shown);
}

/* The explanation, where it still fits into the document; else the message
 * and a note. */
static void put_details(struct junit_writer *writer,
                        const struct junit_entry *entry)
{
    struct buffer text = buffer_make(EXPLAIN_MAX);
    struct buffer escaped = buffer_make(EXPLAIN_MAX);
    if (writer->room) {
        put_explanation(&text, writer, entry);
        put_cut(&escaped, buffer_slice(&text));
        writer->out->failed |= text.failed || escaped.failed;
    }
    if (writer->room && escaped.size <= writer->room) {
        buffer_append_slice(writer->out, buffer_slice(&escaped));
        writer->room -= escaped.size;
    } else {
        buffer_clear(&text);
        put_message(&text, writer, entry);
        writer->out->failed |= text.failed;
        xml_text(writer->out, buffer_slice(&text));
        buffer_text(writer->out,
                    "\nDetails left out because of the size of this report; "
                    "the JSON report has them.\n");
    }
    buffer_free(&escaped);
    buffer_free(&text);
}

static void put_message_attribute(struct junit_writer *writer,
                                  const struct junit_entry *entry)
{
    struct buffer message = buffer_make(TEXT_MESSAGE_MAX);
    put_message(&message, writer, entry);
    writer->out->failed |= message.failed;
    xml_attribute(writer->out, "message", buffer_string(&message));
    buffer_free(&message);
}

/* <failure> or <error>, with the text in both places: readers look at one
 * of them only, and not at the same one. */
static void put_problem(struct junit_writer *writer,
                        const struct junit_entry *entry, const char *element)
{
    buffer_format(writer->out, "      <%s", element);
    xml_attribute(writer->out, "type", type_of(entry));
    put_message_attribute(writer, entry);
    buffer_u8(writer->out, '>');
    put_details(writer, entry);
    buffer_format(writer->out, "</%s>\n", element);
}

static void put_flaky(struct junit_writer *writer,
                      const struct junit_entry *entry)
{
    buffer_text(writer->out, "      <flakyFailure");
    xml_attribute(writer->out, "type", type_of(entry));
    put_message_attribute(writer, entry);
    buffer_text(writer->out, "><stackTrace>");
    put_details(writer, entry);
    buffer_text(writer->out, "</stackTrace></flakyFailure>\n");
}

static void put_skipped(struct junit_writer *writer,
                        const struct junit_entry *entry)
{
    struct buffer message = buffer_make(TEXT_MESSAGE_MAX);
    put_message(&message, writer, entry);
    writer->out->failed |= message.failed;
    buffer_text(writer->out, "      <skipped");
    if (!writer->options->plain_form)
        xml_attribute(writer->out, "message", buffer_string(&message));
    buffer_u8(writer->out, '>');
    xml_text(writer->out, buffer_slice(&message));
    buffer_text(writer->out, "</skipped>\n");
    buffer_free(&message);
}

static void put_system_out(struct junit_writer *writer,
                           const struct junit_entry *entry)
{
    buffer_text(writer->out, "      <system-out>");
    put_details(writer, entry);
    buffer_text(writer->out, "</system-out>\n");
}

/* Whether something is worth telling beside a case that passed or was
 * skipped. */
static bool worth_telling(const struct junit_entry *entry)
{
    if (entry->passive)
        return true;
    if (entry->result->verdict == VERDICT_PASS)
        return explain_has_figures(entry->result->play);
    return entry->result->play != NULL;
}

static void put_content(struct junit_writer *writer,
                        const struct junit_entry *entry)
{
    enum junit_outcome outcome = junit_outcome(entry, writer->options->strict);
    if (outcome == JUNIT_FAILED) {
        put_problem(writer, entry, "failure");
        return;
    }
    if (outcome == JUNIT_ERROR) {
        put_problem(writer, entry, "error");
        return;
    }
    if (outcome == JUNIT_FLAKY && !writer->options->plain_form) {
        put_flaky(writer, entry);
        return;
    }
    if (outcome == JUNIT_SKIPPED)
        put_skipped(writer, entry);
    if (worth_telling(entry))
        put_system_out(writer, entry);
}

/* ---- the case ---------------------------------------------------------- */

static void put_name(struct buffer *out, const struct junit_entry *entry)
{
    struct buffer name = buffer_make(TEXT_MESSAGE_MAX);
    if (entry->result) {
        text_piece(&name, entry->result->variant_id, TEXT_PIECE_MAX);
    } else if (entry->passive) {
        explain_passive_name(&name, entry->passive);
        buffer_text(&name, ": ");
        text_piece(&name, entry->passive->rule, TEXT_PIECE_MAX);
    } else {
        buffer_text(&name, entry->trouble->name);
    }
    if (entry->copy > 1)
        buffer_format(&name, " #%zu", entry->copy);
    out->failed |= name.failed;
    xml_attribute(out, "name", buffer_string(&name));
    buffer_free(&name);
}

/* Dots part a class name, so the version and area hold none. */
static void put_class_part(struct buffer *out, const char *text)
{
    for (text = text_or_empty(text); *text; text++)
        buffer_u8(out, *text == '.' || *text == ' ' ? '_' : (uint8_t)*text);
}

static void put_class(struct buffer *out, const struct junit_entry *entry)
{
    struct buffer name = buffer_make(TEXT_MESSAGE_MAX);
    buffer_text(&name, "mqtt.");
    if (entry->trouble) {
        buffer_text(&name, "run");
    } else {
        buffer_u8(&name, 'v');
        put_class_part(&name, mqtt_version_name(entry->result
                                                    ? entry->result->version
                                                    : entry->passive->version));
        buffer_u8(&name, '.');
        put_class_part(&name, entry->result ? entry->result->area : "passive");
    }
    out->failed |= name.failed;
    xml_attribute(out, "classname", buffer_string(&name));
    buffer_free(&name);
}

static void put_place(struct buffer *out, const struct junit_entry *entry)
{
    if (!entry->result || !entry->result->source.file)
        return;
    xml_attribute(out, "file", entry->result->source.file);
    int line = entry->result->source.line;
    xml_attribute_number(out, "line", line > 0 ? (size_t)line : 1);
}

void junit_put_case(struct junit_writer *writer,
                    const struct junit_entry *entry)
{
    struct buffer *out = writer->out;
    buffer_text(out, "    <testcase");
    put_name(out, entry);
    put_class(out, entry);
    buffer_text(out, " time=\"");
    text_seconds(out, junit_time(entry));
    buffer_u8(out, '"');
    if (!writer->options->plain_form)
        put_place(out, entry);
    size_t empty = out->size;
    buffer_text(out, ">\n");
    size_t begun = out->size;
    put_content(writer, entry);
    if (out->size == begun && !out->failed) {
        out->size = empty;
        buffer_text(out, "/>\n");
    } else {
        buffer_text(out, "    </testcase>\n");
    }
}
