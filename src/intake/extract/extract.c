#include "intake/extract/extract_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/extension_urls.h"

/* --- What the three ways share --- */

const char *extract_link(const struct extract_scope *scope)
{
    while (scope && !scope->item)
        scope = scope->outer;
    return scope ? node_str(scope->item, "linkId") : "";
}

/* The same is said once. */
void extract_note(struct extract *x, const char *fmt, ...)
{
    struct err sentence;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(sentence.text, sizeof sentence.text, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < x->out->n_notes; i++)
        if (!strcmp(x->out->note[i], sentence.text))
            return;
    MEM_ROOM(x->out->note, x->out->n_notes, x->out->cap_notes);
    x->out->note[x->out->n_notes++] = mem_dup(sentence.text);
}

static bool url_ends(const char *url, const char *name)
{
    size_t n = strlen(url), k = strlen(name);

    return n > k && !strcmp(url + n - k, name) && (url[n - k - 1] == '-' || url[n - k - 1] == '/');
}

const struct node *extract_extension(const struct node *element, const char *name, size_t i)
{
    for (const struct node *e = node_first(node_get(element, "extension")); e; e = node_next(e))
        if (url_ends(node_str(e, "url"), name) && i-- == 0)
            return e;
    return NULL;
}

const struct node *extract_extension_value(const struct node *element, const char *name)
{
    const char *type;

    return choice_value(extract_extension(element, name, 0), "value", &type);
}

