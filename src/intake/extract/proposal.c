#include "intake/extract/proposal_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/model.h"
#include "intake/extract/extract.h"
#include "intake/sitting/populate.h"
#include "intake/sitting/sitting.h"
#include "intake/sitting/version.h"
#include "store/store.h"

enum { REVISIONS_LOOKED_AT = 50 };

/* One response being looked at. */
struct source { struct store *st; const struct doc *response; const char *patient; };

/* --- Where it came from --- */

void proposal_trace_id(const struct doc *response, const struct doc *doc, char out[CRYPTO_UUID])
{
    char *key = mem_printf("provenance %s/%s", doc_type(doc), doc_id(doc));

    extract_id(doc_id(response), key, out);
    free(key);
}

/* Was it taken from this response as it stands? An amended one is proposed again. */
static bool was_taken(const struct source *s, const struct doc *doc)
{
    struct doc *trace = NULL;
    int64_t recorded = 0, authored = 0;
    char id[CRYPTO_UUID];
    bool taken;

    proposal_trace_id(s->response, doc, id);
    if (store_get(s->st, "Provenance", id, &trace, NULL) != RC_OK)
        return false;
    taken = strcmp(node_path_str(doc_root(trace), "activity.coding[0].code"), "NULLIFY") != 0 &&     /* taken back by undo */
            clock_parse(node_str(doc_root(trace), "recorded"), &recorded) && clock_parse(node_str(doc_root(s->response), "authored"), &authored) && recorded >= authored;
    doc_free(trace);
    return taken;
}

/* --- Beside what is on record --- */

/* What changes with the day or the desk, and says nothing new. */
static struct doc *bare(const struct doc *doc)
{
    static const char *const members[] = { "id", "meta", "text", "issued", "status", "effectiveDateTime", "derivedFrom" };
    struct doc *copy = doc_copy(doc);

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        node_remove_name(copy, doc_root(copy), members[i]);
    return copy;
}

/* Was it ever stored as the form says it? Then it was written, and whoever changed it since knew better. */
static bool was_written(const struct source *s, const struct doc *stored, const struct doc *made)
{
    struct doc *wanted = bare(made);
    bool found = false;

    for (int64_t rev = doc_rev(stored); rev > 0 && rev > doc_rev(stored) - REVISIONS_LOOKED_AT && !found; rev--) {
        struct doc *old = NULL, *plain;

        if (store_get_rev(s->st, doc_type(stored), doc_id(stored), rev, &old, NULL) != RC_OK)
            continue;
        plain = bare(old);
        found = node_equal(doc_root(plain), doc_root(wanted));
        doc_free(plain);
        doc_free(old);
    }
    doc_free(wanted);
    return found;
}

static void set_state(struct proposal *p, enum proposal_state state, char *why)
{
    p->state = state;
    free(p->why);
    p->why = why;
}

static void beside_own(const struct source *s, struct proposal *p, const struct doc *made)
{
    if (!strcmp(node_str(doc_root(p->before), "status"), "entered-in-error"))
        set_state(p, PROPOSAL_WRITTEN, mem_dup(_("written, and later marked as entered in error")));
    else if (was_written(s, p->before, made))
        set_state(p, PROPOSAL_WRITTEN, mem_dup(_("already written")));
}

static void beside_stored(const struct source *s, struct proposal *p, const struct extracted *made)
{
    if (strcmp(resource_patient(doc_root(p->before)), s->patient)) {
        set_state(p, PROPOSAL_REFUSED, mem_printf(_("%s/%s is about another person than the one the form was filled with. It is not written."),
                                                  doc_type(p->before), doc_id(p->before)));
        return;
    }
    set_state(p, PROPOSAL_CHANGE, mem_dup(""));
    if (made->is_there)
        set_state(p, PROPOSAL_WRITTEN, mem_dup(_("on record already")));
    else if (made->target && was_taken(s, p->before))
        set_state(p, PROPOSAL_WRITTEN, mem_dup(_("already written")));
    else if (!made->target)
        beside_own(s, p, made->doc);
    if (p->state != PROPOSAL_CHANGE)
        return;
    p->doc = doc_copy(p->before);
    merge_element(p->doc, made->doc);
    if (node_equal(doc_root(p->doc), doc_root(p->before)))
        set_state(p, PROPOSAL_WRITTEN, mem_dup(_("on record already")));
    else if (!strcmp(doc_type(p->doc), "Observation") && !strcmp(node_str(doc_root(p->before), "status"), "final"))
        node_set_str(p->doc, doc_root(p->doc), "status", "amended");
}

