#include "sync/attachments.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/sha1.h"
#include "fhir/attachment.h"
#include "store/attachment.h"
#include "store/request.h"
#include "store/store.h"
#include "sync/answer.h"
#include "sync/central.h"
#include "sync/job.h"
#include "sync/link.h"
#include "sync/planner.h"

/* ---- out ---- */

/* As FHIR JSON, which every server takes; the bytes in base64. */
static enum rc binary_text(struct central *c, const struct attachment *a, char **out, struct err *err)
{
    struct buf bytes = { 0 }, data = { 0 };
    struct doc *doc = doc_new("Binary");
    enum rc rc = attachment_read(c->st, a->hash, &bytes, err);

    if (rc == RC_OK) {
        crypto_base64(bytes.data, bytes.len, false, &data);
        node_set_str(doc, doc_root(doc), "id", a->binary);
        node_set_str(doc, doc_root(doc), "contentType", *a->content_type ? a->content_type : "application/octet-stream");
        node_set_str(doc, doc_root(doc), "data", buf_text(&data));
        *out = doc_text(doc, NULL);
    }
    doc_free(doc);
    buf_done(&data);
    buf_done(&bytes);
    return rc;
}

/* The server takes none of this, now or later. */
static bool is_refusal(int status)
{
    return status >= 400 && status < 500 && status != 401 && status != 408 && status != 425 && status != 429;
}

static enum rc refuse(struct central *c, const struct attachment *a, int status, const char *why, struct err *err)
{
    log_line("sync", "attachment %.16s refused, %d", a->hash, status);
    central_problem(c, _("an attachment was refused: %s"), why);
    return attachment_set(c->st, a->hash, ATTACHMENT_REFUSED, 0, status, why, err);
}

static enum rc put_off(struct central *c, const struct attachment *a, const struct http_answer *answer, const char *why,
                       struct err *err)
{
    int64_t wait_ms = plan_backoff_ms(a->attempts + 1, central_note_wait(c, answer), job_random());

    central_problem(c, _("an attachment was not sent: %s"), why);
    return attachment_set(c->st, a->hash, ATTACHMENT_WAITING, clock_now_ms() + wait_ms, answer->status, why, err);
}

/* What the answer says; the same bytes again make the same Binary, so that no try can do harm. */
static enum rc judge(struct central *c, const struct attachment *a, const struct http_answer *answer, struct err *err)
{
    struct err why = { 0 };

    if (answer->outcome == HTTP_ANSWERED && answer->status >= 200 && answer->status <= 299)
        return attachment_set(c->st, a->hash, ATTACHMENT_HERE, 0, answer->status, NULL, err);
    enum rc rc = central_failure(answer, "PUT Binary", &why);
    if (answer->outcome == HTTP_UNREACHED || answer->outcome == HTTP_UNTRUSTED || answer->status == 401)
        return err_set(err, rc, "%s", err_text(&why));
    if (answer->outcome == HTTP_ANSWERED && is_refusal(answer->status))
        return refuse(c, a, answer->status, err_text(&why), err);
    return put_off(c, a, answer, err_text(&why), err);
}

static enum rc send(struct central *c, const struct attachment *a, struct err *err)
{
    struct http_answer answer = { 0 };
    char path[96], *body = NULL;
    struct err why = { 0 };
    enum rc rc;

    if (!c->caps.takes_ids)
        return refuse(c, a, 0, _("the server gives ids of its own, so that nothing could name the file"), err);
    if ((rc = binary_text(c, a, &body, &why)) == RC_INVALID)
        return refuse(c, a, 0, err_text(&why), err);
    if (rc != RC_OK)
        return err_set(err, rc, "%s", err_text(&why));
    snprintf(path, sizeof path, "Binary/%s", a->binary);
    central_send(c, &(struct http_request){ .method = "PUT", .path = path, .body = body, .prefer = "return=minimal" }, &answer);
    rc = judge(c, a, &answer, err);
    http_answer_done(&answer);
    free(body);
    return rc;
}

enum rc attachments_push(struct central *c, struct err *err)
{
    int64_t until = clock_monotonic_ms() + ATTACHMENTS_MS;
    struct attachment a = { 0 };
    enum rc rc = RC_OK;

    while (rc == RC_OK && !central_stopped(c) && clock_monotonic_ms() < until && attachment_next(c->st, a.hash, clock_now_ms(), &a))
        rc = send(c, &a, err);
    return rc;
}

/* ---- in ---- */

struct wanted {
    const char *url, *content_type, *hash;      /* borrowed from the resource */
    int64_t size;                               /* -1: it does not say */
};

/* Where the file is, below our own server; elsewhere is not asked, whatever the text says. */
static enum rc path_of(struct central *c, const struct wanted *w, const char **path, struct err *err)
{
    *path = link_path(w->url, http_base(c->http));
    return *path ? RC_OK : err_set(err, RC_INVALID, "%s", _("the attachment is not at the server but elsewhere; it was not fetched"));
}

/* A server may answer with the Binary as a resource, whatever was asked for. */
static bool unwrap(const char *data, size_t len, struct buf *out)
{
    struct doc *doc = NULL;
    bool is_binary = doc_parse(data, len, &doc, NULL) == RC_OK && strcmp(doc_type(doc), "Binary") == 0;
    const char *text = is_binary ? node_str(doc_root(doc), "data") : "";
    size_t size = strlen(text) / 4 * 3 + 3, n = 0;
    char *bytes = mem_alloc(size);

    is_binary = is_binary && crypto_unbase64(text, bytes, size, &n);
    buf_add_n(out, bytes, n);
    free(bytes);
    doc_free(doc);
    return is_binary;
}

