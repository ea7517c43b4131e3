/* pull_page.c - one page of a pull: each document by the rule of apply.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/quarantine.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/alias.h"
#include "sync/answer.h"
#include "sync/apply.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/pull.h"

/* The gate must not be held long, and a page that is on its way should keep moving. */
enum { HELD_MS = 30, LOOK_EVERY = 32 };
/* Pages that bring nothing new are passed over quickly; how far they led is kept now and then. */
enum { KEEP_EVERY = 16 };

struct item { struct doc *doc; char version[ANSWER_VERSION], updated[ANSWER_INSTANT]; };
struct page {
    const struct sync_type *type;
    const char *patient;    /* type NULL: every type we keep, as far as it is about this patient or about nobody */
    struct pull_pass *pass;
    struct item *item;
    size_t n, cap;
    bool is_news;       /* something in it was not here yet */
    size_t n_later;     /* first in item: what needs the network or may end in a conflict goes by itself */
};

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

static void note_time(struct pull_pass *pass, const char *id, const char *updated)
{
    int64_t ms;

    pass->saw_witness |= pass->witness && strcmp(pass->witness, id) == 0;
    if (!clock_parse(updated, &ms))
        return;
    pass->is_unsorted |= ms < pass->last_ms;
    pass->last_ms = ms;
    pass->n_counted += pass->is_unsorted || ms <= pass->floor_ms;
    if (ms >= pass->reached_ms) {
        pass->reached_ms = ms;
        snprintf(pass->reached, sizeof pass->reached, "%s", updated);
        snprintf(pass->reached_id, sizeof pass->reached_id, "%s", id);
    }
}

/* New to us, and yet stamped before what an earlier pass had seen. */
static void note_late(struct pull_pass *pass, const char *updated)
{
    int64_t ms;

    if (pass->watermark_ms > 0 && clock_parse(updated, &ms) && pass->watermark_ms - ms > pass->late_ms)
        pass->late_ms = pass->watermark_ms - ms;
}

/* Not one document may stop the rest: what breaks a rule is set aside. */
static enum rc keep_or_quarantine(struct central *c, const struct page *page, const struct item *item, enum rc rc,
                                  const struct err *why, struct err *err)
{
    struct belong *b = page->pass->belong;

    if (rc == RC_INVALID || rc == RC_DENIED || rc == RC_EXISTS) {
        if (b)
            b->has_set_aside = true;
        return quarantine(c, doc_root(item->doc), why, err);
    }
    if (rc != RC_OK)
        return err_set(err, rc, "%s", err_text(why));
    note_late(page->pass, item->updated);
    return b && b->has_set_aside ? quarantine_settle(c->st, http_base(c->http), doc_type(item->doc), doc_id(item->doc),
                                                     "pulled", err) : RC_OK;
}

static enum rc apply_one(struct central *c, const struct page *page, struct item *item, bool is_current, struct err *err)
{
    struct err why = { 0 };
    enum apply_rule rule;
    enum rc rc = apply_remote(c, item->doc, item->version, item->updated, is_current, &rule, &why);

    return keep_or_quarantine(c, page, item, rc, &why, err);
}

/* A page that may be stale says otherwise than we know: what does the server say right now? */
static enum rc check(struct central *c, const struct page *page, struct item *item, struct err *err)
{
    struct remote remote;
    enum rc rc = RC_OK;

    central_read(c, doc_type(item->doc), doc_id(item->doc), &remote);
    if (remote.state == REMOTE_THERE) {
        struct item current = { .doc = remote.doc };
        memcpy(current.version, remote.version, sizeof current.version);
        memcpy(current.updated, remote.updated, sizeof current.updated);
        rc = apply_one(c, page, &current, true, err);
    } else if (remote.state == REMOTE_FAILED) {
        rc = central_failure(&remote.failure, "GET", err);
    }                           /* gone: the history of deletes tells */
    remote_done(&remote);
    return rc;
}

static bool is_same(const struct standing_head *here, const struct item *item)
{
    return here->key && !here->is_deleted && *item->version && strcmp(here->version, item->version) == 0 &&
           !apply_is_back(here->version, here->updated, item->version, item->updated);
}

