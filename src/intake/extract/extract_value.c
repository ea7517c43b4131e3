/* extract_value.c - what an expression gives, and a value made into the type an element has.
 * Numbers keep their digits: they are copied as written, never computed with here. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/mem.h"
#include "fhir/datatype.h"
#include "fhir/element.h"
#include "intake/extract/extract_internal.h"

struct node *extract_fresh(struct extract *x)
{
    return node_add_object(x->scratch, x->made);
}

/* --- Expressions --- */

bool extract_is_expression(const struct node *value, const char *language)
{
    return !strcmp(node_str(value, "language"), language);
}

const char *extract_expression(const struct node *value)
{
    const char *language = node_str(value, "language");

    if (node_text(value))
        return node_text(value);
    return !*language || !strcmp(language, "text/fhirpath") ? node_str(value, "expression") : "";
}

struct lookup { struct extract *x; const struct extract_scope *scope; };

static bool launched(const struct form_context *context, const char *name, struct fp_result *out)
{
    const struct { const char *name; const struct doc *doc; } known[] = {
        { "patient", context->patient }, { "subject", context->patient }, { "client", context->patient },
        { "encounter", context->encounter }, { "user", context->user },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcasecmp(known[i].name, name)) {
            if (known[i].doc)
                fp_result_add_node(out, doc_root(known[i].doc));
            return true;
        }
    return false;
}

/* A variable of the form, worked out where it is declared. */
static bool variable_of(struct extract *x, const struct extract_scope *scope, const char *name, struct fp_result *out)
{
    const struct node *extension;

    for (size_t i = 0; scope->item && (extension = extract_extension(scope->item, "variable", i)); i++) {
        const struct node *value = node_get(extension, "valueExpression"), *bundle;
        struct fp_result result = {0};
        char *query, *why = NULL;

        if (strcmp(node_str(value, "name"), name))
            continue;
        if (extract_is_expression(value, "application/x-fhir-query")) {
            query = extract_query(x, scope, node_str(value, "expression"));
            if (extract_search(x, query, &bundle, &why))
                fp_result_add_node(out, bundle);
            free(query);
            free(why);
        } else if (x->depth < EXTRACT_DEPTH_MAX) {
            x->depth++;
            if (extract_eval(x, scope, extract_expression(value), &result))
                for (size_t k = 0; k < result.n; k++)
                    fp_result_add_copy(out, fp_result_at(&result, k));
            x->depth--;
            fp_result_done(&result);
        }
        return true;
    }
    return false;
}

static bool variable(void *ctx, const char *name, struct fp_result *out)
{
    const struct lookup *lookup = ctx;
    struct extract *x = lookup->x;

    for (const struct extract_scope *s = lookup->scope; s; s = s->outer) {
        const struct node *named = s->name && !strcmp(s->name, name) ? s->value : node_get(s->names, name);

        if (named) {
            fp_result_add_node(out, named);
            return true;
        }
        if (variable_of(x, s, name, out))
            return true;
    }
    if (launched(x->context, name, out))
        return true;
    if (!strcmp(name, "QuestionnaireResponse"))
        fp_result_add_node(out, doc_root(x->response));
    for (const struct extract_scope *s = lookup->scope; s && !strcmp(name, "qitem"); s = s->outer)
        if (s->item) {
            fp_result_add_node(out, s->item);
            return true;
        }
    return !strcmp(name, "QuestionnaireResponse");
}

/* Compiled once. */
static const struct fhirpath *compile(struct extract *x, const char *text, struct err *err)
{
    struct fhirpath *expression = NULL;

    for (size_t i = 0; i < x->n_compiled; i++)
        if (!strcmp(x->compiled[i].text, text))
            return x->compiled[i].expression;
    if (fhirpath_compile(text, &expression, err) != RC_OK)
        return NULL;
    MEM_ROOM(x->compiled, x->n_compiled, x->cap_compiled);
    x->compiled[x->n_compiled++] = (struct compiled){ mem_dup(text), expression };
    return expression;
}

