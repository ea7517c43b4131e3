/* If this breaks, resources of a Bundle lose their links to each other or land under other ids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fhir/bundle.h"

struct seen { struct buf text; int count, stop_after; };

static enum rc collect(void *ctx, struct doc *resource, size_t index, struct err *err)
{
    struct seen *seen = ctx;
    char *text = doc_text(resource, NULL);

    buf_printf(&seen->text, "%zu %s\n", index, text);
    free(text);
    doc_free(resource);
    return ++seen->count == seen->stop_after ? err_set(err, RC_CANCELLED, "stopped") : RC_OK;
}

static enum rc each(const char *json, struct seen *seen, struct err *err)
{
    struct doc *doc;
    enum rc rc;

    assert_int_equal(doc_parse(json, strlen(json), &doc, NULL), RC_OK);
    rc = bundle_each(doc, collect, seen, err);
    doc_free(doc);
    return rc;
}

#define UUID "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"

static void rewrites(void **state)
{
    static const struct { const char *bundle, *seen; } cases[] = {
        /* a transaction: ids from urn:uuid, references to entries, other bytes as they were */
        {"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
         "{\"fullUrl\":\"urn:uuid:" UUID "\",\"resource\":{\"resourceType\":\"Patient\", \"n\": 1.10},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}},"
         "{\"fullUrl\":\"urn:uuid:b\",\"resource\":{\"resourceType\":\"Task\",\"id\":\"t\",\"for\":{\"reference\":\"urn:uuid:" UUID "\"},\"focus\":{\"reference\":\"urn:uuid:b\"}}}]}",
         "0 {\"resourceType\":\"Patient\",\"n\":1.10,\"id\":\"" UUID "\"}\n"
         "1 {\"resourceType\":\"Task\",\"id\":\"t\",\"for\":{\"reference\":\"Patient/" UUID "\"},\"focus\":{\"reference\":\"Task/t\"}}\n"},
        /* a search result: absolute addresses of entries become local, others stay */
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":["
         "{\"fullUrl\":\"http://s/Patient/1\",\"resource\":{\"resourceType\":\"Patient\",\"id\":\"1\",\"link\":[{\"other\":{\"reference\":\"http://s/Patient/2\"}},"
         "{\"other\":{\"reference\":\"http://s/Patient/1\"}}]}},"
         "{\"search\":{\"mode\":\"outcome\"},\"resource\":{\"resourceType\":\"OperationOutcome\"}}]}",
         "0 {\"resourceType\":\"Patient\",\"id\":\"1\",\"link\":[{\"other\":{\"reference\":\"http://s/Patient/2\"}},{\"other\":{\"reference\":\"Patient/1\"}}]}\n"},
        /* deletes and empty entries are nothing to store; a PUT names its id */
        {"{\"resourceType\":\"Bundle\",\"entry\":[{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/1\"}},{},"
         "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/77\"}}]}",
         "2 {\"resourceType\":\"Patient\",\"id\":\"77\"}\n"},
        {"{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct seen seen = {0};
        struct err err;

        assert_int_equal(each(cases[i].bundle, &seen, &err), RC_OK);
        assert_string_equal(buf_text(&seen.text), cases[i].seen);
        buf_done(&seen.text);
    }
}

/* An entry with nothing to go by gets an id, and the same one where it is referred to. */
static void makes_ids(void **state)
{
    struct seen seen = {0};
    struct err err;
    const char *id;

    (void)state;
    assert_int_equal(each("{\"resourceType\":\"Bundle\",\"entry\":[{\"fullUrl\":\"urn:x:1\",\"resource\":{\"resourceType\":\"Patient\"}},"
                          "{\"resource\":{\"resourceType\":\"Task\",\"id\":\"t\",\"for\":{\"reference\":\"urn:x:1\"}}}]}", &seen, &err), RC_OK);
    id = strstr(seen.text.data, "\"id\":\"") + 6;
    assert_int_equal(strcspn(id, "\""), 36);
    assert_non_null(strstr(seen.text.data, "Patient/"));
    assert_memory_equal(strstr(seen.text.data, "Patient/") + 8, id, 36);
    buf_done(&seen.text);
}

static void stops_when_told(void **state)
{
    struct seen seen = {.stop_after = 1};
    struct err err;

    (void)state;
    assert_int_equal(each("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"1\"}},"
                          "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"2\"}}]}", &seen, &err), RC_CANCELLED);
    assert_int_equal(seen.count, 1);
    assert_int_equal(each("{\"resourceType\":\"Patient\"}", &seen, &err), RC_INVALID);
    buf_done(&seen.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewrites), cmocka_unit_test(makes_ids), cmocka_unit_test(stops_when_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
