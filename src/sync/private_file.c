#include "sync/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/i18n.h"

static enum rc check(int fd, const char *setting, const char *path, struct err *err)
{
    struct stat s;

    if (fstat(fd, &s) != 0)
        return err_set(err, RC_IO, _("%s: %s cannot be read: %s."), setting, path, strerror(errno));
    if (!S_ISREG(s.st_mode) || (s.st_mode & 077) || (s.st_uid != geteuid() && s.st_uid != 0))
        return err_set(err, RC_DENIED, _("%s: %s must be a plain file of yours that nobody else may read: chmod 600 it."),
                       setting, path);
    if (s.st_size > SECRET_MOST)
        return err_set(err, RC_INVALID, _("%s: %s is too large for a secret."), setting, path);
    return RC_OK;
}

enum rc private_file_read(const char *setting, const char *path, struct secret *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = 0;
    enum rc rc;

    *out = (struct secret){ 0 };
    if (fd < 0)
        return err_set(err, RC_IO, _("%s: %s cannot be read: %s."), setting, path, strerror(errno));
    if ((rc = check(fd, setting, path, err)) == RC_OK) {
        out->text = crypto_secret_new(SECRET_MOST + 1);
        n = read(fd, out->text, SECRET_MOST);
    }
    close(fd);
    while (n > 0 && strchr("\r\n \t", out->text[n - 1]))
        out->text[--n] = '\0';
    if (rc == RC_OK && n <= 0)
        rc = err_set(err, RC_IO, _("%s: %s holds nothing."), setting, path);
    out->len = n > 0 ? (size_t)n : 0;
    return rc;
}
