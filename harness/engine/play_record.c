#include "engine/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAID_MAX 2000 /* lines of one conversation */
#define NOTES_MAX 200
#define SAID_BYTES 256 /* bytes kept of one packet */
#define LINE_MAX_BYTES 600

/* ---- the conversation -------------------------------------------------- */

static struct said *add_line(struct player *player, enum said_kind kind,
                             const struct client *client, int64_t time)
{
    if (player->said_count >= SAID_MAX) {
        player->said_dropped++;
        return NULL;
    }
    if (!play_grow(player, &player->said, &player->said_room,
                   player->said_count, sizeof *player->said) ||
        !play_grow(player, &player->said_sources, &player->source_room,
                   player->said_count, sizeof *player->said_sources))
        return NULL;
    player->said_sources[player->said_count] = (struct said_source){0};
    struct said *said = &player->said[player->said_count++];
    *said = (struct said){.kind = kind,
                          .time = time - player->started,
                          .client = client ? client->name : "",
                          .text = ""};
    return said;
}

static const char *vline(struct player *player, const char *format,
                         va_list list)
{
    char line[LINE_MAX_BYTES];
    vsnprintf(line, sizeof line, format, list);
    const char *text = arena_text(player->arena, line);
    if (!text)
        player->no_memory = true;
    return text ? text : "";
}

void say(struct player *player, enum said_kind kind,
         const struct client *client, int64_t time, const char *format, ...)
{
    struct said *said = add_line(player, kind, client, time);
    if (!said)
        return;
    va_list list;
    va_start(list, format);
    said->text = vline(player, format, list);
    va_end(list);
}

static const char *decoded_text(struct player *player, struct slice bytes,
                                enum mqtt_version version, bool sent)
{
    struct mqtt_findings findings = {.count = 0};
    bool readable;
    struct mqtt_packet *packet =
        mqtt_decode(bytes, version, !sent, &findings, &readable);
    if (!packet)
        return "bytes that make no packet";
    keep_secrets_of(player, packet);
    const char *text = play_packet_text(player, packet);
    mqtt_packet_free(packet);
    return text;
}

/* Several packets may have gone out in one write; each gets its text. */
static const char *bytes_text(struct player *player, struct slice bytes,
                              enum mqtt_version version, bool sent)
{
    size_t size = 0;
    enum mqtt_frame frame = mqtt_frame(bytes, &size);
    if (frame != MQTT_FRAME_WHOLE)
        return "bytes that make no whole packet";
    const char *text =
        decoded_text(player, slice_make(bytes.data, size), version, sent);
    struct slice rest = slice_make(bytes.data + size, bytes.size - size);
    if (!rest.size)
        return text;
    const char *more = bytes_text(player, rest, version, sent);
    const char *both = arena_format(player->arena, "%s + %s", text, more);
    return both ? both : text;
}

void say_packet(struct player *player, const struct client *client, bool sent,
                struct slice bytes, int64_t time)
{
    struct said *said =
        add_line(player, sent ? SAID_SENT : SAID_RECEIVED, client, time);
    if (!said)
        return;
    struct said_source *source = &player->said_sources[player->said_count - 1];
    source->version = client->version;
    source->packet = true;
    source->sent = sent;
    said->size = bytes.size;
    said->text = NULL;
    if (bytes.size > SAID_BYTES) {
        said->text = bytes_text(player, bytes, client->version, sent);
        bytes.size = SAID_BYTES;
    }
    said->bytes = arena_slice(player->arena, bytes);
}

static void finish_lines(struct player *player)
{
    for (size_t i = 0; i < player->said_count; i++) {
        struct said *said = &player->said[i];
        const struct said_source *source = &player->said_sources[i];
        if (!source->packet)
            continue;
        if (!said->text)
            said->text =
                bytes_text(player, said->bytes, source->version, source->sent);
    }
}

/* ---- findings ---------------------------------------------------------- */

static struct source source_of(const struct player *player,
                               const struct task *task)
{
    for (; task; task = task->parent)
        if (task->step && task->step->source.file)
            return task->step->source;
    return player->script->source;
}

static const char *client_of(const struct player *player,
                             const struct task *task)
{
    if (task && task->client < player->client_count)
        return player->clients[task->client]->name;
    return "";
}

static const char *judged(struct player *player, const struct task *task)
{
    for (; task; task = task->parent) {
        if (!task->step || !task->step->judge_count)
            continue;
        struct buffer out = buffer_make(4096);
        for (size_t i = 0; i < task->step->judge_count; i++)
            buffer_format(&out, "%s%s", i ? " " : "", task->step->judges[i]);
        const char *text = arena_text(player->arena, buffer_string(&out));
        buffer_free(&out);
        return text ? text : "";
    }
    return "";
}

static const char *keep_text(struct player *player, const char *text)
{
    const char *kept = text ? arena_text(player->arena, text) : "";
    return kept ? kept : "";
}

static struct finding make_finding(struct player *player,
                                   const struct task *task,
                                   const struct failure *failure)
{
    return (struct finding){
        .kind = failure->kind,
        .client = client_of(player, task),
        .message = keep_text(player, failure->message),
        .expected = keep_text(player, failure->expected),
        .actual = keep_text(player, failure->actual),
        .statements = judged(player, task),
        .source = source_of(player, task),
        .time = (failure->seen ? failure->seen : player->now) - player->started,
    };
}

static void warn(struct player *player, const struct finding *finding)
{
    if (play_grow(player, &player->warnings, &player->warning_room,
                  player->warning_count, sizeof *player->warnings))
        player->warnings[player->warning_count++] = *finding;
}

