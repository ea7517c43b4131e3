#include "desk/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/edit.h"
#include "desk/ladder.h"
#include "desk/safety.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "store/query.h"
#include "store/store.h"

/* Word for word as in the index task_due, which is of use only so. */
#define OPEN_STATUS "('requested', 'accepted', 'ready', 'received', 'in-progress', 'on-hold', 'draft')"
#define COLUMNS \
    "SELECT t.id, t.patient, coalesce(p.name, ''), t.owner, t.status, t.due, t.due_time, t.hidden_until," \
    " t.priority, t.code, t.title, t.reason, t.attempts, t.last_outcome" \
    " FROM task t LEFT JOIN person p ON p.id = t.patient" \
    " WHERE t.status IN " OPEN_STATUS " AND (?1 IS NULL OR t.owner = ?1)"
#define WHEN_DUE \
    "   AND (?3 IS NULL OR (t.due <> '' AND t.due <= ?3 AND t.hidden_until <= ?4))" \
    " ORDER BY t.priority = 'stat' DESC, t.due = '', t.due, t.due_time, t.key"
static const char sql_list[] = COLUMNS " AND ?2 IS NULL" WHEN_DUE;
static const char sql_due[] = COLUMNS " AND ?2 IS NULL AND t.due <= ?3" WHEN_DUE;
static const char sql_patient[] = COLUMNS " AND t.patient = ?2" WHEN_DUE;

/* Where a Task may go from each status: FHIR R4, Task, state machine; done and cancelled are final. */
static const struct ladder ladder[] = {
    {"draft", "requested received accepted ready in-progress on-hold completed cancelled failed entered-in-error"},
    {"requested", "received accepted rejected ready in-progress on-hold completed cancelled failed entered-in-error"},
    {"received", "accepted rejected ready in-progress on-hold completed cancelled failed entered-in-error"},
    {"accepted", "ready in-progress on-hold completed cancelled failed entered-in-error"},
    {"ready", "in-progress on-hold completed cancelled failed entered-in-error"},
    {"in-progress", "on-hold completed cancelled failed entered-in-error"},
    {"on-hold", "requested accepted ready in-progress completed cancelled failed entered-in-error"},
    {"completed", "entered-in-error"},
    {"cancelled", "entered-in-error"},
    {"failed", "entered-in-error"},
    {"rejected", "entered-in-error"},
    {"entered-in-error", ""},
};

/* How the last attempt ended, in words of the desk. */
static const struct { const char *code, *words; } outcomes[] = {
    {"none", N_("no answer")}, {"voicemail", N_("voicemail left")}, {"busy", N_("busy")},
    {"wrong-number", N_("wrong number")}, {"reached", N_("reached")}, {"refused", N_("declined")},
    {"sent", N_("sent")}, {"received", N_("received")},
};

static void task_done(struct task *t)
{
    char **owned[] = {&t->id, &t->patient, &t->patient_name, &t->owner, &t->status, &t->due, &t->due_time,
                      &t->hidden_until, &t->priority, &t->code, &t->title, &t->reason, &t->why};

    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(*owned[i]);
}

void task_list_done(struct task_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        task_done(&list->task[i]);
    free(list->task);
    *list = (struct task_list){0};
}

static const char *outcome_words(const char *code)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i].code, code) == 0)
            return _(outcomes[i].words);
    return code;
}

/* "stat; A1c result; 2 attempts, no answer": what makes this row worth a look. */
static char *task_why(const struct task *t, const char *last_outcome)
{
    struct buf why = {0};

    if (strcmp(t->priority, "stat") == 0 || strcmp(t->priority, "urgent") == 0 || strcmp(t->priority, "asap") == 0)
        buf_printf(&why, "%s", t->priority);
    if (*t->reason)
        buf_printf(&why, "%s%s", why.len ? "; " : "", t->reason);
    if (t->attempts > 0)
        buf_printf(&why, "%s%d %s, %s", why.len ? "; " : "", t->attempts,
                   ngettext("attempt", "attempts", (unsigned long)t->attempts), outcome_words(last_outcome));
    else if (*last_outcome)
        buf_printf(&why, "%s%s", why.len ? "; " : "", outcome_words(last_outcome));
    return buf_take(&why);
}

static void task_list_add(struct task_list *list, size_t *cap, struct query *q)
{
    struct task t = {0};
    char **column[] = {&t.id, &t.patient, &t.patient_name, &t.owner, &t.status, &t.due, &t.due_time,
                       &t.hidden_until, &t.priority, &t.code, &t.title, &t.reason};

    for (size_t i = 0; i < sizeof column / sizeof *column; i++)
        *column[i] = mem_dup(query_text(q, (int)i));
    t.attempts = (int)query_int(q, 12);
    t.why = task_why(&t, query_text(q, 13));
    MEM_ROOM(list->task, list->n, *cap);
    list->task[list->n++] = t;
}

