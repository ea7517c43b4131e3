#include "sync/sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/purge.h"
#include "store/quarantine.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sweep.h"
#include "store/sync_state.h"
#include "sync/alias.h"
#include "sync/answer.h"
#include "sync/apply.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/pull.h"
#include "sync/sweep_unlisted.h"
#include "sync/walk.h"

/* Ids asked for at once: a line of some 2,000 bytes. */
enum { BATCH = 50 };

struct batch { char id[BATCH][72]; size_t n; };

/* One query of one type. */
struct course {
    const struct sync_type *type;
    const char *query;
    size_t number;              /* of the query */
    char *scope_key, *watermark;    /* owned */
    int64_t floor_ms;           /* what was stamped later the next pass brings: no finding */
    char reached[40];           /* lastUpdated of the last row listed, "" none yet */
};

static bool is_at_end_of_budget(const struct sweep_work *w)
{
    return w->until_ms > 0 && clock_monotonic_ms() >= w->until_ms;
}

/* ---- what the server lists ---- */

static bool is_on_its_way(struct central *c, const char *type, const char *id)
{
    struct standing here = { 0 };
    bool is_so = standing_get(c->st, type, id, &here, NULL) == RC_OK && here.frozen_seq &&
                 (here.frozen_state == OUTBOX_IN_FLIGHT || here.frozen_state == OUTBOX_IN_DOUBT);

    standing_done(&here);
    return is_so;
}

static bool is_another_version(const struct standing_head *here, const char *version, const char *updated)
{
    if (!*version)
        return strcmp(here->updated, updated) != 0;
    return strcmp(here->version, version) != 0 || apply_is_back(here->version, here->updated, version, updated);
}

/* Does it differ from what is here, so that the passes should have brought it? */
static bool is_finding(struct sweep_work *w, const struct course *course, const struct standing_head *here,
                       const char *ours, const char *version, const char *updated)
{
    const char *type = course->type->type;
    int64_t at;

    if (here->key && !here->is_deleted && !is_another_version(here, version, updated))
        return false;
    if (!w->is_restored && clock_parse(updated, &at) && at >= course->floor_ms)
        return false;           /* the next pass brings it */
    return !quarantine_has(w->c->st, http_base(w->c->http), type, ours) && !(here->key && is_on_its_way(w->c, type, ours));
}

/* Inside a transaction. Adds to batch what has to be fetched. */
static enum rc compare(struct sweep_work *w, struct course *course, const struct node *resource, struct batch *batch,
                       struct sweep_counts *counts, struct err *err)
{
    const char *type = course->type->type, *id = node_str(resource, "id");
    char version[ANSWER_VERSION], updated[ANSWER_INSTANT], ours[80];
    struct standing_head here;
    enum rc rc;

    snprintf(ours, sizeof ours, "%s", id);
    alias_id_in(w->c, type, ours, sizeof ours);
    answer_meta(resource, version, updated);
    snprintf(course->reached, sizeof course->reached, "%s", updated);
    counts->seen++;
    rc = standing_peek(w->c->st, type, ours, &here, err);
    if (rc == RC_OK && here.key)
        rc = sweep_note(w->c->st, here.key, err);
    if (rc == RC_OK && strlen(id) < sizeof batch->id[0] && is_finding(w, course, &here, ours, version, updated)) {
        if (!here.key || here.is_deleted)
            counts->missing++;
        else
            counts->stale++;
        counts->findings++;
        snprintf(batch->id[batch->n++], sizeof batch->id[0], "%s", id);
    }
    return rc;
}

static enum rc fetch(struct sweep_work *w, const struct course *course, struct batch *batch, struct err *err)
{
    struct pull_pass pass = { .belong = &w->belong };
    struct buf path = { 0 };
    struct doc *page = NULL;
    enum rc rc;

    if (batch->n == 0)
        return RC_OK;
    buf_printf(&path, "%s?_id=", course->type->type);
    for (size_t i = 0; i < batch->n; i++)
        buf_printf(&path, "%s%s", i ? "," : "", batch->id[i]);
    buf_printf(&path, "&_count=%d", BATCH);
    if ((rc = central_get(w->c, buf_text(&path), &page, NULL, err)) == RC_OK)
        rc = pull_page(w->c, course->type, NULL, "", page, &pass, err);
    doc_free(page);
    buf_done(&path);
    batch->n = 0;
    return rc;
}

