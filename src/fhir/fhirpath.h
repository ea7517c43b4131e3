/* fhirpath.h - FHIRPath over documents: compiled once, evaluated many times.
 * Decimals are exact and keep their digits.
 *
 * One engine, two readings. Strict is the specification: names, types and arguments are checked
 * against the R4 model when an expression is compiled, and what it forbids is an error. Lenient is
 * for forms in the field: it evaluates what real forms contain and lists what it forgave. */
#ifndef FRONTDESK_FHIRPATH_H
#define FRONTDESK_FHIRPATH_H

#include <stdbool.h>
#include <stddef.h>

#include "fhir/document.h"

struct fhirpath;        /* one compiled expression */
struct fp_value;        /* one item of a result: a node or a computed value */
struct fp_result { struct fp_value *value; size_t n, cap; struct arena *arena; };

/* What names mean while evaluating. */
struct fp_env {
    const struct node *resource;        /* %resource */
    const struct node *context;         /* %context and $this at the start */
    const struct node *questionnaire;   /* %questionnaire, may be NULL */
    /* Any other %name; fills out and returns true when it knows it. May be NULL. */
    bool (*variable)(void *ctx, const char *name, struct fp_result *out);
    /* A ValueSet or CodeSystem known here by its canonical, for weight() and expand(); and the target of
     * a reference that lies outside of the document, for resolve(). NULL when unknown. Both may be NULL. */
    const struct node *(*canonical)(void *ctx, const char *url);
    const struct node *(*reference)(void *ctx, const char *reference);
    /* Whether a value set ("#id" when contained) holds a code, system "" when only the code is known;
     * *is_known is false when it cannot be told. May be NULL: only what is shipped is asked then. */
    bool (*member)(void *ctx, const char *url, const char *system, const char *code, bool *is_known);
    void *ctx;
    size_t steps;                       /* 0 = the default bound; running out is an error */
};

/* How an expression is to be read; all zero is lenient, and nothing known about its context. */
struct fp_reading {
    bool strict;
    const char *context;                /* type of %context: "Patient", "QuestionnaireResponse.item"; NULL = not known */
    const char *resource;               /* type of %resource; NULL = that of context when it is a resource */
    const char *(*variable)(void *ctx, const char *name);   /* type of any other %name, NULL = not known; may be NULL */
    void *ctx;
};

/* RC_INVALID: err names position and what was not understood. Lenient, context not known. */
enum rc fhirpath_compile(const char *text, struct fhirpath **out, struct err *err);
enum rc fhirpath_compile_as(const char *text, const struct fp_reading *reading, struct fhirpath **out, struct err *err);
void fhirpath_free(struct fhirpath *expression);
/* What lenient reading forgave: a sentence with its place, i from 0; NULL when there is no more. */
const char *fhirpath_forgiven(const struct fhirpath *expression, size_t i);

/* What an expression reads, told from its compiled form. */
struct fp_reads {
    /* Answers of the items with this linkId, with all items below them when below is set.
     * NULL: it walks the response in a way no linkId tells, and may read every answer. */
    void (*link)(void *ctx, const char *link_id, bool below);
    void (*variable)(void *ctx, const char *name);      /* a %name other than those of fp_env and constants */
    void *ctx;
};
void fhirpath_reads(const struct fhirpath *expression, const struct fp_reads *reads);
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
void fp_result_json(struct buf *out, const struct fp_result *result);    /* a JSON array */
struct fp_value *fp_result_at(const struct fp_result *result, size_t i);
/* For variable(): put values into out. An array adds each of its elements. */
void fp_result_add_node(struct fp_result *out, const struct node *node);
void fp_result_add_copy(struct fp_result *out, const struct fp_value *value);
#endif
