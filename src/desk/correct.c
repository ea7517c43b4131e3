#include "desk/correct.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/edit.h"
#include "fhir/datatype.h"
#include "store/audit.h"
#include "store/query.h"
#include "store/store.h"

static const char sql_last[] =
    "SELECT a.seq, a.action, coalesce(a.patient, ''), coalesce(p.name, ''), a.at, a.writes"
    " FROM audit a LEFT JOIN person p ON p.id = a.patient"
    " WHERE a.staff = ?1 AND a.writes > 0 AND a.outcome = 0 AND a.action <> 'undo'"
    "   AND a.origin IN (0, 1) AND NOT EXISTS (SELECT 1 FROM undone u WHERE u.act = a.seq)"
    " ORDER BY a.seq DESC LIMIT 1";
static const char sql_written_since[] = "SELECT count(*) FROM history WHERE act = ?1";
static const char sql_written[] = "SELECT type, id, rev FROM resource WHERE act = ?1 ORDER BY key DESC";
static const char sql_in_use[] =
    "SELECT EXISTS (SELECT 1 FROM event WHERE patient = ?1) OR EXISTS (SELECT 1 FROM draft WHERE patient = ?1 AND state = 'open')";
static const char sql_undone[] = "INSERT INTO undone (act, by_act) VALUES (?1, ?2)";

/* How each type says that an entry was made in error: a status code, or the verificationStatus of
 * conditions and allergies (FHIR R4). People and staff become inactive: they are never an error. */
enum how { HOW_STATUS, HOW_LIFECYCLE, HOW_VERIFICATION, HOW_INACTIVE };
static const struct { const char *type; enum how how; const char *system; } error_marks[] = {
    {"Goal", HOW_LIFECYCLE, NULL},
    {"Condition", HOW_VERIFICATION, "http://terminology.hl7.org/CodeSystem/condition-ver-status"},
    {"AllergyIntolerance", HOW_VERIFICATION, "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"},
    {"Patient", HOW_INACTIVE, NULL}, {"Practitioner", HOW_INACTIVE, NULL},
    {"RelatedPerson", HOW_INACTIVE, NULL},
};
static const char *const has_status[] = {
    "Account", "Appointment", "CarePlan", "CareTeam", "ChargeItem", "Claim", "ClaimResponse", "ClinicalImpression",
    "Communication", "CommunicationRequest", "Composition", "Consent", "Coverage", "DetectedIssue", "DeviceRequest",
    "DeviceUseStatement", "DiagnosticReport", "DocumentManifest", "DocumentReference", "Encounter", "EpisodeOfCare",
    "ExplanationOfBenefit", "FamilyMemberHistory", "Flag", "GuidanceResponse", "ImagingStudy", "Immunization",
    "ImmunizationEvaluation", "List", "Media", "MedicationAdministration", "MedicationDispense", "MedicationRequest",
    "MedicationStatement", "NutritionOrder", "Observation", "Procedure", "QuestionnaireResponse", "RequestGroup",
    "RiskAssessment", "ServiceRequest", "Slot", "Specimen", "SupplyDelivery", "Task", "VisionPrescription",
};

void last_act_done(struct last_act *a)
{
    free(a->action);
    free(a->patient);
    free(a->patient_name);
    free(a->at);
    *a = (struct last_act){0};
}

static int64_t count(struct store *st, const char *sql, int64_t act)
{
    struct query *q = query_open(st, sql);
    int64_t n = 0;

    query_bind_int(q, 1, act);
    if (query_next(q))
        n = query_int(q, 0);
    return query_end(q, NULL) == RC_OK ? n : -1;
}

static enum rc is_safe(struct store *st, int64_t act, struct err *err)
{
    if (count(st, sql_written_since, act) != 0)
        return err_set(err, RC_DENIED, _("act %lld cannot be undone: what it wrote has been changed since; correct the entry instead"), (long long)act);
    return RC_OK;
}

enum rc correct_last(struct store *st, const char *staff, struct last_act *out, struct err *err)
{
    struct query *q = query_open(st, sql_last);
    bool found;
    enum rc rc;

    *out = (struct last_act){0};
    query_bind(q, 1, staff);
    if ((found = query_next(q))) {
        out->act = query_int(q, 0);
        out->action = mem_dup(query_text(q, 1));
        out->patient = mem_dup(query_text(q, 2));
        out->patient_name = mem_dup(query_text(q, 3));
        out->at = mem_dup(query_text(q, 4));
        out->writes = (int)query_int(q, 5);
    }
    if ((rc = query_end(q, err)) != RC_OK)
        return rc;
    return found ? is_safe(st, out->act, err) : err_set(err, RC_NOT_FOUND, _("nothing to undo"));
}

static bool type_has_status(const char *type)
{
    for (size_t i = 0; i < sizeof has_status / sizeof *has_status; i++)
        if (strcmp(has_status[i], type) == 0)
            return true;
    return false;
}

