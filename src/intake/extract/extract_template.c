/* extract_template.c - SDC template-based extraction: a resource contained in the form is copied, with
 * what its templateExtractContext and templateExtractValue extensions work out in place.
 *
 * A context that finds nothing takes its element away; one that finds several repeats it. A value
 * that is empty takes its element away, whatever stood there as an example. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "intake/extract/extract_internal.h"

/* Where an element goes: a member of object, or one more of a list there. */
struct place { struct doc *doc; struct node *object; const char *name; unsigned type; bool is_list; };

/* The elements a context stands for: {the element alone} when there is no context. */
struct foci { struct fp_result result; const struct node *self; size_t n; const char *name; };

static void foci_of(struct extract *x, const struct extract_scope *scope, const struct node *element, bool is_list, struct foci *out)
{
    const struct node *value = extract_extension_value(element, "templateExtractContext");

    *out = (struct foci){ .self = scope->focus, .n = 1, .name = node_str(value, "name") };
    if (!value)
        return;
    out->self = NULL;
    extract_eval(x, scope, extract_expression(value), &out->result);
    out->n = out->result.n;
    if (out->n > 1 && !is_list)
        extract_note(x, _("Item %.40s: %zu values were found for an element of the template that has one; the first is used."), extract_link(scope), out->n);
    out->n = out->n > 1 && !is_list ? 1 : out->n;
}

static struct extract_scope focus_scope(struct extract *x, const struct extract_scope *scope, const struct foci *foci, size_t i)
{
    const struct node *node = foci->self ? foci->self : extract_node(x, fp_result_at(&foci->result, i));

    x->is_late |= ++x->n_elements > EXTRACT_ELEMENTS_MAX;
    return (struct extract_scope){ .outer = scope, .focus = node, .name = foci->name && *foci->name ? foci->name : NULL, .value = node };
}

static void copy_members(struct extract *x, const struct extract_scope *scope, const struct node *from, struct doc *doc, struct node *to, unsigned type);

/* --- One element --- */

static unsigned type_of_member(unsigned of, const char *name)
{
    struct model_member member;

    if (of == MODEL_NO_TYPE)
        return MODEL_NO_TYPE;
    if (model_member(of, name, &member) && !member.choice)
        return member.type;
    return model_json_member(of, name);
}

static struct node *new_object(const struct place *at)
{
    return at->is_list ? node_add_object(at->doc, node_set_array(at->doc, at->object, at->name)) : node_set_object(at->doc, at->object, at->name);
}

static struct node *put_copy(const struct place *at, const struct node *value)
{
    if (at->is_list)
        return node_add_copy(at->doc, node_set_array(at->doc, at->object, at->name), value);
    node_set_copy(at->doc, at->object, at->name, value);
    return node_get(at->object, at->name);
}

/* A result as the type its place has. */
static const struct node *fitting(struct extract *x, const struct extract_scope *scope, const struct place *at, const struct fp_value *value)
{
    const struct node *node = extract_node(x, value), *made = node;
    const char *to = model_name(at->type);

    if (*to && strcmp(to, fp_value_type(value)))
        made = extract_convert(x, node, fp_value_type(value), to, NULL);
    if (!made && node_is(node, NODE_OBJECT) && !model_is_primitive(at->type))
        made = node;            /* its type is not known well enough to refuse it */
    if (!made)
        extract_note(x, _("Item %.40s: a %.40s cannot be kept as %.60s of type %.40s."), extract_link(scope), fp_value_type(value), at->name, to);
    return made;
}

/* templateExtractValue on an element with parts: the result, and of the template what the result lacks. */
static void put_values(struct extract *x, const struct extract_scope *scope, const struct node *element, const struct place *at)
{
    struct fp_result result = {0};

    extract_eval(x, scope, extract_expression(extract_extension_value(element, "templateExtractValue")), &result);
    for (size_t i = 0; i < result.n && (i == 0 || at->is_list); i++) {
        const struct node *made = fitting(x, scope, at, fp_result_at(&result, i));
        struct node *put = made ? put_copy(at, made) : NULL;

        if (node_is(put, NODE_OBJECT))
            copy_members(x, scope, element, at->doc, put, MODEL_NO_TYPE);
    }
    fp_result_done(&result);
}

