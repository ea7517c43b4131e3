/* check_desk.c - what a desk holds beside what the server has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/outbox.h"
#include "store/query.h"
#include "store/sync_state.h"
#include "sync/answer.h"
#include "tests/sync/sim/check.h"
#include "tests/sync/sim/place.h"
#include "tests/sync/sim/trace.h"
#include "tests/sync/sim/world.h"

static const char *const types[] = { "Patient", "Task", "Appointment", "Communication", "_history" };

static const char sql_row[] =
    "SELECT r.deleted, coalesce(r.base_version, ''), r.base_body IS NOT NULL OR r.base_version IS NULL, r.body,"
    "  EXISTS (SELECT 1 FROM outbox o WHERE o.key = r.key) FROM resource r WHERE r.type = ?1 AND r.id = ?2";
static const char sql_rows[] =
    "SELECT r.type, r.id, r.body, r.deleted, coalesce(r.base_version, ''), (SELECT state FROM outbox o WHERE o.key = r.key)"
    " FROM resource r ORDER BY r.type, r.id";
static const char sql_waiting[] =
    "SELECT r.type, r.id, o.state, coalesce(o.last_error, '') FROM outbox o JOIN resource r ON r.key = o.key ORDER BY o.seq";
static const char sql_twice[] =
    "SELECT r.type, r.id, c.remote_version FROM conflict c JOIN resource r ON r.key = c.key"
    " WHERE c.remote_version IS NOT NULL GROUP BY c.key, c.remote_version, c.server IS NULL, c.base HAVING count(*) > 1";
static const char sql_quarantine[] = "SELECT count(*) FROM quarantine";

struct row { bool is_there, is_deleted, is_dirty, is_waiting; char version[72]; char *body; };

static struct row row_get(struct desk *desk, const char *type, const char *id)
{
    struct query *q = query_open(desk->st, sql_row);
    struct row row = { 0 };

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q)) {
        row.is_there = true;
        row.is_deleted = query_int(q, 0) != 0;
        row.is_dirty = query_int(q, 2) != 0;
        row.is_waiting = query_int(q, 4) != 0;
        snprintf(row.version, sizeof row.version, "%s", query_text(q, 1));
        row.body = mem_dup(query_text(q, 3));
    }
    query_end(q, NULL);
    return row;
}

/* ---- cursors ---- */

void check_cursors(struct world *w, struct desk *desk)
{
    for (size_t i = 0; desk->st && i < sizeof types / sizeof *types; i++) {
        char *is = pull_watermark(desk->st, CENTRAL_URL "?", types[i]);
        int64_t was_ms = 0, is_ms = 0;
        if (desk->watermark[i] && clock_parse(desk->watermark[i], &was_ms) && (!clock_parse(is, &is_ms) || is_ms < was_ms))
            violation("I7", "desk %d: the watermark of %s went back from %s to \"%s\"", desk->number, types[i],
                      desk->watermark[i], is);
        free(desk->watermark[i]);
        desk->watermark[i] = is;
    }
    (void)w;
}

/* The newest version that anybody could see at that time; its line of the log, -1 none. */
static long seen_by(const struct world *w, const char *type, const char *id, int64_t at_ms)
{
    long line = -1;

    for (size_t i = 0; i < model_commits(w->server); i++) {
        struct model_commit c = model_commit(w->server, i);
        if (strcmp(c.id, id) == 0 && strcmp(c.type, type) == 0 && c.at_ms + 120000 < at_ms)
            line = (long)i;
    }
    return line;
}

static void check_one_brought(struct world *w, struct desk *desk, size_t line, int64_t began_ms)
{
    struct model_commit c = model_commit(w->server, line);

    if (seen_by(w, c.type, c.id, began_ms) != (long)line || strcmp(c.type, "Basic") == 0)
        return;
    const char *now = model_body(w->server, c.type, c.id);
    if (!now || !*now)
        return;                 /* deleted since */
    struct row row = row_get(desk, c.type, c.id);
    long have = strtol(row.version, NULL, 10), there = strtol(c.version, NULL, 10);
    if (!c.is_delete && !row.is_waiting && !(row.is_there && row.is_deleted) && (!row.is_there || have < there))
        violation("I7", "desk %d passed, and has %s/%s at version \"%s\" although %s could be seen", desk->number, c.type,
                  c.id, row.version, c.version);
    free(row.body);
}

void check_brought(struct world *w, struct desk *desk, long long began_ms)
{
    for (size_t i = 0; i < model_commits(w->server); i++)
        check_one_brought(w, desk, i, began_ms);
}

/* ---- the end ---- */

/* Is the value at the server in some version, or in sight at the desk where it was typed? */
static bool is_accounted_for(struct world *w, const struct token *t)
{
    struct desk *desk = &w->desk[t->author - 1];

    if (t->is_decided_away)
        return true;
    for (size_t i = 0; i < model_commits(w->server); i++)
        if (ledger_in(model_commit(w->server, i).body, t->number))
            return true;
    struct row row = row_get(desk, t->type, t->id);
    bool is_waiting = row.is_there && row.is_waiting && ledger_in(row.body, t->number);
    free(row.body);
    if (is_waiting)
        return true;
    for (size_t i = 0; i < w->ledger.n; i++) {
        const struct token *over = &w->ledger.token[i];
        if (over->replaces == t->number && over->author == t->author && (over->is_saved || is_accounted_for(w, over)))
            return true;
    }
    return false;
}

