#include "store/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

/* The body of a row that was not sent is the resource itself, so that later edits need no second
 * row. Sending freezes it: what the server may have got must stay known until it answered. */

static const char sql_last[] =
    "SELECT max(coalesce((SELECT max(seq) FROM outbox), 0), coalesce((SELECT value + 0 FROM meta WHERE name = 'outbox_seq'), 0))";
static const char sql_given[] =
    "INSERT INTO meta(name, value) VALUES ('outbox_seq', ?1) ON CONFLICT(name) DO UPDATE SET value = excluded.value";
static const char sql_add_new[] = "INSERT INTO outbox(seq, key, queued) VALUES (?1, ?2, ?3)";
static const char sql_add[] =
    "INSERT INTO outbox(seq, key, queued) VALUES (?1, ?2, ?3)"
    " ON CONFLICT(key) WHERE state NOT IN (1, 2)"
    " DO UPDATE SET state = 0, attempts = 0, next_at = 0, last_status = 0, last_error = NULL"
    " WHERE state IN (4, 5)";      /* an edit frees what was blocked or refused; a conflict stays one */
/* Each of the two is a look into a partial index; without its condition all that is unsent would be read. */
static const char sql_drop[] = "DELETE FROM outbox WHERE key = ?1 AND state NOT IN (1, 2)";
static const char sql_drop_frozen[] = "DELETE FROM outbox WHERE key = ?1 AND state IN (1, 2)";
static const char sql_hold[] =
    "UPDATE outbox SET state = 3, body = NULL WHERE key = ?1 AND state NOT IN (1, 2)";
#define COLUMNS \
    "SELECT o.seq, o.op_id, r.type, r.id, o.key, CASE WHEN o.state IN (1, 2) THEN o.rev ELSE 0 END," \
    "  r.base_version, o.state, o.attempts, o.next_at, o.last_status, o.last_error, coalesce(o.body, r.body), o.sent_at," \
    "  coalesce(r.base_body = '', 0)" \
    " FROM outbox o JOIN resource r ON r.key = o.key"
/* Nothing waits longer than an hour: far ahead (OUTBOX_AHEAD_MOST_MS) means that the clock was set back. */
#define DUE \
    " AND (o.next_at <= ?2 OR o.next_at > ?2 + 7200000)" \
    " AND (o.state IN (1, 2) OR NOT EXISTS" \
    "      (SELECT 1 FROM outbox f WHERE f.key = o.key AND f.state IN (1, 2)))" \
    " ORDER BY o.seq LIMIT ?3"
static const char sql_list[] = COLUMNS " WHERE (?1 < 0 OR o.state = ?1)" DUE;
/* Few are not merely queued, and the index outbox_state holds just those. */
static const char sql_list_state[] = COLUMNS " WHERE o.state = ?1 AND o.state <> 0" DUE;
/* What names a file goes after it, but does not wait for it for ever (attachment.h). */
#define DUE_SEQ \
    "SELECT o.seq FROM outbox o WHERE o.seq > ?4 AND o.state = ?1" \
    " AND NOT EXISTS (SELECT 1 FROM attachment_use u JOIN attachment a ON a.hash = u.hash" \
    "   WHERE u.key = o.key AND a.state = 1 AND a.attempts < 3)"
static const char sql_due[] = DUE_SEQ DUE;
static const char sql_due_state[] = DUE_SEQ " AND o.state <> 0" DUE;
static const char sql_one[] = COLUMNS " WHERE o.seq = ?1";
static const char sql_state[] =
    "SELECT o.key, o.state, o.op_id <> '' AND o.rev = r.rev FROM outbox o JOIN resource r ON r.key = o.key WHERE o.seq = ?1";
static const char sql_freeze[] =
    "UPDATE outbox SET state = ?2, attempts = attempts + 1, next_at = ?3, last_status = ?4, last_error = ?5, op_id = coalesce(?6, op_id), sent_at = ?7,"
    "  (rev, body) = (SELECT rev, body FROM resource WHERE resource.key = outbox.key) WHERE seq = ?1";
static const char sql_set_frozen[] =
    "UPDATE outbox SET state = ?2, attempts = attempts + (?3 > 0), next_at = ?3, last_status = ?4, last_error = ?5,"
    /* ahead of now: the clock was set back, and it would be waited for until the clock is there again */
    "  sent_at = CASE WHEN ?2 = 1 THEN ?6 ELSE min(sent_at, ?6) END WHERE seq = ?1";
