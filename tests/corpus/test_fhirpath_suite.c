/* If this fails, an expression means something else here than in the specification. CORPUS names the folder;
 * its fhirpath/cases.ndjson is the official suite, each line a case, all read strictly and none left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "fhir/fhirpath.h"

enum { CASES = 935, INPUTS_MAX = 32 };

/* Cases whose expectation the specification contradicts, and the sentence that does. */
static const struct { const char *name, *sentence; } contradicted[] = {
    {"testPlusDate19", "\"For precisions above seconds, the decimal portion of the time-valued quantity is ignored\": at seconds it counts, "
                       "and 0.1 's' moves 00.000 to 00.100 (FHIRPath 2.0.0, Date/Time Arithmetic)."},
    {"HighBoundaryDateTimeMillisecond1", "\"@2014-01-01T08.highBoundary(17) // @2014-01-01T08:59:59.999\": the greatest value an hour stands for "
                                         "ends with its last minute (FHIRPath, highBoundary(), the example for this very expression)."},
    {"HighBoundaryDateTimeMillisecond3", "The same expression and the same example."},
};

struct input { char *name; struct doc *doc; };
static struct input inputs[INPUTS_MAX];
static size_t n_inputs;

static void read_file(const char *folder, const char *name, struct buf *out)
{
    char *path = mem_printf("%s/fhirpath/%s%s", getenv("CORPUS"), folder, name), block[65536];
    FILE *f = fopen(path, "rb");

    if (!f)
        fail_msg("%s cannot be read", path);
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;)
        buf_add_n(out, block, n);
    fclose(f);
    free(path);
}

static const struct node *input_named(const char *name)
{
    struct buf text = {0};

    for (size_t i = 0; i < n_inputs; i++)
        if (strcmp(inputs[i].name, name) == 0)
            return doc_root(inputs[i].doc);
    if (!*name)
        return NULL;
    assert_true(n_inputs < INPUTS_MAX);
    read_file("inputs/", name, &text);
    assert_int_equal(doc_parse(text.data, text.len, &inputs[n_inputs].doc, NULL), RC_OK);
    inputs[n_inputs].name = mem_dup(name);
    buf_done(&text);
    return doc_root(inputs[n_inputs++].doc);
}

/* Moments are written as literals in the suite, with an @. */
static void write_value(struct buf *out, const struct fp_value *value, bool with_type)
{
    const char *type = fp_value_type(value);

    if (with_type)
        buf_printf(out, "%s:", type);
    if (strcmp(type, "date") == 0 || strcmp(type, "dateTime") == 0)
        buf_char(out, '@');
    if (strcmp(type, "time") == 0)
        buf_add(out, "@T");
    fp_value_text(out, value);
    buf_char(out, '\n');
}

static void write_result(struct buf *out, const struct node *test, const struct fp_result *result)
{
    const struct node *expected = node_first(node_get(test, "expect"));

    if (strcmp(node_str(test, "predicate"), "true") == 0) {
        buf_printf(out, "boolean:%s\n", result->n > 0 ? "true" : "false");
        return;
    }
    for (size_t i = 0; i < result->n; i++, expected = node_next(expected))
        write_value(out, fp_result_at(result, i), !expected || *node_str(expected, "type"));
}

static void write_expected(struct buf *out, const struct node *test)
{
    for (const struct node *e = node_first(node_get(test, "expect")); e; e = node_next(e))
        buf_printf(out, "%s%s%s\n", node_str(e, "type"), *node_str(e, "type") ? ":" : "", node_str(e, "value"));
}

/* What the case gives, or "!" and the reason; errors of every kind count alike. */
static void run(const struct node *test, struct buf *out)
{
    const struct node *resource = input_named(node_str(test, "input"));
    struct fp_reading reading = {.strict = true, .context = resource ? node_str(resource, "resourceType") : NULL};
    struct fp_env env = {.resource = resource, .context = resource};
    struct fhirpath *expression;
    struct fp_result result;
    struct err err = {0};

    if (fhirpath_compile_as(node_str(test, "expression"), &reading, &expression, &err) != RC_OK) {
        buf_printf(out, "!%s", err_text(&err));
        return;
    }
    if (fhirpath_eval(expression, &env, &result, &err) != RC_OK) {
        buf_printf(out, "!%s", err_text(&err));
    } else {
        write_result(out, test, &result);
        fp_result_done(&result);
    }
    fhirpath_free(expression);
}

static bool is_contradicted(const char *name)
{
    for (size_t i = 0; i < sizeof contradicted / sizeof *contradicted; i++)
        if (strcmp(contradicted[i].name, name) == 0)
            return true;
    return false;
}

static bool passes(const struct node *test)
{
    struct buf got = {0}, want = {0};
    bool good, error;

    run(test, &got);
    write_expected(&want, test);
    error = *buf_text(&got) == '!';
    good = *node_str(test, "invalid") ? error : strcmp(buf_text(&got), buf_text(&want)) == 0;
    if (good == is_contradicted(node_str(test, "name")))
        print_error("%s: %s\n  gives %s  not %s%s\n", node_str(test, "name"), node_str(test, "expression"), buf_text(&got), node_str(test, "invalid"),
                    buf_text(&want));
    buf_done(&got);
    buf_done(&want);
    return good;
}

static void passes_the_suite(void **state)
{
    struct buf text = {0};
    size_t passed = 0, run_cases = 0, listed = sizeof contradicted / sizeof *contradicted;
    char *save = NULL;

    (void)state;
    read_file("", "cases.ndjson", &text);
    for (char *line = strtok_r(text.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        struct doc *test;

        assert_int_equal(doc_parse(line, strlen(line), &test, NULL), RC_OK);
        passed += passes(doc_root(test));
        run_cases++;
        doc_free(test);
    }
    print_message("%zu of %zu FHIRPath cases\n", passed, run_cases);
    assert_int_equal(run_cases, CASES);
    assert_int_equal(passed, CASES - listed);
    buf_done(&text);
}

static int tear_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_inputs; i++) {
        doc_free(inputs[i].doc);
        free(inputs[i].name);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(passes_the_suite)};

    return cmocka_run_group_tests(tests, NULL, tear_down);
}
