/* If this fails, what a person told the form lands in the record wrong, on the wrong record, or not at all. */
#include "tests/unit/intake_case.h"

#include <stdio.h>

#include "base/clock.h"
#include "intake/check/check.h"
#include "intake/extract/extract.h"

#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define EXT(name, value) "{\"url\":\"" SDC name "\"," value "}"
#define EXTENSION(list) "\"extension\":[" list "]"
#define CODE(code, text) "\"code\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}],\"text\":\"" text "\""
#define OBSERVED EXT("observationExtract", "\"valueBoolean\":true")
#define UNIT(code) "{\"url\":\"" CORE "questionnaire-unit\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"" code "\"}}"
#define GROUP(link, more) "{\"linkId\":\"" link "\",\"type\":\"group\"," more "}"
#define ITEM(link, type, more) "{\"linkId\":\"" link "\",\"type\":\"" type "\"," more "}"
#define ITEMS(list) "\"item\":[" list "]"
#define DEFINITION(path) "\"definition\":\"" CORE path "\""
#define VALUE(expression) "{\"extension\":[" EXT("templateExtractValue", "\"valueString\":\"" expression "\"") "]}"
#define CONTEXT(expression) EXTENSION(EXT("templateExtractContext", "\"valueString\":\"" expression "\""))
#define TEMPLATE(id, more) EXT("templateExtract", "\"extension\":[{\"url\":\"template\",\"valueReference\":{\"reference\":\"#" id "\"}}" more "]")

#define A(link, answers) "{\"linkId\":\"" link "\",\"answer\":[" answers "]}"
#define G(link, items) "{\"linkId\":\"" link "\",\"item\":[" items "]}"
#define STRING(text) "{\"valueString\":\"" text "\"}"
#define DECIMAL(digits) "{\"valueDecimal\":" digits "}"

#define SUBJECT "\"subject\":{\"reference\":\"Patient/p1\"}"
#define FROM "\"derivedFrom\":[{\"reference\":\"QuestionnaireResponse/r1\"}]"
#define WHEN "\"effectiveDateTime\":\"2026-11-23T08:14:00-05:00\""
#define MADE(code, text, more) "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" code "\"}]," \
    "\"text\":\"" text "\"}," SUBJECT "," WHEN ",\"issued\":\"2026-11-23T08:14:00-05:00\",\"performer\":[{\"reference\":\"Practitioner/s1\"}]," FROM more "}"
#define QUANTITY(digits, unit) ",\"valueQuantity\":{\"value\":" digits ",\"unit\":\"" unit "\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"" unit "\"}"