/* As many entries as fit in one batch, from *e on. */
static enum rc compare_some(struct sweep_work *w, struct course *course, const struct node **e, struct batch *batch,
                            struct err *err)
{
    struct sweep_counts counts = { 0 };
    enum rc rc = store_begin(w->c->st, err);

    if (rc != RC_OK)
        return rc;
    for (; *e && rc == RC_OK && batch->n < BATCH; *e = node_next(*e)) {
        const struct node *resource = node_get(*e, "resource");

        if (strcmp(node_str(resource, "resourceType"), course->type->type) == 0 && !capability_is_scratch(resource))
            rc = compare(w, course, resource, batch, &counts, err);
    }
    if (rc == RC_OK)
        rc = sweep_set(w->c->st, course->type->type, NULL, false, &counts, err);
    return store_end(w->c->st, rc, err);
}

static enum rc take_page(struct sweep_work *w, struct course *course, const struct doc *page, struct err *err)
{
    const struct node *e = node_first(node_get(doc_root(page), "entry"));
    struct batch batch = { .n = 0 };
    char position[64];
    enum rc rc = RC_OK;

    while (e && rc == RC_OK)
        if ((rc = compare_some(w, course, &e, &batch, err)) == RC_OK)
            rc = fetch(w, course, &batch, err);
    if (rc != RC_OK)
        return rc;
    snprintf(position, sizeof position, "%zu %s", course->number, course->reached);
    return sweep_set(w->c->st, course->type->type, position, false, &(struct sweep_counts){ 0 }, err);
}

static enum rc list(struct sweep_work *w, struct course *course, int64_t from_ms, struct err *err)
{
    struct buf first = { 0 };
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc = RC_OK;

    pull_query(&first, course->type, course->query, from_ms, w->c->page_size);
    buf_add(&first, "&_elements=id,meta");
    walk_init(&walk, buf_text(&first), "searchset");
    while (!w->is_paused && (rc = walk_page(&walk, w->c, &page, err)) == RC_OK && page) {
        rc = take_page(w, course, page, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
        w->is_paused = walk.next.len > 0 && is_at_end_of_budget(w);
    }
    w->status = walk.status;
    walk_done(&walk);
    buf_done(&first);
    return w->is_paused ? RC_OK : rc;
}

/* After a restore the newest that the server has is older than what was seen of it: passes must begin there,
 * or they would miss what is stamped in between. */
static enum rc lower_watermark(struct sweep_work *w, const struct course *course, struct err *err)
{
    int64_t was = 0, is = 0;

    if (!w->is_restored || !clock_parse(course->reached, &is) || !clock_parse(course->watermark, &was) || is >= was)
        return RC_OK;
    log_line("sync", "%s: the watermark goes back by %lld s, to the newest that the server has", course->type->type,
             (long long)(was - is) / 1000);
    return pull_set_watermark(w->c->st, course->scope_key, course->type->type, course->reached, "", err);
}

static enum rc run_course(struct sweep_work *w, struct course *course, int64_t from_ms, struct err *err)
{
    enum rc rc;

    course->scope_key = pull_scope_key(w->c, course->query);
    course->watermark = pull_watermark(w->c->st, course->scope_key, course->type->type);
    clock_parse(course->watermark, &course->floor_ms);
    course->floor_ms -= (int64_t)w->c->overlap_s * 1000;
    rc = list(w, course, from_ms, err);
    if (rc == RC_OK && !w->is_paused)
        rc = lower_watermark(w, course, err);
    free(course->scope_key);
    free(course->watermark);
    return rc;
}

/* ---- type by type ---- */

/* "2 2026-11-23T..." or "unlisted 4711": where it was broken off. */
static void read_position(const struct sweep *state, size_t *query, int64_t *from_ms, int64_t *after)
{
    *query = 0;
    *from_ms = *after = 0;
    if (strncmp(state->position, "unlisted ", 9) == 0) {
        *query = SIZE_MAX;
        *after = strtoll(state->position + 9, NULL, 10);
    } else if (*state->position) {
        char *end;

        *query = strtoul(state->position, &end, 10);
        clock_parse(end + (*end == ' '), from_ms);
    }
}

static const char *query_of(const struct scope *scope, const struct sync_type *type, size_t number)
{
    return type->patient && scope->n > 0 ? scope->query[number] : "";
}

/* Compared is only what a pull has once brought whole. */
static bool is_pulled(struct sweep_work *w, const struct sync_type *type, size_t n)
{
    bool is_so = true;

    for (size_t i = 0; i < n; i++) {
        char *scope_key = pull_scope_key(w->c, query_of(&w->belong.scope, type, i));
        char *watermark = pull_watermark(w->c->st, scope_key, type->type);

        is_so &= watermark && *watermark;
        free(watermark);
        free(scope_key);
    }
    return is_so;
}

static enum rc sweep_type(struct sweep_work *w, const struct sync_type *type, struct err *err)
{
    const struct scope *scope = &w->belong.scope;
    size_t n = type->patient && scope->n > 0 ? scope->n : 1, query;
    int64_t from_ms, after;
    struct sweep state;
    enum rc rc = sweep_get(w->c->st, type->type, &state, err);

