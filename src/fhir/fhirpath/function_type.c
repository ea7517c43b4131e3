/* function_type.c - asking for types, and choosing by them. */
#include <stdio.h>
#include <string.h>

#include "fhir/fhirpath/internal.h"
#include "fhir/model.h"

/* The type an argument names: Patient, FHIR.Patient. False when it names none. */
bool fp_type_text(const struct expr *type, char *out, size_t size)
{
    bool spaced = type->kind == EXPR_PATH && type->left->kind == EXPR_NAME && type->right->kind == EXPR_NAME;
    int n;

    if (!spaced && type->kind != EXPR_NAME)
        return false;
    n = spaced ? snprintf(out, size, "%s.%s", type->left->text, type->right->text) : snprintf(out, size, "%s", type->text);
    return n > 0 && (size_t)n < size;
}

static bool type_argument(struct eval *ev, const struct expr *call, char *out, size_t size)
{
    return fp_type_text(call->argument[0], out, size) || fp_fail(ev, call, "a type name should stand here");
}

static bool call_is(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char type[64];

    return type_argument(ev, call, type, sizeof type) && fp_is(ev, call, input, type, out);
}

static bool call_as(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char type[64];

    return type_argument(ev, call, type, sizeof type) && fp_as(ev, call, input, type, out);
}

static bool call_of_type(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char type[64];

    return type_argument(ev, call, type, sizeof type) && fp_of_type(ev, call, input, type, out);
}

/* The type of each item: its namespace and name. */
static bool call_type(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    char name[80];

    (void)call;
    for (size_t i = 0; i < input->n; i++) {
        bool fhir = input->value[i].kind == FP_NODE;

        snprintf(name, sizeof name, "%s.%s", fhir ? "FHIR" : "System", fhir ? fp_node_type(&input->value[i]) : fp_system_type(&input->value[i]));
        fp_add(out, (struct fp_value){.kind = FP_TYPE, .string = arena_dup_n(ev->arena, name, strlen(name))});
    }
    return true;
}

/* Whether a resource is what a definition of R4 says. Profiles are not checked here: whoever asks
 * for one is told so rather than given a guess. */
static bool call_conforms_to(struct eval *ev, const struct fp_result *input, const struct expr *call, struct fp_result *out)
{
    static const char base[] = "http://hl7.org/fhir/StructureDefinition/";
    const struct fp_value *item, *url;
    struct fp_result argument;
    const char *text;
    unsigned type;

    if (!fp_single(ev, call, input, &item) || !fp_argument(ev, call, 0, &argument) || !fp_single(ev, call, &argument, &url))
        return false;
    if (!item || !url)
        return true;
    text = fp_text(ev->arena, url);
    type = strncmp(text, base, strlen(base)) == 0 ? model_find(text + strlen(base)) : MODEL_NO_TYPE;
    if (type == MODEL_NO_TYPE)
        return fp_fail(ev, call, "this definition is not known here");
    fp_add_bool(out, item->kind == FP_NODE && model_derives(fp_model_type(item), type));
    return true;
}

const struct fp_function fp_functions_type[] = {
    {"ofType", 1, 1, call_of_type}, {"is", 1, 1, call_is}, {"as", 1, 1, call_as}, {"type", 0, 0, call_type},
    {"conformsTo", 1, 1, call_conforms_to}, {NULL, 0, 0, NULL},
};
