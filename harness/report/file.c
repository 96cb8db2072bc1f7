/* Report files: whole or not there. */
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(char *error, size_t error_size, const char *path)
{
    char text[128];
    snprintf(error, error_size, "cannot write %s: %s", path,
             strerror_r(errno, text, sizeof text));
    return false;
}

/* Makes every directory on the way to path. One that cannot be made is
 * reported when the file cannot be opened. */
static void make_directories(const char *path)
{
    char part[PATH_MAX];
    for (size_t at = 1; path[0] && path[at]; at++) {
        if (path[at] != '/')
            continue;
        memcpy(part, path, at);
        part[at] = '\0';
        mkdir(part, 0777);
    }
}

static bool write_all(int file, struct slice content)
{
    while (content.size) {
        ssize_t written = write(file, content.data, content.size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content.data += written;
        content.size -= (size_t)written;
    }
    return true;
}

/* Closes in any case; errno is that of the first trouble. */
static bool write_and_close(int file, struct slice content)
{
    bool good = write_all(file, content);
    int reason = errno;
    if (close(file) != 0 && good)
        return false;
    errno = reason;
    return good;
}

/* O_EXCL, so that nobody's link is followed; what an earlier process with
 * the same number left behind is removed first. */
static int open_temporary(const char *name)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int file = open(name, flags, 0666);
    if (file < 0 && errno == EEXIST && unlink(name) == 0)
        file = open(name, flags, 0666);
    return file;
}

static bool write_and_rename(const char *path, struct slice content,
                             char *error, size_t error_size)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s.%ld.tmp", path, (long)getpid());
    int file = open_temporary(name);
    if (file < 0)
        return fail(error, error_size, path);
    if (write_and_close(file, content) && rename(name, path) == 0)
        return true;
    int reason = errno;
    unlink(name);
    errno = reason;
    return fail(error, error_size, path);
}

static bool write_directly(const char *path, struct slice content, char *error,
                           size_t error_size)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || !write_and_close(file, content))
        return fail(error, error_size, path);
    return true;
}

bool report_file_write(const char *path, struct slice content, char *error,
                       size_t error_size)
{
    struct stat status;
    if (strlen(path) > PATH_MAX - 32) {
        errno = ENAMETOOLONG;
        return fail(error, error_size, path);
    }
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return write_directly(path, content, error, error_size);
    make_directories(path);
    return write_and_rename(path, content, error, error_size);
}
