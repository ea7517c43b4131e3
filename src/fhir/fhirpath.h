/* fhirpath.h - FHIRPath over documents: compiled once, evaluated many times.
 * Decimals are exact and keep their digits. */
#ifndef FRONTDESK_FHIRPATH_H
#define FRONTDESK_FHIRPATH_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

struct fhirpath;        /* one compiled expression */
struct fp_value;        /* one item of a result: a node or a computed value */
struct fp_result { struct fp_value *value; size_t n; struct arena *arena; };

/* What names mean while evaluating. */
struct fp_env {
    const struct node *resource;        /* %resource */
    const struct node *context;         /* %context and $this at the start */
    const struct node *questionnaire;   /* %questionnaire, may be NULL */
    /* Any other %name; fills out and returns true when it knows it. May be NULL. */
    bool (*variable)(void *ctx, const char *name, struct fp_result *out);
    void *ctx;
    size_t steps;                       /* 0 = the default bound; running out is an error */
};

/* RC_INVALID: err names position and what was not understood. */
enum rc fhirpath_compile(const char *text, struct fhirpath **out, struct err *err);
void fhirpath_free(struct fhirpath *expression);
/* RC_OK fills out (release with fp_result_done), RC_INVALID says why it could not be decided. */
enum rc fhirpath_eval(const struct fhirpath *expression, const struct fp_env *env,
                      struct fp_result *out, struct err *err);
void fp_result_done(struct fp_result *result);

/* Reading a result. */
bool fp_truth(const struct fp_result *result, bool *is_empty);     /* singleton boolean */
const struct node *fp_value_node(const struct fp_value *value);    /* NULL for computed values */
/* FHIR type name ("integer", "decimal", "string", "boolean", "date", "Coding", ...). */
const char *fp_value_type(const struct fp_value *value);
void fp_value_text(struct buf *out, const struct fp_value *value); /* as FHIR would write it */
struct fp_value *fp_result_at(const struct fp_result *result, size_t i);
/* For variable(): put values into out. An array adds each of its elements. */
void fp_result_add_node(struct fp_result *out, const struct node *node);
void fp_result_add_copy(struct fp_result *out, const struct fp_value *value);
#endif
