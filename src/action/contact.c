/* Logged contacts. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "desk/communication.h"
#include "desk/task.h"
#include "store/store.h"

enum { CONTACT_LIMIT = 100 };

static void contact_row(struct doc *doc, const struct contact *c)
{
    struct node *row = result_row(doc);
    const struct { const char *name, *value; } text[] = {
        { "id", c->id }, { "patient", c->patient }, { "name", c->patient_name }, { "at", c->at },
        { "direction", c->direction }, { "medium", c->medium }, { "outcome", c->outcome },
        { "reason", c->reason }, { "note", c->note },
    };

    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        node_set_str(doc, row, text[i].name, text[i].value);
    if (c->waits)
        node_set_bool(doc, row, "waits", true);
}

enum rc act_contact_list(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct contact_list list = { 0 };
    enum rc rc = args_flag(args, "waiting")
                     ? contact_waiting(ctx->st, &list, err)
                     : contact_list(ctx->st, grant->patient[0] ? grant->patient : NULL,
                                    arg_int(args, "limit", CONTACT_LIMIT), &list, err);

    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < list.n; i++)
            if (!grant->patient[0] || strcmp(grant->patient, list.contact[i].patient) == 0)
                contact_row(*result, &list.contact[i]);
    }
    contact_list_done(&list);
    return rc;
}

/* The next step's day and time: "tomorrow" is at 9:00 like a first call of the day. */
static enum rc next_step(struct context *ctx, const struct args *args, struct contact_new *c, struct when *when, struct err *err)
{
    const char *next = arg_text(args, "next");
    enum rc rc;

    if (!next || strcmp(next, "nothing") == 0)
        return RC_OK;
    if ((rc = when_parse(ctx->config, next, when, err)) != RC_OK)
        return rc;
    if (strcmp(next, "tomorrow") == 0)
        memcpy(when->time, "09:00", sizeof "09:00");
    c->next_due = when->day;
    c->next_time = when->time[0] ? when->time : NULL;
    c->next_title = arg_text(args, "title");
    if (!c->next_title)
        c->next_title = when->rest[0] ? when->rest : c->reason ? c->reason : "call back";
    return RC_OK;
}

enum rc act_contact_log(struct context *ctx, const struct grant *grant, const struct args *args,
                        struct doc **result, struct err *err)
{
    const char *medium = arg_text(args, "medium"), *direction = arg_text(args, "direction");
    bool is_call_in = strcmp(medium, "call-in") == 0;
    struct when when = { .rest = "" };
    struct contact_new c = {
        .patient = grant->patient, .medium = is_call_in ? "call" : medium,
        .direction = direction ? direction : is_call_in ? "in" : "out",
        .outcome = arg_text(args, "outcome"), .reason = arg_text(args, "reason"), .note = arg_text(args, "note"),
        .task = arg_id(args, "task"), .answers = arg_id(args, "answers"), .number = arg_text(args, "number"),
    };
    char *id = NULL;
    enum rc rc = next_step(ctx, args, &c, &when, err);

    if (rc == RC_OK)
        rc = contact_log(ctx->st, grant, &c, &id, err);
    if (rc == RC_OK)
        *result = result_made("Communication", id);
    free(id);
    return rc;
}
