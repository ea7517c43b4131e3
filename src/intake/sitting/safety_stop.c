/* The safety stop of a form: an alert and a task for the clinician on duty, at once and once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/sitting/sitting_parts.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_alerts[] =
    "SELECT ?1 || '-safety' WHERE ?1 <> '' UNION ALL SELECT id || '-safety' FROM draft WHERE amends = ?1 AND ?1 <> '' AND id <> ?2";

static struct doc *safety_flag(const struct grant *grant, const struct sitting *s, const char *id, const char *now)
{
    struct doc *doc = doc_new("Flag");
    struct node *root = doc_root(doc);

    node_set_str(doc, root, "id", id);
    node_set_str(doc, root, "status", "active");
    doc_set(doc, "category[0].coding[0].system", "http://terminology.hl7.org/CodeSystem/flag-category");
    doc_set(doc, "category[0].coding[0].code", "safety");
    doc_set(doc, "category[0].coding[0].display", "Safety");
    doc_set(doc, "code.text", i18n_own(N_("Safety: PHQ-9 item 9, not left alone until seen by a clinician")));
    reference_set(doc, root, "subject", "Patient", s->draft.patient);
    doc_set(doc, "period.start", now);
    reference_set(doc, root, "author", "Practitioner", grant->staff);
    return doc;
}

/* The focus is the Flag, which exists already; the response may not for hours. */
static struct doc *safety_task(const struct grant *grant, const struct sitting *s, const char *id, const char *now)
{
    struct doc *doc = doc_new("Task");
    struct node *root = doc_root(doc);
    char today[DATE_TEXT];

    node_set_str(doc, root, "id", id);
    node_set_str(doc, root, "status", "requested");
    node_set_str(doc, root, "intent", "order");
    node_set_str(doc, root, "priority", "stat");
    doc_set(doc, "code.coding[0].code", "safety");
    node_set_str(doc, root, "description", i18n_own(N_("See the patient now: PHQ-9 item 9 is above 0")));
    reference_set(doc, root, "focus", "Flag", id);
    reference_set(doc, root, "for", "Patient", s->draft.patient);
    node_set_str(doc, root, "authoredOn", now);
    reference_set(doc, root, "requester", "Practitioner", grant->staff);
    doc_set(doc, "performerType[0].text", i18n_own(N_("clinician on duty")));
    doc_set(doc, "reasonCode.text", i18n_own(N_("safety, asked of a clinician at once")));
    date_format(clock_today(), today);
    doc_set(doc, "restriction.period.end", today);
    return doc;
}

static bool is_active(struct store *st, const char *flag)
{
    struct doc *doc = NULL;
    bool active = store_get(st, "Flag", flag, &doc, NULL) == RC_OK && strcmp(node_str(doc_root(doc), "status"), "active") == 0;

    doc_free(doc);
    return active;
}

/* While the alert of the response or of another amendment of it stands, nobody is called a second time. */
static bool is_called(struct store *st, const struct sitting *s)
{
    struct query *q = query_open(st, sql_alerts);
    bool called = false;

    query_bind(q, 1, s->draft.amends);
    query_bind(q, 2, s->draft.id);
    while (!called && query_next(q))
        called = is_active(st, query_text(q, 0));
    return query_end(q, NULL) == RC_OK && called;
}

enum rc sitting_safety(struct store *st, const struct grant *grant, struct sitting *s, struct err *err)
{
    char id[sizeof s->draft.id + sizeof "-safety"], now[CLOCK_TEXT];
    struct doc *flag = NULL, *task = NULL;
    enum rc rc = sitting_same_patient(grant, s->draft.patient, err);

    if (rc != RC_OK || !form_safety_stop(s->form) || is_called(st, s))
        return rc;
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    snprintf(id, sizeof id, "%s-safety", s->draft.id);
    clock_datetime(clock_now_ms(), now);
    if (!store_has(st, "Flag", id)) {
        flag = safety_flag(grant, s, id, now);
        rc = store_put(st, grant, flag, err);
    }
    if (rc == RC_OK && !store_has(st, "Task", id)) {
        task = safety_task(grant, s, id, now);
        rc = store_put(st, grant, task, err);
    }
    doc_free(flag);
    doc_free(task);
    return store_end(st, rc, err);
}
