/* If this breaks, strict reading lets mistakes through or refuses what the specification allows, and
 * `form check` and lenient reading no longer say what a form gets wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fhir/fhirpath.h"

static const char patient[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":true,\"gender\":\"female\",\"birthDate\":\"1954-07-01\","
    "\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"Clinic\"}],"
    "\"name\":[{\"use\":\"official\",\"family\":\"Osei\",\"given\":[\"Ama\",\"Kofi\"],\"period\":{\"start\":\"1990\"}},{\"use\":\"usual\",\"given\":[\"Am\"]}],"
    "\"telecom\":[{\"system\":\"phone\",\"value\":\"1\",\"rank\":2},{\"system\":\"email\",\"value\":\"2\",\"rank\":1}],"
    "\"multipleBirthInteger\":2,\"managingOrganization\":{\"reference\":\"#o\"},\"maritalStatus\":{\"coding\":[{\"system\":\"s\",\"code\":\"M\"}]},"
    "\"contact\":[{\"gender\":\"male\",\"name\":{\"family\":\"Osei\"}}],"
    "\"extension\":[{\"url\":\"http://e/age\",\"valueAge\":{\"value\":70,\"unit\":\"a\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"a\"}},"
    "{\"url\":\"http://e/uuid\",\"valueUuid\":\"urn:uuid:0\"}]}";

static const char observation[] =
    "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"w\"},\"effectiveDateTime\":\"2026-11-22T09:30:00+01:00\",\"issued\":\"2026-11-22T09:31:00Z\","
    "\"valueQuantity\":{\"value\":150.0,\"unit\":\"lb\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"[lb_av]\"},"
    "\"component\":[{\"code\":{\"text\":\"a\"},\"valueInteger\":3},{\"code\":{\"text\":\"b\"},\"valueString\":\"x\"}]}";

enum { ON_PATIENT, ON_OBSERVATION, ON_NOTHING };
static struct doc *docs[2];

/* Results are type:text, apart by " | "; ! begins an error. */
static void evaluate(const char *text, int on, bool strict, struct buf *out)
{
    const struct node *resource = on == ON_NOTHING ? NULL : doc_root(docs[on]);
    struct fp_reading reading = {.strict = strict, .context = resource ? node_str(resource, "resourceType") : NULL};
    struct fp_env env = {.resource = resource, .context = resource};
    struct fhirpath *expression = NULL;
    struct fp_result result = {0};
    struct err err = {0};

    if (fhirpath_compile_as(text, &reading, &expression, &err) != RC_OK || fhirpath_eval(expression, &env, &result, &err) != RC_OK)
        buf_printf(out, "!%s", err_text(&err));
    for (size_t i = 0; i < result.n; i++) {
        buf_printf(out, "%s%s:", i ? " | " : "", fp_value_type(fp_result_at(&result, i)));
        fp_value_text(out, fp_result_at(&result, i));
    }
    fp_result_done(&result);
    fhirpath_free(expression);
}

struct strict_case { int on; const char *expression, *result; };

static void check(const struct strict_case *cases, size_t n)
{
    int wrong = 0;

    for (size_t i = 0; i < n; i++) {
        const char *want = cases[i].result;
        struct buf got = {0};

        evaluate(cases[i].expression, cases[i].on, true, &got);
        if (*want == '!' ? strncmp(buf_text(&got), want, strlen(want)) != 0 : strcmp(buf_text(&got), want) != 0) {
            print_error("%s gives %s, not %s\n", cases[i].expression, buf_text(&got), want);
            wrong++;
        }
        buf_done(&got);
    }
    assert_int_equal(wrong, 0);
}
#define CHECK(cases) check(cases, sizeof cases / sizeof *cases)

