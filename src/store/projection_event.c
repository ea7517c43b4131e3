#include "store/projection_rows.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/utf8.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"

static const char sql_insert[] =
    "INSERT INTO ~event(key, patient, at, kind, status, title, detail, code, codes)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
static const char sql_erase[] = "DELETE FROM ~event WHERE key = ?1";
static const char sql_patient[] = "SELECT patient FROM ~event WHERE key = ?1";
static const char sql_seen[] = "UPDATE ~person SET seen = " SEEN("?1") " WHERE id = ?1";
static const char sql_visit[] = "SELECT patient, substr(at, 1, 10), '''' || status || '''' FROM ~event WHERE key = ?1";
/* Of one row and of values only: one that may touch several rows and fail half-way has SQLite write
 * out the full-text index before it, for every visit. */
static const char sql_seen_later[] = "UPDATE ~person SET seen = ?2 WHERE id = ?1 AND seen < ?2";

/* A row as it is put together; title and detail are clipped before they are kept. */
struct event_row {
    const char *kind, *status, *code;
    const struct node *concept;     /* where code is from: its other codes are kept beside it */
    struct buf title, detail;
};

enum { TITLE_MAX = 160, DETAIL_MAX = 320 };

/* How a type shows on the timeline. A follow-up stands at the day it was promised for; a form's
 * title is empty here unless its response names it: the reader looks it up by code, the canonical.
 * Paths fan out over arrays ("activity.detail.code" is every
 * activity's); titles: the first that says anything; details: all of them, joined. */
struct event_rule {
    const char *type, *kind;
    const char *dates[5], *titles[4], *details[5];
    const char *status;         /* "status" when NULL */
    void (*special)(struct event_row *row, const struct node *root);
};

/* Any FHIR element in words, by its looks: the shapes of R4 do not overlap in these members. */
static void element_words(struct buf *out, const struct node *element)
{
    if (!node_is(element, NODE_OBJECT))
        buf_add(out, node_text(element) != NULL ? node_text(element) : "");
    else if (node_get(element, "coding") != NULL || node_get(element, "text") != NULL || node_get(element, "code") != NULL)
        node_get(element, "value") != NULL ? quantity_words(out, element) : concept_words(out, element);
    else if (node_get(element, "currency") != NULL)
        buf_printf(out, "%s %s", node_str(element, "value"), node_str(element, "currency"));
    else if (node_get(element, "value") != NULL)
        quantity_words(out, element);
    else if (node_get(element, "family") != NULL || node_get(element, "given") != NULL)
        name_plain(out, element);
    else if (node_get(element, "start") != NULL || node_get(element, "end") != NULL)
        period_words(out, element);
    else
        buf_add(out, node_str(element, "display"));
}

/* Append the words of everything a path leads to, ", " between them. */
static void path_words(struct buf *out, const struct node *from, const char *path, bool only_first)
{
    size_t len = strcspn(path, ".");
    char name[48];
    const struct node *child;

    if (out->len > DETAIL_MAX)
        return;
    if (node_is(from, NODE_ARRAY)) {
        for (child = node_first(from); child != NULL; child = node_next(child)) {
            path_words(out, child, path, only_first);
            if (only_first && out->len > 0)
                return;
        }
        return;
    }
    if (from == NULL)
        return;
    if (len == 0) {
        struct buf words = { 0 };
        element_words(&words, from);
        if (words.len > 0 && out->len > 0)
            buf_add(out, ", ");
        buf_add(out, buf_text(&words));
        buf_done(&words);
        return;
    }
    if (len >= sizeof name)
        return;
    memcpy(name, path, len);
    name[len] = '\0';
    path_words(out, node_get(from, name), path[len] == '.' ? path + len + 1 : path + len, only_first);
}

static void join(struct buf *out, const char *words)
{
    if (words[0] == '\0')
        return;
    if (out->len > 0)
        buf_add(out, ", ");
    buf_add(out, words);
}

static void observation_value(struct buf *out, const struct node *holder)
{
    const char *type = NULL;
    const struct node *value = choice_value(holder, "value", &type);

    if (value != NULL)
        value_words(out, value, type);
    else
        concept_words(out, node_get(holder, "dataAbsentReason"));
}

