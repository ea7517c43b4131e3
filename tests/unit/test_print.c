/* A paper form lacks a question, splits one from its answers, or says of an answer what nobody gave. */
#include "tests/unit/intake_case.h"

#include <locale.h>
#include <stdio.h>

#include "base/utf8.h"
#include "intake/print/print.h"
#include "paper/plain.h"

static const char items[] =
    "{\"linkId\":\"1\",\"text\":\"Habits\",\"type\":\"group\",\"item\":["
    " {\"linkId\":\"1.1\",\"prefix\":\"1.1\",\"text\":\"Do you smoke?\",\"type\":\"boolean\",\"required\":true},"
    " {\"linkId\":\"1.2\",\"prefix\":\"1.2\",\"text\":\"How many a day?\",\"type\":\"integer\","
    "  \"enableWhen\":[{\"question\":\"1.1\",\"operator\":\"=\",\"answerBoolean\":true}]},"
    " {\"linkId\":\"1.3\",\"prefix\":\"1.3\",\"text\":\"Which of these?\",\"type\":\"choice\",\"repeats\":true,\"answerOption\":["
    "  {\"valueCoding\":{\"code\":\"a\",\"display\":\"Asthma\"}},{\"valueCoding\":{\"code\":\"d\",\"display\":\"Diabetes\"}}]},"
    " {\"linkId\":\"1.4\",\"text\":\"Please read this.\",\"type\":\"display\"},"
    " {\"linkId\":\"1.5\",\"text\":\"In your words\",\"type\":\"text\",\"item\":[{\"linkId\":\"1.5.h\",\"text\":\"As much as you like.\",\"type\":\"display\","
    "  \"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl\",\"valueCodeableConcept\":{\"coding\":[{\"code\":\"help\"}]}}]}]}]},"
    "{\"linkId\":\"2\",\"text\":\"Medicines\",\"type\":\"group\",\"repeats\":true,"
    "  \"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl\",\"valueCodeableConcept\":{\"coding\":[{\"code\":\"gtable\"}]}}],"
    "  \"item\":[{\"linkId\":\"2.1\",\"text\":\"Name\",\"type\":\"string\"},{\"linkId\":\"2.2\",\"text\":\"How often\",\"type\":\"string\"}]}";

/* All pages, a form feed between them; owned. */
static char *paper_of(const struct form *form, const char *kind, const char *identity, size_t *n)
{
    struct doc *out = doc_new(NULL);
    struct node *pages = node_set_array(out, doc_root(out), "pages");
    struct buf text = { 0 };
    struct sheet sheet;

    sheet_init(&sheet);
    sheet_set(&sheet, "title", form_title(form));
    sheet_set(&sheet, "identity", identity);
    sheet_set(&sheet, "status", kind);
    sheet_set(&sheet, "paper", "a4");
    if (strcmp(kind, "BLANK") == 0)
        form_print_blank(form, &sheet);
    else
        form_print_filled(form, strcmp(kind, "DRAFT") == 0, &sheet);
    plain_pages(sheet.doc, out, pages);
    for (const struct node *p = node_first(pages); p; p = node_next(p))
        buf_printf(&text, "%s\f", node_text(p));
    if (n)
        *n = node_count(pages);
    sheet_done(&sheet);
    doc_free(out);
    return buf_take(&text);
}

static void holds(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not on the paper:\n%s", words, text);
}

static void lacks(const char *text, const char *words)
{
    if (strstr(text, words))
        fail_msg("\"%s\" is on the paper:\n%s", words, text);
}

/* Paper cannot hide a question: each stands there, with when it is to be answered, and room for it. */
static void a_blank_form_has_everything(void **state)
{
    struct opened o = case_open(items);
    char *text = paper_of(o.form, "BLANK", "Name ____", NULL);

    (void)state;
    holds(text, "HABITS");
    holds(text, "1.1 Do you smoke? *\n    [ ] Yes    [ ] No\n");
    holds(text, "1.2 How many a day?\n    Only if 1.1 is Yes.\n");
    holds(text, "Mark all that apply.");
    holds(text, "[ ] Asthma    [ ] Diabetes");
    holds(text, "Please read this.");
    holds(text, "As much as you like.");
    holds(text, "____________");
    holds(text, "Name                                                | How often\n");
    holds(text, "page 1 of 1");
    free(text);
    case_close(&o);
}

