#include "store/draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/audit.h"
#include "store/internal.h"
#include "store/query.h"

#define COLUMNS "patient, owner, questionnaire, title, position, source, opened, updated, answered, total," \
    " amends, base_rev, why, aside, handed_by, handed_why, saves"
static const char sql_new[] =
    "INSERT INTO draft(id, patient, owner, questionnaire, title, position, source, opened, updated, answered, total, amends, base_rev, why, aside)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
static const char sql_get[] = "SELECT id, " COLUMNS " FROM draft WHERE id = ?1 AND state = 'open'";
static const char sql_amending[] = "SELECT id, " COLUMNS " FROM draft WHERE amends = ?1 AND amends <> '' AND state = 'open'";
static const char sql_list[] =
    "SELECT id, " COLUMNS " FROM draft WHERE state = 'open' AND (?1 IS NULL OR patient = ?1) AND (?2 IS NULL OR owner = ?2)"
    " ORDER BY updated DESC, id";
static const char sql_answer[] =
    "INSERT INTO draft_answer(draft, path, value, absent, at, staff) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
    " ON CONFLICT(draft, path) DO UPDATE SET value = excluded.value, absent = excluded.absent,"
    "  at = excluded.at, staff = excluded.staff";
static const char sql_clear[] = "DELETE FROM draft_answer WHERE draft = ?1 AND path = ?2";
static const char sql_moved[] =
    "UPDATE draft SET position = ?2, answered = ?3, total = ?4, updated = ?5, saves = saves + 1 WHERE id = ?1 AND state = 'open'";
static const char sql_position[] = "UPDATE draft SET position = ?2, updated = ?3 WHERE id = ?1 AND state = 'open'";
static const char sql_source[] = "UPDATE draft SET source = ?2, updated = ?3 WHERE id = ?1 AND state = 'open'";
static const char sql_aside[] = "UPDATE draft SET aside = ?2, base_rev = ?3, updated = ?4 WHERE id = ?1 AND state = 'open'";
static const char sql_hand[] =
    "UPDATE draft SET owner = ?2, handed_by = ?3, handed_why = ?4, updated = ?5 WHERE id = ?1 AND state = 'open' AND (?6 = '' OR patient = ?6)";
/* What a draft was: "ID+1", "ID+2" ... ('+' and ',' follow one another and stand in no id). */
static const char sql_formers[] = "SELECT count(*) FROM draft WHERE id > ?1 || '+' AND id < ?1 || ','";
static const char sql_former[] =
    "SELECT id FROM draft WHERE id > ?1 || '+' AND id < ?1 || ',' AND state = 'replaced' ORDER BY length(id) DESC, id DESC LIMIT 1";
static const char sql_keep[] =
    "INSERT INTO draft(id, state, " COLUMNS ") SELECT ?2, ?3, " COLUMNS " FROM draft WHERE id = ?1";
static const char sql_copy_answers[] =
    "INSERT INTO draft_answer(draft, path, value, absent, at, staff) SELECT ?2, path, value, absent, at, staff FROM draft_answer WHERE draft = ?1";
static const char sql_clear_all[] = "DELETE FROM draft_answer WHERE draft = ?1";
static const char sql_other_form[] =
    "UPDATE draft SET questionnaire = ?2, title = ?3, position = ?4, aside = ?5, answered = ?6, total = ?7, updated = ?8, saves = saves + 1"
    " WHERE id = ?1 AND state = 'open'";
static const char sql_restore[] =
    "UPDATE draft SET saves = saves + 1, (questionnaire, title, position, answered, total, aside, updated) ="
    " (SELECT questionnaire, title, position, answered, total, aside, ?3 FROM draft WHERE id = ?2) WHERE id = ?1 AND state = 'open'";
static const char sql_mark[] = "UPDATE draft SET state = ?2 WHERE id = ?1";
static const char sql_answers[] = "SELECT path, value, absent FROM draft_answer WHERE draft = ?1 ORDER BY path";
static const char sql_close[] =
    "UPDATE draft SET state = ?2, reason = ?3, updated = ?4 WHERE id = ?1 AND state = 'open'";

void draft_done(struct draft *d)
{
    free(d->questionnaire);
    free(d->title);
    free(d->position);
    free(d->source);
    free(d->opened);
    free(d->updated);
    free(d->why);
    free(d->aside);
    free(d->handed_why);
    *d = (struct draft){0};
}

void draft_answer_done(struct draft_answer *a)
{
    free(a->path);
    free(a->value);
    free(a->absent);
    *a = (struct draft_answer){0};
}

char *draft_age_words(const struct draft *d)
{
    int64_t then = clock_now_ms(), minutes;

    clock_parse(d->updated ? d->updated : "", &then);
    minutes = (clock_now_ms() - then) / 60000;
    if (minutes < 1)
        return mem_dup(_("now"));
    if (minutes < 60)
        return mem_printf(_("%lld min"), (long long)minutes);
    return minutes < 48 * 60 ? mem_printf(_("%lld h"), (long long)minutes / 60) : mem_printf(_("%lld d"), (long long)minutes / (24 * 60));
}

