/* If this fails, a large or circular form holds up the desk, or an answer works out more than it must.
 * The rules of enableWhen themselves are in tests/forms/enable.json. */
#include "tests/unit/intake_case.h"

#include <stdio.h>

#include "intake/model.h"

enum { LINKS = 400 };

/* Each question hangs on the next one: the last answer opens them all, from the end to the front. */
static struct opened chain_open(void)
{
    struct buf items = {0};
    struct opened o;

    for (int i = 0; i < LINKS; i++)
        buf_printf(&items, "{\"linkId\":\"q%d\",\"type\":\"boolean\",\"enableWhen\":[{\"question\":\"q%d\",\"operator\":\"=\",\"answerBoolean\":true}]},", i, i + 1);
    buf_printf(&items, "{\"linkId\":\"q%d\",\"type\":\"boolean\"}", LINKS);
    o = case_open(buf_text(&items));
    buf_done(&items);
    return o;
}

static void a_long_chain_from_back_to_front_settles(void **state)
{
    struct opened o = chain_open();
    struct doc *yes = case_document("[{\"valueBoolean\":true}]");

    (void)state;
    assert_int_equal(form_rows(o.form), 1);
    for (int i = 0; i <= LINKS; i++) {
        char path[16];

        snprintf(path, sizeof path, "q%d", i);
        assert_int_equal(form_set_json(o.form, path, doc_root(yes), NULL), RC_OK);
    }
    assert_int_equal(form_rows(o.form), LINKS + 1);
    case_type(o.form, "q400", "n");
    assert_int_equal(form_rows(o.form), 1);
    assert_string_equal(form_change_words(o.form), "400 questions went");
    assert_int_equal(form_defects(o.form), 0);
    doc_free(yes);
    case_close(&o);
}

static void a_circle_is_named_once_and_the_form_goes_on(void **state)
{
    struct opened o = case_open(
        "{\"linkId\":\"a\",\"type\":\"string\",\"initial\":[{\"valueString\":\"x\"}],\"enableWhen\":[{\"question\":\"b\",\"operator\":\"exists\",\"answerBoolean\":true}]},"
        "{\"linkId\":\"b\",\"type\":\"string\",\"initial\":[{\"valueString\":\"x\"}],\"enableWhen\":[{\"question\":\"a\",\"operator\":\"exists\",\"answerBoolean\":false}]},"
        "{\"linkId\":\"c\",\"type\":\"string\"}");

    (void)state;
    assert_int_equal(form_defects(o.form), 2);
    assert_non_null(strstr(form_defect(o.form, 0), "item a"));
    case_type(o.form, "c", "x");
    assert_int_equal(form_defects(o.form), 2);
    assert_int_equal(form_rows(o.form), 3);
    case_close(&o);
}

/* table: an order of two values as the conditions and limits see it. */
static const struct { const char *a, *b; enum order order; } orders[] = {
    { "1.10", "1.1", ORDER_SAME }, { "1e3", "1000", ORDER_SAME }, { "-0", "0", ORDER_SAME }, { "0.1", "0.10000000000000000000001", ORDER_LESS },
    { "-2", "1", ORDER_LESS }, { "-2", "-3", ORDER_MORE }, { "10", "9.999", ORDER_MORE }, { "1e30", "1e29", ORDER_MORE }, { "x", "1", ORDER_UNKNOWN },
    { "123456789012345678901234567890123", "123456789012345678901234567890122e1", ORDER_LESS },
};
static const struct { const char *a, *b; enum order order; } moments[] = {
    { "2020", "2021", ORDER_LESS }, { "2020", "2020-05", ORDER_UNKNOWN }, { "2020-05-01", "2020-05-01", ORDER_SAME }, { "2020-06", "2020-05-31", ORDER_MORE },
    { "2020-05-01T10:00:00Z", "2020-05-01T11:00:00+01:00", ORDER_SAME }, { "2020-05-01", "2020-05-01T10:00:00Z", ORDER_UNKNOWN }, { "10:00:00", "09:59:59", ORDER_MORE },
};
static const struct { const char *a, *b; enum order order; } quantities[] = {
    { "{\"value\":1000,\"code\":\"g\"}", "{\"value\":1,\"code\":\"kg\"}", ORDER_SAME },
    { "{\"value\":10000,\"code\":\"m\"}", "{\"value\":50,\"code\":\"km\"}", ORDER_LESS },
    { "{\"value\":37,\"code\":\"Cel\"}", "{\"value\":98.6,\"code\":\"[degF]\"}", ORDER_SAME },
    { "{\"value\":1,\"code\":\"[lb_av]\"}", "{\"value\":0.45359237,\"code\":\"kg\"}", ORDER_SAME },
    { "{\"value\":1,\"code\":\"[mi_i]\"}", "{\"value\":1,\"code\":\"kg\"}", ORDER_UNKNOWN },
    { "{\"value\":2,\"unit\":\"tablets\"}", "{\"value\":1,\"unit\":\"tablets\"}", ORDER_MORE },
};

static void values_are_ordered_by_what_they_mean(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        assert_int_equal(decimal_order(orders[i].a, orders[i].b), orders[i].order);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        assert_int_equal(moment_order(moments[i].a, moments[i].b), moments[i].order);
    for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++) {
        struct doc *a = case_document(quantities[i].a), *b = case_document(quantities[i].b);

        assert_int_equal(quantity_order(doc_root(a), doc_root(b)), quantities[i].order);
        doc_free(a);
        doc_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_chain_from_back_to_front_settles), cmocka_unit_test(a_circle_is_named_once_and_the_form_goes_on),
        cmocka_unit_test(values_are_ordered_by_what_they_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
