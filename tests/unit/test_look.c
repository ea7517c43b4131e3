/* If this fails, a form loses its hints, its units, its slider or its controls on the way to the screen. */
#include "intake_case.h"

#define CORE "http://hl7.org/fhir/StructureDefinition/"
#define SDC "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
#define CONTROL(code) "{\"url\":\"" CORE "questionnaire-itemControl\",\"valueCodeableConcept\":{\"coding\":[{\"code\":" code "}]}}"

static const struct form_look *look_at(const struct form *form, const char *path)
{
    const struct form_row *row = form_row_by_path(form, path);

    assert_non_null(row);
    return row->look;
}

static void controls_reach_the_row(void **state)
{
    static const struct { const char *code; enum form_control control; } cases[] = {
        { "\"slider\"", CONTROL_SLIDER }, { "\"autocomplete\"", CONTROL_AUTOCOMPLETE }, { "\"drop-down\"", CONTROL_DROP_DOWN },
        { "\"radio-button\"", CONTROL_RADIO }, { "\"check-box\"", CONTROL_CHECK_BOX }, { "\"yearMonth\"", CONTROL_YEAR_MONTH },
        { "\"sidebar\"", CONTROL_NONE },
        { "[\"slider\"]", CONTROL_NONE },       /* a wrong shape in real forms: no control, no failure */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *control = mem_printf(CONTROL("%s"), cases[i].code);
        char *items = mem_printf("{\"linkId\":\"a\",\"type\":\"integer\",\"extension\":[%s]}", control);
        struct opened o = case_open(items);

        assert_int_equal(look_at(o.form, "a")->control, cases[i].control);
        case_close(&o);
        free(items);
        free(control);
    }
}

static void words_that_explain_stand_with_their_question(void **state)
{
    struct opened o = case_open(
        "{\"linkId\":\"a\",\"type\":\"integer\",\"text\":\"Pain\",\"extension\":[" CONTROL("\"slider\"") ","
        "{\"url\":\"" CORE "questionnaire-sliderStepValue\",\"valueInteger\":5},{\"url\":\"" CORE "minValue\",\"valueInteger\":0},"
        "{\"url\":\"" CORE "maxValue\",\"valueInteger\":100}],\"item\":["
        "{\"linkId\":\"h\",\"type\":\"display\",\"text\":\"Of today\",\"extension\":[" CONTROL("\"help\"") "]},"
        "{\"linkId\":\"f\",\"type\":\"display\",\"text\":\"More\",\"extension\":[" CONTROL("\"flyover\"") "]},"
        "{\"linkId\":\"p\",\"type\":\"display\",\"text\":\"Move\",\"extension\":[" CONTROL("\"prompt\"") "]},"
        "{\"linkId\":\"l\",\"type\":\"display\",\"text\":\"None\",\"extension\":[" CONTROL("\"lower\"") "]},"
        "{\"linkId\":\"u\",\"type\":\"display\",\"text\":\"Worst\",\"extension\":[" CONTROL("\"upper\"") "]},"
        "{\"linkId\":\"c\",\"type\":\"display\",\"text\":\"Above fifty\",\"extension\":[" CONTROL("\"help\"") "],"
        "\"enableWhen\":[{\"question\":\"a\",\"operator\":\">\",\"answerInteger\":50}]}]}");
    const struct form_row *row = form_row_by_path(o.form, "a");

    (void)state;
    assert_string_equal(row->help, "Of today");
    assert_string_equal(row->look->flyover, "More");
    assert_string_equal(row->look->prompt, "Move");
    assert_string_equal(row->look->lower, "None");
    assert_string_equal(row->look->upper, "Worst");
    assert_string_equal(row->look->step, "5");
    assert_string_equal(row->min, "0");
    assert_string_equal(row->max, "100");
    assert_int_equal(form_rows(o.form), 1);
    case_type(o.form, "a", "60");       /* a help text under a condition of its own is a row that comes and goes */
    assert_int_equal(form_rows(o.form), 2);
    assert_string_equal(form_row(o.form, 1)->text, "Above fifty");
    case_close(&o);
}

static void what_a_field_needs_to_know(void **state)
{
    struct opened o = case_open(
        "{\"linkId\":\"q\",\"type\":\"quantity\",\"extension\":["
        "{\"url\":\"" CORE "questionnaire-unitOption\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\",\"display\":\"kilos\"}},"
        "{\"url\":\"" CORE "questionnaire-unitOption\",\"valueCoding\":{\"system\":\"http://unitsofmeasure.org\",\"code\":\"[lb_av]\"}},"
        "{\"url\":\"" SDC "maxQuantity\",\"valueQuantity\":{\"value\":300,\"unit\":\"kg\"}},"
        "{\"url\":\"" SDC "unitOpen\",\"valueCode\":\"optionsOrString\"}]},"
        "{\"linkId\":\"o\",\"type\":\"open-choice\",\"answerOption\":[{\"valueString\":\"x\"}],\"extension\":["
        "{\"url\":\"" SDC "openLabel\",\"valueString\":\"Something else\"},"
        "{\"url\":\"" CORE "questionnaire-choiceOrientation\",\"valueCode\":\"horizontal\"}]},"
        "{\"linkId\":\"r\",\"type\":\"reference\",\"extension\":["
        "{\"url\":\"" CORE "questionnaire-referenceResource\",\"valueCode\":\"Patient\"},"
        "{\"url\":\"" CORE "questionnaire-referenceResource\",\"valueCode\":\"Group\"}]},"
        "{\"linkId\":\"t\",\"type\":\"attachment\",\"extension\":[{\"url\":\"" CORE "mimeType\",\"valueCode\":\"image/png\"},"
        "{\"url\":\"" CORE "maxSize\",\"valueDecimal\":1000}]},"
        "{\"linkId\":\"d\",\"type\":\"display\",\"text\":\"Read this\",\"_text\":{\"extension\":["
        "{\"url\":\"" CORE "rendering-style\",\"valueString\":\"color: red; font-weight: bold\"},"
        "{\"url\":\"" CORE "rendering-styleSensitive\",\"valueBoolean\":true}]},\"extension\":["
        "{\"url\":\"" CORE "questionnaire-displayCategory\",\"valueCodeableConcept\":{\"coding\":[{\"code\":\"security\"}]}}]}");
    const struct form_row *quantity = form_row_by_path(o.form, "q");

    (void)state;
    assert_int_equal(quantity->look->n_units, 2);
    assert_string_equal(form_unit(o.form, quantity, 0).label, "kilos");
    assert_string_equal(form_unit(o.form, quantity, 1).label, "[lb_av]");
    assert_true(quantity->look->is_unit_open);
    assert_string_equal(quantity->max, "300 kg");
    assert_true(look_at(o.form, "o")->is_open);
    assert_true(look_at(o.form, "o")->is_horizontal);
    assert_string_equal(look_at(o.form, "o")->open_label, "Something else");
    assert_string_equal(look_at(o.form, "r")->references, "Patient Group");
    assert_string_equal(look_at(o.form, "t")->mime_types, "image/png");
    assert_string_equal(look_at(o.form, "t")->max_size, "1000");
    assert_string_equal(look_at(o.form, "d")->display_category, "security");
    assert_int_equal(look_at(o.form, "d")->style, FORM_STYLE_BOLD | FORM_STYLE_ALERT);
    assert_true(look_at(o.form, "d")->is_style_sensitive);
    case_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_reach_the_row), cmocka_unit_test(words_that_explain_stand_with_their_question),
        cmocka_unit_test(what_a_field_needs_to_know),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
