/* compile.c - an expression from its text, and what was found wrong with it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "fhir/fhirpath/internal.h"

bool fp_found(struct fhirpath *expression, size_t at, struct err *err, const char *fmt, ...)
{
    struct finding *found = arena_alloc(&expression->arena, sizeof *found);
    char why[300], text[360];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    snprintf(text, sizeof text, "at character %zu: %s", at + 1, why);
    if (expression->strict) {
        err_set(err, RC_INVALID, "%s", text);
        return false;
    }
    *found = (struct finding){.text = arena_dup_n(&expression->arena, text, strlen(text))};
    *expression->last = found;
    expression->last = &found->next;
    return true;
}

const char *fhirpath_forgiven(const struct fhirpath *expression, size_t i)
{
    const struct finding *found = expression->finding;

    while (found && i-- > 0)
        found = found->next;
    return found ? found->text : NULL;
}

enum rc fhirpath_compile_as(const char *text, const struct fp_reading *reading, struct fhirpath **out, struct err *err)
{
    struct fhirpath *expression = mem_alloc(sizeof *expression);
    enum rc rc;

    *out = NULL;
    if (!utf8_valid(text, strlen(text))) {
        fhirpath_free(expression);
        return err_set(err, RC_INVALID, "the expression is no valid UTF-8");
    }
    expression->text = mem_dup(text);
    expression->strict = reading->strict;
    expression->last = &expression->finding;
    if ((rc = fp_parse(expression, err)) != RC_OK || (rc = fp_prepare(expression, err)) != RC_OK ||
        (rc = fp_check(expression, reading, err)) != RC_OK)
        fhirpath_free(expression);
    else
        *out = expression;
    return rc;
}

enum rc fhirpath_compile(const char *text, struct fhirpath **out, struct err *err)
{
    return fhirpath_compile_as(text, &(struct fp_reading){0}, out, err);
}

void fhirpath_free(struct fhirpath *expression)
{
    if (!expression)
        return;
    arena_done(&expression->arena);
    free(expression->text);
    free(expression);
}
