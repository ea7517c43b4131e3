#include "sync/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/quarantine.h"
#include "sync/central.h"
#include "sync/link.h"
#include "sync/mend.h"

/* More pages than any clinic has: 20 million resources at the smallest page. */
enum { PAGES_MOST = 1000000 };
enum { PAGE_TRIES = 3 };

void walk_init(struct walk *walk, const char *first, const char *bundle_type)
{
    *walk = (struct walk){ .first = first, .bundle_type = bundle_type, .lane = -1 };
    buf_add(&walk->next, first);
}

void walk_done(struct walk *walk)
{
    if (walk->lane >= 0)
        http_drop(walk->c->http, walk->lane);
    buf_done(&walk->next);
    free(walk->seen);
    *walk = (struct walk){ 0 };
}

/* FNV-1a. Two addresses with one hash would end a pass early, which the next one makes good. */
static uint64_t hash(const char *text)
{
    uint64_t h = 14695981039346656037u;

    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h;
}

static enum rc note_address(struct walk *walk, struct err *err)
{
    uint64_t h = hash(buf_text(&walk->next));

    for (size_t i = 0; i < walk->n_seen; i++)
        if (walk->seen[i] == h)
            return err_set(err, RC_INVALID, "%s", _("the server's pages lead in a ring"));
    if (walk->n_seen == PAGES_MOST)
        return err_set(err, RC_INVALID, "%s", _("the server's pages do not end"));
    MEM_ROOM(walk->seen, walk->n_seen, walk->seen_cap);
    walk->seen[walk->n_seen++] = h;
    return RC_OK;
}

/* A link that says how far from the front: HAPI's _getpagesoffset counts in a result that it keeps. */
static bool counts_from_front(const char *path)
{
    static const char *const names[] = { "_offset=", "_skip=" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *at = strstr(path, names[i]);
        if (at && at > path && (at[-1] == '?' || at[-1] == '&'))
            return true;
    }
    return false;
}

static enum rc find_next(struct walk *walk, const struct central *c, const struct doc *bundle, struct err *err)
{
    bool is_foreign;

    buf_clear(&walk->next);
    enum rc rc = link_next(doc_root(bundle), http_base(c->http), walk->first, &walk->next, &is_foreign, err);
    walk->is_counted = counts_from_front(buf_text(&walk->next));
    if (rc == RC_OK && is_foreign && !walk->is_foreign_noted) {
        log_line("sync", "the server calls itself by another address; its next pages are asked for at ours");
        walk->is_foreign_noted = true;
    }
    return rc;
}

/* Ask for the page that next names. */
static enum rc begin(struct walk *walk, struct central *c, struct err *err)
{
    enum rc rc = note_address(walk, err);

    if (rc != RC_OK)
        return rc;
    walk->c = c;
    walk->lane = central_begin(c, &(struct http_request){ .method = "GET", .path = buf_text(&walk->next) });
    if (walk->lane >= 0)
        return RC_OK;
    walk->n_seen--;
    return err_set(err, RC_BUSY, "no lane is free");
}

/* One entry that breaks the rules of JSON must not keep the others out for good: its bytes are set aside. */
static void set_aside(void *ctx, const char *entry, size_t len, const struct err *why)
{
    struct central *c = ctx;
    char type[64], id[80];
    int added = 0;

    mend_find(entry, len, "resourceType", type, sizeof type);
    mend_find(entry, len, "id", id, sizeof id);
    quarantine_add(c->st, http_base(c->http), 0, type, id, err_text(why), entry, len, &added, NULL);
    if (added)
        log_line("sync", "an entry that cannot be read went to quarantine");
}

static enum rc mend(struct central *c, const struct buf *body, struct doc **out)
{
    struct buf mended = { 0 };
    enum rc rc = RC_INVALID;

    if (mend_bundle(buf_text(body), body->len, &mended, set_aside, c))
        rc = doc_parse(buf_text(&mended), mended.len, out, NULL);
    buf_done(&mended);
    return rc;
}

static enum rc receive(struct walk *walk, struct central *c, struct doc **out, struct err *err)
{
    struct http_answer answer = { 0 };
    enum rc rc;

    central_wait(c, walk->lane, &answer);
    walk->lane = -1;
    walk->status = answer.outcome == HTTP_ANSWERED ? answer.status : answer.outcome == HTTP_LOST ? -1 : 0;
    rc = central_take(c, buf_text(&walk->next), &answer, out, err);
    if (rc != RC_OK && walk->status == 200 && mend(c, &answer.body, out) == RC_OK)
        rc = RC_OK;
    walk->wants_smaller = answer.timed_out || answer.too_large;
    http_answer_done(&answer);
    if (rc == RC_OK && (strcmp(doc_type(*out), "Bundle") != 0 ||
                        strcmp(node_str(doc_root(*out), "type"), walk->bundle_type) != 0))
        rc = err_set(err, RC_INVALID, _("the server did not answer with a %s as asked"),
                     walk->bundle_type);
    return rc == RC_OK ? find_next(walk, c, *out, err) : rc;
}

void walk_begin(struct walk *walk, struct central *c)
{
    if (walk->lane < 0 && walk->n_seen == 0 && !central_stopped(c))
        begin(walk, c, NULL);
}

/* A line that cuts an answer now and then must not cost the pages before it: the same page is asked for again. */
static enum rc fetch(struct walk *walk, struct central *c, struct doc **out, struct err *err)
{
    enum rc rc = RC_OK;

    for (int attempt = 1; attempt <= PAGE_TRIES; attempt++) {
        if (walk->lane < 0)
            rc = begin(walk, c, err);
        if (rc == RC_OK)
            rc = receive(walk, c, out, err);
        if (rc != RC_NET || walk->status != -1 || walk->wants_smaller || central_stopped(c) || attempt == PAGE_TRIES)
            break;
        walk->n_seen--;
    }
    return rc;
}

enum rc walk_page(struct walk *walk, struct central *c, struct doc **out, struct err *err)
{
    *out = NULL;
    if (walk->next.len == 0)
        return RC_OK;
    if (central_stopped(c))
        return err_set(err, RC_CANCELLED, "%s", _("stopped"));
    enum rc rc = fetch(walk, c, out, err);
    if (rc == RC_OK && walk->next.len > 0 && !walk->is_counted && !c->is_answering)      /* which in the midst of a pass has one lane */
        begin(walk, c, NULL);   /* what is wrong with that one is said when it is its turn */
    if (rc != RC_OK) {
        doc_free(*out);
        *out = NULL;
    }
    return rc;
}