enum rc task_list(struct store *st, const char *owner, const char *patient, const char *day,
                  struct task_list *out, struct err *err)
{
    struct query *q = query_open(st, patient ? sql_patient : day ? sql_due : sql_list);
    char today[DATE_TEXT];
    size_t cap = 0;

    *out = (struct task_list){0};
    date_format(clock_today(), today);
    query_bind(q, 1, owner);
    query_bind(q, 2, patient);
    query_bind(q, 3, day);
    query_bind(q, 4, today);
    while (query_next(q))
        task_list_add(out, &cap, q);
    return query_end(q, err);
}

static enum rc due_check(const char *field, const char *due, struct err *err)
{
    struct date day;

    if (!due || !*due)
        return RC_OK;
    if (!date_parse(due, &day) || !date_is_whole(day) || !date_is_real(day))
        return err_set(err, RC_INVALID, _("Task.restriction.period.%s: \"%s\" is not a day (YYYY-MM-DD)"), field, due);
    return RC_OK;
}

static void set_due(struct doc *doc, const char *due, const char *due_time)
{
    char clock[16];

    doc_set(doc, "restriction.period.end", due);
    if (due_time && strlen(due_time) == 5) {
        snprintf(clock, sizeof clock, "%s:00", due_time);
        due_time = clock;
    }
    edit_extension(doc, doc_root(doc), EXT_DUE_TIME, "valueTime", due_time);
}

enum rc task_create(struct store *st, const struct grant *grant, const struct task_new *t, char **id, struct err *err)
{
    struct doc *doc;
    struct node *root;
    char now[CLOCK_TEXT];
    enum rc rc = due_check("end", t->due, err);

    if (rc != RC_OK)
        return rc;
    if (!t->title || !*t->title)
        return err_set(err, RC_INVALID, _("Task.description: say what is to be done"));
    doc = doc_new("Task");
    root = doc_root(doc);
    node_set_str(doc, root, "status", "requested");
    node_set_str(doc, root, "intent", "order");
    node_set_str(doc, root, "priority", t->priority && *t->priority ? t->priority : "routine");
    if (t->code && *t->code)
        doc_set(doc, "code.coding[0].code", t->code);
    node_set_str(doc, root, "description", t->title);
    if (t->focus && *t->focus)
        doc_set(doc, "focus.reference", t->focus);
    reference_set(doc, root, "for", "Patient", t->patient);
    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, root, "authoredOn", now);
    if (strcmp(grant->staff, "system") != 0)
        reference_set(doc, root, "requester", "Practitioner", grant->staff);
    if (t->owner && *t->owner)
        reference_set(doc, root, "owner", "Practitioner", t->owner);
    edit_text_concept(doc, root, "reasonCode", t->reason);
    if (t->due && *t->due)
        set_due(doc, t->due, t->due_time);
    return edit_put_new(st, grant, doc, id, err);
}

static void touch(struct doc *doc)
{
    char now[CLOCK_TEXT];

    clock_datetime(clock_now_ms(), now);
    node_set_str(doc, doc_root(doc), "lastModified", now);
}

/* Every change below takes its values from one of these. */
struct task_change { const char *status, *reason, *outcome, *due, *due_time, *hidden_until, *owner; };

static enum rc change_status(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct task_change *c = ctx;

    (void)err;
    node_set_str(doc, doc_root(doc), "status", c->status);
    if (c->reason && *c->reason)
        edit_text_concept(doc, doc_root(doc), "statusReason", c->reason);
    edit_note(doc, grant, c->outcome);
    touch(doc);
    return RC_OK;
}

/* A safety Task takes its Flag along: one act, one undo. */
static enum rc close_task(struct store *st, const struct grant *grant, const char *id, const struct task_change *c, struct err *err)
{
    enum rc rc = store_begin(st, err);

    if (rc != RC_OK)
        return rc;
    if ((rc = edit_resource(st, grant, "Task", id, change_status, c, err)) == RC_OK)
        rc = safety_end_flag(st, grant, id, err);
    return store_end(st, rc, err);
}

enum rc task_complete(struct store *st, const struct grant *grant, const char *id, const char *outcome, struct err *err)
{
    struct task_change c = {.status = "completed", .outcome = outcome};

    return close_task(st, grant, id, &c, err);
}

enum rc task_cancel(struct store *st, const struct grant *grant, const char *id, const char *reason, struct err *err)
{
    struct task_change c = {.status = "cancelled", .reason = reason};

    if (!reason || !*reason)
        return err_set(err, RC_INVALID, _("Task/%s: a cancelled follow-up needs a reason"), id);
    return close_task(st, grant, id, &c, err);
}