static bool is_bare_extension(const struct node *object, const char *name)
{
    const char *type;

    return (!strcmp(name, "extension") || !strcmp(name, "modifierExtension")) && !choice_value(object, "value", &type) && !node_get(object, "extension");
}

static void put_element(struct extract *x, const struct extract_scope *scope, const struct node *element, const struct place *at)
{
    struct foci foci;

    foci_of(x, scope, element, at->is_list, &foci);
    for (size_t i = 0; i < foci.n && !x->is_late; i++) {
        struct extract_scope inner = focus_scope(x, scope, &foci, i);

        if (extract_extension(element, "templateExtractValue", 0)) {
            put_values(x, &inner, element, at);
        } else {
            struct node *object = new_object(at);

            copy_members(x, &inner, element, at->doc, object, at->type);
            if (!node_first(object) || is_bare_extension(object, at->name))
                node_remove(at->doc, object);
        }
    }
    fp_result_done(&foci.result);
}

/* --- A primitive, and the _companion that says how it is worked out --- */

static bool is_template(const struct node *element)
{
    return extract_extension(element, "templateExtractValue", 0) || extract_extension(element, "templateExtractContext", 0);
}

static void put_primitive(struct extract *x, const struct extract_scope *scope, const struct node *companion, const struct place *at)
{
    const char *expression = extract_expression(extract_extension_value(companion, "templateExtractValue"));
    struct foci foci;
    size_t n = 0;

    foci_of(x, scope, companion, at->is_list, &foci);
    for (size_t i = 0; i < foci.n && !x->is_late; i++) {
        struct extract_scope inner = focus_scope(x, scope, &foci, i);
        struct fp_result result = {0};

        extract_eval(x, &inner, expression, &result);
        for (size_t k = 0; k < result.n && (n == 0 || at->is_list); k++) {
            const struct node *made = fitting(x, scope, at, fp_result_at(&result, k));

            n += made && put_copy(at, made);
        }
        fp_result_done(&result);
    }
    fp_result_done(&foci.result);
}

static const struct node *partner(const struct node *object, const char *name, bool is_companion)
{
    char other[120];

    snprintf(other, sizeof other, is_companion ? "%.100s" : "_%.100s", name);
    return node_get(object, other);
}

/* --- The members of an object --- */

/* Extensions that say how to work something out are not copied. */
static void put_extensions(struct extract *x, const struct extract_scope *scope, const struct node *list, const struct place *at)
{
    for (const struct node *e = node_first(list); e; e = node_next(e))
        if (!strstr(node_str(e, "url"), "templateExtractContext") && !strstr(node_str(e, "url"), "templateExtractValue"))
            put_element(x, scope, e, at);
}

static void put_list(struct extract *x, const struct extract_scope *scope, const struct node *values, const struct node *companions, const struct place *at)
{
    size_t n = node_count(values) > node_count(companions) ? node_count(values) : node_count(companions);

    for (size_t i = 0; i < n; i++) {
        const struct node *value = node_at(values, i), *companion = node_at(companions, i);

        if (is_template(companion))
            put_primitive(x, scope, companion, at);
        else if (node_is(value, NODE_OBJECT))
            put_element(x, scope, value, at);
        else if (value && !node_is(value, NODE_NULL))
            put_copy(at, value);
    }
}