static void check_saves(struct world *w)
{
    for (size_t i = 0; i < w->ledger.n; i++) {
        const struct token *t = &w->ledger.token[i];
        if (t->author > 0 && t->is_saved && !is_accounted_for(w, t))
            violation("I1", "tok-%d of desk %d in %s/%s was saved and is nowhere", t->number, t->author, t->type, t->id);
    }
}

static void check_equal(struct world *w, struct desk *desk, const char *type, const char *id, const char *body)
{
    struct row row = row_get(desk, type, id);
    struct doc *here = NULL, *there = NULL;

    if (row.is_there && row.is_waiting) {
        free(row.body);
        return;                 /* in sight: check_waiting looks whether it may be */
    }
    if (!*body) {
        if (row.is_there && !row.is_deleted)
            violation("I5", "desk %d still has %s/%s, which was deleted", desk->number, type, id);
    } else if (!row.is_there || row.is_deleted || row.is_dirty) {
        violation("I5", "desk %d: %s/%s is %s", desk->number, type, id,
                  !row.is_there ? "missing" : row.is_deleted ? "deleted here only" : "not sent and not queued");
    } else if (doc_parse(row.body, strlen(row.body), &here, NULL) != RC_OK || doc_parse(body, strlen(body), &there, NULL) != RC_OK ||
               !doc_equal_content(here, there) || strcmp(row.version, node_path_str(doc_root(there), "meta.versionId")) != 0) {
        violation("I5", "desk %d: %s/%s differs: version %s here, %s there", desk->number, type, id, row.version,
                  node_path_str(doc_root(there), "meta.versionId"));
    }
    (void)w;
    doc_free(here);
    doc_free(there);
    free(row.body);
}

struct refused_check { struct desk *desk; bool is_found; };

static bool is_refused(void *ctx, const char *type, const char *id)
{
    struct refused_check *r = ctx;
    struct row row = row_get(r->desk, type, id);

    r->is_found = row.is_waiting && strstr(row.body, "implicitRules");
    free(row.body);
    return !r->is_found;
}

/* It will not be taken, or goes only together with something that will not be. */
static bool may_be_refused(struct desk *desk, const char *type, const char *id)
{
    struct refused_check r = { .desk = desk };
    struct row row = row_get(desk, type, id);
    struct doc *doc = NULL;

    r.is_found = row.body && strstr(row.body, "implicitRules");
    if (row.body && !r.is_found && doc_parse(row.body, strlen(row.body), &doc, NULL) == RC_OK)
        answer_each_reference(doc_root(doc), is_refused, &r);
    doc_free(doc);
    free(row.body);
    return r.is_found;
}

/* Only what the server does not take, and what refers to that, may still wait. */
static void check_waiting(struct world *w, struct desk *desk)
{
    struct query *q = query_open(desk->st, sql_waiting);

    while (query_next(q)) {
        int64_t state = query_int(q, 2);
        if (!(state == OUTBOX_REFUSED && may_be_refused(desk, query_text(q, 0), query_text(q, 1))) && state != OUTBOX_BLOCKED)
            violation("I10", "desk %d: %s/%s still is %s: %s", desk->number, query_text(q, 0), query_text(q, 1),
                      outbox_state_name((enum outbox_state)state), query_text(q, 3));
    }
    query_end(q, NULL);
    (void)w;
}

static void check_conflicts(struct desk *desk)
{
    struct query *q = query_open(desk->st, sql_twice);

    while (query_next(q))
        violation("conflict", "desk %d: %s/%s was put to a person twice for version %s", desk->number, query_text(q, 0),
                  query_text(q, 1), query_text(q, 2));
    query_end(q, NULL);
    q = query_open(desk->st, sql_quarantine);
    if (query_next(q) && query_int(q, 0) > 0)
        violation("quarantine", "desk %d: %lld rows went to quarantine", desk->number, (long long)query_int(q, 0));
    query_end(q, NULL);
}

static void check_desk(struct world *w, struct desk *desk)
{
    for (size_t i = 0; i < model_commits(w->server); i++) {
        struct model_commit c = model_commit(w->server, i);
        if (strcmp(c.type, "Basic") != 0)
            check_equal(w, desk, c.type, c.id, model_body(w->server, c.type, c.id));
    }
    check_waiting(w, desk);
    check_conflicts(desk);
}

void check_end(struct world *w)
{
    check_log(w);
    for (int i = 0; i < w->n_desks; i++) {
        check_cursors(w, &w->desk[i]);
        check_desk(w, &w->desk[i]);
    }
    check_saves(w);
}

unsigned long long check_sum(struct desk *desk)
{
    struct query *q = query_open(desk->st, sql_rows);
    unsigned long long h = 14695981039346656037u;

    while (query_next(q))
        for (int column = 0; column < 6; column++)
            for (const char *p = query_text(q, column); ; p++) {
                h = (h ^ (unsigned char)*p) * 1099511628211u;
                if (!*p)
                    break;
            }
    query_end(q, NULL);
    return h;
}
