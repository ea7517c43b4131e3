/* If this breaks, scores are wrong or the wrong questions are asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "fhir/fhirpath.h"
#include "fhir/fhirpath/pattern.h"

struct expr_case { const char *expression, *result; };

static const char response[] =
    "{\"resourceType\":\"QuestionnaireResponse\",\"id\":\"qr\",\"authored\":\"2026-11-20\","
    "\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1954-07-01\",\"active\":true,"
    " \"name\":[{\"use\":\"official\",\"family\":\"Osei\",\"given\":[\"Ama\",\"Kofi\"]},{\"use\":\"usual\",\"given\":[\"Am\"]}],"
    " \"_birthDate\":{\"extension\":[{\"url\":\"http://e\",\"valueBoolean\":true}]}}],"
    "\"item\":["
    " {\"linkId\":\"q1\",\"answer\":[{\"valueCoding\":{\"system\":\"s\",\"code\":\"a\",\"extension\":["
    "   {\"url\":\"http://hl7.org/fhir/StructureDefinition/ordinalValue\",\"valueDecimal\":2}]}}]},"
    " {\"linkId\":\"q2\",\"answer\":[{\"valueCoding\":{\"system\":\"s\",\"code\":\"b\",\"extension\":["
    "   {\"url\":\"http://hl7.org/fhir/StructureDefinition/ordinalValue\",\"valueDecimal\":1}]}}]},"
    " {\"linkId\":\"g\",\"item\":[{\"linkId\":\"g1\",\"answer\":[{\"valueInteger\":3},{\"valueInteger\":4}]},"
    "   {\"linkId\":\"g2\",\"answer\":[{\"valueDecimal\":1.10}]}]},"
    " {\"linkId\":\"dob\",\"answer\":[{\"valueDate\":\"1990-02-28\"}]},"
    " {\"linkId\":\"w\",\"answer\":[{\"valueQuantity\":{\"value\":150,\"unit\":\"lb\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"[lb_av]\"}}]},"
    " {\"linkId\":\"t\",\"answer\":[{\"valueString\":\"Gr\\u00fc\\u00dfe 12\"}]},"
    " {\"linkId\":\"y\",\"answer\":[{\"valueBoolean\":false}]}]}";

static const char questionnaire[] =
    "{\"resourceType\":\"Questionnaire\",\"item\":[{\"linkId\":\"g\",\"type\":\"group\",\"item\":[{\"linkId\":\"c\",\"type\":\"choice\",\"answerOption\":["
    "{\"valueCoding\":{\"system\":\"s\",\"code\":\"x\"},\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/itemWeight\",\"valueDecimal\":5}]}]}]}]}";

/* Results are written type:text, apart by " | "; a line that starts with ! is (the start of) an error. */
static const struct expr_case cases[] = {
    /* numbers are exact and keep their digits */
    {"0.1 + 0.2", "decimal:0.3"}, {"0.1 + 0.2 = 0.3", "boolean:true"}, {"1.10", "decimal:1.10"}, {"1.10 = 1.1", "boolean:true"},
    {"1.10 * 3", "decimal:3.30"}, {"7 div 2", "integer:3"}, {"-7 div 2", "integer:-3"}, {"7 mod 2", "integer:1"}, {"7 / 2", "decimal:3.5"},
    {"6 / 2", "decimal:3"}, {"1 / 0", ""}, {"1 div 0", ""}, {"2 + 3 * 4", "integer:14"}, {"(2 + 3) * 4", "integer:20"}, {"-2.5.abs()", "decimal:-2.5"},
    {"(-2.5).abs()", "decimal:2.5"}, {"2.5.round(0)", "decimal:3"}, {"(-2.5).round()", "decimal:-3"}, {"3.14159.round(3)", "decimal:3.142"},
    {"(-1.5).floor()", "integer:-2"}, {"(-1.5).ceiling()", "integer:-1"}, {"2.power(10)", "integer:1024"}, {"2.power(-1)", "decimal:0.5"},
    {"100.log(10)", "decimal:2"}, {"1.exp().round(10)", "decimal:2.7182818285"}, {"2.ln().round(12)", "decimal:0.693147180560"}, {"0.ln()", ""},
    {"81.sqrt()", "decimal:9"}, {"(-1).sqrt()", ""}, {"9223372036854775807 + 1", ""}, {"100000000000000000000 + 1", "!at character 1"},
    /* empty is not zero and not false */
    {"1 + {}", ""}, {"{} = 1", ""}, {"{} or true", "boolean:true"}, {"{} and false", "boolean:false"}, {"{} and true", ""}, {"{} implies true", "boolean:true"},
    {"false implies {}", "boolean:true"}, {"{}.exists()", "boolean:false"}, {"{}.not()", ""}, {"'a' & {}", "string:a"}, {"'a' + {}", ""},
    {"(1 | 2) and true", "!at character"}, {"5 and true", "boolean:true"},
    /* precedence */
    {"1 | 2 = 2", "boolean:false"}, {"true or false and false", "boolean:true"}, {"1 < 2 = true", "boolean:true"}, {"-1 + 2", "integer:1"},
    {"1 is Integer and 'a' is String", "boolean:true"}, {"2 in (1 | 2)", "boolean:true"}, {"(1 | 2) contains 3", "boolean:false"},
    /* dates to different precision have three answers */
    {"@2012 = @2012-01", ""}, {"@2012-02 > @2012-01-15", "boolean:true"}, {"@2012 < @2012-05", ""}, {"@2012 ~ @2012-01", "boolean:false"},
    {"@2012-01-01T10:00:00Z = @2012-01-01T12:00:00+02:00", "boolean:true"}, {"@2012-01-01T12:00:00+02:00 < @2012-01-01T10:30:00Z", "boolean:true"},
    {"@2024-02-29 + 1 year", "date:2025-02-28"},
    {"@2024-01-31 + 1 month", "date:2024-02-29"}, {"@2026-11-22 - 5 years", "date:2021-11-22"}, {"@2024 + 6 months", "date:2024"}, {"@1973-12 - 112345 months", ""}, {"@1973 + 9000 years", ""}, {"@9999-12-31 + 1 day", ""},
    {"@T23:30 + 45 minutes", "time:00:15"}, {"@2012-13-01", "!at character"}, {"@2023-02-29", "!at character"}, {"today()", "date:2026-11-22"},
    {"today() - 18 years > @1990-02-28", "boolean:true"}, {"now() = now()", "boolean:true"}, {"@T10:30 < @T10:31", "boolean:true"},
    {"'2020-05-01'.toDate() < today()", "boolean:true"},
    /* text counts characters */
    {"'Gr\xC3\xBC\xC3\x9F" "e'.length()", "integer:5"}, {"'Gr\xC3\xBC\xC3\x9F" "e'.substring(2, 2)", "string:\xC3\xBC\xC3\x9F"}, {"'abc'.substring(3)", ""},
    {"'abc'.substring(1)", "string:bc"}, {"'abcb'.indexOf('b')", "integer:1"}, {"'\xC3\x84'.lower()", "string:\xC3\xA4"}, {"'abc'.replace('b', '')", "string:ac"},
    {"'ab'.replace('', '-')", "string:-a-b-"}, {"('a' | 'b').join(', ')", "string:a, b"}, {"'a,b'.split(',')", "string:a | string:b"}, {"'ab'.toChars()", "string:a | string:b"},
    {"'\\u0041\\'\\\\'", "string:A'\\"}, {"\"older quotes\"", "string:older quotes"}, {"' x '.trim()", "string:x"},
    {"'617-555'.matches('^[0-9]{3}-\\\\d{3}$')", "boolean:true"}, {"'617-555'.matches('^\\d+$')", "boolean:false"},
    {"'2026-11'.replaceMatches('(\\\\d+)-(\\\\d+)', '$2/$1')", "string:11/2026"}, {"'a'.matches('(')", "!at character"},
    /* collections */
    {"(1 | 2 | 2).count()", "integer:2"}, {"(1 | 2).combine(2).count()", "integer:3"}, {"(1 | 2 | 3).where($this > 1).first()", "integer:2"}, {"(1 | 2 | 3).tail()", "integer:2 | integer:3"},
    {"(3 | 4).select($this * $index)", "integer:0 | integer:4"}, {"(1 | 2 | 3).aggregate($this + $total, 0)", "integer:6"}, {"(1.5 | 2).sum()", "decimal:3.5"}, {"{}.sum()", ""},
    {"(1 | 2).intersect(2 | 3)", "integer:2"}, {"(1 | 2 | 3).exclude(2)", "integer:1 | integer:3"}, {"(1 | 2).all($this > 0)", "boolean:true"}, {"{}.all(false)", "boolean:true"},
    {"(2 | 1).min()", "integer:1"}, {"(1 | 2).single()", "!at character"}, {"iif(true, 1, 1 / 0)", "integer:1"}, {"iif({}, 1, 2)", "integer:2"}, {"iif(false, 1)", ""},
    /* conversions */
    {"'12'.toInteger()", "integer:12"}, {"'1.5'.toInteger()", ""}, {"'1.50'.toDecimal()", "decimal:1.50"}, {"1.toString()", "string:1"}, {"'y'.toBoolean()", "boolean:true"},
    {"'x'.toBoolean()", ""}, {"'4 days'.toQuantity()", "Quantity:4 days"}, {"'x'.convertsToInteger()", "boolean:false"},
    /* quantities */
    {"1 'kg' = 1000 'g'", "boolean:true"}, {"1 'kg' > 2 'lb'", ""}, {"1 'kg' > 2 '[lb_av]'", "boolean:true"}, {"1 'kg' = 1 'm'", ""}, {"1 year = 12 months", "boolean:true"},
    {"2 'kg' + 500 'g'", "Quantity:2.5 'kg'"}, {"item.where(linkId='w').answer.value > 60 'kg'", "boolean:true"},
    /* the response, in the ways real forms walk it */
    {"item.where(linkId='g').item.where(linkId='g1').answer.value", "integer:3 | integer:4"}, {"%resource.repeat(item).where(linkId='g1').answer.value.sum()", "integer:7"},
    {"%resource.descendants().where(linkId='g1').answer[1].valueInteger", "integer:4"}, {"%context.item.answer.valueInteger.exists()", "boolean:false"},
    {"item.where(linkId.startsWith('q')).answer.valueCoding.extension.where(url='http://hl7.org/fhir/StructureDefinition/ordinalValue').valueDecimal.sum()", "decimal:3"},
    {"item.answer.valueCoding.ordinal().sum()", "decimal:3"}, {"QuestionnaireResponse.item.where(linkId='q1').answer.value.code", "code:a"},
    {"item.where(linkId='g').item[1].answer.value", "decimal:1.10"}, {"item.where(linkId='y').answer.value", "boolean:false"}, {"item.where(linkId='y').answer.value = false", "boolean:true"},
    {"item.where(linkId='dob').answer.value + 40 years > today()", "boolean:true"}, {"item.where(linkId='dob').answer.value.toString().substring(0, 4).toInteger()", "integer:1990"},
    {"item.where(linkId='none').answer.value + 1", ""}, {"item.where(linkId='t').answer.value.matches('\\\\s[0-9]+$')", "boolean:true"},
    {"item.answer.value.ofType(Coding).code", "code:a | code:b"}, {"item.answer.value.ofType(date)", "date:1990-02-28"}, {"contained.name.given.first()", "string:Ama"},
    {"contained.where(id='p').name.where(use='official').family", "string:Osei"}, {"contained.birthDate.extension('http://e').value", "boolean:true"},
    {"contained.name[0].given & ''", "!at character"}, {"contained.is(Patient)", "boolean:true"}, {"contained.children().ofType(HumanName).count()", "integer:2"},
    {"contained.ofType(Patient).birthDate < today()", "boolean:true"}, {"item.count()", "integer:7"}, {"item.linkId.isDistinct()", "boolean:true"}, {"repeat(item | item.item).count() = repeat(item).count()", "boolean:true"},
    /* names of the form */
    {"%a-b + 1", "integer:6"}, {"%`a-b`", "integer:5"}, {"%unknown", "!at character 1: %unknown"}, {"%patient.name.family", "string:Osei"}, {"Patient.name.family", "string:Osei"},
    {"%loinc", "string:http://loinc.org"}, {"%questionnaire.item.item.linkId", "string:c"}, {"%coded.weight()", "decimal:5"},
    /* what cannot be read is refused with its place */
    {"", "!at the end"}, {"1 +", "!at the end"}, {"(1", "!at the end"}, {"a..b", "!at character 3"}, {"where()", "!at character 1"}, {"foo(1)", "!at character 1"}, {"1 2", "!at character 3"},
    {"'a", "!at character 1"}, {"/* x", "!at character 1"}, {"#", "!at character 1"}, {"$that", "!at character 1"}, {"'a' > 1", "!at character 5"}, {"1 + 'a'", "!at character 3"}, {"(1).x // y", ""},
};

