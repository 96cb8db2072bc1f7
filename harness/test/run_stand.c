#include "test/run_stand.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_text(const struct run_stand *stand, const char *name,
                       const char *before, const char *text, char *path,
                       size_t size)
{
    snprintf(path, size, "%s/%s", stand->folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(before, file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void demand(struct run_stand *stand, bool good)
{
    struct buffer text = buffer_make(1u << 20);
    diagnostics_print(&stand->diagnostics, &text);
    ck_assert_msg(good, "%s", buffer_string(&text));
    buffer_free(&text);
}

static void on_decided(void *user, const struct result *result, size_t done,
                       size_t total)
{
    struct run_stand *stand = user;
    ck_assert_uint_le(done, total);
    buffer_format(&stand->order, "%s %s\n", result->variant_id,
                  verdict_name(result->verdict));
    if (stand->decided)
        stand->decided(stand, result);
}

static void on_progress(void *user, const char *line)
{
    struct run_stand *stand = user;
    buffer_format(&stand->progress, "%s\n", line);
}

void run_stand_begin(struct run_stand *stand, const char *cases)
{
    char path[128];
    const char *paths[] = {path};

    *stand = (struct run_stand){.decided = NULL};
    ck_assert(scratch_make(stand->folder));
    ck_assert(diagnostics_begin(&stand->diagnostics));
    write_text(stand, "cases.yaml", "area: test\ncases:\n", cases, path,
               sizeof path);
    stand->suite = suite_load(paths, 1, NULL, &stand->diagnostics);
    demand(stand, stand->suite != NULL);
    stand->order = buffer_make(1u << 20);
    stand->progress = buffer_make(1u << 20);
    stand->options = (struct run_options){
        .suite = stand->suite,
        .patience = 1,
        .repeat = 1,
        .seed = 1,
        .decided = on_decided,
        .progress = on_progress,
        .user = stand,
        .repeat_command = "mqttspec run",
    };
}

void run_stand_profile(struct run_stand *stand, const char *yaml)
{
    char path[128];
    write_text(stand, "profile.yaml", "", yaml, path, sizeof path);
    stand->profile = profile_load(path, &stand->diagnostics);
    demand(stand, stand->profile != NULL);
    stand->options.profile = stand->profile;
    /* So that a folder that is kept after a death goes with ours. */
    snprintf(stand->broker_folder, sizeof stand->broker_folder, "%s/broker",
             stand->folder);
    stand->options.dir = stand->broker_folder;
}

void run_stand_port(struct run_stand *stand, uint16_t port)
{
    struct net_url url = {.transport = NET_TCP,
                          .host = (char[]){"127.0.0.1"},
                          .port = port,
                          .path = (char[]){""}};
    stand->profile = profile_of_urls(&url, 1);
    ck_assert_ptr_nonnull(stand->profile);
    stand->options.profile = stand->profile;
}

void run_stand_run(struct run_stand *stand)
{
    stand->record = run_suite(&stand->options, &stand->diagnostics);
    ck_assert_ptr_nonnull(stand->record);
}

void run_stand_end(struct run_stand *stand)
{
    run_record_free(stand->record);
    profile_free(stand->profile);
    suite_free(stand->suite);
    diagnostics_end(&stand->diagnostics);
    buffer_free(&stand->order);
    buffer_free(&stand->progress);
    scratch_remove(stand->folder);
}

const struct result *run_stand_result(const struct run_stand *stand,
                                      const char *id)
{
    for (size_t i = 0; i < stand->record->count; i++) {
        const struct result *result = &stand->record->results[i];
        if (strncmp(result->variant_id, id, strlen(id)) == 0)
            return result;
    }
    ck_abort_msg("there is no variant %s", id);
}

void run_stand_expect(const struct run_stand *stand, const char *id,
                      enum verdict verdict)
{
    const struct result *result = run_stand_result(stand, id);
    const struct play_record *play = result->play;
    ck_assert_msg(result->verdict == verdict, "%s is %s, not %s: %s; %s; %s",
                  id, verdict_name(result->verdict), verdict_name(verdict),
                  result->reason ? result->reason : "",
                  play && play->finding.message ? play->finding.message : "",
                  stand->record->trouble ? stand->record->trouble : "");
}
