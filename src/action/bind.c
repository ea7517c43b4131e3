#include "action/bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "desk/correct.h"
#include "fhir/datatype.h"
#include "store/conflict.h"
#include "store/outbox.h"
#include "store/draft.h"
#include "store/store.h"

bool bind_split(const char *text, char type[BIND_TYPE], char id[BIND_PATIENT])
{
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : 0;

    if (len == 0 || len >= BIND_TYPE || strlen(slash + 1) >= BIND_PATIENT || strchr(slash + 1, '/'))
        return false;
    memcpy(type, text, len);
    type[len] = '\0';
    strcpy(id, slash + 1);
    return id[0] != '\0';
}

const char *bind_id(const char *text)
{
    const char *slash = strrchr(text, '/');

    return slash ? slash + 1 : text;
}

static enum rc of_draft(struct store *st, const char *id, char *patient, struct err *err)
{
    struct draft d = { 0 };
    enum rc rc = draft_get(st, id, &d, err);

    if (rc == RC_OK && patient)
        snprintf(patient, BIND_PATIENT, "%s", d.patient);
    draft_done(&d);
    return rc;
}

/* A draft is no resource yet, but is named like one. */
static bool has(struct store *st, const char *type, const char *id)
{
    return strcmp(type, "Draft") == 0 ? of_draft(st, id, NULL, NULL) == RC_OK : store_has(st, type, id);
}

enum rc bind_find(struct store *st, const char *types, const char *text, char type[BIND_TYPE], struct err *err)
{
    const char *slash = strchr(text, '/');
    size_t given = slash ? (size_t)(slash - text) : 0;

    for (const char *at = types; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");

        snprintf(type, BIND_TYPE, "%.*s", (int)len, at);
        at += len;
        if ((!slash || (given == len && memcmp(text, type, len) == 0)) && has(st, type, bind_id(text)))
            return RC_OK;
    }
    return err_set(err, RC_NOT_FOUND, _("there is no %s %s"), types, bind_id(text));
}

static enum rc of_resource(struct store *st, const char *type, const char *id, char *patient, struct err *err)
{
    struct doc *doc = NULL;
    enum rc rc = store_get(st, type, id, &doc, err);

    if (rc == RC_OK)
        snprintf(patient, BIND_PATIENT, "%s", resource_patient(doc_root(doc)));
    doc_free(doc);
    return rc;
}

static enum rc of_conflict(struct store *st, const char *text, char *patient, struct err *err)
{
    struct conflict c = { 0 };
    enum rc rc = conflict_get(st, strtoll(text, NULL, 10), &c, err);

    if (rc == RC_OK)
        snprintf(patient, BIND_PATIENT, "%s", c.patient);
    conflict_done(&c);
    return rc;
}

static enum rc of_outbox(struct store *st, const char *text, char *patient, struct err *err)
{
    struct outbox_row row = { 0 };
    enum rc rc = outbox_get(st, strtoll(text, NULL, 10), &row, err);

    if (rc == RC_OK)
        rc = of_resource(st, row.type, row.id, patient, err);
    outbox_row_done(&row);
    return rc;
}

/* A patient, known here or (PARAM_FAR) perhaps to the server alone. */
static enum rc of_patient(struct store *st, const struct param *p, const char *value, char *patient, struct err *err)
{
    static const char id_characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    const char *id = bind_id(value);
    char type[BIND_TYPE];
    enum rc rc = RC_OK;

    if (!(p->flags & PARAM_FAR))
        rc = bind_find(st, "Patient", value, type, err);
    else if (strlen(id) > 64 || !id[0] || id[strspn(id, id_characters)])
        rc = err_set(err, RC_INVALID, _("%s has to be the id of a Patient"), p->name);
    snprintf(patient, BIND_PATIENT, "%s", rc == RC_OK ? id : "");
    return rc;
}

/* The patient one argument is about; left "" when it is about none. */
static enum rc of_value(struct context *ctx, const struct param *p, const char *value, char *patient, struct err *err)
{
    char type[BIND_TYPE], id[BIND_PATIENT];
    enum rc rc = RC_OK;

    switch (p->kind) {
    case PARAM_PATIENT:
        return strcmp(p->name, "patient") == 0 ? of_patient(ctx->st, p, value, patient, err) : RC_OK;
    case PARAM_ID:
        rc = bind_find(ctx->st, p->type, value, type, err);
        if (rc != RC_OK)
            return rc;
        return strcmp(type, "Draft") == 0 ? of_draft(ctx->st, bind_id(value), patient, err) : of_resource(ctx->st, type, bind_id(value), patient, err);
    case PARAM_RESOURCE:
        if (!bind_split(value, type, id))
            return err_set(err, RC_INVALID, _("%s: Type/ID"), p->name);
        return of_resource(ctx->st, type, id, patient, err);
    case PARAM_CONFLICT:
        return of_conflict(ctx->st, value, patient, err);
    case PARAM_OUTBOX:
        return of_outbox(ctx->st, value, patient, err);
    case PARAM_DRAFT:
        return of_draft(ctx->st, value, patient, err);
    default:
        return RC_OK;
    }
}

enum rc action_patient(struct context *ctx, enum action_id id, const struct args *args,
                       char *patient, struct err *err)
{
    enum rc rc = RC_OK;

    patient[0] = '\0';
    for (size_t i = 0; args && i < args->n && rc == RC_OK; i++) {
        const struct param *p = action_param(id, args->arg[i].name);
        char one[BIND_PATIENT] = "";

        if (!p || !args->arg[i].value[0])
            continue;
        rc = of_value(ctx, p, args->arg[i].value, one, err);
        if (rc == RC_OK && one[0] && patient[0] && strcmp(one, patient) != 0)
            rc = err_set(err, RC_DENIED, _("%s %s is about another person than Patient %s"),
                         p->name, args->arg[i].value, patient);
        if (one[0])
            snprintf(patient, BIND_PATIENT, "%s", one);
    }
    if (rc == RC_OK && id == ACTION_UNDO) {
        struct last_act last = { 0 };

        if (correct_last(ctx->st, ctx->session.staff.id, &last, NULL) == RC_OK && last.patient)
            snprintf(patient, BIND_PATIENT, "%s", last.patient);
        last_act_done(&last);
    }
    return rc;
}