/* A hash in the shape of a uuid (version 8, RFC 9562), so that any FHIR server takes it as an id. */
void extract_id(const char *response_id, const char *key, char out[CRYPTO_UUID])
{
    char *text = mem_printf("%s\n%s", response_id, key), hex[CRYPTO_HEX];

    crypto_sha256_hex(text, strlen(text), hex);
    free(text);
    hex[12] = '8';
    hex[16] = "89ab"[(hex[16] >= 'a' ? hex[16] - 'a' + 10 : hex[16] - '0') & 3];
    snprintf(out, CRYPTO_UUID, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void extract_refuse(struct extracted *made, char *why)
{
    if (made->refused)
        free(why);
    else
        made->refused = why;
}

struct extracted *extract_add(struct extract *x, struct doc *doc, const char *way, const char *link_id)
{
    struct extraction *out = x->out;
    struct extracted *made;
    size_t before = 0;
    char *key;

    for (size_t i = 0; i < out->n; i++)
        before += !strcmp(out->made[i].link_id, link_id) && !strcmp(doc_type(out->made[i].doc), doc_type(doc));
    key = mem_printf("%s %s %s %zu", way, doc_type(doc), link_id, before);
    MEM_ROOM(out->made, out->n, out->cap);
    made = &out->made[out->n++];
    *made = (struct extracted){ .doc = doc, .link_id = mem_dup(link_id) };
    extract_id(doc_id(x->response), key, made->id);
    free(key);
    if (!strcmp(doc_type(doc), "Patient"))
        made->target = mem_dup(x->patient);
    return made;
}

void extract_full_url(struct extract *x, const char *url, const struct extracted *made)
{
    if (!url || !*url)
        return;
    MEM_ROOM(x->full, x->n_full, x->cap_full);
    x->full[x->n_full].url = mem_dup(url);
    x->full[x->n_full++].reference = mem_printf("%s/%s", doc_type(made->doc), made->target ? made->target : made->id);
}

bool extract_search(struct extract *x, const char *query, const struct node **bundle, char **why)
{
    struct doc *found = NULL;
    struct err err = { RC_OK, "" };

    if (!x->context->search) {
        *why = mem_printf(_("What is on record cannot be looked up here (%.*s)."), (int)strcspn(query, "?/"), query);   /* never what was answered */
        return false;
    }
    if (x->context->search(x->context->ctx, query, &found, &err) != RC_OK) {
        *why = mem_printf(_("What is on record cannot be looked up: %s"), err_text(&err));
        return false;
    }
    MEM_ROOM(x->kept, x->n_kept, x->cap_kept);
    x->kept[x->n_kept++] = found;
    *bundle = doc_root(found);
    return true;
}

/* ifNoneExist: what a search finds of this patient is there already. */
void extract_unless(struct extract *x, struct extracted *made, const char *search)
{
    const struct node *bundle = NULL;
    char *query, *why = NULL;

    if (!search || !*search || made->target)
        return;
    query = mem_printf("%s?%s", doc_type(made->doc), *search == '?' ? search + 1 : search);
    if (!extract_search(x, query, &bundle, &why))
        extract_refuse(made, why);
    for (const struct node *e = node_first(node_get(bundle, "entry")); e && !made->target; e = node_next(e)) {
        const struct node *resource = node_get(e, "resource");

        if (strcmp(node_str(resource, "resourceType"), doc_type(made->doc)) || strcmp(resource_patient(resource), x->patient))
            continue;
        made->target = mem_dup(node_str(resource, "id"));
        made->is_there = true;
    }
    free(query);
}

/* --- The walk --- */

/* Ids a form asks for at this place ("NewPatientId"), as it writes them into references. */
static const struct node *allocate(struct extract *x, const struct node *item)
{
    struct node *names = NULL;
    const struct node *extension;

    for (size_t i = 0; (extension = extract_extension(item, "extractAllocateId", i)); i++) {
        char key[40], id[CRYPTO_UUID], urn[CRYPTO_UUID + sizeof "urn:uuid:"];

        snprintf(key, sizeof key, "allocate %zu", x->n_allocated++);
        extract_id(doc_id(x->response), key, id);
        snprintf(urn, sizeof urn, "urn:uuid:%s", id);
        names = names ? names : extract_fresh(x);
        node_set_str(x->scratch, names, node_str(extension, "valueString"), urn);
    }
    return names;
}

static void visit_item(struct extract *x, const struct extract_scope *outer, const struct node *item, const struct node *focus,
                       extract_visit *visit, void *ctx)
{
    const struct extract_scope scope = { .outer = outer, .item = item, .focus = focus, .names = allocate(x, item) };

    x->is_late |= x->out->n >= EXTRACT_MOST;
    if (x->depth >= EXTRACT_DEPTH_MAX || x->is_late)
        return;
    x->depth++;
    visit(x, &scope, ctx);
    x->depth--;
}

/* The items of a response by linkId, those of one in their order: a form of thousands is not searched for each. */
struct by_link { const char *link; const struct node *item; size_t place; };

static int by_link_order(const void *a, const void *b)
{
    const struct by_link *x = a, *y = b;
    int order = strcmp(x->link, y->link);

    return order ? order : x->place < y->place ? -1 : x->place > y->place;
}

static struct by_link *index_items(const struct node *items, size_t *n)
{
    struct by_link *index = mem_array(node_count(items) + 1, sizeof *index);

    *n = 0;
    for (const struct node *r = node_first(items); r; r = node_next(r), ++*n)
        index[*n] = (struct by_link){ node_str(r, "linkId"), r, *n };
    qsort(index, *n, sizeof *index, by_link_order);
    return index;
}

static void visit_items(struct extract *x, const struct extract_scope *scope, const struct node *item, const struct by_link *index, size_t n,
                        extract_visit *visit, void *ctx)
{
    const char *link = node_str(item, "linkId");
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(index[middle].link, link) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < n && !strcmp(index[low].link, link); low++)
        visit_item(x, scope, item, index[low].item, visit, ctx);
}

/* The items of the form at this place, with those of one list of the response. */
static void visit_list(struct extract *x, const struct extract_scope *scope, const struct node *items, extract_visit *visit, void *ctx)
{
    struct by_link *index;
    size_t n;

    if (!items)
        return;
    index = index_items(items, &n);
    for (const struct node *item = node_first(node_get(scope->item, "item")); item; item = node_next(item))
        visit_items(x, scope, item, index, n, visit, ctx);
    free(index);
}

void extract_children(struct extract *x, const struct extract_scope *scope, extract_visit *visit, void *ctx)
{
    visit_list(x, scope, node_get(scope->focus, "item"), visit, ctx);
    for (const struct node *a = node_first(node_get(scope->focus, "answer")); a; a = node_next(a))
        visit_list(x, scope, node_get(a, "item"), visit, ctx);
}

/* --- What every resource gets at the end --- */

static bool has_reference(const struct node *list, const char *reference)
{
    for (const struct node *one = node_first(list); one; one = node_next(one))
        if (!strcmp(node_str(one, "reference"), reference))
            return true;
    return false;
}

static void add_reference(struct doc *doc, const char *name, const char *reference)
{
    if (!has_reference(node_get(doc_root(doc), name), reference))
        node_set_str(doc, node_add_object(doc, node_set_array(doc, doc_root(doc), name)), "reference", reference);
}

/* A reference to the patient where the type has a place for one and the form left it empty. */
static void fill_patient(const struct extract *x, struct doc *doc)
{
    static const char *const names[] = { "subject", "patient", "for", "beneficiary" };
    unsigned type = model_find(doc_type(doc)), reference = model_find("Reference");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct model_member member;

        if (!model_member(type, names[i], &member) || member.type != reference || member.is_many)
            continue;
        if (!node_get(doc_root(doc), names[i]))
            reference_set(doc, doc_root(doc), names[i], "Patient", x->patient);
        return;
    }
}