/* Value, or the parts of a panel: "Systolic Blood Pressure 120 mm[Hg], Diastolic ... 80 mm[Hg]". */
static void observation(struct event_row *row, const struct node *root)
{
    const struct node *part;

    observation_value(&row->detail, root);
    for (part = node_first(node_get(root, "component")); part != NULL; part = node_next(part)) {
        struct buf words = { 0 };
        concept_words(&words, node_get(part, "code"));
        buf_char(&words, ' ');
        observation_value(&words, part);
        join(&row->detail, buf_text(&words));
        buf_done(&words);
    }
}

static void condition(struct event_row *row, const struct node *root)
{
    if (strcmp(concept_code(node_get(root, "verificationStatus"), NULL), "entered-in-error") == 0)
        row->status = "entered-in-error";
    if (node_str(root, "abatementDateTime")[0] != '\0')
        buf_printf(&row->detail, "%suntil %.10s", row->detail.len > 0 ? ", " : "", node_str(root, "abatementDateTime"));
}

static void coverage(struct event_row *row, const struct node *root)
{
    const char *end = node_path_str(root, "period.end");

    if (end[0] != '\0')
        buf_printf(&row->detail, "%suntil %.10s", row->detail.len > 0 ? ", " : "", end);
}


static void communication(struct event_row *row, const struct node *root)
{
    static const struct { const char *medium, *in, *out; } kinds[] = {
        { "call", N_("call in"), N_("call out") }, { "letter", N_("letter in"), N_("letter out") },
        { "message", N_("message in"), N_("message out") }, { "email", N_("email in"), N_("email out") },
        { "visit", N_("desk visit"), N_("desk visit") },
    };
    bool in = strcmp(contact_direction(root), "in") == 0;
    const char *medium = contact_medium(root);

    row->kind = in ? N_("message in") : N_("message out");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].medium, medium) == 0)
            row->kind = in ? kinds[i].in : kinds[i].out;
    buf_add(&row->title, contact_outcome(root));
    row->code = contact_outcome(root);
    contact_reason(&row->detail, root);
    if (row->title.len == 0) {
        buf_add(&row->title, buf_text(&row->detail));
        buf_clear(&row->detail);
    }
    struct buf note = { 0 };
    contact_note(&note, root);
    join(&row->detail, buf_text(&note));
    buf_done(&note);
}

static void appointment(struct event_row *row, const struct node *root)
{
    buf_add(&row->title, node_str(appointment_clinician(root), "display"));
    struct buf reason = { 0 };
    appointment_reason(&reason, root);
    join(&row->title, buf_text(&reason));
    buf_done(&reason);
    join(&row->detail, node_path_str(root, "cancelationReason.text"));
    if (extension_find(root, EXT_LEFT_UNSEEN) != NULL)
        row->status = "left-unseen";
}

static void service_request(struct event_row *row, const struct node *root)
{
    const struct node *category;
    char *folded = utf8_folded(buf_text(&row->title));

    for (category = node_first(node_get(root, "category")); category != NULL; category = node_next(category))
        if (concept_has(category, "http://snomed.info/sct", "3457005") || concept_has(category, NULL, "referral"))
            row->kind = "referral";
    if (strstr(folded, "referral") != NULL || node_get(root, "performerType") != NULL)
        row->kind = "referral";
    free(folded);
}

static void questionnaire_response(struct event_row *row, const struct node *root)
{
    const struct node *extension;
    const char *title = node_text(extension_value(node_get(root, "_questionnaire"), EXT_DISPLAY));

    row->code = node_str(root, "questionnaire");
    buf_add(&row->title, title != NULL ? title : "");
    for (extension = node_first(node_get(root, "extension")); extension != NULL; extension = node_next(extension)) {
        if (strcmp(node_str(extension, "url"), EXT_SCORE) != 0)
            continue;
        const char *name = node_text(extension_value(extension, "name")), *band = node_text(extension_value(extension, "band"));
        const char *value = node_text(extension_value(extension, "value"));
        const char *answered = node_text(extension_value(extension, "answered")), *of = node_text(extension_value(extension, "of"));
        struct buf score = { 0 };
        if (name != NULL && name[0] != '\0' && strcmp(name, buf_text(&row->title)) != 0)
            buf_printf(&score, "%s ", name);
        buf_add(&score, value != NULL ? value : "?");
        if (band != NULL && band[0] != '\0')
            buf_printf(&score, ", %s", band);
        if (answered != NULL && of != NULL)
            buf_printf(&score, " [%s/%s]", answered, of);
        join(&row->detail, buf_text(&score));
        buf_done(&score);
    }
}

