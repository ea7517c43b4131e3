/* Deciding what a machine must not: field by field between before, here and the server. */
#include "action/handler.h"

#include <stdlib.h>
#include <string.h>

#include "action/arg.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "desk/decision.h"
#include "desk/field_value.h"
#include "desk/field_words.h"
#include "store/audit.h"
#include "store/conflict.h"
#include "store/store.h"

static const char *const sides[SIDE_COUNT] = { [SIDE_BEFORE] = "before", [SIDE_HERE] = "here", [SIDE_SERVER] = "server" };

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

static void side_values(struct context *ctx, struct doc *doc, struct node *row, const struct question *q)
{
    struct node *words;

    for (size_t s = 0; s < SIDE_COUNT; s++)
        if (q->side[s])
            node_set_copy(doc, row, sides[s], q->side[s]);
    words = node_set_object(doc, row, "words");
    for (size_t s = 0; s < SIDE_COUNT; s++) {
        struct buf text = { 0 };

        field_value(&text, ctx->st, q->side[s]);
        node_set_str(doc, words, sides[s], buf_text(&text));
        buf_done(&text);
    }
}

static void edit_members(struct doc *doc, const struct conflict *c)
{
    struct node *root = doc_root(doc);

    node_set_int(doc, root, "rev", doc_rev(c->here));
    node_set_str(doc, root, "hereBy", c->here_by);
    node_set_str(doc, root, "hereAt", c->here_at);
    if (!c->server)
        node_set_bool(doc, root, "deletedAtServer", true);
    if (!c->base)
        node_set_bool(doc, root, "beforeNotKnown", true);
}

enum rc act_conflict_show(struct context *ctx, const struct grant *grant, const struct args *args,
                          struct doc **result, struct err *err)
{
    struct conflict c = { 0 };
    enum rc rc = conflict_get(ctx->st, strtoll(args_get(args, "id"), NULL, 10), &c, err);

    (void)grant;
    if (rc == RC_OK) {
        struct doc *doc = doc_new(NULL);
        struct questions q;
        struct node *values;

        questions_of(&c, &q);
        conflict_members(doc, doc_root(doc), &c);
        edit_members(doc, &c);
        values = node_set_array(doc, doc_root(doc), "values");
        for (size_t i = 0; i < q.n; i++) {
            struct node *row = node_add_object(doc, values);

            node_set_str(doc, row, "field", q.question[i].name);
            node_set_str(doc, row, "label", q.question[i].words ? q.question[i].words : field_label(c.type, q.question[i].path));
            side_values(ctx, doc, row, &q.question[i]);
        }
        questions_done(&q);
        *result = doc;
    }
    conflict_done(&c);
    return rc;
}

static bool side_of(const char *word, enum decision_side *out)
{
    for (size_t i = 0; i < SIDE_COUNT; i++)
        if (strcmp(word, sides[i]) == 0) {
            *out = (enum decision_side)i;
            return true;
        }
    return false;
}

/* The value of a --field of exactly this name, NULL when there is none. */
static const char *given_for(const struct args *args, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; args_nth(args, "field", i); i++) {
        const char *given = args_nth(args, "field", i);

        if (strncmp(given, name, len) == 0 && given[len] == '=')
            return given + len + 1;
    }
    return NULL;
}

/* Every --field must name what is in conflict: a slip of the hand must not look like a decision. */
static enum rc check_fields(const struct conflict *c, const struct questions *q, const struct args *args, struct err *err)
{
    for (size_t i = 0; args_nth(args, "field", i); i++) {
        const char *given = args_nth(args, "field", i);
        int len = (int)strcspn(given, "=");
        bool found = false;

        for (size_t k = 0; k < q->n && !found; k++)
            found = given[len] == '=' && ((strlen(q->question[k].name) == (size_t)len && strncmp(q->question[k].name, given, (size_t)len) == 0) ||
                                          (strlen(q->question[k].path) == (size_t)len && strncmp(q->question[k].path, given, (size_t)len) == 0));
        if (!found)
            return err_set(err, RC_INVALID, _("conflict %lld: %.*s is not in conflict"), (long long)c->id, len, given);
    }
    return RC_OK;
}

