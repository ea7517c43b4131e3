#include "store/purge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/attachment.h"
#include "store/internal.h"
#include "store/query.h"

static const char sql_key[] = "SELECT key FROM resource WHERE type = ?1 AND id = ?2";
static const char sql_about[] =
    "SELECT key FROM event WHERE patient = ?1 UNION SELECT key FROM resource WHERE type = 'Patient' AND id = ?1";
static const char sql_deleted[] = "SELECT key, body FROM resource WHERE deleted = 1 AND instr(body, ?1) > 0";
static const char sql_busy[] =
    "SELECT EXISTS (SELECT 1 FROM outbox WHERE key = ?1)"
    " OR EXISTS (SELECT 1 FROM conflict WHERE key = ?1 AND decided IS NULL)"
    " OR EXISTS (SELECT 1 FROM attachment_use u JOIN attachment a ON a.hash = u.hash WHERE u.key = ?1 AND a.state <> 0)"
    " OR EXISTS (SELECT 1 FROM resource WHERE key = ?1 AND (base_body IS NOT NULL OR base_version IS NULL))";
static const char sql_name[] = "SELECT type, id FROM resource WHERE key = ?1";
static const char sql_drafted[] = "SELECT 1 FROM draft WHERE patient = ?1 AND state = 'open'";
static const char sql_drop_history[] = "DELETE FROM history WHERE key = ?1";
static const char sql_drop_conflict[] = "DELETE FROM conflict WHERE key = ?1";
static const char sql_drop_quarantine[] =
    "DELETE FROM quarantine WHERE (type, resource_id) = (SELECT type, id FROM resource WHERE key = ?1)";
static const char sql_drop_resource[] = "DELETE FROM resource WHERE key = ?1";
static const char sql_drop_files[] = "DELETE FROM attachment_use WHERE key = ?1";
static const char *const drops[] = { sql_drop_files, sql_drop_history, sql_drop_conflict, sql_drop_quarantine, sql_drop_resource };
static const char sql_drop_answers[] =
    "DELETE FROM draft_answer WHERE draft IN (SELECT id FROM draft WHERE patient = ?1)";
static const char sql_drop_drafts[] = "DELETE FROM draft WHERE patient = ?1";
static const char sql_drop_asked[] = "DELETE FROM asked_for WHERE patient = ?1";
static const char sql_first_act[] =
    "SELECT a.origin FROM resource r JOIN audit a"
    " ON a.seq = coalesce((SELECT act FROM history WHERE key = r.key ORDER BY rev LIMIT 1), r.act)"
    " WHERE r.type = ?1 AND r.id = ?2";
/* A step of the merge that drops what was taken out: FTS5, "merge"; the first of a run starts one that
 * takes in everything. */
static const char sql_merge_all[] = "INSERT INTO person_name(person_name, rank) VALUES ('merge', -64)";
static const char sql_merge_more[] = "INSERT INTO person_name(person_name, rank) VALUES ('merge', 64)";

struct keys { int64_t *key; size_t n, cap; };

static void add_key(struct keys *keys, int64_t key)
{
    MEM_ROOM(keys->key, keys->n, keys->cap);
    keys->key[keys->n++] = key;
}

/* Deleted ones have no row in the timeline; their last text is still here. */
static enum rc find_deleted(struct store *st, const char *patient, struct keys *keys, struct err *err)
{
    struct query *q = query_open(st, sql_deleted);

    query_bind(q, 1, patient);
    while (query_next(q)) {
        struct doc *doc = NULL;

        if (doc_parse(query_text(q, 1), query_bytes(q, 1), &doc, NULL) == RC_OK &&
            strcmp(resource_patient(doc_root(doc)), patient) == 0)
            add_key(keys, query_int(q, 0));
        doc_free(doc);
    }
    return query_end(q, err);
}

static enum rc find_all(struct store *st, const char *patient, struct keys *keys, struct err *err)
{
    struct query *q = query_open(st, sql_about);
    enum rc rc;

    query_bind(q, 1, patient);
    while (query_next(q))
        add_key(keys, query_int(q, 0));
    rc = query_end(q, err);
    return rc == RC_OK ? find_deleted(st, patient, keys, err) : rc;
}

static enum rc check_idle(struct store *st, int64_t key, struct err *err)
{
    struct query *q = query_open(st, sql_busy);
    bool is_busy;
    enum rc rc;

    query_bind_int(q, 1, key);
    is_busy = query_next(q) && query_int(q, 0) != 0;
    rc = query_end(q, err);
    return rc == RC_OK && is_busy ? err_set(err, RC_STALE, "%s", _("something here was not sent yet or waits for a person")) : rc;
}