bool extract_eval(struct extract *x, const struct extract_scope *scope, const char *expression, struct fp_result *out)
{
    struct lookup lookup = { x, scope };
    const struct fp_env env = { .resource = doc_root(x->response), .context = scope->focus, .questionnaire = doc_root(x->questionnaire),
                                .variable = variable, .ctx = &lookup };
    struct err err = { RC_OK, "" };
    const struct fhirpath *compiled;
    bool done;

    x->is_late |= clock_monotonic_ms() > x->deadline_ms;
    *out = (struct fp_result){0};
    if (x->is_late)
        return false;
    compiled = *expression ? compile(x, expression, &err) : NULL;
    done = compiled && fhirpath_eval(compiled, &env, out, &err) == RC_OK;

    if (!done && *expression)
        extract_note(x, _("Item %.40s: what is to be written cannot be worked out: %s"), extract_link(scope), err_text(&err));
    if (!done)
        *out = (struct fp_result){0};
    return done;
}

char *extract_text(struct extract *x, const struct extract_scope *scope, const char *expression)
{
    struct fp_result result = {0};
    struct buf text = {0};
    bool found = extract_eval(x, scope, expression, &result) && result.n > 0;

    if (found)
        fp_value_text(&text, fp_result_at(&result, 0));
    fp_result_done(&result);
    return found ? buf_take(&text) : NULL;
}

char *extract_query(struct extract *x, const struct extract_scope *scope, const char *text)
{
    struct buf out = {0};

    for (const char *end; *text;) {
        const char *start = strstr(text, "{{");
        char *expression, *value;

        if (!start || !(end = strstr(start, "}}"))) {
            buf_add(&out, text);
            break;
        }
        buf_add_n(&out, text, (size_t)(start - text));
        expression = mem_dup_n(start + 2, (size_t)(end - start - 2));
        value = extract_text(x, scope, expression);
        buf_add(&out, value ? value : "");
        free(value);
        free(expression);
        text = end + 2;
    }
    return out.len ? buf_take(&out) : mem_dup("");
}

/* "5 'mg'" as a Quantity. */
static void set_quantity(struct extract *x, struct node *object, const char *text)
{
    struct node *quantity = node_set_object(x->scratch, object, "valueQuantity");
    size_t n = strcspn(text, " ");
    char *number = mem_dup_n(text, n), *unit = mem_dup(text + n + strspn(text + n, " '"));

    unit[strcspn(unit, "'")] = '\0';
    node_set_number(x->scratch, quantity, "value", number);
    if (*unit) {
        node_set_str(x->scratch, quantity, "unit", unit);
        node_set_str(x->scratch, quantity, "system", "http://unitsofmeasure.org");
        node_set_str(x->scratch, quantity, "code", unit);
    }
    free(number);
    free(unit);
}

const struct node *extract_node(struct extract *x, const struct fp_value *value)
{
    const char *type = fp_value_type(value);
    struct node *object;
    struct buf text = {0};
    char name[48];

    if (fp_value_node(value))
        return fp_value_node(value);
    object = extract_fresh(x);
    fp_value_text(&text, value);
    snprintf(name, sizeof name, "value%c%.40s", toupper((unsigned char)type[0]), type + 1);
    if (!strcmp(type, "boolean"))
        node_set_bool(x->scratch, object, name, !strcmp(buf_text(&text), "true"));
    else if (!strcmp(type, "integer") || !strcmp(type, "decimal"))
        node_set_number(x->scratch, object, name, buf_text(&text));
    else if (!strcmp(type, "Quantity"))
        set_quantity(x, object, buf_text(&text));
    else
        node_set_str(x->scratch, object, name, buf_text(&text));
    buf_done(&text);
    return node_first(object);
}

const struct node *extract_answer(const struct node *element, char type[40])
{
    const char *suffix = "";
    const struct node *value = choice_value(element, "value", &suffix);

    snprintf(type, 40, "%s", suffix);
    if (model_find(type) == MODEL_NO_TYPE)
        type[0] = (char)tolower((unsigned char)type[0]);
    return value;
}

/* --- One type as another --- */

