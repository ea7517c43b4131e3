/* prepare.c - what can be settled once for an expression, so that evaluating it does not ask again. */
#include <string.h>

#include "fhir/fhirpath/internal.h"

enum { PREPARE_DEPTH_MAX = 400 };

static enum fp_known known_variable(const char *name)
{
    static const struct { const char *name; enum fp_known known; } names[] = {
        {"context", KNOWN_CONTEXT}, {"resource", KNOWN_RESOURCE}, {"rootResource", KNOWN_ROOT}, {"questionnaire", KNOWN_QUESTIONNAIRE},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].known;
    return KNOWN_NONE;
}

static enum rc prepare(struct expr *expr, int depth, struct err *err)
{
    enum rc rc = RC_OK;

    if (!expr)
        return RC_OK;
    if (depth > PREPARE_DEPTH_MAX)
        return err_set(err, RC_INVALID, "at character %zu: the expression is more than %d levels deep", expr->at + 1, PREPARE_DEPTH_MAX);
    if (expr->kind == EXPR_NAME) {
        expr->len = strlen(expr->text);
        memset(expr->mask, 0xFF, expr->len < sizeof expr->mask ? expr->len : sizeof expr->mask);
        memcpy(expr->head, expr->text, expr->len < sizeof expr->head ? expr->len : sizeof expr->head);
        expr->is_type = expr->is_start && expr->text[0] >= 'A' && expr->text[0] <= 'Z' && fp_type_known(expr->text);
    } else if (expr->kind == EXPR_VARIABLE) {
        expr->known = known_variable(expr->text);
    }
    expr->is_text_test = expr->kind == EXPR_BINARY && expr->op == OP_EQUAL && expr->left->kind == EXPR_NAME &&
                         expr->right->kind == EXPR_LITERAL && expr->right->literal.kind == FP_STRING;
    for (size_t i = 0; i < expr->arguments && rc == RC_OK; i++)
        rc = prepare(expr->argument[i], depth + 1, err);
    if (rc == RC_OK)
        rc = prepare(expr->left, depth + 1, err);
    return rc == RC_OK ? prepare(expr->right, depth + 1, err) : rc;
}

enum rc fp_prepare(struct fhirpath *expression, struct err *err)
{
    return prepare(expression->root, 0, err);
}