/* Inside the transaction of its chunk. *is_later: it was only looked at. */
static enum rc take_known(struct central *c, const struct page *page, struct item *item, bool *is_later, struct err *err)
{
    struct standing here = { 0 };
    struct err why = { 0 };
    enum rc rc = standing_get(c->st, doc_type(item->doc), doc_id(item->doc), &here, err);

    if (rc == RC_OK) {
        enum apply_rule rule = apply_rule(&here, item->version, item->updated, false);

        *is_later = rule == APPLY_CHECK || rule == APPLY_SETTLE;
        if (rule == APPLY_TAKE)
            rc = keep_or_quarantine(c, page, item, apply_found(c, &here, rule, item->doc, item->version, item->updated, &why),
                                    &why, err);
    }
    standing_done(&here);
    return rc;
}

/* A patient of before who is in scope only now. Of one just made everything is news anyway. */
static bool is_newcomer(const struct page *page, const struct item *item)
{
    const struct pull_pass *pass = page->pass;

    return pass->belong && pass->belong->scope.n > 0 && pass->watermark_ms > 0 && page->type && page->type->patient &&
           !*page->type->patient && strcmp(item->version, "1") != 0;
}

static enum rc take_item(struct central *c, struct page *page, struct item *item, bool *is_later, struct err *err)
{
    const struct standing nowhere = { 0 };
    struct belong *b = page->pass->belong;
    struct standing_head here;
    struct err why = { 0 };
    enum rc rc = standing_peek(c->st, doc_type(item->doc), doc_id(item->doc), &here, err);

    *is_later = false;
    if (rc != RC_OK || is_same(&here, item))
        return rc;
    page->is_news = true;
    switch (b ? belong_look(b, c, page->type, item->doc) : BELONGS) {
    case BELONGS_NOT: return belong_refuse(b, c, item->doc, item->version, err);
    case BELONGS_MAYBE: *is_later = true; return RC_OK;
    case BELONGS: break;
    }
    if (here.key)
        return take_known(c, page, item, is_later, err);
    rc = apply_found(c, &nowhere, APPLY_TAKE, item->doc, item->version, item->updated, &why);
    if (rc == RC_OK && is_newcomer(page, item) && (rc = pull_note_newcomer(c, doc_id(item->doc), err)) != RC_OK)
        return rc;
    return keep_or_quarantine(c, page, item, rc, &why, err);
}

static void put_by(struct page *page, size_t i)
{
    struct item later = page->item[i];

    page->item[i] = page->item[page->n_later];
    page->item[page->n_later++] = later;
}

static bool is_held_long(struct central *c, int64_t since_ms)
{
    if (c->http)
        http_pump(c->http);
    return clock_monotonic_ms() - since_ms >= HELD_MS || store_is_wanted(c->st);
}

/* From *done on, until it is time to let others in. */
static enum rc take_some(struct central *c, struct page *page, size_t *done, struct err *err)
{
    int64_t since_ms = clock_monotonic_ms();
    bool is_later;
    enum rc rc = RC_OK;

    for (int n = 1; rc == RC_OK && *done < page->n; n++) {
        if ((rc = take_item(c, page, &page->item[*done], &is_later, err)) != RC_OK)
            break;
        if (is_later)
            put_by(page, *done);
        ++*done;
        if (n % LOOK_EVERY == 0 && is_held_long(c, since_ms))
            break;
    }
    return rc;
}

static enum rc settle_one(struct central *c, const struct page *page, struct item *item, struct err *err)
{
    struct belong *b = page->pass->belong;
    struct standing here = { 0 };
    bool belongs = true;
    enum rc rc = RC_OK;

