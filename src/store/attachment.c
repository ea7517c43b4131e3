#include "store/attachment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "fhir/attachment.h"
#include "store/internal.h"
#include "store/query.h"

/* One that was here already keeps its state: it may have been sent. */
static const char sql_add[] =
    "INSERT INTO attachment(hash, binary, content_type, size, state) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT(hash) DO NOTHING";
static const char sql_add_data[] = "INSERT OR IGNORE INTO attachment_data(hash, bytes) VALUES (?1, ?2)";
static const char sql_link[] =
    "INSERT INTO attachment_use(key, url, hash)"
    " SELECT r.key, ?3, a.hash FROM resource r, attachment a WHERE r.type = ?1 AND r.id = ?2 AND a.binary = ?4"
    " ON CONFLICT(key, url) DO NOTHING";
static const char sql_link_hash[] =
    "INSERT INTO attachment_use(key, url, hash) SELECT key, ?3, ?4 FROM resource WHERE type = ?1 AND id = ?2"
    " ON CONFLICT(key, url) DO UPDATE SET hash = excluded.hash";
#define COLUMNS "SELECT a.hash, a.binary, a.content_type, a.size, a.attempts, coalesce(a.last_error, '') FROM attachment a"
static const char sql_find[] =
    COLUMNS " JOIN attachment_use u ON u.hash = a.hash JOIN resource r ON r.key = u.key"
    " WHERE r.type = ?1 AND r.id = ?2 AND u.url = ?3";
static const char sql_next[] =
    COLUMNS " WHERE a.state = 1 AND a.hash > ?1 AND (a.next_at <= ?2 OR a.next_at > ?2 + 3600000) ORDER BY a.hash LIMIT 1";
static const char sql_holds[] =
    "SELECT 1 FROM attachment_use u JOIN attachment a ON a.hash = u.hash WHERE u.key = ?1 AND a.state = 1 AND a.attempts < ?2 LIMIT 1";
static const char sql_bytes[] = "SELECT bytes FROM attachment_data WHERE hash = ?1";
static const char sql_set[] =
    "UPDATE attachment SET state = ?2, attempts = attempts + 1, next_at = ?3, last_status = ?4, last_error = ?5 WHERE hash = ?1";
static const char sql_retry[] = "UPDATE attachment SET state = 1, attempts = 0, next_at = 0 WHERE state IN (1, 2)";
static const char sql_count[] =
    "SELECT count(*) FILTER (WHERE state = 1), coalesce(sum(size) FILTER (WHERE state = 1), 0), count(*) FILTER (WHERE state = 2),"
    " count(*), coalesce(sum(size), 0) FROM attachment";
static const char sql_tidy[] =
    "DELETE FROM attachment WHERE state = 0 AND NOT EXISTS (SELECT 1 FROM attachment_use u WHERE u.hash = attachment.hash)";
static const char sql_tidy_data[] = "DELETE FROM attachment_data WHERE hash NOT IN (SELECT hash FROM attachment)";

/* ---- in ---- */

/* "01234567-89ab-cdef-0123-456789abcdef": the first half of the hash as an id. */
static void binary_id(const char *hash, char id[CRYPTO_UUID])
{
    snprintf(id, CRYPTO_UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hash, hash + 8, hash + 12, hash + 16, hash + 20);
}

static enum rc add(struct store *st, const char *hash, const char *binary, const char *content_type,
                   enum attachment_state state, const void *data, size_t len, struct err *err)
{
    enum rc rc = query_run(st, err, sql_add, "tttii", hash, binary, content_type, (int64_t)len, (int64_t)state);

    if (rc != RC_OK)
        return rc;
    struct query *q = query_open(st, sql_add_data);
    query_bind(q, 1, hash);
    query_bind_blob(q, 2, data, len);
    while (query_next(q))
        ;
    store_changed(st, CHANGE_OUTBOX);
    return query_end(q, err);
}

struct attachment_file {
    struct node *attachment;    /* in the document */
    struct node *before;        /* what it was, in a document of its own: */
    struct doc *doc;            /* owned */
    char hash[CRYPTO_HEX], binary[CRYPTO_UUID];
    char *data;                 /* owned */
    size_t len;
};

