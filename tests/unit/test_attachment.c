/* A scanned letter is lost, sent twice, holds up the text that names it, or another file is shown in its place. */
#include "tests/unit/fhir_endpoint.h"

#include "base/sha1.h"
#include "fhir/attachment.h"
#include "store/attachment.h"
#include "store/outbox.h"
#include "store/purge.h"
#include "store/request.h"
#include "sync/attachments.h"
#include "sync/push.h"
#include "sync/requests.h"

enum { LARGE = 100 * 1000 };

/* len bytes that begin with mark, as base64. Owned. */
static char *large(char mark, size_t len)
{
    char *bytes = mem_alloc(len + 1);
    struct buf text = { 0 };

    memset(bytes, 'x', len);
    bytes[0] = mark;
    crypto_base64(bytes, len, false, &text);
    free(bytes);
    return buf_take(&text);
}

static struct doc *letter(const char *id, char mark, size_t len)
{
    char *data = large(mark, len);
    char *json = mem_printf("{\"resourceType\":\"DocumentReference\",\"id\":\"%s\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"},"
                            "\"content\":[{\"attachment\":{\"contentType\":\"application/pdf\",\"title\":\"letter\",\"data\":\"%s\"}}]}", id, data);
    struct doc *doc = NULL;

    ASSERT_OK(doc_parse(json, strlen(json), &doc, err));
    free(json);
    free(data);
    return doc;
}

static void put(struct directory *d, const char *id, char mark, size_t len)
{
    struct grant grant = directory_grant("resource put", "");
    struct doc *doc = letter(id, mark, len);

    ASSERT_OK(store_put(d->st, &grant, doc, err));
    doc_free(doc);
}

static struct attachment found(struct directory *d, const char *id)
{
    struct doc *doc = directory_get(d, "DocumentReference", id);
    struct attachment a;

    ASSERT_OK(attachment_find(d->st, "DocumentReference", id, node_str(attachment_at(doc_root(doc), 0), "url"), &a, err));
    doc_free(doc);
    return a;
}

/* Rows of the text queue that may go now. */
static int due(struct directory *d)
{
    int64_t seq[8];
    int n = 0;

    ASSERT_OK(outbox_due(d->st, OUTBOX_QUEUED, 0, clock_now_ms(), 8, seq, &n, err));
    return n;
}

