/* If this breaks, somebody who chooses one phone number loses another, is asked about what nobody disagrees on,
 * or decides on structures nobody can read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "desk/decision.h"

static struct doc *parse(const char *type, const char *members)
{
    char text[2000];
    struct doc *doc = NULL;

    if (!members)
        return NULL;
    snprintf(text, sizeof text, "{\"resourceType\":\"%s\",\"id\":\"x\"%s%s}", type, *members ? "," : "", members);
    if (doc_parse(text, strlen(text), &doc, NULL) != RC_OK)
        fail_msg("%s", text);
    return doc;
}

static char *text_of(const struct node *node)
{
    struct buf out = { 0 };

    if (node)
        node_write(&out, node);
    return out.data ? buf_take(&out) : strdup("-");
}

#define P(n, u) "{\"system\":\"phone\",\"value\":\"" n "\",\"use\":\"" u "\"}"
#define I(s, v) "{\"system\":\"" s "\",\"value\":\"" v "\"}"
#define Q(l, a) "{\"linkId\":\"" l "\",\"text\":\"Q " l "\",\"answer\":[{\"valueString\":\"" a "\"}]}"

/* questions: "name: before / here / server" a line; made: the field after taking the server's side everywhere,
 * kept: after taking here everywhere. */
static const struct { const char *name, *type, *field, *base, *here, *server, *questions, *made; } cases[] = {
    { "one phone of two", "Patient", "telecom",
      "\"telecom\":[" P("1", "home") "," P("2", "mobile") "]", "\"telecom\":[" P("1", "home") "," P("2a", "mobile") "]", "\"telecom\":[" P("1", "home") "," P("2b", "mobile") "]",
      "telecom: " P("2", "mobile") " / " P("2a", "mobile") " / " P("2b", "mobile") "\n", "[" P("1", "home") "," P("2b", "mobile") "]" },
    { "another phone that only we changed is not asked", "Patient", "telecom",
      "\"telecom\":[" P("1", "home") "," P("2", "mobile") "]", "\"telecom\":[" P("1x", "home") "," P("2a", "mobile") "]", "\"telecom\":[" P("1", "home") "," P("2b", "mobile") "]",
      "telecom: " P("2", "mobile") " / " P("2a", "mobile") " / " P("2b", "mobile") "\n", "[" P("1x", "home") "," P("2b", "mobile") "]" },
    { "replaced on both sides is one question", "Patient", "telecom",
      "\"telecom\":[" P("1", "home") "]", "\"telecom\":[" P("2", "work") "]", "\"telecom\":[" P("3", "mobile") "]",
      "telecom: " P("1", "home") " / " P("2", "work") " / " P("3", "mobile") "\n", "[" P("3", "mobile") "]" },
    { "changed here, removed there", "Patient", "telecom",
      "\"telecom\":[" P("1", "home") "]", "\"telecom\":[" P("2", "home") "]", "", "telecom: " P("1", "home") " / " P("2", "home") " / -\n", "-" },
    { "two of one use are told apart by what is equal", "Patient", "telecom",
      "\"telecom\":[" P("1", "home") "," P("2", "home") "]", "\"telecom\":[" P("1", "home") "," P("3", "home") "]", "\"telecom\":[" P("1", "home") "," P("4", "home") "]",
      "telecom: " P("2", "home") " / " P("3", "home") " / " P("4", "home") "\n", "[" P("1", "home") "," P("4", "home") "]" },
    { "no base: each that differs", "Patient", "identifier",
      NULL, "\"identifier\":[" I("a", "1") "," I("b", "2") "]", "\"identifier\":[" I("a", "1") "," I("c", "3") "]",
      "identifier[1]: - / " I("b", "2") " / -\nidentifier[2]: - / - / " I("c", "3") "\n", "[" I("a", "1") "," I("c", "3") "]" },
    { "a number only the server changed is asked, numbers being for people", "Patient", "identifier",
      "\"identifier\":[" I("a", "1") "," I("b", "2") "]", "\"identifier\":[" I("a", "1x") "," I("b", "2") "]", "\"identifier\":[" I("a", "1") "," I("b", "2y") "]",
      "identifier[1]: " I("a", "1") " / " I("a", "1x") " / " I("a", "1") "\nidentifier[2]: " I("b", "2") " / " I("b", "2") " / " I("b", "2y") "\n",
      "[" I("a", "1") "," I("b", "2y") "]" },
    { "one answer of a form", "QuestionnaireResponse", "item",
      "\"item\":[{\"linkId\":\"g\",\"item\":[" Q("1", "a") "," Q("2", "b") "]}]", "\"item\":[{\"linkId\":\"g\",\"item\":[" Q("1", "x") "," Q("2", "b") "]}]",
      "\"item\":[{\"linkId\":\"g\",\"item\":[" Q("1", "y") "," Q("2", "b") "]}]",
      "item[1] (Q 1): [{\"valueString\":\"a\"}] / [{\"valueString\":\"x\"}] / [{\"valueString\":\"y\"}]\n",
      "[{\"linkId\":\"g\",\"item\":[" Q("1", "y") "," Q("2", "b") "]}]" },
    { "a plain value", "Patient", "birthDate", "\"birthDate\":\"1954\"", "\"birthDate\":\"1955\"", "\"birthDate\":\"1956\"",
      "birthDate: \"1954\" / \"1955\" / \"1956\"\n", "\"1956\"" },
    { "removed there", "Patient", "gender", "\"gender\":\"male\"", "\"gender\":\"female\"", "", "gender: \"male\" / \"female\" / -\n", "-" },
    { "given names belong together", "Patient", "name", "\"name\":[{\"family\":\"A\",\"given\":[\"B\"]}]", "\"name\":[{\"family\":\"A\",\"given\":[\"B\",\"C\"]}]",
      "\"name\":[{\"family\":\"A\",\"given\":[\"D\"]}]",
      "name: {\"family\":\"A\",\"given\":[\"B\"]} / {\"family\":\"A\",\"given\":[\"B\",\"C\"]} / {\"family\":\"A\",\"given\":[\"D\"]}\n",
      "[{\"family\":\"A\",\"given\":[\"D\"]}]" },
};

