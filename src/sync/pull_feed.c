#include "sync/pull_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/standing.h"
#include "store/sync_state.h"
#include "sync/alias.h"
#include "sync/apply.h"
#include "sync/central.h"
#include "sync/walk.h"

/* The row of the pull table that this feed moves; no resource type has such a name. */
static const char row[] = "_history";

enum { HISTORY_PAGE = 200 };

enum rc feed_mark(struct central *c, const char *scope_key, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, row);
    bool is_known = watermark && *watermark;
    struct doc *bundle = NULL;
    enum rc rc = RC_OK;

    free(watermark);
    if (is_known || !c->caps.has_system_history)
        return RC_OK;
    if ((rc = central_get(c, "_history?_count=1", &bundle, NULL, err)) == RC_OK) {
        const char *now = node_path_str(doc_root(bundle), "meta.lastUpdated");
        if (!*now)              /* not told: the newest change will do */
            now = node_path_str(node_at(node_get(doc_root(bundle), "entry"), 0), "resource.meta.lastUpdated");
        if (*now)
            rc = pull_set_watermark(c->st, scope_key, row, now, "", err);
    }
    doc_free(bundle);
    return rc;
}

/* "Patient/x", "Patient/x/_history/3" or the same below some base. */
static bool split_url(const char *url, char *type, size_t type_size, char *id, size_t id_size)
{
    struct doc *doc = doc_new(NULL);
    bool is_split;

    node_set_str(doc, doc_root(doc), "reference", url);
    is_split = reference_split(doc_root(doc), type, type_size, id, id_size);
    doc_free(doc);
    return is_split;
}

/* The feed may be older than a re-creation: what is asked by id holds. */
static enum rc confirm(struct central *c, const char *type, const char *id, struct err *err)
{
    struct remote remote;
    enum rc rc = RC_OK;

    central_read(c, type, id, &remote);
    if (remote.state == REMOTE_GONE || remote.state == REMOTE_ABSENT)
        rc = apply_deletion(c, type, id, remote.version, err);
    else if (remote.state == REMOTE_FAILED)
        rc = central_failure(&remote.failure, "GET", err);
    remote_done(&remote);
    return rc;
}

/* Which resource an entry is about, however the server says so. */
static bool entry_about(const struct node *entry, char *type, size_t type_size, char *id, size_t id_size)
{
    const struct node *resource = node_get(entry, "resource");

    if (*node_str(resource, "resourceType")) {
        snprintf(type, type_size, "%s", node_str(resource, "resourceType"));
        snprintf(id, id_size, "%s", node_str(resource, "id"));
        return true;
    }
    return split_url(node_path_str(entry, "request.url"), type, type_size, id, id_size) ||
           split_url(node_str(entry, "fullUrl"), type, type_size, id, id_size);
}

static void note_type(struct feed *feed, const char *type)
{
    if (feed_names(feed, type))
        return;
    MEM_ROOM(feed->type, feed->n, feed->cap);
    feed->type[feed->n++] = mem_dup(type);
}

/* It was here and nothing of ours on its way explains that it is gone. */
static enum rc take_delete(struct central *c, const char *type, const char *id, struct err *err)
{
    struct standing here = { 0 };
    enum rc rc = standing_get(c->st, type, id, &here, err);
    bool is_news = rc == RC_OK && here.key && !here.is_deleted &&
                   !(here.frozen_seq && here.frozen_state != OUTBOX_CONFLICT && here.frozen_state != OUTBOX_REFUSED &&
                     here.frozen_state != OUTBOX_BLOCKED);

    standing_done(&here);
    return is_news ? confirm(c, type, id, err) : rc;
}

static enum rc take_entry(struct central *c, struct feed *feed, const struct node *entry, struct err *err)
{
    char type[64], id[80];

    if (!entry_about(entry, type, sizeof type, id, sizeof id)) {
        feed->is_vague = true;
        return RC_OK;
    }
    note_type(feed, type);
    if (strcmp(node_path_str(entry, "request.method"), "DELETE") != 0)
        return RC_OK;
    alias_id_in(c, type, id, sizeof id);
    return take_delete(c, type, id, err);
}

static void note_mark(struct feed *feed, const char *instant)
{
    if (!*feed->mark)
        snprintf(feed->mark, sizeof feed->mark, "%s", instant);
}

static enum rc walk_feed(struct central *c, const char *first, struct feed *feed, struct err *err)
{
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    walk_init(&walk, first, "history");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        note_mark(feed, node_path_str(doc_root(page), "meta.lastUpdated"));
        for (const struct node *e = node_first(node_get(doc_root(page), "entry")); e && rc == RC_OK; e = node_next(e)) {
            note_mark(feed, node_path_str(e, "resource.meta.lastUpdated"));
            rc = take_entry(c, feed, e, err);
        }
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    walk_done(&walk);
    return rc;
}

enum rc feed_read(struct central *c, const char *scope_key, struct feed *feed, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, row), since[CLOCK_TEXT];
    int64_t was = 0;
    enum rc rc = RC_OK;

    *feed = (struct feed){ 0 };
    if (c->caps.has_system_history && watermark && clock_parse(watermark, &was)) {
        clock_instant(was - (int64_t)c->overlap_s * 1000, since);
        char *first = mem_printf("_history?_since=%s&_count=%d", since, HISTORY_PAGE);
        rc = walk_feed(c, first, feed, err);
        free(first);
        feed->is_read = rc == RC_OK;
    }
    free(watermark);
    return rc;
}

enum rc feed_keep(struct central *c, const char *scope_key, const struct feed *feed, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, row);
    int64_t was = 0, is = 0;
    enum rc rc = RC_OK;

    clock_parse(watermark, &was);
    if (feed->is_read && clock_parse(feed->mark, &is) && is > was)
        rc = pull_set_watermark(c->st, scope_key, row, feed->mark, "", err);
    free(watermark);
    return rc;
}

bool feed_names(const struct feed *feed, const char *type)
{
    for (size_t i = 0; i < feed->n; i++)
        if (strcmp(feed->type[i], type) == 0)
            return true;
    return false;
}

void feed_done(struct feed *feed)
{
    for (size_t i = 0; i < feed->n; i++)
        free(feed->type[i]);
    free(feed->type);
    *feed = (struct feed){ 0 };
}