static void needed_in(struct buf *out, const struct node *object, unsigned type, const char *path)
{
    const char *name;

    for (unsigned i = 0; (name = model_member_name(type, i)); i++) {
        struct model_member member;
        const char *chosen;

        if (model_member(type, name, &member) && member.is_needed && !node_get(object, name) && !choice_value(object, name, &chosen))
            buf_printf(out, "%s%s%s", out->len ? ", " : "", path, name);
    }
}

/* What FHIR demands of it and nobody said. */
static void check_needed(struct proposal *p)
{
    unsigned type = model_find(doc_type(p->doc));
    struct buf missing = {0};
    char path[100];

    needed_in(&missing, doc_root(p->doc), type, "");
    for (const struct node *m = node_first(doc_root(p->doc)); m; m = node_next(m)) {
        unsigned own = model_json_member(type, node_name(m));

        snprintf(path, sizeof path, "%.80s.", node_name(m));
        if (own == MODEL_NO_TYPE || model_is_primitive(own))
            continue;
        if (node_is(m, NODE_OBJECT))
            needed_in(&missing, m, own, path);
        else
            for (const struct node *one = node_first(m); one; one = node_next(one))
                needed_in(&missing, one, own, path);
    }
    if (missing.len)
        set_state(p, PROPOSAL_REFUSED, mem_printf(_("FHIR asks for %s, which the form does not say."), buf_text(&missing)));
    buf_done(&missing);
}

static void check(struct proposal *p)
{
    struct err err = { RC_OK, "" };

    if (proposal_is_open(p))
        check_needed(p);
    if (proposal_is_open(p) && resource_check(doc_root(p->doc), &err) != RC_OK)
        set_state(p, PROPOSAL_REFUSED, mem_dup(err_text(&err)));
}

static enum rc propose(const struct source *s, const struct extracted *made, struct proposal *p, struct err *err)
{
    const char *type = doc_type(made->doc), *id = made->target ? made->target : made->id;
    enum rc rc = RC_OK;

    *p = (struct proposal){ .link_id = mem_dup(made->link_id), .why = mem_dup("") };
    if (made->refused)
        set_state(p, PROPOSAL_REFUSED, mem_dup(made->refused));
    else if ((rc = store_get(s->st, type, id, &p->before, err)) == RC_OK)
        beside_stored(s, p, made);
    else if (rc == RC_NOT_FOUND && made->target && !made->may_be_new)
        set_state(p, PROPOSAL_REFUSED, mem_printf(_("The %s that the form means to change is not on record."), type));
    if (rc != RC_OK && rc != RC_NOT_FOUND)
        return rc;
    if (!p->doc)
        p->doc = doc_copy(p->state == PROPOSAL_WRITTEN ? p->before : made->doc);
    if (p->state != PROPOSAL_REFUSED)
        node_set_str(p->doc, doc_root(p->doc), "id", id);
    check(p);
    p->summary = resource_summary(p->doc);
    p->n_differences = differences(p->state == PROPOSAL_CHANGE ? p->before : NULL, p->doc, &p->difference);
    return RC_OK;
}

/* --- All of a response --- */

enum rc proposals_allowed(const struct grant *grant, const struct doc *response, struct err *err)
{
    const char *status = node_str(doc_root(response), "status");

    if (!*grant->patient || strcmp(resource_patient(doc_root(response)), grant->patient))
        return err_set(err, RC_DENIED, _("QuestionnaireResponse/%s is about another patient than the one this was opened on."), doc_id(response));
    if (strcmp(status, "completed") && strcmp(status, "amended"))
        return err_set(err, RC_INVALID, _("QuestionnaireResponse/%s: status: only a finished form is taken into the record, not one that is %s."),
                       doc_id(response), status);
    return RC_OK;
}