static struct conflict conflict_of(size_t i)
{
    struct conflict c = { .id = 1, .fields = malloc(60) };

    snprintf(c.type, sizeof c.type, "%s", cases[i].type);
    snprintf(c.fields, 60, "[\"%s\"]", cases[i].field);
    c.base = parse(cases[i].type, cases[i].base);
    c.here = parse(cases[i].type, cases[i].here);
    c.server = parse(cases[i].type, cases[i].server);
    doc_set_rev(c.here, 7);
    return c;
}

static void what_differs_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conflict c = conflict_of(i);
        struct questions q;
        struct buf said = { 0 };

        questions_of(&c, &q);
        for (size_t k = 0; k < q.n; k++) {
            buf_printf(&said, "%s%s%s%s: ", q.question[k].name, q.question[k].words ? " (" : "", q.question[k].words ? q.question[k].words : "", q.question[k].words ? ")" : "");
            for (int s = 0; s < SIDE_COUNT; s++) {
                char *text = text_of(q.question[k].side[s]);

                buf_printf(&said, "%s%s", s ? " / " : "", text);
                free(text);
            }
            buf_char(&said, '\n');
        }
        if (strcmp(buf_text(&said), cases[i].questions) != 0)
            fail_msg("%s:\n%s", cases[i].name, buf_text(&said));
        buf_done(&said);
        questions_done(&q);
        conflict_done(&c);
    }
}