/* As answered: no boxes, what does not apply left out, a table with its rows, and no answer said as none. */
static void a_filled_form_has_the_answers(void **state)
{
    struct opened o = case_open(items);
    char *text;
    struct err err = { 0 };

    (void)state;
    case_type(o.form, "1/1.1", "n");
    case_type(o.form, "1/1.3", "2");
    case_type(o.form, "2/2.1", "Aspirin");
    case_type(o.form, "2/2.2", "daily");
    assert_int_equal(form_repeat(o.form, "2", &err), RC_OK);
    case_type(o.form, "2[1]/2.1", "Insulin");
    text = paper_of(o.form, "COMPLETED", "Okafor, Ada   born 22 Nov 2019   record 006733", NULL);
    holds(text, "1.1 Do you smoke? *\n    > No\n");
    lacks(text, "How many a day");
    holds(text, "> Diabetes");
    lacks(text, "Asthma");
    lacks(text, "[ ]");
    holds(text, "In your words\n    As much as you like.\n    not answered");
    holds(text, "Aspirin                                             | daily\n");
    holds(text, "Insulin");
    holds(text, "Okafor, Ada   born 22 Nov 2019   record 006733");
    free(text);
    text = paper_of(o.form, "DRAFT", "", NULL);           /* a draft has room for what is missing */
    holds(text, "> No\n");
    holds(text, "________");
    lacks(text, "not answered");
    free(text);
    case_close(&o);
}

#define CONTROL(code) "\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl\"," \
                      "\"valueCodeableConcept\":{\"coding\":[{\"code\":\"" code "\"}]}}],"
#define OFTEN "\"type\":\"choice\",\"answerOption\":[{\"valueString\":\"Never\"},{\"valueString\":\"Often\"}]}"

/* What a form means as a table is one on paper: a grid by its columns' names, one with a column for each option. */
static void tables_are_tables(void **state)
{
    struct opened o = case_open("{\"linkId\":\"g\",\"text\":\"Limbs\",\"type\":\"group\"," CONTROL("grid") "\"item\":["
                                "{\"linkId\":\"l\",\"text\":\"Left arm\",\"type\":\"group\",\"item\":[{\"linkId\":\"l1\",\"text\":\"Length\",\"type\":\"integer\"},{\"linkId\":\"l2\",\"text\":\"Width\",\"type\":\"integer\"}]},"
                                "{\"linkId\":\"r\",\"text\":\"Right arm\",\"type\":\"group\",\"item\":[{\"linkId\":\"r2\",\"text\":\"Width\",\"type\":\"integer\"}]}]},"
                                "{\"linkId\":\"t\",\"text\":\"How often\",\"type\":\"group\"," CONTROL("table") "\"item\":["
                                "{\"linkId\":\"t1\",\"text\":\"Tired\"," OFTEN ",{\"linkId\":\"t2\",\"text\":\"Sad\"," OFTEN "]}");
    char *text = paper_of(o.form, "BLANK", "", NULL);

    (void)state;
    holds(text, "                                      | Length             | Width\n");
    holds(text, "Right arm                             | -                  | ");
    holds(text, "                                      | Never              | Often\n");
    holds(text, "Sad                                   | [ ]                | [ ]\n");
    free(text);
    case_type(o.form, "g/l/l1", "60");
    case_type(o.form, "g/r/r2", "31");
    case_type(o.form, "t/t2", "2");
    text = paper_of(o.form, "COMPLETED", "", NULL);
    holds(text, "Left arm                              | 60                 | ");
    holds(text, "Right arm                             | -                  | 31\n");
    holds(text, "Sad                                   | [ ]                | [x]\n");
    lacks(text, "not answered");
    free(text);
    case_close(&o);
}

