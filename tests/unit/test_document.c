/* If this breaks, an edit loses or changes parts of a record that nobody touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "tests/fuzz/document_oracle.h"

static struct doc *read_doc(const char *text)
{
    struct doc *doc;
    struct err err = {0};

    if (doc_parse(text, strlen(text), &doc, &err) != RC_OK)
        fail_msg("%s: %s", text, err.text);
    return doc;
}

static void assert_text(const struct doc *doc, const char *want)
{
    char *text = doc_text(doc, NULL);

    assert_string_equal(text, want);
    free(text);
}

static const char patient[] =
    "{ \"resourceType\" : \"Patient\",\n"
    "  \"id\": \"p1\", \"unknownThing\": [1.10, -0, 1E+2, 123456789012345678901234567890],\n"
    "  \"name\": [{\"family\": \"Garc\\u00eda\", \"given\": [\"Jos\\u00e9\", \"\\ud83d\\ude00\"]}],\n"
    "  \"text\": {\"div\": \"<div>\\n\\\"a\\\"\\/b\\t</div>\"}, \"active\": true, \"x\": null, \"e\": {}, \"f\": [ ] }";

/* What was not touched comes back byte for byte, odd numbers and escapes included. */
static void writes_what_it_read(void **state)
{
    struct doc *doc = read_doc(patient);

    (void)state;
    assert_text(doc, patient);
    doc_free(doc);
}

static void reads_values(void **state)
{
    struct doc *doc = read_doc(patient);
    struct node *root = doc_root(doc);

    (void)state;
    assert_string_equal(doc_type(doc), "Patient");
    assert_string_equal(doc_id(doc), "p1");
    assert_string_equal(node_path_str(root, "name.family"), "Garc\xC3\xAD" "a");
    assert_string_equal(node_path_str(root, "name[0].given[1]"), "\xF0\x9F\x98\x80");
    assert_string_equal(node_path_str(root, "name.given"), "Jos\xC3\xA9");
    assert_string_equal(node_path_str(root, "text.div"), "<div>\n\"a\"/b\t</div>");
    assert_string_equal(node_text(node_at(node_get(root, "unknownThing"), 0)), "1.10");
    assert_string_equal(node_text(node_at(node_get(root, "unknownThing"), 1)), "-0");
    assert_string_equal(node_text(node_get(root, "active")), "true");
    assert_null(node_text(node_get(root, "x")));
    assert_true(node_bool(root, "active"));
    assert_int_equal(node_count(node_get(root, "unknownThing")), 4);
    assert_int_equal(node_count(node_get(root, "e")), 0);
    assert_null(node_path(root, "name[1].family"));
    assert_null(node_path(root, "active.family"));
    assert_string_equal(node_path_str(root, "nothing.at.all"), "");
    doc_free(doc);
}

/* Chained reads through what is not there give nothing, never a crash. */
static void reads_nothing_from_nothing(void **state)
{
    (void)state;
    assert_null(node_get(NULL, "a"));
    assert_null(node_at(NULL, 0));
    assert_null(node_first(NULL));
    assert_null(node_next(NULL));
    assert_null(node_parent(NULL));
    assert_null(node_text(NULL));
    assert_null(node_path(NULL, "a.b"));
    assert_string_equal(node_name(NULL), "");
    assert_string_equal(node_str(NULL, "a"), "");
    assert_false(node_bool(NULL, "a"));
    assert_false(node_is(NULL, NODE_NULL));
    assert_int_equal(node_kind(NULL), NODE_NULL);
    assert_int_equal(node_count(NULL), 0);
    doc_free(NULL);
}

