#include "sync/pull_course.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/standing.h"
#include "store/store.h"
#include "store/sync_state.h"
#include "sync/apply.h"
#include "sync/belong.h"
#include "sync/central.h"

enum { TRIES = 3, ROUNDS_MOST = 4, SMALLEST_PAGE = 20, OVERLAP_MOST_S = 4 * 60 * 60 };

/* The row of the pull table that keeps the largest lateness seen; no resource type has such a name. */
static const char lateness[] = "_late";

/* From where a pass begins: a broken one where it stood, a new one at the watermark, both looking
 * back for what became visible late. */
static int64_t pass_floor(struct central *c, const char *scope_key, const char *type, const char *watermark)
{
    char *position = pull_page_position(c->st, scope_key, type);
    int64_t floor_ms = pull_floor(position, watermark, (int64_t)c->overlap_s * 1000);

    free(position);
    return floor_ms;
}

/* Its clock stands where it stood long ago: what it stamps now lies before the watermark. */
static bool is_behind(const struct central *c, const struct pull_pass *pass)
{
    return pass->started_ms > 0 && pass->started_ms + (int64_t)c->overlap_s * 500 < pass->watermark_ms;
}

static void ask_from(const struct central *c, struct course *course, int64_t floor_ms)
{
    struct pull_pass *pass = &course->pass;

    buf_clear(&course->first);
    pull_query(&course->first, course->type, course->query, floor_ms, c->page_size);
    walk_init(&course->walk, buf_text(&course->first), "searchset");
    pass->floor_ms = floor_ms;
    pass->last_ms = 0;
    pass->n_counted = 0;
    course->pulled_before = c->counts.pulled;
}

/* Rows that could only be counted shift when one before them is written, and one of them is never seen. None
 * can join them: two walks that find as many, and nothing new, have seen them all. */
static bool ask_again(const struct central *c, struct course *course)
{
    struct pull_pass *pass = &course->pass;
    bool is_settled = course->rounds > 0 && pass->n_counted == course->counted_before && c->counts.pulled == course->pulled_before;

    if (!pass->has_counted || is_settled || course->rounds == ROUNDS_MOST)
        return false;
    course->rounds++;
    course->counted_before = pass->n_counted;
    walk_done(&course->walk);
    ask_from(c, course, pass->floor_ms);
    return true;
}

/* What follows a counted page is asked for by the time that the page reached. Rows of one moment that fill a
 * page leave only the count. */
static void avoid_counting(const struct central *c, struct course *course)
{
    struct pull_pass *pass = &course->pass;

    if (!course->walk.is_counted)
        return;
    if (pass->is_unsorted || pass->last_ms <= pass->floor_ms) {
        pass->has_counted = true;
        return;
    }
    if (ask_again(c, course))
        return;
    walk_done(&course->walk);
    ask_from(c, course, pass->last_ms);
    pass->has_counted = false;
    course->rounds = 0;
}

static void open_walk(struct central *c, struct course *course)
{
    course->pass = (struct pull_pass){ .belong = course->belong, .witness = *course->witness ? course->witness : NULL };
    clock_parse(course->watermark, &course->pass.watermark_ms);
    ask_from(c, course, pass_floor(c, course->scope_key, course->type->type, course->watermark));
    course->is_open = true;
    course->rounds = 0;
}

static void close_walk(struct course *course)
{
    if (!course->is_open)
        return;
    course->wants_smaller = course->walk.wants_smaller;
    course->status = course->walk.status;
    walk_done(&course->walk);
    course->is_open = false;
}

void course_init(struct course *course, const struct central *c, const struct sync_type *type, const char *query,
                 struct belong *belong)
{
    *course = (struct course){ .type = type, .query = query, .belong = belong, .scope_key = pull_scope_key(c, query) };
}

void course_done(struct course *course)
{
    close_walk(course);
    buf_done(&course->first);
    free(course->scope_key);
    free(course->watermark);
    free(course->witness);
    *course = (struct course){ 0 };
}

void course_begin(struct central *c, struct course *course)
{
    if (course->watermark)
        return;
    course->watermark = pull_watermark(c->st, course->scope_key, course->type->type);
    course->witness = pull_witness(c->st, course->scope_key, course->type->type);
    open_walk(c, course);
    walk_begin(&course->walk, c);
}

static enum rc run_pass(struct central *c, struct course *course, struct err *err)
{
    struct pull_pass *pass = &course->pass;
    struct doc *page = NULL;
    enum rc rc;

    if (!course->is_open)
        open_walk(c, course);
    while ((rc = walk_page(&course->walk, c, &page, err)) == RC_OK && (page || ask_again(c, course))) {
        if (!page)
            continue;
        if (pass->started_ms == 0)
            clock_parse(node_path_str(doc_root(page), "meta.lastUpdated"), &pass->started_ms);
        pass->is_last_page = course->walk.next.len == 0;
        rc = pull_page(c, course->type, course->scope_key, course->watermark, page, pass, err);
        doc_free(page);
        if (rc != RC_OK)
            break;
        avoid_counting(c, course);
    }
    close_walk(course);
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

static void lower_watermark(const struct course *course, char *after)
{
    const struct pull_pass *pass = &course->pass;

    clock_instant(pass->started_ms, after);
    log_line("sync", "%s: the server's clock is %lld s behind what was seen of it; the watermark goes back with it",
             course->type->type, (long long)(pass->watermark_ms - pass->started_ms) / 1000);
}

static enum rc finish_pass(struct central *c, const struct course *course, struct err *err)
{
    const struct pull_pass *pass = &course->pass;
    char after[CLOCK_TEXT];
    const char *type = course->type->type, *witness = pass->reached_id;
    char *page = pull_page_position(c->st, course->scope_key, type);
    bool is_open = page && *page;
    enum rc rc;

    free(page);
    pull_watermark_after(pass, course->watermark, after, sizeof after);
    if (is_behind(c, pass)) {
        central_suspect(c, "its clock has gone back");
        lower_watermark(course, after);
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

void course_grow_overlap(struct central *c)
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

static enum rc try_passes(struct central *c, struct course *course, struct err *err)
{
    enum rc rc = RC_OK;

    /* A page may have expired, or the server stumbled: the pass goes on from what was kept. */
    for (int attempt = 0; attempt < TRIES; attempt++) {
        rc = run_pass(c, course, err);
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

enum rc course_run(struct central *c, struct course *course, struct err *err)
{
    struct err why = { 0 };
    enum rc rc;

    course_begin(c, course);
    rc = try_passes(c, course, &why);
    if (rc == RC_OK && (rc = finish_pass(c, course, &why)) == RC_OK)
        rc = note_lateness(c, course->pass.late_ms, &why);
    else if (is_its_own(course, rc)) {
        central_problem(c, "%s: %s", course->type->type, err_text(&why));
        log_line("sync", "pull of %s: %s", course->type->type, err_text(&why));
        rc = RC_OK;
    }
    return rc == RC_OK ? RC_OK : err_set(err, rc, "%s", err_text(&why));
}
