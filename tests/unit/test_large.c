/* If this fails, a form that is larger or deeper than any real one takes the desk down, loses answers, or is
 * cut short without a word. How long things take is measured by tests/bench, not here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "intake/check/check.h"
#include "intake/form.h"
#include "fhir/fhirpath.h"

enum { ITEMS = 30000, OPTIONS = 50000, DEEP = 100, TOO_DEEP = 124 };

/* A Questionnaire of the items whose text is in items; takes items. */
static struct doc *questionnaire(struct buf *items)
{
    struct buf text = {0};
    struct doc *doc = NULL;
    struct err err = {0};

    buf_printf(&text, "{\"resourceType\":\"Questionnaire\",\"url\":\"http://example.org/large\",\"title\":\"Large\",\"status\":\"active\",\"item\":[");
    buf_add(&text, buf_text(items));
    buf_add(&text, "]}");
    if (doc_parse(text.data, text.len, &doc, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    buf_done(&text);
    buf_done(items);
    return doc;
}

static struct form *opened(const struct doc *questionnaire)
{
    struct form *form = NULL;
    struct err err = {0};

    if (form_open(questionnaire, NULL, &form, &err) != RC_OK)
        fail_msg("%s", err_text(&err));
    return form;
}

static void typed(struct form *form, const char *path, const char *text)
{
    struct err err = {0};

    if (form_type_answer(form, path, text, &err) != RC_OK)
        fail_msg("%s: %s", path, err_text(&err));
}

/* Kept as a response, checked, and opened from it: the answer at path is there again. */
static void comes_back(const struct doc *q, const struct form *form, const char *path, const char *words)
{
    struct doc *response = NULL, *outcome = NULL;
    struct form *again = opened(q);
    char *got;
    int errors = -1;

    assert_int_equal(form_response(form, "r", "in-progress", "p", "s", NULL, &response, NULL), RC_OK);
    assert_int_equal(questionnaire_check(q, response, &outcome, &errors, NULL), RC_OK);
    assert_int_equal(errors, 0);
    assert_int_equal(form_load_response(again, response, NULL), RC_OK);
    got = form_answer_words(again, form_row_by_path(again, path), 0);
    assert_string_equal(got, words);
    free(got);
    form_close(again);
    doc_free(outcome);
    doc_free(response);
}

static void many_items(void **state)
{
    struct buf items = {0};
    struct doc *q;
    struct form *form;
    char *got;

    (void)state;
    buf_add(&items, "{\"linkId\":\"sum\",\"type\":\"integer\",\"readOnly\":true,\"extension\":[{\"url\":"
                    "\"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression\",\"valueExpression\":{\"language\":\"text/fhirpath\","
                    "\"expression\":\"%resource.item.where(linkId.startsWith('n')).answer.value.sum()\"}}]}");
    for (int i = 0; i < ITEMS; i++)
        if (i % 2)
            buf_printf(&items, ",{\"linkId\":\"n%d\",\"type\":\"integer\",\"text\":\"How many of the things that are meant by the number %d, counted with care?\"}", i, i);
        else
            buf_printf(&items, ",{\"linkId\":\"c%d\",\"type\":\"choice\",\"text\":\"One of these\",\"answerOption\":[{\"valueCoding\":{\"code\":\"a\",\"display\":\"one\"}},"
                               "{\"valueCoding\":{\"code\":\"b\",\"display\":\"two\"}}],\"enableWhen\":[{\"question\":\"n%d\",\"operator\":\"exists\",\"answerBoolean\":true}]}", i, i + 1);
    assert_true(items.len > 5000000);
    q = questionnaire(&items);
    form = opened(q);
    assert_int_equal(form_rows(form), 1 + ITEMS / 2);
    typed(form, "n1", "4");
    typed(form, "n29999", "7");
    assert_int_equal(form_rows(form), 3 + ITEMS / 2);       /* the choices that wait for them */
    typed(form, "c29998", "two");
    got = form_answer_words(form, form_row_by_path(form, "sum"), 0);
    assert_string_equal(got, "11");
    free(got);
    comes_back(q, form, "c29998", "two");
    form_close(form);
    doc_free(q);
}

/* The same linkId over and over, unknown types and conditions on nothing: each is said once, and soon. */
static void many_defects(void **state)
{
    struct buf items = {0};
    struct doc *q;
    struct form *form;

    (void)state;
    for (int i = 0; i < ITEMS; i++)
        buf_printf(&items, "%s{\"linkId\":\"same\",\"type\":\"integer\"},{\"linkId\":\"b%d\",\"type\":\"odd%d\"}", i ? "," : "", i, i);
    q = questionnaire(&items);
    form = opened(q);
    assert_int_equal(form_rows(form), 2 * ITEMS);
    assert_int_equal(form_defects(form), ITEMS + 1);
    typed(form, "same~30000", "3");
    assert_int_equal(form_row_by_path(form, "same~30000")->n_answers, 1);
    assert_int_equal(form_row_by_path(form, "same")->n_answers, 0);
    form_close(form);
    doc_free(q);
}

/* depth items in one another, of this type, with an integer at the bottom; *path leads there. */
static struct doc *nested(int depth, const char *type, struct buf *path)
{
    struct buf items = {0};

    for (int i = 0; i < depth; i++) {
        buf_printf(&items, "{\"linkId\":\"d%d\",\"type\":\"%s\",\"text\":\"Level %d\",\"item\":[", i, type, i);
        buf_printf(path, "d%d/", i);
    }
    buf_add(&items, "{\"linkId\":\"bottom\",\"type\":\"integer\",\"text\":\"Bottom\"}");
    buf_add(path, "bottom");
    for (int i = 0; i < depth; i++)
        buf_add(&items, "]}");
    return questionnaire(&items);
}

static void deep_groups(void **state)
{
    struct buf path = {0};
    struct doc *q = nested(DEEP, "group", &path);
    struct form *form = opened(q);

    (void)state;
    typed(form, path.data, "42");
    comes_back(q, form, path.data, "42");
    form_close(form);
    doc_free(q);
    buf_done(&path);
}

/* A question below the answer of a question, a hundred times: four levels of JSON for each. */
static void deep_questions(void **state)
{
    struct buf path = {0};
    struct doc *q = nested(DEEP, "boolean", &path);
    struct form *form = opened(q);

    (void)state;
    for (char *p = path.data; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        typed(form, path.data, "y");
    }
    typed(form, path.data, "42");
    comes_back(q, form, path.data, "42");
    form_close(form);
    doc_free(q);
    buf_done(&path);
}

static void deeper_than_that_is_said(void **state)
{
    struct buf path = {0};
    struct doc *q = nested(TOO_DEEP, "group", &path);
    struct form *form = opened(q);
    bool is_said = false;

    (void)state;
    assert_null(form_row_by_path(form, path.data));
    for (size_t i = 0; i < form_defects(form); i++)
        is_said |= strstr(form_defect(form, i), "levels deep") != NULL;
    assert_true(is_said);
    form_close(form);
    doc_free(q);
    buf_done(&path);
}

static void many_options(void **state)
{
    struct buf items = {0};
    struct doc *q;
    struct form *form;

    (void)state;
    for (int item = 0; item < 2; item++) {
        buf_printf(&items, "%s{\"linkId\":\"%s\",\"type\":\"%s\",\"repeats\":%s,\"text\":\"Which\",\"answerOption\":[", item ? "," : "",
                   item ? "many" : "one", item ? "open-choice" : "choice", item ? "true" : "false");
        for (int i = 0; i < OPTIONS; i++)
            buf_printf(&items, "%s{\"valueCoding\":{\"system\":\"http://example.org/o\",\"code\":\"o%d\",\"display\":\"Option %d\"}}", i ? "," : "", i, i);
        buf_add(&items, "]}");
    }
    q = questionnaire(&items);
    form = opened(q);
    assert_int_equal(form_options(form, form_row_by_path(form, "one")), OPTIONS);
    typed(form, "one", "Option 49999");
    assert_int_equal(form_choose(form, "many", 49998, true, NULL), RC_OK);
    assert_int_equal(form_choose(form, "many", 3, true, NULL), RC_OK);
    assert_int_equal(form_row_by_path(form, "many")->n_answers, 2);
    comes_back(q, form, "one", "Option 49999");
    comes_back(q, form, "many", "Option 3");
    form_close(form);
    doc_free(q);
}

/* Expressions end, and say at which bound. */
static void expressions_are_bounded(void **state)
{
    static const struct { const char *expression, *why; } bounded[] = {
        {"(1|2|3|4|5|6|7|8|9).select($this.repeat($this + 1))", "more than 20000 steps"},
        {"('abcdefghijklmnopqrstuvwxyz1234567').toChars().aggregate($total.combine($total), 1)", "64 MB of memory"},
        {"('abcdefghijklmnopqrstuvwxyz1234567').toChars().aggregate($total & $total, 'xx')", "more than 16777216 bytes"},
        {"('abcdefghijklmnop').toChars().aggregate($total & $total, 'aaaaaaa').replace('', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')", "more than 16777216 bytes"},
        {"('abcdefghijklmnop').toChars().aggregate($total & $total, 'aaaaaaa').matches('(?=a*b)a')", "more than 33554432 steps"},
        {"('abcdefghijklmnop').toChars().aggregate($total & $total, 'aaaaaaa').replaceMatches('a', 'b')", "more than 33554432 steps"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++) {
        struct fp_env env = {.steps = 20000};
        struct fhirpath *expression = NULL;
        struct fp_result result;
        struct err err = {0};

        assert_int_equal(fhirpath_compile(bounded[i].expression, &expression, &err), RC_OK);
        assert_int_equal(fhirpath_eval(expression, &env, &result, &err), RC_INVALID);
        if (!strstr(err_text(&err), bounded[i].why))
            fail_msg("%s: %s", bounded[i].expression, err_text(&err));
        fhirpath_free(expression);
    }
}

/* A path is a chain of any length in the text, and is walked by calls: too long a one is refused. */
static void long_paths_are_refused(void **state)
{
    struct fhirpath *expression = NULL;
    struct buf text = {0};
    struct err err = {0};

    (void)state;
    buf_add(&text, "item");
    for (int i = 0; i < 200000; i++)
        buf_add(&text, ".item");
    assert_int_equal(fhirpath_compile(text.data, &expression, &err), RC_INVALID);
    assert_non_null(strstr(err_text(&err), "400 levels"));
    buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_items), cmocka_unit_test(many_defects), cmocka_unit_test(deep_groups), cmocka_unit_test(deep_questions),
        cmocka_unit_test(deeper_than_that_is_said), cmocka_unit_test(many_options), cmocka_unit_test(expressions_are_bounded),
        cmocka_unit_test(long_paths_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
