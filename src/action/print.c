/* Forms on paper: blank, or as filled; as text, as a PDF file, or to the print command. What leaves the
 * desk this way names nobody in arguments and file names: the person stands only in the pages. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "action/bind.h"
#include "action/paper.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/patient.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/print/print.h"
#include "intake/sitting/sitting.h"
#include "paper/plain.h"
#include "store/audit.h"
#include "store/store.h"

/* What is printed: a form with or without answers, and the response they are kept in. */
struct printed {
    char type[BIND_TYPE];
    struct sitting sitting;     /* its form; for a Questionnaire only form and questionnaire are filled */
    struct doc *response;       /* NULL for a Questionnaire and a draft */
    bool is_blank;
};

static void printed_done(struct printed *p)
{
    sitting_done(&p->sitting);
    doc_free(p->response);
}

/* Who it is about, as it stands on every page. */
static enum rc identity(struct context *ctx, const char *patient, struct sheet *sheet, struct err *err)
{
    struct person person = { 0 };
    char born[DATE_TEXT] = "";
    struct date birth;
    char *words;
    enum rc rc;

    if (!patient[0]) {
        sheet_set(sheet, "identity", _("Name ____________________________   Born ______________   Record ____________"));
        return RC_OK;
    }
    if ((rc = person_get(ctx->st, patient, &person, err)) != RC_OK)
        return rc;
    if (person.birth && date_parse(person.birth, &birth))
        date_words_long(birth, born);
    words = mem_printf(_("Patient: %s   born %s   record %s"), person.name, born[0] ? born : _("not known"),
                       person.mrn && person.mrn[0] ? person.mrn : _("none"));
    sheet_set(sheet, "identity", words);
    free(words);
    person_done(&person);
    return RC_OK;
}

static char *status_words(const struct printed *p)
{
    const char *status = p->response ? node_str(doc_root(p->response), "status") : "";
    static const struct { const char *code, *words; } known[] = {
        { "completed", N_("COMPLETED") }, { "amended", N_("AMENDED") }, { "in-progress", N_("NOT FINISHED") },
        { "entered-in-error", N_("ENTERED IN ERROR") }, { "stopped", N_("STOPPED, NOT FINISHED") },
    };

    if (p->is_blank)
        return mem_dup(_("BLANK FORM"));
    if (!p->response)
        return mem_printf(_("DRAFT: %d of %d answered"), p->sitting.draft.answered, p->sitting.draft.total);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].code, status) == 0)
            return mem_dup(_(known[i].words));
    return mem_dup(status);
}

static void day_and_time(struct buf *out, const char *when)
{
    char day[DATE_TEXT];
    struct civil at;
    int64_t ms;

    if (!clock_parse(when, &ms))
        return;
    at = clock_local(ms);
    date_words_long(at.date, day);
    buf_printf(out, "%s %02d:%02d", day, at.hour, at.minute);
}

static void staff_words(struct context *ctx, struct buf *out, const char *id)
{
    struct staff staff = { 0 };

    if (staff_get(ctx->st, id, &staff, NULL) == RC_OK)
        buf_add(out, staff.display && staff.display[0] ? staff.display : staff.name);
    else
        buf_add(out, id);
    staff_done(&staff);
}

