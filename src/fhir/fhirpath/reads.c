/* reads.c - which answers of a response an expression reads, told from its compiled form.
 *
 * A walk begins at the response (%resource, %context, a name at the start) and goes on along a path.
 * where(linkId = 'x') narrows it to the items of that name; a walk that ends without having been
 * narrowed reads everything. What is told may be more than what is read, never less. */
#include <stdio.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"

/* Where an expression has come to: nowhere in the response, on a walk through all of it, or at items
 * that were named; link is the first of a list that joins the names of "a or b". */
enum place { ELSEWHERE, WALKING, AT_ITEMS };
struct link { const char *id; const struct link *next; };
struct walk { enum place place; const struct link *link; bool below; };

static const struct walk nowhere;

struct reading { const struct fp_reads *reads; struct arena *arena; const struct expr *root; };

/* focus is what a name is looked for in, self what $this and arguments start from. */
static struct walk visit(struct reading *r, const struct expr *expr, struct walk focus, struct walk self);

/* The walk ends here: tell what it has read. */
static void settle(struct reading *r, struct walk walk)
{
    if (walk.place == WALKING)
        r->reads->link(r->reads->ctx, NULL, true);
    for (const struct link *l = walk.place == AT_ITEMS ? walk.link : NULL; l; l = l->next)
        r->reads->link(r->reads->ctx, l->id, walk.below);
}

/* One walk out of two: both end, unless one of them is nowhere. */
static struct walk join(struct reading *r, struct walk a, struct walk b)
{
    if (b.place == ELSEWHERE)
        return a;
    if (a.place != ELSEWHERE)
        settle(r, a);
    return b;
}

static const struct link *link_new(struct reading *r, const char *id, const struct link *next)
{
    struct link *link = arena_alloc(r->arena, sizeof *link);

    *link = (struct link){id, next};
    return link;
}

static bool is_name(const struct expr *expr, const char *name)
{
    return expr->kind == EXPR_NAME && strcmp(expr->text, name) == 0;
}

static bool is_link_id(const struct expr *expr)
{
    return is_name(expr, "linkId") ||
           (expr->kind == EXPR_PATH && expr->left->kind == EXPR_THIS && is_name(expr->right, "linkId"));
}

static const char *literal(const struct expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == FP_STRING ? expr->literal.string : NULL;
}

/* The texts of 'a' | 'b'; false when there is anything else. */
static bool add_literals(struct reading *r, const struct expr *expr, const struct link **links)
{
    const char *text = literal(expr);

    if (expr->kind == EXPR_BINARY && expr->op == OP_UNION)
        return add_literals(r, expr->left, links) && add_literals(r, expr->right, links);
    if (text)
        *links = link_new(r, text, *links);
    return text != NULL;
}

/* The names a criterion holds items to: linkId = 'a', either of two such, both of which one is such. */
static bool names_of(struct reading *r, const struct expr *expr, const struct link **links)
{
    if (expr->kind != EXPR_BINARY)
        return false;
    switch (expr->op) {
    case OP_EQUAL:
    case OP_EQUIVALENT:
        if (is_link_id(expr->left) || is_link_id(expr->right))
            return add_literals(r, is_link_id(expr->left) ? expr->right : expr->left, links);
        return false;
    case OP_IN:     return is_link_id(expr->left) && add_literals(r, expr->right, links);
    case OP_OR:     return names_of(r, expr->left, links) && names_of(r, expr->right, links);
    case OP_AND:    return names_of(r, expr->left, links) || names_of(r, expr->right, links);
    default:        return false;
    }
}

static bool is_function(const struct expr *expr, const char *name)
{
    return strcmp(expr->text, name) == 0;
}

/* where(), exists() and the like, which may narrow; its criterion walks from each item. */
static struct walk visit_criterion(struct reading *r, const struct expr *call, struct walk focus)
{
    const struct link *links = NULL;
    struct walk item = focus;

    if (focus.place != ELSEWHERE && names_of(r, call->argument[0], &links)) {
        if (focus.place == AT_ITEMS)
            settle(r, (struct walk){AT_ITEMS, focus.link, false});
        item = focus = (struct walk){AT_ITEMS, links, false};
    }
    /* the name of an item is no answer */
    if (!links || call->argument[0]->op == OP_AND)
        settle(r, visit(r, call->argument[0], item, item));
    return focus;
}

/* names ends with NULL */
static bool is_one_of(const struct expr *call, const char *const *names)
{
    for (; *names; names++)
        if (is_function(call, *names))
            return true;
    return false;
}

/* Functions that start a path and give nothing of what they are called on. */
static bool is_aside(const struct expr *call)
{
    static const char *const aside[] = {"iif", "coalesce", "now", "today", "timeOfDay", NULL};

    return call->is_start && is_one_of(call, aside);
}