static struct doc *docs[2];

static bool variable(void *ctx, const char *name, struct fp_result *out)
{
    struct fhirpath *five;
    struct fp_result result;
    struct fp_env env = {0};
    struct doc *coded;

    if (strcmp(name, "patient") == 0) {
        fp_result_add_node(out, node_path(doc_root(docs[0]), "contained"));
        return true;
    }
    if (strcmp(name, "coded") == 0) {
        coded = ctx;
        fp_result_add_node(out, doc_root(coded));
        return true;
    }
    if (strcmp(name, "a-b") != 0)
        return false;
    assert_int_equal(fhirpath_compile("5", &five, NULL), RC_OK);
    assert_int_equal(fhirpath_eval(five, &env, &result, NULL), RC_OK);
    fp_result_add_copy(out, fp_result_at(&result, 0));
    fp_result_done(&result);
    fhirpath_free(five);
    return true;
}

static void evaluate(const char *expression, size_t steps, struct buf *out)
{
    struct fhirpath *compiled;
    struct fp_result result;
    struct err err = {0};
    struct doc *coded;

    assert_int_equal(doc_parse("{\"system\":\"s\",\"code\":\"x\"}", 25, &coded, NULL), RC_OK);
    struct fp_env env = {.resource = doc_root(docs[0]), .context = doc_root(docs[0]), .questionnaire = doc_root(docs[1]),
                         .variable = variable, .ctx = coded, .steps = steps};
    if (fhirpath_compile(expression, &compiled, &err) != RC_OK || fhirpath_eval(compiled, &env, &result, &err) != RC_OK) {
        buf_printf(out, "!%s", err.text);
    } else {
        for (size_t i = 0; i < result.n; i++) {
            buf_printf(out, "%s%s:", i ? " | " : "", fp_value_type(fp_result_at(&result, i)));
            fp_value_text(out, fp_result_at(&result, i));
        }
        fp_result_done(&result);
    }
    fhirpath_free(compiled);
    doc_free(coded);
}

