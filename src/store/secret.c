#include "store/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/copy.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_set[] =
    "INSERT INTO secret(name, sealed, set_at, set_by) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT(name) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at, set_by = excluded.set_by";
static const char sql_remove[] = "DELETE FROM secret WHERE name = ?1";
static const char sql_get[] = "SELECT sealed FROM secret WHERE name = ?1";
static const char sql_each[] = "SELECT name, set_at, set_by FROM secret ORDER BY name";

/* ---- the key ---- */

/* RC_NOT_FOUND when there is no key yet. */
static enum rc read_key(const char *path, unsigned char *key, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat s;
    enum rc rc = RC_OK;

    if (fd < 0)
        return err_set(err, errno == ENOENT ? RC_NOT_FOUND : RC_IO, _("%s cannot be read: %s"), path, strerror(errno));
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || (s.st_mode & 077) || s.st_uid != geteuid())
        rc = err_set(err, RC_DENIED, _("%s must be a plain file of yours that nobody else may read: chmod 600 it"), path);
    else if (s.st_size != CRYPTO_KEY || read(fd, key, CRYPTO_KEY) != CRYPTO_KEY)
        rc = err_set(err, RC_INVALID, _("%s is damaged: move it away and set the secrets again"), path);
    close(fd);
    return rc;
}

/* Whole under its name or not at all; two who make it at once end with the same. */
static enum rc make_key(const char *path, unsigned char *key, struct err *err)
{
    char *part = mem_printf("%s.%ld", path, (long)getpid());
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_made;

    crypto_random(key, CRYPTO_KEY);
    is_made = fd >= 0 && write(fd, key, CRYPTO_KEY) == CRYPTO_KEY && fsync(fd) == 0 && (link(part, path) == 0 || errno == EEXIST);
    if (!is_made)
        err_set(err, RC_IO, _("%s cannot be made: %s"), path, strerror(errno));
    if (fd >= 0)
        close(fd);
    unlink(part);
    free(part);
    if (!is_made)
        return RC_IO;
    enum rc rc = copy_sync_parent(path, err);
    return rc == RC_OK ? read_key(path, key, err) : rc;
}

/* key: room for CRYPTO_KEY in locked memory. */
static enum rc take_key(struct store *st, bool may_make, unsigned char *key, struct err *err)
{
    char *path = store_path(store_dir(st), "machine.key");
    enum rc rc = read_key(path, key, err);

    if (rc == RC_NOT_FOUND && may_make)
        rc = make_key(path, key, err);
    free(path);
    return rc;
}

/* ---- secrets ---- */

static enum rc write_row(struct store *st, const char *name, const struct buf *sealed, const struct grant *grant, struct err *err)
{
    struct query *q = query_open(st, sql_set);

    query_bind(q, 1, name);
    query_bind_blob(q, 2, sealed->data, sealed->len);
    query_bind(q, 3, st->tx.now);
    query_bind(q, 4, grant->staff);
    query_next(q);
    return query_end(q, err);
}

enum rc secret_set(struct store *st, const struct grant *grant, const char *name, const char *text, size_t len, struct err *err)
{
    unsigned char *key;
    struct buf sealed = { 0 };
    enum rc rc;

    if (len == 0 || len > SECRET_MOST)
        return err_set(err, RC_INVALID, "%s", len ? _("the secret is too long") : _("the secret is empty"));
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    key = crypto_secret_new(CRYPTO_KEY);
    audit_act(st, grant);
    audit_detail(st, "secret=%s", name);
    if ((rc = take_key(st, true, key, err)) == RC_OK) {
        crypto_seal(key, name, text, len, &sealed);
        rc = write_row(st, name, &sealed, grant, err);
    }
    crypto_secret_free(key);
    buf_done(&sealed);
    return store_end(st, rc, err);
}

enum rc secret_remove(struct store *st, const struct grant *grant, const char *name, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    audit_act(st, grant);
    audit_detail(st, "secret=%s", name);
    rc = query_run(st, err, sql_remove, "t", name);
    if (rc == RC_OK && store_rows_changed(st) == 0)
        rc = err_set(err, RC_NOT_FOUND, _("there is no secret %s here"), name);
    return store_end(st, rc, err);
}

static enum rc read_row(struct store *st, const char *name, struct buf *sealed, struct err *err)
{
    struct query *q = query_open(st, sql_get);
    bool is_there;
    enum rc rc;

    query_bind(q, 1, name);
    if ((is_there = query_next(q)))
        buf_add_n(sealed, query_text(q, 0), query_bytes(q, 0));
    rc = query_end(q, err);
    return rc != RC_OK || is_there ? rc : err_set(err, RC_NOT_FOUND, _("there is no secret %s here: frontdesk secret set %s"), name, name);
}

enum rc secret_get(struct store *st, const char *name, struct secret *out, struct err *err)
{
    unsigned char *key = crypto_secret_new(CRYPTO_KEY);
    struct buf sealed = { 0 };
    enum rc rc = read_row(st, name, &sealed, err), key_rc;

    *out = (struct secret){ 0 };
    if (rc == RC_OK && (key_rc = take_key(st, false, key, err)) != RC_OK && key_rc != RC_NOT_FOUND)
        rc = key_rc;
    if (rc == RC_OK && sealed.len >= CRYPTO_SEAL) {
        *out = (struct secret){ crypto_secret_new(sealed.len - CRYPTO_SEAL + 1), sealed.len - CRYPTO_SEAL };
        if (!crypto_unseal(key, name, sealed.data, sealed.len, out->text))
            secret_done(out);
    }
    if (rc == RC_OK && !out->text)
        rc = err_set(err, RC_DENIED, _("the secret %s was sealed with another machine.key: frontdesk secret set %s"), name, name);
    crypto_secret_free(key);
    buf_done(&sealed);
    return rc;
}

void secret_done(struct secret *secret)
{
    crypto_secret_free(secret->text);
    *secret = (struct secret){ 0 };
}

enum rc secret_each(struct store *st, void (*each)(void *ctx, const char *name, const char *at, const char *by), void *ctx,
                    struct err *err)
{
    struct query *q = query_open(st, sql_each);

    while (query_next(q))
        each(ctx, query_text(q, 0), query_text(q, 1), query_text(q, 2));
    return query_end(q, err);
}
