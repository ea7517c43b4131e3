/* Any text as an expression, read strictly and leniently: it compiles or is refused with a reason, and what
 * compiles ends within its steps, on a response and a patient that have a bit of everything. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fhir/fhirpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char response[] =
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r\",\"authored\":\"2026-11-23T08:00:00Z\",\"contained\":[{\"resourceType\":"
    "\"Patient\",\"id\":\"p\",\"birthDate\":\"1974-12\",\"name\":[{\"given\":[\"A\",null],\"_given\":[null,{\"id\":\"x\"}]}]}],\"item\":["
    "{\"linkId\":\"a\",\"answer\":[{\"valueInteger\":3},{\"valueDecimal\":1.10},{\"valueQuantity\":{\"value\":7.9,\"unit\":\"%\"}}]},"
    "{\"linkId\":\"b\",\"answer\":[{\"valueCoding\":{\"code\":\"c\",\"extension\":[{\"url\":"
    "\"http://hl7.org/fhir/StructureDefinition/ordinalValue\",\"valueDecimal\":2}]},\"item\":[{\"linkId\":\"d\"}]}]},"
    "{\"linkId\":\"e\",\"answer\":[{\"valueDate\":\"2020-02-29\"},{\"valueString\":\"\\u00e9\\\\d+\"},{\"valueBoolean\":false}]}]}";

static const char patient[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p\",\"_id\":{\"id\":\"i\"},\"active\":true,\"name\":[{\"use\":\"official\",\"family\":\"O'Hara\",\"given\":"
    "[\"Ann\",\"B.\"]},{\"text\":\"x\",\"period\":{\"start\":\"2001-02\"}}],\"telecom\":[{\"system\":\"phone\",\"value\":\"555-0142\",\"rank\":1}],"
    "\"birthDate\":\"1974-12-25\",\"_birthDate\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthTime\","
    "\"valueDateTime\":\"1974-12-25T14:35:45-05:00\"}]},\"deceasedBoolean\":false,\"multipleBirthInteger\":2,\"contact\":[{\"relationship\":[{\"coding\":["
    "{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0131\",\"code\":\"N\"}]}]}],\"managingOrganization\":{\"reference\":\"Organization/1\"},"
    "\"extension\":[{\"url\":\"http://example.org/e\",\"valueQuantity\":{\"value\":1.50,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}}]}";

static bool no_variable(void *ctx, const char *name, struct fp_result *out)
{
    fp_result_add_node(out, ctx);
    return *name != 'x';
}

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static void ignore_link(void *ctx, const char *link_id, bool below)
{
    (void)ctx, (void)below;
    insist(!link_id || strlen(link_id) <= 1u << 20);
}

static void ignore_variable(void *ctx, const char *name)
{
    (void)ctx;
    insist(name != NULL);
}

/* A result that was made is written, as text and as JSON. */
static void evaluate(const struct fhirpath *expression, const struct fp_env *env)
{
    struct doc *array = NULL;
    struct fp_result result;
    struct err err = {0};
    struct buf out = {0};

    if (fhirpath_eval(expression, env, &result, &err) == RC_OK) {
        for (size_t i = 0; i < result.n; i++) {
            insist(fp_value_type(fp_result_at(&result, i)) != NULL);
            fp_value_text(&out, fp_result_at(&result, i));
        }
        buf_clear(&out);
        fp_result_json(&out, &result);
        insist(doc_parse(buf_text(&out), out.len, &array, NULL) == RC_OK);
        doc_free(array);
    } else {
        insist(*err.text != '\0');
    }
    fp_result_done(&result);
    buf_done(&out);
}

/* What strict reading takes, lenient takes too. Evaluated twice: the second time with what the first has learned. */
static bool read_so(const char *text, bool strict, const struct fp_env *env)
{
    struct fp_reading reading = {.strict = strict, .context = node_str(env->resource, "resourceType")};
    struct fp_reads reads = {.link = ignore_link, .variable = ignore_variable};
    struct fhirpath *expression;
    struct err err = {0};

    if (fhirpath_compile_as(text, &reading, &expression, &err) != RC_OK) {
        insist(*err.text != '\0');
        return false;
    }
    fhirpath_reads(expression, &reads);
    insist(!strict || !fhirpath_forgiven(expression, 0));
    evaluate(expression, env);
    evaluate(expression, env);
    fhirpath_free(expression);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct doc *docs[2];
    char *text = mem_dup_n((const char *)data, size);

    if (!docs[0])
        insist(doc_parse(response, sizeof response - 1, &docs[0], NULL) == RC_OK && doc_parse(patient, sizeof patient - 1, &docs[1], NULL) == RC_OK);
    for (size_t i = 0; i < 2; i++) {
        struct node *root = doc_root(docs[i]);
        struct fp_env env = {.resource = root, .context = root, .variable = no_variable, .ctx = root, .steps = 20000};
        bool strict = read_so(text, true, &env);

        insist(read_so(text, false, &env) || !strict);
    }
    free(text);
    return 0;
}
