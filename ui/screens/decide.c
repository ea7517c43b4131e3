#include "ui/screens/decide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/field_words.h"
#include "desk/patient.h"
#include "desk/refusal.h"
#include "fhir/datatype.h"
#include "store/conflict.h"
#include "store/draft.h"
#include "store/outbox.h"
#include "ui/act.h"
#include "ui/screens/drafts.h"

enum { REFUSED_LIMIT = 50 };

static char *person_name(struct app *app, const char *patient)
{
    struct person person = { 0 };
    char *name = patient[0] && person_get(app->ctx.st, patient, &person, NULL) == RC_OK ? mem_dup(person.name) : mem_dup("");

    person_done(&person);
    return name;
}

/* "Phone, Address": the fields of a conflict, from its JSON array of paths. */
char *fields_words(const char *type, const char *fields)
{
    struct doc *doc = NULL;
    struct buf out = { 0 };

    if (fields && doc_parse(fields, strlen(fields), &doc, NULL) == RC_OK)
        for (const struct node *path = node_first(doc_root(doc)); path; path = node_next(path))
            if (node_text(path))
                buf_printf(&out, "%s%s", out.len ? ", " : "", field_label(type, node_text(path)));
    doc_free(doc);
    return out.data ? buf_take(&out) : mem_dup("");
}

static enum rc add_conflicts(struct app *app, struct section_rows *out, struct err *err)
{
    struct conflict *list = NULL;
    size_t n = 0;
    enum rc rc = conflict_list(app->ctx.st, &list, &n, err);

    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        char id[24], *name = person_name(app, list[i].patient), *fields = fields_words(list[i].type, list[i].fields);
        struct section_row *row;

        snprintf(id, sizeof id, "%lld", (long long)list[i].id);
        row = section_row_new(out, "Conflict", id, list[i].patient, name);
        row->text[0] = mem_dup(_("conflict"));
        row->text[1] = mem_dup(name[0] ? name : list[i].type);
        row->text[2] = fields[0] ? mem_printf(_("%s: this desk and the server differ"), fields)
                                 : mem_printf(_("%s: changed here, deleted there"), act_type_words(list[i].type));
        row->first_style = STYLE_LATE;
        free(fields);
        free(name);
    }
    for (size_t i = 0; i < n; i++)
        conflict_done(&list[i]);
    free(list);
    return rc;
}

/* The person a write that never left is about. */
static void patient_of_body(const char *body, char *out, size_t size)
{
    struct doc *doc = NULL;

    out[0] = '\0';
    if (body && doc_parse(body, strlen(body), &doc, NULL) == RC_OK)
        snprintf(out, size, "%s", resource_patient(doc_root(doc)));
    doc_free(doc);
}

/* Refused writes, and those that wait for a record which the server said it does not have: they would for ever. */
static void add_unsent(struct app *app, const struct outbox_row *o, struct section_rows *out)
{
    bool is_refused = o->state == OUTBOX_REFUSED;
    char id[24], patient[72], words[240], *name;
    struct section_row *row;
    struct refusal refusal;

    patient_of_body(o->body, patient, sizeof patient);
    name = person_name(app, patient);
    snprintf(id, sizeof id, "%lld", (long long)o->seq);
    row = section_row_new(out, "Outbox", id, patient, name);
    refusal_read(o->type, o->last_status, o->last_error, &refusal);
    refusal_words(&refusal, words, sizeof words);
    row->text[0] = mem_dup(is_refused ? _("refused") : _("waits"));
    row->text[1] = mem_dup(name[0] ? name : act_type_words(o->type));
    row->text[2] = mem_dup(is_refused ? words : o->last_error);
    row->first_style = is_refused ? STYLE_ALERT : STYLE_LATE;
    free(name);
}

static enum rc add_stuck(struct app *app, enum outbox_state state, struct section_rows *out, struct err *err)
{
    struct outbox_row *list = NULL;
    int n = 0;
    enum rc rc = outbox_list(app->ctx.st, (int)state, INT64_MAX, REFUSED_LIMIT, &list, &n, err);

    for (int i = 0; i < n; i++) {
        if (rc == RC_OK && (state == OUTBOX_REFUSED || (list[i].last_status >= 400 && list[i].last_error)))
            add_unsent(app, &list[i], out);
        outbox_row_done(&list[i]);
    }
    free(list);
    return rc;
}

static enum rc add_drafts(struct app *app, enum whose whose, struct section_rows *out, struct err *err)
{
    struct draft *list = NULL;
    size_t n = 0;
    const char *me = app->ctx.session.staff.id;
    enum rc rc = draft_list(app->ctx.st, NULL, whose == WHOSE_MINE ? me : whose == WHOSE_DESK ? "" : NULL, &list, &n, err);

    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        char *name = person_name(app, list[i].patient);
        struct section_row *row = section_row_new(out, "Draft", list[i].id, list[i].patient, name);
        char *why = draft_why_words(app, &list[i]);

        row->text[0] = mem_dup(_("draft"));
        row->text[1] = mem_dup(row->name);
        row->text[2] = mem_printf(_("%s: %d of %d, %s"), list[i].title, list[i].answered, list[i].total, why);
        free(why);
        row->first_style = STYLE_PLAIN;
        free(name);
    }
    for (size_t i = 0; i < n; i++)
        draft_done(&list[i]);
    free(list);
    return rc;
}

enum rc decide_load(struct app *app, enum whose whose, struct section_rows *out, struct err *err)
{
    enum rc rc = add_conflicts(app, out, err);

    if (rc == RC_OK)
        rc = add_stuck(app, OUTBOX_REFUSED, out, err);
    if (rc == RC_OK)
        rc = add_stuck(app, OUTBOX_BLOCKED, out, err);
    if (rc == RC_OK)
        rc = add_drafts(app, whose, out, err);
    return rc;
}
