#include "cli/places.h"
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Looked through in this order. The first is below the working folder, the
 * others are below the folder of the binary. */
static const char *const cases_places[] = {"cases", "../cases", "../../cases",
                                           "../share/mqttspec/cases", NULL};
static const char *const certs_places[] = {"build/certs", "certs", "../certs",
                                           "../share/mqttspec/certs", NULL};

bool place_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

const char *place_below(struct arena *arena, const char *folder,
                        const char *name)
{
    return arena_format(arena, "%s/%s", folder, name);
}

static const char *folder_of_binary(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0)
        return NULL;
    path[size] = 0;
    char *slash = strrchr(path, '/');
    if (!slash)
        return NULL;
    *slash = 0;
    return arena_text(arena, path);
}

/* Whether the folder is there and holds what shows that it is ours. */
static bool is_ours(struct arena *arena, const char *folder, const char *proof)
{
    const char *path = place_below(arena, folder, proof);
    return path && access(path, R_OK) == 0;
}

static const char *first_of(struct arena *arena, const char *const *places,
                            const char *proof)
{
    if (is_ours(arena, places[0], proof))
        return places[0];
    const char *binary = folder_of_binary(arena);
    for (size_t i = 1; binary && places[i]; i++) {
        const char *folder = place_below(arena, binary, places[i]);
        if (folder && is_ours(arena, folder, proof))
            return folder;
    }
    return NULL;
}

const char *place_of_cases(struct arena *arena)
{
    return first_of(arena, cases_places, "statements");
}

const char *place_of_certs(struct arena *arena)
{
    return first_of(arena, certs_places, "ca.pem");
}