    if (rc != RC_OK || *state.finished || !is_pulled(w, type, n))
        return rc;
    read_position(&state, &query, &from_ms, &after);
    for (; query < n && rc == RC_OK && !w->is_paused; query++, from_ms = 0) {
        struct course course = { .type = type, .number = query, .query = query_of(scope, type, query) };

        rc = run_course(w, &course, from_ms, err);
    }
    if (rc == RC_OK && !w->is_paused)
        rc = sweep_unlisted_rows(w, type, after, err);
    if (rc == RC_OK && !w->is_paused)
        rc = sweep_set(w->c->st, type->type, NULL, true, &(struct sweep_counts){ 0 }, err);
    return rc;
}

/* A type that the server will not list is left as it is; the others may do better. */
static bool is_its_own(const struct sweep_work *w, enum rc rc)
{
    return rc == RC_INVALID || ((rc == RC_NET || rc == RC_DENIED) && w->status >= 400 && w->status != 401 &&
                                w->status != 429 && w->status != 503);
}

static enum rc sweep_types(struct sweep_work *w, struct err *err)
{
    enum rc rc = RC_OK;

    for (const struct sync_type *t = sync_types; t->type && rc == RC_OK && !w->is_paused; t++) {
        struct err why = { 0 };

        if (!capability_has_type(&w->c->caps, t->type))
            continue;
        w->status = 0;
        if ((rc = sweep_type(w, t, &why)) != RC_OK && is_its_own(w, rc)) {
            log_line("sync", "comparison of %s: %s", t->type, err_text(&why));
            rc = RC_OK;
        }
        if (rc == RC_OK && is_at_end_of_budget(w))
            w->is_paused = true;
        if (rc != RC_OK)
            err_set(err, rc, "%s", err_text(&why));
    }
    return rc;
}

static enum rc finish(struct sweep_work *w, struct err *err)
{
    struct sweep whole;
    enum rc rc = sweep_finish(w->c->st, err);

    if (rc == RC_OK)
        rc = sweep_last(w->c->st, &whole, err);
    if (rc != RC_OK)
        return rc;
    const struct sweep_counts *n = &whole.counts;
    log_line("sync", "compared with the server: %lld rows, missing %lld, stale %lld, deleted %lld, left %lld, lost %lld, missed by passes %lld",
             (long long)n->seen, (long long)n->missing, (long long)n->stale, (long long)n->deleted, (long long)n->left,
             (long long)n->lost, (long long)n->findings);
    if (n->lost > 0)
        central_problem(w->c, _("the server has lost %lld resources that are still here: they wait for a decision"), (long long)n->lost);
    if (n->left > 0 && (rc = store_scrub(w->c->st, err)) != RC_OK)
        return rc;
    return pull_former(w->c, err);
}

enum rc sweep_run(struct central *c, int64_t budget_ms, bool *is_over, struct err *err)
{
    struct sweep_work w = { .c = c, .until_ms = budget_ms > 0 ? clock_monotonic_ms() + budget_ms : 0 };
    struct sweep whole;
    enum rc rc = sweep_last(c->st, &whole, err);

    *is_over = false;
    w.is_restored = strcmp(sweep_asked(c->st), "restored") == 0;
    if (rc == RC_OK && (!*whole.started || *whole.finished))
        rc = sweep_begin(c->st, err);
    belong_init(&w.belong, c);
    if (rc == RC_OK)
        rc = sweep_types(&w, err);
    belong_done(&w.belong);
    if (rc == RC_OK && !w.is_paused) {
        *is_over = true;
        rc = finish(&w, err);
    }
    return rc;
}
