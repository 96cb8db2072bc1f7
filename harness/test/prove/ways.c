#include "test/prove/prove.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CAP = 16 << 20, LINE_MAX_SIZE = 1024 };

const char *const version_names[VERSIONS] = {"3.1", "3.1.1", "5.0"};

static struct way *find_way(struct ways *ways, const char *name)
{
    for (size_t i = 0; i < ways->count; i++)
        if (strcmp(ways->rows[i].name, name) == 0)
            return &ways->rows[i];
    return NULL;
}

static struct way *add_way(struct ways *ways, const char *name,
                           const char *text)
{
    struct way *rows =
        memory_resize(ways->rows, (ways->count + 1) * sizeof *rows);

    if (!rows)
        return NULL;
    ways->rows = rows;
    rows[ways->count] = (struct way){.name = arena_text(ways->arena, name),
                                     .text = arena_text(ways->arena, text)};
    return &rows[ways->count++];
}

/* Whether the list "3.1,5.0" has the version. */
static bool has_version(const char *list, const char *version)
{
    size_t size = strlen(version);

    for (;; list++) {
        if (strncmp(list, version, size) == 0 &&
            (list[size] == ',' || list[size] == '\0'))
            return true;
        list = strchr(list, ',');
        if (!list)
            return false;
    }
}

static bool add_broken(struct ways *ways, struct way *way,
                       const char *statement, const char *versions)
{
    struct broken *rows =
        memory_resize(way->broken, (way->count + 1) * sizeof *rows);

    if (!rows)
        return false;
    way->broken = rows;
    rows += way->count++;
    rows->statement = arena_text(ways->arena, statement);
    for (size_t i = 0; i < VERSIONS; i++)
        rows->versions[i] = has_version(versions, version_names[i]);
    return true;
}

/* STATEMENT:WORD, versions, text. */
static bool read_line(struct ways *ways, char *line)
{
    char *versions = strchr(line, '\t');
    char *text = versions ? strchr(versions + 1, '\t') : NULL;
    char *word = strchr(line, ':');
    struct way *way;

    if (!text || !word || word > versions)
        return false;
    *versions++ = '\0';
    *text++ = '\0';
    *word++ = '\0';
    way = find_way(ways, word);
    if (!way)
        way = add_way(ways, word, text);
    return way && add_broken(ways, way, line, versions);
}

static bool read_all(struct ways *ways, FILE *file)
{
    char line[LINE_MAX_SIZE];

    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (!read_line(ways, line))
            return false;
    }
    return ways->count > 0 && !arena_failed(ways->arena);
}

bool ways_read(struct ways *ways, const char *refbroker, const char *folder)
{
    const char *arguments[] = {refbroker, "--violations", NULL};
    struct buffer path = buffer_make(4096);
    FILE *file = NULL;
    bool read = false;

    *ways = (struct ways){.arena = arena_new(ARENA_CAP)};
    buffer_format(&path, "%s/violations", folder);
    if (ways->arena && child_run(arguments, buffer_string(&path)) == 0)
        file = fopen(buffer_string(&path), "r");
    if (file) {
        read = read_all(ways, file);
        fclose(file);
    }
    if (!read)
        fprintf(stderr, "prove: %s --violations cannot be read\n", refbroker);
    buffer_free(&path);
    return read;
}

static bool is_meant(const struct way *way, const char *pattern)
{
    if (fnmatch(pattern, way->name, 0) == 0)
        return true;
    for (size_t i = 0; i < way->count; i++)
        if (fnmatch(pattern, way->broken[i].statement, 0) == 0)
            return true;
    return false;
}

static bool is_kept(const struct way *way, char *const *only, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_meant(way, only[i]))
            return true;
    return count == 0;
}

void ways_keep(struct ways *ways, char *const *only, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < ways->count; i++) {
        if (is_kept(&ways->rows[i], only, count))
            ways->rows[kept++] = ways->rows[i];
        else
            memory_free(ways->rows[i].broken);
    }
    ways->count = kept;
}

void ways_free(struct ways *ways)
{
    for (size_t i = 0; i < ways->count; i++)
        memory_free(ways->rows[i].broken);
    memory_free(ways->rows);
    if (ways->arena)
        arena_free(ways->arena);
}

bool way_breaks(const struct way *way, const char *statement,
                const char *version)
{
    for (size_t i = 0; i < way->count; i++) {
        if (strcmp(way->broken[i].statement, statement) != 0)
            continue;
        for (size_t j = 0; j < VERSIONS; j++)
            if (way->broken[i].versions[j] &&
                strcmp(version_names[j], version) == 0)
                return true;
    }
    return false;
}

bool way_breaks_any(const struct way *way, const json_t *statements)
{
    for (size_t i = 0; i < way->count; i++)
        if (json_object_get(statements, way->broken[i].statement))
            return true;
    return false;
}
