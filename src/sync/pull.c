#include "sync/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/apply.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/walk.h"

enum { TRIES = 3, SMALLEST_PAGE = 20, OVERLAP_MOST_S = 4 * 60 * 60 };

/* The row of the pull table that keeps the largest lateness seen; no resource type has such a name. */
static const char lateness[] = "_late";

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

/* One type within one query of the scope. */
struct course {
    const struct sync_type *type;
    const char *query, *scope_key;
    char *watermark, *witness;      /* owned */
    struct belong *belong;
    bool wants_smaller;
    int status;                     /* of the answer that broke a pass, as in walk.h */
};

/* Its clock stands where it stood long ago: what it stamps now lies before the watermark. */
static bool is_behind(const struct central *c, const struct pull_pass *pass)
{
    return pass->started_ms > 0 && pass->started_ms + (int64_t)c->overlap_s * 500 < pass->watermark_ms;
}

static enum rc run_pass(struct central *c, struct course *course, struct pull_pass *pass, struct err *err)
{
    const char *type = course->type->type;
    struct buf first = { 0 };
    struct walk walk;
    struct doc *page = NULL;
    enum rc rc;

    pull_query(&first, course->type, course->query, pass_floor(c, course->scope_key, type, course->watermark), c->page_size);
    walk_init(&walk, buf_text(&first), "searchset");
    while ((rc = walk_page(&walk, c, &page, err)) == RC_OK && page) {
        if (pass->started_ms == 0)
            clock_parse(node_path_str(doc_root(page), "meta.lastUpdated"), &pass->started_ms);
        pass->is_last_page = walk.next.len == 0;
        rc = pull_page(c, course->type, course->scope_key, course->watermark, page, pass, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
    }
    course->wants_smaller = walk.wants_smaller;
    course->status = walk.status;
    walk_done(&walk);
    buf_done(&first);
    return rc;
}

/* The resource the watermark came from was not listed again. Changed, it would have been; deleted, its
 * history tells: else the server has forgotten what it once confirmed. */
static void look_for_witness(struct central *c, const struct course *course)
{
    const char *type = course->type->type;
    struct standing_head here;
    struct remote remote;

    if (standing_peek(c->st, type, course->witness, &here, NULL) != RC_OK || !here.key || here.is_deleted)
        return;
    central_read(c, type, course->witness, &remote);
    if (remote.state == REMOTE_ABSENT && !central_was_deleted(c, type, course->witness))
        central_suspect(c, "it does not know the resource that came last");
    if (remote.state == REMOTE_THERE && apply_is_back(here.version, here.updated, remote.version, remote.updated))
        central_suspect(c, "it has an older version of the resource that came last");
    remote_done(&remote);
}

static void lower_watermark(const struct course *course, const struct pull_pass *pass, char *after)
{
    clock_instant(pass->started_ms, after);
    log_line("sync", "%s: the server's clock is %lld s behind what was seen of it; the watermark goes back with it",
             course->type->type, (long long)(pass->watermark_ms - pass->started_ms) / 1000);
}

static enum rc finish_pass(struct central *c, const struct course *course, const struct pull_pass *pass, struct err *err)
{
    char after[CLOCK_TEXT];
    const char *type = course->type->type, *witness = pass->reached_id;
    char *page = pull_page_position(c->st, course->scope_key, type);
    bool is_open = page && *page;
    enum rc rc;

    free(page);
    pull_watermark_after(pass, course->watermark, after, sizeof after);
    if (is_behind(c, pass)) {
        central_suspect(c, "its clock has gone back");
        lower_watermark(course, pass, after);
    }
    if (pass->witness && !pass->saw_witness)
        look_for_witness(c, course);
    if (strcmp(after, course->watermark) == 0 && !is_open && strcmp(witness, course->witness) == 0)
        return RC_OK;
    if ((rc = store_begin(c->st, err)) != RC_OK)
        return rc;
    if ((rc = pull_set_watermark(c->st, course->scope_key, type, after, "", err)) == RC_OK)
        rc = pull_set_witness(c->st, course->scope_key, type, witness, err);
    return store_end(c->st, rc, err);
}

/* What was new although stamped before the last watermark was visible that much later: the next passes
 * look back twice as far. */
static enum rc note_lateness(struct central *c, int64_t late_ms, struct err *err)
{
    int64_t wanted_s = 2 * late_ms / 1000 + 1;
    char text[24];

