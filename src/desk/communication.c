#include "desk/communication.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/edit.h"
#include "desk/task.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

#define COLUMNS \
    "SELECT c.id, c.patient, coalesce(p.name, ''), c.at, c.direction, c.medium, c.outcome, c.reason, c.note, c.waits" \
    " FROM contact c LEFT JOIN person p ON p.id = c.patient"

static const char sql_of_patient[] = COLUMNS " WHERE c.patient = ?1 ORDER BY c.at DESC, c.key DESC LIMIT ?2";
static const char sql_latest[] = COLUMNS " ORDER BY c.at DESC, c.key DESC LIMIT ?2";
static const char sql_waiting[] = COLUMNS " WHERE c.waits = 1 ORDER BY c.at, c.key";

/* What the desk calls a medium, and its v3-ParticipationMode code (DOMAIN section 2). */
static const struct { const char *name, *code, *display; } media[] = {
    {"call", "PHONE", "telephone"},
    {"letter", "MAILWRIT", "mail"},
    {"message", "SMSWRIT", "SMS message"},
    {"email", "EMAILWRIT", "email"},
    {"visit", "PHYSICAL", "physical presence"},
};

static const char *const nobody_reached[] = {"none", "voicemail", "busy", "wrong-number", "refused"};
static const char *const outcome_known[] = {"reached", "none", "voicemail", "busy", "wrong-number", "refused", "sent", "received"};

static bool listed(const char *const *list, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}
#define LISTED(list, word) listed(list, sizeof(list) / sizeof *(list), word)

static void contact_done(struct contact *c)
{
    char **owned[] = {&c->id, &c->patient, &c->patient_name, &c->at, &c->direction, &c->medium,
                      &c->outcome, &c->reason, &c->note};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(*owned[i]);
}

void contact_list_done(struct contact_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        contact_done(&list->contact[i]);
    free(list->contact);
    *list = (struct contact_list){0};
}

static enum rc contact_rows(struct query *q, struct contact_list *out, struct err *err)
{
    size_t cap = 0;

    *out = (struct contact_list){0};
    while (query_next(q)) {
        struct contact c = {0};
        char **column[] = {&c.id, &c.patient, &c.patient_name, &c.at, &c.direction, &c.medium,
                           &c.outcome, &c.reason, &c.note};

        for (size_t i = 0; i < sizeof column / sizeof *column; i++)
            *column[i] = mem_dup(query_text(q, (int)i));
        c.waits = (int)query_int(q, 9);
        MEM_ROOM(out->contact, out->n, cap);
        out->contact[out->n++] = c;
    }
    return query_end(q, err);
}

enum rc contact_list(struct store *st, const char *patient, int limit, struct contact_list *out, struct err *err)
{
    struct query *q = query_open(st, patient ? sql_of_patient : sql_latest);

    if (patient)
        query_bind(q, 1, patient);
    query_bind_int(q, 2, limit);
    return contact_rows(q, out, err);
}

enum rc contact_waiting(struct store *st, struct contact_list *out, struct err *err)
{
    return contact_rows(query_open(st, sql_waiting), out, err);
}

static enum rc contact_check(const struct contact_new *c, struct err *err)
{
    bool medium_known = false;

    for (size_t i = 0; i < sizeof media / sizeof *media; i++)
        medium_known |= c->medium && strcmp(media[i].name, c->medium) == 0;
    if (!medium_known)
        return err_set(err, RC_INVALID, _("Communication.medium: \"%s\" is none of call, letter, message, email, visit"), c->medium ? c->medium : "");
    if (!c->direction || (strcmp(c->direction, "in") != 0 && strcmp(c->direction, "out") != 0))
        return err_set(err, RC_INVALID, _("Communication: direction is \"in\" or \"out\""));
    if (!c->outcome || !LISTED(outcome_known, c->outcome))
        return err_set(err, RC_INVALID, _("Communication: outcome \"%s\" is none of reached, none, voicemail, busy, wrong-number, refused, sent, received"), c->outcome ? c->outcome : "");
    return RC_OK;
}

static void set_medium(struct doc *doc, const char *name)
{
    for (size_t i = 0; i < sizeof media / sizeof *media; i++)
        if (strcmp(media[i].name, name) == 0) {
            doc_set(doc, "medium[0].coding[0].system", SYSTEM_PARTICIPATION_MODE);
            doc_set(doc, "medium[0].coding[0].code", media[i].code);
            doc_set(doc, "medium[0].coding[0].display", media[i].display);
        }
}

static void recipient_add(struct doc *doc, const char *type, const char *id)
{
    char *reference = mem_printf("%s/%s", type, id);

    doc_set(doc, "recipient[0].reference", reference);
    free(reference);
}

/* Who spoke to whom: the staff member who logs it, and the patient at the other end. */
static void set_parties(struct doc *doc, const struct grant *grant, const struct contact_new *c)
{
    bool is_inbound = strcmp(c->direction, "in") == 0;
    char now[CLOCK_TEXT];

    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, doc_root(doc), is_inbound ? "received" : "sent", now);
    reference_set(doc, doc_root(doc), "sender", is_inbound ? "Patient" : "Practitioner",
                  is_inbound ? c->patient : grant->staff);
    recipient_add(doc, is_inbound ? "Practitioner" : "Patient", is_inbound ? grant->staff : c->patient);
}

static struct doc *contact_document(const struct grant *grant, const struct contact_new *c)
{
    struct doc *doc = doc_new("Communication");
    struct node *root = doc_root(doc);
    bool done = !LISTED(nobody_reached, c->outcome);