static enum rc check(const struct wanted *w, const void *data, size_t len, struct err *err)
{
    unsigned char sum[SHA1_SIZE];
    struct buf text = { 0 };
    enum rc rc = RC_OK;

    sha1(data, len, sum);
    crypto_base64(sum, sizeof sum, false, &text);
    if (w->size >= 0 && (size_t)w->size != len)
        rc = err_set(err, RC_INVALID, _("the attachment has %zu bytes where the record says %lld; it was not kept"), len, (long long)w->size);
    else if (*w->hash && strcmp(w->hash, buf_text(&text)) != 0)
        rc = err_set(err, RC_INVALID, "%s", _("the attachment is not the one the record names (hash); it was not kept"));
    buf_done(&text);
    return rc;
}

static enum rc keep(struct central *c, const struct doc *doc, const struct wanted *w, const struct http_answer *answer,
                    const void *data, size_t len, struct err *err)
{
    struct buf inner = { 0 };
    enum rc rc = RC_OK;

    if (strstr(answer->content_type, "fhir+json") && !unwrap(data, len, &inner))
        rc = err_set(err, RC_INVALID, "%s", _("the server answered with something else than the attachment"));
    else if (inner.len > 0) {
        data = inner.data;
        len = inner.len;
    }
    if (rc == RC_OK && (rc = check(w, data, len, err)) == RC_OK)
        rc = attachment_keep(c->st, doc_type(doc), doc_id(doc), w->url, w->content_type, data, len, err);
    buf_done(&inner);
    return rc;
}

static enum rc keep_file(struct central *c, const struct doc *doc, const struct wanted *w, const struct http_answer *answer,
                         const struct http_sink *sink, struct err *err)
{
    void *data;

    if (sink->written == 0)
        return keep(c, doc, w, answer, "", 0, err);
    data = mmap(NULL, (size_t)sink->written, PROT_READ, MAP_PRIVATE, sink->fd, 0);
    if (data == MAP_FAILED)
        return err_set(err, RC_IO, _("the attachment cannot be read back: %s"), strerror(errno));
    enum rc rc = keep(c, doc, w, answer, data, (size_t)sink->written, err);
    munmap(data, (size_t)sink->written);
    return rc;
}

/* To a file without a name beside the database, gone whatever happens, and from there into it. */
static enum rc fetch(struct central *c, const struct doc *doc, const struct wanted *w, struct err *err)
{
    struct http_sink sink = { .most = ATTACHMENT_MOST / 3 * 4 + 4096 };
    struct http_answer answer = { 0 };
    char *accept = mem_printf("%s, */*;q=0.1", *w->content_type ? w->content_type : "application/octet-stream");
    const char *path = NULL;
    enum rc rc = path_of(c, w, &path, err);

    if (rc == RC_OK && (sink.fd = open(store_dir(c->st), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600)) < 0)
        rc = err_set(err, RC_IO, _("%s: no file can be made: %s"), store_dir(c->st), strerror(errno));
    if (rc == RC_OK) {
        central_send(c, &(struct http_request){ .method = "GET", .path = path, .accept = accept, .sink = &sink }, &answer);
        if (answer.outcome == HTTP_ANSWERED && answer.status >= 200 && answer.status <= 299)
            rc = keep_file(c, doc, w, &answer, &sink, err);
        else
            rc = central_failure(&answer, "GET Binary", err);
        close(sink.fd);
    }
    http_answer_done(&answer);
    free(accept);
    return rc;
}

static enum rc find(const struct doc *doc, size_t index, struct wanted *w, struct err *err)
{
    const struct node *attachment = attachment_at(doc_root(doc), index);

    if (!attachment || !*node_str(attachment, "url"))
        return err_set(err, RC_NOT_FOUND, _("%s/%s names no attachment %zu at an address"), doc_type(doc), doc_id(doc), index);
    *w = (struct wanted){
        .url = node_str(attachment, "url"), .content_type = node_str(attachment, "contentType"), .hash = node_str(attachment, "hash"),
        .size = *node_str(attachment, "size") ? strtoll(node_str(attachment, "size"), NULL, 10) : -1,
    };
    if (w->size > ATTACHMENT_MOST)
        return err_set(err, RC_INVALID, _("the attachment has %lld MiB, more than the %d MiB that are taken"), (long long)(w->size >> 20), ATTACHMENT_MOST >> 20);
    return RC_OK;
}

enum rc attachment_answer(struct central *c, const struct request *request, struct doc *result, struct err *err)
{
    struct doc *criteria = NULL, *doc = NULL;
    char type[64] = "", id[72] = "";
    struct wanted wanted;
    enum rc rc = doc_parse(request->criteria, strlen(request->criteria), &criteria, err);

    if (rc == RC_OK && sscanf(node_str(doc_root(criteria), "resource"), "%63[^/]/%71s", type, id) != 2)
        rc = err_set(err, RC_INVALID, "no resource is named");
    if (rc == RC_OK && (rc = store_get(c->st, type, id, &doc, err)) == RC_OK &&
        (rc = find(doc, strtoul(node_str(doc_root(criteria), "index"), NULL, 10), &wanted, err)) == RC_OK &&
        (rc = fetch(c, doc, &wanted, err)) == RC_OK)
        node_set_bool(result, doc_root(result), "here", true);
    doc_free(doc);
    doc_free(criteria);
    return rc;
}