    if (b && belong_look(b, c, page->type, item->doc) != BELONGS)
        rc = belong_ask(b, c, item->doc, &belongs, err);
    if (rc == RC_OK && !belongs)
        return belong_refuse(b, c, item->doc, item->version, err);
    if (rc != RC_OK || (rc = standing_get(c->st, doc_type(item->doc), doc_id(item->doc), &here, err)) != RC_OK)
        return rc;
    bool is_doubtful = apply_rule(&here, item->version, item->updated, false) == APPLY_CHECK;
    standing_done(&here);
    return is_doubtful ? check(c, page, item, err) : apply_one(c, page, item, false, err);
}

static enum rc settle_later(struct central *c, struct page *page, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < page->n_later && rc == RC_OK; i++)
        rc = settle_one(c, page, &page->item[i], err);
    return rc;
}

/* OperationOutcomes and what a server includes of its own accord are not ours to keep. */
static bool is_wanted(const struct page *page, const struct node *resource)
{
    const char *type = node_str(resource, "resourceType");

    return page->type ? strcmp(type, page->type->type) == 0 : sync_type_find(type) != NULL;
}

static bool is_of_another(const struct page *page, const struct doc *doc)
{
    const char *about = resource_patient(doc_root(doc));

    return page->patient && *about && strcmp(about, page->patient) != 0;
}

static void collect(struct central *c, const struct doc *bundle, struct page *page)
{
    for (const struct node *e = node_first(node_get(doc_root(bundle), "entry")); e; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");
        struct item item = { 0 };

        if (!resource || !is_wanted(page, resource))
            continue;
        answer_meta(resource, item.version, item.updated);
        item.doc = alias_view(c, resource);
        note_time(page->pass, doc_id(item.doc), item.updated);
        if (capability_is_scratch(resource) || is_of_another(page, item.doc)) {
            doc_free(item.doc);
            continue;
        }
        MEM_ROOM(page->item, page->n, page->cap);
        page->item[page->n++] = item;
    }
}

static enum rc set_position(struct central *c, const struct page *page, const char *scope_key, const char *watermark,
                            struct err *err)
{
    const struct pull_pass *pass = page->pass;
    char position[2 * CLOCK_TEXT];

    if (pass->is_last_page || !scope_key || (!page->is_news && pass->n_pages % KEEP_EVERY != 0))
        return RC_OK;
    pull_position(pass, position, sizeof position);
    return pull_set_watermark(c->st, scope_key, page->type->type, watermark, position, err);
}

static enum rc write_page(struct central *c, struct page *page, const char *scope_key, const char *watermark,
                          struct err *err)
{
    size_t done = 0;
    enum rc rc = RC_OK;

    do {
        if ((rc = store_begin(c->st, err)) != RC_OK)
            return rc;
        rc = take_some(c, page, &done, err);
        if (rc == RC_OK && done == page->n && page->n_later == 0)
            rc = set_position(c, page, scope_key, watermark, err);
        rc = store_end(c->st, rc, err);
    } while (rc == RC_OK && done < page->n);
    if (rc != RC_OK || page->n_later == 0)
        return rc;
    rc = settle_later(c, page, err);
    return rc == RC_OK ? set_position(c, page, scope_key, watermark, err) : rc;
}

static void page_done(struct page *page)
{
    for (size_t i = 0; i < page->n; i++)
        doc_free(page->item[i].doc);
    free(page->item);
}

enum rc pull_page(struct central *c, const struct sync_type *type, const char *scope_key, const char *watermark,
                  const struct doc *bundle, struct pull_pass *pass, struct err *err)
{
    struct page page = { .type = type, .pass = pass };

    collect(c, bundle, &page);
    pass->n_pages++;
    if (page.n == 0 && pass->is_last_page)
        return RC_OK;
    enum rc rc = write_page(c, &page, scope_key, watermark, err);
    page_done(&page);
    return rc;
}

enum rc pull_record_page(struct central *c, const char *patient, const struct doc *bundle, int64_t *n, struct err *err)
{
    struct pull_pass pass = { .is_last_page = true };
    struct page page = { .patient = patient, .pass = &pass };

    collect(c, bundle, &page);
    *n += (int64_t)page.n;
    enum rc rc = page.n > 0 ? write_page(c, &page, NULL, "", err) : RC_OK;
    page_done(&page);
    return rc;
}
