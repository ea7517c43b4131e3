#include "desk/import.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "desk/import_source.h"
#include "fhir/bundle.h"
#include "fhir/document.h"
#include "store/audit.h"
#include "store/quarantine.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_position[] = "SELECT line FROM import_position WHERE source = ?1 AND hash = ?2";
static const char sql_set_position[] =
    "INSERT INTO import_position(source, hash, line) VALUES (?1, ?2, ?3)"
    " ON CONFLICT(source) DO UPDATE SET hash = excluded.hash, line = excluded.line";
static const char sql_end_position[] = "DELETE FROM import_position WHERE source = ?1";

/* Documents are read and parsed before the gate is taken; BATCH of them wait at most. The gate is
 * let go after HOLD_MS even when some are left, so that nobody at a desk feels an import. */
enum { BATCH = 1000, BATCH_BYTES = 8 << 20, HOLD_MS = 40 };

/* One resource on its way in, or bytes that are none (doc NULL). */
struct incoming { struct doc *doc; char *bytes; size_t len; int64_t line, number; char *fault; };

struct import {
    struct store *st;
    const struct grant *grant;
    const struct import_options *options;
    struct import_counts counts;            /* committed */
    const struct import_file *file;
    struct incoming incoming[BATCH];
    size_t n, bytes;
    int64_t line;                           /* where the reader is: a line, 0 for a whole file */
    int64_t number, skip;                   /* resources read so far; as many were done by an earlier run */
    int64_t bytes_before, bytes_here;       /* of finished files and of this one, for progress */
    int64_t bytes_total;
    struct err *err;
};

static void incoming_done(struct incoming *in)
{
    doc_free(in->doc);
    free(in->bytes);
    free(in->fault);
}

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
        return err_set(err, RC_EXISTS, "%s/%s was deleted at the server", doc_type(doc), doc_id(doc));
    if (rc != RC_OK)
        return rc;
    if (doc_equal_content(here, doc)) {
        counts->unchanged++;
    } else if (im->options->update) {
        doc_set_rev(doc, doc_rev(here));
        if ((rc = put(im, doc, err)) == RC_OK)
            counts->imported++;
    } else {
        rc = err_set(err, RC_EXISTS, "%s/%s exists with other content", doc_type(doc), doc_id(doc));
    }
    doc_free(here);
    return rc;
}

/* Faults of the document; anything else (database, disk, gate) ends the import. */
static bool is_about_document(enum rc rc)
{
    return rc == RC_INVALID || rc == RC_EXISTS || rc == RC_DENIED || rc == RC_STALE;
}

static enum rc set_aside(struct import *im, struct incoming *in, const char *reason, struct import_counts *counts)
{
    char *text = NULL;
    size_t len = in->len;
    enum rc rc;

    if (in->doc != NULL)
        text = doc_text(in->doc, &len);
    rc = quarantine_add(im->st, im->file->path, in->line, in->doc != NULL ? doc_type(in->doc) : NULL,
                        in->doc != NULL ? doc_id(in->doc) : NULL, reason, text != NULL ? text : in->bytes, len,
                        NULL, im->err);
    free(text);
    if (rc == RC_OK)
        counts->quarantined++;
    return rc;
}

static enum rc store_one(struct import *im, struct incoming *in, struct import_counts *counts)
{
    struct err fault = { 0 };
    enum rc rc;

    if (in->fault != NULL)
        return set_aside(im, in, in->fault, counts);
    rc = put(im, in->doc, &fault);
    if (rc == RC_OK)
        counts->imported++;
    else if (rc == RC_EXISTS)
        rc = put_over(im, in->doc, counts, &fault);
    if (is_about_document(rc))
        return set_aside(im, in, err_text(&fault), counts);
    return rc == RC_OK ? RC_OK : err_set(im->err, rc, "%s", err_text(&fault));
}

static enum rc keep_position(struct import *im, int64_t number, bool is_end)
{
    if (is_end)
        return query_run(im->st, im->err, sql_end_position, "t", im->file->path);
    return query_run(im->st, im->err, sql_set_position, "tti", im->file->path, im->file->mark, number);
}

/* One transaction: as many of the waiting ones as fit in HOLD_MS, with the position behind them. */
static enum rc store_some(struct import *im, size_t *at, bool is_end)
{
    struct import_counts counts = { 0 };
    int64_t started;
    enum rc rc = store_begin(im->st, im->err);

    if (rc != RC_OK)
        return rc;
    started = clock_monotonic_ms();
    while (rc == RC_OK && *at < im->n) {
        rc = store_one(im, &im->incoming[(*at)++], &counts);
        if (clock_monotonic_ms() - started >= HOLD_MS)
            break;
    }
    if (rc == RC_OK)
        rc = keep_position(im, *at > 0 ? im->incoming[*at - 1].number : im->number, is_end && *at == im->n);
    if (rc == RC_OK && counts.imported > 0)
        audit_detail(im->st, "imported %" PRId64 ", unchanged %" PRId64 ", quarantined %" PRId64,
                     counts.imported, counts.unchanged, counts.quarantined);
    rc = store_end(im->st, rc, im->err);
    if (rc == RC_OK) {
        im->counts.imported += counts.imported;
        im->counts.unchanged += counts.unchanged;
        im->counts.quarantined += counts.quarantined;
    }
    return rc;
}

