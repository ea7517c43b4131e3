/* The next revision of a response that is amended: what the form says of it, put on the document as it is. */
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"
#include "intake/sitting/aside.h"
#include "intake/model.h"
#include "intake/sitting/sitting_parts.h"

static void drop_extensions(struct doc *doc)
{
    static const char *const ours[] = { EXT_SCORE, EXT_ANSWERS_FROM, EXT_PAPER_DATE, EXT_GIVEN_BY, EXT_FORM_DIGEST };
    struct node *next;

    for (struct node *e = node_first(node_get(doc_root(doc), "extension")); e; e = next) {
        next = node_next(e);
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            if (strcmp(node_str(e, "url"), ours[i]) == 0) {
                node_remove(doc, e);
                break;
            }
    }
}

static void add_amendment(struct doc *doc, const struct grant *grant, const char *why)
{
    struct node *e = node_add_object(doc, node_set_array(doc, doc_root(doc), "extension")), *parts, *part;

    node_set_str(doc, e, "url", EXT_AMENDMENT);
    parts = node_set_array(doc, e, "extension");
    part = node_add_object(doc, parts);
    node_set_str(doc, part, "url", "at");
    node_set_str(doc, part, "valueDateTime", node_str(doc_root(doc), "authored"));
    part = node_add_object(doc, parts);
    node_set_str(doc, part, "url", "by");
    reference_set(doc, part, "valueReference", "Practitioner", grant->staff);
    part = node_add_object(doc, parts);
    node_set_str(doc, part, "url", "why");
    node_set_str(doc, part, "valueString", why);
}

static const struct node *same_item(const struct node *items, const struct node *item)
{
    const struct node *found = NULL;
    size_t turn = 0;

    for (const struct node *before = node_first(node_parent(item)); before != item; before = node_next(before))
        turn += strcmp(node_str(before, "linkId"), node_str(item, "linkId")) == 0;
    for (const struct node *i = node_first(items); i && !found; i = node_next(i))
        if (strcmp(node_str(i, "linkId"), node_str(item, "linkId")) == 0 && turn-- == 0)
            found = i;
    return found;
}

static bool same_answer(const struct node *a, const struct node *b)
{
    const char *type, *other;
    const struct node *x = answer_value(a, &type), *y = answer_value(b, &other);

    return x && y && strcmp(type, other) == 0 && (strcmp(type, "Coding") ? node_equal(x, y) : coding_same(x, y));
}

static void put_items(const struct form *form, struct doc *doc, struct node *holder, const struct node *old, const struct node *fresh);

/* Answers that are the same stay the very ones that were given, with whatever else they carry. */
static void put_answers(const struct form *form, struct doc *doc, struct node *item, const struct node *old, const struct node *fresh)
{
    struct node *answers;
    size_t i = 0;

    node_remove_name(doc, item, "answer");
    if (!node_count(fresh))
        return;
    answers = node_set_array(doc, item, "answer");
    for (const struct node *a = node_first(fresh); a; a = node_next(a), i++) {
        const struct node *given = node_at(old, i);
        bool is_same = given && same_answer(given, a);
        struct node *put = node_add_copy(doc, answers, is_same ? given : a);

        put_items(form, doc, put, is_same ? node_get(given, "item") : NULL, node_get(a, "item"));
    }
}

/* Why there is no answer is all that the form says of an item in extensions. */
static void put_absent(struct doc *doc, struct node *item, const struct node *fresh)
{
    struct node *was = extension_find(item, EXT_ABSENT);

    if (was)
        node_remove(doc, was);
    if (extension_find(fresh, EXT_ABSENT))
        node_add_copy(doc, node_set_array(doc, item, "extension"), extension_find(fresh, EXT_ABSENT));
    if (node_count(node_get(item, "extension")) == 0)
        node_remove_name(doc, item, "extension");
}

/* Into holder the fresh items, each on the one that was there; and those the form never asked, as they were. */
static void put_items(const struct form *form, struct doc *doc, struct node *holder, const struct node *old, const struct node *fresh)
{
    struct node *items;

    node_remove_name(doc, holder, "item");
    items = node_set_array(doc, holder, "item");
    for (const struct node *f = node_first(fresh); f; f = node_next(f)) {
        const struct node *o = same_item(old, f);
        struct node *put = node_add_copy(doc, items, o ? o : f);

        if (!o)
            continue;
        put_absent(doc, put, f);
        put_answers(form, doc, put, node_get(o, "answer"), node_get(f, "answer"));
        put_items(form, doc, put, node_get(o, "item"), node_get(f, "item"));
    }
    for (const struct node *o = node_first(old); o; o = node_next(o))
        if (!item_by_link(form, node_str(o, "linkId")))
            node_add_copy(doc, items, o);
    if (!node_count(items))
        node_remove_name(doc, holder, "item");
}

static void take_members(struct doc *doc, const struct doc *fresh)
{
    static const char *const members[] = { "status", "authored", "author", "source" };

    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (node_get(doc_root(fresh), members[i]))
            node_set_copy(doc, doc_root(doc), members[i], node_get(doc_root(fresh), members[i]));
    drop_extensions(doc);
    for (const struct node *e = node_first(node_get(doc_root(fresh), "extension")); e; e = node_next(e))
        node_add_copy(doc, node_set_array(doc, doc_root(doc), "extension"), e);
}

static bool same_items(const struct doc *a, const struct doc *b)
{
    const struct node *x = node_get(doc_root(a), "item"), *y = node_get(doc_root(b), "item");

    return x && y ? node_equal(x, y) : !x && !y;
}

enum rc amend_revision(const struct grant *grant, const struct sitting *s, const struct doc *now, struct doc **out, struct err *err)
{
    struct doc *fresh = NULL, *keep;
    struct form_source source = sitting_source(s, &keep);
    enum rc rc = form_response(s->form, s->draft.amends, "amended", s->draft.patient, grant->staff, &source, &fresh, err);

    doc_free(keep);
    *out = NULL;
    if (rc != RC_OK)
        return rc;
    *out = doc_copy(now);
    doc_set_rev(*out, doc_rev(now));
    version_mark(fresh, s->questionnaire);
    aside_to_response(s->draft.aside, fresh);
    put_items(s->form, *out, doc_root(*out), node_get(doc_root(now), "item"), node_get(doc_root(fresh), "item"));
    if (same_items(*out, now))
        rc = err_set(err, RC_INVALID, _("No answer was changed: there is nothing to amend. Discard the draft if that is right."));
    take_members(*out, fresh);
    add_amendment(*out, grant, s->draft.why);
    doc_free(fresh);
    return rc;
}
