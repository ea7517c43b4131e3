#include "sync/find.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access/authz.h"
#include "base/i18n.h"
#include "fhir/datatype.h"
#include "fhir/patient.h"
#include "store/alias.h"
#include "store/audit.h"
#include "store/person_words.h"
#include "store/request.h"
#include "sync/central.h"
#include "sync/link.h"

/* What a row shows, and no more: the rest comes when somebody opens the record. */
static const char elements[] = "&_elements=identifier,name,telecom,gender,birthDate,deceased,active,link";

/* ---- the question ---- */

static void add_encoded(struct buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_')
            buf_char(out, *text);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* A comma, $, | or backslash that is meant (FHIR R4, "Escaping Search Parameters"). */
static void add_value(struct buf *out, const char *text)
{
    struct buf escaped = { 0 };

    for (; *text; text++) {
        if (strchr(",$|\\", *text))
            buf_char(&escaped, '\\');
        buf_char(&escaped, *text);
    }
    add_encoded(out, buf_text(&escaped));
    buf_done(&escaped);
}

static void add_any_of(struct buf *out, const struct node *search, const char *name)
{
    const struct node *list = node_get(search, name);

    for (const struct node *v = node_first(list); v; v = node_next(v)) {
        if (v == node_first(list))
            buf_printf(out, "%s%s=", out->len ? "&" : "", name);
        else
            buf_add(out, "%2C");
        add_value(out, node_text(v) ? node_text(v) : "");
    }
}

void find_form(struct buf *out, const struct node *search)
{
    for (const struct node *v = node_first(node_get(search, "name")); v; v = node_next(v)) {
        buf_printf(out, "%sname=", out->len ? "&" : "");
        add_value(out, node_text(v) ? node_text(v) : "");
    }
    add_any_of(out, search, "birthdate");
    add_any_of(out, search, "identifier");
}

/* ---- the answer ---- */

static bool has_person(const struct node *people, const char *id)
{
    for (const struct node *p = node_first(people); p; p = node_next(p))
        if (strcmp(node_str(p, "id"), id) == 0)
            return true;
    return false;
}

static void add_person(struct doc *result, struct node *people, const struct node *patient)
{
    struct node *row = node_add_object(result, people);
    const struct node *official = name_official(patient), *usual = name_usual(patient);
    struct buf name = { 0 };
    char survivor[72], *tail = phone_tail(patient_phone(patient));

    if (official)
        name_family_first(&name, official);
    patient_survivor(patient, survivor, sizeof survivor);
    node_set_str(result, row, "id", node_str(patient, "id"));
    node_set_str(result, row, "name", buf_text(&name));
    if (usual)
        node_set_str(result, row, "usual", patient_called(usual));
    node_set_str(result, row, "birthDate", node_str(patient, "birthDate"));
    node_set_str(result, row, "sex", patient_sex(patient));
    node_set_str(result, row, "record", patient_record_number(patient));
    node_set_str(result, row, "phone", tail);
    node_set_str(result, row, "deceased", patient_deceased(patient));
    node_set_str(result, row, "mergedInto", survivor);
    if (patient_is_test(patient))
        node_set_bool(result, row, "test", true);
    free(tail);
    buf_done(&name);
}

void find_take(struct doc *result, const struct node *bundle)
{
    struct node *people = node_set_array(result, doc_root(result), "people");
    bool more = link_url(bundle, "next") != NULL;

    for (const struct node *e = node_first(node_get(bundle, "entry")); e; e = node_next(e)) {
        const struct node *patient = node_get(e, "resource");

        if (strcmp(node_str(patient, "resourceType"), "Patient") != 0 || !*node_str(patient, "id") ||
            has_person(people, node_str(patient, "id")))
            continue;
        if (node_count(people) == FIND_MOST) {
            more = true;
            break;
        }
        add_person(result, people, patient);
    }
    if (more)
        node_set_bool(result, doc_root(result), "more", true);
}

static enum rc search(struct central *c, const struct node *one, struct doc *result, struct err *err)
{
    struct buf form = { 0 };
    struct doc *bundle = NULL;
    enum rc rc;

    find_form(&form, one);
    if (form.len == 0)
        rc = err_set(err, RC_INVALID, "%s", _("there is nothing to ask the server for"));
    else {
        buf_printf(&form, "&_count=%d%s", FIND_MOST, elements);
        rc = central_search(c, "Patient", buf_text(&form), &bundle, err);
    }
    if (rc == RC_OK)
        find_take(result, doc_root(bundle));
    doc_free(bundle);
    buf_done(&form);
    return rc;
}

/* A server that gives ids of its own: who was made here is known here by ours. */
static void name_ours(struct central *c, struct doc *result)
{
    if (!alias_is_any(c->st))
        return;
    for (struct node *p = node_first(node_get(doc_root(result), "people")); p; p = node_next(p)) {
        char *ours = alias_local_id(c->st, "Patient", node_str(p, "id"));

        if (ours)
            node_set_str(result, p, "id", ours);
        free(ours);
    }
}

enum rc find_answer(struct central *c, const struct request *request, struct doc *result, struct err *err)
{
    struct doc *criteria = NULL;
    struct grant grant;
    enum rc rc = doc_parse(request->criteria, strlen(request->criteria), &criteria, err);
    const struct node *searches = rc == RC_OK ? node_get(doc_root(criteria), "searches") : NULL;

    for (const struct node *s = node_first(searches); s && rc == RC_OK; s = node_next(s))
        rc = search(c, s, result, err);
    doc_free(criteria);
    name_ours(c, result);
    if (rc == RC_OK) {
        char detail[80];

        snprintf(detail, sizeof detail, "request=%lld found=%zu", (long long)request->number,
                 node_count(node_get(doc_root(result), "people")));
        authz_system(ORIGIN_SYNC, "sync find", &grant);
        rc = audit_event(c->st, &grant, 0, detail, err);
    }
    return rc;
}
