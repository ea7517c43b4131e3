/* suite_internal.h - one case of a suite while it runs. For suite.c and suite_expect.c only. */
#ifndef FRONTDESK_SUITE_INTERNAL_H
#define FRONTDESK_SUITE_INTERNAL_H

#include "intake/form.h"
#include "intake/check/suite.h"

struct suite_case {
    const struct suite_host *host;
    const struct node *node;        /* the case */
    struct form *form;
    struct doc *questionnaire, *patient, *encounter, *user;
    int step, failures;
};

void suite_differ(struct suite_case *c, const char *what, const char *is, const char *wanted);
void suite_same(struct suite_case *c, const char *what, const char *is, const char *wanted);
/* False when the format has no such expectation. */
bool suite_expect(struct suite_case *c, const char *name, const struct node *value);
struct doc *suite_document(const struct node *node);    /* owned copy of a part; NULL for nothing */
#endif
