#include "engine/passive.h"

#include "engine/known.h"

#include <string.h>

#define ROWS_MAX 4096
#define VARIANTS_SHOWN 3

static struct passive_result *find_row(const struct passive_list *list,
                                       const struct passive_finding *finding,
                                       enum mqtt_version version,
                                       enum verdict verdict)
{
    for (size_t i = 0; i < list->count; i++) {
        struct passive_result *row = &list->rows[i];
        if (row->version == version && row->verdict == verdict &&
            strcmp(row->rule, finding->rule) == 0 &&
            strcmp(row->statement, finding->statement) == 0)
            return row;
    }
    return NULL;
}

static struct passive_result *new_row(struct passive_list *list)
{
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 16;
        void *rows = memory_resize(list->rows, room * sizeof *list->rows);
        if (room > ROWS_MAX || !rows)
            return NULL;
        list->rows = rows;
        list->room = room;
    }
    return &list->rows[list->count];
}

/* A finding that no statement of the version forbids is worth a warning. */
static enum verdict verdict_of(const struct passive_finding *finding,
                               const struct profile_known *entry)
{
    if (entry)
        return VERDICT_KNOWN;
    return finding->statement[0] ? VERDICT_FAIL : VERDICT_WARN;
}

static struct passive_result *make_row(struct passive_list *list,
                                       const struct passive_finding *finding,
                                       const struct variant *variant,
                                       const struct profile_known *entry,
                                       struct play_record *record)
{
    struct passive_result *row = new_row(list);

    if (!row)
        return NULL;
    *row = (struct passive_result){
        .verdict = verdict_of(finding, entry),
        .statement = arena_text(list->arena, finding->statement),
        .rule = arena_text(list->arena, finding->rule),
        .version = variant->version,
        .play = record,
        .detail =
            arena_text(list->arena, finding->detail ? finding->detail : ""),
        .reason = entry ? entry->reason : NULL,
    };
    if (!row->statement || !row->rule || !row->detail)
        return NULL;
    list->count++;
    return row;
}

static void note_variant(struct passive_result *row, const char *id)
{
    for (size_t i = 0; i < VARIANTS_SHOWN; i++) {
        if (!row->variants[i])
            row->variants[i] = id;
        if (strcmp(row->variants[i], id) == 0)
            return;
    }
}

void passive_collect(struct passive_list *list, struct profile *profile,
                     const struct player *player, const struct variant *variant,
                     struct play_record *record)
{
    size_t count = player_passive_count(player);

    for (size_t i = 0; i < count; i++) {
        struct passive_finding finding = player_passive(player, i);
        const struct profile_known *entry =
            known_passive(profile, variant, finding.statement);
        struct passive_result *row = find_row(list, &finding, variant->version,
                                              verdict_of(&finding, entry));
        if (!row)
            row = make_row(list, &finding, variant, entry, record);
        if (!row)
            return;
        row->times++;
        note_variant(row, variant->id);
    }
}

bool passive_shows(const struct passive_list *list,
                   const struct play_record *record)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->rows[i].play == record)
            return true;
    return false;
}

void passive_end(struct passive_list *list)
{
    memory_free(list->rows);
    list->rows = NULL;
    list->count = list->room = 0;
}
