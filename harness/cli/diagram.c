#include "cli/diagram.h"

#include "cli/diagram_label.h"
#include "report/text.h"
#include "script/expression.h"
#include <stdio.h>
#include <string.h>

enum {
    CLIENTS_MAX = 8, /* of more, the last lane stands for the rest */
    LEFT = 2,
    WIDEST_LANE = 14,
    NARROWEST_LANE = 6,
    BROKER_COLUMN = 92,
    NAME_MAX_SIZE = 40,
    LABEL_CAP = 4096
};

struct diagram {
    struct buffer *out;
    char names[CLIENTS_MAX][NAME_MAX_SIZE];
    size_t count;
    size_t lane; /* width */
    int depth;   /* of groups around */
};

/* ---- lanes ------------------------------------------------------------- */

static void name_of_client(const struct step *step, size_t index, char *name)
{
    struct buffer text = buffer_make(LABEL_CAP);
    const struct expression *at =
        index < step->at_count ? step->at[index] : NULL;
    if (!at)
        buffer_text(&text, "client");
    else if (at->kind == EXPRESSION_BYTES)
        buffer_append_slice(&text, at->bytes);
    else
        expression_print(at, &text);
    snprintf(name, NAME_MAX_SIZE, "%.*s%s", NAME_MAX_SIZE - 2,
             buffer_string(&text),
             index < step->at_count && step->at_pattern ? "*" : "");
    buffer_free(&text);
}

static size_t lane_named(struct diagram *diagram, const char *name)
{
    size_t i = 0;
    while (i < diagram->count && strcmp(diagram->names[i], name) != 0)
        i++;
    if (i == diagram->count && i < CLIENTS_MAX)
        snprintf(diagram->names[diagram->count++], NAME_MAX_SIZE, "%s", name);
    return i < CLIENTS_MAX ? i : CLIENTS_MAX - 1;
}

/* Clients in the order in which they first act. */
static void find_lanes(struct diagram *diagram, const struct step *step)
{
    char name[NAME_MAX_SIZE];
    size_t clients = step->at_count ? step->at_count : 1;
    for (size_t i = 0; verb_is_of_client(step->verb) && i < clients; i++) {
        name_of_client(step, i, name);
        lane_named(diagram, name);
    }
    for (size_t i = 0; i < step->child_count; i++)
        find_lanes(diagram, step->children[i]);
}

static size_t column_of(const struct diagram *diagram, size_t lane)
{
    return LEFT + lane * diagram->lane;
}

/* ---- lines ------------------------------------------------------------- */

/* One line: the lanes, and what is written over them. */
struct row {
    const char *cells[BROKER_COLUMN + 1]; /* NULL: a space */
};

static void fill_lanes(const struct diagram *diagram, struct row *row)
{
    memset(row, 0, sizeof *row);
    for (size_t i = 0; i < diagram->count; i++)
        row->cells[column_of(diagram, i)] = "│";
    row->cells[BROKER_COLUMN] = "│";
}

static void put_row(struct diagram *diagram, const struct row *row)
{
    for (size_t i = 0; i <= BROKER_COLUMN; i++)
        buffer_text(diagram->out, row->cells[i] ? row->cells[i] : " ");
    buffer_u8(diagram->out, '\n');
}

/* Text from a column on, over as many lines as it needs; each line keeps the
 * lanes that it does not cover. */
static void put_text(struct diagram *diagram, const char *text, size_t column)
{
    size_t room = BROKER_COLUMN - column - 1;
    while (*text) {
        size_t size = strlen(text), cut = size;
        struct row row;
        if (size > room) {
            for (cut = room; cut > room / 2 && text[cut] != ' '; cut--)
                ;
        }
        while (cut > 1 && ((unsigned char)text[cut] & 0xc0) == 0x80)
            cut--; /* never within a character */
        fill_lanes(diagram, &row);
        for (size_t i = 0; i < column; i++)
            buffer_text(diagram->out, row.cells[i] ? row.cells[i] : " ");
        struct slice piece = slice_make(text, cut);
        buffer_append_slice(diagram->out, piece);
        for (size_t i = column + text_width(piece); i < BROKER_COLUMN; i++)
            buffer_text(diagram->out, row.cells[i] ? row.cells[i] : " ");
        buffer_text(diagram->out, "│\n");
        text += cut + strspn(text + cut, " ");
    }
}

static void put_arrow(struct diagram *diagram, size_t lane, bool to_broker)
{
    size_t from = column_of(diagram, lane);
    struct row row;
    fill_lanes(diagram, &row);
    for (size_t i = from + 1; i < BROKER_COLUMN; i++)
        row.cells[i] = "─";
    row.cells[from] = "├";
    row.cells[BROKER_COLUMN] = "┤";
    if (to_broker)
        row.cells[BROKER_COLUMN - 1] = ">";
    else
        row.cells[from + 1] = "<";
    put_row(diagram, &row);
}

/* A line about the whole: groups, pauses. */
static void put_note(struct diagram *diagram, const char *format,
                     const char *text)
{
    struct buffer line = buffer_make(LABEL_CAP);
    for (int i = 0; i < diagram->depth; i++)
        buffer_text(&line, "  ");
    buffer_format(&line, format, text);
    put_text(diagram, buffer_string(&line), LEFT + 2);
    buffer_free(&line);
}

/* ---- steps ------------------------------------------------------------- */