#define PERIOD "period.start"
static const struct event_rule rules[] = {
    { "Observation", N_("measurement"), { "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued" },
      { "code" }, { NULL }, NULL, observation },
    { "Encounter", N_("visit"), { PERIOD, "period.end" }, { "type", "serviceType", "reasonCode", "class" },
      { "participant.individual", "reasonCode", "location.location" }, NULL, NULL },
    { "Procedure", N_("procedure"), { "performedDateTime", "performedPeriod.start" }, { "code" },
      { "reasonCode", "outcome", "statusReason" }, NULL, NULL },
    { "Immunization", N_("immunization"), { "occurrenceDateTime", "recorded" }, { "vaccineCode" },
      { "protocolApplied.doseNumberPositiveInt", "statusReason", "occurrenceString" }, NULL, NULL },
    { "Condition", N_("condition"), { "onsetDateTime", "onsetPeriod.start", "recordedDate" }, { "code" },
      { "severity", "bodySite" }, "clinicalStatus", condition },
    { "MedicationRequest", N_("medication"), { "authoredOn" }, { "medicationCodeableConcept", "medicationReference" },
      { "dosageInstruction.text", "reasonCode", "statusReason" }, NULL, NULL },
    { "MedicationStatement", N_("medication"), { "effectiveDateTime", "effectivePeriod.start", "dateAsserted" },
      { "medicationCodeableConcept", "medicationReference" }, { "dosage.text", "reasonCode" }, NULL, NULL },
    { "MedicationDispense", N_("medication"), { "whenHandedOver", "whenPrepared" },
      { "medicationCodeableConcept", "medicationReference" }, { "quantity", "dosageInstruction.text" }, NULL, NULL },
    { "MedicationAdministration", N_("medication"), { "effectiveDateTime", "effectivePeriod.start" },
      { "medicationCodeableConcept", "medicationReference" }, { "dosage.text" }, NULL, NULL },
    { "AllergyIntolerance", N_("allergy"), { "onsetDateTime", "recordedDate", "lastOccurrence" }, { "code" },
      { "criticality", "reaction.manifestation" }, "clinicalStatus", condition },
    { "CarePlan", N_("care plan"), { PERIOD, "created" }, { "title", "category", "description" },
      { "activity.detail.code", "activity.reference" }, NULL, NULL },
    { "Goal", N_("goal"), { "startDate", "statusDate", "target.dueDate" }, { "description" },
      { "achievementStatus", "target.detailQuantity", "target.dueDate" }, "lifecycleStatus", NULL },
    { "Task", N_("follow-up"), { "restriction.period.end", "executionPeriod.start", "authoredOn" },
      { "description", "code" }, { "reasonCode", "statusReason" }, NULL, NULL },
    { "Appointment", N_("appointment"), { "start", "requestedPeriod.start", "created" }, { NULL }, { NULL }, NULL, appointment },
    { "Communication", N_("message out"), { "sent", "received" }, { NULL }, { NULL }, NULL, communication },
    { "CommunicationRequest", N_("to send"), { "occurrenceDateTime", "occurrencePeriod.start", "authoredOn" },
      { "category", "payload.contentString" }, { "medium", "payload.contentString" }, NULL, NULL },
    { "QuestionnaireResponse", N_("form"), { "authored" }, { NULL }, { NULL }, NULL, questionnaire_response },
    { "ServiceRequest", N_("order"), { "authoredOn", "occurrenceDateTime", "occurrencePeriod.start" },
      { "code", "category" }, { "performer", "performerType", "reasonCode" }, NULL, service_request },
    { "DiagnosticReport", N_("report"), { "effectiveDateTime", "effectivePeriod.start", "issued" }, { "code" },
      { "conclusion", "result" }, NULL, NULL },
    { "DocumentReference", N_("document"), { "date", "context.period.start" },
      { "type", "description", "content.attachment.title" }, { "description", "author" }, NULL, NULL },
    { "Coverage", N_("coverage"), { PERIOD }, { "payor", "type", "class.name" }, { "type", "class.name" }, NULL, coverage },
    { "ExplanationOfBenefit", N_("claim"), { "created", "billablePeriod.start" }, { "type", "use" },
      { "insurer", "payment.amount", "outcome" }, NULL, NULL },
    { "Claim", N_("claim"), { "created", "billablePeriod.start" }, { "type", "use" }, { "insurer", "total" }, NULL, NULL },
    { "ClaimResponse", N_("claim"), { "created" }, { "type", "use" }, { "insurer", "disposition", "outcome" }, NULL, NULL },
    { "Flag", N_("alert"), { PERIOD }, { "code" }, { "category" }, NULL, NULL },
    { "Consent", N_("consent"), { "dateTime" }, { "category", "scope" }, { "scope", "provision.type" }, NULL, NULL },
    { "FamilyMemberHistory", N_("family history"), { "date" }, { "relationship", "name" }, { "condition.code", "note.text" }, NULL, NULL },
    { "RelatedPerson", N_("related person"), { PERIOD }, { "name", "relationship" }, { "relationship", "telecom.value" }, "active", NULL },
    { "CareTeam", N_("care team"), { PERIOD }, { "name", "category" }, { "participant.member" }, NULL, NULL },
    { "EpisodeOfCare", N_("episode"), { PERIOD }, { "type" }, { "careManager", "team" }, NULL, NULL },
    { "RiskAssessment", N_("risk"), { "occurrenceDateTime", "occurrencePeriod.start" }, { "code", "method" },
      { "prediction.outcome", "prediction.qualitativeRisk", "prediction.probabilityDecimal" }, NULL, NULL },
    { "ImmunizationRecommendation", N_("recall"), { "date" }, { "recommendation.vaccineCode" },
      { "recommendation.forecastStatus" }, NULL, NULL },
    { "ClinicalImpression", N_("impression"), { "effectiveDateTime", "effectivePeriod.start", "date" },
      { "description", "code" }, { "summary" }, NULL, NULL },
    { "ImagingStudy", N_("imaging"), { "started" }, { "description", "procedureCode", "modality" }, { "modality" }, NULL, NULL },
    { "List", N_("list"), { "date" }, { "title", "code" }, { "note.text" }, NULL, NULL },
    { "DeviceRequest", N_("order"), { "authoredOn" }, { "codeCodeableConcept", "codeReference" }, { "reasonCode" }, NULL, NULL },
    { "NutritionOrder", N_("order"), { "dateTime" }, { "oralDiet.type" }, { "oralDiet.instruction" }, NULL, NULL },
    { NULL, "other", { "date", "authoredOn", "created", "issued", PERIOD },
      { "code", "type", "name", "title" }, { "description" }, NULL, NULL },
};

