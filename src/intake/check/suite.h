/* suite.h - data-only suites of forms: a Questionnaire, a script of answers, and what must then be asked,
 * scored and kept. The format is published in tests/forms/README.md; nothing in it is about this program. */
#ifndef FRONTDESK_SUITE_H
#define FRONTDESK_SUITE_H

#include "fhir/document.h"

/* The version of the format that is understood here: a suite that says a later one is refused. */
enum { SUITE_VERSION = 1 };

/* One thing that is not as a case says. Borrowed for the time of the call. */
struct suite_difference { const char *name; /* of the case */ int step; const char *what, *is, *wanted; };
struct suite_host {
    /* The Questionnaire a case names as "file"; owned by the caller. May be NULL: no such cases. */
    enum rc (*questionnaire)(void *ctx, const char *file, struct doc **out, struct err *err);
    void (*differs)(void *ctx, const struct suite_difference *difference);
    void *ctx;
};
struct suite_counts { int cases, failed, steps, expectations; };

/* Run every case; counts are added to. "now" and "zone" of the suite set the clock of the process. RC_INVALID when
 * the document is no suite of this version, or a step names what the format does not have. */
enum rc suite_run(const struct doc *suite, const struct suite_host *host, struct suite_counts *counts, struct err *err);
#endif
