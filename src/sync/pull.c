#include "sync/pull.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sync_state.h"
#include "sync/belong.h"
#include "sync/central.h"
#include "sync/export.h"
#include "sync/pull_course.h"
#include "sync/pull_feed.h"

/* Types asked for before their turn, once the first pull is over: most have nothing new, and on a slow line it is
 * the waiting that takes the time. Leaves a lane for the page after this one and one for questions between. */
enum { AHEAD = 2 };

/* Rows of the pull table: the first pull is over; when every type was last asked for, by the clock here. No
 * resource type has such names. */
static const char whole[] = "_whole", looked[] = "_looked";

/* The feed tells which types to ask for; now and then all are, since a feed is no proof. */
enum { LOOK_MS = 10 * 60 * 1000 };

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

void pull_position(const struct pull_pass *pass, char *out, size_t size)
{
    char began[CLOCK_TEXT] = "", floor[CLOCK_TEXT] = "";

    out[0] = '\0';
    if (pass->is_unsorted)
        return;
    if (pass->started_ms > 0)
        clock_instant(pass->started_ms, began);
    if (pass->floor_ms > 0)
        clock_instant(pass->floor_ms, floor);
    snprintf(out, size, "%s%s%s", pass->has_counted ? floor : pass->reached, *began ? " " : "", began);
}

int64_t pull_floor(const char *position, const char *watermark, int64_t overlap_ms)
{
    const char *space = strchr(position, ' ');
    char reached[CLOCK_TEXT];
    int64_t floor = 0, began = 0;

    snprintf(reached, sizeof reached, "%.*s", (int)strcspn(position, " "), position);
    if (!clock_parse(reached, &floor))
        clock_parse(watermark, &floor);
    else if (space && clock_parse(space + 1, &began))
        return floor < began - overlap_ms ? floor : began - overlap_ms;
    return floor > overlap_ms ? floor - overlap_ms : 0;
}

/* Positions belong to a server and a query: another of either starts from the beginning. */
char *pull_scope_key(const struct central *c, const char *query)
{
    return mem_printf("%s?%s", http_base(c->http), query);
}

/* Every type the server has, every query for what is about patients. */
struct courses { struct course *course; size_t n, cap; };

static void add_courses(struct courses *all, const struct central *c, const struct sync_type *type, struct belong *belong)
{
    bool is_scoped = type->patient && belong->scope.n > 0;

    for (size_t i = 0; i < (is_scoped ? belong->scope.n : 1); i++) {
        MEM_ROOM(all->course, all->n, all->cap);
        course_init(&all->course[all->n++], c, type, is_scoped ? belong->scope.query[i] : "", belong);
    }
}

static enum rc run_courses(struct central *c, struct courses *all, size_t ahead, bool *has_answers, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < all->n && rc == RC_OK; i++) {
        int64_t before = c->counts.pulled;

        for (size_t k = i; k < all->n && k <= i + ahead; k++)
            course_begin(c, &all->course[k]);
        rc = course_run(c, &all->course[i], err);
        *has_answers |= c->counts.pulled != before && strcmp(all->course[i].type->type, "QuestionnaireResponse") == 0;
    }
    return rc;
}

static bool is_first_pull(struct central *c, const char *scope_key)
{
    char *is_whole = pull_watermark(c->st, scope_key, whole);
    bool is_first = !*is_whole;

    free(is_whole);
    return is_first;
}

/* feed: only what it names, NULL everything. */
static enum rc pull_types(struct central *c, struct belong *belong, const char *scope_key, const struct feed *feed,
                          struct err *err)
{
    struct courses all = { 0 };
    bool is_first = is_first_pull(c, scope_key), has_answers = false;
    enum rc rc;

    for (const struct sync_type *t = sync_types; t->type; t++)
        if (capability_has_type(&c->caps, t->type) && (!feed || feed_names(feed, t->type)))
            add_courses(&all, c, t, belong);
    rc = run_courses(c, &all, is_first ? 0 : AHEAD, &has_answers, err);
    for (size_t i = 0; i < all.n; i++)
        course_done(&all.course[i]);
    free(all.course);
    if (rc == RC_OK && has_answers)
        rc = pull_former(c, err);
    if (rc == RC_OK && is_first)
        rc = pull_set_watermark(c->st, scope_key, whole, "yes", "", err);
    return rc;
}

/* Everything was looked at not long ago, and the feed has been read since. */
static bool is_enough(struct central *c, const char *scope_key, const struct feed *feed)
{
    char *last = pull_watermark(c->st, scope_key, looked);
    int64_t at = 0, now = clock_now_ms();
    bool is_enough = feed->is_read && !feed->is_vague && clock_parse(last, &at) && at <= now && now - at < LOOK_MS;

    free(last);
    return is_enough;
}

static enum rc note_look(struct central *c, const char *scope_key, struct err *err)
{
    char now[CLOCK_TEXT];

    clock_instant(clock_now_ms(), now);
    return pull_set_watermark(c->st, scope_key, looked, now, "", err);
}

/* Deletes first: what was made again since is brought by its type. What the feed told is kept only when
 * nothing of it was left undone. The first pull has nothing yet that could have been deleted: the pass after
 * it reads the feed, from before that pull on. */
static enum rc pull_changes(struct central *c, struct belong *belong, const char *scope_key, struct err *err)
{
    struct feed feed = { 0 };
    enum rc rc = is_first_pull(c, scope_key) ? RC_OK : feed_read(c, scope_key, &feed, err);
    bool is_brief = rc == RC_OK && is_enough(c, scope_key, &feed);

    if (rc == RC_OK)
        rc = pull_types(c, belong, scope_key, is_brief ? &feed : NULL, err);
    if (rc == RC_OK)
        rc = pull_newcomers(c, belong, err);
    if (rc == RC_OK && !*c->problem)
        rc = feed_keep(c, scope_key, &feed, err);
    if (rc == RC_OK && feed.is_read && !*c->problem && !is_brief)
        rc = note_look(c, scope_key, err);
    feed_done(&feed);
    return rc;
}

enum rc pull_all(struct central *c, struct err *err)
{
    char *scope_key = pull_scope_key(c, "");
    struct belong belong;
    bool is_exporting = false;
    enum rc rc;

    belong_init(&belong, c);
    course_grow_overlap(c);
    rc = feed_mark(c, scope_key, err);
    if (rc == RC_OK)
        rc = pull_today(c, &belong, err);
    if (rc == RC_OK)
        rc = export_pull(c, &belong, &is_exporting, err);
    if (rc == RC_OK && !is_exporting)
        rc = pull_changes(c, &belong, scope_key, err);
    if (belong.set_aside > 0) {
        central_problem(c, _("%lld resources from outside server.scope were set aside"), (long long)belong.set_aside);
        log_line("sync", "%lld resources from outside the scope were set aside", (long long)belong.set_aside);
    }
    belong_done(&belong);
    free(scope_key);
    return rc;
}
