/* document.h - a FHIR resource as the JSON it came as.
 * A strict RFC 8259 reader into one arena of nodes, small edits, and a writer that copies
 * what was not touched byte for byte: member order, unknown members, the digits of decimals
 * and white space inside untouched parts survive. Duplicate member names, bad UTF-8, NUL,
 * NaN and nesting past DOC_DEPTH are refused. Knows nothing of FHIR but resourceType and id. */
#ifndef FRONTDESK_DOCUMENT_H
#define FRONTDESK_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { DOC_DEPTH = 512 };     /* a hundred questions below one another take 402 */
enum node_kind { NODE_NULL, NODE_FALSE, NODE_TRUE, NODE_NUMBER, NODE_STRING, NODE_ARRAY, NODE_OBJECT };

struct doc;
struct node;    /* borrowed from its doc; stays valid until doc_free, also across edits */

/* Read one JSON value that fills text (surrounding white space allowed). RC_INVALID says
 * line and column. The doc keeps its own copy. */
enum rc doc_parse(const char *text, size_t len, struct doc **out, struct err *err);
struct doc *doc_new(const char *resource_type);     /* {"resourceType":"X"}, or {} for NULL */
struct doc *doc_copy(const struct doc *doc);
/* An object inside another document, read as one without a copy: only to be read, and only as long as
 * that other one lives and is not edited. Freed like any other. */
struct doc *doc_view(const struct node *object);
void doc_free(struct doc *doc);
struct node *doc_root(const struct doc *doc);
const char *doc_type(const struct doc *doc);        /* resourceType, "" when absent */
const char *doc_id(const struct doc *doc);          /* id, "" when absent */
/* The local revision this document was read at; 0 = never stored. Kept by store. */
int64_t doc_rev(const struct doc *doc);
void doc_set_rev(struct doc *doc, int64_t rev);
char *doc_text(const struct doc *doc, size_t *len); /* owned JSON; len may be NULL */
void node_write(struct buf *out, const struct node *node);
void json_write_string(struct buf *out, const char *text);   /* with its quotes */
void node_write_pretty(struct buf *out, const struct node *node);   /* two-space indented, for reading */

/* Reading. All accept NULL and give NULL, 0 or "" so that paths can be chained. */
enum node_kind node_kind(const struct node *node);  /* NODE_NULL for NULL */
bool node_is(const struct node *node, enum node_kind kind); /* false for NULL */
size_t node_count(const struct node *node);         /* members or elements */
struct node *node_get(const struct node *object, const char *name);
struct node *node_at(const struct node *array, size_t i);
struct node *node_first(const struct node *container);  /* walk: node_first, node_next */
struct node *node_next(const struct node *node);
struct node *node_parent(const struct node *node);
const char *node_name(const struct node *node);     /* member name, "" in arrays */
const char *node_text(const struct node *node);     /* string value, or a number's digits, "true"/"false"; NULL else */
const char *node_str(const struct node *object, const char *name);  /* node_text of a member, or "" */
bool node_bool(const struct node *object, const char *name);        /* true only for true */
/* Follow "name[0].given[1]" or "restriction.period.end". A name that meets an array takes its
 * first element. NULL when the path does not lead anywhere. */
struct node *node_path(const struct node *from, const char *path);
const char *node_path_str(const struct node *from, const char *path);   /* "" when absent */

/* Equal in meaning: member order aside, strings by value, numbers by their digits (1.10 is not
 * 1.1; 1e3 equals 1000). */
bool node_equal(const struct node *a, const struct node *b);
/* Same, leaving out what a server writes: top-level meta.versionId, meta.lastUpdated, meta.source and a
 * generated text. */
bool doc_equal_content(const struct doc *a, const struct doc *b);
/* Append a canonical form (members sorted, no white space): equal documents write equal bytes. */
void node_canonical(struct buf *out, const struct node *node);

/* Editing. Values are copied into the doc's arena. Setting a member that exists keeps its place. */
struct node *node_set_object(struct doc *doc, struct node *object, const char *name);   /* the one there, or a new one */
struct node *node_set_array(struct doc *doc, struct node *object, const char *name);
void node_set_str(struct doc *doc, struct node *object, const char *name, const char *value); /* NULL or "" removes */
void node_set_bool(struct doc *doc, struct node *object, const char *name, bool value);
bool node_set_number(struct doc *doc, struct node *object, const char *name, const char *digits);  /* false, and nothing done, when digits is no JSON number */
void node_set_int(struct doc *doc, struct node *object, const char *name, int64_t value);
void node_set_copy(struct doc *doc, struct node *object, const char *name, const struct node *value); /* deep copy, from any doc */
struct node *node_add_object(struct doc *doc, struct node *array);
void node_add_str(struct doc *doc, struct node *array, const char *value);
struct node *node_add_copy(struct doc *doc, struct node *array, const struct node *value);
void node_remove(struct doc *doc, struct node *node);       /* a member or an element */
void node_remove_name(struct doc *doc, struct node *object, const char *name);
/* Set a string by path, making objects and arrays (where the path says [n]) on the way. NULL or ""
 * removes, with the containers that this empties. False, and nothing done, when the path cannot be made. */
bool doc_set(struct doc *doc, const char *path, const char *value);
/* Copy a node in by path; JSON null removes. RC_INVALID when the path cannot be made. */
enum rc doc_set_node(struct doc *doc, const char *path, const struct node *value, struct err *err);
#endif
