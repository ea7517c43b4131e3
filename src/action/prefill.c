/* A half-filled form beside what the record says now. */
#include "action/handler.h"

#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "intake/sitting/prefill.h"
#include "store/store.h"

static bool is_asked_for(const struct args *args, const char *path)
{
    const char *one;

    for (size_t i = 0; (one = args_nth(args, "take", i)) != NULL; i++)
        if (strcmp(one, path) == 0 || strcmp(one, "all") == 0)
            return true;
    return false;
}

/* A path that stands for no difference is a mistake, and nothing is taken. */
static enum rc paths_known(const struct args *args, const struct prefill *p, struct err *err)
{
    const char *one;

    for (size_t i = 0; (one = args_nth(args, "take", i)) != NULL; i++) {
        bool known = strcmp(one, "all") == 0;

        for (size_t k = 0; k < p->n && !known; k++)
            known = strcmp(p->line[k].path, one) == 0;
        if (!known)
            return err_set(err, RC_INVALID, _("The record says nothing else at %.80s. Nothing was taken."), one);
    }
    return RC_OK;
}

static void line_members(struct doc *doc, const struct prefill_line *line)
{
    struct node *row = result_row(doc);

    node_set_str(doc, row, "path", line->path);
    node_set_str(doc, row, "linkId", line->link_id);
    node_set_str(doc, row, "text", line->text);
    node_set_str(doc, row, "now", line->now);
    node_set_str(doc, row, "record", line->record);
    node_set_str(doc, row, "from", line->from);
    if (line->is_group)
        node_set_bool(doc, row, "oneMore", true);
    node_set_bool(doc, row, "taken", line->is_taken);
}

/* One act, with one row in the audit for all it read. */
enum rc act_form_prefill(struct context *ctx, const struct grant *grant, const struct args *args,
                         struct doc **result, struct err *err)
{
    struct sitting s = { 0 };
    struct prefill p = { 0 };
    size_t taken = 0;
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    rc = sitting_resume(ctx->st, grant, args_get(args, "id"), &s, err);
    if (rc == RC_OK && (rc = prefill_find(ctx->st, grant, &s, &p, err)) == RC_OK)
        rc = paths_known(args, &p, err);
    for (size_t i = 0; i < p.n && rc == RC_OK; i++)
        if (is_asked_for(args, p.line[i].path)) {
            rc = prefill_take(&s, &p.line[i], err);
            taken++;
        }
    if (rc == RC_OK && taken)
        rc = sitting_save(ctx->st, grant, &s, NULL, NULL, err);
    rc = store_end(ctx->st, rc, err);
    if (rc == RC_OK) {
        *result = result_list();
        for (size_t i = 0; i < p.n; i++)
            line_members(*result, &p.line[i]);
    }
    prefill_done(&p);
    sitting_done(&s);
    return rc;
}