void attachment_files_done(struct attachment_files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        doc_free(files->file[i].doc);
        free(files->file[i].data);
    }
    free(files->file);
    *files = (struct attachment_files){ 0 };
}

struct taking { struct doc *doc; struct attachment_files *files; enum rc rc; struct err *err; };

static void name_it(struct doc *doc, const struct attachment_file *f)
{
    unsigned char sum[SHA1_SIZE];
    char *url = mem_printf("Binary/%s", f->binary);
    struct buf text = { 0 };

    sha1(f->data, f->len, sum);
    crypto_base64(sum, sizeof sum, false, &text);
    node_remove_name(doc, f->attachment, "data");
    node_set_str(doc, f->attachment, "url", url);
    node_set_int(doc, f->attachment, "size", (int64_t)f->len);
    node_set_str(doc, f->attachment, "hash", buf_text(&text));
    buf_done(&text);
    free(url);
}

static bool take_one(void *ctx, struct node *attachment)
{
    struct taking *t = ctx;
    const char *text = node_str(attachment, "data");
    struct attachment_file f = { .attachment = attachment };
    size_t most = strlen(text) / 4 * 3;

    if (most <= ATTACHMENT_INLINE)
        return true;
    if (most > ATTACHMENT_MOST) {
        t->rc = err_set(t->err, RC_INVALID, _("%s/%s: an attachment of %zu MiB is more than the %d MiB that are taken"),
                        doc_type(t->doc), doc_id(t->doc), most >> 20, ATTACHMENT_MOST >> 20);
        return false;
    }
    f.data = mem_alloc(most + 3);
    if (!crypto_unbase64(text, f.data, most + 3, &f.len)) {     /* stays as it is: resource_check judges */
        free(f.data);
        return true;
    }
    crypto_sha256_hex(f.data, f.len, f.hash);
    binary_id(f.hash, f.binary);
    f.doc = doc_new(NULL);
    node_set_copy(f.doc, doc_root(f.doc), "attachment", attachment);
    f.before = node_get(doc_root(f.doc), "attachment");
    name_it(t->doc, &f);
    MEM_ROOM(t->files->file, t->files->n, t->files->cap);
    t->files->file[t->files->n++] = f;
    return true;
}

enum rc attachment_take_out(struct doc *doc, struct attachment_files *files, struct err *err)
{
    struct taking t = { doc, files, RC_OK, err };

    attachment_each(doc_root(doc), take_one, &t);
    return t.rc;
}

void attachment_put_back(struct doc *doc, struct attachment_files *files)
{
    static const char *const members[] = { "url", "size", "hash", "data" };

    for (size_t i = 0; i < files->n; i++)
        for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
            const struct node *was = node_get(files->file[i].before, members[k]);

            node_remove_name(doc, files->file[i].attachment, members[k]);
            if (was)
                node_set_copy(doc, files->file[i].attachment, members[k], was);
        }
}

bool attachment_equal(const struct doc *kept, const struct doc *given)
{
    struct attachment_files files = { 0 };
    struct doc *moved;
    bool is_equal = doc_equal_content(kept, given);

    if (is_equal)
        return true;
    moved = doc_copy(given);
    is_equal = attachment_take_out(moved, &files, NULL) == RC_OK && files.n > 0 && doc_equal_content(kept, moved);
    attachment_files_done(&files);
    doc_free(moved);
    return is_equal;
}

struct linking { struct store *st; const struct doc *doc; enum rc rc; struct err *err; };

static bool link_one(void *ctx, struct node *attachment)
{
    struct linking *l = ctx;
    char binary[72];

    if (attachment_binary(attachment, binary, sizeof binary))
        l->rc = query_run(l->st, l->err, sql_link, "tttt", doc_type(l->doc), doc_id(l->doc), node_str(attachment, "url"), binary);
    return l->rc == RC_OK;
}

enum rc attachment_store(struct store *st, const struct doc *doc, const struct attachment_files *files, struct err *err)
{
    struct linking l = { st, doc, RC_OK, err };

    for (size_t i = 0; i < files->n && l.rc == RC_OK; i++) {
        const struct attachment_file *f = &files->file[i];

        l.rc = add(st, f->hash, f->binary, node_str(f->attachment, "contentType"), ATTACHMENT_WAITING, f->data, f->len, err);
    }
    if (l.rc == RC_OK)
        attachment_each(doc_root(doc), link_one, &l);
    return l.rc;
}