/* What R4 does not allow is refused before anything is evaluated, with its place. */
static void refuses_what_types_forbid(void **state)
{
    static const struct strict_case cases[] = {
        {ON_PATIENT, "name.givem", "!at character 6: there is no element givem in HumanName"}, {ON_PATIENT, "name.given.first", "!at character 12: there is no element first in string"},
        {ON_PATIENT, "Observation.value", "!at character 1: the path starts at a Observation"}, {ON_OBSERVATION, "valueQuantity.value", "!at character 1: valueQuantity is how JSON"},
        {ON_OBSERVATION, "component.valueInteger + 1", "!at character 11"}, {ON_OBSERVATION, "value.ofType(Period).unit", "!at character 22: there is no element unit in Period"},
        {ON_PATIENT, "children().first()", "!at character 12: the order"}, {ON_PATIENT, "descendants()[0]", "!at character 14: the order"}, {ON_PATIENT, "name.descendants().take(2)", "!at character 20"},
        {ON_PATIENT, "iif('a', 1, 2)", "!at character 5: the criterion"}, {ON_PATIENT, "iif(name.given, 1, 2)", "!at character 9: the criterion"},
        {ON_PATIENT, "birthDate + 5", "!at character 11: only an amount of time"}, {ON_PATIENT, "name.startsWith('O')", "!at character 6: startsWith() works on text, not on HumanName"},
        {ON_PATIENT, "name.where(famly = 'x')", "!at character 12: there is no element famly"}, {ON_PATIENT, "name.select(given.family)", "!at character 19"},
        {ON_PATIENT, "name.ofType(Nothing)", "!at character 6: there is no type Nothing"}, {ON_PATIENT, "name.as(HumanName)", "!at character 6: one item"},
        {ON_PATIENT, "\"a\"", "!at character 1: text stands between single quotes"}, {ON_PATIENT, "'\\d'", "!at character 1: a backslash"}, {ON_PATIENT, "%a-b", "!at character 4: there is no element b"},
        {ON_PATIENT, "@2020-01-01 + 1 'a'", "!at character 13: 'a' is no year"}, {ON_PATIENT, "conformsTo('http://x')", "!at character 1: this definition"},
        {ON_PATIENT, "defineVariable('context')", "!at character 1: %context is defined"}, {ON_PATIENT, "defineVariable('a').defineVariable('a')", "!at character 21: %a is defined"},
        {ON_PATIENT, "(defineVariable('a') | %a)", "!at character 24: %a is not known"},
    };

    (void)state;
    CHECK(cases);
}

static void knows_types(void **state)
{
    static const struct strict_case cases[] = {
        {ON_PATIENT, "gender is code", "boolean:true"}, {ON_PATIENT, "gender is string", "boolean:true"}, {ON_PATIENT, "gender is uri", "boolean:false"},
        {ON_PATIENT, "gender.ofType(string)", ""}, {ON_PATIENT, "gender.ofType(code)", "code:female"}, {ON_PATIENT, "birthDate.type().name", "string:date"},
        {ON_PATIENT, "id is id", "boolean:true"}, {ON_PATIENT, "type().namespace & '.' & type().name", "string:FHIR.Patient"}, {ON_PATIENT, "1.type().name", "string:Integer"},
        {ON_PATIENT, "is(DomainResource) and is(Resource)", "boolean:true"}, {ON_PATIENT, "contact.is(BackboneElement)", "boolean:true"}, {ON_PATIENT, "contact.type().name", "string:BackboneElement"},
        {ON_PATIENT, "telecom.rank.first() is positiveInt", "boolean:true"}, {ON_PATIENT, "telecom.rank.first() is integer", "boolean:true"}, {ON_PATIENT, "multipleBirth is integer", "boolean:true"},
        {ON_PATIENT, "active is System.Boolean", "boolean:false"}, {ON_PATIENT, "active.getValue() is System.Boolean", "boolean:true"}, {ON_PATIENT, "is(System.Patient)", "boolean:false"},
        {ON_PATIENT, "extension('http://e/age').value is Quantity", "boolean:true"}, {ON_PATIENT, "extension('http://e/age').value is Duration", "boolean:false"},
        {ON_PATIENT, "extension('http://e/uuid').value is uri", "boolean:true"}, {ON_PATIENT, "Resource.id", "id:p1"}, {ON_PATIENT, "Patient.name.use", "code:official | code:usual"},
        {ON_PATIENT, "conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", "boolean:true"}, {ON_PATIENT, "contained.ofType(Organization).name", "string:Clinic"},
        {ON_OBSERVATION, "effective is dateTime", "boolean:true"}, {ON_OBSERVATION, "issued is instant", "boolean:true"}, {ON_OBSERVATION, "component.value.ofType(integer)", "integer:3"},
        {ON_OBSERVATION, "(value as Quantity).unit", "string:lb"}, {ON_OBSERVATION, "value > 60 'kg'", "boolean:true"}, {ON_OBSERVATION, "component.where(value is string).code.text", "string:b"},
        {ON_PATIENT, "managingOrganization.resolve().name", "string:Clinic"}, {ON_PATIENT, "descendants().ofType(HumanName).family", "string:Osei | string:Osei"},
        {ON_PATIENT, "maritalStatus.coding.first() ~ maritalStatus.coding.last()", "boolean:true"}, {ON_PATIENT, "gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", "boolean:true"},
        {ON_PATIENT, "name.period.start < @1990", "boolean:false"}, {ON_PATIENT, "(1 'mg').value", "decimal:1"}, {ON_PATIENT, "extension('http://e/age').value = 70 years", "boolean:true"},
    };

    (void)state;
    CHECK(cases);
}