static enum rc drop(struct store *st, struct act *act, int64_t key, struct err *err)
{
    struct query *q = query_open(st, sql_name);
    char type[64] = "", id[80] = "";
    enum rc rc;

    query_bind_int(q, 1, key);
    if (query_next(q)) {
        snprintf(type, sizeof type, "%s", query_text(q, 0));
        snprintf(id, sizeof id, "%s", query_text(q, 1));
    }
    if ((rc = query_end(q, err)) != RC_OK || !*type)
        return rc;
    const struct projection *p = projection_for(type);
    rc = p->erase(st, key, err);
    st->tx.changed |= p->changes;
    for (size_t i = 0; i < sizeof drops / sizeof *drops && rc == RC_OK; i++)
        rc = query_run(st, err, drops[i], "i", key);
    store_changed(st, CHANGE_QUARANTINE);
    act_wrote(act, type, id, "");
    return rc;
}

static enum rc drop_all(struct store *st, const struct grant *grant, const struct keys *keys, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < keys->n && rc == RC_OK; i++)
        rc = check_idle(st, keys->key[i], err);
    for (size_t i = 0; i < keys->n && rc == RC_OK; i++)
        rc = drop(st, act_open(st, grant), keys->key[i], err);
    return rc == RC_OK ? attachment_tidy(st, err) : rc;
}

static enum rc check_grant(const struct grant *grant, struct err *err)
{
    return grant ? RC_OK : err_set(err, RC_DENIED, "no grant was given for this write");
}

enum rc store_purge(struct store *st, const struct grant *grant, const char *type, const char *id, struct err *err)
{
    struct keys keys = { 0 };
    struct query *q;
    enum rc rc = check_grant(grant, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    q = query_open(st, sql_key);
    query_bind(q, 1, type);
    query_bind(q, 2, id);
    if (query_next(q))
        add_key(&keys, query_int(q, 0));
    if ((rc = query_end(q, err)) == RC_OK)
        rc = drop_all(st, grant, &keys, err);
    free(keys.key);
    return store_end(st, rc, err);
}

static enum rc check_drafts(struct store *st, const char *patient, struct err *err)
{
    struct query *q = query_open(st, sql_drafted);
    bool is_open;
    enum rc rc;

    query_bind(q, 1, patient);
    is_open = query_next(q);
    rc = query_end(q, err);
    return rc == RC_OK && is_open ? err_set(err, RC_STALE, "%s", _("a form about them is open")) : rc;
}

enum rc store_purge_patient(struct store *st, const struct grant *grant, const char *patient, int64_t *rows,
                            struct err *err)
{
    struct keys keys = { 0 };
    enum rc rc = check_grant(grant, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = check_drafts(st, patient, err)) == RC_OK && (rc = find_all(st, patient, &keys, err)) == RC_OK &&
        (rc = drop_all(st, grant, &keys, err)) == RC_OK &&
        (rc = query_run(st, err, sql_drop_answers, "t", patient)) == RC_OK &&
        (rc = query_run(st, err, sql_drop_drafts, "t", patient)) == RC_OK)
        rc = query_run(st, err, sql_drop_asked, "t", patient);
    if (rows)
        *rows = rc == RC_OK ? (int64_t)keys.n : 0;
    free(keys.key);
    return store_end(st, rc, err);
}

bool store_is_own(struct store *st, const char *type, const char *id)
{
    struct query *q = query_open(st, sql_first_act);
    bool is_own;

    query_bind(q, 1, type);
    query_bind(q, 2, id);
    is_own = query_next(q) && query_int(q, 0) != ORIGIN_SYNC;
    return query_end(q, NULL) == RC_OK && is_own;
}

static enum rc merge_step(struct store *st, const char *sql, bool *is_over, struct err *err)
{
    enum rc rc = store_begin(st, err);
    int64_t before = sqlite3_total_changes64(st->db);

    if (rc != RC_OK)
        return rc;
    rc = query_run(st, err, sql, "");
    *is_over = sqlite3_total_changes64(st->db) - before < 2;
    return store_end(st, rc, err);
}

enum rc store_scrub(struct store *st, struct err *err)
{
    bool is_over = false;
    enum rc rc = merge_step(st, sql_merge_all, &is_over, err);

    while (rc == RC_OK && !is_over)
        rc = merge_step(st, sql_merge_more, &is_over, err);
    if (rc == RC_OK)
        store_checkpoint(st, true);
    return rc;
}
