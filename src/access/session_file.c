/* session_file.c - the token kept for later commands of the same terminal session. The folder is
 * the user's runtime directory, or one under /tmp that is proved to be ours: another user may have
 * put a link or a folder of that name there first. */
#include "access/session_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/i18n.h"

enum { STAT_TTY = 7, STAT_START = 22 };     /* proc(5), fields of /proc/PID/stat */

/* A field after the program's name of /proc/PID/stat; 0 when it cannot be had. */
static unsigned long long stat_field(const char *path, int field)
{
    char text[1024];
    FILE *file = fopen(path, "re");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    const char *p;

    if (file)
        fclose(file);
    text[n] = '\0';
    if (!(p = strrchr(text, ')')))      /* the name may hold anything, blanks and ) too */
        return 0;
    for (int at = 2; at < field && p; at++)
        p = strchr(p + 1, ' ');
    return p ? strtoull(p, NULL, 10) : 0;
}

/* What tells this terminal session from every other, also from a later one with the same number. */
static void file_name(const char *dir, char out[CRYPTO_HEX])
{
    char real[PATH_MAX], leader[64];
    long sid = (long)getsid(0);
    struct buf key = {0};

    snprintf(leader, sizeof leader, "/proc/%ld/stat", sid);
    buf_printf(&key, "%s\n%ld\n%llu\n%llu", realpath(dir, real) ? real : dir, sid,
               sid > 0 ? stat_field(leader, STAT_START) : 0, stat_field("/proc/self/stat", STAT_TTY));
    crypto_sha256_hex(key.data, key.len, out);
    buf_done(&key);
}

static int is_ours(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0;
}

/* Open (and make) path as a folder nobody else can look into; -1 when it is not. */
static int open_private(int parent, const char *path)
{
    int fd;

    if (mkdirat(parent, path, 0700) != 0 && errno != EEXIST)
        return -1;
    fd = openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && !is_ours(fd)) {
        close(fd);
        fd = -1;
        errno = EPERM;
    }
    return fd;
}

static int open_folder(struct err *err)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[64];
    int parent, fd = -1;

    if (runtime && runtime[0] == '/' && (parent = open(runtime, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
        if (is_ours(parent))
            fd = open_private(parent, "frontdesk");
        close(parent);
    }
    if (fd >= 0)
        return fd;
    snprintf(path, sizeof path, "/tmp/frontdesk-%ld", (long)geteuid());
    if ((fd = open_private(AT_FDCWD, path)) < 0)
        err_set(err, RC_IO, _("%s cannot hold the session: %s"), path, strerror(errno));
    return fd;
}

enum rc session_file_write(const char *dir, const char *token, struct err *err)
{
    char name[CRYPTO_HEX], fresh[CRYPTO_HEX + 8];
    size_t len = strlen(token);
    int folder = open_folder(err), fd;
    bool is_kept;

    if (folder < 0)
        return RC_IO;
    file_name(dir, name);
    snprintf(fresh, sizeof fresh, "%s.new", name);
    unlinkat(folder, fresh, 0);
    fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    is_kept = fd >= 0 && write(fd, token, len) == (ssize_t)len;
    if (fd >= 0)
        is_kept = close(fd) == 0 && is_kept;
    is_kept = is_kept && renameat(folder, fresh, folder, name) == 0;
    close(folder);
    return is_kept ? RC_OK : err_set(err, RC_IO, _("the session could not be kept: %s"), strerror(errno));
}

enum rc session_file_read(const char *dir, char *token, size_t size, struct err *err)
{
    char name[CRYPTO_HEX];
    struct stat st;
    int folder = open_folder(err), fd;
    ssize_t n = -1;

    token[0] = '\0';
    if (folder < 0)
        return RC_IO;
    file_name(dir, name);
    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    close(folder);
    if (fd < 0)
        return RC_NOT_FOUND;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077) == 0)
        n = read(fd, token, size - 1);
    close(fd);
    token[n > 0 ? n : 0] = '\0';
    return n > 0 ? RC_OK : RC_NOT_FOUND;
}

void session_file_remove(const char *dir)
{
    char name[CRYPTO_HEX];
    struct err err;
    int folder = open_folder(&err);

    if (folder < 0)
        return;
    file_name(dir, name);
    unlinkat(folder, name, 0);
    close(folder);
}