/* wanted: what is made, an array; "ID0" stands for the id the first of them gets. note: part of what is said, NULL nothing. */
static const struct { const char *name, *root, *items, *response, *wanted, *note; } cases[] = {
    /* --- by observation --- */
    { "a decimal with a unit keeps its digits", "", ITEM("w", "decimal", CODE("29463-7", "Weight") "," EXTENSION(OBSERVED "," UNIT("kg"))),
      A("w", DECIMAL("71.50")), "[" MADE("29463-7", "Weight", QUANTITY("71.50", "kg")) "]", NULL },
    { "an integer stays one", "", ITEM("n", "integer", CODE("1", "N") "," EXTENSION(OBSERVED)), A("n", "{\"valueInteger\":7}"),
      "[" MADE("1", "N", ",\"valueInteger\":7") "]", NULL },
    { "an integer in a unit is a quantity", "", ITEM("n", "integer", CODE("1", "N") "," EXTENSION(OBSERVED "," UNIT("/min"))), A("n", "{\"valueInteger\":88}"),
      "[" MADE("1", "N", QUANTITY("88", "/min")) "]", NULL },
    { "a bare decimal is a quantity: an Observation has no decimal", "", ITEM("n", "decimal", CODE("1", "N") "," EXTENSION(OBSERVED)), A("n", DECIMAL("1.10")),
      "[" MADE("1", "N", ",\"valueQuantity\":{\"value\":1.10}") "]", NULL },
    { "a choice is a concept", "", ITEM("c", "choice", CODE("1", "C") "," EXTENSION(OBSERVED)), A("c", "{\"valueCoding\":{\"code\":\"x\",\"display\":\"X\"}}"),
      "[" MADE("1", "C", ",\"valueCodeableConcept\":{\"coding\":[{\"code\":\"x\",\"display\":\"X\"}]}") "]", NULL },
    { "a day is a time", "", ITEM("d", "date", CODE("1", "D") "," EXTENSION(OBSERVED)), A("d", "{\"valueDate\":\"2026-03\"}"),
      "[" MADE("1", "D", ",\"valueDateTime\":\"2026-03\"") "]", NULL },
    { "no is an answer, text and url are words", "", ITEM("b", "boolean", CODE("1", "B") "," EXTENSION(OBSERVED)) "," ITEM("u", "url", CODE("2", "U") "," EXTENSION(OBSERVED)),
      A("b", "{\"valueBoolean\":false}") "," A("u", "{\"valueUri\":\"http://x.test\"}"),
      "[" MADE("1", "B", ",\"valueBoolean\":false") "," MADE("2", "U", ",\"valueString\":\"http://x.test\"") "]", NULL },
    { "each answer is one", "", ITEM("n", "integer", CODE("1", "N") ",\"repeats\":true," EXTENSION(OBSERVED)), A("n", "{\"valueInteger\":1},{\"valueInteger\":2}"),
      "[" MADE("1", "N", ",\"valueInteger\":1") "," MADE("1", "N", ",\"valueInteger\":2") "]", NULL },
    { "the form's flag holds for all with a code, but where one says no", EXTENSION(OBSERVED) ",",
      ITEM("a", "integer", CODE("1", "A")) "," ITEM("b", "integer", CODE("2", "B") "," EXTENSION(EXT("observationExtract", "\"valueBoolean\":false"))) "," ITEM("c", "integer", "\"text\":\"C\""),
      A("a", "{\"valueInteger\":1}") "," A("b", "{\"valueInteger\":2}") "," A("c", "{\"valueInteger\":3}"), "[" MADE("1", "A", ",\"valueInteger\":1") "]", NULL },
    { "a flag without a code is said", "", ITEM("a", "integer", EXTENSION(OBSERVED)), A("a", "{\"valueInteger\":1}"), "[]", "no code" },
    { "an attachment is no value, and it is said", "", ITEM("a", "attachment", CODE("1", "A") "," EXTENSION(OBSERVED)), A("a", "{\"valueAttachment\":{\"title\":\"x\"}}"), "[]", "cannot be the value" },
    { "a category is that of the nearest", "", GROUP("g", EXTENSION(EXT("observation-extract-category", "\"valueCodeableConcept\":{\"text\":\"survey\"}")) ","
      ITEMS(ITEM("a", "integer", CODE("1", "A") "," EXTENSION(OBSERVED)))), G("g", A("a", "{\"valueInteger\":1}")),
      "[" MADE("1", "A", ",\"valueInteger\":1,\"category\":[{\"text\":\"survey\"}]") "]", NULL },
    { "a panel has its members", "", GROUP("g", CODE("9", "Panel") "," EXTENSION(OBSERVED) "," ITEMS(ITEM("a", "integer", CODE("1", "A")))), G("g", A("a", "{\"valueInteger\":1}")),
      "[" MADE("9", "Panel", ",\"hasMember\":[{\"reference\":\"Observation/ID1\"}]") "," MADE("1", "A", ",\"valueInteger\":1") "]", NULL },
    { "a panel of nothing is none", "", GROUP("g", CODE("9", "Panel") "," EXTENSION(OBSERVED) "," ITEMS(ITEM("a", "integer", "\"text\":\"no code\""))), G("g", A("a", "{\"valueInteger\":1}")), "[]", NULL },
    { "components stand in the panel", "", GROUP("g", CODE("9", "BP") "," EXTENSION(OBSERVED) "," ITEMS(ITEM("a", "integer", CODE("1", "Sys") ","
      EXTENSION(EXT("observationExtract", "\"valueCode\":\"component\"") "," UNIT("mm[Hg]"))))), G("g", A("a", "{\"valueInteger\":120}")),
      "[" MADE("9", "BP", ",\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"1\"}],\"text\":\"Sys\"}" QUANTITY("120", "mm[Hg]") "}]") "]", NULL },
    { "what is derived says of what", "", ITEM("a", "integer", CODE("1", "A") "," EXTENSION(OBSERVED) "," ITEMS(ITEM("b", "integer", CODE("2", "B") ","
      EXTENSION(EXT("observationExtract", "\"valueCode\":\"derived\""))))), "{\"linkId\":\"a\",\"answer\":[{\"valueInteger\":1,\"item\":[" A("b", "{\"valueInteger\":2}") "]}]}",
      "[" MADE("1", "A", ",\"valueInteger\":1") ",{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2\"}],\"text\":\"B\"},"
      SUBJECT "," WHEN ",\"issued\":\"2026-11-23T08:14:00-05:00\",\"performer\":[{\"reference\":\"Practitioner/s1\"}],\"derivedFrom\":[{\"reference\":\"Observation/ID0\"},"
      "{\"reference\":\"QuestionnaireResponse/r1\"}],\"valueInteger\":2}]", NULL },

    /* --- by definition --- */
    { "names, lists and codes land where they belong", EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",",
      GROUP("n", DEFINITION("Patient#Patient.name") ",\"repeats\":true," ITEMS(ITEM("g", "string", DEFINITION("Patient#Patient.name.given") ",\"repeats\":true") "," ITEM("f", "string", DEFINITION("datatypes#HumanName.family"))))
      "," ITEM("s", "choice", DEFINITION("Patient#Patient.gender")) "," ITEM("d", "date", DEFINITION("Patient#Patient.birthDate")),
      G("n", A("g", STRING("A") "," STRING("B")) "," A("f", STRING("C"))) "," G("n", A("f", STRING("D"))) "," A("s", "{\"valueCoding\":{\"code\":\"male\"}}") "," A("d", "{\"valueDate\":\"1954-07\"}"),
      "[{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\",\"B\"],\"family\":\"C\"},{\"family\":\"D\"}],\"gender\":\"male\",\"birthDate\":\"1954-07\"}]", NULL },
    { "items side by side add to one entry, a repeating group to one each", EXTENSION(EXT("definitionExtract", "\"extension\":[{\"url\":\"definition\",\"valueCanonical\":\"" CORE "Patient\"}]")) ",",
      ITEM("g", "string", DEFINITION("Patient#Patient.name.given")) "," ITEM("f", "string", DEFINITION("Patient#Patient.name.family")) ","
      GROUP("t", "\"repeats\":true," ITEMS(ITEM("v", "string", DEFINITION("Patient#Patient.telecom.value")) "," ITEM("u", "choice", DEFINITION("Patient#Patient.telecom.use")))),
      A("g", STRING("A")) "," A("f", STRING("B")) "," G("t", A("v", STRING("1")) "," A("u", "{\"valueCoding\":{\"code\":\"home\"}}")) "," G("t", A("v", STRING("2"))),
      "[{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\"],\"family\":\"B\"}],\"telecom\":[{\"value\":\"1\",\"use\":\"home\"},{\"value\":\"2\"}]}]", NULL },
    { "a repetition does not add to what stood before it", EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("u", "string", DEFINITION("Patient#Patient.telecom.use")) ","
      GROUP("t", "\"repeats\":true," ITEMS(ITEM("v", "string", DEFINITION("Patient#Patient.telecom.value")))), A("u", STRING("home")) "," G("t", A("v", STRING("1"))) "," G("t", A("v", STRING("2"))),
      "[{\"resourceType\":\"Patient\",\"telecom\":[{\"use\":\"home\"},{\"value\":\"1\"},{\"value\":\"2\"}]}]", NULL },
    { "a repeating context is a resource each; a concept takes a coding, a choice its type", "",
      GROUP("c", "\"repeats\":true," EXTENSION(EXT("definitionExtract", "\"extension\":[{\"url\":\"definition\",\"valueCanonical\":\"" CORE "Condition\"}]") ","
      EXT("definitionExtractValue", "\"extension\":[{\"url\":\"definition\",\"valueUri\":\"" CORE "Condition#Condition.clinicalStatus.coding.code\"},{\"url\":\"fixed-value\",\"valueCode\":\"active\"}]") ","
      EXT("definitionExtractValue", "\"extension\":[{\"url\":\"definition\",\"valueUri\":\"" CORE "Condition#Condition.recordedDate\"},{\"url\":\"expression\",\"valueExpression\":{\"language\":\"text/fhirpath\",\"expression\":\"%resource.authored\"}}]")) ","
      ITEMS(ITEM("k", "choice", DEFINITION("Condition#Condition.code")) "," ITEM("o", "date", DEFINITION("Condition#Condition.onset[x]")))),
      G("c", A("k", "{\"valueCoding\":{\"code\":\"a\"}}") "," A("o", "{\"valueDate\":\"2020\"}")) "," G("c", A("k", "{\"valueCoding\":{\"code\":\"b\"}}")),
      "[{\"resourceType\":\"Condition\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"recordedDate\":\"2026-11-23T08:14:00-05:00\",\"code\":{\"coding\":[{\"code\":\"a\"}]},\"onsetDateTime\":\"2020\"," SUBJECT "},"
      "{\"resourceType\":\"Condition\",\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"recordedDate\":\"2026-11-23T08:14:00-05:00\",\"code\":{\"coding\":[{\"code\":\"b\"}]}," SUBJECT "}]", NULL },
    { "an Observation without status or time gets the response's", "", GROUP("o", EXTENSION(EXT("itemExtractionContext", "\"valueExpression\":{\"language\":\"application/x-fhir-query\",\"expression\":\"Observation\"}")) ","
      ITEMS(ITEM("v", "decimal", DEFINITION("Observation#Observation.valueQuantity.value")) "," ITEM("u", "string", DEFINITION("Observation#Observation.valueQuantity.unit")))),
      G("o", A("v", DECIMAL("37.90")) "," A("u", STRING("C"))),
      "[{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":37.90,\"unit\":\"C\"}," SUBJECT "," FROM ",\"status\":\"final\"," WHEN "}]", NULL },
    { "an element FHIR does not have is said", EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("a", "string", DEFINITION("Patient#Patient.shoe")) "," ITEM("b", "string", DEFINITION("Patient#Patient.active")),
      A("a", STRING("x")) "," A("b", STRING("x")), "[]", "cannot be kept as Patient.shoe" },
    { "without a context nothing is made", "", ITEM("a", "string", DEFINITION("Patient#Patient.name.family")), A("a", STRING("x")), "[]", NULL },
    { "definitions of another type are not of this resource", EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("a", "string", DEFINITION("Encounter#Encounter.status")), A("a", STRING("x")), "[]", NULL },

    /* --- by template --- */
    { "values and contexts are worked out, examples go when there is none", "\"contained\":[{\"resourceType\":\"Observation\",\"id\":\"t\",\"status\":\"final\",\"code\":{\"text\":\"Height\"},"
      "\"effectiveDateTime\":\"1900-01-01\",\"_effectiveDateTime\":" VALUE("%resource.authored") ",\"valueQuantity\":{\"unit\":\"cm\",\"_value\":" VALUE("answer.value * 100") "},"
      "\"bodySite\":{" CONTEXT("{}") ",\"text\":\"nowhere\"},\"_issued\":" VALUE("{}") "}],",
      ITEM("h", "decimal", EXTENSION(TEMPLATE("t", ""))), A("h", DECIMAL("1.7")),
      "[{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"Height\"}," WHEN ",\"valueQuantity\":{\"unit\":\"cm\",\"value\":170.0}," SUBJECT "," FROM "}]", NULL },
    { "a digit that is only copied stays as written", "\"contained\":[{\"resourceType\":\"Observation\",\"id\":\"t\",\"status\":\"final\",\"code\":{\"text\":\"W\"},\"valueQuantity\":{\"_value\":" VALUE("answer.value") "}}],",
      ITEM("h", "decimal", EXTENSION(TEMPLATE("t", ""))), A("h", DECIMAL("71.50")),
      "[{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"W\"},\"valueQuantity\":{\"value\":71.50}," SUBJECT "," FROM "," WHEN "}]", NULL },
    { "a context repeats an element, a list takes every value, an id is one for all", EXTENSION(EXT("extractAllocateId", "\"valueString\":\"New\"")) ",\"contained\":["
      "{\"resourceType\":\"Patient\",\"id\":\"p\",\"name\":[{" CONTEXT("item.where(linkId='n')") ",\"_family\":" VALUE("item.where(linkId='f').answer.value") ",\"_given\":[" VALUE("item.where(linkId='g').answer.value") "]}],"
      "\"gender\":\"unknown\",\"_gender\":" VALUE("item.where(linkId='s').answer.value.code") "},"
      "{\"resourceType\":\"RelatedPerson\",\"id\":\"r\",\"patient\":{\"_reference\":" VALUE("%New") "},\"name\":[{\"_text\":" VALUE("answer.value") "}]}],",
      GROUP("p", EXTENSION(TEMPLATE("p", ",{\"url\":\"fullUrl\",\"valueString\":\"%New\"}")) "," ITEMS(GROUP("n", "\"repeats\":true," ITEMS(ITEM("f", "string", "\"text\":\"F\"") "," ITEM("g", "string", "\"repeats\":true"))) ","
      ITEM("s", "choice", "\"text\":\"S\""))) "," ITEM("r", "string", "\"repeats\":true," EXTENSION(TEMPLATE("r", ""))),
      G("p", G("n", A("f", STRING("A")) "," A("g", STRING("B") "," STRING("C"))) "," G("n", A("f", STRING("D")))) "," A("r", STRING("E") "," STRING("F")),
      "[{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"A\",\"given\":[\"B\",\"C\"]},{\"family\":\"D\"}]},"
      "{\"resourceType\":\"RelatedPerson\",\"patient\":{\"reference\":\"Patient/p1\"},\"name\":[{\"text\":\"E\"}]},{\"resourceType\":\"RelatedPerson\",\"patient\":{\"reference\":\"Patient/p1\"},\"name\":[{\"text\":\"F\"}]}]", NULL },
    { "the patient of a form that says nothing of the patient is still the one it was filled with", EXTENSION(EXT("extractAllocateId", "\"valueString\":\"New\"")) ",\"contained\":["
      "{\"resourceType\":\"Patient\",\"id\":\"p\",\"active\":true},{\"resourceType\":\"RelatedPerson\",\"id\":\"r\",\"patient\":{\"_reference\":" VALUE("%New") "}}],",
      GROUP("p", EXTENSION(TEMPLATE("p", ",{\"url\":\"fullUrl\",\"valueString\":\"%New\"}")) "," ITEMS(ITEM("f", "string", "\"text\":\"F\""))) "," ITEM("r", "string", EXTENSION(TEMPLATE("r", ""))),
      A("r", STRING("E")), "[{\"resourceType\":\"RelatedPerson\",\"patient\":{\"reference\":\"Patient/p1\"}}]", NULL },
    { "a whole value replaces its element, a string where a reference belongs is one", "\"contained\":[{\"resourceType\":\"Observation\",\"id\":\"t\",\"status\":\"final\",\"code\":{\"coding\":[" VALUE("answer.value") "]},"
      "\"encounter\":" VALUE("'Encounter/e1'") ",\"note\":[{" CONTEXT("%resource.item") ",\"_text\":" VALUE("linkId") "}]}],",
      ITEM("c", "choice", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueCoding\":{\"code\":\"x\"}}"),
      "[{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"x\"}]},\"encounter\":{\"reference\":\"Encounter/e1\"},\"note\":[{\"text\":\"c\"}]," SUBJECT "," FROM "," WHEN "}]", NULL },
    { "variables of the form are known", EXTENSION("{\"url\":\"" CORE "variable\",\"valueExpression\":{\"name\":\"two\",\"language\":\"text/fhirpath\",\"expression\":\"1 + 1\"}}") ",\"contained\":["
      "{\"resourceType\":\"Observation\",\"id\":\"t\",\"status\":\"final\",\"code\":{\"text\":\"N\"},\"_valueInteger\":" VALUE("%two") "}],",
      ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"),
      "[{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"N\"},\"valueInteger\":2," SUBJECT "," FROM "," WHEN "}]", NULL },
    { "a Bundle is all that is in it", "\"contained\":[{\"resourceType\":\"Bundle\",\"id\":\"b\",\"entry\":[{\"resource\":{\"resourceType\":\"Condition\",\"code\":{\"_text\":" VALUE("item.answer.value") "}}},"
      "{" CONTEXT("{}") ",\"resource\":{\"resourceType\":\"Condition\",\"code\":{\"text\":\"never\"}}}]}],",
      GROUP("g", EXTENSION(EXT("templateExtractBundle", "\"valueReference\":{\"reference\":\"#b\"}")) "," ITEMS(ITEM("c", "string", "\"text\":\"C\""))), G("g", A("c", STRING("x"))),
      "[{\"resourceType\":\"Condition\",\"code\":{\"text\":\"x\"}," SUBJECT "}]", NULL },
    { "an expression that cannot be worked out is said, the rest stands", "\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"code\":{\"text\":\"x\"},\"_recordedDate\":" VALUE("answer.(") "}],",
      ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"), "[{\"resourceType\":\"Condition\",\"code\":{\"text\":\"x\"}," SUBJECT "}]", "cannot be worked out" },
    { "a template that is not there is said", "", ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"), "[]", "is not in the form" },
    { "a StructureMap is said not to be supported", EXTENSION(EXT("targetStructureMap", "\"valueCanonical\":\"http://x.test/map\"")) ",", ITEM("c", "boolean", "\"text\":\"C\""), A("c", "{\"valueBoolean\":true}"), "[]", "StructureMap" },
};

static struct doc *case_response(const char *items, const char *more)
{
    char *json = mem_printf("{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"r1\",\"status\":\"completed\"," SUBJECT ",\"authored\":\"2026-11-23T08:14:00-05:00\","
                            "\"author\":{\"reference\":\"Practitioner/s1\"},%s\"item\":[%s]}", more, items);
    struct doc *doc = case_document(json);

    free(json);
    return doc;
}

static struct doc *case_form(const char *root, const char *items)
{
    char *json = mem_printf("{\"resourceType\":\"Questionnaire\",\"id\":\"q\",\"status\":\"active\",%s\"item\":[%s]}", root, items);
    struct doc *doc = case_document(json);

    free(json);
    return doc;
}

/* The expected text with ID0, ID1 ... filled in. */
static struct doc *expected(const char *text, const struct extraction *e)
{
    struct buf out = {0};
    struct doc *doc;

    for (const char *at; (at = strstr(text, "/ID")); text = at + 4) {
        buf_add_n(&out, text, (size_t)(at + 1 - text));
        buf_add(&out, e->made[at[3] - '0'].id);
    }
    buf_add(&out, text);
    doc = case_document(buf_text(&out));
    buf_done(&out);
    return doc;
}

static void answers_become_resources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *form = case_form(cases[i].root, cases[i].items), *response = case_response(cases[i].response, ""), *wanted;
        struct extraction e;
        struct err err = {0};

        assert_int_equal(extract_resources(form, response, NULL, &e, &err), RC_OK);
        wanted = expected(cases[i].wanted, &e);
        for (size_t k = 0; k < e.n; k++) {
            char *text = doc_text(e.made[k].doc, NULL);

            if (!node_equal(doc_root(e.made[k].doc), node_at(doc_root(wanted), k)))
                fail_msg("%s: %zu is %s, said \"%s\"", cases[i].name, k, text, e.n_notes ? e.note[0] : "nothing");
            if (e.made[k].refused)
                fail_msg("%s: %zu is refused: %s", cases[i].name, k, e.made[k].refused);
            free(text);
        }
        if (e.n != node_count(doc_root(wanted)))
            fail_msg("%s: %zu were made", cases[i].name, e.n);
        if ((e.n_notes > 0) != (cases[i].note != NULL) || (cases[i].note && !strstr(e.note[0], cases[i].note)))
            fail_msg("%s: said \"%s\"", cases[i].name, e.n_notes ? e.note[0] : "nothing");
        extraction_done(&e);
        doc_free(wanted);
        doc_free(response);
        doc_free(form);
    }
}

/* found: what every search gives, as the resources of a Bundle; NULL: there is no way to search. */
static const struct { const char *name, *context, *found, *target, *refused; } contexts[] = {
    { "one of this person is changed", "Coverage?beneficiary={{%patient.id}}", "{\"resourceType\":\"Coverage\",\"id\":\"c1\",\"beneficiary\":{\"reference\":\"Patient/p1\"}}", "c1", NULL },
    { "none is made new", "Coverage?beneficiary={{%patient.id}}", "", NULL, NULL },
    { "two cannot be told apart", "Coverage?x=1", "{\"resourceType\":\"Coverage\",\"id\":\"c1\",\"beneficiary\":{\"reference\":\"Patient/p1\"}},"
      "{\"resourceType\":\"Coverage\",\"id\":\"c2\",\"beneficiary\":{\"reference\":\"Patient/p1\"}}", NULL, "which one is meant" },
    { "another person's is not", "Coverage?x=1", "{\"resourceType\":\"Coverage\",\"id\":\"c1\",\"beneficiary\":{\"reference\":\"Patient/p2\"}}", NULL, "another person" },
    { "a search that cannot be made refuses", "Coverage?x=1", NULL, NULL, "cannot be looked up" },
    { "a read is a search by id", "Coverage/c1", "{\"resourceType\":\"Coverage\",\"id\":\"c1\",\"beneficiary\":{\"reference\":\"Patient/p1\"}}", "c1", NULL },
};

static char asked[200];

static enum rc search(void *ctx, const char *query, struct doc **out, struct err *err)
{
    const char *found = ctx;
    char *json = mem_printf("{\"resourceType\":\"Bundle\",\"entry\":[%s]}", "");
    struct doc *resources;
    struct node *list;
    char *array = mem_printf("[%s]", found);

    (void)err;
    snprintf(asked, sizeof asked, "%s", query);
    *out = case_document(json);
    resources = case_document(array);
    list = node_set_array(*out, doc_root(*out), "entry");
    for (const struct node *r = node_first(doc_root(resources)); r; r = node_next(r))
        node_set_copy(*out, node_add_object(*out, list), "resource", r);
    doc_free(resources);
    free(array);
    free(json);
    return RC_OK;
}

static void a_context_finds_what_is_to_be_changed(void **state)
{
    struct doc *patient = case_document("{\"resourceType\":\"Patient\",\"id\":\"p1\"}");

    (void)state;
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        char *root = mem_printf(EXTENSION(EXT("itemExtractionContext", "\"valueExpression\":{\"language\":\"application/x-fhir-query\",\"expression\":\"%s\"}")) ",", contexts[i].context);
        struct doc *form = case_form(root, ITEM("a", "string", DEFINITION("Coverage#Coverage.subscriberId"))), *response = case_response(A("a", STRING("7")), "");
        struct form_context context = { .patient = patient, .search = contexts[i].found ? search : NULL, .ctx = (void *)(size_t)contexts[i].found };
        struct extraction e;
        struct err err = {0};

        assert_int_equal(extract_resources(form, response, &context, &e, &err), RC_OK);
        assert_int_equal(e.n, 1);
        if ((e.made[0].target != NULL) != (contexts[i].target != NULL) || (contexts[i].target && strcmp(e.made[0].target, contexts[i].target)))
            fail_msg("%s: %s", contexts[i].name, e.made[0].target ? e.made[0].target : "new");
        if ((e.made[0].refused != NULL) != (contexts[i].refused != NULL) || (contexts[i].refused && !strstr(e.made[0].refused, contexts[i].refused)))
            fail_msg("%s: %s", contexts[i].name, e.made[0].refused ? e.made[0].refused : "not refused");
        if (i == 0)
            assert_string_equal(asked, "Coverage?beneficiary=p1");
        if (i == 5)
            assert_string_equal(asked, "Coverage?_id=c1");
        extraction_done(&e);
        doc_free(response);
        doc_free(form);
        free(root);
    }
    doc_free(patient);
}

