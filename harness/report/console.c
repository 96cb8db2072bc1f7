/* What a person sees while variants get their verdicts. */
#include "report/explain.h"
#include "report/ink.h"
#include "report/summary.h"

#include "report/text.h"

#define CONSOLE_CAP ((size_t)64 * 1024 * 1024)

/* Writes what was gathered and ends its life. */
static bool put_out(const struct console *console, struct buffer *text)
{
    bool good = !text->failed;
    if (good && text->size)
        good = fwrite(text->data, 1, text->size, console->out) == text->size &&
               fflush(console->out) == 0;
    buffer_free(text);
    return good;
}

static struct explain_style style_of(const struct console *console)
{
    struct explain_style style =
        console->level == CONSOLE_VERBOSE ? explain_full : explain_short;
    style.colour = console->colour;
    style.texts = console->texts;
    return style;
}

static void put_opening(struct buffer *out, const struct run_record *run)
{
    buffer_text(out, "mqttspec ");
    text_piece(out, run->tool_version, TEXT_PIECE_MAX);
    buffer_text(out, ": ");
    text_count(out, run->count, "variant");
    buffer_text(out, " against ");
    text_piece(out, run->target, TEXT_PIECE_MAX);
    if (!text_is_empty(run->broker)) {
        buffer_text(out, " (");
        text_piece(out, run->broker, TEXT_PIECE_MAX);
        buffer_u8(out, ')');
    }
    buffer_format(out, ", seed %llu", (unsigned long long)run->seed);
}

bool console_begin(const struct console *console, const struct run_record *run)
{
    struct buffer text = buffer_make(CONSOLE_CAP);
    if (console->level != CONSOLE_QUIET) {
        struct buffer opening = buffer_make(TEXT_MESSAGE_MAX);
        put_opening(&opening, run);
        text.failed |= opening.failed;
        text_wrapped(&text, buffer_string(&opening), 0, 2);
        buffer_text(&text, "\n\n");
        buffer_free(&opening);
    }
    return put_out(console, &text);
}

/* What the summary lists anyway, or what is in order. */
static bool in_one_line(enum verdict verdict)
{
    return verdict == VERDICT_PASS || verdict == VERDICT_SKIP ||
           verdict == VERDICT_KNOWN || verdict == VERDICT_NOT_RUN;
}

static void put_line(struct buffer *out, const struct console *console,
                     const struct result *result)
{
    ink_verdict(out, console->colour, result->verdict, 0);
    buffer_text(out, "  ");
    text_piece(out, result->variant_id, TEXT_PIECE_MAX);
    if (result->verdict != VERDICT_PASS) {
        buffer_text(out, "\n      ");
        struct buffer why = buffer_make(TEXT_MESSAGE_MAX);
        explain_message(&why, result);
        out->failed |= why.failed;
        text_wrapped(out, buffer_string(&why), 6, 6);
        buffer_free(&why);
    } else if (result->play) {
        buffer_text(out, "  ");
        text_duration(out, result->play->ended - result->play->began);
    }
    buffer_u8(out, '\n');
    if (result->play)
        explain_figures(out, result->play);
}

bool console_tells(const struct console *console, const struct result *result)
{
    return console->level == CONSOLE_VERBOSE ||
           (console->level == CONSOLE_NORMAL && !in_one_line(result->verdict));
}

bool console_result(const struct console *console, const struct result *result)
{
    struct buffer text = buffer_make(CONSOLE_CAP);
    struct explain_style style = style_of(console);
    if (!in_one_line(result->verdict) && console->level != CONSOLE_QUIET) {
        if (console->level == CONSOLE_VERBOSE)
            buffer_u8(&text, '\n');
        explain_result(&text, result, &style);
        buffer_u8(&text, '\n');
    } else if (console->level == CONSOLE_VERBOSE) {
        put_line(&text, console, result);
    }
    return put_out(console, &text);
}

bool console_end(const struct console *console, const struct run_record *run)
{
    struct buffer text = buffer_make(CONSOLE_CAP);
    struct explain_style style = style_of(console);
    if (console->level == CONSOLE_VERBOSE)
        buffer_u8(&text, '\n');
    if (console->level != CONSOLE_QUIET) {
        summary_passive(&text, run, &style);
        summary_known(&text, run, &style);
        summary_reasons(&text, run, VERDICT_SKIP);
        summary_reasons(&text, run, VERDICT_NOT_RUN);
        summary_suspects(&text, run);
    }
    summary_not_in_order(&text, run, console);
    if (console->level != CONSOLE_QUIET)
        summary_counts(&text, run, console->colour);
    summary_conclusion(&text, run, console);
    return put_out(console, &text);
}
