/* A version would be misread, a reason not shown, or a write refused for ever that only came too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sync/answer.h"

static struct doc *read_doc(const char *json)
{
    struct doc *doc = NULL;

    assert_int_equal(doc_parse(json, strlen(json), &doc, NULL), RC_OK);
    return doc;
}

static void versions_in_any_form(void **state)
{
    static const struct { const char *etag, *version; } cases[] = {
        { "W/\"3\"", "3" }, { "\"3\"", "3" }, { "3", "3" }, { "W/3", "3" }, { " W/\"a-b.c\" ", "a-b.c" },
        { "W/\"\"", "" }, { "", "" }, { NULL, "" },
        { "\"0123456789012345678901234567890123456789012345678901234567890123456789-0123456789\"", "" },  /* does not fit: none */
    };
    char version[ANSWER_VERSION];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(answer_version(cases[i].etag, version), *cases[i].version != '\0');
        assert_string_equal(version, cases[i].version);
    }
}

static void statuses_in_any_form(void **state)
{
    (void)state;
    assert_int_equal(answer_status("201"), 201);
    assert_int_equal(answer_status("201 Created"), 201);
    assert_int_equal(answer_status("20"), 0);
    assert_int_equal(answer_status("2010"), 0);
    assert_int_equal(answer_status("ok"), 0);
    assert_int_equal(answer_status(NULL), 0);
}

static void when_to_come_back(void **state)
{
    int64_t now = 784111770000;     /* Sun, 06 Nov 1994 08:49:30 GMT, the date of RFC 9110 less seven seconds */

    (void)state;
    assert_int_equal(answer_retry_after_ms("120", now), 120000);
    assert_int_equal(answer_retry_after_ms("0", now), 0);
    assert_int_equal(answer_retry_after_ms("Sun, 06 Nov 1994 08:49:37 GMT", now), 7000);
    assert_int_equal(answer_retry_after_ms("Sun, 06 Nov 1994 08:49:00 GMT", now), 0);   /* past: now */
    assert_int_equal(answer_retry_after_ms("99999999999999999999", now), INT64_MAX);
    assert_int_equal(answer_retry_after_ms("soon", now), -1);
    assert_int_equal(answer_retry_after_ms(NULL, now), -1);
}

static void reasons_in_words(void **state)
{
    static const struct { int status; const char *body, *words; } cases[] = {
        { 422, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"warning\",\"diagnostics\":\"w\"},"
               "{\"severity\":\"error\",\"diagnostics\":\"no such code\",\"expression\":[\"Patient.gender\"]}]}",
          "422: no such code (Patient.gender)" },
        { 400, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"fatal\",\"details\":{\"text\":\"bad\"}},"
               "{\"severity\":\"error\",\"code\":\"structure\"}]}", "400: bad; structure" },
        { 413, NULL, "413: too large for the server" },
        { 502, "{\"error\":\"x\"}", "502: the server failed" },
        { 0, NULL, "no answer" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *body = cases[i].body ? read_doc(cases[i].body) : NULL;
        struct buf words = { 0 };

        answer_sentence(&words, cases[i].status, body);
        assert_string_equal(buf_text(&words), cases[i].words);
        buf_done(&words);
        doc_free(body);
    }
}

#define OUTCOME(code, text) "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"" code "\",\"diagnostics\":\"" text "\"}]}"

static void an_unknown_reference_of_ours(void **state)
{
    static const struct { const char *body, *id; } cases[] = {
        { OUTCOME("processing", "HAPI-1094: Resource Patient/a1 not found, specified in path: Observation.subject"), "a1" },
        { OUTCOME("processing", "HAPI-1096: Resource Patient/a1 is deleted, specified in path: Observation.subject"), "a1" },
        { OUTCOME("not-found", "Patient/a1"), "a1" },
        { OUTCOME("invalid", "Reference Patient/a1 does not resolve"), "a1" },
        { OUTCOME("processing", "Resource Patient/a12 not found"), NULL },      /* another one */
        { OUTCOME("processing", "Resource Group/9 not found"), NULL },          /* none of ours */
        { OUTCOME("value", "Patient/a1 is no valid target"), NULL },            /* it exists */
        { OUTCOME("processing", "Encounter/e.1 unknown reference"), "e.1" },
        { "{\"x\":1}", NULL },
    };
    struct doc *ours = read_doc("{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/a1\"},"
                                "\"component\":[{\"x\":{\"reference\":\"Encounter/e.1\"}}]}");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *body = read_doc(cases[i].body);
        char type[40], id[72];
        bool is_missing = answer_missing_reference(body, ours, type, sizeof type, id, sizeof id);

        if (is_missing != (cases[i].id != NULL) || (is_missing && strcmp(id, cases[i].id) != 0))
            fail_msg("%s", cases[i].body);
        doc_free(body);
    }
    doc_free(ours);
}

static void whose_version_it_is(void **state)
{
    static const char op[] = "123e4567-e89b-42d3-a456-426614174000";
    static const struct { const char *source; bool is_ours; } cases[] = {
        { "#123e4567-e89b-42d3-a456-426614174000", true }, { "#123e4567-e89b-42", true }, { "http://x#123e4567-e89b-42", true },
        { "#123e4567-e89b-43", false }, { "#123e4567", false }, { "", false }, { "#", false },
        { "#123e4567-e89b-42d3-a456-426614174000-and-more", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doc *doc = doc_new("Patient");

        doc_set(doc, "meta.source", cases[i].source);
        if (answer_is_by(doc_root(doc), op) != cases[i].is_ours)
            fail_msg("%s", cases[i].source);
        doc_free(doc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_in_any_form), cmocka_unit_test(statuses_in_any_form), cmocka_unit_test(when_to_come_back),
        cmocka_unit_test(reasons_in_words), cmocka_unit_test(an_unknown_reference_of_ours), cmocka_unit_test(whose_version_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