static void put_member(struct extract *x, const struct extract_scope *scope, const struct node *value, const struct node *companion, const struct place *at)
{
    if (!strcmp(at->name, "extension") && node_is(value, NODE_ARRAY)) {
        put_extensions(x, scope, value, at);
    } else if (at->is_list) {
        put_list(x, scope, value, companion, at);
    } else if (is_template(companion)) {
        put_primitive(x, scope, companion, at);
    } else if (node_is(value, NODE_OBJECT)) {
        put_element(x, scope, value, at);
    } else {
        if (value)
            put_copy(at, value);
        if (companion) {
            char name[120];

            snprintf(name, sizeof name, "_%.100s", at->name);
            put_copy(&(struct place){ at->doc, at->object, name, MODEL_NO_TYPE, false }, companion);
        }
    }
    if (at->is_list && node_is(node_get(at->object, at->name), NODE_ARRAY) && !node_count(node_get(at->object, at->name)))
        node_remove_name(at->doc, at->object, at->name);
}

/* A template has an id of its own, which is not that of what is made of it. */
static bool is_own_id(const struct node *to, const char *name)
{
    return !node_parent(to) && !strcmp(name, "id");
}

/* What is there already (a value that was worked out) stays. */
static void copy_members(struct extract *x, const struct extract_scope *scope, const struct node *from, struct doc *doc, struct node *to, unsigned type)
{
    if (++x->depth < EXTRACT_DEPTH_MAX)
        for (const struct node *m = node_first(from); m; m = node_next(m)) {
            bool is_companion = *node_name(m) == '_';
            const char *name = node_name(m) + is_companion;
            const struct node *other = partner(from, name, is_companion), *value = is_companion ? other : m, *companion = is_companion ? m : other;
            const struct place at = { doc, to, name, type_of_member(type, name), node_is(value, NODE_ARRAY) || node_is(companion, NODE_ARRAY) };

            if ((is_companion && other) || is_own_id(to, name) || node_get(to, name))
                continue;       /* a value and its companion are done at once */
            put_member(x, scope, value, companion, &at);
        }
    x->depth--;
}

/* --- A template used --- */

static const struct node *contained(const struct extract *x, const char *reference)
{
    for (const struct node *c = node_first(node_get(doc_root(x->questionnaire), "contained")); c; c = node_next(c))
        if (*reference == '#' && !strcmp(node_str(c, "id"), reference + 1))
            return c;
    return NULL;
}

static const struct node *part(const struct node *extension, const char *name)
{
    for (const struct node *e = node_first(node_get(extension, "extension")); e; e = node_next(e))
        if (!strcmp(node_str(e, "url"), name)) {
            const char *type;

            return choice_value(e, "value", &type);
        }
    return NULL;
}

static char *part_text(struct extract *x, const struct extract_scope *scope, const struct node *extension, const char *name)
{
    const struct node *value = part(extension, name);

    return value ? extract_text(x, scope, extract_expression(value)) : NULL;
}

struct request { char *full_url, *resource_id, *unless; };

static void add(struct extract *x, const struct extract_scope *scope, struct doc *doc, struct request *request)
{
    struct extracted *made = extract_add(x, doc, "template", extract_link(scope));

    if (request->resource_id && *request->resource_id && !made->target) {
        made->target = mem_dup(request->resource_id);
        made->may_be_new = true;
    } else if (request->resource_id && *request->resource_id && strcmp(made->target, request->resource_id)) {
        extract_refuse(made, mem_dup(_("The form means a Patient other than the one it was filled with. It is not written.")));
    }
    extract_unless(x, made, request->unless);
    extract_full_url(x, request->full_url, made);
    free(request->full_url);
    free(request->resource_id);
    free(request->unless);
}

/* Each resource of a Bundle that was made of a template. */
static void add_bundle(struct extract *x, const struct extract_scope *scope, const struct doc *bundle)
{
    for (const struct node *entry = node_first(node_get(doc_root(bundle), "entry")); entry; entry = node_next(entry)) {
        const struct node *resource = node_get(entry, "resource");
        struct request request = { mem_dup(node_str(entry, "fullUrl")), NULL, mem_dup(node_path_str(entry, "request.ifNoneExist")) };
        struct doc *doc = doc_new(NULL);

        for (const struct node *m = node_first(resource); m; m = node_next(m))
            if (strcmp(node_name(m), "id"))
                node_set_copy(doc, doc_root(doc), node_name(m), m);
        if (model_is_resource(model_find(doc_type(doc)))) {
            add(x, scope, doc, &request);
        } else {
            doc_free(doc);
            free(request.full_url);
            free(request.unless);
        }
    }
}