/* So that what is confirmed is what was shown. */
static void set_mark(struct proposals *out)
{
    struct buf all = {0};

    for (size_t i = 0; i < out->n; i++) {
        buf_printf(&all, "%d %lld ", (int)out->proposal[i].state, (long long)doc_rev(out->proposal[i].doc));
        node_canonical(&all, doc_root(out->proposal[i].doc));
    }
    crypto_sha256_hex(buf_text(&all), all.len, out->mark);
    buf_done(&all);
}

static enum rc propose_all(const struct source *s, const struct doc *questionnaire, const struct form_context *context,
                           struct proposals *out, struct err *err)
{
    struct extraction extraction;
    enum rc rc = extract_resources(questionnaire, s->response, context, &extraction, err);

    for (size_t i = 0; i < extraction.n && rc == RC_OK; i++) {
        MEM_ROOM(out->proposal, out->n, out->cap);
        rc = propose(s, &extraction.made[i], &out->proposal[out->n], err);
        out->n++;
    }
    out->note = extraction.note;
    out->n_notes = extraction.n_notes;
    extraction.note = NULL;
    extraction.n_notes = 0;
    extraction_done(&extraction);
    set_mark(out);
    return rc;
}

static enum rc propose_from(struct store *st, const struct grant *grant, const struct doc *response, const struct doc *questionnaire,
                            struct proposals *out, struct err *err)
{
    struct source s = { st, response, out->patient };
    struct doc *patient = NULL;
    struct populate *launch = NULL;
    enum rc rc = store_get(st, "Patient", out->patient, &patient, err);

    if (rc == RC_OK && (rc = populate_open(st, grant, patient, &launch, err)) == RC_OK &&
        (rc = propose_all(&s, questionnaire, populate_context(launch), out, err)) == RC_OK)
        rc = populate_audit(st, grant, launch, doc_id(response), err);
    populate_close(launch);
    doc_free(patient);
    return rc;
}

static void add_note(struct proposals *out, char *words)
{
    if (!words)
        return;
    out->note = mem_grow(out->note, out->n_notes + 1, sizeof *out->note);
    out->note[out->n_notes++] = words;
}

enum rc proposals_open(struct store *st, const struct grant *grant, const char *response_id, struct proposals *out, struct err *err)
{
    struct doc *response = NULL, *questionnaire = NULL;
    enum version_match match;
    enum rc rc = store_get(st, "QuestionnaireResponse", response_id, &response, err);

    *out = (struct proposals){0};
    snprintf(out->response, sizeof out->response, "%s", response_id);
    if (rc == RC_OK && (rc = proposals_allowed(grant, response, err)) == RC_OK &&
        (rc = version_of_response(st, response, &questionnaire, &match, err)) == RC_OK) {
        snprintf(out->patient, sizeof out->patient, "%s", resource_patient(doc_root(response)));
        out->title = mem_dup(node_str(doc_root(questionnaire), "title"));
        if (extract_is_asked(questionnaire) && (rc = propose_from(st, grant, response, questionnaire, out, err)) == RC_OK)
            add_note(out, sitting_match_words(questionnaire, match));
    }
    doc_free(questionnaire);
    doc_free(response);
    if (rc != RC_OK)
        proposals_done(out);
    return rc;
}

void proposals_done(struct proposals *proposals)
{
    for (size_t i = 0; i < proposals->n; i++) {
        struct proposal *p = &proposals->proposal[i];

        doc_free(p->doc);
        doc_free(p->before);
        free(p->link_id);
        free(p->summary);
        free(p->why);
        differences_done(p->difference, p->n_differences);
    }
    for (size_t i = 0; i < proposals->n_notes; i++)
        free(proposals->note[i]);
    free(proposals->proposal);
    free(proposals->note);
    free(proposals->title);
    *proposals = (struct proposals){0};
}

bool proposal_is_open(const struct proposal *p)
{
    return p->state == PROPOSAL_NEW || p->state == PROPOSAL_CHANGE;
}

size_t proposals_waiting(const struct proposals *proposals)
{
    size_t n = 0;

    for (size_t i = 0; i < proposals->n; i++)
        n += proposal_is_open(&proposals->proposal[i]);
    return n;
}