static enum rc check_new(const struct grant *grant, const struct draft *d, struct err *err)
{
    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if (grant->patient[0] && strcmp(grant->patient, d->patient))
        return err_set(err, RC_DENIED, _("The form is for another patient than the one this was opened on."));
    return d->questionnaire && d->patient[0] ? RC_OK : err_set(err, RC_INVALID, "a draft needs its questionnaire and patient");
}

enum rc draft_new(struct store *st, const struct grant *grant, struct draft *d, struct err *err)
{
    enum rc rc = check_new(grant, d, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    if (!d->id[0])
        crypto_uuid(d->id);
    rc = query_run(st, err, sql_new, "ttttttttiititt", d->id, d->patient, d->owner, d->questionnaire, d->title ? d->title : "",
                   d->position ? d->position : "", d->source ? d->source : "{}", st->tx.now,
                   (int64_t)d->answered, (int64_t)d->total, d->amends, d->base_rev, d->why ? d->why : "", d->aside ? d->aside : "[]");
    if (rc == RC_OK) {
        free(d->opened);
        free(d->updated);
        d->opened = mem_dup(st->tx.now);
        d->updated = mem_dup(st->tx.now);
        audit_act(st, grant);
        audit_detail(st, d->amends[0] ? "draft=%s questionnaire=%s amends=%s" : "draft=%s questionnaire=%s", d->id, d->questionnaire, d->amends);
    }
    store_changed(st, CHANGE_DRAFT);
    return store_end(st, rc, err);
}

static void take_row(struct query *q, struct draft *d)
{
    *d = (struct draft){
        .questionnaire = mem_dup(query_text(q, 3)), .title = mem_dup(query_text(q, 4)),
        .position = mem_dup(query_text(q, 5)), .source = mem_dup(query_text(q, 6)),
        .opened = mem_dup(query_text(q, 7)), .updated = mem_dup(query_text(q, 8)),
        .answered = (int)query_int(q, 9), .total = (int)query_int(q, 10), .base_rev = query_int(q, 12), .saves = query_int(q, 17),
        .why = mem_dup(query_text(q, 13)), .aside = mem_dup(query_text(q, 14)), .handed_why = mem_dup(query_text(q, 16)),
    };
    snprintf(d->amends, sizeof d->amends, "%s", query_text(q, 11));
    snprintf(d->handed_by, sizeof d->handed_by, "%s", query_text(q, 15));
    snprintf(d->id, sizeof d->id, "%s", query_text(q, 0));
    snprintf(d->patient, sizeof d->patient, "%s", query_text(q, 1));
    snprintf(d->owner, sizeof d->owner, "%s", query_text(q, 2));
}

static enum rc no_draft(const char *id, struct err *err)
{
    return err_set(err, RC_NOT_FOUND, _("There is no open form %s; it was finished or discarded elsewhere."), id);
}

static enum rc get_one(struct store *st, const char *sql, const char *id, struct draft *out, struct err *err)
{
    struct query *q = query_open(st, sql);
    bool found;
    enum rc rc;

    *out = (struct draft){0};
    query_bind(q, 1, id);
    if ((found = query_next(q)))
        take_row(q, out);
    rc = query_end(q, err);
    return rc == RC_OK && !found ? no_draft(id, err) : rc;
}

enum rc draft_get(struct store *st, const char *id, struct draft *out, struct err *err)
{
    return get_one(st, sql_get, id, out, err);
}

enum rc draft_amending(struct store *st, const char *response_id, struct draft *out, struct err *err)
{
    return get_one(st, sql_amending, response_id, out, err);
}

enum rc draft_list(struct store *st, const char *patient, const char *owner,
                   struct draft **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_list);
    size_t cap = 0;
    enum rc rc;

    *out = NULL;
    *n = 0;
    query_bind(q, 1, patient);
    query_bind(q, 2, owner);
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        take_row(q, &(*out)[(*n)++]);
    }
    if ((rc = query_end(q, err)) != RC_OK) {
        while (*n > 0)
            draft_done(&(*out)[--*n]);
        free(*out);
        *out = NULL;
    }
    return rc;
}

/* The update of an open draft that ends a change; none changed means it is no longer open. */
static enum rc end_change(struct store *st, const char *id, enum rc rc, struct err *err)
{
    if (rc == RC_OK && store_rows_changed(st) == 0)
        rc = no_draft(id, err);
    store_changed(st, CHANGE_DRAFT);
    return store_end(st, rc, err);
}

enum rc draft_save_answer(struct store *st, const char *id, const char *path, const char *value,
                          const char *absent, const char *position, int answered, int total,
                          const char *by, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if (value || absent)
        rc = query_run(st, err, sql_answer, "tttttt", id, path, value, absent, st->tx.now, by);
    else
        rc = query_run(st, err, sql_clear, "tt", id, path);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_moved, "ttiit", id, position, (int64_t)answered, (int64_t)total, st->tx.now);
    return end_change(st, id, rc, err);
}

