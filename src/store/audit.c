#include "store/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/query.h"

/* Rows of audit cannot be changed, so an act's row is written once, as the last thing before
 * COMMIT. Its number is settled when the first document of the act needs it: inside the gate
 * nobody else can take the next one. */

static const char sql_last[] = "SELECT max(seq) FROM audit";
static const char sql_add[] =
    "INSERT INTO audit(seq, at, staff, role, origin, action, category, purpose, outcome, patient, entity, writes, detail)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

enum { OUTCOME_DONE = 0, OUTCOME_REFUSED = 4, OUTCOME_FAILED = 8 };

static bool same_grant(const struct grant *a, const struct grant *b)
{
    return a->origin == b->origin && !strcmp(a->staff, b->staff) && !strcmp(a->action, b->action) &&
           !strcmp(a->patient, b->patient);
}

struct act *act_open(struct store *st, const struct grant *grant)
{
    struct transaction *tx = &st->tx;
    struct act *act;

    for (size_t i = tx->n_acts; i-- > 0; )
        if (!tx->act[i].is_event && same_grant(&tx->act[i].grant, grant))
            return &tx->act[i];
    MEM_ROOM(tx->act, tx->n_acts, tx->acts_cap);
    act = &tx->act[tx->n_acts++];
    *act = (struct act){ .grant = *grant };
    return act;
}

int64_t act_number(struct store *st, struct act *act)
{
    struct query *q;

    if (act->seq)
        return act->seq;
    if (!st->tx.next_seq) {
        q = query_open(st, sql_last);
        st->tx.next_seq = query_next(q) ? query_int(q, 0) + 1 : 1;
        if (query_end(q, NULL) != RC_OK)
            st->tx.doomed = RC_DB;      /* without a true number nothing may be written */
    }
    return act->seq = st->tx.next_seq++;
}

void act_wrote(struct act *act, const char *type, const char *id, const char *patient)
{
    if (act->writes++ == 0)
        snprintf(act->entity, sizeof act->entity, "%s/%s", type, id);
    if (!patient[0] || !strcmp(act->patient, patient))
        return;
    snprintf(act->patient, sizeof act->patient, "%s", act->patient[0] ? "*" : patient);
}

/* Whose record the act touched: the one it was opened on, else the only one written. */
static const char *act_patient(const struct act *act)
{
    if (act->grant.patient[0])
        return act->grant.patient;
    return act->patient[0] && strcmp(act->patient, "*") ? act->patient : NULL;
}

static enum rc act_write(struct store *st, struct act *act, struct err *err)
{
    const struct grant *g = &act->grant;

    st->tx.audit_rows++;
    return query_run(st, err, sql_add, "itttitttittit", act_number(st, act), st->tx.now, g->staff, g->role,
                     (int64_t)g->origin, g->action, g->category, g->purpose, (int64_t)act->outcome, act_patient(act),
                     act->entity[0] ? act->entity : NULL, act->writes, act->detail.len ? act->detail.data : NULL);
}

/* An act of a person is on record even when it changed nothing; the agent asking in vain is not. */
static bool deserves_row(const struct act *act)
{
    return act->is_event || act->writes > 0 || act->seq > 0 || act->detail.len > 0 ||
           act->grant.origin == ORIGIN_DESK || act->grant.origin == ORIGIN_CLI;
}

enum rc acts_write(struct store *st, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < st->tx.n_acts && rc == RC_OK; i++)
        if (deserves_row(&st->tx.act[i]))
            rc = act_write(st, &st->tx.act[i], err);
    return rc == RC_OK ? st->tx.doomed : rc;
}

void acts_write_failed(struct store *st, enum rc rc)
{
    struct transaction *tx = &st->tx;
    struct err err = {0};
    enum rc written = RC_OK;

    if (tx->n_acts == 0 || store_begin(st, &err) != RC_OK)
        return;
    for (size_t i = 0; i < tx->n_acts && written == RC_OK; i++) {
        struct act *act = &tx->act[i];

        if (act->grant.origin == ORIGIN_SYNC && !act->is_event)
            continue;           /* an edit came between: the agent tries again */
        act->seq = 0;           /* the number went back with the transaction */
        act->writes = 0;
        if (!act->is_event || act->outcome == OUTCOME_DONE) {
            act->outcome = rc == RC_DENIED ? OUTCOME_REFUSED : OUTCOME_FAILED;
            buf_printf(&act->detail, "%s%s", act->detail.len ? " " : "", rc_name(rc));
        }
        written = act_write(st, act, &err);
    }
    acts_done(st);              /* written here; the end must not write them again */
    if (store_end(st, written, &err) != RC_OK)
        log_line("audit", "a failed act could not be recorded: %s", err_text(&err));
}

void acts_done(struct store *st)
{
    for (size_t i = 0; i < st->tx.n_acts; i++)
        buf_done(&st->tx.act[i].detail);
    free(st->tx.act);
    st->tx.act = NULL;
    st->tx.n_acts = st->tx.acts_cap = 0;
}

static struct act *event_add(struct store *st, const struct grant *grant)
{
    struct transaction *tx = &st->tx;

    MEM_ROOM(tx->act, tx->n_acts, tx->acts_cap);
    tx->act[tx->n_acts] = (struct act){ .grant = *grant, .is_event = true };
    return &tx->act[tx->n_acts++];
}

static enum rc no_grant(struct err *err)
{
    return err_set(err, RC_DENIED, "no grant was given for this act");
}

enum rc audit_view(struct store *st, const struct grant *grant, const char *patient,
                   const char *type, const char *id, struct err *err)
{
    struct act *act;
    enum rc rc;

    if (!grant)
        return no_grant(err);
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act = event_add(st, grant);
    if (!grant->patient[0])
        snprintf(act->patient, sizeof act->patient, "%s", patient ? patient : "");
    if (type && id)
        snprintf(act->entity, sizeof act->entity, "%s/%s", type, id);
    else if (patient && patient[0])
        snprintf(act->entity, sizeof act->entity, "Patient/%s", patient);
    return store_end(st, RC_OK, err);
}

enum rc audit_event(struct store *st, const struct grant *grant, int outcome, const char *detail,
                    struct err *err)
{
    struct act *act;
    enum rc rc;

    if (!grant)
        return no_grant(err);
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act = event_add(st, grant);
    act->outcome = outcome;
    if (detail)
        buf_add(&act->detail, detail);
    return store_end(st, RC_OK, err);
}

int64_t audit_act(struct store *st, const struct grant *grant)
{
    if (st->tx.depth == 0)
        mem_fatal("an act outside a transaction");
    return act_number(st, act_open(st, grant));
}

int64_t audit_committed(const struct store *st)
{
    return st->audit_rows;
}

void audit_detail(struct store *st, const char *fmt, ...)
{
    struct act *act = NULL;
    char text[400];
    va_list ap;

    for (size_t i = st->tx.n_acts; i-- > 0 && !act; )
        if (!st->tx.act[i].is_event)
            act = &st->tx.act[i];
    if (!act)
        mem_fatal("audit_detail before the act's first write");
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    buf_printf(&act->detail, "%s%s", act->detail.len ? " " : "", text);
}