static void knows_boundaries(void **state)
{
    static const struct strict_case cases[] = {
        {ON_NOTHING, "2.50.precision()", "integer:2"}, {ON_NOTHING, "7.precision()", "integer:0"}, {ON_NOTHING, "@2020-02.precision()", "integer:6"}, {ON_NOTHING, "@T08:15.precision()", "integer:4"},
        {ON_NOTHING, "2.5.lowBoundary()", "decimal:2.45000000"}, {ON_NOTHING, "2.5.highBoundary(3)", "decimal:2.550"}, {ON_NOTHING, "3.lowBoundary(1)", "decimal:2.5"},
        {ON_NOTHING, "(-2.34).lowBoundary(1)", "decimal:-2.3"}, {ON_NOTHING, "0.lowBoundary(1)", "decimal:-0.5"}, {ON_NOTHING, "2.5.lowBoundary(-1)", ""}, {ON_NOTHING, "2.5.lowBoundary(40)", ""},
        {ON_NOTHING, "2.5 'mL'.highBoundary(2)", "Quantity:2.55 'mL'"}, {ON_NOTHING, "@2024-02.highBoundary(8)", "date:2024-02-29"}, {ON_NOTHING, "@2024.lowBoundary()", "date:2024-01-01"},
        {ON_NOTHING, "@2024-05-01T10.highBoundary(17)", "dateTime:2024-05-01T10:59:59.999-12:00"}, {ON_NOTHING, "@2024-05-01T10:20Z.lowBoundary(17)", "dateTime:2024-05-01T10:20:00.000Z"},
        {ON_NOTHING, "@2024-05-01T10:20.lowBoundary(8)", "dateTime:2024-05-01"}, {ON_NOTHING, "@T10.highBoundary()", "time:10:59:59.999"}, {ON_NOTHING, "@2024.lowBoundary(5)", ""},
        {ON_NOTHING, "true.lowBoundary()", "!at character 6"}, {ON_NOTHING, "3 'cm'.comparable(1 '[ft_i]')", "boolean:true"}, {ON_NOTHING, "3 'cm'.comparable(1 'g')", "boolean:false"},
        {ON_NOTHING, "@2024-05-01T10:20:30.400+02:00.hourOf()", "integer:10"}, {ON_NOTHING, "@2024-05-01T10:20:30.400+02:30.timezoneOffsetOf()", "decimal:2.5"}, {ON_NOTHING, "@2024.monthOf()", ""},
        {ON_NOTHING, "@2024-05-01T10:20:30.dateOf()", "date:2024-05-01"}, {ON_NOTHING, "@2024-05-01T10:20:30.timeOf()", "time:10:20:30"}, {ON_NOTHING, "@T10:20.minuteOf()", "integer:20"},
    };

    (void)state;
    CHECK(cases);
}

