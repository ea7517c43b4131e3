/* If this fails, what a person types into a form is kept as something else, or refused without need. */
#include "tests/unit/intake_case.h"

#include "base/clock.h"

#define UCUM "\"system\":\"http://unitsofmeasure.org\""
#define UNIT(code) "{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unit\",\"valueCoding\":{" UCUM ",\"code\":\"" code "\"}}"
#define UNIT_OPTION(code, display) "{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption\"," \
    "\"valueCoding\":{" UCUM ",\"code\":\"" code "\",\"display\":\"" display "\"}}"
#define OPTIONS "\"answerOption\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"Apple pie\"}}," \
    "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-optionPrefix\",\"valueString\":\"B)\"}]," \
    "\"valueCoding\":{\"code\":\"b\",\"display\":\"Bread\"}},{\"valueCoding\":{\"code\":\"c\",\"display\":\"Brioche\"}}]"

/* wanted NULL: refused. */
static const struct { const char *item, *typed, *wanted; } cases[] = {
    { "\"type\":\"boolean\"", "y", "[{\"valueBoolean\":true}]" },
    { "\"type\":\"boolean\"", "No", "[{\"valueBoolean\":false}]" },
    { "\"type\":\"boolean\"", "perhaps", NULL },
    { "\"type\":\"integer\"", "12", "[{\"valueInteger\":12}]" },
    { "\"type\":\"integer\"", "-5", "[{\"valueInteger\":-5}]" },
    { "\"type\":\"integer\"", "007", "[{\"valueInteger\":7}]" },
    { "\"type\":\"integer\"", "1.5", NULL },
    { "\"type\":\"integer\"", "4000000000", NULL },            /* FHIR integers have 32 bits */
    { "\"type\":\"decimal\"", "1.10", "[{\"valueDecimal\":1.10}]" },
    { "\"type\":\"decimal\"", "7,5", "[{\"valueDecimal\":7.5}]" },
    { "\"type\":\"decimal\"", "1,000", NULL },                 /* a thousand or one? */
    { "\"type\":\"decimal\"", ".5", "[{\"valueDecimal\":0.5}]" },
    { "\"type\":\"decimal\"", "+3", "[{\"valueDecimal\":3}]" },
    { "\"type\":\"decimal\"", "00.50", "[{\"valueDecimal\":0.50}]" },
    { "\"type\":\"decimal\"", "0.1234567890123456789", "[{\"valueDecimal\":0.1234567890123456789}]" },
    { "\"type\":\"decimal\"", "1e400", NULL },
    { "\"type\":\"date\"", "1954", "[{\"valueDate\":\"1954\"}]" },
    { "\"type\":\"date\"", "1954-07", "[{\"valueDate\":\"1954-07\"}]" },
    { "\"type\":\"date\"", "1 jul 1954", "[{\"valueDate\":\"1954-07-01\"}]" },
    { "\"type\":\"date\"", "jul 1954", "[{\"valueDate\":\"1954-07\"}]" },
    { "\"type\":\"date\"", "7/1/1954", "[{\"valueDate\":\"1954-07-01\"}]" },
    { "\"type\":\"date\"", "today", "[{\"valueDate\":\"2026-11-23\"}]" },
    { "\"type\":\"date\"", "yesterday", "[{\"valueDate\":\"2026-11-22\"}]" },
    { "\"type\":\"date\"", "2w", "[{\"valueDate\":\"2026-12-07\"}]" },
    { "\"type\":\"date\"", "2025-02-30", NULL },
    { "\"type\":\"date\"", "soon", NULL },
    { "\"type\":\"dateTime\"", "2026-11-23 9:30", "[{\"valueDateTime\":\"2026-11-23T09:30:00-05:00\"}]" },
    { "\"type\":\"dateTime\"", "1 jul 2026 2pm", "[{\"valueDateTime\":\"2026-07-01T14:00:00-04:00\"}]" },
    { "\"type\":\"dateTime\"", "2026", "[{\"valueDateTime\":\"2026\"}]" },
    { "\"type\":\"dateTime\"", "1954-07 9:30", NULL },         /* a time of a month is no moment */
    { "\"type\":\"dateTime\"", "2026-11-23T09:30:00-05:00", "[{\"valueDateTime\":\"2026-11-23T09:30:00-05:00\"}]" },
    { "\"type\":\"time\"", "9:30", "[{\"valueTime\":\"09:30:00\"}]" },
    { "\"type\":\"time\"", "09:30:15", "[{\"valueTime\":\"09:30:15\"}]" }, { "\"type\":\"time\"", "1:2:3abc", NULL },
    { "\"type\":\"time\"", "2pm", "[{\"valueTime\":\"14:00:00\"}]" },
    { "\"type\":\"time\"", "14:05:07", "[{\"valueTime\":\"14:05:07\"}]" },
    { "\"type\":\"time\"", "25:00", NULL },
    { "\"type\":\"string\"", "  two words ", "[{\"valueString\":\"two words\"}]" },
    { "\"type\":\"string\"", "one\ntwo", NULL },
    { "\"type\":\"text\"", "one\ntwo", "[{\"valueString\":\"one\\ntwo\"}]" },
    { "\"type\":\"string\"", "a;b", "[{\"valueString\":\"a;b\"}]" },
    { "\"type\":\"string\",\"repeats\":true", "a; b ;", "[{\"valueString\":\"a\"},{\"valueString\":\"b\"}]" },
    { "\"type\":\"string\"", "bad \xFF bytes", NULL },
    { "\"type\":\"url\"", "https://example.org/x", "[{\"valueUri\":\"https://example.org/x\"}]" },
    { "\"type\":\"url\"", "not an address", NULL },
    { "\"type\":\"choice\"," OPTIONS, "1", "[{\"valueCoding\":{\"code\":\"a\",\"display\":\"Apple pie\"}}]" },
    { "\"type\":\"choice\"," OPTIONS, "b", "[{\"valueCoding\":{\"code\":\"b\",\"display\":\"Bread\"}}]" },      /* its prefix and its code */
    { "\"type\":\"choice\"," OPTIONS, "app", "[{\"valueCoding\":{\"code\":\"a\",\"display\":\"Apple pie\"}}]" },
    { "\"type\":\"choice\"," OPTIONS, "br", NULL },            /* two begin so */
    { "\"type\":\"choice\"," OPTIONS, "bri", "[{\"valueCoding\":{\"code\":\"c\",\"display\":\"Brioche\"}}]" },
    { "\"type\":\"choice\"," OPTIONS, "BREAD", "[{\"valueCoding\":{\"code\":\"b\",\"display\":\"Bread\"}}]" },
    { "\"type\":\"choice\"," OPTIONS, "4", NULL },
    { "\"type\":\"choice\"," OPTIONS, "jam", NULL },
    { "\"type\":\"choice\",\"repeats\":true," OPTIONS, "1,3", "[{\"valueCoding\":{\"code\":\"a\",\"display\":\"Apple pie\"}},{\"valueCoding\":{\"code\":\"c\",\"display\":\"Brioche\"}}]" },
    { "\"type\":\"open-choice\"," OPTIONS, "bread", "[{\"valueCoding\":{\"code\":\"b\",\"display\":\"Bread\"}}]" },
    { "\"type\":\"open-choice\"," OPTIONS, "jam", "[{\"valueString\":\"jam\"}]" },     /* free text never becomes a Coding */
    { "\"type\":\"open-choice\"", "jam", "[{\"valueString\":\"jam\"}]" },
    { "\"type\":\"choice\",\"answerValueSet\":\"http://example.org/nowhere\"", "jam", "[{\"valueCoding\":{\"display\":\"jam\"}}]" },
    { "\"type\":\"integer\",\"answerOption\":[{\"valueInteger\":10},{\"valueInteger\":20}]", "2", "[{\"valueInteger\":20}]" },
    { "\"type\":\"quantity\",\"extension\":[" UNIT("kg") "]", "72.50", "[{\"valueQuantity\":{\"value\":72.50,\"unit\":\"kg\"," UCUM ",\"code\":\"kg\"}}]" },
    { "\"type\":\"quantity\",\"extension\":[" UNIT("kg") "]", "72 kg", "[{\"valueQuantity\":{\"value\":72,\"unit\":\"kg\"," UCUM ",\"code\":\"kg\"}}]" },
    { "\"type\":\"quantity\",\"extension\":[" UNIT("kg") "]", "72 lb", NULL },
    { "\"type\":\"quantity\",\"extension\":[" UNIT_OPTION("cm", "centimeter") "," UNIT_OPTION("[in_i]", "inch") "]", "70 in", "[{\"valueQuantity\":{\"value\":70,\"unit\":\"inch\"," UCUM ",\"code\":\"[in_i]\"}}]" },
    { "\"type\":\"quantity\",\"extension\":[" UNIT_OPTION("cm", "centimeter") "," UNIT_OPTION("[in_i]", "inch") "]", "70", NULL },
    { "\"type\":\"quantity\"", "3 tablets", "[{\"valueQuantity\":{\"value\":3,\"unit\":\"tablets\"}}]" },
    { "\"type\":\"quantity\",\"extension\":[{\"url\":\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity\",\"valueQuantity\":{\"value\":125," UCUM ",\"code\":\"a\"}}]", "40 a",
      "[{\"valueQuantity\":{\"value\":40,\"unit\":\"a\"," UCUM ",\"code\":\"a\"}}]" },     /* the form compares units */
    { "\"type\":\"quantity\"", "37 C", "[{\"valueQuantity\":{\"value\":37,\"unit\":\"C\"}}]" },        /* no coulomb */
    { "\"type\":\"quantity\"", "tablets", NULL },
    { "\"type\":\"reference\"", "Practitioner/p1", "[{\"valueReference\":{\"reference\":\"Practitioner/p1\"}}]" },
    { "\"type\":\"reference\"", "Dr Patel", "[{\"valueReference\":{\"display\":\"Dr Patel\"}}]" },
    { "\"type\":\"attachment\"", "card, both sides", "[{\"valueAttachment\":{\"title\":\"card, both sides\"}}]" },
    { "\"type\":\"group\"", "x", NULL },
    { "\"type\":\"display\"", "x", NULL },
    { "\"type\":\"string\",\"readOnly\":true", "x", NULL },
};

