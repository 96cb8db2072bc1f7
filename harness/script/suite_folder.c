#include "script/suite_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH = 16, FOLDER_ENTRIES_MAX = 10000 };

struct walk {
    void (*found)(void *user, const char *path);
    void *user;
    struct diagnostics *diagnostics;
    int depth;
};

struct listing {
    char **names;
    size_t count, capacity;
};

static void listing_free(struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++)
        memory_free(listing->names[i]);
    memory_free(listing->names);
}

static bool listing_add(struct listing *listing, const char *name)
{
    size_t capacity = listing->capacity ? listing->capacity * 2 : 32;
    char **names;

    if (listing->count == FOLDER_ENTRIES_MAX)
        return false;
    if (listing->count == listing->capacity) {
        names = memory_resize(listing->names, capacity * sizeof *names);
        if (!names)
            return false;
        listing->names = names;
        listing->capacity = capacity;
    }
    listing->names[listing->count] = memory_copy(name);
    return listing->names[listing->count] &&
           ++listing->count <= FOLDER_ENTRIES_MAX;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void cannot_read(struct walk *walk, const char *path)
{
    diagnose(walk->diagnostics, (struct source){.file = path}, NULL, NULL,
             "cannot read the file or folder: %s", strerror(errno));
}

static void walk_path(struct walk *walk, const char *path, bool named);

static void walk_names(struct walk *walk, const char *folder,
                       const struct listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        size_t size = strlen(folder);
        const char *slash = size && folder[size - 1] == '/' ? "" : "/";
        const char *path = arena_format(walk->diagnostics->arena, "%s%s%s",
                                        folder, slash, listing->names[i]);

        if (path)
            walk_path(walk, path, false);
        else
            walk->diagnostics->no_memory = true;
    }
}

static void walk_folder(struct walk *walk, const char *path)
{
    struct listing listing = {.names = NULL};
    struct dirent *entry;
    DIR *folder = opendir(path);

    if (!folder) {
        cannot_read(walk, path);
        return;
    }
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.' && !listing_add(&listing, entry->d_name))
            walk->diagnostics->no_memory = true;
    closedir(folder);
    if (listing.count)
        qsort(listing.names, listing.count, sizeof *listing.names,
              compare_names);
    walk->depth++;
    if (walk->depth < FOLDER_DEPTH)
        walk_names(walk, path, &listing);
    walk->depth--;
    listing_free(&listing);
}

static bool is_case_file(const char *path)
{
    return slice_ends(slice_of(path), slice_of(".yaml"));
}

/* What is named on the command line is read whatever it is called. */
static void walk_path(struct walk *walk, const char *path, bool named)
{
    struct stat status;

    if (stat(path, &status)) {
        cannot_read(walk, path);
        return;
    }
    if (S_ISDIR(status.st_mode))
        walk_folder(walk, path);
    else if (named || is_case_file(path))
        walk->found(walk->user, path);
}

void suite_folder_walk(const char *path,
                       void (*found)(void *user, const char *path), void *user,
                       struct diagnostics *diagnostics)
{
    struct walk walk = {found, user, diagnostics, 0};

    walk_path(&walk, path, true);
}