static void the_checksum_is_the_one_fhir_means(void **state)
{
    static const struct { const char *text; size_t times; const char *sum; } cases[] = {      /* FIPS 180-2, appendix A */
        { "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
        { "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
        { "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
        { "0123456701234567012345670123456701234567012345670123456701234567", 10, "dea356a2cddd90c7a7ecedc5ebb563934f460452" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = { 0 }, hex = { 0 };
        unsigned char sum[SHA1_SIZE];

        for (size_t n = 0; n < cases[i].times; n++)
            buf_add(&text, cases[i].text);
        sha1(buf_text(&text), text.len, sum);
        for (size_t n = 0; n < SHA1_SIZE; n++)
            buf_printf(&hex, "%02x", sum[n]);
        assert_string_equal(buf_text(&hex), cases[i].sum);
        buf_done(&text);
        buf_done(&hex);
    }
}

static void a_large_file_leaves_the_text_and_is_kept_once(void **state)
{
    struct directory *d = *state;
    struct doc *doc;
    const struct node *a;
    struct buf bytes = { 0 };

    put(d, "small", 's', 1000);
    put(d, "one", 'a', LARGE);
    put(d, "two", 'a', LARGE);      /* the same letter */
    doc = directory_get(d, "DocumentReference", "small");
    assert_true(*node_str(attachment_at(doc_root(doc), 0), "data"));
    doc_free(doc);
    doc = directory_get(d, "DocumentReference", "one");
    a = attachment_at(doc_root(doc), 0);
    assert_string_equal(node_str(a, "data"), "");
    assert_string_equal(node_str(a, "title"), "letter");
    assert_string_equal(node_str(a, "size"), "100000");
    assert_int_equal(strncmp(node_str(a, "url"), "Binary/", 7), 0);
    assert_int_equal(strlen(node_str(a, "hash")), 28);
    doc_free(doc);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment"), 1);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment_use"), 2);
    ASSERT_OK(attachment_read(d->st, found(d, "two").hash, &bytes, err));
    assert_int_equal(bytes.len, LARGE);
    assert_true(bytes.data[0] == 'a' && bytes.data[LARGE - 1] == 'x');
    buf_done(&bytes);
}

/* What is refused is as it was; the same put again is no change. */
static void nothing_is_lost_when_the_text_is_refused(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("resource put", "");
    struct doc *doc = letter("one", 'a', LARGE), *again = letter("one", 'a', LARGE), *huge = letter("huge", 'h', ATTACHMENT_MOST + 4);

    put(d, "one", 'a', LARGE);
    ASSERT_RC(RC_EXISTS, store_put(d->st, &grant, doc, err));
    assert_true(doc_equal_content(doc, again));
    struct doc *here = directory_get(d, "DocumentReference", "one");
    assert_true(attachment_equal(here, doc));
    doc_set_rev(doc, doc_rev(here));
    ASSERT_OK(store_put(d->st, &grant, doc, err));
    assert_int_equal(doc_rev(doc), doc_rev(here));
    doc_free(here);
    ASSERT_RC(RC_INVALID, store_put(d->st, &grant, huge, err));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment"), 1);
    doc_free(doc);
    doc_free(again);
    doc_free(huge);
}

static void the_text_waits_for_its_file_but_not_for_ever(void **state)
{
    static const struct { enum attachment_state state; int times, due; } cases[] = {
        { ATTACHMENT_HERE, 1, 2 }, { ATTACHMENT_REFUSED, 1, 2 }, { ATTACHMENT_WAITING, ATTACHMENT_PATIENCE - 1, 1 },
        { ATTACHMENT_WAITING, ATTACHMENT_PATIENCE, 2 },
    };
    struct directory *d = *state;

    put(d, "small", 's', 1000);
    put(d, "one", 'a', LARGE);
    assert_int_equal(due(d), 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct attachment a = found(d, "one");

        ASSERT_OK(attachment_set(d->st, a.hash, ATTACHMENT_WAITING, 0, 0, NULL, err));
        ASSERT_OK(attachment_retry(d->st, err));
        for (int n = 0; n < cases[i].times; n++)
            ASSERT_OK(attachment_set(d->st, a.hash, cases[i].state, 0, 503, "no", err));
        if (due(d) != cases[i].due)
            fail_msg("%zu: %d are due", i, due(d));
    }
}

/* ---- with a server ---- */

/* What refers to the text does not drag it along before its file. */
static void nothing_goes_before_what_it_names(void **state)
{
    static const struct canned canned[] = { { NULL, NULL, NULL, NULL } };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    plan.is_parallel = true;
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, NULL);

    c.caps.takes_ids = c.caps.honors_if_match = true;
    put(d, "one", 'a', LARGE);
    directory_put(d, "{\"resourceType\":\"Basic\",\"id\":\"b1\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"DocumentReference/one\"}}");
    ASSERT_OK(push_all(&c, false, err));
    assert_false(endpoint_heard(&e, "PUT /fhir/"));
    assert_int_equal(directory_number(d, "SELECT count(*) FROM outbox WHERE state = 4"), 1);
    ASSERT_OK(attachment_set(d->st, found(d, "one").hash, ATTACHMENT_HERE, 0, 201, NULL, err));
    push_all(&c, false, NULL);
    assert_true(endpoint_heard(&e, "PUT /fhir/DocumentReference/one"));
    fhir_central_done(&c);
    endpoint_stop(&e);
}

static void a_file_goes_as_a_binary_or_says_why_not(void **state)
{
    static const struct { const char *status; enum rc rc; int state, attempts; } cases[] = {
        { "201 Created", RC_OK, ATTACHMENT_HERE, 1 }, { "200 OK", RC_OK, ATTACHMENT_HERE, 1 },
        { "413 Payload Too Large", RC_OK, ATTACHMENT_REFUSED, 1 }, { "422 Unprocessable", RC_OK, ATTACHMENT_REFUSED, 1 },
        { "503 Busy", RC_OK, ATTACHMENT_WAITING, 1 }, { NULL, RC_OK, ATTACHMENT_WAITING, 1 },
        { "401 Unauthorized", RC_DENIED, ATTACHMENT_WAITING, 0 },
    };
    struct directory *d = *state;

    put(d, "one", 'a', LARGE);
    struct attachment a = found(d, "one");
    char request[128];
    snprintf(request, sizeof request, "PUT /fhir/Binary/%s", a.binary);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct canned canned[] = { { request, cases[i].status, NULL, "{}" }, { NULL, NULL, NULL, NULL } };
        struct endpoint_plan plan = fhir_plan(canned);
        struct endpoint e = endpoint_start(&plan);
        struct central c = fhir_central(d, &e, NULL);
        struct err why = { 0 };

        c.caps.takes_ids = true;
        ASSERT_OK(store_begin(d->st, err));
        ASSERT_OK(store_end(d->st, query_run(d->st, NULL, "UPDATE attachment SET state = 1, attempts = 0, next_at = 0", ""), err));
        enum rc rc = attachments_push(&c, &why);
        int64_t is = directory_number(d, "SELECT state * 10 + attempts FROM attachment");
        if (rc != cases[i].rc || is != cases[i].state * 10 + cases[i].attempts)
            fail_msg("%s: %s %lld", cases[i].status ? cases[i].status : "cut", rc_name(rc), (long long)is);
        assert_true(endpoint_heard(&e, "{\"resourceType\":\"Binary\",\"id\":\""));
        assert_true(endpoint_heard(&e, "\"contentType\":\"application/pdf\",\"data\":\"YXh4"));
        fhir_central_done(&c);
        endpoint_stop(&e);
    }
}