/* Invariant 3: nothing of a form lands on another record than that it was filled on. */
static const struct { const char *name, *root, *items, *response, *why; } refusals[] = {
    { "another subject", "\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"subject\":{\"reference\":\"Patient/p2\"}}],", ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"), "another person than Patient/p1" },
    { "nobody's record", "\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"t\",\"name\":\"x\"}],", ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"), "nobody's record" },
    { "an answer that names another Patient", EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("i", "string", DEFINITION("Patient#Patient.id")) "," ITEM("f", "string", DEFINITION("Patient#Patient.name.family")),
      A("i", STRING("p2")) "," A("f", STRING("x")), "means another Patient" },
    { "a template for another Patient", "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"t\",\"active\":true}],", ITEM("c", "string", EXTENSION(TEMPLATE("t", ",{\"url\":\"resourceId\",\"valueString\":\"answer.value\"}"))), A("c", STRING("p2")), "other than the one" },
    { "a reference to nothing", EXTENSION(EXT("extractAllocateId", "\"valueString\":\"New\"")) ",\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"encounter\":{\"_reference\":" VALUE("%New") "}}],",
      ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), A("c", "{\"valueBoolean\":true}"), "does not make" },
};

/* ifNoneExist: what the search finds is there already. */
static void what_exists_is_not_made_again(void **state)
{
    static const char *const founds[] = { "", "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"}}",
                                          "{\"resourceType\":\"Condition\",\"id\":\"c2\",\"subject\":{\"reference\":\"Patient/p2\"}}" };
    static const struct { const char *root, *item; } ways[] = {
        { "\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"code\":{\"text\":\"x\"}}],", ITEM("c", "string", EXTENSION(TEMPLATE("t", ",{\"url\":\"ifNoneExist\",\"valueString\":\"'code=' + answer.value\"}"))) },
        { "", ITEM("c", "string", DEFINITION("Condition#Condition.code.text") "," EXTENSION(EXT("definitionExtract", "\"extension\":[{\"url\":\"definition\",\"valueCanonical\":\"" CORE "Condition\"},"
          "{\"url\":\"ifNoneExist\",\"valueString\":\"'code=' + answer.value\"}]"))) },
    };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct doc *form = case_form(ways[i / 3].root, ways[i / 3].item), *response = case_response(A("c", STRING("x")), "");
        struct form_context context = { .search = search, .ctx = (void *)(size_t)founds[i % 3] };
        struct extraction e;

        assert_int_equal(extract_resources(form, response, &context, &e, NULL), RC_OK);
        assert_int_equal(e.n, 1);
        assert_string_equal(asked, "Condition?code=x");
        assert_int_equal(e.made[0].is_there, i % 3 == 1);
        assert_null(e.made[0].refused);
        extraction_done(&e);
        doc_free(response);
        doc_free(form);
    }
}