static void put_exchange(struct diagram *diagram, const struct step *step,
                         size_t lane)
{
    struct buffer label = buffer_make(LABEL_CAP);
    bool sends = step->verb == VERB_SEND;
    bool silence = !sends && step->expect->thing == THING_SILENCE;
    if (silence)
        buffer_text(&label, "• ");
    if (sends)
        label_send(&label, step->send);
    else
        label_expect(&label, step->expect);
    if (step->mark)
        buffer_format(&label, "  (mark %s)", step->mark);
    put_text(diagram, buffer_string(&label), column_of(diagram, lane) + 2);
    if (!silence)
        put_arrow(diagram, lane, sends);
    buffer_free(&label);
    if (!sends || !*label_answer(step->send))
        return;
    put_text(diagram, label_answer(step->send), column_of(diagram, lane) + 2);
    put_arrow(diagram, lane, false);
}

static void put_action(struct diagram *diagram, const struct step *step,
                       size_t lane)
{
    struct buffer label = buffer_make(LABEL_CAP);
    buffer_text(&label, "• ");
    label_action(&label, step);
    if (step->mark)
        buffer_format(&label, "  (mark %s)", step->mark);
    put_text(diagram, buffer_string(&label), column_of(diagram, lane) + 2);
    buffer_free(&label);
}

static void put_spoken(struct diagram *diagram, const struct step *step)
{
    size_t clients = step->at_count ? step->at_count : 1;
    char name[NAME_MAX_SIZE];
    for (size_t i = 0; i < clients; i++) {
        name_of_client(step, i, name);
        size_t lane = lane_named(diagram, name);
        if (step->verb == VERB_SEND || step->verb == VERB_EXPECT)
            put_exchange(diagram, step, lane);
        else
            put_action(diagram, step, lane);
    }
}

static void put_step(struct diagram *diagram, const struct step *step);

static void put_children(struct diagram *diagram, const struct step *step)
{
    for (size_t i = 0; i < step->child_count; i++)
        put_step(diagram, step->children[i]);
}

/* A group whose title says how its parts belong together. */
static void put_group(struct diagram *diagram, const struct step *step,
                      const char *title, const char *between)
{
    put_note(diagram, "┌ %s", title);
    diagram->depth++;
    for (size_t i = 0; i < step->child_count; i++) {
        if (i > 0 && between)
            put_note(diagram, "%s", between);
        put_step(diagram, step->children[i]);
    }
    diagram->depth--;
    put_note(diagram, "└%s", "");
}

static void put_repeat(struct diagram *diagram, const struct step *step)
{
    struct buffer title = buffer_make(LABEL_CAP);
    buffer_text(&title, "repeat ");
    expression_print(step->count, &title);
    buffer_text(&title, " times");
    put_group(diagram, step, buffer_string(&title), NULL);
    buffer_free(&title);
}

static void put_whole(struct diagram *diagram, const struct step *step)
{
    struct buffer label = buffer_make(LABEL_CAP);
    if (step->verb == VERB_MARK)
        buffer_format(&label, "mark %s", step->mark);
    else
        label_action(&label, step);
    put_note(diagram, "· %s", buffer_string(&label));
    buffer_free(&label);
}

static void put_step(struct diagram *diagram, const struct step *step)
{
    switch (step->verb) {
    case VERB_TOGETHER:
        put_group(diagram, step, "in one write", NULL);
        break;
    case VERB_ALL_OF:
        put_group(diagram, step, "all of these, in any order", NULL);
        break;
    case VERB_ANY_OF:
        put_group(diagram, step, "one of these", "├ or");
        break;
    case VERB_PARALLEL:
        put_group(diagram, step, "at the same time", "├ and");
        break;
    case VERB_REPEAT:
        put_repeat(diagram, step);
        break;
    case VERB_SEQUENCE:
        put_children(diagram, step);
        break;
    case VERB_PAUSE:
    case VERB_MARK:
    case VERB_BROKER:
        put_whole(diagram, step);
        break;
    default:
        put_spoken(diagram, step);
        break;
    }
}

/* ---- the whole --------------------------------------------------------- */

static void put_names(struct diagram *diagram)
{
    size_t column = 0;
    for (size_t i = 0; i < diagram->count; i++) {
        size_t from = column_of(diagram, i);
        size_t room = diagram->lane - 1;
        size_t size = strlen(diagram->names[i]);
        if (i + 1 < diagram->count && size > room)
            size = room;
        text_spaces(diagram->out, from - column);
        buffer_append(diagram->out, diagram->names[i], size);
        column = from + size;
    }
    text_spaces(diagram->out, BROKER_COLUMN - 3 - column);
    buffer_text(diagram->out, "broker\n");
}

static void put_part(struct diagram *diagram, const struct step *steps,
                     const char *title)
{
    if (!steps || !steps->child_count)
        return;
    put_note(diagram, "── %s ──", title);
    put_children(diagram, steps);
}

void diagram_put(struct buffer *out, const struct script *script)
{
    struct diagram diagram = {.out = out};
    if (script->given)
        find_lanes(&diagram, script->given);
    find_lanes(&diagram, script->steps);
    diagram.lane = diagram.count > 4 ? NARROWEST_LANE : WIDEST_LANE;
    put_names(&diagram);
    put_part(&diagram, script->given, "given");
    put_part(&diagram, script->steps, "steps");
}
