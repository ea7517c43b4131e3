/* extract_internal.h - the parts of extraction, for the extract*.c files alone.
 *
 *   extract.c              the walk over form and response, names, what every resource gets at the end
 *   extract_value.c        expressions, and values made into the type an element has
 *   extract_observation.c, extract_definition.c, extract_template.c   one for each way of SDC
 *   extract_building.c     elements by their paths, for definitions */
#ifndef FRONTDESK_EXTRACT_INTERNAL_H
#define FRONTDESK_EXTRACT_INTERNAL_H

#include "fhir/fhirpath.h"
#include "fhir/model.h"
#include "intake/extract/extract.h"

enum { EXTRACT_DEPTH_MAX = 60, EXTRACT_MOST = 2000, EXTRACT_MS_MAX = 3000, EXTRACT_ELEMENTS_MAX = 100000 };

/* One item of the response being read, and what names mean there. */
struct extract_scope {
    const struct extract_scope *outer;
    const struct node *item;        /* of the Questionnaire; its root at the top; NULL inside a template */
    const struct node *focus;       /* %context: the item of the response, the response at the top */
    const struct node *names;       /* {"name": value}: allocated ids; NULL none */
    const char *name;               /* a name for the value below, NULL none */
    const struct node *value;
};

struct extract {
    const struct doc *questionnaire, *response;
    const struct form_context *context;
    struct extraction *out;
    char patient[72];               /* whom the response is about */
    struct doc *scratch;            /* values made in passing */
    struct node *made;              /* list in scratch */
    struct doc **kept; size_t n_kept, cap_kept;     /* owned: what searches found */
    struct { char *url, *reference; } *full; size_t n_full, cap_full;   /* owned: fullUrl to Type/id */
    struct compiled { char *text; struct fhirpath *expression; } *compiled; size_t n_compiled, cap_compiled;   /* owned; results borrow from them */
    size_t n_allocated;
    int depth;
    int64_t deadline_ms;        /* contexts within contexts can ask for more than a life has */
    size_t n_elements;          /* made by contexts so far */
    bool is_late;
};

/* extract.c */
const char *extract_link(const struct extract_scope *scope);        /* linkId, "" at the top */
void extract_note(struct extract *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The i-th extension of an element whose url ends in name, NULL when there is none. */
const struct node *extract_extension(const struct node *element, const char *name, size_t i);
const struct node *extract_extension_value(const struct node *element, const char *name);   /* value[x] of the first */
/* Visit every item of the response below scope, in the order of the form. */
typedef void extract_visit(struct extract *x, const struct extract_scope *scope, void *ctx);
void extract_children(struct extract *x, const struct extract_scope *scope, extract_visit *visit, void *ctx);
/* Takes doc. way and link_id tell it among all that this response makes. */
struct extracted *extract_add(struct extract *x, struct doc *doc, const char *way, const char *link_id);
void extract_full_url(struct extract *x, const char *url, const struct extracted *made);
void extract_refuse(struct extracted *made, char *why);             /* takes why; the first reason stays */
/* Resources a FHIR search finds, each owned by x; false and *why (owned) when it cannot be answered here. */
bool extract_search(struct extract *x, const char *query, const struct node **bundle, char **why);
/* ifNoneExist: made is there already when a search of its type finds one of this patient. NULL or "" is no condition. */
void extract_unless(struct extract *x, struct extracted *made, const char *search);

/* extract_value.c */
bool extract_eval(struct extract *x, const struct extract_scope *scope, const char *expression, struct fp_result *out);
/* An x-fhir-query with every {{ }} filled in; owned. */
char *extract_query(struct extract *x, const struct extract_scope *scope, const char *text);
/* The text of an extension that is a string or an Expression; "" when it is none. */
const char *extract_expression(const struct node *value);
/* The first result as text, owned; NULL when there is none. */
char *extract_text(struct extract *x, const struct extract_scope *scope, const char *expression);
const struct node *extract_node(struct extract *x, const struct fp_value *value);
/* A value of one type as another; NULL when it cannot be. unit: a Coding for bare numbers, NULL none. */
const struct node *extract_convert(struct extract *x, const struct node *value, const char *from, const char *to, const struct node *unit);
/* Put it into object as the element called name of that type (a choice takes the type that fits); an
 * element that may repeat gets one more. False when it does not fit. */
bool extract_put(struct extract *x, struct doc *doc, struct node *object, unsigned type, const char *name,
                 const struct node *value, const char *from, const struct node *unit);
/* {"valueX": ...} apart: the value and its type as FHIR writes it ("Coding", "dateTime"); NULL when there is none. */
const struct node *extract_answer(const struct node *element, char type[40]);
struct node *extract_fresh(struct extract *x);      /* an empty object in scratch */
bool extract_is_expression(const struct node *value, const char *language);

/* extract_observation.c, extract_definition.c, extract_template.c */
void extract_observations(struct extract *x, const struct extract_scope *top);
void extract_definitions(struct extract *x, const struct extract_scope *top);
void extract_templates(struct extract *x, const struct extract_scope *top);
#endif