/* Mark the document as entered in error in the way of its type. */
static enum rc mark_in_error(struct doc *doc, struct err *err)
{
    const char *type = doc_type(doc);
    struct node *root = doc_root(doc);

    if (!strcmp(type, "Provenance")) {      /* it has no status: it says that what it tells of was taken back */
        doc_set(doc, "activity.coding[0].system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation");
        doc_set(doc, "activity.coding[0].code", "NULLIFY");
        return RC_OK;
    }
    for (size_t i = 0; i < sizeof error_marks / sizeof *error_marks; i++) {
        if (strcmp(error_marks[i].type, type) != 0)
            continue;
        switch (error_marks[i].how) {
        case HOW_LIFECYCLE:
            node_set_str(doc, root, "lifecycleStatus", "entered-in-error");
            break;
        case HOW_VERIFICATION:
            node_remove_name(doc, root, "verificationStatus");
            node_remove_name(doc, root, "clinicalStatus");
            doc_set(doc, "verificationStatus.coding[0].system", error_marks[i].system);
            doc_set(doc, "verificationStatus.coding[0].code", "entered-in-error");
            break;
        case HOW_INACTIVE:
            node_set_bool(doc, root, "active", false);
            break;
        case HOW_STATUS:
            break;
        }
        return RC_OK;
    }
    if (!type_has_status(type))
        return err_set(err, RC_INVALID, _("%s/%s: a %s cannot be marked as entered in error"), type, doc_id(doc), type);
    node_set_str(doc, root, "status", "entered-in-error");
    return RC_OK;
}

/* A registration stays once somebody has put an entry on it, or begun one. */
static enum rc is_unused(struct store *st, const char *type, const char *id, struct err *err)
{
    struct query *q;
    bool used;
    enum rc rc;

    if (strcmp(type, "Patient") != 0)
        return RC_OK;
    q = query_open(st, sql_in_use);
    query_bind(q, 1, id);
    used = query_next(q) && query_int(q, 0) != 0;
    if ((rc = query_end(q, err)) != RC_OK || !used)
        return rc;
    return err_set(err, RC_DENIED, _("Patient/%s cannot be undone: something stands on this record already"), id);
}

/* Put one written resource back to what it was before the act; one the act made becomes entered in error. */
static enum rc put_back(struct store *st, const struct grant *grant, const char *type, const char *id, int64_t rev, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc;

    if (rev > 1) {
        if ((rc = store_get_rev(st, type, id, rev - 1, &doc, err)) != RC_OK)
            return rc;
        doc_set_rev(doc, rev);
    } else if ((rc = is_unused(st, type, id, err)) != RC_OK || (rc = store_get(st, type, id, &doc, err)) != RC_OK ||
               (rc = mark_in_error(doc, err)) != RC_OK) {
        goto out;
    }
    rc = store_put(st, grant, doc, err);
out:
    doc_free(doc);
    return rc;
}

struct written { char *type, *id; int64_t rev; };

static enum rc written_by(struct store *st, int64_t act, struct written **out, size_t *n, struct err *err)
{
    struct query *q = query_open(st, sql_written);
    size_t cap = 0;

    *out = NULL;
    *n = 0;
    query_bind_int(q, 1, act);
    while (query_next(q)) {
        MEM_ROOM(*out, *n, cap);
        (*out)[(*n)++] = (struct written){mem_dup(query_text(q, 0)), mem_dup(query_text(q, 1)), query_int(q, 2)};
    }
    return query_end(q, err);
}

enum rc correct_undo(struct store *st, const struct grant *grant, int64_t act, struct err *err)
{
    struct written *w = NULL;
    size_t n = 0;
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = is_safe(st, act, err)) == RC_OK)
        rc = written_by(st, act, &w, &n, err);
    for (size_t i = 0; i < n && rc == RC_OK; i++)
        rc = put_back(st, grant, w[i].type, w[i].id, w[i].rev, err);
    if (rc == RC_OK)
        rc = query_run(st, err, sql_undone, "ii", act, audit_act(st, grant));
    if (rc == RC_OK)
        audit_detail(st, "undoes act %lld", (long long)act);
    for (size_t i = 0; i < n; i++) {
        free(w[i].type);
        free(w[i].id);
    }
    free(w);
    return store_end(st, rc, err);
}

/* Why and by whom, in a form that travels: a Provenance over what was corrected. */
static enum rc provenance_put(struct store *st, const struct grant *grant, const char *reason,
                              const char *target, const char *entered_again, struct err *err)
{
    struct doc *doc = doc_new("Provenance");
    char now[CLOCK_TEXT], *who = mem_printf("Practitioner/%s", grant->staff);

    clock_instant(clock_now_ms(), now);
    doc_set(doc, "target[0].reference", target);
    if (entered_again)
        doc_set(doc, "target[1].reference", entered_again);
    doc_set(doc, "recorded", now);
    doc_set(doc, "reason[0].text", reason);
    doc_set(doc, "activity.coding[0].system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation");
    doc_set(doc, "activity.coding[0].code", entered_again ? "UPDATE" : "NULLIFY");
    doc_set(doc, "agent[0].who.reference", who);
    free(who);
    return edit_put_new(st, grant, doc, NULL, err);
}