static void refuses(void **state)
{
    static const struct { const char *text; size_t len; const char *why; } cases[] = {
        {"", 0, "line 1, column 1: the text ends where a value should stand"},
        {"{\"a\":1,\n\"b\":2,\n \"a\":3}", 0, "line 3, column 2: this member name occurs twice in one object"},
        {"{\"a\":1,\"\\u0061\":2}", 0, "line 1, column 8: this member name occurs twice in one object"},
        {"{\"\":1,\"\":2}", 0, "line 1, column 7: this member name occurs twice in one object"},
        {"{\"a\":1,}", 0, "line 1, column 8: a member name in quotes should stand here"},
        {"[1,]", 0, "line 1, column 4: no value starts like this"},
        {"[1 2]", 0, "line 1, column 4: a comma or the end of this array or object should stand here"},
        {"[1}", 0, "line 1, column 3: a comma or the end of this array or object should stand here"},
        {"[1", 0, "line 1, column 3: the text ends inside an array or object"},
        {"{\"a\"", 0, "line 1, column 5: a colon should stand here"},
        {"{\"a\" 1}", 0, "line 1, column 6: a colon should stand here"},
        {"{", 0, "line 1, column 2: the text ends inside an object"},
        {"{} {}", 0, "line 1, column 4: something follows the end of the document"},
        {"[NaN]", 0, "line 1, column 2: no value starts like this"},
        {"[Infinity]", 0, "line 1, column 2: no value starts like this"},
        {"[True]", 0, "line 1, column 2: no value starts like this"},
        {"['a']", 0, "line 1, column 2: no value starts like this"},
        {"[/*a*/1]", 0, "line 1, column 2: no value starts like this"},
        {"\xEF\xBB\xBF{}", 0, "line 1, column 1: no value starts like this"},    /* a byte order mark */
        {"[01]", 0, "line 1, column 2: this number is not written as JSON wants it"},
        {"[-]", 0, "line 1, column 2: this number is not written as JSON wants it"},
        {"[1.]", 0, "line 1, column 2: this number is not written as JSON wants it"},
        {"[1e]", 0, "line 1, column 2: this number is not written as JSON wants it"},
        {"[.5]", 0, "line 1, column 2: no value starts like this"},
        {"[+5]", 0, "line 1, column 2: no value starts like this"},
        {"[1x]", 0, "line 1, column 3: a comma or the end of this array or object should stand here"},
        {"[\"abc", 0, "line 1, column 6: the text ends inside a string"},
        {"[\"\xC3\xA9\tb\"]", 0, "line 1, column 4: a control character stands inside a string"},
        {"[\"a\0b\"]", 7, "line 1, column 4: a control character stands inside a string"},
        {"[1\0]", 4, "line 1, column 3: a comma or the end of this array or object should stand here"},
        {"[\"\\u0000\"]", 0, "line 1, column 3: text may not hold the NUL character"},
        {"[\"\\x\"]", 0, "line 1, column 3: this escape does not exist"},
        {"[\"\\u12G4\"]", 0, "line 1, column 3: this escape does not exist"},
        {"[\"\\ud800\"]", 0, "line 1, column 3: this half of a surrogate pair stands alone"},
        {"[\"\\udc00\\ud800\"]", 0, "line 1, column 3: this half of a surrogate pair stands alone"},
        {"[\"\xFF\"]", 0, "line 1, column 3: this is not UTF-8"},
        {"[\"\xC0\xAF\"]", 0, "line 1, column 3: this is not UTF-8"},             /* overlong */
        {"[\"\xED\xA0\x80\"]", 0, "line 1, column 3: this is not UTF-8"},         /* surrogate */
        {"[\"\xF4\x90\x80\x80\"]", 0, "line 1, column 3: this is not UTF-8"},     /* past U+10FFFF */
        {"[\"\xE2\x82\"]", 0, "line 1, column 3: this is not UTF-8"},             /* cut short */
        {"{\"\xFF\":1}", 0, "line 1, column 3: this is not UTF-8"},
    };
    struct doc *doc;
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = cases[i].len ? cases[i].len : strlen(cases[i].text);
        assert_int_equal(doc_parse(cases[i].text, len, &doc, &err), RC_INVALID);
        assert_null(doc);
        assert_string_equal(err.text, cases[i].why);
    }
}

