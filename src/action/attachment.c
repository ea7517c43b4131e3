/* Files that records name: to a file of one's own, and those the server would not have, once more. */
#include "action/handler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "action/file.h"
#include "action/server.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/attachment.h"
#include "store/attachment.h"
#include "store/audit.h"
#include "store/store.h"

struct wanted { char type[BIND_TYPE], id[BIND_PATIENT]; int index; struct doc *doc; const struct node *attachment; };

static enum rc find(struct context *ctx, const struct args *args, struct wanted *w, struct err *err)
{
    enum rc rc;

    *w = (struct wanted){ .index = arg_int(args, "index", 0) };
    if (!bind_split(args_get(args, "resource"), w->type, w->id))
        return err_set(err, RC_INVALID, _("resource: Type/ID"));
    if ((rc = store_get(ctx->st, w->type, w->id, &w->doc, err)) != RC_OK)
        return rc;
    w->attachment = attachment_at(doc_root(w->doc), (size_t)w->index);
    return w->attachment ? RC_OK : err_set(err, RC_NOT_FOUND, _("%s/%s has no attachment %d"), w->type, w->id, w->index);
}

/* Its bytes as they are here: in the text itself, or beside it. */
static enum rc read(struct context *ctx, const struct wanted *w, struct buf *out, struct err *err)
{
    const char *data = node_str(w->attachment, "data");
    size_t size = strlen(data) / 4 * 3 + 3, len = 0;
    struct attachment a;
    char *bytes;
    bool is_read;
    enum rc rc;

    if (!*data) {
        rc = attachment_find(ctx->st, w->type, w->id, node_str(w->attachment, "url"), &a, err);
        return rc == RC_OK ? attachment_read(ctx->st, a.hash, out, err) : rc;
    }
    bytes = mem_alloc(size);
    if ((is_read = crypto_unbase64(data, bytes, size, &len)))
        buf_add_n(out, bytes, len);
    free(bytes);
    return is_read ? RC_OK : err_set(err, RC_INVALID, _("%s/%s: attachment %d is no base64"), w->type, w->id, w->index);
}

static enum rc ask_server(struct context *ctx, const struct grant *grant, const struct wanted *w, struct doc **result,
                          struct err *err)
{
    struct doc *doc = doc_new(NULL);
    char *resource = mem_printf("%s/%s", w->type, w->id), *criteria;

    node_set_str(doc, doc_root(doc), "resource", resource);
    node_set_int(doc, doc_root(doc), "index", w->index);
    criteria = doc_text(doc, NULL);
    enum rc rc = server_ask(ctx, grant, "attachment", criteria, result, err);
    free(criteria);
    free(resource);
    doc_free(doc);
    return rc;
}

static enum rc show(struct context *ctx, const struct grant *grant, const struct args *args, const struct wanted *w,
                    const struct buf *bytes, struct doc **result, struct err *err)
{
    const char *file = arg_text(args, "file");
    char hash[CRYPTO_HEX];
    enum rc rc = audit_view(ctx->st, grant, grant->patient, w->type, w->id, err);

    if (rc == RC_OK && file)
        rc = file_write(file, bytes, err);
    if (rc != RC_OK)
        return rc;
    crypto_sha256_hex(bytes->data ? bytes->data : "", bytes->len, hash);
    *result = doc_new(NULL);
    node_set_str(*result, doc_root(*result), "contentType", node_str(w->attachment, "contentType"));
    node_set_int(*result, doc_root(*result), "size", (int64_t)bytes->len);
    node_set_str(*result, doc_root(*result), "sha256", hash);
    node_set_str(*result, doc_root(*result), "file", file);
    return RC_OK;
}

enum rc act_attachment_get(struct context *ctx, const struct grant *grant, const struct args *args,
                           struct doc **result, struct err *err)
{
    struct wanted w;
    struct buf bytes = { 0 };
    enum rc rc = find(ctx, args, &w, err);

    if (rc == RC_OK) {
        rc = read(ctx, &w, &bytes, err);
        if (rc == RC_OK)
            rc = show(ctx, grant, args, &w, &bytes, result, err);
        else if (rc == RC_NOT_FOUND)
            rc = ask_server(ctx, grant, &w, result, err);
    }
    buf_done(&bytes);
    doc_free(w.doc);
    return rc;
}

enum rc act_attachment_retry(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    enum rc rc = store_begin(ctx->st, err);

    (void)args;
    (void)result;
    if (rc != RC_OK)
        return rc;
    audit_act(ctx->st, grant);
    return store_end(ctx->st, attachment_retry(ctx->st, err), err);
}