static enum rc tell(struct import *im)
{
    int64_t bytes = im->bytes_before + im->bytes_here;

    if (im->options->progress == NULL || im->options->progress(im->options->ctx, im->file->path, bytes, im->bytes_total))
        return RC_OK;
    return err_set(im->err, RC_CANCELLED, "import stopped");
}

static enum rc flush(struct import *im, bool is_end)
{
    size_t at = 0;
    enum rc rc;

    do
        rc = store_some(im, &at, is_end);
    while (rc == RC_OK && at < im->n);
    for (size_t i = 0; i < im->n; i++)
        incoming_done(&im->incoming[i]);
    im->n = im->bytes = 0;
    return rc == RC_OK ? tell(im) : rc;
}

/* Takes doc and bytes. What an earlier run did already is let go. */
static enum rc add(struct import *im, struct doc *doc, char *bytes, size_t len, const char *fault)
{
    struct incoming in = { doc, bytes, len, im->line, ++im->number, mem_dup(fault) };

    if (im->number <= im->skip) {
        incoming_done(&in);
        return RC_OK;
    }
    im->incoming[im->n++] = in;
    im->bytes += len;
    return im->n == BATCH || im->bytes > BATCH_BYTES ? flush(im, false) : RC_OK;
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
    rc = add(im, resource, NULL, 0, NULL);
    im->line = line;
    return rc;
}

static enum rc take_bundle(struct import *im, struct doc *bundle)
{
    struct node *entry = node_first(node_get(doc_root(bundle), "entry"));
    enum rc rc;

    for (; entry != NULL; entry = node_next(entry))
        if (!has_uuid(node_str(entry, "fullUrl")) && node_get(entry, "resource") != NULL)
            give_id(bundle, node_get(entry, "resource"));
    rc = bundle_each(bundle, bundle_entry, im, im->err);
    if (rc != RC_INVALID) {
        doc_free(bundle);
        return rc;
    }
    return add(im, bundle, NULL, 0, im->err != NULL ? err_text(im->err) : "not a Bundle that can be read");
}

/* One JSON value: a resource, or a Bundle of them. */
static enum rc take_text(struct import *im, const char *text, size_t len)
{
    struct err fault = { 0 };
    struct doc *doc = NULL;

    if (doc_parse(text, len, &doc, &fault) != RC_OK)
        return add(im, NULL, mem_dup_n(text, len), len, err_text(&fault));
    if (!node_is(doc_root(doc), NODE_OBJECT) || doc_type(doc)[0] == '\0') {
        doc_free(doc);
        return add(im, NULL, mem_dup_n(text, len), len, "not a FHIR resource: it has no resourceType");
    }
    if (strcmp(doc_type(doc), "Bundle") == 0)
        return take_bundle(im, doc);
    give_id(doc, doc_root(doc));
    im->bytes += len;
    return add(im, doc, NULL, 0, NULL);
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
            rc = add(im, NULL, mem_dup_n(line, len), len, err_text(&fault));
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
    enum rc rc = line_reader_rest(r, &text, &len, im->err);

    if (rc != RC_OK)
        return rc;
    return is_blank(text, len) ? add(im, NULL, mem_dup_n(text, len), len, "the file is empty") : take_text(im, text, len);
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
    if (rc == RC_OK)
        rc = flush(im, true);
    line_reader_close(&r);
    im->bytes_before += file->size;
    return rc;
}

/* Let go of what waits after a failure or a stop: the next run reads it again. */
static void drop(struct import *im)
{
    for (size_t i = 0; i < im->n; i++)
        incoming_done(&im->incoming[i]);
    im->n = 0;
}

enum rc import_paths(struct store *st, const struct grant *grant, const char *const *paths, int n,
                     const struct import_options *options, struct import_counts *out, struct err *err)
{
    struct import_files files;
    struct import *im;
    enum rc rc = import_files_list(paths, n, &files, err), first = RC_OK;

    *out = (struct import_counts){ 0 };
    if (rc != RC_OK)
        return rc;
    im = mem_alloc(sizeof *im);
    *im = (struct import){ .st = st, .grant = grant, .options = options, .bytes_total = files.bytes, .err = err };
    for (size_t i = 0; i < files.n && (rc == RC_OK || rc == RC_IO); i++) {
        rc = take_file(im, &files.file[i]);
        if (first == RC_OK)
            first = rc;
    }
    drop(im);
    *out = im->counts;
    free(im);
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
        rc = err_set(err, RC_INVALID, "not a FHIR resource: it has no resourceType");
    if (rc == RC_OK && strcmp(doc_type(doc), "Bundle") == 0)
        rc = err_set(err, RC_INVALID, "a Bundle is tried again by importing its file");
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