/* Where a response is of paper, the day on it is the day of what it says. */
static const char *effective(const struct doc *response)
{
    const char *paper = node_text(extension_value(doc_root(response), EXT_PAPER_DATE));

    return paper && *paper ? paper : node_str(doc_root(response), "authored");
}

static void fill_observation(const struct extract *x, struct doc *doc)
{
    const char *type;

    if (!*node_str(doc_root(doc), "status"))
        node_set_str(doc, doc_root(doc), "status", "final");
    if (!choice_value(doc_root(doc), "effective", &type))
        node_set_str(doc, doc_root(doc), "effectiveDateTime", effective(x->response));
}

static void fill_source(const struct extract *x, struct doc *doc)
{
    char *reference = mem_printf("QuestionnaireResponse/%s", doc_id(x->response));
    struct model_member member;

    if (model_member(model_find(doc_type(doc)), "derivedFrom", &member) && member.is_many && member.type == model_find("Reference"))
        add_reference(doc, "derivedFrom", reference);
    free(reference);
}

/* What is referred to by the id it was to have gets the one it has. */
static bool link_references(const struct extract *x, struct doc *doc, struct node *node)
{
    bool all = true;

    for (struct node *n = node_first(node); n; n = node_next(n)) {
        const char *text = node_text(n);

        if (!text) {
            all &= link_references(x, doc, n);
            continue;
        }
        if (strcmp(node_name(n), "reference") || strncmp(text, "urn:", 4))
            continue;
        for (size_t i = 0; i < x->n_full; i++)
            if (!strcmp(x->full[i].url, text)) {
                node_set_str(doc, node, "reference", x->full[i].reference);
                text = "";
                break;
            }
        all &= !*text;
    }
    return all;
}

/* Nobody's record but that of the patient the form was filled with. */
static void check_patient(const struct extract *x, struct extracted *made)
{
    const char *type = doc_type(made->doc), *about = !strcmp(type, "Patient") ? made->target : resource_patient(doc_root(made->doc));

    if (!about || !*about)
        extract_refuse(made, mem_printf(_("%s is on nobody's record: a form filled with one person does not write it."), type));
    else if (strcmp(about, x->patient))
        extract_refuse(made, mem_printf(_("It is about another person than Patient/%s, with whom the form was filled. It is not written."), x->patient));
}