static void a_server_out_of_reach_costs_no_try(void **state)
{
    struct directory *d = *state;
    static const struct canned canned[] = { { NULL, NULL, NULL, NULL } };
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    struct central c = fhir_central(d, &e, NULL);
    struct err why = { 0 };

    c.caps.takes_ids = true;
    put(d, "one", 'a', LARGE);
    endpoint_stop(&e);
    assert_int_equal(attachments_push(&c, &why), RC_NET);
    assert_int_equal(directory_number(d, "SELECT attempts FROM attachment"), 0);
    c.caps.takes_ids = false;       /* it would name the file as it likes */
    assert_int_equal(attachments_push(&c, &why), RC_OK);
    assert_int_equal(directory_number(d, "SELECT state FROM attachment"), ATTACHMENT_REFUSED);
    assert_int_equal(due(d), 1);
    fhir_central_done(&c);
}

#define FAR(id, attachment) "{\"resourceType\":\"DocumentReference\",\"id\":\"" id "\",\"status\":\"current\",\"content\":[{\"attachment\":{" attachment "}}]}"
#define HELLO "qvTGHdzF6KLavt4PO0gs2a6pQ00="    /* SHA-1 of "hello" */

/* Whatever comes is held against what the record says; what is elsewhere is not asked for at all. */
static void a_file_from_the_server_is_the_one_that_is_named(void **state)
{
    static const struct canned canned[] = {
        { "GET /fhir/Binary/raw", "200 OK", "Content-Type: text/plain\r\n", "hello" },
        { "GET /fhir/Binary/json", "200 OK", "Content-Type: application/fhir+json\r\n", "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"aGVsbG8=\"}" },
        { "GET /fhir/Binary/odd", "200 OK", "Content-Type: application/fhir+json\r\n", "{\"resourceType\":\"Basic\"}" },
        { "GET /fhir/Binary/other", "200 OK", "Content-Type: text/plain\r\n", "jello" },
        { NULL, NULL, NULL, NULL },
    };
    static const struct { const char *doc, *says; } cases[] = {
        { FAR("r1", "\"contentType\":\"text/plain\",\"url\":\"Binary/raw\",\"size\":5,\"hash\":\"" HELLO "\""), "\"here\":true" },
        { FAR("r2", "\"contentType\":\"text/plain\",\"url\":\"Binary/json\",\"size\":5,\"hash\":\"" HELLO "\""), "\"here\":true" },
        { FAR("r3", "\"url\":\"Binary/raw\""), "\"here\":true" },
        { FAR("r4", "\"url\":\"Binary/other\",\"hash\":\"" HELLO "\""), "is not the one the record names" },
        { FAR("r5", "\"url\":\"Binary/raw\",\"size\":6"), "5 bytes where the record says 6" },
        { FAR("r6", "\"url\":\"Binary/raw\",\"size\":99999999"), "more than the 16 MiB" },
        { FAR("r7", "\"url\":\"Binary/odd\""), "something else than the attachment" },
        { FAR("r8", "\"url\":\"https://elsewhere.example/Binary/raw\""), "is not at the server" },
        { FAR("r9", "\"url\":\"//elsewhere.example/Binary/raw\""), "is not at the server" },
        { FAR("r10", "\"url\":\"Binary/../metadata\""), "is not at the server" },
        { FAR("r11", "\"url\":\"Binary/gone\""), "404" },
        { FAR("r12", "\"title\":\"no address\""), "names no attachment 0" },
    };
    struct directory *d = *state;
    struct endpoint_plan plan = fhir_plan(canned);
    struct endpoint e = endpoint_start(&plan);
    static const char *const types[] = { "DocumentReference", NULL };
    struct central c = fhir_central(d, &e, types);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *criteria = mem_printf("{\"resource\":\"DocumentReference/r%zu\",\"index\":0}", i + 1), *result;
        int64_t number;

        directory_put(d, cases[i].doc);
        ASSERT_OK(request_ask(d->st, "attachment", NULL, criteria, "ada", &number, err));
        requests_answer(&c);
        result = request_result(d->st, number);
        if (!strstr(result, cases[i].says))
            fail_msg("%s: %s", cases[i].doc, result);
        free(result);
        free(criteria);
    }
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment"), 1);        /* one content, once */
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment_use"), 3);
    assert_int_equal(directory_number(d, "SELECT count(*) FROM attachment WHERE state = 0"), 1);
    fhir_central_done(&c);
    endpoint_stop(&e);
}