static enum rc change_snooze(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct task_change *c = ctx;

    (void)grant;
    (void)err;
    doc_set(doc, "restriction.period.start", c->hidden_until);
    touch(doc);
    return RC_OK;
}

enum rc task_snooze(struct store *st, const struct grant *grant, const char *id, const char *until, struct err *err)
{
    struct task_change c = {.hidden_until = until};
    enum rc rc = due_check("start", until, err);

    return rc != RC_OK ? rc : edit_resource(st, grant, "Task", id, change_snooze, &c, err);
}

/* The promise moves: a snooze that would hide the task past its new day goes. */
static enum rc change_due(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct task_change *c = ctx;
    const char *hidden = node_path_str(doc_root(doc), "restriction.period.start");

    (void)err;
    if (*hidden && strcmp(hidden, c->due) > 0)
        node_remove_name(doc, node_path(doc_root(doc), "restriction.period"), "start");
    set_due(doc, c->due, c->due_time);
    edit_note(doc, grant, c->reason);
    touch(doc);
    return RC_OK;
}

enum rc task_reschedule(struct store *st, const struct grant *grant, const char *id, const char *due,
                        const char *due_time, const char *reason, struct err *err)
{
    struct task_change c = {.due = due, .due_time = due_time, .reason = reason};
    enum rc rc;

    if (!due || !*due)
        return err_set(err, RC_INVALID, _("Task/%s: say which day it moves to"), id);
    rc = due_check("end", due, err);
    return rc != RC_OK ? rc : edit_resource(st, grant, "Task", id, change_due, &c, err);
}

static enum rc change_owner(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct task_change *c = ctx;

    (void)grant;
    (void)err;
    if (c->owner && *c->owner)
        reference_set(doc, doc_root(doc), "owner", "Practitioner", c->owner);
    else
        node_remove_name(doc, doc_root(doc), "owner");
    touch(doc);
    return RC_OK;
}

enum rc task_assign(struct store *st, const struct grant *grant, const char *id, const char *owner, struct err *err)
{
    struct task_change c = {.owner = owner};

    return edit_resource(st, grant, "Task", id, change_owner, &c, err);
}

static bool reached_nobody(const char *outcome)
{
    return strcmp(outcome, "none") == 0 || strcmp(outcome, "voicemail") == 0 ||
           strcmp(outcome, "busy") == 0 || strcmp(outcome, "wrong-number") == 0;
}

static enum rc change_attempt(struct doc *doc, const struct grant *grant, const void *ctx, struct err *err)
{
    const struct task_change *c = ctx;
    struct node *root = doc_root(doc);

    if (reached_nobody(c->outcome))
        edit_extension_int(doc, root, EXT_ATTEMPTS, edit_extension_get_int(root, EXT_ATTEMPTS) + 1);
    edit_extension(doc, root, EXT_LAST_OUTCOME, "valueCode", c->outcome);
    if (strcmp(node_str(root, "status"), "requested") == 0)
        node_set_str(doc, root, "status", "in-progress");
    if (c->due && *c->due)
        return change_due(doc, grant, ctx, err);
    touch(doc);
    return RC_OK;
}

enum rc task_attempt(struct store *st, const struct grant *grant, const char *id, const char *outcome,
                     const char *next_due, const char *next_time, struct err *err)
{
    struct task_change c = {.outcome = outcome, .due = next_due, .due_time = next_time};
    enum rc rc = due_check("end", next_due, err);

    return rc != RC_OK ? rc : edit_resource(st, grant, "Task", id, change_attempt, &c, err);
}

/* What the server or a file brings is kept as it came; the desk and its command line keep to the rules.
 * Undo puts an earlier revision back, so it may go down the ladder. */
static enum rc guard(struct store *st, const struct grant *grant, const struct doc *before,
                     const struct doc *after, struct err *err)
{
    const char *from = before ? node_str(doc_root(before), "status") : "";
    const char *to = node_str(doc_root(after), "status");

    (void)st;
    if (grant->origin == ORIGIN_IMPORT || grant->origin == ORIGIN_SYNC || strcmp(grant->action, "undo") == 0)
        return RC_OK;
    if (!*resource_patient(doc_root(after)))
        return err_set(err, RC_INVALID, _("Task/%s: for: a follow-up needs the patient it is for"), doc_id(after));
    if (before && strcmp(from, to) != 0 && !ladder_permits(ladder, sizeof ladder / sizeof *ladder, from, to))
        return err_set(err, RC_INVALID, _("Task/%s: status: a follow-up that is %s cannot become %s"), doc_id(after), from, to);
    return RC_OK;
}

void task_guards(void)
{
    store_guard("Task", guard);
}
