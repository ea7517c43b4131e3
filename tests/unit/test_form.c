/* If this fails, a screen shows the wrong words, options or order of a form, or shows what a terminal must not get. */
#include "tests/unit/intake_case.h"

#include "intake/model.h"

static const struct { const char *given, *wanted; } texts[] = {
    { "plain", "plain" },
    { "**Bold** and *slanted* and __more__ and _it_", "Bold and slanted and more and it" },
    { "snake_case and 2 * 3 * 4 stay", "snake_case and 2 * 3 * 4 stay" },
    { "# Heading\n\ntext", "Heading text" },
    { "see [the page](https://example.org/x)", "see the page" },
    { "[ ] a box", "[ ] a box" },
    { "<p>One<br/>two &amp; <b>three</b>s</p>", "One two & threes" },
    { "<script>alert(1)</script>left", "left" },
    { "5 < 6 and 7 > 6", "5 < 6 and 7 > 6" },
    { "a&nbsp;b &lt;c&gt;", "a b <c>" },
    { "a&#xa0;b&#160;c &#233;&#x2013; &#27;[1m &#x110000; &#;", "a b c \xC3\xA9\xE2\x80\x93 &#27;[1m &#x110000; &#;" },
    { "code `x`", "code x" },
    { "two\n\n  lines\tand tab", "two lines and tab" },
    { "<unclosed", "<unclosed" },
    { "1\\. escaped", "1. escaped" },
};

static void marks_are_reduced_to_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *plain = plain_text(texts[i].given, true);

        assert_string_equal(plain, texts[i].wanted);
        free(plain);
    }
}

static void nothing_hostile_comes_out_of_a_form(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"open-choice\",\"text\":\"red\\u001b[31m \\u202etxet\","
                                "\"answerOption\":[{\"valueCoding\":{\"code\":\"x\",\"display\":\"o\\u0007ption\"}}],"
                                "\"item\":[{\"linkId\":\"h\",\"type\":\"display\",\"text\":\"he\\u009blp\"}]}");
    const struct form_row *row = form_row(o.form, 0);
    char *words;

    (void)state;
    assert_null(strchr(row->text, '\x1b'));
    assert_null(strstr(row->text, "\xE2\x80\xAE"));
    assert_null(strstr(row->help, "\xC2\x9B"));
    assert_null(strchr(form_option(o.form, row, 0).label, '\a'));
    case_type(o.form, "a", "typed \x1b]0;title\x07");
    words = form_answer_words(o.form, form_row(o.form, 0), 0);
    assert_null(strchr(words, '\x1b'));
    free(words);
    case_close(&o);
}

static void a_row_carries_what_a_screen_shows(void **state)
{
    struct opened o = case_open(
        "{\"linkId\":\"p\",\"type\":\"group\",\"text\":\"Page\",\"item\":[{\"linkId\":\"a\",\"prefix\":\"1.\",\"text\":\"Weight\",\"type\":\"quantity\",\"required\":true,"
        "\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-unit\",\"valueCoding\":{\"code\":\"kg\",\"display\":\"kilogram\"}},"
        "{\"url\":\"http://hl7.org/fhir/StructureDefinition/entryFormat\",\"valueString\":\"as 72.5\"}]},"
        "{\"linkId\":\"d\",\"type\":\"display\",\"text\":\"A line of text\"}]}");
    const struct form_row *row = form_row_by_path(o.form, "p/a");

    (void)state;
    assert_int_equal(form_rows(o.form), 3);
    assert_string_equal(form_title(o.form), "A form");
    assert_true(form_row(o.form, 0)->is_page);
    assert_int_equal(row->depth, 1);
    assert_string_equal(row->prefix, "1.");
    assert_string_equal(row->text, "Weight");
    assert_string_equal(row->unit, "kilogram");
    assert_string_equal(row->look->entry_format, "as 72.5");
    assert_true(row->required);
    assert_int_equal(form_row(o.form, 2)->type, FORM_DISPLAY);
    assert_null(form_row_by_path(o.form, "p/nowhere"));
    case_close(&o);
}

#define BOX "{\"linkId\":\"a\",\"type\":\"choice\",\"repeats\":true,\"answerOption\":[{\"valueCoding\":{\"code\":\"x\"}},{\"valueCoding\":{\"code\":\"y\"}}," \
    "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive\",\"valueBoolean\":true}],\"valueCoding\":{\"code\":\"none\"}}]}"