static void nothing_lands_on_another_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct doc *form = case_form(refusals[i].root, refusals[i].items), *response = case_response(refusals[i].response, "");
        struct extraction e;

        assert_int_equal(extract_resources(form, response, NULL, &e, NULL), RC_OK);
        if (e.n != 1 || !e.made[0].refused || !strstr(e.made[0].refused, refusals[i].why) || strstr(e.made[0].refused, "p2"))
            fail_msg("%s: %zu, %s", refusals[i].name, e.n, e.n && e.made[0].refused ? e.made[0].refused : "not refused");
        extraction_done(&e);
        doc_free(response);
        doc_free(form);
    }
}

/* A context in a context in a context, each of everything: refused in a few seconds, not worked out until the end of days. */
static void a_template_without_end_is_stopped(void **state)
{
    struct buf items = {0}, answers = {0}, template = {0};
    struct doc *form, *response;
    struct extraction e;
    int64_t start = clock_monotonic_ms();

    (void)state;
    for (int i = 0; i < 300; i++) {
        buf_printf(&items, "%s{\"linkId\":\"%d\",\"type\":\"boolean\"%s}", i ? "," : "", i, i ? "" : "," EXTENSION(TEMPLATE("t", "")));
        buf_printf(&answers, "%s{\"linkId\":\"%d\",\"answer\":[{\"valueBoolean\":true}]}", i ? "," : "", i);
    }
    buf_add(&template, "\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"extension\":[");
    for (int i = 0; i < 8; i++)
        buf_add(&template, "{\"url\":\"u\",\"extension\":[" EXT("templateExtractContext", "\"valueString\":\"%resource.item\"") ",");
    buf_add(&template, "{\"url\":\"v\",\"valueCode\":\"x\"}");
    for (int i = 0; i < 8; i++)
        buf_add(&template, "]}");
    buf_add(&template, "]}],");
    form = case_form(buf_text(&template), buf_text(&items));
    response = case_response(buf_text(&answers), "");
    assert_int_equal(extract_resources(form, response, NULL, &e, NULL), RC_OK);
    assert_true(clock_monotonic_ms() - start < 30000);
    assert_int_equal(e.n, 1);
    assert_non_null(strstr(e.made[0].refused, "has no end"));
    extraction_done(&e);
    doc_free(form);
    doc_free(response);
    buf_done(&items);
    buf_done(&answers);
    buf_done(&template);
}