    if (late_ms <= 0 || wanted_s <= c->overlap_s)
        return RC_OK;
    c->overlap_s = wanted_s < OVERLAP_MOST_S ? (int)wanted_s : OVERLAP_MOST_S;
    log_line("sync", "the server showed something %lld s late: passes look back %d s", (long long)late_ms / 1000, c->overlap_s);
    snprintf(text, sizeof text, "%lld", (long long)late_ms);
    return pull_set_watermark(c->st, http_base(c->http), lateness, text, "", err);
}

static void grow_overlap(struct central *c)
{
    char *late = pull_watermark(c->st, http_base(c->http), lateness);
    long long wanted_s = late && *late ? 2 * strtoll(late, NULL, 10) / 1000 + 1 : 0;

    if (wanted_s > c->overlap_s)
        c->overlap_s = wanted_s < OVERLAP_MOST_S ? (int)wanted_s : OVERLAP_MOST_S;
    free(late);
}

static bool is_worth_another_try(const struct central *c, const struct course *course, enum rc rc)
{
    return rc == RC_NET && !central_stopped(c) && c->retry_after_ms <= 0 && course->status != 429 &&
           course->status != 0;
}

static enum rc try_passes(struct central *c, struct course *course, struct pull_pass *pass, struct err *err)
{
    const struct pull_pass fresh = *pass;
    enum rc rc = RC_OK;

    /* A page may have expired, or the server stumbled: the pass goes on from what was kept. */
    for (int attempt = 0; attempt < TRIES; attempt++) {
        *pass = fresh;
        rc = run_pass(c, course, pass, err);
        if (!is_worth_another_try(c, course, rc))
            break;
        if (course->wants_smaller && c->page_size > SMALLEST_PAGE)
            c->page_size = c->page_size / 2 > SMALLEST_PAGE ? c->page_size / 2 : SMALLEST_PAGE;
    }
    return rc;
}

/* Answers that are about this type alone: the others may do better. */
static bool is_its_own(const struct course *course, enum rc rc)
{
    return rc == RC_INVALID || ((rc == RC_NET || rc == RC_DENIED) && course->status > 0 && course->status != 401 &&
                                course->status != 429 && course->status != 503);
}

static enum rc pull_course(struct central *c, struct course *course, struct err *err)
{
    const char *type = course->type->type;
    struct pull_pass pass = { .belong = course->belong };
    struct err why = { 0 };
    enum rc rc;

    course->watermark = pull_watermark(c->st, course->scope_key, type);
    course->witness = pull_witness(c->st, course->scope_key, type);
    clock_parse(course->watermark, &pass.watermark_ms);
    pass.witness = *course->witness ? course->witness : NULL;
    rc = try_passes(c, course, &pass, &why);
    if (rc == RC_OK && (rc = finish_pass(c, course, &pass, &why)) == RC_OK)
        rc = note_lateness(c, pass.late_ms, &why);
    else if (is_its_own(course, rc)) {
        central_problem(c, "%s: %s", type, err_text(&why));
        log_line("sync", "pull of %s: %s", type, err_text(&why));
        rc = RC_OK;
    }
    free(course->watermark);
    free(course->witness);
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&why));
}

/* Positions belong to a server and a query: another of either starts from the beginning. */
char *pull_scope_key(const struct central *c, const char *query)
{
    return mem_printf("%s?%s", http_base(c->http), query);
}

static enum rc pull_type(struct central *c, const struct sync_type *type, struct belong *belong, struct err *err)
{
    size_t n = type->patient && belong->scope.n > 0 ? belong->scope.n : 1;
    enum rc rc = RC_OK;

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        const char *query = type->patient && belong->scope.n > 0 ? belong->scope.query[i] : "";
        char *scope_key = pull_scope_key(c, query);
        struct course course = { .type = type, .query = query, .scope_key = scope_key, .belong = belong };

        rc = pull_course(c, &course, err);
        free(scope_key);
    }
    return rc;
}

static enum rc pull_types(struct central *c, struct belong *belong, struct err *err)
{
    bool has_answers = false;
    enum rc rc = RC_OK;

    for (const struct sync_type *t = sync_types; t->type && rc == RC_OK; t++) {
        int64_t before = c->counts.pulled;

        if (capability_has_type(&c->caps, t->type))
            rc = pull_type(c, t, belong, err);
        has_answers |= c->counts.pulled != before && strcmp(t->type, "QuestionnaireResponse") == 0;
    }
    return rc == RC_OK && has_answers ? pull_former(c, err) : rc;
}

enum rc pull_all(struct central *c, struct err *err)
{
    char *scope_key = pull_scope_key(c, "");
    struct belong belong;
    enum rc rc;

    belong_init(&belong, c);
    grow_overlap(c);
    rc = pull_mark_deleted(c, scope_key, err);
    if (rc == RC_OK)
        rc = pull_today(c, &belong, err);
    if (rc == RC_OK)
        rc = pull_types(c, &belong, err);
    if (rc == RC_OK)
        rc = pull_deleted(c, scope_key, err);
    if (belong.set_aside > 0) {
        central_problem(c, _("%lld resources from outside server.scope were set aside"), (long long)belong.set_aside);
        log_line("sync", "%lld resources from outside the scope were set aside", (long long)belong.set_aside);
    }
    belong_done(&belong);
    free(scope_key);
    return rc;
}
