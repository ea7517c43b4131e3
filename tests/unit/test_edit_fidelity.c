/* Editing a phone number would change a dose, an extension nobody here knows, or an allergy. */
#include "tests/unit/directory.h"

#include "base/buf.h"

enum { DOCUMENTS = 400 };

struct maker { unsigned random; struct buf text; int depth; };

static unsigned pick(struct maker *m, unsigned n)
{
    m->random = m->random * 1103515245u + 12345u;
    return (m->random >> 8) % n;
}

static const char *const scalars[] = {
    "1.10", "0.000000001", "1e3", "-0", "1E+2", "12345678901234567890123", "true", "false", "null",
    "\"\"", "\"\\u00e9\"", "\"\xc3\xa9\"", "\"a\\/b\"", "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", "\"line\\nbreak\"",
    "\"2026-11-23\"", "\"\\\"quoted\\\"\"", "0.10", "100",
};

/* Any JSON at all below "extension-like" members: names nobody knows, odd white space, every order. */
static void value(struct maker *m)
{
    static const char *const space[] = { "", "", " ", "\n  ", "\t" };
    unsigned kind = m->depth > 4 ? 0 : pick(m, 4), n = pick(m, 4);

    if (kind < 2) {
        buf_add(&m->text, scalars[pick(m, sizeof scalars / sizeof *scalars)]);
        return;
    }
    m->depth++;
    buf_char(&m->text, kind == 2 ? '[' : '{');
    for (unsigned i = 0; i < n; i++) {
        buf_printf(&m->text, "%s%s", i ? "," : "", space[pick(m, 5)]);
        if (kind == 3)
            buf_printf(&m->text, "\"%s%u\"%s:%s", pick(m, 2) ? "_z" : "a", i, space[pick(m, 5)], space[pick(m, 5)]);
        value(m);
    }
    buf_add(&m->text, space[pick(m, 5)]);
    buf_char(&m->text, kind == 2 ? ']' : '}');
    m->depth--;
}

/* The members but one, each a piece of text of its own; the edited one in the middle. */
static void document(struct maker *m, int number, char *before, char *after, size_t size)
{
    buf_clear(&m->text);
    buf_printf(&m->text, "{\"resourceType\":\"Basic\", \"id\" :\"f%d\",\"code\":{\"text\":\"x\"},\"unknown\":", number);
    value(m);
    buf_add(&m->text, ",\"valueOfInterest\":");
    snprintf(before, size, "%s", buf_text(&m->text));
    buf_clear(&m->text);
    buf_add(&m->text, ",\"later\": ");
    value(m);
    buf_add(&m->text, ",\"dose\":1.10 }");
    snprintf(after, size, "%s", buf_text(&m->text));
}

/* In the parts that were not touched not even a space may differ; the whole must read the same. */
static void one_element_is_one_element(void **state)
{
    enum { SIZE = 64 * 1024 };
    struct directory *d = *state;
    struct grant grant = directory_grant("edit", "");
    struct maker m = { .random = 7 };
    char *before = malloc(SIZE), *after = malloc(SIZE), *text, id[16];
    struct buf want = {0};
    struct doc *doc, *plain;

    ASSERT_OK(store_begin(d->st, err));
    for (int i = 0; i < DOCUMENTS; i++) {
        document(&m, i, before, after, SIZE);
        buf_clear(&want);
        buf_printf(&want, "%s\"old\"%s", before, after);
        directory_put(d, buf_text(&want));
        snprintf(id, sizeof id, "f%d", i);
        doc = directory_get(d, "Basic", id);
        text = doc_text(doc, NULL);
        assert_string_equal(text, buf_text(&want));         /* as it came */
        free(text);
        doc_set(doc, "valueOfInterest", "new");
        ASSERT_OK(store_put(d->st, &grant, doc, err));
        doc_free(doc);
        doc = directory_get(d, "Basic", id);
        text = doc_text(doc, NULL);
        buf_clear(&want);
        buf_printf(&want, "%s\"new\"%s", before, after);
        ASSERT_OK(doc_parse(buf_text(&want), want.len, &plain, err));
        assert_true(node_equal(doc_root(doc), doc_root(plain)));
        for (struct node *a = node_first(doc_root(doc)), *b = node_first(doc_root(plain)); a || b; a = node_next(a), b = node_next(b)) {
            struct buf left = {0}, right = {0};

            assert_string_equal(node_name(a), node_name(b));    /* the order too */
            node_write(&left, a);
            node_write(&right, b);
            assert_string_equal(buf_text(&left), buf_text(&right));
            buf_done(&left);
            buf_done(&right);
        }
        assert_non_null(strstr(text, "\"dose\":1.10"));
        free(text);
        doc_free(doc);
        doc_free(plain);
    }
    ASSERT_OK(store_end(d->st, RC_OK, err));
    buf_done(&want);
    buf_done(&m.text);
    free(before);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = { DIRECTORY_TEST(one_element_is_one_element) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
