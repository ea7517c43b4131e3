/* query.c - expressions in the language application/x-fhir-query: a FHIR search with FHIRPath in {{ }},
 * asked of whoever opened the form (form_context.search). One search is asked once while a form is open. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "intake/model.h"

struct part { char *text; struct fhirpath *compiled; };     /* one of the two */
struct query { struct part *part; size_t n; };

static struct part *part_add(struct query *query)
{
    query->part = mem_grow(query->part, query->n + 1, sizeof *query->part);
    query->part[query->n] = (struct part){0};
    return &query->part[query->n++];
}

enum rc query_compile(const char *text, struct query **out, struct err *err)
{
    struct query *query = mem_alloc(sizeof *query);
    enum rc rc = RC_OK;

    *out = NULL;
    while (*text && rc == RC_OK) {
        const char *open = strstr(text, "{{"), *close = open ? strstr(open, "}}") : NULL;
        size_t len = open ? (size_t)(open - text) : strlen(text);

        if (len)
            part_add(query)->text = mem_dup_n(text, len);
        if (open && close) {
            char *path = mem_dup_n(open + 2, (size_t)(close - open - 2));

            rc = fhirpath_compile(path, &part_add(query)->compiled, err);
            free(path);
        } else if (open)
            rc = err_set(err, RC_INVALID, _("{{ is not closed."));
        text = close ? close + 2 : text + strlen(text);
    }
    if (rc == RC_OK)
        *out = query;
    else
        query_free(query);
    return rc;
}

void query_free(struct query *query)
{
    if (!query)
        return;
    for (size_t i = 0; i < query->n; i++) {
        free(query->part[i].text);
        fhirpath_free(query->part[i].compiled);
    }
    free(query->part);
    free(query);
}

void query_reads(const struct query *query, const struct fp_reads *reads)
{
    for (size_t i = 0; i < query->n; i++)
        if (query->part[i].compiled)
            fhirpath_reads(query->part[i].compiled, reads);
}

/* A value must not end its parameter and begin another. */
static void add_encoded(struct buf *out, const char *text)
{
    for (; *text; text++)
        if (isalnum((unsigned char)*text) || strchr("-._~:/|", *text))
            buf_char(out, *text);
        else
            buf_printf(out, "%%%02X", (unsigned char)*text);
}

/* "system|code", where there is no system the code alone. */
static void add_token(struct buf *out, const char *system, const char *code)
{
    if (*system) {
        add_encoded(out, system);
        buf_char(out, '|');
    }
    add_encoded(out, code);
}

/* A value as a search says it (SDC expressions, x-fhir-query): Codings, Identifiers and Quantities as tokens,
 * a CodeableConcept as its Codings, a Reference or resource by its address, anything else as its text. */
static void add_value(struct buf *out, const struct fp_value *value)
{
    const struct node *node = fp_value_node(value);
    struct buf text = {0};

    if (!node_is(node, NODE_OBJECT)) {
        fp_value_text(&text, value);
        add_encoded(out, buf_text(&text));
    } else if (node_get(node, "coding")) {
        for (const struct node *c = node_first(node_get(node, "coding")); c; c = node_next(c)) {
            buf_add(out, c == node_first(node_get(node, "coding")) ? "" : ",");
            add_token(out, node_str(c, "system"), node_str(c, "code"));
        }
    } else if (node_get(node, "resourceType")) {
        buf_printf(out, "%s/%s", node_str(node, "resourceType"), node_str(node, "id"));
    } else if (node_get(node, "reference")) {
        add_encoded(out, node_str(node, "reference"));
    } else if (!strcmp(fp_value_type(value), "Quantity")) {
        buf_printf(out, "%s|", node_str(node, "value"));
        add_token(out, node_str(node, "system"), *node_str(node, "code") ? node_str(node, "code") : node_str(node, "unit"));
    } else {
        add_token(out, node_str(node, "system"), *node_str(node, "code") ? node_str(node, "code") : node_str(node, "value"));
    }
    buf_done(&text);
}

/* False when an expression in it gives nothing: then there is nothing to ask. */
static bool add_part(struct form *form, const struct part *part, const struct inst *at, struct buf *out, enum rc *rc, struct err *err)
{
    struct fp_result result = {0};
    bool any;

    if (part->text) {
        buf_add(out, part->text);
        return true;
    }
    *rc = scope_eval(form, part->compiled, at, &result, err);
    any = *rc == RC_OK && result.n > 0;
    for (size_t i = 0; any && i < result.n; i++) {
        buf_add(out, i ? "," : "");
        add_value(out, fp_result_at(&result, i));
    }
    fp_result_done(&result);
    return any;
}

enum rc form_search(struct form *form, const char *query, const struct node **bundle, struct err *err)
{
    struct doc *found = NULL;
    struct err why = {0};
    enum rc rc;

    *bundle = NULL;
    for (size_t i = 0; i < form->n_searches; i++)
        if (!strcmp(form->search[i].query, query)) {
            *bundle = form->search[i].bundle ? doc_root(form->search[i].bundle) : NULL;
            return form->search[i].why ? err_set(err, RC_INVALID, "%s", form->search[i].why) : RC_OK;
        }
    if (!form->context.search)
        return err_set(err, RC_INVALID, _("The record cannot be asked here."));
    rc = form->context.search(form->context.ctx, query, &found, &why);
    MEM_ROOM(form->search, form->n_searches, form->cap_searches);
    form->search[form->n_searches++] = (struct search){ mem_dup(query), found, rc == RC_OK ? NULL : mem_dup(err_text(&why)) };
    if (rc != RC_OK)
        return err_set(err, rc, "%s", err_text(&why));
    *bundle = found ? doc_root(found) : NULL;
    return RC_OK;
}

enum rc query_eval(struct form *form, const struct query *query, const struct inst *at, struct fp_result *out, struct err *err)
{
    struct buf text = {0};
    const struct node *bundle = NULL;
    enum rc rc = RC_OK;
    bool any = true;

    for (size_t i = 0; i < query->n && any; i++)
        any = add_part(form, &query->part[i], at, &text, &rc, err);
    if (any)
        rc = form_search(form, buf_text(&text), &bundle, err);
    if (rc == RC_OK) {
        *out = (struct fp_result){ .arena = mem_alloc(sizeof *out->arena) };
        fp_result_add_node(out, bundle);
    }
    buf_done(&text);
    return rc;
}
