/* A response as it was answered: the form it was given in, with its answers in place. Where that form is
 * not here, its own texts stand in for it; never another version, without a word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/model.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/stand_in.h"
#include "intake/sitting/version.h"
#include "store/store.h"

char *sitting_match_words(const struct doc *questionnaire, enum version_match match)
{
    char *version = version_words(questionnaire), *words = NULL;

    if (match == VERSION_EDITED)
        words = mem_printf(_("The form was edited after these answers, still as %s: questions may read differently now."), version);
    else if (match == VERSION_ASSUMED)
        words = mem_printf(_("The answers name no version of the form; this is the one of that day (%s)."), version);
    free(version);
    return words;
}

static enum rc stand_in(struct sitting *out, const struct doc *response, const struct err *why)
{
    const char *title = node_text(extension_value(node_get(doc_root(response), "_questionnaire"), EXT_DISPLAY));

    out->note = mem_printf(_("The form is not here in the version that was answered: these are its own words. %s"), err_text(why));
    out->is_stand_in = true;
    out->questionnaire = stand_in_form(response, title ? title : node_str(doc_root(response), "questionnaire"));
    return RC_OK;
}

/* Answers of an older version that are kept with the response, when there is nothing worse to say. */
static char *aside_words(const struct doc *response)
{
    unsigned long n = 0;

    for (const struct node *e = node_first(node_get(doc_root(response), "extension")); e; e = node_next(e))
        n += strcmp(node_str(e, "url"), EXT_ASIDE) == 0;
    return n ? mem_printf(ngettext("%lu answer of an older version is kept with it: see the entry.",
                                   "%lu answers of an older version are kept with it: see the entry.", n), n) : NULL;
}

/* An age worked out on that day is not the age of today: nothing is worked out anew. */
static void hold_still(struct form *form)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (form->item[i]->calculated)
            form->item[i]->calculated->is_stopped = true;
}

/* And what was answered is shown, also where the form would not ask it any more. */
static void show_answered(struct form *form)
{
    for (size_t i = 0; i < form->n_insts; i++) {
        struct inst *inst = form->inst[i];

        if (inst->from && inst->item->enable && !inst->expression_enabled)
            inst->expression_enabled = inst->item->enable->is_stopped = true;
    }
    form_recompute(form);
}

enum rc sitting_view(struct store *st, const struct doc *response, struct sitting *out, struct err *err)
{
    enum version_match match = VERSION_SAME;
    struct err why = { RC_OK, "" };
    enum rc rc;

    *out = (struct sitting){0};
    snprintf(out->draft.id, sizeof out->draft.id, "%s", doc_id(response));
    snprintf(out->draft.patient, sizeof out->draft.patient, "%s", resource_patient(doc_root(response)));
    rc = version_of_response(st, response, &out->questionnaire, &match, &why);
    if (rc == RC_NOT_FOUND)
        rc = stand_in(out, response, &why);
    else if (rc == RC_OK)
        out->note = sitting_match_words(out->questionnaire, match);
    else
        err_set(err, rc, "%s", err_text(&why));
    if (rc == RC_OK)
        store_get(st, "Patient", out->draft.patient, &out->patient, NULL);
    if (rc == RC_OK && (rc = form_open(out->questionnaire, &(struct form_context){ .patient = out->patient, .has_answers = true }, &out->form, err)) == RC_OK) {
        hold_still(out->form);
        if ((rc = form_load_response(out->form, response, err)) == RC_OK)
            show_answered(out->form);
        out->note = out->note ? out->note : aside_words(response);
    }
    if (rc != RC_OK)
        sitting_done(out);
    return rc;
}