static bool is_one_of(const char *type, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(type, *list))
            return true;
    return false;
}

static const char *const texts[] = { "string", "markdown", NULL };
static const char *const codes[] = { "code", "id", "uri", "url", "canonical", "oid", "uuid", NULL };
static const char *const integers[] = { "integer", "positiveInt", "unsignedInt", NULL };
static const char *const moments[] = { "date", "dateTime", "instant", NULL };
static const char *const quantities[] = { "Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", NULL };

static const struct node *made_text(struct extract *x, const char *text)
{
    struct node *object = extract_fresh(x);

    node_set_str(x->scratch, object, "valueString", text);
    return node_first(object);
}

/* {name: text} of a datatype that has a place for bare words. */
static const struct node *made_around(struct extract *x, const char *name, const struct node *value)
{
    struct node *object = extract_fresh(x);

    node_set_copy(x->scratch, object, name, value);
    return object;
}

static const struct node *as_text(struct extract *x, const struct node *value, const char *from)
{
    struct buf words = {0};
    const struct node *made;

    if (node_is(value, NODE_STRING))
        return value;
    if (node_text(value))
        return made_text(x, node_text(value));
    if (!strcmp(from, "Coding") && *node_str(value, "display"))
        return node_get(value, "display");
    if (strcmp(from, "Attachment"))
        value_words(&words, value, from);
    made = words.len ? made_text(x, buf_text(&words)) : NULL;
    buf_done(&words);
    return made;
}

static const struct node *as_code(const struct node *value, const char *from)
{
    if (!strcmp(from, "Coding"))
        return node_get(value, "code");
    if (!strcmp(from, "CodeableConcept"))
        return node_path(value, "coding[0].code");
    if (!strcmp(from, "Reference"))
        return node_get(value, "reference");
    return node_is(value, NODE_STRING) ? value : NULL;
}

static const struct node *as_concept(struct extract *x, const struct node *value, const char *from)
{
    struct node *object;

    if (!strcmp(from, "Coding")) {
        object = extract_fresh(x);
        node_add_copy(x->scratch, node_set_array(x->scratch, object, "coding"), value);
        return object;
    }
    return node_is(value, NODE_STRING) ? made_around(x, "text", value) : NULL;
}

static const struct node *as_number(const struct node *value, const char *from, bool is_whole)
{
    if (is_one_of(from, quantities))
        value = node_get(value, "value");
    return node_is(value, NODE_NUMBER) && (!is_whole || !strpbrk(node_text(value), ".eE")) ? value : NULL;
}

static const struct node *as_quantity(struct extract *x, const struct node *value, const char *from, const struct node *unit)
{
    struct node *object;
    const char *words = node_str(unit, "display");

    if (is_one_of(from, quantities))
        return value;
    if (!node_is(value, NODE_NUMBER))
        return NULL;
    object = extract_fresh(x);
    node_set_copy(x->scratch, object, "value", value);
    node_set_str(x->scratch, object, "unit", *words ? words : node_str(unit, "code"));
    node_set_str(x->scratch, object, "system", node_str(unit, "system"));
    node_set_str(x->scratch, object, "code", node_str(unit, "code"));
    return object;
}

/* A day out of a time is its day; a time is not made out of a day but where a day is allowed. */
static const struct node *as_moment(struct extract *x, const struct node *value, const char *to)
{
    const char *text = node_text(value), *why;
    char day[11];

    if (!node_is(value, NODE_STRING) || !datetime_is_real(text, &why))
        return NULL;
    if (!strcmp(to, "instant"))
        return strchr(text, 'T') ? value : NULL;
    if (!strcmp(to, "dateTime") || !strchr(text, 'T'))
        return value;
    snprintf(day, sizeof day, "%s", text);
    return made_text(x, day);
}

static const struct node *as_reference(struct extract *x, const struct node *value)
{
    char type[TYPE_TEXT], id[ID_TEXT];

    if (!node_is(value, NODE_STRING))
        return NULL;
    if (!strncmp(node_text(value), "urn:", 4) || *node_text(value) == '#' ||
        reference_text_split(node_text(value), type, sizeof type, id, sizeof id))
        return made_around(x, "reference", value);
    return made_around(x, "display", value);
}

