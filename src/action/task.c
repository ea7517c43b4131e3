/* Follow-ups. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "desk/appointment.h"
#include "desk/task.h"
#include "store/store.h"

static void task_row(struct doc *doc, const struct task *t)
{
    struct node *row = result_row(doc);
    const struct { const char *name, *value; } text[] = {
        { "id", t->id }, { "patient", t->patient }, { "name", t->patient_name }, { "title", t->title },
        { "due", t->due }, { "time", t->due_time }, { "hiddenUntil", t->hidden_until }, { "owner", t->owner },
        { "status", t->status }, { "priority", t->priority }, { "code", t->code }, { "reason", t->reason },
        { "why", t->why },
    };

    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        node_set_str(doc, row, text[i].name, text[i].value);
    node_set_int(doc, row, "attempts", t->attempts);
}

enum rc act_task_list(struct context *ctx, const struct grant *grant, const struct args *args,
                      struct doc **result, struct err *err)
{
    struct task_list list = { 0 };
    char owner[40] = "", day[DATE_TEXT];
    bool whose = arg_text(args, "owner") != NULL;
    enum rc rc = arg_staff(ctx, args, "owner", owner, err);

    if (rc == RC_OK && (rc = arg_day(ctx, args, "day", day, err)) == RC_OK)
        rc = task_list(ctx->st, whose ? owner : NULL, grant->patient[0] ? grant->patient : NULL,
                       day[0] ? day : NULL, &list, err);
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < list.n; i++)
            task_row(*result, &list.task[i]);
    }
    task_list_done(&list);
    return rc;
}

/* "2w 9:30 patel": a promise with a time of day is a visit. */
static enum rc add_visit(struct context *ctx, const struct grant *grant, const struct args *args,
                         const struct when *when, const char *owner, struct doc **result, struct err *err)
{
    struct booking b = {
        .patient = grant->patient, .day = when->day, .time = when->time,
        .clinician = when->rest[0] ? when->rest : owner[0] ? owner : NULL, .reason = arg_text(args, "title"),
    };
    char *id = NULL, *overlap = NULL;
    enum rc rc = appointment_book(ctx->st, grant, &b, &id, &overlap, err);

    if (rc == RC_OK) {
        *result = result_made("Appointment", id);
        node_set_str(*result, doc_root(*result), "overlap", overlap);
    }
    free(id);
    free(overlap);
    return rc;
}

enum rc act_task_add(struct context *ctx, const struct grant *grant, const struct args *args,
                     struct doc **result, struct err *err)
{
    char owner[40] = "", at[8], *id = NULL;
    struct when when;
    struct task_new t = {
        .patient = grant->patient, .title = arg_text(args, "title") ? arg_text(args, "title") : "call back", .reason = arg_text(args, "reason"),
        .code = arg_text(args, "code"), .priority = arg_text(args, "priority"), .focus = arg_text(args, "focus"),
    };
    enum rc rc = when_parse(ctx->config, arg_text(args, "due"), &when, err);

    memcpy(owner, ctx->session.staff.id, sizeof owner);
    if (rc != RC_OK || (rc = arg_staff(ctx, args, "owner", owner, err)) != RC_OK ||
        (rc = arg_time(args, "time", at, err)) != RC_OK)
        return rc;
    if (when.time[0])
        return add_visit(ctx, grant, args, &when, owner, result, err);
    if (when.rest[0])
        return err_set(err, RC_INVALID, _("due: \"%s\" is not understood; a visit needs a time, as \"2w 9:30 name\""), when.rest);
    t.due = when.day;
    t.due_time = at[0] ? at : NULL;
    t.owner = owner;
    if ((rc = task_create(ctx->st, grant, &t, &id, err)) == RC_OK) {
        *result = result_made("Task", id);
        node_set_str(*result, doc_root(*result), "due", when.day);
    }
    free(id);
    return rc;
}

/* A day for a follow-up that takes no clinician's name. */
static enum rc plain_when(struct context *ctx, const struct args *args, const char *name, struct when *when, struct err *err)
{
    enum rc rc = when_parse(ctx->config, arg_text(args, name), when, err);

    if (rc == RC_OK && when->rest[0])
        rc = err_set(err, RC_INVALID, _("%s: \"%s\" is not understood"), name, when->rest);
    return rc;
}

enum rc act_task_complete(struct context *ctx, const struct grant *grant, const struct args *args,
                          struct doc **result, struct err *err)
{
    const char *outcome = arg_text(args, "outcome");

    (void)result;
    return task_complete(ctx->st, grant, arg_id(args, "id"), outcome ? outcome : "done", err);
}

enum rc act_task_snooze(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    struct when when;
    enum rc rc = plain_when(ctx, args, "until", &when, err);

    (void)result;
    return rc == RC_OK ? task_snooze(ctx->st, grant, arg_id(args, "id"), when.day, err) : rc;
}

enum rc act_task_reschedule(struct context *ctx, const struct grant *grant, const struct args *args,
                            struct doc **result, struct err *err)
{
    struct when when;
    char at[8];
    enum rc rc = plain_when(ctx, args, "due", &when, err);

    (void)result;
    if (rc != RC_OK || (rc = arg_time(args, "time", at, err)) != RC_OK)
        return rc;
    return task_reschedule(ctx->st, grant, arg_id(args, "id"), when.day,
                           at[0] ? at : when.time[0] ? when.time : NULL, arg_text(args, "reason"), err);
}

enum rc act_task_assign(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    char owner[40] = "";
    enum rc rc = arg_staff(ctx, args, "owner", owner, err);

    (void)result;
    return rc == RC_OK ? task_assign(ctx->st, grant, arg_id(args, "id"), owner, err) : rc;
}

enum rc act_task_cancel(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    (void)result;
    return task_cancel(ctx->st, grant, arg_id(args, "id"), arg_text(args, "reason"), err);
}
