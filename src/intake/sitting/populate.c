#include "intake/sitting/populate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/search.h"
#include "store/store.h"

/* A stay that began longer ago and was never ended is more likely forgotten than going on. */
enum { STAY_DAYS = 30, TYPES_MAX = 12 };

static const char sql_encounter[] =
    "SELECT r.id FROM event e JOIN resource r ON r.key = e.key AND r.type = 'Encounter' AND r.deleted = 0"
    " WHERE e.patient = ?1 AND e.kind = 'visit' AND e.at >= ?2 AND e.at < ?3"
    "   AND e.status IN ('in-progress', 'arrived', 'triaged', 'onleave')"
    " ORDER BY e.at DESC LIMIT 1";
static const char sql_appointment[] =
    "SELECT id FROM appointment WHERE patient = ?1 AND start >= ?2 AND start < ?3 AND status IN ('arrived', 'checked-in')"
    " ORDER BY start DESC LIMIT 1";

struct reads { char type[40]; size_t n; };
struct populate {
    struct store *st;
    char patient[72];                   /* "" nobody */
    struct doc *encounter, *user;       /* owned */
    struct form_context context;
    struct reads reads[TYPES_MAX];
    size_t n_reads;
};

/* --- The visit --- */

/* Id of the first row about the patient between two days, "" none. */
static void find_between(struct store *st, const char *sql, const char *patient, struct date from, struct date until, char *id, size_t size)
{
    struct query *q = query_open(st, sql);
    char first[DATE_TEXT], last[DATE_TEXT];

    date_format(from, first);
    date_format(until, last);
    query_bind(q, 1, patient);
    query_bind(q, 2, first);
    query_bind(q, 3, last);
    snprintf(id, size, "%s", query_next(q) ? query_text(q, 0) : "");
    query_end(q, NULL);
}

/* Today's visit as its Appointment tells it (FHIR R4 Encounter). */
static struct doc *encounter_of(const struct doc *appointment, const char *patient)
{
    const struct node *from = doc_root(appointment);
    const char *arrived = node_text(extension_value(from, EXT_ARRIVED)), *type = "Practitioner";
    struct doc *doc = doc_new("Encounter");
    struct node *root = doc_root(doc);
    char *reference;

    node_set_str(doc, root, "status", strcmp(node_str(from, "status"), "checked-in") == 0 ? "in-progress" : "arrived");
    doc_set(doc, "class.system", "http://terminology.hl7.org/CodeSystem/v3-ActCode");
    doc_set(doc, "class.code", "AMB");
    reference_set(doc, root, "subject", "Patient", patient);
    for (const struct node *p = node_first(node_get(from, "participant")); p; p = node_next(p))
        if (strncmp(node_path_str(p, "actor.reference"), type, strlen(type)) == 0)
            node_set_copy(doc, node_add_object(doc, node_set_array(doc, root, "participant")), "individual", node_get(p, "actor"));
    if (node_get(from, "reasonCode"))
        node_set_copy(doc, root, "reasonCode", node_get(from, "reasonCode"));
    if (node_get(from, "serviceType"))
        node_set_copy(doc, root, "serviceType", node_first(node_get(from, "serviceType")));
    node_set_str(doc, node_set_object(doc, root, "period"), "start", arrived ? arrived : node_str(from, "start"));
    reference = mem_printf("Appointment/%s", doc_id(appointment));
    doc_set(doc, "appointment[0].reference", reference);
    free(reference);
    return doc;
}

static struct doc *visit_now(struct store *st, const char *patient)
{
    struct date today = clock_today(), tomorrow = date_add_days(today, 1);
    struct doc *found = NULL, *visit;
    char id[72];

    find_between(st, sql_encounter, patient, date_add_days(today, -STAY_DAYS), tomorrow, id, sizeof id);
    if (*id && store_get(st, "Encounter", id, &found, NULL) == RC_OK)
        return found;
    find_between(st, sql_appointment, patient, today, tomorrow, id, sizeof id);
    if (!*id || store_get(st, "Appointment", id, &found, NULL) != RC_OK)
        return NULL;
    visit = encounter_of(found, patient);
    doc_free(found);
    return visit;
}

/* --- Asking the record --- */

static void count_read(struct populate *p, const struct node *resource)
{
    const char *type = node_str(resource, "resourceType");
    size_t i = 0;

    if (!*resource_patient(resource) || strlen(type) >= sizeof p->reads[0].type)
        return;
    while (i < p->n_reads && strcmp(p->reads[i].type, type) != 0)
        i++;
    if (i == TYPES_MAX)
        i--;
    else if (i == p->n_reads)
        strcpy(p->reads[p->n_reads++].type, type);
    p->reads[i].n++;
}

static enum rc search(void *ctx, const char *query, struct doc **out, struct err *err)
{
    struct populate *p = ctx;
    enum rc rc = store_search(p->st, p->patient, query, out, err);

    if (rc != RC_OK)
        return rc;
    if (strcmp(doc_type(*out), "Bundle") != 0)
        count_read(p, doc_root(*out));
    else
        for (const struct node *e = node_first(node_get(doc_root(*out), "entry")); e; e = node_next(e))
            count_read(p, node_get(e, "resource"));
    return RC_OK;
}

static enum rc canonical(void *ctx, const char *type, const char *url, struct doc **out, struct err *err)
{
    struct populate *p = ctx;

    return store_canonical(p->st, type, url, out, err);
}

enum rc populate_audit(struct store *st, const struct grant *grant, struct populate *p, const char *subject, struct err *err)
{
    struct buf counts = {0};
    enum rc rc;

    if (!p || !p->n_reads)
        return RC_OK;
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    for (size_t i = 0; i < p->n_reads; i++)
        buf_printf(&counts, "%s%s=%zu", i ? "," : "", p->reads[i].type, p->reads[i].n);
    audit_act(st, grant);
    audit_detail(st, "%s%sread for it: %s", subject, *subject ? " " : "", buf_text(&counts));
    buf_done(&counts);
    rc = store_end(st, RC_OK, err);
    if (rc == RC_OK)
        p->n_reads = 0;
    return rc;
}

/* --- Opening --- */

enum rc populate_open(struct store *st, const struct grant *grant, const struct doc *patient, struct populate **out, struct err *err)
{
    struct populate *p;

    *out = NULL;
    if (patient && grant->patient[0] && strcmp(grant->patient, doc_id(patient)) != 0)
        return err_set(err, RC_DENIED, _("The form is for another patient than the one this was opened on."));
    p = mem_alloc(sizeof *p);
    p->st = st;
    if (patient) {
        snprintf(p->patient, sizeof p->patient, "%s", doc_id(patient));
        p->encounter = visit_now(st, p->patient);
    }
    if (grant->staff[0] && store_has(st, "Practitioner", grant->staff))
        store_get(st, "Practitioner", grant->staff, &p->user, NULL);
    p->context = (struct form_context){ .patient = patient, .encounter = p->encounter, .user = p->user,
                                        .search = search, .canonical = canonical, .ctx = p };
    *out = p;
    return RC_OK;
}

const struct form_context *populate_context(const struct populate *p)
{
    return p ? &p->context : NULL;
}

void populate_close(struct populate *p)
{
    if (!p)
        return;
    doc_free(p->encounter);
    doc_free(p->user);
    free(p);
}