const struct node *extract_convert(struct extract *x, const struct node *value, const char *from, const char *to, const struct node *unit)
{
    static const struct { const char *to, *member; } worded[] = {
        { "HumanName", "text" }, { "Address", "text" }, { "Annotation", "text" }, { "Identifier", "value" }, { "ContactPoint", "value" },
    };

    if (is_one_of(to, quantities))
        return as_quantity(x, value, from, unit);
    if (!strcmp(from, to))
        return value;
    if (is_one_of(to, texts))
        return as_text(x, value, from);
    if (is_one_of(to, codes))
        return as_code(value, from);
    if (is_one_of(to, moments))
        return as_moment(x, value, to);
    if (is_one_of(to, integers) || !strcmp(to, "decimal"))
        return as_number(value, from, strcmp(to, "decimal") != 0);
    if (!strcmp(to, "CodeableConcept"))
        return as_concept(x, value, from);
    if (!strcmp(to, "Coding") && !strcmp(from, "CodeableConcept"))
        return node_path(value, "coding[0]");
    if (!strcmp(to, "Reference"))
        return as_reference(x, value);
    for (size_t i = 0; i < sizeof worded / sizeof *worded; i++)
        if (!strcmp(to, worded[i].to) && node_is(value, NODE_STRING))
            return made_around(x, worded[i].member, value);
    if (!strcmp(to, "time") || !strcmp(to, "base64Binary") || !strcmp(to, "xhtml"))
        return node_is(value, NODE_STRING) ? value : NULL;
    return !strcmp(to, "boolean") && (node_is(value, NODE_TRUE) || node_is(value, NODE_FALSE)) ? value : NULL;
}

/* Which of the types a choice has is meant by a value of this one: its own, the usual one, else the first that fits. */
static const struct node *choose(struct extract *x, const unsigned short *choice, const struct node *value, const char *from,
                                 const struct node *unit, const char **type)
{
    static const struct { const char *from, *to; } usual[] = {
        { "Coding", "CodeableConcept" }, { "date", "dateTime" }, { "instant", "dateTime" }, { "decimal", "Quantity" },
        { "uri", "string" }, { "url", "string" }, { "markdown", "string" },
    };
    const struct node *made = NULL;

    for (int pass = 0; pass < 3; pass++)
        for (const unsigned short *c = choice; *c != MODEL_NO_TYPE; c++) {
            const char *name = model_name(*c);
            bool fits = pass == 2 || (pass == 0 && !strcmp(name, unit && node_is(value, NODE_NUMBER) ? "Quantity" : from));

            for (size_t i = 0; pass == 1 && i < sizeof usual / sizeof *usual; i++)
                fits |= !strcmp(usual[i].from, from) && !strcmp(usual[i].to, name);
            if (fits && (made = extract_convert(x, value, from, name, unit))) {
                *type = name;
                return made;
            }
        }
    return NULL;
}

bool extract_put(struct extract *x, struct doc *doc, struct node *object, unsigned type, const char *name,
                 const struct node *value, const char *from, const struct node *unit)
{
    struct model_member member;
    const struct node *made;
    const char *as = NULL;
    char in_json[120];

    if (!model_member(type, name, &member)) {       /* valueQuantity: a choice with its type */
        member = (struct model_member){ .type = model_json_member(type, name) };
        if (member.type == MODEL_NO_TYPE)
            return false;
    }
    made = member.choice ? choose(x, member.choice, value, from, unit, &as) : extract_convert(x, value, from, model_name(member.type), unit);
    if (!made)
        return false;
    snprintf(in_json, sizeof in_json, as ? "%.60s%c%.50s" : "%.60s", name, as ? toupper((unsigned char)as[0]) : 0, as ? as + 1 : "");
    if (member.is_many)
        node_add_copy(doc, node_set_array(doc, object, in_json), made);
    else
        node_set_copy(doc, object, in_json, made);
    return true;
}