static void finish(struct extract *x, struct extracted *made)
{
    if (!link_references(x, made->doc, doc_root(made->doc)))
        extract_refuse(made, mem_dup(_("It refers to something that the form does not make.")));
    fill_patient(x, made->doc);
    fill_source(x, made->doc);
    if (!strcmp(doc_type(made->doc), "Observation") && !made->target)
        fill_observation(x, made->doc);
    check_patient(x, made);
}

/* --- The whole --- */

static bool asks(const struct node *item)
{
    for (const struct node *e = node_first(node_get(item, "extension")); e; e = node_next(e)) {
        const char *url = node_str(e, "url");

        if (strstr(url, "Extract") || url_ends(url, "itemContext") || url_ends(url, "targetStructureMap"))
            return true;
    }
    for (const struct node *child = node_first(node_get(item, "item")); child; child = node_next(child))
        if (asks(child))
            return true;
    return false;
}

bool extract_is_asked(const struct doc *questionnaire)
{
    return asks(doc_root(questionnaire));
}

static void extract_all(struct extract *x)
{
    const struct node *root = doc_root(x->questionnaire);
    const struct extract_scope top = { .item = root, .focus = doc_root(x->response), .names = allocate(x, root) };

    extract_observations(x, &top);
    extract_definitions(x, &top);
    extract_templates(x, &top);
    if (extract_extension(root, "targetStructureMap", 0))
        extract_note(x, _("This form wants to be turned into resources by a StructureMap. That is not supported here; its answers are kept, nothing is made of them by it."));
    for (size_t i = 0; i < x->out->n; i++)
        finish(x, &x->out->made[i]);
    for (size_t i = 0; i < x->out->n && x->is_late; i++)    /* half of it may be missing */
        extract_refuse(&x->out->made[i], mem_dup(_("What the form makes has no end, or takes too long. Nothing of it is written.")));
}

static void release(struct extract *x)
{
    for (size_t i = 0; i < x->n_kept; i++)
        doc_free(x->kept[i]);
    for (size_t i = 0; i < x->n_full; i++) {
        free(x->full[i].url);
        free(x->full[i].reference);
    }
    for (size_t i = 0; i < x->n_compiled; i++) {
        free(x->compiled[i].text);
        fhirpath_free(x->compiled[i].expression);
    }
    free(x->compiled);
    free(x->kept);
    free(x->full);
    doc_free(x->scratch);
}

enum rc extract_resources(const struct doc *questionnaire, const struct doc *response, const struct form_context *context,
                          struct extraction *out, struct err *err)
{
    static const struct form_context nothing = { .patient = NULL };
    struct extract x = { .questionnaire = questionnaire, .response = response, .context = context ? context : &nothing, .out = out,
                         .deadline_ms = clock_monotonic_ms() + EXTRACT_MS_MAX };

    *out = (struct extraction){0};
    snprintf(x.patient, sizeof x.patient, "%s", resource_patient(doc_root(response)));
    if (!*x.patient)
        return err_set(err, RC_INVALID, _("QuestionnaireResponse/%s: subject: it is about no patient, so nothing is made of it."), doc_id(response));
    x.scratch = doc_new(NULL);
    x.made = node_set_array(x.scratch, doc_root(x.scratch), "made");
    extract_all(&x);
    release(&x);
    return RC_OK;
}

void extraction_done(struct extraction *extraction)
{
    for (size_t i = 0; i < extraction->n; i++) {
        doc_free(extraction->made[i].doc);
        free(extraction->made[i].link_id);
        free(extraction->made[i].target);
        free(extraction->made[i].refused);
    }
    for (size_t i = 0; i < extraction->n_notes; i++)
        free(extraction->note[i]);
    free(extraction->made);
    free(extraction->note);
    *extraction = (struct extraction){0};
}