static void refuses_too_deep(void **state)
{
    char text[2 * DOC_DEPTH + 3];
    struct doc *doc;

    (void)state;
    for (int depth = DOC_DEPTH; depth <= DOC_DEPTH + 1; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        assert_int_equal(doc_parse(text, 2 * (size_t)depth, &doc, NULL), depth > DOC_DEPTH ? RC_INVALID : RC_OK);
        doc_free(doc);
    }
}

/* Large objects are checked another way than small ones. */
static void refuses_duplicates_among_many(void **state)
{
    (void)state;
    for (int n = 20; n < 100; n += 13)
        for (int twice = 0; twice < 2; twice++) {
            struct buf text = {0};
            struct doc *doc;

            buf_add(&text, "{\"m0\":0");
            for (int i = 1; i < n; i++)
                buf_printf(&text, ",\"m%d\":%d", i, i);
            buf_printf(&text, ",\"m%d\":0}", twice ? n / 2 : n);
            assert_int_equal(doc_parse(text.data, text.len, &doc, NULL), twice ? RC_INVALID : RC_OK);
            doc_free(doc);
            buf_done(&text);
        }
}

struct edit_case { const char *before, *after; void (*edit)(struct doc *doc, struct node *root); };

static void edit_str(struct doc *doc, struct node *root) { node_set_str(doc, root, "b", "n\"\\\n\x01\xC3\xA9"); }
static void edit_same(struct doc *doc, struct node *root) { node_set_str(doc, root, "b", "x"); }
static void edit_none(struct doc *doc, struct node *root) { node_set_str(doc, root, "b", ""); }
static void edit_bad(struct doc *doc, struct node *root) { node_set_str(doc, root, "b", "a\xFFz"); }
static void edit_new(struct doc *doc, struct node *root) { node_set_bool(doc, root, "n", true); node_set_int(doc, root, "i", -42); }
static void edit_number(struct doc *doc, struct node *root) { assert_true(node_set_number(doc, root, "b", "2.50")); }
static void edit_no_number(struct doc *doc, struct node *root) { assert_false(node_set_number(doc, root, "b", "02")); }
static void edit_object(struct doc *doc, struct node *root) { node_set_str(doc, node_set_object(doc, root, "b"), "c", "d"); }
static void edit_array(struct doc *doc, struct node *root) { node_add_str(doc, node_set_array(doc, root, "b"), "z"); }
static void edit_add(struct doc *doc, struct node *root) { node_set_str(doc, node_add_object(doc, node_get(root, "b")), "c", "d"); }
static void edit_remove(struct doc *doc, struct node *root) { node_remove(doc, node_at(node_get(root, "b"), 1)); }
static void edit_remove_last(struct doc *doc, struct node *root) { node_remove(doc, node_at(node_get(root, "b"), 2)); node_add_str(doc, node_get(root, "b"), "e"); }
static void edit_remove_twice(struct doc *doc, struct node *root) { struct node *n = node_at(node_get(root, "b"), 0); node_remove(doc, n); node_remove(doc, n); }
static void edit_deep(struct doc *doc, struct node *root) { (void)root; doc_set(doc, "b.c[1].d", "2"); }
static void edit_make(struct doc *doc, struct node *root) { (void)root; doc_set(doc, "name[0].given[0]", "Ada"); }
static void edit_first(struct doc *doc, struct node *root) { (void)root; doc_set(doc, "name.family", "B"); }
static void edit_prune(struct doc *doc, struct node *root) { (void)root; doc_set(doc, "b.c[0].d", NULL); }
static void edit_self(struct doc *doc, struct node *root) { node_set_copy(doc, node_get(root, "b"), "all", root); }
static void edit_up(struct doc *doc, struct node *root) { node_set_copy(doc, root, "b", node_path(root, "b.c")); }
static void edit_skip(struct doc *doc, struct node *root) { (void)root; assert_false(doc_set(doc, "b[7].x", "y")); assert_false(doc_set(doc, "b..c", "y")); assert_false(doc_set(doc, "new[1]", "y")); }

