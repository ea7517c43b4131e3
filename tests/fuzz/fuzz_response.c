/* Any bytes as a QuestionnaireResponse to a form that has a bit of everything: loading, validating, filling on
 * and answering with a response again never misbehave, and what comes out is loaded as it is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "intake/check/check.h"
#include "intake/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXT "http://hl7.org/fhir/StructureDefinition/"
#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define EXPRESSION(url, text) "{\"url\":\"" url "\",\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"" text "\"}}"
#define WEIGHT(n) "\"extension\":[{\"url\":\"" EXT "ordinalValue\",\"valueDecimal\":" n "}]"

static const char form_text[] =
    "{\"resourceType\":\"Questionnaire\",\"url\":\"http://example.org/q\",\"title\":\"All\",\"status\":\"active\",\"extension\":["
    "{\"url\":\"" EXT "variable\",\"valueExpression\":{\"name\":\"sum\",\"language\":\"text/fhirpath\",\"expression\":"
    "\"%resource.repeat(item).answer.value.ordinal().sum()\"}}],\"item\":["
    "{\"linkId\":\"g\",\"type\":\"group\",\"repeats\":true,\"required\":true,\"item\":["
    "{\"linkId\":\"s\",\"type\":\"string\",\"maxLength\":9,\"extension\":[{\"url\":\"" EXT "regex\",\"valueString\":\"[a-z]+(b|c)*\"}]},"
    "{\"linkId\":\"i\",\"type\":\"integer\",\"extension\":[{\"url\":\"" EXT "minValue\",\"valueInteger\":-3},{\"url\":\"" EXT "maxValue\",\"valueInteger\":9}],"
    "\"enableWhen\":[{\"question\":\"s\",\"operator\":\"exists\",\"answerBoolean\":true}]},"
    "{\"linkId\":\"d\",\"type\":\"decimal\",\"extension\":[{\"url\":\"" EXT "maxDecimalPlaces\",\"valueInteger\":2}]}]},"
    "{\"linkId\":\"c\",\"type\":\"choice\",\"repeats\":true,\"answerOption\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"A\"," WEIGHT("1") "}},"
    "{\"valueCoding\":{\"code\":\"b\"," WEIGHT("2.50") "}},{\"valueInteger\":3},{\"valueString\":\"x\"},{\"valueDate\":\"2020-02-29\"}],\"item\":["
    "{\"linkId\":\"n\",\"type\":\"open-choice\",\"answerOption\":[{\"valueString\":\"one\"}],\"item\":[{\"linkId\":\"m\",\"type\":\"text\"}]}]},"
    "{\"linkId\":\"q\",\"type\":\"quantity\",\"extension\":[{\"url\":\"" EXT "questionnaire-unit\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}]},"
    "{\"linkId\":\"t\",\"type\":\"dateTime\"},{\"linkId\":\"u\",\"type\":\"date\"},{\"linkId\":\"v\",\"type\":\"time\"},{\"linkId\":\"w\",\"type\":\"url\"},"
    "{\"linkId\":\"b\",\"type\":\"boolean\",\"extension\":[" EXPRESSION(SDC "enableWhenExpression", "%resource.item.where(linkId='c').answer.value.code contains 'a'") "]},"
    "{\"linkId\":\"f\",\"type\":\"attachment\"},{\"linkId\":\"r\",\"type\":\"reference\"},{\"linkId\":\"p\",\"type\":\"display\",\"text\":\"words\"},"
    "{\"linkId\":\"y\",\"type\":\"decimal\",\"extension\":[" EXPRESSION(SDC "calculatedExpression", "%sum + item.answer.value.count()") "]},"
    "{\"linkId\":\"z\",\"type\":\"integer\",\"extension\":[{\"url\":\"" EXT "targetConstraint\",\"extension\":[{\"url\":\"key\",\"valueId\":\"k\"},"
    "{\"url\":\"severity\",\"valueCode\":\"error\"},{\"url\":\"human\",\"valueString\":\"no\"},{\"url\":\"expression\",\"valueExpression\":"
    "{\"language\":\"text/fhirpath\",\"expression\":\"answer.value > 1\"}}]}]}]}";

static void insist(bool claim)
{
    if (!claim)
        abort();
}

static struct doc *respond(const struct form *form)
{
    struct doc *response = NULL;

    insist(form_response(form, "r", "in-progress", "p", "s", NULL, &response, NULL) == RC_OK);
    return response;
}

static size_t answers(const struct form *form)
{
    size_t n = 0;

    for (size_t i = 0; i < form_rows(form); i++)
        n += form_row(form, i)->n_answers;
    return n;
}

static void fill_on(struct form *form, const uint8_t *data, size_t size)
{
    static const char *const typed[] = { "1", "y", "2020-02-30", "a; b", "9.999 kg", "", "x" };
    size_t i = data[0] % form_rows(form);
    char *path = strdup(form_row(form, i)->path);

    if (form_row(form, i)->type == FORM_GROUP)
        size % 2 ? form_repeat(form, path, NULL) : form_unrepeat(form, path, NULL);
    else
        form_type_answer(form, path, typed[data[size - 1] % (sizeof typed / sizeof *typed)], NULL);
    free(path);
}

/* A response of its own answers, loaded into a form that was not filled, answers the same. */
static void round_trip(const struct doc *questionnaire, const struct form *form)
{
    struct doc *response = respond(form), *again;
    struct form *fresh = NULL;

    insist(form_open(questionnaire, NULL, &fresh, NULL) == RC_OK);
    insist(form_load_response(fresh, response, NULL) == RC_OK);
    insist(answers(fresh) == answers(form));
    again = respond(fresh);
    doc_free(again);
    doc_free(response);
    form_close(fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct doc *questionnaire;
    struct doc *response, *outcome = NULL;
    struct form *form = NULL;
    struct err err = {0};

    if (!questionnaire)
        insist(doc_parse(form_text, sizeof form_text - 1, &questionnaire, NULL) == RC_OK);
    if (size == 0 || doc_parse((const char *)data, size, &response, NULL) != RC_OK)
        return 0;
    insist(questionnaire_check(questionnaire, response, &outcome, NULL, NULL) == RC_OK);
    doc_free(outcome);
    insist(form_open(questionnaire, NULL, &form, NULL) == RC_OK);
    if (form_load_response(form, response, &err) == RC_OK) {
        round_trip(questionnaire, form);
        fill_on(form, data, size);
        round_trip(questionnaire, form);
    }
    form_close(form);
    doc_free(response);
    return 0;
}