/* Traces of other resources, not events of a life; the record shows them with what they trace. */
static bool is_trace(const char *type)
{
    return strcmp(type, "Provenance") == 0 || strcmp(type, "AuditEvent") == 0;
}

static const struct event_rule *rule_for(const char *type)
{
    const struct event_rule *rule = rules;

    while (rule->type != NULL && strcmp(rule->type, type) != 0)
        rule++;
    return rule;
}

/* "VisionPrescription" as "Vision prescription". */
static void type_words(struct buf *out, const char *type)
{
    for (const char *c = type; *c != '\0'; c++) {
        if (c > type && isupper((unsigned char)*c))
            buf_char(out, ' ');
        buf_char(out, (char)(c > type ? tolower((unsigned char)*c) : *c));
    }
}

static void fill_words(struct event_row *row, const struct event_rule *rule, const struct node *root, const char *type)
{
    for (size_t i = 0; i < 4 && rule->titles[i] != NULL && row->title.len == 0; i++) {
        path_words(&row->title, root, rule->titles[i], true);
        if (row->title.len > 0) {
            row->concept = node_path(root, rule->titles[i]);
            row->code = concept_code(row->concept, NULL);
        }
    }
    if (rule->type == NULL || (row->title.len == 0 && rule->titles[0] != NULL)) {
        struct buf words = { 0 };
        type_words(&words, type);
        if (row->title.len > 0)
            buf_printf(&words, ": %s", row->title.data);
        buf_done(&row->title);
        row->title = words;
    }
    for (size_t i = 0; i < 5 && rule->details[i] != NULL; i++) {
        struct buf words = { 0 };
        path_words(&words, root, rule->details[i], false);
        if (strcmp(buf_text(&words), buf_text(&row->title)) != 0)
            join(&row->detail, buf_text(&words));
        buf_done(&words);
    }
    if (rule->special != NULL)
        rule->special(row, root);
}