static const struct edit_case edits[] = {
    {"{\"a\": 1.10, \"b\": \"x\", \"c\": [1,  2]}", "{\"a\":1.10,\"b\":\"n\\\"\\\\\\n\\u0001\xC3\xA9\",\"c\":[1,  2]}", edit_str},
    {"{ \"b\" :\"x\" }", "{ \"b\" :\"x\" }", edit_same},
    {"{\"a\":1,\"b\":\"x\"}", "{\"a\":1}", edit_none},
    {"{\"b\":\"x\"}", "{\"b\":\"a\xEF\xBF\xBDz\"}", edit_bad},
    {"{ }", "{\"n\":true,\"i\":-42}", edit_new},
    {"{\"b\":2.5,\"z\":1.10}", "{\"b\":2.50,\"z\":1.10}", edit_number},
    {"{\"b\": 2.5}", "{\"b\": 2.5}", edit_no_number},
    {"{\"b\":{\"x\": 1}}", "{\"b\":{\"x\":1,\"c\":\"d\"}}", edit_object},
    {"{\"b\":\"was text\"}", "{\"b\":{\"c\":\"d\"}}", edit_object},
    {"{\"b\":[ {\"x\": 1} ]}", "{\"b\":[{\"x\": 1},\"z\"]}", edit_array},
    {"{\"b\":[]}", "{\"b\":[{\"c\":\"d\"}]}", edit_add},
    {"{\"b\":[1.0,2.0,3.0]}", "{\"b\":[1.0,3.0]}", edit_remove},
    {"{\"b\":[1.0,2.0,3.0]}", "{\"b\":[1.0,2.0,\"e\"]}", edit_remove_last},
    {"{\"b\":[1.0,2.0]}", "{\"b\":[2.0]}", edit_remove_twice},
    {"{\"b\":{\"c\":[{\"d\":\"1\", \"e\": 1.10},{\"d\":\"1\"}]}, \"f\": [ 1 ]}",
     "{\"b\":{\"c\":[{\"d\":\"1\", \"e\": 1.10},{\"d\":\"2\"}]},\"f\":[ 1 ]}", edit_deep},
    {"{\"a\":1}", "{\"a\":1,\"name\":[{\"given\":[\"Ada\"]}]}", edit_make},
    {"{\"name\":[{\"family\":\"A\"},{\"family\":\"C\"}]}", "{\"name\":[{\"family\":\"B\"},{\"family\":\"C\"}]}", edit_first},
    {"{\"a\":1,\"b\":{\"c\":[{\"d\":\"1\"}]}}", "{\"a\":1}", edit_prune},
    {"{\"b\":{\"c\":1}}", "{\"b\":{\"c\":1,\"all\":{\"b\":{\"c\":1}}}}", edit_self},
    {"{\"b\":{\"c\":[1.10]}}", "{\"b\":[1.10]}", edit_up},
    {"{\"b\":[1,  2]}", "{\"b\":[1,  2]}", edit_skip},
};

static void edits_keep_the_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        struct doc *doc = read_doc(edits[i].before), *again;

        edits[i].edit(doc, doc_root(doc));
        assert_text(doc, edits[i].after);
        again = read_doc(edits[i].after);
        assert_true(node_equal(doc_root(doc), doc_root(again)));
        doc_free(again);
        doc_free(doc);
    }
}

static void copies(void **state)
{
    struct doc *doc = read_doc(patient), *copy, *other = doc_new("Task");

    (void)state;
    doc_set_rev(doc, 7);
    copy = doc_copy(doc);
    assert_int_equal(doc_rev(copy), 7);
    assert_text(copy, patient);
    node_set_copy(other, doc_root(other), "name", node_get(doc_root(doc), "name"));
    doc_free(doc);
    assert_text(other, "{\"resourceType\":\"Task\",\"name\":[{\"family\":\"Garc\xC3\xAD" "a\",\"given\":[\"Jos\xC3\xA9\",\"\xF0\x9F\x98\x80\"]}]}");
    doc_free(copy);
    doc_free(other);
}

