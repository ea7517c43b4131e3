/* Undo of the last act, and correcting an older entry. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "base/i18n.h"
#include "desk/correct.h"
#include "store/store.h"

static struct doc *undone_row(const struct last_act *last)
{
    struct doc *row = doc_new(NULL);

    node_set_int(row, doc_root(row), "act", last->act);
    node_set_str(row, doc_root(row), "action", last->action);
    node_set_str(row, doc_root(row), "patient", last->patient);
    node_set_str(row, doc_root(row), "at", last->at);
    node_set_int(row, doc_root(row), "writes", last->writes);
    return row;
}

/* When the act is named, it must still be the last one: what was shown is what is undone. */
enum rc act_undo(struct context *ctx, const struct grant *grant, const struct args *args,
                 struct doc **result, struct err *err)
{
    const char *named = arg_text(args, "act");
    struct last_act last = { 0 };
    enum rc rc = correct_last(ctx->st, ctx->session.staff.id, &last, err);
    enum action_id id = last.action ? action_by_name(last.action) : ACTION_NONE;

    if (rc == RC_OK && named && strtoll(named, NULL, 10) != last.act)
        rc = err_set(err, RC_STALE, _("act %s is not your last one any more"), named);
    else if (rc == RC_OK && (id == ACTION_NONE || action_row(id)->undo != UNDO_SAFE))
        rc = err_set(err, RC_DENIED, _("act %lld (%s) cannot be undone"), (long long)last.act, last.action);
    if (rc == RC_OK)
        rc = correct_undo(ctx->st, grant, last.act, err);
    if (rc == RC_OK)
        *result = undone_row(&last);
    last_act_done(&last);
    return rc;
}

enum rc act_correct(struct context *ctx, const struct grant *grant, const struct args *args,
                    struct doc **result, struct err *err)
{
    const char *to = arg_id(args, "to"), *reason = arg_text(args, "reason");
    char type[BIND_TYPE], id[BIND_PATIENT], *new_id = NULL;
    struct grant there;
    enum rc rc;

    if (!bind_split(args_get(args, "resource"), type, id))
        return err_set(err, RC_INVALID, _("resource: Type/ID"));
    if (strcmp(args_get(args, "as"), "mistake") == 0) {
        if (to)
            return err_set(err, RC_INVALID, _("to: only for an entry that belongs to another person"));
        rc = correct_mistake(ctx->st, grant, type, id, reason, err);
        if (rc == RC_OK)
            *result = result_made(type, id);
        return rc;
    }
    if (!to)
        return err_set(err, RC_INVALID, _("to: say whose it is"));
    if (!store_has(ctx->st, "Patient", to))
        return err_set(err, RC_NOT_FOUND, _("there is no Patient %s"), to);
    rc = action_grant(ctx, ACTION_CORRECT, to, &there, err);
    if (rc == RC_OK)
        rc = correct_move(ctx->st, grant, &there, type, id, reason, &new_id, err);
    if (rc == RC_OK)
        *result = result_made(type, new_id);
    free(new_id);
    return rc;
}