enum rc attachment_keep(struct store *st, const char *type, const char *id, const char *url, const char *content_type,
                        const void *data, size_t len, struct err *err)
{
    char hash[CRYPTO_HEX], binary[CRYPTO_UUID];
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    crypto_sha256_hex(data, len, hash);
    binary_id(hash, binary);
    rc = add(st, hash, binary, content_type, ATTACHMENT_HERE, data, len, err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_link_hash, "tttt", type, id, url, hash);
    return store_end(st, rc, err);
}

enum rc attachment_tidy(struct store *st, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = query_run(st, err, sql_tidy, "")) == RC_OK && store_rows_changed(st) > 0)
        rc = query_run(st, err, sql_tidy_data, "");
    return store_end(st, rc, err);
}

/* ---- out ---- */

static void fill(struct query *q, struct attachment *out)
{
    *out = (struct attachment){ .size = query_int(q, 3), .attempts = (int)query_int(q, 4) };
    snprintf(out->hash, sizeof out->hash, "%s", query_text(q, 0));
    snprintf(out->binary, sizeof out->binary, "%s", query_text(q, 1));
    snprintf(out->content_type, sizeof out->content_type, "%s", query_text(q, 2));
    snprintf(out->last_error, sizeof out->last_error, "%s", query_text(q, 5));
}

enum rc attachment_find(struct store *st, const char *type, const char *id, const char *url, struct attachment *out, struct err *err)
{
    struct query *q = query_open(st, sql_find);
    bool is_here;
    enum rc rc;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    query_bind(q, 3, url);
    if ((is_here = query_next(q)))
        fill(q, out);
    if ((rc = query_end(q, err)) != RC_OK || is_here)
        return rc;
    return err_set(err, RC_NOT_FOUND, _("the attachment of %s/%s is not on this machine"), type, id);
}

enum rc attachment_read(struct store *st, const char *hash, struct buf *out, struct err *err)
{
    struct query *q = query_open(st, sql_bytes);
    size_t before = out->len;
    char is[CRYPTO_HEX];
    enum rc rc;

    query_bind(q, 1, hash);
    if (query_next(q))
        buf_add_n(out, query_text(q, 0), query_bytes(q, 0));
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    crypto_sha256_hex(out->data ? out->data + before : "", out->len - before, is);
    return strcmp(is, hash) == 0 ? RC_OK : err_set(err, RC_INVALID, _("attachment %.16s: what is kept is not what was put there"), hash);
}

bool attachment_next(struct store *st, const char *after, int64_t now_ms, struct attachment *out)
{
    struct query *q = query_open(st, sql_next);
    bool found;

    query_bind(q, 1, after);
    query_bind_int(q, 2, now_ms);
    if ((found = query_next(q)))
        fill(q, out);
    query_end(q, NULL);
    return found;
}

bool attachment_holds(struct store *st, int64_t key)
{
    struct query *q = query_open(st, sql_holds);
    bool holds;

    query_bind_int(q, 1, key);
    query_bind_int(q, 2, ATTACHMENT_PATIENCE);
    holds = query_next(q);
    query_end(q, NULL);
    return holds;
}

enum rc attachment_set(struct store *st, const char *hash, enum attachment_state state, int64_t next_at, int status,
                       const char *error, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    store_changed(st, CHANGE_OUTBOX);
    return store_end(st, query_run(st, err, sql_set, "tiiit", hash, (int64_t)state, next_at, (int64_t)status, error), err);
}

enum rc attachment_retry(struct store *st, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    store_changed(st, CHANGE_OUTBOX);
    return store_end(st, query_run(st, err, sql_retry, ""), err);
}

enum rc attachment_count(struct store *st, struct attachment_counts *out, struct err *err)
{
    struct query *q = query_open(st, sql_count);

    *out = (struct attachment_counts){ 0 };
    if (query_next(q))
        *out = (struct attachment_counts){
            .waiting = query_int(q, 0), .waiting_bytes = query_int(q, 1), .refused = query_int(q, 2),
            .here = query_int(q, 3), .here_bytes = query_int(q, 4),
        };
    return query_end(q, err);
}