static bool same_answers(const char *got, const char *want)
{
    struct doc *a = case_document(got), *b = case_document(want);
    bool same = node_equal(doc_root(a), doc_root(b));

    doc_free(a);
    doc_free(b);
    return same;
}

static void typed_text_becomes_the_right_answer(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *item = mem_printf("{\"linkId\":\"a\",\"text\":\"a\",%s}", cases[i].item);
        struct opened o = case_open(item);
        struct err err = {0};
        enum rc rc = form_type_answer(o.form, "a", cases[i].typed, &err);
        char *got = form_answers_text(o.form, "a");
        bool right = cases[i].wanted ? rc == RC_OK && got && same_answers(got, cases[i].wanted) : rc == RC_INVALID && !got && *err.text;

        if (!right) {
            print_error("%s: '%s' gives %s (%s)\n", cases[i].item, cases[i].typed, got ? got : "nothing", err.text);
            failures++;
        }
        free(got);
        case_close(&o);
        free(item);
    }
    assert_int_equal(failures, 0);
}

static void typing_nothing_clears(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"integer\"}");

    (void)state;
    case_type(o.form, "a", "5");
    case_type(o.form, "a", "");
    assert_null(form_answers_text(o.form, "a"));
    case_close(&o);
}

static void what_was_refused_leaves_the_answer_alone(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"integer\"}");
    struct err err = {0};
    char *words;

    (void)state;
    case_type(o.form, "a", "5");
    assert_int_equal(form_type_answer(o.form, "a", "five", &err), RC_INVALID);
    words = form_answer_words(o.form, form_row_by_path(o.form, "a"), 0);
    assert_string_equal(words, "5");
    free(words);
    case_close(&o);
}