static void source_words(struct buf *out, const struct form_source *source)
{
    static const struct { const char *kind, *words; } kinds[] = {
        { "here", N_("given at the desk") }, { "paper", N_("from paper") }, { "phone", N_("by phone") },
        { "other", N_("by someone else") }, { "kiosk", N_("by the patient, alone on a screen") },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (source->kind && strcmp(kinds[i].kind, source->kind) == 0)
            buf_printf(out, ", %s", _(kinds[i].words));
    if (source->paper_date && source->paper_date[0]) {
        buf_add(out, _(" of "));
        buf_add(out, source->paper_date);
    }
    if (source->who && source->who[0])
        buf_printf(out, ": %s", source->who);
}

/* Who answered, when, and who wrote it down. */
static void add_facts(struct context *ctx, const struct printed *p, struct sheet *sheet)
{
    const struct node *root = p->response ? doc_root(p->response) : NULL;
    struct buf words = { 0 };
    struct doc *keep = NULL;
    struct form_source source = { 0 };
    char type[40], id[72];

    if (root) {
        source = (struct form_source){ node_text(extension_value(root, EXT_ANSWERS_FROM)), node_text(extension_value(root, EXT_PAPER_DATE)),
                                       node_text(extension_value(root, EXT_GIVEN_BY)) };
        buf_add(&words, _("Answered "));
        day_and_time(&words, node_str(root, "authored"));
        source_words(&words, &source);
        if (reference_split(node_get(root, "author"), type, sizeof type, id, sizeof id)) {
            buf_add(&words, _("; written down by "));
            staff_words(ctx, &words, id);
        }
    } else {
        source = sitting_source(&p->sitting, &keep);
        buf_add(&words, _("Begun "));
        day_and_time(&words, p->sitting.draft.opened);
        source_words(&words, &source);
        buf_add(&words, _("; last answer "));
        day_and_time(&words, p->sitting.draft.updated);
        buf_add(&words, _("; with "));
        staff_words(ctx, &words, p->sitting.draft.owner);
    }
    sheet_unit(sheet);
    sheet_add(sheet, "fact", 0, NULL, buf_text(&words));
    buf_done(&words);
    doc_free(keep);
}

static void set_head(struct context *ctx, const struct printed *p, struct sheet *sheet)
{
    const char *version = p->sitting.questionnaire ? node_str(doc_root(p->sitting.questionnaire), "version") : "";
    const char *form = p->sitting.form ? form_title(p->sitting.form) : node_str(doc_root(p->response), "questionnaire");
    char *title = mem_printf(*version ? _("%s (version %s)") : "%s", form, version), *status = status_words(p);
    char now[CLOCK_TEXT];
    struct buf printed = { 0 };

    clock_datetime(clock_now_ms(), now);
    buf_add(&printed, _("Printed "));
    day_and_time(&printed, now);
    sheet_set(sheet, "paper", config_text(ctx->config, "print.paper"));
    sheet_set(sheet, "title", title);
    sheet_set(sheet, "clinic", config_text(ctx->config, "clinic.name"));
    sheet_set(sheet, "status", status);
    sheet_set(sheet, "printed", buf_text(&printed));
    free(title);
    free(status);
    buf_done(&printed);
}

static enum rc open_blank(struct context *ctx, const char *id, const char *patient, struct printed *p, struct err *err)
{
    enum rc rc = store_get(ctx->st, "Questionnaire", id, &p->sitting.questionnaire, err);

    if (rc == RC_OK && patient[0])
        rc = store_get(ctx->st, "Patient", patient, &p->sitting.patient, err);
    if (rc == RC_OK)
        rc = form_open(p->sitting.questionnaire, &(struct form_context){ .patient = p->sitting.patient }, &p->sitting.form, err);
    p->is_blank = true;
    return rc;
}

/* A response whose questionnaire is not here is printed from its own texts: form stays NULL. */
static enum rc open_response(struct context *ctx, const char *id, struct printed *p, struct err *err)
{
    enum rc rc = store_get(ctx->st, "QuestionnaireResponse", id, &p->response, err);

    if (rc == RC_OK && (rc = sitting_view(ctx->st, p->response, &p->sitting, err)) == RC_OK && p->sitting.is_stand_in) {
        if (p->is_blank)
            rc = err_set(err, RC_NOT_FOUND, "%s", p->sitting.note);
        sitting_done(&p->sitting);
    }
    return rc;
}

static enum rc open_printed(struct context *ctx, const struct grant *grant, const struct args *args, struct printed *p, struct err *err)
{
    const char *id = arg_id(args, "form");
    enum rc rc = bind_find(ctx->st, action_param(ACTION_FORM_PRINT, "form")->type, args_get(args, "form"), p->type, err);

    if (rc != RC_OK)
        return rc;
    p->is_blank = args_flag(args, "blank");
    if (strcmp(p->type, "Questionnaire") == 0)
        return open_blank(ctx, id, grant->patient, p, err);
    if (strcmp(p->type, "QuestionnaireResponse") == 0)
        return open_response(ctx, id, p, err);
    return sitting_resume(ctx->st, grant, id, &p->sitting, err);
}

static enum rc make_sheet(struct context *ctx, const struct grant *grant, const struct printed *p, struct sheet *sheet, struct err *err)
{
    enum rc rc = identity(ctx, grant->patient, sheet, err);

    if (rc != RC_OK)
        return rc;
    set_head(ctx, p, sheet);
    if (p->is_blank) {
        form_print_blank(p->sitting.form, sheet);
        return RC_OK;
    }
    add_facts(ctx, p, sheet);
    if (p->sitting.form)
        form_print_filled(p->sitting.form, !p->response, sheet);
    else
        form_print_response(p->response, sheet);
    return RC_OK;
}

enum rc act_form_print(struct context *ctx, const struct grant *grant, const struct args *args,
                       struct doc **result, struct err *err)
{
    struct printed p = { .type = "" };
    struct sheet sheet;
    struct paper_out out = { .to = args_get(args, "to"), .file = arg_text(args, "pdf"), .name = arg_id(args, "form") };
    enum rc rc;

    sheet_init(&sheet);
    rc = open_printed(ctx, grant, args, &p, err);
    if (rc == RC_OK && (rc = make_sheet(ctx, grant, &p, &sheet, err)) == RC_OK) {
        *result = result_made(p.type, arg_id(args, "form"));
        rc = audit_event(ctx->st, grant, 0, p.is_blank ? "blank" : p.response ? "response" : "draft", err);
    }
    if (rc == RC_OK)
        rc = paper_put(ctx, sheet.doc, &out, *result, err);
    sheet_done(&sheet);
    printed_done(&p);
    return rc;
}
