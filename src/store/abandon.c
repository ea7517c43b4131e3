/* abandon.c - a write that shall not be sent after all: a person said so, with a reason. */
#include "store/standing.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "store/internal.h"
#include "store/outbox.h"
#include "store/query.h"

/* What waits and names this record, and what a person's timeline holds. */
static const char sql_named[] =
    "SELECT (SELECT count(*) FROM outbox o JOIN resource r ON r.key = o.key WHERE o.key <> ?1 AND instr(r.body, ?2) > 0)"
    " + (SELECT count(*) FROM event WHERE patient = ?3)";

static int64_t times_named(struct store *st, int64_t key, const char *type, const char *id)
{
    char *reference = mem_printf("\"%s/%s\"", type, id);
    struct query *q = query_open(st, sql_named);
    int64_t n;

    query_bind_int(q, 1, key);
    query_bind(q, 2, reference);
    query_bind(q, 3, strcmp(type, "Patient") == 0 ? id : "");
    n = query_next(q) ? query_int(q, 0) : 0;
    query_end(q, NULL);
    free(reference);
    return n;
}

/* It was made here and the server never had it: it goes, its text stays in the history. */
static enum rc take_back_new(struct store *st, const struct grant *grant, const struct outbox_row *o,
                             const struct resource_row *row, struct err *err)
{
    int64_t named = times_named(st, row->key, o->type, o->id);
    enum rc rc;

    if (grant->patient[0] && strcmp(grant->patient, resource_patient(doc_root(row->doc))) != 0)
        return err_set(err, RC_DENIED, _("%s/%s is about another person."), o->type, o->id);
    if (named)
        return err_set(err, RC_INVALID, _("it cannot be dropped, %lld other entries name it: correct it instead (%s/%s)"),
                       (long long)named, o->type, o->id);
    rc = resource_remove(st, act_open(st, grant), row, o->type, o->id, err);
    return rc == RC_OK ? outbox_drop(st, row->key, err) : rc;
}

/* The server has an earlier text: that is the record again. */
static enum rc take_back_edit(struct store *st, const struct grant *grant, const struct outbox_row *o,
                              const struct resource_row *row, struct err *err)
{
    struct standing here = { 0 };
    struct doc *base = NULL;
    enum rc rc = standing_get(st, o->type, o->id, &here, err);

    if (rc == RC_OK)
        rc = doc_parse(here.base_body, strlen(here.base_body), &base, err);
    if (rc == RC_OK) {
        doc_set_rev(base, row->rev);
        rc = resource_rebase(st, grant, row, base, base, here.version, here.updated, err);
    }
    doc_free(base);
    standing_done(&here);
    return rc;
}

static enum rc take_back(struct store *st, const struct grant *grant, int64_t seq, struct err *err)
{
    struct resource_row row = { 0 };
    struct outbox_row o;
    enum rc rc = outbox_get(st, seq, &o, err);

    if (rc != RC_OK)
        return rc;
    if (o.state != OUTBOX_REFUSED && o.state != OUTBOX_BLOCKED)
        rc = err_set(err, RC_INVALID, _("Row %lld of the outbox was not refused: there is nothing to drop."), (long long)seq);
    else if ((rc = resource_row_get(st, o.type, o.id, &row, err)) == RC_OK)
        rc = row.base_version ? take_back_edit(st, grant, &o, &row, err) : take_back_new(st, grant, &o, &row, err);
    resource_row_done(&row);
    outbox_row_done(&o);
    return rc;
}

enum rc standing_abandon(struct store *st, const struct grant *grant, int64_t seq, struct err *err)
{
    enum rc rc;

    if (!grant)
        return err_set(err, RC_DENIED, "no grant was given for this write");
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    act_open(st, grant);
    rc = take_back(st, grant, seq, err);
    return store_end(st, rc, err);
}