static void the_clinic_decides_which_comes_first_day_or_month(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"date\"}");
    char *text;

    (void)state;
    form_set_day_first(o.form, true);
    case_type(o.form, "a", "7/1/1954");
    text = form_answers_text(o.form, "a");
    assert_string_equal(text, "[{\"valueDate\":\"1954-01-07\"}]");
    free(text);
    case_close(&o);
}

/* What stands in the field for editing gives the same answer when it is entered again. */
static void an_answer_can_be_typed_back(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *item, *first, *back, *again;
        struct opened o;

        if (!cases[i].wanted || strstr(cases[i].item, "answerValueSet"))
            continue;
        item = mem_printf("{\"linkId\":\"a\",\"text\":\"a\",%s}", cases[i].item);
        o = case_open(item);
        case_type(o.form, "a", cases[i].typed);
        first = form_answers_text(o.form, "a");
        back = form_answer_typed(o.form, form_row_by_path(o.form, "a"));
        if (!strstr(cases[i].item, "answerOption\":[{\"valueInteger"))
            case_type(o.form, "a", back);
        again = form_answers_text(o.form, "a");
        if (!again || strcmp(first, again)) {
            print_error("%s: '%s' comes back as %s\n", cases[i].item, back, again ? again : "nothing");
            failures++;
        }
        free(first);
        free(back);
        free(again);
        case_close(&o);
        free(item);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_text_becomes_the_right_answer), cmocka_unit_test(typing_nothing_clears),
        cmocka_unit_test(what_was_refused_leaves_the_answer_alone),
        cmocka_unit_test(the_clinic_decides_which_comes_first_day_or_month), cmocka_unit_test(an_answer_can_be_typed_back),
    };

    clock_set_zone("America/New_York");
    clock_set_now("2026-11-23T08:14");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