static void use_template(struct extract *x, const struct extract_scope *scope, const struct node *extension, const struct node *template)
{
    const char *type = node_str(template, "resourceType");
    struct doc *doc = doc_new(type);

    copy_members(x, scope, template, doc, doc_root(doc), model_find(type));
    if (!strcmp(type, "Bundle")) {
        add_bundle(x, scope, doc);
        doc_free(doc);
        return;
    }
    add(x, scope, doc, &(struct request){ part_text(x, scope, extension, "fullUrl"), part_text(x, scope, extension, "resourceId"),
                                          part_text(x, scope, extension, "ifNoneExist") });
}

static void use_extension(struct extract *x, const struct extract_scope *scope, const struct node *extension)
{
    const struct node *reference = part(extension, "template"), *template;

    reference = reference ? reference : node_get(extension, "valueReference");      /* templateExtractBundle has it alone */
    template = contained(x, node_str(reference, "reference"));
    if (!model_is_resource(model_find(node_str(template, "resourceType")))) {
        extract_note(x, _("Item %.40s: the template %.60s is not in the form."), extract_link(scope), node_str(reference, "reference"));
        return;
    }
    use_template(x, scope, extension, template);
}

/* A repeating question makes one resource for each answer: each is seen as the only one. */
static void use_answers(struct extract *x, const struct extract_scope *scope, const struct node *extension)
{
    const struct node *answers = node_get(scope->focus, "answer");

    if (node_count(answers) < 2) {
        use_extension(x, scope, extension);
        return;
    }
    for (const struct node *a = node_first(answers); a; a = node_next(a)) {
        struct node *alone = extract_fresh(x);
        struct extract_scope one = *scope;

        node_set_str(x->scratch, alone, "linkId", node_str(scope->focus, "linkId"));
        node_add_copy(x->scratch, node_set_array(x->scratch, alone, "answer"), a);
        one.focus = alone;
        use_extension(x, &one, extension);
    }
}

static void visit(struct extract *x, const struct extract_scope *scope, void *ctx)
{
    const struct node *extension;

    for (size_t i = 0; (extension = extract_extension(scope->item, "templateExtract", i)); i++)
        use_answers(x, scope, extension);
    for (size_t i = 0; (extension = extract_extension(scope->item, "templateExtractBundle", i)); i++)
        use_extension(x, scope, extension);
    extract_children(x, scope, visit, ctx);
}

/* A patient that the form would register is the one it was filled with, also where nothing was said of them:
 * the id a form allocates for its Patient means that record. */
static void bind_patient(struct extract *x, const struct extract_scope *top, const struct node *item)
{
    const struct node *extension;

    for (size_t i = 0; (extension = extract_extension(item, "templateExtract", i)); i++) {
        const char *name = extract_expression(part(extension, "fullUrl")), *url = *name == '%' ? node_str(top->names, name + 1) : "";
        const struct node *template = contained(x, node_str(part(extension, "template"), "reference"));
        struct extracted patient = { .target = x->patient };

        if (*url && !strcmp(node_str(template, "resourceType"), "Patient")) {
            patient.doc = doc_new("Patient");
            extract_full_url(x, url, &patient);
            doc_free(patient.doc);
        }
    }
    for (const struct node *child = node_first(node_get(item, "item")); child; child = node_next(child))
        bind_patient(x, top, child);
}

void extract_templates(struct extract *x, const struct extract_scope *top)
{
    bind_patient(x, top, top->item);
    visit(x, top, NULL);
}
