/* What all clients of a play said and heard, as one sequence. */
#include "report/explain.h"
#include "report/ink.h"

#include "report/text.h"
#include <string.h>

#define CLIENT_COLUMNS_MAX 16
#define TIME_COLUMNS 11 /* "  30000.5" and room for ten minutes */
#define SIGN_COLUMNS 5

/* A line of the conversation, and where its columns are. */
struct layout {
    const struct explain_style *style;
    size_t client; /* width of the client's name */
    size_t text;   /* the column where the text begins */
};

static const struct {
    const char *sign;
    const char *word; /* shown where the record has no text */
    enum ink ink;
} kinds[] = {
    [SAID_SENT] = {"-->", "sent", INK_PLAIN},
    [SAID_RECEIVED] = {"<--", "received", INK_PLAIN},
    [SAID_OPENED] = {"(+)", "connection opened", INK_DIM},
    [SAID_SIGN] = {"<-|", "the broker's end was seen", INK_DIM},
    [SAID_ENDED] = {"(x)", "TCP has ended", INK_DIM},
    [SAID_OURS] = {"|->", "our own end", INK_DIM},
    [SAID_NOTE] = {" . ", "note", INK_DIM},
};

static size_t client_width(const struct play_record *play)
{
    size_t widest = 0;
    for (size_t i = 0; i < play->said_count; i++) {
        size_t width =
            text_width(slice_of(text_or_empty(play->said[i].client)));
        if (width > widest)
            widest = width;
    }
    return widest < CLIENT_COLUMNS_MAX ? widest : CLIENT_COLUMNS_MAX;
}

/* The names differ, so each that is not like the first counts. */
static bool one_client(const struct play_record *play)
{
    for (size_t i = 1; i < play->said_count; i++)
        if (strcmp(text_or_empty(play->said[i].client),
                   text_or_empty(play->said[0].client)) != 0)
            return false;
    return true;
}

/* Time, client, sign: everything in front of the text. */
static void put_margin(struct buffer *out, const struct layout *layout,
                       int64_t time, const char *client, const char *sign)
{
    struct buffer cell = buffer_make(TEXT_PIECE_MAX);
    text_milliseconds(&cell, time);
    text_spaces(out, cell.size < TIME_COLUMNS ? TIME_COLUMNS - cell.size : 0);
    buffer_text(out, buffer_string(&cell));
    text_spaces(out, 2);
    out->failed |= cell.failed;
    buffer_clear(&cell);
    text_piece(&cell, client, CLIENT_COLUMNS_MAX);
    text_padded(out, buffer_string(&cell), layout->client);
    buffer_format(out, " %s ", sign);
    out->failed |= cell.failed;
    buffer_free(&cell);
}

static void put_hex_rows(struct buffer *out, const struct layout *layout,
                         struct slice bytes)
{
    size_t in_row = (TEXT_COLUMNS - layout->text) / 3 / 8 * 8;
    for (size_t i = 0; i < bytes.size; i++) {
        if (i % in_row == 0) {
            buffer_u8(out, '\n');
            text_spaces(out, layout->text);
        } else {
            buffer_u8(out, ' ');
        }
        buffer_format(out, "%02x", bytes.data[i]);
    }
}

static void put_hex(struct buffer *out, const struct layout *layout,
                    const struct said *said)
{
    if (!said->size)
        return;
    size_t shown = said->bytes.size < layout->style->hex_bytes
                       ? said->bytes.size
                       : layout->style->hex_bytes;
    ink_use(out, layout->style->colour, INK_DIM);
    put_hex_rows(out, layout, slice_make(said->bytes.data, shown));
    if (shown < said->size) {
        buffer_u8(out, '\n');
        text_spaces(out, layout->text);
        buffer_format(out, "... %zu of %zu bytes shown", shown, said->size);
    }
    ink_use(out, layout->style->colour, INK_PLAIN);
}

static void put_said(struct buffer *out, const struct layout *layout,
                     const struct said *said)
{
    const char *text =
        text_is_empty(said->text) ? kinds[said->kind].word : said->text;
    put_margin(out, layout, said->time, said->client, kinds[said->kind].sign);
    ink_use(out, layout->style->colour, kinds[said->kind].ink);
    text_wrapped(out, text, layout->text, layout->text + 2);
    ink_use(out, layout->style->colour, INK_PLAIN);
    put_hex(out, layout, said);
    buffer_u8(out, '\n');
}

/* ---- findings between the lines ---------------------------------------- */

static void put_mark(struct buffer *out, const struct layout *layout,
                     const struct finding *finding, enum ink ink)
{
    ink_use(out, layout->style->colour, ink);
    put_margin(out, layout, finding->time, finding->client,
               ink == INK_RED ? "!!!" : " ! ");
    text_wrapped(out, finding->message, layout->text, layout->text + 2);
    ink_use(out, layout->style->colour, INK_PLAIN);
    buffer_u8(out, '\n');
}

static bool within(const struct finding *finding, int64_t from, int64_t to)
{
    return !text_is_empty(finding->message) && finding->time >= from &&
           finding->time < to;
}

/* The findings of from <= time < to: those before the line at `to`. */
static void put_marks(struct buffer *out, const struct layout *layout,
                      const struct play_record *play, int64_t from, int64_t to)
{
    for (size_t i = 0; i < play->warning_count; i++)
        if (within(&play->warnings[i], from, to))
            put_mark(out, layout, &play->warnings[i], INK_YELLOW);
    if (within(&play->finding, from, to))
        put_mark(out, layout, &play->finding, INK_RED);
}

/* ---- the whole --------------------------------------------------------- */

static void put_heading(struct buffer *out, const struct play_record *play,
                        const struct explain_style *style)
{
    buffer_text(out, "  ");
    ink_text(out, style->colour, INK_BOLD, "conversation");
    buffer_text(out, one_client(play) ? " (" : " of all clients (");
    buffer_text(out, "ms since its begin; --> sent, <-- received)\n");
}

static void put_gap(struct buffer *out, const struct layout *layout,
                    size_t lines)
{
    text_spaces(out, layout->text);
    buffer_text(out, "... ");
    text_count(out, lines, "line");
    buffer_text(out, " left out; the JSON report has them ...\n");
}

static void put_lines(struct buffer *out, const struct layout *layout,
                      const struct play_record *play)
{
    size_t first = layout->style->first_lines;
    size_t kept = first + layout->style->last_lines;
    size_t left_out = play->said_count > kept ? play->said_count - kept : 0;
    int64_t from = INT64_MIN;
    for (size_t i = 0; i < play->said_count; i++) {
        const struct said *said = &play->said[i];
        put_marks(out, layout, play, from, said->time);
        from = said->time > from ? said->time : from;
        if (left_out && i == first)
            put_gap(out, layout, left_out);
        if (i < first || i >= first + left_out)
            put_said(out, layout, said);
    }
    put_marks(out, layout, play, from, INT64_MAX);
}

void conversation_put(struct buffer *out, const struct play_record *play,
                      const struct explain_style *style)
{
    if (!play->said_count)
        return;
    struct layout layout = {style, client_width(play), 0};
    layout.text = TIME_COLUMNS + 2 + layout.client + SIGN_COLUMNS;
    put_heading(out, play, style);
    put_lines(out, &layout, play);
    if (play->said_dropped) {
        text_spaces(out, layout.text);
        buffer_text(out, "... ");
        text_count(out, play->said_dropped, "further line");
        buffer_text(out, " not recorded ...\n");
    }
}
