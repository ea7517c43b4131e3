/* pull_deleted.c - what others deleted: a search does not show it, the system's history does. */
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
#include "sync/pull.h"
#include "sync/walk.h"

/* The row of the pull table that this feed moves; no resource type has such a name. */
static const char feed[] = "_history";

enum { HISTORY_PAGE = 200 };

enum rc pull_mark_deleted(struct central *c, const char *scope_key, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, feed);
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
            rc = pull_set_watermark(c->st, scope_key, feed, now, "", err);
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

static enum rc take_entry(struct central *c, const struct node *entry, struct err *err)
{
    struct standing here = { 0 };
    char type[64], id[80];
    const char *url = node_path_str(entry, "request.url");

    if (strcmp(node_path_str(entry, "request.method"), "DELETE") != 0)
        return RC_OK;
    if (!split_url(url, type, sizeof type, id, sizeof id) &&
        !split_url(node_str(entry, "fullUrl"), type, sizeof type, id, sizeof id))
        return RC_OK;
    alias_id_in(c, type, id, sizeof id);
    enum rc rc = standing_get(c->st, type, id, &here, err);
    bool is_news = rc == RC_OK && here.key && !here.is_deleted &&
                   !(here.frozen_seq && here.frozen_state != OUTBOX_CONFLICT && here.frozen_state != OUTBOX_REFUSED &&
                     here.frozen_state != OUTBOX_BLOCKED);
    standing_done(&here);
    return is_news ? confirm(c, type, id, err) : rc;
}

static enum rc walk_feed(struct central *c, const char *first, char *mark, size_t mark_size, struct err *err)
{
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    walk_init(&walk, first, "history");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        if (!*mark)
            snprintf(mark, mark_size, "%s", node_path_str(doc_root(page), "meta.lastUpdated"));
        for (const struct node *e = node_first(node_get(doc_root(page), "entry")); e && rc == RC_OK; e = node_next(e)) {
            if (!*mark)
                snprintf(mark, mark_size, "%s", node_path_str(e, "resource.meta.lastUpdated"));
            rc = take_entry(c, e, err);
        }
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    walk_done(&walk);
    return rc;
}

enum rc pull_deleted(struct central *c, const char *scope_key, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, feed), since[CLOCK_TEXT], mark[CLOCK_TEXT] = "";
    int64_t was = 0, is = 0;
    enum rc rc = RC_OK;

    if (c->caps.has_system_history && watermark && clock_parse(watermark, &was)) {
        clock_instant(was - (int64_t)c->overlap_s * 1000, since);
        char *first = mem_printf("_history?_since=%s&_count=%d", since, HISTORY_PAGE);
        rc = walk_feed(c, first, mark, sizeof mark, err);
        free(first);
        if (rc == RC_OK && clock_parse(mark, &is) && is > was)
            rc = pull_set_watermark(c->st, scope_key, feed, mark, "", err);
    }
    free(watermark);
    return rc;
}
