#include "desk/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/import_source.h"
#include "fhir/bundle.h"
#include "fhir/document.h"
#include "store/attachment.h"
#include "store/audit.h"
#include "store/quarantine.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_position[] = "SELECT line FROM import_position WHERE source = ?1 AND hash = ?2";
static const char sql_set_position[] =
    "INSERT INTO import_position(source, hash, line) VALUES (?1, ?2, ?3)"
    " ON CONFLICT(source) DO UPDATE SET hash = excluded.hash, line = excluded.line";
static const char sql_end_position[] = "DELETE FROM import_position WHERE source = ?1";

/* The gate is let go after HOLD_MS when somebody waits for it, so that nobody at a desk feels an
 * import, and after HOLD_MAX_MS in any case: then what was done is safe, with the position behind it. */
enum { HOLD_MS = 40, HOLD_MAX_MS = 400, LOOK_EVERY = 16 };

struct import {
    struct store *st;
    const struct grant *grant;
    const struct import_options *options;
    struct import_counts counts, open;      /* committed, and in the open transaction */
    const struct import_file *file;
    int64_t line;                           /* where the reader is: a line, 0 for a whole file */
    int64_t number, skip;                   /* resources read so far; as many were done by an earlier run */
    int64_t began_ms;                       /* when the open transaction began; 0 = none is open */
    int64_t bytes_before, bytes_here;       /* of finished files and of this one, for progress */
    int64_t bytes_total;
    struct err *err;
};

/* One resource on its way in, or bytes that are none (doc NULL). */
struct incoming { struct doc *doc; const char *bytes; size_t len; const char *fault; };

static enum rc put(const struct import *im, struct doc *doc, struct err *err)
{
    return im->options->no_push ? store_put_local(im->st, im->grant, doc, err) : store_put(im->st, im->grant, doc, err);
}

/* The id is taken: unchanged, an update where that was asked for, else a reason for quarantine. */
static enum rc put_over(const struct import *im, struct doc *doc, struct import_counts *counts, struct err *err)
{
    struct doc *here = NULL;
    enum rc rc = store_get(im->st, doc_type(doc), doc_id(doc), &here, err);

    if (rc == RC_NOT_FOUND)
        return err_set(err, RC_EXISTS, _("%s/%s was deleted at the server"), doc_type(doc), doc_id(doc));
    if (rc != RC_OK)
        return rc;
    if (attachment_equal(here, doc)) {
        counts->unchanged++;
    } else if (im->options->update) {
        doc_set_rev(doc, doc_rev(here));
        if ((rc = put(im, doc, err)) == RC_OK)
            counts->imported++;
    } else {
        rc = err_set(err, RC_EXISTS, _("%s/%s exists with other content"), doc_type(doc), doc_id(doc));
    }
    doc_free(here);
    return rc;
}

/* Faults of the document; anything else (database, disk, gate) ends the import. */
static bool is_about_document(enum rc rc)
{
    return rc == RC_INVALID || rc == RC_EXISTS || rc == RC_DENIED || rc == RC_STALE;
}

static enum rc set_aside(struct import *im, const struct incoming *in, const char *reason)
{
    char *text = NULL;
    size_t len = in->len;
    enum rc rc;

    if (in->doc != NULL)
        text = doc_text(in->doc, &len);
    rc = quarantine_add(im->st, im->file->path, im->line, in->doc != NULL ? doc_type(in->doc) : NULL,
                        in->doc != NULL ? doc_id(in->doc) : NULL, reason, text != NULL ? text : in->bytes, len,
                        NULL, im->err);
    free(text);
    if (rc == RC_OK)
        im->open.quarantined++;
    return rc;
}

static enum rc store_one(struct import *im, const struct incoming *in)
{
    struct err fault = { 0 };
    enum rc rc;

    if (in->fault != NULL)
        return set_aside(im, in, in->fault);
    rc = put(im, in->doc, &fault);
    if (rc == RC_OK)
        im->open.imported++;
    else if (rc == RC_EXISTS)
        rc = put_over(im, in->doc, &im->open, &fault);
    if (is_about_document(rc))
        return set_aside(im, in, err_text(&fault));
    return rc == RC_OK ? RC_OK : err_set(im->err, rc, "%s", err_text(&fault));
}

static enum rc keep_position(struct import *im, bool is_end)
{
    if (is_end)
        return query_run(im->st, im->err, sql_end_position, "t", im->file->path);
    return query_run(im->st, im->err, sql_set_position, "tti", im->file->path, im->file->mark, im->number);
}

static enum rc tell(struct import *im)
{
    int64_t bytes = im->bytes_before + im->bytes_here;

    if (im->options->progress == NULL || im->options->progress(im->options->ctx, im->file->path, bytes, im->bytes_total))
        return RC_OK;
    return err_set(im->err, RC_CANCELLED, _("import stopped"));
}