static void sets_nodes_by_path(void **state)
{
    struct doc *doc = read_doc("{\"a\":[{\"b\":1}],\"n\":null}");
    struct node *root = doc_root(doc);
    struct err err;

    (void)state;
    assert_int_equal(doc_set_node(doc, "a[1].c", node_path(root, "a[0]"), &err), RC_OK);
    assert_int_equal(doc_set_node(doc, "a[0]", node_get(root, "n"), &err), RC_OK);
    assert_int_equal(doc_set_node(doc, "a[5]", root, &err), RC_INVALID);
    assert_int_equal(doc_set_node(doc, "", root, &err), RC_INVALID);
    assert_int_equal(doc_set_node(doc, "a[x]", root, &err), RC_INVALID);
    assert_text(doc, "{\"a\":[{\"c\":{\"b\":1}}],\"n\":null}");
    doc_free(doc);
}

static void compares_by_meaning(void **state)
{
    static const struct { const char *a, *b; bool equal; } cases[] = {
        {"{\"a\":1,\"b\":[true,null]}", "{ \"b\":[true,null], \"a\":1 }", true},
        {"[1,2]", "[2,1]", false},
        {"\"\\u00e9\\/\"", "\"\xC3\xA9/\"", true},
        {"1.10", "1.1", false},         /* precision is part of a FHIR decimal */
        {"1e3", "1000", true},
        {"1E+3", "1.0e3", true},
        {"110e-2", "1.10", true},
        {"0.0", "0.00", false},
        {"0e5", "0", true},
        {"-0", "0", false},
        {"1e999999999999999", "1e999999999999998", false},
        {"12345678901234567890", "12345678901234567891", false},
        {"1", "\"1\"", false},
        {"true", "false", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"[1]", "[1,1]", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *a = read_doc(cases[i].a), *b = read_doc(cases[i].b);
        struct buf x = {0}, y = {0};

        node_canonical(&x, doc_root(a));
        node_canonical(&y, doc_root(b));
        if (node_equal(doc_root(a), doc_root(b)) != cases[i].equal || (strcmp(x.data, y.data) == 0) != cases[i].equal)
            fail_msg("%s and %s (canonical %s and %s)", cases[i].a, cases[i].b, x.data, y.data);
        buf_done(&x);
        buf_done(&y);
        doc_free(a);
        doc_free(b);
    }
}

static void writes_canonically(void **state)
{
    struct doc *doc = read_doc("{ \"b\": [1.50, 1e3, 2E-3, -0.0, 1e-40], \"a\": \"\\u0041\\n\" }");
    struct buf out = {0};

    (void)state;
    node_canonical(&out, doc_root(doc));
    assert_string_equal(out.data, "{\"a\":\"A\\n\",\"b\":[1.50,1000,0.002,-0.0,1e-40]}");
    buf_done(&out);
    doc_free(doc);
}

/* What a server adds on its own is no change of content. */
static void ignores_what_servers_add(void **state)
{
    static const struct { const char *text; bool equal; } cases[] = {
        {"{\"id\":\"1\",\"resourceType\":\"Patient\"}", true},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"3\",\"lastUpdated\":\"2026\",\"source\":\"#x\"},\"text\":{\"status\":\"generated\",\"div\":\"x\"}}", true},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"text\":{\"status\":\"additional\",\"div\":\"x\"}}", false},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"meta\":{\"versionId\":\"3\",\"tag\":[]}}", false},
        {"{\"resourceType\":\"Patient\",\"id\":\"1\",\"contained\":[{\"text\":1}]}", false},
    };
    struct doc *doc = read_doc("{\"resourceType\":\"Patient\",\"id\":\"1\"}");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *other = read_doc(cases[i].text);
        assert_int_equal(doc_equal_content(doc, other), cases[i].equal);
        doc_free(other);
    }
    doc_free(doc);
}

