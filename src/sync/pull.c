#include "sync/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sync_state.h"
#include "sync/central.h"
#include "sync/walk.h"

enum { TRIES = 3, SMALLEST_PAGE = 20 };

/* A scope is a search on Patient; for what is about a patient each part goes through that reference. */
static void add_scope(struct buf *path, const struct sync_type *type, const char *scope)
{
    if (!*scope || !type->patient)
        return;
    while (*scope) {
        size_t len = strcspn(scope, "&");
        if (*type->patient)
            buf_printf(path, "%s%s.", type->patient, strcmp(type->patient, "patient") == 0 ? "" : ":Patient");
        buf_add_n(path, scope, len);
        buf_char(path, '&');
        scope += len + (scope[len] == '&');
    }
}

void pull_query(struct buf *path, const struct sync_type *type, const char *scope, int64_t floor_ms, int count)
{
    char floor[CLOCK_TEXT];

    buf_printf(path, "%s?", type->type);
    add_scope(path, type, scope);
    if (floor_ms > 0) {
        clock_instant(floor_ms, floor);
        buf_printf(path, "_lastUpdated=ge%s&", floor);
    }
    buf_printf(path, "_sort=_lastUpdated,_id&_count=%d", count);
}

void pull_watermark_after(const struct pull_pass *pass, const char *before, char *out, size_t size)
{
    int64_t was = 0, is = pass->reached_ms;

    clock_parse(before, &was);
    if (is > 0 && pass->started_ms > 0 && pass->started_ms < is) {
        is = pass->started_ms;
        if (is > was && size >= CLOCK_TEXT) {
            clock_instant(is, out);
            return;
        }
    }
    snprintf(out, size, "%s", is > was ? pass->reached : before);
}

/* From where a pass begins: a broken one where it stood, a new one at the watermark, both looking
 * back for what became visible late. */
static int64_t pass_floor(struct central *c, const char *scope_key, const char *type, const char *watermark)
{
    char *page = pull_page_position(c->st, scope_key, type);
    int64_t floor = 0;

    if (!(page && *page && clock_parse(page, &floor)))
        clock_parse(watermark, &floor);
    free(page);
    floor -= (int64_t)c->overlap_s * 1000;
    return floor > 0 ? floor : 0;
}

static enum rc run_pass(struct central *c, const struct sync_type *type, const char *scope_key,
                        const char *watermark, struct pull_pass *pass, bool *wants_smaller, struct err *err)
{
    struct buf first = { 0 };
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    pull_query(&first, type, c->scope, pass_floor(c, scope_key, type->type, watermark), c->page_size);
    walk_init(&walk, buf_text(&first), "searchset");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        if (pass->started_ms == 0)
            clock_parse(node_path_str(doc_root(page), "meta.lastUpdated"), &pass->started_ms);
        pass->is_last_page = walk.next.len == 0;
        rc = pull_page(c, type, scope_key, watermark, page, pass, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    *wants_smaller = walk.wants_smaller;
    walk_done(&walk);
    buf_done(&first);
    return rc;
}

static enum rc finish_pass(struct central *c, const char *scope_key, const char *type, const char *watermark,
                           const struct pull_pass *pass, struct err *err)
{
    char after[CLOCK_TEXT];
    char *page = pull_page_position(c->st, scope_key, type);
    bool is_moved;

    pull_watermark_after(pass, watermark, after, sizeof after);
    is_moved = strcmp(after, watermark) != 0 || (page && *page);
    free(page);
    return is_moved ? pull_set_watermark(c->st, scope_key, type, after, "", err) : RC_OK;
}

static enum rc pull_type(struct central *c, const struct sync_type *type, const char *scope_key, struct err *err)
{
    char *watermark = pull_watermark(c->st, scope_key, type->type);
    struct pull_pass pass = { 0 };
    enum rc rc = RC_OK;

    /* A page may have expired, or the server stumbled: the pass goes on from what was kept. */
    for (int attempt = 0; attempt < TRIES; attempt++) {
        bool wants_smaller = false;
        pass = (struct pull_pass){ 0 };
        rc = run_pass(c, type, scope_key, watermark ? watermark : "", &pass, &wants_smaller, err);
        if (rc != RC_NET || central_stopped(c))
            break;
        if (wants_smaller && c->page_size > SMALLEST_PAGE)
            c->page_size = c->page_size / 2 > SMALLEST_PAGE ? c->page_size / 2 : SMALLEST_PAGE;
    }
    if (rc == RC_OK)
        rc = finish_pass(c, scope_key, type->type, watermark ? watermark : "", &pass, err);
    free(watermark);
    return rc;
}

/* Positions belong to a server and a scope: another of either starts from the beginning. */
static char *make_scope_key(const struct central *c)
{
    return mem_printf("%s?%s", http_base(c->http), c->scope);
}

enum rc pull_all(struct central *c, struct err *err)
{
    char *scope_key = make_scope_key(c);
    enum rc rc = pull_mark_deleted(c, scope_key, err);

    for (const struct sync_type *t = sync_types; t->type && rc == RC_OK; t++) {
        if (!capability_has_type(&c->caps, t->type))
            continue;
        rc = pull_type(c, t, scope_key, err);
        if (rc == RC_INVALID) { /* odd answers about one type: the others may do better */
            central_problem(c, "%s: %s", t->type, err_text(err));
            log_line("sync", "pull of %s: %s", t->type, err_text(err));
            rc = RC_OK;
        }
    }
    if (rc == RC_OK)
        rc = pull_deleted(c, scope_key, err);
    free(scope_key);
    return rc;
}