/* One question: what was given for it, for the field it is part of, or for all. typed is owned by the caller. */
static enum rc choose(const struct conflict *c, const struct question *q, const struct args *args, struct chosen *out,
                      struct doc **typed, struct err *err)
{
    const char *given = given_for(args, q->name);
    struct buf json = { 0 };
    enum rc rc;

    given = given ? given : given_for(args, q->path);
    given = given ? given : arg_text(args, "take");
    if (!given)
        return err_set(err, RC_INVALID, _("conflict %lld: %s is not decided"), (long long)c->id, q->name);
    if (side_of(given, &out->side)) {
        if (out->side == SIDE_BEFORE && !c->base)
            return err_set(err, RC_INVALID, _("conflict %lld: nothing is known of before"), (long long)c->id);
        return RC_OK;
    }
    rc = decision_typed(q, given, &json, err);
    if (rc == RC_OK && (rc = doc_parse(buf_text(&json), json.len, typed, err)) == RC_OK)
        out->typed = doc_root(*typed);
    buf_done(&json);
    return rc;
}

/* A list given for a field as a whole stands in place of what was asked of its elements. */
static enum rc set_whole(const struct conflict *c, const struct questions *q, const struct args *args, struct doc *decided, struct err *err)
{
    enum rc rc = RC_OK;

    for (size_t i = 0; i < q->n && rc == RC_OK; i++) {
        const char *path = q->question[i].path, *given = given_for(args, path);
        struct doc *whole = NULL;

        if (!given || *given != '[' || !node_is(node_path(doc_root(c->here), path), NODE_ARRAY))
            continue;
        rc = doc_parse(given, strlen(given), &whole, err);
        if (rc == RC_OK)
            rc = doc_set_node(decided, path, doc_root(whole), err);
        doc_free(whole);
    }
    return rc;
}

/* Which side each field was decided for: paths and sides, never values. */
static void decision_detail(struct context *ctx, const struct questions *q, const struct chosen *chosen)
{
    for (size_t i = 0; i < q->n; i++)
        audit_detail(ctx->st, "%s=%s", q->question[i].name, chosen[i].typed ? "typed" : sides[chosen[i].side]);
}

/* The decision and who made it: both or neither. decided NULL: let go here too. */
static enum rc settle(struct context *ctx, const struct grant *grant, const struct conflict *c, struct doc *decided,
                     const struct questions *q, const struct chosen *chosen, const char *take, struct err *err)
{
    enum rc rc = store_begin(ctx->st, err);

    if (rc != RC_OK)
        return rc;
    audit_act(ctx->st, grant);
    rc = conflict_decide(ctx->st, grant, c->id, decided, err);
    if (rc == RC_OK && q)
        decision_detail(ctx, q, chosen);
    else if (rc == RC_OK)
        audit_detail(ctx->st, "deleted=%s", take);
    return store_end(ctx->st, rc, err);
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
    } else if ((rc = act_may_let_go(ctx, grant, c->here, err)) != RC_OK) {
        return rc;
    }
    rc = settle(ctx, grant, c, decided, NULL, NULL, take, err);
    doc_free(decided);
    return rc;
}

static enum rc decide_fields(struct context *ctx, const struct grant *grant, const struct conflict *c,
                             const struct args *args, struct err *err)
{
    struct questions q;
    struct doc *decided = NULL, **typed;
    struct chosen *chosen;
    enum rc rc;

    questions_of(c, &q);
    chosen = mem_array(q.n + 1, sizeof *chosen);
    typed = mem_array(q.n + 1, sizeof(struct doc *));
    rc = check_fields(c, &q, args, err);
    for (size_t i = 0; i < q.n && rc == RC_OK; i++)
        rc = choose(c, &q.question[i], args, &chosen[i], &typed[i], err);
    if (rc == RC_OK)
        rc = decision_make(c, &q, chosen, &decided, err);
    if (rc == RC_OK)
        rc = set_whole(c, &q, args, decided, err);
    if (rc == RC_OK)
        rc = settle(ctx, grant, c, decided, &q, chosen, NULL, err);
    for (size_t i = 0; i < q.n; i++)
        doc_free(typed[i]);
    free(typed);
    free(chosen);
    doc_free(decided);
    questions_done(&q);
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
