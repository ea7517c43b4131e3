/* If this fails, lists, tables and links of a form run together on the screen, or markup is read out to a person. */
#include "intake_case.h"

#include "intake/model.h"

static const struct { const char *xhtml, *markdown, *wanted; } cases[] = {
    { "<p>One</p><p>Two</p>", NULL, "One\nTwo" },
    { "line<br/>break", NULL, "line\nbreak" },
    { "<div>  white \n space is  no break </div>", NULL, "white space is no break" },
    { "Bring:<ul><li>card</li><li><b>list</b> of pills</li></ul>", NULL, "Bring:\n- card\n- list of pills" },
    { "<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>", NULL, "1. a\n2. b\n- c\n3. d" },
    { "<table><tr><th>Drug</th><th>Dose</th></tr><tr><td>Aspirin</td><td>100 mg</td></tr></table>", NULL, "Drug | Dose\nAspirin | 100 mg" },
    { "See <a href=\"https://example.org/x\">the leaflet</a>.", NULL, "See the leaflet (https://example.org/x)." },
    { "<a href='https://example.org'>https://example.org</a>", NULL, "https://example.org" },
    { "<a href=\"javascript:alert(1)\">press</a>", NULL, "press" },         /* nothing a person could type */
    { "<img src=\"x.png\" alt=\"a knee\"/> hurts", NULL, "[a knee] hurts" },
    { "1 &lt; 2 <script>evil()</script>&amp; done", NULL, "1 < 2 & done" },
    { "<unclosed", NULL, "<unclosed" },
    { NULL, "Bring:\n\n* card\n* **list** of pills", "Bring:\n- card\n- list of pills" },
    { NULL, "1. first\n2. second", "1. first\n2. second" },
    { NULL, "| Drug | Dose |\n|---|:--|\n| Aspirin | 100 mg |", "Drug | Dose\nAspirin | 100 mg" },
    { NULL, "[leaflet](https://example.org/x \"title\")", "leaflet (https://example.org/x)" },
    { NULL, "# Title\n> quoted", "Title\nquoted" },
    { NULL, "a | b, 5 * 3 - 2", "a | b, 5 * 3 - 2" },
};

static void markup_reads_as_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *given = cases[i].xhtml ? cases[i].xhtml : cases[i].markdown;
        struct doc *doc = case_document("{\"text\":\"plain words\"}");
        struct node *extension;
        char *words;

        doc_set(doc, "_text.extension[0].url", cases[i].xhtml ? "http://hl7.org/fhir/StructureDefinition/rendering-xhtml"
                                                              : "http://hl7.org/fhir/StructureDefinition/rendering-markdown");
        extension = node_path(doc_root(doc), "_text.extension[0]");
        node_set_str(doc, extension, cases[i].xhtml ? "valueString" : "valueMarkdown", given);
        words = plain_item_text(doc_root(doc), "");
        assert_string_equal(words, cases[i].wanted);
        free(words);
        doc_free(doc);
    }
}

static void a_rendering_without_words_leaves_the_text(void **state)
{
    struct doc *doc = case_document("{\"text\":\"plain words\",\"_text\":{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/rendering-xhtml\","
                                    "\"valueString\":\"<img src='x.png'/>\"}]}}");
    char *words = plain_item_text(doc_root(doc), "");

    (void)state;
    assert_string_equal(words, "plain words");
    free(words);
    doc_free(doc);
}

static void a_heading_is_one_line(void **state)
{
    struct opened o = case_open("{\"linkId\":\"g\",\"type\":\"group\",\"text\":\"One\\ntwo\",\"item\":[{\"linkId\":\"a\",\"type\":\"string\",\"text\":\"One\\ntwo\"}]}");

    (void)state;
    assert_string_equal(form_row_by_path(o.form, "g")->text, "One two");
    assert_string_equal(form_row_by_path(o.form, "g/a")->text, "One\ntwo");
    case_close(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_reads_as_lines), cmocka_unit_test(a_rendering_without_words_leaves_the_text),
        cmocka_unit_test(a_heading_is_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