/* select() and repeat(): what the projection leads to, else only how much there is of the focus. */
static struct walk visit_projection(struct reading *r, const struct expr *call, struct walk focus)
{
    struct walk step = visit(r, call->argument[0], focus, focus);

    if (is_function(call, "select") && step.place == ELSEWHERE)
        settle(r, focus);
    if (is_function(call, "select") || (step.place == AT_ITEMS && step.link != focus.link))
        return step;
    return step.place == focus.place ? focus : join(r, focus, step);
}

static struct walk visit_function(struct reading *r, const struct expr *call, struct walk focus, struct walk self)
{
    static const char *const criteria[] = {"where", "all", "exists", NULL}, *const downward[] = {"children", "descendants", "repeat", "repeatAll", "answers", NULL};
    static const char *const projections[] = {"select", "repeat", "repeatAll", NULL}, *const for_items[] = {"aggregate", "sort", "trace", "iif", "defineVariable", NULL};
    struct walk result = is_aside(call) ? nowhere : focus, from = self;

    if (call->arguments > 0 && is_one_of(call, criteria))
        return visit_criterion(r, call, focus);
    if (is_one_of(call, downward))
        result.below = focus.below = true;
    if (is_one_of(call, projections))
        return visit_projection(r, call, focus);
    if (is_one_of(call, for_items))
        from = focus;
    for (size_t i = 0; i < call->arguments; i++)
        result = join(r, result, visit(r, call->argument[i], from, from));
    return result;
}

/* Whether the expression defines this name for itself. */
static bool defines(const struct expr *expr, const char *name)
{
    bool found = false;

    if (!expr)
        return false;
    if (expr->kind == EXPR_FUNCTION && is_function(expr, "defineVariable"))
        found = literal(expr->argument[0]) && strcmp(literal(expr->argument[0]), name) == 0;
    for (size_t i = 0; i < expr->arguments && !found; i++)
        found = defines(expr->argument[i], name);
    return found || defines(expr->left, name) || defines(expr->right, name);
}

static struct walk visit_variable(struct reading *r, const struct expr *expr)
{
    static const char *const response[] = {"resource", "context", "rootResource", "QuestionnaireResponse"};
    static const char *const known[] = {"questionnaire", "sct", "loinc", "ucum"};

    for (size_t i = 0; i < sizeof response / sizeof *response; i++)
        if (strcmp(response[i], expr->text) == 0)
            return (struct walk){.place = WALKING};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], expr->text) == 0)
            return (struct walk){0};
    if (!defines(r->root, expr->text))
        r->reads->variable(r->reads->ctx, expr->text);
    return (struct walk){0};
}

/* A path that starts at a resource type other than the response's means what the form was opened with. */
static struct walk visit_name(struct reading *r, const struct expr *expr, struct walk focus)
{
    char name[48];

    if (expr->is_start && expr->text[0] >= 'A' && expr->text[0] <= 'Z') {
        if (strcmp(expr->text, "QuestionnaireResponse") == 0)
            return (struct walk){.place = WALKING};
        snprintf(name, sizeof name, "%c%.40s", expr->text[0] | 0x20, expr->text + 1);
        r->reads->variable(r->reads->ctx, name);
        return (struct walk){0};
    }
    focus.below |= strcmp(expr->text, "item") == 0;
    return focus;
}

static struct walk visit(struct reading *r, const struct expr *expr, struct walk focus, struct walk self)
{
    struct walk left;

    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_EMPTY:
    case EXPR_INDEX:    return (struct walk){0};
    case EXPR_THIS:
    case EXPR_TOTAL:    return self;
    case EXPR_NAME:     return visit_name(r, expr, focus);
    case EXPR_VARIABLE: return visit_variable(r, expr);
    case EXPR_FUNCTION: return visit_function(r, expr, focus, self);
    case EXPR_PATH:     return visit(r, expr->right, visit(r, expr->left, focus, self), self);
    case EXPR_INDEXER:
        settle(r, visit(r, expr->right, self, self));
        return visit(r, expr->left, focus, self);
    case EXPR_UNARY:    return visit(r, expr->right, focus, self);
    case EXPR_IS:
    case EXPR_AS:       return visit(r, expr->left, focus, self);
    case EXPR_BINARY:
        left = visit(r, expr->left, focus, self);
        return join(r, left, visit(r, expr->right, focus, self));
    }
    return (struct walk){.place = WALKING};
}

void fhirpath_reads(const struct fhirpath *expression, const struct fp_reads *reads)
{
    struct arena arena = {0};
    struct reading r = {reads, &arena, expression->root};
    struct walk response = {.place = WALKING};

    settle(&r, visit(&r, expression->root, response, response));
    arena_done(&arena);
}
