#include <string.h>

#include "fhir/code.h"
#include "fhir/datatype.h"

/* The codings of a CodeableConcept, or the Coding itself. */
static const struct node *first_coding(const struct node *concept)
{
    const struct node *codings = node_get(concept, "coding");

    return codings ? node_first(codings) : concept;
}

static const struct node *next_coding(const struct node *concept, const struct node *coding)
{
    return coding == concept ? NULL : node_next(coding);
}

/* What to call a Coding, "" when it has neither display nor a code we know. */
static const char *coding_display(const struct node *coding)
{
    const char *display = node_str(coding, "display");

    if (!*display)
        display = code_display(node_str(coding, "system"), node_str(coding, "code"));
    return display ? display : "";
}

void concept_words(struct buf *out, const struct node *concept)
{
    if (node_is(concept, NODE_ARRAY))
        concept = node_first(concept);
    if (node_text(concept)) {
        buf_add(out, node_text(concept));
        return;
    }
    if (*node_str(concept, "text")) {
        buf_add(out, node_str(concept, "text"));
        return;
    }
    for (const struct node *c = first_coding(concept); c; c = next_coding(concept, c))
        if (*coding_display(c)) {
            buf_add(out, coding_display(c));
            return;
        }
    buf_add(out, concept_code(concept, NULL));
}

bool concept_has(const struct node *concept, const char *system, const char *code)
{
    if (node_is(concept, NODE_ARRAY)) {
        for (const struct node *n = node_first(concept); n; n = node_next(n))
            if (concept_has(n, system, code))
                return true;
        return false;
    }
    for (const struct node *c = first_coding(concept); c; c = next_coding(concept, c))
        if (strcmp(node_str(c, "code"), code) == 0 && (!system || strcmp(node_str(c, "system"), system) == 0))
            return true;
    return false;
}

const char *concept_code(const struct node *concept, const char *system)
{
    if (node_is(concept, NODE_ARRAY))
        concept = node_first(concept);
    for (const struct node *c = first_coding(concept); c; c = next_coding(concept, c))
        if (*node_str(c, "code") && (!system || strcmp(node_str(c, "system"), system) == 0))
            return node_str(c, "code");
    return "";
}
