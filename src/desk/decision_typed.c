/* What a person typed in place of a value, as JSON of the same shape. */
#include "desk/decision.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/element.h"

static enum rc typed_text(const struct node *like, const char *text, struct buf *json, struct err *err)
{
    const char *before = node_text(like), *why;

    if (before && strlen(before) >= 4 && datetime_is_real(before, &why) && !datetime_is_real(text, &why))
        return err_set(err, RC_INVALID, _("a date is written as 1954-07-01, or 1954-07, or 1954"));
    json_write_string(json, text);
    return RC_OK;
}

/* Parts of the element that the typed text does not replace stay. */
static void write_with(struct buf *json, const struct node *like, const char *member, const char *text)
{
    struct doc *doc = NULL;
    struct buf copy = { 0 };

    node_write(&copy, like);
    if (doc_parse(buf_text(&copy), copy.len, &doc, NULL) == RC_OK) {
        node_set_str(doc, doc_root(doc), member, text);
        node_write(json, doc_root(doc));
    }
    doc_free(doc);
    buf_done(&copy);
}

static void write_name(struct buf *json, const struct node *like, const char *text)
{
    const char *comma = strchr(text, ','), *given = comma ? comma + 1 + strspn(comma + 1, " ") : "";
    char *family = mem_dup_n(text, comma ? (size_t)(comma - text) : strlen(text));
    struct doc *doc = doc_new(NULL);

    node_set_str(doc, doc_root(doc), "use", node_str(like, "use"));
    node_set_str(doc, doc_root(doc), "family", family);
    while (*given) {
        size_t len = strcspn(given, " ");
        char *one = mem_dup_n(given, len);

        node_add_str(doc, node_set_array(doc, doc_root(doc), "given"), one);
        given += len + strspn(given + len, " ");
        free(one);
    }
    node_write(json, doc_root(doc));
    doc_free(doc);
    free(family);
}

static void write_address(struct buf *json, const struct node *like, const char *text)
{
    struct doc *doc = doc_new(NULL);

    node_set_str(doc, doc_root(doc), "use", node_str(like, "use"));
    node_set_str(doc, doc_root(doc), "text", text);
    node_write(json, doc_root(doc));
    doc_free(doc);
}

static enum rc typed_object(const struct node *like, const char *text, struct buf *json, struct err *err)
{
    const char *type = element_type(like);

    if (strcmp(type, "HumanName") == 0)
        write_name(json, like, text);
    else if (strcmp(type, "Address") == 0)
        write_address(json, like, text);
    else if (strcmp(type, "CodeableConcept") == 0) {
        struct doc *doc = doc_new(NULL);

        node_set_str(doc, doc_root(doc), "text", text);
        node_write(json, doc_root(doc));
        doc_free(doc);
    } else if (node_is(node_get(like, "value"), NODE_STRING))
        write_with(json, like, "value", text);
    else if (node_is(node_get(like, "text"), NODE_STRING))
        write_with(json, like, "text", text);
    else
        return err_set(err, RC_INVALID, _("this cannot be typed: choose a side"));
    return RC_OK;
}

static bool is_whole_number(const char *text)
{
    struct doc *doc = NULL;
    bool is_number = doc_parse(text, strlen(text), &doc, NULL) == RC_OK && node_is(doc_root(doc), NODE_NUMBER);

    doc_free(doc);
    return is_number;
}

enum rc decision_typed(const struct question *q, const char *text, struct buf *json, struct err *err)
{
    const struct node *like = q->side[SIDE_HERE] ? q->side[SIDE_HERE] : q->side[SIDE_SERVER] ? q->side[SIDE_SERVER] : q->side[SIDE_BEFORE];
    struct doc *doc = NULL;
    enum rc rc;

    if (!*text)
        return err_set(err, RC_INVALID, _("nothing was typed"));
    if (*text == '{' || *text == '[' || *text == '"') {
        if ((rc = doc_parse(text, strlen(text), &doc, err)) == RC_OK)
            node_write(json, doc_root(doc));
    } else if (node_is(like, NODE_STRING)) {
        rc = typed_text(like, text, json, err);
    } else if (node_is(like, NODE_NUMBER)) {
        rc = is_whole_number(text) ? RC_OK : err_set(err, RC_INVALID, _("a number is needed here"));
        buf_add(json, rc == RC_OK ? text : "");
    } else if (node_is(like, NODE_OBJECT)) {
        rc = typed_object(like, text, json, err);
    } else {
        rc = err_set(err, RC_INVALID, _("this cannot be typed: choose a side"));
    }
    doc_free(doc);
    return rc;
}
