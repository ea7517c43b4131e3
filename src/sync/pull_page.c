/* pull_page.c - one page of a pull: each document by the rule of apply.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/quarantine.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/answer.h"
#include "sync/apply.h"
#include "sync/central.h"
#include "sync/pull.h"

/* Documents written while the gate is held once: it must not be held long. */
enum { CHUNK = 200 };

struct item { struct doc *doc; char version[ANSWER_VERSION], updated[ANSWER_INSTANT]; };
struct page { struct item *item; size_t n, cap; };

static enum rc quarantine(struct central *c, const struct node *resource, const struct err *why, struct err *err)
{
    struct buf text = { 0 };
    int added = 0;

    node_write(&text, resource);
    enum rc rc = quarantine_add(c->st, http_base(c->http), 0, node_str(resource, "resourceType"),
                                node_str(resource, "id"), err_text(why), buf_text(&text), text.len, &added, err);
    buf_done(&text);
    if (rc == RC_OK && added)
        log_line("sync", "a pulled %s went to quarantine", node_str(resource, "resourceType"));
    return rc;
}

static void note_time(struct pull_pass *pass, const char *updated)
{
    int64_t ms;

    if (!clock_parse(updated, &ms))
        return;
    if (ms < pass->reached_ms)
        pass->is_unsorted = true;
    else {
        pass->reached_ms = ms;
        snprintf(pass->reached, sizeof pass->reached, "%s", updated);
    }
}

/* Not one document may stop the rest: what breaks a rule is set aside. */
static enum rc apply_one(struct central *c, struct item *item, bool is_current, enum apply_rule *rule, struct err *err)
{
    struct err why = { 0 };
    enum rc rc = apply_remote(c, item->doc, item->version, item->updated, is_current, rule, &why);

    if (rc == RC_INVALID || rc == RC_DENIED || rc == RC_EXISTS)
        return quarantine(c, doc_root(item->doc), &why, err);
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&why));
}

/* A page that may be stale says otherwise than we know: what does the server say right now? */
static enum rc check(struct central *c, struct item *item, struct err *err)
{
    struct remote remote;
    enum apply_rule rule;
    enum rc rc = RC_OK;

    central_read(c, doc_type(item->doc), doc_id(item->doc), &remote);
    if (remote.state == REMOTE_THERE) {
        struct item current = { .doc = remote.doc };
        memcpy(current.version, remote.version, sizeof current.version);
        memcpy(current.updated, remote.updated, sizeof current.updated);
        rc = apply_one(c, &current, true, &rule, err);
    } else if (remote.state == REMOTE_FAILED) {
        rc = central_failure(&remote.failure, "GET", err);
    }                           /* gone: the history of deletes tells */
    remote_done(&remote);
    return rc;
}

/* What needs the network or may end in a conflict goes by itself; the plain rest stays in page. */
static enum rc sort_out(struct central *c, struct page *page, struct err *err)
{
    size_t kept = 0;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < page->n; i++) {
        struct item *item = &page->item[i];
        struct standing here = { 0 };
        enum apply_rule rule = APPLY_SAME;

        if (rc == RC_OK && (rc = standing_get(c->st, doc_type(item->doc), doc_id(item->doc), &here, err)) == RC_OK)
            rule = apply_rule(&here, item->version, item->updated, false);
        standing_done(&here);
        if (rc == RC_OK && rule == APPLY_TAKE) {
            struct item taken = *item;
            *item = page->item[kept];
            page->item[kept++] = taken;
            continue;
        }
        if (rc == RC_OK && rule == APPLY_CHECK)
            rc = check(c, item, err);
        else if (rc == RC_OK && rule == APPLY_SETTLE)
            rc = apply_one(c, item, false, &rule, err);
    }
    for (size_t i = kept; i < page->n; i++)
        doc_free(page->item[i].doc);
    page->n = kept;
    return rc;
}

static enum rc take_items(struct central *c, struct item *item, size_t n, struct err *err)
{
    enum apply_rule rule;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = apply_one(c, &item[i], false, &rule, err);
    return rc;
}

static enum rc collect(const struct sync_type *type, const struct doc *bundle, struct page *page,
                       struct pull_pass *pass, struct err *err)
{
    struct buf text = { 0 };
    enum rc rc = RC_OK;

    for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e && rc == RC_OK; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");
        struct item item = { 0 };

        /* OperationOutcomes and what a server includes of its own accord are not ours to keep. */
        if (!resource || strcmp(node_str(resource, "resourceType"), type->type) != 0)
            continue;
        answer_meta(resource, item.version, item.updated);
        note_time(pass, item.updated);
        if (capability_is_scratch(resource))
            continue;
        buf_clear(&text);
        node_write(&text, resource);
        if ((rc = doc_parse(buf_text(&text), text.len, &item.doc, err)) == RC_OK) {
            MEM_ROOM(page->item, page->n, page->cap);
            page->item[page->n++] = item;
        }
    }
    buf_done(&text);
    return rc;
}

static enum rc write_page(struct central *c, const char *type, const char *scope_key, const char *watermark,
                          struct page *page, const struct pull_pass *pass, struct err *err)
{
    size_t done = 0;
    enum rc rc = RC_OK;

    do {
        size_t n = page->n - done < CHUNK ? page->n - done : CHUNK;
        if ((rc = store_begin(c->st, err)) != RC_OK)
            return rc;
        rc = take_items(c, page->item + done, n, err);
        done += n;
        if (rc == RC_OK && done == page->n)
            rc = pull_set_watermark(c->st, scope_key, type, watermark,
                                    pass->is_unsorted ? "" : pass->reached, err);
        rc = store_end(c->st, rc, err);
    } while (rc == RC_OK && done < page->n);
    return rc;
}

enum rc pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                  const struct doc *bundle, struct pull_pass *pass, struct err *err)
{
    struct page page = { 0 };
    enum rc rc = collect(type, bundle, &page, pass, err);

    if (rc == RC_OK)
        rc = sort_out(c, &page, err);
    if (rc == RC_OK)
        rc = write_page(c, type->type, scope_key, watermark, &page, pass, err);
    for (size_t i = 0; i < page.n; i++)
        doc_free(page.item[i].doc);
    free(page.item);
    return rc;
}