static void what_leaves_takes_its_files_along(void **state)
{
    struct directory *d = *state;
    struct grant grant = directory_grant("sync purge", "");

    put(d, "one", 'a', LARGE);
    ASSERT_OK(store_begin(d->st, err));
    ASSERT_OK(query_run(d->st, NULL, "DELETE FROM outbox", ""));
    ASSERT_OK(store_end(d->st, query_run(d->st, NULL, "UPDATE resource SET base_version = '1'", ""), err));
    ASSERT_RC(RC_STALE, store_purge(d->st, &grant, "DocumentReference", "one", err));   /* the file was not sent */
    ASSERT_OK(attachment_set(d->st, found(d, "one").hash, ATTACHMENT_HERE, 0, 201, NULL, err));
    ASSERT_OK(store_purge(d->st, &grant, "DocumentReference", "one", err));
    assert_int_equal(directory_number(d, "SELECT (SELECT count(*) FROM attachment) + (SELECT count(*) FROM attachment_data) + (SELECT count(*) FROM attachment_use)"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checksum_is_the_one_fhir_means), DIRECTORY_TEST(a_large_file_leaves_the_text_and_is_kept_once),
        DIRECTORY_TEST(nothing_is_lost_when_the_text_is_refused), DIRECTORY_TEST(the_text_waits_for_its_file_but_not_for_ever),
        DIRECTORY_TEST(nothing_goes_before_what_it_names), DIRECTORY_TEST(a_file_goes_as_a_binary_or_says_why_not), DIRECTORY_TEST(a_server_out_of_reach_costs_no_try),
        DIRECTORY_TEST(a_file_from_the_server_is_the_one_that_is_named), DIRECTORY_TEST(what_leaves_takes_its_files_along),
    };

    return cmocka_run_group_tests(tests, fhir_group_start, fhir_group_end);
}
