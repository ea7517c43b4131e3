#include "desk/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/edit.h"
#include "fhir/datatype.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_active[] =
    "SELECT r.id FROM event e JOIN resource r ON r.key = e.key"
    " WHERE e.patient = ?1 AND e.kind = 'coverage' AND e.status = 'active' AND r.type = 'Coverage'";

struct ending { const char *since, *last_day; };

/* Does it hold on the day the new one starts? One that ended, or that starts later, is left alone. */
static enum rc change_end(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct ending *ending = ctx;
    const char *start = node_path_str(doc_root(doc), "period.start"), *end = node_path_str(doc_root(doc), "period.end");

    (void)grant;
    (void)err;
    if ((*end && strcmp(end, ending->since) < 0) || strncmp(start, ending->since, 10) >= 0)
        return RC_OK;
    doc_set(doc, "period.end", ending->last_day);
    return RC_OK;
}

static enum rc end_others(struct store *st, const struct grant *grant, const char *patient, const struct ending *ending, struct err *err)
{
    struct query *q = query_open(st, sql_active);
    char **id = NULL;
    size_t n = 0, cap = 0;
    enum rc rc;

    query_bind(q, 1, patient);
    while (query_next(q)) {
        MEM_ROOM(id, n, cap);
        id[n++] = mem_dup(query_text(q, 0));
    }
    rc = query_end(q, err);
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK)
            rc = edit_resource(st, grant, "Coverage", id[i], change_end, ending, err);
        free(id[i]);
    }
    free(id);
    return rc;
}

static struct doc *coverage_document(const char *patient, const char *payer, const char *member, const char *since)
{
    struct doc *doc = doc_new("Coverage");
    struct node *root = doc_root(doc);

    node_set_str(doc, root, "status", "active");
    node_set_str(doc, root, "subscriberId", member);
    reference_set(doc, root, "beneficiary", "Patient", patient);
    doc_set(doc, "period.start", since);
    if (strcmp(payer, "self-pay") == 0) {
        doc_set(doc, "type.coding[0].system", "http://terminology.hl7.org/CodeSystem/coverage-selfpay");
        doc_set(doc, "type.coding[0].code", "pay");
        doc_set(doc, "payor[0].reference", node_path_str(root, "beneficiary.reference"));
    }
    doc_set(doc, "payor[0].display", payer);
    return doc;
}

enum rc coverage_change(struct store *st, const struct grant *grant, const char *patient, const char *payer,
                        const char *member, const char *since, char **id, struct err *err)
{
    struct date first;
    char last_day[DATE_TEXT], *made = NULL;
    struct ending ending = { since, last_day };
    enum rc rc;

    if (!payer || !*payer)
        return err_set(err, RC_INVALID, _("Coverage.payor: say who pays, or self-pay"));
    if (!date_parse(since, &first) || !date_is_whole(first))
        return err_set(err, RC_INVALID, _("Coverage.period.start: \"%s\" is not a day (YYYY-MM-DD)"), since);
    date_format(date_add_days(first, -1), last_day);
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = end_others(st, grant, patient, &ending, err)) == RC_OK)
        rc = edit_put_new(st, grant, coverage_document(patient, payer, member, since), &made, err);
    rc = store_end(st, rc, err);
    if (rc == RC_OK && id)
        *id = made;
    else
        free(made);
    return rc;
}