static enum rc begin(struct import *im)
{
    enum rc rc = im->began_ms != 0 ? RC_OK : store_begin(im->st, im->err);

    if (rc == RC_OK && im->began_ms == 0)
        im->began_ms = clock_monotonic_ms();
    return rc;
}

/* Commit what is open, or let go of it when rc says that it failed. */
static enum rc end(struct import *im, enum rc rc, bool is_end)
{
    const struct import_counts *n = &im->open;

    if (im->began_ms == 0)
        return rc;
    if (rc == RC_OK)
        rc = keep_position(im, is_end);
    if (rc == RC_OK && n->imported > 0)
        audit_detail(im->st, "imported %" PRId64 ", unchanged %" PRId64 ", quarantined %" PRId64,
                     n->imported, n->unchanged, n->quarantined);
    rc = store_end(im->st, rc, im->err);
    im->began_ms = 0;
    if (rc == RC_OK) {
        im->counts.imported += n->imported;
        im->counts.unchanged += n->unchanged;
        im->counts.quarantined += n->quarantined;
    }
    im->open = (struct import_counts){ 0 };
    return rc;
}

/* Asked now and then: it costs a look at the clock and a try at a lock. */
static bool is_long_enough(const struct import *im)
{
    int64_t held;

    if (im->number % LOOK_EVERY != 0)
        return false;
    held = clock_monotonic_ms() - im->began_ms;
    return held >= HOLD_MAX_MS || (held >= HOLD_MS && store_is_wanted(im->st));
}

/* What an earlier run did already is passed over. */
static enum rc add(struct import *im, const struct incoming *in)
{
    enum rc rc;

    if (++im->number <= im->skip)
        return RC_OK;
    if ((rc = begin(im)) != RC_OK)
        return rc;
    rc = store_one(im, in);
    if (rc != RC_OK || is_long_enough(im)) {
        rc = end(im, rc, false);
        return rc == RC_OK ? tell(im) : rc;
    }
    return RC_OK;
}

static enum rc add_fault(struct import *im, const char *bytes, size_t len, const char *fault)
{
    return add(im, &(struct incoming){ NULL, bytes, len, fault });
}

static enum rc add_doc(struct import *im, struct doc *doc)
{
    enum rc rc = add(im, &(struct incoming){ doc, NULL, 0, NULL });

    doc_free(doc);
    return rc;
}

/* A resource without an id gets one from its content, so that a second import finds it again. */
static void give_id(struct doc *doc, struct node *resource)
{
    struct buf canonical = { 0 };
    char hex[CRYPTO_HEX];

    if (node_get(resource, "id") != NULL || node_str(resource, "resourceType")[0] == '\0')
        return;
    node_canonical(&canonical, resource);
    crypto_sha256_hex(buf_text(&canonical), canonical.len, hex);
    hex[32] = '\0';
    node_set_str(doc, resource, "id", hex);
    buf_done(&canonical);
}

static bool has_uuid(const char *full_url)
{
    return strncmp(full_url, "urn:uuid:", 9) == 0;
}

static enum rc bundle_entry(void *ctx, struct doc *resource, size_t index, struct err *err)
{
    struct import *im = ctx;
    int64_t line = im->line;
    enum rc rc;

    (void)err;
    if (line == 0)
        im->line = (int64_t)index + 1;
    rc = add_doc(im, resource);
    im->line = line;
    return rc;
}

static enum rc take_bundle(struct import *im, struct doc *bundle)
{
    struct node *entry = node_first(node_get(doc_root(bundle), "entry"));
    struct err fault = { 0 };
    enum rc rc;

    for (; entry != NULL; entry = node_next(entry))
        if (!has_uuid(node_str(entry, "fullUrl")) && node_get(entry, "resource") != NULL)
            give_id(bundle, node_get(entry, "resource"));
    rc = bundle_each(bundle, bundle_entry, im, &fault);
    if (rc == RC_INVALID)
        rc = add(im, &(struct incoming){ bundle, NULL, 0, err_text(&fault) });
    doc_free(bundle);
    return rc;
}

/* One JSON value: a resource, or a Bundle of them. */
static enum rc take_text(struct import *im, const char *text, size_t len)
{
    struct err fault = { 0 };
    struct doc *doc = NULL;

    if (doc_parse(text, len, &doc, &fault) != RC_OK)
        return add_fault(im, text, len, err_text(&fault));
    if (!node_is(doc_root(doc), NODE_OBJECT) || doc_type(doc)[0] == '\0') {
        doc_free(doc);
        return add_fault(im, text, len, _("not a FHIR resource: it has no resourceType"));
    }
    if (strcmp(doc_type(doc), "Bundle") == 0)
        return take_bundle(im, doc);
    give_id(doc, doc_root(doc));
    return add_doc(im, doc);
}