static void evaluates(void **state)
{
    int wrong = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf got = {0};
        const char *want = cases[i].result;

        evaluate(cases[i].expression, 0, &got);
        if (*want == '!' ? strncmp(buf_text(&got), want, strlen(want)) != 0 : strcmp(buf_text(&got), want) != 0) {
            print_error("%s gives %s, not %s\n", cases[i].expression, buf_text(&got), want);
            wrong++;
        }
        buf_done(&got);
    }
    assert_int_equal(wrong, 0);
}

/* A form cannot make the desk wait. */
static void bounds_its_work(void **state)
{
    static const char *const slow[] = {
        "(1|2|3|4).repeat($this + 1)", "1.repeat($this + 1)", "%resource.descendants().select(%resource.descendants().select(%resource.descendants()))",
    };

    (void)state;
    for (size_t i = 0; i < sizeof slow / sizeof *slow; i++) {
        struct buf got = {0};
        evaluate(slow[i], 3000, &got);
        assert_non_null(strstr(buf_text(&got), "takes more than 3000 steps"));
        buf_done(&got);
    }
}

/* Nor make it fill the memory of the machine. */
static void bounds_its_texts(void **state)
{
    /* an empty pattern, since a sanitizer's strstr() measures the whole text each time */
    static const struct { const char *begin, *step; } rows[] = {
        {"'aaaaaaaaaa'", ".replace('', 'aaaaaaaaaa')"}, {"'aaaaaaaaaa'", ".replaceMatches('a', 'aaaaaaaaaa')"}, {"'<<<<<<<<<<'", ".escape('html').replace('', '<<<<<')"},
        {"'aaaaaaaaaa'", ".select($this & $this & $this & $this & $this & $this & $this & $this)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf text = {0}, got = {0};

        buf_add(&text, rows[i].begin);
        for (int k = 0; k < 12; k++)
            buf_add(&text, rows[i].step);
        evaluate(text.data, 0, &got);
        if (!strstr(buf_text(&got), "comes out of this") && !strstr(buf_text(&got), "steps"))
            fail_msg("%s: %.100s", rows[i].step, buf_text(&got));
        buf_done(&text);
        buf_done(&got);
    }
}

static void refuses_deep_nesting(void **state)
{
    struct buf text = {0}, got = {0};

    (void)state;
    for (int i = 0; i < 5000; i++)
        buf_char(&text, '(');
    evaluate(text.data, 0, &got);
    assert_non_null(strstr(buf_text(&got), "nested too deeply"));
    buf_done(&text);
    buf_done(&got);
}

static void truth_of_results(void **state)
{
    static const struct { const char *expression; bool truth, empty; } truths[] = {
        {"true", true, false}, {"false", false, false}, {"{}", false, true}, {"'x'", true, false}, {"(true | false)", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        struct fhirpath *compiled;
        struct fp_result result;
        struct fp_env env = {0};
        bool empty;

        assert_int_equal(fhirpath_compile(truths[i].expression, &compiled, NULL), RC_OK);
        assert_int_equal(fhirpath_eval(compiled, &env, &result, NULL), RC_OK);
        assert_int_equal(fp_truth(&result, &empty), truths[i].truth);
        assert_int_equal(empty, truths[i].empty);
        fp_result_done(&result);
        fhirpath_free(compiled);
    }
}

/* What an expression reads: linkIds (with * when all below counts), %names, and ALL. */
static void add_link(void *ctx, const char *link_id, bool below)
{
    buf_printf(ctx, "%s%s ", link_id ? link_id : "ALL", link_id && below ? "*" : "");
}

static void add_variable(void *ctx, const char *name)
{
    buf_printf(ctx, "%%%s ", name);
}

static void tells_what_it_reads(void **state)
{
    static const struct { const char *expression, *reads; } rows[] = {
        {"1 + 2", ""}, {"today() - 5 years", ""}, {"item.count()", "ALL "}, {"%resource.item.where(linkId='a').answer.value", "a "},
        {"%resource.repeat(item).where(linkId='a' or linkId = 'b').answer.value.sum()", "b a "},
        {"%resource.descendants().where(linkId in ('a' | 'b'))", "b a "}, {"item.where(linkId='g').item.where(linkId='a').answer.value > 3", "g a "},
        {"item.where(linkId='g').item.answer.value", "g* "}, {"%resource.item.where(linkId.startsWith('a'))", "ALL ALL "},
        {"%age > 3 and iif(%sex = 'f', %a.exists(), item.where(linkId='x').exists())", "%age %sex %a x "},
        {"repeat(item).where(linkId='a' and answer.exists()).exists()", "a a a "}, {"Patient.birthDate + 18 years < today()", "%patient "},
        {"%loinc & %questionnaire.item.linkId", ""}, {"(1 | 2).defineVariable('n').select(%n + %m)", "%m "}, {"item.where(linkId='a').answer.value + item.where(linkId='b').answer.value", "a b "},
        {"'abc'.contains(item.where(linkId='a').answer.value)", "a "}, {"item.where(linkId='a').answer.select(%x)", "%x a "}, {"item.where(linkId='a').answers()", "a* "},
        {"'x'.replace('x', %resource.item.where(linkId='b').answer.value) & $this.item.where(linkId='c').answer.value", "b c "}, {"(1 | 2).select($this + 1)", ""},
        {"item.where(linkId='g').repeat(item).where(linkId='a').answer.value", "g a "}, {"item.where(linkId='a').answer.value.iif($this > 1, 'y')", "a a "},
        {"QuestionnaireResponse.item.exists(linkId='a' and answer.value = %resource.authored)", "a a ALL a "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf got = {0};
        struct fp_reads reads = {.link = add_link, .variable = add_variable, .ctx = &got};
        struct fhirpath *compiled;

        assert_int_equal(fhirpath_compile(rows[i].expression, &compiled, NULL), RC_OK);
        fhirpath_reads(compiled, &reads);
        if (strcmp(buf_text(&got), rows[i].reads) != 0)
            fail_msg("%s reads %s, not %s", rows[i].expression, buf_text(&got), rows[i].reads);
        fhirpath_free(compiled);
        buf_done(&got);
    }
}

static void matches_patterns(void **state)
{
    static const struct { const char *pattern, *text; bool found, whole; } rows[] = {
        {"a|b", "xbx", true, false}, {"a*", "aaa", true, true}, {"^a+?b", "aab", true, true}, {"(ab){2,3}", "ababab", true, true}, {"(ab){2}", "ab", false, false},
        {"a{,2}", "a{,2}", true, true}, {"[^a-c]", "abc", false, false}, {"[]a]", "]", true, true}, {"[a\\]-]+", "]-a", true, true}, {"\\bfoo\\b", "a foo b", true, false},
        {"^(?=.*\\d)(?!.*x).{4}$", "ab1c", true, true}, {"^(?=.*\\d)(?!.*x).{4}$", "ab1x", false, false}, {"(?:a|bc)+d", "abcad", true, true}, {"\\u00e9", "\xC3\xA9", true, true},
        {".", "\xF0\x9F\x98\x80", true, true}, {"^.{2}$", "\xC3\xA9\xC3\xA9", true, true}, {"(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false, false}, {"a.c", "a\nc", true, true},
        {"", "", true, true}, {"x*", "yyy", true, false}, {"[\\w.]+@[\\w.]+", "a.b@c.d", true, true}, {"\\.", ".", true, true}, {"a{0}b", "b", true, true},
        {"^\\+?(?:[()\\h-]*\\d[()\\h-]*){7,10}$", "+1 (617)-555 01", true, true}, {"\\H\\h", "a b", true, false}, {"a\\h+b", "a\t\xC2\xA0\xE2\x80\xAF b", true, true}, {"a\\vb", "a\nb", true, true},
        {"a\\Vb", "a\nb", false, false}, {"a\\Rb", "a\r\nb", true, true}, {"a\\R{2}b", "a\n\r\nb", true, true}, {"a\\Rb", "a b", false, false},
        {"(\\+\\d{1,2}\\s)?\\(?\\d{3}\\)?", "+1 (617)", true, true}, {"a(?<year>\\d+)", "a12", true, true}, {"^$", "", true, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *why = NULL;
        struct pattern *p = pattern_compile(rows[i].pattern, &why);

        if (!p)
            fail_msg("%s: %s", rows[i].pattern, why);
        if (pattern_matches(p, rows[i].text) != (rows[i].found ? PATTERN_YES : PATTERN_NO) ||
            pattern_matches_whole(p, rows[i].text) != (rows[i].whole ? PATTERN_YES : PATTERN_NO))
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
        pattern_free(p);
    }
}

static void refuses_patterns(void **state)
{
    static const char *const bad[] = {"(", ")", "[a", "*a", "a{3,1}", "a{5000}", "\\1", "(?<=a)b", "[z-a]", "a++", "\\", "(?P<x>a)", "((((a{900}){900}){900}){900})"};
    const char *why;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (pattern_compile(bad[i], &why))
            fail_msg("%s compiled", bad[i]);
        assert_non_null(why);
    }
}

static int set_up(void **state)
{
    (void)state;
    clock_set_zone("UTC");
    clock_set_now("2026-11-22T10:00:00");
    return doc_parse(response, sizeof response - 1, &docs[0], NULL) != RC_OK || doc_parse(questionnaire, sizeof questionnaire - 1, &docs[1], NULL) != RC_OK;
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
        cmocka_unit_test(evaluates), cmocka_unit_test(bounds_its_work), cmocka_unit_test(bounds_its_texts), cmocka_unit_test(refuses_deep_nesting), cmocka_unit_test(tells_what_it_reads),
        cmocka_unit_test(truth_of_results), cmocka_unit_test(matches_patterns), cmocka_unit_test(refuses_patterns),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