void play_warn(struct player *player, const struct task *task,
               const struct failure *failure)
{
    struct finding finding = make_finding(player, task, failure);
    warn(player, &finding);
}

/* The alternative of an undecided any_of in which this task stands. */
static struct task *alternative_of(struct task *task)
{
    for (; task && task->parent; task = task->parent) {
        const struct step *step = task->parent->step;
        if (step && step->verb == VERB_ANY_OF && !task->parent->decided)
            return task;
    }
    return NULL;
}

static enum level level_of(const struct player *player, const struct task *task)
{
    for (; task; task = task->parent)
        if (task->step && task->step->own_level)
            return task->step->level;
    return player->script->level;
}

static bool has_own_level(const struct task *task)
{
    for (; task; task = task->parent)
        if (task->step && task->step->own_level)
            return true;
    return false;
}

static void end_by_level(struct player *player, enum level level)
{
    if (player->phase == PHASE_GIVEN) {
        player->reason = arena_format(
            player->arena, "what the case starts from did not come about: %s",
            player->finding.message);
        play_end(player, VERDICT_INCONCLUSIVE);
    } else if (level == LEVEL_SHOULD) {
        warn(player, &player->finding);
        player->finding = (struct finding){.kind = FAILURE_NONE};
        play_end(player, VERDICT_WARN);
    } else if (level == LEVEL_MAY) {
        play_note(player, "%s", player->finding.message);
        play_end(player, VERDICT_PASS);
    } else {
        play_end(player, VERDICT_FAIL);
    }
}

bool play_failed(struct player *player, struct task *task,
                 const struct failure *failure)
{
    if (player->finished)
        return false;
    int64_t seen = failure->seen;
    if (seen && play_was_late(player, task, seen)) {
        play_inconclusive(player, task, "the harness was too slow to judge: %s",
                          failure->message);
        return false;
    }
    if (player->finished)
        return false;
    enum level level = level_of(player, task);
    struct finding finding = make_finding(player, task, failure);
    if (task && has_own_level(task) &&
        (level == LEVEL_SHOULD || level == LEVEL_MAY)) {
        if (level == LEVEL_SHOULD)
            warn(player, &finding);
        else
            play_note(player, "%s", finding.message);
        task_done(player, task);
        return true;
    }
    struct task *alternative = alternative_of(task);
    if (alternative) {
        alternative->state = TASK_DEAD;
        task->state = TASK_DEAD;
        return true;
    }
    player->finding = finding;
    end_by_level(player, level);
    return false;
}

void play_error(struct player *player, const struct task *task,
                const char *format, ...)
{
    if (player->finished)
        return;
    va_list list;
    va_start(list, format);
    const char *text = vline(player, format, list);
    va_end(list);
    struct failure failure = {FAILURE_HARNESS, 0, text, NULL, NULL};
    player->finding = make_finding(player, task, &failure);
    player->reason = text;
    play_end(player, VERDICT_ERROR);
}

void play_inconclusive(struct player *player, const struct task *task,
                       const char *format, ...)
{
    if (player->finished)
        return;
    va_list list;
    va_start(list, format);
    player->reason = vline(player, format, list);
    va_end(list);
    struct failure failure = {FAILURE_HARNESS, 0, player->reason, NULL, NULL};
    player->finding = make_finding(player, task, &failure);
    play_end(player, VERDICT_INCONCLUSIVE);
}

void play_note(struct player *player, const char *format, ...)
{
    if (player->note_count >= NOTES_MAX ||
        !play_grow(player, &player->notes, &player->note_room,
                   player->note_count, sizeof *player->notes))
        return;
    va_list list;
    va_start(list, format);
    player->notes[player->note_count++] = vline(player, format, list);
    va_end(list);
}

void play_measure(struct player *player, const char *text, int64_t value,
                  const char *note)
{
    if (play_grow(player, &player->measures, &player->measure_room,
                  player->measure_count, sizeof *player->measures))
        player->measures[player->measure_count++] =
            (struct measure){keep_text(player, text), value, note};
}

/* ---- the end ----------------------------------------------------------- */

void play_end(struct player *player, enum verdict verdict)
{
    if (player->finished)
        return;
    if (verdict == VERDICT_PASS && player->warning_count)
        verdict = VERDICT_WARN;
    player->verdict = verdict;
    player->finished = true;
    player->deadline = INT64_MAX;
}

static bool keeps_conversation(const struct player *player)
{
    return player->settings.keep_all ||
           (player->verdict != VERDICT_PASS && player->verdict != VERDICT_SKIP);
}

/* The record takes the play's arena with it: its texts live there. */
struct play_record *play_make_record(struct player *player)
{
    struct play_record *record = arena_alloc(player->arena, sizeof *record);
    if (!record)
        return NULL;
    bool said = keeps_conversation(player);
    for (size_t i = 0; said && i < player->client_count; i++)
        client_say_unfinished(player, player->clients[i]);
    if (said)
        finish_lines(player);
    hide_secrets(player, said);
    *record = (struct play_record){
        .arena = player->arena,
        .verdict = player->verdict,
        .finding = player->finding,
        .reason = player->reason,
        .warnings = player->warnings,
        .warning_count = player->warning_count,
        .notes = player->notes,
        .note_count = player->note_count,
        .measures = player->measures,
        .measure_count = player->measure_count,
        .said = said ? player->said : NULL,
        .said_count = said ? player->said_count : 0,
        .said_dropped = said ? player->said_dropped : 0,
        .began = player->started,
        .ended = player->now,
    };
    return record;
}
