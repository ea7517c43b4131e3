#include "store/conflict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/audit.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_open[] =
    "INSERT INTO conflict(key, opened, opened_by, base, server, remote_version, remote_updated, fields)"
    " SELECT key, ?2, ?3, CASE WHEN base_version IS NULL THEN NULL ELSE nullif(coalesce(base_body, body), '') END, ?4, ?5, ?6, ?7"
    " FROM resource WHERE key = ?1"
    " ON CONFLICT(key) WHERE decided IS NULL DO UPDATE SET server = excluded.server,"
    "  remote_version = excluded.remote_version, remote_updated = excluded.remote_updated,"
    /* what was disputed before it was deleted is so again when it comes back */
    "  fields = CASE WHEN excluded.server IS NULL THEN fields ELSE excluded.fields END";
static const char sql_is_open[] = "SELECT 1 FROM conflict WHERE key = ?1 AND decided IS NULL";
static const char sql_list[] =
    "SELECT c.id, r.type, r.id, c.fields, c.opened, c.opened_by, c.remote_version, c.remote_updated, r.body"
    " FROM conflict c JOIN resource r ON r.key = c.key WHERE c.decided IS NULL ORDER BY c.id";
static const char sql_get[] =
    "SELECT c.id, r.type, r.id, c.fields, c.opened, c.opened_by, c.remote_version, c.remote_updated, r.body,"
    "  c.base, c.server, r.rev, c.chosen, c.key"
    " FROM conflict c JOIN resource r ON r.key = c.key WHERE c.id = ?1 AND c.decided IS NULL";
/* Revisions that sync wrote are the agent's own. */
static const char sql_last_edit[] =
    "SELECT a.staff, a.at FROM (SELECT act, rev FROM resource WHERE key = ?1 UNION ALL SELECT act, rev FROM history WHERE key = ?1) v"
    " JOIN audit a ON a.seq = v.act WHERE a.staff <> 'system' ORDER BY v.rev DESC LIMIT 1";
static const char sql_keep[] = "UPDATE conflict SET chosen = ?2 WHERE id = ?1 AND decided IS NULL";
static const char sql_decided[] = "SELECT decided_by, decided FROM conflict WHERE id = ?1 AND decided IS NOT NULL";
static const char sql_close[] = "UPDATE conflict SET decided = ?2, decided_by = ?3 WHERE id = ?1";

void conflict_done(struct conflict *c)
{
    free(c->fields);
    free(c->opened);
    free(c->opened_by);
    free(c->remote_version);
    free(c->remote_updated);
    free(c->chosen);
    doc_free(c->base);
    doc_free(c->here);
    doc_free(c->server);
    *c = (struct conflict){0};
}

bool conflict_is_open(struct store *st, int64_t key)
{
    struct query *q = query_open(st, sql_is_open);
    bool found;

    query_bind_int(q, 1, key);
    found = query_next(q);
    query_end(q, NULL);
    return found;
}

enum rc conflict_open(struct store *st, const char *type, const char *id, const struct doc *server,
                      const char *remote_version, const char *remote_updated, const char *fields_json,
                      const char *by, struct err *err)
{
    struct resource_row row = {0};
    char *text = NULL;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = resource_row_get(st, type, id, &row, err)) == RC_OK) {
        text = server ? doc_text(server, NULL) : NULL;
        rc = query_run(st, err, sql_open, "itttttt", row.key, st->tx.now, by, text, remote_version, remote_updated, fields_json);
        if (rc == RC_OK)
            rc = outbox_hold(st, row.key, err);
        store_changed(st, CHANGE_CONFLICT);
    }
    free(text);
    resource_row_done(&row);
    return store_end(st, rc, err);
}

static char *text_or_null(struct query *q, int column)
{
    return query_is_null(q, column) ? NULL : mem_dup(query_text(q, column));
}

static enum rc take_row(struct query *q, struct conflict *c, struct err *err)
{
    enum rc rc = doc_parse(query_text(q, 8), query_bytes(q, 8), &c->here, err);

    c->id = query_int(q, 0);
    snprintf(c->type, sizeof c->type, "%s", query_text(q, 1));
    snprintf(c->resource_id, sizeof c->resource_id, "%s", query_text(q, 2));
    c->fields = mem_dup(query_text(q, 3));
    c->opened = mem_dup(query_text(q, 4));
    c->opened_by = mem_dup(query_text(q, 5));
    c->remote_version = text_or_null(q, 6);
    c->remote_updated = text_or_null(q, 7);
    if (rc == RC_OK)
        snprintf(c->patient, sizeof c->patient, "%s", resource_patient(doc_root(c->here)));
    return rc;
}