static void ids_are_the_same_each_time_and_never_twice(void **state)
{
    struct doc *form = case_form(EXTENSION(OBSERVED) ",", ITEM("a", "integer", CODE("1", "A") ",\"repeats\":true") "," ITEM("b", "integer", CODE("1", "A")));
    struct doc *response = case_response(A("a", "{\"valueInteger\":1},{\"valueInteger\":1}") "," A("b", "{\"valueInteger\":1}"), ""), *other = doc_copy(response);
    struct extraction first, again, others;

    (void)state;
    node_set_str(other, doc_root(other), "id", "r2");
    assert_int_equal(extract_resources(form, response, NULL, &first, NULL), RC_OK);
    assert_int_equal(extract_resources(form, response, NULL, &again, NULL), RC_OK);
    assert_int_equal(extract_resources(form, other, NULL, &others, NULL), RC_OK);
    assert_int_equal(first.n, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(strlen(first.made[i].id), 36);
        assert_string_equal(first.made[i].id, again.made[i].id);
        for (size_t k = 0; k < 3; k++) {
            assert_string_not_equal(first.made[i].id, others.made[k].id);
            if (i != k)
                assert_string_not_equal(first.made[i].id, first.made[k].id);
        }
    }
    extraction_done(&first);
    extraction_done(&again);
    extraction_done(&others);
    doc_free(other);
    doc_free(response);
    doc_free(form);
}

