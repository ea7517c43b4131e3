/* check.h - types of expressions before there is anything to evaluate: what check.c and its table of
 * functions share. A type is one of fhir/model.h or, from SYSTEM_TYPE on, an enum fp_kind. */
#ifndef FRONTDESK_FHIRPATH_CHECK_H
#define FRONTDESK_FHIRPATH_CHECK_H

#include "fhir/fhirpath/internal.h"

enum { SYSTEM_TYPE = 0x10000 };

/* What an expression may give. */
struct shape {
    const unsigned *type;   /* one of these n; none for {} */
    size_t n;
    bool is_any;            /* not known */
    bool is_many, is_unordered;
};

struct checker {
    struct fhirpath *expression;
    struct arena arena;
    struct err *err;
    const struct fp_reading *reading;
    struct shape context, resource;
};

/* What holds where an expression stands. */
struct place { struct shape focus, self; };

/* False when strict reading ends here. */
bool check_expr(struct checker *c, const struct expr *expr, const struct place *at, struct shape *out);
bool check_function(struct checker *c, const struct expr *call, const struct place *at, struct shape *out);
bool check_ordered(struct checker *c, const struct expr *expr, const struct shape *input);
bool check_found(struct checker *c, const struct expr *expr, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

struct shape shape_any(void);
struct shape shape_of(struct checker *c, unsigned type);
struct shape shape_system(struct checker *c, enum fp_kind kind);
struct shape shape_join(struct checker *c, const struct shape *a, const struct shape *b);
bool shape_may_be(const struct shape *shape, enum fp_kind kind);   /* as a value, so a FHIR boolean is one */
const char *shape_name(const struct shape *shape);
unsigned type_named(const char *type);      /* "Patient", "FHIR.string", "System.Integer" */
#endif
