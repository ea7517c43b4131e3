#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_get[] =
    "SELECT body, rev FROM resource WHERE type = ?1 AND id = ?2 AND deleted = 0";
static const char sql_has[] =
    "SELECT 1 FROM resource WHERE type = ?1 AND id = ?2 AND deleted = 0";
static const char sql_get_rev[] =
    "SELECT body, rev FROM resource WHERE type = ?1 AND id = ?2 AND rev = ?3"
    " UNION ALL SELECT h.body, h.rev FROM resource r JOIN history h ON h.key = r.key"
    " WHERE r.type = ?1 AND r.id = ?2 AND h.rev = ?3";
static const char sql_row[] =
    "SELECT key, rev, deleted, base_body IS NOT NULL OR base_version IS NULL, base_version, body"
    " FROM resource WHERE type = ?1 AND id = ?2";
static const char sql_add[] =
    "INSERT INTO resource(type, id, rev, act, updated, body, base_version, base_updated)"
    " VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(type, id) DO NOTHING";
static const char sql_history[] =
    "INSERT INTO history(key, rev, act, updated, deleted, body)"
    " SELECT key, rev, act, updated, deleted, body FROM resource WHERE key = ?1";
/* A local edit: the server's text is put by when the first edit parts from it. */
static const char sql_edit[] =
    "UPDATE resource SET rev = rev + 1, act = ?2, updated = ?3, body = ?4, deleted = 0,"
    " base_body = CASE WHEN base_version IS NULL THEN NULL ELSE coalesce(base_body, body) END WHERE key = ?1";
/* The same from the server's side: base_body NULL makes it clean. */
static const char sql_rebase[] =
    "UPDATE resource SET rev = rev + 1, act = ?2, updated = ?3, body = ?4, deleted = 0,"
    " base_version = ?5, base_updated = ?6, base_body = ?7 WHERE key = ?1";
static const char sql_remove[] =
    "UPDATE resource SET rev = rev + 1, act = ?2, updated = ?3, deleted = 1, base_body = NULL WHERE key = ?1";

enum { MAX_GUARDS = 64 };
static struct { struct { const char *type; guard_fn fn; } row[MAX_GUARDS]; size_t n; } guards;

void store_guard(const char *type, guard_fn guard)
{
    for (size_t i = 0; i < guards.n; i++)
        if (guards.row[i].fn == guard && !strcmp(guards.row[i].type, type))
            return;
    if (guards.n == MAX_GUARDS)
        mem_fatal("too many guards");
    guards.row[guards.n].type = type;
    guards.row[guards.n++].fn = guard;
}

static enum rc run_guards(struct store *st, const struct grant *grant, const struct doc *before,
                          const struct doc *after, struct err *err)
{
    const char *type = doc_type(after);
    enum rc rc = RC_OK;

    for (size_t i = 0; i < guards.n && rc == RC_OK; i++)
        if (!strcmp(guards.row[i].type, type))
            rc = guards.row[i].fn(st, grant, before, after, err);
    return rc;
}

/* A stored document that does not read is damage, not a wrong input. */
static enum rc read_body(struct query *q, const char *type, const char *id, struct doc **out, struct err *err)
{
    const char *body = query_text(q, 0);

    if (doc_parse(body, query_bytes(q, 0), out, err) != RC_OK)
        return err_set(err, RC_DB, _("%s/%s is damaged in the database."), type, id);
    doc_set_rev(*out, query_int(q, 1));
    return RC_OK;
}

static enum rc get(struct query *q, const char *type, const char *id, struct doc **out, struct err *err)
{
    enum rc rc = RC_NOT_FOUND, ended;

    *out = NULL;
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q))
        rc = read_body(q, type, id, out, err);
    ended = query_end(q, err);
    if (ended != RC_OK) {
        doc_free(*out);
        *out = NULL;
        return ended;
    }
    return rc == RC_NOT_FOUND ? err_set(err, rc, _("There is no %s/%s."), type, id) : rc;
}

enum rc store_get(struct store *st, const char *type, const char *id, struct doc **out, struct err *err)
{
    return get(query_open(st, sql_get), type, id, out, err);
}

enum rc store_get_rev(struct store *st, const char *type, const char *id, int64_t rev,
                      struct doc **out, struct err *err)
{
    struct query *q = query_open(st, sql_get_rev);

    query_bind_int(q, 3, rev);
    return get(q, type, id, out, err);
}

bool store_has(struct store *st, const char *type, const char *id)
{
    struct query *q = query_open(st, sql_has);
    bool found;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    found = query_next(q);
    query_end(q, NULL);
    return found;
}

void resource_row_done(struct resource_row *row)
{
    free(row->base_version);
    doc_free(row->doc);
    *row = (struct resource_row){0};
}

enum rc resource_row_get(struct store *st, const char *type, const char *id,
                         struct resource_row *out, struct err *err)
{
    struct query *q = query_open(st, sql_row);
    enum rc rc = RC_NOT_FOUND, ended;