static void choose(struct form *form, size_t option, bool on)
{
    struct err err = {0};

    assert_int_equal(form_choose(form, "a", option, on, &err), RC_OK);
}

static void assert_chosen(const struct form *form, const char *marks)
{
    const struct form_row *row = form_row_by_path(form, "a");

    for (size_t i = 0; marks[i]; i++)
        assert_int_equal(form_option(form, row, i).chosen, marks[i] == 'x');
}

static void boxes_are_ticked_one_by_one_and_none_clears_the_rest(void **state)
{
    struct opened o = case_open(BOX);
    struct err err = {0};

    (void)state;
    choose(o.form, 1, true);
    choose(o.form, 0, true);
    assert_chosen(o.form, "xx ");
    assert_string_equal(node_path_str(form_answer(o.form, form_row(o.form, 0), 0), "valueCoding.code"), "x");
    choose(o.form, 2, true);
    assert_chosen(o.form, "  x");
    choose(o.form, 0, true);
    assert_chosen(o.form, "x  ");
    choose(o.form, 0, false);
    assert_chosen(o.form, "   ");
    assert_int_equal(form_choose(o.form, "a", 9, true, &err), RC_INVALID);
    case_close(&o);
}

static void one_choice_replaces_the_other_where_one_is_taken(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"choice\",\"answerOption\":[{\"valueCoding\":{\"code\":\"x\"}},{\"valueCoding\":{\"code\":\"y\"}}]}");

    (void)state;
    choose(o.form, 0, true);
    choose(o.form, 1, true);
    assert_chosen(o.form, " x");
    choose(o.form, 1, false);
    assert_chosen(o.form, "  ");
    case_close(&o);
}

static void value_sets_inside_the_form_give_the_options(void **state)
{
    struct doc *q = case_document(
        "{\"resourceType\":\"Questionnaire\",\"status\":\"active\",\"contained\":["
        "{\"resourceType\":\"ValueSet\",\"id\":\"v\",\"compose\":{\"include\":[{\"system\":\"http://e\",\"concept\":[{\"code\":\"1\",\"display\":\"One\"}]},{\"system\":\"http://own\"}]}},"
        "{\"resourceType\":\"CodeSystem\",\"id\":\"c\",\"url\":\"http://own\",\"concept\":[{\"code\":\"2\",\"display\":\"Two\",\"concept\":[{\"code\":\"3\",\"display\":\"Three\"}]}]}],"
        "\"item\":[{\"linkId\":\"a\",\"type\":\"choice\",\"answerValueSet\":\"#v\"},{\"linkId\":\"b\",\"type\":\"choice\",\"answerValueSet\":\"http://example.org/none\"},"
        "{\"linkId\":\"c\",\"type\":\"choice\",\"answerValueSet\":\"http://hl7.org/fhir/ValueSet/administrative-gender\"}]}");
    struct form *form;
    const struct form_row *row;

    (void)state;
    assert_int_equal(form_open(q, NULL, &form, NULL), RC_OK);
    row = form_row_by_path(form, "a");
    assert_int_equal(form_options(form, row), 3);
    assert_string_equal(form_option(form, row, 2).label, "Three");
    assert_int_equal(form_options(form, form_row_by_path(form, "b")), 0);
    assert_true(*form_row_by_path(form, "b")->note);            /* said plainly, and typed */
    assert_int_equal(form_options(form, form_row_by_path(form, "c")), 4);
    assert_int_equal(form_defects(form), 1);
    form_close(form);
    doc_free(q);
}

#define IN_SPANISH(words) "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/translation\",\"extension\":[" \
    "{\"url\":\"lang\",\"valueCode\":\"es\"},{\"url\":\"content\",\"valueString\":\"" words "\"}]}]}"

