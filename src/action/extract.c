/* What a finished form would write into the record: shown, and taken. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "intake/extract/proposal.h"
#include "store/audit.h"

static const char *const state_names[] = {
    [PROPOSAL_NEW] = "new", [PROPOSAL_CHANGE] = "change", [PROPOSAL_WRITTEN] = "written", [PROPOSAL_REFUSED] = "refused",
};

/* What a person must be allowed, besides filling forms, to have a form write a resource of the type. */
static enum permission permission_for(const char *type)
{
    static const struct { const char *type; enum permission permission; } needs[] = {
        { "Patient", PERM_PERSON_WRITE }, { "RelatedPerson", PERM_PERSON_WRITE }, { "Coverage", PERM_PERSON_WRITE },
        { "Consent", PERM_PERSON_WRITE }, { "Task", PERM_TASK }, { "Communication", PERM_CONTACT },
        { "Appointment", PERM_APPOINTMENT }, { "Encounter", PERM_APPOINTMENT },
    };

    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (!strcmp(needs[i].type, type))
            return needs[i].permission;
    return PERM_INTAKE;
}

/* "all", or numbers as they are shown: "1,3-5". */
static enum rc read_take(const char *text, const struct proposals *p, bool *take, struct err *err)
{
    if (!strcmp(text, "all")) {
        for (size_t i = 0; i < p->n; i++)
            take[i] = proposal_is_open(&p->proposal[i]);
        return RC_OK;
    }
    for (char *end; *text; text = end + (*end == ',')) {
        long from = strtol(text, &end, 10), to = from;

        if (*end == '-')
            to = strtol(end + 1, &end, 10);
        if (from < 1 || to < from || (size_t)to > p->n || (*end && *end != ','))
            return err_set(err, RC_INVALID, _("take: all, or numbers from 1 to %zu, as 1,3-5"), p->n);
        for (; from <= to; from++)
            take[from - 1] = true;
    }
    return RC_OK;
}

static enum rc may_take(struct context *ctx, const struct grant *grant, const struct proposals *p, const bool *take, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < p->n && rc == RC_OK; i++) {
        enum permission permission = permission_for(doc_type(p->proposal[i].doc));
        struct grant unused;

        if (take[i] && permission != PERM_INTAKE)
            rc = authz(ctx->st, &ctx->session, permission, grant->action, grant->category, grant->patient, &unused, err);
    }
    return rc;
}

static void differences_members(struct doc *out, struct node *row, const struct proposal *p)
{
    struct node *list = node_set_array(out, row, "differences");

    for (size_t i = 0; i < p->n_differences; i++) {
        struct node *one = node_add_object(out, list);

        node_set_str(out, one, "label", p->difference[i].label);
        node_set_str(out, one, "before", p->difference[i].before);
        node_set_str(out, one, "after", p->difference[i].after);
    }
}

static struct doc *result_of(const struct proposals *p, const bool *written)
{
    struct doc *out = doc_new(NULL);
    struct node *root = doc_root(out), *list;

    node_set_str(out, root, "response", p->response);
    node_set_str(out, root, "title", p->title);
    list = node_set_array(out, root, "proposals");
    for (size_t i = 0; i < p->n; i++) {
        const struct proposal *one = &p->proposal[i];
        struct node *row = node_add_object(out, list);

        node_set_int(out, row, "number", (int64_t)i + 1);
        node_set_str(out, row, "state", state_names[one->state]);
        if (written[i])
            node_set_bool(out, row, "taken", true);
        node_set_str(out, row, "type", doc_type(one->doc));
        node_set_str(out, row, "id", doc_id(one->doc));
        node_set_str(out, row, "linkId", one->link_id);
        node_set_str(out, row, "summary", one->summary);
        node_set_str(out, row, "why", one->why);
        differences_members(out, row, one);
        node_set_copy(out, row, "resource", doc_root(one->doc));
    }
    list = node_set_array(out, root, "notes");
    for (size_t i = 0; i < p->n_notes; i++)
        node_add_str(out, list, p->note[i]);
    node_set_str(out, root, "mark", p->mark);
    return out;
}

static enum rc take(struct context *ctx, const struct grant *grant, const struct args *args, struct proposals *p, bool *taken, struct err *err)
{
    const char *numbers = arg_text(args, "take"), *seen = arg_text(args, "seen");
    enum rc rc = read_take(numbers, p, taken, err);

    if (rc == RC_OK && seen && strcmp(seen, p->mark))
        rc = err_set(err, RC_STALE, _("What this form would write has changed since it was shown. Look again."));
    if (rc == RC_OK)
        rc = may_take(ctx, grant, p, taken, err);
    for (size_t i = 0; i < p->n && rc == RC_OK; i++)
        taken[i] &= p->proposal[i].state != PROPOSAL_WRITTEN;
    return rc == RC_OK ? proposals_take(ctx->st, grant, p, taken, err) : rc;
}

enum rc act_form_extract(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    const char *id = arg_id(args, "response");
    struct proposals p;
    bool *taken;
    enum rc rc = proposals_open(ctx->st, grant, id, &p, err);

    if (rc != RC_OK)
        return rc;
    taken = mem_array(p.n + 1, sizeof *taken);
    rc = arg_text(args, "take") ? take(ctx, grant, args, &p, taken, err)
                                : audit_view(ctx->st, grant, grant->patient, "QuestionnaireResponse", id, err);
    if (rc == RC_OK)
        *result = result_of(&p, taken);
    free(taken);
    proposals_done(&p);
    return rc;
}