enum rc conflict_list(struct store *st, struct conflict **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_list);
    enum rc rc = RC_OK, ended;
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    while (rc == RC_OK && query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        (*out)[*n] = (struct conflict){0};
        rc = take_row(q, &(*out)[(*n)++], err);
        doc_free((*out)[*n - 1].here);
        (*out)[*n - 1].here = NULL;
    }
    ended = query_end(q, err);
    if (rc == RC_OK && ended == RC_OK)
        return RC_OK;
    while (*n > 0)
        conflict_done(&(*out)[--*n]);
    free(*out);
    *out = NULL;
    return ended != RC_OK ? ended : rc;
}

static enum rc last_edit(struct store *st, int64_t key, struct conflict *out, struct err *err)
{
    struct query *q = query_open(st, sql_last_edit);

    query_bind_int(q, 1, key);
    if (query_next(q)) {
        snprintf(out->here_by, sizeof out->here_by, "%s", query_text(q, 0));
        snprintf(out->here_at, sizeof out->here_at, "%s", query_text(q, 1));
    }
    return query_end(q, err);
}

enum rc conflict_keep(struct store *st, int64_t id, const char *chosen, struct err *err)
{
    enum rc rc = store_begin(st, err);

    return rc == RC_OK ? store_end(st, query_run(st, err, sql_keep, "it", id, chosen), err) : rc;
}

void conflict_decided_by(struct store *st, int64_t id, char by[40], char at[40])
{
    struct query *q = query_open(st, sql_decided);

    by[0] = at[0] = '\0';
    query_bind_int(q, 1, id);
    if (query_next(q)) {
        snprintf(by, 40, "%s", query_text(q, 0));
        snprintf(at, 40, "%s", query_text(q, 1));
    }
    query_end(q, NULL);
}

enum rc conflict_get(struct store *st, int64_t id, struct conflict *out, struct err *err)
{
    struct query *q = query_open(st, sql_get);
    int64_t key = 0;
    enum rc rc, ended;

    *out = (struct conflict){0};
    query_bind_int(q, 1, id);
    if (query_next(q)) {
        rc = take_row(q, out, err);
        out->chosen = text_or_null(q, 12);
        key = query_int(q, 13);
        if (rc == RC_OK && !query_is_null(q, 9))
            rc = doc_parse(query_text(q, 9), query_bytes(q, 9), &out->base, err);
        if (rc == RC_OK && !query_is_null(q, 10))
            rc = doc_parse(query_text(q, 10), query_bytes(q, 10), &out->server, err);
        if (rc == RC_OK) {
            doc_set_rev(out->here, query_int(q, 11));
            if (out->server)
                doc_set_rev(out->server, query_int(q, 11));
        }
    } else {
        rc = err_set(err, RC_NOT_FOUND, _("There is no open conflict %lld."), (long long)id);
    }
    if ((ended = query_end(q, err)) != RC_OK)
        rc = ended;
    if (rc == RC_OK)
        rc = last_edit(st, key, out, err);
    if (rc != RC_OK)
        conflict_done(out);
    return rc;
}

enum rc conflict_lapse(struct store *st, int64_t id, const char *by, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql_close, "itt", id, st->tx.now, by);
    store_changed(st, CHANGE_CONFLICT);
    return store_end(st, rc, err);
}

static enum rc decide(struct store *st, const struct grant *grant, const struct conflict *c, struct doc *decided, struct err *err)
{
    struct resource_row row = {0};
    enum rc rc;

    if ((rc = resource_row_get(st, c->type, c->resource_id, &row, err)) != RC_OK)
        return rc;
    if (decided && row.rev != doc_rev(decided))
        rc = err_set(err, RC_STALE, _("%s/%s was changed by somebody else since it was read."), c->type, c->resource_id);
    else if (decided)
        rc = resource_rebase(st, grant, &row, decided, c->server, c->remote_version, c->remote_updated, err);
    else if (c->server)
        rc = err_set(err, RC_INVALID, _("%s/%s still exists at the server: it cannot be dropped here."), c->type, c->resource_id);
    else if ((rc = resource_remove(st, act_open(st, grant), &row, c->type, c->resource_id, err)) == RC_OK)
        rc = outbox_drop(st, row.key, err);
    resource_row_done(&row);
    return rc;
}

enum rc conflict_decide(struct store *st, const struct grant *grant, int64_t id, struct doc *decided,
                        struct err *err)
{
    struct conflict c = {0};
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);
    if ((rc = conflict_get(st, id, &c, err)) == RC_OK &&
        /* closed first: what is queued now is free to go */
        (rc = query_run(st, err, sql_close, "itt", id, st->tx.now, grant->staff)) == RC_OK &&
        (rc = decide(st, grant, &c, decided, err)) == RC_OK)
        audit_detail(st, "conflict=%lld", (long long)id);
    store_changed(st, CHANGE_CONFLICT);
    conflict_done(&c);
    return store_end(st, rc, err);
}