static void a_form_speaks_the_language_of_the_patient(void **state)
{
    struct doc *q = case_questionnaire("{\"linkId\":\"a\",\"type\":\"choice\",\"text\":\"Sex\",\"_text\":" IN_SPANISH("Sexo")
                                       ",\"answerOption\":[{\"valueCoding\":{\"code\":\"f\",\"display\":\"Female\",\"_display\":" IN_SPANISH("Mujer") "}}]}");
    struct doc *patient = case_document("{\"resourceType\":\"Patient\",\"communication\":[{\"language\":{\"coding\":[{\"code\":\"en\"}]}},"
                                        "{\"language\":{\"coding\":[{\"code\":\"es-MX\"}]},\"preferred\":true}]}");
    struct form *form;

    (void)state;
    assert_int_equal(form_open(q, &(struct form_context){ .patient = patient }, &form, NULL), RC_OK);
    assert_string_equal(form_row(form, 0)->text, "Sexo");
    assert_string_equal(form_option(form, form_row(form, 0), 0).label, "Mujer");
    case_type(form, "a", "mujer");
    assert_string_equal(node_path_str(form_answer(form, form_row(form, 0), 0), "valueCoding.display"), "Female");
    form_close(form);
    assert_int_equal(form_open(q, NULL, &form, NULL), RC_OK);
    assert_string_equal(form_row(form, 0)->text, "Sex");
    form_close(form);
    doc_free(patient);
    doc_free(q);
}

/* Broken forms of every kind open, or are refused in words; none stops the desk. */
static void broken_forms_open_or_are_refused(void **state)
{
    static const char *const items[] = {
        "{}", "5", "null", "{\"linkId\":5}", "{\"linkId\":\"a\"}", "{\"linkId\":\"a\",\"type\":\"riddle\"}", "{\"linkId\":\"a\",\"type\":\"choice\",\"answerOption\":5}",
        "{\"linkId\":\"a\",\"type\":\"group\",\"item\":{}}", "{\"linkId\":\"a\",\"type\":\"string\",\"enableWhen\":[5,{}]}",
        "{\"linkId\":\"a\",\"type\":\"string\",\"extension\":[5,{},{\"url\":5},{\"url\":\"http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces\",\"valueString\":\"x\"}]}",
        "{\"linkId\":\"a\",\"type\":\"choice\",\"answerValueSet\":\"#\"}", "{\"linkId\":\"a\",\"type\":\"string\",\"initial\":[5,{\"valueCoding\":{}}]}",
        "{\"linkId\":\"a\",\"type\":\"choice\",\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl\",\"valueCodeableConcept\":{\"coding\":{\"code\":[\"x\"]}}}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        struct doc *q = case_questionnaire(items[i]);
        struct form *form = NULL;
        struct err err = {0};

        if (form_open(q, NULL, &form, &err) != RC_OK)
            assert_true(*err.text);
        form_close(form);
        doc_free(q);
    }
}

static void what_cannot_be_answered_now_is_refused(void **state)
{
    struct opened o = case_open("{\"linkId\":\"a\",\"type\":\"string\",\"enableWhen\":[{\"question\":\"b\",\"operator\":\"exists\",\"answerBoolean\":true}]},"
                                "{\"linkId\":\"b\",\"type\":\"string\"},{\"linkId\":\"g\",\"type\":\"group\",\"item\":[{\"linkId\":\"c\",\"type\":\"string\"}]}");
    struct err err = {0};

    (void)state;
    assert_int_equal(form_type_answer(o.form, "a", "x", &err), RC_INVALID);
    assert_int_equal(form_type_answer(o.form, "nowhere", "x", &err), RC_INVALID);
    assert_int_equal(form_repeat(o.form, "g", &err), RC_INVALID);
    assert_int_equal(form_reset_calculated(o.form, "b", &err), RC_INVALID);
    assert_int_equal(form_type_answer(o.form, "g/c", "x", &err), RC_OK);
    case_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_reduced_to_words), cmocka_unit_test(nothing_hostile_comes_out_of_a_form),
        cmocka_unit_test(a_row_carries_what_a_screen_shows), cmocka_unit_test(boxes_are_ticked_one_by_one_and_none_clears_the_rest),
        cmocka_unit_test(one_choice_replaces_the_other_where_one_is_taken), cmocka_unit_test(value_sets_inside_the_form_give_the_options),
        cmocka_unit_test(a_form_speaks_the_language_of_the_patient),
        cmocka_unit_test(broken_forms_open_or_are_refused), cmocka_unit_test(what_cannot_be_answered_now_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