static void paper_is_of_its_own_day(void **state)
{
    struct doc *form = case_form(EXTENSION(OBSERVED) ",", ITEM("a", "integer", CODE("1", "A")));
    struct doc *response = case_response(A("a", "{\"valueInteger\":1}"), "\"extension\":[{\"url\":\"https://frontdesk.example/fhir/StructureDefinition/paper-date\",\"valueDate\":\"2026-11-20\"}],");
    struct extraction e;

    (void)state;
    assert_int_equal(extract_resources(form, response, NULL, &e, NULL), RC_OK);
    assert_string_equal(node_str(doc_root(e.made[0].doc), "effectiveDateTime"), "2026-11-20");
    assert_string_equal(node_str(doc_root(e.made[0].doc), "issued"), "2026-11-23T08:14:00-05:00");
    extraction_done(&e);
    doc_free(response);
    doc_free(form);
}

static void a_form_says_whether_it_makes_anything(void **state)
{
    struct doc *plain = case_form("", ITEM("a", "integer", CODE("1", "A"))), *deep = case_form("", GROUP("g", ITEMS(ITEM("a", "integer", CODE("1", "A") "," EXTENSION(OBSERVED)))));

    (void)state;
    assert_false(extract_is_asked(plain));
    assert_true(extract_is_asked(deep));
    doc_free(plain);
    doc_free(deep);
}