/* Cut at a character's border; one line, as it will be shown. */
static void clip(struct buf *buf, size_t max)
{
    if (buf->len <= max)
        return;
    while (max > 0 && ((unsigned char)buf->data[max] & 0xc0) == 0x80)
        max--;
    buf->data[max] = '\0';
    buf->len = max;
}

static const char *status_of(const struct event_rule *rule, const struct node *root)
{
    const struct node *status = node_get(root, rule->status != NULL ? rule->status : "status");
    const char *text = node_text(status);

    if (node_is(status, NODE_TRUE) || node_is(status, NODE_FALSE))
        return node_is(status, NODE_TRUE) ? "active" : "inactive";
    return text != NULL ? text : concept_code(status, NULL);
}

static void when_of(const struct event_rule *rule, const struct node *root, char *at)
{
    at[0] = '\0';
    for (size_t i = 0; i < 5 && rule->dates[i] != NULL && at[0] == '\0'; i++)
        clock_sort_key(node_path_str(root, rule->dates[i]), at);
}

/* Every code of a concept, or of a list of them, but the one that is the row's code. */
static void other_codes(struct buf *out, const struct node *concept, const char *code)
{
    if (node_is(concept, NODE_ARRAY)) {
        for (const struct node *one = node_first(concept); one != NULL; one = node_next(one))
            other_codes(out, one, code);
        return;
    }
    for (const struct node *coding = node_first(node_get(concept, "coding")); coding != NULL; coding = node_next(coding))
        if (node_str(coding, "code")[0] != '\0' && strcmp(node_str(coding, "code"), code) != 0)
            buf_printf(out, "%s%s ", out->len > 0 ? "" : " ", node_str(coding, "code"));
}

const char *event_kind(const char *type)
{
    const struct event_rule *rule = rule_for(type);

    if (is_trace(type))
        return NULL;
    return rule->special == communication || rule->special == service_request ? "" : rule->kind;
}

enum rc event_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    const char *type = node_str(root, "resourceType"), *about = resource_patient(root);
    const struct event_rule *rule = rule_for(type);
    struct event_row row = { .kind = rule->kind, .status = status_of(rule, root), .code = "" };
    char at[CLOCK_TEXT], patient[72];
    struct buf codes = { 0 };
    enum rc rc;

    if (about[0] == '\0' || is_trace(type) || strlen(about) >= sizeof patient)
        return RC_OK;
    strcpy(patient, about);
    when_of(rule, root, at);
    fill_words(&row, rule, root, type);
    clip(&row.title, TITLE_MAX);
    clip(&row.detail, DETAIL_MAX);
    other_codes(&codes, row.concept, row.code);
    rc = query_run(st, err, sql_insert, "itttttttt", key, patient, at, row.kind, row.status,
                   buf_text(&row.title), buf_text(&row.detail), row.code, buf_text(&codes));
    buf_done(&codes);
    buf_done(&row.title);
    buf_done(&row.detail);
    return rc;
}

enum rc event_erase(struct store *st, int64_t key, struct err *err)
{
    return query_run(st, err, sql_erase, "i", key);
}

/* A visit that came: later than what was known, or nothing changes. */
enum rc visit_write(struct store *st, int64_t key, const struct node *root, struct err *err)
{
    enum rc rc = event_write(st, key, root, err), ended;
    struct query *q;

    if (rc != RC_OK)
        return rc;
    q = query_open(st, sql_visit);
    query_bind_int(q, 1, key);
    if (query_next(q) && strstr(SEEN_STATUS, query_text(q, 2)) != NULL)    /* IN would build a table each time */
        rc = query_run(st, err, sql_seen_later, "tt", query_text(q, 0), query_text(q, 1));
    ended = query_end(q, err);
    return rc == RC_OK ? ended : rc;
}

enum rc visit_erase(struct store *st, int64_t key, struct err *err)
{
    struct query *q = query_open(st, sql_patient);
    char patient[72] = "";
    enum rc rc;

    query_bind_int(q, 1, key);
    if (query_next(q))
        snprintf(patient, sizeof patient, "%s", query_text(q, 0));
    if ((rc = query_end(q, err)) != RC_OK || (rc = event_erase(st, key, err)) != RC_OK)
        return rc;
    return patient[0] != '\0' ? query_run(st, err, sql_seen, "t", patient) : RC_OK;
}