static bool is_blank(const char *text, size_t len)
{
    size_t i = 0;

    while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
        i++;
    return i == len;
}

static enum rc take_lines(struct import *im, struct line_reader *r)
{
    struct err fault = { 0 };
    const char *line = NULL;
    size_t len = 0;
    enum rc rc;

    while ((rc = line_reader_next(r, &line, &len, &fault)) == RC_OK || rc == RC_INVALID) {
        im->line++;
        im->bytes_here = r->consumed;
        if (rc == RC_INVALID)
            rc = add_fault(im, line, len, err_text(&fault));
        else if (!is_blank(line, len))
            rc = take_text(im, line, len);
        if (rc != RC_OK)
            return rc;
    }
    return rc == RC_NOT_FOUND ? RC_OK : err_set(im->err, rc, "%s: %s", im->file->path, err_text(&fault));
}

static enum rc take_whole(struct import *im, struct line_reader *r)
{
    const char *text = NULL;
    size_t len = 0;
    struct err fault = { 0 };
    enum rc rc = line_reader_rest(r, &text, &len, &fault);

    if (rc == RC_INVALID)
        return add_fault(im, text, len, err_text(&fault));
    if (rc != RC_OK)
        return err_set(im->err, rc, "%s: %s", im->file->path, err_text(&fault));
    return is_blank(text, len) ? add_fault(im, text, len, _("the file is empty")) : take_text(im, text, len);
}

static int64_t done_before(struct import *im)
{
    struct query *q = query_open(im->st, sql_position);
    int64_t number = 0;

    query_bind(q, 1, im->file->path);
    query_bind(q, 2, im->file->mark);
    if (query_next(q))
        number = query_int(q, 0);
    (void)query_end(q, NULL);
    return number;
}

static enum rc take_file(struct import *im, const struct import_file *file)
{
    struct line_reader r;
    enum rc rc;

    im->file = file;
    im->line = im->number = im->bytes_here = 0;
    im->skip = done_before(im);
    if ((rc = line_reader_open(&r, file->path, im->err)) != RC_OK)
        return rc;
    rc = line_reader_is_ndjson(&r, file->path) ? take_lines(im, &r) : take_whole(im, &r);
    if (rc == RC_OK && (rc = begin(im)) == RC_OK)
        rc = end(im, RC_OK, true);
    else
        (void)end(im, rc, false);
    if (rc == RC_OK)
        rc = tell(im);
    line_reader_close(&r);
    im->bytes_before += file->size;
    return rc;
}

enum rc import_paths(struct store *st, const struct grant *grant, const char *const *paths, int n,
                     const struct import_options *options, struct import_counts *out, struct err *err)
{
    struct import_files files;
    struct import im;
    enum rc rc = import_files_list(paths, n, &files, err), first = RC_OK;

    *out = (struct import_counts){ 0 };
    if (rc != RC_OK)
        return rc;
    im = (struct import){ .st = st, .grant = grant, .options = options, .bytes_total = files.bytes, .err = err };
    store_is_bulk(st, true);
    for (size_t i = 0; i < files.n && (rc == RC_OK || rc == RC_IO); i++) {
        rc = take_file(&im, &files.file[i]);
        if (first == RC_OK)
            first = rc;
    }
    store_is_bulk(st, false);
    *out = im.counts;
    import_files_done(&files);
    return first != RC_OK ? first : rc;
}

enum rc import_retry(struct store *st, const struct grant *grant, int64_t quarantine_id,
                     const struct import_options *options, struct err *err)
{
    struct quarantined row = { 0 };
    struct import_counts counts = { 0 };
    struct doc *doc = NULL;
    enum rc rc = quarantine_get(st, quarantine_id, &row, err);

    if (rc == RC_OK)
        rc = doc_parse(row.body, row.body_len, &doc, err);
    if (rc == RC_OK && doc_type(doc)[0] == '\0')
        rc = err_set(err, RC_INVALID, _("not a FHIR resource: it has no resourceType"));
    if (rc == RC_OK && strcmp(doc_type(doc), "Bundle") == 0)
        rc = err_set(err, RC_INVALID, _("a Bundle is tried again by importing its file"));
    if (rc == RC_OK && (rc = store_begin(st, err)) == RC_OK) {
        struct import im = { .st = st, .grant = grant, .options = options, .err = err };

        give_id(doc, doc_root(doc));
        if ((rc = put(&im, doc, err)) == RC_EXISTS)
            rc = put_over(&im, doc, &counts, err);
        if (rc == RC_OK)
            rc = quarantine_close(st, quarantine_id, "imported", err);
        rc = store_end(st, rc, err);
    }
    doc_free(doc);
    quarantined_done(&row);
    return rc;
}
