/* Deciding what a machine must not: field by field between before, here and the server. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "store/conflict.h"
#include "store/store.h"

static const char *const sides[] = { "before", "here", "server" };

static struct doc *fields_of(const struct conflict *c)
{
    struct doc *fields = NULL;

    if (doc_parse(c->fields, strlen(c->fields), &fields, NULL) != RC_OK)
        fields = result_list();
    return fields;
}

static void conflict_members(struct doc *doc, struct node *row, const struct conflict *c)
{
    struct doc *fields = fields_of(c);
    char *resource = mem_printf("%s/%s", c->type, c->resource_id), *id = mem_printf("%lld", (long long)c->id);

    node_set_str(doc, row, "id", id);
    node_set_str(doc, row, "resource", resource);
    node_set_copy(doc, row, "fields", doc_root(fields));
    node_set_str(doc, row, "opened", c->opened);
    node_set_str(doc, row, "openedBy", c->opened_by);
    node_set_str(doc, row, "patient", c->patient);
    node_set_str(doc, row, "serverVersion", c->remote_version);
    node_set_str(doc, row, "serverUpdated", c->remote_updated);
    free(id);
    free(resource);
    doc_free(fields);
}

enum rc act_conflict_list(struct context *ctx, const struct grant *grant, const struct args *args,
                          struct doc **result, struct err *err)
{
    struct conflict *list = NULL;
    size_t n = 0;
    enum rc rc = conflict_list(ctx->st, &list, &n, err);

    (void)grant;
    (void)args;
    if (rc == RC_OK)
        *result = result_list();
    for (size_t i = 0; i < n; i++) {
        if (rc == RC_OK)
            conflict_members(*result, result_row(*result), &list[i]);
        conflict_done(&list[i]);
    }
    free(list);
    return rc;
}

static const struct node *side_root(const struct conflict *c, const char *side)
{
    const struct doc *doc = side[0] == 'b' ? c->base : side[0] == 'h' ? c->here : c->server;

    return doc ? doc_root(doc) : NULL;
}

enum rc act_conflict_show(struct context *ctx, const struct grant *grant, const struct args *args,
                          struct doc **result, struct err *err)
{
    struct conflict c = { 0 };
    enum rc rc = conflict_get(ctx->st, strtoll(args_get(args, "id"), NULL, 10), &c, err);

    (void)grant;
    if (rc == RC_OK) {
        struct doc *fields = fields_of(&c), *doc = doc_new(NULL);
        struct node *values;

        conflict_members(doc, doc_root(doc), &c);
        node_set_int(doc, doc_root(doc), "rev", doc_rev(c.here));
        if (!c.server)
            node_set_bool(doc, doc_root(doc), "deletedAtServer", true);
        values = node_set_array(doc, doc_root(doc), "values");
        for (const struct node *f = node_first(doc_root(fields)); f; f = node_next(f)) {
            struct node *row = node_add_object(doc, values);

            node_set_str(doc, row, "field", node_text(f));
            for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
                const struct node *value = node_path(side_root(&c, sides[s]), node_text(f));

                if (value)
                    node_set_copy(doc, row, sides[s], value);
            }
        }
        doc_free(fields);
        *result = doc;
    }
    conflict_done(&c);
    return rc;
}

static bool is_side(const char *word)
{
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (strcmp(word, sides[i]) == 0)
            return true;
    return false;
}

/* What was decided for a field: "here" and the like, or JSON; NULL when nothing was. */
static const char *choice_for(const struct args *args, const char *field)
{
    size_t len = strlen(field);

    for (size_t i = 0; args_nth(args, "field", i); i++) {
        const char *given = args_nth(args, "field", i);

        if (strncmp(given, field, len) == 0 && given[len] == '=')
            return given + len + 1;
    }
    return arg_text(args, "take");
}

static enum rc decide_field(const struct conflict *c, struct doc *decided, const char *field, const char *choice, struct err *err)
{
    struct doc *typed = NULL;
    const struct node *value = NULL;
    struct err why = { RC_OK, "" };
    enum rc rc = RC_OK;