/* What form check says of a form whose answers cannot become what it asks for. says NULL: nothing of this kind. */
static const struct { const char *root, *items, *says; } faults[] = {
    { "", ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), "template #t is not in the form" },
    { "", ITEM("c", "integer", EXTENSION(OBSERVED)), "has no code" },
    { "", ITEM("c", "integer", CODE("1", "C") "," EXTENSION(OBSERVED)), NULL },
    { EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("c", "string", DEFINITION("Patient#Patient.contact.shoe")), "Patient.contact.shoe is no element" },
    { EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patient\"")) ",", ITEM("c", "string", DEFINITION("Patient#Patient.contact:next.name.family")) "," ITEM("d", "date", DEFINITION("Patient#Patient.deceased[x]")), NULL },
    { "", ITEM("c", "string", DEFINITION("Patient#Patient.shoe")), NULL },       /* a definition alone is only told */
    { EXTENSION(EXT("itemExtractionContext", "\"valueCode\":\"Patience\"")) ",", ITEM("c", "string", "\"text\":\"C\""), "Patience, which is no resource" },
    { "\"contained\":[{\"resourceType\":\"Condition\",\"id\":\"t\",\"code\":{\"_text\":" VALUE("answer.(") "}}],", ITEM("c", "boolean", EXTENSION(TEMPLATE("t", ""))), "The template t: an expression" },
};

