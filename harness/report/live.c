#include "report/live.h"
#include "report/ink.h"

#include "report/text.h"

#define PART_CAP 80
#define SECOND INT64_C(1000000000)

/* A line that is being filled. */
struct line {
    struct buffer *out;
    size_t used, columns;
    bool colour;
    bool full; /* a part had no room, so no further one is put */
};

static void put_part(struct line *line, enum ink ink, struct buffer *part)
{
    size_t between = line->used ? 2 : 0;

    if (!line->full && line->used + between + part->size <= line->columns) {
        buffer_text(line->out, between ? ", " : "");
        if (ink == INK_PLAIN)
            buffer_append_slice(line->out, buffer_slice(part));
        else
            ink_text(line->out, line->colour, ink, buffer_string(part));
        line->used += between + part->size;
    } else {
        line->full = true;
    }
    line->out->failed |= part->failed;
    buffer_free(part);
}

static void put_number(struct line *line, enum ink ink, size_t number,
                       const char *word)
{
    struct buffer part = buffer_make(PART_CAP);

    buffer_format(&part, "%zu %s", number, word);
    put_part(line, ink, &part);
}

/* Whole seconds, rounded up: "9 s", "2 min 5 s". */
static void put_time(struct line *line, const char *before, int64_t time,
                     const char *behind)
{
    struct buffer part = buffer_make(PART_CAP);
    long long seconds = (long long)((time + SECOND - 1) / SECOND);

    buffer_text(&part, before);
    if (seconds >= 60)
        buffer_format(&part, "%lld min ", seconds / 60);
    buffer_format(&part, "%lld s%s", seconds % 60, behind);
    put_part(line, INK_PLAIN, &part);
}

static void put_doing(struct line *line, const char *text)
{
    struct buffer part = buffer_make(PART_CAP);

    buffer_text(&part, text);
    put_part(line, INK_PLAIN, &part);
}

static void put_counts(struct line *line, const struct pulse *pulse)
{
    struct buffer part = buffer_make(PART_CAP);

    buffer_format(&part, "%zu of %zu done", pulse->done, pulse->total);
    put_part(line, INK_BOLD, &part);
    put_number(line, INK_PLAIN, pulse->running, "running");
    if (pulse->failed)
        put_number(line, INK_RED, pulse->failed, "failed");
    if (pulse->doubted)
        put_number(line, INK_YELLOW, pulse->doubted, "to repeat");
}

static void put_times(struct line *line, const struct pulse *pulse)
{
    if (pulse->wait > 0)
        put_time(line, "longest wait left ", pulse->wait, "");
    if (pulse->left > 0)
        put_time(line, "about ", pulse->left, " to go");
}

void live_line(struct buffer *out, const struct pulse *pulse, size_t columns,
               bool colour)
{
    static const char *const doing[] = {
        [PULSE_STARTING] = "the broker is being started",
        [PULSE_PROBING] = "finding out what the broker offers",
        [PULSE_REPEATING] = "failures are repeated alone",
        [PULSE_ALONE] = "one at a time",
        [PULSE_STOPPING] = "ending",
    };
    struct line line = {out, 0, columns, colour, false};

    if (pulse->total)
        put_counts(&line, pulse);
    if (pulse->total && pulse->doing != PULSE_STOPPING)
        put_times(&line, pulse);
    if (pulse->doing != PULSE_PLAYING)
        put_doing(&line, doing[pulse->doing]);
}