    if (!choice)
        return err_set(err, RC_INVALID, _("conflict %lld: %s is not decided"), (long long)c->id, field);
    if (is_side(choice))
        value = node_path(side_root(c, choice), field);
    else if ((rc = doc_parse(choice, strlen(choice), &typed, &why)) != RC_OK)
        return err_set(err, rc, _("conflict %lld: %s: here, server, before or JSON: %s"), (long long)c->id, field, err_text(&why));
    if (strcmp(choice, "here") != 0) {
        struct doc *none = NULL;

        if (!value && !typed && doc_parse("null", 4, &none, NULL) == RC_OK)
            value = doc_root(none);     /* absent there means removed there */
        rc = doc_set_node(decided, field, typed ? doc_root(typed) : value, err);
        doc_free(none);
    }
    doc_free(typed);
    return rc;
}

/* Every --field must name a field that is in conflict: a slip of the hand must not look like a decision. */
static enum rc check_fields(const struct conflict *c, const struct args *args, const struct doc *fields, struct err *err)
{
    for (size_t i = 0; args_nth(args, "field", i); i++) {
        const char *given = args_nth(args, "field", i);
        size_t len = strcspn(given, "=");
        bool found = false;

        for (const struct node *f = node_first(doc_root(fields)); f && !found; f = node_next(f))
            found = strlen(node_text(f)) == len && strncmp(node_text(f), given, len) == 0 && given[len] == '=';
        if (!found)
            return err_set(err, RC_INVALID, _("conflict %lld: %.*s is not in conflict"), (long long)c->id, (int)len, given);
    }
    return RC_OK;
}

/* Deleted at the server, changed here: it is dropped, or made there again from one of the two texts. */
static enum rc decide_deleted(struct context *ctx, const struct grant *grant, const struct conflict *c,
                              const char *take, struct err *err)
{
    const struct doc *from = !take ? NULL : strcmp(take, "before") == 0 ? c->base : c->here;
    struct doc *decided = NULL;
    enum rc rc;

    if (!take || (!from && strcmp(take, "server") != 0))
        return err_set(err, RC_INVALID, _("conflict %lld: deleted at the server: take server (drop it) or here (make it again)"),
                       (long long)c->id);
    if (strcmp(take, "server") != 0) {
        decided = doc_copy(from);
        doc_set_rev(decided, doc_rev(c->here));
    }
    rc = conflict_decide(ctx->st, grant, c->id, decided, err);
    doc_free(decided);
    return rc;
}

static enum rc decide_fields(struct context *ctx, const struct grant *grant, const struct conflict *c,
                             const struct args *args, struct err *err)
{
    struct doc *fields = fields_of(c), *decided = doc_copy(c->here);
    enum rc rc = check_fields(c, args, fields, err);

    doc_set_rev(decided, doc_rev(c->here));
    for (const struct node *f = node_first(doc_root(fields)); f && rc == RC_OK; f = node_next(f))
        rc = decide_field(c, decided, node_text(f), choice_for(args, node_text(f)), err);
    if (rc == RC_OK)
        rc = conflict_decide(ctx->st, grant, c->id, decided, err);
    doc_free(decided);
    doc_free(fields);
    return rc;
}

/* Both sides may have moved on since somebody looked: nobody decides on what they never saw. */
static enum rc as_shown(const struct conflict *c, const struct args *args, struct err *err)
{
    const char *rev = arg_text(args, "rev"), *version = args_get(args, "server-version");

    if ((!rev || strtoll(rev, NULL, 10) == doc_rev(c->here)) &&
        (!version || strcmp(version, c->remote_version ? c->remote_version : "") == 0))
        return RC_OK;
    return err_set(err, RC_STALE, _("conflict %lld: %s/%s has changed since it was shown. Look again, then decide."),
                   (long long)c->id, c->type, c->resource_id);
}

enum rc act_conflict_resolve(struct context *ctx, const struct grant *grant, const struct args *args,
                             struct doc **result, struct err *err)
{
    struct conflict c = { 0 };
    enum rc rc = conflict_get(ctx->st, strtoll(args_get(args, "id"), NULL, 10), &c, err);

    if (rc == RC_OK && (rc = as_shown(&c, args, err)) == RC_OK)
        rc = c.server ? decide_fields(ctx, grant, &c, args, err) : decide_deleted(ctx, grant, &c, arg_text(args, "take"), err);
    if (rc == RC_OK)
        *result = result_made(c.type, c.resource_id);
    conflict_done(&c);
    return rc;
}