static const char sql_later[] = "DELETE FROM outbox WHERE key = ?1 AND seq <> ?2 AND state NOT IN (1, 2)";
static const char sql_thaw[] =
    "UPDATE outbox SET state = ?2, next_at = ?3, last_status = ?4, last_error = ?5, body = NULL WHERE seq = ?1";
static const char sql_again[] =
    "UPDATE outbox SET state = 0, attempts = 0, next_at = 0, body = NULL WHERE seq = ?1 AND state IN (0, 4, 5)";
static const char sql_sent[] = "SELECT o.key, o.rev, o.body, r.type, r.id FROM outbox o JOIN resource r ON r.key = o.key WHERE o.seq = ?1";
static const char sql_delete[] = "DELETE FROM outbox WHERE seq = ?1";
static const char sql_clean[] =
    "UPDATE resource SET base_version = ?2, base_updated = ?3, base_body = NULL WHERE key = ?1";
static const char sql_behind[] =
    "UPDATE resource SET base_version = ?2, base_updated = ?3, base_body = ?4 WHERE key = ?1";
static const char sql_count[] =
    "SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM outbox WHERE state <> 0 AND state = 5),"
    " (SELECT count(*) FROM outbox WHERE state <> 0 AND state = 3), (SELECT count(*) FROM outbox WHERE state <> 0 AND state = 4)";
static const char sql_oldest[] = "SELECT queued FROM outbox ORDER BY seq LIMIT 1";

static const char *const state_names[] = {
    [OUTBOX_QUEUED] = N_("queued"), [OUTBOX_IN_FLIGHT] = N_("in flight"), [OUTBOX_IN_DOUBT] = N_("in doubt"),
    [OUTBOX_CONFLICT] = N_("conflict"), [OUTBOX_BLOCKED] = N_("blocked"), [OUTBOX_REFUSED] = N_("refused"),
};

const char *outbox_state_name(enum outbox_state state)
{
    return state_names[state];
}

void outbox_row_done(struct outbox_row *row)
{
    free(row->last_error);
    free(row->body);
    *row = (struct outbox_row){0};
}

/* AUTOINCREMENT would write its own table for each row; one row of meta a transaction is enough. */
static int64_t next_seq(struct store *st)
{
    struct query *q;

    if (!st->tx.outbox_seq) {
        q = query_open(st, sql_last);
        if (query_next(q))
            st->tx.outbox_seq = query_int(q, 0);
        if (query_end(q, NULL) != RC_OK)
            st->tx.doomed = RC_DB;
    }
    return ++st->tx.outbox_seq;
}

enum rc outbox_write_seq(struct store *st, struct err *err)
{
    return st->tx.outbox_seq ? query_run(st, err, sql_given, "i", st->tx.outbox_seq) : RC_OK;
}

enum rc outbox_add(struct store *st, int64_t key, bool is_new, struct err *err)
{
    store_changed(st, CHANGE_OUTBOX);
    return query_run(st, err, is_new ? sql_add_new : sql_add, "iii", next_seq(st), key, st->tx.now_ms);
}

enum rc outbox_drop(struct store *st, int64_t key, struct err *err)
{
    enum rc rc = query_run(st, err, sql_drop, "i", key);

    store_changed(st, CHANGE_OUTBOX);
    return rc == RC_OK ? query_run(st, err, sql_drop_frozen, "i", key) : rc;
}

enum rc outbox_hold(struct store *st, int64_t key, struct err *err)
{
    store_changed(st, CHANGE_OUTBOX);
    return query_run(st, err, sql_hold, "i", key);
}

static void take_row(struct query *q, struct outbox_row *row)
{
    *row = (struct outbox_row){
        .seq = query_int(q, 0), .key = query_int(q, 4), .rev = query_int(q, 5),
        .is_create = query_is_null(q, 6), .state = (enum outbox_state)query_int(q, 7),
        .attempts = (int)query_int(q, 8), .next_at = query_int(q, 9), .last_status = (int)query_int(q, 10),
    };
    snprintf(row->op_id, sizeof row->op_id, "%s", query_text(q, 1));
    snprintf(row->type, sizeof row->type, "%s", query_text(q, 2));
    snprintf(row->id, sizeof row->id, "%s", query_text(q, 3));
    snprintf(row->base_version, sizeof row->base_version, "%s", query_text(q, 6));
    row->last_error = query_is_null(q, 11) ? NULL : mem_dup(query_text(q, 11));
    row->body = mem_dup(query_text(q, 12));
    row->sent_at = query_int(q, 13);
    row->undoes_deletion = query_int(q, 14);
}

enum rc outbox_list(struct store *st, int state, int64_t now_ms, int limit,
                    struct outbox_row **out, int *n, struct err *err)
{
    struct query *q = query_open(st, state > 0 ? sql_list_state : sql_list);
    size_t count = 0, cap = 0;
    enum rc rc;