    *out = (struct resource_row){0};
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q)) {
        out->key = query_int(q, 0);
        out->rev = query_int(q, 1);
        out->is_deleted = query_int(q, 2) != 0;
        out->is_dirty = query_int(q, 3) != 0;
        out->base_version = query_is_null(q, 4) ? NULL : mem_dup(query_text(q, 4));
        rc = doc_parse(query_text(q, 5), query_bytes(q, 5), &out->doc, err);
        if (rc != RC_OK)
            rc = err_set(err, RC_DB, _("%s/%s is damaged in the database."), type, id);
        else
            doc_set_rev(out->doc, out->rev);
    }
    ended = query_end(q, err);
    if (ended != RC_OK || rc != RC_OK)
        resource_row_done(out);
    if (ended != RC_OK)
        return ended;
    return rc == RC_NOT_FOUND ? err_set(err, rc, _("There is no %s/%s."), type, id) : rc;
}

/* A document may only land on the record the act was opened on, and a person's edit may not carry
 * one from a record to another (DESIGN 3.3). Documents about nobody are free. */
static enum rc bind_patient(const struct grant *grant, const struct doc *before, const struct doc *after,
                            const char *is, struct err *err)
{
    bool is_person = grant->origin == ORIGIN_DESK || grant->origin == ORIGIN_CLI;
    const char *was = before ? resource_patient(doc_root(before)) : "";

    if (grant->patient[0] && ((is[0] && strcmp(is, grant->patient)) || (was[0] && strcmp(was, grant->patient))))
        return err_set(err, RC_DENIED, _("%s/%s is about another patient than the one this was opened on. Nothing was written."),
                       doc_type(after), doc_id(after));
    if (is_person && was[0] && strcmp(was, is))
        return err_set(err, RC_DENIED, _("%s/%s cannot be moved to another patient by an edit: enter it in error there and anew here."),
                       doc_type(after), doc_id(after));
    return RC_OK;
}

enum rc resource_admit(struct store *st, const struct grant *grant, const struct doc *before,
                       const struct doc *after, struct err *err)
{
    enum rc rc = resource_check(doc_root(after), err);
    char is[72];

    if (rc != RC_OK)
        return rc;
    snprintf(is, sizeof is, "%s", resource_patient(doc_root(after)));
    if ((rc = bind_patient(grant, before, after, is, err)) == RC_OK)
        rc = run_guards(st, grant, before, after, err);
    memcpy(st->about, is, sizeof is);
    return rc;
}

static enum rc project(struct store *st, int64_t key, const struct doc *doc, bool is_new, struct err *err)
{
    const struct projection *p = projection_for(doc_type(doc));
    enum rc rc = is_new ? RC_OK : p->erase(st, key, err);

    st->tx.changed |= p->changes;
    return rc == RC_OK ? p->write(st, key, doc_root(doc), err) : rc;
}

/* The text to be kept, in memory that is used again for the next one unless it grew large. */
static void write_body(struct store *st, const struct doc *doc)
{
    if (st->body.cap > 1 << 20)
        buf_done(&st->body);
    buf_clear(&st->body);
    node_write(&st->body, doc_root(doc));
}

enum rc resource_add(struct store *st, struct act *act, struct doc *doc, const struct base *base,
                     int64_t *key, struct err *err)
{
    struct query *q = query_open(st, sql_add);
    enum rc rc;

    write_body(st, doc);

    query_bind(q, 1, doc_type(doc));
    query_bind(q, 2, doc_id(doc));
    query_bind_int(q, 3, act_number(st, act));
    query_bind(q, 4, st->tx.now);
    query_bind_n(q, 5, buf_text(&st->body), st->body.len);
    query_bind(q, 6, base ? base->version : NULL);
    query_bind(q, 7, base ? base->updated : NULL);
    query_next(q);
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    if (store_rows_changed(st) == 0)
        return err_set(err, RC_EXISTS, _("%s/%s exists already."), doc_type(doc), doc_id(doc));
    *key = store_rowid(st);
    act_wrote(act, doc_type(doc), doc_id(doc), st->about);
    doc_set_rev(doc, 1);
    return project(st, *key, doc, true, err);
}

enum rc resource_revise(struct store *st, struct act *act, const struct resource_row *row,
                        struct doc *doc, const struct base *base, struct err *err)
{
    enum rc rc = query_run(st, err, sql_history, "i", row->key);
    struct query *q;

    if (rc != RC_OK)
        return rc;
    write_body(st, doc);
    q = query_open(st, base ? sql_rebase : sql_edit);
    query_bind_int(q, 1, row->key);
    query_bind_int(q, 2, act_number(st, act));
    query_bind(q, 3, st->tx.now);
    query_bind_n(q, 4, buf_text(&st->body), st->body.len);
    if (base) {
        query_bind(q, 5, base->version);
        query_bind(q, 6, base->updated);
        query_bind_n(q, 7, base->body, base->body_len);
    }
    query_next(q);
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    act_wrote(act, doc_type(doc), doc_id(doc), resource_patient(doc_root(doc)));
    doc_set_rev(doc, row->rev + 1);
    return project(st, row->key, doc, false, err);
}

enum rc resource_remove(struct store *st, struct act *act, const struct resource_row *row,
                        const char *type, const char *id, struct err *err)
{
    const struct projection *p = projection_for(type);
    enum rc rc = query_run(st, err, sql_history, "i", row->key);

    if (rc == RC_OK)
        rc = query_run(st, err, sql_remove, "iit", row->key, act_number(st, act), st->tx.now);
    if (rc != RC_OK)
        return rc;
    act_wrote(act, type, id, resource_patient(doc_root(row->doc)));
    st->tx.changed |= p->changes;
    return p->erase(st, row->key, err);
}