enum rc draft_save_position(struct store *st, const char *id, const char *position, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return end_change(st, id, query_run(st, err, sql_position, "ttt", id, position, st->tx.now), err);
}

enum rc draft_set_source(struct store *st, const char *id, const char *source, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return end_change(st, id, query_run(st, err, sql_source, "ttt", id, source, st->tx.now), err);
}

enum rc draft_set_aside(struct store *st, const char *id, const char *aside, int64_t base_rev, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    return end_change(st, id, query_run(st, err, sql_aside, "ttit", id, aside, base_rev, st->tx.now), err);
}

enum rc draft_hand(struct store *st, const struct grant *grant, const char *id, const char *to, const char *why, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    audit_act(st, grant);
    audit_detail(st, "draft=%s to=%s", id, *to ? to : "desk");
    return end_change(st, id, query_run(st, err, sql_hand, "tttttt", id, to, grant->staff, why, st->tx.now, grant->patient), err);
}

/* --- One id, another form --- */

/* The draft as it is, beside itself under a name of its own. */
static enum rc keep_former(struct store *st, const char *id, const char *state, struct err *err)
{
    struct query *q = query_open(st, sql_formers);
    int64_t n = 0;
    char *former;
    enum rc rc;

    query_bind(q, 1, id);
    if (query_next(q))
        n = query_int(q, 0);
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    former = mem_printf("%s+%lld", id, (long long)n + 1);
    rc = query_run(st, err, sql_keep, "ttt", id, former, state);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_copy_answers, "tt", id, former);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_clear_all, "t", id);
    free(former);
    return rc;
}

enum rc draft_replace(struct store *st, const struct grant *grant, const struct draft *d, struct err *err)
{
    enum rc rc = check_new(grant, d, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    rc = keep_former(st, d->id, "replaced", err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_other_form, "tttttiit", d->id, d->questionnaire, d->title, d->position, d->aside,
                       (int64_t)d->answered, (int64_t)d->total, st->tx.now);
    audit_act(st, grant);
    audit_detail(st, "draft=%s questionnaire=%s", d->id, d->questionnaire);
    return end_change(st, d->id, rc, err);
}

static enum rc find_former(struct store *st, const char *id, char *former, size_t size, struct err *err)
{
    struct query *q = query_open(st, sql_former);
    enum rc rc;

    former[0] = '\0';
    query_bind(q, 1, id);
    if (query_next(q))
        snprintf(former, size, "%s", query_text(q, 0));
    rc = query_end(q, err);
    return rc == RC_OK && !former[0] ? err_set(err, RC_NOT_FOUND, _("Draft %s was never upgraded: there is nothing to go back to."), id) : rc;
}

bool draft_was_replaced(struct store *st, const char *id)
{
    char former[96];

    return find_former(st, id, former, sizeof former, NULL) == RC_OK;
}

enum rc draft_put_back(struct store *st, const struct grant *grant, const char *id, struct err *err)
{
    char former[96];
    struct draft d = {0};
    enum rc rc = draft_get(st, id, &d, err);

    if (rc == RC_OK)
        rc = check_new(grant, &d, err);
    draft_done(&d);
    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    rc = find_former(st, id, former, sizeof former, err);
    if (rc == RC_OK && (rc = keep_former(st, id, "restored", err)) == RC_OK)
        rc = query_run(st, err, sql_mark, "tt", former, "restored");
    if (rc == RC_OK)
        rc = query_run(st, err, sql_copy_answers, "tt", former, id);
    audit_act(st, grant);
    audit_detail(st, "draft=%s back", id);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_restore, "ttt", id, former, st->tx.now);
    return rc == RC_OK ? end_change(st, id, rc, err) : store_end(st, rc, err);
}

enum rc draft_answers(struct store *st, const char *id, struct draft_answer **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_answers);
    size_t cap = 0;
    enum rc rc;

    *out = NULL;
    *n = 0;
    query_bind(q, 1, id);
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        (*out)[(*n)++] = (struct draft_answer){
            .path = mem_dup(query_text(q, 0)),
            .value = query_is_null(q, 1) ? NULL : mem_dup(query_text(q, 1)),
            .absent = query_is_null(q, 2) ? NULL : mem_dup(query_text(q, 2)),
        };
    }
    if ((rc = query_end(q, err)) != RC_OK) {
        while (*n > 0)
            draft_answer_done(&(*out)[--*n]);
        free(*out);
        *out = NULL;
    }
    return rc;
}

enum rc draft_close(struct store *st, const char *id, const char *state, const char *reason, struct err *err)
{
    enum rc rc;

    if (strcmp(state, "finished") && strcmp(state, "discarded"))
        return err_set(err, RC_INVALID, "a draft is finished or discarded, not %.20s", state);
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    return end_change(st, id, query_run(st, err, sql_close, "tttt", id, state, reason, st->tx.now), err);
}