static void sorts_encodes_and_defines(void **state)
{
    static const struct strict_case cases[] = {
        {ON_NOTHING, "(3 | 1 | 2).sort()", "integer:1 | integer:2 | integer:3"}, {ON_NOTHING, "(3 | 1 | 2).sort(-$this)", "integer:3 | integer:2 | integer:1"}, {ON_NOTHING, "{}.sort()", ""},
        {ON_PATIENT, "telecom.sort(rank).value", "string:2 | string:1"}, {ON_PATIENT, "name.sort(family).use", "code:usual | code:official"}, {ON_NOTHING, "(1 | 'a').sort()", "!at character 11"},
        {ON_PATIENT, "telecom.sort(-system.length(), value).rank", "positiveInt:2 | positiveInt:1"}, {ON_PATIENT, "children().sort($this.type().name).first().type().name.exists()", "boolean:true"},
        {ON_NOTHING, "'Gr\xC3\xBC\xC3\x9F" "e'.encode('base64')", "string:R3LDvMOfZQ=="}, {ON_NOTHING, "'R3LDvMOfZQ=='.decode('base64')", "string:Gr\xC3\xBC\xC3\x9F" "e"}, {ON_NOTHING, "'a?>'.encode('urlbase64')", "string:YT8-"},
        {ON_NOTHING, "'az'.encode('hex')", "string:617a"}, {ON_NOTHING, "'617A'.decode('hex')", "string:az"}, {ON_NOTHING, "'61x'.decode('hex')", ""}, {ON_NOTHING, "'00'.decode('hex')", ""}, {ON_NOTHING, "'ff'.decode('hex')", ""},
        {ON_NOTHING, "'a'.encode('rot13')", ""}, {ON_NOTHING, "'<a href=\"b\">'.escape('html')", "string:&lt;a href=&quot;b&quot;&gt;"}, {ON_NOTHING, "'&lt;b&gt; &amp; c'.unescape('html')", "string:<b> & c"},
        {ON_NOTHING, "'a\\n\\'b\\''.escape('json')", "string:a\\n'b'"}, {ON_NOTHING, "'a\\\\tb'.unescape('json')", "string:a\tb"}, {ON_NOTHING, "1.encode('hex')", "!at character 3"},
        {ON_PATIENT, "name.defineVariable('n').given.where(%n.count() = 2)", "string:Ama | string:Kofi | string:Am"}, {ON_PATIENT, "defineVariable('f', name.family).name.given.first() & ' ' & name.family.first()", "string:Ama Osei"},
        {ON_PATIENT, "name.select(defineVariable('u', use).given.select($this & '/' & %u))", "string:Ama/official | string:Kofi/official | string:Am/usual"},
        {ON_NOTHING, "(1.5 'g' | 200 'mg').sum()", "Quantity:1.7 'g'"}, {ON_PATIENT, "telecom.rank.sum()", "integer:3"}, {ON_PATIENT, "name.period.sum()", "!at character 13: sum() works on"}, {ON_NOTHING, "(1 | 'a').sum()", "!at character 11"},
        {ON_NOTHING, "6.0 'g' / 3.0 'L'", "Quantity:2 'g/L'"}, {ON_NOTHING, "2 'm' * 3 'm' = 6 'm2'", "boolean:true"}, {ON_NOTHING, "1 year = 1 'a'", ""}, {ON_NOTHING, "1 year ~ 1 'a'", "boolean:true"},
        {ON_NOTHING, "@2020-01-01T10:00:00Z = @2020-01-01T10:00:00", ""}, {ON_NOTHING, "@2020-01-01T10:00:00Z < @2020-01-02T10:00:00", "boolean:true"}, {ON_NOTHING, "@2020-01-01T00:00:00.0 + 0.25 's'", "dateTime:2020-01-01T00:00:00.250"},
        {ON_NOTHING, "-0.0", "decimal:0.0"}, {ON_NOTHING, "-1.abs()", "integer:-1"}, {ON_NOTHING, "1 > 2 is Boolean", "!at character 3"},
    };

    (void)state;
    CHECK(cases);
}