/* Taking one side for every question: the server's gives what the case says, ours changes nothing at all. */
static void what_was_chosen_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conflict c = conflict_of(i);
        struct chosen chosen[8];
        struct questions q;
        struct doc *made = NULL;
        char *text;

        questions_of(&c, &q);
        for (size_t k = 0; k < 8; k++)
            chosen[k] = (struct chosen){ SIDE_SERVER, NULL };
        assert_int_equal(decision_make(&c, &q, chosen, &made, NULL), RC_OK);
        text = text_of(node_get(doc_root(made), cases[i].field));
        if (strcmp(text, cases[i].made) != 0)
            fail_msg("%s: %s", cases[i].name, text);
        assert_int_equal(doc_rev(made), 7);
        free(text);
        doc_free(made);
        for (size_t k = 0; k < 8; k++)
            chosen[k].side = SIDE_HERE;
        assert_int_equal(decision_make(&c, &q, chosen, &made, NULL), RC_OK);
        if (!node_equal(doc_root(made), doc_root(c.here)))
            fail_msg("%s: ours was changed", cases[i].name);
        doc_free(made);
        questions_done(&q);
        conflict_done(&c);
    }
}

static void typed_text_finds_its_place(void **state)
{
    static const struct { const char *like, *typed, *json; } typed[] = {
        { P("1", "home"), "555", P("555", "home") },
        { "\"1954-07-01\"", "1955-07-01", "\"1955-07-01\"" }, { "\"1954-07-01\"", "last summer", NULL },
        { "\"male\"", "other", "\"other\"" }, { "3", "4.50", "4.50" }, { "3", "four", NULL }, { "true", "no", NULL },
        { "{\"use\":\"official\",\"family\":\"A\"}", "Ruiz, Carmen M", "{\"use\":\"official\",\"family\":\"Ruiz\",\"given\":[\"Carmen\",\"M\"]}" },
        { "{\"use\":\"home\",\"line\":[\"x\"]}", "12 Elm St", "{\"use\":\"home\",\"text\":\"12 Elm St\"}" },
        { "{\"coding\":[{\"code\":\"x\"}]}", "Latex", "{\"text\":\"Latex\"}" }, { "{\"start\":\"2020\"}", "x", NULL },
        { "\"a\"", "\"b\"", "\"b\"" }, { "\"a\"", "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        struct doc *doc = NULL;
        struct question q = { 0 };
        struct buf json = { 0 };
        struct err err = { RC_OK, "" };
        enum rc rc;

        assert_int_equal(doc_parse(typed[i].like, strlen(typed[i].like), &doc, NULL), RC_OK);
        q.side[SIDE_HERE] = doc_root(doc);
        rc = decision_typed(&q, typed[i].typed, &json, &err);
        assert_int_equal(rc, typed[i].json ? RC_OK : RC_INVALID);
        if (typed[i].json && strcmp(buf_text(&json), typed[i].json) != 0)
            fail_msg("%s: %s", typed[i].typed, buf_text(&json));
        buf_done(&json);
        doc_free(doc);
    }
}

/* What one side alone changed was settled, and is shown as that. */
static void what_was_settled_is_told(void **state)
{
    struct conflict c = { .fields = strdup("[\"gender\"]") };
    struct settled *list;
    size_t n;

    (void)state;
    c.base = parse("Patient", "\"gender\":\"male\",\"active\":true,\"birthDate\":\"1954\"");
    c.here = parse("Patient", "\"gender\":\"female\",\"active\":false,\"birthDate\":\"1955\",\"meta\":{\"versionId\":\"2\"}");
    c.server = parse("Patient", "\"gender\":\"other\",\"active\":true,\"birthDate\":\"1955\"");
    n = decision_settled(&c, &list);
    assert_int_equal(n, 2);
    assert_string_equal(list[0].path, "active");
    assert_true(list[0].is_ours);
    assert_string_equal(list[1].path, "birthDate");
    assert_false(list[1].is_ours);
    settled_done(list, n);
    conflict_done(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_differs_is_asked), cmocka_unit_test(what_was_chosen_is_written),
        cmocka_unit_test(typed_text_finds_its_place), cmocka_unit_test(what_was_settled_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