static enum rc correct_in_error(struct store *st, const struct grant *grant, struct doc *doc, const char *reason,
                                const char *entered_again, struct err *err)
{
    char *target = mem_printf("%s/%s", doc_type(doc), doc_id(doc));
    enum rc rc = mark_in_error(doc, err);

    if (rc == RC_OK && (rc = store_put(st, grant, doc, err)) == RC_OK)
        rc = provenance_put(st, grant, reason, target, entered_again, err);
    free(target);
    return rc;
}

static enum rc reason_given(const char *type, const char *id, const char *reason, struct err *err)
{
    return reason && *reason ? RC_OK : err_set(err, RC_INVALID, _("%s/%s: a correction needs a reason"), type, id);
}

enum rc correct_mistake(struct store *st, const struct grant *grant, const char *type, const char *id, const char *reason, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = reason_given(type, id, reason, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = store_get(st, type, id, &doc, err)) == RC_OK)
        rc = correct_in_error(st, grant, doc, reason, NULL, err);
    doc_free(doc);
    return store_end(st, rc, err);
}

/* Point every reference to one patient at another. */
static void repoint(struct doc *doc, struct node *node, const char *from, const char *to)
{
    if (node_is(node, NODE_OBJECT) && strcmp(node_str(node, "reference"), from) == 0) {
        node_set_str(doc, node, "reference", to);
        node_remove_name(doc, node, "display");
    }
    for (struct node *child = node_first(node); child; child = node_next(child))
        if (node_is(child, NODE_OBJECT) || node_is(child, NODE_ARRAY))
            repoint(doc, child, from, to);
}

/* Does this refer to something on the record the entry is leaving: the message it answers, the visit it was part of? */
static bool stays_behind(struct store *st, const struct node *reference, const char *patient)
{
    char type[40], id[72];
    struct doc *doc = NULL;
    bool stays;

    if (!node_get(reference, "reference") || !reference_split(reference, type, sizeof type, id, sizeof id) ||
        strcmp(type, "Patient") == 0 || store_get(st, type, id, &doc, NULL) != RC_OK)
        return false;
    stays = strcmp(resource_patient(doc_root(doc)), patient) == 0;
    doc_free(doc);
    return stays;
}

static void drop_references(struct store *st, struct doc *doc, struct node *node, const char *patient)
{
    struct node *next;

    for (struct node *child = node_first(node); child; child = next) {
        bool holds = node_is(child, NODE_OBJECT) || node_is(child, NODE_ARRAY);

        next = node_next(child);
        if (holds && node_is(child, NODE_OBJECT) && stays_behind(st, child, patient)) {
            node_remove(doc, child);
        } else if (holds && node_count(child) > 0) {
            drop_references(st, doc, child, patient);
            if (node_count(child) == 0)
                node_remove(doc, child);
        }
    }
}

static enum rc enter_again(struct store *st, const struct grant *to, const struct doc *wrong, char **id, struct err *err)
{
    struct doc *copy = doc_copy(wrong);
    char *id_there = mem_dup(resource_patient(doc_root(wrong))), *old_patient = mem_printf("Patient/%s", id_there);
    char *new_patient = mem_printf("Patient/%s", to->patient);

    doc_set_rev(copy, 0);
    node_remove_name(copy, doc_root(copy), "id");
    node_remove_name(copy, doc_root(copy), "meta");
    drop_references(st, copy, doc_root(copy), id_there);
    repoint(copy, doc_root(copy), old_patient, new_patient);
    free(id_there);
    free(old_patient);
    free(new_patient);
    return edit_put_new(st, to, copy, id, err);
}

enum rc correct_move(struct store *st, const struct grant *from, const struct grant *to, const char *type,
                     const char *id, const char *reason, char **new_id, struct err *err)
{
    struct doc *doc = NULL;
    char *made = NULL, *again = NULL;
    enum rc rc = reason_given(type, id, reason, err);

    if (rc != RC_OK)
        return rc;
    if (!*to->patient || strcmp(type, "Patient") == 0)
        return err_set(err, RC_INVALID, _("%s/%s: say which other person it belongs to"), type, id);
    if ((rc = store_begin(st, err)) != RC_OK)
        return rc;
    if ((rc = store_get(st, type, id, &doc, err)) != RC_OK ||
        (rc = enter_again(st, to, doc, &made, err)) != RC_OK)
        goto out;
    again = mem_printf("%s/%s", type, made);
    if ((rc = correct_in_error(st, from, doc, reason, again, err)) == RC_OK)
        rc = audit_event(st, to, 0, again, err);
out:
    doc_free(doc);
    free(again);
    rc = store_end(st, rc, err);
    if (rc == RC_OK && new_id)
        *new_id = made;
    else
        free(made);
    return rc;
}
