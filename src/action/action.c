#include "action/action.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action/bind.h"
#include "base/i18n.h"
#include "store/audit.h"
#include "store/store.h"

const char *args_nth(const struct args *args, const char *name, size_t i)
{
    for (size_t a = 0; args && a < args->n; a++)
        if (strcmp(args->arg[a].name, name) == 0 && i-- == 0)
            return args->arg[a].value;
    return NULL;
}

const char *args_get(const struct args *args, const char *name)
{
    return args_nth(args, name, 0);
}

bool args_flag(const struct args *args, const char *name)
{
    const char *value = args_get(args, name);

    return value && strcmp(value, "no") != 0;
}

static bool is_number(const char *value)
{
    size_t len = strspn(value, "0123456789");

    return len > 0 && len < 19 && value[len] == '\0';
}

static enum rc check_choice(const struct param *p, const char *value, struct err *err)
{
    char words[240] = "";

    if (p->flags & PARAM_OPEN)
        return RC_OK;
    for (size_t i = 0; i < p->n_choices; i++) {
        size_t used = strlen(words);

        if (strcmp(p->choices[i].value, value) == 0)
            return RC_OK;
        snprintf(words + used, sizeof words - used, "%s%s", i ? ", " : "", p->choices[i].value);
    }
    return err_set(err, RC_INVALID, _("%s has to be one of %s"), p->name, words);
}

static enum rc check_value(const struct param *p, const char *value, struct err *err)
{
    if (!value[0] && (p->flags & PARAM_REQUIRED))
        return err_set(err, RC_INVALID, _("%s is empty"), p->name);
    switch (p->kind) {
    case PARAM_CHOICE:
        return value[0] ? check_choice(p, value, err) : RC_OK;
    case PARAM_NUMBER: case PARAM_CONFLICT: case PARAM_OUTBOX: case PARAM_QUARANTINE: case PARAM_ACT:
        return is_number(value) ? RC_OK : err_set(err, RC_INVALID, _("%s has to be a number"), p->name);
    case PARAM_RESOURCE:
        return !value[0] || strchr(value, '/') ? RC_OK : err_set(err, RC_INVALID, _("%s has to be named as Type/ID"), p->name);
    default:
        return RC_OK;
    }
}

enum rc action_check(enum action_id id, const struct args *args, struct err *err)
{
    const struct action *row = action_row(id);
    enum rc rc = RC_OK;

    if (!row)
        return err_set(err, RC_INVALID, _("there is no such action"));
    for (size_t i = 0; args && i < args->n && rc == RC_OK; i++) {
        const struct param *p = action_param(id, args->arg[i].name);

        if (!p)
            rc = err_set(err, RC_INVALID, _("%s takes no %s"), row->name, args->arg[i].name);
        else if (!(p->flags & PARAM_LIST) && args_nth(args, p->name, 1))
            rc = err_set(err, RC_INVALID, _("%s is given twice"), p->name);
        else
            rc = check_value(p, args->arg[i].value, err);
    }
    for (size_t i = 0; i < row->n_params && rc == RC_OK; i++)
        if ((row->params[i].flags & PARAM_REQUIRED) && !args_get(args, row->params[i].name))
            rc = err_set(err, RC_INVALID, _("%s needs %s"), row->name, row->params[i].name);
    return rc;
}

enum rc action_grant(struct context *ctx, enum action_id id, const char *patient,
                     struct grant *out, struct err *err)
{
    const struct action *row = action_row(id);
    struct session who = ctx->session;      /* borrowed, with this process's origin */

    if (!row)
        return err_set(err, RC_INVALID, _("there is no such action"));
    who.origin = ctx->origin;
    return authz(ctx->st, &who, row->permission, row->name, row->category, patient ? patient : "", out, err);
}

/* One audit row for each act: a write has made it in its own transaction, and whatever wrote
 * nothing (a look, a failure, a change that was none) gets it here, before anybody sees a result. Only
 * this process's own rows count: somebody may do the same on another terminal at this moment. */
static enum rc audit_close(struct context *ctx, const struct grant *grant, int64_t before, enum rc rc, struct err *err)
{
    if (audit_committed(ctx->st) > before)
        return rc;
    if (rc == RC_OK)
        return grant->patient[0] ? audit_view(ctx->st, grant, grant->patient, NULL, NULL, err)
                                 : audit_event(ctx->st, grant, 0, NULL, err);
    audit_event(ctx->st, grant, rc == RC_DENIED ? 4 : 8, rc_name(rc), NULL);
    return rc;
}

enum rc action_run(struct context *ctx, enum action_id id, const struct args *args,
                   struct doc **result, struct err *err)
{
    const struct action *row = action_row(id);
    char patient[BIND_PATIENT] = "";
    struct doc *made = NULL;
    struct grant grant;
    int64_t before;
    enum rc rc = action_check(id, args, err), found;
    struct err missing = { RC_OK, "" };

    if (rc != RC_OK)
        return rc;
    if (!row->run)
        return err_set(err, RC_INVALID, _("%s is not an act"), row->name);
    found = action_patient(ctx, id, args, patient, &missing);
    before = audit_committed(ctx->st);
    if ((rc = action_grant(ctx, id, patient, &grant, err)) != RC_OK)
        return rc;
    rc = found == RC_OK ? row->run(ctx, &grant, args, &made, err)
                        : err_set(err, found, "%s", err_text(&missing));
    found = audit_close(ctx, &grant, before, rc, err);
    if (found != rc) {          /* what cannot be audited is not shown */
        doc_free(made);
        made = NULL;
    }
    if (result)
        *result = made;
    else
        doc_free(made);
    return found;
}
