/* pull_former.c - answers name a version of their form; where only a newer one is here, the history of that form
 * at the server is looked through for it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/former.h"
#include "store/sync_state.h"
#include "sync/alias.h"
#include "sync/answer.h"
#include "sync/central.h"
#include "sync/pull.h"
#include "sync/walk.h"

enum { VERSIONS_A_PAGE = 50 };

/* A version that the history does not have either is asked for once a day. */
static const int64_t again_ms = (int64_t)24 * 60 * 60 * 1000;

/* The row of the pull table that says when; no resource type has such a name. */
static char *asked_name(const struct former *f)
{
    return mem_printf("_form %s", f->canonical);
}

static bool was_asked(struct central *c, const struct former *f)
{
    char *name = asked_name(f), *when = pull_watermark(c->st, http_base(c->http), name);
    int64_t at;
    bool is_so = when && clock_parse(when, &at) && clock_now_ms() >= at && clock_now_ms() - at < again_ms;

    free(when);
    free(name);
    return is_so;
}

static enum rc note_asked(struct central *c, const struct former *f, struct err *err)
{
    char *name = asked_name(f), now[CLOCK_TEXT];

    clock_instant(clock_now_ms(), now);
    enum rc rc = pull_set_watermark(c->st, http_base(c->http), name, now, "", err);
    free(name);
    return rc;
}

static bool is_wanted(const struct former *f, const struct node *questionnaire)
{
    const char *bar = strchr(f->canonical, '|'), *url = node_str(questionnaire, "url");

    return strlen(url) == (size_t)(bar - f->canonical) && strncmp(url, f->canonical, strlen(url)) == 0 &&
           strcmp(node_str(questionnaire, "version"), bar + 1) == 0;
}

/* The newest text under that version: histories begin with the newest. */
static enum rc take_wanted(struct central *c, const struct former *f, const struct doc *page, bool *is_found, struct err *err)
{
    enum rc rc = RC_OK;

    for (const struct node *e = node_first(node_get(doc_root(page), "entry")); e && rc == RC_OK && !*is_found; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");
        char version[ANSWER_VERSION], updated[ANSWER_INSTANT];

        if (!resource || !is_wanted(f, resource))
            continue;
        answer_meta(resource, version, updated);
        struct doc *doc = alias_view(c, resource);
        rc = former_keep(c->st, &c->pull, doc, updated, err);
        doc_free(doc);
        *is_found = true;
    }
    return rc;
}

static enum rc look_through(struct central *c, const struct former *f, struct err *err)
{
    char *there = alias_path(c, "Questionnaire", f->id), *first = mem_printf("%s/_history?_count=%d", there, VERSIONS_A_PAGE);
    struct walk walk;
    struct doc *page = NULL;
    bool is_found = false;
    enum rc rc = RC_OK;

    walk_init(&walk, first, "history");
    while (!is_found && (rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        rc = take_wanted(c, f, page, &is_found, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    if (rc != RC_OK && walk.status > 0 && walk.status != 401)
        rc = RC_OK;             /* no history of this one: nothing to be had */
    walk_done(&walk);
    free(first);
    free(there);
    log_line("sync", "Questionnaire/%s: an older version that answers name was %s", f->id, is_found ? "fetched" : "not found");
    return rc;
}

enum rc pull_former(struct central *c, struct err *err)
{
    struct former_list list;
    enum rc rc = c->caps.has_history ? former_wanted(c->st, &list, err) : RC_NOT_FOUND;

    if (rc != RC_OK)
        return rc == RC_NOT_FOUND ? RC_OK : rc;
    for (size_t i = 0; i < list.n && rc == RC_OK; i++)
        if (!was_asked(c, &list.former[i]) && (rc = look_through(c, &list.former[i], err)) == RC_OK)
            rc = note_asked(c, &list.former[i], err);
    former_list_done(&list);
    return rc;
}
