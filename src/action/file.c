#include "action/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/mem.h"

enum { FILE_MAX = 256 << 20 };  /* a document larger than that is no document */

static enum rc read_all(int fd, const char *path, struct buf *out, struct err *err)
{
    char *block = mem_alloc(1 << 16);
    enum rc rc = RC_OK;
    ssize_t n;

    while (rc == RC_OK && (n = read(fd, block, 1 << 16)) != 0) {
        if (n < 0 && errno != EINTR)
            rc = err_set(err, RC_IO, "%s: %s", path, strerror(errno));
        else if (n > 0 && out->len + (size_t)n > FILE_MAX)
            rc = err_set(err, RC_INVALID, _("%s is larger than %d MiB"), path, FILE_MAX >> 20);
        else if (n > 0)
            buf_add_n(out, block, (size_t)n);
    }
    free(block);
    return rc;
}

enum rc file_document(const char *path, struct doc **out, struct err *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct buf text = { 0 };
    struct err why = { RC_OK, "" };
    enum rc rc;

    if (fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, "%s: %s", path, strerror(errno));
    rc = read_all(fd, path, &text, err);
    if (rc == RC_OK && (rc = doc_parse(buf_text(&text), text.len, out, &why)) != RC_OK)
        err_set(err, rc, "%s: %s", is_stdin ? _("standard input") : path, err_text(&why));
    if (!is_stdin)
        close(fd);
    buf_done(&text);
    return rc;
}

static bool write_whole(int fd, const struct buf *bytes)
{
    for (size_t done = 0; done < bytes->len;) {
        ssize_t n = write(fd, bytes->data + done, bytes->len - done);

        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return fsync(fd) == 0;
}

enum rc file_write(const char *path, const struct buf *bytes, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum rc rc = RC_OK;

    if (fd < 0)
        return err_set(err, errno == EEXIST ? RC_EXISTS : RC_IO, "%s: %s", path, strerror(errno));
    if (!write_whole(fd, bytes))
        rc = err_set(err, RC_IO, "%s: %s", path, strerror(errno));
    close(fd);
    if (rc != RC_OK)
        unlink(path);
    return rc;
}