/* Forty pages: each names the person, the form, its status and its number, no question is parted from its options. */
static void a_long_form_keeps_its_questions_whole(void **state)
{
    struct buf long_items = { 0 };
    struct opened o;
    size_t pages;
    char *text;
    int n = 0;

    (void)state;
    for (int i = 0; i < 300; i++)
        buf_printf(&long_items, "%s{\"linkId\":\"q%d\",\"prefix\":\"%d.\",\"text\":\"Question %d of a long form, with words enough for a second line of its own on paper\",\"type\":\"choice\","
                   "\"answerOption\":[{\"valueString\":\"A first answer that is rather long, so that it has a line of its own %d\"},{\"valueString\":\"A second answer that is rather long too %d\"},"
                   "{\"valueString\":\"A third and last answer that is as long as those %d\"}]}", i ? "," : "", i, i, i, i, i, i);
    o = case_open(buf_text(&long_items));
    text = paper_of(o.form, "BLANK", "Nguyen, Linh   born 2 Feb 1987   record 001122", &pages);
    assert_in_range(pages, 25, 60);
    for (char *page = strtok(text, "\f"); page; page = strtok(NULL, "\f")) {
        char number[40];

        snprintf(number, sizeof number, "page %d of %zu", ++n, pages);
        holds(page, number);
        holds(page, "A form");
        holds(page, "Nguyen, Linh   born 2 Feb 1987   record 001122");
        holds(page, "BLANK");
        for (int i = 0; i < 300; i++) {
            char question[60], last[80];

            snprintf(question, sizeof question, "%d. Question %d of a long form", i, i);
            snprintf(last, sizeof last, "as long as those %d\n", i);
            if (strstr(page, question) && !strstr(page, last))
                fail_msg("question %d is parted from its options:\n%s", i, page);
        }
    }
    assert_int_equal(n, pages);
    free(text);
    buf_done(&long_items);
    case_close(&o);
}

/* Wide letters take two cells; a line of Arabic or Hebrew stands at the right edge; nothing passes the edge. */
static void scripts_fit_the_paper(void **state)
{
    struct opened o = case_open("{\"linkId\":\"1\",\"text\":\"您的姓名和地址以及电话号码和电子邮件地址是什么请写在下面的横线上谢谢您的合作祝您健康\",\"type\":\"string\"},"
                                "{\"linkId\":\"2\",\"text\":\"هل تدخن؟\",\"type\":\"boolean\"}");
    char *text = paper_of(o.form, "BLANK", "王小明   born 1 Jul 1954   record 1", NULL);
    bool at_edge = false;

    (void)state;
    for (char *line = strtok(text, "\n\f"); line; line = strtok(NULL, "\n\f")) {
        if (utf8_width(line) > 80)
            fail_msg("wider than the paper: %s", line);
        if (strstr(line, "تدخن"))
            at_edge = utf8_width(line) == 80 && line[0] == ' ';
    }
    assert_true(at_edge);
    free(text);
    case_close(&o);
}

/* A form may hold anything; a printer gets no escape sequences. */
static void what_controls_a_printer_does_not_reach_it(void **state)
{
    struct opened o = case_open("{\"linkId\":\"1\",\"text\":\"Bad \\u001b[2J\\u202e text\",\"type\":\"string\"}");
    char *text;

    (void)state;
    case_type(o.form, "1", "an \033]0;x\007 answer");
    text = paper_of(o.form, "COMPLETED", "Evil \033[31m", NULL);
    lacks(text, "\033");
    lacks(text, "\007");
    lacks(text, "\u202e");
    free(text);
    case_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blank_form_has_everything), cmocka_unit_test(a_filled_form_has_the_answers), cmocka_unit_test(tables_are_tables),
        cmocka_unit_test(a_long_form_keeps_its_questions_whole), cmocka_unit_test(scripts_fit_the_paper),
        cmocka_unit_test(what_controls_a_printer_does_not_reach_it),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