    *out = NULL;
    query_bind_int(q, 1, state);
    query_bind_int(q, 2, now_ms);
    query_bind_int(q, 3, limit);
    while (query_next(q)) {
        MEM_ROOM(*out, count, cap);
        take_row(q, &(*out)[count++]);
    }
    if ((rc = query_end(q, err)) != RC_OK) {
        while (count > 0)
            outbox_row_done(&(*out)[--count]);
        free(*out);
        *out = NULL;
    }
    *n = (int)count;
    return rc;
}

enum rc outbox_due(struct store *st, enum outbox_state state, int64_t after, int64_t now_ms, int limit,
                   int64_t *seq, int *n, struct err *err)
{
    struct query *q = query_open(st, state == OUTBOX_QUEUED ? sql_due : sql_due_state);

    query_bind_int(q, 1, state);
    query_bind_int(q, 2, now_ms);
    query_bind_int(q, 3, limit);
    query_bind_int(q, 4, after);
    for (*n = 0; query_next(q); (*n)++)
        seq[*n] = query_int(q, 0);
    return query_end(q, err);
}

struct place { int64_t key; enum outbox_state state; bool same_text; /* as was sent before */ };

static enum rc place_of(struct store *st, int64_t seq, struct place *out, struct err *err)
{
    struct query *q = query_open(st, sql_state);
    bool found;
    enum rc rc;

    query_bind_int(q, 1, seq);
    if ((found = query_next(q)))
        *out = (struct place){ query_int(q, 0), (enum outbox_state)query_int(q, 1), query_int(q, 2) != 0 };
    rc = query_end(q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, _("The outbox has no row %lld."), (long long)seq) : rc;
}

static bool is_frozen(enum outbox_state state)
{
    return state == OUTBOX_IN_FLIGHT || state == OUTBOX_IN_DOUBT;
}

/* The same text sent again keeps its X-Request-Id; another text must not share it. */
static enum rc freeze(struct store *st, int64_t seq, const struct place *at, enum outbox_state state,
                      int64_t next_at, int status, const char *error, struct err *err)
{
    char op_id[37];

    crypto_uuid(op_id);
    return query_run(st, err, sql_freeze, "iiiitti", seq, (int64_t)state, next_at, (int64_t)status, error,
                     at->same_text ? NULL : op_id, st->tx.now_ms);
}

/* An edit that queued behind is part of the resource by now: the older row takes it along. */
static enum rc thaw(struct store *st, int64_t seq, const struct place *at, enum outbox_state state,
                    int64_t next_at, int status, const char *error, struct err *err)
{
    enum rc rc = query_run(st, err, sql_later, "ii", at->key, seq);

    if (rc == RC_OK && state == OUTBOX_REFUSED && is_frozen(at->state) && !at->same_text)
        return query_run(st, err, sql_thaw, "iiiin", seq, (int64_t)OUTBOX_QUEUED, (int64_t)0, (int64_t)0);  /* that was another text */
    return rc != RC_OK ? rc : query_run(st, err, sql_thaw, "iiiit", seq, (int64_t)state, next_at, (int64_t)status, error);
}

enum rc outbox_set(struct store *st, int64_t seq, enum outbox_state state, int64_t next_at,
                   int status, const char *error, struct err *err)
{
    struct place at = {0};
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = place_of(st, seq, &at, err)) == RC_OK) {
        if (is_frozen(state) && is_frozen(at.state))
            rc = query_run(st, err, sql_set_frozen, "iiiiti", seq, (int64_t)state, next_at, (int64_t)status, error, st->tx.now_ms);
        else if (is_frozen(state))
            rc = freeze(st, seq, &at, state, next_at, status, error, err);
        else
            rc = thaw(st, seq, &at, state, next_at, status, error, err);
    }
    store_changed(st, CHANGE_OUTBOX);
    return store_end(st, rc, err);
}

enum rc outbox_get(struct store *st, int64_t seq, struct outbox_row *out, struct err *err)
{
    struct query *q = query_open(st, sql_one);
    bool found;
    enum rc rc;

    *out = (struct outbox_row){0};
    query_bind_int(q, 1, seq);
    if ((found = query_next(q)))
        take_row(q, out);
    rc = query_end(q, err);
    return rc == RC_OK && !found ? err_set(err, RC_NOT_FOUND, _("The outbox has no row %lld."), (long long)seq) : rc;
}

enum rc outbox_take(struct store *st, int64_t seq, struct outbox_row *out, struct err *err)
{
    enum rc rc = store_begin(st, err);