static void writes_for_reading(void **state)
{
    struct doc *doc = read_doc("{\"a\":[1,{\"b\":\"x\"}],\"e\":{},\"f\":[]}");
    struct buf out = {0};

    (void)state;
    node_write_pretty(&out, doc_root(doc));
    assert_string_equal(out.data, "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x\"\n    }\n  ],\n  \"e\": {},\n  \"f\": []\n}");
    buf_done(&out);
    doc_free(doc);
}

/* Texts grown from a few pieces at random (fixed seed): json-c reads what we read. */
static void reads_as_json_c_does(void **state)
{
    static const char *const pieces[] = {
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\":", "\"\\u00e9\\ud83d\\ude00\"", "\"\\n\\\\\"", "1", "-0", "1.10", "1e3",
        "12345678901234567890", "true", "false", "null", " ", "\n", "{\"c\":1}", "[\"\xC3\xA9\",2]", "\"x\":[{\"y\":0.5}]", ",\"d\":\"\"",
    };
    unsigned seed = 1, accepted = 0;

    (void)state;
    for (int i = 0; i < 60000; i++) {
        struct buf text = {0};
        struct doc *doc;

        buf_add(&text, i % 2 ? "[" : "{");
        for (int n = (int)((seed = seed * 1103515245 + 12345) >> 16) % 7; n > 0; n--)
            buf_add(&text, pieces[((seed = seed * 1103515245 + 12345) >> 16) % (sizeof pieces / sizeof *pieces)]);
        buf_add(&text, i % 2 ? "]" : "}");
        if (doc_parse(text.data, text.len, &doc, NULL) == RC_OK) {
            accepted++;
            if (!oracle_reads_alike(text.data, text.len, doc))
                fail_msg("json-c reads another thing: %s", text.data);
        }
        doc_free(doc);
        buf_done(&text);
    }
    assert_true(accepted > 1000);
}

static void a_view_reads_like_the_document_it_lies_in(void **state)
{
    static const char resource[] = "{\"resourceType\":\"Basic\", \"id\":\"b\\u0031\",\"n\":[1.10,{\"x\":\"\\\"q\"}]}";
    struct doc *bundle = NULL;
    char *text = mem_printf("{\"entry\":[{\"resource\":%s,\"more\":1}]}", resource);

    (void)state;
    assert_int_equal(doc_parse(text, strlen(text), &bundle, NULL), RC_OK);
    struct doc *view = doc_view(node_path(doc_root(bundle), "entry[0].resource"));
    assert_string_equal(doc_type(view), "Basic");
    assert_string_equal(doc_id(view), "b1");
    assert_string_equal(node_path_str(doc_root(view), "n[1].x"), "\"q");
    assert_null(node_next(doc_root(view)));
    doc_set_rev(view, 4);
    assert_int_equal(doc_rev(view), 4);
    free(text);
    text = doc_text(view, NULL);
    assert_string_equal(text, resource);
    struct doc *copy = doc_copy(view);
    assert_true(node_equal(doc_root(copy), doc_root(view)));
    doc_free(copy);
    doc_free(view);
    doc_free(bundle);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_it_read), cmocka_unit_test(reads_values),
        cmocka_unit_test(reads_nothing_from_nothing), cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_too_deep), cmocka_unit_test(refuses_duplicates_among_many),
        cmocka_unit_test(edits_keep_the_rest), cmocka_unit_test(copies),
        cmocka_unit_test(sets_nodes_by_path), cmocka_unit_test(compares_by_meaning),
        cmocka_unit_test(writes_canonically), cmocka_unit_test(ignores_what_servers_add),
        cmocka_unit_test(writes_for_reading), cmocka_unit_test(reads_as_json_c_does),
        cmocka_unit_test(a_view_reads_like_the_document_it_lies_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