static void form_check_names_what_cannot_be_made(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct doc *form = case_form(faults[i].root, faults[i].items), *outcome = NULL;
        const char *found = NULL;
        char *text;

        assert_int_equal(questionnaire_check(form, NULL, &outcome, NULL, NULL), RC_OK);
        text = doc_text(outcome, NULL);
        for (size_t k = 0; k < sizeof faults / sizeof *faults && !found; k++)
            found = faults[k].says ? strstr(text, faults[k].says) : NULL;
        if ((found != NULL) != (faults[i].says != NULL) || (found && strncmp(found, faults[i].says, strlen(faults[i].says))))
            fail_msg("%zu: %s", i, text);
        free(text);
        doc_free(outcome);
        doc_free(form);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_become_resources),
        cmocka_unit_test(a_context_finds_what_is_to_be_changed),
        cmocka_unit_test(what_exists_is_not_made_again),
        cmocka_unit_test(nothing_lands_on_another_record),
        cmocka_unit_test(a_template_without_end_is_stopped),
        cmocka_unit_test(ids_are_the_same_each_time_and_never_twice),
        cmocka_unit_test(paper_is_of_its_own_day),
        cmocka_unit_test(a_form_says_whether_it_makes_anything),
        cmocka_unit_test(form_check_names_what_cannot_be_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