    *out = (struct outbox_row){0};
    if (rc != RC_OK)
        return rc;
    if ((rc = outbox_set(st, seq, OUTBOX_IN_FLIGHT, 0, 0, NULL, err)) == RC_OK)
        rc = outbox_get(st, seq, out, err);
    if ((rc = store_end(st, rc, err)) != RC_OK)
        outbox_row_done(out);
    return rc;
}

enum rc outbox_retry(struct store *st, int64_t seq, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_again, "i", seq);
    if (rc == RC_OK && store_rows_changed(st) == 0)
        rc = err_set(err, RC_INVALID, _("Row %lld of the outbox is not one that can be tried again."), (long long)seq);
    store_changed(st, CHANGE_OUTBOX);
    return store_end(st, rc, err);
}

/* What was sent, from its frozen row. */
struct sent { int64_t key, rev; char type[40], id[72]; struct doc *doc; };

static enum rc sent_get(struct store *st, int64_t seq, struct sent *out, struct err *err)
{
    struct query *q = query_open(st, sql_sent);
    enum rc rc = RC_OK, ended;

    *out = (struct sent){0};
    query_bind_int(q, 1, seq);
    if (!query_next(q))
        rc = err_set(err, RC_NOT_FOUND, _("The outbox has no row %lld."), (long long)seq);
    else if (query_is_null(q, 2))
        rc = err_set(err, RC_INVALID, _("Row %lld of the outbox was not sent."), (long long)seq);
    else {
        out->key = query_int(q, 0);
        out->rev = query_int(q, 1);
        snprintf(out->type, sizeof out->type, "%s", query_text(q, 3));
        snprintf(out->id, sizeof out->id, "%s", query_text(q, 4));
        rc = doc_parse(query_text(q, 2), query_bytes(q, 2), &out->doc, err);
    }
    ended = query_end(q, err);
    return ended != RC_OK ? ended : rc;
}

/* Nothing was edited since: what the server says is what we have. Equal text is left alone, so that
 * a screen holding this revision can still write it. */
static enum rc done_clean(struct store *st, const struct grant *grant, const struct resource_row *row,
                          struct doc *echo, const char *version, const char *updated, struct err *err)
{
    struct base base = { .version = version, .updated = updated };

    if (!echo || doc_equal_content(echo, row->doc))
        return query_run(st, err, sql_clean, "itt", row->key, version, updated);
    return resource_revise(st, act_open(st, grant), row, echo, &base, err);
}

static enum rc done_behind(struct store *st, const struct sent *sent, const struct doc *echo,
                           const char *version, const char *updated, struct err *err)
{
    char *text = doc_text(echo ? echo : sent->doc, NULL);
    enum rc rc = query_run(st, err, sql_behind, "ittt", sent->key, version, updated, text);

    free(text);
    return rc;
}

static enum rc done(struct store *st, const struct grant *grant, int64_t seq, const char *version, const char *updated,
                    struct doc *echo, struct err *err)
{
    struct resource_row row = {0};
    struct sent sent;
    enum rc rc = sent_get(st, seq, &sent, err);

    if (rc == RC_OK && (rc = resource_row_get(st, sent.type, sent.id, &row, err)) == RC_OK &&
        (rc = query_run(st, err, sql_delete, "i", seq)) == RC_OK)
        rc = row.rev == sent.rev ? done_clean(st, grant, &row, echo, version, updated, err)
                                 : done_behind(st, &sent, echo, version, updated, err);
    resource_row_done(&row);
    doc_free(sent.doc);
    store_changed(st, CHANGE_OUTBOX);
    return rc;
}

enum rc outbox_done(struct store *st, const struct grant *grant, int64_t seq, const char *version,
                    const char *updated, const char *echo, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if (echo && echo[0])
        rc = doc_parse(echo, __builtin_strlen(echo), &doc, err);
    if (rc == RC_OK)
        rc = done(st, grant, seq, version, updated, doc, err);
    doc_free(doc);
    return store_end(st, rc, err);
}

enum rc outbox_count(struct store *st, struct outbox_counts *out, struct err *err)
{
    struct query *q = query_open(st, sql_count);
    enum rc rc;

    *out = (struct outbox_counts){0};
    if (query_next(q))
        *out = (struct outbox_counts){ .unsent = query_int(q, 0), .refused = query_int(q, 1),
                                       .conflict = query_int(q, 2), .blocked = query_int(q, 3) };
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    q = query_open(st, sql_oldest);
    if (query_next(q))
        out->oldest_ms = query_int(q, 0);
    return query_end(q, err);
}
