/* Any text as an expression, read strictly and leniently: it compiles or is refused with a reason, and what
 * compiles ends within its steps, on a response that has a bit of everything. */
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

/* What strict reading takes, lenient takes too. */
static bool read_so(const char *text, bool strict, const struct fp_env *env)
{
    struct fp_reading reading = {.strict = strict, .context = "QuestionnaireResponse"};
    struct fp_reads reads = {.link = ignore_link, .variable = ignore_variable};
    struct fhirpath *expression;
    struct fp_result result;
    struct err err = {0};
    struct buf out = {0};

    if (fhirpath_compile_as(text, &reading, &expression, &err) != RC_OK) {
        insist(*err.text != '\0');
        return false;
    }
    fhirpath_reads(expression, &reads);
    insist(!strict || !fhirpath_forgiven(expression, 0));
    if (fhirpath_eval(expression, env, &result, &err) == RC_OK) {
        struct doc *array = NULL;

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
    fhirpath_free(expression);
    buf_done(&out);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct doc *doc;
    char *text = mem_dup_n((const char *)data, size);

    if (!doc)
        insist(doc_parse(response, sizeof response - 1, &doc, NULL) == RC_OK);
    struct fp_env env = {.resource = doc_root(doc), .context = doc_root(doc), .variable = no_variable, .ctx = doc_root(doc), .steps = 20000};
    bool strict = read_so(text, true, &env);

    insist(read_so(text, false, &env) || !strict);
    free(text);
    return 0;
}
