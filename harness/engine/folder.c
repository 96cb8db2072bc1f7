#include "engine/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool complain(char *error, size_t size, const char *what,
                     const char *path)
{
    snprintf(error, size, "cannot %s %.200s: %s", what, path, strerror(errno));
    return false;
}

/* Every folder on the way to path; path itself too, if whole. */
static bool make_folders(char *path, bool whole)
{
    for (char *at = path + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = 0;
        int result = mkdir(path, 0700);
        *at = '/';
        if (result && errno != EEXIST)
            return false;
    }
    return !whole || !mkdir(path, 0700) || errno == EEXIST;
}

static char *stated_folder(const char *dir)
{
    char path[PATH_MAX];
    char real[PATH_MAX];

    if (snprintf(path, sizeof path, "%s", dir) >= (int)sizeof path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    if (!make_folders(path, true) || !realpath(path, real))
        return NULL;
    return memory_copy(real);
}

static char *temporary_folder(void)
{
    char path[PATH_MAX];
    const char *base = getenv("TMPDIR");

    snprintf(path, sizeof path, "%s/mqttspec-XXXXXX",
             base && *base == '/' ? base : "/tmp");
    return mkdtemp(path) ? memory_copy(path) : NULL;
}

bool folder_make(struct folder *folder, const char *dir, char *error,
                 size_t error_size)
{
    errno = ENOMEM;
    folder->temporary = !dir;
    folder->path = dir ? stated_folder(dir) : temporary_folder();
    if (folder->path)
        return true;
    return complain(error, error_size, "make the broker's folder",
                    dir ? dir : "in the folder for temporary files");
}

/* ---- files ------------------------------------------------------------- */

static bool name_stays_below(const char *name)
{
    if (!*name || *name == '/')
        return false;
    for (const char *part = name; part;) {
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2]))
            return false;
        part = strchr(part, '/');
        part = part ? part + 1 : NULL;
    }
    return true;
}

static bool write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return false;
    bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

static bool write_file(const struct folder *folder,
                       const struct profile_file *file, char *error,
                       size_t error_size)
{
    char path[PATH_MAX];

    if (!name_stays_below(file->name)) {
        snprintf(error, error_size,
                 "the file '%.100s' would not be below the broker's folder",
                 file->name);
        return false;
    }
    if (snprintf(path, sizeof path, "%s/%s", folder->path, file->name) >=
        (int)sizeof path) {
        errno = ENAMETOOLONG;
        return complain(error, error_size, "write", file->name);
    }
    if (!make_folders(path, false) || !write_text(path, file->text))
        return complain(error, error_size, "write", path);
    return true;
}

bool folder_write(const struct folder *folder, const struct profile *profile,
                  char *error, size_t error_size)
{
    for (size_t i = 0; i < profile->file_count; i++)
        if (!write_file(folder, &profile->files[i], error, error_size))
            return false;
    return true;
}

/* ---- what the broker said ---------------------------------------------- */

static size_t read_end(const char *path, char *to, size_t size)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return 0;
    off_t length = lseek(file, 0, SEEK_END);
    off_t from = length > (off_t)size ? length - (off_t)size : 0;
    ssize_t got = length > 0 ? pread(file, to, size, from) : 0;
    close(file);
    return got > 0 ? (size_t)got : 0;
}

void folder_tail(const struct folder *folder, const char *name, char *to,
                 size_t size)
{
    char path[PATH_MAX];

    *to = 0;
    if (snprintf(path, sizeof path, "%s/%s", folder->path, name) >=
        (int)sizeof path)
        return;
    size_t length = read_end(path, to, size - 1);
    while (length && (unsigned char)to[length - 1] <= ' ')
        length--;
    to[length] = 0;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)to[i] < ' ')
            to[i] = to[i] == '\n' ? '|' : ' ';
}

/* ---- removal ----------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    remove(path);
    return 0;
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void folder_end(struct folder *folder, bool keep)
{
    if (folder->path && folder->temporary && !keep)
        folder_remove(folder->path);
    memory_free(folder->path);
    folder->path = NULL;
}