/* Lenient reading goes on and says what it passed over. */
static void forgives_and_says_so(void **state)
{
    static const struct { int on; const char *expression, *result, *forgiven; } rows[] = {
        {ON_OBSERVATION, "valueQuantity.unit", "string:lb", "at character 1: valueQuantity is how JSON writes it: the element is called value"},
        {ON_OBSERVATION, "component.valueInteger", "integer:3", "at character 11: valueInteger is how JSON writes it: the element is called value"},
        {ON_NOTHING, "%context.answer.valueCoding", "", "at character 17: valueCoding is how JSON writes it: the element is called value"},
        {ON_PATIENT, "\"a\" & 'b'", "string:ab", "at character 1: text stands between single quotes, not double"},
        {ON_PATIENT, "'12'.matches('^\\d+$')", "boolean:true", "at character 14: a backslash in text is written twice"},
        {ON_PATIENT, "Practitioner.name", "", "at character 1: the path starts at a Practitioner where there is a Patient"},
        {ON_PATIENT, "name.nickname", "", "at character 6: there is no element nickname in HumanName"},
        {ON_PATIENT, "gender.ofType(string)", "code:female", NULL}, {ON_PATIENT, "name.as(HumanName).family", "string:Osei", NULL},
        {ON_PATIENT, "@2020-01-01 + 1 'a'", "date:2021-01-01", "at character 13: 'a' is no year or month of the calendar"}, {ON_PATIENT, "name.given.first()", "string:Ama", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fp_reading reading = {.context = rows[i].on == ON_NOTHING ? NULL : node_str(doc_root(docs[rows[i].on]), "resourceType")};
        struct fhirpath *expression;
        struct buf got = {0};
        const char *first;

        assert_int_equal(fhirpath_compile_as(rows[i].expression, &reading, &expression, NULL), RC_OK);
        first = fhirpath_forgiven(expression, 0);
        if (!first != !rows[i].forgiven || (first && strcmp(first, rows[i].forgiven) != 0))
            fail_msg("%s forgives %s", rows[i].expression, first);
        assert_true(!first || !fhirpath_forgiven(expression, 1));
        fhirpath_free(expression);
        evaluate(rows[i].expression, rows[i].on, false, &got);
        assert_string_equal(buf_text(&got), rows[i].result);
        buf_done(&got);
    }
}

static const char *type_of_variable(void *ctx, const char *name)
{
    return strcmp(name, "patient") == 0 ? ctx : NULL;
}

static void knows_types_of_variables(void **state)
{
    static const struct { const char *expression; bool good; } rows[] = {
        {"%patient.name.given", true}, {"%patient.nam", false}, {"%other.nam", true}, {"%patient.deceasedBoolean", false}, {"%resource.item.answer.value.code", true},
        {"%resource.item.answers", false}, {"%context.answer.value", true}, {"%context.authored", false},
    };
    struct fp_reading reading = {.strict = true, .context = "QuestionnaireResponse.item", .resource = "QuestionnaireResponse",
                                 .variable = type_of_variable, .ctx = (void *)(uintptr_t)"Patient"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fhirpath *expression = NULL;

        if ((fhirpath_compile_as(rows[i].expression, &reading, &expression, NULL) == RC_OK) != rows[i].good)
            fail_msg("%s", rows[i].expression);
        fhirpath_free(expression);
    }
}

static void writes_json(void **state)
{
    static const struct { const char *expression, *json; } rows[] = {
        {"{}", "[]"}, {"1 | 1.50 | true | 'a\"b'", "[1,1.50,true,\"a\\\"b\"]"}, {"name.given", "[\"Ama\",\"Kofi\",\"Am\"]"}, {"name.period", "[{\"start\":\"1990\"}]"},
        {"@2020-01 | @T10:30", "[\"2020-01\",\"10:30\"]"}, {"2.50 'mg'", "[{\"value\":2.50,\"unit\":\"mg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}]"},
        {"3 days", "[{\"value\":3,\"unit\":\"days\"}]"}, {"active.type()", "[{\"namespace\":\"FHIR\",\"name\":\"boolean\"}]"}, {"active | multipleBirth", "[true,2]"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fp_env env = {.resource = doc_root(docs[ON_PATIENT]), .context = doc_root(docs[ON_PATIENT])};
        struct fhirpath *expression;
        struct fp_result result;
        struct buf got = {0};

        assert_int_equal(fhirpath_compile(rows[i].expression, &expression, NULL), RC_OK);
        assert_int_equal(fhirpath_eval(expression, &env, &result, NULL), RC_OK);
        fp_result_json(&got, &result);
        assert_string_equal(buf_text(&got), rows[i].json);
        buf_done(&got);
        fp_result_done(&result);
        fhirpath_free(expression);
    }
}

static int set_up(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    clock_set_now("2026-11-22T10:00:00");
    return doc_parse(patient, sizeof patient - 1, &docs[0], NULL) != RC_OK || doc_parse(observation, sizeof observation - 1, &docs[1], NULL) != RC_OK;
}

static int tear_down(void **state)
{
    (void)state;
    doc_free(docs[0]);
    doc_free(docs[1]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_types_forbid), cmocka_unit_test(knows_types), cmocka_unit_test(knows_boundaries),
        cmocka_unit_test(sorts_encodes_and_defines), cmocka_unit_test(forgives_and_says_so), cmocka_unit_test(knows_types_of_variables), cmocka_unit_test(writes_json),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