    node_set_str(doc, root, "status", done ? "completed" : "not-done");
    if (strcmp(c->outcome, "wrong-number") == 0)
        doc_set(doc, "statusReason.coding[0].code", "invalid-phone-number");
    else if (strcmp(c->outcome, "refused") == 0)
        doc_set(doc, "statusReason.coding[0].code", "patient-objection");
    else if (!done)
        doc_set(doc, "statusReason.coding[0].code", "recipient-unavailable");
    if (!done)
        doc_set(doc, "statusReason.coding[0].system", "http://terminology.hl7.org/CodeSystem/communication-not-done-reason");
    edit_extension(doc, root, EXT_OUTCOME, "valueCode", c->outcome);
    if (c->number && *c->number)
        edit_extension_int(doc, root, EXT_NUMBER, strtoll(c->number, NULL, 10));
    set_medium(doc, c->medium);
    reference_set(doc, root, "subject", "Patient", c->patient);
    set_parties(doc, grant, c);
    if (c->reason && *c->reason)
        doc_set(doc, "reasonCode[0].text", c->reason);
    if (c->note && *c->note)
        doc_set(doc, "payload[0].contentString", c->note);
    return doc;
}

static void add_reference(struct doc *doc, const char *list, const char *type, const char *id)
{
    char *reference = mem_printf("%s/%s", type, id), *path = mem_printf("%s[0].reference", list);

    doc_set(doc, path, reference);
    free(path);
    free(reference);
}

/* The next step: the follow-up this attempt belongs to moves on, or a new one is made. */
static enum rc contact_next(struct store *st, const struct grant *grant, const struct contact_new *c,
                            const char *contact_id, struct err *err)
{
    struct task_new next = {
        .patient = c->patient, .title = c->next_title, .reason = c->reason, .due = c->next_due,
        .due_time = c->next_time, .owner = grant->staff,
    };
    char *focus;
    enum rc rc;

    if (c->task && *c->task)
        return task_attempt(st, grant, c->task, c->outcome, c->next_due, c->next_time, err);
    if ((!c->next_title || !*c->next_title) && (!c->next_due || !*c->next_due))
        return RC_OK;
    if (!next.title || !*next.title)
        next.title = c->reason && *c->reason ? c->reason : _("call again");
    focus = mem_printf("Communication/%s", contact_id);
    next.focus = focus;
    rc = task_create(st, grant, &next, NULL, err);
    free(focus);
    return rc;
}

enum rc contact_log(struct store *st, const struct grant *grant, const struct contact_new *c, char **id, struct err *err)
{
    struct doc *doc = NULL;
    char *made = NULL;
    enum rc rc = contact_check(c, err);

    if (rc != RC_OK || (rc = store_begin(st, err)) != RC_OK)
        return rc;
    doc = contact_document(grant, c);
    if (c->task && *c->task)
        add_reference(doc, "about", "Task", c->task);
    if (c->answers && *c->answers)
        add_reference(doc, "inResponseTo", "Communication", c->answers);
    if ((rc = edit_put_new(st, grant, doc, &made, err)) == RC_OK)
        rc = contact_next(st, grant, c, made, err);
    rc = store_end(st, rc, err);
    if (rc == RC_OK && id)
        *id = made;
    else
        free(made);
    return rc;
}

static bool extension_is_true(const struct node *element, const char *url)
{
    return node_is(extension_value(element, url), NODE_TRUE);
}

/* The number to dial: a safe one before all others, else the first phone not barred and not ended. */
static const struct node *number_to_dial(const struct node *patient)
{
    const struct node *best = NULL;

    for (const struct node *t = node_first(node_get(patient, "telecom")); t; t = node_next(t)) {
        const char *permission = node_text(extension_value(t, EXT_PERMISSION));

        if (strcmp(node_str(t, "system"), "phone") != 0 || strcmp(node_str(t, "use"), "old") == 0 ||
            *node_path_str(t, "period.end") || (permission && strcmp(permission, "no") == 0))
            continue;
        if (extension_is_true(t, EXT_SAFE_CONTACT))
            return t;
        if (!best)
            best = t;
    }
    return best;
}

static const char sql_attempts[] = "SELECT t.attempts FROM resource r JOIN task t ON t.key = r.key WHERE r.type = 'Task' AND r.id = ?1";

static int64_t attempts_so_far(struct store *st, const char *task)
{
    struct query *q;
    int64_t n = 0;

    if (!task || !*task)
        return 0;
    q = query_open(st, sql_attempts);
    query_bind(q, 1, task);
    if (query_next(q))
        n = query_int(q, 0);
    return query_end(q, NULL) == RC_OK ? n : 0;
}

char *contact_dial_words(struct store *st, const char *patient, const char *task)
{
    struct doc *doc = NULL;
    const struct node *number;
    struct buf words = {0};

    if (store_get(st, "Patient", patient, &doc, NULL) != RC_OK)
        return mem_dup(_("no such patient"));
    number = number_to_dial(doc_root(doc));
    if (!number) {
        buf_add(&words, _("no number that may be called"));
    } else {
        const char *use = node_str(number, "use");

        buf_printf(&words, "%s%s%s", use, *use ? " " : "", node_str(number, "value"));
        if (extension_is_true(number, EXT_SAFE_CONTACT))
            buf_printf(&words, ", %s", _("confidential: only this number"));
        if (extension_is_true(number, EXT_NO_VOICEMAIL))
            buf_printf(&words, ", %s", _("no voicemail"));
    }
    if (task && *task)
        buf_printf(&words, _(", attempt %d"), (int)attempts_so_far(st, task) + 1);
    doc_free(doc);
    return buf_take(&words);
}
