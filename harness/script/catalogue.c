/* The catalogue of statements: a folder of files, found by id and version. */
#include "script/catalogue.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CATALOGUE_ARENA_MAX ((size_t)16 << 20)
#define CATALOGUE_FILE_MAX ((size_t)4 << 20)
#define CATALOGUE_FILES_MAX 64

/* ---- the index --------------------------------------------------------- */

static uint32_t hash_of(const char *id)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (; *id != '\0'; id++)
        hash = (hash ^ (uint8_t)*id) * 16777619u;
    return hash;
}

/* The first row of that id that holds for one of the versions; NULL: none.
 * *slot is where the search ended. */
static const struct catalogue_row *search(const struct catalogue *catalogue,
                                          const char *id, unsigned versions,
                                          size_t *slot)
{
    size_t mask = catalogue->slot_count - 1;
    for (*slot = hash_of(id) & mask; catalogue->slots[*slot] != 0;
         *slot = (*slot + 1) & mask) {
        const struct catalogue_row *row =
            &catalogue->rows[catalogue->slots[*slot] - 1];
        if ((row->versions & versions) != 0 &&
            strcmp(row->statement.id, id) == 0)
            return row;
    }
    return NULL;
}

static void report_duplicate(const struct catalogue_row *first,
                             const struct catalogue_row *second,
                             struct diagnostics *diagnostics)
{
    diagnose(diagnostics, second->source, NULL, NULL,
             "the statement '%s' stands here again; it was first given at "
             "%s:%d",
             second->statement.id, first->source.file, first->source.line);
}

bool catalogue_index(struct catalogue *catalogue,
                     struct diagnostics *diagnostics)
{
    size_t count = catalogue->count;
    catalogue->slot_count = 64;
    while (catalogue->slot_count < 2 * count)
        catalogue->slot_count *= 2;
    catalogue->slots = arena_array(catalogue->arena, catalogue->slot_count,
                                   sizeof *catalogue->slots);
    catalogue->ids =
        arena_array(catalogue->arena, count + 1, sizeof *catalogue->ids);
    if (catalogue->slots == NULL || catalogue->ids == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct catalogue_row *row = &catalogue->rows[i];
        size_t slot;
        const struct catalogue_row *first =
            search(catalogue, row->statement.id, row->versions, &slot);
        if (first != NULL)
            report_duplicate(first, row, diagnostics);
        else
            catalogue->slots[slot] = (uint32_t)i + 1;
        catalogue->ids[i] = row->statement.id;
    }
    return true;
}

/* ---- the folder -------------------------------------------------------- */

struct names {
    char *rows[CATALOGUE_FILES_MAX];
    size_t count;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The paths of all *.tsv, sorted. False when there is no memory. */
static bool list_files(DIR *folder, const char *path, struct arena *arena,
                       struct names *names)
{
    const struct dirent *entry;
    while (names->count < CATALOGUE_FILES_MAX &&
           (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.' ||
            !slice_ends(slice_of(entry->d_name), slice_of(".tsv")))
            continue;
        size_t length = strlen(path);
        const char *slash = length > 0 && path[length - 1] == '/' ? "" : "/";
        char *name = arena_format(arena, "%s%s%s", path, slash, entry->d_name);
        if (name == NULL)
            return false;
        names->rows[names->count++] = name;
    }
    qsort(names->rows, names->count, sizeof *names->rows, compare_names);
    return true;
}

static bool read_files(struct catalogue *catalogue, const struct names *names,
                       struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < names->count; i++) {
        struct slice text;
        if (diagnostics_read(diagnostics, names->rows[i], CATALOGUE_FILE_MAX,
                             &text) &&
            !catalogue_read(catalogue, names->rows[i], text, diagnostics))
            return false;
    }
    return catalogue_index(catalogue, diagnostics);
}

/* False when there is no memory. */
static bool read_folder(struct catalogue *catalogue, const char *path,
                        struct diagnostics *diagnostics)
{
    struct names names = {.count = 0};
    struct source source = {path, 0, 0};
    DIR *folder = opendir(path);
    if (folder == NULL) {
        diagnose(diagnostics, source, NULL, NULL,
                 "cannot read the folder of statements: %s", strerror(errno));
        return true;
    }
    bool good = list_files(folder, path, catalogue->arena, &names);
    closedir(folder);
    if (good && names.count == 0)
        diagnose(diagnostics, source, "files that end in .tsv", NULL,
                 "the folder holds no statements");
    return good && read_files(catalogue, &names, diagnostics);
}

struct catalogue *catalogue_load(const char *folder,
                                 struct diagnostics *diagnostics)
{
    size_t errors = diagnostics->errors;
    struct catalogue *catalogue = memory_zero(1, sizeof *catalogue);
    bool good = catalogue != NULL;
    if (good)
        catalogue->arena = arena_new(CATALOGUE_ARENA_MAX);
    good = good && catalogue->arena != NULL &&
           read_folder(catalogue, folder, diagnostics);
    if (!good)
        diagnostics->no_memory = true;
    if (good && diagnostics->errors == errors && !diagnostics->no_memory)
        return catalogue;
    catalogue_free(catalogue);
    return NULL;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    memory_free(catalogue->rows);
    arena_free(catalogue->arena);
    memory_free(catalogue);
}

/* ---- reading it -------------------------------------------------------- */

const struct statement *catalogue_find(const struct catalogue *catalogue,
                                       const char *id,
                                       enum mqtt_version version)
{
    size_t slot;
    const struct catalogue_row *row =
        search(catalogue, id, 1u << version, &slot);
    return row == NULL ? NULL : &row->statement;
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct statement *catalogue_at(const struct catalogue *catalogue,
                                     size_t index)
{
    return &catalogue->rows[index].statement;
}

struct source catalogue_source(const struct catalogue *catalogue, size_t index)
{
    return catalogue->rows[index].source;
}

const char *const *catalogue_ids(const struct catalogue *catalogue)
{
    return catalogue->ids;
}

bool statement_in_version(const struct statement *statement,
                          enum mqtt_version version)
{
    const char *name = mqtt_version_name(version);
    size_t size = strlen(name);
    if (strcmp(statement->versions, "all") == 0)
        return true;
    for (const char *at = statement->versions; *at != '\0';) {
        size_t word = strcspn(at, " ");
        if (word == size && memcmp(at, name, size) == 0)
            return true;
        at += word + (at[word] == ' ');
    }
    return false;
}

bool statement_is_testable(const struct statement *statement)
{
    return strncmp(statement->testable, "no", 2) != 0;
}
